"""With which speakers, or in which languages, events answer: exact counts beside the results of a question.

An event counts for a speaker when a moment with all the words is left after everything that others say is taken
away. Most are settled by a moment that lies within one turn; only the others are looked at speaker by speaker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.columns import MOMENT_MS
from onrecord.transcripts.search.finding import MOMENT_WORDS, Found, near_all
from onrecord.transcripts.search.hits import Flags, Numbers, Positions, nearest, ranges, union, until
from onrecord.transcripts.search.layout import GAP
from onrecord.transcripts.search.query import NEAR_WORDS
from onrecord.transcripts.search.space import FEW, Lines, Runs
from onrecord.transcripts.search.windows import Starts, Windows, windows

_FEW = 64  # so many times fewer hits than runs are followed one by one
_APART = 32  # bits: no position is so high
_POSITION = (1 << _APART) - 1


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
    order = sorted(range(len(found)), key=lambda n: len(found[n].at))
    rarest = found[order[0]].at
    here = _Here.of(_not_settled(settled, rarest, runs), runs)
    for n in order:
        here = here.with_hits(n, found[n].at, runs, len(settled))
    if held is None:
        settled[runs.pair[here.runs]] = True
        return np.flatnonzero(settled)
    if len(found) == 2 and all(map(_of_words, found)):
        settled[_said_by_one(found, order, runs, here, lines, starts)] = True
        return np.flatnonzero(settled)
    if len(found) > 1:
        flags = _near(here, order[0], [found[n].at for n in order], runs, lines)
        here = here.some(_of_pairs_with(here.runs, flags, runs, len(settled)))
    if len(here.runs):
        settled[_looked_at(found, runs, here, lines, starts)] = True
    return np.flatnonzero(settled)


@dataclass(frozen=True, slots=True)
class _Here:
    """Runs that are looked at, where each begins and ends; and for clauses, by number, where in their hits."""

    runs: Numbers
    low: Positions
    high: Positions
    bounds: dict[int, tuple[Numbers, Numbers]]

    @classmethod
    def of(cls, chosen: Numbers, runs: Runs) -> _Here:
        return cls(chosen, runs.low[chosen], runs.high[chosen], {})

    def some(self, flags: Flags) -> _Here:
        """Those that are flagged."""
        if flags.all():
            return self
        bounds = {n: (begins[flags], ends[flags]) for n, (begins, ends) in self.bounds.items()}
        return _Here(self.runs[flags], self.low[flags], self.high[flags], bounds)

    def with_hits(self, clause: int, at: Positions, runs: Runs, pairs: int) -> _Here:
        """The runs of pairs that have hits of a clause."""
        begins, ends = at.searchsorted(self.low), at.searchsorted(self.high)
        bounds = {**self.bounds, clause: (begins, ends)}
        here = _Here(self.runs, self.low, self.high, bounds)
        return here.some(_of_pairs_with(self.runs, ends > begins, runs, pairs))


def _of_pairs_with(chosen: Numbers, flags: Flags, runs: Runs, pairs: int) -> Flags:
    """Which of the chosen runs have the pair of a run that is flagged."""
    present = np.zeros(pairs, bool)
    present[runs.pair[chosen[flags]]] = True
    every: Flags = present[runs.pair[chosen]]
    return every


def _near(here: _Here, rarest: int, every: Sequence[Positions], runs: Runs, lines: Lines) -> Flags:
    """Which runs have a hit of the rarest clause so near to hits of all others, whoever says them, that it may be one
    moment. `every` are the hits of the clauses, the rarest first.
    """
    begins, ends = here.bounds[rarest]
    at = every[0][ranges(begins, ends)]
    of = np.repeat(np.arange(len(here.runs)), ends - begins)
    reach = np.maximum(lines.densest, MOMENT_WORDS)[runs.transcript[here.runs]]
    for other in every[1:]:
        near = np.abs(nearest(other, at) - at) < reach[of]
        at, of = at[near], of[near]
    flags = np.zeros(len(here.runs), bool)
    flags[of] = True
    return flags


def _settle(settled: NDArray[np.bool_], runs: Runs, first: Positions, last: Positions) -> None:
    """Settles the pairs of runs in which a first position lies with its last one."""
    settled[runs.pair[runs.holding(first, last)]] = True


def _not_settled(settled: NDArray[np.bool_], rarest: Positions, runs: Runs) -> Numbers:
    """The runs of all pairs that are not settled and may have a hit of the rarest clause."""
    if len(rarest) > 2 * len(runs.low):
        return np.flatnonzero(~settled[runs.pair])
    if len(rarest) * _FEW < len(runs.low):
        pairs = np.unique(runs.pair[np.flatnonzero(runs.at(rarest))])
        return runs.of_pairs(pairs[~settled[pairs]])
    present = np.zeros(len(settled), bool)
    present[runs.pair[runs.at(rarest)]] = True
    present &= ~settled
    return np.flatnonzero(present[runs.pair])


def _of_words(one: Found) -> bool:
    """Whether all hits of a clause are single words, alone."""
    return not one.near and all(size == 1 for _, size in one.alone)


def _said_by_one(
    found: Sequence[Found], order: Sequence[int], runs: Runs, here: _Here, lines: Lines, starts: Starts
) -> Numbers:
    """The pairs among these runs in which there is a window of two words when nobody else is heard.

    As in `_looked_at`, but the lines lie so far apart that nothing reaches from one to the next.
    """
    value = runs.transcript[here.runs].astype(np.int64) * max(len(runs.names), 1) + runs.value[here.runs]
    turns = np.argsort(value, kind="stable")
    begin = np.diff(value[turns], prepend=-1) != 0
    line_of = np.cumsum(begin) - 1
    first = here.runs[turns[begin]]
    pairs, reach = runs.pair[first], lines.densest[runs.transcript[first]]

    def hits(clause: int) -> tuple[Numbers, Numbers]:
        begins, ends = (bound[turns] for bound in here.bounds[clause])
        line = np.repeat(line_of, ends - begins)
        every: Numbers = found[clause].at[ranges(begins, ends)] + (line << _APART)
        return every, line

    at, line = hits(order[0])
    others, _ = hits(order[1])
    if not len(at) or not len(others):
        return np.empty(0, np.int64)
    count = until(others, at)
    nearby = [others.take(count - 1, mode="clip"), others.take(count, mode="clip")]
    apart = [np.abs(other - at) for other in nearby]
    answers = np.zeros(len(pairs), bool)
    answers[line[np.minimum(*apart) < MOMENT_WORDS]] = True
    for other, distance in zip(nearby, apart, strict=True):
        unsure = np.flatnonzero((distance < reach[line]) & ~answers[line])
        between = starts(at[unsure] & _POSITION) - starts(other[unsure] & _POSITION)
        answers[line[unsure[np.abs(between) <= MOMENT_MS]]] = True
    every: Numbers = pairs[answers]
    return every


def _looked_at(found: Sequence[Found], runs: Runs, here: _Here, lines: Lines, starts: Starts) -> Numbers:
    """The pairs among these runs in which there is a window when nobody else is heard.

    What one speaker says in a transcript becomes a line of its own, with the words where they are.
    """
    low, high, chosen = here.low, here.high, here.runs
    values = max(len(runs.names), 1)
    own_of_run = runs.transcript[chosen].astype(np.int64) * values + runs.value[chosen]
    own, line_of_run = np.unique(own_of_run, return_inverse=True)
    transcript = own // values
    lengths = lines.high[transcript].astype(np.int64) - lines.low[transcript]
    begins = np.cumsum(lengths + GAP) - lengths - GAP
    pairs, event = np.unique(lines.event[transcript] * values + own % values, return_inverse=True)
    alone = Lines(begins, begins + lengths, event, lines.densest[transcript], len(pairs))
    moved = begins - lines.low[transcript]  # from a position to that on its own line

    def on_own_line(one: Found, bounds: tuple[Numbers, Numbers] | None = None) -> Numbers:
        lists = one.alone
        if _of_words(one):
            lists = ((one.at, 1),)
        else:
            bounds = None
        parts: list[Numbers] = []
        for at, size in lists:
            first, after = bounds or (at.searchsorted(low), at.searchsorted(high))
            words, line = at[ranges(first, after)], np.repeat(line_of_run, after - first)
            if size > 1:
                last = words + np.int32(size - 1)
                until = low.searchsorted(last, "right") - 1
                same = (line_of_run[until] == line) & (last < high[until])
                words, line = words[same], line[same]
            parts.append(words + moved[line])
        every = union([np.sort(part) for part in parts])
        return near_all(every, [on_own_line(near) for near in one.near])

    def starts_there(positions: Numbers) -> NDArray[np.int32]:
        line = np.searchsorted(begins, positions, "right") - 1
        return starts(positions - moved[line])

    held = windows([on_own_line(one, here.bounds[n]) for n, one in enumerate(found)], alone, starts_there)
    return pairs[np.unique(event[held.transcript])]
