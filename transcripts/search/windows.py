"""Where hits of all clauses lie within one moment, for a whole index at once.

Two hits are together when the second begins less than 40 words after the first, or in a cue that starts at most 30 s
after the first one's cue. The hits of the rarest clause are the anchors; for each of them the nearest hits of the
others before and after it give every shortest window that holds it, so that what is found is exact.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.columns import MOMENT_MS
from onrecord.transcripts.search.finding import MOMENT_WORDS
from onrecord.transcripts.search.hits import Numbers, Positions, contains, ranges, until
from onrecord.transcripts.search.space import Lines

_TOGETHER = 1 << 16  # hits gone through at once: what is made of them stays in the cache of the processor
_SMALL = 1 << 28  # with fewer positions than this, 32 bits are enough for all that is reckoned here

Starts = Callable[[Positions], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Windows:
    """For each anchor with a window: where the first and the last hit of its shortest one are. Those of the `n`-th
    transcript stand from `edges[n]` to before `edges[n + 1]`.

    `sequence` is true where the words stand in the order in which they were asked, one after the other.
    """

    edges: Numbers
    first: Numbers | Positions
    last: Numbers | Positions
    sequence: NDArray[np.bool_]

    @property
    def transcript(self) -> Numbers:
        """The transcript of each."""
        return np.repeat(np.arange(len(self.edges) - 1), np.diff(self.edges))


def windows(clauses: Sequence[Positions], lines: Lines, starts: Starts) -> Windows:
    """The windows of several clauses; `starts` tells when the cues of positions start, in ms."""
    order = sorted(range(len(clauses)), key=lambda n: len(clauses[n]))
    if len(clauses) == 1 or sum(map(len, clauses)) <= _TOGETHER:
        return _windows(clauses, order, lines, starts)
    parts = [
        _windows(
            [one[one.searchsorted(part.low[0]) : one.searchsorted(part.high[-1])] for one in clauses],
            order,
            part,
            starts,
        )
        for part in _parts(clauses, lines)
    ]
    after = np.cumsum([0, *(len(part.first) for part in parts)])
    edges = [part.edges[:-1] + before for part, before in zip(parts, after[:-1], strict=True)]
    return Windows(
        np.concatenate([*edges, after[-1:]]),
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.last for part in parts]),
        np.concatenate([part.sequence for part in parts]),
    )


def _parts(clauses: Sequence[Positions], lines: Lines) -> Iterator[Lines]:
    """The transcripts in parts, of whole events, with so many hits that the processor's cache holds what is made of them."""
    longest = max(clauses, key=len)
    begins = np.flatnonzero(np.diff(lines.event, prepend=-1))
    share = _TOGETHER * len(longest) // sum(map(len, clauses))
    wanted = longest.searchsorted(lines.low[begins]).searchsorted(np.arange(0, len(longest), share))
    cuts = np.unique(np.append(begins[wanted[wanted < len(begins)]], [0, len(lines.low)])).tolist()
    for begin, end in itertools.pairwise(cuts):
        here = slice(begin, end)
        yield Lines(lines.low[here], lines.high[here], lines.event[here], lines.densest[here], lines.events)


def _windows(clauses: Sequence[Positions], order: Sequence[int], lines: Lines, starts: Starts) -> Windows:
    """The windows in some transcripts; `order` is that of the clauses, the rarest first."""
    at, edges = lines.living(clauses[order[0]])
    if len(clauses) == 1:
        return Windows(edges, at, at, np.zeros(len(at), bool))
    small = not len(lines.high) or int(lines.high[-1]) < _SMALL
    at = at.astype(np.int32 if small else np.int64, copy=False)
    never = 1 << 29 if small else 1 << 40  # further than any two words
    if len(clauses) == 2:
        return _of_two(clauses, order, lines, starts, at, edges, never)
    transcript = np.repeat(np.arange(len(lines.low)), np.diff(edges))
    before: list[Positions] = []
    after: list[Positions] = []
    for n in order[1:]:
        low, high = lines.low[transcript], lines.high[transcript]
        reach = np.maximum(lines.densest[transcript], MOMENT_WORDS)
        earlier, later = _nearest(clauses[n], at, until(clauses[n], at), never)
        earlier[(earlier < low) | (at - earlier >= reach)] = -never
        later[(later >= high) | (later - at >= reach)] = never
        kept = (earlier >= 0) | (later < never)
        if not kept.all():
            at, transcript, earlier, later = at[kept], transcript[kept], earlier[kept], later[kept]
            before, after = [one[kept] for one in before], [one[kept] for one in after]
        before.append(earlier)
        after.append(later)
    return _shortest(clauses, lines, starts, at, transcript, before, after)


def _of_two(
    clauses: Sequence[Positions],
    order: Sequence[int],
    lines: Lines,
    starts: Starts,
    at: Positions,
    edges: Numbers,
    never: int,
) -> Windows:
    """The windows of two clauses: of each anchor with the nearest hit of the other, before it or after it."""
    other = clauses[order[1]]
    count = until(other, at)
    earlier, later = _nearest(other, at, count, never)
    # What is nearest in another transcript is not near: so it is of the anchors before a transcript's first hit of the
    # other clause, and of those after its last.
    if len(other):
        firsts = count.searchsorted(other.searchsorted(lines.low), "right")
        lasts = count.searchsorted(other.searchsorted(lines.high))
        earlier[ranges(edges[:-1], np.maximum(firsts, edges[:-1]))] = -never
        later[ranges(np.minimum(lasts, edges[1:]), edges[1:])] = never
    back, ahead = at - earlier, later - at
    # Of two that are equally near, the one that may be in sequence.
    is_ahead = ahead <= back if order[0] == 0 else ahead < back
    is_one = np.minimum(back, ahead) < MOMENT_WORDS
    by_time = _look_at_times(lines, starts, edges, [earlier, at], [at, later], is_one)
    if len(by_time):
        is_ahead[by_time] = starts(at[by_time]) - starts(np.maximum(earlier[by_time], 0)) > MOMENT_MS
        is_ahead[by_time] |= earlier[by_time] < 0
    # Choosing one or the other by multiplying is quicker than by looking at each.
    back *= ~is_ahead
    ahead *= is_ahead
    kept = np.flatnonzero(is_one)
    first, last = (at - back).take(kept), (at + ahead).take(kept)
    sequence = np.zeros(len(kept), bool)
    tight = np.flatnonzero(last - first == 1)
    if len(tight):
        begins = first[tight]
        sequence[tight] = contains(clauses[0], begins) & contains(clauses[1], begins + 1)
    return Windows(kept.searchsorted(edges), first, last, sequence)


def _nearest(
    positions: Positions, asked: Positions, count: Numbers, never: int
) -> tuple[Positions, Positions]:
    """For each asked position the nearest one that is not after it, and the nearest that is; `count` says how many are
    not after it.
    """
    if not len(positions):
        return np.full_like(asked, -never), np.full_like(asked, never)
    earlier = positions.take(count - 1, mode="clip").astype(asked.dtype, copy=False)
    later = positions.take(count, mode="clip").astype(asked.dtype, copy=False)
    # The counts rise.
    earlier[: count.searchsorted(0, "right")] = -never
    later[count.searchsorted(len(positions)) :] = never
    return earlier, later


def _shortest(
    clauses: Sequence[Positions],
    lines: Lines,
    starts: Starts,
    at: Positions,
    transcript: Numbers,
    before: Sequence[Positions],
    after: Sequence[Positions],
) -> Windows:
    """Of each anchor's windows, which end at it or at the next hit of one of the others, the shortest."""
    first, last = functools.reduce(np.minimum, before), at
    width = last - first
    firsts, lasts = [first], [last]
    for end in after:
        begin = at
        for earlier, later in zip(before, after, strict=True):
            begin = _begin(begin, earlier, later, end)
        apart = end - begin
        shorter = apart < width
        first, last = np.where(shorter, begin, first), np.where(shorter, end, last)
        width = np.minimum(width, apart)
        firsts.append(begin)
        lasts.append(end)
    is_one = width < MOMENT_WORDS
    every = np.arange(len(lines.low) + 1)
    _look_at_times(lines, starts, transcript.searchsorted(every), firsts, lasts, is_one)
    kept = is_one
    sequence = np.zeros(len(at), bool)
    tight = np.flatnonzero(width == len(clauses) - 1)
    if len(tight):
        begins = first[tight]
        sequence[tight] = np.logical_and.reduce(
            [contains(clause, begins + n) for n, clause in enumerate(clauses)]
        )
    return Windows(transcript[kept].searchsorted(every), first[kept], last[kept], sequence[kept])


def _begin(begin: Positions, earlier: Positions, later: Positions, end: Positions) -> Positions:
    """Where a window must begin to hold a clause too, whose next hit may lie before the window's end."""
    if end is later:
        return begin
    return np.where(later > end, np.minimum(begin, earlier), begin)


def _look_at_times(
    lines: Lines,
    starts: Starts,
    edges: Numbers,
    firsts: Sequence[Positions],
    lasts: Sequence[Positions],
    is_one: NDArray[np.bool_],
) -> Numbers:
    """Settles by the clock what the words leave open, where nothing else in the event has settled that it answers;
    gives what it has settled. `edges` are those of each transcript's windows.

    Only that an event answers is exact then, not how many windows it has; those are counted when it is shown.
    """
    present = np.flatnonzero(edges[1:] > edges[:-1])
    if not len(present):
        return present
    settled = np.zeros(lines.events, bool)
    settled[lines.event[present[np.logical_or.reduceat(is_one, edges[present])]]] = True
    still_open = present[~settled[lines.event[present]]]
    if not len(still_open):
        return still_open
    unsettled = ranges(edges[still_open], edges[still_open + 1])
    lengths = edges[still_open + 1] - edges[still_open]
    reach = np.repeat(np.maximum(lines.densest[still_open], MOMENT_WORDS), lengths)
    for first, last in zip(firsts, lasts, strict=True):
        unsure = unsettled[(last[unsettled] - first[unsettled] < reach) & ~is_one[unsettled]]
        if len(unsure):
            is_one[unsure[starts(last[unsure]) - starts(first[unsure]) <= MOMENT_MS]] = True
    return unsettled[is_one[unsettled]]
