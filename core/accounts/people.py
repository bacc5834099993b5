"""The people of the desk: a name, a role, a language, whether they may come in."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from onrecord.accounts.tokens import instant, new_handle, written
from onrecord.errors import AccountError, NotFoundError
from onrecord.languages import N_

Role = Literal["editor", "organiser", "owner"]
ROLES: tuple[Role, ...] = ("editor", "organiser", "owner")  # each may do what the one before may
_LONGEST_NAME = 60
_COLUMNS = "id, name, role, language, disabled, made_at, password_at, signed_in_at"


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `name` is what others see and what is typed to sign in."""

    id: str
    name: str
    role: Role
    language: str
    disabled: bool
    made_at: datetime
    password_at: datetime
    signed_in_at: datetime | None

    def may(self, role: Role) -> bool:
        """Whether this person may do what that role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def key_of_name(name: str) -> str:
    """By what a name is found again: without regard to case, to spaces, or to how letters are put together."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def checked_name(name: str) -> str:
    """The name as it is kept; raises `AccountError` for what is none."""
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    if not 2 <= len(shown) <= _LONGEST_NAME:
        raise AccountError(N_("A name has from 2 to %(num)s characters."), num=_LONGEST_NAME)
    if any(unicodedata.category(letter)[0] == "C" for letter in shown) or not re.search(r"\w", shown):
        raise AccountError(N_("This name holds characters that cannot be read."))
    return shown


def as_role(text: str) -> Role:
    """The role of that name; raises `AccountError` for another word."""
    if text not in ROLES:
        raise AccountError(N_("There is no such role."))
    return text


def add(
    connection: sqlite3.Connection,
    name: str,
    role: Role,
    password_hash: str,
    now: datetime,
    *,
    language: str = "",
) -> Person:
    """Makes an account; raises `AccountError` when somebody has that name already."""
    shown = checked_name(name)
    person_id = new_handle()
    at = written(now)
    try:
        connection.execute(
            "INSERT INTO people (id, name, key, role, language, password, made_at, password_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (person_id, shown, key_of_name(shown), role, language, password_hash, at, at),
        )
    except sqlite3.IntegrityError as error:
        raise AccountError(
            N_("Somebody has this name already."), advice=N_("Choose another one, or add something to it.")
        ) from error
    return find(connection, person_id)


def find(connection: sqlite3.Connection, person_id: str) -> Person:
    """The person with an id; raises `NotFoundError`."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM people WHERE id = ?", (person_id,)).fetchone()  # noqa: S608
    if row is None:
        raise NotFoundError("there is no such person.", advice="Look at the list of people.")
    return _person(row)


def everybody(connection: sqlite3.Connection) -> list[Person]:
    """Everyone, by name."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM people ORDER BY key")  # noqa: S608
    return [_person(row) for row in rows]


def by_name(connection: sqlite3.Connection, name: str) -> tuple[Person, str] | None:
    """Who signs in with that name, with what is kept of the password; None: nobody."""
    row = connection.execute(
        f"SELECT {_COLUMNS}, password FROM people WHERE key = ?",  # noqa: S608
        (key_of_name(name),),
    ).fetchone()
    return None if row is None else (_person(row), str(row["password"]))


def password_hash(connection: sqlite3.Connection, person_id: str) -> str:
    """What is kept of a person's password."""
    find(connection, person_id)
    row = connection.execute("SELECT password FROM people WHERE id = ?", (person_id,)).fetchone()
    return str(row["password"])


def owners(connection: sqlite3.Connection) -> int:
    """How many owners may come in."""
    row = connection.execute("SELECT count(*) FROM people WHERE role = 'owner' AND NOT disabled").fetchone()
    return int(row[0])


def set_password(connection: sqlite3.Connection, person_id: str, kept: str, now: datetime) -> None:
    """Another password; the sessions are ended by whoever changes it."""
    connection.execute(
        "UPDATE people SET password = ?, password_at = ? WHERE id = ?", (kept, written(now), person_id)
    )


def keep_again(connection: sqlite3.Connection, person_id: str, kept: str) -> None:
    """The same password, kept with more care than before."""
    connection.execute("UPDATE people SET password = ? WHERE id = ?", (kept, person_id))


def set_role(connection: sqlite3.Connection, person_id: str, role: Role) -> None:
    """Another role; raises `AccountError` when nobody would be owner."""
    connection.execute("UPDATE people SET role = ? WHERE id = ?", (role, person_id))
    _keep_an_owner(connection)


def set_disabled(connection: sqlite3.Connection, person_id: str, disabled: bool) -> None:
    """Whether the person may come in; raises `AccountError` when nobody would be owner."""
    connection.execute("UPDATE people SET disabled = ? WHERE id = ?", (int(disabled), person_id))
    _keep_an_owner(connection)


def set_language(connection: sqlite3.Connection, person_id: str, language: str) -> None:
    """The language of the desk for this person; empty: as the browser asks."""
    connection.execute("UPDATE people SET language = ? WHERE id = ?", (language, person_id))


def set_signed_in(connection: sqlite3.Connection, person_id: str, now: datetime) -> None:
    """Writes down the last time that the person came in."""
    connection.execute("UPDATE people SET signed_in_at = ? WHERE id = ?", (written(now), person_id))


def delete(connection: sqlite3.Connection, person_id: str) -> None:
    """Removes an account with all that lets it in; raises `AccountError` when nobody would be owner."""
    for table in ("sessions", "devices", "links"):
        connection.execute(f"DELETE FROM {table} WHERE person = ?", (person_id,))  # noqa: S608
    connection.execute("DELETE FROM people WHERE id = ?", (person_id,))
    _keep_an_owner(connection)


def _keep_an_owner(connection: sqlite3.Connection) -> None:
    if not owners(connection):  # the transaction is undone
        raise AccountError(N_("Then nobody would be owner."), advice=N_("Make somebody else an owner first."))


def _person(row: Sequence[object] | sqlite3.Row) -> Person:
    values = cast(sqlite3.Row, row)
    seen = values["signed_in_at"]
    return Person(
        id=values["id"],
        name=values["name"],
        role=as_role(values["role"]),
        language=values["language"],
        disabled=bool(values["disabled"]),
        made_at=instant(values["made_at"]),
        password_at=instant(values["password_at"]),
        signed_in_at=instant(seen) if seen else None,
    )
