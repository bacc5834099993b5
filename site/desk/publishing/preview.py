"""The preview: an event as the public will see it, made by the gate and the templates of the public pages, as if a wish
were written already. Nobody but who is signed in can come here, and nothing of it is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from onrecord.events.model import UNLISTED_TOKEN, Event
from onrecord.events.registry import Registry
from onrecord.site.answering import POLICY, file_answer
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.publishing.wishes import wish_code, wish_of
from onrecord.site.files import PublicFile
from onrecord.site.live import Live
from onrecord.site.pages import Pages
from onrecord.site.public import PublicEvent
from onrecord.site.release import Wish, release
from onrecord.site.rendering import Document, Moved, frame_rule
from onrecord.site.state import State
from onrecord.site.statics import media_type
from onrecord.site.urls import event_path
from onrecord.site.view import View

_TOKEN = "preview-" + 20 * "0"  # stands for the secret of an unlisted address that is not made yet
_KEPT = 4
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True)
class Preview:
    """The site as it would be: its pages, the event in it, or None where the public would see none."""

    pages: Pages
    event: PublicEvent | None


class _Kept:
    """The last few previews of one site; a change of the archive ends them."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.state: State | None = None
        self.made: OrderedDict[tuple[str, str], Preview] = OrderedDict()


_previews: WeakKeyDictionary[Live, _Kept] = WeakKeyDictionary()
_guard = threading.Lock()


def preview_of(ask: Ask, stem: str, code: str) -> Preview:
    """The preview of a wish for an event. Raises `NotFoundError`, and what would be wrong with the event."""
    with _guard:
        kept = _previews.setdefault(ask.live, _Kept())
    state = ask.live.state
    with kept.guard:
        if kept.state is not state:
            kept.state, kept.made = state, OrderedDict()
        key = (stem, code)
        if key not in kept.made:
            kept.made[key] = _made(ask, state, stem, code)
            while len(kept.made) > _KEPT:
                kept.made.popitem(last=False)
        kept.made.move_to_end(key)
        return kept.made[key]


def _made(ask: Ask, state: State, stem: str, code: str) -> Preview:
    archive = ask.archive
    planned = release(archive, stem, wish_of(code), now=ask.now, registry=Registry(archive, keep=True))
    event = _with_token(planned.event)
    now = max(ask.now, event.publish_instant or ask.now)
    view = View(archive, now + timedelta(seconds=1) if now > ask.now else now, instead={event.stem: event})
    pages = Pages(view, statics=state.pages.statics, top=top(stem, code))
    found = [one for one in (*view.events, *view.unlisted) if view.stem(one) == event.stem]
    return Preview(pages, found[0] if found else None)


def _with_token(event: Event) -> Event:
    if event.visibility != "unlisted" or event.unlisted_token:
        return event
    return event.model_copy(update={"private": {**event.private, UNLISTED_TOKEN: _TOKEN}})


def top(stem: str, code: str) -> str:
    """The root of the preview of a wish."""
    return f"/desk/events/{stem}/preview/{code}/"


def look(ask: Ask) -> Response:
    """The event's page in a frame, beside the way back; without a choice, as it would be published now."""
    stem, code = ask.params["stem"], ask.query.get("as", "") or wish_code(Wish())
    made = preview_of(ask, stem, code)
    address = top(stem, code) + (event_path(made.event) if made.event else "")
    return ask.render(
        "publishing/preview.html", stem=stem, code=code, address=address, event=made.event,
        narrow=ask.query.get("width") == "phone", problems=made.pages.view.problems,
    )  # fmt: skip


def page(ask: Ask) -> Response:
    """Anything of the site as it would be: pages, pictures, recordings, texts."""
    stem, code, path = (ask.params[name] for name in ("stem", "code", "path"))
    if path.startswith("static/"):
        return _static(ask, path.removeprefix("static/"))
    made = preview_of(ask, stem, code)
    found = made.pages.find(path)
    if found is None:
        raise HTTPException(404)
    if isinstance(found, Moved):
        return RedirectResponse(top(stem, code) + found.path, 307, _HEADERS)
    if isinstance(found, PublicFile):
        answer = file_answer(ask.request, found)
        for name, value in {**_HEADERS, "Content-Security-Policy": POLICY}.items():
            answer.headers[name] = value
        return answer
    return _document(ask, found)


def _document(ask: Ask, found: Document) -> Response:
    headers = {**_HEADERS, "Content-Security-Policy": POLICY + frame_rule(found.frames)}
    body = b"" if ask.method == "HEAD" else found.body
    return Response(body, found.status, headers, found.media_type)


def _static(ask: Ask, name: str) -> Response:
    data = ask.live.state.pages.statics.read(name)
    if data is None:
        raise HTTPException(404)
    return Response(
        data, headers={**_HEADERS, "Content-Security-Policy": POLICY}, media_type=media_type(name)
    )


def local_instant(event: Event) -> datetime | None:
    """When the event becomes public by the clock, in its own zone."""
    from zoneinfo import ZoneInfo

    at = event.publish_instant
    return at.astimezone(ZoneInfo(event.timezone)) if at else None


ROUTES = (
    desk_route("/desk/events/{stem}/preview/", look, who="editor"),
    desk_route("/desk/events/{stem}/preview/{code}/{path:path}", page, who="editor"),
)
