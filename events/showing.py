"""An event as the command line shows it: as lines for a person, as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from onrecord.archive import Archive
from onrecord.events.model import Event
from onrecord.events.writing import event_values, length_text
from onrecord.timecode import clock


def state_of(event: Event, now: datetime) -> str:
    """One word for how the public stands to an event."""
    if event.withdrawn:
        return "withdrawn"
    if event.visibility == "draft" and event.publish_instant is not None and event.publish_instant <= now:
        return "public"
    return event.visibility


def as_data(archive: Archive, event: Event, *, private: bool = False) -> dict[str, Any]:
    """The values of an event's file with the instants of its start and end in UTC; [private] only when it is
    asked for.
    """
    values = event_values(event)
    if not private:
        values.pop("private", None)
    found = {
        "stem": event.stem,
        "slug": event.slug,
        "file": archive.shown(archive.events / f"{event.stem}.toml"),
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "visibility": event.visibility,
    }
    plain = plain_data(found | values)
    assert isinstance(plain, dict)
    return plain


def plain_data(value: Any) -> Any:
    """A value of TOML as JSON can have it."""
    if isinstance(value, dict):
        return {key: plain_data(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def description(archive: Archive, event: Event, *, private: bool, now: datetime) -> Iterable[str]:
    """What is known about an event, line by line; of [private] only the names unless `private`."""
    yield event.title
    yield f"  {event.starts:%Y-%m-%d %H:%M} {event.timezone}" + (
        f", {length_text(event.duration)}" if event.duration else ""
    )
    yield f"  {state_of(event, now)}, at {event.slug}" + (
        f" (also {', '.join(event.aliases)})" if event.aliases else ""
    )
    yield f"  {archive.shown(archive.events / f'{event.stem}.toml')}"
    for label, text in (
        ("cancelled", event.cancelled), ("withdrawn", event.withdrawn), ("series", event.series),
        ("languages", ", ".join(event.languages)), ("tags", ", ".join(event.tags)), ("licence",
        event.licence),
        ("join", f"{event.join} ({event.join_visibility})" if event.join else ""), ("picture", event.picture),
        ("summary", event.summary),
    ):  # fmt: skip
        if text:
            yield f"  {label}: {text}"
    if event.description:
        yield ""
        yield from (f"  {line}".rstrip() for line in event.description.splitlines())
    if event.agenda:
        yield "\nAgenda"
        yield from (
            f"  {clock(item.at, hours='needed', fraction=False)}  {item.title}" for item in event.agenda
        )
    if event.speakers:
        yield "\nSpeakers"
        for speaker in event.speakers:
            beside = ", ".join(text for text in (speaker.role, speaker.affiliation) if text)
            consent = f"consent: {speaker.consent}" if speaker.consent else ""
            shown = f"shown as {speaker.shown_as}" if speaker.shown_as else ""
            marks = "; ".join(text for text in (shown, consent) if text)
            yield f"  {speaker.name}" + (f", {beside}" if beside else "") + (f" [{marks}]" if marks else "")
    if event.links:
        yield "\nLinks"
        yield from (f"  {link.label}: {link.url}" for link in event.links)
    if event.recordings:
        yield "\nRecordings"
        for recording in event.recordings:
            trim = (
                f", from {clock(recording.trim[0])} to {clock(recording.trim[1])}" if recording.trim else ""
            )
            published = {
                "yes": ", published", "no": ", not published", "transcript": ", its transcript published", None: "",
            }[recording.publish]  # fmt: skip
            yield f"  {recording.id}: {recording.source or 'no source'}{trim}{published}"
    if event.private:
        yield "\nPrivate"
        yield from (f"  {key}: {value}" if private else f"  {key}" for key, value in event.private.items())
        if not private:
            yield "  (--private shows what they hold)"
