"""A worker: claims jobs, runs each in a process of its own, keeps their leases, and heeds what people wish.

Any number of workers may run. A job that hangs blocks no other: its process is watched by signs of life and ended, and
short jobs have places of their own. A disk that fills stops the work that fills it, until there is room again.
"""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.clock import Clock, machine
from onrecord.database import Database
from onrecord.errors import LockedError, OnrecordError
from onrecord.jobprocess import JobProcess, Kind
from onrecord.jobs import Job, Outcome
from onrecord.progress import Report
from onrecord.space import ADVICE, Space, space

_log = logging.getLogger("onrecord.work")

_SHORT_AT_ONCE = 4
_URGENT_AT_ONCE = 2
_LOOK_AT_WISHES = 0.5  # seconds
_LOOK_AT_SPACE = 1.0  # seconds
_SPACE_AGAIN = 20.0  # seconds until a job that waits for space asks again
_FIND_AGAIN = 600.0  # seconds: what becomes due by the clock alone is found this late
_FIND_CHANGES = 10.0  # seconds between two looks at whether somebody changed an event by hand
_TIDY = 3600.0  # seconds between copies of the state


@dataclass(frozen=True)
class Ways:
    """How a worker goes about it; seconds."""

    lease: float = jobs.LEASE
    tick: float = 0.2
    grace: float = 10.0  # for a process that was asked to stop
    back_off: float = 30.0  # after the first failed try
    find: float = _FIND_AGAIN
    find_changes: float = _FIND_CHANGES
    space_again: float = _SPACE_AGAIN


@dataclass
class _Run:
    """A job in hand: its process, and what was written down of it."""

    process: JobProcess
    beaten_at: float
    told: Report | None = None

    @property
    def job(self) -> Job:
        return self.process.job

    @property
    def kind(self) -> Kind:
        return self.process.kind


class Worker:
    """Works on the jobs of an archive until it is told to stop. `finder` is a function as for a `Kind`; its result
    `{"jobs": [{"kind", "subject", "item", "details"}, ...]}` is enqueued.
    """

    def __init__(
        self,
        archive: Archive,
        kinds: Sequence[Kind],
        *,
        finder: str = "",
        ways: Ways | None = None,
        clock: Clock | None = None,
        look_at_space: Callable[[Archive], Space] = space,
    ) -> None:
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._archive = archive
        self._kinds = {kind.name: kind for kind in kinds}
        self._finder = finder
        self._ways = ways or Ways()
        self._clock = clock or machine()
        self._look_at_space = look_at_space
        self._runs: list[_Run] = []
        self._finding: JobProcess | None = None
        self._found_at = -1e9
        self._found_in = 0.0
        self._found_sign: object = None
        self._looked_at = 0.0
        self._present_at = -1e9
        self._space: tuple[float, Space] | None = None
        self._settings_at = 0
        self._cleared = 0  # the last change of a job whose leftovers were looked for
        self._tidied = time.monotonic()

    def work(self, until: Callable[[], bool]) -> None:
        """Claims and runs jobs until `until()`; then asks those in hand to stop, and gives them back."""
        opened = self._opened(until)
        if opened is None:
            return
        with closing(opened) as database:
            try:
                while not until():
                    self._round(database)
                    time.sleep(self._ways.tick)
            finally:
                self._end(database)
                with suppress(OnrecordError):
                    jobs.present(database, self.name, lease=0, clock=self._clock)

    def _opened(self, until: Callable[[], bool]) -> Database | None:
        """The state, once whoever writes in it lets go: a process that was halted in the middle goes on one day."""
        while not until():
            try:
                return Database(self._archive, jobs.PART)
            except LockedError as error:
                _log.warning("the worker waits: %s", error)
                time.sleep(self._ways.tick)
        return None

    def _round(self, database: Database) -> None:
        try:
            self._tidy(database)
            now = time.monotonic()
            look = now - self._looked_at >= _LOOK_AT_WISHES
            if look:
                self._looked_at = now
            for run in list(self._runs):
                self._look_after(database, run, look=look)
            if look:
                self._clear(database)
            self._claim(database)
            self._find(database)
        except (
            OnrecordError
        ) as error:  # such as a full disk: nothing can be written down, and the next round may
            _log.error("the worker waits: %s", error)
            time.sleep(1)

    def _clear(self, database: Database) -> None:
        """Throws away what jobs have left that were called off, also while no worker was there."""
        for job in jobs.called_off_since(database, self._cleared):
            self._cleared = job.changed
            kind = self._kinds.get(job.kind)
            if kind is None or not kind.leftovers:
                continue
            module, _, name = kind.leftovers.partition(":")
            try:
                gone: tuple[Path, ...] = getattr(importlib.import_module(module), name)(self._archive, job)
            except OSError as error:
                _log.error("what job %d has left could not be cleared away: %s", job.id, error.strerror)
                continue
            if gone:
                line = f"cleared away: {', '.join(self._archive.shown(path) for path in gone)}"
                jobs.log(database, job.id, line, clock=self._clock)

    # Claiming

    def _claim(self, database: Database) -> None:
        room = self._room()
        at_once = int(self._settings().number("jobs.recordings-at-once"))
        for lane, most in (("urgent", _URGENT_AT_ONCE), ("short", _SHORT_AT_ONCE), ("long", at_once)):
            kinds = [
                kind.name
                for kind in self._kinds.values()
                if kind.lane == lane and (room.enough or not kind.fills)
            ]
            while kinds and sum(run.kind.lane == lane for run in self._runs) < most:
                job = jobs.claim(database, self.name, kinds, lease=self._ways.lease, clock=self._clock)
                if job is None:
                    break
                self._begin(database, job)

    def _begin(self, database: Database, job: Job) -> None:
        kind = self._kinds[job.kind]
        if job.tries >= kind.tries:
            error = f"it was begun {job.tries} times and never came to its end."
            advice = "Look at the log; then run it again, or take another recording."
            jobs.finish(
                database, job, self.name, Outcome("failed", error=error, advice=advice), clock=self._clock
            )
            return
        if job.tries:
            jobs.log(database, job.id, f"begun again, after {job.tries} tries that failed", clock=self._clock)
        else:
            jobs.log(database, job.id, "begun", clock=self._clock)
        process = JobProcess(self._archive.root, job, kind)
        self._runs.append(_Run(process, process.began))

    # Looking after what is in hand

    def _look_after(self, database: Database, run: _Run, *, look: bool) -> None:
        process = run.process
        if process.ended:
            self._ended(database, run)
            return
        now = time.monotonic()
        report, lines = process.news()
        due = now - run.beaten_at >= self._ways.lease / 3
        fresh = report is not None and report != run.told and (
            run.told is None or report.stage != run.told.stage or now - run.beaten_at >= 1
        )  # fmt: skip
        wished = ""
        if lines or due or fresh:
            with database.writing():
                wished = jobs.heartbeat(
                    database, run.job, self.name, report if fresh else None,
                    pace=process.pace(report), lease=self._ways.lease, clock=self._clock,
                )  # fmt: skip
                for line in lines if wished != "lost" else ():
                    jobs.log(database, run.job.id, line, clock=self._clock)
            run.beaten_at, run.told = now, report
        elif look:
            wished = self._wished(database, run)
        if wished == "lost":
            self._lose(run)
            return
        if wished in ("pause", "cancel"):
            process.ask(wished)
        elif run.kind.fills and not self._room().enough:
            process.ask("space")
        elif now - process.alive_at > run.kind.silence and not process.asked:
            process.ask("silence")
        if process.overdue(self._ways.grace):
            process.kill()

    def _lose(self, run: _Run) -> None:
        """Another worker has the job: nothing more is written down of it here."""
        _log.warning("job %d was taken over by another worker", run.job.id)
        run.process.kill()
        run.process.close()
        self._runs.remove(run)

    def _wished(self, database: Database, run: _Run) -> str:
        with database.reading() as connection:
            row = connection.execute(
                "SELECT wanted FROM jobs WHERE id = ? AND worker = ?", (run.job.id, self.name)
            ).fetchone()
        return row["wanted"] if row is not None else "lost"

    def _ended(self, database: Database, run: _Run) -> None:
        """Writes down how a run ended."""
        process = run.process
        words = process.close()
        report, lines = process.news()
        self._runs.remove(run)
        outcome = self._judged(process)
        if process.outcome is None or process.outcome["state"] == "slipped":
            lines += words
        try:
            with database.writing():
                for line in lines:
                    jobs.log(database, run.job.id, line, clock=self._clock)
                if report is not None:
                    jobs.heartbeat(
                        database, run.job, self.name, report, lease=self._ways.lease, clock=self._clock
                    )
                jobs.finish(database, run.job, self.name, outcome, clock=self._clock)
                jobs.log(database, run.job.id, _sentence(outcome), clock=self._clock)
        except LockedError:
            _log.warning("job %d was taken over by another worker", run.job.id)

    def _judged(self, run: JobProcess) -> Outcome:
        """What the end of a run means for its job."""
        job, kind, told = run.job, run.kind, run.outcome
        if told is None or told["state"] == "stopped":
            wanted = told["wanted"] if told else run.asked
            if wanted == "pause":
                return Outcome("paused")
            if wanted == "cancel":
                return Outcome("cancelled")
            if wanted == "stop":
                return Outcome("queued", note="its worker was ended; it goes on with the next one")
            if wanted == "space":
                return self._waits_for_space(self._room().sentence)
            if wanted == "silence":
                error = f"it gave no sign of life for {kind.silence / 60:.0f} minutes and was ended."
            else:
                error = f"its process ended without a word ({run.how})."
            advice = (
                "If it happens again, look at the log and at the memory of this machine, then run it again."
            )
            told = {"state": "tried", "error": error, "advice": advice, "wait": None}
        state, error, advice = told["state"], told.get("error", ""), told.get("advice", "")
        if state == "done":
            return Outcome("done", told["result"])
        if state == "space":  # it asked for more than there is: a server need not be asked each time
            return replace(self._waits_for_space(error), wait=15 * self._ways.space_again)
        if state == "again":
            return Outcome("waiting", error=error, advice=advice, wait=told["wait"])
        most = min(kind.tries, 3) if state == "slipped" else kind.tries
        if state in ("tried", "slipped") and job.tries + 1 < most:
            wait = jobs.back_off(job.tries + 1, first=self._ways.back_off)
            return Outcome(
                "waiting", error=error, advice=advice, wait=max(wait, told.get("wait") or 0), failed_try=True
            )
        return Outcome("failed", error=error, advice=advice, failed_try=True)

    def _waits_for_space(self, error: str) -> Outcome:
        return Outcome("waiting", error=error, advice=ADVICE, wait=self._ways.space_again)

    def _end(self, database: Database) -> None:
        """Asks all that is in hand to stop, and gives it back to whoever comes next."""
        if self._finding is not None:
            self._finding.kill()
            self._finding.close()
            self._finding = None
        for run in self._runs:
            run.process.ask("stop")
        deadline = time.monotonic() + self._ways.grace
        while self._runs:
            if time.monotonic() > deadline:
                for run in self._runs:
                    run.process.kill()
            for run in list(self._runs):
                if run.process.ended:
                    with suppress(OnrecordError):
                        self._ended(database, run)
            time.sleep(0.05)

    # Space, settings, copies

    def _room(self) -> Space:
        now = time.monotonic()
        if self._space is None or now - self._space[0] >= _LOOK_AT_SPACE:
            self._settings()
            found = self._look_at_space(self._archive)
            if self._space is not None and self._space[1].enough != found.enough:
                _log.warning("%s", found.sentence if not found.enough else "there is space again")
            self._space = (now, found)
        return self._space[1]

    def _settings(self) -> Any:
        """The settings in force; a change by hand is seen, a slip in one is not taken."""
        with suppress(OSError):
            at = self._archive.settings_file.stat().st_mtime_ns
            if at != self._settings_at:
                self._settings_at = at
                fresh = replace(self._archive)
                try:
                    fresh.settings  # noqa: B018 - read now
                    self._archive = fresh
                except OnrecordError as error:
                    _log.error("the settings are not taken: %s", error)
        return self._archive.settings

    def _tidy(self, database: Database) -> None:
        now = time.monotonic()
        if now - self._present_at >= self._ways.lease / 3:
            self._present_at = now
            jobs.present(database, self.name, lease=self._ways.lease, clock=self._clock)
        if now - self._tidied >= _TIDY:
            self._tidied = now
            database.keep_copy(self._clock.wall())
            jobs.prune(database)

    # Finding work that nobody asked for

    def _find(self, database: Database) -> None:
        if self._finding is not None:
            self._take_found(database)
            return
        now = time.monotonic()
        # A look at a large archive takes seconds: most of the time is for other things.
        if not self._finder or now - self._found_at < max(self._ways.find_changes, 10 * self._found_in):
            return
        if not (self._settings().flag("jobs.find-work") and self._room().enough):
            return
        sign = _sign(self._archive)
        if sign == self._found_sign and now - self._found_at < self._ways.find:
            return
        self._found_at, self._found_sign = now, sign
        kind = Kind("find work", self._finder, silence=self._ways.find)
        job = replace(_NO_JOB, made_at=self._clock.wall())
        self._finding = JobProcess(self._archive.root, job, kind)

    def _take_found(self, database: Database) -> None:
        run = self._finding
        assert run is not None
        if not run.ended:
            if time.monotonic() - run.began > run.kind.silence:
                run.kill()
            return
        run.close()
        self._found_in = time.monotonic() - run.began
        self._finding = None
        if run.outcome is None or run.outcome["state"] in ("failed", "slipped"):
            _log.error(
                "work could not be looked for: %s", (run.outcome or {}).get("error", "its process ended")
            )
            return
        for row in run.outcome.get("result", {}).get("jobs", ()):
            if self._is_new(database, row):
                jobs.enqueue(
                    database,
                    row["kind"],
                    row["subject"],
                    row["item"],
                    details=row["details"],
                    clock=self._clock,
                )

    def _is_new(self, database: Database, row: Mapping[str, Any]) -> bool:
        """Whether what was found is not what has just failed, or was called off by a person."""
        before = jobs.recent(database, kind=row["kind"], subject=row["subject"], item=row["item"], limit=1)
        if not before or before[0].state not in jobs.FINISHED:
            return True
        last, seen = before[0], row["details"].get("seen")
        if seen is not None and last.state == "cancelled":
            return bool(last.details.get("seen", seen) != seen)
        if seen is not None and last.details.get("seen") != seen:
            return True
        rested = (
            last.ended_at is None
            or abs((self._clock.wall() - last.ended_at).total_seconds()) > self._ways.find
        )
        return rested and (last.state == "done" or seen is None)


_NO_JOB = Job(
    id=0, kind="find work", subject="", item="", details={}, result={}, round=1, state="running", wanted="", stage="",
    done=0, total=None, unit="", note="", pace=None, error="", advice="", tries=0, asked_by="",
    made_at=datetime.min.replace(tzinfo=UTC), began_at=None, ended_at=None, not_before=None, worker="", changed=0,
)  # fmt: skip


def _sentence(outcome: Outcome) -> str:
    """A run's end, for the log."""
    ends = {"done": "done", "paused": "paused", "cancelled": "cancelled", "queued": outcome.note}
    if outcome.state == "waiting":
        return f"{outcome.error} Tried again in {outcome.wait:.0f} s."
    return ends.get(outcome.state) or f"failed: {outcome.error} {outcome.advice}".strip()


def _sign(archive: Archive) -> object:
    """Something that is another thing when an event or the settings were changed by hand."""
    times = []
    for path in (archive.settings_file, archive.events):
        with suppress(OSError):
            times.append((path.name, path.stat().st_mtime_ns))
    with suppress(OSError), os.scandir(archive.events) as entries:
        for entry in entries:
            with suppress(OSError):
                times.append((entry.name, entry.stat().st_mtime_ns))
    watched = archive.settings.text("fetch.watch")
    if watched:
        with suppress(OSError):
            times.append(("watch", (archive.root / watched).stat().st_mtime_ns))
    return sorted(times)
