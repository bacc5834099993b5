"""An event as a sheet of texts, such as a form shows and gives back: what a person may change of it, field by field.

Recordings are not on it: they have pages of their own. Of `[private]` it has the notes that are texts; whatever else
stands there, and under keys that begin with `x-`, is left as it is by whoever changes the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from onrecord.errors import UsageError
from onrecord.events.model import UNLISTED_TOKEN, Event, Length, Link
from onrecord.events.phrases import link, local_time
from onrecord.events.writing import length_text, local_text
from onrecord.languages import language_tag
from onrecord.timecode import clock, milliseconds

Row = Mapping[str, str]
Value = str | tuple[str, ...] | tuple[Row, ...]
Sheet = Mapping[str, Value]

TEXTS = (
    "title", "summary", "description", "starts", "timezone", "duration", "visibility", "publish_at", "slug", "series",
    "licence", "picture", "join", "join_visibility",
)  # fmt: skip
WORDS = ("languages", "tags", "aliases")
ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "speakers": ("id", "name", "shown_as", "role", "affiliation", "bio", "links", "consent"),
        "links": ("label", "url", "kind", "language", "archived"),
        "agenda": ("at", "title", "recording"),
        "notes": ("key", "text"),
    }
)
WAS = "was"  # in a row: the number, from 0, that it had in the sheet that its form was made of
_LENGTH: TypeAdapter[timedelta] = TypeAdapter(Length)


def sheet_of(event: Event) -> Sheet:
    """What the form shows of an event. The second of two like times has its offset."""
    return {
        "title": event.title,
        "summary": event.summary,
        "description": event.description,
        "starts": str(local_text(event.starts, event.timezone)),
        "timezone": event.timezone,
        "duration": length_text(event.duration) if event.duration else "",
        "visibility": event.visibility,
        "publish_at": str(local_text(event.publish_at, event.timezone)) if event.publish_at else "",
        "slug": event.slug,
        "series": event.series,
        "licence": event.licence,
        "picture": event.picture,
        "join": event.join or "",
        "join_visibility": event.join_visibility,
        "languages": event.languages,
        "tags": event.tags,
        "aliases": event.aliases,
        "speakers": tuple(
            {
                "id": speaker.id or "",
                "name": speaker.name,
                "shown_as": speaker.shown_as or "",
                "role": speaker.role,
                "affiliation": speaker.affiliation,
                "bio": speaker.bio,
                "links": "\n".join(link_line(one) for one in speaker.links),
                "consent": speaker.consent or "",
            }
            for speaker in event.speakers
        ),
        "links": tuple(
            {
                "label": one.label,
                "url": one.url,
                "kind": one.kind,
                "language": one.language or "",
                "archived": one.archived or "",
            }
            for one in event.links
        ),
        "agenda": tuple(
            {"at": _position(item.at), "title": item.title, "recording": item.recording or ""}
            for item in event.agenda
        ),
        "notes": tuple(
            {"key": key, "text": text} for key, text in event.private.items() if is_note(key, text)
        ),
    }


def is_note(key: str, value: object) -> bool:
    """Whether something under `[private]` is a text that a person keeps there."""
    return isinstance(value, str) and key != UNLISTED_TOKEN


def link_line(one: Link) -> str:
    """A link of a speaker on one line: `Label=https://...`."""
    return f"{one.label}={one.url}"


def link_rows(text: str) -> list[dict[str, Any]]:
    """The links of such lines; a line that is no link is told. Raises `UsageError`."""
    return [link(line) for line in text.splitlines() if line.strip()]


def _position(at: int) -> str:
    return clock(at, fraction=bool(at % 1000))


def tidied(sheet: Sheet) -> Sheet:
    """What a person typed as the record writes it, where it can be read; rows and words that say nothing are gone.

    What cannot be read stays as it was typed, for the check of the whole to tell.
    """
    found: dict[str, Value] = {}
    for key in sheet:
        if key in ROWS:
            found[key] = tuple(_tidy_row(key, row) for row in rows(sheet, key) if says_something(row))
        elif key in WORDS:
            kept = [text.strip() for text in words(sheet, key)]
            found[key] = tuple(
                dict.fromkeys(_tag(text) if key == "languages" else text for text in kept if text)
            )
        else:
            found[key] = _tidy(key, text_of(sheet, key), text_of(sheet, "timezone"))
    return found


def says_something(row: Row) -> bool:
    """Whether anything stands in a row; a consent alone is nobody's."""
    return any(text.strip() for key, text in row.items() if key not in ("consent", WAS))


def text_of(sheet: Sheet, key: str) -> str:
    """The text of a field; empty when it has none."""
    value = sheet.get(key, "")
    assert isinstance(value, str), key
    return value


def words(sheet: Sheet, key: str) -> tuple[str, ...]:
    """The words of a field."""
    value = sheet.get(key, ())
    assert isinstance(value, tuple), key
    return tuple(word for word in value if isinstance(word, str))


def rows(sheet: Sheet, key: str) -> tuple[Row, ...]:
    """The rows of a table."""
    value = sheet.get(key, ())
    assert isinstance(value, tuple), key
    return tuple(row for row in value if not isinstance(row, str))


def values_of(sheet: Sheet) -> dict[str, Any]:
    """A sheet as the values of a new event's file. Raises `UsageError` for a speaker's link that is none."""
    values: dict[str, Any] = {key: text_of(sheet, key) for key in TEXTS if text_of(sheet, key)}
    values |= {key: list(words(sheet, key)) for key in WORDS if words(sheet, key)}
    for key in ("speakers", "links", "agenda"):
        if found := [row_values(key, row) for row in rows(sheet, key)]:
            values[key] = found
    if notes := {row["key"]: row["text"] for row in rows(sheet, "notes") if row["text"]}:
        values["private"] = notes
    return values


def row_values(table: str, row: Row) -> dict[str, Any]:
    """One row as its table in the file has it. Raises `UsageError`."""
    values: dict[str, Any] = {key: row.get(key, "") for key in ROWS[table] if row.get(key, "")}
    if table == "speakers" and "links" in values:
        values["links"] = link_rows(values["links"])
    return values


def _tidy(key: str, text: str, zone: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if key == "description" or not text:
        return text
    if key in ("starts", "publish_at"):
        # An offset stays as it is typed: it tells the second of two like times.
        return text if re.search(r"[+-]\d{2}:\d{2}$", text) else local_time(text, zone)
    if key == "duration":
        return _length(text)
    return " ".join(text.split()) if key in ("title", "series", "licence") else text


def _length(text: str) -> str:
    try:
        length = _LENGTH.validate_python(text)
    except ValidationError:
        return text
    return length_text(length) if length > timedelta(0) else text


def _tag(text: str) -> str:
    try:
        return language_tag(text)
    except UsageError:
        return text


def _tidy_row(table: str, row: Row) -> Row:
    found = {key: text.replace("\r\n", "\n").replace("\r", "\n").strip() for key, text in row.items()}
    if table == "agenda":
        with suppress(UsageError):
            found["at"] = _position(milliseconds(found.get("at", "")))
    if table == "links" and found.get("language"):
        found["language"] = _tag(found["language"])
    if table == "speakers" and found.get("links"):
        found["links"] = "\n".join(line.strip() for line in found["links"].splitlines() if line.strip())
    return found
