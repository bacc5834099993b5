"""What publishing an event would make public, as facts: worked out by the rules of the gate on the event as it would
be, so it says what will be and not what was meant. `onrecord.site.desk.publishing.saying` makes sentences of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import FormatError
from onrecord.events.model import Event, Recording
from onrecord.events.people import read_people
from onrecord.events.publication import consents, is_published, is_told, transcript_policy, unheard
from onrecord.site.players import platform_player, why_not
from onrecord.site.seen import names_of
from onrecord.site.spoken import Heard, hear, may_pass
from onrecord.transcripts.library import Library

Blocked = Literal["", "withdrawn", "address"]  # address: it holds a name that must not be public


@dataclass(frozen=True)
class TranscriptIntent:
    """One transcript: its status, whether it becomes public, and how much of it."""

    name: str
    language: str
    status: str
    public: bool
    heard: Heard


@dataclass(frozen=True)
class RecordingIntent:
    """One recording: whether it becomes public, and what of it."""

    id: str
    public: bool
    told: bool  # its transcript may be public, with it or alone
    ready: bool  # its rendition is here
    published: bool  # a person, or the settings, want it to be played
    kind: str
    duration: int
    trim: tuple[int, int] | None
    original: bool
    player: str  # the platform whose own player could be offered; empty: there is none, or nobody wants it
    without_player: str  # why it is not offered after all
    silent: tuple[str, ...]  # whose voice keeps it from being played: they have not consented
    heard: tuple[str, ...]  # whose voice may be heard in it although they have not, as a person has said
    transcripts: tuple[TranscriptIntent, ...]


@dataclass(frozen=True)
class SpeakerIntent:
    """One speaker: the name that becomes public, and what is known of their consent."""

    name: str
    shown: str  # empty: they are left out
    consent: Literal["yes", "no", "asked"] | None


@dataclass(frozen=True)
class Intent:
    """Everything that would be public of one event."""

    event: Event
    speakers: tuple[SpeakerIntent, ...]
    recordings: tuple[RecordingIntent, ...]
    blocked: Blocked  # why it cannot be public at all; empty: it can


def intent(archive: Archive, event: Event) -> Intent:
    """What would be public of `event`, a record as it would stand in its file."""
    names = names_of(event, read_people(archive.speakers_file))
    speakers = tuple(
        SpeakerIntent(speaker.name, names.shown(speaker) if consents(speaker) else "", speaker.consent)
        for speaker in event.speakers
    )
    blocked: Blocked = ""
    if event.withdrawn:
        blocked = "withdrawn"
    elif names.hides(event.slug):
        blocked = "address"
    return Intent(
        event, speakers, tuple(_look(archive, event, recording) for recording in event.recordings), blocked
    )


def _look(archive: Archive, event: Event, recording: Recording) -> RecordingIntent:
    from onrecord.media.renditions import find_rendition  # PyAV is loaded by its neighbours

    names = names_of(event, read_people(archive.speakers_file))
    rendition = find_rendition(archive, event, recording)
    published = is_published(recording, archive) and not names.hides(recording.id)
    silent = tuple(speaker.name for speaker in unheard(event, recording))
    wanted = archive.settings.flag("publish.platform-players")
    player = platform_player(recording.source) if wanted else None
    told = is_told(recording, archive) and not names.hides(recording.id)
    policy = transcript_policy(recording, archive)
    library = Library(archive)
    transcripts = []
    for entry in library.entries(event.stem, recording.id):
        try:
            transcript = library.read(entry)
        except FormatError:
            transcripts.append(TranscriptIntent(entry.name, entry.language, "unreadable", False, Heard()))
            continue
        transcripts.append(
            TranscriptIntent(
                entry.name,
                entry.language,
                transcript.provenance.status,
                told and may_pass(transcript.provenance, policy),
                hear(transcript, recording.trim, names),
            )
        )
    return RecordingIntent(
        id=recording.id,
        public=published and not silent,
        published=published,
        told=told,
        ready=rendition is not None,
        kind=rendition.kind if rendition else "",
        duration=rendition.duration if rendition else 0,
        trim=recording.trim,
        original=recording.original == "public",
        player=player.platform if player else "",
        without_player=why_not(event, recording),
        silent=silent,
        heard=tuple(
            speaker.name
            for speaker in event.speakers
            if not consents(speaker) and speaker.name in recording.voices
        ),
        transcripts=tuple(transcripts),
    )
