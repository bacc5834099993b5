"""Changing an event's file by a sheet: only what differs is written, so that remarks and the rest stay as they are.

`save` is what a form does: it brings a sheet together with what became of the file since the form was made, under the
lock of the event, and writes nothing while anything is left for a person to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.items import AoT

from onrecord.errors import UsageError
from onrecord.events.merging import Merged, matched, merge, without_marks
from onrecord.events.model import UNLISTED_TOKEN, Event
from onrecord.events.registry import Registry
from onrecord.events.sheet import (
    ROWS,
    TEXTS,
    WORDS,
    Row,
    Sheet,
    link_rows,
    row_values,
    rows,
    sheet_of,
    text_of,
    tidied,
    words,
)  # fmt: skip
from onrecord.events.writing import append_rows, changed, item, plain, tables

_DEFAULTS = {"visibility": "draft", "join_visibility": "private"}


@dataclass(frozen=True)
class Saved:
    """What came of saving a sheet. `event` is None when nothing was written, because there are conflicts.

    `before` is the sheet of the file as it stood.
    """

    event: Event | None
    before: Sheet
    merged: Merged


class _Undecided(Exception):  # noqa: N818 - it never leaves this module
    """Two versions stand against each other."""


def save(registry: Registry, stem: str, base: Sheet, mine: Sheet) -> Saved:
    """Saves `mine`, which a form made of `base`. Whatever else was changed meanwhile is kept.

    Raises `EventFormatError` for what cannot be, `ConflictError` for an address in use, `LockedError`.
    """
    met: list[tuple[Sheet, Merged]] = []

    def make(text: str) -> str:
        theirs = sheet_of(registry.read_text(stem, text))
        merged = merge(base, theirs, mine)
        met.append((theirs, merged))
        if merged.conflicts:
            raise _Undecided
        return write_over(text, theirs, merged.sheet)

    try:
        event = registry.replace_text(stem, make)
    except _Undecided:
        return Saved(None, *met[-1])
    return Saved(event, *met[-1])


def write_over(text: str, before: Sheet, after: Sheet) -> str:
    """The text of an event's file, of which `before` is the sheet, as `after` has it. Raises `UsageError`."""
    before, after = tidied(before), tidied(after)

    def change(document: tomlkit.TOMLDocument) -> None:
        for key in TEXTS:
            if (value := text_of(after, key)) != text_of(before, key):
                _set(document, key, value if value != _DEFAULTS.get(key) or key in document else "")
        _keep_old_address(document, before, after)
        for key in WORDS:
            if (found := words(after, key)) != words(before, key):
                _change_words(document, key, found)
        for table in ("speakers", "links", "agenda"):
            _change_rows(document, table, rows(before, table), rows(after, table))
        _change_notes(document, rows(before, "notes"), rows(after, "notes"))

    return changed(text, change)


def _set(document: Any, key: str, value: Any) -> None:
    if value:
        document[key] = item(value)
    else:
        document.pop(key, None)


def _change_words(document: Any, key: str, wanted: Sequence[str]) -> None:
    """A list of words, changed where it stands, so that remarks in it stay with the words that do."""
    present: Any = document.get(key)
    kept = [word for word in plain(present) or [] if word in wanted]
    if kept and list(wanted[: len(kept)]) == kept:
        for number, word in reversed(list(enumerate(plain(present)))):
            if word not in wanted:
                del present[number]
        for word in wanted[len(kept) :]:
            present.append(word)
        if plain(present) == list(wanted):
            return
    _set(document, key, list(wanted))


def _keep_old_address(document: Any, before: Sheet, after: Sheet) -> None:
    """A former address leads to the new one, as after `onrecord event rename`."""
    old, new = text_of(before, "slug"), text_of(after, "slug")
    if old and new and old != new:
        aliases = [*words(before, "aliases"), old]
        document["aliases"] = item([alias for alias in dict.fromkeys(aliases) if alias != new])


# Rows


def _change_rows(document: Any, table: str, before: Sequence[Row], after: Sequence[Row]) -> None:
    origins = matched(table, before, after)
    if len(after) == len(before) and origins == list(range(len(before))):
        _change_in_place(document, table, before, after)
        return
    if not after:
        document.pop(table, None)
        return
    present: Any = document.get(table)
    kept = [number for number in origins if number is not None]
    new_at_the_end = origins == [*kept, *([None] * (len(after) - len(kept)))]
    if present and kept == sorted(kept) and new_at_the_end:
        for number in reversed(range(len(before))):
            if number not in kept:
                del present[number]
        if kept:
            _change_in_place(document, table, [before[number] for number in kept], after[: len(kept)])
            append_rows(document, table, [row_values(table, row) for row in after[len(kept) :]])
            return
    _rewrite(document, table, before, after, origins)


def _change_in_place(document: Any, table: str, before: Sequence[Row], after: Sequence[Row]) -> None:
    present: Any = document.get(table, [])
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        for key in ROWS[table]:
            if new.get(key, "") != old.get(key, ""):
                _set(present[place], key, _cell(table, key, new.get(key, ""), present[place]))


def _cell(table: str, key: str, text: str, row: Any) -> Any:
    """A field of a row as the file has it. A speaker's links keep what a line does not tell of them."""
    if (table, key) != ("speakers", "links"):
        return text
    known = {(one.get("label"), one.get("url")): plain(one) for one in row.get("links", [])}
    return [known.get((one["label"], one["url"]), one) for one in link_rows(text)]


def _rewrite(
    document: Any, table: str, before: Sequence[Row], after: Sequence[Row], origins: Sequence[int | None]
) -> None:
    """Rows in another order, or with new ones in between: written anew, with all that each of them held."""
    present: Any = document.get(table) or []
    made: list[dict[str, Any]] = []
    for row, number in zip(after, origins, strict=True):
        values: dict[str, Any] = (
            dict(plain(present[number])) if number is not None and number < len(present) else {}
        )
        old = before[number] if number is not None else {}
        for key in ROWS[table]:
            if row.get(key, "") != old.get(key, ""):
                values[key] = _cell(table, key, row.get(key, ""), values)
        made.append({key: value for key, value in values.items() if value not in ("", [])})
    if isinstance(present, AoT) or (table != "agenda" and not present):
        document[table] = tables(made)
    else:
        document[table] = item(made)


# Notes


def _change_notes(document: Any, before: Sequence[Row], after: Sequence[Row]) -> None:
    old: Mapping[str, str] = {row.get("key", ""): row.get("text", "") for row in before}
    new: dict[str, str] = {}
    for row in (without_marks(one) for one in after):
        key = row.get("key", "")
        if not key or key == UNLISTED_TOKEN or key in new:
            raise UsageError(
                f"a private note cannot be named '{key}'." if key else "a private note has no name.",
                advice="Give each note a name of its own.", key="notes",
            )  # fmt: skip
        new[key] = row.get("text", "")
    private: Any = document.get("private")
    if private is None:
        if not any(new.values()):
            return
        document["private"] = private = tomlkit.table()
    for key in [*old, *new]:
        if old.get(key, "") == new.get(key, ""):
            continue
        if key not in old and key in private:
            raise UsageError(
                f"[private] has a '{key}' already that is no text.",
                advice="Give the note another name, or change the file itself.", key="notes",
            )  # fmt: skip
        _set(private, key, new.get(key, ""))
