"""How the command line speaks: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from onrecord.progress import Progress, Report, silent
from onrecord.timecode import clock, spoken_length

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


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
                TextColumn("{task.description}"), BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.fields[pace]}"),
                console=Console(stderr=True),
            )  # fmt: skip
            self.bars.start()

    def __call__(self, report: Report) -> None:
        now = time.monotonic()
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
            click.echo(f"{report.stage} {report.subject}: {size}{share}{pace}", err=True)

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
    lines = [tuple(row) for row in rows]
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
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
