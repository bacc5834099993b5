"""The event and the recording that a page is about, and the addresses of these pages."""

from __future__ import annotations

from onrecord import jobs
from onrecord.errors import NotFoundError
from onrecord.events.model import Event, Recording
from onrecord.events.registry import Registry
from onrecord.jobs import Job
from onrecord.languages import N_
from onrecord.media.registering import Register
from onrecord.media.uploads import Upload, Uploads
from onrecord.site.desk.asking import Ask
from onrecord.site.desk.register.held import held


def registry(ask: Ask) -> Registry:
    """The events of the archive, as the desk has read them already."""
    return held(ask).registry


def event_of(ask: Ask) -> Event:
    """The event that the address names by its stem. Raises `NotFoundError`."""
    return event_named(ask, ask.params["stem"])


def event_named(ask: Ask, stem: str) -> Event:
    """An event by its stem alone. Raises `NotFoundError`, and what is wrong with its file."""
    event = registry(ask).get(stem)
    if event.stem != stem:
        raise NotFoundError(N_("There is no such discussion."), slug=stem)
    return event


def recording_of(ask: Ask) -> tuple[Event, Recording]:
    """The recording that the address names. Raises `NotFoundError`."""
    event = event_of(ask)
    recording = event.recording(ask.params["rid"])
    if recording is None:
        raise NotFoundError(N_("There is no such recording in this discussion."), slug=event.stem)
    return event, recording


def event_place(stem: str) -> str:
    """The overview of an event."""
    return f"/desk/events/{stem}/"


def new_place(stem: str) -> str:
    """Where a recording is brought to an event."""
    return f"/desk/events/{stem}/recordings/new"


def recording_place(stem: str, recording_id: str) -> str:
    """The page of a recording."""
    return f"/desk/events/{stem}/recordings/{recording_id}/"


def media_place(stem: str, recording_id: str) -> str:
    """What the desk plays of a recording."""
    return f"/desk/media/{stem}/{recording_id}"


def bring(ask: Ask, stem: str, source: str, **values: object) -> str:
    """Writes a source into an event's file and has the recording fetched, rendered and transcribed; its id.

    Doing it once more changes nothing.
    """
    known = event_named(ask, stem)
    register = Register(ask.archive, stem, source, values)
    registry(ask).edit(stem, register)
    enqueue(ask, stem, register.recording_id)
    if all(one.source != source for one in known.recordings):
        ask.audit("recording.brought", stem, register.recording_id)
    return register.recording_id


def bring_upload(ask: Ask, upload: Upload) -> str:
    """The same for a whole upload."""
    recording_id = Uploads(ask.archive).register(upload)
    if not upload.recording_id:
        enqueue(ask, upload.stem, recording_id)
        ask.audit("recording.brought", upload.stem, recording_id)
    return recording_id


def enqueue(ask: Ask, stem: str, recording_id: str, **details: object) -> Job:
    """Has a recording worked on; `details` may name the step to begin again `from`."""
    return jobs.enqueue(ask.database, "recording", stem, recording_id, details=details, by=ask.me.name)
