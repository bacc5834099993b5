"""The audit log: who did what, and when. It is kept in `state.sqlite3` and names no address of any person's machine.

`what` is a dotted word such as `event.published`; the sentence that people read is made on the page.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from onrecord.database import Part

PART = Part(
    "audit",
    (
        "CREATE TABLE audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL,"
        " what TEXT NOT NULL, subject TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '')",
        "CREATE INDEX audit_by_subject ON audit (subject, number)",
    ),
)
_LONGEST = 500  # characters of a detail


@dataclass(frozen=True)
class Entry:
    """One thing that was done. `subject` is an event's stem, a person's name, or empty."""

    number: int
    at: datetime
    who: str
    what: str
    subject: str
    detail: str


def note(connection: sqlite3.Connection, *, who: str, what: str, subject: str = "", detail: str = "") -> None:
    """Writes down that `who` did `what`, within the transaction in which it is done."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    row = (at, who, what, subject, detail[:_LONGEST])
    connection.execute("INSERT INTO audit (at, who, what, subject, detail) VALUES (?, ?, ?, ?, ?)", row)


def entries(
    connection: sqlite3.Connection,
    *,
    before: int | None = None,
    limit: int = 100,
    subject: str = "",
    who: str = "",
    what: str = "",
) -> list[Entry]:
    """The newest first; `before` is the number of an entry. `what` is a whole word or its beginning up to a dot."""
    rows = connection.execute(
        "SELECT number, at, who, what, subject, detail FROM audit WHERE number < ?"
        " AND (? = '' OR subject = ?) AND (? = '' OR who = ?)"
        " AND (? = '' OR what = ? OR substr(what, 1, length(?) + 1) = ? || '.')"
        " ORDER BY number DESC LIMIT ?",
        (before if before is not None else 1 << 62, subject, subject, who, who, *([what] * 4), limit),
    )
    return [
        Entry(row[0], datetime.strptime(row[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC), *row[2:])
        for row in rows
    ]


def names(connection: sqlite3.Connection) -> list[str]:
    """Everybody who has done something."""
    return [row[0] for row in connection.execute("SELECT DISTINCT who FROM audit ORDER BY who")]


def rename(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Calls somebody by another name in the whole log: who leaves may want to be forgotten."""
    connection.execute("UPDATE audit SET who = ? WHERE who = ?", (new, old))
    connection.execute("UPDATE audit SET subject = ? WHERE subject = ? AND what LIKE 'person.%'", (new, old))
