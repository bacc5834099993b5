"""Two people's changes of one paragraph, put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onrecord.transcripts.correction.merging import Piece, merge

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12).map(" ".join)


def test_changes_of_different_words_are_both_taken() -> None:
    """One corrected the beginning, the other the end."""
    made = merge("the dutys of every one here", "the duties of every one here", "the dutys of everyone here")
    assert made.text == "the duties of everyone here"
    assert made.clashes == 0


def test_the_same_words_changed_twice_are_shown_to_a_person() -> None:
    """Both versions are there; what stands is proposed."""
    made = merge("all people are free", "all humans are free", "all persons are free")
    assert made.pieces == (
        Piece("both", "all", "all"), Piece("clash", "humans", "persons"), Piece("both", "are free", "are free"),
    )  # fmt: skip
    assert made.text == "all persons are free"


@given(TEXTS, TEXTS, TEXTS)
def test_nothing_of_either_version_is_lost(base: str, mine: str, theirs: str) -> None:
    """Each version can be read off the pieces; who changed nothing gets what the other wrote."""
    made = merge(base, mine, theirs)
    for_mine = [piece.mine for piece in made.pieces if piece.origin in ("both", "mine", "clash")]
    for_theirs = [piece.theirs for piece in made.pieces if piece.origin in ("both", "theirs", "clash")]
    for said, wanted in ((for_mine, mine), (for_theirs, theirs)):
        left = iter(wanted.split())
        assert all(word in left for word in " ".join(said).split())
    assert merge(base, base, theirs).text == theirs
    assert merge(base, mine, base).text == mine
    assert merge(base, mine, mine).text == mine
