"""What is wrong with a form of an event: every field that cannot be saved, with the control that it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from onrecord.errors import ConflictError, EventFormatError, OnrecordError, UsageError
from onrecord.events.claims import check_free
from onrecord.events.clocks import shown_twice, skipped
from onrecord.events.lists import ISO_639_3
from onrecord.events.model import UNLISTED_TOKEN
from onrecord.events.registry import Registry
from onrecord.events.sheet import Row, Sheet, link_rows, rows, text_of, tidied, values_of, words
from onrecord.languages import INTERFACE, language_tag
from onrecord.site.desk.register.telling import WRONG
from onrecord.site.desk.register.typed import Typed, Wrong, local_of, positions, sheet_of_typed

_CONTROLS = {"starts": "date", "publish_at": "publish_date", "id": "", "private": ""}


def checked(
    registry: Registry, typed: Typed, *, stem: str = "", values: Mapping[str, Any] | None = None
) -> tuple[Sheet, list[Wrong]]:
    """The sheet of a form, and everything that is wrong with it. `stem` is that of the event that is changed, if one
    is; `values` are those of its file that the form does not show, and that others depend on.
    """
    zone = registry.archive.settings.text("timezone")
    sheet, wrong = sheet_of_typed(typed, zone)
    sheet = {**sheet, "languages": tuple(tag_of(word) for word in words(sheet, "languages"))}
    if not text_of(sheet, "title"):
        wrong.append(Wrong("title", "title"))
    sheet, more = _start(typed, tidied(sheet))
    wrong += more
    if bool(typed.text("publish_date")) != bool(typed.text("publish_time")):
        wrong.append(Wrong("publish_date", "publish_at"))
    wrong += _links_of_speakers(typed, sheet)
    wrong += _names_of_notes(typed, sheet)
    told = {one.control for one in wrong} | (
        {"date"} if any(one.control == "time" for one in wrong) else set()
    )
    wrong += [
        one for one in _by_the_record(registry, typed, sheet, stem, values or {}) if one.control not in told
    ]
    return sheet, wrong


def _start(typed: Typed, sheet: Sheet) -> tuple[Sheet, list[Wrong]]:
    """The start, with an offset where it is the second of two like times; a time that clocks skip is told with two
    that they show.
    """
    wrong = [Wrong(name, name) for name in ("date", "time") if not typed.text(name)]
    zone = text_of(sheet, "timezone")
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return sheet, [*wrong, Wrong("timezone", "timezone", {"value": zone})]
    local = local_of(sheet, "starts")
    if wrong or local is None:
        return sheet, wrong or [Wrong("date", "starts")]
    time = f"{local:%H:%M}"
    try:
        if gap := skipped(local, zone):
            values = {
                "zone": zone,
                "time": time,
                "earlier": f"{gap.earlier:%Y-%m-%d %H:%M}",
                "later": f"{gap.later:%Y-%m-%d %H:%M}",
            }
            return sheet, [Wrong("date", "gap", values)]
        both = shown_twice(local, zone)
    except OverflowError:
        return sheet, [Wrong("date", "starts")]
    if both is None:
        return sheet, []
    if typed.which == "second":
        return {**sheet, "starts": both.second.isoformat(" ", "minutes")}, []
    return sheet, [] if typed.which == "first" else [Wrong("which", "twice", {"zone": zone, "time": time})]


def _links_of_speakers(typed: Typed, sheet: Sheet) -> list[Wrong]:
    wrong: list[Wrong] = []
    places = positions(typed, "speakers")
    for number, row in enumerate(rows(sheet, "speakers")):
        try:
            link_rows(row.get("links", ""))
        except UsageError:
            wrong.append(
                Wrong(f"speakers-links-{places[number]}", "speakers.links", {"row": places[number] + 1})
            )
    return wrong


def _names_of_notes(typed: Typed, sheet: Sheet) -> list[Wrong]:
    wrong: list[Wrong] = []
    seen: set[str] = set()
    places = positions(typed, "notes")
    for number, row in enumerate(rows(sheet, "notes")):
        if row["key"] in seen or row["key"] in ("", UNLISTED_TOKEN):
            wrong.append(Wrong(f"notes-key-{places[number]}", "notes"))
        seen.add(row["key"])
    return wrong


def _by_the_record(
    registry: Registry, typed: Typed, sheet: Sheet, stem: str, values: Mapping[str, Any]
) -> list[Wrong]:
    """What the record itself says of the whole."""
    unreadable = {**sheet, "speakers": tuple(_without_bad_links(row) for row in rows(sheet, "speakers"))}
    owners = {key: owner for key, owner in registry.scan().owners.items() if owner != stem}
    try:
        _, _, event = registry.draft({**values, **values_of(unreadable)}, owners)
        check_free(replace_stem(event, stem), owners)
    except EventFormatError as error:
        return [_placed(one, typed) for one in (error, *error.others)]
    except ConflictError:
        return [Wrong("slug", "slug taken", {"value": text_of(sheet, "slug")})]
    except OnrecordError as error:
        return [Wrong("", "other", {"detail": f"{error.message} {error.advice}".strip()})]
    return []


def replace_stem(event: Any, stem: str) -> Any:
    """An event under the stem that it has already."""
    return event.model_copy(update={"stem": stem}) if stem else event


def _without_bad_links(row: Row) -> Row:
    try:
        link_rows(row.get("links", ""))
    except UsageError:
        return {**row, "links": ""}
    return row


def _placed(error: EventFormatError, typed: Typed) -> Wrong:
    """An error of the record at the control of the form that it is about."""
    table, *rest = (error.key or "").split(".")
    detail = {"detail": f"{error.message} {error.advice}".strip()}
    if table in ("speakers", "links") and rest:
        number = int(rest[0]) - 1 if rest[0].isdecimal() else 0
        places = positions(typed, table)
        place = places[number] if number < len(places) else 0
        column = rest[1] if len(rest) > 1 else "name" if table == "speakers" else "label"
        key = f"{table}.{column}" if f"{table}.{column}" in WRONG else table if table in WRONG else "other"
        return Wrong(f"{table}-{column}-{place}", key, {"row": place + 1, **detail})
    if table == "agenda":
        return Wrong("agenda", "agenda recording" if rest[-1:] == ["recording"] else "agenda", detail)
    if table == "languages":
        number = int(rest[0]) - 1 if rest and rest[0].isdecimal() else 0
        listed = [word.strip() for word in typed.text("languages").replace(";", ",").split(",")]
        return Wrong("languages", "languages", {"value": listed[number] if number < len(listed) else ""})
    control = _CONTROLS.get(table, table)
    return Wrong(control, table if table in WRONG else "other", {"value": typed.text(table), **detail})


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """The names of languages in every language of the interface, in small letters."""
    from babel import Locale  # reads a file for each language

    found: dict[str, str] = {}
    for tag in INTERFACE:
        for code, name in Locale.parse(tag).languages.items():
            found.setdefault(str(name).casefold(), code.replace("_", "-"))
    return found


def tag_of(text: str) -> str:
    """A language as a person names it (`Ukrainian`, `українська`, `ukr`) as its tag; what is none stays as it is."""
    tag = _names().get(text.casefold(), text)
    try:
        return language_tag(ISO_639_3.get(tag.lower(), tag))
    except UsageError:
        return text
