"""A worker with real processes: takeover, wishes, jobs that hang, a disk that fills."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.clock import Clock, machine
from onrecord.database import Database
from onrecord.jobprocess import Kind
from onrecord.space import Space
from onrecord.worker import Ways, Worker

# What the jobs of these tests do. Each keeps a line in a file for each time that it begins and ends.
HANDLERS = """
import os, sys, time
from onrecord.errors import FetchError, LockedError, NotFoundError, StorageError
from onrecord.progress import Report

def _note(archive, job, what):
    with open(archive.root / f"{job.id}.runs", "a") as file:
        file.write(f"{what} {os.getpid()} {time.monotonic()}\\n")

def quick(archive, job, listen, stop):
    _note(archive, job, "begin")
    print("a library prints this")
    listen(Report("work", job.subject, 1, 1, "items", "nearly"))
    _note(archive, job, "end")
    return {"answer": job.details.get("question", "")}

def long(archive, job, listen, stop):
    _note(archive, job, "begin")
    for number in range(1, 601):
        listen(Report("work", job.subject, number, 600, "items"))
        time.sleep(0.05)
    _note(archive, job, "end")

def hangs(archive, job, listen, stop):
    _note(archive, job, "begin")
    listen(Report("work", job.subject, 1, 600, "items"))
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass

def unsure(archive, job, listen, stop):
    _note(archive, job, "begin")
    raise FetchError("the server did not answer.", advice="Wait.", permanent=job.subject == "never")

def slips(archive, job, listen, stop):
    _note(archive, job, "begin")
    return {}["nothing"]

def missing(archive, job, listen, stop):
    raise NotFoundError("there is no such thing.", advice="Look elsewhere.")

def polite(archive, job, listen, stop):
    try:
        session = open("/proc/self/autogroup").read().split()[-1]
    except OSError:  # not every system has it
        session = "10"
    return {"nice": os.nice(0), "session": int(session)}

def full(archive, job, listen, stop):
    if not (archive.root / "emptied").exists():
        open("/dev/full", "w", buffering=1).write("x" * 10000 + "\\n")

def dies(archive, job, listen, stop):
    _note(archive, job, "begin")
    os.kill(os.getpid(), 9)

def found(archive, job, listen, stop):
    return {"jobs": [{"kind": "quick", "subject": "talk", "item": "part-1", "details": {"seen": "one"}}]}
"""
WAYS = Ways(lease=10, tick=0.05, grace=1, back_off=0.2, find=600, find_changes=0.2, space_again=0.2)
KINDS = (
    Kind("quick", "jobs_of_tests:quick", fills=False),
    Kind("long", "jobs_of_tests:long", long=True),
    Kind("hangs", "jobs_of_tests:hangs", long=True, silence=5, tries=2),
    Kind("unsure", "jobs_of_tests:unsure", tries=3),
    Kind("slips", "jobs_of_tests:slips"),
    Kind("missing", "jobs_of_tests:missing"),
    Kind("full", "jobs_of_tests:full"),
    Kind("polite", "jobs_of_tests:polite"),
    Kind("dies", "jobs_of_tests:dies", tries=2),
)
WORKER = """
import sys
from pathlib import Path
from onrecord.archive import Archive
from onrecord.worker import Worker
sys.path.insert(0, sys.argv[2])
from worker_of_tests import KINDS, WAYS
Worker(Archive(Path(sys.argv[1])), KINDS, ways=WAYS).work(lambda: False)
"""


@pytest.fixture(autouse=True)
def handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that the processes of jobs find."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "jobs_of_tests.py").write_text(HANDLERS)
    rows = [f"Kind({k.name!r}, {k.run!r}, {k.long}, {k.fills}, {k.silence}, {k.tries})" for k in KINDS]
    (folder / "worker_of_tests.py").write_text(
        f"from onrecord.jobprocess import Kind\nfrom onrecord.worker import Ways\nKINDS = [{', '.join(rows)}]\nWAYS = {WAYS!r}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    with closing(Database(archive, jobs.PART)) as opened:
        yield opened


@contextmanager
def working(archive: Archive, **others: object) -> Iterator[Worker]:
    """A worker in a thread of this process."""
    stop = threading.Event()
    worker = Worker(archive, KINDS, **{"ways": WAYS, **others})  # type: ignore[arg-type]
    thread = threading.Thread(target=worker.work, args=(stop.is_set,))
    thread.start()
    try:
        yield worker
    finally:
        stop.set()
        thread.join()


@contextmanager
def worker_process(archive: Archive, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, which may be killed."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(archive.root), str(tmp_path / "modules")])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(true: Callable[[], object], seconds: float = 60) -> float:
    """Waits until something is true; how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not come true"
        time.sleep(0.02)
    return time.monotonic() - began


def runs(archive: Archive, job: jobs.Job) -> list[tuple[str, int]]:
    with suppress(FileNotFoundError):
        lines = (archive.root / f"{job.id}.runs").read_text().splitlines()
        return [(line.split()[0], int(line.split()[1])) for line in lines]
    return []


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def stopped_between_writes(archive: Archive, worker: subprocess.Popen[bytes]) -> bool:
    """Stops a worker; where it holds the archive's state just then, it goes on, and this is false."""
    os.kill(worker.pid, signal.SIGSTOP)
    with closing(sqlite3.connect(archive.state_file, timeout=0.2, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            os.kill(worker.pid, signal.SIGCONT)
            return False
    return True


def state(database: Database, job: jobs.Job) -> str:
    return jobs.find(database, job.id).state


def lines(database: Database, job: jobs.Job) -> list[str]:
    return [line for _, _, line in jobs.log_of(database, job.id)]


def test_a_job_is_done_with_its_result_and_its_log(archive: Archive, database: Database) -> None:
    """What a library prints goes nowhere; stage, note and end are in the log."""
    job = jobs.enqueue(database, "quick", "talk", details={"question": "why"})
    with working(archive):
        eventually(lambda: state(database, job) == "done")
    done = jobs.find(database, job.id)
    assert (done.result, done.stage, done.done, done.total) == ({"answer": "why"}, "work", 1, 1)
    assert lines(database, job) == [
        "begun",
        "work: began",
        "work: nearly",
        "work: ended after 0 s",
        "done",
    ]


def test_a_job_lets_people_go_first(archive: Archive, database: Database) -> None:
    """It has a lower priority than whoever serves pages; its session too, where the processor is shared among those."""
    job = jobs.enqueue(database, "polite", "talk")
    with working(archive):
        eventually(lambda: state(database, job) == "done")
    assert jobs.find(database, job.id).result == {"nice": min(os.nice(0) + 10, 19), "session": 10}


def test_a_killed_workers_job_is_taken_over_within_two_leases(
    archive: Archive, database: Database, tmp_path: Path
) -> None:
    """The killed worker's process ends with it, before the other worker begins."""
    job = jobs.enqueue(database, "long")
    with worker_process(archive, tmp_path) as first:
        eventually(lambda: runs(archive, job))
        with worker_process(archive, tmp_path):
            eventually(lambda: jobs.workers(database) == 2)
            first.kill()
            took = eventually(lambda: jobs.find(database, job.id).tries == 1)
            eventually(lambda: len(runs(archive, job)) == 2)
            (_, before), (_, after) = runs(archive, job)
            assert before != after
            assert not is_alive(before)
            assert is_alive(after)
    assert took < 2 * WAYS.lease


def test_a_worker_that_stood_still_cannot_run_a_job_beside_the_next(
    archive: Archive, database: Database, tmp_path: Path
) -> None:
    """Worker and process are stopped and go on later: by then the process was ended, and the job is another's."""
    job = jobs.enqueue(database, "long")
    with worker_process(archive, tmp_path) as first:
        eventually(lambda: runs(archive, job))
        ((_, before),) = runs(archive, job)
        eventually(lambda: stopped_between_writes(archive, first))
        os.kill(before, signal.SIGSTOP)
        with worker_process(archive, tmp_path):
            eventually(lambda: len(runs(archive, job)) == 2)
            assert not is_alive(before)
            holder = jobs.find(database, job.id).worker
            os.kill(first.pid, signal.SIGCONT)
            time.sleep(1)
            assert first.poll() is None
            found = jobs.find(database, job.id)
            assert (found.state, found.worker) == ("running", holder)
            assert len(runs(archive, job)) == 2


def test_a_worker_waits_for_one_that_was_halted_while_it_wrote(
    archive: Archive, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It does not end with an error: it begins its work when the state is let go."""
    monkeypatch.setattr("onrecord.database._BUSY", 0.2)
    job = jobs.enqueue(database, "quick")
    with closing(sqlite3.connect(archive.state_file, isolation_level=None)) as halted:
        halted.execute("BEGIN IMMEDIATE")
        with working(archive):
            eventually(lambda: "the worker waits" in caplog.text)
            assert state(database, job) == "queued"
            halted.execute("ROLLBACK")
            eventually(lambda: state(database, job) == "done")


def test_a_job_that_hangs_blocks_no_other_and_is_ended(archive: Archive, database: Database) -> None:
    """It gives no sign of life and heeds nothing; short jobs go by, long ones too, and in the end a person is asked."""
    hanging = jobs.enqueue(database, "hangs")
    with working(archive):
        eventually(lambda: runs(archive, hanging))
        others = [jobs.enqueue(database, "quick", str(number)) for number in range(3)]
        for job in others:
            eventually(lambda job=job: state(database, job) == "done")  # type: ignore[misc]
        assert state(database, hanging) in ("running", "waiting")
        eventually(lambda: state(database, hanging) == "failed")
    failed = jobs.find(database, hanging.id)
    assert (failed.error, failed.tries) == ("it gave no sign of life for 0 minutes and was ended.", 2)
    assert not any(is_alive(number) for _, number in runs(archive, hanging))


@pytest.mark.parametrize("kind", ["long", "hangs"])
@pytest.mark.parametrize(("wished", "after"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_running_job_is_stopped_when_a_person_wishes(
    archive: Archive, database: Database, kind: str, wished: jobs.Wish, after: str
) -> None:
    """Within the grace, also where the job does not listen; then it can go on."""
    job = jobs.enqueue(database, kind)
    with working(archive):
        eventually(lambda: jobs.find(database, job.id).stage == "work")
        jobs.wish(database, job.id, wished)
        assert eventually(lambda: state(database, job) == after) < WAYS.grace + 30
        assert not is_alive(runs(archive, job)[0][1])
        if wished == "pause":
            jobs.wish(database, job.id, "resume")
            eventually(lambda: len(runs(archive, job)) == 2)


def test_what_may_pass_is_tried_again_and_then_a_person_is_asked(
    archive: Archive, database: Database
) -> None:
    """Three tries with growing pauses; what cannot pass is tried once."""
    passing, never = jobs.enqueue(database, "unsure", "talk"), jobs.enqueue(database, "unsure", "never")
    with working(archive):
        eventually(lambda: state(database, passing) == "failed" and state(database, never) == "failed")
    assert (len(runs(archive, passing)), len(runs(archive, never))) == (3, 1)
    found = jobs.find(database, never.id)
    assert (found.error, found.advice) == ("the server did not answer.", "Wait.")
    assert lines(database, never)[-1] == "failed: the server did not answer. Wait."


def test_a_slip_in_the_code_is_tried_three_times_and_told(archive: Archive, database: Database) -> None:
    """The log holds the end of the traceback."""
    job = jobs.enqueue(database, "slips")
    with working(archive):
        eventually(lambda: state(database, job) == "failed")
    assert len(runs(archive, job)) == 3
    assert jobs.find(database, job.id).error.startswith(
        "something unforeseen happened: KeyError (jobs_of_tests.py, line "
    )
    assert "KeyError: 'nothing'" in lines(database, job)


def test_a_process_that_dies_is_begun_again_and_then_a_person_is_asked(
    archive: Archive, database: Database
) -> None:
    """As where memory runs out each time."""
    job = jobs.enqueue(database, "dies")
    with working(archive):
        eventually(lambda: state(database, job) == "failed")
    assert len(runs(archive, job)) == 2
    assert jobs.find(database, job.id).error == "its process ended without a word (signal 9)."


def test_what_needs_a_person_is_not_tried_again(archive: Archive, database: Database) -> None:
    """With the error's advice."""
    job = jobs.enqueue(database, "missing")
    with working(archive):
        eventually(lambda: state(database, job) == "failed")
    found = jobs.find(database, job.id)
    assert (found.error, found.advice, found.tries) == ("there is no such thing.", "Look elsewhere.", 1)


def test_a_full_disk_is_waited_for(archive: Archive, database: Database) -> None:
    """However often; when there is room again the job goes on by itself."""
    job = jobs.enqueue(database, "full")
    with working(archive):
        eventually(lambda: "waiting" in state(database, job))
        time.sleep(1)
        eventually(lambda: jobs.find(database, job.id).error == "the disk is full.")
        assert jobs.find(database, job.id).tries == 0
        (archive.root / "emptied").touch()
        eventually(lambda: state(database, job) == "done")


def test_a_filling_disk_stops_what_fills_it_until_there_is_room(archive: Archive, database: Database) -> None:
    """A job in hand is stopped and says why, none is begun; what only reads goes on."""
    free = [10_000_000_000]
    job = jobs.enqueue(database, "long")
    with working(archive, look_at_space=lambda archive: Space(free[0], 2_000_000_000)):
        eventually(lambda: runs(archive, job))
        free[0] = 1_500_000_000
        eventually(lambda: state(database, job) == "waiting")
        assert jobs.find(database, job.id).error == (
            "the disk is filling: 1.50 GB are free, and 2.00 GB of it are to stay free (jobs.free-gigabytes)."
        )
        other, reads = jobs.enqueue(database, "long", "other"), jobs.enqueue(database, "quick")
        eventually(lambda: state(database, reads) == "done")
        time.sleep(1)
        assert [state(database, one) for one in (job, other)] == ["waiting", "queued"]
        free[0] = 3_000_000_000
        eventually(lambda: len(runs(archive, job)) == 2 and runs(archive, other))


def test_the_floor_is_the_settings(archive: Archive, database: Database) -> None:
    """With a floor above what any disk has, nothing is begun; a change of the file is seen by the running worker."""
    text = archive.settings_file.read_text()
    archive.settings_file.write_text(f"{text}\n[jobs]\nfree-gigabytes = 1e9\n")
    job = jobs.enqueue(database, "long")
    with working(Archive(archive.root)):
        time.sleep(1)
        assert state(database, job) == "queued"
        archive.settings_file.write_text(text)
        eventually(lambda: runs(archive, job))


def test_a_worker_that_is_stopped_gives_back_what_it_has(archive: Archive, database: Database) -> None:
    """The next worker goes on at once; it is no failed try."""
    job = jobs.enqueue(database, "long")
    with working(archive):
        eventually(lambda: runs(archive, job))
    found = jobs.find(database, job.id)
    assert (found.state, found.tries, found.note) == (
        "queued",
        0,
        "its worker was ended; it goes on with the next one",
    )
    assert not is_alive(runs(archive, job)[0][1])
    with working(archive):
        assert eventually(lambda: state(database, job) == "running") < WAYS.lease
        eventually(lambda: len(runs(archive, job)) == 2)


def test_a_wall_clock_that_jumps_while_jobs_run_changes_nothing(archive: Archive, database: Database) -> None:
    """A day ahead, then two back: the job in hand stays in hand, a waiting one waits no longer than it should."""
    here, shift = machine(), [timedelta()]
    clock = Clock(here.boot, here.steady, lambda: datetime.now(UTC) + shift[0])
    long, unsure = jobs.enqueue(database, "long", clock=clock), jobs.enqueue(database, "unsure", clock=clock)
    patient = replace(WAYS, lease=60)  # on a busy machine a worker that stands still for seconds has not died
    with working(archive, clock=clock, ways=patient), working(archive, clock=clock, ways=patient):
        eventually(lambda: runs(archive, long))
        for jump in (timedelta(days=1), timedelta(days=-1)):
            shift[0] = jump
            time.sleep(1.5)
        eventually(lambda: state(database, unsure) == "failed")
        assert (len(runs(archive, long)), len(runs(archive, unsure))) == (1, 3)


def test_work_that_nobody_asked_for_is_found(archive: Archive, database: Database) -> None:
    """At the start and after a change by hand; what a person called off is not begun again by itself."""
    with working(archive, finder="jobs_of_tests:found"):
        eventually(lambda: [job.state for job in jobs.recent(database)] == ["done"])
        (archive.events / "talk.toml").write_text("")
        time.sleep(1.5)
    assert len(jobs.recent(database)) == 1
    jobs.wish(database, 1, "again")
    jobs.wish(database, 1, "cancel")
    with working(archive, finder="jobs_of_tests:found"):
        time.sleep(1.5)
    assert [job.state for job in jobs.recent(database)] == ["cancelled"]


def test_no_work_is_looked_for_where_the_settings_say_so(archive: Archive, database: Database) -> None:
    """Then only what the desk asks for is done."""
    with archive.settings_file.open("a") as file:
        file.write("\n[jobs]\nfind-work = false\n")
    with working(Archive(archive.root), finder="jobs_of_tests:found"):
        time.sleep(1.5)
    assert jobs.recent(database) == ()


def test_many_workers_do_each_job_once(archive: Archive, database: Database) -> None:
    """Three workers, forty jobs."""
    made = [jobs.enqueue(database, "quick", str(number)) for number in range(40)]
    patient = replace(WAYS, lease=60)  # on a busy machine a worker that stands still for seconds has not died
    with working(archive, ways=patient), working(archive, ways=patient), working(archive, ways=patient):
        eventually(lambda: not jobs.unfinished(database), 120)
    assert [[what for what, _ in runs(archive, job)] for job in made] == [["begin", "end"]] * 40
