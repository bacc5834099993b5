"""With which speakers, or in which languages, events answer: exact counts beside the results of a question.

An event counts for a speaker when a moment with all the words is left after everything that others say is taken
away. Most are settled by a moment that lies within one turn; only the others are looked at speaker by speaker.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.finding import MOMENT_WORDS, Found, near_all
from onrecord.transcripts.search.hits import Numbers, Positions, holds, nearest, ranges, union
from onrecord.transcripts.search.layout import GAP
from onrecord.transcripts.search.query import NEAR_WORDS
from onrecord.transcripts.search.space import FEW, Lines, Runs
from onrecord.transcripts.search.windows import Starts, Windows, windows


def answering(
    found: Sequence[Found], held: Windows | None, runs: Runs, lines: Lines, starts: Starts
) -> Numbers:
    """The pairs of an event and a value of `runs` with which the event answers, as `runs` numbers them. `held` are the
    windows of `found`, not needed for single words.
    """
    settled = np.zeros(lines.events * max(len(runs.names), 1), bool)
    if held is None:
        (single,) = found
        begins = ends = single.at
    else:
        longest = max((size for one in found for _, size in one.marks), default=1)
        margin = NEAR_WORDS if any(one.near for one in found) else 0
        begins, ends = held.first - margin if margin else held.first, held.last + (longest - 1 + margin)
    # Where there are many, a part of them settles most pairs.
    step = max(len(begins) // (3 * len(runs.low)), 1) if len(runs.low) else 1
    some = begins[::step]
    _settle(settled, runs, some, some if ends is begins else ends[::step])
    if held is not None and step > 1 and not settled[runs.pair].all():
        _settle(settled, runs, begins, ends)
    if held is None and len(begins) * FEW < len(runs.low):
        return np.flatnonzero(settled)
    rarest, *others = sorted((one.at for one in found), key=len)
    chosen = _not_settled(settled, rarest, runs)
    for at in (rarest, *others):
        chosen = _of_pairs_with(chosen, holds(at, runs.low[chosen], runs.high[chosen]), runs, len(settled))
    if held is None:
        settled[runs.pair[chosen]] = True
        return np.flatnonzero(settled)
    chosen = _of_pairs_with(chosen, _near(chosen, rarest, others, runs, lines), runs, len(settled))
    if len(chosen):
        settled[_looked_at(found, runs, chosen, lines, starts)] = True
    return np.flatnonzero(settled)


def _of_pairs_with(chosen: Numbers, flags: NDArray[np.bool_], runs: Runs, pairs: int) -> Numbers:
    """Those of the chosen runs that have the pair of a run that is flagged."""
    present = np.zeros(pairs, bool)
    present[runs.pair[chosen[flags]]] = True
    return chosen[present[runs.pair[chosen]]]


def _near(
    chosen: Numbers, rarest: Positions, others: Sequence[Positions], runs: Runs, lines: Lines
) -> NDArray[np.bool_]:
    """Which of the chosen runs have a hit of the rarest clause so near to hits of all others, whoever says them, that it
    may be one moment.
    """
    low = runs.low[chosen]
    begins = rarest.searchsorted(low)
    lengths = rarest.searchsorted(runs.high[chosen]) - begins
    at = rarest[ranges(begins, begins + lengths)]
    of = np.repeat(np.arange(len(chosen)), lengths)
    reach = np.maximum(lines.densest, MOMENT_WORDS)[runs.transcript[chosen]]
    for other in others:
        near = np.abs(nearest(other, at) - at) < reach[of]
        at, of = at[near], of[near]
    flags = np.zeros(len(chosen), bool)
    flags[of] = True
    return flags


def _settle(settled: NDArray[np.bool_], runs: Runs, first: Positions, last: Positions) -> None:
    """Settles the pairs of runs in which a first position lies with its last one."""
    settled[runs.pair[runs.holding(first, last)]] = True


def _not_settled(settled: NDArray[np.bool_], rarest: Positions, runs: Runs) -> Numbers:
    """The runs of all pairs that are not settled and may have a hit of the rarest clause."""
    if len(rarest) * FEW >= len(runs.low):
        return np.flatnonzero(~settled[runs.pair])
    pairs = np.unique(runs.pair[runs.at(rarest)])
    return runs.of_pairs(pairs[~settled[pairs]])


def _looked_at(found: Sequence[Found], runs: Runs, chosen: Numbers, lines: Lines, starts: Starts) -> Numbers:
    """The pairs among the chosen runs in which there is a window when nobody else is heard.

    What one speaker says in a transcript becomes a line of its own, with the words where they are.
    """
    low, high = runs.low[chosen], runs.high[chosen]
    values = max(len(runs.names), 1)
    own_of_run = runs.transcript[chosen].astype(np.int64) * values + runs.value[chosen]
    own, line_of_run = np.unique(own_of_run, return_inverse=True)
    transcript = own // values
    lengths = lines.high[transcript].astype(np.int64) - lines.low[transcript]
    begins = np.cumsum(lengths + GAP) - lengths - GAP
    pairs, event = np.unique(lines.event[transcript] * values + own % values, return_inverse=True)
    alone = Lines(begins, begins + lengths, event, lines.densest[transcript], len(pairs))
    moved = begins - lines.low[transcript]  # from a position to that on its own line

    def on_own_line(one: Found) -> Numbers:
        parts: list[Numbers] = []
        for at, size in one.alone:
            first, after = at.searchsorted(low), at.searchsorted(high)
            here, line = at[ranges(first, after)], np.repeat(line_of_run, after - first)
            if size > 1:
                last = here + np.int32(size - 1)
                until = low.searchsorted(last, "right") - 1
                same = (line_of_run[until] == line) & (last < high[until])
                here, line = here[same], line[same]
            parts.append(here + moved[line])
        every = union([np.sort(part) for part in parts])
        return near_all(every, [on_own_line(near) for near in one.near])

    def starts_there(positions: Numbers) -> NDArray[np.int32]:
        line = np.searchsorted(begins, positions, "right") - 1
        return starts(positions - moved[line])

    held = windows([on_own_line(one) for one in found], alone, starts_there)
    return pairs[np.unique(event[held.transcript])]
