"""One's own account: the language of the desk, the password, where one is signed in."""

from __future__ import annotations

from starlette.responses import Response

from onrecord import audit
from onrecord.accounts import devices, passwords, people, sessions
from onrecord.errors import AccountError, BusyError
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.language import desk_words, offered
from onrecord.site.desk.signing import ROLE_NAMES, begin, signed_out
from onrecord.site.desk.troubles import said

_HERE = "/desk/me/"


def me(ask: Ask) -> Response:
    """The page."""
    return _page(ask)


def change_language(ask: Ask) -> Response:
    """Another language of the desk; empty: as the browser asks."""
    language = ask.form.text("language", most=10)
    if language and language not in offered():
        raise AccountError(N_("The desk does not speak this language."))
    with ask.database.writing() as connection:
        people.set_language(connection, ask.me.id, language)
    return ask.go(_HERE, (desk_words(language) if language else ask.words).gettext("Saved."))


def change_password(ask: Ask) -> Response:
    """Another password: every session ends, and a new one begins here."""
    now, new = ask.form.secret("now"), ask.form.secret("password")
    counted = ("password", ask.me.id)
    if left := ask.throttle.attempt(ask.now, counted):
        raise BusyError(N_("These were too many wrong passwords."), wait=int(left.total_seconds()) + 1,
                        advice=N_("Wait a while, then try again."))  # fmt: skip
    with ask.database.reading() as connection:
        kept = people.password_hash(connection, ask.me.id)
    words = ask.words
    if not passwords.fits(kept, now):
        return _page(ask, [("now", words.gettext("This is not your present password."))])
    ask.throttle.forget(counted)
    if new != ask.form.secret("again"):
        return _page(ask, [("again", words.gettext("The two passwords are not alike."))])
    try:
        passwords.check(new, ask.me.name, ask.archive.settings.text("title"))
    except AccountError as error:
        return _page(ask, [("password", " ".join(said(ask, error)))])
    made = passwords.hashed(new)
    with ask.database.writing() as connection:
        people.set_password(connection, ask.me.id, made, ask.now)
        sessions.end_all(connection, ask.me.id)
        devices.forget_all(connection, ask.me.id)
        audit.note(connection, who=ask.me.name, what="person.password-changed", subject=ask.me.name)
    return begin(ask, ask.me, _HERE)


def end_sessions(ask: Ask) -> Response:
    """Ends one of one's own sessions, or all others."""
    assert ask.session is not None
    handle = ask.form.text("session", most=40)
    with ask.database.writing() as connection:
        if handle:
            sessions.end_one(connection, ask.me.id, handle)
        else:
            sessions.end_all(connection, ask.me.id, but=ask.session.handle)
    if handle == ask.session.handle:
        return signed_out()
    return ask.go(_HERE, ask.words.gettext("Ended."))


def _page(ask: Ask, problems: list[tuple[str, str]] | None = None) -> Response:
    assert ask.session is not None
    with ask.database.reading() as connection:
        mine = sessions.of(connection, ask.me.id, ask.now)
    return ask.render(
        "me.html", status=400 if problems else 200, problems=problems or [], sessions=mine, here=ask.session.handle,
        role=ask.words.gettext(ROLE_NAMES[ask.me.role]), languages=[(tag, desk_words(tag)) for tag in offered()],
        shortest=passwords.SHORTEST,
    )  # fmt: skip


ROUTES = (
    desk_route(_HERE, me, who="person"),
    desk_route("/desk/me/language", change_language, who="person", methods=("POST",)),
    desk_route("/desk/me/password", change_password, who="person", methods=("POST",)),
    desk_route("/desk/me/sessions", end_sessions, who="person", methods=("POST",)),
)
