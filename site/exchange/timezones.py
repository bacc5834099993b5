"""The rules of a time zone as a calendar file brings them along (VTIMEZONE, RFC 5545, 3.6.5).

They are read off the zone data of the machine and written as single changes, each with its own start: true
for the years of the events and for nothing beyond, and understood by every program.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

UNIVERSAL = frozenset({"UTC", "Etc/UTC", "Etc/Universal", "Etc/Zulu", "Universal", "Zulu"})
_STEP = timedelta(days=7)  # no zone has changed its clocks twice within so short a time


@lru_cache(maxsize=500)
def vtimezone(zone: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """The lines of the component for a zone, true from the first of these years to the end of the last."""
    there = ZoneInfo(zone)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    lines += _observance(begin.astimezone(there), begin.astimezone(there).utcoffset())
    for at, before in _changes(there, begin, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        lines += _observance(at.astimezone(there), before)
    return (*lines, "END:VTIMEZONE")


def _changes(there: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta | None]]:
    """The instants at which the clocks of a zone change, each with the offset that held before."""
    at = begin
    while at < end:
        following = at + _STEP
        if _rule(at, there) != _rule(following, there):
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle -= timedelta(microseconds=middle.microsecond)
                if _rule(middle, there) == _rule(at, there):
                    low = middle
                else:
                    high = middle
            yield high, at.astimezone(there).utcoffset()
        at = following


def _rule(at: datetime, there: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(there)
    return local.utcoffset(), local.tzname()


def _observance(local: datetime, before: timedelta | None) -> Iterator[str]:
    """What holds from `local` on. Its start is written in the time that the clocks showed before."""
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    start = (local.astimezone(UTC) + (before or timedelta())).replace(tzinfo=None)
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{start:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_offset(before)}"
    yield f"TZOFFSETTO:{_offset(local.utcoffset())}"
    yield f"TZNAME:{local.tzname()}"
    yield f"END:{kind}"


def _offset(value: timedelta | None) -> str:
    seconds = round((value or timedelta()).total_seconds())
    sign = "-" if seconds < 0 else "+"
    minutes, rest = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{rest:02}" if rest else "")
