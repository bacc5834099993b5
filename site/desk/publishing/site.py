"""The static site and its targets: how they stand, what went wrong and what to do, and the button that sends them."""

from __future__ import annotations

from starlette.responses import Response

from onrecord import jobs
from onrecord.due import noted, why_due
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.targets.delivery import forget, former, known
from onrecord.targets import target


def show(ask: Ask) -> Response:
    """Every target with what became of it the last time."""
    archive = ask.archive
    rows = known(archive)
    began, later = noted(archive)
    return ask.render(
        "publishing/site.html",
        has_site=archive.site.is_dir(),
        written=began,
        later=later,
        due=bool(why_due(archive, ask.now)),
        base=archive.settings.text("base-url"),
        targets=[
            (target(address), rows.get(address)) for address in archive.settings.items("publish.targets")
        ],
        former=former(archive),
        jobs=jobs.recent(ask.database, kind="publish", limit=5),
        busy=any(job.state in ("queued", "running") for job in jobs.unfinished(ask.database, kind="publish")),
    )


def send(ask: Ask) -> Response:
    """Writes the site and sends it, as a job."""
    job = jobs.enqueue(ask.database, "publish", by=ask.me.name)
    ask.audit("site.published")
    return ask.go(f"/desk/jobs/{job.id}/", ask.words.gettext("The static site is being written and sent."))


def forgotten(ask: Ask) -> Response:
    """Takes a former target off the list: a person has deleted what was there."""
    address = ask.form.text("address", most=2000)
    if any(row.address == address for row in former(ask.archive)):
        forget(ask.archive, address)
        ask.audit("site.target-forgotten", "", address)
    return ask.go("/desk/publishing/")


ROUTES = (
    desk_route("/desk/publishing/", show, who="organiser"),
    desk_route("/desk/publishing/", send, who="organiser", methods=("POST",)),
    desk_route("/desk/publishing/forget", forgotten, who="organiser", methods=("POST",)),
)
