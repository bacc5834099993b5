"""Cues and runs are found by blocks of positions as they are found one by one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from onrecord.transcripts.search.space import Cues, Runs

LAST = np.iinfo(np.int32).max


@pytest.mark.parametrize("sizes", [(14,), (0, 1, 2), (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3), (40, 200), (1,)])
@pytest.mark.parametrize("least", [0, 5])
def test_cues_are_found_by_their_blocks(sizes: tuple[int, ...], least: int) -> None:
    """However long or empty cues are, each position lies in the last one that begins at it or before."""
    chance = random.Random(3)
    first = np.cumsum([least, *chance.choices(sizes, k=2000)]).astype(np.int32)
    cues = Cues.of_all(np.append(first, np.int32(LAST)), first, np.array([0, len(first)]))
    for number in (5, 3000):
        asked = np.array(sorted(chance.choices(range(int(first[-1]) + 100), k=number)), np.int32)
        assert np.array_equal(cues.of(asked), np.searchsorted(first, asked, "right") - 1)


@pytest.mark.parametrize("longest", [3, 40, 500])
def test_runs_with_a_position_in_them_are_found_by_their_blocks(longest: int) -> None:
    """Runs of a word and of hundreds, side by side and apart; positions before, between and after them."""
    chance = random.Random(5)
    edges = np.cumsum([7, *(chance.choice([0, 1, longest]) + 1 for _ in range(800))]).astype(np.int32)
    low, high = edges[:-1:2], edges[1::2]
    none = np.zeros(len(low), np.int32)
    runs = Runs({}, low, high, none, none, none.astype(np.int64))
    for number in (50, 900):
        asked = np.array(sorted(chance.choices(range(int(high[-1]) + 50), k=number)), np.int32)
        naive = [bool(((asked >= a) & (asked < b)).any()) for a, b in zip(low, high, strict=True)]
        assert runs.at(asked).tolist() == naive
