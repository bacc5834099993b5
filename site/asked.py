"""The search page: a question as it came, answered from the public index and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from onrecord.errors import QueryError
from onrecord.languages import language_name
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls
from onrecord.site.view import View
from onrecord.transcripts.query import Filter, Question, ask
from onrecord.transcripts.search import EventHit, Moment, Results, search

PER_PAGE = 10
MOMENTS_OPENED = 50
_LAST_PAGE = 100
_HEADINGS = (
    ("speaker", "Speakers"),
    ("lang", "Languages"),
    ("series", "Series"),
    ("tag", "Tags"),
    ("year", "Years"),
)
_MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    """One way to narrow a search: a speaker, a language, a year, a series, a tag. `url` adds it, or takes it
    away.
    """

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

    `choices` are (heading, choices). `total` counts events. `fields` are the hidden fields of the form, which
    keep the narrowing while the words change. `took` is in seconds.
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
    took: float = 0.0


@dataclass(frozen=True)
class Asked:
    """What came with the address of the search page: the words, how they are narrowed, and which page is
    meant.
    """

    query: str = ""
    event: str = ""  # a slug: all moments of one event
    narrowed: tuple[tuple[str, str], ...] = ()  # speaker, lang, series, tag, year; one value each
    number: int = 1

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Asked:
        """Reads the parameters of an address; what makes no sense is left out."""
        number = parameters.get("page", "1")
        return cls(
            query=parameters.get("q", "").strip(),
            event=parameters.get("event", "")[:80],
            narrowed=tuple((key, parameters[key][:200]) for key, _ in _HEADINGS if parameters.get(key)),
            number=min(int(number), _LAST_PAGE)
            if number.isdecimal() and len(number) < 6 and int(number)
            else 1,
        )

    @property
    def anything(self) -> bool:
        """Whether there is a question at all."""
        return bool(self.query or self.narrowed or self.event)

    def question(self) -> Question:
        """The question as the search understands it; raises `QueryError`."""
        limit = MOMENTS_OPENED if self.event else PER_PAGE
        offset = (self.number - 1) * limit
        filters: list[Filter] = []
        first_day: date | None = None
        too_late: date | None = None
        for key, value in self.narrowed:
            if key == "year":
                if not value.isdecimal() or not 1 <= int(value) < 9999:
                    raise QueryError(f"'{value}' is no year.")
                first_day, too_late = date(int(value), 1, 1), date(int(value) + 1, 1, 1)
            else:
                filters.append(Filter(_filter_key(key), value))
        if self.query:
            question = ask(self.query, event=self.event, offset=offset, limit=limit)
        elif self.narrowed:
            question = Question("", event=self.event, offset=offset, limit=limit, order="newest")
        else:
            raise QueryError("There is no word to look for in this question.")
        return replace(
            question,
            filters=(*question.filters, *filters),
            after=max((day for day in (question.after, first_day) if day), default=None),
            before=min((day for day in (question.before, too_late) if day), default=None),
        )

    def words(self, **changes: str | int) -> dict[str, str | int]:
        """The parameters of an address that asks the same, with these changes; empty ones are left out."""
        words: dict[str, str | int] = {"q": self.query, **dict(self.narrowed), "event": self.event, **changes}
        return {name: word for name, word in words.items() if word != ""}


def answer(asked: Asked, view: View, index: Path, urls: Urls) -> SearchPage:
    """The search page for a question. What cannot be asked is said on the page; it is no server error."""
    if not asked.anything:
        return SearchPage()
    fields = asked.narrowed
    try:
        glossary = view.archive.settings.glossary
        results = search(index, asked.question(), glossary=glossary)
    except QueryError as error:
        return SearchPage(query=asked.query, asked=True, problem=str(error), fields=fields)
    found = tuple(made for hit in results.events if (made := _found(asked, hit, view, urls)) is not None)
    total, number = results.total, asked.number
    shown_to = number * (MOMENTS_OPENED if asked.event else PER_PAGE)
    of = (results.events[0].moment_count if results.events else 0) if asked.event else total
    return SearchPage(
        query=asked.query,
        asked=True,
        total=total,
        events=found,
        choices=tuple(_choices(asked, results, urls)),
        fields=fields,
        number=number,
        previous_url=urls.search(**asked.words(page=number - 1 if number > 2 else "")) if number > 1 else "",
        next_url=urls.search(**asked.words(page=number + 1)) if of > shown_to and number < _LAST_PAGE else "",
        took=results.took,
    )


def as_json(page: SearchPage, urls: Urls) -> dict[str, Any]:
    """The same for programs. Times are seconds; addresses are whole where `base-url` is set."""
    return {
        "query": page.query,
        "problem": page.problem or None,
        "total": page.total,
        "page": page.number,
        "events": [
            {
                "slug": found.event.slug,
                "title": found.event.title,
                "starts": found.event.starts.isoformat(),
                "url": _whole(found.url, urls),
                "moment_count": found.moment_count,
                "moments": [
                    {
                        "url": _whole(moment.url, urls),
                        "start": moment.start / 1000,
                        "speaker": moment.speaker,
                        "language": moment.language,
                        "status": moment.status,
                        "text": "".join(text for text, _ in moment.pieces),
                        "hits": [text for text, hit in moment.pieces if hit],
                    }
                    for moment in found.moments
                ],
            }
            for found in page.events
        ],
        "facets": {
            heading.lower(): [{"value": choice.label, "count": choice.count} for choice in choices]
            for heading, choices in page.choices
        },
        "next": _whole(page.next_url, urls) or None,
    }


def _whole(address: str, urls: Urls) -> str:
    return (urls.absolute(address) or address) if address else ""


def _filter_key(key: str) -> Literal["speaker", "series", "tag", "lang"]:
    assert key in ("speaker", "series", "tag", "lang")
    return key  # type: ignore[return-value]


def _found(asked: Asked, hit: EventHit, view: View, urls: Urls) -> FoundEvent | None:
    """A hit as the page shows it; None when the event left the view after the index was read."""
    event = view.event(hit.slug)
    if event is None:
        return None
    moments = tuple(_moment(event, moment, urls) for moment in hit.moments)
    more = not asked.event and (hit.moment_count > len(moments) or not hit.counted)
    return FoundEvent(
        event=event,
        url=urls.event(event),
        moment_count=hit.moment_count,
        moments=moments,
        more_url=urls.search(**asked.words(event=event.slug)) if more and asked.query else "",
    )


def _moment(event: PublicEvent, moment: Moment, urls: Urls) -> FoundMoment:
    return FoundMoment(
        url=urls.event(event, f"{moment.recording_id}.{moment.language}.{moment.cue_id}"),
        start=moment.start,
        recording_title=moment.recording_title,
        language=moment.language,
        speaker=moment.speaker,
        status=moment.status,
        before=moment.before,
        pieces=moment.pieces,
        after=moment.after,
    )


def _choices(asked: Asked, results: Results, urls: Urls) -> Sequence[tuple[str, tuple[Choice, ...]]]:
    """What the answer can be narrowed by; a choice that is made stands first and can be taken away."""
    rows = []
    narrowed = dict(asked.narrowed)
    for key, heading in _HEADINGS:
        made = []
        for value, count in results.facets.get(key, ())[:_MOST_CHOICES]:
            label = language_name(value) if key == "lang" else value
            chosen = narrowed.get(key) == value
            url = urls.search(**asked.words(**{key: "" if chosen else value}))
            made.append(Choice(label, count, url, chosen))
        made.sort(key=lambda choice: not choice.chosen)
        if len(made) > 1 or any(choice.chosen for choice in made):
            rows.append((heading, tuple(made)))
    return rows
