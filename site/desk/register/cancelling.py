"""Cancelling an event with a sentence, and taking that back."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.register.held import held

_LONGEST = 1000


def cancel_page(ask: Ask) -> Response:
    """Asks for the sentence that readers and calendars will show; or, where it is cancelled, whether to undo it."""
    return ask.render("register/cancel.html", event=held(ask).event(ask.params["stem"]), problem="")


def cancel(ask: Ask) -> Response:
    """Sets, changes or takes away `cancelled` in the event's file."""
    keep = held(ask)
    event = keep.event(ask.params["stem"])
    undo = ask.form.text("do", most=20) == "undo"
    sentence = " ".join(ask.form.text("sentence", most=_LONGEST).split())
    if not undo and not sentence:
        problem = ask.words.gettext("Write the sentence that readers will see.")
        return ask.render("register/cancel.html", status=422, event=event, problem=problem)

    def change(document: Any) -> None:
        if undo:
            document.pop("cancelled", None)
        else:
            document["cancelled"] = sentence

    keep.registry.edit(event.stem, change)
    ask.audit("event.uncancelled" if undo else "event.cancelled", event.stem, "" if undo else sentence)
    words = ask.words
    said = words.gettext("It is cancelled. Calendars that know it will say so.")
    if undo:
        said = words.gettext("It takes place again.")
    return ask.go(f"/desk/events/{event.stem}/", said)


ROUTES = (
    desk_route("/desk/events/{stem}/cancel", cancel_page, who="organiser"),
    desk_route("/desk/events/{stem}/cancel", cancel, who="organiser", methods=("POST",)),
)
