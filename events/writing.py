"""Event files as they are written: a new one in a readable order, changes to one that keep its comments and
layout.

Everything goes through tomlkit, and every text that it makes is read again with another reader before it is
trusted.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Item

from onrecord.errors import UsageError
from onrecord.events.model import Event
from onrecord.timecode import clock

_TABLES = ("speakers", "links", "recordings")
_ORDER = (
    "id", "slug", "aliases", "title", "summary", "description", "starts", "timezone", "duration",
    "visibility",
    "publish_at", "cancelled", "withdrawn", "languages", "series", "tags", "licence", "picture", "join",
    "join_visibility",
)  # fmt: skip


def plain(value: Any) -> Any:
    """A tomlkit value as Python's own."""
    return value.unwrap() if hasattr(value, "unwrap") else value


def with_lf(text: str) -> tuple[str, str]:
    """The text with `\\n` alone, and the newline that the file uses."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return text.replace("\r\n", "\n"), newline


def length_text(length: timedelta) -> str:
    """A length as a person writes it: `1h30`, `45m`; to the millisecond where that is needed."""
    milliseconds = round(length / timedelta(milliseconds=1))
    minutes, rest = divmod(milliseconds, 60_000)
    if rest:
        return clock(milliseconds)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}m"
    return f"{hours}h{minutes:02}" if minutes else f"{hours}h"


def local_text(local: datetime, zone: str) -> str | datetime:
    """A local time as a person writes it: `2022-07-12 18:00`; with its offset where it is the second of two alike."""
    if local.fold:
        local = local.replace(tzinfo=ZoneInfo(zone))
        return local.isoformat(
            " ", "microseconds" if local.microsecond else "seconds" if local.second else "minutes"
        )
    if local.microsecond:
        return local
    return local.strftime("%H:%M:%S" if local.second else "%H:%M").join((f"{local.date().isoformat()} ", ""))


def event_values(event: Event) -> dict[str, Any]:
    """The event as the values of its file, without mere defaults; the way back from `check_event`."""
    values = _part(event.model_dump(exclude_defaults=True), event.extra)
    if event.slug == event.stem:
        values.pop("slug", None)
    values["starts"] = local_text(event.starts, event.timezone)
    if event.publish_at:
        values["publish_at"] = local_text(event.publish_at, event.timezone)
    if event.duration:
        values["duration"] = length_text(event.duration)
    if event.agenda:
        values["agenda"] = [
            {
                "at": clock(item.at),
                "title": item.title,
                **({"recording": item.recording} if item.recording else {}),
                **item.extra,
            }
            for item in event.agenda
        ]
    for key, parts in (("links", event.links), ("speakers", event.speakers)):
        if parts:
            values[key] = [_part(part.model_dump(exclude_defaults=True), part.extra) for part in parts]
    for row, speaker in zip(values.get("speakers", ()), event.speakers, strict=False):
        if speaker.links:
            row["links"] = [
                _part(link.model_dump(exclude_defaults=True), link.extra) for link in speaker.links
            ]
    if event.recordings:
        values["recordings"] = []
        for recording in event.recordings:
            row = _part(recording.model_dump(exclude_defaults=True), recording.extra)
            if recording.trim:
                row["trim"] = [clock(position) for position in recording.trim]
            values["recordings"].append(row)
    return values


def _part(values: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()} | dict(
        extra
    )


def item(value: Any, *, inline: bool = False) -> Item:
    """A value as it is best read: long texts over several lines, lists of tables one below the other."""
    if isinstance(value, str):
        _check_text(value)
        # Whether a newline or return at the edge of a long text survives has changed from one tomlkit to the
        # next.
        several = "\n" in value and "\r" not in value and value[0] != "\n" and not inline
        return tomlkit.string(value, multiline=several)
    if isinstance(value, timedelta):
        return tomlkit.string(length_text(value))
    if isinstance(value, (list, tuple)):
        array = tomlkit.array()
        for one in value:
            array.append(item(one, inline=True))
        if any(isinstance(one, Mapping) for one in value):
            array.multiline(True)
        return array
    if isinstance(value, Mapping):
        table: Any = tomlkit.inline_table() if inline else tomlkit.table()
        for key, one in value.items():
            _check_text(key)
            table[key] = item(one, inline=inline or not isinstance(one, Mapping))
        return table  # type: ignore[no-any-return]
    made: Item = tomlkit.item(value)
    return made


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            "this text is not UTF-8.", advice="Set the terminal to UTF-8, or save the file as UTF-8."
        ) from error


def new_document(values: Mapping[str, Any]) -> str:
    """The text of a new event file, in the order of the table in docs/formats.md; empty values are left out."""
    document = tomlkit.document()
    document["format"] = 1
    rest = [key for key in values if key not in (*_ORDER, *_TABLES, "agenda", "private", "format")]
    simple = [key for key in rest if not isinstance(values[key], Mapping)]
    for key in (*_ORDER, *simple, "agenda"):
        if values.get(key) not in (None, "", [], ()):
            document[key] = item(values[key])
    for key in _TABLES:
        if values.get(key):
            document[key] = tables(values[key])
    for key in (*(key for key in rest if key not in simple), "private"):
        if values.get(key):
            document[key] = item(values[key])
    return tomlkit.dumps(document)


def tables(rows: Any) -> AoT:
    """`[[speakers]]` and its like."""
    array = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        for key, value in row.items():
            if value not in (None, "", [], ()):
                table[key] = item(value, inline=isinstance(value, Mapping))
        array.append(table)
    return array


def append_rows(document: tomlkit.TOMLDocument, key: str, rows: list[dict[str, Any]]) -> None:
    """Adds rows to a list of tables such as `[[speakers]]`, in the way in which it is written there."""
    present: Any = document.get(key)
    if isinstance(present, AoT):
        if rows and not present[-1].as_string().endswith("\n\n"):
            present[-1].add(tomlkit.nl())  # tomlkit would write the next one right below it
        for table in tables(rows):
            present.append(table)
        if rows and list(document)[-1] != key:
            present[-1].add(tomlkit.nl())
    elif present:  # written as a list of inline tables
        for row in rows:
            present.append(item(row, inline=True))
    elif rows:
        document[key] = tables(rows)


def changed(text: str, change: Callable[[tomlkit.TOMLDocument], None]) -> str:
    """The text of a valid TOML file after `change`, with comments, layout and newlines kept."""
    before, newline = with_lf(text)
    try:
        document = tomlkit.parse(before)
        change(document)
        after = tomlkit.dumps(document)
        trusted = repr(tomllib.loads(after)) == repr(_in_order(tomllib.loads(after), plain(document)))
    except (TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"this file cannot be changed from here ({error}).",
            advice="Change it in an editor: onrecord event edit.",
        ) from error
    if not trusted:
        raise UsageError(
            "this file cannot be changed from here.", advice="Change it in an editor: onrecord event edit."
        )
    return after.replace("\n", newline)


def _in_order(model: Any, value: Any) -> Any:
    """`value` with the keys of its tables in the order of `model`, so that the two can be compared as texts
    (NaN too).
    """
    if isinstance(model, dict) and isinstance(value, dict) and model.keys() == value.keys():
        return {key: _in_order(model[key], value[key]) for key in model}
    if isinstance(model, list) and isinstance(value, list) and len(model) == len(value):
        return [_in_order(a, b) for a, b in zip(model, value, strict=True)]
    return value
