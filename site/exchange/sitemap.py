"""The map for search engines (sitemaps.org 0.9, with Google's extension for video) and robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from onrecord.site.exchange.feed import media_of, short_text, updated
from onrecord.site.exchange.xmltext import DECLARATION, attributes, element, instant, text
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls, embed_path, event_path
from onrecord.site.view import View

MEDIA_TYPE = "application/xml"
PER_FILE = 500  # a file may hold 50,000 addresses; small ones are quickly made again when one event changes
_LONGEST_VIDEO = 28_800  # seconds that the extension allows
_NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def robots(base: str) -> str:
    """Everything may be read. Unlisted pages say `noindex` themselves and are not named here: a crawler that
    may not read a page does not see that it must not list it.
    """
    return "User-agent: *\nDisallow:\n" + (f"\nSitemap: {base}/sitemap.xml\n" if base else "")


@dataclass(frozen=True)
class _Entry:
    """One page in one language."""

    path: str
    prefix: str  # of the language; empty for the first one
    event: PublicEvent | None = None


def names(view: View, languages: Sequence[str]) -> list[str]:
    """The files that the map consists of: one, or an index and several."""
    parts = _parts(view, languages)
    return ["sitemap.xml", *(f"sitemap-{number}.xml" for number in range(1, parts + 1) if parts > 1)]


def sitemap(view: View, urls: Urls, languages: Sequence[str], name: str) -> str | None:
    """One file of the map; None when there is no such file. Unlisted events are not in it.

    Every page stands there in each of the interface's languages, the first of which has no prefix, and names
    its others (hreflang).
    """
    parts = _parts(view, languages)
    if name not in names(view, languages):
        return None
    if name == "sitemap.xml" and parts > 1:
        places = (f"sitemap-{number}.xml" for number in range(1, parts + 1))
        rows = [f"<sitemap><loc>{text(urls.absolute(place))}</loc></sitemap>" for place in places]
        head = f'{DECLARATION}\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        return head + "\n".join(rows) + "\n</sitemapindex>\n"
    number = int(name.removeprefix("sitemap-").removesuffix(".xml")) if parts > 1 else 1
    start = (number - 1) * PER_FILE
    chosen = islice(_entries(view, languages), start, start + PER_FILE)
    rows = [_url(entry, urls, languages) for entry in chosen]
    return f"{DECLARATION}\n<urlset {_NAMESPACES}>\n" + "\n".join(rows) + "\n</urlset>\n"


def shown_by(view: View, languages: Sequence[str], name: str) -> tuple[PublicEvent, ...] | None:
    """The events that a file of the map is made of; None: it shows more than events."""
    number = name.removeprefix("sitemap-").removesuffix(".xml")
    if not number.isdecimal():
        return None
    start = (int(number) - 1) * PER_FILE
    pages = _page_count(view)
    chosen: list[PublicEvent] = []
    for language in range(len(languages)):  # in the order of _entries, without making them
        first = language * (pages + len(view.events))
        if first < start + PER_FILE and start < first + pages:
            return None
        first += pages
        chosen += view.events[max(0, start - first) : max(0, start + PER_FILE - first)]
    return tuple(chosen)


def _parts(view: View, languages: Sequence[str]) -> int:
    pages = len(languages) * (len(view.events) + _page_count(view))
    return max(1, -(-pages // PER_FILE))


def _entries(view: View, languages: Sequence[str]) -> Iterator[_Entry]:
    for language in languages:
        prefix = "" if language == languages[0] else f"{language}/"
        yield from (_Entry(path, prefix) for path in _pages(view))
        yield from (_Entry(event_path(event), prefix, event) for event in view.events)


def _pages(view: View) -> Iterator[str]:
    yield from ("", "events/", "about/")
    if view.people:
        yield "speakers/"
    yield from (f"speakers/{person.slug}/" for person in view.people)
    yield from (f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/" for group in view.groups)


def _page_count(view: View) -> int:
    return 3 + (1 if view.people else 0) + len(view.people) + len(view.groups)


def _url(entry: _Entry, urls: Urls, languages: Sequence[str]) -> str:
    rows = [f"<loc>{text(urls.absolute(entry.prefix + entry.path))}</loc>"]
    if entry.event is not None:
        rows.append(f"<lastmod>{instant(updated(entry.event))}</lastmod>")
    if languages[1:]:
        for language in (*languages, "x-default"):
            prefix = "" if language in (languages[0], "x-default") else f"{language}/"
            href = urls.absolute(prefix + entry.path)
            rows.append(f'<xhtml:link rel="alternate"{attributes(hreflang=language, href=href)}/>')
    if entry.event is not None and not entry.prefix:
        rows += _videos(entry.event, urls)
    return f"<url>{''.join(rows)}</url>"


def _videos(event: PublicEvent, urls: Urls) -> Iterator[str]:
    """The videos on an event's page; one without a picture may not stand here."""
    for recording in media_of(event):
        media = recording.media
        assert media is not None
        if media.kind != "video" or not media.poster:
            continue
        title = f"{event.title}: {recording.title}" if recording.title else event.title
        rows = [
            ("video:thumbnail_loc", urls.absolute(urls.poster(event, recording))),
            ("video:title", title[:100]),
            ("video:description", (short_text(event) or title)[:2048]),
            ("video:content_loc", urls.absolute(urls.media(event, recording))),
            ("video:player_loc", urls.absolute(embed_path(event))),
            ("video:duration", str(max(1, round(media.duration / 1000)))),
            ("video:publication_date", instant(event.ends)),
            *(("video:tag", tag) for tag, _ in event.tags[:32]),
        ]
        if media.duration > 1000 * _LONGEST_VIDEO:
            rows = [row for row in rows if row[0] != "video:duration"]
        yield "<video:video>" + "".join(element(name, value) for name, value in rows) + "</video:video>"
