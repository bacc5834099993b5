"""Which word of a corrected text is which word of the present one.

Words are compared by their letters alone: case, punctuation and accents do not count. What stands only once
in both texts and keeps its order is fixed first (the idea of patience diff); between these fixed points the
stretches are short, and each is aligned at the least cost (Needleman and Wunsch, 1970), where a word that is
spelled alike costs less than another one. So a corrected spelling keeps its place, and a repeated "yes" does
not wander.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_LETTERS = re.compile(r"[\W_]+", re.UNICODE)
_MOST_CELLS = 100_000  # of one stretch's table, about 50 ms; larger ones are halved


def letters(text: str) -> str:
    """What of a word is compared: its letters and digits, in lower case; the word itself when it has none."""
    return _LETTERS.sub("", text.casefold().replace("\u0301", "").replace("ё", "е")) or text


def align(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each word of `new` the index of the word of `old` that it is, or takes the place of; -1 where it is
    added.

    Both are given as `letters` makes them. The indexes rise. Takes about n log n for texts that are mostly
    the same.
    """
    result = [-1] * len(new)
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        old_from, old_to, new_from, new_to = waiting.pop()
        while old_from < old_to and new_from < new_to and old[old_from] == new[new_from]:
            result[new_from] = old_from
            old_from += 1
            new_from += 1
        while old_from < old_to and new_from < new_to and old[old_to - 1] == new[new_to - 1]:
            old_to -= 1
            new_to -= 1
            result[new_to] = old_to
        rows, columns = old_to - old_from, new_to - new_from
        if not rows or not columns:
            continue
        bounds = {"old_from": old_from, "old_to": old_to, "new_from": new_from, "new_to": new_to}
        if rows * columns <= 400:
            _cheapest(old, new, result, **bounds)
            continue
        fixed = _fixed_points(old, new, **bounds)
        if fixed:
            edges = [(old_from - 1, new_from - 1), *fixed, (old_to, new_to)]
            for (a, c), (b, d) in pairwise(edges):
                waiting.append((a + 1, b, c + 1, d))
            for a, c in fixed:
                result[c] = a
        elif rows * columns <= _MOST_CELLS:
            _cheapest(old, new, result, **bounds)
        else:
            # Nothing in common that is rare, and too long for a table: halve both.
            half_old, half_new = old_from + rows // 2, new_from + columns // 2
            waiting.append((old_from, half_old, new_from, half_new))
            waiting.append((half_old, old_to, half_new, new_to))
    return result


def _fixed_points(
    old: Sequence[str], new: Sequence[str], *, old_from: int, old_to: int, new_from: int, new_to: int
) -> list[tuple[int, int]]:
    """Pairs of the same place in both: runs of up to three words that stand once in both and keep order."""
    for size in (3, 2, 1):
        here = _once(old, old_from, old_to, size)
        there = _once(new, new_from, new_to, size)
        pairs = sorted((at, there[run]) for run, at in here.items() if run in there)
        kept = _rising(pairs)
        if kept:
            return kept
    return []


def _once(words: Sequence[str], start: int, end: int, size: int) -> dict[tuple[str, ...], int]:
    """The runs of `size` words that stand only once between `start` and `end`, with their places."""
    runs = [tuple(words[at : at + size]) for at in range(start, end - size + 1)]
    counts = Counter(runs)
    return {run: start + at for at, run in enumerate(runs) if counts[run] == 1}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection of the pairs in which both places rise."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        position = bisect_left(tails, place)
        if position == len(tails):
            tails.append(place)
            at.append(index)
        else:
            tails[position] = place
            at[position] = index
        before.append(at[position - 1] if position else -1)
    kept = []
    index = at[-1] if at else -1
    while index >= 0:
        kept.append(pairs[index])
        index = before[index]
    return kept[::-1]


def likeness(one: str, other: str) -> float:
    """How alike two words are spelled, from 0 to 1: the letters that they share at both ends."""
    if one == other:
        return 1.0
    shorter = min(len(one), len(other))
    front = 0
    while front < shorter and one[front] == other[front]:
        front += 1
    back = 0
    while back < shorter - front and one[-1 - back] == other[-1 - back]:
        back += 1
    return (front + back) / max(len(one), len(other))


def _cheapest(
    old: Sequence[str],
    new: Sequence[str],
    result: list[int],
    *,
    old_from: int,
    old_to: int,
    new_from: int,
    new_to: int,
) -> None:
    """Aligns one stretch at the least cost: 1 for a word left out or added, up to 1.6 for another one."""
    rows, columns = old_to - old_from, new_to - new_from
    costs = [float(column) for column in range(columns + 1)]
    steps: list[bytearray] = []
    wanted = new[new_from:new_to]
    for row in range(1, rows + 1):
        word = old[old_from + row - 1]
        step = bytearray(columns + 1)
        step[0] = 1
        diagonal = costs[0]
        left = costs[0] = float(row)
        for column in range(1, columns + 1):
            up = costs[column]
            other = wanted[column - 1]
            best = diagonal if word == other else diagonal + 1.6 - likeness(word, other)
            kind = 0
            if up + 1 < best:
                best, kind = up + 1, 1
            if left + 1 < best:
                best, kind = left + 1, 2
            step[column] = kind
            diagonal = up
            costs[column] = left = best
        steps.append(step)
    row, column = rows, columns
    while row and column:
        kind = steps[row - 1][column]
        if kind == 0:
            row -= 1
            column -= 1
            result[new_from + column] = old_from + row
        elif kind == 1:
            row -= 1
        else:
            column -= 1
