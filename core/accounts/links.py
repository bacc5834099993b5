"""Links that let somebody in once: the first owner's, an invitation, a new password. They end by themselves."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from onrecord.accounts import devices, people, sessions
from onrecord.accounts.people import Person, Role, as_role
from onrecord.accounts.tokens import instant, key_of, new_handle, new_token, written
from onrecord.errors import AccountError
from onrecord.languages import N_

Kind = Literal["owner", "invitation", "password"]
LASTS: dict[Kind, timedelta] = {
    "owner": timedelta(days=1),
    "invitation": timedelta(days=7),
    "password": timedelta(days=1),
}


@dataclass(frozen=True)
class Link:
    """What a link is for. `person` is the id of the one whose password it sets; `handle` names it on pages."""

    handle: str
    kind: Kind
    role: Role
    person: str
    remark: str
    made_by: str
    made_at: datetime
    ends_at: datetime


def make(
    connection: sqlite3.Connection, kind: Kind, now: datetime, *, role: Role = "editor", person: str = "",
    remark: str = "", by: str = "",
) -> str:  # fmt: skip
    """Makes a link; gives its token, which is shown once and kept nowhere. Of the first owner's links and of those
    for one person's password only the newest holds.
    """
    if kind != "invitation":
        connection.execute("DELETE FROM links WHERE kind = ? AND person = ?", (kind, person))
    connection.execute("DELETE FROM links WHERE ends_at < ?", (written(now),))
    token = new_token()
    connection.execute(
        "INSERT INTO links (key, handle, kind, role, person, remark, made_by, made_at, ends_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (key_of(token), new_handle(), kind, "owner" if kind == "owner" else role, person, remark[:100], by,
         written(now), written(now + LASTS[kind])),
    )  # fmt: skip
    return token


def first_owner(connection: sqlite3.Connection, now: datetime) -> str | None:
    """A link that makes the first owner; None where there is one already who may come in."""
    return None if people.owners(connection) else make(connection, "owner", now)


def find(connection: sqlite3.Connection, token: str, now: datetime) -> Link:
    """What a link is for; raises `AccountError` when it was used, taken back, or has ended. Looking uses nothing up:
    programs that preview links look too.
    """
    row = connection.execute("SELECT * FROM links WHERE key = ?", (key_of(token),)).fetchone()
    if row is None or instant(row["ends_at"]) < now:
        raise AccountError(
            N_("This link does not work any more."),
            advice=N_("It works once, and for a limited time. Ask for a new one."),
        )
    return _link(row)


def open_links(connection: sqlite3.Connection, now: datetime) -> list[Link]:
    """Those that still work, the newest first."""
    rows = connection.execute(
        "SELECT * FROM links WHERE ends_at >= ? ORDER BY made_at DESC, handle", (written(now),)
    )
    return [_link(row) for row in rows]


def join(
    connection: sqlite3.Connection, token: str, name: str, kept: str, now: datetime, *, language: str = ""
) -> Person:
    """Makes the account that a link was made for, and uses the link up; both or neither."""
    link = find(connection, token, now)
    if link.kind == "password":
        raise AccountError(N_("This link does not work any more."))
    _use_up(connection, token)
    return people.add(connection, name, link.role, kept, now, language=language)


def set_password(connection: sqlite3.Connection, token: str, kept: str, now: datetime) -> Person:
    """Sets the password that a link was made for, uses it up and ends every session of the person."""
    link = find(connection, token, now)
    if link.kind != "password":
        raise AccountError(N_("This link does not work any more."))
    _use_up(connection, token)
    people.set_password(connection, link.person, kept, now)
    sessions.end_all(connection, link.person)
    devices.forget_all(connection, link.person)
    return people.find(connection, link.person)


def take_back(connection: sqlite3.Connection, handle: str) -> Link | None:
    """Takes a link back; gives it, or None when it was gone already."""
    row = connection.execute("DELETE FROM links WHERE handle = ? RETURNING *", (handle,)).fetchone()
    return None if row is None else _link(row)


def _use_up(connection: sqlite3.Connection, token: str) -> None:
    connection.execute("DELETE FROM links WHERE key = ?", (key_of(token),))


def _link(row: sqlite3.Row) -> Link:
    return Link(
        handle=row["handle"],
        kind=cast(Kind, row["kind"]),
        role=as_role(row["role"] or "editor"),
        person=row["person"],
        remark=row["remark"],
        made_by=row["made_by"],
        made_at=instant(row["made_at"]),
        ends_at=instant(row["ends_at"]),
    )
