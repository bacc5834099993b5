"""The dates of a series."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from onrecord.errors import UsageError
from onrecord.events.repeating import Dates, Occurrence, Rule, dates


def days(first: str, zone: str = "Europe/Kyiv", **rule: Any) -> list[str]:
    return [
        f"{one.starts:%Y-%m-%d %H:%M}"
        for one in dates(datetime.fromisoformat(first), zone, Rule(**rule)).occurrences
    ]


def test_local_time_stays_through_summer_time() -> None:
    """18:00 before and after clocks change is 18:00."""
    assert days("2026-03-18 18:00", kind="weekly", times=3) == [
        "2026-03-25 18:00",
        "2026-04-01 18:00",
        "2026-04-08 18:00",
    ]


def test_until_includes_the_last_day() -> None:
    """The day that is named is still one of them; every second week skips one."""
    assert days("2026-12-17 18:00", kind="weekly", every=2, until=date(2027, 1, 14)) == [
        "2026-12-31 18:00",
        "2027-01-14 18:00",
    ]


@pytest.mark.parametrize(
    ("first", "rule", "found"),
    [
        ("2026-01-31", {"kind": "monthly on the date"}, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        (
            "2026-01-31",
            {"kind": "monthly on the date", "short": "skip"},
            ["2026-03-31", "2026-05-31", "2026-07-31"],
        ),
        (
            "2024-02-29",
            {"kind": "monthly on the date", "every": 12},
            ["2025-02-28", "2026-02-28", "2027-02-28"],
        ),
        (
            "2024-02-29",
            {"kind": "monthly on the date", "every": 12, "short": "skip"},
            ["2028-02-29", "2032-02-29", "2036-02-29"],
        ),
        (
            "2026-01-13",
            {"kind": "monthly on the weekday"},
            ["2026-02-10", "2026-03-10", "2026-04-14"],
        ),  # second Tuesday
        (
            "2026-03-31",
            {"kind": "monthly on the weekday"},
            ["2026-04-28", "2026-05-26", "2026-06-30"],
        ),  # fifth, else last
        (
            "2026-03-31",
            {"kind": "monthly on the weekday", "short": "skip"},
            ["2026-06-30", "2026-09-29", "2026-12-29"],
        ),
        ("2026-01-30", {"kind": "monthly on the last weekday"}, ["2026-02-27", "2026-03-27", "2026-04-24"]),
    ],
)
def test_monthly(first: str, rule: dict[str, Any], found: list[str]) -> None:
    """On the date or on the weekday; where a month has no such day, on the last one or not at all."""
    assert [text[:10] for text in days(f"{first} 18:00", times=3, **rule)] == found


def test_what_is_not_as_the_rule_names_it_is_told() -> None:
    """A time that clocks skip that day is moved as calendars do; a short month and one left out are named."""
    first = datetime.fromisoformat("2026-03-22 03:30")
    assert dates(first, "Europe/Kyiv", Rule("weekly", times=2)).occurrences == (
        Occurrence(datetime.fromisoformat("2026-03-29 04:30"), "clocks"),
        Occurrence(datetime.fromisoformat("2026-04-05 03:30")),
    )
    first = datetime.fromisoformat("2026-01-30 18:00")
    assert dates(first, "Europe/Kyiv", Rule("monthly on the date", times=2, short="skip")) == Dates(
        (
            Occurrence(datetime.fromisoformat("2026-03-30 18:00")),
            Occurrence(datetime.fromisoformat("2026-04-30 18:00")),
        ),
        (date(2026, 2, 1),),
    )
    shortened = dates(first, "Europe/Kyiv", Rule("monthly on the date", times=1)).occurrences
    assert shortened == (Occurrence(datetime.fromisoformat("2026-02-28 18:00"), "short month"),)


@pytest.mark.parametrize(
    "rule",
    [
        {}, {"times": 3, "until": date(2026, 12, 1)}, {"times": 0}, {"times": 121}, {"every": 0, "times": 1},
        {"every": 61, "times": 1}, {"until": date(2030, 1, 1)}, {"until": date(2090, 1, 1)},
        {"until": date(2026, 1, 2)},
    ],
)  # fmt: skip
def test_rule_that_makes_no_series_is_told(rule: dict[str, Any]) -> None:
    """No end, two ends, none, too many and too far are errors with advice."""
    with pytest.raises(UsageError) as told:
        days("2026-01-01 18:00", kind="weekly", **rule)
    assert told.value.advice


def test_end_of_the_calendar_is_no_crash() -> None:
    """A year that nobody means is told like anything else."""
    with pytest.raises(UsageError):
        days("9999-12-31 18:00", kind="weekly", times=2)
