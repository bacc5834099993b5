"""The commands that make transcripts, find what was said, and say how everything stands."""

from __future__ import annotations

from typing import Any

import click

from onrecord.archive import Archive
from onrecord.console import note, print_json, progress, say
from onrecord.options import command, json_option, quiet_option, with_archive

# The rooms' own modules are imported inside the commands: they take longer to load than the help may take.

_LOCAL_SITE = "http://127.0.0.1:8000"  # where 'onrecord serve' stands
_ENGINES = ("whisper", "openai-whisper", "pocketsphinx", "captions")

engine_option = click.option(
    "--engine", type=click.Choice(_ENGINES), help="The engine (default: the setting transcription.engine)."
)
model_option = click.option(
    "--model", metavar="NAME|FOLDER", help="The engine's model, by name or as a folder or file."
)
language_option = click.option(
    "--language", metavar="TAG", help="The language spoken, such as uk (default: the recording's)."
)


@command("ingest", example="onrecord ingest\nonrecord ingest occupied-areas --engine pocketsphinx")
@click.argument("events", nargs=-1, metavar="[EVENT]...")
@engine_option
@model_option
@language_option
@click.option(
    "--keep-as-it-is", is_flag=True, help="Take a recording though it is shorter than it says of itself."
)
@json_option
@quiet_option
@with_archive
def ingest(
    archive: Archive,
    *,
    events: tuple[str, ...],
    engine: str | None,
    model: str | None,
    language: str | None,
    keep_as_it_is: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fetch, render, transcribe and index what is not done yet."""
    from onrecord.transcripts import telling
    from onrecord.transcripts.ingest import ingest as run
    from onrecord.transcripts.steps import Wishes

    wishes = Wishes(engine, model, language)
    with progress(quiet=quiet) as listen:
        outcome = run(archive, events, wishes=wishes, keep_as_it_is=keep_as_it_is, listen=listen)
    if as_json:
        print_json(telling.outcome_data(archive, outcome))
    else:
        telling.say_outcome(archive, outcome)
    if outcome.failed:
        click.get_current_context().exit(1)


@command("transcribe", example="onrecord transcribe occupied-areas part-1 --engine pocketsphinx --again")
@click.argument("event")
@click.argument("recording", required=False)
@engine_option
@model_option
@language_option
@click.option(
    "--track",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The audio track, counted from 0.",
)
@click.option(
    "--each-track", is_flag=True, help="Transcribe every audio track by itself: one for each participant."
)
@click.option(
    "--again", is_flag=True, help="Transcribe once more; the present transcript goes into the history."
)
@json_option
@quiet_option
@with_archive
def transcribe(
    archive: Archive,
    *,
    event: str,
    recording: str | None,
    engine: str | None,
    model: str | None,
    language: str | None,
    track: int,
    each_track: bool,
    again: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Transcribe recordings."""
    from onrecord.media.fetch import chosen
    from onrecord.transcripts.search.indexing import refresh_index
    from onrecord.transcripts.setback import noting_setbacks
    from onrecord.transcripts.transcribe import transcribe as run

    made = []
    with progress(quiet=quiet) as listen:
        for found, one in chosen(archive, event, recording):
            with noting_setbacks(archive, found.stem, one.id):
                path = run(
                    archive, found, one, engine=engine, model=model, language=language,
                    track=None if each_track else track, again=again, listen=listen,
                )  # fmt: skip
            made.append({"event": found.slug, "recording": one.id, "file": archive.shown(path)})
            if not as_json:
                say(f"transcribe {found.slug} {one.id}: {archive.shown(path)}")
            refresh_index(archive, stems=[found.stem], listen=listen)
    if as_json:
        print_json(made)
    elif not made:
        note(f"'{event}' has no recording yet. Add one: 'onrecord event edit {event} --recording ...'.")


@command(
    "search",
    example="""onrecord search filtration camps
    onrecord search '"filtration camps" -rumour speaker:koval after:2022-03'
    onrecord search 'passport*' --event occupied-areas""",
)
@click.argument("question", nargs=-1, required=True)
@click.option("--event", default="", metavar="EVENT", help="Show all moments of this event.")
@click.option(
    "--order",
    type=click.Choice(["best", "newest", "oldest"]),
    default="best",
    show_default=True,
    help="Which events come first.",
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), help="How many events (10), or moments of one event (200)."
)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="How many to leave out first.")
@click.option("--from", "start_key", default="", metavar="KEY", help="Go on where an earlier answer ended.")
@click.option("--counts", is_flag=True, help="Say also how many events have each speaker, tag and so on.")
@json_option
@quiet_option
@with_archive
def search(
    archive: Archive,
    *,
    question: tuple[str, ...],
    event: str,
    order: Any,
    limit: int | None,
    offset: int,
    start_key: str,
    counts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the moments when something was said."""
    from onrecord.errors import LockedError, StorageError
    from onrecord.events.registry import Registry
    from onrecord.transcripts import telling
    from onrecord.transcripts.search import answering
    from onrecord.transcripts.search.indexing import refresh_index
    from onrecord.transcripts.search.query import ask
    from onrecord.transcripts.search.search import search as run
    from onrecord.transcripts.words.suggesting import meant

    text = " ".join(question)
    registry = Registry(archive)
    opened = registry.get(event).stem if event else ""
    asked = ask(
        text,
        event=opened,
        order=order,
        offset=offset,
        limit=limit or (200 if event else 10),
        start_key=start_key,
    )
    try:
        # An index that stands is searched as it is while another onrecord writes it; the first is waited for.
        wait = 0 if archive.index_file.exists() else 60
        with progress(quiet=quiet or as_json) as listen:
            made = refresh_index(archive, registry=registry, wait=wait, listen=listen)
        for problem in made.problems:
            note(f"Not searched: {telling.plain(str(problem))}")
    except LockedError:
        note("Another onrecord is writing the search index; this is what it held before.")
    except StorageError as error:
        if not archive.index_file.exists():
            raise
        note(f"The search index cannot be brought up to date: {telling.plain(str(error))}")
    glossary = archive.settings.glossary
    results = run(archive.index_file, asked, glossary=glossary)
    other = meant(archive.index_file, asked, results.total, glossary=glossary)
    base = archive.settings.text("base-url") or _LOCAL_SITE
    if as_json:
        print_json(answering.results_data(results, base, other=other))
    else:
        answering.say_results(results, base, other=other, counts=counts)


@command("reindex", example="onrecord reindex")
@json_option
@quiet_option
@with_archive
def reindex(archive: Archive, *, as_json: bool, quiet: bool) -> None:
    """Make the search index again from the files."""
    from onrecord.transcripts import telling
    from onrecord.transcripts.search.indexing import remake_index

    with progress(quiet=quiet) as listen:
        made = remake_index(archive, listen=listen)
    if as_json:
        print_json({"events": made.taken_in, "not_read": [str(problem) for problem in made.problems]})
    else:
        say(f"Indexed {telling.count(made.taken_in, 'event')}.")
        for problem in made.problems:
            note(f"Not indexed: {telling.plain(str(problem))}")
    if made.problems:
        click.get_current_context().exit(1)


@command("status", example="onrecord status\nonrecord status occupied-areas --json")
@click.argument("events", nargs=-1, metavar="[EVENT]...")
@json_option
@with_archive
def status(archive: Archive, *, events: tuple[str, ...], as_json: bool) -> None:
    """Show the state of everything, and what to do next."""
    from datetime import UTC, datetime

    from onrecord.due import why_due
    from onrecord.events.registry import Registry
    from onrecord.transcripts import telling
    from onrecord.transcripts.state import event_state

    archive.settings  # noqa: B018 - a slip in them is told at once, not by the command that needs them
    registry = Registry(archive)
    scan = registry.scan()
    chosen = [registry.get(name) for name in events] if events else list(scan.events)
    states = [event_state(archive, event) for event in chosen]
    problems = [] if events else [str(problem) for problem in scan.problems]
    due = "" if events else why_due(archive, datetime.now(UTC))
    if as_json:
        print_json({"events": [telling.state_data(state) for state in states], "problems": problems,
                    "publish": {"command": "onrecord publish", "why": due} if due else None})  # fmt: skip
        return
    for state in states:
        telling.say_state(state)
    for problem in problems:
        note(f"Not read: {telling.plain(problem)}")
    if due:
        say(f"next: onrecord publish   ({due})")
    if not states and not problems:
        say("There is no event yet.")
        note('Next: onrecord event add --title "..." --starts "2026-01-31 18:00"')


@command("check", example="onrecord check")
@json_option
@quiet_option
@with_archive
def check(archive: Archive, *, as_json: bool, quiet: bool) -> None:
    """Hold every file against its manifest and its format."""
    from onrecord.transcripts import telling
    from onrecord.transcripts.checking import check as run

    with progress(quiet=quiet) as listen:
        checked = run(archive, listen=listen)
    if as_json:
        print_json(telling.checked_data(archive, checked))
    else:
        telling.say_checked(archive, checked)
    if checked.findings:
        click.get_current_context().exit(1)
