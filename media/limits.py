"""Bounds for the programs we start on files from outside: memory, written bytes, and no life after ours.

Run by its path it binds itself and becomes another program: `limits.py PARENT MEMORY PROGRAM ARGUMENT...`. A
launcher, and not a function called between fork and exec, because a process with threads must not run Python
there.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2); it outlives execve


def bind(parent: int, memory: int, *, writes: bool) -> None:
    """Binds this process: at most `memory` bytes, no core dump, killed when the process `parent` ends.

    `writes=False` also forbids it to write into any file. `RLIMIT_DATA` counts the memory that a process can
    write to; `RLIMIT_AS` would also count what allocators only reserve, which grows with the number of cores.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked to be told
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if not writes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    bind(int(sys.argv[1]), int(sys.argv[2]), writes=True)
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  # a fixed list of arguments, no shell
