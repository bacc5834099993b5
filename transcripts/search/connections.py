"""Connections that read the search index: opened once, kept open, each used by one question at a time."""

from __future__ import annotations

import atexit
import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onrecord.errors import SearchIndexError
from onrecord.files import free_bytes, storage_error
from onrecord.transcripts.search.layout import SCHEMA

_LEAST_FREE = 1 << 20  # bytes that SQLite needs at most to begin
_REBUILD = "Run 'onrecord reindex' to make it again from the files."
_KEPT = 4  # idle connections of one index
_STEPS = 20_000  # of SQLite's machine, between two looks at the clock


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
        f"{path.resolve().as_uri()}?{how}", uri=True, isolation_level=None, timeout=5, check_same_thread=False
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


_idle: dict[tuple[str, int, int], list[sqlite3.Connection]] = {}
_idling = threading.Lock()


@contextmanager
def reading(path: Path, until: float) -> Iterator[sqlite3.Connection]:
    """A connection inside a transaction: one state of the index until the end. SQLite's work on it is
    interrupted when the monotonic clock reaches `until`.

    Raises `SearchIndexError` as `open_reader` does, and for what SQLite meets in a damaged file.
    """
    with translated(path):
        connection, key = _take(path)
        connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("ROLLBACK")
            connection.set_progress_handler(None, 0)
        except BaseException:
            connection.close()
            raise
        _give_back(connection, key)


def _take(path: Path) -> tuple[sqlite3.Connection, tuple[str, int, int]]:
    """An idle connection to the file that stands there now, or a new one."""
    try:
        stat = path.stat()
        key = (str(path), stat.st_dev, stat.st_ino)
    except OSError:
        key = (str(path), 0, 0)
    with _idling:
        for other in [one for one in _idle if one[0] == key[0] and one != key]:
            for connection in _idle.pop(other):  # the file has been made again
                connection.close()
        held = _idle.get(key)
        if held:
            return held.pop(), key
    return open_reader(path), key


def _give_back(connection: sqlite3.Connection, key: tuple[str, int, int]) -> None:
    with _idling:
        held = _idle.setdefault(key, [])
        if len(held) < _KEPT:
            held.append(connection)
            return
    connection.close()


@atexit.register
def close_all() -> None:
    """Closes the idle connections."""
    with _idling:
        while _idle:
            for connection in _idle.popitem()[1]:
                connection.close()
