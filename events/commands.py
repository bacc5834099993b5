"""The commands about events: add, list, show, edit, import, rename."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.archive import Archive
from onrecord.console import note, print_json, say
from onrecord.options import command, json_option, with_archive

if TYPE_CHECKING:
    from onrecord.errors import OnrecordError
    from onrecord.events.lists.plan import Step

# The rooms' own modules are imported inside the commands: pydantic takes longer to load than the help may
# take.

_speakers = click.option(
    "--speaker", "speakers", multiple=True, metavar="NAME, ROLE", help="Who speaks; can be repeated."
)
_links = click.option(
    "--link", "links", multiple=True, metavar="LABEL=ADDRESS", help="A link; can be repeated."
)
_recordings = click.option(
    "--recording", "recordings", multiple=True, metavar="ADDRESS|FILE", help="A recording; can be repeated."
)


@command(
    "add",
    example="""onrecord event add --title "Voices from the occupied areas" --starts "2022-07-12 18:00"
        --timezone Europe/London --speaker "Anna Koval, teacher" --link "The letter=https://example.org/letter"
        --recording https://example.org/talk.mp4""",
)
@click.option("--title", required=True, help="What the discussion is called.")
@click.option("--starts", required=True, metavar="TIME", help='Its local start: "2022-07-12 18:00".')
@click.option("--timezone", metavar="ZONE", help="The IANA time zone of the start (default: the archive's).")
@click.option("--duration", metavar="LENGTH", help="How long it takes: 1h30, 45m.")
@_speakers
@_links
@_recordings
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="TAG",
    help="A language that is spoken: en, uk; can be repeated.",
)
@click.option("--series", help="The series that it belongs to.")
@click.option("--tag", "tags", multiple=True, help="A tag; can be repeated.")
@click.option(
    "--join", metavar="ADDRESS", help="Where people join; kept private unless the record says otherwise."
)
@click.option("--summary", help="One sentence about it.")
@click.option("--description", help="A description, in Markdown.")
@click.option("--slug", help="Its address on the site (default: made of the date and the title).")
@click.option(
    "--visibility",
    type=click.Choice(["draft", "unlisted", "public"]),
    help="Who may see it (default: draft).",
)
@json_option
@with_archive
def add(
    archive: Archive,
    /,
    *,
    speakers: tuple[str, ...],
    links: tuple[str, ...],
    recordings: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Register a discussion."""
    from onrecord.errors import EventFormatError, UsageError
    from onrecord.events import phrases
    from onrecord.events.registry import Registry

    values: dict[str, Any] = {
        key: list(value) if isinstance(value, tuple) else value for key, value in given.items() if value
    }
    zone = values.get("timezone") or archive.settings.text("timezone")
    values["starts"] = phrases.local_time(values["starts"], zone)
    values["speakers"] = [phrases.speaker(text) for text in speakers]
    values["links"] = [phrases.link(text) for text in links]
    values["recordings"] = phrases.recordings(
        [phrases.recording_source(text, archive.root) for text in recordings]
    )
    try:
        event = Registry(archive).add(values)
    except EventFormatError as error:  # there is no file yet whose line could be named
        raise UsageError(error.message, advice=f"{error.advice} Nothing was registered.".strip()) from error
    path = archive.events / f"{event.stem}.toml"
    if as_json:
        print_json({"stem": event.stem, "slug": event.slug, "id": event.id, "file": archive.shown(path)})
        return
    say(f"Registered '{event.title}' in {archive.shown(path)}.")
    if event.recordings:
        note("Next: 'onrecord ingest' fetches and transcribes the recording.")
    elif event.visibility == "draft":
        note(f"It is a draft. Next: 'onrecord event publish {event.slug}' announces it.")


@command("list", example="onrecord event list --series 'Voices' --year 2022")
@click.option("--series", help="Only those of this series.")
@click.option("--tag", help="Only those with this tag.")
@click.option("--year", type=int, help="Only those that start in this year.")
@click.option("--coming", is_flag=True, help="Only those that are not over yet.")
@click.option("--past", is_flag=True, help="Only those that are over.")
@json_option
@with_archive
def list_events(
    archive: Archive,
    /,
    *,
    series: str | None,
    tag: str | None,
    year: int | None,
    coming: bool,
    past: bool,
    as_json: bool,
) -> None:
    """List the discussions."""
    from datetime import UTC

    from onrecord.events.registry import Registry
    from onrecord.events.showing import as_data, state_of

    if coming and past:
        raise click.UsageError("--coming and --past leave nothing to list.")
    scan = Registry(archive).scan()
    now = datetime.now(UTC)
    found = [
        event
        for event in scan.events
        if (series is None or event.series.casefold() == series.casefold())
        and (tag is None or tag.casefold() in (one.casefold() for one in event.tags))
        and (year is None or event.starts.year == year)
        and (not coming or event.ends_at > now)
        and (not past or event.ends_at <= now)
    ]
    if as_json:
        print_json([as_data(archive, event) for event in found])
    else:
        for event in found:
            say(f"{event.starts:%Y-%m-%d %H:%M}  {state_of(event, now):9}  {event.slug}  {event.title}")
        if not found:
            note(
                "No discussion is like that."
                if scan.events
                else "There are no discussions yet. Next: onrecord event add"
            )
    _tell_problems(scan.problems)


@command("show", example="onrecord event show 2022-07-12-occupied-areas --json")
@click.argument("slug")
@click.option("--private", is_flag=True, help="Show what stands under [private], too.")
@json_option
@with_archive
def show(archive: Archive, slug: str, private: bool, as_json: bool) -> None:
    """Show one discussion."""
    from datetime import UTC

    from onrecord.events.registry import Registry
    from onrecord.events.showing import as_data, description

    event = Registry(archive).get(slug)
    if as_json:
        print_json(as_data(archive, event, private=private))
        return
    for line in description(archive, event, private=private, now=datetime.now(UTC)):
        say(line)


@command(
    "edit",
    example="""onrecord event edit occupied-areas --recording talk.mp4 --speaker "Anna Koval, teacher"
        onrecord event edit occupied-areas --set duration=1h30 --set recordings.part-1.publish=yes
        EDITOR=nano onrecord event edit occupied-areas""",
)
@click.argument("slug")
@_speakers
@_links
@_recordings
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set one key, nothing to remove it; can be repeated.",
)
@with_archive
def edit(
    archive: Archive,
    slug: str,
    assignments: tuple[str, ...],
    speakers: tuple[str, ...],
    links: tuple[str, ...],
    recordings: tuple[str, ...],
) -> None:
    """Change a discussion, here or in your editor."""
    from onrecord.events.registry import Registry

    registry = Registry(archive)
    if not (assignments or speakers or links or recordings):
        _edit_by_hand(archive, registry, slug)
        return
    from onrecord.errors import EventFormatError, UsageError
    from onrecord.events import phrases
    from onrecord.events.assignment import assign
    from onrecord.events.writing import append_rows

    event = registry.get(slug)  # raises what is wrong with the file as it stands
    sources = [phrases.recording_source(text, archive.root) for text in recordings]
    new = {
        "speakers": [phrases.speaker(text) for text in speakers],
        "links": [phrases.link(text) for text in links],
        "recordings": phrases.recordings(sources, {recording.id for recording in event.recordings}),
    }

    def change(document: Any) -> None:
        for key, rows in new.items():
            append_rows(document, key, rows)
        for assignment in assignments:
            assign(document, assignment)

    try:
        event = registry.edit(event.stem, change)
    except EventFormatError as error:
        raise UsageError(error.message, advice=f"{error.advice} Nothing was changed.".strip()) from error
    say(f"Changed {archive.shown(archive.events / f'{event.stem}.toml')}.")
    if recordings:
        note("Next: 'onrecord ingest' fetches and transcribes the recording.")


def _edit_by_hand(archive: Archive, registry: Any, slug: str) -> None:
    from onrecord.errors import EventFormatError
    from onrecord.events.editor import open_draft, run_editor, take

    file = registry.path(slug)
    draft = open_draft(archive, file)
    if draft.went_on:
        note(f"Going on with your edited copy {draft.path}.")
    while True:
        run_editor(draft)
        if not draft.changed:
            draft.remove()
            say("Nothing was changed.")
            return
        try:
            event = take(registry, draft, file.stem)
        except EventFormatError as error:
            if not sys.stdin.isatty():
                raise
            note(f"onrecord: {error}")
            if not click.confirm("Edit it again?", default=True, err=True):
                raise
        else:
            say(f"Changed {archive.shown(archive.events / f'{event.stem}.toml')}.")
            return


@command(
    "import",
    example="""onrecord event import discussions.csv --dry-run
        onrecord event import programme.ics""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--format", "form", default="auto", type=click.Choice(["auto", "csv", "ics", "schedule", "pyvideo"]),
    help="What the list is: a spreadsheet, a calendar, a pretalx or frab schedule, pyvideo's data (default: "
         "as it looks).",
)  # fmt: skip
@click.option("--update", is_flag=True, help="Also change events that are here and differ from the list.")
@json_option
@with_archive
def import_events(
    archive: Archive, /, *, file: Path, dry_run: bool, form: Any, update: bool, as_json: bool
) -> None:
    """Register a whole list of discussions."""
    from onrecord.events.lists import read_list
    from onrecord.events.lists.plan import carry_out, make_plan
    from onrecord.events.lists.telling import as_data, sum_up, told
    from onrecord.events.registry import Registry

    registry = Registry(archive)
    listing = read_list(
        file, form=None if form == "auto" else form, timezone=archive.settings.text("timezone")
    )
    steps = make_plan(registry, listing)
    for remark in listing.remarks:
        note(remark)
    done: list[Step] = []
    for step in steps if dry_run else carry_out(registry, steps, update=update):
        done.append(step)
        if not as_json:
            for line in told(step):
                say(line)
    if as_json:
        print_json([as_data(step) for step in done])
    else:
        say(sum_up(done, dry_run=dry_run, update=update))
        if not update and any(step.action == "changed" for step in done):
            note("Add --update to take over what differs; nothing that was added here is removed by it.")
        if dry_run:
            note("Nothing was written.")
    wrong = [step for step in done if step.action == "wrong"]
    for step in wrong:
        note(f"onrecord: {step.problem}")
    if wrong:
        note(f"{len(wrong)} of {len(done)} could not be taken; the others were not held up by it.")
        click.get_current_context().exit(1)


@command("rename", example="onrecord event rename 2022-07-12-occupied-areas occupied-areas")
@click.argument("slug")
@click.argument("new_slug")
@with_archive
def rename(archive: Archive, slug: str, new_slug: str) -> None:
    """Change a discussion's address; the old one redirects."""
    from onrecord.events.registry import Registry

    event = Registry(archive).rename(slug, new_slug)
    say(f"Its address is '{event.slug}' now; {', '.join(event.aliases) or 'no other'} leads there.")
    note("Its files keep their names. Next: 'onrecord publish' writes the static site anew.")


def _tell_problems(problems: tuple[OnrecordError, ...]) -> None:
    """Says which files could not be read, and exits 1 when there are any."""
    for problem in problems:
        note(f"onrecord: {problem}")
    if problems:
        click.get_current_context().exit(1)
