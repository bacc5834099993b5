"""The transcript that came with a recording: a platform's captions, or a text track that lies beside the
source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import EngineUnavailableError, UsageError
from onrecord.events.model import Event, Recording
from onrecord.languages import language_name, language_tag
from onrecord.transcripts.formats import read_foreign
from onrecord.transcripts.vtt import Reading

_SUFFIXES = (".vtt", ".srt", ".json3")


@dataclass(frozen=True)
class CameWith:
    """A text track that came with a recording; `language` is empty where its name says none."""

    path: Path
    language: str


def captions_of(archive: Archive, event: Event, recording: Recording) -> tuple[CameWith, ...]:
    """Every text track that came with the recording: those fetched with it first, then those beside its
    source.
    """
    return tuple(dict.fromkeys([*_fetched(archive, event, recording), *_beside(archive, recording)]))


def read_captions(
    archive: Archive, event: Event, recording: Recording, languages: Sequence[str]
) -> tuple[CameWith, Reading]:
    """The track in the first of `languages` that there is one in, else one whose name says no language.

    Raises `EngineUnavailableError` that says what came with the recording, and `TranscriptFormatError` for a
    broken file.
    """
    found = captions_of(archive, event, recording)
    for language in languages:
        same = [one for one in found if one.language == language]
        alike = [
            one for one in found if one.language and one.language.split("-")[0] == language.split("-")[0]
        ]
        for one in same or alike:
            return one, read_foreign(one.path.read_bytes(), one.path.name)
    for one in found:
        if not one.language:
            return one, read_foreign(one.path.read_bytes(), one.path.name)
    wanted = " or ".join(language_name(language) for language in languages)
    there = ", ".join(f"{archive.shown(one.path)}" for one in found)
    raise EngineUnavailableError(
        f"no captions in {wanted} came with recording '{recording.id}'"
        + (f"; there is {there}." if there else "."),
        slug=event.slug,
        advice="Put a .vtt or .srt file beside the source, or use --engine whisper or --engine pocketsphinx.",
    )


def _fetched(archive: Archive, event: Event, recording: Recording) -> Iterator[CameWith]:
    prefix = f"{recording.id}.captions."
    folder = archive.media(event.stem)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(prefix) and path.suffix in _SUFFIXES:
            yield CameWith(path, _tag(path.name.removeprefix(prefix).removesuffix(path.suffix)))


def _beside(archive: Archive, recording: Recording) -> Iterator[CameWith]:
    """`talk.vtt`, `talk.en.srt` or `talk.transcript.vtt` beside the source `talk.mp4`, when it is a local
    file.
    """
    if not recording.source or "://" in recording.source:
        return
    source = archive.root / Path(recording.source).expanduser()
    if not source.parent.is_dir():
        return
    for path in sorted(source.parent.iterdir()):
        if path.suffix.lower() in _SUFFIXES and path.name.startswith(f"{source.stem}."):
            middle = path.name.removeprefix(f"{source.stem}.").rpartition(".")[0]
            yield CameWith(path, _tag(middle))


def _tag(text: str) -> str:
    try:
        return language_tag(text)
    except UsageError:
        return ""
