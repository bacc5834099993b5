"""The commands that make transcripts, find what was said, and say how everything stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click
from onrecord.archive import Archive
from onrecord.console import note, print_json, progress, say
from onrecord.options import command, json_option, quiet_option, with_archive

if TYPE_CHECKING:
    from onrecord.transcripts.ingest import NotDone
    from onrecord.transcripts.search import EventHit, Moment
    from onrecord.transcripts.state import EventState, RecordingState

_LOCAL_SITE = "http://127.0.0.1:8000"  # where 'onrecord serve' stands
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_ENGINES = ("whisper", "openai-whisper", "pocketsphinx", "captions")

engine_option = click.option(
    "--engine", type=click.Choice(_ENGINES), help="The engine (default: the setting transcription.engine)."
)
model_option = click.option("--model", metavar="NAME|FOLDER", help="The engine's model, by name or as a folder or file.")
language_option = click.option("--language", metavar="TAG", help="The language spoken, such as uk (default: the event's).")


def _plain(text: str) -> str:
    """A text from a file as one line that a terminal cannot take for orders."""
    return _CONTROLS.sub(" ", text)


@command("ingest", example="onrecord ingest\nonrecord ingest occupied-areas --engine pocketsphinx")
@click.argument("events", nargs=-1, metavar="[EVENT]...")
@engine_option
@model_option
@language_option
@click.option("--keep-as-it-is", is_flag=True, help="Take recordings whose length does not fit what their source says.")
@json_option
@quiet_option
@with_archive
def ingest(
    archive: Archive,
    events: tuple[str, ...],
    engine: str | None,
    model: str | None,
    language: str | None,
    keep_as_it_is: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fetch, render, transcribe and index what is not done yet."""
    from onrecord.transcripts.ingest import Wishes
    from onrecord.transcripts.ingest import ingest as run

    with progress(quiet=quiet) as listen:
        outcome = run(
            archive, events, wishes=Wishes(engine, model, language), keep_as_it_is=keep_as_it_is, listen=listen
        )
    if as_json:
        print_json(
            {
                "done": [
                    {"stage": one.stage, "event": one.slug, "recording": one.recording_id, "file": archive.shown(one.path)}
                    for one in outcome.done
                ],
                "indexed": outcome.indexed,
                "waiting": [_not_done(one) for one in outcome.waiting],
                "failed": [_not_done(one) for one in outcome.failed],
            }
        )
    else:
        for done in outcome.done:
            say(f"{done.stage} {done.slug} {done.recording_id}: {archive.shown(done.path)}")
        if outcome.indexed:
            say(f"index: {_count(outcome.indexed, 'event')} taken in")
        if not outcome.done and not outcome.indexed and not outcome.failed and not outcome.waiting:
            say("Everything is done already.")
        for row in outcome.waiting:
            note(f"Left for later: {row.stage} {row.slug} {row.recording_id}: {_plain(str(row.error))}")
        for row in outcome.failed:
            note(f"Not done: {' '.join(part for part in (row.stage, row.slug, row.recording_id) if part)}: {_plain(str(row.error))}")
    if outcome.failed:
        if not as_json:
            note(f"{_count(len(outcome.failed), 'step')} could not be done. Mend what is said above, then run this again.")
        click.get_current_context().exit(1)


def _not_done(row: NotDone) -> dict[str, Any]:
    return {
        "stage": row.stage,
        "event": row.slug,
        "recording": row.recording_id,
        "error": row.error.message,
        "what_to_do": row.error.advice,
    }


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@command("transcribe", example="onrecord transcribe occupied-areas part-1 --engine pocketsphinx --again")
@click.argument("event")
@click.argument("recording", required=False)
@engine_option
@model_option
@language_option
@click.option("--track", type=click.IntRange(min=0), default=0, show_default=True, help="The audio track, counted from 0.")
@click.option("--again", is_flag=True, help="Transcribe once more; the present transcript goes into the history.")
@json_option
@quiet_option
@with_archive
def transcribe(
    archive: Archive,
    event: str,
    recording: str | None,
    engine: str | None,
    model: str | None,
    language: str | None,
    track: int,
    again: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Transcribe recordings."""
    from onrecord.errors import NotFoundError
    from onrecord.events.registry import Registry
    from onrecord.toml import did_you_mean
    from onrecord.transcripts.indexing import refresh_index
    from onrecord.transcripts.transcribe import transcribe as run

    registry = Registry(archive)
    found = registry.get(event)
    chosen = [one for one in found.recordings if recording in (None, one.id)]
    if not chosen:
        ids = [one.id for one in found.recordings]
        raise NotFoundError(
            f"'{found.slug}' has no recording '{recording}'." if recording else f"'{found.slug}' has no recording yet.",
            advice=(did_you_mean(recording, ids) or f"It has: {', '.join(ids)}.") if recording and ids
            else f"Name one: 'onrecord event edit {found.slug}'.",
        )  # fmt: skip
    made = []
    with progress(quiet=quiet) as listen:
        for one in chosen:
            path = run(
                archive, found, one, engine=engine, model=model, language=language, track=track, again=again, listen=listen
            )
            made.append({"recording": one.id, "file": archive.shown(path)})
            if not as_json:
                say(f"transcribe {found.slug} {one.id}: {archive.shown(path)}")
        refresh_index(archive, registry=registry, stems=[found.stem], listen=listen)
    if as_json:
        print_json({"event": found.slug, "transcripts": made})


@command(
    "search",
    example="""onrecord search filtration camps
    onrecord search '"filtration camps" -rumour speaker:koval after:2022-03'
    onrecord search 'passport*' --event occupied-areas""",
)
@click.argument("question", nargs=-1, required=True)
@click.option("--event", default="", metavar="EVENT", help="Show all moments of this event.")
@click.option(
    "--order", type=click.Choice(["best", "newest", "oldest"]), default="best", show_default=True, help="Which events come first."
)
@click.option("--limit", type=click.IntRange(1, 1000), help="How many events, or moments of one event (default: 10, or 200).")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="How many to leave out first.")
@json_option
@quiet_option
@with_archive
def search(
    archive: Archive,
    question: tuple[str, ...],
    event: str,
    order: Any,
    limit: int | None,
    offset: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the moments when something was said."""
    from onrecord.errors import LockedError
    from onrecord.events.registry import Registry
    from onrecord.transcripts.indexing import refresh_index
    from onrecord.transcripts.query import ask
    from onrecord.transcripts.search import search as run

    asked = ask(" ".join(question), order=order, offset=offset, limit=limit or (200 if event else 10))
    registry = Registry(archive)
    if event:
        from dataclasses import replace

        asked = replace(asked, event=registry.get(event).stem)
    try:
        with progress(quiet=quiet or as_json) as listen:
            made = refresh_index(archive, registry=registry, wait=0 if archive.index_file.exists() else 60, listen=listen)
        for problem in made.problems:
            note(f"Not searched: {_plain(str(problem))}")
    except LockedError:
        note("Another onrecord is writing the search index; this is what it held before.")
    results = run(archive.index_file, asked, glossary=archive.settings.glossary)
    base = archive.settings.text("base-url") or _LOCAL_SITE
    if as_json:
        print_json(
            {
                "question": asked.text,
                "total": results.total,
                "took_ms": round(results.took * 1000, 1),
                "events": [_event_data(hit, base) for hit in results.events],
                "facets": {name: dict(values) for name, values in results.facets.items()},
            }
        )
        return
    if not results.total:
        say("Nothing was found.")
        return
    if event:
        counted = sum(hit.moment_count for hit in results.events)
        say(f"{_count(counted, 'moment')}")
    else:
        shown = f", {offset + 1} to {offset + len(results.events)} shown" if len(results.events) < results.total else ""
        say(f"{_count(results.total, 'event')}{shown}")
    for hit in results.events:
        _say_event(hit, base)


def address(base: str, slug: str, moment: Moment | None = None) -> str:
    """The address of an event's page, or of the sentence on it with which a moment begins."""
    from urllib.parse import quote

    anchor = f"#{quote(f'{moment.recording_id}.{moment.language}.{moment.cue_id}')}" if moment else ""
    return f"{base}/events/{slug}/{anchor}"


def _say_event(hit: EventHit, base: str) -> None:
    from onrecord.timecode import clock

    say()
    title = "".join(click.style(_plain(text), bold=True) if found else _plain(text) for text, found in hit.title_pieces)
    say("  ".join(part for part in (title, f"{hit.starts_at:%Y-%m-%d}", hit.note) if part))
    if not hit.moments:
        where = f"  found in: {', '.join(hit.found_in)}" if hit.found_in else ""
        say(f"  {address(base, hit.slug)}{where}")
    for moment in hit.moments:
        words = "".join(click.style(_plain(text), bold=True) if found else _plain(text) for text, found in moment.pieces)
        around = " ".join(part for part in (_plain(moment.before), words, _plain(moment.after)) if part)
        head = (clock(moment.start, hours="needed", fraction=False), _plain(moment.speaker), moment.language, moment.status)
        say(f"  {'  '.join(part for part in head if part)}")
        say(f"    {around}")
        say(f"    {address(base, hit.slug, moment)}")
    more = hit.moment_count - len(hit.moments)
    if more > 0:
        say(f"  {'' if hit.counted else 'at least '}{more} more: onrecord search ... --event {hit.slug}")


def _event_data(hit: EventHit, base: str) -> dict[str, Any]:
    return {
        "slug": hit.slug,
        "stem": hit.stem,
        "title": hit.title,
        "starts": hit.starts_at.isoformat(),
        "note": hit.note,
        "found_in": list(hit.found_in),
        "address": address(base, hit.slug),
        "moment_count": hit.moment_count,
        "moment_count_is_exact": hit.counted,
        "moments": [_moment_data(hit, moment, base) for moment in hit.moments],
    }


def _moment_data(hit: EventHit, moment: Moment, base: str) -> dict[str, Any]:
    from onrecord.timecode import clock

    return {
        "recording": moment.recording_id,
        "language": moment.language,
        "cue": moment.cue_id,
        "start": clock(moment.start),
        "start_ms": moment.start,
        "end_ms": moment.end,
        "play_from_ms": moment.play_from,
        "speaker": moment.speaker,
        "status": moment.status,
        "before": moment.before,
        "text": "".join(text for text, _ in moment.pieces),
        "hits": [text for text, found in moment.pieces if found],
        "after": moment.after,
        "link": address(base, hit.slug, moment),
    }


@command("reindex", example="onrecord reindex")
@json_option
@quiet_option
@with_archive
def reindex(archive: Archive, as_json: bool, quiet: bool) -> None:
    """Make the search index again from the files."""
    from onrecord.transcripts.indexing import remake_index

    with progress(quiet=quiet) as listen:
        made = remake_index(archive, listen=listen)
    if as_json:
        print_json({"events": made.taken_in, "not_read": [str(problem) for problem in made.problems]})
    else:
        say(f"Indexed {_count(made.taken_in, 'event')}.")
        for problem in made.problems:
            note(f"Not indexed: {_plain(str(problem))}")
    if made.problems:
        click.get_current_context().exit(1)


@command("status", example="onrecord status\nonrecord status occupied-areas --json")
@click.argument("events", nargs=-1, metavar="[EVENT]...")
@json_option
@with_archive
def status(archive: Archive, events: tuple[str, ...], as_json: bool) -> None:
    """Show the state of everything, and what to do next."""
    from onrecord.events.registry import Registry
    from onrecord.transcripts.state import event_state

    registry = Registry(archive)
    scan = registry.scan()
    chosen = [registry.get(name) for name in events] if events else list(scan.events)
    states = [event_state(archive, event) for event in chosen]
    problems = () if events else scan.problems
    if as_json:
        print_json(
            {
                "events": [_state_data(state) for state in states],
                "problems": [{"message": str(problem)} for problem in problems],
            }
        )
        return
    for state in states:
        _say_state(state)
    for problem in problems:
        note(f"Not read: {_plain(str(problem))}")
    if not states and not problems:
        say("There is no event yet.")
        note('Next: onrecord event add --title "..." --starts "2026-01-31 18:00"')


_STAGES = {
    "no original": "no original yet",
    "original": "original, no transcript yet",
    "partial": "partial transcript",
    "machine": "machine transcript",
    "reviewed": "reviewed transcript",
}


def _say_state(state: EventState) -> None:
    say(f"{state.slug}  {state.starts_at:%Y-%m-%d}  {state.phase}, {state.standing}  {_plain(state.title)}")
    for one in state.recordings:
        say(f"  {one.recording_id}: {_recording_line(one)}")
        if one.failure is not None and one.stage == "no original":
            say(f"    failed: {_plain(one.failure.error)}")
    if not state.recordings and state.phase == "over":
        say("  no recording")
    if state.next.command:
        say(f"  next: {state.next.command}   ({_plain(state.next.why)})")


def _recording_line(one: RecordingState) -> str:
    from onrecord.timecode import spoken_length

    languages = ", ".join(dict.fromkeys(transcript.language for transcript in one.transcripts))
    parts = [
        spoken_length(one.duration) if one.duration is not None else "",
        f"{_STAGES[one.stage]} ({languages})" if languages else _STAGES[one.stage],
        "" if one.has_sound else "no sound",
        "rendition" if one.rendition else "no rendition" if one.duration is not None else "",
        ("set public" + ("" if one.transcript_public else ", its transcript not yet")) if one.public else "not set public",
    ]
    return ", ".join(part for part in parts if part)


def _state_data(state: EventState) -> dict[str, Any]:
    return {
        "slug": state.slug,
        "stem": state.stem,
        "title": state.title,
        "starts": state.starts_at.isoformat(),
        "phase": state.phase,
        "standing": state.standing,
        "recordings": [
            {
                "id": one.recording_id,
                "stage": one.stage,
                "duration_ms": one.duration,
                "rendition": one.rendition,
                "transcripts": [
                    {"language": transcript.language, "kind": transcript.kind, "status": transcript.status}
                    for transcript in one.transcripts
                ],
                "public": one.public,
                "transcript_public": one.transcript_public,
                "problem": one.problem,
                "failure": None if one.failure is None else {
                    "error": one.failure.error,
                    "permanent": one.failure.permanent,
                    "tries": one.failure.tries,
                    "not_before": one.failure.not_before.isoformat() if one.failure.not_before else None,
                },
                "next": {"why": one.next.why, "command": one.next.command},
            }
            for one in state.recordings
        ],
        "next": {"why": state.next.why, "command": state.next.command},
    }  # fmt: skip


@command("check", example="onrecord check")
@json_option
@quiet_option
@with_archive
def check(archive: Archive, as_json: bool, quiet: bool) -> None:
    """Hold every file against its manifest and its format."""
    from onrecord.transcripts.checking import check as run

    with progress(quiet=quiet) as listen:
        checked = run(archive, listen=listen)
    if as_json:
        print_json(
            {
                "files": checked.files,
                "problems": [
                    {
                        "file": archive.shown(one.path),
                        "line": one.line,
                        "problem": one.problem,
                        "what_to_do": one.advice,
                    }
                    for one in checked.findings
                ],
            }
        )
    else:
        for one in checked.findings:
            place = archive.shown(one.path) + (f":{one.line}" if one.line else "")
            say(_plain(f"{place}: {one.problem} {one.advice}".rstrip()))
        if checked.findings:
            note(f"Looked at {_count(checked.files, 'file')} and found {_count(len(checked.findings), 'problem')}.")
        else:
            say(f"Looked at {_count(checked.files, 'file')}; everything is as it should be.")
    if checked.findings:
        click.get_current_context().exit(1)
