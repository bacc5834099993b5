"""The search index: one SQLite file, derived from the archive's files, that can always be made again.

A transcript is cut into stretches of about 120 cues; each is one row of the full-text table, so that common
words rank in milliseconds and phrases run over the edges of cues. A stretch holds, after its own cues, a tail
that the next one owns: as many cues as one moment can be long. Every moment therefore lies whole in the
stretch that owns its first cue, and is told by that one alone.

A row's number says which event, transcript and stretch it is, and newer events have higher numbers:

    day of the event | event | transcript | stretch        22, 20, 8 and 12 bits

What was said stands twice: folded (`stretch.folded`, the external content of the full-text table, where hits
are found again) and as it was written (`stretch.written`, compressed, for showing). What is known of an event
stands in `about`.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from onrecord.errors import SearchIndexError, UsageError
from onrecord.files import free_bytes, make_folder, storage_error
from onrecord.transcripts.folding import fold
from onrecord.transcripts.model import Cue
from onrecord.transcripts.stretches import STRETCH_BITS, stretches

_FOLDING = 1  # raised by hand when `folding.py` gives other words

_TRANSCRIPT_BITS, _EVENT_BITS = 8, 20
EVENT_SHIFT = _TRANSCRIPT_BITS + STRETCH_BITS
TRANSCRIPT_SHIFT = STRETCH_BITS
_EPOCH = date(1, 1, 1)

# The tokenizer has nothing left to decide: only the spaces of the folded text part words.
_TOKENIZE = (
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\", detail=full, prefix='3'"
)
_TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE event (
    number INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, stem TEXT NOT NULL UNIQUE, slug TEXT NOT NULL,
    title TEXT NOT NULL, summary TEXT NOT NULL, starts TEXT NOT NULL, series TEXT NOT NULL,
    tags TEXT NOT NULL, languages TEXT NOT NULL, speakers TEXT NOT NULL, note TEXT NOT NULL,
    fingerprint TEXT NOT NULL
);
CREATE TABLE transcript (
    key INTEGER PRIMARY KEY, event INTEGER NOT NULL, recording TEXT NOT NULL, title TEXT NOT NULL,
    language TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    speakers TEXT NOT NULL, languages TEXT NOT NULL, speaker_rows TEXT NOT NULL, language_rows TEXT NOT NULL
);
CREATE TABLE stretch (
    id INTEGER PRIMARY KEY, cues BLOB NOT NULL, folded TEXT NOT NULL, written BLOB NOT NULL
);
CREATE TABLE about_text (
    id INTEGER PRIMARY KEY, title TEXT, speakers TEXT, topics TEXT, description TEXT, links TEXT
);
CREATE VIRTUAL TABLE said USING fts5(folded, content='stretch', content_rowid='id', {_TOKENIZE});
CREATE VIRTUAL TABLE about USING fts5(
    title, speakers, topics, description, links, content='about_text', content_rowid='id', {_TOKENIZE}
);
"""
# An index of other tables, or of another folding, is made again: the number follows from both.
SCHEMA = zlib.crc32(f"{_FOLDING} {_TABLES}".encode()) >> 1

_LEAST_FREE = 1 << 20  # bytes that SQLite needs at most to begin
_REBUILD = "Run 'onrecord reindex' to make it again from the files."


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


def damaged(path: Path, said: str) -> SearchIndexError:
    """The error of an index that holds what no index holds."""
    return SearchIndexError(f"the search index is damaged ({said}).", path=path, advice=_REBUILD)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into `SearchIndexError`, or `StorageError` where the disk is at fault."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        # On a full disk the file that readers share cannot be made either, which SQLite calls an I/O error.
        full = "full" in said or ("disk I/O error" in said and free_bytes(path.parent) < _LEAST_FREE)
        if full or "readonly" in said:
            known = storage_error(OSError(errno.ENOSPC if full else errno.EROFS, said), path)
            if known is not None:
                raise known from error
        if "unable to open" in said and not path.exists():
            raise SearchIndexError("there is no search index yet.", path=path, advice=_REBUILD) from error
        if isinstance(error, sqlite3.OperationalError) and ("locked" in said or "unable to open" in said):
            raise SearchIndexError(
                f"the search index cannot be used now ({said}).", path=path, advice="Try again."
            ) from error
        raise damaged(path, said) from error


def _opened(path: Path, how: str) -> tuple[sqlite3.Connection, int]:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{how}", uri=True, isolation_level=None, timeout=5
    )
    try:
        return connection, connection.execute("PRAGMA user_version").fetchone()[0]
    except BaseException:
        connection.close()
        raise


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads; raises `SearchIndexError` when there is no index, or one of another
    schema.
    """
    if not path.exists():
        raise SearchIndexError("there is no search index yet.", path=path, advice=_REBUILD)
    with translated(path):
        try:
            connection, schema = _opened(path, "mode=ro")
        except sqlite3.OperationalError:
            if os.access(path.parent, os.W_OK):
                raise
            # Beside a file on a read-only disk SQLite cannot make the ones that readers share with a writer.
            connection, schema = _opened(path, "immutable=1")
    if schema != SCHEMA:
        connection.close()
        raise SearchIndexError(
            "the search index is of another version of onrecord.", path=path, advice=_REBUILD
        )
    return connection


def _unlink(path: Path) -> None:
    for ending in ("-wal", "-shm", ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)


class Index:
    """Writes one index file. Each change is one transaction, and readers see the state before it until it is
    whole.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the index; one of another schema is begun anew, for it is derived.

        Raises `SearchIndexError` when the file is damaged, `StorageError` when the disk is full.
        """
        self.path = path
        make_folder(path.parent)
        with translated(path):
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                connection.close()
                _unlink(self.path)
                connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "PRAGMA synchronous=NORMAL"
            )  # a derived file: what a power cut takes is indexed again
            connection.execute("PRAGMA cache_size=-16000")
            if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA}; COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    @classmethod
    def remake(cls, path: Path) -> Index:
        """Opens the index to be filled anew; a damaged one is taken away first."""
        try:
            index = cls(path)
            try:
                with translated(path):
                    sound = index._connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            except SearchIndexError:
                sound = False
            if sound:
                return index
            index.close()
        except SearchIndexError:
            pass
        _unlink(path)
        return cls(path)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        with translated(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                # From any number on: a file made again on the same inode is told from the one before.
                connection.execute(
                    "INSERT INTO meta VALUES ('generation', abs(random() / 2))"
                    " ON CONFLICT (name) DO UPDATE SET value = value + 1"
                )
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def fingerprints(self) -> dict[str, str]:
        """The fingerprint that each event was put in with, by stem."""
        with translated(self.path):
            return dict(self._connection.execute("SELECT stem, fingerprint FROM event"))

    def put(
        self, event: IndexedEvent, transcripts: Sequence[IndexedTranscript], fingerprint: str = ""
    ) -> None:
        """Takes in one event in the place of what was known of it, in one transaction."""
        with self._transaction() as connection:
            number = _take_out(connection, event.stem)
            _put_in(connection, number, event, transcripts, fingerprint)

    def remove(self, stem: str) -> None:
        """Forgets an event; one that is not there is no error."""
        with self._transaction() as connection:
            _take_out(connection, stem)

    def fill(self, events: Iterable[tuple[IndexedEvent, Sequence[IndexedTranscript], str]]) -> int:
        """Puts these events in the place of everything, in one transaction; oldest first is fastest. Gives
        their number.
        """
        with self._transaction() as connection:
            for table in ("said", "about"):
                connection.execute(f"INSERT INTO {table}({table}) VALUES ('delete-all')")  # noqa: S608 - our own names
                connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', 33554432)")  # noqa: S608
            for table in ("stretch", "about_text", "transcript", "event"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            number = 0
            for number, (event, transcripts, fingerprint) in enumerate(events, 1):
                _put_in(connection, number, event, transcripts, fingerprint)
            for table in ("said", "about"):
                connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', 1048576)")  # noqa: S608
                connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608
        return number

    def settle(self) -> None:
        """Brings the write-ahead log home, so that the file is whole by itself."""
        with translated(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _take_out(connection: sqlite3.Connection, stem: str) -> int | None:
    """Takes an event's rows out; gives the number that it had."""
    row = connection.execute("SELECT number, key FROM event WHERE stem = ?", (stem,)).fetchone()
    if row is None:
        return None
    number, key = row
    span = (key << EVENT_SHIFT, ((key + 1) << EVENT_SHIFT) - 1)
    connection.execute(
        "INSERT INTO said(said, rowid, folded)"
        " SELECT 'delete', id, folded FROM stretch WHERE id BETWEEN ? AND ?",
        span,
    )
    connection.execute("DELETE FROM stretch WHERE id BETWEEN ? AND ?", span)
    connection.execute(
        "INSERT INTO about(about, rowid, title, speakers, topics, description, links)"
        " SELECT 'delete', id, title, speakers, topics, description, links FROM about_text WHERE id = ?",
        span[:1],
    )
    connection.execute("DELETE FROM about_text WHERE id = ?", span[:1])
    connection.execute("DELETE FROM transcript WHERE event = ?", (number,))
    connection.execute("DELETE FROM event WHERE number = ?", (number,))
    return int(number)


def _put_in(
    connection: sqlite3.Connection,
    number: int | None,
    event: IndexedEvent,
    transcripts: Sequence[IndexedTranscript],
    fingerprint: str,
) -> None:
    if len(transcripts) >= 1 << _TRANSCRIPT_BITS:
        raise UsageError(
            f"'{event.stem}' has {len(transcripts)} transcripts; the search index takes 255 for one event."
        )
    if number is None:
        number = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM event").fetchone()[0]
    key = ((event.starts_at.date() - _EPOCH).days << _EVENT_BITS) | number
    speakers = dict.fromkeys(event.speakers)
    languages = dict.fromkeys(event.languages)
    for place, transcript in enumerate(transcripts):
        names, tags = _take_transcript(connection, number, (key << _TRANSCRIPT_BITS) | place, transcript)
        speakers |= dict.fromkeys(name for name in names if name)
        languages |= dict.fromkeys(tags)
    connection.execute(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number, key, event.stem, event.slug, event.title, event.summary, event.starts_at.isoformat(),
            event.series, _json(event.tags), _json(languages), _json(speakers), event.note, fingerprint,
        ),
    )  # fmt: skip
    about = (
        key << EVENT_SHIFT,
        fold(event.title),
        fold(" ; ".join((*speakers, event.other))),
        fold(" ; ".join((event.series, *event.tags))),
        fold(f"{event.summary} {event.description}"),
        fold(" ; ".join(event.links)),
    )
    connection.execute("INSERT INTO about_text VALUES (?, ?, ?, ?, ?, ?)", about)
    connection.execute(
        "INSERT INTO about(rowid, title, speakers, topics, description, links) VALUES (?, ?, ?, ?, ?, ?)",
        about,
    )


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _take_transcript(
    connection: sqlite3.Connection, event: int, key: int, transcript: IndexedTranscript
) -> tuple[list[str], list[str]]:
    """Writes one transcript's stretches; gives its speakers and its languages."""
    speakers: dict[str, int] = {"": 0}
    languages: dict[str, int] = {transcript.language: 0}
    speaker_rows: dict[int, int] = {}  # which stretches each is heard in, as bits
    language_rows: dict[int, int] = {}
    for number, row in enumerate(stretches(transcript.cues, speakers, languages)):
        for one in row.speakers:
            speaker_rows[one] = speaker_rows.get(one, 0) | 1 << number
        for one in row.languages:
            language_rows[one] = language_rows.get(one, 0) | 1 << number
        rowid = (key << STRETCH_BITS) | number
        connection.execute(
            "INSERT INTO stretch VALUES (?, ?, ?, ?)", (rowid, row.cues, row.folded, row.written)
        )
        connection.execute("INSERT INTO said(rowid, folded) VALUES (?, ?)", (rowid, row.folded))
    connection.execute(
        "INSERT INTO transcript VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            event,
            transcript.recording_id,
            transcript.recording_title,
            transcript.language,
            transcript.kind,
            transcript.status,
            _json(speakers),
            _json(languages),
            _json(f"{speaker_rows.get(n, 0):x}" for n in range(len(speakers))),
            _json(f"{language_rows.get(n, 0):x}" for n in range(len(languages))),
        ),
    )
    return list(speakers), list(languages)
