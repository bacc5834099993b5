"""How what was done, found and checked is told: as lines for people, as data for programs."""

from __future__ import annotations

import re
from typing import Any

from onrecord.archive import Archive
from onrecord.console import note, say
from onrecord.timecode import spoken_length
from onrecord.transcripts.checking import Checked
from onrecord.transcripts.ingest import NotDone, Outcome
from onrecord.transcripts.state import EventState, RecordingState, Step

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_STAGES = {
    "no original": "no original yet",
    "original": "original, no transcript yet",
    "partial": "partial transcript",
    "machine": "machine transcript",
    "reviewed": "reviewed transcript",
}


def plain(text: str) -> str:
    """A text from a file as one line that a terminal cannot take for orders."""
    return _CONTROLS.sub(" ", text)


def count(number: int, thing: str) -> str:
    """`1 event`, `2 events`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


# Ingest


def say_outcome(archive: Archive, outcome: Outcome) -> None:
    """A line for each thing that was done; what was not done, on stderr."""
    for done in outcome.done:
        say(f"{done.stage} {done.slug} {done.recording_id}: {archive.shown(done.path)}")
        for sentence in done.notes:
            note(f"{done.slug} {done.recording_id}: {plain(sentence)}")
    if outcome.indexed:
        say(f"index: {count(outcome.indexed, 'event')} taken in")
    if not (outcome.done or outcome.indexed or outcome.failed or outcome.waiting or outcome.busy):
        say("Everything is done already.")
    for heading, rows in (
        ("Left for later", outcome.waiting),
        ("Being worked on by another run", outcome.busy),
        ("Not done", outcome.failed),
    ):
        for row in rows:
            what = " ".join(part for part in (row.stage, row.slug, row.recording_id) if part)
            note(f"{heading}: {what}: {plain(str(row.error))}")
    if outcome.failed:
        steps = count(len(outcome.failed), "step")
        note(f"{steps} could not be done. Mend what is said above, then run this again.")


def outcome_data(archive: Archive, outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    return {
        "done": [
            {
                "stage": one.stage,
                "event": one.slug,
                "recording": one.recording_id,
                "file": archive.shown(one.path),
            }
            for one in outcome.done
        ],
        "indexed": outcome.indexed,
        "waiting": [_not_done(one) for one in outcome.waiting],
        "busy": [_not_done(one) for one in outcome.busy],
        "failed": [_not_done(one) for one in outcome.failed],
    }


def _not_done(row: NotDone) -> dict[str, Any]:
    return {
        "stage": row.stage,
        "event": row.slug,
        "recording": row.recording_id,
        "error": row.error.message,
        "what_to_do": row.error.advice,
    }


# Status


def say_state(state: EventState) -> None:
    """An event, its recordings, and what to do next."""
    standing: str = state.standing
    if state.public_from is not None:
        standing += f", public from {state.public_from:%Y-%m-%d %H:%M} UTC"
    # What is withdrawn is seen by nobody, whatever was set.
    stands = state.phase if state.phase == "withdrawn" else f"{state.phase}, {standing}"
    say(f"{state.slug}  {state.starts_at:%Y-%m-%d}  {stands}  {plain(state.title)}")
    for one in state.recordings:
        say(f"  {one.recording_id}: {_recording_line(one)}")
        if one.failure is not None and one.stage == "no original":
            say(f"    failed: {plain(one.failure.error)}")
        if one.setback is not None:
            say(f"    failed on {one.setback.at:%Y-%m-%d %H:%M} UTC: {plain(one.setback.error)}")
        for sentence in one.warnings:
            say(f"    {plain(sentence)}")
    if not state.recordings and state.phase == "over":
        say("  no recording")
    if state.next.command:
        say(f"  next: {state.next.command}   ({plain(state.next.why)})")


def _recording_line(one: RecordingState) -> str:
    languages = ", ".join(dict.fromkeys(transcript.language for transcript in one.transcripts))
    public = "not set public"
    if one.public:
        public = "set public" if one.transcript_public else "set public, its transcript not yet"
    elif one.transcript_public:
        public = "only its transcript set public"
    parts = (
        spoken_length(one.duration) if one.duration is not None else "",
        f"{_STAGES[one.stage]} ({languages})" if languages else _STAGES[one.stage],
        "" if one.has_sound else "no sound",
        "rendition" if one.rendition else "no rendition" if one.duration is not None else "",
        public,
    )
    return ", ".join(part for part in parts if part)


def state_data(state: EventState) -> dict[str, Any]:
    """The same for programs."""
    return {
        "slug": state.slug,
        "stem": state.stem,
        "title": state.title,
        "starts": state.starts_at.isoformat(),
        "phase": state.phase,
        "standing": state.standing,
        "public_from": state.public_from.isoformat() if state.public_from else None,
        "recordings": [_recording_data(one) for one in state.recordings],
        "next": _step_data(state.next),
    }


def _recording_data(one: RecordingState) -> dict[str, Any]:
    failure = None
    if one.failure is not None:
        failure = {
            "error": one.failure.error,
            "permanent": one.failure.permanent,
            "tries": one.failure.tries,
            "not_before": one.failure.not_before.isoformat() if one.failure.not_before else None,
        }
    return {
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
        "failure": failure,
        "setback": {"error": one.setback.error, "at": one.setback.at.isoformat()} if one.setback else None,
        "warnings": list(one.warnings),
        "next": _step_data(one.next),
    }


def _step_data(step: Step) -> dict[str, str]:
    return {"why": step.why, "command": step.command}


# Check


def say_checked(archive: Archive, checked: Checked) -> None:
    """A line for each problem: where, what, and what to do."""
    for one in checked.findings:
        place = archive.shown(one.path) + (f":{one.line}" if one.line else "")
        say(plain(f"{place}: {one.problem} {one.advice}".rstrip()))
    looked = f"Looked at {count(checked.files, 'file')}"
    if checked.findings:
        note(f"{looked} and found {count(len(checked.findings), 'problem')}.")
    else:
        say(f"{looked}; everything is as it should be.")


def checked_data(archive: Archive, checked: Checked) -> dict[str, Any]:
    """The same for programs."""
    return {
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
