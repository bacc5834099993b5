"""What a page of the desk is given, and who may ask for it.

A page is a plain function from `Ask` to a response, run in a thread; it stands in its module's `ROUTES`, each with the
rule of who may: a route without one cannot be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from onrecord import audit
from onrecord.accounts import sessions
from onrecord.accounts.people import ROLES, Person, Role
from onrecord.accounts.sessions import Session
from onrecord.accounts.throttle import Throttle
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.site.desk.english import english
from onrecord.site.desk.form import LARGEST, Form
from onrecord.site.desk.guard import HOME
from onrecord.site.live import Live
from onrecord.site.rendering import Page, environment
from onrecord.site.urls import Urls
from onrecord.site.wording import Wording

Who = Literal["anyone", "person"] | Role  # person: anybody who is signed in
Endpoint = Callable[["Ask"], Any]  # gives a Response; where the route is raw, an awaitable of one


@dataclass(frozen=True)
class DeskRoute:
    """An address of the desk with its rule. `raw`: an `async` function that reads the body itself; `most`: bytes of
    the form.
    """

    path: str
    endpoint: Endpoint
    who: Who
    methods: tuple[str, ...]
    raw: bool
    most: int


def desk_route(
    path: str, endpoint: Endpoint, *, who: Who, methods: tuple[str, ...] = ("GET",), raw: bool = False,
    most: int = LARGEST,
) -> DeskRoute:  # fmt: skip
    """A route below `/desk/`. HEAD follows GET."""
    if not path.startswith(HOME):
        raise ValueError(f"{path} is not below {HOME}")
    if who not in ("anyone", "person", *ROLES):
        raise ValueError(f"{path} has no rule: {who!r}")
    return DeskRoute(path, endpoint, who, methods, raw, most)


def allowed(who: Who, person: Person | None) -> bool:
    """Whether a rule lets somebody in."""
    if who == "anyone":
        return True
    if person is None:
        return False
    return who == "person" or person.may(who)


@dataclass
class Ask:
    """One request of the desk: who asks, for what, with what, and the ways to answer."""

    request: Request
    live: Live
    database: Database
    person: Person | None
    session: Session | None
    words: Wording
    now: datetime
    form: Form
    throttle: Throttle

    @property
    def archive(self) -> Archive:
        """The archive with the settings in force."""
        return self.live.state.view.archive

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def params(self) -> Mapping[str, str]:
        """The parts of the path that the route names."""
        return self.request.path_params

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    @property
    def urls(self) -> Urls:
        """The addresses of the public site."""
        return self.live.state.pages.urls("")

    @property
    def me(self) -> Person:
        """Who asks, on a page for people who are signed in."""
        assert self.person is not None
        return self.person

    def local(self, instant: datetime) -> datetime:
        """An instant in the archive's time zone."""
        return instant.astimezone(ZoneInfo(self.archive.settings.text("timezone")))

    def render(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page from a template below `desk/`."""
        page = Page("desk", noindex=True, language=self.words.language)
        shared = {
            "ask": self, "person": self.person, "words": self.words, "wording": self.words, "page": page,
            "site": self.live.state.pages.site, "urls": self.urls, "url": self.urls,
            "section": section_of(self.request.url.path), "flash": self._said(), "now": self.now,
        }  # fmt: skip
        text = environment().get_template(f"desk/{template}").render(**shared, **values)
        return HTMLResponse(text, status)

    def go(self, path: str, said: str = "") -> Response:
        """Sends the browser to an own path (303), where `said` is shown once."""
        if not re.fullmatch(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", path):
            raise ValueError(f"not an own path: {path!r}")
        if said and self.session is not None:
            with self.database.writing() as connection:
                sessions.say(connection, self.session.handle, said)
        return RedirectResponse(path, 303)

    def english(self, text: str, *, capital: bool = False) -> str:
        """A sentence of the lower rooms, marked as English on a page in another language."""
        return english(text, self.words, capital=capital)

    def audit(self, what: str, subject: str = "", detail: str = "") -> None:
        """Writes down what was done here, under the name of who asks."""
        with self.database.writing() as connection:
            audit.note(connection, who=self.me.name, what=what, subject=subject, detail=detail)

    def still_in(self) -> bool:
        """Whether the session still holds: for answers that last, such as a stream of events."""
        from onrecord.site.desk.cookies import SESSION

        with self.database.reading() as connection:
            found = sessions.find(connection, self.request.cookies.get(SESSION, ""), self.live.now())
        return found is not None and self.person is not None and found[1].role == self.person.role

    def _said(self) -> str:
        if self.session is None or not self.session.said:
            return ""
        with self.database.writing() as connection:
            sessions.say(connection, self.session.handle, "")
        return self.session.said


def section_of(path: str) -> str:
    """The entry of the navigation that a path belongs to."""
    first = path.removeprefix(HOME).partition("/")[0]
    return {"": "events"}.get(first, first)
