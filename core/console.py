"""How the command line speaks: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from onrecord.progress import Progress, Report
from onrecord.timecode import clock, spoken_length


def say(text: str = "") -> None:
    """A line of the result, on stdout."""
    click.echo(text)


def note(text: str) -> None:
    """A line beside the result, on stderr."""
    click.echo(text, err=True)


def print_json(data: Any) -> None:
    """Data for programs, on stdout: UTF-8, two spaces, keys in the order they were made."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def amount(value: float, unit: str) -> str:
    """A quantity of progress as a person reads it."""
    if unit == "bytes":
        for name in ("B", "kB", "MB"):
            if value < 1000:
                return f"{value:.0f} {name}" if name == "B" else f"{value:.1f} {name}"
            value /= 1000
        return f"{value:.2f} GB"
    if unit == "ms":
        return clock(int(value), hours="needed", fraction=False)
    return f"{value:.0f}"


class _Line:
    """Progress on one line of a terminal, or a line now and then in a log."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.began: dict[tuple[str, str], tuple[float, float]] = {}
        self.last = 0.0
        self.shown = ""

    def __call__(self, report: Report) -> None:
        now = time.monotonic()
        key = (report.stage, report.subject)
        began, first = self.began.setdefault(key, (now, report.done))
        finished = report.total is not None and report.done >= report.total
        if now - self.last < (0.1 if self.terminal else 10) and not finished:
            return
        self.last = now
        text = f"{report.stage} {report.subject}: {amount(report.done, report.unit)}"
        if report.total:
            text += f" of {amount(report.total, report.unit)} ({min(100, 100 * report.done / report.total):.0f} %)"
        elapsed, gained = now - began, report.done - first
        if elapsed > 0.5 and gained > 0:
            speed = gained / elapsed
            if report.unit == "ms":
                text += f", {speed / 1000:.1f} times real time"
            elif report.unit == "bytes":
                text += f", {amount(speed, 'bytes')}/s"
            if report.total and not finished:
                text += f", {spoken_length(int(1000 * (report.total - report.done) / speed))} left"
        if report.note:
            text += f", {report.note}"
        if self.terminal:
            click.echo(f"\r\x1b[K{text}", nl=finished, err=True)
            self.shown = "" if finished else text
        elif text != self.shown:
            click.echo(text, err=True)
            self.shown = text

    def close(self) -> None:
        if self.terminal and self.shown:
            click.echo(err=True)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A listener that shows reports on stderr: done, total, speed and time left."""
    if quiet:
        yield lambda report: None
        return
    line = _Line()
    try:
        yield line
    finally:
        line.close()
