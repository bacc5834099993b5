"""Events from a calendar (iCalendar, RFC 5545; CONFERENCE is RFC 7986).

The one place that knows the library icalendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from onrecord.errors import FormatError
from onrecord.events.lists import Listing, Proposal, clean, made_id, usable_id, without_blanks
from onrecord.events.phrases import in_zone
from onrecord.events.writing import length_text

_MEDIA = (".mp4", ".m4a", ".mp3", ".webm", ".mkv", ".ogg", ".opus", ".wav", ".mov")


def read_ics(data: bytes, path: Path, timezone: str) -> Listing:
    """Reads every VEVENT of a calendar file. Raises `FormatError` when it is none, or cut short."""
    try:
        calendars = icalendar.Calendar.from_ical(data, multiple=True)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The library promises ValueError; the others were seen with damaged files.
        raise FormatError(f"this is no calendar that can be read: {error}.", path=path) from error
    if not calendars:
        raise FormatError(
            "this calendar is cut short: END:VCALENDAR is missing.", path=path, advice="Get the file again."
        )
    rows: list[Proposal | FormatError] = []
    for calendar in calendars:
        zone = _known_zone(clean(calendar.get("X-WR-TIMEZONE"))) or timezone
        for entry in calendar.walk("VEVENT"):
            name = clean(_first(entry.get("SUMMARY"))) or "no title"
            place = f"event {len(rows) + 1} ('{name}')"
            try:
                rows.append(_proposal(entry, place, path, zone))
            except FormatError as error:
                rows.append(error)
            except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
                rows.append(FormatError(f"{place} cannot be read: {error}.", path=path))
    return Listing("ics", tuple(rows))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _all(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _known_zone(name: str) -> str | None:
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _moment(prop: Any, zone: str, place: str, path: Path) -> tuple[datetime, str, bool]:
    """A date and time with its zone, and whether it is a whole day.

    What floats (RFC 5545, 3.3.5) is in the calendar's zone.
    """
    if isinstance(_first(prop), icalendar.vBroken):
        raise FormatError(f"{place} has a date and time that cannot be read: '{_first(prop)}'.", path=path)
    value = _first(prop).dt
    named = str(_first(prop).params.get("TZID", ""))
    if not isinstance(value, datetime):
        if not isinstance(value, date):
            raise FormatError(f"{place} has no date and time.", path=path)
        return datetime.combine(value, time(), ZoneInfo(zone)), zone, True
    if value.tzinfo is None and named:
        raise FormatError(f"{place} is in the time zone '{named}', which is not known.", path=path)
    if value.tzinfo is None:
        return value.replace(tzinfo=ZoneInfo(zone)), zone, False
    # A zone that the calendar defines itself has no IANA name: the instant is kept, in the zone of the
    # archive.
    return value, _known_zone(str(getattr(value.tzinfo, "key", ""))) or zone, False


def _proposal(entry: icalendar.Component, place: str, path: Path, zone: str) -> Proposal:
    remarks: list[str] = []
    if entry.get("DTSTART") is None:
        raise FormatError(f"{place} has no start.", path=path)
    begin, own_zone, whole_day = _moment(entry.get("DTSTART"), zone, place, path)
    if own_zone == "UTC":
        own_zone = zone
    if whole_day:
        remarks.append("a whole day: its start is set to 00:00")
    if entry.get("RRULE") is not None or entry.get("RDATE") is not None:
        remarks.append("it repeats: only the first time is taken")
    uid = usable_id(clean(_first(entry.get("UID"))))
    starts = in_zone(begin, own_zone)
    if uid and entry.get("RECURRENCE-ID") is not None:
        uid = made_id(uid, _first(entry.get("RECURRENCE-ID")).dt)
    title = clean(_first(entry.get("SUMMARY")))
    if not title:
        raise FormatError(f"{place} has no title (SUMMARY).", path=path)
    private: dict[str, Any] = {}
    values: dict[str, Any] = {
        "id": uid or made_id(title.casefold(), starts, own_zone),
        "title": title,
        "description": clean(_first(entry.get("DESCRIPTION"))),
        "starts": starts,
        "timezone": own_zone,
        "tags": list(
            dict.fromkeys(clean(str(tag)) for group in _all(entry.get("CATEGORIES")) for tag in group.cats)
        ),
        "private": private,
    }
    if not whole_day and (length := _length(entry, begin, zone, place, path)):
        values["duration"] = length_text(length)
    if clean(_first(entry.get("STATUS"))).upper() == "CANCELLED":
        values["cancelled"] = True
    _addresses(entry, values, private)
    if organizer := _first(entry.get("ORGANIZER")):
        private["organizer"] = " ".join(
            filter(None, (str(organizer.params.get("CN", "")), str(organizer).removeprefix("mailto:")))
        )
    if entry.get("ATTENDEE") is not None:
        remarks.append("its list of guests is left out")
    return Proposal(place, without_blanks(values), tuple(remarks))


def _length(
    entry: icalendar.Component, begin: datetime, zone: str, place: str, path: Path
) -> timedelta | None:
    if entry.get("DTEND") is not None:
        length = _moment(entry.get("DTEND"), zone, place, path)[0].astimezone(UTC) - begin.astimezone(UTC)
    elif entry.get("DURATION") is not None:
        length = _first(entry.get("DURATION")).dt
    else:
        return None
    if length < timedelta(0):
        raise FormatError(f"{place} ends before it starts.", path=path)
    return length or None


def _addresses(entry: icalendar.Component, values: dict[str, Any], private: dict[str, Any]) -> None:
    """Where to join, the page, and what is attached."""
    joins = [str(one) for one in _all(entry.get("CONFERENCE"))]
    location = clean(_first(entry.get("LOCATION")))
    if location.startswith(("https://", "http://")) and not any(c.isspace() for c in location):
        joins.append(location)
    elif location:
        private["location"] = location
    joins = [address for address in joins if address.startswith(("https://", "http://"))]
    if joins:
        values["join"] = joins[0]
    if page := clean(_first(entry.get("URL"))):
        values["links"] = [{"label": "Announcement", "url": page}]
    for attached in (str(one) for one in _all(entry.get("ATTACH")) if isinstance(one, icalendar.vUri)):
        if attached.lower().split("?")[0].endswith(_MEDIA):
            rows = values.setdefault("recordings", [])
            rows.append({"id": f"part-{len(rows) + 1}", "source": attached})
        elif attached.startswith(("https://", "http://")):
            label = attached.rstrip("/").rsplit("/", 1)[-1] or "Attachment"
            values.setdefault("links", []).append({"label": label, "url": attached})
