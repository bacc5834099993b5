"""What the last run of the export wrote: which file belongs to what, and the digest of what each was made of.

It stands in `.onrecord/site.sqlite3` and is derived: without it, or where anything in it is in doubt, everything is
made again. It speaks of two trees that are equal, the public one and the one in reserve, and is marked as unfinished
while they are being changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from onrecord.site.export.tree import ALWAYS, Placed, part_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unit (key TEXT PRIMARY KEY, print TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
    name TEXT PRIMARY KEY, folded TEXT NOT NULL, unit TEXT NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL,
    part INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS file_folded ON file (folded);
CREATE INDEX IF NOT EXISTS file_unit ON file (unit);
CREATE INDEX IF NOT EXISTS file_part ON file (part);
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, stem TEXT NOT NULL, print TEXT NOT NULL, data, PRIMARY KEY (kind, stem, print)
);
"""
_VERSION = 4


class Ledger:
    """The ledger of one archive. Use it inside `open_ledger`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def standing(self) -> dict[str, str]:
        """The digests of what stands in both trees; empty when that is in doubt."""
        if self.fact("finished") != "yes":
            return {}
        return dict(self._connection.execute("SELECT key, print FROM unit"))

    def fact(self, name: str) -> str:
        """Something noted with the last run; empty: nothing was."""
        row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def files(self, part: int | None = None) -> dict[str, tuple[int, int]]:
        """The size and the time of every file, or of those in one part of the tree; see `part_of`."""
        where, values = ("", ()) if part is None else (" WHERE part IN (?, ?)", (ALWAYS, part))
        rows = self._connection.execute(f"SELECT name, size, time FROM file{where}", values)  # noqa: S608 - ours
        return {name: (size, time) for name, size, time in rows}

    def total(self) -> tuple[int, int]:
        """How many files there are, and their bytes."""
        known = self.fact("total").partition(" ")
        return int(known[0] or 0), int(known[2] or 0)

    def names(self, units: Iterable[str]) -> list[str]:
        """The files of these units."""
        return [
            row[0]
            for key in units
            for row in self._connection.execute("SELECT name FROM file WHERE unit = ?", (key,))
        ]

    def unit_of(self, name: str) -> str:
        """The unit that a file belongs to; empty: nobody has put it there."""
        row = self._connection.execute("SELECT unit FROM file WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def owner(self, folded: str) -> str:
        """The unit that has a file of this name, capitals or not; empty: none has."""
        row = self._connection.execute("SELECT unit FROM file WHERE folded = ?", (folded,)).fetchone()
        return str(row[0]) if row else ""

    def kept(self, kind: str, stem: str, digest: str) -> Any:
        """What was kept of an event, made of what has this digest; None: nothing."""
        row = self._connection.execute(
            "SELECT data FROM kept WHERE kind = ? AND stem = ? AND print = ?", (kind, stem, digest)
        ).fetchone()
        return row[0] if row else None

    def all_kept(self, kind: str) -> list[tuple[str, str, Any]]:
        """The same of all events: stem, digest, data."""
        return self._connection.execute(
            "SELECT stem, print, data FROM kept WHERE kind = ?", (kind,)
        ).fetchall()

    def keep(self, kind: str, new: Mapping[str, str | bytes], digests: Mapping[str, str]) -> None:
        """Keeps what is new, by stem. What was made of anything else than what has these digests goes: of an event that
        nobody may see any more nothing is left.
        """
        known = self._connection.execute("SELECT stem, print FROM kept WHERE kind = ?", (kind,)).fetchall()
        self._connection.executemany(
            "DELETE FROM kept WHERE kind = ? AND stem = ? AND print = ?",
            [(kind, stem, digest) for stem, digest in known if digests.get(stem) != digest],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)",
            [(kind, stem, digests[stem], data) for stem, data in new.items()],
        )

    def doubt(self) -> None:
        """Notes durably that the trees are being changed."""
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES ('finished', 'no')")
        self._connection.commit()

    def forget(self) -> None:
        """Nothing stands any more."""
        self._connection.execute("DELETE FROM fact WHERE name = 'total'")
        for table in ("unit", "file"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - two names, both ours

    def finish(
        self,
        gone: Iterable[str],
        made: Iterable[tuple[str, str, Iterable[Placed]]],
        facts: Mapping[str, str],
    ) -> None:
        """Notes what stands in both trees now: the units that are gone, those that were made (key, digest, files)."""
        rows = list(made)
        count, size = self.total()
        for key in (*gone, *(key for key, _, _ in rows)):
            went = self._connection.execute(
                "DELETE FROM file WHERE unit = ? RETURNING size", (key,)
            ).fetchall()
            count, size = count - len(went), size - sum(row[0] for row in went)
            self._connection.execute("DELETE FROM unit WHERE key = ?", (key,))
        for key, digest, files in rows:
            placed = list(files)
            count, size = count + len(placed), size + sum(file.size for file in placed)
            self._connection.execute("INSERT INTO unit VALUES (?, ?)", (key, digest))
            self._connection.executemany(
                "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (file.name, file.name.casefold(), key, file.size, file.time, part_of(file.name))
                    for file in placed
                ],
            )
        self._connection.executemany(
            "INSERT OR REPLACE INTO fact VALUES (?, ?)",
            [*facts.items(), ("total", f"{count} {size}"), ("finished", "yes")],
        )
        self._connection.commit()


@contextmanager
def open_ledger(path: Path) -> Iterator[Ledger]:
    """The ledger at a path; one that cannot be read is made anew, empty."""
    try:
        connection = _opened(path)
    except sqlite3.Error:
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        connection = _opened(path)
    try:
        yield Ledger(connection)
    finally:
        with suppress(sqlite3.Error):
            connection.rollback()
        connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            for table in ("fact", "unit", "file", "kept"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("SELECT count(*) FROM fact").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
