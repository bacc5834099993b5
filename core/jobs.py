"""Long work, written down before it begins: durable jobs in the archive's state.

The seam is narrow on purpose: `enqueue`, `claim`, `heartbeat`, `finish`, and for people `wish`. Who has claimed a job holds
it on a lease by the machine's steady clock (`onrecord.clock`), which no change of the wall's clock touches; a lease that
ran out, or is from before the machine was started again, leaves the job to whoever asks next. A job that was claimed twice
knows only its last worker: the earlier one is told "lost" by its next heartbeat, and cannot finish it.
"""

# ruff: noqa: S608 - statements are put together from constants; every value is bound

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from onrecord.clock import Clock, machine
from onrecord.database import Database
from onrecord.errors import ConflictError, LockedError, NotFoundError
from onrecord.jobtable import (
    FINISHED,
    NEXT,
    PART,
    READY,
    RUN_OUT,
    UNFINISHED,
    Job,
    JobState,
    Outcome,
    Wanted,
    as_json,
    as_text,
    job_of,
    readings,
)
from onrecord.progress import Report

__all__ = [
    "FINISHED", "LEASE", "PART", "UNFINISHED", "Answer", "Job", "JobState", "Outcome", "Wanted", "Wish", "back_off",
    "called_off_since", "changed_since", "claim", "enqueue", "find", "finish", "heartbeat", "last_change", "log",
    "log_of", "present", "prune", "recent", "unfinished", "wish", "workers",
]  # fmt: skip

Answer = Literal["go on", "pause", "cancel", "lost"]
Wish = Literal["pause", "resume", "cancel", "again"]

LEASE = 30.0  # seconds; a heartbeat comes every third of it
_LINES = 1000  # of a job's log, the last ones
_KEPT = 2000  # finished jobs, the last ones


def enqueue(
    database: Database,
    kind: str,
    subject: str = "",
    item: str = "",
    *,
    details: Mapping[str, Any] | None = None,
    by: str = "",
    not_before: datetime | None = None,
    clock: Clock | None = None,
) -> Job:
    """Writes a job down; one that is unfinished already for the same kind, subject and item is given instead.

    `details` must be JSON. `not_before`, by the wall's clock, lets it wait. Inside a `database.writing()` block it lasts with
    that block.
    """
    clock = clock or machine()
    with database.writing() as connection:
        there = connection.execute(
            "SELECT * FROM jobs WHERE kind = ? AND subject = ? AND item = ?"
            " AND state IN ('queued','running','paused','waiting')",
            (kind, subject, item),
        ).fetchone()
        if there is not None:
            return job_of(there)
        row = connection.execute(
            "INSERT INTO jobs (kind, subject, item, details, state, asked_by, made_at, not_before, changed)"
            f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, {NEXT}) RETURNING *",
            (kind, subject, item, as_json(details or {}), "waiting" if not_before else "queued", by,
             as_text(clock.wall()), as_text(not_before)),
        ).fetchone()  # fmt: skip
        return job_of(row)


def claim(
    database: Database,
    worker: str,
    kinds: Sequence[str],
    *,
    lease: float = LEASE,
    clock: Clock | None = None,
) -> Job | None:
    """Gives `worker` the oldest job of these kinds that is to be done, on a lease of `lease` seconds; None: there is none.
    What people asked for comes before what was found.

    That is one that is queued, one whose waiting is over, or one whose worker's lease ran out; that one counts as a try.
    """
    clock = clock or machine()
    values: dict[str, Any] = {"worker": worker, "lease": lease, "kinds": json.dumps(list(kinds))}
    with database.reading() as connection:
        values |= readings(clock)
        if connection.execute(f"SELECT 1 FROM jobs WHERE {READY} LIMIT 1", values).fetchone() is None:
            return None
    with database.writing() as connection:
        values |= readings(clock)
        # Whoever should have heeded a wish has died; it is heeded now.
        connection.execute(
            "UPDATE jobs SET state = CASE wanted WHEN 'pause' THEN 'paused' ELSE 'cancelled' END, worker = '',"
            f" wanted = '', pace = NULL, ended_at = iif(wanted = 'pause', NULL, :wall), changed = {NEXT}"
            f" WHERE state = 'running' AND wanted != '' AND {RUN_OUT}",
            values,
        )
        row = connection.execute(
            "UPDATE jobs SET tries = tries + (state = 'running'), state = 'running', worker = :worker, wanted = '',"
            " lease_boot = :boot, lease_until = :now + :lease, lease_length = :lease, began_at = :wall,"
            " ended_at = NULL, not_before = NULL, wait_boot = NULL, wait_until = NULL, pace = NULL, note = '',"
            f" changed = {NEXT}"
            f" WHERE id = (SELECT id FROM jobs WHERE {READY} ORDER BY asked_by = '', id LIMIT 1) RETURNING *",
            values,
        ).fetchone()
        return job_of(row) if row is not None else None


def heartbeat(
    database: Database,
    job: Job,
    worker: str,
    report: Report | None = None,
    *,
    pace: float | None = None,
    lease: float = LEASE,
    clock: Clock | None = None,
) -> Answer:
    """Renews the lease, notes how far the job is, and says what is wished. "lost": it is somebody else's, or nobody's."""
    clock = clock or machine()
    values: dict[str, Any] = {"id": job.id, "worker": worker, "lease": lease}
    progress = ""
    if report is not None:
        progress = f", stage = :stage, done = :done, total = :total, unit = :unit, note = :note, pace = :pace, changed = {NEXT}"
        values |= {"stage": report.stage, "done": report.done, "total": report.total, "unit": report.unit,
                   "note": report.note, "pace": pace}  # fmt: skip
    with database.writing() as connection:
        row = connection.execute(
            f"UPDATE jobs SET lease_boot = :boot, lease_until = :now + :lease, lease_length = :lease{progress}"
            " WHERE id = :id AND worker = :worker AND state = 'running' RETURNING wanted",
            values | readings(clock),
        ).fetchone()
    if row is None:
        return "lost"
    wanted: Wanted = row["wanted"]
    return wanted or "go on"


def finish(
    database: Database, job: Job, worker: str, outcome: Outcome, *, clock: Clock | None = None
) -> None:
    """Writes down how a run ended, and what was wished meanwhile is heeded. Raises `LockedError` when the job was lost."""
    clock = clock or machine()
    with database.writing() as connection:
        now, wall = clock.steady(), clock.wall()
        row = connection.execute(
            "SELECT wanted FROM jobs WHERE id = ? AND worker = ? AND state = 'running'", (job.id, worker)
        ).fetchone()
        if row is None:
            raise LockedError("another worker has this job now.", advice="There is nothing to do.")
        state: JobState = outcome.state
        if state in ("queued", "waiting") and row["wanted"]:
            state = "paused" if row["wanted"] == "pause" else "cancelled"
        waits = state == "waiting"
        connection.execute(
            "UPDATE jobs SET state = ?, worker = '', wanted = '', lease_boot = NULL, lease_until = NULL, pace = NULL,"
            " result = iif(? = 'done', ?, result), note = ?, error = ?, advice = ?,"
            " tries = iif(? = 'done', 0, tries + ?), ended_at = ?, not_before = ?, wait_boot = ?, wait_until = ?,"
            f" wait_length = ?, changed = {NEXT} WHERE id = ?",
            (
                state, state, as_json(outcome.result), outcome.note, outcome.error, outcome.advice,
                state, outcome.failed_try, as_text(wall) if state in FINISHED else None,
                as_text(wall + timedelta(seconds=outcome.wait)) if waits else None,
                clock.boot if waits else None, now + outcome.wait if waits else None,
                outcome.wait if waits else None, job.id,
            ),
        )  # fmt: skip


def wish(
    database: Database,
    job_id: int,
    wished: Wish,
    stage: str = "",
    *,
    by: str = "",
    details: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> Job:
    """What a person wants of a job; the job as it stands then.

    A job in hand is told by its next heartbeat, any other changes at once. "again" begins anew, from `stage` if one is
    named, and adds `details` to those of the job. Raises `NotFoundError`, and `ConflictError` where the wish does not fit the
    state.
    """
    clock = clock or machine()
    with database.writing() as connection:
        row = connection.execute(
            f"SELECT *, {RUN_OUT} AS run_out FROM jobs WHERE id = :id",
            {"id": job_id} | readings(clock),
        ).fetchone()
        if row is None:
            raise _no_job(job_id)
        job = job_of(row)
        running = job.state == "running" and not row["run_out"]
        if wished == "again":
            _again(connection, job, stage, details or {}, by, running=running)
        elif wished == "cancel" and job.state == "failed":  # called off: it is not begun again by itself
            connection.execute(
                f"UPDATE jobs SET state = 'cancelled', changed = {NEXT} WHERE id = ?", (job_id,)
            )
        elif job.state in FINISHED or (wished == "resume" and not _may_resume(job)):
            raise _does_not_fit(job)
        elif running:
            wanted = "" if wished == "resume" else "cancel" if job.wanted == "cancel" else wished
            connection.execute(f"UPDATE jobs SET wanted = ?, changed = {NEXT} WHERE id = ?", (wanted, job_id))
        else:
            state = {"pause": "paused", "resume": "queued", "cancel": "cancelled"}[wished]
            connection.execute(
                "UPDATE jobs SET state = ?, wanted = '', worker = '', pace = NULL, not_before = NULL, wait_boot = NULL,"
                f" wait_until = NULL, ended_at = ?, changed = {NEXT} WHERE id = ?",
                (state, as_text(clock.wall()) if wished == "cancel" else None, job_id),
            )
        return job_of(connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())


def _may_resume(job: Job) -> bool:
    return job.state in ("paused", "waiting") or (job.state == "running" and job.wanted == "pause")


def _again(
    connection: sqlite3.Connection,
    job: Job,
    stage: str,
    details: Mapping[str, Any],
    by: str,
    *,
    running: bool,
) -> None:
    if running or job.state == "queued":
        raise _does_not_fit(job)
    other = connection.execute(
        "SELECT id FROM jobs WHERE kind = ? AND subject = ? AND item = ? AND id != ?"
        " AND state IN ('queued','running','paused','waiting')",
        (job.kind, job.subject, job.item, job.id),
    ).fetchone()
    if other is not None:
        raise ConflictError(
            f"job {other['id']} is at the same work already.", advice="Look at that one; or cancel it first."
        )
    kept = {name: value for name, value in job.details.items() if name not in ("from", "replace")}
    told = {**kept, **({"from": stage} if stage else {}), **details}
    connection.execute(
        "UPDATE jobs SET state = 'queued', round = round + 1, tries = 0, details = ?, result = '{}', stage = '',"
        " done = 0, total = NULL, unit = '', note = '', error = '', advice = '', wanted = '', worker = '', pace = NULL,"
        " ended_at = NULL, not_before = NULL, wait_boot = NULL, wait_until = NULL,"
        f" asked_by = iif(? = '', asked_by, ?), changed = {NEXT} WHERE id = ?",
        (as_json(told), by, by, job.id),
    )


def present(database: Database, worker: str, *, lease: float = LEASE, clock: Clock | None = None) -> None:
    """Says that a worker is there, for as long as a lease; 0 seconds: that it goes."""
    clock = clock or machine()
    with database.writing() as connection:
        values = readings(clock) | {"name": worker, "lease": lease}
        connection.execute(f"DELETE FROM workers WHERE name = :name OR {RUN_OUT}", values)
        if lease > 0:
            connection.execute("INSERT INTO workers VALUES (:name, :boot, :now + :lease, :lease)", values)


def workers(database: Database, *, clock: Clock | None = None) -> int:
    """How many workers are there; with none, jobs wait."""
    with database.reading() as connection:
        found = connection.execute(
            f"SELECT count(*) FROM workers WHERE NOT {RUN_OUT}", readings(clock or machine())
        ).fetchone()
    return int(found[0])


def find(database: Database, job_id: int) -> Job:
    """A job; raises `NotFoundError`."""
    with database.reading() as connection:
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise _no_job(job_id)
    return job_of(row)


def unfinished(
    database: Database, *, kind: str | None = None, subject: str | None = None, item: str | None = None
) -> tuple[Job, ...]:
    """The jobs that are not finished, the oldest first; of one kind, subject or item only where that is named."""
    return tuple(
        _select(
            database, "state IN ('queued','running','paused','waiting')", "id", kind, subject, item, -1, 0
        )
    )


def recent(
    database: Database,
    *,
    kind: str | None = None,
    subject: str | None = None,
    item: str | None = None,
    states: Sequence[JobState] = get_args(JobState),
    before: int = 0,
    limit: int = 50,
) -> tuple[Job, ...]:
    """Jobs, the latest first; with `before` only those with a smaller id, to leaf on."""
    marks = ",".join(f"'{state}'" for state in states if state in get_args(JobState))
    return tuple(_select(database, f"state IN ({marks})", "id DESC", kind, subject, item, limit, before))


def changed_since(database: Database, number: int, limit: int = 200) -> tuple[Job, ...]:
    """The jobs whose `changed` is above `number`, in the order of their last change."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT * FROM jobs WHERE changed > ? ORDER BY changed LIMIT ?", (number, limit)
        ).fetchall()
    return tuple(job_of(row) for row in rows)


def called_off_since(database: Database, number: int) -> tuple[Job, ...]:
    """The jobs that were called off and whose `changed` is above `number`, where no other job is at the same work since."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT * FROM jobs WHERE state = 'cancelled' AND changed > ? AND NOT EXISTS (SELECT 1 FROM jobs AS later"
            " WHERE later.kind = jobs.kind AND later.subject = jobs.subject AND later.item = jobs.item"
            " AND later.id > jobs.id) ORDER BY changed",
            (number,),
        ).fetchall()
    return tuple(job_of(row) for row in rows)


def last_change(database: Database) -> int:
    """The highest `changed` of all jobs; 0 where there is none."""
    with database.reading() as connection:
        return int(connection.execute("SELECT coalesce(max(changed), 0) FROM jobs").fetchone()[0])


def log(database: Database, job_id: int, line: str, *, clock: Clock | None = None) -> None:
    """Adds a line to a job's log; the last thousand are kept."""
    now = as_text((clock or machine()).wall())
    with database.writing() as connection:
        number = connection.execute(
            "INSERT INTO job_lines SELECT ?, coalesce(max(number), 0) + 1, ?, ? FROM job_lines WHERE job = ?"
            " RETURNING number",
            (job_id, now, " ".join(line.split())[:2000], job_id),
        ).fetchone()["number"]
        connection.execute("DELETE FROM job_lines WHERE job = ? AND number <= ?", (job_id, number - _LINES))
        connection.execute(f"UPDATE jobs SET changed = {NEXT} WHERE id = ?", (job_id,))


def log_of(database: Database, job_id: int, after: int = 0) -> list[tuple[int, datetime, str]]:
    """The lines of a job's log after number `after`: number, instant, text."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT number, at, line FROM job_lines WHERE job = ? AND number > ? ORDER BY number",
            (job_id, after),
        ).fetchall()
    return [(row["number"], datetime.fromisoformat(row["at"]), row["line"]) for row in rows]


def prune(database: Database) -> None:
    """Forgets all but the latest 2,000 finished jobs."""
    with database.writing() as connection:
        connection.execute(
            "DELETE FROM jobs WHERE state IN ('done','failed','cancelled') AND id <= coalesce((SELECT id FROM jobs"
            " WHERE state IN ('done','failed','cancelled') ORDER BY id DESC LIMIT 1 OFFSET ?), 0)",
            (_KEPT,),
        )


def back_off(tries: int, *, first: float = 30.0, longest: float = 6 * 3600.0) -> float:
    """The seconds to wait after failed try number `tries` (from 1): doubled each time, and never the same for many."""
    spread = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    return float(min(longest, first * 2.0 ** min(tries - 1, 30))) * spread


def _select(
    database: Database,
    where: str,
    order: str,
    kind: str | None,
    subject: str | None,
    item: str | None,
    limit: int,
    before: int,
) -> Iterator[Job]:
    values: list[Any] = []
    for name, value in (("kind", kind), ("subject", subject), ("item", item)):
        if value is not None:
            where += f" AND {name} = ?"
            values.append(value)
    if before:
        where += " AND id < ?"
        values.append(before)
    with database.reading() as connection:
        rows = connection.execute(
            f"SELECT * FROM jobs WHERE {where} ORDER BY {order} LIMIT ?",
            (*values, limit),
        ).fetchall()
    return map(job_of, rows)


def _no_job(job_id: int) -> NotFoundError:
    return NotFoundError(f"there is no job {job_id}.", advice="It may be so old that it was forgotten.")


def _does_not_fit(job: Job) -> ConflictError:
    told = {
        "queued": "it waits for its turn", "running": "it is being worked on", "paused": "it is paused",
        "waiting": "it is tried again by itself", "done": "it is done", "failed": "it has failed",
        "cancelled": "it was cancelled",
    }[job.state]  # fmt: skip
    return ConflictError(
        f"that cannot be done with job {job.id} now: {told}.",
        advice="Look at it again; it may have changed meanwhile.",
    )
