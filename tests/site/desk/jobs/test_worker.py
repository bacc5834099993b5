"""The command `work`."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.site.desk.work import FINDER, KINDS


def begun(archive: Archive, *arguments: str) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-m", "onrecord", "-C", str(archive.root), "work", *arguments],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with closing(Database(archive, jobs.PART)) as database:
        while not jobs.workers(database):
            assert started.poll() is None
            time.sleep(0.05)
    return started


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_goes_on_until_it_is_stopped(archive: Archive, number: signal.Signals) -> None:
    """Then it says so, and is no worker any more."""
    worker = begun(archive)
    worker.send_signal(number)
    said = worker.communicate(timeout=60)[1]
    assert (worker.returncode, said.splitlines()) == (0, [
        "Working on the jobs of 'A test archive' (stop with Ctrl+C).",
        "Stopped; what was in hand goes on with the next worker.",
    ])  # fmt: skip
    with closing(Database(archive, jobs.PART)) as database:
        assert jobs.workers(database) == 0


def test_a_servers_worker_ends_with_the_server(archive: Archive) -> None:
    """Whose end, however it came, closes the pipe between them."""
    worker = begun(archive, "--until-input-ends")
    said = worker.communicate(timeout=60)[1]
    assert (worker.returncode, said) == (0, "")


def test_every_kind_names_a_function_that_there_is() -> None:
    """They are imported only when a job is run, so nothing else would notice a slip."""
    for place in (FINDER, *(kind.run for kind in KINDS)):
        module, _, name = place.partition(":")
        assert callable(getattr(importlib.import_module(module), name)), place
    assert len({kind.name for kind in KINDS}) == len(KINDS)
