"""What the index knows of every event and transcript, held in memory between questions: for filters, facets
and results.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from onrecord.transcripts.folding import fold
from onrecord.transcripts.query import Question

FACETS = ("speaker", "series", "tag", "lang", "year")
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as the index has it; `speakers` and `languages` are those announced and those heard."""

    key: int
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
        return (str(self.starts_at.year),)


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One transcript as the index has it; cues name their speaker and language by number in these lists.

    `speaker_rows` and `language_rows` say for each the stretches in which it is heard, as bits.
    """

    key: int
    recording: str
    title: str
    language: str
    kind: str
    status: str
    speakers: tuple[str, ...]
    languages: tuple[str, ...]
    speaker_rows: tuple[int, ...]
    language_rows: tuple[int, ...]


@dataclass(frozen=True)
class Catalogue:
    """All events and transcripts of one state of the index."""

    events: Mapping[int, EventRow]
    transcripts: Mapping[int, TranscriptRow]
    newest: date
    speakers: frozenset[str]  # all who are heard
    languages: frozenset[str]

    def named(self, name: str) -> EventRow | None:
        """The event with this slug or stem."""
        return next((row for row in self.events.values() if name in (row.slug, row.stem)), None)

    def chosen(self, question: Question) -> list[EventRow]:
        """The events that the filters on events let through. `speaker:` and `lang:` narrow these only when no
        words are asked for; with words they hold for the cue."""
        rows = list(self.events.values())
        if question.event:
            rows = [row for row in rows if question.event in (row.slug, row.stem)]
        if question.before is not None:
            rows = [row for row in rows if row.starts_at.date() < question.before]
        if question.after is not None:
            rows = [row for row in rows if row.starts_at.date() >= question.after]
        for key in ("event", "series", "tag", *(() if question.clauses else ("speaker", "lang"))):
            rows = self._filtered(rows, question, key)
        return rows

    def _filtered(self, rows: list[EventRow], question: Question, key: str) -> list[EventRow]:
        def values(row: EventRow) -> Iterable[str]:
            return (row.slug, row.stem, row.title) if key == "event" else row.values(key)

        allowed = self.allowed(
            question, key, {value for row in self.events.values() for value in values(row)}
        )
        if allowed is None:
            return rows
        return [
            row
            for row in rows
            if any(value in allowed for value in values(row)) or self._unnamed(question, key, row)
        ]

    @staticmethod
    def _unnamed(question: Question, key: str, row: EventRow) -> bool:
        """Whether an event that has no value at all passes: only when all that is asked is what to leave
        out.
        """
        named = [one for one in question.filters if one.key == key]
        return (
            key in ("series", "tag", "speaker", "lang")
            and not row.values(key)
            and all(one.without for one in named)
        )

    @staticmethod
    def allowed(question: Question, key: str, values: Iterable[str]) -> set[str] | None:
        """The values that the question's filters of one kind let through; None when it has none of that kind.

        Several of one kind widen each other. A value that is named in full is meant alone; else all that
        contain the words.
        """
        filters = [one for one in question.filters if one.key == key]
        if not filters:
            return None
        known = list(values)
        wanted = [one for one in filters if not one.without]
        allowed = set(known) if not wanted else set().union(*(meant(one.value, known, key) for one in wanted))
        return allowed.difference(*(meant(one.value, known, key) for one in filters if one.without))

    def facets(self, rows: Iterable[EventRow]) -> dict[str, tuple[tuple[str, int], ...]]:
        """How many of these events have each speaker, series, tag, language and year, the commonest first."""
        counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        for row in rows:
            counts["speaker"].update(row.speakers)
            counts["tag"].update(row.tags)
            counts["lang"].update(row.languages)
            if row.series:
                counts["series"][row.series] += 1
            counts["year"][str(row.starts_at.year)] += 1
        return {
            facet: tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:_MOST_VALUES])
            for facet, counter in counts.items()
        }


def meant(asked: str, values: Iterable[str], key: str) -> set[str]:
    """The values that a filter's text means: those that are it, else those that contain its words in a row.

    A language means its regional forms too: `pt` means `pt-BR`.
    """
    if key == "lang":
        tag = asked.lower()
        return {value for value in values if value.lower() == tag or value.lower().startswith(f"{tag}-")}
    wanted = fold(asked)
    folded = {value: fold(value) for value in values}
    same = {value for value, text in folded.items() if text == wanted}
    return same or {value for value, text in folded.items() if f" {wanted} " in f" {text} "}


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
    read = _read(connection)
    with _holding:
        _held[str(path)] = (state, read)
    return read


def _read(connection: sqlite3.Connection) -> Catalogue:
    events = {}
    for row in connection.execute(
        "SELECT key, stem, slug, title, summary, starts, series, tags, languages, speakers, note FROM event"
    ):
        key, stem, slug, title, summary, starts, series, tags, languages, speakers, note = row
        events[key] = EventRow(
            key, stem, slug, title, summary, datetime.fromisoformat(starts), series,
            _list(tags), _list(languages), _list(speakers), note,
        )  # fmt: skip
    transcripts = {}
    for row in connection.execute(
        "SELECT key, recording, title, language, kind, status, speakers, languages, speaker_rows,"
        " language_rows FROM transcript"
    ):
        key, recording, title, language, kind, status, speakers, languages, speaker_rows, language_rows = row
        transcripts[key] = TranscriptRow(
            key,
            recording,
            title,
            language,
            kind,
            status,
            _list(speakers),
            _list(languages),
            tuple(int(bits, 16) for bits in _list(speaker_rows)),
            tuple(int(bits, 16) for bits in _list(language_rows)),
        )
    newest = max((row.starts_at.date() for row in events.values()), default=date.min)
    heard = frozenset(name for row in transcripts.values() for name in row.speakers)
    spoken = frozenset(tag for row in transcripts.values() for tag in row.languages)
    return Catalogue(events, transcripts, newest, heard, spoken)


def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
