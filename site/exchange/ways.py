"""Where everything stands that other programs come for, and what is answered there.

    calendar.ics  feed.xml  feed.json  podcast.xml      also below series/SLUG/
    feed.xml  feed.json                                 also below tags/SLUG/, speakers/SLUG/
    schedule/YEAR.json  series/SLUG/schedule.json
    events/SLUG/event.ics  unlisted/TOKEN/event.ics
    chapters/SLUG/RECORDING.json  oembed/SLUG.json
    pyvideo/category.json  pyvideo/videos/SLUG.RECORDING.json
    archive.tar.gz  slugs.json  api/v1/...
    sitemap.xml  sitemap-1.xml ...  robots.txt

Formats that know whole addresses alone (feeds, the map, oEmbed, pyvideo) are there where the archive says
where it stands (`base-url`); the others always.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from onrecord.site.exchange import (
    atom,
    calendar,
    chapters,
    dump,
    jsonfeed,
    oembed,
    podcast,
    pyvideo,
    schedule,
    sitemap,
)
from onrecord.site.exchange.api import Api
from onrecord.site.exchange.feed import Feed, feeds_of, media_of
from onrecord.site.files import PublicFile
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls, event_path, file_path
from onrecord.site.view import View

# What any other site's scripts may read (CORS): players of podcasts fetch transcripts and chapters that way.
_OPEN = re.compile(
    r"^(?:(?:(?:series|tags|speakers)/[^/]+/)?(?:calendar\.ics|feed\.xml|feed\.json|podcast\.xml|schedule\.json)"
    r"|events/[^/]+/event\.ics|archive\.tar\.gz|oembed"
    r"|(?:api|oembed|chapters|captions|downloads|media|schedule|pyvideo)/.*)$"
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
        self.digests: Mapping[str, str] | None = None  # of the events, where somebody has made them already
        self.entry: calendar.Entry = calendar.entry  # what stands of an event in a calendar of several
        self.api = Api(view, urls, searchable=searchable)
        settings = view.archive.settings
        self.title, self.summary = settings.text("title"), settings.text("summary")

    def list_paths(self) -> Iterator[str]:
        """What is about several events, or none; found without looking at a recording."""
        yield "robots.txt"
        for folder in self._feeds:
            yield from self._feed_paths(folder)
        yield from (f"schedule/{year}.json" for year in self._years)
        if self.urls.base:
            yield "pyvideo/category.json"
            yield from sitemap.names(self.view, self.languages)
        yield from self.api.list_paths()
        yield from (dump.NAME, "slugs.json")

    def event_paths(self, event: PublicEvent) -> Iterator[str]:
        """What is about one event; of an unlisted one its calendar entry alone."""
        yield f"{event_path(event)}event.ics"
        if event.unlisted:
            return
        for recording in event.recordings:
            if any(chapters.chapters_of(recording)):
                yield file_path(event, "chapters", f"{recording.id}.json")
        if self.urls.base:
            if event.recordings:
                yield oembed.oembed_path(event)
            yield from (pyvideo.video_path(event, recording) for recording in media_of(event))
        yield from self.api.event_paths(event)

    def shown_by(self, path: str) -> tuple[PublicEvent, ...] | None:
        """The events that an answer of `list_paths` is made of, where it is not all that are listed: so much has
        to be looked at to know whether the answer is still true.
        """
        if path in ("feed.xml", "feed.json"):
            return self._feeds[""].newest
        if path == "podcast.xml":
            return self._feeds[""].events[: podcast.LENGTH]
        if path == "pyvideo/category.json":
            return ()
        if path.startswith("schedule/"):
            return self._years.get(path.removeprefix("schedule/").removesuffix(".json"))
        if path.startswith("sitemap"):
            return sitemap.shown_by(self.view, self.languages, path)
        return self.api.shown_by(path) if path.startswith("api/") else None

    def find(self, path: str) -> Made | PublicFile | None:
        """What is answered at a path; None: nothing. Raises `LockedError` while the dump is being made."""
        if (answer := self.api.find(path)) is not None:
            return Made(
                json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
            )
        folder, _, name = path.rpartition("/")
        match [*folder.split("/"), name] if folder else [name]:
            case ["events", slug, "event.ics"]:
                return self._entry(self.view.event(slug))
            case ["unlisted", token, "event.ics"]:
                return self._entry(self.view.unlisted_event(token))
            case ["chapters", slug, _]:
                return self._chapters(self.view.event(slug), name)
            case ["schedule", _]:
                return self._schedule(name.removesuffix(".json"), path)
            case ["oembed" | "pyvideo", *_] if self.urls.base:
                return self._with_addresses(path, name)
            case ["slugs.json"]:
                return Made(self._slugs(), "application/json")
            case ["robots.txt"]:
                return Made(sitemap.robots(self.urls.base).encode(), "text/plain")
            case [dump.NAME]:
                return PublicFile(
                    dump.refresh(self.view, self.urls, self.digests), dump.NAME, dump.MEDIA_TYPE
                )
            case [_] if name.startswith("sitemap") and self.urls.base:
                found = sitemap.sitemap(self.view, self.urls, self.languages, name)
                return Made(found.encode(), sitemap.MEDIA_TYPE) if found else None
        feed = self._feeds.get(f"{folder}/" if folder else "")
        return self._feed(feed, path, name) if feed else None

    # Several events

    @cached_property
    def _feeds(self) -> dict[str, Feed]:
        return dict(feeds_of(self.view, self.title, self.summary, self.languages[0]))

    @cached_property
    def _years(self) -> dict[str, tuple[PublicEvent, ...]]:
        years: dict[str, list[PublicEvent]] = {}
        for event in self.view.events:
            years.setdefault(str(event.starts.year), []).append(event)
        return {year: tuple(events) for year, events in years.items()}

    def _feed_paths(self, folder: str) -> Iterator[str]:
        """A tag or a speaker is something to follow; all events and a series are also a calendar and a podcast."""
        series = folder.startswith("series/")
        whole = series or not folder
        names = [*(["calendar.ics"] if whole else []), *(["schedule.json"] if series else [])]
        if self.urls.base:
            names += ["feed.xml", "feed.json", *(["podcast.xml"] if whole else [])]
        return (f"{folder}{name}" for name in names)

    def _feed(self, feed: Feed, path: str, name: str) -> Made | None:
        if path not in self._feed_paths(feed.page):
            return None
        match name:
            case "calendar.ics":
                events = sorted(feed.events, key=lambda event: (event.starts, event.slug))
                body = calendar.calendar(
                    events, self.urls, title=feed.title, summary=feed.summary, path=path, page=feed.page,
                    entry=self.entry,
                )  # fmt: skip
                return Made(body, calendar.MEDIA_TYPE)
            case "schedule.json":
                slug = feed.page.removeprefix("series/").rstrip("/")
                series = feed.title.removesuffix(f" · {self.title}")
                return Made(
                    schedule.schedule(series, slug, feed.events, self.urls, path), schedule.MEDIA_TYPE
                )
            case "feed.xml":
                return Made(atom.atom(feed, self.urls, path).encode(), atom.MEDIA_TYPE)
            case "feed.json":
                return Made(jsonfeed.json_feed(feed, self.urls, path).encode(), jsonfeed.MEDIA_TYPE)
        return Made(podcast.podcast(feed, self.urls, path).encode(), podcast.MEDIA_TYPE)

    def _schedule(self, year: str, path: str) -> Made | None:
        events = self._years.get(year)
        if events is None or not path.endswith(".json"):
            return None
        body = schedule.schedule(f"{self.title}, {year}", f"archive-{year}", events, self.urls, path)
        return Made(body, schedule.MEDIA_TYPE)

    def _slugs(self) -> bytes:
        """Slug, title, language and former slugs of each: by it the static site finds what somebody meant."""
        rows = [
            [event.slug, event.title, event.languages[0] if event.languages else "", *event.aliases]
            for event in self.view.events
        ]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()

    # One event

    def _entry(self, event: PublicEvent | None) -> Made | None:
        if event is None:
            return None
        return Made(calendar.calendar([event], self.urls), calendar.MEDIA_TYPE, event.unlisted)

    def _chapters(self, event: PublicEvent | None, name: str) -> Made | None:
        for recording in event.recordings if event else ():
            if event is not None and name == f"{recording.id}.json" and any(chapters.chapters_of(recording)):
                return Made(chapters.chapters_file(event, recording), chapters.MEDIA_TYPE)
        return None

    def _with_addresses(self, path: str, name: str) -> Made | None:
        """What is there only where the site's place is known."""
        if path == "pyvideo/category.json":
            return Made(pyvideo.category(self.title), pyvideo.MEDIA_TYPE)
        event = self.view.event(name.partition(".")[0])
        if event is None:
            return None
        if path == oembed.oembed_path(event) and event.recordings:
            return Made(oembed.oembed(event, self.urls, self.title), oembed.MEDIA_TYPE)
        for recording in media_of(event):
            if path == pyvideo.video_path(event, recording):
                return Made(pyvideo.video(event, recording, self.urls), pyvideo.MEDIA_TYPE)
        return None
