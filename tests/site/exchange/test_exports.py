"""The programme and the list of recordings, taken back by our own import and held against their formats."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from onrecord.events.lists import read_list

BASE = "https://archive.example.org/talks"
FILM = "3b1f7a52-6d0c-4d7e-9a51-0f2c8e4b7d11"
VIDEOS = ("the-film.part-1.json", "the-sound.part-1.json")
Read = Callable[[str], bytes]


def taken(data: bytes, path: Path, form: Any) -> dict[str, Any]:
    """What `event import` would make of it, by title; nothing may be left out."""
    path.write_bytes(data)
    listing = read_list(path, form=form, timezone="Europe/Kyiv")
    rows = {row.values["title"]: row for row in listing.rows}
    assert [row.remarks for row in rows.values()] == [()] * len(rows)
    return {title: row.values for title, row in rows.items()}


def test_schedule_of_a_series_comes_back_as_it_went_out(read: Read, tmp_path: Path) -> None:
    """Id, title, time, length, texts, people, links and the name of the series."""
    rows = taken(read("series/read-aloud/schedule.json"), tmp_path / "schedule.json", None)
    film = rows["The film: <Rights> & duties"]
    assert {
        key: film[key]
        for key in ("id", "summary", "description", "duration", "languages", "series", "licence")
    } == {
        "id": FILM,
        "summary": "Two readers & <one> text; with, commas.",
        "description": "**Everyone** has duties.\n\nSee [the text](https://example.org/udhr?a=1&b=2).",
        "duration": "01:30",
        "languages": ["en"],
        "series": "Read aloud",
        "licence": "CC BY 4.0",
    }
    assert film["speakers"] == [{"name": "Anna Example", "bio": "Reads *slowly*."}, {"name": "Witness B"}]
    assert {"label": "The letter", "url": "https://example.org/letter"} in film["links"]
    local = datetime.fromisoformat(str(film["starts"])).replace(tzinfo=ZoneInfo(film["timezone"]))
    assert local.astimezone(UTC) == datetime(2026, 10, 1, 15, tzinfo=UTC)


def test_schedule_holds_what_its_format_wants(read: Read) -> None:
    """The keys that the schema of the makers of schedules (c3voc) demands, and their forms."""
    made = json.loads(read("schedule/2026.json"))
    conference = made["schedule"]["conference"]
    assert {"acronym", "title", "start", "end", "daysCount", "days", "timeslot_duration"} <= conference.keys()
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9_]{3,}", conference["acronym"])
    assert conference["title"] == "Rights & readings, 2026" and conference["time_zone_name"] == "Europe/Kyiv"
    assert conference["daysCount"] == len(conference["days"]) == 4
    talks = [talk for day in conference["days"] for rows in day["rooms"].values() for talk in rows]
    assert [talk["slug"] for talk in talks] == ["the-film", "the-sound", "the-meeting", "called-off"]
    wanted = {"abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug",
              "start", "subtitle", "title", "track", "type", "url"}  # fmt: skip
    for day in conference["days"]:
        assert datetime.fromisoformat(day["day_start"]) < datetime.fromisoformat(day["day_end"])
    for talk in talks:
        assert wanted <= talk.keys()
        assert talk["id"] >= 1 and re.fullmatch(r"[0-9a-f-]{36}", talk["guid"])
        assert re.fullmatch(r"\d+:\d\d", talk["duration"])
        assert talk["url"].startswith(f"{BASE}/events/")
    assert len({talk["id"] for talk in talks}) == len(talks)


def test_pyvideo_folder_comes_back_as_it_went_out(read: Read, tmp_path: Path) -> None:
    """Each recording that can be played is one entry of the collection."""
    (tmp_path / "videos").mkdir()
    (tmp_path / "category.json").write_bytes(read("pyvideo/category.json"))
    for name in VIDEOS:
        (tmp_path / "videos" / name).write_bytes(read(f"pyvideo/videos/{name}"))
    listing = read_list(tmp_path, timezone="Europe/Kyiv")
    rows = {row.values["title"]: row.values for row in listing.rows}
    assert set(rows) == {
        "The film: <Rights> & duties",
        "Вільними і рівними за своєю гідністю народжуються всі люди: First half",
    }
    film = rows["The film: <Rights> & duties"]
    assert film["series"] == "Rights & readings"
    assert film["languages"] == ["en"] and film["tags"] == ["human rights", "reading, aloud"]
    assert film["speakers"] == [{"name": "Anna Example"}, {"name": "Witness B"}]
    assert film["starts"] == "2026-10-01 18:00"
    assert film["recordings"] == [{"id": "part-1", "source": f"{BASE}/media/the-film/part-1.mp4"}]


def test_pyvideo_entries_have_the_keys_of_their_collection(read: Read) -> None:
    """A day, three-letter languages, one address for each copy."""
    for name in VIDEOS:
        entry = json.loads(read(f"pyvideo/videos/{name}"))
        assert re.match(r"\d{4}-\d\d-\d\d", entry["recorded"])
        assert entry["language"] in ("eng", "ukr")
        assert entry["videos"][0]["url"].startswith(f"{BASE}/media/")
        assert isinstance(entry["duration"], int) and entry["speakers"]
