"""Who follows which jobs: one look at the database for all that look at pages, twice a second, and only while somebody does."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from onrecord import jobs
from onrecord.database import Database
from onrecord.errors import LockedError
from onrecord.languages import N_

_LOOK = 0.5  # seconds
_MOST = 100  # pages that are followed at once
_MOST_EACH = 12  # of one session
_THREADS = 2
_KEPT = 200  # pieces of pages

_log = logging.getLogger("onrecord.desk")
_ending = threading.Event()


def end_streams() -> None:
    """Lets all that follow go, at the end of the server; may be called from a signal's handler."""
    _ending.set()


class Follower:
    """Wakes those who follow a job, or all, when it has changed."""

    def __init__(self, database: Database) -> None:
        self.ended = False
        self._database = database
        self._waiting: dict[asyncio.Event, tuple[int, str]] = {}
        self._task: asyncio.Task[None] | None = None
        self._made: dict[Hashable, tuple[int, str]] = {}
        self._limiter = CapacityLimiter(_THREADS)

    @contextmanager
    def following(self, job: int, session: str) -> Iterator[asyncio.Event]:
        """An event that is set when the job `job` (0: any) has changed. Raises `LockedError` where too many follow."""
        mine = sum(one == session for _, one in self._waiting.values())
        if len(self._waiting) >= _MOST or mine >= _MOST_EACH:
            raise LockedError(
                N_("Too many pages are followed at once."),
                advice=N_("Close some of them, then load this one again."),
            )
        woken = asyncio.Event()
        self._waiting[woken] = (job, session)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield woken
        finally:
            del self._waiting[woken]

    def once(self, key: Hashable, changed: int, make: Callable[[], str]) -> str:
        """What `make` gives, made once for all who ask for the same at the same state."""
        known = self._made.get(key)
        if known is None or known[0] != changed:
            if len(self._made) >= _KEPT:
                self._made.clear()
            known = self._made[key] = (changed, make())
        return known[1]

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Runs what asks the database, beside what pages run, and few at once."""
        return await to_thread.run_sync(function, *arguments, limiter=self._limiter)

    async def _look(self) -> None:
        known = await self.in_thread(jobs.last_change, self._database)
        while self._waiting:
            await asyncio.sleep(_LOOK)
            if _ending.is_set():
                self.ended = True
                for woken in self._waiting:
                    woken.set()
                return
            try:
                changed = await self.in_thread(jobs.changed_since, self._database, known)
            except Exception:
                _log.exception("the jobs could not be looked at")
                continue
            if not changed:
                continue
            known = changed[-1].changed
            which = {job.id for job in changed}
            for woken, (job, _) in self._waiting.items():
                if not job or job in which:
                    woken.set()


_followers: RunVar[dict[Database, Follower]] = RunVar("followers of jobs")  # for each event loop


def follower(database: Database) -> Follower:
    """The one that all pages of a database share."""
    known = _followers.get({})
    if database not in known:
        known[database] = Follower(database)
        _followers.set(known)
    return known[database]
