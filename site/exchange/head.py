"""What the head of a page says to programs: where its feeds and calendars are, how others may show it (Open
Graph), what it is about (schema.org).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from onrecord.site.exchange import atom, calendar, jsonfeed, linkeddata, oembed, opengraph, podcast, records
from onrecord.site.public import PublicEvent, PublicGroup, PublicPerson
from onrecord.site.urls import Urls

_FOLLOWED = (calendar.MEDIA_TYPE, podcast.MEDIA_TYPE, atom.MEDIA_TYPE, jsonfeed.MEDIA_TYPE)


@dataclass(frozen=True)
class HeadLink:
    """One `<link>`; an empty title is none."""

    rel: str
    type: str
    href: str
    title: str = ""
    whole: bool = False  # of the whole archive, on the page of a part of it


@dataclass(frozen=True)
class Head:
    """What stands in the head beside title and description. `kind` is the Open Graph type; `data` the data
    block.
    """

    links: tuple[HeadLink, ...] = ()
    kind: str = "website"
    properties: opengraph.Properties = ()
    data: Markup | None = None

    @property
    def follow(self) -> tuple[HeadLink, ...]:
        """The feeds and calendars among the links, which the page offers to readers too."""
        return tuple(link for link in self.links if link.type in _FOLLOWED and not link.whole)


def everywhere(title: str, urls: Urls) -> tuple[HeadLink, ...]:
    """What every page names: the feed of all events."""
    return tuple(replace(link, whole=True) for link in _feeds("", title, urls, whole=False)[:1])


def of_home(title: str, summary: str, urls: Urls, *, searchable: bool) -> Head:
    """The home page's."""
    about = linkeddata.website(title, summary, urls, searchable=searchable)
    return Head(_feeds("", title, urls, whole=True), data=linkeddata.data_block(about))


def of_group(group: PublicGroup, urls: Urls) -> Head:
    """The head of a series or of a tag."""
    folder = f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/"
    links = _feeds(folder, group.name, urls, whole=group.kind == "series")
    return Head(links, data=linkeddata.data_block(linkeddata.group(group, urls)))


def of_person(person: PublicPerson, urls: Urls) -> Head:
    """The head of a speaker's page."""
    links = _feeds(f"speakers/{person.slug}/", person.name, urls, whole=False)
    return Head(links, "profile", data=linkeddata.data_block(linkeddata.person(person, urls)))


def of_event(event: PublicEvent, organiser: str, urls: Urls) -> Head:
    """The head of an event's page; that of an unlisted one leads to its calendar entry and to nothing else."""
    entry = HeadLink("alternate", calendar.MEDIA_TYPE, urls.event_calendar(event), event.title)
    if event.unlisted:
        return Head((entry,))
    links = [entry, HeadLink("alternate", "application/json", urls.to(records.event_file(event)))]
    if urls.base and event.recordings:
        links.append(HeadLink("alternate", oembed.MEDIA_TYPE, oembed.discovery(event, urls), event.title))
    return Head(
        tuple(links),
        opengraph.kind_of(event),
        opengraph.event_properties(event, urls),
        linkeddata.data_block(linkeddata.event(event, urls, organiser)),
    )


def _feeds(folder: str, title: str, urls: Urls, *, whole: bool) -> tuple[HeadLink, ...]:
    """The feeds of a page; all events and a series are also a calendar and a podcast."""
    rows: list[tuple[str, str]] = [("calendar.ics", calendar.MEDIA_TYPE)] if whole else []
    if urls.base:
        rows += [("podcast.xml", podcast.MEDIA_TYPE)] if whole else []
        rows += [("feed.xml", atom.MEDIA_TYPE), ("feed.json", jsonfeed.MEDIA_TYPE)]
    return tuple(HeadLink("alternate", kind, urls.to(folder + name), title) for name, kind in rows)
