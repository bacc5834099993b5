"""The search page: a question answered from the public index and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.errors import QueryError
from onrecord.site.public import PublicEvent
from onrecord.site.search.asked import FACETS, LAST_PAGE, Asked, FacetKey, read_day
from onrecord.site.urls import Urls
from onrecord.site.view import View
from onrecord.transcripts.search.query import Order

if TYPE_CHECKING:
    from onrecord.transcripts.search.search import EventHit, Moment, Results

_COMPLETIONS = 8
_ORDERS: tuple[Order, ...] = ("best", "newest", "oldest")


@dataclass(frozen=True)
class Choice:
    """One way to narrow a search: `value` is what the form sends, `count` how many events have it."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The choices of one kind, the chosen ones first: speaker, series, tag, lang or year."""

    key: FacetKey
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Narrowing:
    """Something that narrows the answer now. `url` takes it away. `kind` is a facet's, or from, until, in."""

    kind: str
    value: str
    url: str
    day: date | None = None


@dataclass(frozen=True)
class FoundMoment:
    """A moment of a recording: `url` leads to its sentence, to be played from a second before."""

    url: str
    said: Moment


@dataclass(frozen=True)
class FoundEvent:
    """An event with moments in it, or one whose title or text was found (then `moments` is empty)."""

    event: PublicEvent
    hit: EventHit
    url: str
    moments: tuple[FoundMoment, ...]
    more_url: str  # all moments of this event; empty: all are shown


@dataclass(frozen=True)
class SearchPage:
    """A search, asked or not. `problem` says why a question cannot be asked.

    `total` counts events. `did_you_mean` is another question, with its address. `orders` are (order, address)
    and the present order stands in `asked`. `searched` and `transcribed` say how many events there are, and
    how many of them have a transcript, where nothing was asked or found. `took` is in seconds.
    """

    asked: Asked = field(default_factory=Asked)
    problem: QueryError | None = None
    total: int = 0
    events: tuple[FoundEvent, ...] = ()
    facets: tuple[Facet, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    orders: tuple[tuple[Order, str], ...] = ()
    did_you_mean: tuple[str, str] | None = None
    everything_url: str = ""  # the words alone, where something narrows them
    list_url: str = ""  # where one event is opened: the list that it stands in
    feed_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    searched: int = 0
    transcribed: int = 0
    took: float = 0.0

    @property
    def query(self) -> str:
        """The words."""
        return self.asked.query

    @property
    def first(self) -> int:
        """The number of the first event on this page."""
        return (self.asked.number - 1) * self.asked.page_length + 1


@dataclass(frozen=True)
class Completed:
    """One completion of what is being typed: a word, speaker, title or tag, with the whole question that it
    makes and the address that it leads to.
    """

    kind: str
    text: str
    query: str
    url: str
    language: str = ""


def nothing_asked(view: View) -> SearchPage:
    """The search page before a question."""
    return SearchPage(searched=len(view.events), transcribed=_transcribed(view))


def answer(asked: Asked, view: View, index: Path, urls: Urls, *, length: int = 0) -> SearchPage:
    """The search page for a question, `length` events long if not as long as a page. What cannot be asked is
    said on the page; it is no server error.
    """
    if not asked.anything:
        return nothing_asked(view)
    # They bring numpy along, which the static export has no need of.
    from onrecord.transcripts.search.search import search
    from onrecord.transcripts.words.suggesting import meant

    page = SearchPage(
        asked=asked,
        narrowings=tuple(_narrowings(asked, urls)),
        everything_url=asked.everything().address(urls) if asked.is_narrowed and asked.query else "",
    )
    try:
        question = asked.question()
        if length:
            question = replace(question, limit=length)
        results = search(index, question, glossary=view.archive.settings.glossary)
    except QueryError as error:
        return replace(page, problem=error)
    found = tuple(made for hit in results.events if (made := _found(asked, hit, view, urls)) is not None)
    other = meant(index, question, results.total, glossary=view.archive.settings.glossary)
    if not found:
        page = replace(page, searched=len(view.events), transcribed=_transcribed(view))
    return replace(
        page,
        total=results.total,
        events=found,
        facets=tuple(_facets(asked, results)),
        orders=tuple((order, asked.changed(order=order).address(urls)) for order in _ORDERS),
        did_you_mean=(other, asked.changed(query=other).address(urls)) if other else None,
        list_url=asked.changed(event="").address(urls) if asked.event else "",
        feed_url=feed_address(asked, urls),
        previous_url=replace(asked, number=asked.number - 1, start="").address(urls)
        if asked.number > 1
        else "",
        next_url=_next(asked, results).address(urls) if _goes_on(asked, results) else "",
        took=results.took,
    )


def _goes_on(asked: Asked, results: Results) -> bool:
    if asked.number >= LAST_PAGE:
        return False
    if asked.event:
        shown = asked.number * asked.page_length
        return any(hit.moment_count > shown for hit in results.events)
    return bool(results.next_key)


def _next(asked: Asked, results: Results) -> Asked:
    """The next page begins where this one ends, whatever is published meanwhile."""
    return replace(asked, number=asked.number + 1, start=results.next_key)


def feed_address(asked: Asked, urls: Urls) -> str:
    """Where this search can be followed; empty where no feed can be, since the site's address is not known."""
    if not urls.base:
        return ""
    return asked.changed(event="", order="best").address(urls, "search/feed.xml")


def completions(typed: str, view: View, index: Path, urls: Urls) -> tuple[Completed, ...]:
    """What completes a question while it is typed; a title leads straight to its event."""
    from onrecord.transcripts.words.suggesting import completed  # see `answer`

    found = completed(index, typed, _COMPLETIONS)
    made = []
    for one in found:
        event = view.event(one.slug) if one.slug else None
        url = urls.event(event) if event else Asked(query=one.query).address(urls)
        if event or not one.slug:
            made.append(Completed(one.kind, one.text, one.query, url, one.language))
    return tuple(made)


def _transcribed(view: View) -> int:
    return sum(1 for event in view.events if event.transcripts)


def _found(asked: Asked, hit: EventHit, view: View, urls: Urls) -> FoundEvent | None:
    """A hit as the page shows it; None when the event left the view after the index was read."""
    event = view.event(hit.slug)
    if event is None:
        return None
    more = asked.query and not asked.event and (hit.moment_count > len(hit.moments) or not hit.counted)
    return FoundEvent(
        event=event,
        hit=hit,
        url=urls.event(event),
        moments=tuple(FoundMoment(moment_address(event, moment, urls), moment) for moment in hit.moments),
        more_url=asked.changed(event=event.slug).address(urls) if more else "",
    )


def moment_address(event: PublicEvent, moment: Moment, urls: Urls) -> str:
    """Where a moment is read and heard: its sentence, and the second before it."""
    return urls.event(event, f"{moment.recording_id}.{moment.language}.{moment.cue_id}", at=moment.play_from)


def _narrowings(asked: Asked, urls: Urls) -> Iterator[Narrowing]:
    for key, value in asked.narrowed:
        yield Narrowing(key, value, asked.without(key, value).address(urls))
    for kind, value, without in (
        ("from", asked.since, asked.changed(since="")),
        ("until", asked.until, asked.changed(until="")),
        ("in", "title" if asked.titles and asked.query else "", asked.changed(titles=False)),
    ):
        if value:
            yield Narrowing(kind, value, without.address(urls), read_day(value) if kind != "in" else None)


def _facets(asked: Asked, results: Results) -> Iterator[Facet]:
    """What the answer can be narrowed by: where there is a choice, or one was made."""
    for key in FACETS:
        counts: Mapping[str, int] = dict(results.facets.get(key, ()))
        chosen = asked.chosen(key)
        gone = [Choice(value, 0, True) for value in sorted(chosen - counts.keys())]
        there = [Choice(value, count, value in chosen) for value, count in counts.items()]
        choices = [*gone, *there]
        choices.sort(key=lambda choice: not choice.chosen)
        if key == "year":
            choices.sort(key=lambda choice: choice.value, reverse=True)
        if len(choices) > 1 or chosen:
            yield Facet(key, tuple(choices))
