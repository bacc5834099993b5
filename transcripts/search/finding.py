"""Where the words of a question stand: posting lists are read, phrases put together, filters and exclusions applied.

A question's `-without` rules out what is said within one moment (30 s or 40 words) of it; `speaker:` and `lang:` hold
for the cues in which a hit begins and ends.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.errors import QueryError
from onrecord.languages import N_
from onrecord.transcripts.search.columns import MOMENT_MS
from onrecord.transcripts.search.hits import (
    NONE,
    Flags,
    Numbers,
    Positions,
    both,
    inside,
    joined,
    phrase,
    union,
    until,
)
from onrecord.transcripts.search.layout import RECORD, SAID
from onrecord.transcripts.search.query import NEAR_WORDS, Clause, Phrase
from onrecord.transcripts.search.space import OwnCues, Runs, Space

MOMENT_WORDS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """Where a clause is said: `at` are the first words of all hits; `choices` are they by phrase, with its length.

    `near` is what is said near them, and `alone` the choices wherever they are said.
    """

    at: Positions
    choices: tuple[tuple[Positions, int], ...]
    alone: tuple[tuple[Positions, int], ...]
    near: tuple[Found, ...] = ()

    @property
    def of_several_words(self) -> bool:
        """Whether a hit can reach over the edge of a cue, by itself or with what is near."""
        return bool(self.near) or any(size > 1 for _, size in self.choices)

    @property
    def marks(self) -> tuple[tuple[Positions, int], ...]:
        """All that is marked where a hit is shown."""
        return (*self.choices, *(mark for one in self.near for mark in one.marks))


@dataclass(frozen=True, slots=True)
class Permitted:
    """The ranges of words that a filter on cues lets through."""

    low: Positions
    high: Positions

    @classmethod
    def of(cls, runs: Runs, values: NDArray[np.bool_]) -> Permitted:
        """The runs with one of these values."""
        chosen = values[runs.value]
        return cls(*joined(runs.low[chosen], runs.high[chosen]))


class Finder:
    """Reads posting lists of one state of the index; each word once. `until` is the end of its time."""

    def __init__(self, connection: sqlite3.Connection, space: Space, until: float) -> None:
        self._connection = connection
        self._space = space
        self._until = until
        self._words: dict[tuple[int, str, bool], Positions] = {}

    def check_time(self) -> None:
        """Raises `QueryError` when the time is over."""
        if time.monotonic() > self._until:
            raise too_slow()

    def word(self, kind: int, word: str, *, prefix: bool = False) -> Positions:
        """Where a word, or all words with this beginning, stand."""
        key = (kind, word, prefix)
        if key not in self._words:
            held = self._space.common.get(key)
            if held is None:
                held = self._read(kind, word, prefix=prefix)
                self._space.common.hold(key, held)
            self._words[key] = held
        return self._words[key]

    def _read(self, kind: int, word: str, *, prefix: bool) -> Positions:
        self.check_time()
        asked = "word = ?" if not prefix else "word >= ? AND word < ?"
        values = (word,) if not prefix else (word, word + "\U0010ffff")
        lists: list[Positions] = []
        for segment, offset in self._space.offsets[kind].items():
            rows = self._connection.execute(
                f"SELECT positions FROM posting WHERE segment = ? AND {asked}",  # noqa: S608 - our own words
                (segment, *values),
            ).fetchall()
            if not rows:
                continue
            found = np.frombuffer(b"".join([data for (data,) in rows]), "<i4")
            if len(rows) > 1:
                found = np.sort(found)
            lists.append(found + np.int32(offset) if offset else found)
        if len(lists) < 2:
            return lists[0].astype(np.int32, copy=False) if lists else NONE
        return np.concatenate(lists)

    def phrase(self, kind: int, asked: Phrase) -> Positions:
        """Where a phrase begins."""
        *first, last = asked.words
        lists = [self.word(kind, word) for word in first]
        if all(map(len, lists)):
            lists.append(self.word(kind, last, prefix=asked.prefix))
            return lists[0] if len(lists) == 1 else phrase(lists)
        return NONE

    def clause(self, clause: Clause, permitted: Sequence[Permitted], without: Sequence[Phrase]) -> Found:
        """Where a clause is said, in the cues that are permitted, and not near what is to be left out."""
        choices: list[tuple[Positions, int]] = []
        for choice in clause.choices:
            found, size = self.phrase(SAID, choice), len(choice.words)
            for ranges in permitted:
                flags = inside(found, ranges.low, ranges.high)
                if size > 1:
                    flags &= inside(found + np.int32(size - 1), ranges.low, ranges.high)
                found = found[flags]
            for other in without:
                if len(found):
                    found = found[self._free(found, self.phrase(SAID, other))]
            if len(found):
                choices.append((found, size))
        near = tuple(self.clause(one, permitted, without) for one in clause.near)
        at = near_all(union([found for found, _ in choices]), [one.at for one in near])
        kept = [(both(found, at), size) for found, size in choices] if near else choices
        return Found(at, tuple(kept), tuple(choices), near)

    def _free(self, found: Positions, others: Positions) -> Flags:
        """Which hits are said a moment away from all these others."""
        if not len(others):
            return np.ones(len(found), bool)
        lines = self._space.lines
        transcript = lines.of(found)
        reach = np.maximum(lines.densest[transcript], MOMENT_WORDS)
        after = until(others, found - np.int32(1))
        free = np.ones(len(found), bool)
        for at, exists in ((after - 1, after > 0), (after, after < len(others))):
            other = others[np.where(exists, at, 0)]
            apart = np.abs(found - other)
            here = exists & (other >= lines.low[transcript]) & (other < lines.high[transcript])
            free &= ~(here & (apart < MOMENT_WORDS))
            unsure = np.flatnonzero(free & here & (apart < reach))
            if len(unsure):
                between = self.starts(found[unsure]) - self.starts(other[unsure])
                free[unsure[np.abs(between) <= MOMENT_MS]] = False
        return free

    def starts(self, positions: Positions | Numbers) -> NDArray[np.int32]:
        """When the cues of these positions start, in ms; for comparing within one transcript."""
        self.check_time()
        cues = self._space.cues(self._connection)
        found: NDArray[np.int32] = cues.start[cues.of(positions)]
        return found

    def cues_of(self, transcripts: Sequence[int]) -> list[OwnCues]:
        """The cues of some transcripts."""
        return self._space.cues_of(self._connection, transcripts)

    def record(self, clause: Clause) -> Positions:
        """Where a clause stands in the records of events."""
        found = union([self.phrase(RECORD, choice) for choice in clause.choices])
        return near_all(found, [self.record(near) for near in clause.near])

    def excluded_record(self, without: Iterable[Phrase]) -> Positions:
        """Where something that is to be left out stands in the records of events."""
        return union([self.phrase(RECORD, one) for one in without])


def near_all(found: Positions, others: Iterable[Positions]) -> Positions:
    """The positions that have one of each of the others within the words that NEAR means."""
    for other in others:
        if not len(other):
            return found[:0]
        at = np.searchsorted(other, found - found.dtype.type(NEAR_WORDS))
        at[at == len(other)] = len(other) - 1
        found = found[np.abs(other[at].astype(np.int64) - found) <= NEAR_WORDS]
    return found


def too_slow() -> QueryError:
    """What is said when time runs out."""
    return QueryError(
        N_("This question takes too long to answer."),
        advice=N_("Add a word or a filter to make it narrower."),
    )
