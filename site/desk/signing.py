"""Coming in and going out: signing in, signing out, and the links that let somebody in once."""

from __future__ import annotations

import math
import re
from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from onrecord import audit
from onrecord.accounts import devices, links, passwords, people, sessions
from onrecord.accounts.links import Link
from onrecord.accounts.people import Person
from onrecord.accounts.tokens import key_of
from onrecord.errors import AccountError, BusyError
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.cookies import KNOWN, SESSION, TRIED, drop_cookie, set_cookie
from onrecord.site.desk.guard import HOME, own_path
from onrecord.site.desk.troubles import said
from onrecord.site.readers import reader

_WRONG = N_("Name and password do not belong together.")
_NO_COOKIES = N_(
    "Your browser keeps no cookies of this site, and without one nobody can be signed in. Over http:// some browsers "
    "keep none: use the address that begins with https://, or another browser."
)


def sign_in_page(ask: Ask) -> Response:
    """The form; who is signed in already goes on."""
    after = own_path(ask.query.get("next", ""))
    if ask.person is not None:
        return ask.go(after)
    words = {
        "out": N_("You are signed out."),
        "new-password": N_("The new password is set. Every session has ended: sign in with it."),
    }
    notice = next((ask.words.gettext(text) for name, text in words.items() if name in ask.query), "")
    return _form(ask, after=after, notice=notice)


def sign_in(ask: Ask) -> Response:
    """Holds name and password against what is kept, and begins a session with a new token."""
    after = own_path(ask.form.text("next", most=2000))
    name, password = ask.form.text("name", most=200), ask.form.secret("password")
    if TRIED not in ask.request.cookies:
        return _form(ask, name=name, after=after, wrong=ask.words.gettext(_NO_COOKIES), status=403)
    with ask.database.reading() as connection:
        found = people.by_name(connection, name)
        token = ask.request.cookies.get(KNOWN, "")
        known = found is not None and bool(token) and devices.known(connection, token, found[0], ask.now)
    account = ("device", key_of(token)) if known else ("account", people.key_of_name(name))
    counted = (account,) if known else (account, ("address", reader(ask.request)))
    if left := ask.throttle.attempt(ask.now, *counted):
        return _form(ask, name=name, after=after, wait=left)
    try:
        right = passwords.fits(found[1] if found else None, password)
    except BusyError:
        ask.throttle.take_back(*counted)  # it was not looked at
        raise
    if not right or found is None or found[0].disabled:
        return _form(ask, name=name, after=after, wrong=ask.words.gettext(_WRONG), status=403)
    ask.throttle.forget(account)
    ask.throttle.take_back(*counted[1:])  # an own account must not make up for guesses at others
    person, kept = found
    again = passwords.hashed(password) if passwords.outdated(kept) else None
    with ask.database.writing() as connection:
        if people.password_hash(connection, person.id) != kept:  # it was changed while this one was looked at
            return _form(ask, name=name, after=after, wrong=ask.words.gettext(_WRONG), status=403)
        if again is not None:
            people.keep_again(connection, person.id, again)
        return begin(ask, person, after, known=known)


def sign_out(ask: Ask) -> Response:
    """Ends the session here and in the browser."""
    with ask.database.writing() as connection:
        sessions.end(connection, ask.request.cookies.get(SESSION, ""))
    return signed_out()


def signed_out() -> Response:
    """Takes the cookie back, and has the browser forget the pages that it keeps for its button Back."""
    response = RedirectResponse(f"{HOME}sign-in?out", 303)
    drop_cookie(response, SESSION)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def join_page(ask: Ask) -> Response:
    """What a link is for. Looking uses nothing up."""
    return _join_form(ask, _link(ask))


def join(ask: Ask) -> Response:
    """Makes the account, or sets the password, that a link was made for."""
    link = _link(ask)
    name, password = ask.form.text("name", most=200), ask.form.secret("password")
    problems: list[tuple[str, str]] = []
    if link.kind != "password":
        try:
            name = people.checked_name(name)
        except AccountError as error:
            problems.append(("name", " ".join(said(ask, error))))
    if password != ask.form.secret("again"):
        problems.append(("again", ask.words.gettext("The two passwords are not alike.")))
    else:
        try:
            passwords.check(password, name or _name_of(ask, link), ask.archive.settings.text("title"))
        except AccountError as error:
            problems.append(("password", " ".join(said(ask, error))))
    if problems:
        return _join_form(ask, link, name=name, problems=problems)
    kept = passwords.hashed(password)
    token = ask.params["token"]
    if link.kind == "password":
        with ask.database.writing() as connection:
            person = links.set_password(connection, token, kept, ask.now)
            audit.note(connection, who=person.name, what="person.password-set", subject=person.name)
        return RedirectResponse(f"{HOME}sign-in?new-password", 303)
    try:
        with ask.database.writing() as connection:
            person = links.join(connection, token, name, kept, ask.now)
            audit.note(
                connection, who=person.name, what="person.joined", subject=person.name, detail=person.role
            )
    except AccountError as error:  # the name is somebody's; the link still works
        return _join_form(ask, link, name=name, problems=[("name", " ".join(said(ask, error)))])
    return begin(ask, person, HOME)


def begin(ask: Ask, person: Person, after: str, *, known: bool = False) -> Response:
    """A session with a new token, here; the one that the browser came with ends. `known`: somebody has signed in with
    this browser before, and it has a token that says so.
    """
    with ask.database.writing() as connection:
        sessions.end(connection, ask.request.cookies.get(SESSION, ""))
        token = sessions.begin(connection, person, device(ask.request.headers.get("user-agent", "")), ask.now)
        familiar = "" if known else devices.remember(connection, person, ask.now)
    response = RedirectResponse(after, 303)
    set_cookie(response, SESSION, token)
    if familiar:
        set_cookie(response, KNOWN, familiar, int(devices.LASTS.total_seconds()))
    return response


def device(agent: str) -> str:
    """The kind of browser and system that a User-Agent names, and nothing finer: `Firefox, Linux`."""
    browser = next((name for mark, name in (
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"),
    ) if mark in agent), "")  # fmt: skip
    system = next((name for mark, name in (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ) if mark in agent), "")  # fmt: skip
    return ", ".join(filter(None, (browser, system)))


def _form(
    ask: Ask, *, name: str = "", after: str, notice: str = "", wrong: str = "", status: int = 200,
    wait: timedelta | None = None,
) -> Response:  # fmt: skip
    if wait:
        seconds = math.ceil(wait.total_seconds())
        status = 429
        wrong = ask.words.ngettext(
            "These were too many wrong passwords. Wait %(num)s second, then try again.",
            "These were too many wrong passwords. Wait %(num)s seconds, then try again.",
            seconds,
        )
    response = ask.render("sign-in.html", status=status, name=name, next=after, notice=notice, wrong=wrong)
    if wait:
        response.headers["Retry-After"] = str(seconds)
    if TRIED not in ask.request.cookies:
        set_cookie(response, TRIED, "1")
    return response


def _link(ask: Ask) -> Link:
    token = ask.params["token"]
    if not re.fullmatch(r"[\w-]{20,100}", token):
        token = ""
    with ask.database.reading() as connection:
        return links.find(connection, token, ask.now)


def _name_of(ask: Ask, link: Link) -> str:
    if link.kind != "password":
        return ""
    with ask.database.reading() as connection:
        return people.find(connection, link.person).name


def _join_form(
    ask: Ask, link: Link, *, name: str = "", problems: list[tuple[str, str]] | None = None
) -> Response:
    words = ask.words
    role = words.gettext(ROLE_NAMES[link.role])
    heading, sentence, button = {
        "owner": (
            words.gettext("Welcome"),
            words.gettext("This link makes you an owner of this archive. Choose a name and a password."),
            words.gettext("Become owner"),
        ),
        "invitation": (
            words.gettext("Welcome"),
            words.gettext("You are invited to work on this archive as %(role)s. Choose a name and a password.", role=role),
            words.gettext("Join"),
        ),
        "password": (
            words.gettext("A new password"),
            words.gettext("Set a new password for %(name)s. Every session of this account then ends.", name=_name_of(ask, link)),
            words.gettext("Set the password"),
        ),
    }[link.kind]  # fmt: skip
    return ask.render(
        "join.html", status=400 if problems else 200, link=link, heading=heading, sentence=sentence, button=button,
        name=name or _name_of(ask, link), wrong=problems or [], shortest=passwords.SHORTEST,
    )  # fmt: skip


ROLE_NAMES = {"owner": N_("owner"), "organiser": N_("organiser"), "editor": N_("editor")}
ROUTES = (
    desk_route("/desk/sign-in", sign_in_page, who="anyone"),
    desk_route("/desk/sign-in", sign_in, who="anyone", methods=("POST",)),
    desk_route("/desk/sign-out", sign_out, who="anyone", methods=("POST",)),
    desk_route("/desk/join/{token}", join_page, who="anyone"),
    desk_route("/desk/join/{token}", join, who="anyone", methods=("POST",)),
)
