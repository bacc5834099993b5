"""Moments: where in transcripts all the words of a question are said together.

A moment is at most 30 s or 40 words long, whichever reaches further. Hits of one passage are told once: a
moment takes in all hits in its cues, and a moment that begins in the cue after another's end joins it, up to
30 s.

The transcripts of all events of a page are gone through together, so that what an array costs is paid once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from onrecord.transcripts.search.columns import MOMENT_MS
from onrecord.transcripts.search.finding import MOMENT_WORDS, Found
from onrecord.transcripts.search.hits import Numbers, Positions
from onrecord.transcripts.search.space import Lines, OwnCues

_APART = 40  # bits: transcripts are laid so far from each other that nothing reaches from one into the next


class Span(NamedTuple):
    """The cues of one moment, counted through all that are laid out; how many words lie between its tightest hits, how
    many hits were taken for it.

    `sequence` is true where the clauses stand in the order of the question, one after the other.
    """

    cue: int
    last_cue: int
    width: int
    hits: int
    sequence: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Some transcripts in the order of their positions, and their cues, each followed by one that is none: `first` is
    the first word of each, `start` its time in ms, `at` where the cues of each transcript begin.
    """

    transcripts: Numbers
    low: Positions
    high: Positions
    first: Positions
    start: Numbers
    at: Numbers

    @classmethod
    def of(cls, transcripts: Numbers, lines: Lines, cues: Sequence[OwnCues]) -> Layout:
        """Lays out these transcripts, which rise, with the cues of each."""
        low, high = lines.low[transcripts], lines.high[transcripts]
        at = np.cumsum([0, *(len(first) + 1 for first, _ in cues)])
        first, start = np.empty(at[-1], low.dtype), np.empty(at[-1], np.int64)
        for n, (begin, end) in enumerate(itertools.pairwise(at.tolist())):
            np.add(cues[n][0], low[n], out=first[begin : end - 1])
            start[begin : end - 1] = cues[n][1]
        first[at[1:] - 1], start[at[1:] - 1] = high, 0
        return cls(transcripts, low, high, first, start, at)

    def shift(self, positions: Positions) -> Numbers:
        """What is added to the numbers of the transcript in which each position lies, so that all are far apart."""
        return (np.searchsorted(self.low, positions, "right") - 1) << _APART


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits in transcripts that are laid out, in order: the first word, how many words, and of which clause."""

    words: Positions
    sizes: Numbers
    clauses: Numbers


@dataclass(frozen=True, slots=True)
class Spans:
    """Moments in order: a row for each, the columns are those of `Span`; and of which transcript each is."""

    rows: Numbers
    transcript: Numbers

    def some(self, numbers: Sequence[int]) -> list[Span]:
        """Those with these numbers."""
        return [
            Span(cue, last_cue, width, hits, bool(sequence))
            for cue, last_cue, width, hits, sequence in self.rows[numbers].tolist()
        ]

    def best(self, ranges: Iterable[tuple[int, int]], count: int) -> list[list[int]]:
        """The numbers of the best ones of each of these ranges: words in sequence, close together, many hits; then what
        is said first.
        """
        _, _, width, hits, sequence = self.rows.T
        # One number for all three: 61 bits are enough for them.
        order = ((1 - sequence) << 60) + ((width >> 2) << 30) - np.minimum(hits, 1 << 29)
        return [
            (order[begin:end].argsort(kind="stable")[:count] + begin).tolist()
            if end - begin > 1
            else list(range(begin, end))[:count]
            for begin, end in ranges
        ]


def hits_in(layout: Layout, clauses: Iterable[Iterable[tuple[Positions, int]]]) -> Hits:
    """The hits in these transcripts of each clause's choices, which are positions with the number of their words."""
    words: list[Positions] = []
    sizes: list[int] = []
    numbers: list[int] = []
    counts: list[int] = []
    edges = np.concatenate([layout.low, layout.high])
    for number, choices in enumerate(clauses):
        for at, size in choices:
            bounds = at.searchsorted(edges).tolist()
            before = len(words)
            words += [
                at[begin:end]
                for begin, end in zip(bounds[: len(layout.low)], bounds[len(layout.low) :], strict=True)
                if begin < end
            ]
            if len(words) > before:
                sizes.append(size)
                numbers.append(number)
                counts.append(sum(map(len, words[before:])))
    if not words:
        return Hits(edges[:0], np.empty(0, np.int64), np.empty(0, np.int64))
    first = np.concatenate(words)
    every = (first, np.repeat(sizes, counts), np.repeat(numbers, counts))
    if len(counts) > 1:
        order = np.argsort(first, kind="stable")
        return Hits(*(one[order] for one in every))
    return Hits(*every)


def spans(hits: Hits, layout: Layout, found: Sequence[Found]) -> Spans:
    """The moments among the hits, in order."""
    if not len(hits.words):
        return Spans(np.empty((0, 5), np.int64), np.empty(0, np.int64))
    shift = layout.shift(hits.words)
    cues = layout.first.searchsorted(hits.words, "right") - 1
    of_several = any(one.of_several_words for one in found)
    ends = layout.first.searchsorted(hits.words + (hits.sizes - 1), "right") - 1 if of_several else cues
    starts = layout.start[cues] + shift
    cues, last_cues = cues + shift, ends + shift
    if len(found) == 1:
        last_cues = np.maximum.accumulate(last_cues) if of_several else last_cues
        begins, until = _told_apart(cues, last_cues, starts, starts)
        none = np.zeros(len(begins), np.int64)
        columns = [cues[begins], last_cues[until - 1], none, until - begins, none]
    else:
        columns = _of_all(hits, len(found), hits.words + shift, cues, last_cues, starts)
    rows = np.stack(columns, axis=1)
    transcript = rows[:, 0] >> _APART
    rows[:, :2] &= (1 << _APART) - 1
    return Spans(rows, transcript)


def _of_all(
    hits: Hits, clauses: int, words: Numbers, cues: Numbers, last_cues: Numbers, starts: Numbers
) -> list[Numbers]:
    """The columns of the moments where several clauses must be said together.

    For each hit, the shortest window that ends with it; windows that overlap or touch are one moment, up to 30 s.
    """
    every = np.arange(len(words))
    latest = [np.maximum.accumulate(np.where(hits.clauses == n, every, -1)) for n in range(clauses)]
    first = functools.reduce(np.minimum, latest)
    width = words - words[first]
    is_one = (width < MOMENT_WORDS) | (starts - starts[first] <= MOMENT_MS)
    ends = np.flatnonzero((first >= 0) & is_one)
    # Of those that begin together, the shortest.
    ends = ends[np.flatnonzero(np.diff(first[ends], prepend=-1))]
    first, width = first[ends], width[ends]
    sequence = width == clauses - 1
    if sequence.any():
        for n, one in enumerate(latest):
            sequence &= words[one[ends]] == words[first] + n
    ends_in = functools.reduce(np.maximum, [last_cues[one[ends]] for one in latest])
    ends_in = np.maximum.accumulate(ends_in)
    begins_in = cues[first]
    begins, until = _told_apart(begins_in, ends_in, starts[first], starts[ends])
    if not len(begins):
        return [np.empty(0, np.int64)] * 5
    edges = np.stack([begins, until], axis=1).ravel()

    def gathered(how: np.ufunc, values: Numbers) -> Numbers:
        every: Numbers = how.reduceat(np.append(values, 0), edges)[::2]
        return every

    together = sequence.astype(np.int64)
    return [
        begins_in[begins],
        ends_in[until - 1],
        gathered(np.minimum, width),
        until - begins,
        gathered(np.maximum, together) if sequence.any() else together[begins],
    ]


def _told_apart(cues: Numbers, last_cues: Numbers, starts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
    """Where each moment begins among windows, and where it ends. All four columns rise; times are in ms.

    What runs on from a moment past its 30 s, without beginning after its last cue, is not told again.
    """
    breaks = np.append(np.flatnonzero(cues[1:] > last_cues[:-1] + 1) + 1, len(cues))
    until = np.repeat(breaks, np.diff(breaks, prepend=0))
    every = np.arange(len(cues))
    end = np.minimum(until, np.maximum(ends.searchsorted(starts + MOMENT_MS, "right"), every + 1))
    if not len(cues) or np.array_equal(end, until):
        begins = np.append(0, breaks[:-1])[: len(breaks) if len(cues) else 0]
        return begins, breaks[: len(begins)]
    after = np.maximum(cues.searchsorted(last_cues[end - 1], "right"), end)
    following = np.where(end == until, end, after).tolist()
    chain: list[int] = []
    at = 0
    while at < len(following):
        chain.append(at)
        at = following[at]
    begins = np.array(chain)
    return begins, end[begins]
