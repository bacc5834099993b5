"""The people of the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord import audit
from onrecord.accounts import people

PASSWORD, NEW = "seven quiet herons at noon", "nine slow foxes under ice"


def person(desk: Any, name: str) -> people.Person:
    """Somebody, as they are kept now."""
    with desk.database.reading() as connection:
        found = people.by_name(connection, name)
    assert found is not None
    return found[0]


def logged(desk: Any) -> list[tuple[str, str, str]]:
    """What the log says, the newest first."""
    with desk.database.reading() as connection:
        return [(entry.who, entry.what, entry.subject) for entry in audit.entries(connection, before=None)]


def secret(page: str) -> str:
    """The address that a page shows once, without its host."""
    return re.search(r'class="secret"[^>]*>https://testserver(/desk/join/[\w-]+)<', page)[1]


def test_second_owner_joins_without_the_command_line(desk: Any) -> None:
    """By an invitation, whose address is shown once."""
    owner = desk.client("owner")
    address = secret(owner.post("/desk/people/invite", data={"role": "owner", "remark": "for Anna"}).text)
    listed = owner.get("/desk/people/").text
    assert "for Anna" in listed
    assert address not in listed
    browser = desk.browser()
    browser.post(address, data={"name": "Anna Example", "password": PASSWORD, "again": PASSWORD})
    assert browser.get("/desk/people/").status_code == 200
    assert logged(desk)[:2] == [
        ("Anna Example", "person.joined", "Anna Example"), ("Olha Owner", "person.invited", ""),
    ]  # fmt: skip


def test_invitation_is_taken_back(desk: Any) -> None:
    """Then it opens nothing."""
    owner = desk.client("owner")
    address = secret(owner.post("/desk/people/invite", data={"role": "editor"}).text)
    handle = re.search(r'name="link" value="(\w+)"', owner.get("/desk/people/").text)[1]
    owner.post("/desk/people/take-back", data={"link": handle})
    assert desk.browser().get(address).status_code == 400


def test_another_role_ends_the_sessions(desk: Any) -> None:
    """What somebody may is asked of a session that began with that role."""
    owner, editor = desk.client("owner"), desk.client("editor")
    owner.post(f"/desk/people/{person(desk, 'Edna Editor').id}/role", data={"role": "organiser"})
    assert editor.get("/desk/me/").status_code == 303
    desk.sign_in(editor, "Edna Editor")
    assert editor.get("/desk/log/").status_code == 200
    with desk.database.reading() as connection:
        assert audit.entries(connection, before=None)[0].detail == "editor → organiser"


def test_closed_door_holds_at_once_and_can_be_opened(desk: Any) -> None:
    """The session ends, signing in is refused as if the password were wrong; later all is as before."""
    owner, editor = desk.client("owner"), desk.client("editor")
    door = f"/desk/people/{person(desk, 'Edna Editor').id}/door"
    owner.post(door, data={"closed": "yes"})
    assert editor.get("/desk/me/").status_code == 303
    assert desk.sign_in(editor, "Edna Editor").status_code == 403
    owner.post(door, data={})
    assert desk.sign_in(editor, "Edna Editor").status_code == 303


def test_owner_signs_somebody_out_and_helps_with_a_password(desk: Any) -> None:
    """The link is shown once and sets the password of that person alone."""
    owner, editor = desk.client("owner"), desk.client("editor")
    base = f"/desk/people/{person(desk, 'Edna Editor').id}"
    owner.post(f"{base}/sign-out")
    assert editor.get("/desk/me/").status_code == 303
    address = secret(owner.post(f"{base}/password-link").text)
    page = desk.browser().get(address).text
    assert "Set a new password for Edna Editor" in page
    assert 'name="name"' not in page
    desk.browser().post(address, data={"name": "Olha Owner", "password": NEW, "again": NEW})
    assert desk.sign_in(desk.browser(), "Edna Editor", NEW).status_code == 303
    assert desk.sign_in(desk.browser(), "Olha Owner").status_code == 303


@pytest.mark.parametrize(
    ("what", "form"), [("role", {"role": "editor"}), ("door", {"closed": "yes"}), ("remove", {})]
)
def test_only_owner_stays_owner(desk: Any, what: str, form: dict[str, str]) -> None:
    """A page says what to do first; nothing is changed, and nobody is signed out."""
    owner = desk.client("owner")
    address = f"/desk/people/{person(desk, 'Olha Owner').id}/"
    assert "the only owner" in owner.get(address).text
    answer = owner.post(address + what, data=form)
    assert (answer.status_code, "Then nobody would be owner." in answer.text) == (400, True)
    assert owner.get(address).status_code == 200


@pytest.mark.parametrize("forget", [False, True])
def test_person_is_removed_and_forgotten_on_request(desk: Any, forget: bool) -> None:
    """What was done stays in the log; under which name, the owner says."""
    owner, editor = desk.client("owner"), desk.client("editor")
    editor.post("/desk/me/password", data={"now": PASSWORD, "password": NEW, "again": NEW})
    found = person(desk, "Edna Editor")
    owner.post(f"/desk/people/{found.id}/remove", data={"forget": "yes"} if forget else {})
    assert editor.get("/desk/me/").status_code == 303
    assert desk.sign_in(desk.browser(), "Edna Editor", NEW).status_code == 403
    names = {name for who, _, subject in logged(desk) for name in (who, subject)}
    assert ("Edna Editor" in names) is not forget
    assert [what for _, what, _ in logged(desk)][:2] == ["person.removed", "person.password-changed"]
    assert owner.get(f"/desk/people/{found.id}/").status_code == 404
