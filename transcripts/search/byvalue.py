"""With which speakers, or in which languages, events answer: exact counts beside the results of a question.

An event counts for a speaker when a moment with all the words is left after everything that others say is taken
away. Most are settled by a moment that lies within one turn; only the others are looked at speaker by speaker.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.finding import Found, near_all
from onrecord.transcripts.search.hits import Numbers, Positions, holds, union, within
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
        settled[runs.pair[runs.holding(single.at, single.at)]] = True
    else:
        longest = max((size for one in found for _, size in one.marks), default=1)
        margin = NEAR_WORDS if any(one.near for one in found) else 0
        begins = held.first - margin if margin else held.first
        settled[runs.pair[runs.holding(begins, held.last + (longest - 1 + margin))]] = True
    chosen = _not_settled(settled, min([one.at for one in found], key=len), runs)
    for one in sorted(found, key=lambda one: len(one.at)):
        present = np.zeros(len(settled), bool)
        here = chosen[holds(one.at, runs.low[chosen], runs.high[chosen])]
        present[runs.pair[here]] = True
        chosen = chosen[present[runs.pair[chosen]]]
    if held is None:
        settled[runs.pair[chosen]] = True
    elif len(chosen):
        settled[_looked_at(found, runs, chosen, lines, starts)] = True
    return np.flatnonzero(settled)


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
            here = within(at, low, high)
            line = line_of_run[np.searchsorted(low, here, "right") - 1]
            last = (here + np.int32(size - 1)).astype(np.int32)
            ends = np.searchsorted(low, last, "right") - 1
            same = (line_of_run[ends] == line) & (last < high[ends])
            parts.append(here[same] + moved[line[same]])
        every = union([np.sort(part) for part in parts])
        return near_all(every, [on_own_line(near) for near in one.near])

    def starts_there(positions: Numbers) -> NDArray[np.int32]:
        line = np.searchsorted(begins, positions, "right") - 1
        return starts(positions - moved[line])

    held = windows([on_own_line(one) for one in found], alone, starts_there)
    return pairs[np.unique(event[held.transcript])]
