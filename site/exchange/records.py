"""The public records as JSON: what the API answers and what the dump holds.

Lengths and positions are whole milliseconds, instants and times RFC 3339, languages BCP 47. Addresses are
whole where the site's place is known, else relative to its root. Keys are always there; what is not known is
null, an empty text or an empty list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from onrecord.site.downloads import FORMATS
from onrecord.site.exchange.xmltext import instant
from onrecord.site.public import (
    PublicEvent,
    PublicGroup,
    PublicLink,
    PublicPerson,
    PublicRecording,
    PublicSpeaker,
    PublicTranscript,
    PublicTurn,
)
from onrecord.site.urls import Urls, event_path

ROOT = "api/v1/"
Record = dict[str, Any]


def event_file(event: PublicEvent) -> str:
    """Where the API has an event."""
    return f"{ROOT}events/{event.slug}.json"


def transcript_file(event: PublicEvent, transcript: PublicTranscript) -> str:
    """Where the API has a transcript."""
    return f"{ROOT}events/{event.slug}/transcripts/{transcript.name}.json"


def brief(event: PublicEvent, urls: Urls) -> Record:
    """An event as it stands in lists."""
    return {
        "id": event.id,
        "slug": event.slug,
        "title": event.title,
        "summary": event.summary,
        "starts": event.starts.isoformat(timespec="seconds"),
        "ends": event.ends.isoformat(timespec="seconds"),
        "timezone": event.timezone,
        "duration_ms": round(event.duration.total_seconds() * 1000) if event.duration else None,
        "when": event.when,
        "cancelled": event.cancelled or None,
        "languages": list(event.languages),
        "series": _group("series", event.series, event.series_slug, urls) if event.series else None,
        "tags": [_group("tags", tag, slug, urls) for tag, slug in event.tags],
        "speakers": [_speaker(speaker, urls) for speaker in event.speakers],
        "recorded_ms": event.length,
        "transcripts": [
            {"language": item.language, "kind": item.kind, "status": item.status}
            for item in event.transcripts
        ],
        "page": _at(urls, event_path(event)),
        "record": _at(urls, event_file(event)),
    }


def whole(event: PublicEvent, urls: Urls) -> Record:
    """Everything about an event but the words that were said, which its transcripts have."""
    return {
        **brief(event, urls),
        "description": event.markdown,
        "licence": event.licence,
        "join": event.join or None,
        "agenda": [{"start_ms": chapter.start, "title": chapter.title} for chapter in event.agenda],
        "speakers": [
            {**_speaker(speaker, urls), "bio": speaker.bio, "links": [_link(link) for link in speaker.links]}
            for speaker in event.speakers
        ],
        "links": [_link(link) for link in event.links],
        "recordings": [_recording(event, item, urls) for item in event.recordings],
        "former_slugs": list(event.aliases),
        "calendar": _whole(urls, urls.event_calendar(event)),
        "changed": instant(event.changed),
    }


def transcript(event: PublicEvent, one: PublicTranscript, urls: Urls) -> Record:
    """A transcript with everything that is said in it, by paragraph and sentence."""
    return {
        "event": event.slug,
        "title": event.title,
        **_about(event, one, urls),
        "turns": [_turn(event, turn, urls) for turn in one.turns],
    }


def person_brief(person: PublicPerson, urls: Urls) -> Record:
    """A speaker as they stand in the list of speakers."""
    return {
        "slug": person.slug,
        "name": person.name,
        "role": person.role,
        "affiliation": person.affiliation,
        "events": len(person.events),
        "page": _at(urls, f"speakers/{person.slug}/"),
        "record": _at(urls, f"{ROOT}speakers/{person.slug}.json"),
    }


def person_about(person: PublicPerson, urls: Urls) -> Record:
    """A speaker; their events come in pages."""
    return {
        **person_brief(person, urls),
        "bio": person.bio,
        "links": [_link(link) for link in person.links],
    }


def group_about(group: PublicGroup, urls: Urls) -> Record:
    """A series or a tag; its events come in pages."""
    folder = "series" if group.kind == "series" else "tags"
    return {
        "slug": group.slug,
        "name": group.name,
        "events": len(group.events),
        "page": _at(urls, f"{folder}/{group.slug}/"),
        "record": _at(urls, f"{ROOT}{folder}/{group.slug}.json"),
    }


def _recording(event: PublicEvent, recording: PublicRecording, urls: Urls) -> Record:
    media, player = recording.media, recording.player
    return {
        "id": recording.id,
        "title": recording.title,
        "languages": list(recording.languages),
        "media": {
            "kind": media.kind,
            "url": _whole(urls, urls.media(event, recording)),
            "type": media.mime,
            "bytes": media.size,
            "duration_ms": media.duration,
            "width": media.width or None,
            "height": media.height or None,
            "picture": _whole(urls, urls.poster(event, recording)) if media.poster else None,
            "original": _whole(urls, urls.original(event, recording)) if media.original else None,
        }
        if media
        else None,
        "elsewhere": {"platform": player.platform, "page": player.page} if player else None,
        "transcripts": [_about(event, item, urls) for item in recording.transcripts],
    }


def _about(event: PublicEvent, one: PublicTranscript, urls: Urls) -> Record:
    return {
        "name": one.name,
        "recording": one.recording_id,
        "language": one.language,
        "direction": one.direction,
        "kind": one.kind,
        "status": one.status,
        "engine": one.engine,
        "model": one.model,
        "made": _instant(one.made),
        "reviewed": _instant(one.reviewed),
        "captions": _whole(urls, urls.captions(event, one)),
        "downloads": {form: _whole(urls, urls.download(event, one, form)) for form in FORMATS},
        "record": _at(urls, transcript_file(event, one)),
    }


def _turn(event: PublicEvent, turn: PublicTurn, urls: Urls) -> Record:
    page = _at(urls, event_path(event))
    return {
        "speaker": turn.speaker,
        "speaker_slug": turn.speaker_slug or None,
        "start_ms": turn.start,
        "end_ms": turn.end,
        "left_out": turn.gap,
        "sentences": [
            {
                "id": sentence.anchor,
                "start_ms": sentence.start,
                "end_ms": sentence.end,
                "text": sentence.text,
                "url": f"{page}#{quote(sentence.anchor)}",
            }
            for sentence in turn.sentences
        ],
    }


def _speaker(speaker: PublicSpeaker, urls: Urls) -> Record:
    return {
        "name": speaker.name,
        "slug": speaker.slug or None,
        "role": speaker.role,
        "affiliation": speaker.affiliation,
        "record": _at(urls, f"{ROOT}speakers/{speaker.slug}.json") if speaker.slug else None,
    }


def _group(folder: str, name: str, slug: str, urls: Urls) -> Record:
    return {
        "name": name,
        "slug": slug or None,
        "record": _at(urls, f"{ROOT}{folder}/{slug}.json") if slug else None,
    }


def _link(link: PublicLink) -> Record:
    return {
        "label": link.label,
        "url": link.url,
        "kind": link.kind,
        "language": link.language or None,
        "archived": link.archived or None,
    }


def _at(urls: Urls, path: str) -> str:
    return _whole(urls, urls.to(path))


def _whole(urls: Urls, address: str) -> str:
    return urls.absolute(address) or address


def _instant(value: datetime | None) -> str | None:
    return instant(value) if value else None
