"""What publishing an event would make public: said in sentences before a person is asked.

It is worked out by the rules of the gate on the event as it would be, so it says what will be and not what
was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import FormatError
from onrecord.events.model import Event, Recording
from onrecord.events.people import read_people
from onrecord.events.publication import is_published, is_told, transcript_policy
from onrecord.languages import language_name
from onrecord.site.names import consents
from onrecord.site.players import platform_player, why_not
from onrecord.site.seen import names_of
from onrecord.site.spoken import Heard, hear, may_pass
from onrecord.timecode import clock, spoken_length
from onrecord.transcripts.library import Library

Row = tuple[str, str]


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
    kind: str
    duration: int
    trim: tuple[int, int] | None
    original: bool
    player: str  # the platform whose own player could be offered; empty: there is none, or nobody wants it
    without_player: str  # why it is not offered after all
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
    blocked: str  # why it cannot be public at all; empty: it can

    def rows(self) -> Iterator[Row]:
        """(heading, sentence) for each thing that a person should know."""
        event = self.event
        yield "Title", event.title
        fields = [name for name, value in _texts(event) if value]
        if fields:
            yield "With it", ", ".join(fields)
        if event.join:
            public = event.join_visibility == "public"
            yield "Join link", "public until the discussion is over" if public else "stays private"
        for speaker in self.speakers:
            yield "Speaker", _speaker(speaker)
            if not speaker.shown and any(recording.public for recording in self.recordings):
                yield (
                    "NOTE",
                    f"the recording may still hold the voice of {speaker.name}: trim it, or keep it private",
                )
        for recording in self.recordings:
            yield "Recording", _recording(recording)
            if recording.public and recording.player:
                yield "Player", _player(recording)
            for transcript in recording.transcripts:
                yield "Transcript", _transcript(transcript, recording)
        offered = any(one.public and one.player and not one.without_player for one in self.recordings)
        yield (
            "Never",
            "what stands under [private], keys that begin with x-, "
            f"sources{' apart from those of the players' if offered else ''}, originals that are not offered",
        )


def intent(archive: Archive, event: Event) -> Intent:
    """What would be public of `event`, a record as it would stand in its file."""
    names = names_of(event, read_people(archive.speakers_file))
    speakers = tuple(
        SpeakerIntent(speaker.name, names.shown(speaker) if consents(speaker) else "", speaker.consent)
        for speaker in event.speakers
    )
    blocked = ""
    if names.hides(event.slug):
        blocked = (
            f"its address '{event.slug}' holds a name that must not be public. "
            f"Change it first: onrecord event rename {event.stem} NEW-ADDRESS"
        )
    elif event.withdrawn:
        blocked = "it was withdrawn. To bring it back, remove the line 'withdrawn' from its file first."
    return Intent(
        event, speakers, tuple(_look(archive, event, recording) for recording in event.recordings), blocked
    )


def _look(archive: Archive, event: Event, recording: Recording) -> RecordingIntent:
    from onrecord.media.renditions import find_rendition  # PyAV is loaded by its neighbours

    names = names_of(event, read_people(archive.speakers_file))
    rendition = find_rendition(archive, event, recording)
    public = is_published(recording, archive) and not names.hides(recording.id)
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
        public=public,
        told=told,
        ready=rendition is not None,
        kind=rendition.kind if rendition else "",
        duration=rendition.duration if rendition else 0,
        trim=recording.trim,
        original=recording.original == "public",
        player=player.platform if player else "",
        without_player=why_not(event, recording),
        transcripts=tuple(transcripts),
    )


def _texts(event: Event) -> Sequence[tuple[str, object]]:
    return (
        ("summary", event.summary), ("description", event.description), ("date and time", event.starts),
        ("languages", event.languages), ("series", event.series), ("tags", event.tags),
        ("licence", event.licence), ("agenda", event.agenda), ("links", event.links),
    )  # fmt: skip


def _speaker(speaker: SpeakerIntent) -> str:
    if not speaker.shown:
        why = "has not consented" if speaker.consent == "no" else "was asked and has not consented yet"
        return f"{speaker.name} {why}: neither name nor words will be public"
    said = speaker.shown
    if speaker.shown != speaker.name:
        said = f"{speaker.shown} (a pseudonym for {speaker.name}, whose name is replaced everywhere)"
    return said if speaker.consent == "yes" else f"{said}; NOTE: nobody has noted whether they consent"


def _recording(recording: RecordingIntent) -> str:
    if not recording.public and recording.told:
        return f"{recording.id} stays private; what was said in it becomes public"
    if not recording.public:
        return f"{recording.id} stays private" + (
            "" if recording.ready else ": it is not ready to be played yet"
        )
    if not recording.ready:
        return f"{recording.id} as soon as it is ready to be played"
    said = f"{recording.id}, {recording.kind}, {spoken_length(recording.duration)}"
    if recording.trim:
        start, end = (clock(position, fraction=False) for position in recording.trim)
        said += f": the part from {start} to {end} of the original"
    return said + (", and the untrimmed original" if recording.original else "")


def _player(recording: RecordingIntent) -> str:
    if recording.without_player:
        return f"{recording.player}'s own player is not offered: {recording.without_player}"
    return f"{recording.player}'s own player is offered, after a click; it tells its address there"


def _transcript(transcript: TranscriptIntent, recording: RecordingIntent) -> str:
    status = {"machine": "a machine draft", "partial": "unfinished"}.get(transcript.status, transcript.status)
    said = f"{transcript.name} ({language_name(transcript.language)}, {status})"
    if not transcript.public:
        if recording.told and transcript.status == "machine":
            return f"{said} stays private until it is reviewed, or published with --transcript draft"
        return f"{said} stays private"
    heard = transcript.heard
    left_out = [
        f"{number} {why}"
        for number, why in (
            (heard.outside, "outside the trim"),
            (heard.withheld, "of someone without consent"),
            (heard.unnamed, "that name no speaker who has consented"),
        )
        if number
    ]
    return f"{said}: {heard.passing} captions" + (f"; left out are {', '.join(left_out)}" if left_out else "")
