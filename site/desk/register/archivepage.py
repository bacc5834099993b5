"""What the archive holds: events by state, storage by kind and by event, free space, what failed and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from onrecord import jobs
from onrecord.due import why_due
from onrecord.holdings import DERIVED, KINDS, Holdings
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.register.held import held
from onrecord.site.desk.register.oneevent import Todo, todos
from onrecord.site.desk.register.telling import NEEDS, PHASES, STAGES, STANDINGS, WAITS
from onrecord.space import space
from onrecord.transcripts.overview import Glance, counts

_LARGEST = 15
_FAILED = 100
NAMES: Mapping[str, str] = {
    "originals": N_("Originals of the recordings"),
    "renditions": N_("What the public plays"),
    "transcripts": N_("Transcripts"),
    "earlier transcripts": N_("Earlier versions of transcripts"),
    "events": N_("Records of the discussions"),
    "static site": N_("The static site"),
    "index": N_("Indexes of the search"),
    "work": N_("Unfinished work"),
    "state": N_("Accounts, jobs and log"),
    "other": N_("Other files"),
}


@dataclass(frozen=True)
class Share:
    """One kind of file: its name, bytes, number, part of the whole in percent, and whether it can be made again."""

    name: str
    size: int
    files: int
    percent: float
    derived: bool


@dataclass(frozen=True)
class Failure:
    """What failed in one event, with what to do."""

    glance: Glance
    todos: Sequence[Todo]


def archive_page(ask: Ask) -> Response:
    """The whole page, of what was counted last; counting goes on beside it."""
    keep = held(ask)
    scan = keep.overview.scan()
    glances = keep.overview.all(scan.events, ask.now)
    holdings = keep.counting.last()
    failed = [one for one in reversed(glances) if any(need.waits_for == "failed" for need in one.needs)]
    titles = {event.stem: event.title for event in scan.events}
    return ask.render(
        "register/archive.html",
        total=len(glances),
        gathering=sum(not one.gathered for one in glances),
        standings=_counted(Counter(one.standing for one in glances if one.phase != "withdrawn"), STANDINGS),
        phases=_counted(Counter(one.phase for one in glances), PHASES),
        stages=_counted(Counter(row.stage for one in glances for row in one.recordings), STAGES),
        length=sum(row.duration or 0 for one in glances for row in one.recordings),
        waiting=counts(glances),
        waits=WAITS,
        failures=[
            Failure(one, [todo for todo in todos(ask, one) if todo.need.waits_for == "failed"])
            for one in failed[:_FAILED]
        ],
        failed=len(failed),
        needs=NEEDS,
        problems=scan.problems,
        holdings=holdings,
        counting=keep.counting.counting,
        shares=_shares(holdings) if holdings else [],
        largest=_largest(holdings, titles) if holdings else [],
        space=space(keep.archive),
        due=why_due(keep.archive, ask.now),
        check=_last_check(ask),
    )


def count_again(ask: Ask) -> Response:
    """Begins to count the storage anew."""
    held(ask).counting.last(anew=True)
    return ask.go(
        "/desk/archive/", ask.words.gettext("The storage is being counted. Look again in a moment.")
    )


def check_again(ask: Ask) -> Response:
    """Lets a worker read every file of the archive and hold it against what it should be."""
    job = jobs.enqueue(ask.database, "check", by=ask.me.name)
    ask.audit("job.check", "", str(job.id))
    return ask.go(f"/desk/jobs/{job.id}/")


def _last_check(ask: Ask) -> Mapping[str, Any] | None:
    """The last time that all files were read: when, how many, and what was wrong."""
    running = next(iter(jobs.unfinished(ask.database, kind="check")), None)
    found = next(iter(jobs.recent(ask.database, kind="check", states=("done",), limit=1)), None)
    if found is None and running is None:
        return None
    return {
        "running": running,
        "at": found.ended_at if found else None,
        "files": found.result.get("files", 0) if found else 0,
        "findings": found.result.get("findings", []) if found else [],
        "more": found.result.get("more", 0) if found else 0,
    }


def _counted(counter: Counter[Any], names: Mapping[Any, str]) -> list[tuple[str, str, int]]:
    return [(key, text, counter[key]) for key, text in names.items() if counter[key]]


def _shares(holdings: Holdings) -> list[Share]:
    whole = holdings.total or 1
    return [
        Share(
            NAMES[kind],
            holdings.size[kind],
            holdings.files[kind],
            100 * holdings.size[kind] / whole,
            kind in DERIVED,
        )
        for kind in sorted(KINDS, key=lambda kind: -holdings.size[kind])
        if holdings.files[kind]
    ]


def _largest(holdings: Holdings, titles: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """The events that take the most room: stem, title (empty where there is no such event any more), bytes."""
    rows = sorted(holdings.events.items(), key=lambda row: -row[1])[:_LARGEST]
    return [(stem, titles.get(stem, ""), size) for stem, size in rows]


ROUTES = (
    desk_route("/desk/archive/", archive_page, who="editor"),
    desk_route("/desk/archive/count", count_again, who="organiser", methods=("POST",)),
    desk_route("/desk/archive/check", check_again, who="organiser", methods=("POST",)),
)
