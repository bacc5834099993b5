"""What the commands of every room share: the archive they work on, `--json`, and an example in their help."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from onrecord.archive import Archive, open_archive

P = ParamSpec("P")
R = TypeVar("R")


class Command(click.Command):
    """A command whose help ends with an example, set as it is typed."""

    def __init__(self, *args: Any, example: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.example:
            with formatter.section("Example"):
                for line in self.example.strip().splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line.strip()}\n")


def command(name: str, *, example: str) -> Callable[[Callable[..., Any]], Command]:
    """Makes a command with an example in its help."""

    def make(function: Callable[..., Any]) -> Command:
        return click.command(name, cls=Command, example=example)(function)

    return make


def with_archive(function: Callable[Concatenate[Archive, P], R]) -> Callable[P, R]:
    """Gives the command `-C/--archive FOLDER` and the opened archive as its first argument."""

    @click.option(
        "-C", "--archive", "folder", metavar="FOLDER", type=click.Path(path_type=Path),
        help="The archive's folder (default: the archive that the current folder stands in).",
    )  # fmt: skip
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        given = kwargs.pop("folder", None)
        folder = given if isinstance(given, Path) else click.get_current_context().find_root().obj
        archive = open_archive(folder, search_upwards=folder is None)
        return function(archive, *args, **kwargs)

    return run


json_option = click.option("--json", "as_json", is_flag=True, help="Print the data as JSON.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
