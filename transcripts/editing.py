"""The commands that show transcripts, take them in, corrected or new, and write them out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.archive import Archive
from onrecord.console import note, print_json, put, say
from onrecord.options import command, json_option, with_archive

if TYPE_CHECKING:
    from onrecord.events.model import Event
    from onrecord.transcripts.formats.head import Head
    from onrecord.transcripts.library import Entry, Library
    from onrecord.transcripts.revision.comparing import Changes

# The rooms' own modules are imported inside the commands: pydantic takes longer to load than the help may
# take.

_FORMATS = ("vtt", "srt", "txt", "md", "json")
language_option = click.option(
    "--language", metavar="TAG", help="The transcript's language, where there are several: en, uk."
)
WAIT = 10.0  # seconds that a command waits for another one that saves


def open_library(archive: Archive, name: str) -> tuple[Library, Event]:
    from onrecord.events.registry import Registry
    from onrecord.transcripts.library import Library

    return Library(archive), Registry(archive).get(name)


def _head(event: Event, entry: Entry, library: Library) -> Head:
    from onrecord.transcripts.formats.head import Head, provenance_sentence

    transcript = library.read(entry)
    recording = event.recording(entry.recording_id)
    part = f": {recording.title}" if recording and recording.title and len(event.recordings) > 1 else ""
    return Head(
        title=event.title + part,
        date=f"{event.starts:%Y-%m-%d %H:%M} ({event.timezone})",
        speakers=transcript.speakers,
        provenance=provenance_sentence(transcript.provenance),
        anchor=entry.name,
    )


def tell_mended(mended: tuple[str, ...], name: str) -> None:
    for sentence in mended[:40]:
        note(f"{name}: {sentence}")
    if len(mended) > 40:
        note(f"{name}: and {len(mended) - 40} more like these.")


@command("show", example="onrecord transcript show occupied-areas --language en")
@click.argument("event")
@click.argument("recording", required=False)
@language_option
@json_option
@with_archive
def show(archive: Archive, *, event: str, recording: str | None, language: str | None, as_json: bool) -> None:
    """Show a transcript."""
    from onrecord.transcripts.choosing import chosen_transcript
    from onrecord.transcripts.formats import write_as

    library, found = open_library(archive, event)
    entry = chosen_transcript(library, found, recording, language)
    reading = library.reading(entry)
    put(write_as(reading.transcript, "json" if as_json else "txt", _head(found, entry, library)))
    tell_mended(reading.mended, archive.shown(entry.path))


@command(
    "import",
    example="""onrecord transcript import occupied-areas talk.uk.srt --language uk
        onrecord transcript import occupied-areas corrected.txt --revise --by "Olena Example"
        onrecord transcript import occupied-areas part-2 zoom.vtt --speaker-map "Zoom user=Anna Koval" """,
)
@click.argument("event")
@click.argument("rest", nargs=-1, required=True, metavar="[RECORDING] FILE")
@language_option
@click.option(
    "--kind",
    type=click.Choice(["original", "translation"]),
    help="Whether the text is what was said, or a translation.",
)
@click.option(
    "--revise", is_flag=True, help="Take the file as a correction: ids and times of unchanged words stay."
)
@click.option(
    "--replace",
    "replace_it",
    is_flag=True,
    help="Put it in the place of a transcript that a person worked on.",
)
@click.option(
    "--speaker-map",
    "names",
    multiple=True,
    metavar="OLD=NEW",
    help="Rename a speaker of the file; can be repeated.",
)
@click.option("--offset", metavar="TIME", help="Move every time by this much: 1:30, or -1:30 for earlier.")
@click.option("--by", default="", metavar="NAME", help="Who made the correction; kept in the transcript.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
@with_archive
def import_transcript(
    archive: Archive,
    *,
    event: str,
    rest: tuple[str, ...],
    language: str | None,
    kind: str | None,
    revise: bool,
    replace_it: bool,
    names: tuple[str, ...],
    offset: str | None,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in a transcript, or a correction of one."""
    from onrecord.errors import UsageError
    from onrecord.locks import lock
    from onrecord.transcripts.choosing import transcript_words
    from onrecord.transcripts.speakers import pair
    from onrecord.transcripts.taking_in import corrected, read_correction, read_new

    if len(rest) > 2:
        raise UsageError(
            f"'{rest[2]}' is one argument too many.",
            advice="Give the event, perhaps a recording, and one file.",
        )
    recording, file = (rest[0] if len(rest) == 2 else None), Path(rest[-1])
    if revise and (kind or names or offset or replace_it):
        raise UsageError(
            "--revise takes the file as it is.",
            advice="Leave out --kind, --speaker-map, --offset and --replace.",
        )
    library, found = open_library(archive, event)
    with lock(archive, found.stem, wait=WAIT, doing="importing a transcript"):
        if revise:
            taken = read_correction(library, found, recording, file, language)
        else:
            taken = read_new(
                library, found, recording, file, language,
                kind="translation" if kind == "translation" else "original",
                speakers=dict(pair(text) for text in names), offset=_offset(offset), replace_it=replace_it,
            )  # fmt: skip
        transcript = corrected(taken.transcript, by) if revise and taken.changes else taken.transcript
        tell_mended(taken.mended, str(file))
        unchanged = taken.changes is not None and not taken.changes and revise
        if not dry_run and not unchanged:
            library.save(found.stem, taken.entry.recording_id, transcript)
    place = archive.shown(taken.entry.path)
    if as_json:
        print_json(
            {"transcript": taken.entry.name, "file": place, "cues": len(transcript.cues),
             "saved": not dry_run and not unchanged,
             "changes": None if taken.changes is None else vars(taken.changes), "mended": list(taken.mended)}
        )  # fmt: skip
        return
    done = "Nothing was changed" if unchanged else "Would write" if dry_run else "Wrote"
    if unchanged:
        say(f"{done}: the text is as it was.")
    else:
        say(
            f"{done} {place}: {len(transcript.cues)} cues"
            + (f"; {_counted(taken.changes)}." if taken.changes else ".")
        )
    if not revise and not dry_run:
        which, option = transcript_words(library, found, taken.entry)
        note(f"Next: 'onrecord transcript review {which}{option} --by NAME' when a person has read it.")


def _offset(text: str | None) -> int:
    from onrecord.timecode import milliseconds

    if not text:
        return 0
    return -milliseconds(text[1:]) if text.startswith("-") else milliseconds(text.removeprefix("+"))


def _counted(changes: Changes) -> str:
    rows = [
        (changes.changed, "word", "in another spelling"), (changes.added, "word", "added"),
        (changes.removed, "word", "removed"), (changes.renamed, "cue", "with another speaker"),
        (changes.new_cues, "cue", "new"), (changes.gone_cues, "cue", "gone"),
        (changes.same_cues, "cue", "as before"),
    ]  # fmt: skip
    said = [f"{count} {what if count == 1 else what + 's'} {how}" for count, what, how in rows if count]
    return ", ".join(said) or "nothing different"


@command("export", example="onrecord transcript export occupied-areas --format md -o talk.md")
@click.argument("event")
@click.argument("recording", required=False)
@language_option
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="The format (default: as the file's ending says, else vtt).",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it (default: on the screen).",
)
@with_archive
def export_transcript(
    archive: Archive,
    *,
    event: str,
    recording: str | None,
    language: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    """Write a transcript in another format."""
    from onrecord.errors import UsageError
    from onrecord.files import write_text
    from onrecord.transcripts.choosing import chosen_transcript, transcript_words
    from onrecord.transcripts.formats import WRITE_FORMATS, write_as

    ending = output.suffix.lower().lstrip(".") if output else ""
    wanted = form or {"markdown": "md", "text": "txt"}.get(ending, ending) or "vtt"
    chosen = next((name for name in WRITE_FORMATS if name == wanted), None)
    if chosen is None:
        raise UsageError(
            f"there is no format '{wanted}'.", advice=f"Say one with --format: {', '.join(WRITE_FORMATS)}."
        )
    library, found = open_library(archive, event)
    entry = chosen_transcript(library, found, recording, language)
    reading = library.reading(entry)
    text = write_as(reading.transcript, chosen, _head(found, entry, library))
    if output is None:
        put(text)
    else:
        write_text(output.resolve(), text)
        note(f"Wrote {output}: {len(reading.transcript.cues)} cues.")
        if chosen in ("txt", "md", "srt", "vtt"):
            which, option = transcript_words(library, found, entry)
            note(
                f"A corrected copy comes back with 'onrecord transcript import {which} "
                f"{shlex.quote(str(output))}{option} --revise'."
            )
    tell_mended(reading.mended, archive.shown(entry.path))
