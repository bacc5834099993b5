"""The commands that say who speaks in a transcript, and that a person has read it."""

from __future__ import annotations

from typing import Any

import click

from onrecord.archive import Archive
from onrecord.console import note, print_json, say
from onrecord.options import command, json_option, with_archive
from onrecord.transcripts.editing import WAIT, language_option, open_library, tell_mended

# The rooms' own modules are imported inside the commands: pydantic takes longer to load than the help may take.


@command(
    "speakers",
    example="""onrecord transcript speakers occupied-areas
        onrecord transcript speakers occupied-areas --name "Speaker 1=Anna Koval"
        onrecord transcript speakers occupied-areas --merge "Speaker 2,Speaker 3=Borys Melnyk"
        onrecord transcript speakers occupied-areas --from c12 --to 0:08:30 --set "Anna Koval" """,
)
@click.argument("event")
@click.argument("recording", required=False)
@language_option
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
    library, found = open_library(archive, event)
    entry = chosen_transcript(library, found, recording, language)
    if changes or given is not None:
        with lock(archive, found.stem, wait=WAIT, doing="naming speakers"):
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
@language_option
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
    from onrecord.errors import ConflictError, UsageError
    from onrecord.locks import lock
    from onrecord.transcripts.choosing import chosen_transcript
    from onrecord.transcripts.correction.reviewing import reviewed, unreviewed
    from onrecord.transcripts.taking_in import instant

    by = " ".join((by or "").split())
    if undo == bool(by):
        raise UsageError(
            "say who has read it." if not undo else "--undo needs no name.",
            advice="Use --by NAME, or --undo.",
        )
    library, found = open_library(archive, event)
    with lock(archive, found.stem, wait=WAIT, doing="reviewing a transcript"):
        entry = chosen_transcript(library, found, recording, language)
        reading = library.reading(entry)
        transcript = reading.transcript
        tell_mended(reading.mended, archive.shown(entry.path))
        try:
            marked = (
                unreviewed(transcript, entry.name)
                if undo
                else reviewed(transcript, by, instant(), entry.name)
            )
        except ConflictError as error:
            error.slug, error.path = found.stem, entry.path
            raise
        library.save(found.stem, entry.recording_id, marked)
    status = marked.provenance
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
