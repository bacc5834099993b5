"""`key=value` as it is typed: sets one simple key of an event, of one of its speakers or recordings, or a
private note.
"""

from __future__ import annotations

import typing
from typing import Any

import tomlkit

from onrecord.errors import UsageError
from onrecord.events.model import Event, Link, Part, Recording, Speaker
from onrecord.events.phrases import words
from onrecord.events.writing import item
from onrecord.toml import did_you_mean

_ROWS: dict[str, type[Part]] = {"speakers": Speaker, "links": Link, "recordings": Recording}


def assign(document: tomlkit.TOMLDocument, assignment: str) -> None:
    """Carries out `title=...`, `tags=one, two`, `recordings.part-1.publish=yes`, `speakers.2.role=...`,
    `private.note=...`.

    An empty value removes the key. A row is named by its number, counted from 1, or its id. Raises
    `UsageError`.
    """
    name, equals, text = assignment.partition("=")
    name = name.strip()
    if not equals or not name:
        raise UsageError(f"'{assignment}' sets nothing.", advice="Write it as key=value.")
    table: Any = document
    model: type[Part] | None = Event
    head, *rest = name.split(".")
    key = head
    if head == "private" and rest:
        model, key = None, ".".join(rest)
        if text.strip() and "private" not in document:
            document["private"] = tomlkit.table()
        table = document.get("private", {})
    elif head in _ROWS and len(rest) == 2:
        table, model, key = _row(document, head, rest[0]), _ROWS[head], rest[1]
    elif rest and not name.startswith("x-"):
        raise UsageError(
            f"'{name}' cannot be set from here.", advice="Change it in your editor: onrecord event edit."
        )
    value = text if model is None or key.startswith("x-") else _value(model, key, text)
    if text.strip():
        table[key] = item(value)
    else:
        table.pop(key, None)


def _row(document: tomlkit.TOMLDocument, head: str, which: str) -> Any:
    rows: Any = document.get(head, [])
    for number, row in enumerate(rows, 1):
        if which in (str(number), str(row.get("id", ""))):
            return row
    there = [str(row.get("id", number)) for number, row in enumerate(rows, 1)]
    raise UsageError(
        f"there is no '{which}' under {head}.",
        advice=f"There are: {', '.join(there)}." if there else "There are none.",
    )


def _value(model: type[Part], key: str, text: str) -> Any:
    fields = {name: field for name, field in model.model_fields.items() if name not in ("stem", "extra")}
    if key not in fields:
        raise UsageError(
            f"there is no key '{key}'.",
            advice=did_you_mean(key, fields) or f"There are: {', '.join(fields)}.",
        )
    if key == "trim":
        return [part.strip() for part in text.replace("–", "-").replace(",", "-").split("-")]
    annotation = fields[key].annotation
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple and not (
        isinstance(inner[0], type) and issubclass(inner[0], Part)
    ):
        return words(text)
    if typing.get_origin(annotation) in (tuple, dict):
        raise UsageError(
            f"'{key}' holds more than fits here.", advice="Change it in your editor: onrecord event edit."
        )
    if key in ("cancelled", "withdrawn") and text.strip().lower() in ("true", "yes"):
        return True
    return text.strip()
