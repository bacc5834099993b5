"""Calendars, read back by two libraries that are not ours."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.events.lists import read_list
from onrecord.site.exchange.calendar import calendar, escaped, folded, parameter
from onrecord.site.exchange.timezones import vtimezone
from onrecord.site.urls import Urls

BASE = "https://archive.example.org/talks"
TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"


def entries(data: bytes) -> dict[str, Any]:
    """The events of a calendar by title."""
    return {str(item["SUMMARY"]): item for item in icalendar.Calendar.from_ical(data).walk("VEVENT")}


def test_calendar_holds_every_listed_event_as_it_is(read: Callable[[str], bytes]) -> None:
    """Title, time in the event's zone, page, tags, and what it is about, letter by letter."""
    found = entries(read("calendar.ics"))
    assert set(found) == {
        "The film: <Rights> & duties",
        "Вільними і рівними за своєю гідністю народжуються всі люди",
        "A reading to come",
        "A reading that is called off",
    }
    film = found["The film: <Rights> & duties"]
    assert film["UID"] == "3b1f7a52-6d0c-4d7e-9a51-0f2c8e4b7d11"
    assert film.decoded("DTSTART") == datetime(2026, 10, 1, 18, tzinfo=ZoneInfo("Europe/Kyiv"))
    assert film.decoded("DTEND") - film.decoded("DTSTART") == timedelta(minutes=90)
    assert film["URL"] == f"{BASE}/events/the-film/"
    assert [str(tag) for tag in film["CATEGORIES"].cats] == ["human rights", "reading, aloud"]
    assert str(film["DESCRIPTION"]) == (
        "Two readers & <one> text; with, commas.\n\n"
        "**Everyone** has duties.\n\nSee [the text](https://example.org/udhr?a=1&b=2).\n\n"
        f"Anna Example, Moderator, The Circle\nWitness B\n\n{BASE}/events/the-film/"
    )
    assert film["STATUS"] == "CONFIRMED" and film["SUMMARY"].params["LANGUAGE"] == "en"


def test_calendar_gives_the_way_in_twice_and_only_while_it_is_open(read: Callable[[str], bytes]) -> None:
    """CONFERENCE (RFC 7986, 5.11) and in the text; not for what is over or called off."""
    found = entries(read("calendar.ics"))
    coming = found["A reading to come"]
    address = "https://meet.example.org/room?pwd=1,2;3"
    assert str(coming["CONFERENCE"]) == address
    assert coming["CONFERENCE"].params["FEATURE"] == ["AUDIO", "VIDEO"]
    assert coming["CONFERENCE"].params["LABEL"] == "A reading to come"
    assert address in str(coming["DESCRIPTION"])
    for title in ("The film: <Rights> & duties", "A reading that is called off"):
        assert "CONFERENCE" not in found[title]
    assert b"meet.example.org/other" not in read("calendar.ics")


def test_calendar_keeps_what_is_called_off(read: Callable[[str], bytes]) -> None:
    """As CANCELLED, with the reason first; in UTC, which needs no rules."""
    entry = entries(read("calendar.ics"))["A reading that is called off"]
    assert entry["STATUS"] == "CANCELLED"
    assert str(entry["DESCRIPTION"]).startswith("The reader is ill; another time.")
    assert entry.decoded("DTSTART") == datetime(2026, 12, 8, 18, tzinfo=UTC)


def test_calendar_sequence_grows_with_every_change_of_the_file(
    full: Any, read: Callable[[str], bytes]
) -> None:
    """SEQUENCE, DTSTAMP and LAST-MODIFIED come from the time of the file, so that a client takes the newer."""
    before = entries(read("calendar.ics"))["A reading to come"]
    assert (
        before.decoded("DTSTAMP")
        == before.decoded("LAST-MODIFIED")
        == datetime.fromtimestamp(1_790_000_000, UTC)
    )
    file = full.archive.events / "the-meeting.toml"
    os.utime(file, (1_790_000_060, 1_790_000_060))
    try:
        event = full.view().event("the-meeting")
        after = entries(calendar([event], Urls("/", BASE)))["A reading to come"]
    finally:
        os.utime(file, (1_790_000_000, 1_790_000_000))
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["UID"] == before["UID"]


def test_calendar_is_read_by_a_second_library(read: Callable[[str], bytes]) -> None:
    """The library ics, with the rules of the zones that the file brings along."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its parser, tatsu, is older than this Python
        import ics

        found = {event.name: event for event in ics.Calendar(read("calendar.ics").decode()).events}
    film = found["The film: <Rights> & duties"]
    assert film.begin.datetime.astimezone(UTC) == datetime(2026, 10, 1, 15, tzinfo=UTC)
    assert film.duration == timedelta(minutes=90)
    sound = found["Вільними і рівними за своєю гідністю народжуються всі люди"]
    assert sound.begin.datetime.astimezone(UTC) == datetime(2026, 11, 2, 22, 30, tzinfo=UTC)  # UTC-3:30
    assert found["A reading that is called off"].status == "CANCELLED"
    assert found["A reading to come"].url == f"{BASE}/events/the-meeting/"


def test_calendar_of_a_series_holds_its_own_and_says_where_it_stands(read: Callable[[str], bytes]) -> None:
    """NAME, SOURCE and REFRESH-INTERVAL (RFC 7986) for those who subscribe."""
    made = icalendar.Calendar.from_ical(read("series/read-aloud/calendar.ics"))
    assert len(made.walk("VEVENT")) == 2
    assert made["NAME"] == made["X-WR-CALNAME"] == "Read aloud · Rights & readings"
    assert str(made["SOURCE"]) == f"{BASE}/series/read-aloud/calendar.ics"
    assert str(made["URL"]) == f"{BASE}/series/read-aloud/"
    assert made.decoded("REFRESH-INTERVAL") == timedelta(hours=6)
    assert b"METHOD" not in read("calendar.ics")  # with one, DTSTAMP would not be the time of the change


def test_calendar_entry_of_an_unlisted_event_stands_beside_its_page_alone(ways: Any) -> None:
    """Its own file, marked as not to be indexed, and in no calendar."""
    made = ways.find(f"unlisted/{TOKEN}/event.ics")
    assert made.noindex and list(entries(made.body)) == ["Hushed reading"]
    assert f"{BASE}/unlisted/{TOKEN}/".encode() in made.body.replace(b"\r\n ", b"")
    assert b"Hushed" not in ways.find("calendar.ics").body
    assert ways.find("events/secret/event.ics") is None


def test_calendar_lines_are_folded_in_octets(read: Callable[[str], bytes]) -> None:
    """No line is longer than 75 octets, none ends inside a letter, all end with CRLF (RFC 5545, 3.1)."""
    data = read("calendar.ics")
    lines = data.split(b"\r\n")
    assert lines.pop() == b"" and b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)
    assert any(line.startswith(b" ") for line in lines)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_calendar_text_comes_back_from_a_library_as_it_went_in(text: str) -> None:
    """Whatever a title holds; control characters, which cannot stand there, are left out."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(c for c in clean if c in "\n\t" or (ord(c) > 31 and c != "\x7f"))
    # The library splits lines at more characters than the standard has.
    clean = "".join(c for c in clean if c not in "\x85\u2028\u2029\x1c\x1d\x1e")
    data = folded(f"SUMMARY:{escaped(clean)}")
    assert all(len(part) <= 75 for part in data.split(b"\r\n"))
    component = icalendar.Event.from_ical(b"BEGIN:VEVENT\r\n" + data + b"END:VEVENT\r\n")
    assert str(component.get("SUMMARY", "")) == clean


def test_calendar_parameters_hold_any_text() -> None:
    """Quotes and line ends are encoded (RFC 6868)."""
    assert parameter('A "talk"; x^2\nnow') == "\"A ^'talk^'; x^^2^nnow\""


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Kyiv",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Casablanca",
        "Etc/GMT+5",
    ],
)
def test_calendar_brings_the_rules_of_a_zone_along(zone: str) -> None:
    """A library that knows nothing but the file comes to the same instants as the machine's zone data."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *vtimezone(zone, 2024, 2027), "END:VCALENDAR", ""]
    component = icalendar.Calendar.from_ical("\r\n".join(lines)).walk("VTIMEZONE")[0]
    there = component.to_tz(lookup_tzid=False)
    for day in range(0, 1400, 3):
        local = datetime(2024, 1, 2, 12) + timedelta(days=day)  # noqa: DTZ001 - a local time
        assert local.replace(tzinfo=there).utcoffset() == local.replace(tzinfo=ZoneInfo(zone)).utcoffset(), (
            local
        )


def test_calendar_is_taken_back_by_our_own_import(read: Callable[[str], bytes], tmp_path: Any) -> None:
    """Same ids, same local times, same address to join: an archive can be set up from another one's calendar."""
    file = tmp_path / "calendar.ics"
    file.write_bytes(read("calendar.ics"))
    rows = {row.values["title"]: row.values for row in read_list(file).rows}
    film = rows["The film: <Rights> & duties"]
    assert (film["id"], film["timezone"], film["duration"]) == (
        "3b1f7a52-6d0c-4d7e-9a51-0f2c8e4b7d11", "Europe/Kyiv", "1h30",
    )  # fmt: skip
    assert rows["A reading to come"]["join"] == "https://meet.example.org/room?pwd=1,2;3"
    assert rows["A reading that is called off"]["cancelled"] is True
