"""What is kept of recordings: the same as what the gate makes, and only as long as nothing has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.site.export.keeping import KeptRecordings
from onrecord.site.export.ledger import open_ledger
from onrecord.site.public import PublicEvent
from onrecord.site.view import View
from onrecord.transcripts.library import Library

EVENT = """
[[agenda]]
at = "00:00:01"
title = "Rights"
[[recordings]]
id = "part-1"
title = "Morning"
publish = "yes"
original = "public"
"""


@pytest.fixture
def told(bench: Any, tone: Path) -> Any:
    """A talk with a recording, chapters, words and their translation."""
    bench.event("talk", EVENT)
    bench.recording("talk", "part-1", tone)
    bench.transcript("talk", "part-1.en", "c1 0 2 Everyone has the right to life.")
    bench.transcript("talk", "part-1.de", "c1 0 2 Jeder hat das Recht auf Leben.")
    return bench


def look(bench: Any, digest: str) -> tuple[PublicEvent, View]:
    """The talk, seen with what was kept under a digest; what is new is kept."""
    view = bench.view()
    with open_ledger(bench.root / "kept.sqlite3") as ledger:
        kept = KeptRecordings(ledger, {"talk": digest}, bench.root)
        view.keep(kept)
        event = view.event("talk")
        assert event.recordings is not None
        kept.write()
        ledger.finish([], [], {})
    return event, view


def test_recordings_that_were_kept_are_as_the_gate_made_them(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In everything, and what was said is read when it is asked for."""
    made, _ = look(told, "one")

    def never(*_arguments: object) -> None:
        raise AssertionError("the folder was looked at")

    with monkeypatch.context() as patch:
        patch.setattr(Library, "entries", never)
        kept, _ = look(told, "one")
    assert kept.recordings == made.recordings
    assert kept.recordings[0].media is not None and kept.recordings[0].media.original is not None
    assert kept.transcripts == made.transcripts and len(made.transcripts) == 2
    assert [one.cues for one in kept.transcripts] == [one.cues for one in made.transcripts]


def test_recordings_under_another_digest_are_made_again(told: Any) -> None:
    """The new state takes the place of the old one."""
    look(told, "one")
    (told.archive.transcripts("talk") / "part-1.de.vtt").unlink()
    event, _ = look(told, "two")
    assert [one.language for one in event.transcripts] == ["en"]


def test_recordings_that_could_not_be_read_are_not_kept(told: Any) -> None:
    """Each run tells of what is wrong."""
    (told.archive.transcripts("talk") / "part-1.de.vtt").write_text("no captions", encoding="utf-8")
    for _ in range(2):
        event, view = look(told, "one")
        assert [one.language for one in event.transcripts] == ["en"]
        assert [problem.path.name for problem in view.problems if problem.path] == ["part-1.de.vtt"]


def test_recordings_of_an_event_that_went_are_not_kept(told: Any) -> None:
    """Nothing of it is left in the ledger."""
    look(told, "one")
    with open_ledger(told.root / "kept.sqlite3") as ledger:
        assert [row[:2] for row in ledger.all_kept("recordings")] == [("talk", "one")]
        KeptRecordings(ledger, {}, told.root).write()
        assert ledger.all_kept("recordings") == []


def test_recordings_are_kept_by_their_place_in_the_archive(told: Any, tmp_path: Path) -> None:
    """An archive that is moved as a whole finds its files."""
    look(told, "one")
    moved = told.root.rename(tmp_path / "elsewhere")
    bench = type(told)(Archive(moved))
    event, _ = look(bench, "one")
    media = event.recordings[0].media
    assert media is not None and media.path.is_relative_to(moved) and media.path.exists()
