"""A new event made after one that is there: another date of a series, or a copy to be changed.

What belongs to one occasion alone stays behind: its recordings and chapters, its address, what became of it, and
the consent of those who spoke, for nobody's yes to one recording is a yes to the next. A refusal is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from onrecord.errors import ConflictError, OnrecordError
from onrecord.events.lists import made_id
from onrecord.events.model import UNLISTED_TOKEN, Event
from onrecord.events.record import parse_record, read_record_text
from onrecord.events.registry import Registry
from onrecord.events.writing import local_text

_ITS_OWN = (
    "format", "id", "slug", "aliases", "starts", "visibility", "publish_at", "cancelled", "withdrawn", "recordings",
    "agenda",
)  # fmt: skip
Visibility = Literal["draft", "unlisted", "public"]


def copied_values(registry: Registry, stem: str) -> dict[str, Any]:
    """What a new event takes over from one, as its file has it; without a start. Raises `EventFormatError`."""
    path = registry.path(stem)
    values = {
        key: value for key, value in parse_record(read_record_text(path), path).items() if key not in _ITS_OWN
    }
    if "speakers" in values:
        values["speakers"] = [
            {key: value for key, value in row.items() if key != "consent" or value == "no"}
            for row in values["speakers"]
        ]
    if private := {key: value for key, value in values.pop("private", {}).items() if key != UNLISTED_TOKEN}:
        values["private"] = private
    if "picture" in values and not (registry.archive.events / str(values["picture"])).is_file():
        del values["picture"]  # it lies with the media of the one event
    return values


def planned(
    registry: Registry, event: Event, starts: Iterable[datetime]
) -> list[tuple[datetime, Event | None]]:
    """For each date of a series, the event that is there for it already: made by an earlier run, or by hand with the
    same title and start.
    """
    scan = registry.scan()
    by_id = {one.id: one for one in scan.events}
    by_start = {(one.title.casefold(), one.starts, one.timezone): one for one in scan.events}
    return [
        (one, by_id.get(_id(event, one)) or by_start.get((event.title.casefold(), one, event.timezone)))
        for one in starts
    ]


def make_series(
    registry: Registry, event: Event, starts: Iterable[datetime], *, visibility: Visibility = "draft"
) -> Iterator[Event | OnrecordError]:
    """Registers the event again at each of these naive local times; what is there already is left as it is.

    In the place of one that cannot be registered stands the reason. Running it twice adds nothing twice.
    """
    values = {**copied_values(registry, event.stem), "timezone": event.timezone, "visibility": visibility}
    missing = [one for one, there in planned(registry, event, starts) if there is None]
    rows = ({**values, "id": _id(event, one), "starts": local_text(one, event.timezone)} for one in missing)
    for made in registry.add_all(rows):
        if not isinstance(made, ConflictError):  # somebody else has made the very event at the same moment
            yield made


def _id(event: Event, starts: datetime) -> str:
    return made_id("series", event.id, starts.isoformat())
