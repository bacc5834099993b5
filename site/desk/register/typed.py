"""The form of an event as it was typed, and the sheet that it makes.

What is typed is kept just as it is until it is saved: a form that is shown again, with errors or one row more, has
every letter of it. The rows of speakers, links and notes come as lists of equal length, one for each column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from onrecord.errors import UsageError
from onrecord.events.clocks import shown_twice
from onrecord.events.phrases import words as listed
from onrecord.events.sheet import ROWS, TEXTS, WAS, WORDS, Row, Sheet, Value, says_something, text_of
from onrecord.events.sheet import rows as rows_in
from onrecord.events.sheet import words as words_in
from onrecord.site.desk.form import Form
from onrecord.timecode import milliseconds

TABLES = ("speakers", "links", "notes")  # those that the form shows as rows; the agenda is lines of text
LONGEST = 200_000  # characters of a description
_PLAIN = (
    "title", "summary", "description", "timezone", "duration", "visibility", "slug", "series", "licence", "picture", "join",
    "join_visibility",
)  # fmt: skip
_MOST_ROWS = 200
_AGENDA = re.compile(
    r"^\s*(?:(?P<recording>[a-z][a-z0-9-]*)\s+)?(?P<at>\d[\d:.,hms]*)\s+(?:[-–—]\s*)?(?P<title>.*\S)\s*$"
)


@dataclass(frozen=True)
class Typed:
    """Every field of the form as it stands in the browser. `which` tells apart a start that clocks show twice."""

    texts: Mapping[str, str]
    rows: Mapping[str, tuple[Row, ...]]
    which: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)  # what was chosen where two versions stand

    def text(self, name: str) -> str:
        """A field; empty when it has none."""
        return self.texts.get(name, "")

    def with_texts(self, **texts: str) -> Typed:
        """The same with other texts."""
        return replace(self, texts={**self.texts, **texts})

    def with_rows(self, table: str, rows: Sequence[Row]) -> Typed:
        """The same with other rows."""
        return replace(self, rows={**self.rows, table: tuple(rows)})


def empty_row(table: str) -> Row:
    """A row in which nothing is typed yet."""
    return {**dict.fromkeys(ROWS[table], ""), WAS: ""}


def typed_of(sheet: Sheet) -> Typed:
    """The form for a sheet. Its rows know their number in it."""
    texts = {key: text_of(sheet, key) for key in _PLAIN}
    texts |= {key: ", ".join(words_in(sheet, key)) for key in WORDS}
    for key, day, time in (("starts", "date", "time"), ("publish_at", "publish_date", "publish_time")):
        local, which = _split(text_of(sheet, key))
        texts[day], texts[time] = local
        if key == "starts":
            texts["which"] = which or _first_of_two(sheet)
    texts["agenda"] = "\n".join(
        " ".join(part for part in (row.get("recording", ""), row["at"], row["title"]) if part)
        for row in rows_in(sheet, "agenda")
    )
    rows = {
        table: tuple(
            {**row, WAS: row.get(WAS, str(number))} for number, row in enumerate(rows_in(sheet, table))
        )
        for table in TABLES
    }
    return Typed(texts, rows, texts.pop("which"))


def _first_of_two(sheet: Sheet) -> str:
    """A start that clocks show twice, and that has no offset, is the first of the two."""
    local = local_of(sheet, "starts")
    try:
        return "first" if local is not None and shown_twice(local, text_of(sheet, "timezone")) else ""
    except (LookupError, ValueError, OSError, OverflowError):  # no such zone, or no such year
        return ""


def _split(local: str) -> tuple[tuple[str, str], str]:
    """A local time as its day and its time; an offset means the second of two like times."""
    day, _, time = local.partition(" ")
    bare = re.sub(r" ?[+-]\d{2}:\d{2}$", "", time)
    return (day, bare), "second" if bare != time else ""


def read_typed(form: Form) -> Typed:
    """What was sent. What is too long, or too many rows, is refused by the form."""
    names = (*_PLAIN, *WORDS, "date", "time", "publish_date", "publish_time", "agenda")
    texts = {name: form.text(name, most=LONGEST) for name in names}
    rows: dict[str, tuple[Row, ...]] = {}
    for table in TABLES:
        columns = (*ROWS[table], WAS)
        lists = {column: form.texts(f"{table}-{column}", most=LONGEST) for column in columns}
        count = min(max(map(len, lists.values())), _MOST_ROWS)
        rows[table] = tuple(
            {column: given[number] if number < len(given) else "" for column, given in lists.items()}
            for number in range(count)
        )
    choices = {
        name.removeprefix("choose."): text
        for name, text in form.pairs()
        if name.startswith("choose.") and text in ("mine", "theirs")
    }
    return Typed(texts, rows, form.text("which", most=10), choices)


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong with a form: the control that it is about (its id without `f-`), the key of the sentence
    that says so, and values for it.
    """

    control: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def sheet_of_typed(typed: Typed, zone: str) -> tuple[Sheet, list[Wrong]]:
    """The sheet, and what could not even be read. Rows that say nothing are left out. `zone` is the archive's."""
    wrong: list[Wrong] = []
    sheet: dict[str, Value] = {key: typed.text(key) for key in _PLAIN}
    sheet["timezone"] = typed.text("timezone") or zone
    sheet["starts"] = _local(typed.text("date"), typed.text("time"))
    sheet["publish_at"] = _local(typed.text("publish_date"), typed.text("publish_time"))
    sheet |= {key: tuple(listed(typed.text(key))) for key in WORDS}
    for table in TABLES:
        sheet[table] = tuple(row for row in typed.rows.get(table, ()) if says_something(row))
    items: list[Row] = []
    for number, line in enumerate(typed.text("agenda").splitlines(), 1):
        if not line.strip():
            continue
        match = _AGENDA.match(line)
        if match is None or not _is_time(match["at"]):
            wrong.append(Wrong("agenda", "agenda line", {"line": number, "text": line.strip()[:60]}))
        else:
            items.append({"at": match["at"], "title": match["title"], "recording": match["recording"] or ""})
    sheet["agenda"] = tuple(items)
    assert set(sheet) == {*TEXTS, *WORDS, *ROWS}
    return sheet, wrong


def positions(typed: Typed, table: str) -> list[int]:
    """For each row of the sheet, the number of its row in the form."""
    return [number for number, row in enumerate(typed.rows.get(table, ())) if says_something(row)]


def _local(day: str, time: str) -> str:
    return f"{day} {time}".strip()


def _is_time(text: str) -> bool:
    try:
        milliseconds(text)
    except UsageError:
        return False
    return True


def local_of(sheet: Sheet, key: str) -> datetime | None:
    """A local time of a sheet, naive; None when there is none or it cannot be read."""
    try:
        found = datetime.fromisoformat(text_of(sheet, key))
    except ValueError:
        return None
    return found.replace(tzinfo=None)


# The base of a form travels with it


def packed(sheet: Sheet) -> str:
    """A sheet as text for a hidden field: what the form was made of."""
    return json.dumps(sheet, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Sheet:
    """The way back. Whatever is no sheet is an empty one: then nothing of the file is taken for known."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = {}
    if not isinstance(found, dict):
        found = {}
    sheet: dict[str, Value] = {}
    for key in TEXTS:
        sheet[key] = found[key] if isinstance(found.get(key), str) else ""
    for key in WORDS:
        sheet[key] = tuple(word for word in _list(found.get(key)) if isinstance(word, str))
    for key, columns in ROWS.items():
        sheet[key] = tuple(
            {column: row[column] if isinstance(row.get(column), str) else "" for column in columns}
            for row in _list(found.get(key))
            if isinstance(row, dict)
        )
    return sheet


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
