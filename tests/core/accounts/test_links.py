"""Links that let somebody in once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from onrecord.accounts import links, people
from onrecord.database import Database
from onrecord.errors import AccountError


def test_first_owner_gets_a_link_until_there_is_one(database: Database, now: datetime) -> None:
    """Each start makes a new link, and the one before works no more."""
    with database.writing() as connection:
        first, second = links.first_owner(connection, now), links.first_owner(connection, now)
        assert first and second
        with pytest.raises(AccountError):
            links.find(connection, first, now)
        assert links.join(connection, second, "Olha Owner", "no hash", now).role == "owner"
        assert links.first_owner(connection, now) is None


def test_link_for_a_password_makes_nobody(database: Database, now: datetime) -> None:
    """What it is for cannot be turned: a link for a password joins nobody, an invitation sets no password."""
    with database.writing() as connection:
        person = people.add(connection, "Edna Editor", "editor", "old", now)
        password = links.make(connection, "password", now, person=person.id)
        invitation = links.make(connection, "invitation", now)
        with pytest.raises(AccountError):
            links.join(connection, password, "Another", "no hash", now)
        with pytest.raises(AccountError):
            links.set_password(connection, invitation, "new", now)
        assert people.password_hash(connection, person.id) == "old"
        links.set_password(connection, password, "new", now)
        assert people.password_hash(connection, person.id) == "new"


@pytest.mark.parametrize("kind", ["owner", "invitation", "password"])
def test_link_ends(database: Database, now: datetime, kind: links.Kind) -> None:
    """To the second."""
    with database.writing() as connection:
        person = people.add(connection, "Edna Editor", "editor", "old", now).id if kind == "password" else ""
        token = links.make(connection, kind, now, person=person)
        links.find(connection, token, now + links.LASTS[kind])
        with pytest.raises(AccountError):
            links.find(connection, token, now + links.LASTS[kind] + timedelta(seconds=1))


def test_of_many_who_follow_one_link_one_gets_in(database: Database, now: datetime) -> None:
    """Ten at the same time make one account."""
    with database.writing() as connection:
        token = links.make(connection, "invitation", now)
    joined: list[str] = []

    def follow(number: int) -> None:
        try:
            with database.writing() as connection:
                joined.append(links.join(connection, token, f"Person {number}", "no hash", now).name)
        except AccountError:
            pass

    threads = [threading.Thread(target=follow, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert [person.name for person in people.everybody(connection)] == joined
    assert len(joined) == 1
