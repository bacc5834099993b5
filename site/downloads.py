"""Captions and downloads of a transcript, made of what passed the gate.

The file in the archive is never served: its notes hold what was set aside, hashes, and who reviewed it.
"""

from __future__ import annotations

from dataclasses import replace

from onrecord.site.public import PublicEvent, PublicTranscript
from onrecord.site.urls import DownloadFormat, Urls, event_path
from onrecord.site.wording import Wording
from onrecord.transcripts.formats import MEDIA_TYPES, write_as
from onrecord.transcripts.formats.docx import MEDIA_TYPE, write_docx
from onrecord.transcripts.formats.head import Head, provenance_sentence
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
        provenance=provenance_sentence(made.provenance),
        anchor=transcript.name,
    )
    if form == "docx":
        return write_docx(made, head), MEDIA_TYPE
    if form == "vtt":
        made = replace(made, blocks=((0, "\n".join(["NOTE", head.title, *_facts(head)])),))
    text = write_as(made, form, head)
    if form == "srt":
        text = write_srt_head([head.title, *_facts(head)]) + text
    return text.encode("utf-8"), MEDIA_TYPES[form].partition(";")[0]


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
