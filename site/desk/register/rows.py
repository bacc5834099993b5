"""The buttons at the rows of a form, which work without JavaScript: one row more or less, or filled from what is known."""

from __future__ import annotations

from onrecord.site.desk.register.held import Held
from onrecord.site.desk.register.typed import TABLES, Typed, empty_row

_FIRST = {"speakers": "name", "links": "label", "notes": "key"}
_MOST = 200


def changed_rows(typed: Typed, do: str, keep: Held) -> tuple[Typed, str]:
    """The form after `add speakers`, `remove links 2`, `up speakers 2` or `fill speakers 2`, and the control that the
    focus belongs to. Anything else changes nothing.
    """
    action, _, rest = do.partition(" ")
    table, _, text = rest.partition(" ")
    if table not in TABLES:
        return typed, ""
    rows = list(typed.rows.get(table, ()))
    if action == "add" and len(rows) < _MOST:
        rows.append(empty_row(table))
        return typed.with_rows(table, rows), f"f-{table}-{_FIRST[table]}-{len(rows) - 1}"
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else -1
    if not 0 <= number < len(rows):
        return typed, ""
    if action == "remove":
        del rows[number]
        near = max(0, min(number, len(rows) - 1))
        return typed.with_rows(table, rows), f"f-{table}-{_FIRST[table]}-{near}"
    if action == "up" and number:
        rows[number - 1 : number + 1] = [rows[number], rows[number - 1]]
        return typed.with_rows(table, rows), f"f-{table}-{_FIRST[table]}-{number - 1}"
    if action == "fill" and table == "speakers":
        found = keep.known().speaker(rows[number]["name"])
        if found is not None:
            known = found.row(identified=keep.identified(found.id))
            rows[number] = {
                **rows[number],
                **{key: value for key, value in known.items() if not rows[number].get(key)},
            }
        return typed.with_rows(table, rows), f"f-{table}-role-{number}"
    return typed, ""
