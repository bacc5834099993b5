"""Browsers in which somebody has signed in before: a random token, of which the hash is kept with the person."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from onrecord.accounts.people import Person
from onrecord.accounts.tokens import key_of, new_token, written

LASTS = timedelta(days=180)
_MOST = 20  # of one person


def known(connection: sqlite3.Connection, token: str, person: Person, now: datetime) -> bool:
    """Whether this browser is one of that person's."""
    row = connection.execute(
        "SELECT 1 FROM devices WHERE key = ? AND person = ? AND made_at >= ?",
        (key_of(token), person.id, written(now - LASTS)),
    ).fetchone()
    return row is not None


def remember(connection: sqlite3.Connection, person: Person, now: datetime) -> str:
    """Gives the token of a browser from now on; the oldest of many are forgotten."""
    token = new_token()
    connection.execute("INSERT INTO devices VALUES (?, ?, ?)", (key_of(token), person.id, written(now)))
    connection.execute(
        "DELETE FROM devices WHERE made_at < ? OR (person = ? AND key NOT IN"
        " (SELECT key FROM devices WHERE person = ? ORDER BY made_at DESC LIMIT ?))",
        (written(now - LASTS), person.id, person.id, _MOST),
    )
    return token


def forget_all(connection: sqlite3.Connection, person_id: str) -> None:
    """No browser is known any more: the password may have been in somebody else's hands."""
    connection.execute("DELETE FROM devices WHERE person = ?", (person_id,))
