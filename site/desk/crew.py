"""The one worker that `onrecord serve` starts: a process beside the server, started again when it dies, ended with it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from onrecord.archive import Archive

_log = logging.getLogger("onrecord.desk")

_GRACE = 15.0  # seconds for the worker to give back what it has in hand
_LONGEST = 60.0  # seconds until a worker that dies at once is started again


@contextmanager
def worker_beside(archive: Archive) -> Iterator[None]:
    """Keeps a worker running for the block."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep, args=(archive, ending), name="onrecord-worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(_GRACE + 5)


def _keep(archive: Archive, ending: threading.Event) -> None:
    pause = 1.0
    while not ending.is_set():
        began = time.monotonic()
        # Its input is a pipe from us: it ends when we do, also by kill -9, and then the worker ends itself.
        worker = subprocess.Popen(
            [sys.executable, "-m", "onrecord", "-C", str(archive.root), "work", "--until-input-ends"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while worker.poll() is None and not ending.wait(0.2):
            pass
        if ending.is_set():
            _end(worker)
            return
        _log.error("the worker ended (%d); it is started again", worker.returncode)
        pause = 1.0 if time.monotonic() - began > _LONGEST else min(_LONGEST, pause * 2)
        ending.wait(pause)


def _end(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin is not None
    with suppress(OSError):
        worker.stdin.close()
    try:
        worker.wait(_GRACE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
