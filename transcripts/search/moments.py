"""Moments: where in a transcript all the words of a question are said together.

A moment is at most 30 s or 40 words long, whichever reaches further. Hits of one passage are told once: a
moment takes in all hits in its cues, and a moment that begins in the cue after another's end joins it, up to
30 s.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from onrecord.transcripts.search.finding import MOMENT_WORDS, Found
from onrecord.transcripts.search.hits import Numbers, Positions
from onrecord.transcripts.search.intake import MOMENT_MS

_FEW = 16  # hits that are gone through one by one


class Span(NamedTuple):
    """The cues of one moment, how many words lie between its tightest hits, how many hits were taken for it.

    `sequence` is true where the clauses stand in the order of the question, one after the other.
    """

    cue: int
    last_cue: int
    width: int
    hits: int
    sequence: bool


@dataclass(frozen=True, slots=True)
class Spans:
    """The moments of one transcript in order: a row for each, the columns are those of `Span`."""

    rows: Numbers

    def __len__(self) -> int:
        return len(self.rows)

    def some(self, begin: int, end: int) -> list[Span]:
        """Those from one number to before another."""
        return [_span(row) for row in self.rows[begin:end].tolist()]

    def best(self, count: int) -> list[Span]:
        """The best ones: words in sequence, close together, many hits; then what is said first."""
        if len(self.rows) == 1:
            return [_span(self.rows[0].tolist())][:count]
        cue, _, width, hits, sequence = self.rows.T
        if len(self.rows) > 4 * count:
            order = np.lexsort((cue, -hits, width // 4, -sequence))[:count]
        else:
            order = np.array(
                sorted(range(len(cue)), key=lambda n: (-sequence[n], width[n] // 4, -hits[n], n))
            )
        return [_span(row) for row in self.rows[order[:count]].tolist()]


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits in one transcript, in order, column by column; words and cues are counted from 0."""

    words: Positions
    clauses: Numbers
    cues: Numbers
    last_cues: Numbers
    starts: Numbers


def _span(row: Sequence[int]) -> Span:
    cue, last_cue, width, hits, sequence = row
    return Span(cue, last_cue, width, hits, bool(sequence))


def hits_between(
    found: Sequence[Found], low: int, high: int, cues: tuple[Positions, Positions]
) -> Hits | None:
    """The hits of a transcript that lies between these positions; None where a clause has none there."""
    words: list[Positions] = []
    sizes: list[int] = []
    numbers: list[int] = []
    counts: list[int] = []
    edges = np.array((low, high), np.int32)  # of another width, a list would be copied whole
    for number, one in enumerate(found):
        before = len(words)
        for at, size in one.choices:
            begin, end = at.searchsorted(edges).tolist()
            if end > begin:
                words.append(at[begin:end])
                sizes.append(size)
                numbers.append(number)
                counts.append(end - begin)
        if len(words) == before:
            return None
    first = (words[0] if len(words) == 1 else np.concatenate(words)) - low
    clauses = np.repeat(numbers, counts)
    last = first + np.repeat(np.array(sizes, first.dtype), counts) - 1
    if len(words) > 1:
        order = np.argsort(first, kind="stable")
        first, last, clauses = first[order], last[order], clauses[order]
    cue = cues[0].searchsorted(first, "right") - 1
    last_cue = cue if max(sizes) == 1 else cues[0].searchsorted(last, "right") - 1
    return Hits(first, clauses, cue, last_cue, cues[1][cue].astype(np.int64))


def spans(hits: Hits, clauses: int) -> Spans:
    """The moments among the hits of one transcript, in order."""
    return Spans(_spans_of_one(hits) if clauses == 1 else _spans_of_all(hits, clauses))


def _spans_of_one(hits: Hits) -> Numbers:
    """The moments where one clause is all that is asked for.

    Hits whose cues follow each other are one row; a row of more than 30 s is cut.
    """
    if len(hits.cues) <= _FEW:
        return _cut(hits, 0, len(hits.cues))
    cues, ends = hits.cues, np.maximum.accumulate(hits.last_cues)
    begins = np.flatnonzero(np.append(True, cues[1:] > ends[:-1] + 1))
    until = np.append(begins[1:], len(cues))
    none = np.zeros(len(begins), np.int64)
    rows = np.stack([cues[begins], ends[until - 1], none, until - begins, none], axis=1)
    long = np.flatnonzero(hits.starts[until - 1] - hits.starts[begins] > MOMENT_MS)
    if not len(long):
        return rows
    parts: list[Numbers] = []
    after = 0
    for n in long.tolist():
        parts += [rows[after:n], _cut(hits, int(begins[n]), int(until[n]))]
        after = n + 1
    return np.concatenate([*parts, rows[after:]])


def _cut(hits: Hits, begin: int, end: int) -> Numbers:
    """A row of hits as moments: a new one begins in the first cue that starts more than 30 s after the last began."""
    told: list[tuple[int, ...]] = []
    first = last = -2
    until = count = 0
    for cue, last_cue, start in zip(
        hits.cues[begin:end].tolist(),
        hits.last_cues[begin:end].tolist(),
        hits.starts[begin:end].tolist(),
        strict=True,
    ):
        if cue <= last:
            count += 1
        elif cue == last + 1 and start <= until:
            last = last_cue
            count += 1
        else:
            if first >= 0:
                told.append((first, last, 0, count, 0))
            first, last, until, count = cue, last_cue, start + MOMENT_MS, 1
    told.append((first, last, 0, count, 0))
    return np.array(told, np.int64)


def _spans_of_all(hits: Hits, clauses: int) -> Numbers:
    """The moments where several clauses must be said together.

    For each hit, the shortest window that begins with it; windows that overlap or touch are one moment, up to 30 s.
    """
    every = np.arange(len(hits.words))
    latest = [np.maximum.accumulate(np.where(hits.clauses == n, every, -1)) for n in range(clauses)]
    first = functools.reduce(np.minimum, latest)
    width = hits.words - hits.words[first]
    is_one = (width < MOMENT_WORDS) | (hits.starts - hits.starts[first] <= MOMENT_MS)
    ends = np.flatnonzero((first >= 0) & is_one)
    if not len(ends):
        return np.empty((0, 5), np.int64)
    ends = ends[
        np.append(True, first[ends][1:] != first[ends][:-1])
    ]  # of those that begin together, the shortest
    first, width = first[ends], width[ends]
    sequence = width == clauses - 1
    if sequence.any():
        for n, one in enumerate(latest):
            sequence &= hits.words[one[ends]] == hits.words[first] + n
    ends_in = np.maximum.reduce([hits.last_cues[one[ends]] for one in latest])
    cues = hits.cues[first]
    edges = _told_apart(cues, np.maximum.accumulate(ends_in), hits.starts[first], hits.starts[ends])

    def gathered(how: np.ufunc, values: Numbers) -> Numbers:
        every: Numbers = how.reduceat(np.append(values, 0), edges)[::2]
        return every

    rows = cues[edges[::2]], gathered(np.maximum, ends_in), gathered(np.minimum, width)
    return np.stack(
        [*rows, edges[1::2] - edges[::2], gathered(np.maximum, sequence.astype(np.int64))], axis=1
    ).astype(np.int64)


def _told_apart(cues: Numbers, last_cues: Numbers, starts: Numbers, ends: Numbers) -> Numbers:
    """Where each moment begins among windows, and where it ends, in turn. All four columns rise; times are in ms.

    What runs on from a moment past its 30 s, without beginning after its last cue, is not told again.
    """
    breaks = iter([*(np.flatnonzero(cues[1:] > last_cues[:-1] + 1) + 1).tolist(), len(cues)])
    begin_in, end_in, begin_at, end_at = (one.tolist() for one in (cues, last_cues, starts, ends))
    edges: list[int] = []
    begin = until = 0
    while begin < len(begin_in):
        while until <= begin:
            until = next(breaks)
        end = min(until, bisect_right(end_at, begin_at[begin] + MOMENT_MS, begin + 1))
        edges += (begin, end)
        begin = end if end == until else bisect_right(begin_in, end_in[end - 1], end)
    return np.array(edges)
