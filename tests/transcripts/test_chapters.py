"""Chapters as a WebVTT file of the archive."""

from __future__ import annotations

import pytest

from onrecord.archive import Archive
from onrecord.errors import TranscriptFormatError
from onrecord.transcripts.chapters import Chapter, chapters_file, read_chapters, write_chapters

CHAPTERS = (Chapter(0, 30_000, "Welcome"), Chapter(30_000, 60_000, "Rights & duties <all>"))


def put(archive: Archive, text: str) -> None:
    """Writes the chapters of a recording."""
    file = chapters_file(archive, "a-talk", "part-1")
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


def test_chapters_come_back_as_they_were_written(archive: Archive) -> None:
    """Titles are text, whatever stands in them."""
    text = write_chapters(CHAPTERS)
    assert "Rights &amp; duties &lt;all&gt;" in text
    put(archive, text)
    assert read_chapters(archive, "a-talk", "part-1") == CHAPTERS


def test_chapters_are_read_as_other_programs_write_them(archive: Archive) -> None:
    """Without numbers, out of order, with tags and line ends in titles, an empty one among them."""
    put(archive, "WEBVTT\n\n01:00.000 --> 02:00.000\n<b>Second</b>\npart\n\n00:00.000 --> 01:00.000\nFirst\n\n"
                 "02:00.000 --> 03:00.000\n<i></i>\n")  # fmt: skip
    assert read_chapters(archive, "a-talk", "part-1") == (
        Chapter(0, 60_000, "First"),
        Chapter(60_000, 120_000, "Second part"),
    )


def test_chapters_that_are_none_are_said_with_their_file(archive: Archive) -> None:
    """No file is no chapters; a file that is no WebVTT is an error that names it."""
    assert read_chapters(archive, "a-talk", "part-1") == ()
    put(archive, "1. Welcome\n")
    with pytest.raises(TranscriptFormatError) as error:
        read_chapters(archive, "a-talk", "part-1")
    assert error.value.path == chapters_file(archive, "a-talk", "part-1")
