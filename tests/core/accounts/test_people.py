"""People: names, roles, and an owner who stays."""

from __future__ import annotations

from datetime import datetime

import pytest

from onrecord.accounts import links, people, sessions
from onrecord.accounts.people import Role
from onrecord.database import Database
from onrecord.errors import AccountError, NotFoundError


def made(database: Database, now: datetime, name: str, role: Role = "editor") -> people.Person:
    """Somebody with an account."""
    with database.writing() as connection:
        return people.add(connection, name, role, "no hash", now)


def test_roles_hold_one_another(database: Database, now: datetime) -> None:
    """An owner may what an organiser may, who may what an editor may."""
    may = {
        role: [other for other in people.ROLES if made(database, now, f"the {role}{other}", role).may(other)]
        for role in people.ROLES
    }
    assert may == {
        "editor": ["editor"],
        "organiser": ["editor", "organiser"],
        "owner": ["editor", "organiser", "owner"],
    }


def test_name_is_found_however_it_is_typed_and_taken_once(database: Database, now: datetime) -> None:
    """Case, spaces and the way that letters are put together make no second person."""
    made(database, now, "  Ольга   Приклад ")
    with database.reading() as connection:
        found = people.by_name(connection, "ольга приклад")
        assert found is not None
        assert found[0].name == "Ольга Приклад"
        assert people.by_name(connection, "ольга") is None
    with pytest.raises(AccountError, match="Somebody has this name already"):
        made(database, now, "ОЛЬГА\u00a0ПРИКЛАД")


@pytest.mark.parametrize(
    "name", ["", " ", "A", "x" * 61, "An\x00na", "Anna\u202eelpmaxE", "--", "Anna\u200bExample"]
)
def test_name_that_cannot_be_read_is_refused(database: Database, now: datetime, name: str) -> None:
    """No control characters, nothing that turns the text around it, no empty name."""
    with pytest.raises(AccountError):
        made(database, now, name)


@pytest.mark.parametrize("how", ["role", "door", "delete"])
def test_last_owner_stays(database: Database, now: datetime, how: str) -> None:
    """Neither another role, nor a closed door, nor removal leaves the archive without an owner; nothing is changed."""
    owner = made(database, now, "Olha Owner", "owner")
    made(database, now, "Oskar Organiser", "organiser")

    def away(person: people.Person) -> None:
        with database.writing() as connection:
            if how == "role":
                people.set_role(connection, person.id, "organiser")
            elif how == "door":
                people.set_disabled(connection, person.id, True)
            else:
                people.delete(connection, person.id)

    with pytest.raises(AccountError, match="nobody would be owner"):
        away(owner)
    with database.reading() as connection:
        assert people.find(connection, owner.id) == owner
    second = made(database, now, "Anna Example", "owner")
    away(owner)
    with pytest.raises(AccountError, match="nobody would be owner"):
        away(second)


def test_who_is_removed_leaves_nothing_that_lets_in(database: Database, now: datetime) -> None:
    """Sessions and links go with the account."""
    person = made(database, now, "Edna Editor")
    made(database, now, "Olha Owner", "owner")
    with database.writing() as connection:
        token = sessions.begin(connection, person, "", now)
        links.make(connection, "password", now, person=person.id)
        people.delete(connection, person.id)
        assert sessions.find(connection, token, now) is None
        assert links.open_links(connection, now) == []
        with pytest.raises(NotFoundError):
            people.find(connection, person.id)
