"""The desk's first page: every discussion with its state at a glance, and what waits for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from onrecord import jobs
from onrecord.events.model import Event
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.register.held import held
from onrecord.site.desk.register.telling import NEEDS, PHASES, STANDINGS, WAITS
from onrecord.transcripts.folding import fold
from onrecord.transcripts.overview import Glance, counts

_PAGE = 50
_LONGEST = 200  # characters of what is looked for


def _waits_for(whose: str) -> Callable[[Glance], bool]:
    return lambda one: any(need.waits_for == whose for need in one.needs)


_FILTERS: Mapping[str, tuple[str, Callable[[Glance], bool]]] = {
    "coming": (N_("Coming"), lambda one: one.phase in ("coming", "running")),
    "over": (N_("Over"), lambda one: one.phase == "over"),
    "draft": (N_("Drafts"), lambda one: one.standing == "draft"),
    "unlisted": (N_("Unlisted"), lambda one: one.standing == "unlisted"),
    "public": (N_("Public"), lambda one: one.standing == "public" and one.phase != "withdrawn"),
    "cancelled": (N_("Cancelled"), lambda one: one.phase == "cancelled"),
    "withdrawn": (N_("Withdrawn"), lambda one: one.phase == "withdrawn"),
    **{whose: (text, _waits_for(whose)) for whose, text in WAITS.items()},
}


@dataclass(frozen=True)
class Leaf:
    """One page of the list: what was asked for, and the addresses of the pages before and after."""

    q: str
    show: str
    series: str
    number: int
    total: int
    before: str
    after: str


def events_page(ask: Ask) -> Response:
    """The list, narrowed by words, state and series; fifty on a page, the latest first."""
    keep = held(ask)
    scan = keep.overview.scan()
    q = ask.query.get("q", "")[:_LONGEST].strip()
    show, series = ask.query.get("show", ""), ask.query.get("series", "")[:_LONGEST]
    glances = keep.overview.all(scan.events, ask.now)
    found = [one for one in reversed(glances) if not series or one.event.series == series]
    if q:
        found = [one for one in found if fits(keep.text(one.event, searched), q)]
    if show in _FILTERS:
        found = [one for one in found if _FILTERS[show][1](one)]
    number = _number(ask.query.get("page", ""), len(found))
    shown = [keep.overview.glance(one.event, ask.now) for one in found[(number - 1) * _PAGE : number * _PAGE]]
    at_work = Counter(job.subject for job in jobs.unfinished(ask.database) if job.subject)
    leaf = Leaf(
        q, show, series, number, len(found),
        _address(q, show, series, number - 1) if number > 1 else "",
        _address(q, show, series, number + 1) if number * _PAGE < len(found) else "",
    )  # fmt: skip
    return ask.render(
        "register/events.html",
        glances=shown,
        leaf=leaf,
        total=len(glances),
        waiting=counts(glances),
        at_work=at_work,
        gathering=sum(not one.gathered for one in glances),
        problems=scan.problems,
        filters={key: text for key, (text, _) in _FILTERS.items()},
        series_names=sorted({one.event.series for one in glances if one.event.series}, key=str.casefold)[
            :500
        ],
        needs=NEEDS,
        phases=PHASES,
        standings=STANDINGS,
        waits=WAITS,
        address=_address,
    )


def searched(event: Event) -> str:
    """What an event is found by: what it is called, who speaks, its series, tags, day and address."""
    people = (part for one in event.speakers for part in (one.name, one.shown_as or "", one.affiliation))
    parts = (event.title, event.series, *event.tags, *people)
    return "\n".join((fold(" ".join(parts)), event.stem, event.slug, event.starts.date().isoformat()))


def fits(text: str, q: str) -> bool:
    """Whether every word of a question, without regard to case and marks, stands in what an event is found by."""
    return all(word.lower() in text or all(one in text for one in fold(word).split()) for word in q.split())


def _number(text: str, total: int) -> int:
    last = max(1, -(-total // _PAGE))
    return min(last, max(1, int(text))) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _address(q: str = "", show: str = "", series: str = "", page: int = 1) -> str:
    asked = {"q": q, "show": show, "series": series, "page": str(page) if page > 1 else ""}
    text = urlencode({key: value for key, value in asked.items() if value})
    return f"/desk/?{text}" if text else "/desk/"


ROUTES = (desk_route("/desk/", events_page, who="editor"),)
