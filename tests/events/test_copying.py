"""A new event made after one that is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from onrecord.events.copying import copied_values, make_series, planned
from onrecord.events.model import Event
from onrecord.events.registry import Registry

Write = Callable[..., Path]
TEXT = """\
id = "one"
slug = "voices"
aliases = ["old"]
title = "Voices"
starts = "2026-07-14 18:00"
timezone = "Europe/Kyiv"
visibility = "unlisted"
cancelled = true
series = "Voices"
picture = "voices.jpg"
x-room = "Blue"
agenda = [{ at = "00:10:00", title = "Questions" }]

[[speakers]]
id = "anna-koval"
name = "Anna Koval"
consent = "yes"

[[speakers]]
name = "Ben Adams"
consent = "no"

[[recordings]]
id = "part-1"
source = "https://example.org/a.mp4"

[private]
unlisted-token = "0123456789abcdef0123456789abcdef"
notes = "Call first."
"""


@pytest.fixture
def event(registry: Registry, write: Write) -> Event:
    write("2026-07-14-voices", TEXT)
    return registry.get("one")


def test_what_belongs_to_one_occasion_stays_behind(registry: Registry, event: Event) -> None:
    """Recordings, chapters, addresses, the secret of the address and consents are not copied; a refusal is."""
    assert copied_values(registry, event.stem) == {
        "title": "Voices", "timezone": "Europe/Kyiv", "series": "Voices", "x-room": "Blue",
        "speakers": [{"id": "anna-koval", "name": "Anna Koval"}, {"name": "Ben Adams", "consent": "no"}],
        "private": {"notes": "Call first."},
    }  # fmt: skip


def test_picture_that_lies_with_the_events_goes_along(registry: Registry, event: Event) -> None:
    """One in the media folder is the one event's own."""
    (registry.archive.events / "voices.jpg").write_bytes(b"jpg")
    assert copied_values(registry, event.stem)["picture"] == "voices.jpg"


def test_series_is_made_once(registry: Registry, event: Event) -> None:
    """Running it again adds what is missing and nothing twice, also where somebody made a date by hand."""
    starts = [datetime.fromisoformat(f"2026-07-{day} 18:00") for day in (21, 28)]
    registry.add({"title": "voices", "starts": "2026-07-28 18:00", "timezone": "Europe/Kyiv"})
    made = [
        one for one in make_series(registry, event, starts, visibility="public") if isinstance(one, Event)
    ]
    assert [(one.starts, one.visibility, one.stem) for one in made] == [
        (starts[0], "public", "2026-07-21-voices")
    ]
    assert list(make_series(registry, event, starts)) == []
    assert [there is not None for _, there in planned(registry, event, starts)] == [True, True]
    assert len(registry.scan().events) == 3


def test_series_whose_title_changed_is_known_by_its_id(registry: Registry, event: Event) -> None:
    """A date that was made and renamed afterwards is not made again."""
    starts = [datetime.fromisoformat("2026-07-21 18:00")]
    (made,) = make_series(registry, event, starts)
    assert isinstance(made, Event)

    def rename(document: object) -> None:
        document["title"] = "Another"  # type: ignore[index]

    registry.edit(made.stem, rename)
    assert list(make_series(registry, event, starts)) == []
