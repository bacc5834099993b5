"""Publishing one event: what is asked for, what would then be public, and the change itself.

The command line and the desk both go this way, so that both say and do the same: `release` works it out without writing
anything, a person reads it, `carry_out` writes exactly that or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from onrecord.archive import Archive
from onrecord.errors import ConflictError, PublishError, UsageError
from onrecord.events.model import UNLISTED_TOKEN, Event
from onrecord.events.people import read_people
from onrecord.events.publication import unheard
from onrecord.events.record import check_event, parse_record, read_record_text
from onrecord.events.registry import Registry
from onrecord.events.writing import changed
from onrecord.media.renditions import find_rendition
from onrecord.site.intent import Intent, intent
from onrecord.transcripts.library import Library

Sound = Literal["recording", "transcript", "nothing"]
Policy = Literal["reviewed", "draft", "no"]


@dataclass(frozen=True)
class Wish:
    """What a person asks to be published.

    `at` is a local time in the event's own zone, None: at once. `chosen` are recordings, none: those that can be. `sound`
    says what becomes public of them: recording and words, words alone, or neither. `voices` are speakers without consent of
    whom the person says that their voice may be heard. `new_link` makes the secret of an unlisted address anew.
    """

    visibility: Literal["public", "unlisted"] = "public"
    at: str | None = None
    chosen: tuple[str, ...] = ()
    sound: Sound = "recording"
    transcript: Policy | None = None
    voices: tuple[str, ...] = ()
    new_link: bool = False

    def __post_init__(self) -> None:
        if self.visibility == "unlisted" and self.at:
            raise UsageError("an unlisted event cannot wait for a time.", advice="Choose --unlisted or --at.")
        if self.sound == "transcript" and self.transcript == "no":
            raise UsageError(
                "nothing would be said.", advice="Choose --transcript-only, or publish no transcript."
            )


@dataclass(frozen=True)
class Release:
    """What a wish would do to an event. Nothing of it is written.

    `recordings` are those that it publishes; `silent` are speakers whose voice keeps a recording from being published,
    by its id.
    """

    wish: Wish
    before: Event
    event: Event
    recordings: tuple[str, ...]
    intent: Intent
    silent: dict[str, tuple[str, ...]]
    change: Callable[[Any], None] = field(repr=False, compare=False)
    text: str = field(repr=False)  # of the event's file, as it was

    @property
    def seal(self) -> str:
        """Changes whenever anything changes of what a person reads before they agree."""
        said = repr((self.wish, self.text, self.intent, self.recordings))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def check(self) -> None:
        """Raises `PublishError` with the reason why this cannot be done."""
        stem = self.before.stem
        if self.intent.blocked == "withdrawn":
            raise PublishError(
                f"'{stem}' cannot be published: it was withdrawn.",
                slug=stem,
                advice=f"Bring it back first: onrecord event withdraw {stem} --undo",
            )
        if self.intent.blocked == "address":
            raise PublishError(
                f"'{stem}' cannot be published: its address '{self.event.slug}' holds a name that must not be public.",
                slug=stem,
                advice=f"Change it first: onrecord event rename {stem} NEW-ADDRESS",
            )
        for recording_id, names in self.silent.items():
            voices = " ".join(f'--voice "{name}"' for name in names)
            raise PublishError(
                f"'{stem}' cannot be published like this: {recording_id} may hold the voice of "
                f"{', '.join(names)}, of whom there is no consent.",
                slug=stem,
                advice="Publish what was said without it (--transcript-only), or nothing of it (--no-recordings). "
                f"If it is certain that the voice may be heard, say so: {voices}",
            )


def release(
    archive: Archive,
    name: str,
    wish: Wish,
    *,
    now: datetime | None = None,
    registry: Registry | None = None,
) -> Release:
    """Works out what a wish would do; `registry` is one that has read the archive already.

    Raises `NotFoundError`, `UsageError`, and what would be wrong with the event."""
    event = (registry or Registry(archive)).get(name)
    text = read_record_text(archive.events / f"{event.stem}.toml")
    _check_chosen(event, wish)
    ready = () if wish.sound == "nothing" else tuple(_ready(archive, event, wish))

    def change(document: Any) -> None:
        values = {
            "visibility": "unlisted" if wish.visibility == "unlisted" else "draft" if wish.at else "public",
            "publish_at": wish.at.replace("T", " ") if wish.at else None,
        }
        for key, value in values.items():
            if value is None:
                document.pop(key, None)
            else:
                document[key] = value
        for row in document.get("recordings", ()):
            if row.get("id") not in ready:
                continue
            row["publish"] = "transcript" if wish.sound == "transcript" else "yes"
            if wish.transcript:
                row["transcript"] = wish.transcript
            if wish.sound == "recording" and wish.voices:
                row["voices"] = list(dict.fromkeys([*row.get("voices", ()), *wish.voices]))
        if wish.new_link and UNLISTED_TOKEN in document.get("private", {}):
            del document["private"][UNLISTED_TOKEN]  # the registry makes another

    after = _as_it_would_be(archive, event, text, change)
    if wish.at and after.publish_instant and after.publish_instant <= (now or datetime.now(UTC)):
        raise UsageError(
            f"{wish.at} ({after.timezone}) has passed.", advice="Publish it at once, or name a later time."
        )
    silent = {
        recording.id: names
        for recording in after.recordings
        if recording.id in ready
        and wish.sound == "recording"
        and (names := tuple(speaker.name for speaker in unheard(after, recording)))
    }
    return Release(wish, event, after, ready, intent(archive, after), silent, change, text)


def carry_out(archive: Archive, planned: Release) -> Event:
    """Writes what was planned, and gives the event as it is then.

    Raises `ConflictError` when the event's file was changed since it was read, `PublishError` for what cannot be done.
    """
    planned.check()

    def replaced(before: str) -> str:
        if before != planned.text:
            raise ConflictError(
                "the event was changed by someone else meanwhile; nothing was published.",
                slug=planned.before.stem,
                advice="Look again at what would be public, then publish it.",
            )
        return changed(before, planned.change)

    return Registry(archive).replace_text(planned.before.stem, replaced)


def postpone(archive: Archive, name: str) -> Event:
    """Takes back that an event becomes public at a time: it stays a draft until a person publishes it."""

    def change(document: Any) -> None:
        document["visibility"] = "draft"
        document.pop("publish_at", None)

    return Registry(archive).edit(name, change)


def _check_chosen(event: Event, wish: Wish) -> None:
    for recording_id in wish.chosen:
        if event.recording(recording_id) is None:
            known = ", ".join(recording.id for recording in event.recordings) or "none"
            raise UsageError(
                f"'{event.stem}' has no recording '{recording_id}'.", advice=f"There are: {known}."
            )
    for name in wish.voices:
        if name not in [speaker.name for speaker in event.speakers]:
            known = ", ".join(speaker.name for speaker in event.speakers) or "none"
            raise UsageError(f"'{event.stem}' has no speaker '{name}'.", advice=f"There are: {known}.")


def _ready(archive: Archive, event: Event, wish: Wish) -> Iterator[str]:
    """The recordings that a person can have seen: those with a rendition, or with a transcript where the words alone
    are asked for. Others stay private until asked again; one that a person made private stays so until it is named.
    """
    library = Library(archive)
    words = wish.sound == "transcript"
    wanted = "transcript" if words else "yes"
    kept = ("no",) if words else ("no", "transcript")
    for recording in event.recordings:
        if recording.id not in wish.chosen if wish.chosen else recording.publish in kept:
            continue
        there = (
            bool(library.entries(event.stem, recording.id))
            if words
            else find_rendition(archive, event, recording) is not None
        )
        if recording.publish == wanted or there:
            yield recording.id


def _as_it_would_be(archive: Archive, event: Event, text: str, change: Callable[[Any], None]) -> Event:
    """The event after a change that is not written; raises what would be wrong with it."""
    path = archive.events / f"{event.stem}.toml"
    after = changed(text, change)
    return check_event(
        parse_record(after, path),
        path,
        after,
        timezone=archive.settings.text("timezone"),
        people=read_people(archive.speakers_file),
    )
