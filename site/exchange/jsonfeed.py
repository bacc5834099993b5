"""JSON Feed (version 1.1, jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any

from onrecord.site.exchange.feed import (
    Feed,
    content_html,
    identifier,
    media_of,
    page_of,
    published,
    short_text,
    updated,
)
from onrecord.site.exchange.xmltext import instant
from onrecord.site.public import PublicEvent, PublicRecording
from onrecord.site.urls import Urls

MEDIA_TYPE = "application/feed+json"


def json_feed(feed: Feed, urls: Urls, path: str) -> str:
    """A feed that stands at `path`, such as `feed.json`; every address in it is whole."""
    made: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": urls.absolute(feed.page),
        "feed_url": urls.absolute(path),
        "description": feed.summary,
        "language": feed.language,
        "authors": [{"name": feed.author or feed.title}],
        "items": [_item(event, feed, urls) for event in feed.newest],
    }
    return json.dumps(_said(made), ensure_ascii=False, indent=1) + "\n"


def _item(event: PublicEvent, feed: Feed, urls: Urls) -> dict[str, Any]:
    date = published(event)
    return _said({
        "id": identifier(event),
        "url": page_of(event, urls),
        "title": event.title,
        "summary": short_text(event),
        "content_html": content_html(event, feed.words),
        "date_published": instant(date) if date else "",
        "date_modified": instant(updated(event)),
        "authors": [
            _said({
                "name": speaker.name,
                "url": urls.absolute(urls.speaker(speaker.slug)) if speaker.slug else "",
            })
            for speaker in event.speakers
        ],
        "tags": [tag for tag, _ in event.tags],
        "language": event.languages[0] if event.languages else "",
        "attachments": [_attachment(event, recording, urls) for recording in media_of(event)],
    })  # fmt: skip


def _attachment(event: PublicEvent, recording: PublicRecording, urls: Urls) -> dict[str, Any]:
    media = recording.media
    assert media is not None
    return _said({
        "url": urls.absolute(urls.media(event, recording)),
        "mime_type": media.mime,
        "title": recording.title,
        "size_in_bytes": media.size,
        "duration_in_seconds": round(media.duration / 1000),
    })  # fmt: skip


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty; the list of items stays."""
    return {key: value for key, value in values.items() if value not in ("", []) or key == "items"}
