"""Events as a calendar (iCalendar: RFC 5545; CONFERENCE and the calendar's own properties: RFC 7986).

Written here and not by a library, which takes ten times as long: a calendar holds every event of the archive
and is made again whenever one of them changes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from onrecord.site.exchange.feed import page_of
from onrecord.site.exchange.timezones import UNIVERSAL, vtimezone
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//onrecord//onrecord//EN"
_LINE = 75  # octets, without the line break (RFC 5545, 3.1)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NO_PARAMETER = re.compile('[\x00-\x1f\x7f"]')
Entry = Callable[[PublicEvent, Urls], bytes]
_REVISIONS_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def entry(event: PublicEvent, urls: Urls) -> bytes:
    """One event as it stands in a calendar, which says the rules of its zone elsewhere."""
    return b"".join(folded(line) for line in _event(event, urls))


def calendar(
    events: Iterable[PublicEvent],
    urls: Urls,
    *,
    title: str = "",
    summary: str = "",
    path: str = "",
    page: str = "",
    entry: Entry = entry,
) -> bytes:
    """A calendar of events. With a `path` it is one to subscribe to, which stands there; without, a single
    file to take over. `page` is the path of the page that shows the same events. `entry` gives what stands there of
    an event, where somebody has it already.
    """
    chosen = tuple(events)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if path:
        lines += _head(title, summary, urls.absolute(path), urls.absolute(page))
    for zone, (first, last) in _zones(chosen).items():
        lines += vtimezone(zone, first, last)
    head = b"".join(folded(line) for line in lines)
    return b"".join((head, *(entry(event, urls) for event in chosen), b"END:VCALENDAR\r\n"))


def sequence(event: PublicEvent) -> int:
    """The number of an event's revision (RFC 5545, 3.8.7.4): it grows whenever the event's file is changed.

    The minutes from 2020 to the last change of the file. A file that comes back from a backup keeps its time,
    and one that is checked out anew has a later one, so that no calendar takes old for new.
    """
    return max(0, int((event.changed - _REVISIONS_SINCE).total_seconds() // 60))


def folded(line: str) -> bytes:
    """A content line with its break, folded so that no part is longer than 75 octets and no letter is cut (RFC
    5545, 3.1).
    """
    data = line.encode("utf-8")
    if len(data) <= _LINE:
        return data + b"\r\n"
    parts: list[bytes] = []
    start, room = 0, _LINE
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a letter
            end -= 1
        parts.append(data[start:end])
        start, room = end, _LINE - 1  # the space that begins a folded line counts
    return b"\r\n ".join(parts) + b"\r\n"


def escaped(value: str) -> str:
    """A text as a value (RFC 5545, 3.3.11)."""
    if value.isalnum():
        return value
    value = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    for letter, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(letter, instead)
    return value


def parameter(value: str) -> str:
    """A text as the value of a parameter, in quotes, with what cannot stand there encoded (RFC 6868)."""
    value = value.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{_NO_PARAMETER.sub("", value)}"'


def _head(title: str, summary: str, own: str, page: str) -> Iterator[str]:
    yield f"NAME:{escaped(title)}"
    yield f"X-WR-CALNAME:{escaped(title)}"  # what programs older than RFC 7986 read
    if summary:
        yield f"DESCRIPTION:{escaped(summary)}"
        yield f"X-WR-CALDESC:{escaped(summary)}"
    if own:
        yield f"UID:{uuid.uuid5(uuid.NAMESPACE_URL, own)}"
        yield f"SOURCE;VALUE=URI:{own}"
        yield f"URL:{page}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT6H"
    yield "X-PUBLISHED-TTL:PT6H"


def _zones(events: tuple[PublicEvent, ...]) -> dict[str, tuple[int, int]]:
    """The years for which the rules of each zone are needed."""
    found: dict[str, tuple[int, int]] = {}
    for event in events:
        if event.timezone not in UNIVERSAL:
            first, last = event.starts.year - 1, event.ends.year + 1
            known = found.get(event.timezone, (first, last))
            found[event.timezone] = (max(1, min(first, known[0])), min(9998, max(last, known[1])))
    return found


def _event(event: PublicEvent, urls: Urls) -> Iterator[str]:
    changed = _utc(event.changed)
    language = f";LANGUAGE={event.languages[0]}" if event.languages else ""
    page = page_of(event, urls)
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.id)}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{sequence(event)}"
    yield f"DTSTART{_local(event.starts, event.timezone)}"
    yield f"DTEND{_local(event.ends, event.timezone)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield f"SUMMARY{language}:{escaped(event.title)}"
    yield f"DESCRIPTION:{escaped(_description(event, page))}"
    if page:
        yield f"URL:{page}"
    if event.join:
        yield f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL={parameter(event.title)}:{event.join}"
    if event.tags:
        yield "CATEGORIES:" + ",".join(escaped(tag) for tag, _ in event.tags)
    yield "END:VEVENT"


def _description(event: PublicEvent, page: str) -> str:
    """What stands in the entry: a cancellation first, the address to join by, what it is about, who speaks."""
    rows = [
        event.cancelled,
        event.join,
        event.summary,
        event.markdown
        if event.markdown != event.summary
        else "",  # with its addresses, which plain text has not
        "\n".join(
            ", ".join(part for part in (speaker.name, speaker.role, speaker.affiliation) if part)
            for speaker in event.speakers
        ),
        page,
    ]
    return "\n\n".join(row.strip() for row in rows if row.strip())


def _utc(value: datetime) -> str:
    return f"{_plain(value if value.tzinfo is UTC else value.astimezone(UTC))}Z"


def _plain(value: datetime) -> str:
    """`20261123T120000`, in a third of the time that strftime takes."""
    return value.isoformat()[:19].replace("-", "").replace(":", "")


def _local(value: datetime, zone: str) -> str:
    """A time as a property's parameters and value, in its own zone. One that clocks show twice means its first
    occurrence there (RFC 5545, 3.3.5), so the second is given in UTC.
    """
    return f":{_utc(value)}" if zone in UNIVERSAL or value.fold else f";TZID={zone}:{_plain(value)}"
