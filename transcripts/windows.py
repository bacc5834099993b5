"""Where hits of all clauses lie within one moment, for a whole index at once.

Two hits are together when the second begins less than 40 words after the first, or in a cue that starts at most 30 s
after the first one's cue. The hits of the rarest clause are the anchors; for each of them the nearest hits of the
others before and after it give every shortest window that holds it, so that what is found is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.finding import MOMENT_WORDS
from onrecord.transcripts.hits import Numbers, Positions, contains, until
from onrecord.transcripts.intake import MOMENT_MS
from onrecord.transcripts.space import Lines

_NEVER = 1 << 40  # further than any two words

Starts = Callable[[Numbers], NDArray[np.int32]]


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
    before: list[Numbers] = []
    after: list[Numbers] = []
    for n in order[1:]:
        low, high = lines.low[transcript], lines.high[transcript]
        reach = np.maximum(lines.densest[transcript], MOMENT_WORDS)
        earlier, later = _nearest(clauses[n], at)
        earlier[(earlier < low) | (at - earlier >= reach)] = -_NEVER
        later[(later >= high) | (later - at >= reach)] = _NEVER
        kept = (earlier >= 0) | (later < _NEVER)
        if not kept.all():
            at, transcript, earlier, later = at[kept], transcript[kept], earlier[kept], later[kept]
            before, after = [one[kept] for one in before], [one[kept] for one in after]
        before.append(earlier)
        after.append(later)
    return _shortest(clauses, lines, starts, at, transcript, before, after)


def _nearest(positions: Positions, asked: Positions) -> tuple[Numbers, Numbers]:
    """For each asked position the nearest one that is not after it, and the nearest that is."""
    if not len(positions):
        return np.full(len(asked), -_NEVER), np.full(len(asked), _NEVER)
    count = until(positions, asked)
    earlier = positions[np.maximum(count - 1, 0)].astype(np.int64)
    earlier[count == 0] = -_NEVER
    later = positions[np.minimum(count, len(positions) - 1)].astype(np.int64)
    later[count == len(positions)] = _NEVER
    return earlier, later


def _shortest(
    clauses: Sequence[Positions],
    lines: Lines,
    starts: Starts,
    at: Positions,
    transcript: Numbers,
    before: Sequence[Numbers],
    after: Sequence[Numbers],
) -> Windows:
    """Of each anchor's windows, which end at it or at the next hit of one of the others, the shortest."""
    anchor = at.astype(np.int64)
    firsts: list[Numbers] = []
    lasts: list[Numbers] = []
    first, last, width = anchor, anchor, np.full(len(at), _NEVER)
    for end in (anchor, *after):
        begin = anchor
        for earlier, later in zip(before, after, strict=True):
            begin = np.minimum(begin, earlier) if end is anchor else _begin(begin, earlier, later, end)
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


def _begin(begin: Numbers, earlier: Numbers, later: Numbers, end: Numbers) -> Numbers:
    """Where a window must begin to hold a clause too, whose next hit may lie before the window's end."""
    if end is later:
        return begin
    return np.where(later > end, np.minimum(begin, earlier), begin)


def _look_at_times(
    lines: Lines,
    starts: Starts,
    transcript: Numbers,
    firsts: Sequence[Numbers],
    lasts: Sequence[Numbers],
    is_one: NDArray[np.bool_],
) -> None:
    """Settles by the clock what the words leave open, where nothing else in the event has settled that it answers.

    Only that an event answers is exact then, not how many windows it has; those are counted when it is shown.
    """
    event = lines.event[transcript]
    settled = np.zeros(lines.events, bool)
    settled[event[is_one]] = True
    reach = np.maximum(lines.densest[transcript], MOMENT_WORDS)
    for first, last in zip(firsts, lasts, strict=True):
        unsure = np.flatnonzero(~is_one & ~settled[event] & (last - first < reach))
        if len(unsure):
            is_one[unsure[starts(last[unsure]) - starts(first[unsure]) <= MOMENT_MS]] = True
