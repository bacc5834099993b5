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

from onrecord.transcripts.model import Cue
from onrecord.transcripts.search import segments
from onrecord.transcripts.search.columns import gathered, runs, timed
from onrecord.transcripts.search.hits import Numbers
from onrecord.transcripts.search.layout import GAP, RECORD, SAID
from onrecord.transcripts.search.texts import PIECE_BITS, pack_numbers, packed, spoken
from onrecord.transcripts.search.wordnumbers import Ids, WordNumbers, by_word, folded

_FULL = 16_000_000  # words after which a segment is written: about 130 MB


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


class Batch:
    """Events that go into the index together, as one segment of what was said and one of records."""

    def __init__(self, connection: sqlite3.Connection, *, counted: bool = True) -> None:
        """Without `counted` the words are left for `count`, which is done when there is time."""
        self._connection = connection
        self._counted = counted
        self._begin()

    def _begin(self) -> None:
        self._numbers = WordNumbers()
        self._texts: dict[int, list[tuple[int, Ids]]] = {SAID: [], RECORD: []}  # by kind: position, words
        self._size = {SAID: 0, RECORD: 0}
        self._segment = {kind: segments.new_segment(self._connection, kind, 0) for kind in (SAID, RECORD)}
        self._vocabulary: dict[str, list[Numbers]] = {}  # by language, for each event the words

    def add(self, event: IndexedEvent, transcripts: Sequence[IndexedTranscript], fingerprint: str) -> None:
        """Takes an event in; it can be found once `write` has been called."""
        said_at, record_at = self._size[SAID], self._size[RECORD]
        (number,) = self._connection.execute(
            "INSERT INTO meta VALUES ('events', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value"
        ).fetchone()
        speakers = dict.fromkeys(event.speakers)
        languages = dict.fromkeys(event.languages)
        heard: dict[str, list[Ids]] = {}
        for transcript in transcripts:
            names, tags = self._take_transcript(number, said_at, transcript, heard)
            speakers |= dict.fromkeys(name for name in names if name)
            languages |= dict.fromkeys(tags)
        fields, record = self._take_record(event, number, speakers)
        heard[""] = [record]
        if not self._counted:
            unlike = {
                language: " ".join(
                    [self._numbers.words[n] for n in self._numbers.seen(np.concatenate(found)).tolist()]
                )
                for language, found in heard.items()
            }
            self._connection.execute(
                "INSERT INTO uncounted VALUES (?, ?)", (number, json.dumps(unlike, ensure_ascii=False))
            )
            heard = {}
        for language, found in heard.items():
            self._vocabulary.setdefault(language, []).append(self._numbers.seen(np.concatenate(found)))
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
        order, every = self._numbers.order(), self._numbers.words
        for kind, texts in self._texts.items():
            number = self._segment[kind]
            if self._size[kind]:
                segments.write(self._connection, number, every, order, *by_word(texts, len(every)))
                self._connection.execute(
                    "UPDATE segment SET size = ? WHERE number = ?", (self._size[kind], number)
                )
            else:
                segments.drop(self._connection, [number])
        for language, found in self._vocabulary.items():
            counts = np.bincount(np.concatenate(found), minlength=len(every)).tolist()
            _count(self._connection, [(every[n], language, counts[n]) for n in order if counts[n]])

    def _take_record(
        self, event: IndexedEvent, number: int, speakers: Iterable[str]
    ) -> tuple[array[int], Ids]:
        """The words of an event's record; between its parts, and after it, lies a gap."""
        position = self._size[RECORD]
        sizes = array("i")
        every: list[Ids] = []
        for text in (
            event.title,
            " ; ".join((*speakers, event.other)),
            " ; ".join((event.series, *event.tags)),
            f"{event.summary} {event.description}",
            " ; ".join(event.links),
        ):
            found, _ = self._numbers.of(text.split())
            self._texts[RECORD].append((position, found))
            sizes.append(len(found))
            position += len(found) + GAP
            every.append(found)
        self._size[RECORD] = position
        ids = np.concatenate(every)
        unlike = sorted(self._numbers.words[n] for n in self._numbers.seen(ids).tolist())
        self._connection.execute("INSERT INTO record VALUES (?, ?)", (number, " ".join(unlike)))
        return sizes, ids

    def _take_transcript(
        self, event: int, event_at: int, transcript: IndexedTranscript, heard: dict[str, list[Ids]]
    ) -> tuple[list[str], list[str]]:
        """Takes one transcript apart; gives its speakers and its languages."""
        speakers: dict[str, int] = {"": 0}
        languages: dict[str, int] = {transcript.language: 0}
        begin = self._size[SAID]
        columns = gathered(transcript.cues, speakers, languages)
        ids, sizes = self._numbers.of(columns.words)
        self._texts[SAID].append((begin, ids))
        self._size[SAID] = begin + len(ids) + GAP
        begins, unlike = columns.begins, None
        if sizes is not None:
            unlike = np.diff(np.append(0, np.cumsum(sizes != 1))[np.append(begins, len(sizes))])
            begins = np.append(0, np.cumsum(sizes))[begins]
        if len(languages) > 1:
            spoken_in = np.repeat(columns.languages, np.diff(np.append(begins, len(ids))))
        for tag, language in languages.items():
            found = ids if len(languages) == 1 else ids[spoken_in == language]
            heard.setdefault(_base(tag), []).append(found)
        (number,) = self._connection.execute(
            "INSERT INTO meta VALUES ('transcripts', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value"
        ).fetchone()
        cues, densest = timed(begins, columns.starts, len(ids))
        self._connection.execute(
            "INSERT INTO transcript VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, event, transcript.recording_id, transcript.recording_title, transcript.language,
                transcript.kind, transcript.status, _json(speakers), _json(languages), begin - event_at, len(ids), densest,
                runs(begins, columns.speakers), runs(begins, columns.languages), cues,
            ),
        )  # fmt: skip
        self._connection.executemany(
            "INSERT INTO piece VALUES (?, ?)",
            ((number << PIECE_BITS | n, data) for n, data in enumerate(packed(columns, unlike))),
        )
        return list(speakers), list(languages)


def count(connection: sqlite3.Connection) -> None:
    """Counts the words of the events that were taken in since the last time into the vocabulary."""
    counts: dict[str, Counter[str]] = {}
    for (unlike,) in connection.execute("SELECT words FROM uncounted"):
        for language, found in json.loads(unlike).items():
            counts.setdefault(language, Counter()).update(found.split())
    for language, counted in counts.items():
        _count(connection, [(word, language, number) for word, number in sorted(counted.items())])
    connection.execute("DELETE FROM uncounted")


def _count(connection: sqlite3.Connection, rows: Iterable[tuple[str, str, int]]) -> None:
    connection.executemany(
        "INSERT INTO vocabulary VALUES (?, ?, ?)"
        " ON CONFLICT (word, language) DO UPDATE SET events = events + excluded.events",
        rows,
    )


def take_out(connection: sqlite3.Connection, stem: str) -> bool:
    """Forgets an event; its positions lie dead from now on. False when there is none of this stem."""
    row = connection.execute("SELECT number FROM event WHERE stem = ?", (stem,)).fetchone()
    if row is None:
        return False
    (number,) = row
    if connection.execute("DELETE FROM uncounted WHERE event = ?", (number,)).rowcount == 0:
        _uncount(connection, number)
    for (transcript,) in connection.execute(
        "SELECT number FROM transcript WHERE event = ?", (number,)
    ).fetchall():
        span = (transcript << PIECE_BITS, (transcript + 1 << PIECE_BITS) - 1)
        connection.execute("DELETE FROM piece WHERE id BETWEEN ? AND ?", span)
    connection.execute("DELETE FROM transcript WHERE event = ?", (number,))
    connection.execute("DELETE FROM record WHERE event = ?", (number,))
    connection.execute("DELETE FROM event WHERE number = ?", (number,))
    return True


def _uncount(connection: sqlite3.Connection, number: int) -> None:
    """Takes the words of an event out of the vocabulary."""
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


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
