"""What is wrong with a TOML file, in sentences: the one place where pydantic's errors are translated.

Each names the file, the line, the key, what is expected there and the nearest known key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from onrecord.errors import EventFormatError
from onrecord.toml import line_of, nearest

Place = tuple[str | int, ...]
Tables = Mapping[
    tuple[str, ...], type[BaseModel]
]  # the models by the names of their tables; () is the file itself

_OURS = {"stem", "extra"}  # fields of the models that are no keys of a file
_PLAIN = {
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "datetime_type": 'a local date and time, such as "2022-07-12 18:00"',
    "time_delta_type": 'a length in quotes, such as "1h30"',
}
_ID = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
_PATTERNS = {
    _ID: "small letters a-z and digits, with single hyphens between",
    r'^[^\s<>"\x00-\x1f\x7f]+$': "an id without spaces and quotes; leave the line out and one is made",
    r"\S": "a text that is not empty",
}
_REQUIRED = {
    "title": "a text in quotes",
    "starts": 'the local date and time, such as "2022-07-12 18:00"',
    "name": "a text in quotes, or an id that stands in speakers.toml",
    "label": "the words that are shown for the link",
    "url": "an address that begins with https:// or http://",
    "at": 'a time in quotes, such as "00:12:30"',
    "id": 'a short name, such as "part-1"',
}


def shown(value: object) -> str:
    """A value as it stands in the file, cut short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= 60 else text[:56] + '..."'
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        short = len(value) <= 3 and all(isinstance(one, str) and len(one) <= 20 for one in value)
        return json.dumps(value, ensure_ascii=False) if short else "a list"
    return "a table" if isinstance(value, dict) else f"{value!r:.40}"


def _table(place: Place) -> tuple[str, ...]:
    return tuple(str(part) for part in place if isinstance(part, str))


def _where(place: Place) -> str:
    """Which of several tables is meant: ` in [[speakers]] number 2`."""
    rows = [
        f" in [[{'.'.join(_table(place[: index + 1]))}]] number {part + 1}"
        for index, part in enumerate(place)
        if isinstance(part, int)
    ]
    return rows[-1] if rows else ""


def dotted(place: Place) -> str:
    """`speakers.2.name`: as a person counts, and as `event edit --set` takes it."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _expected(error: ErrorDetails, key: str) -> str:
    kind, ctx = error["type"], error.get("ctx", {})
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "value_error":
        return str(ctx["error"])
    if kind == "wrong_at":
        return str(ctx["expected"])
    if kind == "string_pattern_mismatch":
        return _PATTERNS[ctx["pattern"]]
    if kind == "string_too_long":
        return f"at most {ctx['max_length']} characters"
    if kind == "literal_error":
        return str(ctx["expected"]).replace("'", '"')
    if key == "trim":
        return 'two times, such as ["00:09:30", "01:41:00"]'
    if kind == "missing":
        return _REQUIRED[key]
    if kind == "dict_type":
        return f"a table that begins with [{key}]"
    # Every other kind is a bug of ours, which a test looks for.
    assert kind in ("tuple_type", "model_type"), kind
    return 'a list, such as ["one", "two"]'


def unknown(place: Place, tables: Tables, path: Path, text: str) -> EventFormatError:
    """An unknown key, with the nearest known one, or the table in which it would be right."""
    key, table = str(place[-1]), _table(place[:-1])
    known = sorted(set(tables[table].model_fields) - _OURS) + ([] if table else ["format"])
    near = nearest(key, known)
    advice = f"Did you mean '{near}'?" if near else ""
    if not near and table and key in tables.get((), BaseModel).model_fields and key not in _OURS:
        advice = f"'{key}' is a key of the event itself: move it above the first line that begins with [."
    elif not near:
        homes = [
            ".".join(name)
            for name, model in tables.items()
            if name and key in model.model_fields and key not in _OURS
        ]
        advice = f"It belongs under [[{homes[0]}]]." if homes else f"Known here: {', '.join(known)}."
    return EventFormatError(
        f"there is no key '{key}'{_where(place[:-1])}.", advice=advice, path=path, line=line_of(text, place),
        key=dotted(place), expected="one of " + ", ".join(known), nearest=near,
    )  # fmt: skip


def _sentence(error: ErrorDetails, tables: Tables, path: Path, text: str) -> EventFormatError:
    place: Place = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        return unknown(place, tables, path, text)
    if error["type"] == "wrong_at":
        place = error["ctx"]["keys"]
    place = tuple(part for part in place if part != "[key]")  # pydantic's mark for the key of a table
    entry = ""
    if isinstance(place[-1], int):
        if error["type"] == "missing":  # a list that is too short: the list itself is what is wrong
            place = place[:-1]
        elif error["type"] != "model_type":
            entry = f", entry {int(place[-1]) + 1},"
    key = _table(place)[-1]
    expected = _expected(error, key)
    if error["type"] in ("tuple_type", "model_type") and _table(place) in tables:
        expected = f"tables, each beginning with [[{'.'.join(_table(place))}]]"
    line = line_of(text, place)
    name = f"'{key}'{_where(tuple(part for part in place[:-1]))}"
    if error["type"] == "missing" and key != "trim":
        message, near = f"{name} is missing: expected {expected}.", None
    else:
        value = error["ctx"]["value"] if error["type"] == "wrong_at" else error["input"]
        message = f"{name}{entry} holds {shown(value)}: expected {expected}."
        near = _near_value(error, key)
    return EventFormatError(
        message, advice=f"Did you mean \"{near}\"?" if near else "", path=path, line=line, key=dotted(place),
        expected=expected, nearest=near,
    )  # fmt: skip


def _near_value(error: ErrorDetails, key: str) -> str | None:
    """The known value that was probably meant."""
    value = error["input"]
    if not isinstance(value, str):
        return None
    if error["type"] == "literal_error":
        return nearest(value, re.findall(r"'([^']*)'", str(error["ctx"]["expected"])))
    if error["type"] == "string_pattern_mismatch" and key in ("id", "slug", "aliases"):
        from onrecord.events.stems import (
            slug_of,
        )  # its tables take a while to load: only once something is wrong

        return slug_of(value) if error["ctx"]["pattern"] == _ID else None
    if key == "timezone":
        import zoneinfo  # walks some six hundred files: only once something is wrong

        zones = {zone.lower(): zone for zone in zoneinfo.available_timezones()}
        found = nearest(value, zones)
        return zones[found] if found and "/" in value else None
    return None


def complaints(error: ValidationError, tables: Tables, path: Path, text: str) -> tuple[EventFormatError, ...]:
    """Everything that is wrong, in the order of the lines; a missing key last, and not at all where its
    misspelling is told.
    """
    found = [(item, _sentence(item, tables, path, text)) for item in error.errors(include_url=False)]
    guessed = {(*item["loc"][:-1], made.nearest) for item, made in found if item["type"] == "extra_forbidden"}
    kept = [
        (item, made) for item, made in found if item["type"] != "missing" or tuple(item["loc"]) not in guessed
    ]
    kept.sort(key=lambda pair: (pair[0]["type"] == "missing", pair[1].line or 0))
    return tuple(made for _, made in kept)


def one_of(made: tuple[EventFormatError, ...]) -> EventFormatError:
    """The first error, which knows the others."""
    first, *others = made
    if not others:
        return first
    more = "1 more error" if len(others) == 1 else f"{len(others)} more errors"
    return EventFormatError(
        first.message, advice=f"{first.advice} ({more} in this file.)".strip(), path=first.path,
        line=first.line,
        key=first.key, expected=first.expected, nearest=first.nearest, others=tuple(others),
    )  # fmt: skip
