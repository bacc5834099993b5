"""Which word of a corrected text is which word of the present one."""

from __future__ import annotations

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.transcripts.revision.alignment import align, letters, likeness

_WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "the", "of", "and"]), max_size=60)


@settings(max_examples=200, deadline=None)
@given(_WORDS, _WORDS)
def test_align_keeps_order_and_uses_no_word_twice(old: list[str], new: list[str]) -> None:
    """The indexes rise, whatever the texts."""
    found = align(old, new)
    used = [at for at in found if at >= 0]
    assert len(found) == len(new)
    assert used == sorted(set(used))
    assert all(at < len(old) for at in used)


@settings(max_examples=100, deadline=None)
@given(_WORDS)
def test_align_finds_the_same_text_whole(words: list[str]) -> None:
    """A text is its own alignment."""
    assert align(words, words) == list(range(len(words)))


def test_align_gives_a_corrected_spelling_its_place() -> None:
    """Of two new words, the one that is spelled alike takes the old one's place."""
    old = ["duties", "to", "the", "comunity", "in", "which"]
    assert align(old, ["duties", "to", "the", "whole", "community", "in", "which"]) == [0, 1, 2, -1, 3, 4, 5]
    assert align(old, ["duties", "to", "the", "community", "here", "in", "which"]) == [0, 1, 2, 3, -1, 4, 5]


def test_align_takes_a_word_that_was_said_twice_once() -> None:
    """A repetition that was taken out leaves the rest in place."""
    assert align(["yes", "yes", "yes", "i", "do"], ["yes", "i", "do"]) in ([0, 3, 4], [2, 3, 4])


def test_letters_leave_case_and_punctuation_out() -> None:
    """A comma, a capital or an accent makes no other word; a mark alone stays what it is."""
    assert letters("«Community’s»,") == "communitys"
    assert letters("Её") == letters("ее")
    assert letters("—") == "—"


def test_likeness_counts_letters_at_both_ends() -> None:
    """From nothing in common to the same."""
    assert likeness("comunity", "community") > 0.85
    assert likeness("yes", "no") == 0
    assert likeness("same", "same") == 1


def test_align_takes_30000_words_in_seconds() -> None:
    """A whole evening with a tenth of its words changed: nearly every word that stayed is found, quickly."""
    chance = random.Random(5)
    vocabulary = [f"w{index}" for index in range(800)] + ["the", "and", "of", "yes"] * 60
    old = [chance.choice(vocabulary) for _ in range(30_000)]
    new: list[str] = []
    truth: list[int] = []
    for index, word in enumerate(old):
        kind = chance.random()
        if kind < 0.04:
            new.append(word + "x")
            truth.append(-1)
        elif kind < 0.07:
            new += [chance.choice(vocabulary), word]
            truth += [-1, index]
        elif kind < 0.9 or kind > 0.93:
            new.append(word)
            truth.append(index)
    began = time.process_time()
    found = align(old, new)
    took = time.process_time() - began
    stayed = [(at, was) for at, was in zip(found, truth, strict=True) if was >= 0]
    assert sum(at == was for at, was in stayed) > 0.995 * len(stayed)
    assert took < 10


def test_align_is_not_quadratic_where_nothing_is_common() -> None:
    """Two long texts of other words take seconds, not hours."""
    began = time.process_time()
    align([f"a{index}" for index in range(5000)], [f"b{index}" for index in range(5000)])
    align(["yes"] * 3000, ["no", "yes"] * 1500)
    assert time.process_time() - began < 30
