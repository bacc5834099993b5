"""Which pages there are: each with its template and the variables it gets.

Every template gets

    site    Site: title, summary, language, accent, contact, licence, base_url, searchable (bool), export
            (bool: this is the static export, whose search runs in the browser), has_speakers (bool)
    page    Page: kind, title (without the site's name; empty on the home page), description (plain, may be
            empty), canonical (absolute address, or empty), noindex (bool), language (BCP 47), section (the
            current entry of the navigation: home, events, speakers, search, about, or empty)
    url     Urls, the one builder of addresses (`onrecord.site.urls`). Of events take the record itself:
            url.home() url.events() url.event(event) url.event(event, anchor="part-1.en.c7")
            url.speakers() url.speaker(slug) url.series(slug) url.tag(slug) url.search(q="...") url.about()
            url.feed() (only where site.base_url is set) url.static("css/site.css") url.accent()
            url.media(event, recording) url.media(event, recording, at=12500)   (#t=12.5)
            url.poster(event, recording) url.waveform(event, recording)
            url.captions(event, transcript)
            url.download(event, transcript, "vtt"|"srt"|"txt"|"md"|"json")
            url.original(event, recording)    (where recording.media.original is set)
            url.absolute(address)  (with the archive's base address; empty where none is set)

and what its row below says. Filters: `clock` (ms as 1:02:03), `seconds` (ms as 12.5), `length` (ms as "1 h 35
min"), `filesize`, `day` (12 July 2022), `weekday`, `month` (July 2022), `hour` (18:00), `zone` (the zone's
letters then, such as BST or UTC+3), `iso` (a datetime for `<time datetime>`), `language` (tag to its English
name), `direction` (tag to ltr/rtl), `count` ("3 | count('moment')" gives "3 moments"). The accent colour
comes from the stylesheet `url.accent()`, as `--accent` on `:root`, because no inline style is allowed.

    home.html      coming, recent     tuples of PublicEvent: now and coming (soonest first), the newest past
                   total              how many listed events there are
    events.html    years              tuple of (year, tuple of PublicEvent), newest first
    event.html     event              PublicEvent (it may be unlisted); recording.player is the platform's own
                                      player, or None: the page must ask nothing of it before a click
    speakers.html  people             tuple of PublicPerson by name
    speaker.html   person             PublicPerson
    group.html     group              PublicGroup: a series or a tag
    search.html    search             SearchPage; in the export its results are empty and the browser searches
    about.html     about_html         Markup of the settings' text, may be empty
    error.html     status, heading, sentence     404, 410 (withdrawn: its sentence), 400, 500
    moved.html     target             a path inside the site; only in the export, for a former address
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from onrecord.site.asked import SearchPage
from onrecord.site.downloads import FORMATS, captions, download
from onrecord.site.feeds import atom, robots, sitemap
from onrecord.site.files import PublicFile, files_of, find_file
from onrecord.site.filters import FILTERS
from onrecord.site.prose import html
from onrecord.site.public import PublicEvent, Withdrawn
from onrecord.site.statics import Statics
from onrecord.site.urls import Urls, event_path, file_path, up
from onrecord.site.view import View

if TYPE_CHECKING:
    from jinja2 import Environment

_HOME_COMING, _HOME_RECENT = 20, 12
HTML = "text/html"
_CHARSET = '<meta charset="utf-8">'
# A static host may send no headers, so each page brings its policy along. Pagefind's search is WebAssembly.
_POLICY = (
    '\n<meta http-equiv="Content-Security-Policy" content="{}">\n<meta name="referrer" content="no-referrer">'
)


@dataclass(frozen=True)
class Site:
    """What every page knows of the archive."""

    title: str
    summary: str
    language: str
    accent: str
    contact: str
    licence: str
    base_url: str
    searchable: bool
    export: bool
    has_speakers: bool


@dataclass(frozen=True)
class Page:
    """What the frame of a page knows of the page."""

    kind: str
    title: str = ""
    description: str = ""
    canonical: str = ""
    noindex: bool = False
    language: str = "en"
    section: str = ""


@dataclass(frozen=True)
class Document:
    """A page or a file that is made from text. `frames` are the hosts that a reader may let into the page."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    noindex: bool = False
    frames: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """What was asked for stands at another address for good."""

    path: str


Found = Document | PublicFile | Moved


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; every value is escaped, whatever a template's name ends in."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("onrecord.site"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(FILTERS)
    return made


class Pages:
    """Everything that has an address and is not a question: made from one view of the archive."""

    def __init__(self, view: View, *, export: bool = False, statics: Statics | None = None) -> None:
        settings = view.archive.settings
        self.view = view
        self.export = export
        self.statics = statics or Statics(settings.text("accent"))
        self.base = settings.text("base-url")
        self.base_path = f"{urlsplit(self.base).path.rstrip('/')}/"
        self.site = Site(
            title=settings.text("title"),
            summary=settings.text("summary"),
            language="en",
            accent=settings.text("accent"),
            contact=settings.text("contact"),
            licence=settings.text("licence"),
            base_url=self.base,
            searchable=True,
            export=export,
            has_speakers=any(speaker.slug for event in view.events for speaker in event.speakers),
        )

    def use_search(self, searchable: bool) -> None:
        """Whether there is a search to lead to."""
        self.site = replace(self.site, searchable=searchable)

    # What there is

    def paths(self) -> Iterator[str]:
        """The path of everything that `find` gives, apart from static files; former addresses are not among
        them.
        """
        yield from ("", "events/", "about/", "robots.txt")
        if self.site.searchable:
            yield "search/"
        if self.site.has_speakers:
            yield "speakers/"
        if self.base:
            yield from ("feed.xml", "sitemap.xml")
        for person in self.view.people:
            yield f"speakers/{person.slug}/"
        for group in self.view.groups:
            yield f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/"
        for event in (*self.view.events, *self.view.unlisted):
            yield from self.event_paths(event)

    def event_paths(self, event: PublicEvent) -> Iterator[str]:
        """The page of an event and the files that belong to it."""
        yield event_path(event)
        for recording in event.recordings:
            for transcript in recording.transcripts:
                yield file_path(event, "captions", f"{transcript.name}.vtt")
                for form in FORMATS:
                    yield file_path(event, "downloads", f"{transcript.name}.{form}")
        for file in files_of(event):
            yield file_path(event, "media", file.name)

    def find(self, path: str) -> Found | None:
        """What stands at a path inside the site; None: nothing. A withdrawn event answers with a 410 of its
        own.
        """
        found = self._find(path)
        if found is None and path and not path.endswith("/") and self._find(f"{path}/") is not None:
            return Moved(f"{path}/")
        return found

    def _find(self, path: str) -> Found | None:
        match path.split("/"):
            case [""]:
                return self._home()
            case ["events", ""]:
                return self._events()
            case ["events", slug, ""]:
                return self._event(slug, path)
            case ["speakers", ""]:
                page = self._page("speakers", path, "Speakers", section="speakers")
                return self._html("speakers.html", path, page, people=self.view.people)
            case ["speakers", slug, ""]:
                return self._speaker(slug, path)
            case ["series" | "tags" as kind, slug, ""]:
                return self._group(kind, slug, path)
            case ["search", ""]:
                return self.search(SearchPage())
            case ["about", ""]:
                page = self._page("about", path, "About", self.site.summary, "about")
                about = html(self.view.archive.settings.text("about"))
                return self._html("about.html", path, page, about_html=about)
            case ["media" | "captions" | "downloads" as kind, slug, name]:
                return self._file_of(slug, kind, name)
            case ["unlisted", token, *rest]:
                return self._unlisted(token, rest, path)
            case ["robots.txt"]:
                return Document(robots(self.base).encode(), "text/plain")
            case ["feed.xml"] if self.base:
                return Document(
                    atom(self.site.title, self.view, self.urls("")).encode(), "application/atom+xml"
                )
            case ["sitemap.xml"] if self.base:
                return Document(sitemap(self.view, self.urls("")).encode(), "application/xml")
        return None

    # Pages

    def search(self, asked: SearchPage) -> Document:
        """The search page with the answer to a question, or without one."""
        page = self._page("search", "search/", asked.query or "Search", section="search", noindex=asked.asked)
        return self._html("search.html", "search/", page, search=asked)

    def error(self, status: int, heading: str, sentence: str, *, root: str | None = None) -> Document:
        """A page that says why there is no other. `root` leads to the site's root where its depth is not
        known.
        """
        page = Page("error", heading, noindex=True)
        return self._html("error.html", "", page, status, root=root, heading=heading, sentence=sentence)

    def gone(self, withdrawn: Withdrawn, path: str) -> Document:
        """The page of an event that was taken back: its sentence, and nothing else of it."""
        heading = "This discussion was taken back"
        root = up(path) if self.export else None
        return self._html("error.html", path, Page("error", heading, noindex=True), 410, root=root,
                          heading=heading, sentence=withdrawn.sentence)  # fmt: skip

    def moved(self, path: str, target: str) -> Document:
        """A page that leads on, where no server is there to redirect."""
        page = Page("error", "This page has moved", noindex=True)
        return self._html("moved.html", path, page, target=target)

    def _home(self) -> Document:
        events = self.view.events
        coming = [event for event in events if event.when != "past"]
        recent = [event for event in reversed(events) if event.when == "past"]
        page = self._page("home", "", description=self.site.summary, section="home")
        return self._html("home.html", "", page, coming=tuple(coming[:_HOME_COMING]),
                          recent=tuple(recent[:_HOME_RECENT]), total=len(events))  # fmt: skip

    def _events(self) -> Document:
        years: dict[int, list[PublicEvent]] = {}
        for event in reversed(self.view.events):
            years.setdefault(event.starts.year, []).append(event)
        page = self._page("events", "events/", "Discussions", section="events")
        rows = tuple((year, tuple(events)) for year, events in sorted(years.items(), reverse=True))
        return self._html("events.html", "events/", page, years=rows)

    def _event(self, slug: str, path: str) -> Found | None:
        event = self.view.event(slug)
        if event is None:
            return self._instead("events", slug, "")
        return self._event_page(event, path)

    def _event_page(self, event: PublicEvent, path: str) -> Document:
        about = event.summary or _shortened(event.description)
        page = self._page("event", path, event.title, about, "events", noindex=event.unlisted)
        hosts = {recording.player.host for recording in event.recordings if recording.player}
        return self._html("event.html", path, page, frames=tuple(sorted(hosts)), event=event)

    def _speaker(self, slug: str, path: str) -> Found | None:
        person = self.view.person(slug)
        if person is None:
            moved = self.view.moved_person(slug)
            return Moved(f"speakers/{moved.slug}/") if moved else None
        page = self._page("speaker", path, person.name, _shortened(person.role), "speakers")
        return self._html("speaker.html", path, page, person=person)

    def _group(self, kind: str, slug: str, path: str) -> Found | None:
        group = self.view.group("series" if kind == "series" else "tag", slug)
        if group is None:
            return None
        return self._html(
            "group.html", path, self._page(group.kind, path, group.name, section="events"), group=group
        )

    # Files

    def _file_of(self, slug: str, kind: str, name: str) -> Found | None:
        event = self.view.event(slug)
        return self._instead(kind, slug, name) if event is None else _file(event, kind, name, self.urls(""))

    def _unlisted(self, token: str, rest: list[str], path: str) -> Found | None:
        event = self.view.unlisted_event(token)
        if event is None:
            gone = self.view.gone(token=token)
            return self.gone(gone, path) if gone else None
        match rest:
            case [""]:
                return self._event_page(event, path)
            case ["media" | "captions" | "downloads" as kind, name]:
                return _file(event, kind, name, self.urls(""))
        return None

    def _instead(self, kind: str, slug: str, name: str) -> Found | None:
        """What stands for an event that has no such address now: the new address, or the sentence of a
        withdrawal.
        """
        if gone := self.view.gone(slug=slug):
            return self.gone(gone, f"{kind}/{slug}/{name}")
        moved = self.view.moved(slug)
        return Moved(f"{kind}/{moved.slug}/{name}") if moved else None

    # Rendering

    def _page(
        self,
        kind: str,
        path: str,
        title: str = "",
        description: str = "",
        section: str = "",
        *,
        noindex: bool = False,
    ) -> Page:
        canonical = f"{self.base}/{path}" if self.base and not noindex else ""
        return Page(kind, title, description, canonical, noindex, section=section)

    def urls(self, path: str, root: str | None = None) -> Urls:
        """Addresses as the page at `path` writes them."""
        return Urls(root or (up(path) if self.export else "/"), self.base, self.statics.version)

    def _html(
        self,
        template: str,
        path: str,
        page: Page,
        status: int = 200,
        *,
        root: str | None = None,
        frames: tuple[str, ...] = (),
        **values: Any,
    ) -> Document:
        if template == "error.html":
            values["status"] = status
        text = environment().get_template(template).render(
            site=self.site, page=page, url=self.urls(path, root), **values
        )  # fmt: skip
        if self.export:
            text = text.replace(_CHARSET, _CHARSET + _POLICY.format(_policy(page, frames)), 1)
        return Document(text.encode("utf-8"), HTML, status, page.noindex, frames)


def _file(event: PublicEvent, kind: str, name: str, urls: Urls) -> Document | PublicFile | None:
    if kind == "media":
        return find_file(event, name)
    stem, _, form = name.rpartition(".")
    transcript = next((item for item in event.transcripts if item.name == stem), None)
    if transcript is None:
        return None
    if kind == "captions":
        return Document(captions(transcript), "text/vtt", noindex=event.unlisted) if form == "vtt" else None
    wanted = next((known for known in FORMATS if known == form), None)
    if wanted is None:
        return None
    body, media_type = download(event, transcript, wanted, urls)
    return Document(body, media_type, noindex=event.unlisted)


def frame_rule(hosts: Iterable[str]) -> str:
    """What a page's policy says of frames beyond the usual: empty, or our own (the recording played without
    JavaScript) and those of `hosts`.
    """
    named = "".join(f" https://{host}" for host in hosts)
    return f"; frame-src 'self'{named}" if named else ""


def _policy(page: Page, frames: Iterable[str]) -> str:
    scripts = "; script-src 'self' 'wasm-unsafe-eval'" if page.kind == "search" else ""
    return (
        "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
        f"{scripts}{frame_rule(frames)}"
    )


def _shortened(text: str, most: int = 200) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"
