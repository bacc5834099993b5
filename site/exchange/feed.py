"""What a feed is, whatever its format: a title, a page, and events, the newest first; and which feeds there
are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from onrecord.site.public import PublicEvent, PublicRecording
from onrecord.site.urls import Urls, event_path
from onrecord.site.view import View
from onrecord.site.wording import Wording, wording

LENGTH = 50  # events in a feed; whoever wants all of them takes the calendar, the API or the dump


@dataclass(frozen=True)
class Feed:
    """A list of events that somebody may follow, the newest first. `page` is the path of the page that shows
    the same events; `language` is the interface's.
    """

    title: str
    page: str
    events: tuple[PublicEvent, ...]
    summary: str = ""
    language: str = "en"
    author: str = ""

    @property
    def words(self) -> Wording:
        """The words of its language."""
        return wording(self.language)

    @property
    def newest(self) -> tuple[PublicEvent, ...]:
        """As many as a feed holds."""
        return self.events[:LENGTH]


def feeds_of(view: View, title: str, summary: str = "", language: str = "en") -> Iterator[tuple[str, Feed]]:
    """Every feed of an archive with the folder that its files stand in: all events, then each series, tag and
    speaker.
    """
    newest = tuple(reversed(view.events))
    yield "", Feed(title, "", newest, summary, language, title)
    for group in view.groups:
        folder = f"{'series' if group.kind == 'series' else 'tags'}/{group.slug}/"
        yield folder, Feed(f"{group.name} · {title}", folder, group.events, "", language, title)
    for person in view.people:
        folder = f"speakers/{person.slug}/"
        yield folder, Feed(f"{person.name} · {title}", folder, person.events, "", language, title)


def identifier(event: PublicEvent) -> str:
    """The event's id as an IRI."""
    try:
        return f"urn:uuid:{uuid.UUID(event.id)}"
    except ValueError:
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, event.id)}"


def published(event: PublicEvent) -> datetime | None:
    """When an event became something to hear or read about: its start; None while it is still to come."""
    return None if event.when == "coming" else event.starts.astimezone(UTC)


def updated(event: PublicEvent) -> datetime:
    """When the page of an event last said something new, as far as the files tell.

    The newest transcript or review, else the start; of an event to come, when its file was last changed.
    """
    dates = [date for item in event.transcripts for date in (item.made, item.reviewed) if date is not None]
    if event.when == "coming":
        return max([event.changed, *dates])
    return max([event.starts.astimezone(UTC), *dates])


def newest_of(events: tuple[PublicEvent, ...]) -> datetime:
    """When something in a feed was last new; of an empty feed the beginning of time."""
    return max((updated(event) for event in events), default=datetime(1970, 1, 1, tzinfo=UTC))


def when_it_is(event: PublicEvent, words: Wording) -> str:
    """The day and time in the event's own zone: `Tuesday, 12 July 2022, 18:00 BST`."""
    starts = event.starts
    return f"{words.long_day(starts)}, {words.hour(starts)} {words.zone(starts)}"


def short_text(event: PublicEvent) -> str:
    """What is said of an event in a few lines of plain text."""
    return " ".join(part for part in (event.cancelled, event.summary or event.description) if part)


def content_html(event: PublicEvent, words: Wording) -> str:
    """What a feed reader shows of an event, as safe HTML: when it is, who speaks, what it is about."""
    rows = [f"<p>{escape(when_it_is(event, words))}</p>"]
    if event.cancelled:
        rows.append(f"<p><strong>{escape(event.cancelled)}</strong></p>")
    if event.speakers:
        rows.append(f"<p>{escape(', '.join(speaker.name for speaker in event.speakers))}</p>")
    if event.summary:
        rows.append(f"<p>{escape(event.summary)}</p>")
    rows.append(str(event.description_html))
    if event.join:
        rows.append(f'<p><a href="{escape(event.join)}">{escape(event.join)}</a></p>')
    for link in event.links:
        rows.append(f'<p><a href="{escape(link.url)}">{escape(link.label)}</a></p>')
    return "\n".join(row for row in rows if row)


def media_of(event: PublicEvent) -> Iterator[PublicRecording]:
    """The recordings that can be played."""
    return (recording for recording in event.recordings if recording.media is not None)


def page_of(event: PublicEvent, urls: Urls) -> str:
    """The whole address of an event's page; empty where the site's place is not known."""
    return urls.absolute(event_path(event))
