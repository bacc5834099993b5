"""Bringing a recording by its address: what was found there is shown first, then a person says that this is it."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.responses import Response

from onrecord import jobs
from onrecord.errors import ConflictError, NotFoundError, OnrecordError, UsageError
from onrecord.events.model import Event
from onrecord.jobs import Job
from onrecord.languages import N_, language_tag
from onrecord.media.address import shown_address
from onrecord.media.looking import Sight, web_address
from onrecord.media.proposals import found
from onrecord.media.uploads import Uploads
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places
from onrecord.site.desk.bringing.plain import ONE_PIECE
from onrecord.site.desk.bringing.tus import PIECE
from onrecord.site.desk.english import of_error


def new(ask: Ask) -> Response:
    """The three ways to bring a recording: an address, a file, one that was found."""
    return _new(ask, places.event_of(ask))


def _new(ask: Ask, event: Event, *, status: int = 200, address: str = "", problem: str = "") -> Response:
    uploads = Uploads(ask.archive)
    waits = not any(recording.source for recording in event.recordings)
    return ask.render(
        "bringing/new.html",
        status=status,
        event=event,
        address=address,
        problem=problem,
        proposals=[one for one in found(ask.archive).proposals if one.stem == event.stem and waits],
        coming=[one for one in uploads.all() if one.stem == event.stem and not one.whole],
        largest=uploads.bounds.largest,
        one_piece=min(ONE_PIECE, uploads.bounds.largest),
        piece=PIECE,
    )


def ask_for(ask: Ask) -> Response:
    """Has an address looked at, by a job."""
    event = places.event_of(ask)
    given = ask.form.text("url", most=4000)
    try:
        address = web_address(given)
    except UsageError as error:
        problem = of_error(error, ask.words)
        return _new(ask, event, status=400, address=given, problem=problem)
    item = hashlib.sha256(address.encode()).hexdigest()[:16]
    job = jobs.enqueue(ask.database, "look", event.stem, item, details={"url": address}, by=ask.me.name)
    return ask.go(f"/desk/events/{event.stem}/recordings/look/{job.id}")


def seen(ask: Ask) -> Response:
    """What was found at the address; until then, that it is being looked at."""
    event, job = places.event_of(ask), _job(ask)
    return _seen(ask, event, job)


def _seen(ask: Ask, event: Event, job: Job, **more: Any) -> Response:
    row = job.result.get("sight") if job.state == "done" else None
    here = [one.id for one in event.recordings if one.source == job.details["url"]]
    values = {"problems": (), "title": "", "languages": " ".join(event.languages), "kind": "", **more}
    return ask.render(
        "bringing/seen.html",
        status=400 if values["problems"] else 200,
        event=event,
        job=job,
        address=shown_address(str(job.details["url"])),
        waiting=job.state in jobs.UNFINISHED,
        sight=Sight.from_row(row) if row else None,
        refused=job.result.get("refused"),
        here=here[0] if here else "",
        **values,
    )


def _job(ask: Ask) -> Job:
    number = ask.params["job"]
    job = jobs.find(ask.database, int(number)) if number.isdecimal() and len(number) < 15 else None
    if job is None or job.kind != "look" or job.subject != ask.params["stem"]:
        raise NotFoundError(N_("There is no such page."))
    return job


def take(ask: Ask) -> Response:
    """A person says that this is the recording: it becomes one of the event, and is fetched."""
    event, job = places.event_of(ask), _job(ask)
    row = job.result.get("sight") if job.state == "done" else None
    if not row or Sight.from_row(row).kind == "list":
        raise ConflictError(N_("There is nothing to take at this address."), advice=N_("Look at it again."))
    title, kind = ask.form.text("title", most=300), ask.form.text("kind", most=10)
    said = ask.form.text("languages", most=200)
    try:
        languages = tuple(language_tag(tag) for tag in said.replace(",", " ").split())
        if kind not in ("", "audio"):
            raise UsageError(N_("This kind of recording is not known."))
    except OnrecordError as error:
        problem = ("languages", of_error(error, ask.words))
        return _seen(ask, event, job, problems=(problem,), title=title, languages=said, kind=kind)
    if languages == event.languages:
        languages = ()
    recording = places.bring(
        ask, event.stem, str(job.details["url"]), title=title, languages=languages, kind=kind
    )
    return ask.go(
        places.recording_place(event.stem, recording),
        ask.words.gettext("The recording is on its way. You can leave this page; the work goes on."),
    )


_EVENT = "/desk/events/{stem}/recordings/"
ROUTES = (
    desk_route(f"{_EVENT}new", new, who="organiser"),
    desk_route(f"{_EVENT}look", ask_for, who="organiser", methods=("POST",)),
    desk_route(f"{_EVENT}look/{{job}}", seen, who="organiser"),
    desk_route(f"{_EVENT}look/{{job}}", take, who="organiser", methods=("POST",)),
)
