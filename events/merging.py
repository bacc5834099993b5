"""Two people change one event at once: what each changed is brought together field by field.

A change that only one of them made is taken. Where both changed the same, and not alike, nothing is decided: both
versions are told, and a person chooses. Fields that mean something only together (a start and its zone) count as
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.events.sheet import ROWS, TEXTS, WAS, WORDS, Row, Sheet, Value, rows, text_of, tidied, words

# What would say something that nobody meant, if one half came from one person and the other from another.
_TOGETHER = (("starts", "timezone"), ("visibility", "publish_at"), ("join", "join_visibility"))
_ROW_TOGETHER = {"speakers": (("id", "name", "shown_as", "consent"),), "links": (("label", "url"),)}
_NAMED_BY = {
    "speakers": ("id", "name"),
    "links": ("url", "label"),
    "agenda": ("title", "at"),
    "notes": ("key",),
}


@dataclass(frozen=True)
class Conflict:
    """One field that both changed, or one row that one changed and the other removed (`column` is empty then).

    `field` is a field of the sheet; `row` the number of a row in the merged sheet, from 0.
    """

    field: str
    base: str
    theirs: str
    mine: str
    row: int | None = None
    column: str = ""
    kind: Literal["both changed", "they removed", "i removed"] = "both changed"


@dataclass(frozen=True)
class Merged:
    """What came of it. In `sheet` my version stands wherever there is a conflict.

    `theirs` are the fields in which only the other changed something, as `title` or `speakers`. Each row has under
    `WAS` its number in their sheet, or nothing.
    """

    sheet: Sheet
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def merge(base: Sheet, theirs: Sheet, mine: Sheet) -> Merged:
    """Brings together what became of `base` in their hands and in mine. Rows of mine may say under `WAS` which row of
    the base they were; without it, they are known by what they hold.
    """
    base, theirs, mine = tidied(base), tidied(theirs), tidied(mine)
    sheet: dict[str, Value] = {}
    conflicts: list[Conflict] = []
    for keys in _groups(TEXTS, _TOGETHER):
        old, other, own = ([text_of(one, key) for key in keys] for one in (base, theirs, mine))
        kept = _one_of(old, other, own)
        sheet |= zip(keys, kept or own, strict=True)
        if kept is None:
            conflicts += [
                Conflict(*row) for row in zip(keys, old, other, own, strict=True) if row[2] != row[3]
            ]
    for key in WORDS:
        sheet[key] = _merged_words(words(base, key), words(theirs, key), words(mine, key))
    for table in ROWS:
        found, met = _merged_rows(table, rows(base, table), rows(theirs, table), rows(mine, table))
        sheet[table] = found
        conflicts += met
    changed = [
        tuple(key for key in (*TEXTS, *WORDS, *ROWS) if _bare(one.get(key)) != _bare(base.get(key)))
        for one in (theirs, mine)
    ]
    only_theirs = tuple(key for key in changed[0] if key not in {one.field for one in conflicts})
    return Merged(sheet, only_theirs, changed[1], tuple(conflicts))


def without_marks(row: Row) -> Row:
    """A row without the number that it had."""
    return {key: text for key, text in row.items() if key != WAS}


def _bare(value: Value | None) -> object:
    if isinstance(value, tuple):
        return tuple(one if isinstance(one, str) else without_marks(one) for one in value)
    return value


def _groups(keys: Sequence[str], together: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    joined = {key: group for group in together for key in group}
    return list(dict.fromkeys(joined.get(key, (key,)) for key in keys))


def _one_of(base: list[str], theirs: list[str], mine: list[str]) -> list[str] | None:
    """The version that holds; None where both changed it and not alike."""
    if theirs in (base, mine):
        return mine
    return theirs if mine == base else None


def _merged_words(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> tuple[str, ...]:
    """Words that either added, without those that either took away; in the order of the one who changed it."""
    if list(theirs) == list(base):
        return tuple(mine)
    kept = [word for word in theirs if word in mine or word not in base]
    return tuple(dict.fromkeys([*kept, *(word for word in mine if word not in base)]))


# Rows


def matched(table: str, base: Sequence[Row], other: Sequence[Row]) -> list[int | None]:
    """For each row of `other` the row of `base` that it was: the one it says itself, one that is the same, one with
    the same name, one that stands in the same place and shares something with it.
    """
    found: list[int | None] = [_said(row, len(base)) for row in other]
    if any(WAS in row for row in other):
        return [number if found.index(number) == place else None for place, number in enumerate(found)]

    def free() -> list[int]:
        return [number for number in range(len(base)) if number not in found]

    def take(alike: object) -> None:
        assert callable(alike)
        for place, row in enumerate(other):
            if found[place] is None:
                found[place] = next((number for number in free() if alike(base[number], row)), None)

    take(lambda one, two: without_marks(one) == without_marks(two))
    for name in _NAMED_BY[table]:
        take(lambda one, two, name=name: one.get(name, "") == two.get(name, "") != "")
    left, open_places = free(), [place for place, number in enumerate(found) if number is None]
    if len(left) == len(open_places):
        for number, place in zip(left, open_places, strict=True):
            one, two = base[number], other[place]
            if any(text and text == two.get(key) for key, text in one.items() if key != "consent"):
                found[place] = number
    return found


def _said(row: Row, count: int) -> int | None:
    text = row.get(WAS, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < count else None


def _merged_rows(
    table: str, base: Sequence[Row], theirs: Sequence[Row], mine: Sequence[Row]
) -> tuple[tuple[Row, ...], list[Conflict]]:
    their_rows = dict(_by_mark(matched(table, base, theirs), "t"))
    own_rows = dict(_by_mark(matched(table, base, mine), "m"))
    _pair_new(table, theirs, mine, their_rows, own_rows)
    found: list[Row] = []
    conflicts: list[Conflict] = []
    for mark in _order(base, list(their_rows), list(own_rows)):
        old = base[mark[1]] if mark[0] == "b" else None
        place, own_place = their_rows.get(mark), own_rows.get(mark)
        other = theirs[place] if place is not None else None
        own = mine[own_place] if own_place is not None else None
        number = len(found)
        if own is None:
            assert other is not None
            if old is None or without_marks(other) != without_marks(old):
                if old is not None:  # they changed what I removed
                    conflicts.append(Conflict(table, "", told(other), "", number, "", "i removed"))
                found.append({**without_marks(other), WAS: str(place)})
        elif other is None:
            if old is None or without_marks(own) != without_marks(old):
                if old is not None:  # I changed what they removed
                    conflicts.append(Conflict(table, "", "", told(own), number, "", "they removed"))
                found.append({**without_marks(own), WAS: ""})
        else:
            row, met = _merged_row(table, old or {}, other, own, number)
            conflicts += met
            found.append({**row, WAS: str(place)})
    return tuple(found), conflicts


def told(row: Row) -> str:
    """A row on one line, for a person who compares two."""
    return ", ".join(text for key, text in row.items() if text and key != WAS)


def _merged_row(table: str, base: Row, theirs: Row, mine: Row, number: int) -> tuple[Row, list[Conflict]]:
    merged: dict[str, str] = {}
    conflicts: list[Conflict] = []
    for keys in _groups(ROWS[table], _ROW_TOGETHER.get(table, ())):
        old, other, own = ([one.get(key, "") for key in keys] for one in (base, theirs, mine))
        kept = _one_of(old, other, own)
        merged |= zip(keys, kept or own, strict=True)
        if kept is None:
            conflicts += [
                Conflict(table, was, they, me, number, key)
                for key, was, they, me in zip(keys, old, other, own, strict=True)
                if they != me
            ]
    return merged, conflicts


Mark = tuple[str, int]  # which row of the base ("b"), or which new one of theirs ("t") or mine ("m")


def _by_mark(found: Sequence[int | None], whose: str) -> list[tuple[Mark, int]]:
    return [
        ((whose, place) if number is None else ("b", number), place) for place, number in enumerate(found)
    ]


def _pair_new(
    table: str,
    theirs: Sequence[Row],
    mine: Sequence[Row],
    their_rows: dict[Mark, int],
    own_rows: dict[Mark, int],
) -> None:
    """A new row of mine that names the same as a new one of theirs is the same row."""
    new_theirs = [mark for mark in their_rows if mark[0] == "t"]
    for mark in [mark for mark in own_rows if mark[0] == "m"]:
        own = mine[mark[1]]
        for name in _NAMED_BY[table]:
            twin = next(
                (one for one in new_theirs if theirs[one[1]].get(name, "") == own.get(name, "") != ""), None
            )
            if twin is not None:
                new_theirs.remove(twin)
                place = their_rows.pop(twin)
                their_rows[mark] = place
                break


def _order(base: Sequence[Row], theirs: list[Mark], mine: list[Mark]) -> list[Mark]:
    """The order of mine where I changed it, else that of theirs; what only the other has stands behind what it
    followed there.
    """
    common = [mark for mark in mine if mark[0] == "b"]
    first, second = (theirs, mine) if common == sorted(common) else (mine, theirs)
    order = list(first)
    before: Mark | None = None
    for mark in second:
        if mark not in order:
            order.insert(order.index(before) + 1 if before is not None else 0, mark)
        before = mark
    return order
