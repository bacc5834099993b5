"""What the static site is made of, piece by piece, each with a digest of everything that it is made of.

A unit is made again when its digest differs from that with which it was made last; so a digest must change with
anything that the unit's files may show. It may change too often: that only costs time. The digests are:

- of an event: its record, the people in it, the files in its folders, its standing at this moment, the addresses of
  the pages that it leads to;
- of a list: those of the events in it, with all that is in them;
- of everything: the settings, and this onrecord with its templates, styles and catalogues.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from onrecord.errors import PublishError
from onrecord.languages import N_
from onrecord.program import program
from onrecord.settings import SETTINGS
from onrecord.site.export.hosting import hosting_files
from onrecord.site.export.traces import Traces
from onrecord.site.files import PublicFile
from onrecord.site.pages import Pages
from onrecord.site.public import PublicEvent
from onrecord.site.rendering import Document
from onrecord.site.urls import event_path, up

Made = tuple[str, bytes | PublicFile]


@dataclass(frozen=True)
class Unit:
    """A piece of the site: what it is called, the digest of what it is made of, and how its files are made."""

    key: str
    digest: str
    make: Callable[[], Iterable[Made]]


class Units:
    """The units of one state of the pages. `search` says whether the site has a search."""

    def __init__(self, pages: Pages, traces: Traces, *, search: bool) -> None:
        self._pages = pages
        self._view = pages.view
        self._search = search
        settings = pages.view.archive.settings
        statics = pages.statics
        self._common = _digest(
            program(),
            repr([(setting.name, settings[setting.name]) for setting in SETTINGS]),
            repr([pages.site, pages.offered, pages.base]),
            repr([(name, statics.version(name)) for name in statics.names()]),
        )
        view = self._view
        events = (*view.events, *view.unlisted)
        found = [(event, stem := view.stem(event), view.digest(event, traces.of(stem))) for event in events]
        pages.ways.digests = {event_path(event): digest for event, _, digest in found}
        # With all that is common to the pages: nothing that is kept under it outlives a change of that.
        self._events = {id(event): _joined(self._common, digest) for event, _, digest in found}
        self._stems = {stem: self._events[id(event)] for event, stem, _ in found}
        self._together: dict[int, tuple[Sequence[PublicEvent], str]] = {}
        self._listed = self._all(self._view.events)

    def stems(self) -> dict[str, str]:
        """The digest of all that the pages and files of an event are made of, by its stem."""
        return self._stems

    def __iter__(self) -> Iterator[Unit]:
        """Every unit; a file belongs to one of them."""
        yield Unit("", self._common, self._frame)
        for path in self._pages.list_paths():
            yield Unit(f"list {path}", self._digest_of(path), partial(self._asked, [path]))
        for event in (*self._view.events, *self._view.unlisted):
            yield Unit(f"event {event_path(event)}", self._events[id(event)], partial(self._event, event))
        for path, document in self._elsewhere():
            yield Unit(
                f"elsewhere {path}", _digest(self._common, document.body), partial(_one, path, document)
            )
        if self._search:
            yield Unit("search", _digest(self._common, self._listed), lambda: ())

    def _digest_of(self, path: str) -> str:
        """The digest of what a list shows, as its address tells: see `Pages.list_paths`."""
        shown = self._pages.ways.shown_by(path)
        if shown is not None:  # and how many there are in all, which pages of lists say
            return self._digest_with(f"{path} {len(self._view.events)}", shown)
        parts = path.split("/")
        if parts[0] in self._pages.others:
            del parts[0]
        match parts:
            case ["about", *_] | ["robots.txt"]:
                return self._common
            case ["years", year, *_]:
                known = self._pages.years
                return self._digest_with(
                    f"{path} {[(one, len(events)) for one, events in known.items()]}", known[int(year)]
                )
            case ["speakers", slug, _, *_] if person := self._view.person(slug):
                return self._digest_with(path, person.events)
            case ["series" | "tags" as kind, slug, _, *_]:
                group = self._view.group("series" if kind == "series" else "tag", slug)
                if group is not None:
                    return self._digest_with(path, group.events)
        return _digest(self._common, self._listed)

    def _digest_with(self, path: str, events: Sequence[PublicEvent]) -> str:
        return _joined(self._common, self._all(events), path)

    def _all(self, events: Sequence[PublicEvent]) -> str:
        """One digest of several events. A person's are asked for again for each of their pages, feeds and answers."""
        known = self._together.get(id(events))
        if known is None:  # the events are kept with it, so that no others can come to bear this number
            known = (events, _joined(*(self._events[id(event)] for event in events)))
            self._together[id(events)] = known
        return known[1]

    # How they are made

    def _asked(self, paths: Iterable[str]) -> Iterator[Made]:
        """What the pages give at these paths; raises `PublishError` when it is nothing to be written."""
        for path in paths:
            found = self._pages.find(path)
            if isinstance(found, PublicFile):
                yield path, found
            elif isinstance(found, Document) and found.status == 200:
                yield path, found.body
            else:
                raise PublishError(
                    f"the page '{path}' has no answer.", advice="This is an error in onrecord."
                )

    def _event(self, event: PublicEvent) -> Iterator[Made]:
        return self._asked(self._pages.event_paths(event))

    def _frame(self) -> Iterator[Made]:
        """What every page uses, and what tells a host how to serve them."""
        for name in self._pages.statics.names():
            data = self._pages.statics.read(name)
            if data is not None:
                yield f"static/{name}", data
        yield from hosting_files(list(self._pages.others), self._pages.base_path)

    def _elsewhere(self) -> Iterator[tuple[str, Document]]:
        """What a server answers with a status, a static site with a page: former addresses, withdrawals, what is
        not there.
        """
        lost = (N_("There is no such page"), N_("It may have been moved, or it was never here."))
        yield "404.html", self._pages.error(404, *lost, root=self._pages.base_path, lost=True)
        for edition in self._pages.editions():
            for path, document in _former(edition):
                yield edition.prefix + path, document
            if self._view.unlisted or any(gone.token for gone in self._view.withdrawn):
                # Some servers list the files of a folder that has no page.
                place = f"{edition.prefix}unlisted/"
                yield place, edition.error(404, *lost, root=up(place))


def _former(pages: Pages) -> Iterator[tuple[str, Document]]:
    """The former addresses of one edition."""
    view = pages.view
    taken = {event.slug for event in view.events}
    for event in view.events:
        for alias in event.aliases:
            if alias not in taken and view.moved(alias) is event:
                taken.add(alias)
                yield f"events/{alias}/", pages.moved(f"events/{alias}/", event_path(event))
    for gone in view.withdrawn:
        paths = (
            [f"unlisted/{gone.token}/"]
            if gone.token
            else [f"events/{slug}/" for slug in gone.slugs if slug not in taken]
        )
        for path in paths:
            taken.update(gone.slugs)
            yield path, pages.gone(gone, path)


def _one(path: str, document: Document) -> Iterator[Made]:
    yield path, document.body


def _joined(*parts: str) -> str:
    """One digest of several, which are of one length, and perhaps a text after them."""
    return hashlib.blake2b("".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _digest(*parts: str | bytes) -> str:
    data = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    lengths = " ".join(map(str, map(len, data))).encode()
    return hashlib.blake2b(b"\n".join((lengths, *data)), digest_size=16).hexdigest()
