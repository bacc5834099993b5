"""The page of one event on the desk: what it is, how far it is, what it waits for, and who changed what last."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from onrecord import audit, jobs
from onrecord.errors import EventFormatError
from onrecord.events.model import Event
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.jobs.told import without_commands
from onrecord.site.desk.logwords import SENTENCES
from onrecord.site.desk.register.held import Held, held
from onrecord.site.desk.register.telling import FIELDS, NEEDS, PHASES, REMEDIES, STAGES, STANDINGS
from onrecord.site.prose import html
from onrecord.site.wording import initial
from onrecord.transcripts.needs import Need
from onrecord.transcripts.overview import Glance

_ENTRIES = 8


@dataclass(frozen=True)
class Todo:
    """A need with what to do about it: the text of the link and its address, both empty where there is nothing.
    `detail` is what was told when it failed.
    """

    need: Need
    text: str
    address: str
    detail: str


def event_page(ask: Ask) -> Response:
    """Everything about one event, with links to its parts."""
    keep, stem = held(ask), ask.params["stem"]
    try:
        event = keep.event(stem)
    except EventFormatError as problem:
        if not ask.me.may("organiser"):
            raise
        return ask.go(f"/desk/events/{stem}/file") if problem.path else ask.go("/desk/")
    glance = keep.overview.glance(event, ask.now)
    with ask.database.reading() as connection:
        entries = audit.entries(connection, subject=stem, limit=_ENTRIES)
    folders = keep.counting.last()
    return ask.render(
        "register/event.html",
        event=event,
        glance=glance,
        todos=todos(ask, glance),
        jobs=jobs.unfinished(ask.database, subject=stem),
        entries=entries,
        done=lambda entry: done(ask, entry, event),
        description=html(event.description),
        file=keep.archive.shown(keep.archive.events / f"{stem}.toml"),
        public=public_address(ask, glance),
        bytes=folders.events.get(stem, 0) if folders else None,
        siblings=_siblings(keep, glance),
        needs=NEEDS,
        phases=PHASES,
        stages=STAGES,
        standings=STANDINGS,
        fields=FIELDS,
    )


def done(ask: Ask, entry: audit.Entry, event: Event) -> str:
    """What was done to the event, as a line that begins with it."""
    text = SENTENCES.get(entry.what)
    return initial(ask.words.gettext(text, subject=event.title)) if text else entry.what


def todos(ask: Ask, glance: Glance) -> list[Todo]:
    """What is to be done, each with the page where it is done; an editor is led to transcripts alone."""
    found = []
    recordings = {one.recording_id: one for one in glance.recordings}
    for need in glance.needs:
        text, path = REMEDIES[need.code]
        one = recordings.get(need.recording)
        transcript = next((one for one in one.transcripts if one.status != "reviewed"), None) if one else None
        if not ask.me.may("organiser") and need.code != "to review":
            text = path = ""
        name = f"{need.recording}.{transcript.language}" if transcript else ""
        if "{transcript}" in path and not name:
            path = "recordings/{recording}/"
        address = f"/desk/events/{glance.event.stem}/" + path.format(
            recording=need.recording, transcript=name
        )
        detail = without_commands(need.detail, ask.words)
        found.append(Todo(need, text, address if path else "", detail))
    return found


def public_address(ask: Ask, glance: Glance) -> str:
    """Where the public reads it; empty while nobody does."""
    view = ask.live.state.view
    shown = (*view.events, *view.unlisted)
    found = next((one for one in shown if one.id == glance.event.id), None)
    return ask.urls.event(found) if found is not None else ""


def _siblings(keep: Held, glance: Glance) -> list[tuple[str, str]]:
    """The one before and the one after in its series: title and stem, empty where there is none."""
    event = glance.event
    if not event.series:
        return []
    row = [one for one in keep.overview.scan().events if one.series == event.series]
    place = next((number for number, one in enumerate(row) if one.stem == event.stem), None)
    if place is None or len(row) == 1:
        return []
    near = [row[place - 1] if place else None, row[place + 1] if place + 1 < len(row) else None]
    return [(one.title, one.stem) if one else ("", "") for one in near]


ROUTES = (desk_route("/desk/events/{stem}/", event_page, who="editor"),)
