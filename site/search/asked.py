"""What a reader asks of the search: the words, how they are narrowed, the order, and which part is meant, as
they stand in an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from onrecord.errors import QueryError
from onrecord.languages import N_
from onrecord.site.urls import Urls
from onrecord.transcripts.search.query import MOST_TERMS, Filter, Order, Question, ask

PER_PAGE = 10
MOMENTS_OPENED = 100
LAST_PAGE = 100

FacetKey = Literal["speaker", "lang", "series", "tag", "year"]
FACETS: tuple[FacetKey, ...] = ("speaker", "series", "tag", "lang", "year")
_ORDERS: Mapping[str, Order] = {"best": "best", "newest": "newest", "oldest": "oldest"}


@dataclass(frozen=True)
class Asked:
    """A question as its address holds it. Values of one kind widen each other, kinds narrow each other.

    `event` is a slug and opens all moments of one event. `since` and `until` are days as they were typed; the
    last one counts. `start` is where the page before ended, so that nothing is shown twice or left out when the
    archive grows meanwhile.
    """

    query: str = ""
    event: str = ""
    narrowed: tuple[tuple[FacetKey, str], ...] = ()
    since: str = ""
    until: str = ""
    titles: bool = False
    order: Order = "best"
    number: int = 1
    start: str = ""

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Asked:
        """Reads the parameters of an address; what makes no sense is left out."""
        given = [(name, value.strip()) for name, value in pairs]
        last = dict(given)
        number = last.get("page", "")
        counts = number.isdecimal() and len(number) < 6 and int(number) > 0
        return cls(
            query=last.get("q", ""),
            event=last.get("event", "")[:80],
            narrowed=tuple(
                dict.fromkeys((key, value[:200]) for key in FACETS for name, value in given if name == key and value)
            ),
            since=last.get("from", "")[:10],
            until=last.get("until", "")[:10],
            titles=last.get("in") == "title",
            order=_ORDERS.get(last.get("order", ""), "best"),
            number=min(int(number), LAST_PAGE) if counts else 1,
            start=last.get("start", "")[:200] if counts else "",
        )  # fmt: skip

    @property
    def anything(self) -> bool:
        """Whether there is a question at all."""
        return bool(self.query or self.event or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        """Whether something besides the words narrows the answer."""
        return bool(self.narrowed or self.since or self.until or (self.titles and self.query))

    @property
    def page_length(self) -> int:
        """How many events, or moments of an opened event, one page shows."""
        return MOMENTS_OPENED if self.event else PER_PAGE

    def chosen(self, key: FacetKey) -> frozenset[str]:
        """What is chosen of one kind."""
        return frozenset(value for other, value in self.narrowed if other == key)

    def question(self) -> Question:
        """The question as the search understands it; raises `QueryError`."""
        if len(self.narrowed) > MOST_TERMS:
            raise QueryError(N_("At most %(most)s things can be chosen at once."), most=MOST_TERMS)
        offset = (self.number - 1) * self.page_length
        if self.query:
            question = ask(
                self.query,
                event=self.event,
                order=self.order,
                offset=offset,
                limit=self.page_length,
                start_key=self.start,
            )
        elif self.is_narrowed:
            order: Order = "oldest" if self.order == "oldest" else "newest"
            question = Question(
                "",
                event=self.event,
                order=order,
                offset=offset,
                limit=self.page_length,
                start_key=self.start,
            )
        else:
            raise QueryError(N_("There is no word to look for in this question."))
        filters = tuple(Filter(key, value) for key, value in self.narrowed)
        after, before = _day(self.since), _day(self.until, add=1)
        return replace(
            question,
            filters=(*question.filters, *filters),
            title_only=question.title_only or (self.titles and bool(question.clauses)),
            after=max((day for day in (question.after, after) if day), default=None),
            before=min((day for day in (question.before, before) if day), default=None),
        )

    def address(self, urls: Urls, to: str = "search/") -> str:
        """The address that asks this, of the search page or of its feed."""
        return urls.search(
            *self.narrowed,
            ("from", self.since),
            ("until", self.until),
            ("in", "title" if self.titles and self.query else ""),
            ("order", self.order if self.order != "best" else ""),
            ("event", self.event),
            ("page", str(self.number) if self.number > 1 else ""),
            ("start", self.start),
            to=to,
            q=self.query,
        )

    def changed(self, **changes: Any) -> Asked:
        """Another question, from its first page on."""
        return replace(self, **{"number": 1, "start": "", **changes})

    def without(self, key: FacetKey, value: str) -> Asked:
        """The same without one of the things that were chosen."""
        return self.changed(narrowed=tuple(pair for pair in self.narrowed if pair != (key, value)))

    def everything(self) -> Asked:
        """The words alone."""
        return Asked(query=self.query)


def _day(text: str, add: int = 0) -> date | None:
    """The day that was typed, `add` days later; None for nothing. Raises `QueryError`."""
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise QueryError(N_("'%(day)s' is no day. Write it as 2022-07-12."), day=text)
    return day + timedelta(days=add)


def read_day(text: str) -> date | None:
    """A day as a form writes it; None when it is none that the calendar can count from."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None
