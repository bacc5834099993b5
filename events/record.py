"""One event's TOML file, read and checked.

The complete table of keys is in docs/formats.md; `onrecord.events.model` has them too.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onrecord.errors import EventFormatError
from onrecord.events.complaints import Tables, complaints, one_of, shown, unknown
from onrecord.events.model import AgendaItem, Event, Link, Recording, Speaker
from onrecord.events.people import NOBODY, Person, fill_in
from onrecord.files import translated
from onrecord.toml import line_of, parse_toml

_LARGEST = 4_000_000  # bytes; a record is a few thousand
TABLES: Tables = {
    (): Event,
    ("speakers",): Speaker,
    ("speakers", "links"): Link,
    ("links",): Link,
    ("recordings",): Recording,
    ("agenda",): AgendaItem,
}


def read_event(path: Path, *, timezone: str = "UTC", people: Mapping[str, Person] = NOBODY) -> Event:
    """Reads one event; raises `EventFormatError` with line, key, what is expected and the nearest known key.

    `timezone` is that of events which name none. An event without an id gets the one that the registry will
    write down.
    """
    text = read_record_text(path)
    return check_event(parse_record(text, path), path, text, timezone=timezone, people=people)


def check_event(
    data: Mapping[str, Any],
    path: Path,
    text: str,
    *,
    timezone: str = "UTC",
    people: Mapping[str, Person] = NOBODY,
) -> Event:
    """The same for a file that has been parsed; `path` names the event, and `text` is where lines are looked
    up.
    """
    stem = path.stem
    values = set_aside(data, path, text, TABLES)
    speakers = values.get("speakers")
    if people and isinstance(speakers, list):
        values["speakers"] = [
            fill_in(speaker, people) if isinstance(speaker, dict) else speaker for speaker in speakers
        ]
    values = {"slug": stem, "timezone": timezone} | values | {"stem": stem}
    if "id" not in values:
        values["id"] = proposed_id(stem, values)
    try:
        return Event.model_validate(values)
    except ValidationError as error:
        if any(item["loc"] == ("stem",) for item in error.errors(include_url=False)):
            raise _wrong_name(path) from error
        raise one_of(complaints(error, TABLES, path, text)) from error


def proposed_id(stem: str, values: Mapping[str, Any]) -> str:
    """The id of an event that has none yet: a UUID (RFC 9562, version 5) of its stem, title and start."""
    return str(
        uuid.uuid5(uuid.NAMESPACE_URL, f"onrecord:{stem}:{values.get('title')}:{values.get('starts')}")
    )


def _wrong_name(path: Path) -> EventFormatError:
    from onrecord.events.stems import slug_of  # only when something is wrong

    return EventFormatError(
        f"the file's name '{path.name}' is no name for an event.",
        advice=f"Rename it to '{slug_of(path.stem)}.toml', and the event's folders in media/ and "
               f"transcripts/ with it.",
        path=path, expected="small letters a-z and digits, with single hyphens between, at most 80 "
                            "characters",
    )  # fmt: skip


def read_record_text(path: Path) -> str:
    """The text of a TOML file that a person wrote; a byte order mark is taken away.

    Raises `EventFormatError`.
    """
    with translated(path):
        data = path.read_bytes()
    if len(data) > _LARGEST:
        raise EventFormatError(
            f"this file is too large for a record: {len(data) // 1_000_000} MB.", path=path
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise EventFormatError(
            "this line is not UTF-8 text.", path=path, line=line, advice="Save the file as UTF-8."
        ) from error


def parse_record(text: str, path: Path) -> dict[str, Any]:
    """Parses TOML; raises `EventFormatError` with the line."""
    try:
        return parse_toml(text, path, EventFormatError)
    except RecursionError as error:
        raise EventFormatError("this is not valid TOML: brackets are nested too deep.", path=path) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise EventFormatError("this is not valid TOML: a number has too many digits.", path=path) from error


def set_aside(data: Mapping[str, Any], path: Path, text: str, tables: Tables) -> dict[str, Any]:
    """The values for the models: `format` checked and taken out, keys like `x-...` put under `extra`."""
    version = data.get("format", 1)
    if version != 1 or isinstance(version, bool):
        raise EventFormatError(
            f"this file has format {shown(version)}; this onrecord knows format 1.",
            path=path, line=line_of(text, ("format",)), key="format", expected="1", advice="Upgrade onrecord "
                "to read it.",
        )  # fmt: skip

    def aside(
        table: Mapping[str, Any], place: tuple[str | int, ...], name: tuple[str, ...]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for key, value in table.items():
            inner = (*name, key)
            if key.startswith("x-"):
                extra[key] = value
            elif key in ("extra", "stem"):  # fields of our models, but no keys of the file
                raise unknown((*place, key), tables, path, text)
            elif inner in tables and isinstance(value, list):
                values[key] = [
                    aside(row, (*place, key, number), inner) if isinstance(row, dict) else row
                    for number, row in enumerate(value)
                ]
            else:
                values[key] = value
        return values | ({"extra": extra} if extra else {})

    return aside({key: value for key, value in data.items() if key != "format"}, (), ())
