"""How the command line speaks: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from onrecord.progress import Progress, Report, silent
from onrecord.timecode import clock, spoken_length

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


# What a terminal takes for an order (ECMA-48: C0 but for tab and line end, DEL, C1), and what turns the direction of
# the text around it (UAX 9). A title or a name from a stranger's list may hold them.
_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOLD = re.compile("(\x1b\\[[01]m)")  # what our own lines are set with


def harmless(text: str) -> str:
    """The text with U+FFFD for each character that a terminal would obey; our own bold type stays."""
    if not _ORDERS.search(text):
        return text
    parts = _BOLD.split(text.replace("\r\n", "\n"))
    return "".join(part if n % 2 else _ORDERS.sub("\ufffd", part) for n, part in enumerate(parts))


def say(text: str = "") -> None:
    """A line of the result, on stdout."""
    click.echo(harmless(text))


def note(text: str) -> None:
    """A line beside the result, on stderr."""
    click.echo(harmless(text), err=True)


def put(text: str) -> None:
    """A whole file's text, on stdout: as it is for a program, harmless for a terminal."""
    click.echo(harmless(text) if sys.stdout.isatty() else text, nl=False)


def print_json(data: Any) -> None:
    """Data for programs, on stdout: UTF-8, two spaces, keys in the order they were made."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    click.echo(_ORDERS.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


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


def _pace(report: Report, elapsed: float, gained: float) -> str:
    """The speed and the time left, once they can be told."""
    if elapsed < 0.5 or gained <= 0:
        return ""
    speed = gained / elapsed
    text = ""
    if report.unit == "ms":
        text = f", {speed / 1000:.1f} times real time"
    elif report.unit == "bytes":
        text = f", {amount(speed, 'bytes')}/s"
    if report.total and report.done < report.total:
        text += f", {spoken_length(int(1000 * (report.total - report.done) / speed))} left"
    return text


class _Teller:
    """Tells reports: as bars in a terminal, else as a line every ten seconds and one when a piece of work is done."""

    def __init__(self) -> None:
        self.began: dict[tuple[str, str], tuple[float, float]] = {}
        self.told: dict[tuple[str, str], float] = {}
        self.bars: RichProgress | None = None
        self.tasks: dict[tuple[str, str], TaskID] = {}
        if sys.stderr.isatty():
            # imported here because only a terminal needs it
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn
            from rich.progress import Progress as Bars

            self.bars = Bars(
                TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), TaskProgressColumn(),
                TextColumn("{task.fields[pace]}", markup=False),
                console=Console(stderr=True),
            )  # fmt: skip
            self.bars.start()

    def __call__(self, report: Report) -> None:
        now = time.monotonic()
        report = replace(report, subject=harmless(report.subject), note=harmless(report.note))
        key = (report.stage, report.subject)
        began, first = self.began.setdefault(key, (now, report.done))
        finished = report.total is not None and report.done >= report.total
        size = amount(report.done, report.unit) + (
            f" of {amount(report.total, report.unit)}" if report.total else ""
        )
        pace = _pace(report, now - began, report.done - first) + (f", {report.note}" if report.note else "")
        if self.bars is not None:
            if key not in self.tasks:
                self.tasks[key] = self.bars.add_task(
                    f"{report.stage} {report.subject}", total=report.total, pace=""
                )
            self.bars.update(self.tasks[key], completed=report.done, total=report.total, pace=size + pace)
        elif now - self.told.get(key, began) >= 10 or finished:
            self.told[key] = now
            share = f" ({min(100, 100 * report.done / report.total):.0f} %)" if report.total else ""
            note(f"{report.stage} {report.subject}: {size}{share}{pace}")

    def close(self) -> None:
        if self.bars is not None:
            self.bars.stop()


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A listener that shows reports on stderr: done, total, speed and time left."""
    if quiet:
        yield silent
        return
    teller = _Teller()
    try:
        yield teller
    finally:
        teller.close()


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under their heads, on stdout: set for the terminal, or in plain columns for a file or a pipe."""
    lines = [tuple(harmless(cell) for cell in row) for row in rows]
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        made = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in lines:
            made.add_row(*(Text(cell) for cell in row))
        Console().print(made)
        return
    widths = [max(len(row[column]) for row in [tuple(heads), *lines]) for column in range(len(heads))]
    for row in [tuple(heads), *lines]:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
