"""Platforms whose own player a page may offer beside ours, and when it may.

Nothing of a platform is on a page until a reader asks for it with a click; the page offers a button and names
the host that the browser will then ask. What the platform holds is the whole recording as it was uploaded, so
its player is offered only where our copy keeps nothing back of it.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from onrecord.archive import Archive
from onrecord.events.model import Event, Recording
from onrecord.events.publication import consents
from onrecord.site.public import PublicPlayer

_YOUTUBE = frozenset(
    {"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com"}
)
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_VIMEO = frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"})
_VIMEO_PATH = re.compile(r"/(?:video/|channels/[^/]+/|groups/[^/]+/videos/)?([0-9]{1,12})/?")


def platform_player(source: str) -> PublicPlayer | None:
    """The player of the video that an address names; None: it names none on a platform known here.

    YouTube (its host without cookies) and Vimeo (told to count nobody). PeerTube cannot be told by its
    address, and Dailymotion has no player that promises to leave its readers alone.
    """
    try:
        address = urlsplit(source.strip())
        if address.scheme not in ("http", "https") or address.port or address.username:
            return None
    except ValueError:
        return None
    host = (address.hostname or "").lower()
    if host == "youtu.be" or host in _YOUTUBE:
        return _youtube(address, host)
    return _vimeo(address) if host in _VIMEO else None


def why_not(event: Event, recording: Recording) -> str:
    """Why the platform's player must not stand beside a published recording, in words for a person; empty: it
    may.
    """
    # The platform's copy is whole: it holds what a trim cuts, the picture of what is published as sound, and
    # the voice, often the face and the name, of those whose words or names the archive keeps back.
    if recording.trim is not None:
        return "the platform would show what the trim leaves out"
    if recording.kind == "audio":
        return "the platform would show the picture of what is published as sound"
    for speaker in event.speakers:
        if not consents(speaker) or speaker.shown_as:
            return "the platform would show someone whose name or words are kept back here"
    # Whoever runs the platform would learn who visits a page that only some may know of, and readers would
    # be led to one that may be on every list.
    if event.visibility == "unlisted":
        return "the page is unlisted, and the platform would learn who comes to it"
    return ""


def offered_player(archive: Archive, event: Event, recording: Recording) -> PublicPlayer | None:
    """The player that the page of an event offers with a recording that is published."""
    if not archive.settings.flag("publish.platform-players") or why_not(event, recording):
        return None
    return platform_player(recording.source)


def _youtube(address: SplitResult, host: str) -> PublicPlayer | None:
    parts = address.path.strip("/").split("/")
    match parts:
        case [video] if host == "youtu.be":
            pass
        case ["watch"]:
            video = (parse_qs(address.query).get("v") or [""])[0]
        case ["shorts" | "live" | "embed" | "v", video]:
            pass
        case _:
            return None
    if not _YOUTUBE_ID.fullmatch(video):
        return None
    return PublicPlayer(
        platform="YouTube",
        host="www.youtube-nocookie.com",
        frame=f"https://www.youtube-nocookie.com/embed/{video}",
        page=f"https://www.youtube.com/watch?v={video}",
    )


def _vimeo(address: SplitResult) -> PublicPlayer | None:
    # A second part, or `h`, is the secret of a video that Vimeo lists nowhere: it is not ours to tell.
    match = _VIMEO_PATH.fullmatch(address.path)
    if match is None or "h" in parse_qs(address.query, keep_blank_values=True):
        return None
    return PublicPlayer(
        platform="Vimeo",
        host="player.vimeo.com",
        frame=f"https://player.vimeo.com/video/{match[1]}?dnt=1",
        page=f"https://vimeo.com/{match[1]}",
    )
