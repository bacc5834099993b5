"""The map for search engines (sitemaps.org 0.9, with Google's extension for video) and robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onrecord.site.exchange.feed import media_of, short_text, updated
from onrecord.site.exchange.oembed import embed_path
from onrecord.site.exchange.xmltext import DECLARATION, element, instant, text
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls, event_path
from onrecord.site.view import View

MEDIA_TYPE = "application/xml"
PER_FILE = 10_000  # a file may hold 50,000 addresses and 50 MB; entries with video are long
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


def sitemaps(view: View, urls: Urls) -> Mapping[str, str]:
    """The map as files by path: one, or an index and several. Unlisted events are not in it."""
    rows = [*_pages(view, urls), *(_event(event, urls) for event in view.events)]
    parts = [rows[start : start + PER_FILE] for start in range(0, len(rows), PER_FILE)]
    if len(parts) == 1:
        return {"sitemap.xml": _file(parts[0])}
    files = {f"sitemap-{number}.xml": _file(part) for number, part in enumerate(parts, 1)}
    index = [f"<sitemap><loc>{text(urls.absolute(name))}</loc></sitemap>" for name in files]
    head = f'{DECLARATION}\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return {"sitemap.xml": head + "\n".join(index) + "\n</sitemapindex>\n", **files}


def _file(rows: list[str]) -> str:
    return f"{DECLARATION}\n<urlset {_NAMESPACES}>\n" + "\n".join(rows) + "\n</urlset>\n"


def _pages(view: View, urls: Urls) -> Iterator[str]:
    paths = ["", "events/", "about/"]
    if view.people:
        paths.append("speakers/")
    paths += [f"speakers/{person.slug}/" for person in view.people]
    paths += [f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/" for group in view.groups]
    for path in paths:
        yield f"<url><loc>{text(urls.absolute(path))}</loc></url>"


def _event(event: PublicEvent, urls: Urls) -> str:
    loc = text(urls.absolute(event_path(event)))
    last = f"<lastmod>{instant(updated(event))}</lastmod>"
    return f"<url><loc>{loc}</loc>{last}{''.join(_videos(event, urls))}</url>"


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
