"""Clips on the live site: who may have how many, and the answers."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict, deque

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onrecord.errors import ClipRefusedError, MediaError
from onrecord.site.answering import file_answer, state_of
from onrecord.site.atonce import AtOnce
from onrecord.site.clips import Clips, named
from onrecord.site.files import PublicFile
from onrecord.site.public import PublicEvent
from onrecord.site.readers import reader
from onrecord.site.urls import file_path

_AT_ONCE, _WAITING = AtOnce("clips being made", 2), 6
_MOST, _SECONDS = 12, 60.0  # new clips for one reader in so many seconds
_KNOWN = 10_000  # readers that are remembered
_STATUS = {"gone": 404, "outside": 404, "too-long": 400, "kept-back": 403, "too-many": 429, "busy": 503}


class Turnstile:
    """Lets each reader through a number of times in a while. Nothing is kept of them after that while."""

    def __init__(self, most: int = _MOST, seconds: float = _SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._guard = threading.Lock()

    def lets(self, reader: str) -> bool:
        """Whether a reader may pass now; it counts."""
        now = time.monotonic()
        with self._guard:
            for key in [key for key, times in self._seen.items() if now - times[-1] > self._seconds]:
                del self._seen[key]
            times = self._seen.setdefault(reader, deque(maxlen=self._most))
            self._seen.move_to_end(reader)
            while len(self._seen) > _KNOWN:
                self._seen.popitem(last=False)
            if len(times) == self._most and now - times[0] <= self._seconds:
                return False
            times.append(now)
            return True


class Clipping:
    """What the application keeps for clips."""

    def __init__(self, clips: Clips) -> None:
        self.clips = clips
        self.turnstile = Turnstile()


def routes() -> list[BaseRoute]:
    """The addresses of clips."""
    return [Route("/clips/{slug}/{name}", _listed), Route("/unlisted/{token}/clips/{name}", _unlisted)]


async def _listed(request: Request) -> Response:
    view = state_of(request).view
    slug, name = request.path_params["slug"], request.path_params["name"]
    event = view.event(slug)
    if event is None and (moved := view.moved(slug)):
        return RedirectResponse(f"/{file_path(moved, 'clips', name)}", 301)
    gone = event is None and view.gone(slug=slug) is not None
    return await _answer(request, event, name, gone=gone)


async def _unlisted(request: Request) -> Response:
    view, token = state_of(request).view, request.path_params["token"]
    event = view.unlisted_event(token)
    gone = event is None and view.gone(token=token) is not None
    return await _answer(request, event, request.path_params["name"], gone=gone)


async def _answer(request: Request, event: PublicEvent | None, name: str, *, gone: bool) -> Response:
    if gone:
        return _refused(ClipRefusedError("this discussion was taken back.", reason="gone"), 410)
    clip = named(name)
    if event is None or clip is None:
        raise HTTPException(404)
    clipping: Clipping = request.app.state.clipping
    clips = clipping.clips

    def find() -> PublicFile | None:
        return clips.kept(event, clip)

    def make() -> PublicFile:
        return clips.make(event, clip)

    try:
        found = await to_thread.run_sync(find)
        if found is None:
            if _AT_ONCE.waiting >= _WAITING:
                raise ClipRefusedError("too many clips are being made just now.", reason="busy")
            if not clipping.turnstile.lets(reader(request)):
                raise ClipRefusedError("too many clips in a short time.", reason="too-many")
            found = await to_thread.run_sync(make, limiter=_AT_ONCE.limiter)
    except ClipRefusedError as error:
        return _refused(error, _STATUS[error.reason])
    except MediaError as error:
        return _refused(ClipRefusedError(error.message, reason="failed"), 500)
    return file_answer(request, found)


def _refused(error: ClipRefusedError, status: int) -> Response:
    body = {"error": {"status": status, "reason": error.reason, "message": error.message}}
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    if status in (429, 503):
        headers["Retry-After"] = str(int(_SECONDS))
    return Response(json.dumps(body), status, headers, "application/json")
