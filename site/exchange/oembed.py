"""oEmbed (version 1.0, oembed.com): another site shows an event's page as a frame.

Every listed event with something to show has an answer of its own at a fixed address, which its page names;
so it works in the static export too. The server also answers at `oembed` for whoever knows only the address
of the page.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from onrecord.site.exchange.feed import media_of
from onrecord.site.public import PublicEvent
from onrecord.site.urls import EMBED_HEIGHT, EMBED_WIDTH, Urls, embed_path
from onrecord.site.view import View

MEDIA_TYPE = "application/json+oembed"
_LEAST = 120


def oembed(
    event: PublicEvent,
    urls: Urls,
    provider: str,
    *,
    max_width: int | None = None,
    max_height: int | None = None,
) -> bytes:
    """The answer for one event, as JSON; the frame is no larger than asked for."""
    width = max(_LEAST, min(EMBED_WIDTH, max_width)) if max_width else EMBED_WIDTH
    height = max(_LEAST, min(EMBED_HEIGHT, max_height)) if max_height else EMBED_HEIGHT
    made: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": event.title,
        "provider_name": provider,
        "provider_url": urls.absolute(urls.home()),
        "author_name": ", ".join(speaker.name for speaker in event.speakers),
        "html": _frame(event, urls, width, height),
        "width": width,
        "height": height,
        "cache_age": 86400,
    }
    picture = next((item for item in media_of(event) if item.media and item.media.poster), None)
    if picture is not None and picture.media is not None and picture.media.width and picture.media.height:
        made |= {
            "thumbnail_url": urls.absolute(urls.poster(event, picture)),
            "thumbnail_width": picture.media.width,
            "thumbnail_height": picture.media.height,
        }
    made = {key: value for key, value in made.items() if value != ""}
    return (json.dumps(made, ensure_ascii=False) + "\n").encode()


def oembed_path(event: PublicEvent) -> str:
    """Where an event's own answer stands."""
    return f"oembed/{event.slug}.json"


def event_at(address: str, view: View, base: str) -> PublicEvent | None:
    """The listed event whose page, or former page, or frame, has this address."""
    try:
        parts, own = urlsplit(address), urlsplit(base)
    except ValueError:  # no address at all: a bracket, for instance, that does not close
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != own.netloc.lower():
        return None
    path = unquote(parts.path)
    if not path.startswith(f"{own.path}/"):
        return None
    kind, _, slug = path.removeprefix(f"{own.path}/").rstrip("/").partition("/")
    if kind not in ("events", "embed") or "/" in slug:
        return None
    return view.event(slug) or view.moved(slug)


def discovery(event: PublicEvent, urls: Urls) -> str:
    """What the page's `<link>` leads to."""
    return urls.absolute(oembed_path(event))


def _frame(event: PublicEvent, urls: Urls, width: int, height: int) -> str:
    return (
        f'<iframe src="{escape(urls.absolute(embed_path(event)))}" width="{width}" height="{height}" '
        f'title="{escape(event.title)}" loading="lazy" allowfullscreen></iframe>'
    )
