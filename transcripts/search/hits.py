"""Sorted arrays of word positions, and what is done with them: phrases, ranges, nearest neighbours.

All are 32-bit numbers that rise. numpy's stable sort merges runs that are sorted already, so putting lists together
is linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.signedinteger[Any]]  # 32 bits in the index; 64 where lines are laid out anew
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE: Positions = np.empty(0, np.int32)
_FEW = 16  # so many times fewer are looked up one by one; else both lists are merged


def union(lists: Sequence[Positions]) -> Positions:
    """All positions of several lists, each once."""
    held = [one for one in lists if len(one)]
    if len(held) < 2:
        return held[0] if held else NONE
    merged: Positions = np.sort(np.concatenate(held), kind="stable")
    unlike = np.empty(len(merged), bool)
    unlike[0] = True
    np.not_equal(merged[1:], merged[:-1], out=unlike[1:])
    kept: Positions = merged if unlike.all() else merged[unlike]
    return kept


def both(one: Positions, other: Positions) -> Positions:
    """The positions that are in both lists."""
    if len(one) > len(other):
        one, other = other, one
    if len(one) * _FEW < len(other):
        few: Positions = one[contains(other, one)]
        return few
    merged: Positions = np.sort(np.concatenate([one, other]), kind="stable")
    twice: Positions = merged[1:][merged[1:] == merged[:-1]]
    return twice


def contains(positions: Positions, asked: NDArray[np.signedinteger]) -> Flags:
    """Which of the asked positions are in a list."""
    if not len(positions):
        return np.zeros(len(asked), bool)
    found = np.searchsorted(positions, asked.astype(positions.dtype, copy=False))
    found[found == len(positions)] = 0
    flags: Flags = positions[found] == asked
    return flags


def phrase(lists: Sequence[Positions]) -> Positions:
    """Where words follow each other: the position of the first; `lists` are those of the words, in order."""
    order = sorted(range(len(lists)), key=lambda n: len(lists[n]))
    found = lists[order[0]] - np.int32(order[0])
    for n in order[1:]:
        if not len(found):
            break
        found = both(found, lists[n] - np.int32(n))
    return found


def until(positions: Positions, asked: Positions) -> Numbers:
    """For each asked position, how many of a list are not after it; both rise."""
    if len(asked) * _FEW < len(positions) or len(positions) * _FEW < len(asked):
        return np.searchsorted(positions, asked, "right")
    if not len(asked):
        return np.empty(0, np.int64)
    # Both lists are merged, with a bit that tells them apart.
    small = max(positions[-1], asked[-1]) < 1 << 30
    merged: Positions = np.empty(len(positions) + len(asked), np.int32 if small else np.int64)
    merged[: len(positions)] = positions
    merged[len(positions) :] = asked
    merged <<= 1
    merged[len(positions) :] += 1
    merged.sort(kind="stable")
    places: Numbers = (merged & 1).astype(bool).nonzero()[0]
    places -= np.arange(len(asked))
    return places


def nearest(positions: Positions, asked: Positions) -> Positions:
    """For each asked position the one of a list, which is not empty, that is nearest to it."""
    after = positions.searchsorted(asked)
    earlier, later = positions.take(after - 1, mode="clip"), positions.take(after, mode="clip")
    found: Positions = np.where(asked - earlier < later - asked, earlier, later)
    return found


def ranges(begins: Numbers, ends: Numbers) -> Numbers:
    """All numbers of these ranges, which rise, one after the other."""
    lengths = ends - begins
    offsets = np.cumsum(lengths)
    total = int(offsets[-1]) if len(offsets) else 0
    every: Numbers = np.arange(total) + np.repeat(begins - offsets + lengths, lengths)
    return every


def inside(positions: Positions, low: Positions, high: Positions) -> Flags:
    """Which positions lie in one of these ranges, which rise and do not overlap; `high` is the first one after."""
    if not len(low) or not len(positions):
        return np.zeros(len(positions), bool)
    if 4 * len(low) < len(positions):
        change = np.bincount(np.searchsorted(positions, low), minlength=len(positions) + 1)
        change -= np.bincount(np.searchsorted(positions, high), minlength=len(positions) + 1)
        flags: Flags = np.cumsum(change)[:-1] > 0
        return flags
    at = np.searchsorted(low, positions, "right") - 1
    return (at >= 0) & (positions < high[at])


def within(positions: Positions, low: Positions, high: Positions) -> Positions:
    """The positions that lie in one of a few ranges, which rise and do not overlap."""
    return positions[ranges(positions.searchsorted(low), positions.searchsorted(high))]


def holds(positions: Positions, low: Positions, high: Positions) -> Flags:
    """Which of these ranges, which may come in any order, have a position in them."""
    if not len(positions):
        return np.zeros(len(low), bool)
    next_one = positions[np.minimum(np.searchsorted(positions, low), len(positions) - 1)]
    flags: Flags = (next_one >= low) & (next_one < high)
    return flags


def counts(positions: Positions, low: Positions, high: Positions) -> Numbers:
    """How many positions lie in each of these ranges, which may come in any order."""
    begins = np.searchsorted(positions, low)
    if len(low) > 1 and 2 * np.count_nonzero(low[1:] == high[:-1]) > len(
        low
    ):  # most ranges begin where the one before ends
        ends = np.append(begins[1:], 0)
        apart = np.flatnonzero(np.append(low[1:] != high[:-1], True))
        ends[apart] = np.searchsorted(positions, high[apart])
    else:
        ends = np.searchsorted(positions, high)
    return ends - begins


def joined(low: Positions, high: Positions) -> tuple[Positions, Positions]:
    """The same ranges with neighbours that touch made one."""
    if len(low) < 2:
        return low, high
    apart = low[1:] != high[:-1]
    return low[np.concatenate([[True], apart])], high[np.concatenate([apart, [True]])]
