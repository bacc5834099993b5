"""The live site: one Starlette application over the present state of an archive.

Pages are kept as bytes and answered with entity tags; files go out by range; everything carries a strict
policy. What is logged names no person: neither what was asked, nor who asked, nor the address of an unlisted
event.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.archive import Archive
from onrecord.errors import SearchIndexError, StorageError
from onrecord.site.asked import Asked, SearchPage, answer, as_json
from onrecord.site.files import PublicFile
from onrecord.site.live import Kept, Live, State
from onrecord.site.pages import Document, Moved, frame_rule
from onrecord.site.statics import media_type
from onrecord.site.urls import Urls

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
_CSP = b"content-security-policy"
_HEADERS = (
    (_CSP, POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_SENTENCES = {
    400: ("This cannot be answered", "The address is not one that this site understands."),
    404: ("There is no such page", "It may have been moved, or it was never here."),
    405: ("This cannot be done here", "This address can only be read."),
    410: ("This is gone", "It was taken back."),
    416: ("There is no such part", "The file is shorter than that."),
    500: ("Something went wrong", "The error has been noted. Please try again later."),
    503: ("The search is being brought up to date", "Please try again in a moment."),
}
_INDEX_WAIT = 5.0  # seconds that a question waits for the index to hold what the gate lets through now
_SEARCHES, _SEARCHES_WAITING = 8, 64  # at a time, and those that wait their turn
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

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if watch and not export:
            live.start()
        try:
            yield
        finally:
            if watch and not export:
                await run_in_threadpool(live.stop)

    app = Starlette(
        routes=[
            Route("/static/{name:path}", _static),
            Route("/search/", _search),
            Route("/{path:path}", _anything),
        ],
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
    )
    app.state.live = live
    app.state.searching = CapacityLimiter(_SEARCHES)
    allowed = {"localhost", "testserver", *hosts}
    if base := urlsplit(archive.settings.text("base-url")).hostname:
        allowed.add(base)
    app.add_middleware(_Front, allowed=frozenset(name.lower() for name in allowed))
    return app


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

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = any(name == _CSP for name, _ in message["headers"])
                message["headers"] = [*message["headers"], *(_HEADERS[1:] if own else _HEADERS)]
            await send(message)

        if not self._knows(scope):
            response = Response("This site is not known by that name.\n", 421, media_type="text/plain")
            await response(scope, receive, send_with_headers)
        else:
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception as error:
                _log.exception("an answer failed")
                if status:
                    raise  # the answer has begun; only breaking off tells the reader that it is not whole
                response = await _failed(Request(scope), error)
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
    """A path as it may stand in a log: on one line, and without the secret of an unlisted event."""
    return re.sub(r"^/unlisted/[^/]*", "/unlisted/...", path).encode("unicode_escape").decode("ascii")[:200]


# What is asked for


async def _anything(request: Request) -> Response:
    state = _state(request)
    path = request.path_params["path"]
    found = state.known(path)
    if found is None:
        found = await run_in_threadpool(state.find, path)
    if found is None:
        raise HTTPException(404)
    if isinstance(found, Moved):
        headers = {"Cache-Control": "private, no-cache" if path.startswith("unlisted/") else "no-cache"}
        if path.startswith("unlisted/"):
            headers["X-Robots-Tag"] = "noindex"
        asked = f"?{request.url.query}" if request.url.query else ""  # a question goes along
        return RedirectResponse(_urls(state, path).to(found.path) + asked, 301, headers)
    if isinstance(found, PublicFile):
        return _file(request, found)
    if found.status == 410 and _wants_json(request):
        return _json_error(410, "This discussion was taken back.")
    return _document(request, found)


async def _static(request: Request) -> Response:
    state = _state(request)
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
    return _document(request, found, "public, max-age=31536000, immutable" if forever else "no-cache")


async def _search(request: Request) -> Response:
    asked = Asked.read(request.query_params)
    wants_json = _wants_json(request)
    if not asked.anything and not wants_json:
        return await _anything_at(request, "search/")
    limiter: CapacityLimiter = request.app.state.searching
    if limiter.statistics().tasks_waiting >= _SEARCHES_WAITING:
        raise HTTPException(503, headers={"Retry-After": "5"})

    def find() -> Document:
        state, page, urls = _answered(request.app.state.live, asked)
        if wants_json:
            text = json.dumps(as_json(page, urls), ensure_ascii=False, separators=(",", ":"))
            return Document(text.encode(), "application/json", 400 if page.problem else 200, noindex=True)
        return state.pages.search(page)

    # A limit of its own: questions that take their time leave threads for the pages.
    kept = await to_thread.run_sync(lambda: Kept.of(find()), limiter=limiter)
    return _document(request, kept)


def _answered(live: Live, asked: Asked) -> tuple[State, SearchPage, Urls]:
    """The answer from an index that holds what the gate lets through now; a damaged one is made again first."""
    until = time.monotonic() + _INDEX_WAIT
    while True:
        state = live.state
        urls = _urls(state, "search/")
        if not asked.anything:
            return state, SearchPage(), urls
        if state.indexed.wait(0.1):
            try:
                return state, answer(asked, state.view, state.view.archive.public_index_file, urls), urls
            except SearchIndexError as error:
                if not live.mend():
                    raise HTTPException(503, headers={"Retry-After": "10"}) from error
            except StorageError as error:
                raise HTTPException(503, headers={"Retry-After": "10"}) from error
        if time.monotonic() > until:
            raise HTTPException(503, headers={"Retry-After": "5"})


async def _anything_at(request: Request, path: str) -> Response:
    request.scope["path_params"] = {"path": path}
    return await _anything(request)


# How it is answered


def _document(request: Request, kept: Kept, cache: str = "") -> Response:
    headers = {"Vary": "Accept, Accept-Encoding"}
    body = kept.body
    tag = kept.tag
    if kept.packed is not None and _takes_gzip(request):
        body, tag = kept.packed, f"{tag}-gz"
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = f'"{tag}"'
    unlisted = request.url.path.startswith("/unlisted/")
    headers["Cache-Control"] = cache or ("private, no-cache" if unlisted else "no-cache")
    if kept.noindex:
        headers["X-Robots-Tag"] = "noindex"
    if kept.frames:
        headers["Content-Security-Policy"] = POLICY + frame_rule(kept.frames)
    if kept.status == 200 and _has(request, tag):
        headers.pop("Content-Encoding", None)
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, kept.status, headers, kept.media_type)


def _file(request: Request, file: PublicFile) -> Response:
    try:
        stat = file.path.stat()
    except FileNotFoundError as error:
        raise HTTPException(404) from error  # the archive has changed just now; the next state knows
    tag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, no-cache" if file.noindex else "no-cache",
        "Accept-Ranges": "bytes",
    }
    if file.noindex:
        headers["X-Robots-Tag"] = "noindex"
    if file.attachment:
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    if _has(request, tag, stat.st_mtime):
        return Response(status_code=304, headers=headers)
    return FileResponse(file.path, headers=headers, media_type=file.media_type, stat_result=stat)


def _has(request: Request, tag: str, modified: float | None = None) -> bool:
    """Whether the reader has this already (RFC 9110, 13.1): by entity tag, else by date."""
    given = request.headers.get("if-none-match")
    if given is not None:
        tags = {part.strip().removeprefix("W/").strip('"') for part in given.split(",")}
        return "*" in tags or bool({tag, tag.removesuffix("-gz"), f"{tag}-gz"} & tags)
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return int(modified) <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError):
        return False


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight)
    return False


def _wants_json(request: Request) -> bool:
    if request.query_params.get("format") == "json":
        return True
    accepts = request.headers.get("accept", "")
    return "application/json" in accepts and "text/html" not in accepts


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    heading, sentence = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
    if _wants_json(request):
        return _json_error(status, f"{heading}. {sentence}")
    document = await run_in_threadpool(_state(request).pages.error, status, heading, sentence)
    headers = dict(getattr(error, "headers", None) or {})
    headers |= {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    body = b"" if request.method == "HEAD" else document.body
    return Response(body, status, headers, "text/html")


async def _failed(request: Request, error: Exception) -> Response:
    try:
        return await _refused(request, error)
    except Exception:  # even the page that says so cannot be made
        return Response(f"{_SENTENCES[500][0]}.\n", 500, {"Cache-Control": "no-store"}, "text/plain")


def _json_error(status: int, message: str) -> Response:
    body: dict[str, Any] = {"error": {"status": status, "message": message}}
    return Response(
        json.dumps(body, ensure_ascii=False), status, {"Cache-Control": "no-store"}, "application/json"
    )


def _state(request: Request) -> State:
    live: Live = request.app.state.live
    return live.state


def _urls(state: State, path: str) -> Urls:
    return state.pages.urls(path)
