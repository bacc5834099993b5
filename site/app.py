"""The live site: one Starlette application over the present state of an archive.

Pages are kept as bytes and answered with entity tags; files go out by range; everything carries a strict
policy. What is logged names no person: neither what was asked, nor who asked, nor the address of an unlisted
event.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.archive import Archive
from onrecord.errors import LockedError
from onrecord.site import clipping
from onrecord.site.answering import (
    POLICY,
    document,
    failed,
    file_answer,
    json_error,
    refused,
    state_of,
    urls_for,
    wants_json,
)
from onrecord.site.atonce import AtOnce
from onrecord.site.clips import Clips
from onrecord.site.desk.front import Desk
from onrecord.site.desk.publishing.less import Lessening
from onrecord.site.desk.routes import routes as desk_routes
from onrecord.site.exchange.oembed import MEDIA_TYPE as OEMBED
from onrecord.site.exchange.oembed import event_at, oembed
from onrecord.site.exchange.ways import open_to_all
from onrecord.site.files import PublicFile
from onrecord.site.live import Live
from onrecord.site.rendering import Document, Moved
from onrecord.site.search import routes as search
from onrecord.site.state import Kept
from onrecord.site.statics import media_type
from onrecord.site.urls import is_unlisted
from onrecord.site.warming import Warming

_CSP = b"content-security-policy"
_HEADERS = (
    (_CSP, POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_ANY_FRAME = b"frame-ancestors *"
# What other sites' scripts may read is public and asks for no cookie (Fetch standard, CORS protocol).
_ANY_SITE = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Content-Length, Content-Range"),
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}
# More at once make none of them sooner, take memory, and leave no thread to whoever plays a recording.
_PAGES_AT_ONCE = AtOnce("pages being made", 4)
_access = logging.getLogger("onrecord.access")
_log = logging.getLogger("onrecord.site")


def create_app(
    archive: Archive,
    *,
    now: Callable[[], datetime] | None = None,
    export: bool = False,
    hosts: Sequence[str] = (),
    watch: bool = True,
) -> Starlette:
    """The site of an archive. `hosts` are names that it may be asked by, besides its own and those of this
    machine.

    With `export`, links are relative and nothing is watched: the static site is made of the answers.
    """
    live = Live(archive, now=now, export=export)
    warming = Warming()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if watch and not export:
            warming.start()
            live.start()
        try:
            yield
        finally:
            if watch and not export:
                await run_in_threadpool(live.stop)
                await run_in_threadpool(warming.stop)
            for desk in desks:
                await run_in_threadpool(desk.close)

    desks = () if export else (_desk(archive, live),)
    app = Starlette(
        routes=[
            Route("/static/{name:path}", _static),
            *(Mount("/desk", desk) for desk in desks),
            *([] if export else [Route("/desk", _to_the_desk)]),
            *search.routes(),
            *([] if export else clipping.routes()),
            Route("/oembed", _oembed),
            Route("/{path:path}", _anything),
        ],
        exception_handlers={HTTPException: refused},
        lifespan=lifespan,
    )
    app.state.live = live
    for desk in desks:
        app.state.desk = desk
        live.on_change.append(Lessening(desk, live.state).hear)
    live.on_change.append(warming.hear)
    clips = Clips(archive)
    live.on_change.append(lambda state: clips.sweep((*state.view.events, *state.view.unlisted)))
    app.state.clipping = clipping.Clipping(clips)
    allowed = {"localhost", "testserver", *hosts}
    if base := urlsplit(archive.settings.text("base-url")).hostname:
        allowed.add(base)
    app.add_middleware(_Front, allowed=frozenset(name.lower() for name in allowed))
    return app


def _desk(archive: Archive, live: Live) -> Desk:
    return Desk(archive, live, tuple(desk_routes()))


async def _to_the_desk(_request: Request) -> Response:
    return RedirectResponse("/desk/", 308)


class _Front:
    """Stands before everything: knows the names that the site answers to, gives every answer its headers."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0
        opened = open_to_all(scope["path"].lstrip("/"))

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = dict(message["headers"])
                if _ANY_FRAME in given.get(_CSP, b""):
                    given[b"x-frame-options"] = b""  # it knows no "anywhere"
                message["headers"] = [*message["headers"], *(row for row in _HEADERS if row[0] not in given)]
                if opened and not any(name == _ANY_SITE[0][0] for name, _ in message["headers"]):
                    message["headers"] += _ANY_SITE
            await send(message)

        if not self._knows(scope):
            response = Response("This site is not known by that name.\n", 421, media_type="text/plain")
            await response(scope, receive, send_with_headers)
        elif opened and scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send_with_headers)
        else:
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception as error:
                _log.exception("an answer failed")
                if status:
                    raise  # the answer has begun; only breaking off tells the reader that it is not whole
                response = await failed(Request(scope), error)
                await response(scope, receive, send_with_headers)
        if _access.isEnabledFor(logging.INFO):
            spent = 1000 * (time.perf_counter() - began)
            _access.info("%s %s %d %.0f ms", scope["method"], _without_names(scope["path"]), status, spent)

    def _knows(self, scope: Scope) -> bool:
        """Whether the Host header names this site. Numbers always do: a name is what DNS rebinding needs."""
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        name = re.sub(r":\d*$", "", host).strip("[]").lower()
        if name in self.allowed:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _without_names(path: str) -> str:
    """A path as it may stand in a log: on one line, and without the secret of an unlisted event, also where the
    address is not quite right; of the desk, without what is worked on there.
    """
    path = re.sub(r"(unlisted/+)[^/]+", r"\1...", path, flags=re.IGNORECASE)
    path = re.sub(r"^(/+desk/+[^/]*/).+", r"\1...", path, flags=re.IGNORECASE)
    return path.encode("unicode_escape").decode("ascii")[:200]


# What is asked for


async def _anything(request: Request) -> Response:
    state = state_of(request)
    path = request.path_params["path"]
    found = state.known(path)
    if found is None:
        try:
            found = await to_thread.run_sync(state.find, path, limiter=_PAGES_AT_ONCE.limiter)
        except LockedError as error:  # it is being made, for somebody else
            raise HTTPException(503, headers={"Retry-After": "30"}) from error
    if found is None:
        raise HTTPException(404)
    if isinstance(found, Moved):
        headers = {"Cache-Control": "private, no-cache" if is_unlisted(path) else "no-cache"}
        if is_unlisted(path):
            headers["X-Robots-Tag"] = "noindex"
        asked = f"?{request.url.query}" if request.url.query else ""  # a question goes along
        return RedirectResponse(urls_for(state, path).to(found.path) + asked, 301, headers)
    if isinstance(found, PublicFile):
        return file_answer(request, found)
    if found.status == 410 and wants_json(request):
        return json_error(410, "This discussion was taken back.")
    return document(request, found)


async def _oembed(request: Request) -> Response:
    """How another site may show the page at an address of ours (oEmbed 1.0, 2.2)."""
    state = state_of(request)
    if request.query_params.get("format", "json") != "json":
        return json_error(501, "The answer is JSON.")
    event = event_at(request.query_params.get("url", ""), state.view, state.pages.base)
    if event is None or not event.recordings:
        return json_error(404, "There is nothing to show at this address.")
    sizes = (_size(request, "maxwidth"), _size(request, "maxheight"))
    title = state.pages.site.title
    body = oembed(event, urls_for(state, ""), title, max_width=sizes[0], max_height=sizes[1])
    return document(request, Kept.of(Document(body, OEMBED)))


def _size(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


async def _static(request: Request) -> Response:
    state = state_of(request)
    name = request.path_params["name"]
    statics = state.pages.statics
    path = f"static/{name}?{statics.version(name)}"
    found = state.known(path)
    if found is None:
        data = await run_in_threadpool(statics.read, name)
        if data is None:
            raise HTTPException(404)
        found = await run_in_threadpool(state.keep, path, Document(data, media_type(name)))
    assert isinstance(found, Kept)
    forever = request.query_params.get("v") == statics.version(name)
    return document(request, found, "public, max-age=31536000, immutable" if forever else "no-cache")
