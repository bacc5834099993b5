"""Which pages there are: each with its template and the variables it gets.

Every template gets

    site        Site: title, summary, language, accent, contact, licence, base_url, searchable (bool), export (bool:
                this is the static export, whose search runs in the browser), has_speakers (bool: the page exists)
    page        Page: kind, title (without the site's name; empty on the home page), description (plain, may be empty),
                canonical (absolute address, or empty), noindex (bool), language (BCP 47), section (the entry of the
                navigation that is current: home, events, speakers, search, about, or empty)
    url         Urls, the one builder of addresses (`onrecord.site.urls`). Of events take the record itself:
                url.home() url.events() url.event(event) url.event(event, anchor="part-1.en.c7")
                url.speakers() url.speaker(slug) url.series(slug) url.tag(slug) url.search(q="...") url.about()
                url.feed() url.calendar() url.static("css/site.css") url.accent()
                url.media(event, recording) url.media(event, recording, at=12500)   (#t=12.5)
                url.poster(event, recording) url.waveform(event, recording)
                url.captions(event, transcript)
                url.download(event, transcript, "vtt"|"srt"|"txt"|"md"|"json")
                url.absolute(address)  (with the archive's base address; empty where none is set)
    today       the date on which the page is made (datetime.date)

and what its row below says. Filters: `clock` (ms as 1:02:03), `seconds` (ms as 12.5), `length` (ms as "1 h 35 min"),
`filesize`, `day` (12 July 2022), `weekday`, `month` (July 2022), `hour` (18:00), `zone` (the zone's letters then, such as
BST or UTC+3), `iso` (a datetime for `<time datetime>`), `language` (tag to its English name), `direction` (tag to ltr/rtl),
`count` ("3 | count('moment')" gives "3 moments"). The accent colour comes from the stylesheet `url.accent()`, as
`--accent` on `:root`, because no inline style is allowed.

    home.html      coming, recent     tuples of PublicEvent: now and coming (soonest first), the newest past ones
                   total              how many listed events there are
    events.html    years              tuple of (year, tuple of PublicEvent), newest first
    event.html     event              PublicEvent (it may be unlisted)
    speakers.html  people             tuple of PublicPerson by name
    speaker.html   person             PublicPerson
    group.html     group              PublicGroup: a series or a tag
    search.html    search             SearchPage; in the export its results are empty and the browser searches
    about.html     about_html         Markup of the settings' text, may be empty
    error.html     status, heading, sentence     404, 410 (withdrawn: its sentence), 400, 500; also the export's 404.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from onrecord.site.public import PublicEvent


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
class Choice:
    """One way to narrow a search: a speaker, a language, a year, a series, a tag. `url` adds it, or takes it away."""

    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class FoundMoment:
    """A moment of a recording. `url` leads to its second; `pieces` are (text, whether it is a hit)."""

    url: str
    start: int
    recording_title: str
    language: str
    speaker: str
    status: str
    before: str
    pieces: tuple[tuple[str, bool], ...]
    after: str


@dataclass(frozen=True)
class FoundEvent:
    """An event with moments in it, or one whose title or text was found (then `moments` is empty)."""

    event: PublicEvent
    url: str
    moment_count: int
    moments: tuple[FoundMoment, ...]
    more_url: str  # all moments of this event; empty: all are shown


@dataclass(frozen=True)
class SearchPage:
    """A search, asked or not. `problem` says in a sentence why a question cannot be asked.

    `choices` are (heading, choices). `total` counts events. `fields` are the hidden fields of the form, which keep the
    narrowing while the words change.
    """

    query: str = ""
    asked: bool = False
    problem: str = ""
    total: int = 0
    events: tuple[FoundEvent, ...] = ()
    choices: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    number: int = 1
    previous_url: str = ""
    next_url: str = ""
    took: float = 0.0  # seconds
    asked_at: datetime | None = None
