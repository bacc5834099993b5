"""What an archive's channels, playlists, feeds and folders hold: recordings that may belong to one of its discussions.

Only what is listed is read: titles, days, lengths. Feeds are read here (RSS 2.0, Atom, RFC 4287); pages of platforms by
yt-dlp, without opening each recording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from onrecord.archive import Archive
from onrecord.errors import FetchError, NotFoundError
from onrecord.files import translated
from onrecord.media.address import shown_address
from onrecord.media.fetch import FILE_ENDINGS
from onrecord.media.guard import Guard
from onrecord.media.looking import address_of, published
from onrecord.media.patience import Patience

if TYPE_CHECKING:
    from onrecord.media.web import Web

_FEED_BYTES = 8 << 20
_NEWEST = 40  # of each channel
_ATOM = "{http://www.w3.org/2005/Atom}"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_MEDIA_RSS = "{http://search.yahoo.com/mrss/}"
_QUICK = Patience(connect=10, silence=20, slowest=1000, window=20, pause=1, longest_pause=5, longest_wait=10)


@dataclass(frozen=True)
class Candidate:
    """A recording that a channel lists. `source` is how an event's file would name it; the length is in milliseconds."""

    source: str
    title: str
    channel: str
    published: datetime | None = None
    length: int | None = None
    told: str = ""  # what is said of it beside the title


@dataclass(frozen=True)
class Unread:
    """A channel that could not be read, and why, in a sentence."""

    channel: str
    sentence: str


def candidates(archive: Archive, channel: str, patience: Patience = _QUICK) -> list[Candidate]:
    """The newest recordings of a channel: an address, or a folder as seen from the archive's.

    Raises `NotFoundError` for a folder that is not there, and the errors of a fetch.
    """
    if not re.match(r"https?://", channel, re.IGNORECASE):
        return list(_in_folder(archive, channel))
    # The client (0.1 s) and yt-dlp (0.4 s) are imported only where a channel is asked.
    from onrecord.media.web import Web
    from onrecord.media.ytdlp import knows

    with Web(Guard(archive.settings.items("fetch.allow-hosts")), patience) as web:
        if not knows(channel):
            found = _in_feed(web, channel)
            if found is not None:
                return found
        return list(_on_platform(web, channel))


def _in_folder(archive: Archive, channel: str) -> Iterator[Candidate]:
    """The recordings that lie in a folder, the newest first; no links are followed."""
    root = archive.root / Path(channel).expanduser()
    if not root.is_dir():
        raise NotFoundError(
            "there is no such folder.", path=root, advice="Correct 'channels' under [fetch] in onrecord.toml."
        )
    found: list[tuple[float, Path]] = []
    with translated(root):
        for path in root.iterdir():
            if path.suffix.lower() in FILE_ENDINGS and not path.is_symlink() and path.is_file():
                found.append((path.stat().st_mtime, path))
    for changed, path in sorted(found, reverse=True)[:_NEWEST]:
        when = datetime.fromtimestamp(changed, UTC)
        yield Candidate(archive.shown(path), path.stem, channel, when)


def _in_feed(web: Web, channel: str) -> list[Candidate] | None:
    """What a feed lists; None where something else stands at the address."""
    from onrecord.media.web import refusal

    with web.open(
        channel, headers={"Accept": "application/rss+xml, application/atom+xml, */*;q=0.5"}
    ) as answer:
        if answer.status != 200:
            raise refusal(answer)
        data = answer.read(_FEED_BYTES + 1)
        url = answer.url
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1000]
    if not re.search(rb"<(?:rss|feed)[\s>]", head):
        return None
    # An entity can make a small file huge, and no feed needs one of its own; expat itself loads nothing from outside.
    if len(data) > _FEED_BYTES or b"<!ENTITY" in data:
        raise FetchError("this feed cannot be read safely.", permanent=True, url=shown_address(channel))
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - see above
    except ElementTree.ParseError as error:
        raise FetchError(
            "this feed is no well-formed XML.", permanent=True, url=shown_address(channel)
        ) from error
    rows = _rss(root, url, channel) if root.tag == "rss" else _atom(root, url, channel)
    return sorted(rows, key=lambda one: one.published or datetime.min.replace(tzinfo=UTC), reverse=True)[
        :_NEWEST
    ]


def _rss(root: ElementTree.Element, url: str, channel: str) -> Iterator[Candidate]:
    for item in root.iterfind("./channel/item"):
        enclosure = item.find("enclosure")
        source = enclosure.get("url", "") if enclosure is not None else _said(item, "link")
        if address := _address(url, source):
            yield Candidate(
                address, _said(item, "title"), channel, _rfc822(_said(item, "pubDate")),
                _length(_said(item, f"{_ITUNES}duration")), _said(item, "description")[:2000],
            )  # fmt: skip


def _atom(root: ElementTree.Element, url: str, channel: str) -> Iterator[Candidate]:
    for entry in root.iterfind(f"{_ATOM}entry"):
        links = {
            link.get("rel", "alternate"): link.get("href", "") for link in entry.iterfind(f"{_ATOM}link")
        }
        if address := _address(url, links.get("enclosure") or links.get("alternate", "")):
            told = _said(entry, f"{_ATOM}summary") or _said(
                entry, f"{_MEDIA_RSS}group/{_MEDIA_RSS}description"
            )
            yield Candidate(
                address, _said(entry, f"{_ATOM}title"), channel,
                _rfc3339(_said(entry, f"{_ATOM}published") or _said(entry, f"{_ATOM}updated")), None, told[:2000],
            )  # fmt: skip


def _said(element: ElementTree.Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _address(base: str, text: str) -> str:
    """An address in a feed, made whole; empty when it is none."""
    try:
        whole = urljoin(base, text.strip())
        return whole if urlsplit(whole).scheme in ("http", "https") and text.strip() else ""
    except ValueError:
        return ""


def _rfc822(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _rfc3339(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _length(text: str) -> int | None:
    """A length as podcasts say it: seconds, `mm:ss` or `h:mm:ss`."""
    if not re.fullmatch(r"\d{1,6}|(?:\d{1,3}:)?\d{1,3}:\d{2}", text):
        return None
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000


def _on_platform(web: Web, channel: str) -> Iterator[Candidate]:
    """What a channel or a playlist of a platform lists, the newest first as it does itself."""
    from onrecord.media.ytdlp import YtDlp

    with YtDlp(web, noplaylist=False, playlistend=_NEWEST) as finder:
        found = finder.find(channel)
        for entry in found.get("entries") or [found]:
            if isinstance(entry, dict):
                yield from _listed(entry, channel)


def _listed(entry: dict[str, Any], channel: str) -> Iterator[Candidate]:
    if entry.get("_type") == "playlist":  # the tabs of a channel
        for one in list(entry.get("entries") or [])[:_NEWEST]:
            if isinstance(one, dict):
                yield from _listed(one, channel)
        return
    address = address_of(entry, channel)
    if not re.match(r"https?://", address) or entry.get("live_status") in ("is_live", "is_upcoming"):
        return
    length = entry.get("duration")
    yield Candidate(
        address, " ".join(str(entry.get("title") or "").split())[:300], channel, _rfc3339(published(entry)),
        round(length * 1000) if isinstance(length, int | float) else None,
        " ".join(str(entry.get("description") or "").split())[:2000],
    )  # fmt: skip
