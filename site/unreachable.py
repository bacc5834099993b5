"""The copies of an event that no withdrawal reaches: where they are, so that a person can ask for each.

What is known of each is a fact here; what to do about it is said in words in `onrecord.site.desk.publishing.copies`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from onrecord.archive import Archive
from onrecord.events.model import Event
from onrecord.events.publication import is_told, standing
from onrecord.site.targets.delivery import former, known
from onrecord.targets import target

Kind = Literal[
    "source", "archived", "web-archive", "search-engine", "feeds", "podcasts", "calendars", "downloads", "elsewhere",
    "git", "host", "former-target", "backups",
]  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """A copy that may be somewhere; `place` is its address or name, or empty. `page` is the event's own address."""

    kind: Kind
    place: str = ""
    page: str = ""


def copies(archive: Archive, event: Event, now: datetime) -> tuple[Copy, ...]:
    """Where copies of an event may be, as it stood before it was withdrawn; the surest first."""
    return tuple(dict.fromkeys(_copies(archive, event, now)))


def _copies(archive: Archive, event: Event, now: datetime) -> Iterator[Copy]:
    stood = standing(event, now)
    for recording in event.recordings:
        if urlsplit(recording.source).scheme in ("http", "https"):
            yield Copy("source", recording.source)
    for link in (*event.links, *(link for speaker in event.speakers for link in speaker.links)):
        if link.archived:
            yield Copy("archived", link.archived)
    if stood == "draft":
        return  # nobody outside has ever seen it, as far as the file tells
    for row in former(archive):
        yield Copy("former-target", row.address)
    for address, row in known(archive).items():
        if row.sent and address in archive.settings.items("publish.targets"):
            one = target(address)
            if one.kind == "git" and one.folder is None:
                yield Copy("git", one.place)
            elif one.folder is None:
                yield Copy("host", one.place)
    base = archive.settings.text("base-url")
    page = f"{base}/events/{event.slug}/" if base and stood == "public" else ""
    if stood == "public":
        yield Copy("search-engine", page=page)
        yield Copy("web-archive", page=page)
        if base:
            yield Copy("feeds")
        if any(is_told(recording, archive) for recording in event.recordings):
            yield Copy("podcasts")
    yield Copy("calendars")
    yield Copy("downloads")
    yield Copy("elsewhere", page=page)
    yield Copy("backups")
