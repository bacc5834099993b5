"""One lock per event, so that two onrecords never work on the same files at once."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from onrecord.archive import Archive
from onrecord.errors import LockedError
from onrecord.files import make_folder, translated

# Who is killed while it starts another program leaves the lock to that one until it has become the other program.
_LEFT_BEHIND = 2.0  # seconds


@contextmanager
def lock(archive: Archive, name: str, *, wait: float = 0.0, doing: str = "working") -> Iterator[None]:
    """Holds the lock `name` (an event's stem, or a word such as `index`) for the block.

    The lock is the kernel's (`flock`): a killed process holds none. Waits `wait` seconds, then raises `LockedError`
    that says which process holds it and what it does.
    """
    folder = make_folder(archive.hidden / "locks", private=True)
    path = folder / f"{name}.lock"
    deadline = time.monotonic() + wait
    with translated(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    holder = (
                        os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "another process"
                    )
                    if _is_gone(holder) and time.monotonic() < deadline + _LEFT_BEHIND:
                        time.sleep(0.05)
                        continue
                    raise LockedError(
                        f"another onrecord is at work on '{name}' ({holder}).",
                        slug=name,
                        advice="Wait until it is done, then run this again.",
                    ) from error
                time.sleep(0.05)
        with translated(path):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}, {doing}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _is_gone(holder: str) -> bool:
    """Whether the process that a lock's file names is no more."""
    number = holder.removeprefix("process ").partition(",")[0]
    if not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
