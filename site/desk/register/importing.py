"""Bringing in a schedule, a calendar or a list: what would become of each row is shown first, and then just that is done."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from onrecord.errors import FormatError, UsageError
from onrecord.events.lists import FORMATS, Format, read_text
from onrecord.events.lists.plan import Step, carry_out, make_plan
from onrecord.events.lists.spreadsheet import COLUMNS
from onrecord.events.lists.telling import as_data
from onrecord.events.registry import Registry
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.english import of_error
from onrecord.site.desk.form import Form
from onrecord.site.desk.register.held import held
from onrecord.site.desk.register.telling import FIELDS

_LARGEST = 4_000_000  # bytes of a list
_MOST = 12 << 20  # bytes of the form, in which the list travels as base64
_AT_ONCE = 100  # rows that one request carries out; the rest is offered again
_ROWS = 3000  # that are shown
KINDS: dict[str, str] = {
    "csv": N_("Spreadsheet (CSV)"),
    "ics": N_("Calendar (.ics)"),
    "schedule": N_("Schedule of pretalx or frab (JSON)"),
    "pyvideo": N_("Recordings as pyvideo has them (JSON)"),
}


@dataclass(frozen=True)
class Given:
    """A list that somebody gave: its bytes, what it is called, and the format if it was said."""

    data: bytes
    name: str
    form: Format | None


@dataclass(frozen=True)
class Row:
    """A row of the preview: what would become of it, whether it is chosen, and its differences as texts."""

    number: int
    step: Step
    chosen: bool
    differences: tuple[tuple[str, str, str], ...]
    problem: str


def import_page(ask: Ask) -> Response:
    """Asks for a list."""
    return _ask_for(ask)


def bring_in(ask: Ask) -> Response:
    """Shows what a list would do, or does what was chosen of it."""
    keep = held(ask)
    try:
        given = _given(ask.form)
        zone = keep.archive.settings.text("timezone")
        listing = read_text(given.data, given.name, form=given.form, timezone=zone)
    except (FormatError, UsageError) as error:
        place = ask.words.gettext("line %(number)s", number=error.line) + ": " if error.line else ""
        return _ask_for(ask, Markup("{}{}").format(place, of_error(error, ask.words, capital=not place)))
    steps = make_plan(keep.registry, listing)
    if not steps:
        return _ask_for(ask, ask.words.gettext("There is no discussion in this list."))
    remarks = tuple(listing.remarks)
    if ask.form.text("do", most=20) != "carry out":
        return _show(ask, given, steps, remarks)
    if ask.form.text("plan", most=100) != _digest(steps):
        said = ask.words.gettext(
            "The archive has changed meanwhile. Nothing was done: look at what would happen now."
        )
        return _show(ask, given, steps, remarks, problem=said, status=409)
    return _carry_out(ask, keep.registry, given, steps, remarks)


def _carry_out(
    ask: Ask, registry: Registry, given: Given, steps: Sequence[Step], remarks: tuple[str, ...]
) -> Response:
    chosen = _chosen(ask.form)
    wanted = [
        step for number, step in enumerate(steps) if number in chosen and step.action in ("new", "changed")
    ]
    if not wanted:
        return _show(ask, given, steps, remarks, problem=ask.words.gettext("No row is chosen."), status=422)
    done = list(carry_out(registry, tuple(wanted[:_AT_ONCE]), update=True))
    made = sum(step.done and step.action == "new" for step in done)
    changed = sum(step.done and step.action == "changed" for step in done)
    ask.audit("event.imported", "", f"{given.name[:100]}: {made} new, {changed} changed")
    words = ask.words
    said = " ".join(
        (
            words.ngettext(
                "%(num)s discussion was registered.", "%(num)s discussions were registered.", made
            ),
            words.ngettext("%(num)s discussion was changed.", "%(num)s discussions were changed.", changed),
        )
    )
    wrong = [step for step in done if step.problem is not None]
    left = len(wanted) - _AT_ONCE
    if not wrong and left <= 0:
        return ask.go("/desk/", said)
    problem = Markup(" ").join(
        of_error(step.problem, ask.words) for step in wrong[:5] if step.problem is not None
    )
    if left > 0:
        said += " " + words.ngettext("%(num)s more is to be done.", "%(num)s more are to be done.", left)
    left_over = {number for number in chosen if steps[number] in wanted[_AT_ONCE:]}
    zone = registry.archive.settings.text("timezone")
    again = make_plan(registry, read_text(given.data, given.name, form=given.form, timezone=zone))
    return _show(ask, given, again, remarks, problem=problem, said=said, chosen=left_over)


def _given(form: Form) -> Given:
    """What was uploaded, pasted, or travelled along from the preview. Raises `UsageError`."""
    named = form.text("form", most=20)
    kind = next((one for one in FORMATS if one == named), None)
    if carried := form.text("list", most=_MOST):
        try:
            return Given(base64.b64decode(carried, validate=True), form.text("name", most=200), kind)
        except binascii.Error as error:
            raise UsageError("the list did not come back whole.", advice="Give it once more.") from error
    for file in form.files.get("file", []):
        data = file.file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(
                "this list is larger than 4 MB.",
                advice="Bring it in in parts, or with 'onrecord event import'.",
            )
        return Given(data, file.filename or "list", kind)
    text = form.text("text", most=_LARGEST)
    if not text:
        raise UsageError("there is no list.", advice="Paste one, or choose a file.")
    return Given(text.encode(), "list", kind)


def _chosen(form: Form) -> set[int]:
    return {int(text) for text in form.texts("row", most=10) if text.isascii() and text.isdecimal()}


def _digest(steps: Sequence[Step]) -> str:
    """What a plan is known by: the same only when just the same would be done."""
    text = json.dumps([as_data(step) for step in steps], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _row(ask: Ask, number: int, step: Step, chosen: set[int] | None) -> Row:
    differences = tuple(
        (ask.words.gettext(FIELDS.get(one.key, one.key)), _short(one.here), _short(one.listed))
        for one in step.differences
    )
    ticked = (
        step.action == "new" if chosen is None else number in chosen and step.action in ("new", "changed")
    )
    return Row(number, step, ticked, differences, of_error(step.problem, ask.words) if step.problem else "")


def _short(value: Any) -> str:
    """A value on one line: the names of rows, the words of a list, the beginning of a text."""
    if isinstance(value, list):
        parts = [
            str(
                one.get("name")
                or one.get("label")
                or one.get("url")
                or one.get("source")
                or one.get("title", "")
            )
            if isinstance(one, dict)
            else str(one)
            for one in value
        ]
        text = ", ".join(parts)
    else:
        text = "" if value is None else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:119] + "…"


def _ask_for(ask: Ask, problem: str = "") -> Response:
    text = ask.form.text("text", most=_LARGEST) if "text" in ask.form else ""
    return ask.render(
        "register/import.html",
        status=422 if problem else 200,
        problem=problem,
        text=text,
        form_kind=ask.form.text("form", most=20),
        kinds_for_choice=[(key, ask.words.gettext(text)) for key, text in KINDS.items()],
        columns=COLUMNS,
    )


def _show(
    ask: Ask, given: Given, steps: Sequence[Step], remarks: tuple[str, ...], *, problem: str = "", said: str = "",
    chosen: set[int] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    rows = [_row(ask, number, step, chosen) for number, step in enumerate(steps)]
    counts = {
        action: sum(row.step.action == action for row in rows)
        for action in ("new", "changed", "here", "wrong")
    }
    return ask.render(
        "register/import-preview.html",
        status=status,
        given=given,
        carried=base64.b64encode(given.data).decode("ascii"),
        rows=rows[:_ROWS],
        counts=counts,
        remarks=remarks,
        plan=_digest(steps),
        problem=problem,
        notice=said,
        at_once=_AT_ONCE,
    )


ROUTES = (
    desk_route("/desk/events/import", import_page, who="organiser"),
    desk_route("/desk/events/import", bring_in, who="organiser", methods=("POST",), most=_MOST),
)
