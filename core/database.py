"""The archive's state in one SQLite file: accounts, sessions, jobs, the audit log. A record, not an index.

WAL with `synchronous=FULL`: what was committed is there after a power cut (NORMAL lost acknowledged commits in 130 of 469
power-cut states). The file is checked when it is opened, and copied once a day by `VACUUM INTO`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import ArchiveError, LockedError, OnrecordError, StorageError
from onrecord.files import make_folder, settle, translated
from onrecord.locks import lock

KEPT = 7  # daily copies
_BUSY = 30.0  # seconds to wait for another writer
_PREPARED = 60.0  # seconds to wait for another who opens, checks or copies it


@dataclass(frozen=True)
class Part:
    """The tables of one thing, such as jobs.

    Each of `steps` is a script of DDL, run once, in order, for ever: a later version adds a step and changes none.
    """

    name: str
    steps: tuple[str, ...]


class Database:
    """The open state of an archive, for any number of threads and processes; one connection per thread.

    Opening it makes the file (mode 0600) and the tables of the parts. Raises `StorageError` when the file is damaged,
    `ArchiveError` when a later onrecord made it.
    """

    def __init__(self, archive: Archive, *parts: Part) -> None:
        self.path = archive.state_file
        self._archive = archive
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        self._guard = threading.Lock()
        self._closed = False
        make_folder(self.path.parent, private=True)
        with lock(archive, "state", wait=_PREPARED, doing="opening the state"):
            with translated(self.path):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
                self.path.chmod(0o600)
            with _told(self.path):
                connection = self._connection()
                self._check(connection)
                connection.execute("PRAGMA journal_mode = WAL")
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    self._copy(datetime.now(UTC))
                with self.writing():
                    for part in parts:
                        self._grow(connection, part)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent state to read, whatever is written meanwhile; inside `writing` it is that transaction."""
        connection = self._connection()
        with _told(self.path):
            if connection.in_transaction:
                yield connection
                return
            connection.execute("PRAGMA query_only = 1")
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
                connection.execute("PRAGMA query_only = 0")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it lasts when the block ends well, and nothing when it does not.

        Inside another `writing` of the same thread it is a part of that one. Waits for other writers; raises
        `LockedError` when that takes more than 30 s.
        """
        connection = self._connection()
        with _told(self.path):
            inner = connection.in_transaction
            connection.execute("SAVEPOINT inner" if inner else "BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("RELEASE inner" if inner else "COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled it back already
                    if inner:
                        connection.execute("ROLLBACK TO inner")
                        connection.execute("RELEASE inner")
                    elif connection.in_transaction:
                        connection.execute("ROLLBACK")
                raise

    def keep_copy(self, now: datetime) -> None:
        """Makes the copy of the day of `now` where there is none yet; the latest seven days are kept.

        They stand in `.onrecord/state-backups/`. Whoever runs for days calls this from time to time.
        """
        if not self._copy_of(now).exists():
            with lock(self._archive, "state", wait=_PREPARED, doing="copying the state"), _told(self.path):
                self._copy(now)

    def close(self) -> None:
        """Closes the connections of all threads; nothing is lost without it."""
        with self._guard:
            self._closed = True
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    def _connection(self) -> sqlite3.Connection:
        thread = threading.current_thread()
        with self._guard:
            if self._closed:
                raise StorageError("the archive's state was closed.", path=self.path)
            known = self._connections.get(thread)
            if known is None:
                for gone in [one for one in self._connections if not one.is_alive()]:
                    self._connections.pop(gone).close()
                known = self._connections[thread] = self._open()
            return known

    def _open(self) -> sqlite3.Connection:
        # Closed by whichever thread closes the database, hence no check of threads.
        connection = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise _damaged(self.path, str(found))

    def _grow(self, connection: sqlite3.Connection, part: Part) -> None:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, steps INTEGER NOT NULL) WITHOUT ROWID"
        )
        row = connection.execute("SELECT steps FROM parts WHERE name = ?", (part.name,)).fetchone()
        done = row["steps"] if row else 0
        if done > len(part.steps):
            raise ArchiveError(
                "a later onrecord has worked on this archive's state.",
                path=self.path,
                advice="Upgrade onrecord.",
            )
        for step in part.steps[done:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(
            "INSERT INTO parts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET steps = excluded.steps",
            (part.name, len(part.steps)),
        )

    def _copy_of(self, now: datetime) -> Path:
        folder = self.path.parent / "state-backups"
        return folder / f"state-{now.astimezone(UTC):%Y-%m-%d}.sqlite3"

    def _copy(self, now: datetime) -> None:
        target = self._copy_of(now)
        if target.exists():
            return
        make_folder(target.parent, private=True)
        growing = target.with_name(f".{target.name}.tmp")
        with translated(growing):
            growing.unlink(missing_ok=True)
            os.close(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            self._connection().execute("VACUUM INTO ?", (str(growing),))
            settle(growing, target)
        finally:
            growing.unlink(missing_ok=True)
        # By name, not by time; the one just made stays even where a clock that ran ahead left later names.
        older = sorted(path for path in target.parent.glob("state-*.sqlite3") if path != target)
        for path in older[: max(0, len(older) - (KEPT - 1))]:
            path.unlink(missing_ok=True)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit between them."""
    statement = ""
    for piece in script.split(";")[:-1]:
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    rest = statement + script.rpartition(";")[2]
    if rest.strip():
        yield rest


def _damaged(path: Path, why: str) -> StorageError:
    copies = sorted((path.parent / "state-backups").glob("state-*.sqlite3"))
    advice = "Stop onrecord, move the file away and start again: the owner's account is then made anew."
    if copies:
        advice = f"Stop onrecord, move the file and its -wal away, and copy {copies[-1]} to its place."
    return StorageError(f"the archive's state is damaged: {why}.", path=path, advice=advice)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns what SQLite says of the file or its disk into errors for a person; slips in the code stay as they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        known = _known(error, path)
        if known is None:
            raise
        raise known from error


def _known(error: sqlite3.DatabaseError, path: Path) -> OnrecordError | None:
    # The primary code is the low byte (https://www.sqlite.org/rescode.html).
    code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError(
            "the archive's state is in use by another onrecord.",
            path=path,
            advice="Wait a moment, then try again.",
        )
    if code == sqlite3.SQLITE_FULL:
        return StorageError("the disk is full.", path=path, advice="Free some space, then try again.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _damaged(path, str(error))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageError(
            f"the archive's state cannot be written: {error}.", path=path,
            advice="Give yourself the right to this file and its folder.",
        )  # fmt: skip
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"the disk failed: {error}.", path=path, advice="Look at the disk, then try again."
        )
    return None
