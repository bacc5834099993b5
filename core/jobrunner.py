"""One run of one job, in a process of its own: `python -m onrecord.jobrunner FOLDER MODULE:FUNCTION JOB`.

A process can be ended whatever it does, takes its memory with it, and cannot stop others. It knows no database: its worker
writes the job to its standard input, then what is wished ("pause", "cancel", ...), and reads from it, a line of JSON each,
how far it is and how it ended. It lives no longer than its worker, and not while another runs the same job.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from onrecord.archive import Archive, open_archive
from onrecord.errors import FetchError, LockedError, OnrecordError, StorageError
from onrecord.files import storage_error
from onrecord.jobtable import Job, read_job
from onrecord.locks import lock
from onrecord.progress import Progress, Report, StoppedError

Handler = Callable[[Archive, Job, Progress, Callable[[], None]], Mapping[str, Any] | None]

_NICE = 10  # pages and people come first
_ENDING = 5.0  # seconds that a process takes to be gone
_BUSY_AGAIN = 20.0  # seconds after which what another onrecord has in hand is looked at again


class _Line:
    """The line to the worker."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._guard = threading.Lock()
        self._wanted = ""

    def say(self, **what: Any) -> None:
        """Tells the worker something."""
        with self._guard:
            self._out.write(json.dumps(what) + "\n")
            self._out.flush()

    def stop(self) -> None:
        """Raises `StoppedError` once something is wished."""
        if self._wanted:
            raise StoppedError(self._wanted)

    def listen(self, report: Report) -> None:
        """Tells how far it is."""
        self.say(report=asdict(report))
        self.stop()

    def end(self, *_: object) -> None:
        """The machine is being shut down, or somebody ends this very process: the job goes on later."""
        self._wanted = self._wanted or "stop"

    def heed(self, orders: Iterator[str]) -> None:
        """Keeps what is wished; when the worker has gone, everything ends."""
        for order in orders:
            self._wanted = order.strip()
        _end_group()


def main(arguments: list[str]) -> None:
    """Runs the job that stands on the first line of the standard input."""
    folder, place, _ = arguments
    _live_no_longer_than(os.getppid())
    _let_people_first()
    # What a library prints goes where errors go; the line to the worker is ours alone.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    line = _Line(out)
    orders = iter(sys.stdin.readline, "")
    job = read_job(json.loads(next(orders)))
    signal.signal(signal.SIGTERM, line.end)
    threading.Thread(target=line.heed, args=(orders,), daemon=True).start()
    line.say(outcome=_outcome(folder, place, job, line))
    # A thread that a library left behind, or the one that waits for orders, is not waited for.
    os._exit(0)


def _let_people_first() -> None:
    """Sets the priority of this process; of its whole session too, where Linux shares the processor among sessions, since
    there the priority of one process counts within its session alone (sched(7), "The autogroup feature").
    """
    os.nice(_NICE)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_NICE), encoding="ascii")


def _outcome(folder: str, place: str, job: Job, line: _Line) -> dict[str, Any]:
    """Runs the handler and says how it ended; every way that it can end is one of these."""
    archive = open_archive(Path(folder), search_upwards=False)
    try:
        with _alone(archive, job, folder):
            module, _, name = place.partition(":")
            handler: Handler = getattr(importlib.import_module(module), name)
            result = handler(archive, job, line.listen, line.stop)
            return {"state": "done", "result": dict(result or {})}
    except StoppedError as stopped:
        return {"state": "stopped", "wanted": stopped.wanted}
    except OnrecordError as error:
        return _told(error)
    except OSError as error:
        known = storage_error(error, Path(error.filename or folder))
        return _told(known, error) if known is not None else _slip(error)
    except Exception as error:
        return _slip(error)


def _told(error: OnrecordError, cause: BaseException | None = None) -> dict[str, Any]:
    """A known error: whether it passes by itself, and when to try again."""
    found: dict[str, Any] = {"state": "failed", "error": _message(error), "advice": error.advice}
    cause = cause or error.__cause__
    if isinstance(error, LockedError):
        return found | {"state": "again", "wait": _BUSY_AGAIN}
    if isinstance(error, StorageError) and (
        "disk is full" in error.message or "not room enough" in error.message
    ):
        return found | {"state": "space"}
    if isinstance(error, FetchError) and not error.permanent:
        return found | {"state": "tried", "wait": error.wait}
    if isinstance(error, OnrecordError) and isinstance(cause, (ConnectionError, TimeoutError)):
        return found | {"state": "tried", "wait": None}
    return found


def _message(error: OnrecordError) -> str:
    place = f"{error.path.name}: " if error.path is not None and error.path.suffix else ""
    return f"{place}{error.message}"


def _slip(error: Exception) -> dict[str, Any]:
    """A slip in the code, or something that nobody thought of; its traceback goes to the worker's log."""
    traceback.print_exception(error, file=sys.stderr)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}, line {last[0].lineno})" if last else ""
    return {
        "state": "slipped",
        "error": f"something unforeseen happened: {type(error).__name__}{where}.",
        "advice": "If it happens again, tell those who make onrecord, with this line.",
    }


@contextmanager
def _alone(archive: Archive, job: Job, folder: str) -> Iterator[None]:
    """Holds the job's lock. Who had the job before and lost it, but still lives, is ended first: its lease ran out, so
    its worker cannot speak for it any more.
    """
    with _taken(archive, job, folder):
        yield


@contextmanager
def _taken(archive: Archive, job: Job, folder: str) -> Iterator[None]:
    name = f"job-{job.id}"
    try:
        holding = lock(archive, name, doing=f"job {job.id}")
        holding.__enter__()
    except LockedError:
        if not job.id or not _end_earlier(archive.hidden / "locks" / f"{name}.lock", job, folder):
            raise
        holding = lock(archive, name, wait=_ENDING, doing=f"job {job.id}")
        holding.__enter__()
    try:
        yield
    finally:
        holding.__exit__(None, None, None)


def _end_earlier(path: Path, job: Job, folder: str) -> bool:
    """Ends the process that holds the job's lock, if it is a run of this very job."""
    try:
        number = int(path.read_text(encoding="utf-8").removeprefix("process ").partition(",")[0])
        told = Path(f"/proc/{number}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except (OSError, ValueError):
        return False
    if (
        "onrecord.jobrunner" not in told
        or told[-4:] != [folder, told[-3], str(job.id), ""]
        or number == os.getpid()
    ):
        return False
    try:
        os.killpg(number, signal.SIGKILL)  # it began a group of its own
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _live_no_longer_than(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG, prctl(2)
    if os.getppid() != parent or parent == 1:  # it ended before we asked to be told
        os._exit(1)


def _end_group() -> None:
    """Ends this process and all that it has started."""
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
