"""The state of everything is read off the files, and the next command is the one that helps."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import EngineUnavailableError, LockedError
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.media.originals import KEEP_AS_IT_IS, Attempt, record_failure
from onrecord.transcripts.library import Library
from onrecord.transcripts.setback import last_setback, noting_setbacks
from onrecord.transcripts.state import RecordingState, Step, event_state
from onrecord.transcripts.vtt import read_vtt

NOW = datetime(2022, 8, 1, tzinfo=UTC)


def added(archive: Archive, **values: object) -> Event:
    """A discussion of July 2022, with one recording unless it is said otherwise."""
    local = datetime(2022, 7, 12, 18)  # noqa: DTZ001 - local time, as in the file
    recordings = [{"id": "part-1", "source": "talk.wav"}]
    return Registry(archive).add({"title": "On dignity", "starts": local, "recordings": recordings, **values})


def only(archive: Archive, now: datetime = NOW) -> RecordingState:
    """The state of the first recording of the only event."""
    (event,) = Registry(archive).scan().events
    return event_state(archive, event, now=now).recordings[0]


def test_a_recording_that_was_never_fetched(archive: Archive) -> None:
    """It has no original, and ingest will get it."""
    event = added(archive)
    state = event_state(archive, event, now=NOW)
    step = Step("It is not fetched yet.", f"onrecord ingest {event.slug}")
    assert (state.recordings[0].stage, state.recordings[0].next, state.next) == ("no original", step, step)
    assert (state.recordings[0].duration, state.recordings[0].rendition, state.recordings[0].transcripts) == (
        None,
        False,
        (),
    )


def test_a_recording_without_a_source(archive: Archive) -> None:
    """Only a person can say where it is."""
    event = added(archive, recordings=[{"id": "part-1"}])
    assert only(archive).next == Step(
        "It does not say where the recording is.", f"onrecord event edit {event.slug}"
    )


@pytest.mark.parametrize(
    ("attempt", "why", "command"),
    [
        (
            Attempt("no route.", False, 2, NOW + timedelta(hours=1)),
            "Not again before 2022-08-01 01:00 UTC.",
            "ingest",
        ),
        (
            Attempt("no route.", False, 2, NOW - timedelta(hours=1)),
            "The last try failed.",
            "ingest",
        ),
        (Attempt("it is gone.", True, 1), "Trying again cannot help.", "event edit"),
    ],
)
def test_a_recording_whose_fetch_failed(archive: Archive, attempt: Attempt, why: str, command: str) -> None:
    """The reason is told, with whether and when trying again can help."""
    event = added(archive)
    archive.media(event.stem).mkdir()
    record_failure(archive, event.stem, "part-1", attempt)
    state = only(archive)
    assert state.failure == attempt
    assert state.next == Step(why, f"onrecord {command} {event.slug}")


def test_a_recording_goes_from_original_to_reviewed(finished: Archive) -> None:
    """Each stage is seen in the files alone: take a file away and the state is the one before."""
    (event,) = Registry(finished).scan().events
    machine = only(finished)
    assert (machine.stage, machine.rendition, machine.has_sound) == ("machine", True, True)
    assert machine.duration is not None and 8_000 < machine.duration < 20_000
    assert machine.next == Step(
        "Nobody has reviewed its transcript.", f'onrecord transcript review {event.slug} --by "YOUR NAME"'
    )

    library = Library(finished)
    transcript = library.read(event.stem, "part-1", "en")
    for status in ("partial", "reviewed"):
        changed = replace(transcript, provenance=replace(transcript.provenance, status=status))
        with lock(finished, event.stem):
            library.save(event.stem, "part-1", changed)
        assert only(finished).stage == status
    assert only(finished).next == Step()
    draft = Step("It is a draft that nobody else can see.", f"onrecord event publish {event.slug}")
    assert event_state(finished, event, now=NOW).next == draft

    for path in finished.renditions(event.stem).iterdir():
        path.unlink()
    assert only(finished).next == Step("It has no rendition to play.", f"onrecord ingest {event.slug}")
    for path in finished.transcripts(event.stem).glob("*.vtt"):
        path.unlink()
    assert (only(finished).stage, only(finished).next.why) == ("original", "It is not transcribed yet.")
    for path in finished.media(event.stem).glob("*.wav"):
        path.unlink()
    assert only(finished).stage == "no original"


def test_what_is_set_public(finished: Archive) -> None:
    """A recording is public when it says so, else as the settings say; its transcript only as far as it is
    reviewed.
    """
    registry = Registry(finished)
    stem = registry.scan().events[0].stem
    assert (only(finished).public, only(finished).transcript_public) == (False, False)
    registry.edit(stem, lambda document: document["recordings"][0].update({"publish": True}))  # type: ignore[union-attr,index]
    assert (only(finished).public, only(finished).transcript_public) == (True, False)
    registry.edit(stem, lambda document: document["recordings"][0].update({"transcript": "draft"}))  # type: ignore[union-attr,index]
    assert (only(finished).public, only(finished).transcript_public) == (True, True)


@pytest.mark.parametrize(
    ("values", "now", "phase", "standing"),
    [
        ({}, datetime(2022, 7, 12, 17, 59, tzinfo=UTC), "coming", "draft"),
        ({}, datetime(2022, 7, 12, 18, 30, tzinfo=UTC), "running", "draft"),
        ({}, NOW, "over", "draft"),
        ({"visibility": "public"}, NOW, "over", "public"),
        ({"publish_at": datetime(2022, 7, 30)}, NOW, "over", "public"),  # noqa: DTZ001 - local time
        ({"publish_at": datetime(2022, 8, 30)}, NOW, "over", "draft"),  # noqa: DTZ001 - local time
        ({"visibility": "unlisted"}, NOW, "over", "unlisted"),
        ({"cancelled": "The speaker is ill."}, NOW, "cancelled", "draft"),
        ({"withdrawn": "At a speaker's wish."}, NOW, "withdrawn", "draft"),
    ],
)
def test_the_phase_of_an_event(
    archive: Archive, values: dict[str, object], now: datetime, phase: str, standing: str
) -> None:
    """An event is coming, running, over, cancelled or withdrawn; a draft becomes public by the clock."""
    state = event_state(archive, added(archive, recordings=[], **values), now=now)
    assert (state.phase, state.standing) == (phase, standing)


def test_an_event_that_is_over_without_a_recording(archive: Archive) -> None:
    """It is said, with the command that names one."""
    event = added(archive, recordings=[])
    step = Step("It is over and has no recording.", f"onrecord event edit {event.slug} --recording ...")
    assert event_state(archive, event, now=NOW).next == step


def test_broken_files_are_named(finished: Archive) -> None:
    """A record or a transcript that cannot be read is a problem to look at, not a crash."""
    (event,) = Registry(finished).scan().events
    path = finished.transcripts(event.stem) / "part-1.en.vtt"
    path.write_text("no transcript at all")
    state = only(finished)
    assert state.next.command == "onrecord check" and str(path) in state.problem
    record: Path = finished.media(event.stem) / "part-1.json"
    record.write_text("{")
    assert "this is no record of a recording" in only(finished).problem


def test_a_file_that_failed_for_good_is_tried_again_once_it_was_changed(archive: Archive) -> None:
    """The remedy was to put the right file there: then the next step is to fetch it."""
    event = added(archive)
    archive.media(event.stem).mkdir()
    record_failure(archive, event.stem, "part-1", Attempt("this is no recording.", True, 1))
    assert only(archive).next.command == f"onrecord event edit {event.slug}"
    (archive.root / "talk.wav").write_bytes(b"better")
    later = (archive.media(event.stem) / "part-1.json").stat().st_mtime + 5
    os.utime(archive.root / "talk.wav", (later, later))
    assert only(archive).next == Step("It was changed since the last try.", f"onrecord ingest {event.slug}")


def test_the_review_names_the_transcript_that_waits(archive: Archive) -> None:
    """With several recordings, the one that nobody has read is in the command."""
    event = added(archive, recordings=[{"id": "part-1"}, {"id": "part-2"}])
    library = Library(archive)
    note = "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: {}\nnext-id: 2\n\n"
    cue = "c1\n00:00:01.000 --> 00:00:02.000\nYes.\n"
    with lock(archive, event.stem):
        for recording, status in (("part-1", "reviewed"), ("part-2", "machine")):
            library.save(event.stem, recording, read_vtt(note.format(status) + cue).transcript)
    command = f'onrecord transcript review {event.slug} part-2 --by "YOUR NAME"'
    assert event_state(archive, event, now=NOW).next == Step("Nobody has reviewed its transcript.", command)


def test_a_draft_that_waits_for_its_time_needs_nobody(archive: Archive) -> None:
    """It is told when it becomes public; there is nothing to do until then."""
    at = datetime(2022, 8, 30, 18)  # noqa: DTZ001 - local time, as in the file
    event = added(archive, recordings=[], starts=at, publish_at=at, timezone="Europe/Kyiv")
    state = event_state(archive, event, now=NOW)
    assert (state.standing, state.public_from) == ("draft", datetime(2022, 8, 30, 15, tzinfo=UTC))
    assert state.next == Step()


def test_a_recording_that_a_person_keeps_private_is_no_step(archive: Archive) -> None:
    """Nobody is asked again to publish it."""
    recordings = [{"id": "part-1", "publish": "no"}]
    event = added(archive, recordings=recordings, visibility="public")
    library = Library(archive)
    note = "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: reviewed\nnext-id: 2\n\n"
    with lock(archive, event.stem):
        said = read_vtt(note + "c1\n00:00:01.000 --> 00:00:02.000\nYes.\n").transcript
        library.save(event.stem, "part-1", said)
    state = event_state(archive, event, now=NOW)
    assert (state.recordings[0].public, state.next) == (False, Step())


def test_a_recording_shorter_than_it_says_can_be_kept(archive: Archive) -> None:
    """The next step names the flag, whatever words the reason came in."""
    event = added(archive)
    archive.media(event.stem).mkdir()
    said = f"It is 3 min long. Get it once more; if this is all there is, take it with {KEEP_AS_IT_IS}."
    record_failure(archive, event.stem, "part-1", Attempt(said, True, 1))
    assert only(archive).next.command == f"onrecord ingest {event.slug} --keep-as-it-is"


def test_a_transcription_that_failed_is_remembered_until_one_does_not(finished: Archive) -> None:
    """Why and when, as long as there is no transcript; an interrupted or a locked one is no failure."""
    (event,) = Registry(finished).scan().events
    for path in finished.transcripts(event.stem).glob("*.vtt"):
        path.unlink()
    with pytest.raises(EngineUnavailableError), noting_setbacks(finished, event.stem, "part-1"):
        raise EngineUnavailableError("there is no model.", advice="Name a folder.")
    for error in (LockedError("another is at it."), KeyboardInterrupt()):
        with pytest.raises(type(error)), noting_setbacks(finished, event.stem, "part-1"):
            raise error
    setback = only(finished).setback
    assert setback is not None and setback.error == "there is no model. Name a folder."
    assert setback == last_setback(finished, event.stem, "part-1")
    with noting_setbacks(finished, event.stem, "part-1"):
        pass
    assert only(finished).setback is None


def test_warnings_about_an_original_are_told(finished: Archive) -> None:
    """Such as several audio tracks, of which the public hears the main one."""
    (event,) = Registry(finished).scan().events
    path = finished.media(event.stem) / "part-1.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["warnings"] = ["It has 2 audio tracks; the public hears the main one."]
    path.write_text(json.dumps(record), encoding="utf-8")
    assert only(finished).warnings == ("It has 2 audio tracks; the public hears the main one.",)
