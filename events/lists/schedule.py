"""Events from a conference's programme: schedule JSON as frab made it and pretalx, voctosched and others
write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from onrecord.errors import FormatError
from onrecord.events.lists import (
    Listing,
    Proposal,
    clean,
    language_of,
    made_id,
    moment,
    usable_id,
    without_blanks,
)
from onrecord.events.phrases import in_zone


def read_schedule(content: Any, path: Path, timezone: str) -> Listing:
    """Reads a programme; raises `FormatError` when there are no days in it."""
    schedule = _table(content.get("schedule", content) if isinstance(content, Mapping) else None)
    conference = _table(schedule.get("conference"))
    days = conference.get("days")
    if not isinstance(days, list):
        raise FormatError("this JSON is no schedule: it has no schedule.conference.days.", path=path)
    zone = clean(conference.get("time_zone_name")) or timezone
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        zone = timezone
    base = clean(schedule.get("base_url")) or clean(conference.get("url"))
    rows: list[Proposal | FormatError] = []
    for day, room, talk in _talks(days):
        place = f"talk {len(rows) + 1} ('{clean(talk.get('title')) or 'no title'}')"
        try:
            values, remarks = _values(talk, zone, base, clean(conference.get("title")), day)
        except FormatError as error:
            rows.append(FormatError(f"{place} {error.message}", path=path))
        else:
            rows.append(Proposal(place, without_blanks({**values, "x-room": room}), tuple(remarks)))
    return Listing("schedule", tuple(rows))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _talks(days: list[Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for day in days:
        for room, talks in _table(_table(day).get("rooms")).items():
            for talk in talks if isinstance(talks, list) else ():
                if isinstance(talk, Mapping):
                    yield clean(day.get("date")), str(room), talk


def _values(
    talk: Mapping[str, Any], zone: str, base: str, conference: str, day: str
) -> tuple[dict[str, Any], list[str]]:
    remarks: list[str] = []
    title = clean(talk.get("title"))
    if not title:
        raise FormatError("has no title.")
    begin = moment(talk.get("date")) or moment(f"{day} {clean(talk.get('start'))}")
    if begin is None:
        raise FormatError("has no start.")
    starts = in_zone(begin.replace(tzinfo=begin.tzinfo or ZoneInfo(zone)), zone)
    language = language_of(talk.get("language"))
    if clean(talk.get("language")) and language is None:
        remarks.append(f"its language '{talk['language']}' is not known and was left out")
    private: dict[str, Any] = {}
    if talk.get("do_not_record") is True:
        private["do-not-record"] = True
        remarks.append("it is not to be recorded: noted under [private]")
    abstract, description = clean(talk.get("abstract")), clean(talk.get("description"))
    short = clean(talk.get("subtitle")) or (
        abstract if description and len(abstract) <= 300 and "\n" not in abstract else ""
    )
    values: dict[str, Any] = {
        "id": usable_id(talk.get("guid"))
        or made_id(conference, talk.get("code") or talk.get("id") or title, starts),
        "title": title,
        "summary": short,
        "description": "\n\n".join(
            text for text in (abstract if abstract != short else "", description) if text
        ),
        "starts": starts,
        "timezone": zone,
        "duration": clean(talk.get("duration")),
        "languages": [language] if language else [],
        "series": conference,
        "tags": [clean(talk.get("track"))] if clean(talk.get("track")) else [],
        "licence": clean(talk.get("recording_license")),
        "speakers": [person for entry in talk.get("persons") or () if (person := _speaker(entry))],
        "links": _links(talk, base),
        "private": private,
    }
    if address := clean(talk.get("video_download_url")):
        values["recordings"] = [{"id": "part-1", "source": address}]
    return values, remarks


def _speaker(entry: Any) -> dict[str, Any] | None:
    """A person: pretalx has `public_name` and later `name`, frab also `full_public_name`."""
    if isinstance(entry, str):
        return {"name": entry.strip()} if entry.strip() else None
    if not isinstance(entry, Mapping):
        return None
    name = next(
        (text for key in ("public_name", "full_public_name", "name") if (text := clean(entry.get(key)))), ""
    )
    return without_blanks({"name": name, "bio": clean(entry.get("biography"))}) if name else None


def _links(talk: Mapping[str, Any], base: str) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    if page := clean(talk.get("url")):
        found[urljoin(base, page)] = {"label": "In the programme"}
    for key, kind in (("links", ""), ("attachments", "attachment")):
        for entry in talk.get(key) or ():
            if isinstance(entry, Mapping) and (address := clean(entry.get("url"))):
                address = urljoin(base, address)
                found.setdefault(
                    address, without_blanks({"label": clean(entry.get("title")) or address, "kind": kind})
                )
    return [{**link, "url": url} for url, link in found.items() if url.startswith(("https://", "http://"))]
