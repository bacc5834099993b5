"""What other sites show of a page that somebody links to (Open Graph protocol, ogp.me). Its addresses are
whole, so there is none of it where the site's place is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.site.exchange.feed import media_of
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls

_LOCALES = {
    "de": "de_DE", "en": "en_GB", "fr": "fr_FR", "pl": "pl_PL", "ru": "ru_RU", "uk": "uk_UA",
}  # fmt: skip
Properties = tuple[tuple[str, str], ...]


def page_properties(
    site: str, title: str, description: str, address: str, language: str, kind: str = "website"
) -> Properties:
    """What every page says."""
    rows = (
        ("og:site_name", site),
        ("og:title", title),
        ("og:type", kind),
        ("og:url", address),
        ("og:description", description),
        ("og:locale", _LOCALES.get(language.split("-", maxsplit=1)[0], "")),
    )
    return tuple((name, value) for name, value in rows if value) if address else ()


def event_properties(event: PublicEvent, urls: Urls) -> Properties:
    """What an event's page says beside: its pictures, its video, its sound."""
    return tuple(_media(event, urls)) if urls.base else ()


def kind_of(event: PublicEvent) -> str:
    """The type of an event's page."""
    return (
        "video.other"
        if any(item.media.kind == "video" for item in media_of(event) if item.media)
        else "article"
    )


def _media(event: PublicEvent, urls: Urls) -> Iterator[tuple[str, str]]:
    for recording in media_of(event):
        media = recording.media
        assert media is not None
        if media.poster:
            yield "og:image", urls.absolute(urls.poster(event, recording))
            yield "og:image:type", "image/jpeg"
            yield "og:image:alt", event.title
        name = "og:video" if media.kind == "video" else "og:audio"
        yield name, urls.absolute(urls.media(event, recording))
        yield f"{name}:type", media.mime
        if media.kind == "video" and media.width and media.height:
            yield "og:video:width", str(media.width)
            yield "og:video:height", str(media.height)
