"""An event again and again: the dates of a series are shown before any of them is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from starlette.responses import Response

from onrecord.errors import OnrecordError, UsageError
from onrecord.events.copying import Visibility, make_series, planned
from onrecord.events.model import Event
from onrecord.events.repeating import MOST, Dates, Kind, Occurrence, Rule, dates, nth_weekday
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.english import of_error
from onrecord.site.desk.form import Form
from onrecord.site.desk.register.held import held

_KINDS: tuple[Kind, ...] = get_args(Kind)
_NTH = {
    1: N_("Monthly, on the first %(weekday)s"),
    2: N_("Monthly, on the second %(weekday)s"),
    3: N_("Monthly, on the third %(weekday)s"),
    4: N_("Monthly, on the fourth %(weekday)s"),
    5: N_("Monthly, on the fifth %(weekday)s"),
}


@dataclass(frozen=True)
class Asked:
    """What the form asks for, as it was typed."""

    kind: Kind = "weekly"
    every: str = "1"
    end: Literal["times", "until"] = "times"
    times: str = "4"
    until: str = ""
    short: Literal["last", "skip"] = "last"
    visibility: Visibility = "draft"


@dataclass(frozen=True)
class Line:
    """One date of the preview; `there` is the event that stands for it already."""

    occurrence: Occurrence
    there: Event | None
    chosen: bool = True


def repeat_page(ask: Ask) -> Response:
    """The rule of a series, begun with what fits best."""
    return _show(ask, Asked(), None)


def repeat(ask: Ask) -> Response:
    """Shows the dates of a rule; makes those that are chosen when that is asked for."""
    keep = held(ask)
    event = keep.event(ask.params["stem"])
    asked = _read(ask.form)
    try:
        found = dates(event.starts, event.timezone, _rule(asked))
    except UsageError as error:
        return _show(ask, asked, None, problem=of_error(error, ask.words))
    if ask.form.text("do", most=20) != "make":
        return _show(ask, asked, found)
    wanted = set(ask.form.texts("date", most=40)[: MOST + 1])
    chosen = [one.starts for one in found.occurrences if one.starts.isoformat() in wanted]
    if not chosen:
        return _show(ask, asked, found, problem=ask.words.gettext("No date is chosen."))
    made = list(make_series(keep.registry, event, chosen, visibility=asked.visibility))
    failed = [one for one in made if isinstance(one, OnrecordError)]
    count = len(made) - len(failed)
    if count:
        ask.audit("event.repeated", event.stem, str(count))
    if failed:
        return _show(ask, asked, found, problem=str(failed[0]))
    said = ask.words.ngettext(
        "%(num)s discussion was registered.", "%(num)s discussions were registered.", count
    )
    return ask.go("/desk/", said)


def _read(form: Form) -> Asked:
    kind, end, short, seen_by = (form.text(name, most=40) for name in ("kind", "end", "short", "visibility"))
    return Asked(
        next((one for one in _KINDS if one == kind), "weekly"),
        form.text("every", most=10),
        "until" if end == "until" else "times",
        form.text("times", most=10),
        form.text("until", most=20),
        "skip" if short == "skip" else "last",
        "public" if seen_by == "public" else "unlisted" if seen_by == "unlisted" else "draft",
    )


def _rule(asked: Asked) -> Rule:
    """The rule that is asked for. Raises `UsageError`."""
    until = None
    if asked.end == "until":
        try:
            until = date.fromisoformat(asked.until)
        except ValueError as error:
            raise UsageError("the last day cannot be read.", advice="Write it as 2027-07-12.") from error
    times = None if asked.end == "until" else _whole(asked.times)
    return Rule(asked.kind, _whole(asked.every), times, until, asked.short)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def kinds(ask: Ask, starts: datetime) -> list[tuple[str, str]]:
    """The rules that an event of this start can follow, as options of the form."""
    words = ask.words
    weekday = words.weekday(starts)
    found: Mapping[str, str] = {
        "weekly": words.gettext("Weekly, on %(weekday)s", weekday=weekday),
        "monthly on the date": words.gettext("Monthly, on day %(number)s of the month", number=starts.day),
        "monthly on the weekday": words.gettext(_NTH[nth_weekday(starts.date())], weekday=weekday),
        "monthly on the last weekday": words.gettext("Monthly, on the last %(weekday)s", weekday=weekday),
    }
    last = starts.day + 7 > 28  # otherwise it is not the last of its month
    return [(kind, text) for kind, text in found.items() if last or kind != "monthly on the last weekday"]


def _show(ask: Ask, asked: Asked, found: Dates | None, *, problem: str = "") -> Response:
    keep = held(ask)
    event = keep.event(ask.params["stem"])
    lines: list[Line] = []
    if found is not None:
        there = planned(keep.registry, event, [one.starts for one in found.occurrences])
        chosen = set(ask.form.texts("date", most=40))
        lines = [
            Line(one, other, not chosen or one.starts.isoformat() in chosen)
            for one, (_, other) in zip(found.occurrences, there, strict=True)
        ]
    return ask.render(
        "register/repeat.html",
        status=422 if problem else 200,
        event=event,
        asked=asked,
        kinds=kinds(ask, event.starts),
        lines=lines,
        left_out=found.left_out if found else (),
        to_make=sum(line.there is None for line in lines),
        problem=problem,
        most=MOST,
        short_matters=event.starts.day > 28,
    )


ROUTES = (
    desk_route("/desk/events/{stem}/repeat", repeat_page, who="organiser"),
    desk_route("/desk/events/{stem}/repeat", repeat, who="organiser", methods=("POST",)),
)
