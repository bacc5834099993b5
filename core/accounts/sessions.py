"""Sessions: who is signed in, where. They are kept on the server; the browser holds a random token, the database
its hash.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from onrecord.accounts import people
from onrecord.accounts.people import Person
from onrecord.accounts.tokens import instant, key_of, new_handle, new_token, written

IDLE = timedelta(hours=12)  # without a request
LONGEST = timedelta(days=7)
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """One sign-in. `handle` names it on pages and opens nothing; `device` is the kind of browser and system."""

    handle: str
    person: str
    device: str
    made_at: datetime
    seen_at: datetime
    said: str  # a sentence for the next page


def begin(connection: sqlite3.Connection, person: Person, device: str, now: datetime) -> str:
    """Signs somebody in; gives the token."""
    token = new_token()
    connection.execute(
        "INSERT INTO sessions (key, handle, person, device, made_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
        (key_of(token), new_handle(), person.id, device[:80], written(now), written(now)),
    )
    people.set_signed_in(connection, person.id, now)
    connection.execute(  # those that nobody will use again
        "DELETE FROM sessions WHERE made_at < ? OR seen_at < ?", (written(now - LONGEST), written(now - IDLE))
    )
    return token


def find(connection: sqlite3.Connection, token: str, now: datetime) -> tuple[Session, Person] | None:
    """The session of a token, with its person; None when it has ended, or the person may not come in."""
    row = connection.execute("SELECT * FROM sessions WHERE key = ?", (key_of(token),)).fetchone()
    if row is None:
        return None
    session = _session(row)
    if now - session.seen_at > IDLE or now - session.made_at > LONGEST:
        return None
    found = connection.execute("SELECT disabled FROM people WHERE id = ?", (session.person,)).fetchone()
    if found is None or found["disabled"]:
        return None
    return session, people.find(connection, session.person)


def worth_noting(session: Session, now: datetime) -> bool:
    """Whether it is time to write down again that a session is in use: not at each request."""
    return abs(now - session.seen_at) > _NOTED_EVERY


def note_use(connection: sqlite3.Connection, session: Session, now: datetime) -> None:
    """Writes down that a session is in use."""
    connection.execute("UPDATE sessions SET seen_at = ? WHERE handle = ?", (written(now), session.handle))


def say(connection: sqlite3.Connection, handle: str, sentence: str) -> None:
    """Leaves a sentence for the next page."""
    connection.execute("UPDATE sessions SET said = ? WHERE handle = ?", (sentence[:500], handle))


def of(connection: sqlite3.Connection, person_id: str, now: datetime) -> list[Session]:
    """Where somebody is signed in, the latest first."""
    rows = connection.execute(
        "SELECT * FROM sessions WHERE person = ? AND made_at >= ? AND seen_at >= ? ORDER BY seen_at DESC, handle",
        (person_id, written(now - LONGEST), written(now - IDLE)),
    )
    return [_session(row) for row in rows]


def end(connection: sqlite3.Connection, token: str) -> None:
    """Ends the session of a token."""
    connection.execute("DELETE FROM sessions WHERE key = ?", (key_of(token),))


def end_one(connection: sqlite3.Connection, person_id: str, handle: str) -> bool:
    """Ends one session of a person; False when it had ended already."""
    done = connection.execute("DELETE FROM sessions WHERE person = ? AND handle = ?", (person_id, handle))
    return done.rowcount > 0


def end_all(connection: sqlite3.Connection, person_id: str, *, but: str = "") -> int:
    """Ends all sessions of a person, but for the one with that handle; gives how many."""
    done = connection.execute("DELETE FROM sessions WHERE person = ? AND handle != ?", (person_id, but))
    return done.rowcount


def _session(row: sqlite3.Row) -> Session:
    return Session(
        handle=row["handle"],
        person=row["person"],
        device=row["device"],
        made_at=instant(row["made_at"]),
        seen_at=instant(row["seen_at"]),
        said=row["said"],
    )
