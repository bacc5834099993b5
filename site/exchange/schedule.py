"""Events as the programme of a conference: schedule JSON as frab made it and pretalx, voctosched and others
read it. `onrecord event import` reads it back.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from onrecord import __version__
from onrecord.site.exchange.feed import identifier, page_of
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls

MEDIA_TYPE = "application/json"
ROOM = "Online"


def schedule(title: str, slug: str, events: Sequence[PublicEvent], urls: Urls, path: str) -> bytes:
    """The programme of one series, or of all events. A programme has one time zone: that of most of its
    events.
    """
    zones = Counter(event.timezone for event in events)
    zone = ZoneInfo(min(zones, key=lambda name: (-zones[name], name), default="UTC"))
    days: dict[Any, list[PublicEvent]] = {}
    for event in sorted(events, key=lambda event: (event.starts, event.slug)):
        days.setdefault(event.starts.astimezone(zone).date(), []).append(event)
    dates = [day.isoformat() for day in days] or [datetime.fromtimestamp(0, zone).date().isoformat()]
    conference = {
        "acronym": slug.replace("-", "_"),
        "title": title,
        "start": dates[0],
        "end": dates[-1],
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "time_zone_name": zone.key,
        "rooms": [{"name": ROOM, "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"onrecord-room:{ROOM}"))}],
        "days": [
            {
                "index": number,
                "date": day.isoformat(),
                "day_start": datetime.combine(day, time(), zone).isoformat(),
                "day_end": datetime.combine(day + timedelta(days=1), time(), zone).isoformat(),
                "rooms": {ROOM: [_talk(event, zone, urls) for event in rows]},
            }
            for number, (day, rows) in enumerate(days.items(), 1)
        ],
    }
    if own := urls.absolute(path.rpartition("/")[0]):
        conference["url"] = own
    made: dict[str, Any] = {
        "generator": {"name": "onrecord", "version": __version__},
        "schedule": {"version": _version(events), "conference": conference},
    }
    if urls.base:
        made["schedule"]["base_url"] = f"{urls.base}/"
    return (json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _talk(event: PublicEvent, zone: ZoneInfo, urls: Urls) -> dict[str, Any]:
    starts = event.starts.astimezone(zone)
    minutes = round((event.ends - event.starts).total_seconds() / 60)
    guid = identifier(event).removeprefix("urn:uuid:")
    return {
        "id": zlib.crc32(guid.encode()) % 2_000_000_000 + 1,
        "guid": guid,
        "slug": event.slug,
        "date": starts.isoformat(),
        "start": f"{starts:%H:%M}",
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "room": ROOM,
        "url": page_of(event, urls),
        "title": event.title,
        "subtitle": event.summary,
        "track": event.tags[0][0] if event.tags else None,
        "type": "discussion",
        "language": event.languages[0] if event.languages else "",
        "abstract": "",
        "description": event.markdown,
        "recording_license": event.licence,
        "persons": [
            {"name": speaker.name, "public_name": speaker.name, "biography": speaker.bio}
            for speaker in event.speakers
        ],
        "links": [{"title": link.label, "url": link.url} for link in event.links],
        "attachments": [],
    }


def _version(events: Sequence[PublicEvent]) -> str:
    """Changes with the events, and with nothing else."""
    newest = max((event.changed for event in events), default=None)
    return f"{newest:%Y-%m-%d %H:%M}" if newest else "0"
