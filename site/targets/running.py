"""Other programs, run to send the site: without a shell, without questions, stopped when that is wished, and with
nothing in their words that should be in no log.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.errors import TargetError

SSH = "ssh -oBatchMode=yes -oConnectTimeout=30 -oServerAliveInterval=15 -oServerAliveCountMax=4"
Stop = Callable[[], None]  # raises what ends the work, when that is wished
_KEPT = 20_000  # bytes of what a program says
_TOLD = 400  # characters of it that a person reads
_USERINFO = re.compile(r"(//)[^/@\s]+@")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_ERROR = re.compile(
    r"(?:rsync|ssh|fatal|error|remote)\b.*: |.*Permission denied \("
)  # the lines that say what is wrong
# What a network says that may be better in a while.
PASSING = re.compile(
    r"Could not resolve|Connection (?:refused|reset|closed|timed out)|timed out|timeout|unreachable|Broken pipe"
    r"|unexpectedly closed|hung up|early EOF|HTTP 5\d\d|error: 5\d\d",
    re.IGNORECASE,
)
_GRACE = 5.0  # seconds that a program has to end when it is told to


def never() -> None:
    """Nothing is wished."""


@dataclass(frozen=True)
class Ran:
    """How a program ended, and the end of what it said."""

    code: int
    said: str

    @property
    def why(self) -> str:
        """The last lines of it, as a person may read them."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip()]
        errors = [line for line in lines if _ERROR.match(line)]
        return " ".join(errors[:4] or lines[-4:])[:_TOLD]


def run(
    program: str,
    arguments: Sequence[str],
    *,
    more: Mapping[str, str] | None = None,
    given: bytes = b"",
    stop: Stop = never,
    longest: float = 6 * 3600.0,
) -> Ran:
    """Runs a program to its end. `more` is added to its environment, `given` is what it reads.

    Raises `TargetError` when it is not installed or takes longer than `longest` seconds, and whatever `stop` raises;
    then the program is gone. It stays in the process group of the job that runs it, and ends with that.
    """
    with tempfile.TemporaryFile() as heard, tempfile.TemporaryFile() as read:
        read.write(given)
        read.seek(0)
        try:
            child = subprocess.Popen(
                [program, *arguments],
                stdin=read,
                stdout=heard,
                stderr=subprocess.STDOUT,
                env=_environment(more or {}),
            )
        except FileNotFoundError as error:
            raise TargetError(
                f"{program} is not installed.",
                advice=f"Install {program} (apt install {program}), and publish again.",
            ) from error
        try:
            _wait(child, program, stop, longest)
        except BaseException:
            _end(child)
            raise
        heard.seek(0, os.SEEK_END)
        heard.seek(max(0, heard.tell() - _KEPT))
        return Ran(child.returncode, clean(heard.read().decode("utf-8", "replace")))


def clean(said: str) -> str:
    """What a program said, without control characters, names and passwords in addresses."""
    return _CONTROL.sub(" ", _USERINFO.sub(r"\1...@", said.replace("\r", "\n")))


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours without what would send git to another repository; sentences in English, so that they are understood."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in ("GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_CONFIG_GLOBAL")
    }
    return {**kept, "LC_ALL": "C.UTF-8", "LANGUAGE": "C", **more}


def _wait(child: subprocess.Popen[bytes], program: str, stop: Stop, longest: float) -> None:
    end = time.monotonic() + longest
    pause = 0.01
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(pause)
            return
        pause = min(pause * 2, 0.5)
        stop()
        if time.monotonic() > end:
            raise TargetError(
                f"{program} had not ended after {longest / 3600:.1f} hours.",
                advice="Look at the connection and at the target, and publish again.",
            )


def _end(child: subprocess.Popen[bytes]) -> None:
    for end in (child.terminate, child.kill):  # rsync and git end what they have started themselves
        end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE)
            return
