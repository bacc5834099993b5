"""Captions and downloads of a transcript, made of what passed the gate.

The file in the archive is never served: its notes hold what was set aside, hashes, and who reviewed it.
"""

from __future__ import annotations

from dataclasses import replace

from onrecord.site.public import PublicEvent, PublicTranscript
from onrecord.site.urls import DownloadFormat, Urls, event_path
from onrecord.site.wording import Wording, initial
from onrecord.transcripts.formats import MEDIA_TYPES, write_as
from onrecord.transcripts.formats.docx import MEDIA_TYPE, write_docx
from onrecord.transcripts.formats.head import Head
from onrecord.transcripts.formats.subtitles import write_srt_head
from onrecord.transcripts.model import Provenance, Transcript
from onrecord.transcripts.vtt import highest_id, write_vtt

FORMATS: tuple[DownloadFormat, ...] = ("vtt", "srt", "txt", "md", "docx", "json")


def captions(transcript: PublicTranscript) -> bytes:
    """The transcript as a player's captions (WebVTT)."""
    return write_vtt(_transcript(transcript)).encode("utf-8")


def download(
    event: PublicEvent, transcript: PublicTranscript, form: DownloadFormat, urls: Urls, words: Wording
) -> tuple[bytes, str]:
    """The transcript in a format, with title, date, speakers, address and provenance in its head; and its
    type.
    """
    made = _transcript(transcript)
    head = Head(
        title=event.title,
        date=words.day(event.starts),
        speakers=tuple(speaker.name for speaker in event.speakers),
        address=urls.absolute(event_path(event)),
        provenance=_provenance(transcript, words),
        anchor=transcript.name,
        names=(
            words.gettext("Date"),
            words.gettext("Speakers"),
            words.gettext("Address"),
            words.gettext("Transcript"),
        ),
    )
    if form == "docx":
        return write_docx(made, head), MEDIA_TYPE
    if form == "vtt":
        made = replace(made, blocks=((0, "\n".join(["NOTE", head.title, *_facts(head)])),))
    text = write_as(made, form, head)
    if form == "srt":
        text = write_srt_head([head.title, *_facts(head)]) + text
    return text.encode("utf-8"), MEDIA_TYPES[form].partition(";")[0]


def _provenance(transcript: PublicTranscript, words: Wording) -> str:
    """Where the text comes from and how far it can be trusted: what the page says of it, in the same words."""
    facts = [initial(words.language_name(transcript.language))]
    if transcript.kind == "translation":
        facts.append(words.gettext("translation"))
    maker = " ".join(filter(None, (transcript.engine, transcript.model)))
    if transcript.status == "reviewed":
        on = f" {words.day(transcript.reviewed)}" if transcript.reviewed else ""
        facts.append(words.gettext("Reviewed") + on)
        if maker:
            facts.append(words.gettext("first drafted by %(engine)s", engine=maker))
    else:
        facts += [words.gettext("Machine draft"), maker]
        facts.append(words.day(transcript.made) if transcript.made else "")
        facts.append(words.gettext("nobody has checked it: words and names can be wrong"))
    return " · ".join(fact for fact in facts if fact)


def _facts(head: Head) -> list[str]:
    return [f"{name}: {text}" for name, text in head.rows()]


def _transcript(transcript: PublicTranscript) -> Transcript:
    """As much of a transcript's record as is public."""
    return Transcript(
        provenance=Provenance(
            language=transcript.language,
            kind=transcript.kind,
            status=transcript.status,
            engine=transcript.engine,
            model=transcript.model,
            made=transcript.made.strftime("%Y-%m-%dT%H:%M:%SZ") if transcript.made else "",
            reviewed=transcript.reviewed.strftime("%Y-%m-%dT%H:%M:%SZ") if transcript.reviewed else "",
        ),
        cues=transcript.cues,
        next_id=highest_id(transcript.cues) + 1,
    )
