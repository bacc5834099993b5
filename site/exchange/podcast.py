"""A podcast of the recordings: RSS 2.0 with the tags of Apple and of the podcast namespace (podcastindex.org).

The namespace's specification: transcripts with `rel="captions"`, chapters as a file of their own, persons, and
a guid that is a UUIDv5 of the feed's address.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from email.utils import format_datetime

from onrecord.site.exchange.chapters import MEDIA_TYPE as CHAPTERS
from onrecord.site.exchange.chapters import chapters_of
from onrecord.site.exchange.feed import Feed, content_html, identifier, media_of, page_of, short_text
from onrecord.site.exchange.xmltext import DECLARATION, element, text
from onrecord.site.public import PublicEvent, PublicRecording, PublicSpeaker
from onrecord.site.urls import Urls, file_path
from onrecord.timecode import clock

MEDIA_TYPE = "application/rss+xml"
LENGTH = 300  # events; players keep a whole podcast, not its news alone
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
)
_HOSTS = ("host", "moderator", "chair", "presenter")


def podcast_guid(address: str) -> str:
    """The podcast's identity for ever: a UUIDv5 of its first address without scheme and slashes at the end."""
    return str(uuid.uuid5(PODCAST_NAMESPACE, address.partition("://")[2].rstrip("/")))


def podcast(feed: Feed, urls: Urls, path: str) -> str:
    """A podcast that stands at `path`, such as `podcast.xml`: one item for each recording that can be played."""
    own = urls.absolute(path)
    items = [(event, recording) for event in feed.events[:LENGTH] for recording in media_of(event)]
    films = sum(1 for _, recording in items if recording.media and recording.media.kind == "video")
    rows = [
        DECLARATION,
        f'<rss version="2.0" {_NAMESPACES}>',
        "<channel>",
        f"<title>{text(feed.title)}</title>",
        f"<link>{text(urls.absolute(feed.page))}</link>",
        f"<description>{text(feed.summary or feed.title)}</description>",
        f"<language>{text(feed.language)}</language>",
        element("atom:link", rel="self", type=MEDIA_TYPE, href=own),
        f"<itunes:author>{text(feed.author or feed.title)}</itunes:author>",
        "<itunes:explicit>false</itunes:explicit>",
        element("itunes:category", text="Society & Culture"),
        f"<podcast:guid>{podcast_guid(own)}</podcast:guid>",
        f"<podcast:medium>{'video' if 2 * films > len(items) else 'podcast'}</podcast:medium>",
        *(line for event, recording in items for line in _item(event, recording, feed, urls)),
        "</channel>",
        "</rss>",
    ]
    return "\n".join(rows) + "\n"


def _item(event: PublicEvent, recording: PublicRecording, feed: Feed, urls: Urls) -> Iterator[str]:
    media = recording.media
    assert media is not None
    title = f"{event.title}: {recording.title}" if recording.title else event.title
    address = urls.absolute(urls.media(event, recording))
    yield "<item>"
    yield f"<title>{text(title)}</title>"
    yield f"<link>{text(page_of(event, urls))}#{recording.id}</link>"
    yield f'<guid isPermaLink="false">{identifier(event)}#{recording.id}</guid>'
    yield f"<pubDate>{format_datetime(event.starts)}</pubDate>"
    yield f"<description>{text(short_text(event) or title)}</description>"
    yield f"<content:encoded>{text(content_html(event, feed.words))}</content:encoded>"
    yield element("enclosure", url=address, length=media.size, type=media.mime)
    yield f"<itunes:duration>{clock(media.duration, fraction=False)}</itunes:duration>"
    yield "<itunes:explicit>false</itunes:explicit>"
    if media.poster:
        yield element("itunes:image", href=urls.absolute(urls.poster(event, recording)))
    for transcript in recording.transcripts:
        captions = urls.absolute(urls.captions(event, transcript))
        srt = urls.absolute(urls.download(event, transcript, "srt"))
        for place, kind in ((captions, "text/vtt"), (srt, "application/x-subrip")):
            yield element(
                "podcast:transcript", url=place, type=kind, language=transcript.language, rel="captions"
            )
    if any(chapters_of(recording)):
        place = urls.absolute(file_path(event, "chapters", f"{recording.id}.json"))
        yield element("podcast:chapters", url=place, type=CHAPTERS)
    for speaker in event.speakers:
        address = urls.absolute(urls.speaker(speaker.slug)) if speaker.slug else ""
        yield element("podcast:person", speaker.name[:128], role=_role(speaker), group="cast", href=address)
    yield "</item>"


def _role(speaker: PublicSpeaker) -> str:
    """A role of the Podcast Taxonomy; without one a player would take everybody for the host."""
    return "host" if any(word in speaker.role.casefold() for word in _HOSTS) else "guest"
