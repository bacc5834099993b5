"""Takes events apart on their way into the index: words with their positions, who speaks where, pieces of text."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from onrecord.transcripts import segments
from onrecord.transcripts.folding import words
from onrecord.transcripts.layout import GAP, RECORD, SAID
from onrecord.transcripts.model import Cue
from onrecord.transcripts.texts import PIECE_BITS, Parts, cut, pack_numbers, spoken

MOMENT_MS = 30_000
_FULL = 12_000_000  # words after which a segment is written; about 100 MB
_REMEMBERED = 300_000  # written words whose folded form is kept; about 40 MB


@dataclass(frozen=True)
class IndexedEvent:
    """What can be found of an event besides what was said. `starts_at` is aware; its own date is the one
    searched by.

    `links` are their labels and addresses. `other` is further text that finds the event, such as roles;
    `note` is said beside its hits, such as "draft, not public".
    """

    stem: str
    slug: str
    title: str
    starts_at: datetime
    summary: str = ""
    description: str = ""
    series: str = ""
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    other: str = ""
    note: str = ""


@dataclass(frozen=True)
class IndexedTranscript:
    """One transcript, with the cues and the clock that are to be found and shown."""

    recording_id: str
    language: str
    cues: Sequence[Cue]
    recording_title: str = ""
    kind: str = "original"
    status: str = "machine"


class _Folded(dict[str, tuple[str, ...]]):
    """The folded words of each written word met so far: a language has few words and uses them often."""

    def __missing__(self, written: str) -> tuple[str, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[written] = tuple(words(written))
        return found


folded = _Folded()


class _Columns:
    """What is gathered of a transcript cue by cue; positions are counted from its first word."""

    def __init__(self) -> None:
        self.speaker_runs = array("i")
        self.language_runs = array("i")
        self.cues = array("i")
        self.parts = Parts()
        self.words: list[str] = []
        self.heard: dict[int, set[str]] = {}  # words by language


class Batch:
    """Events that go into the index together, as one segment of what was said and one of records."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._begin()

    def _begin(self) -> None:
        self._postings = {SAID: segments.Postings(), RECORD: segments.Postings()}
        self._size = {SAID: 0, RECORD: 0}
        self._segment = {kind: segments.new_segment(self._connection, kind, 0) for kind in (SAID, RECORD)}
        self._vocabulary: dict[str, Counter[str]] = {}

    def add(self, event: IndexedEvent, transcripts: Sequence[IndexedTranscript], fingerprint: str) -> None:
        """Takes an event in; it can be found once `write` has been called."""
        said_at, record_at = self._size[SAID], self._size[RECORD]
        (number,) = self._connection.execute(
            "INSERT INTO meta VALUES ('events', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value"
        ).fetchone()
        speakers = dict.fromkeys(event.speakers)
        languages = dict.fromkeys(event.languages)
        vocabulary: dict[str, set[str]] = {}
        for transcript in transcripts:
            names, tags = self._take_transcript(number, said_at, transcript, vocabulary)
            speakers |= dict.fromkeys(name for name in names if name)
            languages |= dict.fromkeys(tags)
        fields, vocabulary[""] = self._take_record(event, number, speakers)
        for language, found in vocabulary.items():
            self._vocabulary.setdefault(language, Counter()).update(found)
        self._connection.execute(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, event.stem, event.slug, event.title, event.summary, event.starts_at.isoformat(),
                event.series, _json(event.tags), _json(languages), _json(speakers), event.note, fingerprint,
                self._segment[SAID], said_at, self._size[SAID] - said_at,
                self._segment[RECORD], record_at, self._size[RECORD] - record_at, pack_numbers(fields),
            ),
        )  # fmt: skip
        if self._size[SAID] >= _FULL:
            self.write()
            self._begin()

    def write(self) -> None:
        """Writes the segments and the vocabulary of what was added."""
        for kind, postings in self._postings.items():
            number = self._segment[kind]
            if self._size[kind]:
                segments.write(self._connection, number, postings)
                self._connection.execute(
                    "UPDATE segment SET size = ? WHERE number = ?", (self._size[kind], number)
                )
            else:
                segments.drop(self._connection, [number])
        self._connection.executemany(
            "INSERT INTO vocabulary VALUES (?, ?, ?)"
            " ON CONFLICT (word, language) DO UPDATE SET events = events + excluded.events",
            (
                (word, language, count)
                for language, counted in self._vocabulary.items()
                for word, count in sorted(counted.items())
            ),
        )

    def _take_record(
        self, event: IndexedEvent, number: int, speakers: Iterable[str]
    ) -> tuple[array[int], set[str]]:
        """The words of an event's record; between its parts, and after it, lies a gap."""
        postings, position = self._postings[RECORD], self._size[RECORD]
        sizes = array("i")
        every: list[str] = []
        for text in (
            event.title,
            " ; ".join((*speakers, event.other)),
            " ; ".join((event.series, *event.tags)),
            f"{event.summary} {event.description}",
            " ; ".join(event.links),
        ):
            found = words(text)
            for place, word in enumerate(found, position):
                postings.take[word](place)
            sizes.append(len(found))
            position += len(found) + GAP
            every += found
        self._size[RECORD] = position
        unlike = set(every)
        self._connection.execute("INSERT INTO record VALUES (?, ?)", (number, " ".join(sorted(unlike))))
        return sizes, unlike

    def _take_transcript(
        self, event: int, event_at: int, transcript: IndexedTranscript, vocabulary: dict[str, set[str]]
    ) -> tuple[list[str], list[str]]:
        """Takes one transcript apart; gives its speakers and its languages."""
        speakers: dict[str, int] = {"": 0}
        languages: dict[str, int] = {transcript.language: 0}
        begin = self._size[SAID]
        columns = _gathered(transcript.cues, speakers, languages)
        said = columns.words
        take = self._postings[SAID].take
        for position, word in enumerate(said, begin):
            take[word](position)
        for tag, language in languages.items():
            vocabulary.setdefault(_base(tag), set()).update(columns.heard.get(language, ()))
        self._size[SAID] = begin + len(said) + GAP
        self._write_transcript(event, begin - event_at, len(said), transcript, columns, speakers, languages)
        return list(speakers), list(languages)

    def _write_transcript(
        self,
        event: int,
        at: int,
        size: int,
        transcript: IndexedTranscript,
        columns: _Columns,
        speakers: Iterable[str],
        languages: Iterable[str],
    ) -> None:
        (number,) = self._connection.execute(
            "INSERT INTO meta VALUES ('transcripts', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value"
        ).fetchone()
        cues, densest = _timed(columns.cues, size)
        self._connection.execute(
            "INSERT INTO transcript VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, event, transcript.recording_id, transcript.recording_title, transcript.language,
                transcript.kind, transcript.status, _json(speakers), _json(languages), at, size, densest,
                pack_numbers(columns.speaker_runs), pack_numbers(columns.language_runs), cues,
            ),
        )  # fmt: skip
        self._connection.executemany(
            "INSERT INTO piece VALUES (?, ?)",
            ((number << PIECE_BITS | n, data) for n, data in enumerate(columns.parts.packed())),
        )


def _gathered(cues: Iterable[Cue], speakers: dict[str, int], languages: dict[str, int]) -> _Columns:
    """Goes through a transcript once; enters its speakers and languages into the two tables of numbers."""
    columns = _Columns()
    said, times, parts = columns.words, columns.cues, columns.parts
    speaking = speaking_in = -1
    since = 0
    for cue in cues:
        speaker = speakers.setdefault(cue.speaker, len(speakers))
        if speaker != speaking:
            columns.speaker_runs.extend((len(said), speaker))
            speaking = speaker
        tag = _language(cue)
        language = 0 if tag is None else languages.setdefault(tag, len(languages))
        if language != speaking_in:
            if speaking_in >= 0:
                columns.heard.setdefault(speaking_in, set()).update(said[since:])
            columns.language_runs.extend((len(said), language))
            speaking_in, since = language, len(said)
        for written, start, end in cut(cue):
            times.append(len(said))
            times.append(start)
            for one in written:
                said += folded[one]
            parts.add(cue.id, " ".join(written), start, end, speaker, language)
    if speaking_in >= 0:
        columns.heard.setdefault(speaking_in, set()).update(said[since:])
    return columns


def take_out(connection: sqlite3.Connection, stem: str) -> bool:
    """Forgets an event; its positions lie dead from now on. False when there is none of this stem."""
    row = connection.execute("SELECT number FROM event WHERE stem = ?", (stem,)).fetchone()
    if row is None:
        return False
    (number,) = row
    heard: dict[str, set[str]] = {}
    for language, text in spoken(connection, number):
        found = heard.setdefault(_base(language), set())
        for written in text.split(" "):
            found.update(folded[written])
    (record,) = connection.execute("SELECT words FROM record WHERE event = ?", (number,)).fetchone()
    heard.setdefault("", set()).update(record.split())
    for language, vocabulary in heard.items():
        rows = [(word, language) for word in sorted(vocabulary)]
        connection.executemany(
            "UPDATE vocabulary SET events = events - 1 WHERE word = ? AND language = ?", rows
        )
        connection.executemany("DELETE FROM vocabulary WHERE word = ? AND language = ? AND events <= 0", rows)
    for (transcript,) in connection.execute(
        "SELECT number FROM transcript WHERE event = ?", (number,)
    ).fetchall():
        span = (transcript << PIECE_BITS, (transcript + 1 << PIECE_BITS) - 1)
        connection.execute("DELETE FROM piece WHERE id BETWEEN ? AND ?", span)
    connection.execute("DELETE FROM transcript WHERE event = ?", (number,))
    connection.execute("DELETE FROM record WHERE event = ?", (number,))
    connection.execute("DELETE FROM event WHERE number = ?", (number,))
    return True


def _language(cue: Cue) -> str | None:
    """The language of a cue where it is another than the transcript's: that of most of its words."""
    other = [word.language for word in cue.words if word.language]
    if not other:
        return None
    return max(other, key=other.count) if 2 * len(other) > len(cue.words) else None


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _timed(cues: array[int], size: int) -> tuple[bytes, int]:
    """The cues as they are kept, their starts never falling, and a bound of the words that begin in 30 s."""
    table = np.array(cues, "<i4").reshape(-1, 2)
    if not len(table):
        return b"", 0
    table[:, 1] = np.maximum.accumulate(table[:, 1])
    until = np.searchsorted(table[:, 1], table[:, 1].astype(np.int64) + MOMENT_MS, "right")
    ends = np.append(table[:, 0], size)[until]
    return table.tobytes(), int((ends - table[:, 0]).max())


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
