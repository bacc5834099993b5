"""The commands for reading, correcting, importing and exporting transcripts."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.archive import Archive
from onrecord.console import note, print_json, put, say
from onrecord.options import command, json_option, with_archive

if TYPE_CHECKING:
    from onrecord.events.model import Event
    from onrecord.transcripts.formats.head import Head
    from onrecord.transcripts.library import Entry, Library
    from onrecord.transcripts.revise import Changes

# The rooms' own modules are imported inside the commands: pydantic takes longer to load than the help may
# take.

_FORMATS = ("vtt", "srt", "txt", "md", "json")
_language = click.option(
    "--language", metavar="TAG", help="The transcript's language, where there are several: en, uk."
)
_WAIT = 10.0  # seconds that a command waits for another one that saves


def _open(archive: Archive, name: str) -> tuple[Library, Event]:
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


def _tell_mended(mended: tuple[str, ...], name: str) -> None:
    for sentence in mended[:40]:
        note(f"{name}: {sentence}")
    if len(mended) > 40:
        note(f"{name}: and {len(mended) - 40} more like these.")


@command("show", example="onrecord transcript show occupied-areas --language en")
@click.argument("event")
@click.argument("recording", required=False)
@_language
@json_option
@with_archive
def show(archive: Archive, *, event: str, recording: str | None, language: str | None, as_json: bool) -> None:
    """Show a transcript."""
    from onrecord.transcripts.choosing import chosen_transcript
    from onrecord.transcripts.formats import write_as

    library, found = _open(archive, event)
    entry = chosen_transcript(library, found, recording, language)
    reading = library.reading(entry)
    put(write_as(reading.transcript, "json" if as_json else "txt", _head(found, entry, library)))
    _tell_mended(reading.mended, archive.shown(entry.path))


@command(
    "import",
    example="""onrecord transcript import occupied-areas talk.uk.srt --language uk
        onrecord transcript import occupied-areas corrected.txt --revise --by "Olena Example"
        onrecord transcript import occupied-areas part-2 zoom.vtt --speaker-map "Zoom user=Anna Koval" """,
)
@click.argument("event")
@click.argument("rest", nargs=-1, required=True, metavar="[RECORDING] FILE")
@_language
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
    library, found = _open(archive, event)
    with lock(archive, found.stem, wait=_WAIT, doing="importing a transcript"):
        if revise:
            taken = read_correction(library, found, recording, file, language)
        else:
            taken = read_new(
                library, found, recording, file, language,
                kind="translation" if kind == "translation" else "original",
                speakers=dict(pair(text) for text in names), offset=_offset(offset), replace_it=replace_it,
            )  # fmt: skip
        transcript = corrected(taken.transcript, by) if revise and taken.changes else taken.transcript
        _tell_mended(taken.mended, str(file))
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
@_language
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
    library, found = _open(archive, event)
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
    _tell_mended(reading.mended, archive.shown(entry.path))


@command(
    "speakers",
    example="""onrecord transcript speakers occupied-areas
        onrecord transcript speakers occupied-areas --name "Speaker 1=Anna Koval"
        onrecord transcript speakers occupied-areas --merge "Speaker 2,Speaker 3=Borys Melnyk"
        onrecord transcript speakers occupied-areas --from c12 --to 0:08:30 --set "Anna Koval" """,
)
@click.argument("event")
@click.argument("recording", required=False)
@_language
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="OLD=NEW",
    help="Rename a speaker; an empty OLD names cues without one.",
)
@click.option("--merge", "merges", multiple=True, metavar="A,B=NAME", help="Make several speakers one.")
@click.option("--set", "given", metavar="NAME", help="Give every cue of the stretch to one speaker.")
@click.option("--from", "first", metavar="CUE|TIME", help="Where a stretch begins: c12, or 0:08:30.")
@click.option("--to", "last", metavar="CUE|TIME", help="Where it ends; the cue itself is part of it.")
@json_option
@with_archive
def speakers(
    archive: Archive,
    *,
    event: str,
    recording: str | None,
    language: str | None,
    names: tuple[str, ...],
    merges: tuple[str, ...],
    given: str | None,
    first: str | None,
    last: str | None,
    as_json: bool,
) -> None:
    """Name, rename or merge the speakers."""
    from onrecord.errors import UsageError
    from onrecord.locks import lock
    from onrecord.transcripts import speakers as who
    from onrecord.transcripts.choosing import chosen_transcript
    from onrecord.transcripts.taking_in import corrected

    changes = dict(who.pair(text) for text in names)
    for text in merges:
        olds, new = who.pair(text)
        changes.update({" ".join(old.split()): new for old in olds.split(",")})
    stretched = first is not None or last is not None
    if given is not None and not stretched:
        raise UsageError(
            "--set is for a stretch.", advice="Say where it begins and ends with --from and --to."
        )
    if stretched and given is None and not changes:
        raise UsageError(
            "a stretch without a speaker.", advice="Say who speaks in it with --set NAME or --name OLD=NEW."
        )
    library, found = _open(archive, event)
    entry = chosen_transcript(library, found, recording, language)
    if changes or given is not None:
        with lock(archive, found.stem, wait=_WAIT, doing="naming speakers"):
            before = library.read(entry)
            after = before
            stretch = (
                who.cue_index(before, first) if first else 0,
                who.cue_index(before, last, last=True) if last else len(before.cues) - 1,
            )
            if stretch[0] > stretch[1]:
                raise UsageError("the stretch ends before it begins.", advice="Exchange --from and --to.")
            if changes:
                after = who.renamed(after, changes, stretch if stretched else None)
            if given is not None:
                after = who.given_to(after, " ".join(given.split()), stretch)
            count = sum(a.speaker != b.speaker for a, b in zip(before.cues, after.cues, strict=True))
            if count:
                library.save(found.stem, entry.recording_id, corrected(after))
        note(f"{count} cues have another speaker now." if count else "Nothing was changed.")
    _list_speakers(library.read(entry), as_json=as_json)


def _list_speakers(transcript: Any, *, as_json: bool) -> None:
    from onrecord.timecode import spoken_length
    from onrecord.transcripts.speakers import shares

    rows = shares(transcript)
    if as_json:
        print_json([vars(row) for row in rows])
        return
    width = max((len(row.name or "(nobody)") for row in rows), default=0)
    for row in rows:
        say(
            f"{row.name or '(nobody)':<{width}}  {spoken_length(row.length):>10}  {row.cues} cues, "
            f"{row.words} words"
        )


@command("review", example='onrecord transcript review occupied-areas --by "Olena Example"')
@click.argument("event")
@click.argument("recording", required=False)
@_language
@click.option("--by", metavar="NAME", help="Who has read it through.")
@click.option("--undo", is_flag=True, help="It is not reviewed after all.")
@json_option
@with_archive
def review(
    archive: Archive,
    *,
    event: str,
    recording: str | None,
    language: str | None,
    by: str | None,
    undo: bool,
    as_json: bool,
) -> None:
    """Mark a transcript as reviewed."""
    from dataclasses import replace

    from onrecord.errors import ConflictError, UsageError
    from onrecord.locks import lock
    from onrecord.transcripts.choosing import chosen_transcript
    from onrecord.transcripts.taking_in import instant

    by = " ".join((by or "").split())
    if undo == bool(by):
        raise UsageError(
            "say who has read it." if not undo else "--undo needs no name.",
            advice="Use --by NAME, or --undo.",
        )
    library, found = _open(archive, event)
    with lock(archive, found.stem, wait=_WAIT, doing="reviewing a transcript"):
        entry = chosen_transcript(library, found, recording, language)
        reading = library.reading(entry)
        transcript = reading.transcript
        told = transcript.provenance
        if undo and told.status != "reviewed":
            raise ConflictError(f"{entry.name} is not marked as reviewed.", slug=found.stem, path=entry.path)
        if not undo and told.status == "partial":
            raise ConflictError(
                f"{entry.name} is unfinished.", slug=found.stem, path=entry.path,
                advice=f"Finish it with 'onrecord transcribe {found.slug}', then review it.",
            )  # fmt: skip
        _tell_mended(reading.mended, archive.shown(entry.path))
        if not undo and not transcript.cues:
            raise ConflictError(
                f"{entry.name} has no words that could be read.", slug=found.stem, path=entry.path,
                advice="Mend the file, or take in another with 'onrecord transcript import'.",
            )  # fmt: skip
        status = replace(told, status="machine", reviewed="", reviewed_by="") if undo else replace(
            told, status="reviewed", reviewed=instant(), reviewed_by=by
        )  # fmt: skip
        library.save(found.stem, entry.recording_id, replace(transcript, provenance=status))
    unsure = sum(word.unsure for word in transcript.words())
    if as_json:
        print_json(
            {
                "transcript": entry.name,
                "status": status.status,
                "reviewed_by": status.reviewed_by,
                "unsure_words": unsure,
            }
        )
    elif undo:
        say(f"{entry.name} is no longer marked as reviewed.")
    else:
        say(f"{entry.name} is reviewed by {by}.")
        if unsure:
            note(
                f"{unsure} words in it are still marked as unsure; --revise takes the marks off words that "
                f"you change."
            )
