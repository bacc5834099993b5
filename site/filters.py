"""How values are written on a page: dates, times, lengths, sizes, numbers of things."""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from datetime import date, datetime
from typing import Any

from onrecord.languages import direction, language_name
from onrecord.site.urls import seconds
from onrecord.timecode import clock, spoken_length

# English, whatever the locale of the machine: the same archive gives the same bytes everywhere.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PLURALS = {"series": "series", "discussion": "discussions"}


def day(value: date) -> str:
    """`12 July 2022`."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """`Tuesday`."""
    return _DAYS[value.weekday()]


def month(value: date) -> str:
    """`July 2022`."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def hour(value: datetime) -> str:
    """`18:00`."""
    return f"{value.hour:02}:{value.minute:02}"


def zone(value: datetime) -> str:
    """The letters of the zone at that time (`BST`), or its distance from UTC (`UTC+3`) where it has none."""
    name = value.tzname() or ""
    if name[:1].isalpha():
        return name
    offset = value.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def iso(value: date) -> str:
    """For `<time datetime>` (HTML, valid global date and time)."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def filesize(value: float) -> str:
    """Bytes as `12.3 MB`."""
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.2f} GB"


def count(value: int | Sized, noun: str = "") -> str:
    """`3 | count('moment')` gives `3 moments`; a list counts its items; without a noun it is the number
    alone.
    """
    number = value if isinstance(value, int) else len(value)
    if not noun:
        return f"{number:,}".replace(",", "\u202f")
    return f"{number:,} ".replace(",", "\u202f") + (noun if number == 1 else _PLURALS.get(noun, f"{noun}s"))


def cyrillic(text: str) -> bool:
    """Whether a page needs the font's Cyrillic letters, which it then asks for at once."""
    return re.search("[\u0400-\u052f]", text) is not None


def _clock(value: int) -> str:
    return clock(value, hours="needed", fraction=False)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": _clock,
    "seconds": seconds,
    "length": spoken_length,
    "filesize": filesize,
    "day": day,
    "weekday": weekday,
    "month": month,
    "hour": hour,
    "zone": zone,
    "iso": iso,
    "language": language_name,
    "direction": direction,
    "count": count,
    "cyrillic": cyrillic,
}
