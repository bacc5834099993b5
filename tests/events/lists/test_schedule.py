"""Programmes of conferences, as pretalx and frab write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import FormatError
from onrecord.events.lists import Listing, Proposal, language_of, read_list

# The shape of pretalx's /schedule/export/schedule.json.
TALK: dict[str, Any] = {
    "guid": "0d0b5f4e-3f0e-5a7f-9f0a-2b8f2e6c1a10",
    "code": "ABCDEF",
    "id": 7,
    "logo": None,
    "date": "2022-07-12T18:00:00+02:00",
    "start": "18:00",
    "duration": "01:30",
    "room": "Main hall",
    "slug": "conf-2022-7-voices",
    "url": "https://pretalx.example.org/conf-2022/talk/ABCDEF/",
    "title": "Voices",
    "subtitle": "",
    "track": "Schools",
    "type": "Talk",
    "language": "de-formal",
    "abstract": "What happened.",
    "description": "And after.",
    "recording_license": "CC BY 4.0",
    "do_not_record": True,
    "persons": [
        {
            "code": "X",
            "name": "Anna Koval",
            "public_name": "Anna K.",
            "biography": "Teacher.",
            "avatar": None,
            "answers": [],
        },
        {"id": 2, "full_public_name": "Petro Lysenko"},
        {"id": 3, "name": ""},
    ],
    "links": [{"title": "Letter", "url": "https://example.org/letter"}],
    "attachments": [{"title": "Slides", "url": "/media/slides.pdf", "type": "related"}],
    "answers": [],
}


def schedule(*talks: dict[str, Any], zone: str | None = "Europe/Berlin") -> dict[str, Any]:
    """A programme of one day and one room."""
    conference = {
        "acronym": "conf-2022", "title": "Conference 2022", "start": "2022-07-12", "end": "2022-07-12",
        "daysCount": 1,
        "timeslot_duration": "00:05", "time_zone_name": zone,
        "days": [{"index": 1, "date": "2022-07-12", "day_start": "2022-07-12T04:00:00+02:00",
        "rooms": {"Main hall": list(talks)}}],
    }  # fmt: skip
    return {
        "schedule": {
            "version": "1",
            "base_url": "https://pretalx.example.org/conf-2022/schedule/",
            "conference": conference,
        }
    }


def read(folder: Path, content: Any, timezone: str = "UTC") -> Listing:
    """Reads it from a file."""
    path = folder / "schedule.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_list(path, timezone=timezone)


def test_talk_of_a_programme_arrives(tmp_path: Path) -> None:
    """In the conference's zone, with people, links and texts; that it is not to be recorded is noted."""
    assert read(tmp_path, schedule(TALK)) == Listing(
        "schedule",
        (
            Proposal(
                "talk 1 ('Voices')",
                {
                    "id": TALK["guid"], "title": "Voices", "summary": "What happened.",
                    "description": "And after.",
                    "starts": "2022-07-12 18:00", "timezone": "Europe/Berlin", "duration": "01:30",
                    "languages": ["de"],
                    "series": "Conference 2022", "tags": ["Schools"], "licence": "CC BY 4.0",
                    "speakers": [{"name": "Anna K.", "bio": "Teacher."}, {"name": "Petro Lysenko"}],
                    "links": [
                        {"label": "In the programme",
                        "url": "https://pretalx.example.org/conf-2022/talk/ABCDEF/"},
                        {"label": "Letter", "url": "https://example.org/letter"},
                        {"label": "Slides", "kind": "attachment",
                        "url": "https://pretalx.example.org/media/slides.pdf"},
                    ],
                    "private": {"do-not-record": True}, "x-room": "Main hall",
                },
                ("it is not to be recorded: noted under [private]",),
            ),
        ),
    )  # fmt: skip


def test_old_frab_programme_is_read(tmp_path: Path) -> None:
    """No guid, no date with an offset, no time zone: the day, the hour and the archive's zone."""
    talk = {
        "id": 7,
        "start": "18:00",
        "duration": "00:45",
        "title": "Voices",
        "subtitle": "Letters",
        "language": "xx-yy-zz",
        "persons": [],
    }
    [row] = read(tmp_path, schedule(talk, zone=None), "Europe/Kyiv").rows
    assert isinstance(row, Proposal)
    assert (row.values["starts"], row.values["timezone"]) == ("2022-07-12 18:00", "Europe/Kyiv")
    assert (row.values["summary"], row.values["duration"]) == ("Letters", "00:45")
    [again] = read(tmp_path, schedule({**talk, "title": "New title"}, zone=None), "Europe/Kyiv").rows
    assert isinstance(again, Proposal)
    assert again.values["id"] == row.values["id"]


def test_talk_that_cannot_be_taken_is_told(tmp_path: Path) -> None:
    """The others are taken."""
    listing = read(tmp_path, schedule({"title": "No start", "start": "soon"}, {**TALK, "title": None}, TALK))
    assert [str(row) if isinstance(row, FormatError) else row.place for row in listing.rows] == [
        f"{tmp_path}/schedule.json: talk 1 ('No start') has no start.",
        f"{tmp_path}/schedule.json: talk 2 ('no title') has no title.",
        "talk 3 ('Voices')",
    ]


@pytest.mark.parametrize(
    "content",
    [{"schedule": []}, {"schedule": {}}, {"conference": {"days": {}}}, {"schedule": {"conference": None}}],
)
def test_json_without_days_is_refused(tmp_path: Path, content: Any) -> None:
    """It says what is missing."""
    with pytest.raises(FormatError, match=r"no schedule\.conference\.days"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("said", "tag"),
    [("en", "en"), ("eng", "en"), ("ger", "de"), ("de-formal", "de"), ("pt_BR", "pt-BR"), ("zh-hant", "zh"),
    ("English", None),
     ("", None), (None, None), (5, None)],
)  # fmt: skip
def test_language_becomes_a_tag(said: object, tag: str | None) -> None:
    """ISO 639-1 and 639-3 codes as BCP 47 has them; what is none is left out."""
    assert language_of(said) == tag
