"""The addresses of the search on the live site. Every one of them reads the public index and nothing else,
and only so many questions are answered at a time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from onrecord.errors import SearchIndexError, StorageError
from onrecord.languages import INTERFACE
from onrecord.site.answering import document, state_of, wants_json
from onrecord.site.atonce import AtOnce
from onrecord.site.live import Live
from onrecord.site.rendering import Document, Moved
from onrecord.site.search import answers
from onrecord.site.search.asked import Asked
from onrecord.site.search.found import answer, completions, nothing_asked
from onrecord.site.search.opensearch import suggestions
from onrecord.site.state import Kept, State
from onrecord.transcripts.search import search  # noqa: F401 - loaded now, not by the first question
from onrecord.transcripts.words import suggesting  # noqa: F401 - loaded now, not by the first question

_INDEX_WAIT = 5.0  # seconds that a question waits for the index to hold what the gate lets through now
# Questions that take their time leave threads for the pages; so many are answered at a time, and so many wait their turn.
_SEARCHES, _SEARCHES_WAITING = AtOnce("questions", 8), 64
_Made = TypeVar("_Made")


def routes() -> list[Route]:
    """Where questions are asked."""
    return [
        *(Route(f"/{tag}/search/", _search) for tag in INTERFACE),
        Route("/search/", _search),
        Route("/search/complete", _complete),
        Route("/search/feed.xml", _feed),
        Route("/api/v1/search", _api),
    ]


async def _search(request: Request) -> Response:
    if wants_json(request):
        return await _api(request)
    asked = _asked(request)
    path = request.url.path.lstrip("/")
    if not asked.anything or not _has_edition(state_of(request), path):
        return await _page(request, path)

    def find(state: State) -> Document:
        pages = state.pages.at(path)
        index = state.view.archive.public_index_file
        return pages.search(answer(asked, state.view, index, pages.urls("search/")))

    return await _found(request, find)


async def _page(request: Request, path: str) -> Response:
    """The page before a question; or what stands where there is no search in such a language."""
    state = state_of(request)
    found = await run_in_threadpool(state.find, path)
    if isinstance(found, Moved):
        asked = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(state.pages.urls(path).to(found.path) + asked, 301)
    if not isinstance(found, Kept):
        raise HTTPException(404)
    return document(request, found)


def _has_edition(state: State, path: str) -> bool:
    first, _, rest = path.partition("/")
    return not rest or first in state.pages.others


async def _api(request: Request) -> Response:
    """The answer for programs, which any site may ask."""
    asked = _asked(request)

    def find(state: State) -> Document:
        urls = state.pages.urls("search/")
        page = nothing_asked(state.view)
        if asked.anything:
            page = answer(asked, state.view, state.view.archive.public_index_file, urls)
        return _json(answers.as_json(page, urls), 400 if page.problem else 200)

    response = await _found(request, find)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def _feed(request: Request) -> Response:
    """A search that can be followed: its newest events. Without an address of the site there is no feed."""
    asked = replace(_asked(request), event="", number=1, start="", order="newest")
    if not asked.anything or not state_of(request).pages.base:
        raise HTTPException(404)

    def find(state: State) -> Document:
        urls = state.pages.urls("search/feed.xml")
        index = state.view.archive.public_index_file
        page = answer(asked, state.view, index, urls, length=answers.FEED_LENGTH)
        if page.problem:
            raise HTTPException(400)
        title = f"{asked.query} · {state.pages.site.title}" if asked.query else state.pages.site.title
        return Document(answers.feed(title, page, urls).encode(), "application/atom+xml", noindex=True)

    response = await _found(request, find)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def _complete(request: Request) -> Response:
    """What completes a question: for our own field, or with `format=opensearch` for a browser's."""
    typed = request.query_params.get("q", "")[:200]
    for_browser = request.query_params.get("format") == "opensearch"

    def find(state: State) -> Document:
        urls = state.pages.urls("search/")
        found = completions(typed, state.view, state.view.archive.public_index_file, urls)
        if for_browser:
            made = suggestions(typed, found, urls)
            return replace(_json(made), media_type="application/x-suggestions+json")
        return _json(answers.as_rows(found))

    return await _found(request, find)


def _asked(request: Request) -> Asked:
    return Asked.read(request.query_params.multi_items())


def _json(value: object, status: int = 200) -> Document:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Document(text.encode(), "application/json", status, noindex=True)


async def _found(request: Request, find: Callable[[State], Document]) -> Response:
    """Answers with what `find` makes of a state whose index is up to date."""
    if _SEARCHES.waiting >= _SEARCHES_WAITING:
        raise HTTPException(503, headers={"Retry-After": "5"})
    live: Live = request.app.state.live
    kept = await to_thread.run_sync(lambda: Kept.of(_indexed(live, find)), limiter=_SEARCHES.limiter)
    return document(request, kept)


def _indexed(live: Live, find: Callable[[State], _Made]) -> _Made:
    """Asks an index that holds what the gate lets through now; a damaged one is made again first."""
    until = time.monotonic() + _INDEX_WAIT
    while True:
        state = live.state
        if state.indexed.wait(0.1):
            try:
                return find(state)
            except SearchIndexError as error:
                if not live.mend():
                    raise HTTPException(503, headers={"Retry-After": "10"}) from error
            except StorageError as error:
                raise HTTPException(503, headers={"Retry-After": "10"}) from error
        if time.monotonic() > until:
            raise HTTPException(503, headers={"Retry-After": "5"})
