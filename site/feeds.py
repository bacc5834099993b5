"""What machines come for: the Atom feed (RFC 4287), the sitemap (sitemaps.org), robots.txt (RFC 9309)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls, event_path
from onrecord.site.view import View

_FEED_LENGTH = 50
# XML 1.0, production 2; C1 is allowed there and discouraged.
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def robots(base: str) -> str:
    """Everything may be read; unlisted pages say `noindex` themselves and are not named here."""
    return "User-agent: *\nDisallow:\n" + (f"\nSitemap: {base}/sitemap.xml\n" if base else "")


def updated(event: PublicEvent) -> datetime:
    """When the page of an event last said something new, as far as the record tells: the same for the same
    record.
    """
    dates = [date for item in event.transcripts for date in (item.made, item.reviewed) if date is not None]
    return max([event.starts.astimezone(UTC), *dates])


def identifier(event: PublicEvent) -> str:
    """The event's id as an IRI."""
    try:
        return f"urn:uuid:{uuid.UUID(event.id)}"
    except ValueError:
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, event.id)}"


def atom(title: str, view: View, urls: Urls) -> str:
    """The newest listed events, the newest first; addresses are whole."""
    events = tuple(reversed(view.events))[:_FEED_LENGTH]
    newest = max((updated(event) for event in events), default=datetime(1970, 1, 1, tzinfo=UTC))
    own = urls.absolute("feed.xml")
    rows = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(title)}</title>",
        f"<id>{_text(own)}</id>",
        f"<updated>{_instant(newest)}</updated>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(urls.absolute(""))}/>',
        f"<author><name>{_text(title)}</name></author>",
        *(line for event in events for line in _entry(event, urls)),
        "</feed>",
    ]
    return "\n".join(rows) + "\n"


def _entry(event: PublicEvent, urls: Urls) -> Iterator[str]:
    yield "<entry>"
    yield f"<title>{_text(event.title)}</title>"
    yield f"<id>{identifier(event)}</id>"
    yield f"<updated>{_instant(updated(event))}</updated>"
    yield f'<link rel="alternate" type="text/html" href={quoteattr(urls.absolute(event_path(event)))}/>'
    for speaker in event.speakers:
        yield f"<contributor><name>{_text(speaker.name)}</name></contributor>"
    for tag, _ in event.tags:
        yield f"<category term={quoteattr(_clean(tag))}/>"
    if event.cancelled or event.summary or event.description:
        text = " ".join(part for part in (event.cancelled, event.summary or event.description) if part)
        yield f"<summary>{_text(text)}</summary>"
    yield "</entry>"


def sitemap(view: View, urls: Urls) -> str:
    """Every page that stands in a list; unlisted ones are not here."""
    paths = ["", "events/", "about/"]
    paths += [f"speakers/{person.slug}/" for person in view.people]
    paths += [f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/" for group in view.groups]
    paths += [event_path(event) for event in view.events]
    rows = [f"<url><loc>{_text(urls.absolute(path))}</loc></url>" for path in paths]
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    head += '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return head + "\n".join(rows) + "\n</urlset>\n"


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return _NO_XML.sub("", text)


def _text(text: str) -> str:
    return escape(_clean(text))
