"""Worker and server are killed with SIGKILL in every step of a recording's job: it comes to its end, and nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.events.registry import Registry
from onrecord.files import sha256
from onrecord.locks import lock
from onrecord.media.originals import find_original
from onrecord.media.renditions import find_rendition
from onrecord.transcripts.library import Library

STEM = "2026-03-01-talk"
LEASE = 6.0
WORKER = f"""
import sys, threading
from pathlib import Path
from onrecord.archive import Archive
from onrecord.site.desk.work import FINDER, KINDS
from onrecord.worker import Ways, Worker
Worker(Archive(Path(sys.argv[1])), KINDS, finder=FINDER, ways=Ways(lease={LEASE}, tick=0.02)).work(lambda: False)
"""
STEPS = ("fetch", "render", "transcribe", "index")


@pytest.fixture
def recorded(archive: Archive, speech: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive with a recording of which nothing is done, long enough to be killed in each step."""
    monkeypatch.setenv("ONRECORD_TRANSCRIPTION_ENGINE", "pocketsphinx")
    source = tmp_path / "long.wav"
    with wave.open(str(speech.path)) as short, wave.open(str(source), "wb") as long:
        long.setparams(short.getparams())
        spoken = short.readframes(short.getnframes())
        for _ in range(2):
            long.writeframes(spoken)
    (archive.events / f"{STEM}.toml").write_text(
        'format = 1\nid = "one"\ntitle = "A talk"\nstarts = "2026-03-01 18:00"\nlanguages = ["en"]\n\n'
        f'[[recordings]]\nid = "part-1"\nsource = "{source}"\n'
    )
    return archive


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    with closing(Database(archive, jobs.PART)) as opened:
        yield opened


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(
        [sys.executable, *arguments], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def worker(archive: Archive) -> Any:
    return process("-c", WORKER, str(archive.root))


def server(archive: Archive) -> Any:
    return process("-m", "onrecord", "-C", str(archive.root), "serve", "--port", "0")


def eventually(true: Callable[[], object], seconds: float = 300) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not come true"
        time.sleep(0.01)
    return time.monotonic() - began


def the_job(database: Database) -> jobs.Job | None:
    return next(iter(jobs.recent(database)), None)


def stage_is(database: Database, step: str) -> bool:
    job = the_job(database)
    assert job is None or job.state != "done", f"it was done before it could be killed in '{step}'"
    return job is not None and job.stage == step


def runs_of(archive: Archive) -> list[int]:
    """The processes that run jobs of this archive now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "onrecord.jobrunner" in told and str(archive.root) in told and told[-2] != "0":
            found.append(int(folder.name))
    return found


def assert_done_once(archive: Archive, database: Database) -> None:
    """One job, one original, one rendition, one transcript with each sentence once, and no half-made file."""
    assert [job.state for job in jobs.recent(database)] == ["done"]
    event = Registry(archive).get(STEM)
    recording = event.recordings[0]
    original = find_original(archive, STEM, "part-1")
    assert original is not None
    assert original.sha256 == sha256(Path(recording.source))
    assert find_rendition(archive, event, recording) is not None
    library = Library(archive)
    (entry,) = library.entries(STEM, "part-1")
    transcript = library.read(STEM, "part-1", entry.language)
    assert transcript.provenance.status == "machine"
    starts = [cue.start for cue in transcript.cues]
    assert starts == sorted(set(starts))
    assert original.duration - transcript.cues[-1].end < 6000
    assert sorted(path.name for path in archive.media(STEM).iterdir()) == [
        "manifest-sha256.txt", "part-1.json", "part-1.wav",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_is_killed_in_any_step_is_followed_by_another(
    recorded: Archive, database: Database, step: str
) -> None:
    """Within two leases; no process of the killed one is left, and what was done before is not done again."""
    with worker(recorded) as first:
        with lock(recorded, "index", doing="a test"):  # else the last step is over before it can be seen
            eventually(lambda: stage_is(database, step))
            first.kill()
        eventually(lambda: not runs_of(recorded))
        with worker(recorded):
            eventually(lambda: len(processes_of(database) - {first.pid}) == 1)  # until then it only starts
            took = eventually(lambda: jobs.find(database, 1).tries == 1)
            assert took < 2 * LEASE
            eventually(lambda: jobs.find(database, 1).state == "done")
    assert_done_once(recorded, database)
    began = [line for _, _, line in jobs.log_of(database, 1)]
    ended = [line.partition(":")[0] for line in began if ": ended" in line]
    assert set(ended) == set(STEPS)


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_is_killed_in_any_step_goes_on_when_it_is_started_again(
    recorded: Archive, database: Database, step: str
) -> None:
    """Its worker ends with it and gives the job back; the next server's worker ends it."""
    with server(recorded) as first, lock(recorded, "index", doing="a test"):
        eventually(lambda: stage_is(database, step))
        first.kill()
        eventually(lambda: not runs_of(recorded) and not jobs.workers(database))
    assert jobs.find(database, 1).state == "queued"
    with server(recorded):
        eventually(lambda: jobs.find(database, 1).state == "done")
    assert_done_once(recorded, database)
    eventually(lambda: not jobs.workers(database))


@pytest.mark.slow
@pytest.mark.parametrize("wished", ["pause", "cancel"])
@pytest.mark.parametrize("step", STEPS)
def test_a_job_is_stopped_in_any_step_and_goes_on(
    recorded: Archive, database: Database, step: str, wished: jobs.Wish
) -> None:
    """By the wish of a person; and then by the next."""
    with worker(recorded):
        with lock(recorded, "index", doing="a test"):
            eventually(lambda: stage_is(database, step))
            jobs.wish(database, 1, wished)
            after = {"pause": "paused", "cancel": "cancelled"}[wished]
            eventually(lambda: jobs.find(database, 1).state == after)
            assert runs_of(recorded) == []
        jobs.wish(database, 1, "resume" if wished == "pause" else "again")
        eventually(lambda: jobs.find(database, 1).state == "done")
    assert_done_once(recorded, database)


@pytest.mark.slow
def test_a_server_starts_its_worker_again(recorded: Archive, database: Database) -> None:
    """The worker alone is killed; and at the end of the server nothing is left."""
    with server(recorded) as serving:
        eventually(lambda: processes_of(database))
        (first,) = processes_of(database)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: processes_of(database) - {first})
        (second,) = processes_of(database) - {first}
        serving.send_signal(signal.SIGTERM)
        serving.wait(60)
        eventually(lambda: not Path(f"/proc/{second}").exists())
        eventually(lambda: not runs_of(recorded))


def processes_of(database: Database) -> set[int]:
    """The processes of the workers that have said that they are there."""
    with database.reading() as connection:
        return {int(row["name"].partition("-")[0]) for row in connection.execute("SELECT name FROM workers")}


@pytest.mark.slow
def test_a_run_by_hand_and_a_worker_do_nothing_twice(recorded: Archive, database: Database) -> None:
    """`onrecord ingest` while the worker has the same recording: one fetch, one rendition, one transcript."""
    with worker(recorded):
        eventually(lambda: stage_is(database, "fetch"))
        for _ in range(20):
            subprocess.run(
                [sys.executable, "-m", "onrecord", "-C", str(recorded.root), "ingest", "-q"],
                capture_output=True,
                check=False,
            )
            if jobs.find(database, 1).state == "done":
                break
        eventually(lambda: jobs.find(database, 1).state == "done")
    assert_done_once(recorded, database)
