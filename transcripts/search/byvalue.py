"""With which speakers, or in which languages, events answer: exact counts beside the results of a question.

An event counts for a speaker when a moment with all the words is left after everything that others say is taken
away. Most are settled by a moment that lies within one turn; only the others are looked at speaker by speaker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.finding import Found, near_all
from onrecord.transcripts.search.hits import Numbers, Positions, holds, union, within
from onrecord.transcripts.search.layout import GAP
from onrecord.transcripts.search.query import NEAR_WORDS
from onrecord.transcripts.search.space import Lines, Runs
from onrecord.transcripts.search.windows import Starts, Windows, windows


def answering(
    found: Sequence[Found], held: Windows | None, runs: Runs, lines: Lines, starts: Starts
) -> tuple[Numbers, NDArray[np.int32]]:
    """Each event and value of `runs` with which it answers. `held` are the windows of `found`, not needed for single
    words.
    """
    values = max(len(runs.names), 1)
    size = lines.events * values
    if held is None:
        here = _with_hits(found[0].at, runs)
        present = np.zeros(size, bool)
        present[lines.event[runs.transcript[here]] * values + runs.value[here]] = True
        pairs = np.flatnonzero(present)
        return pairs // values, (pairs % values).astype(np.int32)
    pair = lines.event[runs.transcript] * values + runs.value
    longest = max((size for one in found for _, size in one.marks), default=1)
    near = any(one.near for one in found)
    settled = np.zeros(size, bool)
    if len(held.first):
        settled[pair[_hold_one(runs, held, longest, NEAR_WORDS if near else 0)]] = True
    chosen = np.flatnonzero(~settled[pair])
    for one in sorted(found, key=lambda one: len(one.at)):
        present = np.zeros(size, bool)
        here = chosen[holds(one.at, runs.low[chosen], runs.high[chosen])]
        present[pair[here]] = True
        chosen = chosen[present[pair[chosen]]]
    if len(chosen):
        settled[_looked_at(found, runs, chosen, pair, lines, starts)] = True
    pairs = np.flatnonzero(settled)
    return pairs // values, (pairs % values).astype(np.int32)


def _with_hits(at: Positions, runs: Runs) -> NDArray[np.signedinteger[Any]] | NDArray[np.bool_]:
    """The runs that hold any of these positions."""
    if 4 * len(at) > len(runs.low):
        return holds(at, runs.low, runs.high)
    run = np.searchsorted(runs.low, at, "right") - 1
    held: Numbers = run[(run >= 0) & (at < runs.high[run])] if len(runs.low) else run[:0]
    return held


def _hold_one(runs: Runs, held: Windows, longest: int, margin: int) -> NDArray[np.bool_]:
    """Runs for which the first window that begins in them, a margin from their edges, ends in them too."""
    first, last = held.first.astype(np.int32, copy=False), held.last
    if len(first) > 1 and (first[1:] < first[:-1]).any():
        order = np.argsort(first, kind="stable")
        first, last = first[order], last[order]
    at = np.searchsorted(first, runs.low + np.int32(margin))
    at[at == len(first)] = len(first) - 1
    inside_run: NDArray[np.bool_] = (first[at] >= runs.low + margin) & (
        last[at] + longest + margin <= runs.high
    )
    return inside_run


def _looked_at(
    found: Sequence[Found], runs: Runs, chosen: Numbers, pair: Numbers, lines: Lines, starts: Starts
) -> Numbers:
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
