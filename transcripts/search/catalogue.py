"""What the index knows of every event and transcript, held in memory between questions: for filters, facets
and results.

Rows are read once: an event that is taken in again gets a new number, so only new numbers are read after a
change.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.space import Space

_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as the index has it; `speakers` and `languages` are those announced and those heard.

    `fields` says how many words each part of its record has.
    """

    number: int
    stem: str
    slug: str
    title: str
    summary: str
    starts_at: datetime
    series: str
    tags: tuple[str, ...]
    languages: tuple[str, ...]
    speakers: tuple[str, ...]
    note: str
    fields: NDArray[np.int32]

    def values(self, facet: str) -> tuple[str, ...]:
        """What the event is counted under in a facet."""
        if facet == "speaker":
            return self.speakers
        if facet == "tag":
            return self.tags
        if facet == "lang":
            return self.languages
        if facet == "series":
            return (self.series,) if self.series else ()
        if facet == "event":
            return tuple(dict.fromkeys((self.slug, self.stem, self.title)))
        return (str(self.starts_at.year),)


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One transcript as the index has it; cues name their speaker and language by number in these lists.

    `at`, `size` and `densest` are in words; the runs are pairs (first word, number in the list).
    """

    number: int
    event: int
    recording: str
    title: str
    language: str
    kind: str
    status: str
    speakers: tuple[str, ...]
    languages: tuple[str, ...]
    at: int
    size: int
    densest: int
    speaker_runs: NDArray[np.int32]
    language_runs: NDArray[np.int32]


class Catalogue:
    """All events and transcripts of one state of the index. Events stand in the order of their words."""

    def __init__(self, events: list[EventRow], transcripts: list[list[TranscriptRow]], space: Space) -> None:
        self.events = events
        self.transcripts = [row for rows in transcripts for row in rows]
        self.space = space
        self.days = np.array([row.starts_at.date().toordinal() for row in events], np.int64)
        self.newest = int(self.days.max()) if events else date.min.toordinal()
        self._values: dict[str, tuple[list[str], NDArray[np.int64], NDArray[np.int64]]] = {}

    @cached_property
    def seconds(self) -> NDArray[np.float64]:
        """When each event starts, as seconds since 1970."""
        return np.array([row.starts_at.timestamp() for row in self.events])

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """How much is said in each event, measured by the mean of all."""
        words = self.space.words.astype(np.float64)
        return words / max(float(words.mean()), 1.0) if len(words) else words

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The events' own numbers."""
        return np.array([row.number for row in self.events], np.int64)

    @cached_property
    def statuses(self) -> list[str]:
        """What a transcript's status can be."""
        return sorted({row.status for row in self.transcripts})

    @cached_property
    def status(self) -> NDArray[np.int64]:
        """Each transcript's status, as a number in `statuses`."""
        numbers = {name: n for n, name in enumerate(self.statuses)}
        return np.array([numbers[row.status] for row in self.transcripts], np.int64)

    @cached_property
    def named(self) -> dict[str, list[int]]:
        """The events with this slug or stem."""
        found: dict[str, list[int]] = {}
        for n, row in enumerate(self.events):
            for name in {row.slug, row.stem}:
                found.setdefault(name, []).append(n)
        return found

    def values(self, facet: str) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
        """What events have under a facet: the values, and pairs of an event and the number of its value."""
        if facet not in self._values:
            numbers: dict[str, int] = {}
            pairs = [
                (n, numbers.setdefault(value, len(numbers)))
                for n, row in enumerate(self.events)
                for value in dict.fromkeys(row.values(facet))
            ]
            table = np.array(pairs, np.int64).reshape(-1, 2)
            self._values[facet] = (list(numbers), table[:, 0], table[:, 1])
        return self._values[facet]


_held: dict[str, tuple[tuple[int, int], Catalogue]] = {}
_holding = threading.Lock()


def catalogue(connection: sqlite3.Connection, path: Path) -> Catalogue:
    """The catalogue of the index in the state that the connection sees; read again only after a change."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
    state = (path.stat().st_ino, row[0] if row else 0)
    with _holding:
        held = _held.get(str(path))
        if held is not None and held[0] == state:
            return held[1]
        before = held[1] if held is not None and held[0][0] == state[0] else None
        read = _read(connection, before)
        _held[str(path)] = (state, read)
        return read


def _read(connection: sqlite3.Connection, before: Catalogue | None) -> Catalogue:
    places = connection.execute(
        "SELECT number, said_segment, said_at, record_segment, record_at FROM event"
        " ORDER BY said_segment, said_at"
    ).fetchall()
    known: dict[int, tuple[EventRow, list[TranscriptRow]]] = {}
    if before is not None:
        known = {row.number: (row, []) for row in before.events}
        for transcript in before.transcripts:
            known[transcript.event][1].append(transcript)
    new = [row[0] for row in places if row[0] not in known]
    for first in range(0, len(new), _READ_AT_ONCE):
        known.update(_rows(connection, new[first : first + _READ_AT_ONCE]))
    segments = connection.execute("SELECT number, kind, size FROM segment ORDER BY number").fetchall()
    events = [known[row[0]][0] for row in places]
    transcripts = [known[row[0]][1] for row in places]
    held = before.space.held_cues() if before is not None else {}
    space = Space(segments, [row[1:] for row in places], [row.fields for row in events], transcripts, held)
    return Catalogue(events, transcripts, space)


def _rows(
    connection: sqlite3.Connection, numbers: list[int]
) -> dict[int, tuple[EventRow, list[TranscriptRow]]]:
    found: dict[int, tuple[EventRow, list[TranscriptRow]]] = {}
    marks = ", ".join("?" * len(numbers))
    for row in connection.execute(
        "SELECT number, stem, slug, title, summary, starts, series, tags, languages, speakers, note, fields"  # noqa: S608 - question marks
        f" FROM event WHERE number IN ({marks})",
        numbers,
    ):
        number, stem, slug, title, summary, starts, series, tags, languages, speakers, note, fields = row
        found[number] = (
            EventRow(
                number, stem, slug, title, summary, datetime.fromisoformat(starts), series,
                _list(tags), _list(languages), _list(speakers), note, np.frombuffer(fields, "<i4"),
            ),
            [],
        )  # fmt: skip
    for row in connection.execute(
        "SELECT number, event, recording, title, language, kind, status, speakers, languages, at, size,"  # noqa: S608 - question marks
        f" densest, speaker_runs, language_runs FROM transcript WHERE event IN ({marks}) ORDER BY number",
        numbers,
    ):
        number, event, recording, title, language, kind, status, speakers, languages = row[:9]
        at, size, densest, speaker_runs, language_runs = row[9:]
        found[event][1].append(
            TranscriptRow(
                number, event, recording, title, language, kind, status, _list(speakers), _list(languages),
                at, size, densest, np.frombuffer(speaker_runs, "<i4").reshape(-1, 2),
                np.frombuffer(language_runs, "<i4").reshape(-1, 2),
            )
        )  # fmt: skip
    return found


def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
