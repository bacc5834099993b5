"""Who speaks: one turn, everywhere, joined; marks on words."""

from __future__ import annotations

import pytest

from onrecord.errors import ConflictError, NotFoundError, UsageError
from onrecord.transcripts.correction.aside import put_back
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.correction.passages import Seen, passage_at, passages
from onrecord.transcripts.correction.voices import assigned, everywhere, in_language, joined, sure
from onrecord.transcripts.model import Dropped, Transcript


def seen(transcript: Transcript, number: int) -> Seen:
    return Seen.of(passages(transcript)[number], transcript)


def who(transcript: Transcript) -> list[str]:
    return [one.speaker for one in passages(transcript)]


def test_one_turn_and_all_turns_are_named(bench: Bench) -> None:
    """This turn only; or the voice wherever it speaks; names are cleaned of what cannot be seen."""
    now = bench.library.read(bench.entry)
    assert who(assigned(now, seen(now, 2), " Anna\u202e \x00 Koval ")) == [
        "Speaker 1",
        "Speaker 2",
        "Anna Koval",
    ]
    assert who(everywhere(now, "Speaker 1", "Anna Koval")) == ["Anna Koval", "Speaker 2", "Anna Koval"]
    with pytest.raises(NotFoundError):
        everywhere(now, "Speaker 9", "Anna Koval")
    with pytest.raises(UsageError):
        everywhere(now, "Speaker 1", "x" * 201)


def test_name_that_somebody_else_gave_meanwhile_is_not_written_over(bench: Bench) -> None:
    """Whoever saw 'Speaker 2' there does not take the turn from the person who is named now."""
    before = bench.library.read(bench.entry)
    now = everywhere(before, "Speaker 2", "Borys Melnyk")
    with pytest.raises(ConflictError, match="'Borys Melnyk'"):
        assigned(now, seen(before, 1), "Anna Koval")
    assert assigned(now, seen(before, 1), "Borys Melnyk") is now


def test_joined_turn_is_the_speakers_before_it(bench: Bench) -> None:
    """Two turns become one; the first has nothing before it."""
    now = bench.library.read(bench.entry)
    made = joined(now, seen(now, 1))
    assert who(made) == ["Speaker 1", "Speaker 1"]
    assert passages(made)[0].text == f"{passages(now)[0].text} {passages(now)[1].text}"
    with pytest.raises(UsageError):
        joined(now, seen(now, 0))
    with pytest.raises(UsageError):
        joined(made, seen(made, 1))


def test_words_are_marked_sure_and_in_their_language(bench: Bench) -> None:
    """A mark goes, a language comes; words and times stay."""
    now = bench.library.read(bench.entry)
    made = in_language(sure(now, seen(now, 0), 5, 5), seen(now, 0), 6, 8, "uk")
    words = passages(made)[0].words
    assert [word.text for word in words if word.unsure] == ["alone", "free"]
    assert [word.text for word in words if word.language == "uk"] == ["in", "which", "alone"]
    assert [word.start for word in words] == [word.start for word in passages(now)[0].words]
    assert in_language(made, seen(made, 0), 0, 99, "en") == sure(now, seen(now, 0), 5, 5)


def test_ghost_is_put_back_where_it_was_heard(bench: Bench) -> None:
    """Its words are a cue of their own again, in their time; it is set aside no more."""
    now = bench.library.read(bench.entry)
    ghost = Dropped(14_000, 17_000, "Thank you for watching.", "text over silence")
    made = put_back(now, ghost)
    assert made.dropped == ()
    assert [cue.id for cue in made.cues] == ["c1", "c2", "c3", "c4", "c7", "c5", "c6"]
    cue = made.cues[4]
    assert (cue.start, cue.end, cue.text, cue.speaker) == (14_000, 17_000, ghost.text, "Speaker 2")
    assert [at for at, _ in made.blocks] == [5]
    with pytest.raises(NotFoundError):
        put_back(made, ghost)


def test_passage_is_found_by_any_of_its_cues(bench: Bench) -> None:
    """An address of a sentence leads to the paragraph that holds it."""
    now = bench.library.read(bench.entry)
    assert passage_at(now, "c2") == passages(now)[0]
    with pytest.raises(NotFoundError):
        passage_at(now, "c99")
