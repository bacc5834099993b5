"""Chapters as a WebVTT file: read from the archive (`transcripts/<stem>/<recording>.chapters.vtt`), and written
for players.

W3C's WebVTT 1.0, section 4.6.3 (chapter cues): the text of a cue is a title, its times the chapter's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import TranscriptFormatError
from onrecord.files import translated
from onrecord.timecode import clock
from onrecord.transcripts.blocks import RawCue, take_apart
from onrecord.transcripts.cuetext import escape, parse


@dataclass(frozen=True)
class Chapter:
    """A title, and where it begins and ends in milliseconds."""

    start: int
    end: int
    title: str


def chapters_file(archive: Archive, stem: str, recording_id: str) -> Path:
    """Where the chapters of a recording stand, when they do not stand in the event's agenda."""
    return archive.transcripts(stem) / f"{recording_id}.chapters.vtt"


def read_chapters(archive: Archive, stem: str, recording_id: str) -> tuple[Chapter, ...]:
    """The chapters of a recording on the original's clock, in order; none where there is no such file.

    Raises `TranscriptFormatError` for a file that is no WebVTT.
    """
    path = chapters_file(archive, stem, recording_id)
    try:
        with translated(path):
            data = path.read_bytes()
    except FileNotFoundError:
        return ()
    try:
        blocks = take_apart(data).blocks
    except TranscriptFormatError as error:
        error.path = error.path or path
        raise
    cues = [block for block in blocks if isinstance(block, RawCue)]
    found = [Chapter(cue.start, cue.end, _title(cue.text)) for cue in cues]
    return tuple(sorted((one for one in found if one.title), key=lambda one: (one.start, -one.end)))


def _title(text: str) -> str:
    """The text of a cue without its tags, on one line."""
    return " ".join("".join(part for part in parse(text) if isinstance(part, str)).split())


def write_chapters(chapters: Iterable[Chapter]) -> str:
    """The file that a player reads with `<track kind="chapters">`."""
    blocks = ["WEBVTT"]
    for number, chapter in enumerate(chapters, 1):
        title = escape(" ".join(chapter.title.split()))
        blocks.append(f"{number}\n{clock(chapter.start)} --> {clock(chapter.end)}\n{title}")
    return "\n\n".join(blocks) + "\n"
