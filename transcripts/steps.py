"""The steps of one recording, each doing nothing where its result stands: what `ingest` and the jobs of the desk are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import NotFoundError
from onrecord.events.model import Event, Recording
from onrecord.media.originals import find_original, last_attempt
from onrecord.media.partial import Bounds
from onrecord.media.renditions import find_rendition
from onrecord.progress import Progress, silent
from onrecord.transcripts.library import Library
from onrecord.transcripts.setback import noting_setbacks
from onrecord.transcripts.state import transcript_states


@dataclass(frozen=True)
class Wishes:
    """How a recording is to be transcribed: None leaves it to the settings and the event."""

    engine: str | None = None
    model: str | None = None
    language: str | None = None


def is_web(recording: Recording) -> bool:
    """Whether its source is an address."""
    return recording.source.startswith(("http:", "https:"))


def get_original(
    archive: Archive,
    event: Event,
    recording: Recording,
    *,
    now: datetime,
    keep_as_it_is: bool = False,
    at_once: bool = False,
    bounds: Bounds | None = None,
    listen: Progress = silent,
) -> Path | bool:
    """Makes the original stand: its path when it came now, True when it stands, False when there is nothing to fetch yet.

    `at_once` tries also what should be left alone for a while. Raises what `fetch` does, and `NotFoundError` for a recording
    that does not say where it is.
    """
    if find_original(archive, event.stem, recording.id) is not None:
        return True
    if not recording.source:
        if not Library(archive).entries(event.stem, recording.id):
            raise NotFoundError(
                f"the recording '{recording.id}' does not say where it is.",
                slug=event.slug,
                advice=f"Name its address or file: 'onrecord event edit {event.slug}'.",
            )
        return False  # its transcript was taken in by hand; there is nothing to play
    if now < event.starts_at and is_web(recording):
        return False  # what stands at the address now is the announcement, not the recording
    from onrecord.media.fetch import fetch  # httpx and yt-dlp, which only this step needs

    return fetch(
        archive, event, recording, keep_as_it_is=keep_as_it_is, at_once=at_once, bounds=bounds, listen=listen
    ).path


def make_rendition(
    archive: Archive, event: Event, recording: Recording, *, listen: Progress = silent
) -> Path | bool:
    """Makes what the public plays: its path when it was made now, True when it stands."""
    if find_rendition(archive, event, recording) is not None:
        return True
    from onrecord.media.renditions import render

    return render(archive, event, recording, listen=listen).path


def is_transcribed(archive: Archive, event: Event, recording: Recording) -> bool:
    """Whether there is nothing to transcribe: no sound, a finished transcript, or one that a person has to look at."""
    original = find_original(archive, event.stem, recording.id)
    if original is None or not original.audio:
        return True
    there = transcript_states(Library(archive), event.stem, recording.id)
    return any(one.status != "partial" or one.problem for one in there)


def make_transcript(
    archive: Archive,
    event: Event,
    recording: Recording,
    *,
    wishes: Wishes | None = None,
    listen: Progress = silent,
) -> Path | bool:
    """Transcribes: the transcript's path when it was made now, True when there is nothing to do. One that is finished is
    never overwritten.
    """
    if is_transcribed(archive, event, recording):
        return True
    return transcribe_now(archive, event, recording, wishes=wishes, listen=listen)


def transcribe_now(
    archive: Archive,
    event: Event,
    recording: Recording,
    *,
    wishes: Wishes | None = None,
    again: bool = False,
    listen: Progress = silent,
) -> Path:
    """Transcribes, or gives what stands as `transcribe` does; a failure is kept for the state of the recording."""
    from onrecord.transcripts.transcribe import transcribe  # numpy and the engines

    wishes = wishes or Wishes()
    with noting_setbacks(archive, event.stem, recording.id):
        return transcribe(
            archive,
            event,
            recording,
            engine=wishes.engine,
            model=wishes.model,
            language=wishes.language,
            again=again,
            listen=listen,
        )


def undone(archive: Archive, event: Event, recording: Recording, now: datetime) -> str:
    """The first step that would be carried out now without anybody asking; "" when there is none.

    What needs a person, such as a fetch that failed for good, is none; nor is what waits for its time.
    """
    if event.withdrawn:
        return ""
    if find_original(archive, event.stem, recording.id) is None:
        if not recording.source or (now < event.starts_at and is_web(recording)):
            return ""
        last = last_attempt(archive, event.stem, recording.id)
        if last is not None:
            from onrecord.media.fetch import changed_since_attempt  # only a failure needs to load it

            later = last.not_before is not None and last.not_before > now
            if (last.permanent or later) and not changed_since_attempt(archive, event, recording):
                return ""
        return "fetch"
    if find_rendition(archive, event, recording) is None:
        return "render"
    return "" if is_transcribed(archive, event, recording) else "transcribe"
