"""The read-only API: every listed event, transcript, speaker, series and tag as JSON at an address of its own.

What can be a file is one (`api/v1/events.json`), so the static export has the same API as the live site, but
for the search. Lists come in pages: each names the next and the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from onrecord.site.exchange import records
from onrecord.site.exchange.openapi import document as openapi
from onrecord.site.exchange.records import ROOT, Record
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls
from onrecord.site.view import View

PER_PAGE = 100
_Item = TypeVar("_Item")


class Api:
    """The API over one view of the archive."""

    def __init__(self, view: View, urls: Urls, *, searchable: bool) -> None:
        self.view = view
        self.urls = urls
        self.searchable = searchable  # the live site answers questions too

    def list_paths(self) -> Iterator[str]:
        """Where it answers for several events; the search has an address of its own."""
        yield from (f"{ROOT}openapi.json", f"{ROOT}archive.json")
        view = self.view
        yield from _pages("events", len(view.events))
        yield from _pages("speakers", len(view.people))
        for person in view.people:
            yield from _pages(f"speakers/{person.slug}", len(person.events))
        for folder, kind in (("series", "series"), ("tags", "tag")):
            groups = [group for group in view.groups if group.kind == kind]
            yield from _pages(folder, len(groups))
            for group in groups:
                yield from _pages(f"{folder}/{group.slug}", len(group.events))

    def shown_by(self, path: str) -> tuple[PublicEvent, ...] | None:
        """The events that a list is made of; None: all that there are."""
        match path.removeprefix(ROOT).removesuffix(".json").split("/"):
            case ["events"]:
                return self._slice(self.view.events[::-1], 1)
            case ["events", "page", number]:
                return self._slice(self.view.events[::-1], _number(number))
            case [("speakers" | "series" | "tags") as kind, slug, *_] if slug != "page":
                return self._events_with(kind, slug)  # each page says how many there are, and who that is
            case ["openapi"]:
                return ()
        return None

    def event_paths(self, event: PublicEvent) -> Iterator[str]:
        """Where it answers for one event and for what was said there."""
        yield records.event_file(event)
        for transcript in event.transcripts:
            yield records.transcript_file(event, transcript)

    def find(self, path: str) -> Record | None:
        """What is answered at a path; None: nothing."""
        if not path.startswith(ROOT) or not path.endswith(".json"):
            return None
        match path.removeprefix(ROOT).removesuffix(".json").split("/"):
            case ["openapi"]:
                return openapi(self._title, self.urls.base, PER_PAGE, searchable=self.searchable)
            case ["archive"]:
                return self._archive()
            case [("events" | "speakers" | "series" | "tags") as kind]:
                return self._list(kind, 1)
            case [("events" | "speakers" | "series" | "tags") as kind, "page", number]:
                return self._list(kind, _number(number))
            case ["events", slug]:
                event = self.view.event(slug)
                return records.whole(event, self.urls) if event else None
            case ["events", slug, "transcripts", name]:
                return self._transcript(slug, name)
            case [("speakers" | "series" | "tags") as kind, slug]:
                return self._events_of(kind, slug, 1)
            case [("speakers" | "series" | "tags") as kind, slug, "page", number]:
                return self._events_of(kind, slug, _number(number))
        return None

    @property
    def _title(self) -> str:
        return self.view.archive.settings.text("title")

    def _archive(self) -> Record:
        settings, view, urls = self.view.archive.settings, self.view, self.urls
        lists = ("events", "speakers", "series", "tags")
        return {
            "title": self._title,
            "summary": settings.text("summary"),
            "languages": list(settings.items("languages")),
            "licence": settings.text("licence"),
            "contact": settings.text("contact"),
            "page": _address(urls, ""),
            "events": len(view.events),
            "speakers": len(view.people),
            "lists": {name: _address(urls, f"{ROOT}{name}.json") for name in lists},
            "openapi": _address(urls, f"{ROOT}openapi.json"),
        }

    def _list(self, kind: str, page: int) -> Record | None:
        if kind == "events":
            newest = tuple(reversed(self.view.events))
            return self._page(kind, newest, page, lambda event: records.brief(event, self.urls))
        if kind == "speakers":
            return self._page(
                kind, self.view.people, page, lambda person: records.person_brief(person, self.urls)
            )
        groups = [group for group in self.view.groups if group.kind == ("tag" if kind == "tags" else kind)]
        return self._page(kind, groups, page, lambda group: records.group_about(group, self.urls))

    def _events_of(self, kind: str, slug: str, page: int) -> Record | None:
        events: tuple[PublicEvent, ...]
        if kind == "speakers":
            person = self.view.person(slug)
            if person is None:
                return None
            about, events = records.person_about(person, self.urls), person.events
        else:
            group = self.view.group("tag" if kind == "tags" else "series", slug)
            if group is None:
                return None
            about, events = records.group_about(group, self.urls), group.events
        found = self._page(f"{kind}/{slug}", events, page, lambda event: records.brief(event, self.urls))
        return {"about": about, **found} if found else None

    def _transcript(self, slug: str, name: str) -> Record | None:
        event = self.view.event(slug)
        found = next((item for item in event.transcripts if item.name == name), None) if event else None
        return records.transcript(event, found, self.urls) if event and found else None

    def _events_with(self, kind: str, slug: str) -> tuple[PublicEvent, ...]:
        if kind == "speakers":
            person = self.view.person(slug)
            return person.events if person else ()
        group = self.view.group("tag" if kind == "tags" else "series", slug)
        return group.events if group else ()

    def _slice(self, events: tuple[PublicEvent, ...], number: int) -> tuple[PublicEvent, ...]:
        return events[(number - 1) * PER_PAGE : number * PER_PAGE]

    def _page(
        self, place: str, items: Sequence[_Item], number: int, make: Callable[[_Item], Record]
    ) -> Record | None:
        pages = _count(len(items))
        if not 1 <= number <= pages:
            return None
        chosen = items[(number - 1) * PER_PAGE : number * PER_PAGE]
        return {
            "total": len(items),
            "page": number,
            "pages": pages,
            "previous": self._at(place, number - 1) if number > 1 else None,
            "next": self._at(place, number + 1) if number < pages else None,
            "items": [make(item) for item in chosen],
        }

    def _at(self, place: str, number: int) -> str:
        return _address(self.urls, _path(place, number))


def _address(urls: Urls, path: str) -> str:
    return urls.absolute(path) or urls.to(path)


def _count(items: int) -> int:
    """How many pages there are; an empty list has one."""
    return max(1, -(-items // PER_PAGE))


def _path(place: str, number: int) -> str:
    return f"{ROOT}{place}.json" if number == 1 else f"{ROOT}{place}/page/{number}.json"


def _pages(place: str, items: int) -> Iterator[str]:
    return (_path(place, number) for number in range(1, _count(items) + 1))


def _number(text: str) -> int:
    """The number of a page after the first; 0 for what is none."""
    return (
        int(text)
        if text.isascii() and text.isdecimal() and len(text) < 7 and text[0] != "0" and text != "1"
        else 0
    )
