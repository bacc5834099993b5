"""Local times that clocks skip or show twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.errors import EventFormatError
from onrecord.events.clocks import Gap, shown_twice, skipped
from onrecord.events.registry import Registry
from onrecord.events.writing import event_values

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("local", "zone", "earlier", "later"),
    [
        ("2026-03-29 01:30", "Europe/London", "2026-03-29 00:30", "2026-03-29 02:30"),
        ("2026-03-29 03:00", "Europe/Kyiv", "2026-03-29 02:00", "2026-03-29 04:00"),
        ("2026-10-04 02:10", "Australia/Lord_Howe", "2026-10-04 01:40", "2026-10-04 02:40"),  # half an hour
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-29 12:00", "2011-12-31 12:00"),  # a whole day
    ],
)
def test_skipped_time_has_two_alternatives(local: str, zone: str, earlier: str, later: str) -> None:
    """What clocks skip is told with the times on either side, both of which exist."""
    gap = skipped(datetime.fromisoformat(local), zone)
    assert gap == Gap(datetime.fromisoformat(earlier), datetime.fromisoformat(later))
    assert skipped(gap.earlier, zone) is None and skipped(gap.later, zone) is None


@pytest.mark.parametrize(
    "local", ["2026-03-29 00:59", "2026-03-29 02:00", "2026-07-01 12:00", "2026-10-25 01:30"]
)
def test_time_that_clocks_show_is_not_skipped(local: str) -> None:
    """The edges of the gap, an ordinary time and one that occurs twice exist."""
    assert skipped(datetime.fromisoformat(local), "Europe/London") is None


def test_time_shown_twice_has_two_instants() -> None:
    """Both occurrences are told, an hour apart; an ordinary time and a skipped one have none."""
    both = shown_twice(datetime.fromisoformat("2026-10-25 03:30"), "Europe/Kyiv")
    assert both is not None
    assert [one.astimezone(UTC).hour for one in (both.first, both.second)] == [0, 1]
    assert shown_twice(datetime.fromisoformat("2026-10-25 04:00"), "Europe/Kyiv") is None
    assert shown_twice(datetime.fromisoformat("2026-03-29 03:30"), "Europe/Kyiv") is None


@pytest.mark.parametrize(
    ("starts", "hour"),
    [
        ('"2026-10-25 03:30"', 0),
        ('"2026-10-25 03:30+03:00"', 0),
        ('"2026-10-25 3:30 +02:00"', 1),
        ("2026-10-25T03:30:00+02:00", 1),
    ],
)
def test_offset_names_one_of_two(registry: Registry, write: Write, starts: str, hour: int) -> None:
    """Without an offset a time that occurs twice is the first; an offset names one of them."""
    write("a", f'starts = {starts}\ntimezone = "Europe/Kyiv"\n')
    event = registry.get("a")
    assert event.starts_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    written = event_values(event)["starts"]
    assert written == ("2026-10-25 03:30+02:00" if hour else "2026-10-25 03:30")
    again = registry.add({**event_values(event), "id": "again", "slug": "again"})
    assert again.starts_at == event.starts_at


@pytest.mark.parametrize(
    "starts", ["2026-10-25 03:30+01:00", "2026-10-25 12:00+02:00", "2026-03-29 03:30+02:00"]
)
def test_offset_elsewhere_is_refused(registry: Registry, starts: str) -> None:
    """Where a local time occurs once, or not at all, or never with this offset, an offset is an error as before."""
    with pytest.raises(EventFormatError, match="a local date and time"):
        registry.add({"title": "Voices", "starts": starts, "timezone": "Europe/Kyiv"})


def test_second_occurrence_survives_what_is_kept(registry: Registry, write: Write) -> None:
    """The copy that a later program reads instead of the file knows which of the two is meant."""
    write("a", 'id = "a"\nstarts = "2026-10-25 03:30+02:00"\ntimezone = "Europe/Kyiv"\n')
    archive = registry.archive
    path = archive.events / "a.toml"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    Registry(archive, keep=True).scan()
    kept = Registry(archive, keep=True).scan().events[0]
    assert kept.starts.fold == 1
    assert kept.starts_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
