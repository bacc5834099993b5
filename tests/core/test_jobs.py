"""Jobs: claimed once, held on a lease by a clock that does not jump, wished at by people."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.clock import Clock, machine
from onrecord.database import Database
from onrecord.errors import ConflictError, LockedError, NotFoundError
from onrecord.jobs import Outcome
from onrecord.progress import Report


@dataclass
class Hands:
    """Clocks that a test sets."""

    steady: float = 1000.0
    wall: datetime = datetime(2026, 7, 1, 12, tzinfo=UTC)
    boot: str = "first"

    @property
    def clock(self) -> Clock:
        return Clock(self.boot, lambda: self.steady, lambda: self.wall)

    def pass_time(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    with closing(Database(archive, jobs.PART)) as opened:
        yield opened


@pytest.fixture
def hands() -> Hands:
    return Hands()


def claimed(database: Database, hands: Hands, worker: str = "one") -> jobs.Job:
    found = jobs.claim(database, worker, ["recording"], lease=30, clock=hands.clock)
    assert found is not None
    return found


def states(database: Database) -> list[tuple[int, str]]:
    return [(job.id, job.state) for job in reversed(jobs.recent(database))]


def test_asking_again_gives_the_unfinished_job(database: Database, hands: Hands) -> None:
    """One unfinished job for each kind, subject and item; a finished one makes room for the next."""
    first = jobs.enqueue(
        database, "recording", "talk", "part-1", details={"from": "fetch"}, by="Anna", clock=hands.clock
    )
    assert jobs.enqueue(database, "recording", "talk", "part-1", clock=hands.clock) == first
    assert jobs.enqueue(database, "recording", "talk", "part-2").id == 2
    job = claimed(database, hands)
    jobs.finish(database, job, "one", Outcome("done", {"files": 1}), clock=hands.clock)
    assert jobs.enqueue(database, "recording", "talk", "part-1").id == 3
    done = jobs.find(database, first.id)
    assert (done.state, done.details, done.result, done.asked_by, done.made_at, done.ended_at) == (
        "done", {"from": "fetch"}, {"files": 1}, "Anna", hands.wall, hands.wall,
    )  # fmt: skip


def test_the_oldest_job_of_the_kinds_is_claimed_once(database: Database, hands: Hands) -> None:
    """A second worker gets the next one, then none."""
    for item in ("part-1", "part-2"):
        jobs.enqueue(database, "recording", "talk", item)
    jobs.enqueue(database, "look", "", "address")
    found = [
        jobs.claim(database, worker, ["recording"], clock=hands.clock) for worker in ("one", "two", "three")
    ]
    assert [(job.item, job.worker) if job else None for job in found] == [
        ("part-1", "one"),
        ("part-2", "two"),
        None,
    ]


def test_what_people_asked_for_comes_first(database: Database, hands: Hands) -> None:
    """A thousand recordings that were found keep nobody waiting."""
    for item, by in (("found", ""), ("asked", "Anna"), ("later", "Anna")):
        jobs.enqueue(database, "recording", "talk", item, by=by)
    assert [claimed(database, hands).item for _ in range(3)] == ["asked", "later", "found"]


def test_a_dead_workers_job_is_taken_over_when_its_lease_ran_out(database: Database, hands: Hands) -> None:
    """Not a second before; and the dead one, coming back, can neither go on nor finish."""
    jobs.enqueue(database, "recording", "talk", "part-1")
    first = claimed(database, hands)
    hands.pass_time(10)
    assert jobs.heartbeat(database, first, "one", lease=30, clock=hands.clock) == "go on"
    hands.pass_time(29)
    assert jobs.claim(database, "two", ["recording"], clock=hands.clock) is None
    hands.pass_time(2)
    second = claimed(database, hands, "two")
    assert (second.id, second.worker, second.tries) == (first.id, "two", 1)
    assert (
        jobs.heartbeat(database, first, "one", Report("fetch", "", 1, 2, "bytes"), clock=hands.clock)
        == "lost"
    )
    with pytest.raises(LockedError, match="another worker"):
        jobs.finish(database, first, "one", Outcome("done"), clock=hands.clock)
    assert jobs.find(database, first.id).stage == ""
    jobs.finish(database, second, "two", Outcome("done"), clock=hands.clock)
    assert jobs.find(database, first.id).state == "done"


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta(days=-9000)])
def test_a_wall_clock_that_jumps_changes_no_lease_and_no_wait(
    database: Database, hands: Hands, jump: timedelta
) -> None:
    """Neither early nor late: the lease and the wait for the next try are kept by the steady clock."""
    jobs.enqueue(database, "recording", "talk", "part-1", clock=hands.clock)
    job = claimed(database, hands)
    hands.wall += jump
    hands.pass_time(29)
    assert jobs.claim(database, "two", ["recording"], clock=hands.clock) is None
    jobs.finish(database, job, "one", Outcome("waiting", error="no answer", wait=60), clock=hands.clock)
    hands.wall += jump
    hands.pass_time(59)
    assert jobs.claim(database, "two", ["recording"], clock=hands.clock) is None
    hands.pass_time(2)
    assert claimed(database, hands, "two").id == job.id


@pytest.mark.parametrize(("jump", "ready"), [(61, True), (59, False), (-86400, True), (86400, True)])
def test_after_a_new_start_of_the_machine_the_wait_goes_by_the_wall(
    database: Database, hands: Hands, jump: float, ready: bool
) -> None:
    """A clock that was set back in between makes a try come early, never a day late."""
    jobs.enqueue(database, "recording", "talk", "part-1", clock=hands.clock)
    job = claimed(database, hands)
    jobs.finish(database, job, "one", Outcome("waiting", wait=60), clock=hands.clock)
    hands.boot, hands.steady = "second", 5.0
    hands.wall += timedelta(seconds=jump)
    assert (jobs.claim(database, "two", ["recording"], clock=hands.clock) is not None) == ready


def test_a_lease_from_before_the_machine_was_started_again_is_void(database: Database, hands: Hands) -> None:
    """At once, though the steady clock began again; also where the machine does not name its starts."""
    jobs.enqueue(database, "recording", "talk", "part-1")
    claimed(database, hands)
    hands.boot, hands.steady = "second", 5.0
    again = claimed(database, hands, "two")
    hands.steady = -100.0
    assert claimed(database, hands, "three").id == again.id


def test_a_job_for_later_waits_for_the_walls_clock(database: Database, hands: Hands) -> None:
    """What is to happen at an instant happens then."""
    later = hands.wall + timedelta(hours=1)
    made = jobs.enqueue(database, "recording", "talk", not_before=later, clock=hands.clock)
    assert (made.state, made.not_before) == ("waiting", later)
    assert jobs.claim(database, "one", ["recording"], clock=hands.clock) is None
    hands.wall = later
    assert claimed(database, hands).id == made.id


def test_progress_and_the_log_are_written_down(database: Database, hands: Hands) -> None:
    """Stage, done, total, pace and the time left; of the log the last thousand lines."""
    jobs.enqueue(database, "recording", "talk", "part-1")
    job = claimed(database, hands)
    report = Report("transcribe", "talk part-1", 60_000, 600_000, "ms", "two of ten")
    assert jobs.heartbeat(database, job, "one", report, pace=2000.0, clock=hands.clock) == "go on"
    seen = jobs.find(database, job.id)
    assert (seen.stage, seen.done, seen.total, seen.unit, seen.note, seen.pace, seen.left) == (
        "transcribe", 60_000, 600_000, "ms", "two of ten", 2000, 270,
    )  # fmt: skip
    for number in range(1003):
        jobs.log(database, job.id, f"line\n{number}", clock=hands.clock)
    lines = jobs.log_of(database, job.id)
    assert (lines[0], len(lines)) == ((4, hands.wall, "line 3"), 1000)
    assert jobs.log_of(database, job.id, 1002) == [(1003, hands.wall, "line 1002")]
    assert [one.id for one in jobs.changed_since(database, seen.changed)] == [job.id]
    assert jobs.changed_since(database, jobs.find(database, job.id).changed) == ()


# before: what becomes of it when one wishes for pause, cancel, resume, again; "-": refused
_WISHES = {
    "queued": "paused cancelled - -",
    "running": "running running - -",
    "paused": "paused cancelled queued queued",
    "waiting": "paused cancelled queued queued",
    "done": "- - - queued",
    "failed": "- cancelled - queued",
    "cancelled": "- - - queued",
}


@pytest.mark.parametrize(
    ("before", "wished", "after"),
    [
        (before, wished, after)
        for before, row in _WISHES.items()
        for wished, after in zip(("pause", "cancel", "resume", "again"), row.split(), strict=True)
    ],
)
def test_what_may_be_wished_in_which_state(
    database: Database, hands: Hands, before: str, wished: jobs.Wish, after: str
) -> None:
    """Every wish in every state: carried out at once, told to the worker, or refused."""
    made = jobs.enqueue(database, "recording", "talk", "part-1")
    if before != "queued":
        job = claimed(database, hands)
        if before != "running":
            jobs.finish(database, job, "one", Outcome(before, wait=60), clock=hands.clock)  # type: ignore[arg-type]
    assert jobs.find(database, made.id).state == before
    if after == "-":
        with pytest.raises(ConflictError, match=f"that cannot be done with job {made.id} now"):
            jobs.wish(database, made.id, wished, clock=hands.clock)
    else:
        assert jobs.wish(database, made.id, wished, clock=hands.clock).state == after


def test_a_running_job_is_told_what_is_wished(database: Database, hands: Hands) -> None:
    """A pause can be taken back until it was heeded; a cancel cannot become a pause."""
    made = jobs.enqueue(database, "recording", "talk", "part-1")
    job = claimed(database, hands)
    told = []
    for wished in ("pause", "resume", "pause", "cancel", "pause"):
        jobs.wish(database, made.id, wished, clock=hands.clock)  # type: ignore[arg-type]
        told.append(jobs.heartbeat(database, job, "one", clock=hands.clock))
    assert told == ["pause", "go on", "pause", "cancel", "cancel"]
    jobs.finish(database, job, "one", Outcome("queued"), clock=hands.clock)
    assert jobs.find(database, made.id).state == "cancelled"


@pytest.mark.parametrize(("wished", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_wish_to_a_dead_worker_is_heeded_by_the_next(
    database: Database, hands: Hands, wished: jobs.Wish, state: str
) -> None:
    """The job is not begun again first."""
    made = jobs.enqueue(database, "recording", "talk", "part-1")
    claimed(database, hands)
    jobs.wish(database, made.id, wished, clock=hands.clock)
    hands.pass_time(31)
    assert jobs.claim(database, "two", ["recording"], clock=hands.clock) is None
    assert jobs.find(database, made.id).state == state


def test_a_wish_to_a_job_whose_worker_is_dead_is_heeded_at_once(database: Database, hands: Hands) -> None:
    """No worker need be there."""
    made = jobs.enqueue(database, "recording", "talk", "part-1")
    claimed(database, hands)
    hands.pass_time(31)
    assert jobs.wish(database, made.id, "cancel", clock=hands.clock).state == "cancelled"


def test_again_begins_a_new_round_from_a_stage(database: Database, hands: Hands) -> None:
    """What was wished for the round before does not stick, and other work on the same thing is not doubled."""
    made = jobs.enqueue(database, "recording", "talk", "part-1", details={"language": "uk"})
    job = claimed(database, hands)
    jobs.finish(
        database,
        job,
        "one",
        Outcome("failed", error="no", advice="Look.", failed_try=True),
        clock=hands.clock,
    )
    again = jobs.wish(
        database, made.id, "again", "transcribe", by="Anna", details={"replace": True}, clock=hands.clock
    )
    assert (again.state, again.round, again.tries, again.error, again.advice, again.asked_by, again.details) == (
        "queued", 2, 0, "", "", "Anna", {"language": "uk", "from": "transcribe", "replace": True},
    )  # fmt: skip
    jobs.finish(database, claimed(database, hands), "one", Outcome("done"), clock=hands.clock)
    third = jobs.wish(database, made.id, "again", clock=hands.clock)
    assert (third.round, third.details) == (3, {"language": "uk"})
    jobs.wish(database, made.id, "cancel")
    jobs.enqueue(database, "recording", "talk", "part-1")
    with pytest.raises(ConflictError, match="job 2 is at the same work already"):
        jobs.wish(database, made.id, "again")


def test_a_job_that_there_is_not_is_told(database: Database) -> None:
    """For pages that are kept open for months."""
    for ask in (lambda: jobs.find(database, 7), lambda: jobs.wish(database, 7, "pause")):
        with pytest.raises(NotFoundError, match="there is no job 7"):
            ask()


def test_an_enqueued_job_lasts_with_the_block_around_it(database: Database) -> None:
    """So what a page changes and the job for it stand together or not at all."""
    with pytest.raises(ValueError, match="slip"), database.writing():
        jobs.enqueue(database, "recording", "talk", "part-1")
        raise ValueError("slip")
    assert jobs.recent(database) == ()


def test_lists_are_by_state_subject_and_id(database: Database, hands: Hands) -> None:
    """Unfinished ones from the oldest, recent ones from the latest, in pages."""
    for number in range(1, 6):
        jobs.enqueue(database, "recording", "talk" if number < 5 else "other", f"part-{number}")
    jobs.finish(database, claimed(database, hands), "one", Outcome("done"), clock=hands.clock)
    assert [job.id for job in jobs.unfinished(database)] == [2, 3, 4, 5]
    assert [job.id for job in jobs.unfinished(database, subject="other")] == [5]
    assert [job.id for job in jobs.recent(database, subject="talk", limit=2)] == [4, 3]
    assert [job.id for job in jobs.recent(database, subject="talk", before=3)] == [2, 1]
    assert [job.id for job in jobs.recent(database, states=["done"])] == [1]


def test_old_finished_jobs_are_forgotten_unfinished_ones_never(
    database: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list cannot grow for ever."""
    monkeypatch.setattr(jobs, "_KEPT", 2)
    jobs.enqueue(database, "recording", "talk", "kept")
    jobs.wish(database, 1, "pause")
    for number in range(4):
        jobs.enqueue(database, "recording", "talk", str(number))
        jobs.finish(database, claimed(database, hands), "one", Outcome("done"), clock=hands.clock)
    jobs.prune(database)
    assert states(database) == [(1, "paused"), (4, "done"), (5, "done")]


_CLAIMER = """
import json, sys
from pathlib import Path
from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
database = Database(Archive(Path(sys.argv[1])), jobs.PART)
print("ready", flush=True)
sys.stdin.readline()
mine = []
while (job := jobs.claim(database, sys.argv[2], ["recording"])) is not None:
    mine.append(job.id)
    jobs.finish(database, job, sys.argv[2], jobs.Outcome("done"))
print(json.dumps(mine))
"""


def test_2000_jobs_claimed_by_four_processes_are_claimed_once_each(
    archive: Archive, database: Database
) -> None:
    """The figure that the design is built on: 2,000 claims, 2,000 unique."""
    with database.writing():
        for number in range(2000):
            jobs.enqueue(database, "recording", "talk", str(number))
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", _CLAIMER, str(archive.root), f"worker-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        assert claimer.stdin is not None
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    shares = [json.loads(claimer.communicate()[0]) for claimer in claimers]
    assert sorted(number for share in shares for number in share) == list(range(1, 2001))
    assert all(shares)


def test_workers_say_that_they_are_there(database: Database, hands: Hands) -> None:
    """For as long as their lease; one that goes says so."""
    assert jobs.workers(database, clock=hands.clock) == 0
    for name in ("one", "two"):
        jobs.present(database, name, clock=hands.clock)
    assert jobs.workers(database, clock=hands.clock) == 2
    jobs.present(database, "two", lease=0, clock=hands.clock)
    assert jobs.workers(database, clock=hands.clock) == 1
    hands.pass_time(31)
    assert jobs.workers(database, clock=hands.clock) == 0


def test_the_machines_clocks_go_on() -> None:
    """The steady clock is one for all processes, and never goes back."""
    here = machine()
    code = "from onrecord.clock import machine; clock = machine(); print(clock.boot, clock.steady())"
    before = here.steady()
    boot, there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert boot == here.boot
    assert before < float(there) < here.steady()


def test_waits_grow_and_end_at_six_hours() -> None:
    """Doubled each time, spread by a fifth."""
    assert 24 <= jobs.back_off(1) <= 36
    assert 96 <= jobs.back_off(3) <= 144
    assert 0.8 * 21600 <= jobs.back_off(5000) <= 1.2 * 21600
