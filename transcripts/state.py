"""The state of an event and of its recordings, read off the files, and what to do next.

Nothing here is stored: the state cannot disagree with what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import FormatError, OnrecordError
from onrecord.events.model import Event, Recording
from onrecord.events.publication import Standing, is_published, is_told, standing, transcript_policy
from onrecord.media.originals import KEEP_AS_IT_IS, Attempt, Original, find_original, last_attempt
from onrecord.media.renditions import find_rendition
from onrecord.transcripts.choosing import transcript_words
from onrecord.transcripts.library import Library
from onrecord.transcripts.setback import Setback, last_setback

Stage = Literal["no original", "original", "partial", "machine", "reviewed"]
Phase = Literal["withdrawn", "cancelled", "coming", "running", "over"]


@dataclass(frozen=True)
class Step:
    """What to do next: a sentence that says why, and the command; both are empty when there is nothing to
    do.
    """

    why: str = ""
    command: str = ""


@dataclass(frozen=True)
class TranscriptState:
    """One transcript that stands; `problem` says why it cannot be read, if it cannot."""

    language: str
    kind: str
    status: str
    problem: str = ""


@dataclass(frozen=True)
class RecordingState:
    """How far a recording is. `duration` is in milliseconds.

    `public` and `transcript_public` say what would be public if the event were: as a person, or the settings,
    have it.
    """

    stem: str
    slug: str
    recording_id: str
    title: str
    stage: Stage
    duration: int | None
    has_sound: bool
    rendition: bool
    transcripts: tuple[TranscriptState, ...]
    failure: Attempt | None
    setback: Setback | None  # the last try to transcribe failed
    warnings: tuple[str, ...]  # about the original, such as several audio tracks
    problem: str
    public: bool
    transcript_public: bool
    kept_private: bool  # a person said so
    next: Step
    has_original: bool = False
    has_source: bool = False  # it says where it is to be had


@dataclass(frozen=True)
class EventState:
    """How far an event is; `standing` says who may see it."""

    stem: str
    slug: str
    title: str
    starts_at: datetime
    phase: Phase
    standing: Standing
    recordings: tuple[RecordingState, ...]
    next: Step
    public_from: datetime | None = None  # when a draft becomes public by the clock, in UTC


def event_state(archive: Archive, event: Event, *, now: datetime | None = None) -> EventState:
    """The state of an event at the instant `now`, which must be aware."""
    now = now or datetime.now(UTC)
    library = Library(archive)
    recordings = tuple(
        _recording_state(archive, library, event, recording, now) for recording in event.recordings
    )
    phase, seen_by = phase_of(event, now), standing(event, now)
    return EventState(
        event.stem, event.slug, event.title, event.starts_at, phase, seen_by, recordings,
        _event_step(event, phase, seen_by, recordings),
        event.publish_instant if seen_by == "draft" else None,
    )  # fmt: skip


def recording_state(
    archive: Archive, event: Event, recording: Recording, *, now: datetime | None = None
) -> RecordingState:
    """The state of one recording at the instant `now`, which must be aware."""
    return _recording_state(archive, Library(archive), event, recording, now or datetime.now(UTC))


def transcript_states(library: Library, stem: str, recording_id: str) -> tuple[TranscriptState, ...]:
    """Every transcript of a recording; one that cannot be read is named with what is wrong."""
    found = []
    for entry in library.entries(stem, recording_id):
        try:
            head = library.head(entry)
            found.append(TranscriptState(entry.language, head.kind, head.status))
        except FormatError as error:
            found.append(TranscriptState(entry.language, "", "", str(error)))
    return tuple(found)


def _recording_state(
    archive: Archive, library: Library, event: Event, recording: Recording, now: datetime
) -> RecordingState:
    problem = ""
    original: Original | None = None
    failure = rendition = None
    try:
        original = find_original(archive, event.stem, recording.id)
        failure = last_attempt(archive, event.stem, recording.id)
        rendition = find_rendition(archive, event, recording)
    except OnrecordError as error:
        problem = str(error)
    transcripts = transcript_states(library, event.stem, recording.id)
    problem = problem or next((one.problem for one in transcripts if one.problem), "")
    stage = _stage(original is not None, transcripts)
    policy, public = transcript_policy(recording, archive), is_published(recording, archive)
    step = _recording_step(
        archive,
        library,
        event,
        recording=recording,
        stage=stage,
        problem=problem,
        original=original,
        failure=failure,
        rendition=rendition is not None,
        now=now,
    )
    return RecordingState(
        stem=event.stem,
        slug=event.slug,
        recording_id=recording.id,
        title=recording.title,
        stage=stage,
        duration=original.duration if original else None,
        has_sound=original is None or bool(original.audio),
        rendition=rendition is not None,
        transcripts=transcripts,
        failure=failure,
        setback=last_setback(archive, event.stem, recording.id) if stage in ("original", "partial") else None,
        warnings=original.warnings if original else (),
        problem=problem,
        public=public,
        kept_private=recording.publish in ("no", "transcript"),
        transcript_public=is_told(recording, archive)
        and (policy == "draft" or (policy == "reviewed" and stage == "reviewed")),
        next=step,
        has_original=original is not None,
        has_source=bool(recording.source),
    )


def _stage(has_original: bool, transcripts: tuple[TranscriptState, ...]) -> Stage:
    statuses = {one.status for one in transcripts if one.kind == "original"} or {
        one.status for one in transcripts if one.kind
    }
    if not statuses:
        return "original" if has_original else "no original"
    if statuses == {"reviewed"}:
        return "reviewed"
    return "partial" if statuses == {"partial"} else "machine"


def _recording_step(
    archive: Archive,
    library: Library,
    event: Event,
    *,
    recording: Recording,
    stage: Stage,
    problem: str,
    original: Original | None,
    failure: Attempt | None,
    rendition: bool,
    now: datetime,
) -> Step:
    go_on = f"onrecord ingest {event.slug}"
    if problem:
        return Step(problem, "onrecord check")
    if original is None:
        if failure is not None:
            if failure.permanent:
                from onrecord.media.fetch import changed_since_attempt  # only a failure needs to load it

                if changed_since_attempt(archive, event, recording):
                    return Step("It was changed since the last try.", go_on)
                if KEEP_AS_IT_IS in failure.error:
                    why = "It is shorter than it says. Where that is all there is, it can be kept:"
                    return Step(why, f"{go_on} {KEEP_AS_IT_IS}")
                return Step("Trying again cannot help.", f"onrecord event edit {event.slug}")
            if failure.not_before is not None and failure.not_before > now:
                when = failure.not_before.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
                return Step(f"Not again before {when}.", go_on)
            return Step("The last try failed.", go_on)
        if recording.source:
            return Step("It is not fetched yet.", go_on)
        if stage == "no original":
            return Step("It does not say where the recording is.", f"onrecord event edit {event.slug}")
    if stage == "original" and (original is None or original.audio):
        return Step("It is not transcribed yet.", go_on)
    if stage == "partial":
        return Step("Its transcription was broken off.", go_on)
    if original is not None and not rendition:
        return Step("It has no rendition to play.", go_on)
    if stage == "machine":
        return Step("Nobody has reviewed its transcript.", _review(event, library, recording))
    return Step()


def _review(event: Event, library: Library, recording: Recording) -> str:
    entries = library.entries(event.stem, recording.id)
    waiting = [entry for entry in entries if library.head(entry).status != "reviewed"]
    which, option = transcript_words(library, event, waiting[0])
    return f'onrecord transcript review {which}{option} --by "YOUR NAME"'


def phase_of(event: Event, now: datetime) -> Phase:
    """Where an event is in its life at the instant `now`, which must be aware."""
    if event.withdrawn:
        return "withdrawn"
    if event.cancelled:
        return "cancelled"
    if now < event.starts_at:
        return "coming"
    return "running" if now < event.ends_at else "over"


def _event_step(
    event: Event, phase: Phase, seen_by: Standing, recordings: tuple[RecordingState, ...]
) -> Step:
    if phase in ("withdrawn", "cancelled"):
        return Step()
    for recording in recordings:
        if recording.next.command and recording.stage != "machine":
            return recording.next
    if phase == "over" and not recordings:
        return Step("It is over and has no recording.", f"onrecord event edit {event.slug} --recording ...")
    for recording in recordings:
        if recording.next.command:
            return recording.next
    if seen_by == "draft" and event.publish_instant is None:
        return Step("It is a draft that nobody else can see.", f"onrecord event publish {event.slug}")
    if any(not recording.public and not recording.kept_private for recording in recordings):
        return Step("A recording of it is not public.", f"onrecord event publish {event.slug}")
    return Step()
