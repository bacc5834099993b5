"""Which transcript a command means: where there is one, it need not be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onrecord.errors import NotFoundError, UsageError
from onrecord.languages import language_tag
from onrecord.transcripts.library import Entry, Library

if TYPE_CHECKING:
    from onrecord.events.model import Event, Recording


def chosen_recording(event: Event, recording_id: str | None) -> Recording:
    """The recording that is named, or the only one. Raises `NotFoundError` or `UsageError` with them all."""
    known = ", ".join(recording.id for recording in event.recordings)
    if recording_id is not None:
        if found := event.recording(recording_id):
            return found
        advice = f"There are: {known}." if known else _add(event)
        raise NotFoundError(
            f"'{event.slug}' has no recording '{recording_id}'.", slug=event.stem, advice=advice
        )
    if not event.recordings:
        raise NotFoundError(f"'{event.slug}' has no recording yet.", slug=event.stem, advice=_add(event))
    if len(event.recordings) > 1:
        raise UsageError(
            f"'{event.slug}' has several recordings: {known}.", advice="Name one after the event."
        )
    return event.recordings[0]


def _add(event: Event) -> str:
    return f"Add one: 'onrecord event edit {event.slug} --recording ...', with a file or an address."


def transcript_words(library: Library, event: Event, entry: Entry) -> tuple[str, str]:
    """The words of a command that name this transcript: the event with the recording where there are several
    transcripts, and the option for the language where the recording has several.
    """
    entries = library.entries(event.stem)
    languages = [other.language for other in entries if other.recording_id == entry.recording_id]
    name = f"{event.slug} {entry.recording_id}" if len(entries) > len(languages) else event.slug
    return name, f" --language {entry.language}" if len(languages) > 1 else ""


def chosen_transcript(
    library: Library, event: Event, recording_id: str | None, language: str | None
) -> Entry:
    """The transcript that is named, or the only one. Raises `NotFoundError` or `UsageError` with all."""
    if recording_id is not None and event.recording(recording_id) is None:
        chosen_recording(event, recording_id)
    entries = library.entries(event.stem, recording_id)
    tag = language_tag(language) if language else None
    fitting = [entry for entry in entries if tag in (None, entry.language)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        there = ", ".join(entry.name for entry in entries)
        of = f" in {tag}" if tag else ""
        raise NotFoundError(
            f"'{event.slug}' has no transcript{of} yet.", slug=event.stem,
            advice=f"There are: {there}." if there else "Make one with 'onrecord transcribe' or 'onrecord "
                                                        "transcript import'.",
        )  # fmt: skip
    names = ", ".join(entry.name for entry in fitting)
    several = len({entry.recording_id for entry in fitting}) > 1
    raise UsageError(
        f"'{event.slug}' has several transcripts: {names}.",
        advice="Name the recording after the event." if several else "Name one with --language.",
    )
