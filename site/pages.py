"""Which pages there are: each with its template and the variables that it gets besides those of every page
(`onrecord.site.frame`).

    home.html      coming, recent     tuples of PublicEvent: now and coming (soonest first), the newest past
                   total              how many listed events there are
    events.html    years              tuple of (year, tuple of PublicEvent), newest first
                   index              tuple of (year, how many, whether it is on this page), newest first
    event.html     event              PublicEvent (it may be unlisted); recording.player is the platform's own
                                      player, or None: the page must ask nothing of it before a click
    embed.html     event              PublicEvent: its recordings for a frame on another site
    speakers.html  people             tuple of PublicPerson by name
    speaker.html   person             PublicPerson
    group.html     group              PublicGroup: a series or a tag
    search.html    search             SearchPage; in the export its results are empty and the browser searches
    about.html     about_html         Markup of the settings' text, may be empty
    error.html     status, heading, sentence     404, 410 (withdrawn: its sentence), 400, 500
                   words, nearest     of a 404: the words of the address, the events that may have been meant
                   lost               bool: the static site's page for everything that is not there
    moved.html     target             a path inside the site; only in the export, for a former address
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from onrecord.site.downloads import FORMATS
from onrecord.site.exchange import head as heads
from onrecord.site.exchange.records import event_file
from onrecord.site.exchange.ways import Made, Ways
from onrecord.site.files import PublicFile, files_of, find_file
from onrecord.site.notices import Notices
from onrecord.site.prose import html
from onrecord.site.public import PublicEvent
from onrecord.site.rendering import Document, Found, Moved
from onrecord.site.search.found import SearchPage, nothing_asked
from onrecord.site.search.opensearch import description
from onrecord.site.statics import Statics
from onrecord.site.texts import text_of
from onrecord.site.urls import embed_path, event_path, file_path
from onrecord.site.view import View

_HOME_COMING, _HOME_RECENT = 20, 12
_ON_ONE_PAGE = 500  # discussions in one list; of more each year has a page of its own


class Pages(Notices):
    """Everything that has an address and is not a question: made from one view of the archive.

    The archive's first interface language stands at the root, each other one below its tag (`uk/events/`);
    files are there once, for all languages. Paths are within the language, but for those that `paths`, `find`
    and `Moved` speak of, which are within the site.
    """

    def __init__(
        self,
        view: View,
        *,
        export: bool = False,
        statics: Statics | None = None,
        language: str = "",
        top: str = "/",
    ) -> None:
        super().__init__(view, export=export, statics=statics, language=language, top=top)
        self.others: dict[str, Pages] = {}
        if not language:
            for other in self.offered[1:]:
                self.others[other] = Pages(view, export=export, statics=self.statics, language=other, top=top)
        self.ways = Ways(view, self.urls(""), self.offered, searchable=not export)

    def use_search(self, searchable: bool) -> None:
        """Whether there is a search to lead to."""
        for pages in self.editions():
            pages.site = replace(pages.site, searchable=searchable)

    def editions(self) -> Iterator[Pages]:
        """The pages of every language, the first language first; of one edition, itself alone."""
        yield self
        yield from self.others.values()

    def at(self, path: str) -> Pages:
        """The edition that a path belongs to."""
        return self.others.get(path.partition("/")[0], self)

    # What there is

    def paths(self) -> Iterator[str]:
        """The path of everything that `find` gives, apart from static files; former addresses are not among
        them.
        """
        yield from self.list_paths()
        for event in (*self.view.events, *self.view.unlisted):
            yield from self.event_paths(event)

    def list_paths(self) -> Iterator[str]:
        """What shows no event, or several: found without looking at a recording."""
        for pages in self.editions():
            yield from (f"{pages.prefix}{path}" for path in pages.page_paths())
        yield from self.ways.list_paths()
        if self.base and self.site.searchable:
            yield "opensearch.xml"

    def page_paths(self) -> Iterator[str]:
        """The pages of this edition, but for those of events."""
        yield from ("", "events/", "about/")
        if self.site.searchable:
            yield "search/"
        if self.site.has_speakers:
            yield "speakers/"
        if self.crowded:
            yield from (f"years/{year}/" for year in self.years)
        for person in self.view.people:
            yield f"speakers/{person.slug}/"
        for group in self.view.groups:
            yield f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/"

    def event_paths(self, event: PublicEvent) -> Iterator[str]:
        """The page of an event in every language, and its files."""
        for pages in self.editions():
            yield f"{pages.prefix}{event_path(event)}"
            yield f"{pages.prefix}{embed_path(event)}"
        yield from self.file_paths(event)

    def file_paths(self, event: PublicEvent) -> Iterator[str]:
        """The files that belong to an event."""
        for recording in event.recordings:
            if recording.chapters:
                yield file_path(event, "captions", f"{recording.id}.chapters.vtt")
            for transcript in recording.transcripts:
                yield file_path(event, "captions", f"{transcript.name}.vtt")
                for form in FORMATS:
                    yield file_path(event, "downloads", f"{transcript.name}.{form}")
        for file in files_of(event):
            yield file_path(event, "media", file.name)
        yield from self.ways.event_paths(event)

    def find(self, path: str) -> Found | None:
        """What stands at a path inside the site; None: nothing. A withdrawn event answers with a 410 of its
        own.
        """
        first, slash, rest = path.partition("/")
        if first == self.site.language:
            return Moved(rest)  # the first language stands at the root
        if first in self.others:
            if not slash:
                return Moved(f"{first}/")
            return self.others[first]._find(rest)
        return self._find(path)

    def _find(self, path: str) -> Found | None:
        found = self._page_at(path) or (None if self.prefix else self._file_at(path))
        if found is None and path and not path.endswith("/") and self._page_at(f"{path}/") is not None:
            found = Moved(f"{path}/")
        return Moved(self.prefix + found.path) if isinstance(found, Moved) else found

    def _page_at(self, path: str) -> Document | Moved | None:
        match path.split("/"):
            case [""]:
                return self._home()
            case ["events", ""]:
                return self._events()
            case ["events", slug, ""]:
                return self._event(slug, path)
            case ["years", year, ""] if self.crowded and year in map(str, self.years):
                return self._events(path, [int(year)])
            case ["embed", slug, ""]:
                event = self.view.event(slug)
                return self._embed(event, path) if event else self._instead("embed", slug, "")
            case ["unlisted", token, "embed", ""]:
                event = self.view.unlisted_event(token)
                return self._embed(event, path) if event else self._gone(path, token=token)
            case ["speakers", ""]:
                page = self._page("speakers", path, self.words.gettext("Speakers"), section="speakers")
                return self._html("speakers.html", path, page, people=self.view.people)
            case ["speakers", slug, ""]:
                return self._speaker(slug, path)
            case ["series" | "tags" as kind, slug, ""]:
                return self._group(kind, slug, path)
            case ["search", ""]:
                return self.search(nothing_asked(self.view))
            case ["about", ""]:
                page = self._page("about", path, self.words.gettext("About"), self.site.summary, "about")
                about = html(self.view.archive.settings.text("about"))
                return self._html("about.html", path, page, about_html=about)
            case ["unlisted", token, ""]:
                event = self.view.unlisted_event(token)
                return self._event_page(event, path) if event else self._gone(path, token=token)
        return None

    def _file_at(self, path: str) -> Found | None:
        match path.split("/"):
            case ["media" | "captions" | "downloads" as kind, slug, name]:
                return self._file_of(slug, kind, name)
            case ["unlisted", token, "media" | "captions" | "downloads" as kind, name]:
                event = self.view.unlisted_event(token)
                return self._file(event, kind, name) if event else self._gone(path, token=token)
            case ["unlisted", token, *_] if self.view.unlisted_event(token) is None:
                return self._gone(path, token=token)
            case ["events", slug, "event.ics"] if self.view.event(slug) is None:
                return self._instead("events", slug, "event.ics")
            case ["api", "v1", "events", name] if (slug := name.removesuffix(".json")) != name:
                if moved := self.view.moved(slug):
                    return Moved(event_file(moved))
                if self.view.event(slug) is None:
                    return self._instead("events", slug, "")
        if path == "opensearch.xml" and self.base and self.site.searchable:
            site = self.site
            text = description(site.title, site.summary, self.urls(""), live=not self.export)
            return Document(text.encode(), "application/opensearchdescription+xml")
        made = self.ways.find(path)
        return Document(made.body, made.media_type, noindex=made.noindex) if isinstance(made, Made) else made

    # Pages

    def search(self, asked: SearchPage) -> Document:
        """The search page with the answer to a question, or without one."""
        title = asked.query or self.words.gettext("Search")
        about = self.words.gettext(
            "Search what was said in the discussions of %(archive)s, to the second.", archive=self.site.title
        )
        page = self._page("search", "search/", title, about, "search", noindex=asked.asked.anything)
        return self._html("search.html", "search/", page, search=asked)

    def _home(self) -> Document:
        events = self.view.events
        coming = [event for event in events if event.when != "past"]
        recent = [event for event in reversed(events) if event.when == "past"]
        site = self.site
        head = heads.of_home(site.title, site.summary, self.urls(""), searchable=site.searchable)
        page = self._page("home", "", description=site.summary, section="home", head=head)
        return self._html("home.html", "", page, coming=tuple(coming[:_HOME_COMING]),
                          recent=tuple(recent[:_HOME_RECENT]), total=len(events))  # fmt: skip

    @cached_property
    def years(self) -> dict[int, tuple[PublicEvent, ...]]:
        """The listed events by year, the newest first."""
        years: dict[int, list[PublicEvent]] = {}
        for event in reversed(self.view.events):
            years.setdefault(event.starts.year, []).append(event)
        return {year: tuple(events) for year, events in sorted(years.items(), reverse=True)}

    @property
    def crowded(self) -> bool:
        """Whether there are too many discussions for one page."""
        return len(self.view.events) > _ON_ONE_PAGE

    def _events(self, path: str = "events/", chosen: Sequence[int] = ()) -> Document:
        shown = chosen or (list(self.years)[:1] if self.crowded else list(self.years))
        title = str(chosen[0]) if chosen else self.words.gettext("Discussions")
        page = self._page("events", path, title, section="events")
        rows = tuple((year, self.years[year]) for year in shown)
        index = tuple((year, len(events), year in shown) for year, events in self.years.items())
        return self._html("events.html", path, page, years=rows, index=index)

    def _event(self, slug: str, path: str) -> Document | Moved | None:
        event = self.view.event(slug)
        if event is None:
            return self._instead("events", slug, "")
        return self._event_page(event, path)

    def _event_page(self, event: PublicEvent, path: str) -> Document:
        about = event.summary or _shortened(event.description)
        head = heads.of_event(event, self.site.title, self.urls(path))
        page = self._page("event", path, event.title, about, "events", noindex=event.unlisted, head=head)
        hosts = {recording.player.host for recording in event.recordings if recording.player}
        return self._html("event.html", path, page, frames=tuple(sorted(hosts)), event=event)

    def _embed(self, event: PublicEvent, path: str) -> Document:
        page = self._page("embed", path, event.title, noindex=True)
        return replace(self._html("embed.html", path, page, event=event), framed=True)

    def _speaker(self, slug: str, path: str) -> Document | Moved | None:
        person = self.view.person(slug)
        if person is None:
            moved = self.view.moved_person(slug)
            return Moved(f"speakers/{moved.slug}/") if moved else None
        head = heads.of_person(person, self.urls(path))
        page = self._page("speaker", path, person.name, _shortened(person.role), "speakers", head=head)
        return self._html("speaker.html", path, page, person=person)

    def _group(self, kind: str, slug: str, path: str) -> Document | Moved | None:
        group = self.view.group("series" if kind == "series" else "tag", slug)
        if group is None:
            return None
        head = heads.of_group(group, self.urls(path))
        page = self._page(group.kind, path, group.name, section="events", head=head)
        return self._html("group.html", path, page, group=group)

    # Files

    def _file_of(self, slug: str, kind: str, name: str) -> Found | None:
        event = self.view.event(slug)
        return self._instead(kind, slug, name) if event is None else self._file(event, kind, name)

    def _gone(self, path: str, *, token: str) -> Document | None:
        gone = self.view.gone(token=token)
        return self.gone(gone, path) if gone else None

    def _instead(self, kind: str, slug: str, name: str) -> Document | Moved | None:
        """What stands for an event that has no such address now: the new address, or the sentence of a
        withdrawal.
        """
        if gone := self.view.gone(slug=slug):
            return self.gone(gone, f"{kind}/{slug}/{name}")
        moved = self.view.moved(slug)
        return Moved(f"{kind}/{moved.slug}/{name}") if moved else None

    def _file(self, event: PublicEvent, kind: str, name: str) -> Document | PublicFile | None:
        if kind == "media":
            return find_file(event, name)
        return text_of(event, kind, name, self.urls(""), self.words)


def _shortened(text: str, most: int = 200) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"
