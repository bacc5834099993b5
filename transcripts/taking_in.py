"""Taking a transcript's file into the archive, new or as a correction of the present one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.errors import ConflictError, NotFoundError, TranscriptFormatError, UsageError
from onrecord.files import translated
from onrecord.languages import language_tag
from onrecord.transcripts.choosing import chosen_recording, chosen_transcript
from onrecord.transcripts.formats import language_in_name, read_edited, read_foreign
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.model import Cue, Kind, Provenance, Transcript, Word
from onrecord.transcripts.revision.comparing import Changes, compare
from onrecord.transcripts.revision.recutting import keep_ids
from onrecord.transcripts.revision.revise import revise
from onrecord.transcripts.vtt import UNKNOWN_LANGUAGE, Reading

if TYPE_CHECKING:
    from onrecord.events.model import Event, Recording


@dataclass(frozen=True)
class Taken:
    """What came in: the transcript's place and text, what was mended, and how it differs from what stood
    there.
    """

    entry: Entry
    transcript: Transcript
    mended: tuple[str, ...]
    changes: Changes | None  # None where nothing stood there


def instant() -> str:
    """Now, as the notes of a transcript have it: RFC 3339 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def corrected(transcript: Transcript, by: str = "") -> Transcript:
    """The transcript with the note that a person corrected it now; one that was reviewed stays reviewed."""
    told = replace(transcript.provenance, corrected=instant(), other=_elsewhere(transcript.provenance))
    if by:
        other = tuple(row for row in told.other if row[0] != "corrected-by")
        told = replace(told, other=(*other, ("corrected-by", by)))
    return replace(transcript, provenance=told)


def _elsewhere(told: Provenance) -> tuple[tuple[str, str], ...]:
    """What else a transcript says of itself, without what held for a sitting at the desk: this is no part of one."""
    return tuple(row for row in told.other if row[0] not in ("corrected-since", "corrected-from"))


def shifted(transcript: Transcript, offset: int) -> Transcript:
    """The transcript moved by `offset` milliseconds; what would begin before 0 begins at 0."""

    def moved(position: int) -> int:
        return max(0, position + offset)

    def word(one: Word) -> Word:
        return one if one.start is None else replace(one, start=moved(one.start))

    def cue(one: Cue) -> Cue:
        return replace(one, start=moved(one.start), end=moved(one.end), words=tuple(map(word, one.words)))

    return replace(transcript, cues=tuple(map(cue, transcript.cues)))


def read_correction(
    library: Library, event: Event, recording_id: str | None, file: Path, language: str | None
) -> Taken:
    """The present transcript with the corrections of a file. Raises `UsageError` when the two have little in
    common.
    """
    language = language or _known_language(library, event, recording_id, language_in_name(file.name))
    entry = chosen_transcript(library, event, recording_id, language)
    present = library.read(entry)
    data = _bytes_of(file)
    known = dict.fromkeys((*present.speakers, *(speaker.name for speaker in event.speakers)))
    edited, mended = read_edited(data, file.name, known=tuple(known))
    if isinstance(edited, Reading) and (unread := _unread(edited.transcript) - _unread(present)):
        why = [text.partition("; players leave out")[0] for text in mended if "; players leave out" in text]
        raise TranscriptFormatError(
            f"{sum(unread.values())} of its cues cannot be read, and what they say would be lost"
            + (f" ({'; '.join(why[:5])})." if why else "."),
            path=file,
            advice="Mend the file, then run this again; nothing was changed.",
        )
    if isinstance(edited, Reading) and edited.own and edited.transcript.language != present.language:
        raise UsageError(
            f"this file is in '{edited.transcript.language}', the transcript in '{present.language}'.",
            advice="Name the right one with --language.",
        )
    revised = revise(present, edited)
    return Taken(entry, revised, mended, compare(present, revised))


def _unread(transcript: Transcript) -> Counter[str]:
    """The notes that keep what no cue could be made of."""
    return Counter(text for _, text in transcript.blocks if text.startswith("NOTE\nunread\n"))


def _bytes_of(file: Path) -> bytes:
    try:
        with translated(file):
            return file.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError("there is no such file.", path=file) from error


def _known_language(library: Library, event: Event, recording_id: str | None, named: str) -> str | None:
    """The language in the file's name, where there is a transcript in it."""
    return (
        named if any(entry.language == named for entry in library.entries(event.stem, recording_id)) else None
    )


def read_new(
    library: Library,
    event: Event,
    recording_id: str | None,
    file: Path,
    language: str | None,
    *,
    kind: Kind,
    speakers: Mapping[str, str],
    offset: int = 0,
    replace_it: bool = False,
) -> Taken:
    """A transcript from elsewhere, ready to be saved as the present one. It counts as not reviewed.

    Where one stands already, cues that are said again keep their ids. Raises `ConflictError` where a person
    worked on what stands there, unless `replace_it`; `UsageError` where the language cannot be known.
    """
    recording = chosen_recording(event, recording_id)
    data = _bytes_of(file)
    tag = language_tag(language) if language else ""
    reading = read_foreign(data, file.name, language=tag, known=[speaker.name for speaker in event.speakers])
    mended = list(reading.mended)
    found = reading.transcript
    said = found.language if found.language != UNKNOWN_LANGUAGE else _only_language(library, event, recording)
    told = found.provenance
    if told.status != "machine" or told.reviewed_by:
        by = f" by {told.reviewed_by}" if told.reviewed_by else ""
        mended.append(
            f"the file calls itself {told.status}{by}; here it is not reviewed until a person says so."
        )
    told = replace(
        told, language=tag or said, kind=kind if kind == "translation" or not reading.own else told.kind,
        status="machine", reviewed="", reviewed_by="", made=told.made or instant(), other=_elsewhere(told),
    )  # fmt: skip
    entry = Entry(
        library.path(event.stem, recording.id, told.language), event.stem, recording.id, told.language
    )
    if told.kind == "translation" and not told.translated_from:
        told = replace(told, translated_from=_original(library, entry))
    transcript = shifted(_mapped(replace(found, provenance=told), speakers), offset)
    if not entry.path.is_file():
        return Taken(entry, transcript, tuple(mended), None)
    present = library.read(entry)
    if (present.provenance.status == "reviewed" or present.provenance.corrected) and not replace_it:
        did = "reviewed" if present.provenance.status == "reviewed" else "corrected"
        raise ConflictError(
            f"the transcript {entry.name} was {did} by a person.", slug=event.stem, path=entry.path,
            advice="--revise takes the file in as a correction of it; --replace puts the file in its place "
            "(the present one is kept in the history).",
        )  # fmt: skip
    if reading.own and {cue.id for cue in found.cues} & {cue.id for cue in present.cues}:
        transcript = replace(transcript, next_id=max(transcript.next_id, present.next_id))
    else:
        transcript = keep_ids(present, transcript)
    return Taken(entry, transcript, tuple(mended), compare(present, transcript))


def _mapped(transcript: Transcript, speakers: Mapping[str, str]) -> Transcript:
    from onrecord.transcripts.speakers import renamed

    return renamed(transcript, speakers) if speakers else transcript


def _only_language(library: Library, event: Event, recording: Recording) -> str:
    """The language of a recording for which only one comes into question."""
    settings = library.archive.settings.items("languages")
    for languages in (recording.languages, event.languages, settings):
        if len(languages) == 1:
            return languages[0]
        if languages:
            break
    raise UsageError(
        "the file does not say its language.",
        slug=event.stem,
        advice="Say it with --language, as in --language uk.",
    )


def _original(library: Library, entry: Entry) -> str:
    """The revision that a translation was made of, where there is only one transcript that it can be."""
    others = [
        other
        for other in library.entries(entry.stem, entry.recording_id)
        if other.language != entry.language and library.read(other).provenance.kind == "original"
    ]
    if len(others) != 1:
        return ""
    return f"{others[0].path.name} revision {library.revision_number(others[0])}"
