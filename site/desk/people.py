"""The people of the desk, for owners: invite, change a role, help somebody back in, close the door, remove."""

from __future__ import annotations

from starlette.responses import Response

from onrecord import audit
from onrecord.accounts import devices, links, people, sessions
from onrecord.accounts.people import ROLES, Person, as_role
from onrecord.accounts.tokens import new_handle
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.guard import own_origin
from onrecord.site.desk.signing import ROLE_NAMES

_HERE = "/desk/people/"


def everybody(ask: Ask) -> Response:
    """Who may come in, and which invitations are open."""
    return _list(ask)


def invite(ask: Ask) -> Response:
    """Makes an invitation and shows its address, this once."""
    role = as_role(ask.form.text("role", most=20))
    remark = ask.form.text("remark", most=100)
    with ask.database.writing() as connection:
        token = links.make(connection, "invitation", ask.now, role=role, remark=remark, by=ask.me.name)
        audit.note(connection, who=ask.me.name, what="person.invited", detail=role)
    return _list(ask, made=_address(ask, token))


def take_back(ask: Ask) -> Response:
    """Takes a link back."""
    with ask.database.writing() as connection:
        gone = links.take_back(connection, ask.form.text("link", most=40))
        if gone is not None:
            audit.note(connection, who=ask.me.name, what="person.link-taken-back", detail=gone.role)
    return ask.go(_HERE, ask.words.gettext("The link does not work any more."))


def one(ask: Ask) -> Response:
    """A person, and what an owner can do."""
    return _one(ask, _person(ask))


def change_role(ask: Ask) -> Response:
    """Another role; the person signs in anew."""
    person, role = _person(ask), as_role(ask.form.text("role", most=20))
    if role != person.role:
        with ask.database.writing() as connection:
            people.set_role(connection, person.id, role)
            sessions.end_all(connection, person.id)
            audit.note(connection, who=ask.me.name, what="person.role-changed", subject=person.name,
                       detail=f"{person.role} → {role}")  # fmt: skip
    return ask.go(f"{_HERE}{person.id}/", ask.words.gettext("Saved."))


def password_link(ask: Ask) -> Response:
    """Makes a link for a new password and shows its address, this once."""
    person = _person(ask)
    with ask.database.writing() as connection:
        token = links.make(
            connection, "password", ask.now, person=person.id, role=person.role, by=ask.me.name
        )
        audit.note(connection, who=ask.me.name, what="person.password-link-made", subject=person.name)
    return _one(ask, person, made=_address(ask, token))


def end_sessions(ask: Ask) -> Response:
    """Signs somebody out everywhere."""
    person = _person(ask)
    with ask.database.writing() as connection:
        sessions.end_all(connection, person.id)
        audit.note(connection, who=ask.me.name, what="person.signed-out", subject=person.name)
    return ask.go(f"{_HERE}{person.id}/", ask.words.gettext("Ended."))


def close_door(ask: Ask) -> Response:
    """The person may not come in, or may again; nothing of what they did changes."""
    person, closed = _person(ask), ask.form.flag("closed")
    with ask.database.writing() as connection:
        people.set_disabled(connection, person.id, closed)
        if closed:
            sessions.end_all(connection, person.id)
            devices.forget_all(connection, person.id)
        audit.note(connection, who=ask.me.name, what="person.disabled" if closed else "person.enabled",
                   subject=person.name)  # fmt: skip
    return ask.go(f"{_HERE}{person.id}/", ask.words.gettext("Saved."))


def remove(ask: Ask) -> Response:
    """Removes an account; on request the log forgets the name too."""
    person, forget = _person(ask), ask.form.flag("forget")
    with ask.database.writing() as connection:
        people.delete(connection, person.id)
        name = person.name
        if forget:
            name = f"? {new_handle()[:6]}"
            audit.rename(connection, person.name, name)
        who = name if person.id == ask.me.id else ask.me.name
        audit.note(connection, who=who, what="person.removed", subject=name)
    return ask.go(_HERE, ask.words.gettext("%(name)s was removed.", name=person.name))


def _person(ask: Ask) -> Person:
    with ask.database.reading() as connection:
        return people.find(connection, ask.params["id"])


def _address(ask: Ask, token: str) -> str:
    return f"{own_origin(ask.request.scope)}/desk/join/{token}"


def _list(ask: Ask, made: str = "") -> Response:
    with ask.database.reading() as connection:
        everyone = people.everybody(connection)
        waiting = links.open_links(connection, ask.now)
    names = {person.id: person.name for person in everyone}
    return ask.render(
        "people.html", everyone=everyone, waiting=waiting, names=names, made=made, roles=_roles(ask),
        days=links.LASTS["invitation"].days,
    )  # fmt: skip


def _one(ask: Ask, person: Person, made: str = "") -> Response:
    with ask.database.reading() as connection:
        signed_in = len(sessions.of(connection, person.id, ask.now))
        last = person.role == "owner" and not person.disabled and people.owners(connection) == 1
    return ask.render(
        "person.html", one=person, signed_in=signed_in, last=last, made=made, roles=_roles(ask),
        hours=links.LASTS["password"].days * 24,
    )  # fmt: skip


def _roles(ask: Ask) -> list[tuple[str, str]]:
    return [(role, ask.words.gettext(ROLE_NAMES[role])) for role in ROLES]


ROUTES = (
    desk_route(_HERE, everybody, who="owner"),
    desk_route("/desk/people/invite", invite, who="owner", methods=("POST",)),
    desk_route("/desk/people/take-back", take_back, who="owner", methods=("POST",)),
    desk_route("/desk/people/{id}/", one, who="owner"),
    desk_route("/desk/people/{id}/role", change_role, who="owner", methods=("POST",)),
    desk_route("/desk/people/{id}/password-link", password_link, who="owner", methods=("POST",)),
    desk_route("/desk/people/{id}/sign-out", end_sessions, who="owner", methods=("POST",)),
    desk_route("/desk/people/{id}/door", close_door, who="owner", methods=("POST",)),
    desk_route("/desk/people/{id}/remove", remove, who="owner", methods=("POST",)),
)
