"""The desk as an application: guards each request, finds out who asks, holds them to the route's rule, and answers,
also where something is wrong, with a page.
"""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import Message, Receive, Scope, Send

from onrecord import accounts, audit, jobs
from onrecord.accounts import sessions
from onrecord.accounts.throttle import Throttle
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.errors import OnrecordError
from onrecord.site.atonce import AtOnce
from onrecord.site.desk import troubles
from onrecord.site.desk.asking import Ask, DeskRoute, allowed
from onrecord.site.desk.cookies import SESSION
from onrecord.site.desk.form import Form, limited, read_form
from onrecord.site.desk.guard import HEADERS, HOME, foreign, protected
from onrecord.site.desk.language import words_for
from onrecord.site.live import Live

PARTS = (accounts.PART, audit.PART, jobs.PART)
_THREADS = AtOnce("threads of the desk", 16)  # readers have others
_RAW_EACH = 60.0  # seconds for the next piece of an upload
_RAW_MOST = 1 << 50  # bytes; whoever reads such a body has a limit of their own
_log = logging.getLogger("onrecord.desk")


class Desk:
    """The desk of one archive; the database is opened when it is first needed."""

    def __init__(self, archive: Archive, live: Live, routes: tuple[DeskRoute, ...]) -> None:
        self.live = live
        self.routes = routes
        self.throttle = Throttle()
        self._archive = archive
        self._opening = threading.Lock()
        self._router = Router(
            [
                *(
                    Route(route.path.removeprefix("/desk"), partial(self._answer, route), methods=[*route.methods])
                    for route in routes
                ),
            ],
            redirect_slashes=False,
            default=_nothing,
        )  # fmt: skip

    @property
    def database(self) -> Database:
        """The archive's state."""
        with self._opening:
            return self._database

    @cached_property
    def _database(self) -> Database:
        return Database(self._archive, *PARTS)

    def close(self) -> None:
        """Lets go of the database."""
        with self._opening:
            if "_database" in self.__dict__:
                self.__dict__.pop("_database").close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(row for row in HEADERS if row[0] not in own)]
            await send(message)

        scope = dict(scope)
        scope.pop("starlette.exception_handlers", None)  # errors come here, not to the public pages
        request = Request(scope, receive)
        try:
            if not protected(scope):
                response = await self._wrong(request, troubles.unprotected())
                await response(scope, receive, send_with_headers)
            elif foreign(scope):
                response = await self._wrong(request, troubles.from_elsewhere())
                await response(scope, receive, send_with_headers)
            else:
                await self._router(scope, receive, send_with_headers)
        except Exception as error:
            if begun or isinstance(error, ClientDisconnect):
                raise
            response = await self._wrong(request, error)
            await response(scope, receive, send_with_headers)

    async def _answer(self, route: DeskRoute, request: Request) -> Response:
        if any(_no_name(value) for value in request.path_params.values() if isinstance(value, str)):
            raise HTTPException(404)
        ask = await self._in_thread(self._begin, request)
        meant = request.headers.get("onrecord-person")
        if meant is not None and ask.person is not None and meant != ask.person.id:
            raise troubles.not_signed_in()  # a page of whoever was signed in before in this browser
        if not allowed(route.who, ask.person):
            if ask.person is not None:
                raise troubles.not_yours(route.who)
            if request.method in ("GET", "HEAD"):
                path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                after = "" if path == HOME else f"?next={quote(path, safe='')}"
                return RedirectResponse(f"{HOME}sign-in{after}", 303)
            raise troubles.not_signed_in()
        try:
            return await self._carried_out(route, ask)
        except OSError as error:
            long = error.errno == errno.ENAMETOOLONG  # what was asked for cannot be the name of anything
            return await self._wrong(request, HTTPException(404) if long else error, ask)
        except Exception as error:
            return await self._wrong(request, error, ask)

    async def _carried_out(self, route: DeskRoute, ask: Ask) -> Response:
        request = ask.request
        if route.raw:
            lengths = request.headers.getlist("content-length")
            if request.method not in ("GET", "HEAD"):
                ask.request = Request(request.scope, limited(request.receive, lengths, _RAW_MOST, _RAW_EACH))
            answering: Awaitable[Response] = route.endpoint(ask)
            return _head_only(request, await answering)
        if request.method in ("GET", "HEAD"):
            return await self._page(route, ask)
        async with read_form(request, route.most) as form:
            ask.form = form
            return await self._page(route, ask)

    async def _page(self, route: DeskRoute, ask: Ask) -> Response:
        made: Response = await self._in_thread(route.endpoint, ask)
        return made

    def _begin(self, request: Request) -> Ask:
        """Finds out who asks."""
        now = self.live.now()
        database = self.database
        token = request.cookies.get(SESSION, "")
        found = None
        if token:
            with database.reading() as connection:
                found = sessions.find(connection, token, now)
            if found and sessions.worth_noting(found[0], now):
                with database.writing() as connection:
                    sessions.note_use(connection, found[0], now)
        session, person = found if found else (None, None)
        offered = self.live.state.view.archive.settings.items("interface")
        return Ask(
            request=request,
            live=self.live,
            database=database,
            person=person,
            session=session,
            words=words_for(person, request.headers.get("accept-language", ""), offered),
            now=now,
            form=Form(FormData()),
            throttle=self.throttle,
        )

    async def _wrong(self, request: Request, error: Exception, ask: Ask | None = None) -> Response:
        """A page that says what is wrong, whatever is wrong."""
        if not isinstance(error, (HTTPException, OnrecordError)):
            _log.exception("an answer of the desk failed", exc_info=error)
        try:
            if ask is None:
                ask = await self._in_thread(self._begin, request)
            made: Response = await self._in_thread(troubles.page, ask, error)
            return made
        except Exception as worse:  # even the page that says so cannot be made
            if isinstance(worse, OnrecordError):
                _log.error("the desk cannot be opened: %s", worse)
            elif worse is not error:
                _log.exception("an answer of the desk failed")
            return troubles.plain(worse if isinstance(worse, OnrecordError) else error)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await to_thread.run_sync(function, *arguments, limiter=_THREADS.limiter)


def _no_name(text: str) -> bool:
    """Whether a part of a path can name nothing on any disk."""
    return any(character < " " or character == "\x7f" for character in text) or any(
        len(part.encode("utf-8", "surrogateescape")) > 200 for part in text.split("/")
    )


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise HTTPException(404)


def _head_only(request: Request, response: Response) -> Response:
    """Without the body where only the head was asked for: a stream of events would go on for ever."""
    if request.method != "HEAD" or not isinstance(response, StreamingResponse):
        return response
    empty = Response(status_code=response.status_code)
    empty.raw_headers = [row for row in response.raw_headers if row[0] != b"content-length"]
    return empty
