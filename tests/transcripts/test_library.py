"""Where transcripts stand, their history, and where an old anchor leads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from onrecord.archive import Archive
from onrecord.errors import NotFoundError, TranscriptFormatError, UsageError
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.vtt import read_vtt, write_vtt

STEM = "2022-07-12-rights"


def transcript(text: str = "Everyone has duties.", **told: str) -> Transcript:
    """One cue."""
    words = tuple(Word(word, 1000 if index == 0 else None) for index, word in enumerate(text.split()))
    provenance = replace(Provenance("en"), **told)  # type: ignore[arg-type]
    return Transcript(provenance, (Cue("c1", 1000, 3000, words),), 2)


def test_save_and_read_give_the_same(archive: Archive) -> None:
    """The file bears recording and language; what comes back is what was saved."""
    library = Library(archive)
    path = library.save(STEM, "part-1", transcript())
    assert path == archive.root / "transcripts" / STEM / "part-1.en.vtt"
    assert library.read(STEM, "part-1", "en") == transcript()


def test_save_keeps_every_revision(archive: Archive) -> None:
    """Each revision stands in the history under its number; saving the same again makes none."""
    library = Library(archive)
    for text in ("One.", "Two.", "Two.", "Three."):
        library.save(STEM, "part-1", transcript(text))
    entry = library.entry(STEM, "part-1", "en")
    assert [
        (revision.number, read_vtt(revision.path.read_bytes()).transcript.cues[0].text)
        for revision in library.history(entry)
    ] == [
        (1, "One."),
        (2, "Two."),
        (3, "Three."),
    ]
    assert library.history(entry)[0].path.name == "part-1.en.0001.vtt"
    assert library.revision_number(entry) == 3


def test_save_keeps_a_hand_edit_and_what_it_changed(archive: Archive) -> None:
    """An edit of the file in place is a revision too, and the one before it is not lost."""
    library = Library(archive)
    path = library.save(STEM, "part-1", transcript("One."))
    path.write_text(path.read_text(encoding="utf-8").replace("One.", "By hand."), encoding="utf-8")
    entry = library.entry(STEM, "part-1", "en")
    assert library.revision_number(entry) == 2
    library.save(STEM, "part-1", transcript("Three."))
    texts = [
        read_vtt(revision.path.read_bytes()).transcript.cues[0].text for revision in library.history(entry)
    ]
    assert texts == ["One.", "By hand.", "Three."]


def test_save_keeps_a_file_that_a_hand_edit_broke(archive: Archive) -> None:
    """Even what cannot be read any more goes into the history as it was."""
    library = Library(archive)
    path = library.save(STEM, "part-1", transcript("One."))
    path.write_bytes(b"broken")
    library.save(STEM, "part-1", transcript("Two."))
    assert [
        revision.path.read_bytes()[:6] for revision in library.history(library.entry(STEM, "part-1", "en"))
    ] == [
        b"WEBVTT",
        b"broken",
        b"WEBVTT",
    ]


def test_save_makes_no_revision_of_unfinished_work(archive: Archive) -> None:
    """A partial transcript is replaced by the next; one that a person corrected is kept."""
    library = Library(archive)
    for text in ("One", "One two", "One two three"):
        library.save(STEM, "part-1", transcript(text, status="partial"))
    entry = library.entry(STEM, "part-1", "en")
    assert library.history(entry) == ()
    library.save(
        STEM, "part-1", transcript("One two three", status="partial", corrected="2026-11-23T10:00:00Z")
    )
    library.save(STEM, "part-1", transcript("All."))
    assert [
        read_vtt(revision.path.read_bytes()).transcript.provenance.status
        for revision in library.history(entry)
    ] == [
        "partial",
        "machine",
    ]


def test_entries_know_languages_and_leave_other_files_alone(archive: Archive) -> None:
    """Tags such as pt-BR are languages; what has no such name is not ours."""
    library = Library(archive)
    folder = archive.transcripts(STEM)
    for language in ("en", "pt-BR", "zh-Hant"):
        library.save(STEM, "part-1", replace(transcript(), provenance=Provenance(language)))
    library.save(STEM, "part-2", transcript())
    for name in ("notes.vtt", "part-1.EN.vtt", "Part 1.en.vtt", "part-1.en.txt", ".part-1.en.vtt.x.tmp"):
        (folder / name).write_text("WEBVTT\n", encoding="utf-8")
    assert [entry.name for entry in library.entries(STEM)] == [
        "part-1.en",
        "part-1.pt-BR",
        "part-1.zh-Hant",
        "part-2.en",
    ]
    assert [entry.name for entry in library.entries(STEM, "part-2")] == ["part-2.en"]
    assert library.entries("no-such-event") == ()


def test_read_follows_a_hand_edit_and_reads_once_otherwise(archive: Archive) -> None:
    """The same file gives the same object; a changed one is read again."""
    library = Library(archive)
    path = library.save(STEM, "part-1", transcript("One."))
    first = library.read(STEM, "part-1", "en")
    assert library.read(STEM, "part-1", "en") is first
    path.write_text(path.read_text(encoding="utf-8").replace("One.", "Longer now."), encoding="utf-8")
    assert library.read(STEM, "part-1", "en").cues[0].text == "Longer now."


def test_read_names_file_and_line_of_what_is_wrong(archive: Archive) -> None:
    """A status that is none is an error with its place; so is a language that is not the name's."""
    library = Library(archive)
    path = library.save(STEM, "part-1", transcript())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("status: machine", "status: done"), encoding="utf-8")
    with pytest.raises(TranscriptFormatError) as caught:
        library.read(STEM, "part-1", "en")
    assert (caught.value.path, caught.value.line) == (path, 7)
    path.write_text(text.replace("language: en", "language: uk"), encoding="utf-8")
    with pytest.raises(
        TranscriptFormatError, match="the file's name says the language is 'en', the text in it says 'uk'"
    ):
        library.read(STEM, "part-1", "en")


def test_entry_says_what_there_is(archive: Archive) -> None:
    """A missing transcript is an error that lists the others; a name that leaves the folder is refused."""
    library = Library(archive)
    library.save(STEM, "part-1", transcript())
    with pytest.raises(NotFoundError, match=r"there is no transcript part-1\.uk .* There are: part-1\.en\."):
        library.read(STEM, "part-1", "uk")
    with pytest.raises(UsageError):
        library.path("../..", "part-1", "en")
    with pytest.raises(UsageError):
        library.path(STEM, "part-1/../x", "en")


def test_resolve_finds_where_a_vanished_sentence_was(archive: Archive) -> None:
    """An id that stands gives its cue; one that is gone gives the nearest cue in time; one that never was is
    an error.
    """
    library = Library(archive)
    cues = tuple(
        Cue(f"c{number}", number * 1000, number * 1000 + 800, (Word("a", number * 1000),))
        for number in range(1, 8)
    )
    library.save(STEM, "part-1", Transcript(Provenance("en"), cues, 8))
    left = tuple(cue for cue in cues if cue.id not in ("c4", "c5"))
    library.save(STEM, "part-1", Transcript(Provenance("en"), left, 8))
    there = library.resolve(STEM, "part-1.en.c3")
    assert (there.cue.id, there.position, there.exact) == ("c3", 3000, True)
    gone = library.resolve(STEM, "part-1.en.c4")
    assert (gone.cue.id, gone.position, gone.exact) == ("c3", 3000, False)
    assert library.resolve(STEM, "part-1.en.c5").cue.id == "c6"
    assert library.vanished(library.entry(STEM, "part-1", "en")) == {"c4": 4000, "c5": 5000}
    for anchor in ("part-1.en.c99", "nonsense", "part-1.en."):
        with pytest.raises(NotFoundError):
            library.resolve(STEM, anchor)


_SAVER = """
import sys
from pathlib import Path
from onrecord.archive import Archive
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import *
library = Library(Archive(Path(sys.argv[1])))
number = 0
while True:
    number += 1
    words = tuple(Word(f"w{number}", 0) for _ in range(40))
    library.save("rights", "part-1", Transcript(Provenance("en"), (Cue("c1", 0, 900, words),), 2))
    print(number, flush=True)
"""


def test_save_loses_no_revision_to_a_kill(archive: Archive) -> None:
    """Killed at any moment, the present file is whole, and every revision that was saved is there."""
    confirmed = 0
    for attempt in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_SAVER), str(archive.root)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(4 + attempt):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        seen = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        confirmed = 4 + attempt + len(seen)
        library = Library(archive)
        entry = library.entry("rights", "part-1", "en")
        present = library.read(entry)
        texts = [
            read_vtt(revision.path.read_bytes()).transcript.cues[0].words[0].text
            for revision in library.history(entry)
        ]
        assert len(present.cues[0].words) == 40
        newest = [*texts, present.cues[0].words[0].text]
        first = len(texts) - newest[::-1].index("w1") if "w1" in newest else 0
        assert {f"w{number}" for number in range(1, confirmed + 1)} <= set(newest[max(0, first - 1) :])
        assert write_vtt(present) == entry.path.read_text(encoding="utf-8")
