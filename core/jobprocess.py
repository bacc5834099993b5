"""The process that runs a job, as its worker sees it: begun, listened to, asked to stop, ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.console import amount
from onrecord.jobtable import Job, job_data
from onrecord.progress import Report

_PACE_OVER = 60.0  # seconds
_LAST_WORDS = 4000  # bytes


@dataclass(frozen=True)
class Kind:
    """A kind of job: the function `MODULE:NAME` that does it, imported only in the process that runs it.

    `long` jobs have places of their own, so that they keep no short one waiting; `urgent` ones wait for no other kind. What
    `fills` the disk waits while that is filling. After `silence` seconds without a sign of life a run is ended; after
    `tries` failed tries a person is asked. `leftovers`, a function `MODULE:NAME` that loads nothing heavy, throws away what a
    job that was called off has left, and gives the paths of that.
    """

    name: str
    run: str
    long: bool = False
    fills: bool = True
    silence: float = 3600.0
    tries: int = 12
    urgent: bool = False
    leftovers: str = ""

    @property
    def lane(self) -> str:
        """The places that it shares with others."""
        return "urgent" if self.urgent else "long" if self.long else "short"


class JobProcess:
    """A run of a job. What it tells is gathered by a thread; everything else is called by its worker."""

    def __init__(self, root: Path, job: Job, kind: Kind) -> None:
        self.job = job
        self.kind = kind
        self.outcome: dict[str, Any] | None = None  # what it said at its end
        self.report: Report | None = None  # the latest
        self.asked = ""  # what it was told to stop for
        self.began = self.alive_at = time.monotonic()
        self._asked_at = 0.0
        self._lines: list[str] = []
        self._stage = ("", 0.0)  # which, since when
        self._marks: deque[tuple[str, float, float]] = deque()  # stage and unit, when, how far
        self._guard = threading.Lock()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the run
        self._process = subprocess.Popen(
            [sys.executable, "-m", "onrecord.jobrunner", str(root), kind.run, str(job.id)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, name=f"job-{job.id}", daemon=True)
        self._reader.start()
        self._tell(json.dumps(job_data(job)))

    @property
    def ended(self) -> bool:
        """Whether the process is no more."""
        return self._process.poll() is not None

    @property
    def how(self) -> str:
        """How the process ended."""
        code = self._process.returncode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def news(self) -> tuple[Report | None, list[str]]:
        """How far it is, and the lines for the log since the last time."""
        with self._guard:
            lines, self._lines = self._lines, []
            return self.report, lines

    def pace(self, report: Report | None) -> float | None:
        """How fast the present stage went in the last minute, in units a second, once that can be told."""
        if report is None:
            return None
        now, stage = time.monotonic(), f"{report.stage} {report.unit}"
        marks = self._marks
        if marks and (marks[-1][0] != stage or report.done < marks[-1][2]):
            marks.clear()  # another piece of work, or one that began anew
        if not marks or report.done > marks[-1][2]:
            marks.append((stage, now, report.done))
        while len(marks) > 2 and marks[1][1] < now - _PACE_OVER:
            marks.popleft()
        _, since, there = marks[0]
        if now - since < 1 or report.done <= there:
            return None
        return (report.done - there) / (now - since)

    def ask(self, wanted: str) -> None:
        """Asks it to stop; the first wish holds, but for one to call off what was to be paused."""
        if self.asked and not (wanted == "cancel" and self.asked == "pause"):
            return
        if not self.asked:
            self._asked_at = time.monotonic()
        self.asked = wanted
        self._tell(wanted)

    def overdue(self, grace: float) -> bool:
        """Whether it was asked to stop more than `grace` seconds ago."""
        return bool(self.asked) and time.monotonic() - self._asked_at > grace

    def kill(self) -> None:
        """Ends the process and all that it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> list[str]:
        """Waits for the end of the process; the last lines of what it wrote as errors."""
        self._process.wait()
        self._reader.join(timeout=5)
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - _LAST_WORDS))
        words = self._said.read().decode("utf-8", "replace")
        self._said.close()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
        return [line for line in words.splitlines() if line.strip()][-20:]

    def _tell(self, line: str) -> None:
        with suppress(OSError):  # it has ended meanwhile
            assert self._process.stdin is not None
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        """Follows what the process tells."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                continue  # it was ended in the middle of a line
            with self._guard:
                if "report" in told:
                    self._note(Report(**told["report"]))
                else:
                    self.outcome = told["outcome"]
                    if told["outcome"]["state"] == "done":
                        self._note_stage(None)

    def _note(self, report: Report) -> None:
        before = self.report
        if report != before:
            self.alive_at = time.monotonic()
        if before is None or report.stage != before.stage:
            self._note_stage(report)
        if report.note and (before is None or report.note != before.note):
            self._lines.append(f"{report.stage}: {report.note}")
        self.report = report

    def _note_stage(self, report: Report | None) -> None:
        """That a stage is over, and that another begins."""
        stage, since = self._stage
        now = time.monotonic()
        if stage and self.report is not None:
            told = self.report
            reached = f", {amount(told.done, told.unit)}" if told.done and not told.note else ""
            self._lines.append(f"{stage}: ended after {now - since:.0f} s{reached}")
        if report is not None:
            self._stage = (report.stage, now)
            self._lines.append(f"{report.stage}: began")
