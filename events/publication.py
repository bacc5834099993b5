"""What a person has said may be public: of an event, of a recording, of what was said in it.

This is the record's own word and the settings', in one place for the gate, the checklist and the status. What passes
is decided by the gate of the site.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from onrecord.archive import Archive
from onrecord.events.model import Event, Recording, Speaker, is_token

Standing = Literal["draft", "unlisted", "public"]


def standing(event: Event, now: datetime) -> Standing:
    """Who may see an event at `now`: nobody, those who know its address, or everyone."""
    if event.visibility == "draft":
        at = event.publish_instant
        return "public" if at is not None and at <= now else "draft"
    if event.visibility == "unlisted" and not is_token(event.unlisted_token):
        return "draft"
    return event.visibility


def is_published(recording: Recording, archive: Archive) -> bool:
    """Whether a person, or the archive's settings, have published a recording."""
    if recording.publish is None:
        return archive.settings.flag("publish.recordings")
    return recording.publish == "yes"


def consents(speaker: Speaker) -> bool:
    """Whether what this speaker says may be published: nobody has noted `no` or `asked`."""
    return speaker.consent not in ("no", "asked")


def unheard(event: Event, recording: Recording) -> tuple[Speaker, ...]:
    """The speakers whose voice this recording may hold and may not give to the public: they have not consented, and
    nobody has said of them, by name and for this recording, that they may be heard all the same.

    Who speaks when is not certain enough to mute them: a turn that begins half a second early gives a voice away.
    """
    return tuple(
        speaker
        for speaker in event.speakers
        if not consents(speaker) and speaker.name not in recording.voices
    )


def is_told(recording: Recording, archive: Archive) -> bool:
    """Whether what was said in a recording may be public: with the recording, or because a person has published the
    transcript alone. Nothing but that person's own word does the latter, no setting and no default.
    """
    return recording.publish == "transcript" or is_published(recording, archive)


def transcript_policy(recording: Recording, archive: Archive) -> str:
    """Which transcripts of a recording may be public: reviewed, draft or no."""
    return recording.transcript or archive.settings.text("publish.transcripts")
