"""Two versions that stand against each other in a form: which they are, and what was chosen.

The form is made of their version then (its base), and holds mine in its fields. Where `theirs` is chosen, the field is
put back to the base; a row that one of us removed is kept or dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onrecord.events.merging import Conflict, told
from onrecord.events.sheet import WAS, Row, Sheet, rows
from onrecord.site.desk.form import Form
from onrecord.site.desk.register.typed import TABLES, Typed, Wrong, typed_of

# The controls of a field that has another name, or several of them.
_CONTROLS = {"starts": ("date", "time"), "publish_at": ("publish_date", "publish_time")}
_MOST = 500


@dataclass(frozen=True)
class Standoff:
    """One choice: its name in the form, the field of the sheet (`speakers.role` for a column), and both versions as a
    person reads them. `kind` is that of the conflict; `control` where my version stands.
    """

    name: str
    field: str
    theirs: str
    mine: str
    kind: str
    control: str
    choice: str = ""
    row: int | None = None

    @staticmethod
    def from_form(form: Form, typed: Typed, base: Sheet) -> list[Standoff]:
        """The choices that a form was shown with."""
        found = []
        for text in form.texts("conflict", most=100)[:_MOST]:
            one = _read(text, typed, base)
            if one is not None:
                found.append(one)
        return found


def standoffs(conflicts: Sequence[Conflict], base: Sheet, typed: Typed) -> list[Standoff]:
    """The choices for conflicts; `base` is their version, `typed` has mine. The agenda is chosen as a whole."""
    names: dict[str, None] = {}
    for one in conflicts:
        if one.row is None or one.field not in TABLES:
            names[f"{one.field}|||both changed"] = None
        else:
            names[f"{one.field}|{one.column}|{one.row}|{one.kind}"] = None
    return [made for made in (_read(name, typed, base) for name in names) if made is not None]


def _read(name: str, typed: Typed, base: Sheet) -> Standoff | None:
    """A choice by its name, `field|column|row|kind`; None for one that means nothing (any more)."""
    parts = name.split("|")
    if len(parts) != 4:
        return None
    table, column, number, kind = parts
    choice = typed.choices.get(name, "")
    if table not in TABLES:
        theirs = typed_of(base)
        controls = _CONTROLS.get(table, (table,))
        if not all(control in theirs.texts for control in controls):
            return None
        they, me = (
            " ".join(filter(None, (one.text(control) for control in controls))) for one in (theirs, typed)
        )
        return Standoff(name, table, they, me, "both changed", controls[0], choice)
    mine = typed.rows.get(table, ())
    if not (number.isascii() and number.isdecimal()) or int(number) >= len(mine):
        return None
    row = mine[int(number)]
    was = _base_row(base, table, row)
    if kind == "both changed" and column in row:
        return Standoff(
            name, f"{table}.{column}", (was or {}).get(column, ""), row[column], kind, f"{table}-{column}-{number}",
            choice, int(number),
        )  # fmt: skip
    if kind in ("i removed", "they removed"):
        first = next(iter(row))
        return Standoff(
            name, table, told(row), told(row), kind, f"{table}-{first}-{number}", choice, int(number)
        )
    return None


def _base_row(base: Sheet, table: str, row: Row) -> Row | None:
    place = row.get(WAS, "")
    there = rows(base, table)
    return there[int(place)] if place.isascii() and place.isdecimal() and int(place) < len(there) else None


def chosen(form: Form, typed: Typed, base: Sheet) -> tuple[Typed, list[Wrong]]:
    """The form with what was chosen; or, while a choice is open, the form as it is and the choices that are open."""
    asked = Standoff.from_form(form, typed, base)
    if any(not one.choice for one in asked):
        return typed, [Wrong(one.control, "choose") for one in asked if not one.choice]
    theirs = typed_of(base)
    dropped: dict[str, set[int]] = {}
    for one in asked:
        if one.row is None:
            if one.choice == "theirs":
                typed = typed.with_texts(
                    **{key: theirs.text(key) for key in _CONTROLS.get(one.field, (one.field,))}
                )
                if one.field == "starts":
                    typed = replace(typed, which=theirs.which)
        elif one.kind == "both changed":
            if one.choice == "theirs":
                table, _, column = one.field.partition(".")
                changed = list(typed.rows[table])
                changed[one.row] = {**changed[one.row], column: one.theirs}
                typed = typed.with_rows(table, changed)
        elif (one.kind == "i removed") == (one.choice == "mine"):
            dropped.setdefault(one.field, set()).add(one.row)
    for table, numbers in dropped.items():
        typed = typed.with_rows(
            table, [row for number, row in enumerate(typed.rows[table]) if number not in numbers]
        )
    return typed, []
