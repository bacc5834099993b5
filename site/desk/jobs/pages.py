"""The list of jobs, the page of one, and what a person wishes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from onrecord import jobs
from onrecord.errors import ConflictError, FormError, OnrecordError
from onrecord.events.registry import Registry
from onrecord.jobs import Job, Wish
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.jobs import stream
from onrecord.site.desk.jobs.told import Names, Shown, shown
from onrecord.space import space
from onrecord.transcripts.library import Library
from onrecord.transcripts.recordingjob import STEPS

_ON_A_PAGE = 50
_FAILED = 100
_SAID: Mapping[str, str] = {
    "pause": N_("The job is paused."),
    "resume": N_("The job goes on."),
    "cancel": N_("The job is called off."),
    "again": N_("The job is run again."),
}
_DONE_WORDS: Mapping[str, str] = {
    "pause": "job.paused", "resume": "job.resumed", "cancel": "job.cancelled", "again": "job.again",
}  # fmt: skip


def list_jobs(ask: Ask) -> Response:
    """What is at work, what waits and for what, what needs somebody, what was done."""
    return ask.render("jobs/list.html", **rows(ask, _before(ask)))


def rows(ask: Ask, before: int = 0) -> dict[str, Any]:
    """What the list shows."""
    database, names = ask.database, Names(ask.archive)
    unfinished = jobs.unfinished(database)
    failed = [
        job for job in jobs.recent(database, states=["failed"], limit=_FAILED) if _is_the_last(ask, job)
    ]
    ended = jobs.recent(database, states=["done", "cancelled"], limit=_ON_A_PAGE + 1, before=before)

    def told(found: Any) -> list[Shown]:
        return [shown(job, names, ask.words) for job in found]

    room = space(ask.archive)
    return {
        "running": told(job for job in unfinished if job.state == "running"),
        "waiting": told(job for job in unfinished if job.state != "running"),
        "failed": told(failed),
        "ended": told(ended[:_ON_A_PAGE]),
        "more": ended[_ON_A_PAGE - 1].id if len(ended) > _ON_A_PAGE else 0,
        "before": before,
        "room": None if room.enough else room,
        "nobody": bool(unfinished) and not jobs.workers(database),
        "may_act": ask.me.may("organiser"),
        "changed": jobs.last_change(database),
    }


def one(ask: Ask) -> Response:
    """A job: its steps, how far it is, its log, and what can be done about it."""
    return _page(ask, _job(ask))


def _page(ask: Ask, job: Job, *, status: int = 200, problem: str = "") -> Response:
    lines = jobs.log_of(ask.database, job.id)
    return ask.render(
        "jobs/one.html", status=status, problem=problem, lines=lines, last_line=lines[-1][0] if lines else 0,
        again=_again(ask, job), **live(ask, job),
    )  # fmt: skip


def live(ask: Ask, job: Job) -> dict[str, Any]:
    """What changes on the page of a job while it is looked at."""
    room = space(ask.archive)
    unfinished = job.state not in jobs.FINISHED
    return {
        "shown": shown(job, Names(ask.archive), ask.words),
        "job": job,
        "may_act": ask.me.may("organiser"),
        "room": None if room.enough or not unfinished else room,
        "nobody": unfinished and not jobs.workers(ask.database),
    }


def wish(ask: Ask) -> Response:
    """Pauses, resumes, cancels a job, or has it run again, from a step if one is named."""
    job = _job(ask)
    wished = ask.form.text("wish", most=20)
    step = ask.form.text("from", most=20)
    if wished not in _SAID or (step and (step not in STEPS or job.kind != "recording")):
        raise FormError(N_("This form was not made here."))
    details: dict[str, Any] = {}
    if wished == "again":
        if step == "transcribe" and _worked_on(ask, job) and not ask.form.flag("replace"):
            sentence = N_(
                "People worked on this transcript. Tick the box if it may be replaced; it stays in the history."
            )
            return _page(ask, job, status=409, problem=ask.words.gettext(sentence))
        if ask.form.flag("replace"):
            details["replace"] = True
        if ask.form.flag("keep"):
            details["keep_as_it_is"] = True
    checked: Wish = wished  # type: ignore[assignment]  # one of the four
    try:
        jobs.wish(ask.database, job.id, checked, step, by=ask.me.name, details=details)
    except ConflictError:
        # Pressed twice, or it changed meanwhile: the page as it is now says how it stands.
        sentence = N_("That could not be done: the job has changed meanwhile. This is how it stands now.")
        return _page(ask, _job(ask), status=409, problem=ask.words.gettext(sentence))
    ask.audit(_DONE_WORDS[wished], job.subject, f"{job.item} {step}".strip() or job.kind)
    return ask.go(f"/desk/jobs/{job.id}/", ask.words.gettext(_SAID[wished]))


def _again(ask: Ask, job: Job) -> dict[str, Any] | None:
    """What the form asks before anything is made anew; None where there are no steps."""
    if job.kind != "recording" or "again" not in shown(job, Names(ask.archive), ask.words).wishes:
        return None
    try:
        recording = Registry(ask.archive).get(job.subject).recording(job.item)
    except OnrecordError:
        return None
    return {"worked_on": _worked_on(ask, job), "source": bool(recording.source)} if recording else None


def _worked_on(ask: Ask, job: Job) -> str:
    """Who reviewed or corrected a transcript of the recording; "" where nobody has."""
    library = Library(ask.archive)
    try:
        heads = [library.head(entry) for entry in library.entries(job.subject, job.item)]
    except OnrecordError:
        return ""
    for head in heads:
        if head.status == "reviewed" or head.corrected:
            return head.reviewed_by or ask.words.gettext("somebody")
    return ""


def _is_the_last(ask: Ask, job: Job) -> bool:
    """Whether nothing came of the same work since."""
    last = jobs.recent(ask.database, kind=job.kind, subject=job.subject, item=job.item, limit=1)
    return bool(last) and last[0].id == job.id


def _job(ask: Ask) -> Job:
    return jobs.find(ask.database, min(int(ask.params["job"]), 1 << 62))  # SQLite's numbers end at 63 bits


def _before(ask: Ask) -> int:
    text = ask.query.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


ROUTES = (
    desk_route("/desk/jobs/", list_jobs, who="editor"),
    desk_route("/desk/jobs/events", stream.of_all, who="editor", raw=True),
    desk_route("/desk/jobs/{job:int}/", one, who="editor"),
    desk_route("/desk/jobs/{job:int}/", wish, who="organiser", methods=("POST",)),
    desk_route("/desk/jobs/{job:int}/events", stream.of_one, who="editor", raw=True),
)
