"""Long work, written down before it begins: durable jobs in the archive's state.

The seam is narrow on purpose: `enqueue`, `claim`, `heartbeat`, `finish`, and for people `wish`. Who has claimed a job holds
it on a lease by the machine's steady clock (`onrecord.clock`), which no change of the wall's clock touches; a lease that
ran out, or is from before the machine was started again, leaves the job to whoever asks next. A job that was claimed twice
knows only its last worker: the earlier one is told "lost" by its next heartbeat, and cannot finish it.
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is bound

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from onrecord.clock import Clock, machine
from onrecord.database import Database, Part
from onrecord.errors import ConflictError, LockedError, NotFoundError
from onrecord.progress import Report

JobState = Literal["queued", "running", "paused", "waiting", "done", "failed", "cancelled"]
Wanted = Literal["", "pause", "cancel"]
Answer = Literal["go on", "pause", "cancel", "lost"]
Wish = Literal["pause", "resume", "cancel", "again"]

LEASE = 30.0  # seconds; a heartbeat comes every third of it
UNFINISHED: tuple[JobState, ...] = ("queued", "running", "paused", "waiting")
FINISHED: tuple[JobState, ...] = ("done", "failed", "cancelled")
_LINES = 1000  # of a job's log, the last ones
_KEPT = 2000  # finished jobs, the last ones

PART = Part(
    "jobs",
    (
        """
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL, subject TEXT NOT NULL, item TEXT NOT NULL,
            details TEXT NOT NULL, result TEXT NOT NULL DEFAULT '{}',
            round INTEGER NOT NULL DEFAULT 1,
            state TEXT NOT NULL CHECK (state IN ('queued','running','paused','waiting','done','failed','cancelled')),
            wanted TEXT NOT NULL DEFAULT '' CHECK (wanted IN ('', 'pause', 'cancel')),
            stage TEXT NOT NULL DEFAULT '', done REAL NOT NULL DEFAULT 0, total REAL, unit TEXT NOT NULL DEFAULT '',
            note TEXT NOT NULL DEFAULT '', pace REAL,
            error TEXT NOT NULL DEFAULT '', advice TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0,
            asked_by TEXT NOT NULL DEFAULT '',
            made_at TEXT NOT NULL, began_at TEXT, ended_at TEXT, not_before TEXT,
            wait_boot TEXT, wait_until REAL, wait_length REAL,
            worker TEXT NOT NULL DEFAULT '', lease_boot TEXT, lease_until REAL, lease_length REAL,
            changed INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX jobs_one ON jobs (kind, subject, item)
            WHERE state IN ('queued','running','paused','waiting');
        CREATE INDEX jobs_state ON jobs (state, id);
        CREATE INDEX jobs_changed ON jobs (changed);
        CREATE INDEX jobs_subject ON jobs (subject, item, id);
        CREATE TABLE job_lines (
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL, at TEXT NOT NULL, line TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) WITHOUT ROWID;
        """,
        """
        CREATE TABLE workers (
            name TEXT PRIMARY KEY, lease_boot TEXT NOT NULL, lease_until REAL NOT NULL, lease_length REAL NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
)


@dataclass(frozen=True)
class Job:
    """A piece of work: what is to be done (`kind`, `subject`, `item`, `details`), and how it stands.

    `subject` is an event's stem or "", `item` a recording's id or "". `done` and `total` count as `unit` says, `pace` is in
    units per second; all are of the present stage. `round` counts how often people asked for it; `tries` how often it
    failed since. A job that is "waiting" is tried again by itself at `not_before`, in UTC.
    """

    id: int
    kind: str
    subject: str
    item: str
    details: Mapping[str, Any]
    result: Mapping[str, Any]
    round: int
    state: JobState
    wanted: Wanted
    stage: str
    done: float
    total: float | None
    unit: str
    note: str
    pace: float | None
    error: str
    advice: str
    tries: int
    asked_by: str
    made_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    not_before: datetime | None
    worker: str
    changed: int

    @property
    def left(self) -> float | None:
        """The seconds that are left of the present stage, once they can be told."""
        if self.state != "running" or not self.pace or not self.total or self.done > self.total:
            return None
        return (self.total - self.done) / self.pace


@dataclass(frozen=True)
class Outcome:
    """How a run of a job ended.

    "waiting" comes back by itself after `wait` seconds, "queued" at once, "failed" needs a person. `failed_try` counts it
    among the tries.
    """

    state: Literal["queued", "paused", "waiting", "done", "failed", "cancelled"]
    result: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    error: str = ""
    advice: str = ""
    wait: float = 0.0
    failed_try: bool = False


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
            return _job(there)
        row = connection.execute(
            "INSERT INTO jobs (kind, subject, item, details, state, asked_by, made_at, not_before, changed)"
            f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, {_NEXT}) RETURNING *",
            (kind, subject, item, _json(details or {}), "waiting" if not_before else "queued", by,
             _text(clock.wall()), _text(not_before)),
        ).fetchone()  # fmt: skip
        return _job(row)


def claim(
    database: Database,
    worker: str,
    kinds: Sequence[str],
    *,
    lease: float = LEASE,
    clock: Clock | None = None,
) -> Job | None:
    """Gives `worker` the oldest job of these kinds that is to be done, on a lease of `lease` seconds; None: there is none.

    That is one that is queued, one whose waiting is over, or one whose worker's lease ran out; that one counts as a try.
    """
    clock = clock or machine()
    values: dict[str, Any] = {"worker": worker, "lease": lease, "kinds": json.dumps(list(kinds))}
    with database.reading() as connection:
        values |= _now(clock)
        if connection.execute(f"SELECT 1 FROM jobs WHERE {_READY} LIMIT 1", values).fetchone() is None:
            return None
    with database.writing() as connection:
        values |= _now(clock)
        # Whoever should have heeded a wish has died; it is heeded now.
        connection.execute(
            "UPDATE jobs SET state = CASE wanted WHEN 'pause' THEN 'paused' ELSE 'cancelled' END, worker = '',"
            f" wanted = '', pace = NULL, ended_at = iif(wanted = 'pause', NULL, :wall), changed = {_NEXT}"
            f" WHERE state = 'running' AND wanted != '' AND {_RUN_OUT}",
            values,
        )
        row = connection.execute(
            "UPDATE jobs SET tries = tries + (state = 'running'), state = 'running', worker = :worker, wanted = '',"
            " lease_boot = :boot, lease_until = :now + :lease, lease_length = :lease, began_at = :wall,"
            " ended_at = NULL, not_before = NULL, wait_boot = NULL, wait_until = NULL, pace = NULL, note = '',"
            f" changed = {_NEXT}"
            f" WHERE id = (SELECT id FROM jobs WHERE {_READY} ORDER BY id LIMIT 1) RETURNING *",
            values,
        ).fetchone()
        return _job(row) if row is not None else None


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
        progress = f", stage = :stage, done = :done, total = :total, unit = :unit, note = :note, pace = :pace, changed = {_NEXT}"
        values |= {"stage": report.stage, "done": report.done, "total": report.total, "unit": report.unit,
                   "note": report.note, "pace": pace}  # fmt: skip
    with database.writing() as connection:
        row = connection.execute(
            f"UPDATE jobs SET lease_boot = :boot, lease_until = :now + :lease, lease_length = :lease{progress}"
            " WHERE id = :id AND worker = :worker AND state = 'running' RETURNING wanted",
            values | _now(clock),
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
            f" wait_length = ?, changed = {_NEXT} WHERE id = ?",
            (
                state, state, _json(outcome.result), outcome.note, outcome.error, outcome.advice,
                state, outcome.failed_try, _text(wall) if state in FINISHED else None,
                _text(wall + timedelta(seconds=outcome.wait)) if waits else None,
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
            f"SELECT *, {_RUN_OUT} AS run_out FROM jobs WHERE id = :id",
            {"id": job_id} | _now(clock),
        ).fetchone()
        if row is None:
            raise _no_job(job_id)
        job = _job(row)
        running = job.state == "running" and not row["run_out"]
        if wished == "again":
            _again(connection, job, stage, details or {}, by, running=running)
        elif wished == "cancel" and job.state == "failed":  # called off: it is not begun again by itself
            connection.execute(
                f"UPDATE jobs SET state = 'cancelled', changed = {_NEXT} WHERE id = ?", (job_id,)
            )
        elif job.state in FINISHED or (wished == "resume" and not _may_resume(job)):
            raise _does_not_fit(job)
        elif running:
            wanted = "" if wished == "resume" else "cancel" if job.wanted == "cancel" else wished
            connection.execute(
                f"UPDATE jobs SET wanted = ?, changed = {_NEXT} WHERE id = ?", (wanted, job_id)
            )
        else:
            state = {"pause": "paused", "resume": "queued", "cancel": "cancelled"}[wished]
            connection.execute(
                "UPDATE jobs SET state = ?, wanted = '', worker = '', pace = NULL, not_before = NULL, wait_boot = NULL,"
                f" wait_until = NULL, ended_at = ?, changed = {_NEXT} WHERE id = ?",
                (state, _text(clock.wall()) if wished == "cancel" else None, job_id),
            )
        return _job(connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())


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
        f" asked_by = iif(? = '', asked_by, ?), changed = {_NEXT} WHERE id = ?",
        (_json(told), by, by, job.id),
    )


def present(database: Database, worker: str, *, lease: float = LEASE, clock: Clock | None = None) -> None:
    """Says that a worker is there, for as long as a lease; 0 seconds: that it goes."""
    clock = clock or machine()
    with database.writing() as connection:
        values = _now(clock) | {"name": worker, "lease": lease}
        connection.execute(f"DELETE FROM workers WHERE name = :name OR {_RUN_OUT}", values)
        if lease > 0:
            connection.execute("INSERT INTO workers VALUES (:name, :boot, :now + :lease, :lease)", values)


def workers(database: Database, *, clock: Clock | None = None) -> int:
    """How many workers are there; with none, jobs wait."""
    with database.reading() as connection:
        found = connection.execute(
            f"SELECT count(*) FROM workers WHERE NOT {_RUN_OUT}", _now(clock or machine())
        ).fetchone()
    return int(found[0])


def find(database: Database, job_id: int) -> Job:
    """A job; raises `NotFoundError`."""
    with database.reading() as connection:
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise _no_job(job_id)
    return _job(row)


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
    return tuple(_job(row) for row in rows)


def last_change(database: Database) -> int:
    """The highest `changed` of all jobs; 0 where there is none."""
    with database.reading() as connection:
        return int(connection.execute("SELECT coalesce(max(changed), 0) FROM jobs").fetchone()[0])


def log(database: Database, job_id: int, line: str, *, clock: Clock | None = None) -> None:
    """Adds a line to a job's log; the last thousand are kept."""
    now = _text((clock or machine()).wall())
    with database.writing() as connection:
        number = connection.execute(
            "INSERT INTO job_lines SELECT ?, coalesce(max(number), 0) + 1, ?, ? FROM job_lines WHERE job = ?"
            " RETURNING number",
            (job_id, now, " ".join(line.split())[:2000], job_id),
        ).fetchone()["number"]
        connection.execute("DELETE FROM job_lines WHERE job = ? AND number <= ?", (job_id, number - _LINES))
        connection.execute(f"UPDATE jobs SET changed = {_NEXT} WHERE id = ?", (job_id,))


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


def job_data(job: Job) -> dict[str, Any]:
    """A job as JSON, for the process that runs it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(job).items()
    }


def read_job(data: Mapping[str, Any]) -> Job:
    """A job from its JSON."""
    values = dict(data)
    for name in ("made_at", "began_at", "ended_at", "not_before"):
        values[name] = _instant(values[name])
    return Job(**values)


def back_off(tries: int, *, first: float = 30.0, longest: float = 6 * 3600.0) -> float:
    """The seconds to wait after failed try number `tries` (from 1): doubled each time, and never the same for many."""
    spread = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    return float(min(longest, first * 2.0 ** min(tries - 1, 30))) * spread


# One count for all jobs, so that whoever follows them asks for what changed after what is known.
_NEXT = "(SELECT coalesce(max(changed), 0) + 1 FROM jobs)"
# A lease that reaches further ahead than it is long is from an earlier start of a machine that does not name its starts.
_RUN_OUT = "(lease_boot IS NOT :boot OR lease_until IS NULL OR lease_until <= :now OR lease_until > :now + lease_length + 1)"
# By the steady clock while the machine runs on; after a new start by the wall's, unless that says a longer wait than was
# meant. With no steady time (`enqueue`), the wall's clock is what was meant.
_DUE = (
    "CASE WHEN wait_until IS NULL THEN coalesce(not_before <= :wall, 1)"
    " WHEN wait_boot = :boot THEN wait_until <= :now OR wait_until > :now + wait_length + 1"
    " ELSE not_before <= :wall OR (julianday(not_before) - julianday(:wall)) * 86400 > wait_length + 1 END"
)
_READY = (
    "kind IN (SELECT value FROM json_each(:kinds)) AND (state = 'queued'"
    f" OR (state = 'waiting' AND {_DUE}) OR (state = 'running' AND {_RUN_OUT}))"
)


def _now(clock: Clock) -> dict[str, Any]:
    """What the clocks say. Read inside the transaction: who reads, then waits for another writer, would judge the
    lease that one was given meanwhile by an older time.
    """
    return {"boot": clock.boot, "now": clock.steady(), "wall": _text(clock.wall())}


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
    return map(_job, rows)


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], subject=row["subject"], item=row["item"],
        details=json.loads(row["details"]), result=json.loads(row["result"]), round=row["round"],
        state=row["state"], wanted=row["wanted"], stage=row["stage"], done=row["done"], total=row["total"],
        unit=row["unit"], note=row["note"], pace=row["pace"], error=row["error"], advice=row["advice"],
        tries=row["tries"], asked_by=row["asked_by"], made_at=datetime.fromisoformat(row["made_at"]),
        began_at=_instant(row["began_at"]), ended_at=_instant(row["ended_at"]),
        not_before=_instant(row["not_before"]), worker=row["worker"], changed=row["changed"],
    )  # fmt: skip


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="milliseconds") if instant is not None else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
