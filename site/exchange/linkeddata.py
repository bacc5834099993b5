"""What search engines read of a page: schema.org as JSON-LD (JSON-LD 1.1, schema.org).

It stands in the page as a data block, which no browser runs and no content security policy asks about (HTML,
4.12.1). Addresses are whole where the site's place is known, else relative to the page.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from onrecord.site.exchange.chapters import chapters_of, passage_path
from onrecord.site.public import (
    PublicEvent,
    PublicGroup,
    PublicPerson,
    PublicRecording,
    PublicSpeaker,
    PublicTranscript,
)
from onrecord.site.urls import Urls, embed_path, event_path, seconds

_CONTEXT = "https://schema.org"
_LONG = 20_000  # letters; about 20 minutes of speech, 8 kB of a packed page
_SECOND = "seek_to_second_number"  # the name that search engines ask for


def data_block(values: dict[str, Any]) -> Markup:
    """JSON that may stand inside `<script>`: no text in it can end the element."""
    made = json.dumps({"@context": _CONTEXT, **_said(values)}, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        made = made.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(made)  # noqa: S704 - nothing that HTML reads is left in it


def website(title: str, summary: str, urls: Urls, *, searchable: bool) -> dict[str, Any]:
    """The archive as a whole, with the way to ask it."""
    found = {"@type": "EntryPoint", "urlTemplate": f"{_at(urls, 'search/')}?q={{query}}"}
    return {
        "@type": "WebSite",
        "name": title,
        "description": summary,
        "url": _at(urls, ""),
        "potentialAction": {
            "@type": "SearchAction",
            "target": found,
            "query-input": "required name=query",
        }
        if searchable
        else "",
    }


def person(one: PublicPerson, urls: Urls) -> dict[str, Any]:
    """A speaker's page."""
    about = {
        "@type": "Person",
        "name": one.name,
        "jobTitle": one.role,
        "affiliation": _organisation(one.affiliation),
        "url": _at(urls, f"speakers/{one.slug}/"),
        "sameAs": [link.url for link in one.links if link.url.startswith("http")],
        "performerIn": [_brief(event, urls) for event in one.events],
    }
    return {"@type": "ProfilePage", "url": _at(urls, f"speakers/{one.slug}/"), "mainEntity": about}


def group(one: PublicGroup, urls: Urls) -> dict[str, Any]:
    """The page of a series or of a tag."""
    place = _at(urls, f"{'series' if one.kind == 'series' else 'tags'}/{one.slug}/")
    rows = [_brief(event, urls) for event in one.events]
    if one.kind == "series":
        return {"@type": "EventSeries", "name": one.name, "url": place, "subEvent": rows}
    return {"@type": "CollectionPage", "name": one.name, "url": place, "about": one.name, "hasPart": rows}


def event(one: PublicEvent, urls: Urls, organiser: str) -> dict[str, Any]:
    """An event with everything that was recorded of it."""
    page = _at(urls, event_path(one))
    return {
        **_brief(one, urls),
        "description": " ".join(part for part in (one.cancelled, one.summary or one.description) if part),
        "location": {"@type": "VirtualLocation", "url": one.join or page},
        "organizer": {"@type": "Organization", "name": organiser, "url": _at(urls, "")},
        "performer": [_speaker(speaker, urls) for speaker in one.speakers],
        "inLanguage": list(one.languages),
        "keywords": [tag for tag, _ in one.tags],
        "isAccessibleForFree": True,
        "superEvent": {
            "@type": "EventSeries",
            "name": one.series,
            "url": _at(urls, f"series/{one.series_slug}/") if one.series_slug else "",
        }
        if one.series
        else "",
        "image": [
            _whole(urls, urls.poster(one, item))
            for item in one.recordings
            if item.media and item.media.poster
        ],
        "recordedIn": [_media(one, item, urls) for item in one.recordings if item.media],
    }


def _brief(one: PublicEvent, urls: Urls) -> dict[str, Any]:
    page = _at(urls, event_path(one))
    return {
        "@type": "Event",
        "@id": f"{page}#event",
        "name": one.title,
        "url": page,
        "startDate": one.starts.isoformat(timespec="minutes"),
        "endDate": one.ends.isoformat(timespec="minutes"),
        "eventStatus": f"{_CONTEXT}/{'EventCancelled' if one.cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{_CONTEXT}/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": page},
    }


def _media(one: PublicEvent, recording: PublicRecording, urls: Urls) -> dict[str, Any]:
    media = recording.media
    assert media is not None
    page = _at(urls, event_path(one))
    original = next((item for item in recording.transcripts if item.kind == "original"), None)
    return {
        "@type": "VideoObject" if media.kind == "video" else "AudioObject",
        "@id": f"{page}#{recording.id}",
        "name": f"{one.title}: {recording.title}" if recording.title else one.title,
        "description": one.summary or one.description or one.title,
        "url": f"{page}#{recording.id}",
        "contentUrl": _whole(urls, urls.media(one, recording)),
        "embedUrl": _at(urls, embed_path(one)),
        "encodingFormat": media.mime,
        "contentSize": str(media.size),
        "duration": f"PT{seconds(media.duration)}S",
        # It was not there before the discussion was over; when it was put there nobody notes.
        "uploadDate": one.ends.isoformat(timespec="minutes"),
        "dateCreated": one.starts.isoformat(timespec="minutes"),
        "thumbnailUrl": _whole(urls, urls.poster(one, recording)) if media.poster else "",
        "width": media.width or "",
        "height": media.height or "",
        "inLanguage": list(recording.languages),
        "license": one.licence if one.licence.startswith("http") else "",
        "creditText": "" if one.licence.startswith("http") else one.licence,
        "recordedAt": {"@id": f"{page}#event"},
        "caption": [_caption(one, item, urls) for item in recording.transcripts],
        "transcript": _said_in(one, original, urls) if original else "",
        "hasPart": [
            {
                "@type": "Clip",
                "name": title,
                "startOffset": start / 1000,
                "endOffset": end / 1000,
                "url": _at(urls, passage_path(one, recording, start, end)),
            }
            for start, end, title in chapters_of(recording)
        ],
        "potentialAction": {
            "@type": "SeekToAction",
            "target": f"{page}#{recording.id}&t={{{_SECOND}}}",
            "startOffset-input": f"required name={_SECOND}",
        },
    }


def transcript_text(transcript: PublicTranscript) -> str:
    """A transcript as plain paragraphs, with the name of who speaks where the speaker changes."""
    rows: list[str] = []
    for turn in transcript.turns:
        said = "[…]" if turn.gap else " ".join(sentence.text for sentence in turn.sentences)
        rows.append(f"{turn.speaker}: {said}" if turn.speaker and turn.new_speaker else said)
    return "\n".join(rows)


def _said_in(one: PublicEvent, transcript: PublicTranscript, urls: Urls) -> str:
    """What was said; of a long recording where it stands as plain text (an address is a text to schema.org), for
    the page has it once already and is to stay light.
    """
    if sum(len(sentence.text) for turn in transcript.turns for sentence in turn.sentences) > _LONG:
        return _whole(urls, urls.download(one, transcript, "txt"))
    return transcript_text(transcript)


def _caption(one: PublicEvent, transcript: PublicTranscript, urls: Urls) -> dict[str, Any]:
    return {
        "@type": "MediaObject",
        "contentUrl": _whole(urls, urls.captions(one, transcript)),
        "encodingFormat": "text/vtt",
        "inLanguage": transcript.language,
    }


def _speaker(speaker: PublicSpeaker, urls: Urls) -> dict[str, Any]:
    return {
        "@type": "Person",
        "name": speaker.name,
        "jobTitle": speaker.role,
        "affiliation": _organisation(speaker.affiliation),
        "url": _at(urls, f"speakers/{speaker.slug}/") if speaker.slug else "",
    }


def _organisation(name: str) -> dict[str, str] | str:
    return {"@type": "Organization", "name": name} if name else ""


def _at(urls: Urls, path: str) -> str:
    """A path inside the site as an address."""
    return _whole(urls, urls.to(path))


def _whole(urls: Urls, address: str) -> str:
    return urls.absolute(address) or address


def _said(value: Any) -> Any:
    """Without what is empty, at every depth."""
    if isinstance(value, dict):
        return {key: made for key, item in value.items() if (made := _said(item)) not in ("", [], None)}
    if isinstance(value, list):
        return [_said(item) for item in value]
    return value
