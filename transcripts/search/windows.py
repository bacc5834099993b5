"""Where hits of all clauses lie within one moment, for a whole index at once.

Two hits are together when the second begins less than 40 words after the first, or in a cue that starts at most 30 s
after the first one's cue. The hits of the rarest clause are the anchors; for each of them the nearest hits of the
others before and after it give every shortest window that holds it, so that what is found is exact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.finding import MOMENT_WORDS
from onrecord.transcripts.search.hits import Numbers, Positions, contains, until
from onrecord.transcripts.search.intake import MOMENT_MS
from onrecord.transcripts.search.space import Lines

_SMALL = 1 << 28  # with fewer positions than this, 32 bits are enough for all that is reckoned here

Starts = Callable[[Positions], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Windows:
    """For each anchor with a window: its transcript, and where the first and the last hit of its shortest one are.

    `sequence` is true where the words stand in the order in which they were asked, one after the other.
    """

    transcript: Numbers
    first: Numbers | Positions
    last: Numbers | Positions
    sequence: NDArray[np.bool_]


def windows(clauses: Sequence[Positions], lines: Lines, starts: Starts) -> Windows:
    """The windows of several clauses; `starts` tells when the cues of positions start, in ms."""
    order = sorted(range(len(clauses)), key=lambda n: len(clauses[n]))
    at = clauses[order[0]]
    transcript = lines.of(at)
    if len(transcript) and transcript.min() < 0:
        at, transcript = at[transcript >= 0], transcript[transcript >= 0]
    if len(clauses) == 1:
        return Windows(transcript, at, at, np.zeros(len(at), bool))
    small = not len(lines.high) or int(lines.high[-1]) < _SMALL
    at = at.astype(np.int32 if small else np.int64, copy=False)
    never = 1 << 29 if small else 1 << 40  # further than any two words
    if len(clauses) == 2:
        return _of_two(clauses, order, lines, starts, at, transcript, never)
    before: list[Positions] = []
    after: list[Positions] = []
    for n in order[1:]:
        low, high = lines.low[transcript], lines.high[transcript]
        reach = np.maximum(lines.densest[transcript], MOMENT_WORDS)
        earlier, later = _nearest(clauses[n], at, never)
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
    transcript: Numbers,
    never: int,
) -> Windows:
    """The windows of two clauses: of each anchor with the nearest hit of the other, before it or after it."""
    earlier, later = _nearest(clauses[order[1]], at, never)
    earlier[earlier < lines.low[transcript]] = -never
    later[later >= lines.high[transcript]] = never
    back, ahead = at - earlier, later - at
    # Of two that are equally near, the one that may be in sequence.
    is_ahead = ahead <= back if order[0] == 0 else ahead < back
    is_one = np.minimum(back, ahead) < MOMENT_WORDS
    by_time = _look_at_times(lines, starts, transcript, [earlier, at], [at, later], is_one)
    if len(by_time):
        is_ahead[by_time] = starts(at[by_time]) - starts(np.maximum(earlier[by_time], 0)) > MOMENT_MS
        is_ahead[by_time] |= earlier[by_time] < 0
    kept = np.flatnonzero(is_one)
    at, transcript, is_ahead = at[kept], transcript[kept], is_ahead[kept]
    first, last = np.where(is_ahead, at, earlier[kept]), np.where(is_ahead, later[kept], at)
    sequence = np.zeros(len(kept), bool)
    tight = np.flatnonzero(last - first == 1)
    if len(tight):
        begins = first[tight]
        sequence[tight] = contains(clauses[0], begins) & contains(clauses[1], begins + 1)
    return Windows(transcript, first, last, sequence)


def _nearest(positions: Positions, asked: Positions, never: int) -> tuple[Positions, Positions]:
    """For each asked position the nearest one that is not after it, and the nearest that is."""
    if not len(positions):
        return np.full_like(asked, -never), np.full_like(asked, never)
    count = until(positions, asked)
    earlier = positions[np.maximum(count - 1, 0)].astype(asked.dtype, copy=False)
    earlier[count == 0] = -never
    later = positions[np.minimum(count, len(positions) - 1)].astype(asked.dtype, copy=False)
    later[count == len(positions)] = never
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
    _look_at_times(lines, starts, transcript, firsts, lasts, is_one)
    kept = is_one
    sequence = np.zeros(len(at), bool)
    tight = np.flatnonzero(width == len(clauses) - 1)
    if len(tight):
        begins = first[tight]
        sequence[tight] = np.logical_and.reduce(
            [contains(clause, begins + n) for n, clause in enumerate(clauses)]
        )
    return Windows(transcript[kept], first[kept], last[kept], sequence[kept])


def _begin(begin: Positions, earlier: Positions, later: Positions, end: Positions) -> Positions:
    """Where a window must begin to hold a clause too, whose next hit may lie before the window's end."""
    if end is later:
        return begin
    return np.where(later > end, np.minimum(begin, earlier), begin)


def _look_at_times(
    lines: Lines,
    starts: Starts,
    transcript: Numbers,
    firsts: Sequence[Positions],
    lasts: Sequence[Positions],
    is_one: NDArray[np.bool_],
) -> Numbers:
    """Settles by the clock what the words leave open, where nothing else in the event has settled that it answers;
    gives what it has settled.

    Only that an event answers is exact then, not how many windows it has; those are counted when it is shown.
    """
    settled = np.zeros(lines.events, bool)
    settled[lines.event[_present(transcript[is_one], len(lines.low))]] = True
    open_here = ~settled[lines.event]
    if not open_here[_present(transcript, len(lines.low))].any():
        return np.empty(0, np.int64)
    unsettled = np.flatnonzero(open_here[transcript])
    reach = np.maximum(lines.densest[transcript[unsettled]], MOMENT_WORDS)
    for first, last in zip(firsts, lasts, strict=True):
        unsure = unsettled[(last[unsettled] - first[unsettled] < reach) & ~is_one[unsettled]]
        if len(unsure):
            is_one[unsure[starts(last[unsure]) - starts(first[unsure]) <= MOMENT_MS]] = True
    return unsettled[is_one[unsettled]]


def _present(transcript: Numbers, transcripts: int) -> NDArray[np.bool_]:
    """Which transcripts are among these."""
    held = np.zeros(transcripts, bool)
    held[transcript] = True
    return held
