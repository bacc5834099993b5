"""The command's front door: it knows the name of every command and loads a room only when it is called.

`onrecord --help` therefore imports click and nothing heavier. Exit codes: 0 done, 1 something could not be done (said
on stderr), 2 the command was typed wrongly, 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

from onrecord import __version__
from onrecord.errors import OnrecordError
from onrecord.files import storage_error

# name, where it lives, one line of help (a test holds it against the command's own)
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("init", "onrecord.commands:init", "Make a new archive in a new folder."),
    ("event", "", "Register discussions, and change what is known about them."),
    ("event add", "onrecord.events.commands:add", "Register a discussion."),
    ("event list", "onrecord.events.commands:list_events", "List the discussions."),
    ("event show", "onrecord.events.commands:show", "Show one discussion."),
    ("event edit", "onrecord.events.commands:edit", "Change a discussion, here or in your editor."),
    ("event import", "onrecord.events.commands:import_events", "Register a whole list of discussions."),
    (
        "event rename",
        "onrecord.events.commands:rename",
        "Change a discussion's address; the old one redirects.",
    ),
    ("event withdraw", "onrecord.site.publishing:withdraw_event", "Take a discussion back from the public."),
    (
        "event publish",
        "onrecord.site.publishing:publish_event",
        "Make a discussion public, after saying what will be.",
    ),
    (
        "ingest",
        "onrecord.transcripts.commands:ingest",
        "Fetch, render, transcribe and index what is not done yet.",
    ),
    ("fetch", "onrecord.media.commands:fetch", "Fetch recordings."),
    ("render", "onrecord.media.commands:render", "Make what the public plays."),
    ("transcribe", "onrecord.transcripts.commands:transcribe", "Transcribe recordings."),
    ("transcript", "", "Read, correct, import and export transcripts."),
    ("transcript show", "onrecord.transcripts.editing:show", "Show a transcript."),
    (
        "transcript import",
        "onrecord.transcripts.editing:import_transcript",
        "Take in a transcript, or a correction of one.",
    ),
    (
        "transcript export",
        "onrecord.transcripts.editing:export_transcript",
        "Write a transcript in another format.",
    ),
    ("transcript speakers", "onrecord.transcripts.reviewing:speakers", "Name, rename or merge the speakers."),
    ("transcript review", "onrecord.transcripts.reviewing:review", "Mark a transcript as reviewed."),
    ("search", "onrecord.transcripts.commands:search", "Find the moments when something was said."),
    ("reindex", "onrecord.transcripts.commands:reindex", "Make the search index again from the files."),
    ("status", "onrecord.transcripts.commands:status", "Show the state of everything, and what to do next."),
    ("check", "onrecord.transcripts.commands:check", "Hold every file against its manifest and its format."),
    ("publish", "onrecord.site.publishing:publish", "Write the static site, and send it to its targets."),
    ("serve", "onrecord.site.commands:serve", "Serve the live site."),
    ("work", "onrecord.site.desk.worker:work", "Do the desk's jobs until it is stopped."),
    ("desk", "", "Look after the organisers' desk of the live site."),
    (
        "desk link",
        "onrecord.site.desk.entry:link",
        "Make a link for a new owner of the desk, or for the password of somebody.",
    ),
    ("backup", "onrecord.commands:backup", "Write a verified copy of the whole archive."),
    ("restore", "onrecord.commands:restore", "Bring an archive back from a backup."),
    ("demo", "onrecord.site.commands:demo", "Make an example archive from real speech, and serve it."),
)


class _Room(click.Group):
    """A group whose commands are imported when they are called."""

    def __init__(self, prefix: str, summary: str, **settings: object) -> None:
        super().__init__(name=prefix.strip() or "onrecord", help=summary, **settings)  # type: ignore[arg-type]
        self.prefix = prefix
        self.rows = {
            name.removeprefix(prefix): (place, text)
            for name, place, text in COMMANDS
            if name.startswith(prefix) and " " not in name.removeprefix(prefix)
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.rows:
            return None
        place, text = self.rows[cmd_name]
        if not place:
            return _Room(f"{cmd_name} ", text)
        module, _, attribute = place.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from onrecord.toml import did_you_mean

        if args and args[0] not in self.rows and not args[0].startswith("-"):
            known = ", ".join(self.rows)
            ctx.fail(
                f"there is no command '{args[0]}'. {did_you_mean(args[0], self.rows) or 'There are: ' + known + '.'}"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.rows.items()])


_SUMMARY = """An archive of online discussions: registered once, recorded, transcribed, searchable to the second.

Begin with 'onrecord init my-archive', or look at an example with 'onrecord demo FOLDER'. Every command explains itself
with --help.
"""


def root() -> click.Group:
    """The whole command, for the entry point, the docs and the tests."""
    group = _Room("", _SUMMARY, invoke_without_command=False)
    group.params += [
        click.Option(["-C", "--archive"], metavar="FOLDER", expose_value=False, callback=_keep, type=click.Path(path_type=Path),
                     help="The archive's folder (default: the archive that the current folder stands in)."),
    ]  # fmt: skip
    return click.version_option(__version__, prog_name="onrecord")(group)


def _keep(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    ctx.obj = value


def _tell(error: OnrecordError) -> None:
    from onrecord.console import note  # the help does without it

    note(f"onrecord: {error}")


def main(arguments: list[str] | None = None) -> None:
    """Runs the command and exits; a known error is one line on stderr, a bug keeps its traceback."""
    try:
        code = root().main(args=arguments, prog_name="onrecord", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Run the same command again to go on.", err=True)
        code = 130
    except OnrecordError as error:
        _tell(error)
        code = 1
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; nobody is left to tell
        code = 1
    except OSError as error:
        known = storage_error(error, Path(error.filename or "."))
        if known is None:
            raise
        _tell(known)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
