"""Where everything lies among the positions of words: transcripts, turns of speakers, cues, parts of records.

While an index is read its segments are laid end to end, so that one array of positions answers for all of them. What
is said and what records say are two such lines of positions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.common import Common
from onrecord.transcripts.search.hits import Flags, Numbers, Positions, ranges, within
from onrecord.transcripts.search.layout import FIELDS, GAP, RECORD, SAID

if TYPE_CHECKING:
    from onrecord.transcripts.search.catalogue import TranscriptRow


_AT_ONCE = 500  # transcripts
# The cues of one transcript: the first word of each, counted from the transcript's, and the start in ms.
OwnCues = tuple[Positions, Positions]
FEW = 4  # so many times fewer positions than runs are looked up one by one
_BLOCK_BITS = 5
_CUE_BITS = 4
_STEPS = 6
_ONE_BY_ONE = 200  # so few positions are looked up in the whole list


@dataclass(frozen=True)
class Runs:
    """Ranges of words in a row with one speaker, or one language; `value` is a number in `names`, `pair` is one of an
    event and a value: the event times how many values there are (one at least), and the value.
    """

    names: dict[str, int]
    low: Positions
    high: Positions
    value: NDArray[np.int32]
    transcript: NDArray[np.int32]
    pair: Numbers

    @cached_property
    def _blocks(self) -> NDArray[np.int32]:
        """For each 32 positions in a row the run in which all of them lie, counted from 1; 0 where there is none."""
        size = (int(self.high[-1]) >> _BLOCK_BITS) + 2 if len(self.high) else 1
        blocks = np.zeros(size, np.int32)
        begins = (self.low.astype(np.int64) + (1 << _BLOCK_BITS) - 1) >> _BLOCK_BITS
        ends = np.maximum(self.high >> _BLOCK_BITS, begins)
        blocks[ranges(begins, ends)] = np.repeat(
            np.arange(1, len(self.low) + 1, dtype=np.int32), ends - begins
        )
        return blocks

    @cached_property
    def _by_pair(self) -> tuple[Numbers, Numbers]:
        """The runs in the order of their pairs, and these pairs."""
        order = np.argsort(self.pair, kind="stable")
        return order, self.pair[order]

    def at(self, positions: Positions) -> Flags:
        """Which runs have one of these positions in them."""
        flags = np.zeros(len(self.low) + 1, bool)
        if not len(self.low):
            return flags[:0]
        if len(positions) >= _ONE_BY_ONE:
            block = self._blocks.take(positions >> _BLOCK_BITS, mode="clip")
            flags[block - 1] = True
            positions = positions[block == 0]
        run = self.low.searchsorted(positions, "right") - 1
        flags[run[positions < self.high[run]]] = True
        return flags[:-1]

    def holding(self, first: Positions | Numbers, last: Positions | Numbers) -> Numbers:
        """Runs that hold a first position and its last one, each run at least once. Where there are many, some that lie
        near the edge of a run are left out.
        """
        if len(first) * FEW < len(self.low):
            run = self.low.searchsorted(first.astype(np.int32, copy=False), "right") - 1
            return run[(run >= 0) & (last < self.high[run])]
        block = self._blocks.take(first >> _BLOCK_BITS, mode="clip")
        if last is not first:
            block *= block == self._blocks.take(last >> _BLOCK_BITS, mode="clip")
        held = np.zeros(len(self.low) + 1, bool)
        held[block] = True
        return np.flatnonzero(held[1:])

    def of_pairs(self, pairs: Numbers) -> Numbers:
        """The runs with one of these pairs, which rise."""
        order, known = self._by_pair
        return np.sort(order[ranges(known.searchsorted(pairs), known.searchsorted(pairs, "right"))])


@dataclass(frozen=True, slots=True)
class Lines:
    """Transcripts in the order of their positions: from `low` to before `high`, of which of the `events` events.

    No two words that are `densest` or more apart are said within 30 seconds.
    """

    low: Numbers | Positions
    high: Numbers | Positions
    event: Numbers
    densest: Numbers
    events: int

    def of(self, positions: Positions) -> Numbers:
        """The transcript of each position; -1 where it lies dead. The positions rise."""
        if len(positions) < len(self.low):
            at = np.searchsorted(self.low, positions, "right") - 1
            at[positions >= self.high[at]] = -1
            return at
        begins, ends = positions.searchsorted(self.low), positions.searchsorted(self.high)
        found = np.full(len(positions), -1)
        found[ranges(begins, ends)] = np.repeat(np.arange(len(self.low)), ends - begins)
        return found

    def living(self, positions: Positions) -> tuple[Positions, Numbers]:
        """The positions that do not lie dead, and where in them each transcript begins and the last one ends."""
        begins = positions.searchsorted(self.low)
        ends = positions.searchsorted(self.high)
        edges = np.cumsum(np.append(0, ends - begins))
        if edges[-1] < len(positions):
            positions = within(positions, self.low, self.high)
        return positions, edges


@dataclass(frozen=True, slots=True)
class Cues:
    """All cues of all transcripts in the order of their positions: the first word and the start in ms of each. Those of
    the `n`-th transcript begin at `at[n]`; 8 bytes each, 8 MB for a million. `blocks` has for each 16 positions in a row the
    cue of the first.
    """

    first: Positions
    start: NDArray[np.int32]
    at: Numbers
    blocks: NDArray[np.int32]

    @classmethod
    def of_all(cls, first: Positions, start: NDArray[np.int32], at: Numbers) -> Cues:
        """These cues; after the last `first` stands one more number, which is higher than any position."""
        blocks = np.bincount((first[:-1] + np.int32((1 << _CUE_BITS) - 1)) >> _CUE_BITS)
        return cls(first, start, at, np.cumsum(blocks, dtype=np.int32) - np.int32(1))

    def of(self, positions: Positions | Numbers) -> Numbers:
        """The cue in which each position lies."""
        asked = positions.astype(np.int32, copy=False)
        if len(asked) < _ONE_BY_ONE or not len(self.blocks):
            return self.first.searchsorted(asked, "right") - 1
        # From the cue at the beginning of the position's block it is a step or two.
        cue: Numbers = self.blocks.take(asked >> _CUE_BITS, mode="clip").astype(np.int64)
        for _ in range(_STEPS):
            further = self.first.take(cue + 1) <= asked
            if not further.any():
                return cue
            cue += further
        left = np.flatnonzero(further)
        cue[left] = self.first.searchsorted(asked[left], "right") - 1
        return cue


class Space:
    """The positions of one state of the index. `field_low` and `field_high` have a row for each event and a column
    for each part of its record; `words` is how many words were said in each event; `common` holds the positions of the
    commonest words, and goes with the rest when the index changes. `held` are the cues that the state before had read.
    """

    def __init__(
        self,
        segments: Sequence[tuple[int, int, int]],
        places: Sequence[tuple[int, int, int, int]],
        fields: Sequence[NDArray[np.int32]],
        transcripts: Sequence[Sequence[TranscriptRow]],
        held: dict[int, OwnCues],
    ) -> None:
        self.offsets: dict[int, dict[int, int]] = {SAID: {}, RECORD: {}}  # by kind and segment
        self.size = {SAID: 0, RECORD: 0}
        for number, kind, size in segments:
            self.offsets[kind][number] = self.size[kind]
            self.size[kind] += size
        rows = [row for group in transcripts for row in group]
        event_low = np.array([self.offsets[SAID].get(one[0], 0) + one[1] for one in places], np.int64)
        sizes = np.array([len(group) for group in transcripts], np.int64)
        event = np.repeat(np.arange(len(places)), sizes)
        low = (event_low[event] + np.array([row.at for row in rows], np.int64)).astype(np.int32)
        high = (low + np.array([row.size for row in rows], np.int64)).astype(np.int32)
        densest = np.array([row.densest for row in rows], np.int64)
        self.lines = Lines(low, high, event, densest, len(places))
        self.words = np.bincount(event, high - low, len(places))
        self.speakers = self._runs([row.speakers for row in rows], [row.speaker_runs for row in rows])
        self.languages = self._runs([row.languages for row in rows], [row.language_runs for row in rows])
        record_low = np.array([self.offsets[RECORD][one[2]] + one[3] for one in places], np.int64)
        table = np.array(fields, np.int64).reshape(len(places), len(FIELDS))
        begins = np.cumsum(table + GAP, axis=1) - table - GAP
        self.field_low = (record_low[:, None] + begins).astype(np.int32)
        self.field_high = (self.field_low + table).astype(np.int32)
        self.numbers = [row.number for row in rows]
        self.common = Common()
        self._cues: Cues | None = None
        self._held = {number: held[number] for number in self.numbers if number in held}
        self._reading = threading.Lock()

    def _runs(self, names: Sequence[tuple[str, ...]], runs: Sequence[NDArray[np.int32]]) -> Runs:
        """The runs of all transcripts as one; those of no words are left out."""
        known: dict[str, int] = {}
        numbers = [[known.setdefault(name, len(known)) for name in here] for here in names]
        sizes = [len(one) for one in runs]
        table = np.concatenate([np.empty((0, 2), np.int32), *runs])
        transcript = np.repeat(np.arange(len(runs), dtype=np.int32), sizes)
        begins = np.cumsum([0, *map(len, numbers)])[:-1]
        flat = np.array([number for here in numbers for number in here], np.int32)
        low = (table[:, 0] + self.lines.low[transcript]).astype(np.int32)
        high = np.append(low[1:], np.int32(0))
        last = np.append(transcript[1:] != transcript[:-1], True) if len(low) else np.empty(0, bool)
        high[last] = self.lines.high[transcript[last]]
        value = flat[begins[transcript] + table[:, 1]] if len(flat) else np.empty(0, np.int32)
        kept = high > low
        low, high, value, transcript = low[kept], high[kept], value[kept], transcript[kept]
        pair = self.lines.event[transcript] * max(len(known), 1) + value
        return Runs(known, low, high, value, transcript, pair)

    def cues(self, connection: sqlite3.Connection) -> Cues:
        """The cues, which are read when they are first asked for."""
        with self._reading:
            if self._cues is None:
                self._cues = self._read_cues(connection)
            return self._cues

    def cues_of(self, connection: sqlite3.Connection, transcripts: Sequence[int]) -> list[OwnCues]:
        """The cues of some transcripts."""
        with self._reading:
            if self._cues is None:
                numbers = [self.numbers[n] for n in transcripts]
                self._hold(connection, numbers)
                return [self._held[number] for number in numbers]
        return [self._own(self._cues, n) for n in transcripts]

    def _own(self, cues: Cues, n: int) -> OwnCues:
        here = slice(int(cues.at[n]), int(cues.at[n + 1]))
        return cues.first[here] - self.lines.low[n], cues.start[here]

    def _hold(self, connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
        missing = [number for number in numbers if number not in self._held]
        for begin in range(0, len(missing), _AT_ONCE):
            some = missing[begin : begin + _AT_ONCE]
            marks = ",".join("?" * len(some))
            for number, data in connection.execute(
                f"SELECT number, cues FROM transcript WHERE number IN ({marks})",  # noqa: S608 - question marks
                some,
            ):
                first, start = np.frombuffer(data, "<i4").reshape(-1, 2).T
                self._held[number] = (first, start)

    def _read_cues(self, connection: sqlite3.Connection) -> Cues:
        self._hold(connection, self.numbers)
        held, self._held = self._held, {}
        at = np.cumsum([0, *(len(held[number][0]) for number in self.numbers)])
        first, start = np.empty(at[-1] + 1, np.int32), np.empty(at[-1], np.int32)
        first[-1] = np.iinfo(np.int32).max
        for n, number in enumerate(self.numbers):
            np.add(held[number][0], self.lines.low[n], out=first[at[n] : at[n + 1]])
            start[at[n] : at[n + 1]] = held[number][1]
        return Cues.of_all(first, start, at)

    def held_cues(self) -> dict[int, OwnCues]:
        """What has been read of the cues, by the number of each transcript: a later state of the index need not read it
        again.
        """
        with self._reading:
            cues = self._cues
            if cues is None:
                return dict(self._held)
        return {number: self._own(cues, n) for n, number in enumerate(self.numbers)}
