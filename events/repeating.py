"""The dates of a series: every few weeks, or every few months on a date or a weekday, always at the same local time.

Clocks that change with summer time do not move a series: 18:00 stays 18:00 (RFC 5545, 3.3.10 says the same of
`RRULE`). What a month does not have (its 31st, a fifth Tuesday) is on the last one there, or left out, as the rule
says; RFC 5545 only knows leaving out.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Literal

from onrecord.errors import UsageError
from onrecord.events.clocks import skipped

MOST = 120  # dates that are made at once: ten years of months
_FURTHEST = 40  # years ahead

Kind = Literal["weekly", "monthly on the date", "monthly on the weekday", "monthly on the last weekday"]


@dataclass(frozen=True)
class Rule:
    """How often: every `every` weeks or months, `times` more or up to and with the day `until`.

    `short`: what happens in a month that has no such day.
    """

    kind: Kind
    every: int = 1
    times: int | None = None
    until: date | None = None
    short: Literal["last", "skip"] = "last"


@dataclass(frozen=True)
class Occurrence:
    """One date of a series, a naive local time.

    `moved` says why it is not what the rule names: clocks skip the time that day, or the month has no such day.
    """

    starts: datetime
    moved: Literal["", "clocks", "short month"] = ""


@dataclass(frozen=True)
class Dates:
    """The dates after the first, and the months (the first day of each) that were left out because they are short."""

    occurrences: tuple[Occurrence, ...]
    left_out: tuple[date, ...] = ()


def dates(first: datetime, zone: str, rule: Rule) -> Dates:
    """The dates that follow `first`, a naive local time in `zone`. Raises `UsageError` for a rule without an end, one
    that makes more than `MOST`, or none.
    """
    if rule.every < 1 or rule.every > 60:
        raise UsageError("a series goes on every 1 to 60 weeks or months.", advice="Choose another number.")
    if first.year > 9900:
        raise UsageError("a series cannot begin so late.", advice="Look at the year.")
    if (rule.times is None) == (rule.until is None):
        raise UsageError("a series needs an end.", advice="Say how many times, or until which day.")
    if rule.times is not None and not 1 <= rule.times <= MOST:
        raise UsageError(
            f"a series is made for 1 to {MOST} more dates at once.",
            advice="Choose a smaller number; make more later.",
        )
    if rule.until is not None and rule.until > date(first.year + _FURTHEST, 1, 1):
        raise UsageError(
            f"a series goes at most {_FURTHEST} years ahead.", advice="Choose an earlier last day."
        )
    found: list[Occurrence] = []
    left_out: list[date] = []
    for day, moved in _days(first.date(), rule):
        if day.year >= first.year + _FURTHEST or (rule.until is not None and day > rule.until):
            break
        if moved == "left out":
            left_out.append(day)
            continue
        starts = datetime.combine(day, first.time().replace(fold=0))
        gap = skipped(starts, zone)
        found.append(
            Occurrence(gap.later, "clocks") if gap else Occurrence(starts, "short month" if moved else "")
        )
        if len(found) > MOST:
            raise UsageError(
                f"a series is made for at most {MOST} dates at once.",
                advice="Choose an earlier last day; make more later.",
            )
        if len(found) == rule.times:
            break
    if not found:
        raise UsageError("there is no such date before the last day.", advice="Choose a later last day.")
    return Dates(tuple(found), tuple(left_out))


def nth_weekday(day: date) -> int:
    """Which of its weekday in the month a day is, from 1."""
    return (day.day - 1) // 7 + 1


def _days(first: date, rule: Rule) -> Iterator[tuple[date, Literal["", "last", "left out"]]]:
    """Every day of the rule after the first, without end; a month that is left out is told by its first day."""
    if rule.kind == "weekly":
        for number in count(1):
            yield first + timedelta(weeks=number * rule.every), ""
    for number in count(1):
        years, month = divmod(first.month - 1 + number * rule.every, 12)
        year, month = first.year + years, month + 1
        last = calendar.monthrange(year, month)[1]
        if rule.kind == "monthly on the date":
            wanted, latest = first.day, last
        else:
            earliest = 1 + (first.weekday() - date(year, month, 1).weekday()) % 7
            latest = earliest + 7 * ((last - earliest) // 7)
            wanted = (
                latest
                if rule.kind == "monthly on the last weekday"
                else earliest + 7 * (nth_weekday(first) - 1)
            )
        if wanted <= last:
            yield date(year, month, wanted), ""
        elif rule.short == "last":
            yield date(year, month, latest), "last"
        else:
            yield date(year, month, 1), "left out"
