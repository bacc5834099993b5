"""Where everything stands that other programs come for, and what is answered there.

    calendar.ics  feed.xml  feed.json  podcast.xml  schedule.json      also below series/SLUG/
    feed.xml  feed.json                                                also below tags/SLUG/, speakers/SLUG/
    events/SLUG/event.ics  unlisted/TOKEN/event.ics
    chapters/SLUG/RECORDING.json  oembed/SLUG.json
    pyvideo.json  archive.tar.gz  api/v1/...
    sitemap.xml  sitemap-1.xml ...  robots.txt

Formats that know whole addresses alone (feeds, the map, oEmbed, pyvideo) are there where the archive says
where it stands (`base-url`); the others always.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from onrecord.site.exchange import (
    atom,
    calendar,
    chapters,
    jsonfeed,
    oembed,
    podcast,
    pyvideo,
    schedule,
    sitemap,
)
from onrecord.site.exchange.api import Api
from onrecord.site.exchange.feed import Feed, feeds_of
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls, event_path, file_path
from onrecord.site.view import View

# What any other site's scripts may read (CORS): players of podcasts fetch transcripts and chapters that way.
_OPEN = re.compile(
    r"^(?:(?:(?:series|tags|speakers)/[^/]+/)?(?:calendar\.ics|feed\.xml|feed\.json|podcast\.xml|schedule\.json)"
    r"|events/[^/]+/event\.ics|pyvideo\.json|archive\.tar\.gz|oembed"
    r"|(?:api|oembed|chapters|captions|downloads|media)/.*)$"
)


@dataclass(frozen=True)
class Made:
    """What is answered: bytes and their type. `noindex` is set for what belongs to an unlisted event."""

    body: bytes
    media_type: str
    noindex: bool = False


def open_to_all(path: str) -> bool:
    """Whether scripts of other sites may read what stands at a path; never what is unlisted."""
    return _OPEN.match(path) is not None


class Ways:
    """Everything for other programs, over one view of the archive. `urls` are those of the site's root;
    `languages` those of the interface, of which the first one stands at the root.
    """

    def __init__(
        self, view: View, urls: Urls, languages: Sequence[str] = ("en",), *, searchable: bool = False
    ) -> None:
        self.view = view
        self.urls = urls
        self.languages = tuple(languages)
        self.api = Api(view, urls, searchable=searchable)
        settings = view.archive.settings
        self.title, self.summary = settings.text("title"), settings.text("summary")

    def list_paths(self) -> Iterator[str]:
        """What is about several events, or none; found without looking at a recording."""
        yield "robots.txt"
        for folder in self._feeds:
            yield from self._feed_paths(folder)
        if self.urls.base:
            yield "pyvideo.json"
            yield from sitemap.names(self.view, self.languages)
        yield from self.api.list_paths()

    def event_paths(self, event: PublicEvent) -> Iterator[str]:
        """What is about one event; of an unlisted one its calendar entry alone."""
        yield f"{event_path(event)}event.ics"
        if event.unlisted:
            return
        for recording in event.recordings:
            if any(True for _ in chapters.chapters_of(recording)):
                yield file_path(event, "chapters", f"{recording.id}.json")
        if self.urls.base and event.recordings:
            yield oembed.oembed_path(event)
        yield from self.api.event_paths(event)

    def find(self, path: str) -> Made | None:
        """What is answered at a path; None: nothing."""
        if (answer := self.api.find(path)) is not None:
            return Made(
                (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode(), "application/json"
            )
        if path in ("robots.txt", "pyvideo.json") or path.startswith("sitemap"):
            return self._of_the_site(path)
        folder, _, name = path.rpartition("/")
        match [*folder.split("/"), name]:
            case ["events", slug, "event.ics"]:
                event = self.view.event(slug)
                return self._entry(event) if event else None
            case ["unlisted", token, "event.ics"]:
                event = self.view.unlisted_event(token)
                return self._entry(event) if event else None
            case ["chapters", slug, _]:
                return self._chapters(slug, name)
            case ["oembed", _] if self.urls.base:
                event = self.view.event(name.removesuffix(".json")) if name.endswith(".json") else None
                if event is None or not event.recordings:
                    return None
                return Made(oembed.oembed(event, self.urls, self.title), oembed.MEDIA_TYPE)
        feed = self._feeds.get(f"{folder}/" if folder else "")
        return self._feed(feed, f"{folder}/" if folder else "", name) if feed else None

    @cached_property
    def _feeds(self) -> dict[str, Feed]:
        return dict(feeds_of(self.view, self.title, self.summary, self.languages[0]))

    def _feed_paths(self, folder: str) -> Iterator[str]:
        """A tag or a speaker is something to follow; all events and a series are also a calendar and a podcast."""
        whole = not folder or folder.startswith("series/")
        names = ["calendar.ics", "schedule.json"] if whole else []
        if self.urls.base:
            names += ["feed.xml", "feed.json", *(["podcast.xml"] if whole else [])]
        return (f"{folder}{name}" for name in names)

    def _feed(self, feed: Feed, folder: str, name: str) -> Made | None:
        path = f"{folder}{name}"
        if path not in self._feed_paths(folder):
            return None
        match name:
            case "calendar.ics":
                events = sorted(feed.events, key=lambda event: (event.starts, event.slug))
                body = calendar.calendar(
                    events, self.urls, title=feed.title, summary=feed.summary, path=path, page=feed.page
                )
                return Made(body, calendar.MEDIA_TYPE)
            case "schedule.json":
                slug = folder.removeprefix("series/").rstrip("/") or "archive"
                title = feed.title.removesuffix(f" · {self.title}") if folder else self.title
                body = schedule.schedule(title, slug, feed.events, self.urls, path)
                return Made(body, schedule.MEDIA_TYPE)
            case "feed.xml":
                return Made(atom.atom(feed, self.urls, path).encode(), atom.MEDIA_TYPE)
            case "feed.json":
                return Made(jsonfeed.json_feed(feed, self.urls, path).encode(), jsonfeed.MEDIA_TYPE)
        return Made(podcast.podcast(feed, self.urls, path).encode(), podcast.MEDIA_TYPE)

    def _of_the_site(self, path: str) -> Made | None:
        if path == "robots.txt":
            return Made(sitemap.robots(self.urls.base).encode(), "text/plain")
        if not self.urls.base:
            return None
        if path == "pyvideo.json":
            return Made(pyvideo.pyvideo(self.view.events, self.urls), pyvideo.MEDIA_TYPE)
        found = sitemap.sitemap(self.view, self.urls, self.languages, path)
        return Made(found.encode(), sitemap.MEDIA_TYPE) if found else None

    def _entry(self, event: PublicEvent) -> Made:
        return Made(calendar.calendar([event], self.urls), calendar.MEDIA_TYPE, event.unlisted)

    def _chapters(self, slug: str, name: str) -> Made | None:
        event = self.view.event(slug)
        recording = (
            next((item for item in event.recordings if f"{item.id}.json" == name), None) if event else None
        )
        if event is None or recording is None or not any(True for _ in chapters.chapters_of(recording)):
            return None
        return Made(chapters.chapters_file(event, recording), chapters.MEDIA_TYPE)
