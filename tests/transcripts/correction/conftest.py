"""A transcript in an archive, for those who correct it."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.archive import Archive, create_archive
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import Cue, Dropped, Provenance, Transcript, Word

STEM = "2026-11-02-rights"


def cue(
    number: int, start: int, end: int, text: str, speaker: str, *, unsure: str = "", times: bool = True
) -> Cue:
    """A cue whose words are spread evenly; those in `unsure` are marked."""
    texts = text.split()
    step = (end - start) // len(texts)
    words = tuple(
        Word(word, start + index * step if times or not index else None, word in unsure.split())
        for index, word in enumerate(texts)
    )
    return Cue(f"c{number}", start, end, words, speaker)


CUES = (
    cue(1, 1_000, 4_000, "Everyone has duties to the comunity", "Speaker 1", unsure="comunity"),
    cue(
        2, 4_000, 7_500, "in which alone the free development is possible.", "Speaker 1", unsure="free alone"
    ),
    cue(3, 8_000, 11_000, "All human beings are born free and equal", "Speaker 2"),
    cue(4, 11_000, 13_000, "in dignity and rights.", "Speaker 2", times=False),
    cue(5, 20_000, 24_000, "Everyone has the right to life, liberty", "Speaker 1", unsure="liberty"),
    cue(6, 24_000, 26_000, "and security of person.", "Speaker 1"),
)
PRESENT = Transcript(
    Provenance("en", engine="faster-whisper 1.2.1", unsure_below=0.5, made="2026-11-02T10:00:00Z"),
    CUES,
    next_id=7,
    dropped=(Dropped(14_000, 17_000, "Thank you for watching.", "text over silence"),),
    blocks=((4, "NOTE\na remark of a volunteer"),),
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return create_archive(tmp_path / "archive", "Rights")


@pytest.fixture
def library(archive: Archive) -> Library:
    library = Library(archive)
    library.save(STEM, "part-1", PRESENT)
    return library


@pytest.fixture
def bench(library: Library) -> Bench:
    return Bench(library, library.entry(STEM, "part-1", "en"), "Olena Example")
