"""What an event's file must have: the id, and the token of an unlisted event. Both are made once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from onrecord.errors import EventFormatError, UsageError
from onrecord.events.model import UNLISTED_TOKEN
from onrecord.events.record import parse_record, proposed_id
from onrecord.events.writing import changed


def lacks(data: Mapping[str, Any]) -> bool:
    """Whether anything is missing from a valid file."""
    return "id" not in data or _lacks_token(data)


def completed(text: str, data: Mapping[str, Any], stem: str) -> str:
    """The text with what was missing; everything that stands in it stays as it is."""
    if "id" not in data:
        text = _with_id(text, proposed_id(stem, data))
    return changed(text, _add_token) if _lacks_token(data) else text


def _add_token(document: tomlkit.TOMLDocument) -> None:
    if "private" not in document:
        document["private"] = tomlkit.table()
    private: Any = document["private"]
    private[UNLISTED_TOKEN] = secrets.token_hex(20)


def _lacks_token(data: Mapping[str, Any]) -> bool:
    private = data.get("private", {})
    return data.get("visibility") == "unlisted" and not (
        isinstance(private, dict) and private.get(UNLISTED_TOKEN)
    )


def _with_id(text: str, new_id: str) -> str:
    """The text with a line for the id, before the first key or after the format; nothing else is touched."""
    lines = text.split("\n")  # not splitlines, which also breaks at U+2028 inside a remark
    first = next(
        (n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")),
        len(lines) - 1,
    )
    place = first + 1 if re.match(r"\s*format\s*=", lines[first]) else first
    lines.insert(place, f'id = "{new_id}"' + ("\r" if "\r\n" in text else ""))
    return "\n".join(lines)


def check_id_stays(before: str, after: str, path: Path) -> None:
    """Raises `UsageError` when a change gives an event another id."""
    try:
        old, new = (parse_record(text, path).get("id") for text in (before, after))
    except EventFormatError:
        return  # the file is being mended, and whether it can be read now is checked elsewhere
    if old is not None and new is not None and old != new:
        raise UsageError(
            "the id of an event is made once and stays: calendars and feeds know the event by it.",
            advice="If this file is a copy of another event's, remove the line, and a new id is made.",
        )
