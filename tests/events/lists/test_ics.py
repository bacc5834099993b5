"""Calendars as other programs export them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import FormatError
from onrecord.events.lists import Listing, Proposal, read_list
from onrecord.events.lists.ics import read_ics

WHOLE = """\
BEGIN:VEVENT
UID:7a@example.org
DTSTAMP:20220701T100000Z
DTSTART;TZID=Europe/London:20220712T180000
DTEND;TZID=Europe/London:20220712T193000
SUMMARY:Voices\\, and letters
DESCRIPTION:First.\\n\\nThen.
CATEGORIES:school,war
CATEGORIES:law
LOCATION:Town hall
URL:https://example.org/voices
CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/x
ATTACH:https://example.org/voices.mp4
ATTACH:https://example.org/letter.pdf
ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA
ORGANIZER;CN=Desk:mailto:desk@example.org
ATTENDEE:mailto:anna@example.org
STATUS:CANCELLED
END:VEVENT
"""


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of these events, as RFC 5545 has its lines."""
    body = "".join(events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{head}{body}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def event(*lines: str) -> str:
    """One event with a title."""
    return "BEGIN:VEVENT\nSUMMARY:Voices\n" + "".join(f"{line}\n" for line in lines) + "END:VEVENT\n"


def read(data: bytes, timezone: str = "Europe/Kyiv") -> list[Any]:
    """The values of each event, or what is said of one that cannot be taken."""
    return [
        row.values if isinstance(row, Proposal) else row.message
        for row in read_ics(data, Path("list.ics"), timezone).rows
    ]


def test_event_of_a_calendar_arrives(tmp_path: Path) -> None:
    """With its own id, its zone, and whatever has a place in an event's file."""
    path = tmp_path / "list.ics"
    path.write_bytes(calendar(WHOLE))
    listing = read_list(path, timezone="Europe/Kyiv")
    assert listing == Listing(
        "ics",
        (
            Proposal(
                "event 1 ('Voices, and letters')",
                {
                    "id": "7a@example.org", "title": "Voices, and letters", "description": "First.\n\nThen.",
                    "starts": "2022-07-12 18:00", "timezone": "Europe/London", "duration": "1h30",
                    "tags": ["school", "war", "law"], "cancelled": True, "join": "https://meet.example.org/x",
                    "links": [
                        {"label": "Announcement", "url": "https://example.org/voices"},
                        {"label": "letter.pdf", "url": "https://example.org/letter.pdf"},
                    ],
                    "recordings": [{"id": "part-1", "source": "https://example.org/voices.mp4"}],
                    "private": {"location": "Town hall", "organizer": "Desk desk@example.org"},
                },
                ("its list of guests is left out",),
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "head", "local", "zone"),
    [
        ("DTSTART:20220712T150000Z", "", "2022-07-12 18:00", "Europe/Kyiv"),
        ("DTSTART:20220712T180000", "", "2022-07-12 18:00", "Europe/Kyiv"),
        ("DTSTART:20220712T180000", "X-WR-TIMEZONE:Europe/London\n", "2022-07-12 18:00", "Europe/London"),
        ("DTSTART:20220712T150000Z", "X-WR-TIMEZONE:Europe/London\n", "2022-07-12 16:00", "Europe/London"),
        ("DTSTART;TZID=Europe/London:20220712T180000", "", "2022-07-12 18:00", "Europe/London"),
        ("DTSTART;TZID=GMT Standard Time:20220712T180000", "", "2022-07-12 18:00", "Europe/London"),
        ("DTSTART;VALUE=DATE:20220712", "", "2022-07-12 00:00", "Europe/Kyiv"),
    ],
)  # fmt: skip
def test_start_is_local(start: str, head: str, local: str, zone: str) -> None:
    """In UTC, floating, in the calendar's zone, in a zone of IANA's or of Windows', or a whole day."""
    [values] = read(calendar(event("UID:1", start), head=head))
    assert (values["starts"], values["timezone"]) == (local, zone)


def test_zone_that_the_calendar_defines_itself_keeps_the_instant() -> None:
    """It has no name that others know, so the start is told in the archive's zone."""
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Our own\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\n"
        "TZOFFSETTO:+0000\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    [values] = read(calendar(zone, event("UID:1", "DTSTART;TZID=Our own:20220712T150000", "DURATION:PT45M")))
    assert (values["starts"], values["timezone"], values["duration"]) == (
        "2022-07-12 18:00",
        "Europe/Kyiv",
        "45m",
    )


def test_broken_event_does_not_stop_the_others() -> None:
    """Each is told by its number and title."""
    found = read(
        calendar(
            event("UID:1", "DTSTART:20221332T180000"),
            event("UID:2"),
            event("UID:3", "DTSTART;TZID=Nowhere/Zone:20220712T180000"),
            event("UID:4", "DTSTART:20220712T180000Z", "DTEND:20220712T170000Z"),
            "BEGIN:VEVENT\nUID:5\nDTSTART:20220712T180000Z\nEND:VEVENT\n",
            event("UID:6", "DTSTART:20220712T180000Z"),
        )
    )
    assert [values["id"] for values in found if isinstance(values, dict)] == ["6"]
    assert [message for message in found if isinstance(message, str)] == [
        "event 1 ('Voices') has a date and time that cannot be read: '20221332T180000'.",
        "event 2 ('Voices') has no start.",
        "event 3 ('Voices') is in the time zone 'Nowhere/Zone', which is not known.",
        "event 4 ('Voices') ends before it starts.",
        "event 5 ('no title') has no title (SUMMARY).",
    ]


def test_what_cannot_be_taken_over_is_said() -> None:
    """A repetition, a whole day, an exception of a repeating event under the same id."""
    listing = read_ics(
        calendar(
            event("UID:1", "DTSTART;VALUE=DATE:20220712", "RRULE:FREQ=WEEKLY"),
            event("UID:1", "DTSTART:20220726T180000Z", "RECURRENCE-ID:20220726T170000Z"),
        ),
        Path("list.ics"),
        "UTC",
    )
    first, second = (row for row in listing.rows if isinstance(row, Proposal))
    assert first.remarks == (
        "a whole day: its start is set to 00:00",
        "it repeats: only the first time is taken",
    )
    assert (first.values["id"], second.remarks) == ("1", ())
    assert second.values["id"] != "1"


def test_id_that_cannot_be_ours_is_turned_into_one() -> None:
    """The same each time."""
    data = calendar(event("UID:my own id", "DTSTART:20220712T180000Z"), event("DTSTART:20220712T180000Z"))
    first, again = read(data), read(data)
    assert first == again
    assert all(len(values["id"]) == 36 for values in first)


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n",
        b"BEGIN:VCALENDAR\r\nnonsense\r\nEND:VCALENDAR\r\n",
        b"END:VEVENT",
    ],
)
def test_broken_calendar_is_explained(data: bytes) -> None:
    """Cut short, or none at all."""
    with pytest.raises(FormatError):
        read_ics(data, Path("list.ics"), "UTC")


def test_calendar_of_the_library_is_read() -> None:
    """What icalendar writes, this reads: a second opinion on the form."""
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    made = icalendar.Calendar()
    made.add("prodid", "-//test//")
    made.add("version", "2.0")
    one = icalendar.Event()
    one.add("uid", "1")
    one.add("summary", "Голоси; з: Куп'янська,\nі далі " + "х" * 100)
    one.add("dtstart", datetime(2022, 7, 12, 18, tzinfo=ZoneInfo("Europe/Kyiv")))
    one.add("duration", timedelta(minutes=45))
    made.add_component(one)
    [values] = read(made.to_ical())
    assert values["title"] == "Голоси; з: Куп'янська,\nі далі " + "х" * 100
    assert (values["starts"], values["duration"]) == ("2022-07-12 18:00", "45m")


LINES = st.sampled_from([line for line in calendar(WHOLE).decode().split("\r\n") if line])


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            LINES, st.text(max_size=20), st.builds(lambda line, text: line + text, LINES, st.text(max_size=6))
        )
    )
)
def test_any_calendar_is_read_or_explained(lines: list[str]) -> None:
    """Whatever a damaged calendar holds, there are events or an error in words."""
    body = "\r\n".join(lines).encode("utf-8", "replace")
    for data in (
        body,
        calendar("BEGIN:VEVENT\n", *(f"{line}\n" for line in lines if "\r" not in line), "END:VEVENT\n"),
    ):
        try:
            listing = read_ics(data, Path("list.ics"), "UTC")
        except FormatError as error:
            assert error.message
        else:
            assert all(isinstance(row, (Proposal, FormatError)) for row in listing.rows)
