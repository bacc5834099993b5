"""The journal: whatever ends the work, at most the piece in hand is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.transcripts.engines import HeardWord, Segment
from onrecord.transcripts.journal import Held, Journal, Piece, Work, read_journal

WORK = Work("5f2c", 0, "pocketsphinx 5.1.1", "en-us", ("en", "uk"), 5.0, "Anna Koval.")
SEGMENT = Segment(
    400, 2300, (HeardWord("Кожна", 400, 900, 0.912), HeardWord("людина.", 900, 2300, None)), "uk", doubt=0.02
)
FIRST = Piece(0, 290_120, ((400, 2300), (5000, 9000)), (SEGMENT,))
SECOND = Piece(290_120, 500_000, (), ())
FAILED = Piece(290_120, 500_000, failure="no room: the decoder's lattice overflowed")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "work" / "part-1.en.0.pocketsphinx.journal"


def test_journal_keeps_every_piece_as_it_was(path: Path) -> None:
    """What is read back is what was written: words, times, confidences, languages, stretches of voice."""
    journal = Journal.open(path, WORK)
    journal.add(FIRST)
    journal.add(SECOND)
    journal.finish(500_000)
    assert journal.held == read_journal(path) == Held(WORK, (FIRST, SECOND), 500_000)
    assert read_journal(path).finished
    assert read_journal(path).done == 500_000


def test_journal_goes_on_where_it_was_left(path: Path) -> None:
    """Opening the journal of the same work again keeps its pieces; the prompt may have changed meanwhile."""
    Journal.open(path, WORK).add(FIRST)
    journal = Journal.open(path, replace(WORK, prompt="Anna Koval, Petro Lys."))
    assert journal.held == Held(WORK, (FIRST,), None)
    journal.add(SECOND)
    assert read_journal(path).pieces == (FIRST, SECOND)


@settings(deadline=None)  # files are synced
@given(cut=st.integers(min_value=1))
def test_torn_journal_loses_only_what_was_torn(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """Cut at any byte, a journal gives the pieces that are whole, and takes new ones."""
    path = tmp_path_factory.mktemp("torn") / "j.journal"
    journal = Journal.open(path, WORK)
    journal.add(FIRST)
    journal.add(SECOND)
    data = path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(data) if byte == 10]
    size = cut % len(data)
    path.write_bytes(data[:size])
    expected = (FIRST, SECOND)[: sum(end <= size for end in ends[1:])] if size >= ends[0] else ()
    assert read_journal(path).pieces == expected
    reopened = Journal.open(path, WORK)
    third = Piece(500_000, 600_000, ((510_000, 520_000),))
    reopened.add(third)
    assert read_journal(path) == Held(WORK, (*expected, third), None)


@pytest.mark.parametrize(
    "damage", [b"\x00\x00\x00\n", b"{}\n", b'{"start":1}\n', b"[1]\n", b"nonsense\n", b'"x"\n']
)
def test_damaged_line_ends_the_reading(path: Path, damage: bytes) -> None:
    """A line that is no piece ends what is believed: what follows it is recognised again."""
    journal = Journal.open(path, WORK)
    journal.add(FIRST)
    whole = path.read_bytes()
    path.write_bytes(whole + damage + whole.splitlines(keepends=True)[1])
    assert read_journal(path).pieces == (FIRST,)
    Journal.open(path, WORK)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "other",
    [
        replace(WORK, original_sha256="0000"),
        replace(WORK, engine="pocketsphinx 6"),
        replace(WORK, model="other"),
        replace(WORK, track=1),
        replace(WORK, languages=("en",)),
        replace(WORK, chunk_minutes=2.0),
    ],
)
def test_journal_of_other_work_is_set_aside(path: Path, other: Work) -> None:
    """Pieces of another original, engine, model or setting never mix; they are kept under another name."""
    Journal.open(path, WORK).add(FIRST)
    journal = Journal.open(path, other)
    assert journal.held == Held(other, (), None)
    assert read_journal(path) == Held(other, (), None)
    assert read_journal(path.with_name(path.name + ".old")).pieces == (FIRST,)


def test_failed_piece_is_replaced_by_its_next_try(path: Path) -> None:
    """A piece that failed is told with its reason, and stands no longer once it was recognised."""
    journal = Journal.open(path, WORK)
    journal.add(FIRST)
    journal.add(FAILED)
    journal.finish(500_000)
    held = read_journal(path)
    assert held.failed == (FAILED,)
    assert (held.done, held.reached, held.finished) == (290_120, 500_000, False)
    Journal.open(path, WORK).add(SECOND)
    held = read_journal(path)
    assert held == Held(WORK, (FIRST, SECOND), 500_000)
    assert held.finished


def test_journal_begun_anew_keeps_the_old_one_beside(path: Path) -> None:
    """Work that is done over begins with nothing and loses nothing."""
    Journal.open(path, WORK).add(FIRST)
    assert Journal.open(path, WORK, anew=True).held == Held(WORK, (), None)
    assert read_journal(path.with_name(path.name + ".old")).pieces == (FIRST,)


def test_what_is_no_journal_holds_nothing(path: Path) -> None:
    """A missing file, and a file of another format, hold no work."""
    assert read_journal(path) == Held(None, (), None)
    path.parent.mkdir()
    path.write_bytes(b'{"journal":99,"original_sha256":"x"}\n')
    assert read_journal(path) == Held(None, (), None)
    assert Journal.open(path, WORK).held == Held(WORK, (), None)
