"""Where everything lies among the positions of words: transcripts, turns of speakers, cues, parts of records.

While an index is read its segments are laid end to end, so that one array of positions answers for all of them. What
is said and what records say are two such lines of positions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.hits import Numbers, Positions
from onrecord.transcripts.search.layout import FIELDS, GAP, RECORD, SAID

if TYPE_CHECKING:
    from onrecord.transcripts.search.catalogue import TranscriptRow

_CUES_HELD = 64  # transcripts whose cues are kept for showing


@dataclass(frozen=True, slots=True)
class Runs:
    """Ranges of words in a row with one speaker, or one language; `value` is a number in `names`."""

    names: dict[str, int]
    low: Positions
    high: Positions
    value: NDArray[np.int32]
    transcript: NDArray[np.int32]


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
        begins = np.searchsorted(positions, self.low)
        ends = np.searchsorted(positions, self.high)
        lengths = ends - begins
        if lengths.sum() == len(positions):
            return np.repeat(np.arange(len(self.low)), lengths)
        found = np.full(len(positions), -1)
        for n in np.flatnonzero(lengths):
            found[begins[n] : ends[n]] = n
        return found


class Space:
    """The positions of one state of the index. `field_low` and `field_high` have a row for each event and a column
    for each part of its record; `words` is how many words were said in each event.
    """

    def __init__(
        self,
        segments: Sequence[tuple[int, int, int]],
        places: Sequence[tuple[int, int, int, int]],
        fields: Sequence[NDArray[np.int32]],
        transcripts: Sequence[Sequence[TranscriptRow]],
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
        self._line: tuple[Positions, NDArray[np.int32]] | None = None
        self._lining = threading.Lock()
        self._cues: dict[int, tuple[Positions, NDArray[np.int32]]] = {}

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
        return Runs(known, low[kept], high[kept], value[kept], transcript[kept])

    def cues(self, connection: sqlite3.Connection, transcript: int) -> tuple[Positions, NDArray[np.int32]]:
        """The first word, counted from the transcript's, and the start in ms of each cue of a transcript."""
        held = self._cues.get(transcript)
        if held is None:
            if len(self._cues) >= _CUES_HELD:
                self._cues.clear()
            held = self._cues[transcript] = _cues(connection, self.numbers[transcript])
        return held

    def starts(self, connection: sqlite3.Connection, positions: Positions | Numbers) -> NDArray[np.int32]:
        """When the cues of these positions start, in ms; for comparing within one transcript."""
        with self._lining:
            if self._line is None:
                self._line = self._read_line(connection)
        first, start = self._line
        found: NDArray[np.int32] = start[
            np.searchsorted(first, positions.astype(np.int32, copy=False), "right") - 1
        ]
        return found

    def _read_line(self, connection: sqlite3.Connection) -> tuple[Positions, NDArray[np.int32]]:
        """All cues of all transcripts: 8 bytes each, 8 MB for a million."""
        rows = dict(connection.execute("SELECT number, length(cues) / 8 FROM transcript"))
        total = sum(rows.values())
        first, start = np.empty(total, np.int32), np.empty(total, np.int32)
        at = 0
        for n, number in enumerate(self.numbers):
            begins, starts = _cues(connection, number)
            first[at : at + len(begins)] = begins + self.lines.low[n]
            start[at : at + len(begins)] = starts
            at += len(begins)
        return first[:at], start[:at]


def _cues(connection: sqlite3.Connection, number: int) -> tuple[Positions, NDArray[np.int32]]:
    (data,) = connection.execute("SELECT cues FROM transcript WHERE number = ?", (number,)).fetchone()
    table = np.frombuffer(data, "<i4").reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()
