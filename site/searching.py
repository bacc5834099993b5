"""The addresses of the search on the live site. Every one of them reads the public index and nothing else,
and only so many questions are answered at a time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onrecord.errors import SearchIndexError, StorageError
from onrecord.site.answering import document, state_of, urls_for, wants_json
from onrecord.site.asked import Asked, SearchPage, answer, as_json
from onrecord.site.live import Kept, Live, State
from onrecord.site.pages import Document

_INDEX_WAIT = 5.0  # seconds that a question waits for the index to hold what the gate lets through now
_SEARCHES, _SEARCHES_WAITING = 8, 64  # at a time, and those that wait their turn
_Made = TypeVar("_Made")


def routes() -> list[Route]:
    """Where questions are asked."""
    return [Route("/search/", _search)]


def limiter() -> CapacityLimiter:
    """How many questions are answered at a time: questions that take their time leave threads for the pages."""
    return CapacityLimiter(_SEARCHES)


async def _search(request: Request) -> Response:
    asked = Asked.read(request.query_params)
    for_programs = wants_json(request)
    if not asked.anything and not for_programs:
        kept = await run_in_threadpool(state_of(request).find, "search/")
        assert isinstance(kept, Kept)
        return document(request, kept)

    def find(state: State) -> Document:
        if for_programs:
            page = _answer(state, asked)
            text = json.dumps(as_json(page, urls_for(state, "search/")), ensure_ascii=False)
            return Document(text.encode(), "application/json", 400 if page.problem else 200, noindex=True)
        return state.pages.search(_answer(state, asked))

    return await _found(request, find)


def _answer(state: State, asked: Asked) -> SearchPage:
    if not asked.anything:
        return SearchPage()
    index = state.view.archive.public_index_file
    return answer(asked, state.view, index, urls_for(state, "search/"))


async def _found(request: Request, find: Callable[[State], Document]) -> Response:
    """Answers with what `find` makes of a state whose index is up to date."""
    searching: CapacityLimiter = request.app.state.searching
    if searching.statistics().tasks_waiting >= _SEARCHES_WAITING:
        raise HTTPException(503, headers={"Retry-After": "5"})
    live: Live = request.app.state.live
    return document(
        request, await to_thread.run_sync(lambda: Kept.of(_indexed(live, find)), limiter=searching)
    )


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
