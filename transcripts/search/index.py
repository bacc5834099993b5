"""Writes the search index: takes events in, forgets them, makes it all again. `layout` says how it is laid out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from onrecord.errors import SearchIndexError, UsageError
from onrecord.files import make_folder
from onrecord.transcripts.search import segments
from onrecord.transcripts.search.connections import open_reader, translated
from onrecord.transcripts.search.intake import Batch, IndexedEvent, IndexedTranscript, count, take_out
from onrecord.transcripts.search.layout import RECORD, SAID, SCHEMA, TABLES

__all__ = ["SCHEMA", "Index", "IndexedEvent", "IndexedTranscript", "open_reader"]

_MOST_TRANSCRIPTS = 255  # of one event
_CONTENT = ("event", "transcript", "piece", "record", "posting", "segment", "vocabulary", "uncounted")


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
            connection.execute(
                "PRAGMA page_size=16384"
            )  # a piece of text is 2 KB, which would fill half a page
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "PRAGMA synchronous=NORMAL"
            )  # a derived file: what a power cut takes is indexed again
            connection.execute("PRAGMA cache_size=-16000")
            if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version={SCHEMA}; COMMIT")
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
            take_out(connection, event.stem)
            batch = Batch(connection, counted=False)
            _add(batch, event, transcripts, fingerprint)
            batch.write()
        self._tidy()

    def remove(self, stem: str) -> None:
        """Forgets an event; one that is not there is no error."""
        with self._transaction() as connection:
            take_out(connection, stem)
        self._tidy()

    def fill(self, events: Iterable[tuple[IndexedEvent, Sequence[IndexedTranscript], str]]) -> int:
        """Puts these events in the place of everything, in one transaction. Gives their number."""
        with self._transaction() as connection:
            for table in _CONTENT:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            batch = Batch(connection)
            number = 0
            for number, (event, transcripts, fingerprint) in enumerate(events, 1):  # noqa: B007
                _add(batch, event, transcripts, fingerprint)
            batch.write()
            for kind in (SAID, RECORD):
                numbers = connection.execute("SELECT number FROM segment WHERE kind = ?", (kind,))
                if len(written := [one for (one,) in numbers]) > 1:
                    segments.merge(connection, kind, written)
        return number

    def _tidy(self) -> None:
        """Merges small segments. What was taken in can be found before this."""
        for kind in (SAID, RECORD):
            while found := segments.to_merge(self._connection, kind):
                with self._transaction() as connection:
                    segments.merge(connection, kind, found)

    def learn(self) -> int:
        """Looks up the forms of the words that have come in since the last time; how many were new.

        What was taken in is found before this, as it was said. Raises `DictionaryError`.
        """
        from onrecord.transcripts.words.learning import (
            learn,  # a process is started for it; questions never are
        )

        self.count()
        with translated(self.path):
            return learn(self._connection)

    def count(self) -> None:
        """Brings the vocabulary up to date, from which questions are completed and misspelt words are mended."""
        with translated(self.path):
            (some,) = self._connection.execute("SELECT EXISTS (SELECT 1 FROM uncounted)").fetchone()
        if some:
            with self._transaction() as connection:
                count(connection)

    def settle(self) -> None:
        """Brings the write-ahead log home, so that the file is whole by itself."""
        with translated(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _add(
    batch: Batch, event: IndexedEvent, transcripts: Sequence[IndexedTranscript], fingerprint: str
) -> None:
    if len(transcripts) > _MOST_TRANSCRIPTS:
        raise UsageError(
            f"'{event.stem}' has {len(transcripts)} transcripts; the search index takes 255 for one event."
        )
    batch.add(event, transcripts, fingerprint)
