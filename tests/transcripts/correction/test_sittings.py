"""Saves of one sitting are one revision; nothing that anybody else wrote is written over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from onrecord.errors import ConflictError
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.correction.passages import Seen, passages
from onrecord.transcripts.correction.reviewing import reviewed, unreviewed
from onrecord.transcripts.correction.rewording import reworded
from onrecord.transcripts.correction.voices import everywhere
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import Transcript
from onrecord.transcripts.taking_in import corrected

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def words(number: int, text: str) -> Callable[[Transcript], Transcript]:
    """A change of one passage."""
    return lambda now: reworded(now, Seen.of(passages(now)[number], now), text)


def revisions(bench: Bench) -> list[int]:
    return [revision.number for revision in bench.library.history(bench.entry)]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_saves_of_one_sitting_are_one_revision(bench: Bench) -> None:
    """Each save stands in the file and in the newest revision at once; the revision before stays as it was."""
    original = bench.entry.path.read_bytes()
    for minute in range(5):
        assert bench.correct(words(0, f"draft number {minute}"), now=at(minute)).saved
        assert bench.library.history(bench.entry)[-1].path.read_bytes() == bench.entry.path.read_bytes()
    assert revisions(bench) == [1, 2]
    assert bench.library.history(bench.entry)[0].path.read_bytes() == original
    told = bench.library.head(bench.entry)
    assert told.corrected == "2026-11-03T12:04:00Z"
    assert told.other == (("corrected-by", "Olena Example"), ("corrected-since", "2026-11-03T12:00:00Z"))


def test_pause_an_hour_and_a_turned_back_clock_end_a_sitting(bench: Bench) -> None:
    """After ten minutes of nothing, after an hour of work, or where the clock ran backwards, a revision begins."""
    for count, minute in enumerate((0, 9, 20, 29, 38, 47, 56, 65, 74, 83, 60)):
        bench.correct(words(0, f"draft number {count}"), now=at(minute))
    assert revisions(bench) == [1, 2, 3, 4, 5]


def test_people_who_work_at_once_share_a_sitting(bench: Bench) -> None:
    """Two who save in turn make no revision with each paragraph; both are named."""
    other = Bench(bench.library, bench.entry, "Borys, Example")
    firsts = []
    for minute in range(6):
        who = (bench, other)[minute % 2]
        firsts.append(who.correct(words(minute % 2, f"draft number {minute}"), now=at(minute)).first)
    assert firsts == [True, True, False, False, False, False]
    assert revisions(bench) == [1, 2]
    assert dict(bench.library.head(bench.entry).other)["corrected-by"] == "Olena Example, Borys Example"


def test_hand_edit_is_kept_as_a_revision_of_its_own(bench: Bench) -> None:
    """What a volunteer writes with a text editor in the middle of a sitting is never written over unseen."""
    bench.correct(words(0, "draft number one"), now=at(0))
    edited = bench.entry.path.read_text(encoding="utf-8").replace("beings", "peoples")
    bench.entry.path.write_text(edited, encoding="utf-8")
    bench.correct(words(0, "draft number two"), now=at(1))
    assert revisions(bench) == [1, 2, 3, 4]
    assert bench.library.history(bench.entry)[2].path.read_text(encoding="utf-8") == edited
    assert [one.text for one in passages(bench.library.read(bench.entry))][:2] == [
        "draft number two", "All human peoples are born free and equal in dignity and rights.",
    ]  # fmt: skip


def test_change_of_the_whole_stands_alone(bench: Bench) -> None:
    """A speaker named everywhere can be taken back without the paragraphs before and after it."""
    bench.correct(words(0, "draft number one"), now=at(0))
    bench.correct(lambda now: everywhere(now, "Speaker 1", "Anna Koval"), alone=True, now=at(1))
    bench.correct(words(0, "draft number two"), now=at(2))
    assert revisions(bench) == [1, 2, 3, 4]


def test_id_that_only_the_newest_revision_has_is_kept_in_the_history(bench: Bench) -> None:
    """A cue that was made and taken out within one sitting may have been quoted: its address leads somewhere."""
    long = "in which alone the free and full development of his personality is possible, and in which alone"
    bench.correct(words(2, f"Everyone {long} {long} {long} and security of person."), now=at(0))
    made = {cue.id for cue in bench.library.read(bench.entry).cues} - {f"c{number}" for number in range(1, 7)}
    assert made
    bench.correct(words(2, "and security of person."), now=at(1))
    gone = made - {cue.id for cue in bench.library.read(bench.entry).cues}
    assert gone
    fresh = Library(bench.library.archive)
    for name in gone:
        assert not fresh.resolve(bench.entry.stem, f"part-1.en.{name}").exact


def test_what_is_kept_in_memory_is_what_a_new_reading_gives(bench: Bench) -> None:
    """After a save nobody needs to read the file: it says what is in memory."""
    bench.correct(words(1, "All human beings are born equal in dignity."), now=at(0))
    assert bench.library.read(bench.entry) == Library(bench.library.archive).read(bench.entry)


def test_nothing_is_written_where_nothing_changed(bench: Bench) -> None:
    """A paragraph that is left as it was makes no revision and no note."""
    before = bench.entry.path.stat().st_mtime_ns
    now = bench.library.read(bench.entry)
    change = bench.correct(words(0, passages(now)[0].text))
    assert not change.saved
    assert bench.entry.path.stat().st_mtime_ns == before
    assert revisions(bench) == [1]


def test_marked_as_reviewed_and_back(bench: Bench) -> None:
    """Who has read it and when stand in the file; taken back, it is a draft again; both are in the history."""
    bench.mark(lambda now: reviewed(now, "Olena Example", "2026-11-03T12:00:00Z", "part-1.en"))
    told = bench.library.head(bench.entry)
    assert (told.status, told.reviewed, told.reviewed_by, told.corrected) == (
        "reviewed", "2026-11-03T12:00:00Z", "Olena Example", "",
    )  # fmt: skip
    bench.mark(lambda now: unreviewed(now, "part-1.en"))
    assert bench.library.head(bench.entry).status == "machine"
    assert revisions(bench) == [1, 2, 3]
    with pytest.raises(ConflictError, match="is not marked as reviewed"):
        bench.mark(lambda now: unreviewed(now, "part-1.en"))


def test_what_the_command_line_saves_ends_a_sitting(bench: Bench) -> None:
    """A corrected file that is taken in between two paragraphs, or a review, is a revision that nobody writes over."""
    bench.correct(words(0, "draft number one"))
    stem, library = bench.entry.stem, bench.library
    library.save(stem, "part-1", corrected(words(1, "words of a file")(library.read(bench.entry)), "Vira"))
    taken = bench.entry.path.read_bytes()
    bench.correct(words(0, "draft number two"))
    library.save(
        stem, "part-1", reviewed(library.read(bench.entry), "Vira", "2026-11-03T12:00:00Z", "part-1.en")
    )
    read_through = bench.entry.path.read_bytes()
    bench.correct(words(0, "draft number three"))
    past = [revision.path.read_bytes() for revision in library.history(bench.entry)]
    assert len(past) == 6
    assert (past[2], past[4]) == (taken, read_through)
