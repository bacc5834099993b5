"""Local times that clocks skip or show twice, when summer time begins or ends, and what to offer instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from onrecord.events.model import falls_in_a_gap, offsets


@dataclass(frozen=True)
class Gap:
    """A local time that clocks skip: the two that stand for it on either side, naive, as far from the leap as it was."""

    earlier: datetime
    later: datetime


@dataclass(frozen=True)
class Twice:
    """A local time that clocks show twice: both occurrences, aware."""

    first: datetime
    second: datetime


def skipped(local: datetime, zone: str) -> Gap | None:
    """What to offer for a naive local time that clocks in `zone` skip; None when they show it.

    Clocks that go from 01:00 to 02:00 skip 01:30: 00:30 and 02:30 are what clocks show that were put forward half an
    hour too late, and half an hour too early.
    """
    if not falls_in_a_gap(local, zone):
        return None
    there = local.replace(tzinfo=ZoneInfo(zone))
    # Read with the offset before the leap it comes out later, with the one after it earlier (PEP 495).
    later, earlier = (
        there.replace(fold=fold).astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None, fold=0)
        for fold in (0, 1)
    )
    return Gap(earlier, later)


def shown_twice(local: datetime, zone: str) -> Twice | None:
    """Both occurrences of a naive local time that clocks in `zone` show twice; None when they show it once."""
    first, second = offsets(local, zone)
    if first <= second:
        return None
    there = local.replace(tzinfo=ZoneInfo(zone))
    return Twice(there.replace(fold=0), there.replace(fold=1))
