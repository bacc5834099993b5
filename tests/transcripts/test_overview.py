"""Every event at a glance: what waits for whom, read off the files and again only where they changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.media.originals import Attempt, record_failure
from onrecord.transcripts.library import Library
from onrecord.transcripts.needs import Need
from onrecord.transcripts.overview import Glance, Overview, counts

NOW = datetime(2022, 8, 1, tzinfo=UTC)
BEFORE = datetime(2022, 7, 1, tzinfo=UTC)
VTT = (
    "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: {}\nnext-id: 2\n\n"
    "c1\n00:00:00.000 --> 00:00:02.000\nWords.\n"
)


def added(archive: Archive, **values: object) -> Event:
    recordings = [{"id": "part-1", "source": "talk.wav"}]
    return Registry(archive).add(
        {"title": "On dignity", "starts": "2022-07-12 18:00", "recordings": recordings, **values}
    )


def seen(overview: Overview, now: datetime = NOW) -> Glance:
    (event,) = overview.scan().events
    return overview.glance(event, now)


def codes(overview: Overview, now: datetime = NOW) -> list[str]:
    return [need.code for need in seen(overview, now).needs]


@pytest.mark.parametrize(
    ("values", "now", "found"),
    [
        ({"recordings": []}, BEFORE, ["draft"]),
        ({"recordings": [], "visibility": "public"}, BEFORE, []),
        ({"recordings": [], "publish_at": "2022-07-02 10:00"}, BEFORE, []),
        ({"recordings": [], "visibility": "public"}, NOW, ["no recording"]),
        ({"recordings": [{"id": "part-1"}]}, NOW, ["no source", "draft"]),
        ({}, NOW, ["to fetch", "draft"]),
        (
            {"speakers": [{"name": "Anna Koval", "consent": "asked"}]},
            NOW,
            ["to fetch", "consent asked", "draft"],
        ),
        ({"withdrawn": True}, NOW, []),
        ({"recordings": [], "cancelled": True}, NOW, []),
    ],
)
def test_what_an_event_waits_for(
    archive: Archive, values: dict[str, Any], now: datetime, found: list[str]
) -> None:
    """From the record and the clock: what is to be done next, and by whom."""
    added(archive, **values)
    assert codes(Overview(archive), now) == found


def test_change_of_a_file_is_seen_at_once(archive: Archive) -> None:
    """Each file that comes changes the state, without anybody being told."""
    event = added(archive, visibility="public")
    overview = Overview(archive)
    assert codes(overview) == ["to fetch"]
    path = archive.transcripts(event.stem) / "part-1.en.vtt"
    path.parent.mkdir(parents=True)
    path.write_text(VTT.format("machine"))
    assert codes(overview) == ["to review", "recording not public"]
    path.write_text(VTT.format("reviewed"))
    assert codes(overview) == ["recording not public"]
    Registry(archive).edit(event.stem, lambda document: document["recordings"][0].update({"publish": "yes"}))  # type: ignore[union-attr,index]
    assert codes(overview) == []
    path.unlink()
    record_failure(archive, event.stem, "part-1", Attempt("there is no such page.", permanent=True, tries=1))
    assert seen(overview).needs == (Need("fetch failed for good", "part-1", "there is no such page."),)
    later = NOW + timedelta(hours=1)
    record_failure(
        archive, event.stem, "part-1", Attempt("busy.", permanent=False, tries=2, not_before=later)
    )
    assert seen(overview).needs == (Need("fetch failed", "part-1", "busy.", later),)


def test_what_has_not_changed_is_not_read_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look at unchanged files opens none of them."""
    added(archive)
    overview = Overview(archive)
    first = seen(overview)
    monkeypatch.setattr(Library, "entries", lambda *_: pytest.fail("the transcripts were read again"))
    assert seen(overview) == first


def test_all_are_gathered_in_the_background(archive: Archive) -> None:
    """What has not been looked at yet is told as such; afterwards it is counted, and what is gone is forgotten."""
    event = added(archive)
    overview = Overview(archive)
    (glance,) = overview.all(overview.scan().events, NOW)
    assert (glance.gathered, glance.needs) == (False, ())
    overview.gather()
    glances = overview.all(overview.scan().events, NOW)
    assert [one.gathered for one in glances] == [True]
    assert counts(glances) == {"failed": 0, "organiser": 1, "editor": 0, "machine": 1}
    (archive.events / f"{event.stem}.toml").unlink()
    overview.gather()
    assert overview.all(overview.scan().events, NOW) == []
