"""Recordings as pyvideo's data has them: one object for each recording. `onrecord event import` reads it back.

Their repository holds a folder for each conference, with `category.json` and a file for each recording in
`videos/`; so does ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from onrecord.events.lists import ISO_639_3
from onrecord.site.exchange.feed import page_of
from onrecord.site.public import PublicEvent, PublicRecording
from onrecord.site.urls import Urls

MEDIA_TYPE = "application/json"


def category(title: str) -> bytes:
    """The collection that the recordings belong to."""
    return _json({"title": title})


def video(event: PublicEvent, recording: PublicRecording, urls: Urls) -> bytes:
    """One recording; its addresses are whole."""
    return _json(_video(event, recording, urls))


def video_path(event: PublicEvent, recording: PublicRecording) -> str:
    """Where a recording stands in the collection."""
    return f"pyvideo/videos/{event.slug}.{recording.id}.json"


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _video(event: PublicEvent, recording: PublicRecording, urls: Urls) -> dict[str, Any]:
    media = recording.media
    assert media is not None
    language = (recording.languages or event.languages or ("",))[0]
    return {
        "title": f"{event.title}: {recording.title}" if recording.title else event.title,
        "summary": event.summary,
        "description": event.markdown,
        "speakers": [speaker.name for speaker in event.speakers],
        "recorded": event.starts.isoformat(),
        "duration": round(media.duration / 1000),
        "language": _three_letters(language),
        "tags": [tag for tag, _ in event.tags],
        "copyright_text": event.licence,
        "thumbnail_url": urls.absolute(urls.poster(event, recording)) if media.poster else "",
        "related_urls": list(_related(event, urls)),
        "videos": [
            {
                "type": media.extension,
                "url": urls.absolute(urls.media(event, recording)),
                "length": media.size,
            }
        ],
    }


def _related(event: PublicEvent, urls: Urls) -> Iterator[dict[str, str]]:
    yield {"label": event.title, "url": page_of(event, urls)}
    yield from ({"label": link.label, "url": link.url} for link in event.links)


def _three_letters(tag: str) -> str:
    """A language as ISO 639-3 has it, which pyvideo wants, where there is such a code for it."""
    first = tag.partition("-")[0]
    return next((three for three, two in ISO_639_3.items() if two == first), first)
