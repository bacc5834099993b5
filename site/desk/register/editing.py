"""The form of an event: a new one, a copy of one, or one that is changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse, JSONResponse, Response

from onrecord import audit
from onrecord.errors import ConflictError, EventFormatError, LockedError, OnrecordError
from onrecord.events.changing import Saved, save
from onrecord.events.copying import copied_values
from onrecord.events.model import Event
from onrecord.events.record import parse_record, read_record_text
from onrecord.events.sheet import Sheet, rows, sheet_of, text_of, tidied, values_of
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.english import around
from onrecord.site.desk.register.checking import checked
from onrecord.site.desk.register.held import Held, held
from onrecord.site.desk.register.rows import changed_rows
from onrecord.site.desk.register.standing import Standoff, chosen, standoffs
from onrecord.site.desk.register.telling import FIELDS, STANDINGS, WRONG
from onrecord.site.desk.register.typed import (
    LONGEST,
    Typed,
    Wrong,
    empty_row,
    packed,
    read_typed,
    typed_of,
    unpacked,
)
from onrecord.site.prose import html

_MOST = 3 << 20  # bytes of a form: the base of it travels along
_ALL_ZONES = 1000
_PATIENCE = 2  # how often a save that found the event locked is tried again; each time waits two seconds
_NAMES = 500  # names that are offered without JavaScript


@dataclass(frozen=True)
class Shown:
    """What a form is shown with."""

    typed: Typed
    base: Sheet
    action: str
    stem: str = ""  # of the event that is changed; empty for a new one
    event: Event | None = None  # as its file is now, where it can be read
    new: str = ""  # the id that a new event will have: a form that is sent twice registers one
    copied: str = ""  # the title of the event that this is a copy of
    wrong: Sequence[Wrong] = ()
    standoffs: Sequence[Standoff] = ()
    theirs: Sequence[str] = ()  # fields that only somebody else changed
    by: Sequence[str] = ()  # who did
    preview: bool = False
    focus: str = ""
    fresh: bool = True  # nothing was sent yet: a draft in the browser may be offered


def new_page(ask: Ask) -> Response:
    """An empty form; `day` may name the day."""
    archive = ask.archive
    languages = archive.settings.items("languages")
    typed = Typed(
        {
            "timezone": archive.settings.text("timezone"), "visibility": "draft", "join_visibility": "private",
            "languages": ", ".join(languages[:1]), "date": ask.query.get("day", "")[:10],
        },
        {},
    )  # fmt: skip
    return _show(ask, Shown(typed, {}, "/desk/events/new", new=str(uuid.uuid4())))


def create(ask: Ask) -> Response:
    """Registers a new event, or shows the form again with what is wrong."""
    return _register(ask, "/desk/events/new", {}, "")


def duplicate_page(ask: Ask) -> Response:
    """The form of a new event that is a copy of one."""
    keep = held(ask)
    event = keep.event(ask.params["stem"])
    source = sheet_of(event)
    speakers = [
        {**row, "consent": row["consent"] if row["consent"] == "no" else ""}
        for row in rows(source, "speakers")
    ]
    copy: dict[str, Any] = {
        **source, "starts": "", "publish_at": "", "slug": "", "aliases": (), "agenda": (), "visibility": "draft",
        "speakers": tuple(speakers), "picture": copied_values(keep.registry, event.stem).get("picture", ""),
    }  # fmt: skip
    typed = typed_of(copy).with_texts(time=f"{event.starts:%H:%M}")
    action = f"/desk/events/{event.stem}/duplicate"
    return _show(ask, Shown(typed, {}, action, new=str(uuid.uuid4()), copied=event.title))


def duplicate(ask: Ask) -> Response:
    """Registers the copy, with what the form does not show of it."""
    keep = held(ask)
    event = keep.event(ask.params["stem"])
    carried = copied_values(keep.registry, event.stem)
    hidden = {key: value for key, value in carried.items() if key.startswith("x-")}
    notes = {key: value for key, value in carried.get("private", {}).items() if not isinstance(value, str)}
    if notes:
        hidden["private"] = notes
    return _register(ask, f"/desk/events/{event.stem}/duplicate", hidden, event.title)


def _register(ask: Ask, action: str, hidden: Mapping[str, Any], copied: str) -> Response:
    keep = held(ask)
    typed, new = read_typed(ask.form), _new_id(ask)
    shown = Shown(typed, {}, action, new=new, copied=copied, fresh=False)
    if (again := _acted(ask, keep, shown)) is not None:
        return _show(ask, again)
    sheet, wrong = checked(keep.registry, typed)
    if wrong:
        return _show(ask, replace(shown, wrong=wrong))
    values = {**hidden, **values_of(tidied(sheet)), "id": new}
    if "private" in hidden:
        values["private"] = {**hidden["private"], **values.get("private", {})}
    try:
        event = keep.registry.add(values)
    except ConflictError as error:
        there = next((one for one in keep.registry.scan().events if one.id == new), None)
        if there is not None:  # the form was sent twice
            return ask.go(f"/desk/events/{there.stem}/", ask.words.gettext("It was registered already."))
        return _show(ask, replace(shown, wrong=[_told_as(error, "slug")]))
    except OnrecordError as error:
        return _show(ask, replace(shown, wrong=[_told_as(error)]))
    ask.audit("event.duplicated" if copied else "event.registered", event.stem)
    said = ask.words.gettext("%(title)s is registered.", title=event.title)
    return ask.go(f"/desk/events/{event.stem}/", said)


def edit_page(ask: Ask) -> Response:
    """The form of an event as its file is now. A file that cannot be read is mended as text."""
    keep = held(ask)
    try:
        event = keep.event(ask.params["stem"])
    except EventFormatError:
        return ask.go(f"/desk/events/{ask.params['stem']}/file")
    base = tidied(sheet_of(event))
    return _show(ask, Shown(typed_of(base), base, f"/desk/events/{event.stem}/edit", event.stem, event))


def edit(ask: Ask) -> Response:
    """Saves a form. What somebody else changed meanwhile is kept; where both changed the same, both are shown."""
    keep, stem = held(ask), ask.params["stem"]
    base = unpacked(ask.form.text("base", most=_MOST))
    typed, undecided = chosen(ask.form, read_typed(ask.form), base)
    shown = Shown(typed, base, f"/desk/events/{stem}/edit", stem, fresh=False)
    try:
        event = keep.event(stem)
    except EventFormatError as error:  # somebody broke the file meanwhile; what is typed here stays
        return _show(ask, replace(shown, wrong=[_told_as(error)]))
    shown = replace(shown, event=event)
    if (again := _acted(ask, keep, shown)) is not None:
        return _show(ask, replace(again, standoffs=_asked_again(ask, typed, base)))
    path = keep.registry.path(event.stem)
    data = parse_record(read_record_text(path), path)
    others = {key: data[key] for key in ("recordings",) if key in data}
    sheet, wrong = checked(keep.registry, typed, stem=event.stem, values={"id": event.id, **others})
    if wrong or undecided:
        asked = _asked_again(ask, typed, base) if undecided else ()
        return _show(ask, replace(shown, wrong=[*undecided, *wrong], standoffs=asked))
    try:
        saved = _saved(keep, event.stem, base, sheet)
    except OnrecordError as error:
        return _show(ask, replace(shown, wrong=[_told_as(error)]))
    if saved.event is None:
        return _show(ask, _stood_off(ask, shown, saved))
    if saved.merged.mine:
        ask.audit("event.changed", event.stem, ", ".join(saved.merged.mine))
    return ask.go(f"/desk/events/{event.stem}/", _told(ask, saved))


def _saved(keep: Held, stem: str, base: Sheet, sheet: Sheet) -> Saved:
    """Saves, and waits a little longer where many write at once. Raises what `save` raises."""
    for _ in range(_PATIENCE):
        try:
            return save(keep.registry, stem, base, sheet)
        except LockedError:
            continue
    return save(keep.registry, stem, base, sheet)


def _stood_off(ask: Ask, shown: Shown, saved: Saved) -> Shown:
    """The form with both versions. It is made of their version now, so that it can be saved over it."""
    merged = saved.merged
    with_both = typed_of(merged.sheet)
    if any(one.field == "agenda" for one in merged.conflicts):
        with_both = with_both.with_texts(agenda=shown.typed.text("agenda"))
    return replace(
        shown,
        typed=with_both,
        base=tidied(saved.before),
        standoffs=standoffs(merged.conflicts, tidied(saved.before), with_both),
        theirs=merged.theirs,
        by=_who(ask, shown.stem),
    )


def _told_as(error: OnrecordError, control: str = "") -> Wrong:
    """An error that is about no single field."""
    return Wrong(control, "other", {"detail": f"{error.message} {error.advice}".strip()})


def _asked_again(ask: Ask, typed: Typed, base: Sheet) -> Sequence[Standoff]:
    """The choices that a form had, shown again with what was chosen."""
    return Standoff.from_form(ask.form, typed, base)


def _who(ask: Ask, stem: str) -> list[str]:
    """Who has changed an event since the form was shown, as the log knows it; nobody, where it was done by hand."""
    seen = ask.form.text("seen", most=20)
    with ask.database.reading() as connection:
        entries = audit.entries(connection, subject=stem, limit=20)
    since = int(seen) if seen.isascii() and seen.isdecimal() else 0
    return list(dict.fromkeys(one.who for one in entries if one.number > since))


def _told(ask: Ask, saved: Saved) -> str:
    words = ask.words
    if not saved.merged.mine:
        return words.gettext("Nothing was changed.")
    if not saved.merged.theirs:
        return words.gettext("It is saved.")
    fields = ", ".join(words.gettext(FIELDS[key]) for key in saved.merged.theirs)
    return words.gettext(
        "It is saved. Somebody else had changed this meanwhile, and it is kept: %(fields)s.", fields=fields
    )


def _acted(ask: Ask, keep: Held, shown: Shown) -> Shown | None:
    """What another button than Save does: the form again, with a row more or less, or a preview."""
    do = ask.form.text("do", most=100)
    if do in ("", "save"):
        return None
    if do == "preview":
        return replace(shown, preview=True, focus="preview")
    if do.startswith("take "):  # one of two times that clocks do show
        day, _, time = do.removeprefix("take ").partition(" ")
        return replace(shown, typed=shown.typed.with_texts(date=day[:10], time=time[:5]), focus="f-date")
    typed, focus = changed_rows(shown.typed, do, keep)
    return replace(shown, typed=typed, focus=focus)


def _new_id(ask: Ask) -> str:
    try:
        return str(uuid.UUID(ask.form.text("new", most=100)))
    except ValueError:
        return str(uuid.uuid4())


def _show(ask: Ask, shown: Shown) -> Response:
    keep = held(ask)
    known = keep.known()
    words = ask.words
    typed = shown.typed
    for table in ("speakers", "links"):
        if not typed.rows.get(table):
            typed = typed.with_rows(table, [empty_row(table)])
    if not typed.rows.get("notes"):
        typed = typed.with_rows("notes", [{**empty_row("notes"), "key": "notes"}])
    problems = [(one.control, around(WRONG[one.key], words, **one.values)) for one in shown.wrong]
    gap = next((one.values for one in shown.wrong if one.key == "gap"), None)
    return ask.render(
        "register/form.html",
        status=200 if not (shown.wrong or shown.standoffs) else 409 if shown.standoffs else 422,
        form=shown,
        typed=typed,
        base=packed(shown.base),
        seen=_last_entry(ask, shown.stem) if shown.stem else 0,
        problems=problems,
        errors=defaultdict(str, reversed(problems)),
        gap=gap,
        twice=typed.which or any(one.key == "twice" for one in shown.wrong),
        theirs=[words.gettext(FIELDS[key]) for key in shown.theirs],
        known=known,
        names=known.names()[:_NAMES],
        zones=_zones(known.zones),
        standings=STANDINGS,
        fields=FIELDS,
        preview=html(typed.text("description")) if shown.preview else "",
        hours=_hours(typed, keep),
        recordings=shown.event.recordings if shown.event else (),
        starts_now=text_of(shown.base, "starts") if shown.base else "",
    )


def _last_entry(ask: Ask, stem: str) -> int:
    with ask.database.reading() as connection:
        entries = audit.entries(connection, subject=stem, limit=1)
    return entries[0].number if entries else 0


def _zones(used: Sequence[str]) -> list[str]:
    import zoneinfo  # walks some six hundred files

    return [*used, *sorted(zoneinfo.available_timezones() - set(used))][:_ALL_ZONES]


def _hours(typed: Typed, keep: Held) -> str:
    """What clocks in the chosen zone are ahead of UTC by on that day, to recognise a wrong zone."""
    try:
        zone = ZoneInfo(typed.text("timezone") or keep.archive.settings.text("timezone"))
        there = datetime.fromisoformat(f"{typed.text('date')} {typed.text('time')}").replace(tzinfo=zone)
        return f"{there:%Z}, UTC{there:%z}"
    except (LookupError, ValueError, OSError):
        return ""


def preview(ask: Ask) -> Response:
    """Markdown as the public page shows it, for the script that does it while one types."""
    return HTMLResponse(str(html(ask.form.text("markdown", most=LONGEST))))


def complete_speaker(ask: Ask) -> Response:
    """What earlier events know of a speaker, for the script that fills a row."""
    keep = held(ask)
    found = keep.known().speaker(ask.form.text("name", most=500))
    if found is None:
        return JSONResponse({})
    return JSONResponse({"row": found.row(identified=keep.identified(found.id)), "times": found.times})


ROUTES = (
    desk_route("/desk/events/new", new_page, who="organiser"),
    desk_route("/desk/events/new", create, who="organiser", methods=("POST",), most=_MOST),
    desk_route("/desk/events/preview", preview, who="organiser", methods=("POST",)),
    desk_route("/desk/events/speaker", complete_speaker, who="organiser", methods=("POST",)),
    desk_route("/desk/events/{stem}/edit", edit_page, who="organiser"),
    desk_route("/desk/events/{stem}/edit", edit, who="organiser", methods=("POST",), most=_MOST),
    desk_route("/desk/events/{stem}/duplicate", duplicate_page, who="organiser"),
    desk_route("/desk/events/{stem}/duplicate", duplicate, who="organiser", methods=("POST",), most=_MOST),
)
