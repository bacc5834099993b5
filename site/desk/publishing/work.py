"""The job `publish`: the static site written and sent to its targets, and when the clock makes that due.

`details`: `without_broken` leaves out what cannot be read, so that a withdrawal waits for nobody's slip of the pen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.due import noted, why_due
from onrecord.errors import LockedError, TargetError
from onrecord.events.registry import Registry
from onrecord.jobs import Job
from onrecord.progress import Progress, Report
from onrecord.site.export.run import Published, publish
from onrecord.site.targets.delivery import Sent, publish_and_deliver

_ROUNDS = 3  # how often it begins anew where something was changed meanwhile
_SIGN_OF_LIFE = 30.0  # seconds


def wanted(archive: Archive) -> bool:
    """Whether there is a static site to keep up to date, or a target that wants one."""
    return archive.site.is_dir() or bool(archive.settings.items("publish.targets"))


def ask(
    database: Database, archive: Archive, *, by: str = "", withdrawn: str = "", at: datetime | None = None
) -> Job | None:
    """Asks for the site to be written and sent, now or at an instant; None: there is neither site nor target.

    For a withdrawal, named by its stem, a job that is in hand is told to stop: it holds what must go.
    """
    if not wanted(archive):
        return None
    if at is not None:
        return jobs.enqueue(database, "publish", item=at.astimezone(UTC).isoformat(), by=by, not_before=at)
    if withdrawn:
        with database.writing():  # none is told to stop without the one that does it instead
            for job in jobs.unfinished(database, kind="publish"):
                if job.subject != withdrawn and (job.not_before is None or job.state == "running"):
                    jobs.wish(database, job.id, "cancel", by=by)
            details = {"without_broken": True}
            return jobs.enqueue(database, "publish", withdrawn, "withdrawn", details=details, by=by)
    return jobs.enqueue(database, "publish", by=by)


def run(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> Mapping[str, Any]:
    """Carries the job out; gives what was written and what became of each target.

    Raises `PublishError` for what is broken in the archive, `TargetError` when a target could not be reached.
    """
    line = _Line(listen, stop)
    without_broken = bool(job.details.get("without_broken"))

    def write() -> Published:
        made = _written(archive, line, without_broken=without_broken)
        line.listen(Report("send", archive.root.name, 0, None, "items"))
        return made

    for _ in range(_ROUNDS):
        made, rows = publish_and_deliver(archive, write, listen=line.listen, stop=line.stop)
        if not why_due(archive, datetime.now(UTC)):
            break
    if made.next_change is not None and job.id:
        _ask_again(archive, made.next_change)
    _tell(rows)
    return {
        "files": made.files,
        "made": made.made,
        "left_out": [str(problem) for problem in made.problems],
        "targets": [[row.address, row.said] for row in rows],
        "next": made.next_change.isoformat() if made.next_change else "",
    }


def find_work(archive: Archive, now: datetime) -> list[dict[str, Any]]:
    """The job that the clock alone has made due, if there is one: a time to publish at has come, an event has begun or
    is over. Changes that people make are published when they say so; but a withdrawal that nobody has carried out, since it
    was written by hand, or the machine was switched off in the middle of it, is due at once.
    """
    if not archive.site.is_dir():
        return []
    began, later = noted(archive)
    due = later is not None and later <= now
    scan = Registry(archive).scan()
    for event in scan.events:
        changed = datetime.fromtimestamp(scan.written[event.stem] / 1e9, UTC)
        if event.withdrawn and began is not None and began < changed <= now:
            details = {"without_broken": True, "seen": changed.isoformat()}
            return [{"kind": "publish", "subject": event.stem, "item": "withdrawn", "details": details}]
    for event in () if due else scan.events:
        at = event.publish_instant if event.visibility == "draft" and not event.withdrawn else None
        due = due or (at is not None and began is not None and began < at <= now)
    details = {"seen": began.isoformat() if began else ""}
    return [{"kind": "publish", "subject": "", "item": "", "details": details}] if due else []


class _Line:
    """Tells the worker that the job lives, also while another program sends for hours."""

    def __init__(self, listen: Progress, stop: Callable[[], None]) -> None:
        self._listen = listen
        self._stop = stop
        self._last: Report | None = None
        self._told = time.monotonic()

    def listen(self, report: Report) -> None:
        """Passes a report on."""
        self._last, self._told = report, time.monotonic()
        self._listen(report)

    def stop(self) -> None:
        """Raises what ends the job, when that is wished."""
        self._stop()
        if self._last is not None and time.monotonic() - self._told > _SIGN_OF_LIFE:
            self.listen(self._last)


def _written(archive: Archive, line: _Line, *, without_broken: bool) -> Published:
    """Writes the site; waits while somebody else does."""
    while True:
        line.stop()
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            return publish(archive, now=now, without_broken=without_broken, listen=line.listen)
        except LockedError as error:
            if error.slug != "publish":
                raise
            time.sleep(0.5)


def _ask_again(archive: Archive, at: datetime) -> None:
    database = Database(archive, jobs.PART)
    try:
        jobs.enqueue(database, "publish", item=at.astimezone(UTC).isoformat(), not_before=at)
    finally:
        database.close()


def _tell(rows: tuple[Sent, ...]) -> None:
    """Raises the first failure, which holds for all; a passing one is tried again by itself."""
    failed = [row for row in rows if row.error]
    if not failed:
        return
    others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    cause = ConnectionError(failed[0].error) if any(row.passing for row in failed) else None
    raise TargetError(f"{failed[0].address}: {failed[0].error}{others}", advice=failed[0].advice) from cause
