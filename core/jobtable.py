"""The table of jobs: its layout, a row as a record, and what the clocks say of a lease."""

# ruff: noqa: S608 - statements are put together from constants

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from onrecord.clock import Clock
from onrecord.database import Part

JobState = Literal["queued", "running", "paused", "waiting", "done", "failed", "cancelled"]
Wanted = Literal["", "pause", "cancel"]

UNFINISHED: tuple[JobState, ...] = ("queued", "running", "paused", "waiting")
FINISHED: tuple[JobState, ...] = ("done", "failed", "cancelled")

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


# One count for all jobs, so that whoever follows them asks for what changed after what is known.
NEXT = "(SELECT coalesce(max(changed), 0) + 1 FROM jobs)"
# A lease that reaches further ahead than it is long is from an earlier start of a machine that does not name its starts.
RUN_OUT = "(lease_boot IS NOT :boot OR lease_until IS NULL OR lease_until <= :now OR lease_until > :now + lease_length + 1)"
# By the steady clock while the machine runs on; after a new start by the wall's, unless that says a longer wait than was
# meant. With no steady time (`enqueue`), the wall's clock is what was meant.
_DUE = (
    "CASE WHEN wait_until IS NULL THEN coalesce(not_before <= :wall, 1)"
    " WHEN wait_boot = :boot THEN wait_until <= :now OR wait_until > :now + wait_length + 1"
    " ELSE not_before <= :wall OR (julianday(not_before) - julianday(:wall)) * 86400 > wait_length + 1 END"
)
READY = (
    "kind IN (SELECT value FROM json_each(:kinds)) AND (state = 'queued'"
    f" OR (state = 'waiting' AND {_DUE}) OR (state = 'running' AND {RUN_OUT}))"
)


def readings(clock: Clock) -> dict[str, Any]:
    """What the clocks say. Read inside the transaction: who reads, then waits for another writer, would judge the
    lease that one was given meanwhile by an older time.
    """
    return {"boot": clock.boot, "now": clock.steady(), "wall": as_text(clock.wall())}


def job_of(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], subject=row["subject"], item=row["item"],
        details=json.loads(row["details"]), result=json.loads(row["result"]), round=row["round"],
        state=row["state"], wanted=row["wanted"], stage=row["stage"], done=row["done"], total=row["total"],
        unit=row["unit"], note=row["note"], pace=row["pace"], error=row["error"], advice=row["advice"],
        tries=row["tries"], asked_by=row["asked_by"], made_at=datetime.fromisoformat(row["made_at"]),
        began_at=_instant(row["began_at"]), ended_at=_instant(row["ended_at"]),
        not_before=_instant(row["not_before"]), worker=row["worker"], changed=row["changed"],
    )  # fmt: skip


def as_json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def as_text(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="milliseconds") if instant is not None else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
