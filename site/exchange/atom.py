"""Atom feeds (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.site.exchange.feed import (
    Feed,
    content_html,
    identifier,
    media_of,
    newest_of,
    page_of,
    published,
    short_text,
    updated,
)
from onrecord.site.exchange.xmltext import DECLARATION, attributes, element, instant, text
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls

MEDIA_TYPE = "application/atom+xml"


def atom(feed: Feed, urls: Urls, path: str) -> str:
    """A feed that stands at `path`, such as `feed.xml`; every address in it is whole."""
    own = urls.absolute(path)
    rows = [
        DECLARATION,
        f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes(xml__lang=feed.language)}>',
        f"<title>{text(feed.title)}</title>",
        element("subtitle", feed.summary) if feed.summary else "",
        f"<id>{text(own)}</id>",
        f"<updated>{instant(newest_of(feed.newest))}</updated>",
        element("link", rel="self", type="application/atom+xml", href=own),
        element("link", rel="alternate", type="text/html", href=urls.absolute(feed.page)),
        f"<author><name>{text(feed.author or feed.title)}</name></author>",
        *(line for event in feed.newest for line in _entry(event, feed, urls)),
        "</feed>",
    ]
    return "\n".join(row for row in rows if row) + "\n"


def _entry(event: PublicEvent, feed: Feed, urls: Urls) -> Iterator[str]:
    yield f"<entry{attributes(xml__lang=event.languages[0] if event.languages else '')}>"
    yield f"<title>{text(event.title)}</title>"
    yield f"<id>{identifier(event)}</id>"
    if date := published(event):
        yield f"<published>{instant(date)}</published>"
    yield f"<updated>{instant(updated(event))}</updated>"
    yield element("link", rel="alternate", type="text/html", href=page_of(event, urls))
    for recording in media_of(event):
        assert recording.media is not None
        address = urls.absolute(urls.media(event, recording))
        yield element(
            "link", rel="enclosure", type=recording.media.mime, length=recording.media.size, href=address,
            title=recording.title,
        )  # fmt: skip
    for speaker in event.speakers:
        yield f"<contributor><name>{text(speaker.name)}</name></contributor>"
    for tag, _ in event.tags:
        yield element("category", term=tag)
    if short := short_text(event):
        yield f"<summary>{text(short)}</summary>"
    yield f'<content type="html">{text(content_html(event, feed.words))}</content>'
    yield "</entry>"
