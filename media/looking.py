"""Looking at what is behind an address, before anything of it is fetched.

A person who pastes an address sees what was found there first: what it is called, how long it is, which captions it has.
Of a file only the beginning is read. The way to the network is that of every fetch, so the guard holds here as well.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

from onrecord.archive import Archive
from onrecord.errors import IncompleteMediaError, UsageError
from onrecord.files import make_folder
from onrecord.media.patience import Patience
from onrecord.media.uploads import shown_name

if TYPE_CHECKING:
    from onrecord.jobs import Job
    from onrecord.media.web import Answer, Web
    from onrecord.media.ytdlp import YtDlp
    from onrecord.progress import Progress

_HEAD = 3 << 20  # bytes of a file that are read to see what it is
_LISTED = 50  # recordings of a list that are named
_QUICK = Patience(connect=10, silence=20, slowest=1000, window=20, pause=1, longest_pause=5, longest_wait=10)


@dataclass(frozen=True)
class Captions:
    """Captions that come with a recording; `automatic`: a machine wrote them."""

    language: str
    automatic: bool


@dataclass(frozen=True)
class Entry:
    """One recording of several behind an address. The length is in milliseconds."""

    url: str
    title: str
    length: int | None = None
    published: str = ""  # an instant, RFC 3339


@dataclass(frozen=True)
class Sight:
    """What was found. Lengths in milliseconds, sizes in bytes; None: it is not said.

    `kind`: a file, a recording on a platform or in a page, or a list of several, which are `entries`. `video` is None where
    nothing is known of it.
    """

    kind: Literal["file", "recording", "list"]
    title: str
    place: str  # the host, or the platform
    length: int | None = None
    size: int | None = None
    video: bool | None = None
    published: str = ""
    captions: tuple[Captions, ...] = ()
    entries: tuple[Entry, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Sight:
        """The way back."""
        return cls(
            **{
                **row,
                "captions": tuple(Captions(**one) for one in row["captions"]),
                "entries": tuple(Entry(**one) for one in row["entries"]),
            }
        )


def web_address(text: str) -> str:
    """A pasted address as it is kept. Raises `UsageError` for what is none: a desk never reads this machine's files."""
    address = "".join(letter for letter in text.strip() if letter.isprintable())
    try:
        parts = urlsplit(address)
        fits = (
            parts.scheme.lower() in ("http", "https")
            and bool(parts.hostname)
            and not re.search(r"\s", address)
        )
        _ = parts.port
    except ValueError:
        fits = False
    if not fits or len(address) > 2000:
        raise UsageError(
            "this is no web address.",
            advice="Paste one that begins with https://, or upload the file instead.",
        )
    return address


def look(
    archive: Archive,
    address: str,
    folder: Path,
    *,
    languages: tuple[str, ...] = (),
    passcode: str = "",
    patience: Patience = _QUICK,
) -> Sight:
    """What is behind `address`; `folder` takes the beginning of a file, which is thrown away again.

    Raises as a fetch does: `FetchError` (a live stream that has not ended is one), `BlockedAddressError`,
    `NotMediaError`, and `UsageError` for what is no web address.
    """
    # The client (0.1 s) and yt-dlp (0.4 s) are imported only where something is looked at.
    from onrecord.media.guard import Guard
    from onrecord.media.web import Web
    from onrecord.media.ytdlp import knows

    url = web_address(address)
    with Web(Guard(archive.settings.items("fetch.allow-hosts")), patience) as web:
        if not knows(url):
            found = _file(web, url, folder)
            if found is not None:
                return found
        return _on_platform(web, url, languages, passcode)


def _file(web: Web, url: str, folder: Path) -> Sight | None:
    """The file at an address; None where a page or a playlist stands there."""
    from onrecord.media.http import is_page
    from onrecord.media.probe import probe
    from onrecord.media.web import refusal, refuse_endless

    with web.open(url, headers={"Range": f"bytes=0-{_HEAD - 1}"}) as answer:
        if answer.status not in (200, 206):
            raise refusal(answer)
        refuse_endless(answer)
        head = answer.read(_HEAD)
        if is_page(answer, head):
            return None
        size, title = _size(answer), _title(answer)
    beginning = make_folder(folder) / "beginning"
    try:
        beginning.write_bytes(head)
        probed = probe(beginning)
    except IncompleteMediaError:  # its index is at its end: what it is shows once it is here
        probed = None
    finally:
        beginning.unlink(missing_ok=True)
    whole = size is not None and size <= len(head)
    said = probed is not None and (whole or not probed.duration_is_estimate)
    return Sight(
        "file",
        title,
        urlsplit(answer.url).hostname or "",
        length=probed.duration_ms if probed is not None and said else None,
        size=size,
        video=bool(probed.video) if probed is not None else None,
        published=_modified(answer),
    )


def _size(answer: Answer) -> int | None:
    total = re.search(r"/(\d+)$", str(answer.headers.get("content-range", "")))
    if total:
        return int(total[1])
    length = str(answer.headers.get("content-length", ""))
    return int(length) if answer.status == 200 and length.isdecimal() else None


def _title(answer: Answer) -> str:
    """What the server calls the file: by its header (RFC 6266), else by its address."""
    header = str(answer.headers.get("content-disposition", ""))
    if match := re.search(r"filename\*=UTF-8''([^;\s]+)", header, re.IGNORECASE):
        return shown_name(unquote(match[1]))
    if match := re.search(r'filename="?([^";]+)', header, re.IGNORECASE):
        return shown_name(match[1])
    return shown_name(unquote(PurePosixPath(urlsplit(answer.url).path).name))


def _modified(answer: Answer) -> str:
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(str(answer.headers.get("last-modified", "")))
    except ValueError:
        return ""
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _on_platform(web: Web, url: str, languages: tuple[str, ...], passcode: str) -> Sight:
    from onrecord.media.platform import refuse_live, the_one
    from onrecord.media.ytdlp import YtDlp

    with YtDlp(web, passcode=passcode, format="bv*+ba/b", playlistend=_LISTED) as finder:
        found = finder.find(url)
        entries = [one for one in found.get("entries") or [] if one]
        if found.get("_type", "video") in ("playlist", "multi_video") and len(entries) > 1:
            return Sight(
                "list",
                _text(found.get("title")),
                _place(found, url),
                entries=tuple(_entry(one, url) for one in entries[:_LISTED]),
            )
        found = the_one(finder, url, found)
        refuse_live(found)
        listed = _listed_length(finder, found)
    return _recording(found, url, languages, listed)


def _listed_length(finder: YtDlp, found: Mapping[str, Any]) -> int | None:
    """The length of a stream that comes in pieces (HLS, RFC 8216), which its playlist says; so it does of one that has no
    end.

    Raises `FetchError` for a live stream.
    """
    from onrecord.media.ytdlp import is_live_playlist, still_live

    for part in found.get("requested_formats") or [found]:
        if not str(part.get("protocol", "")).startswith("m3u8"):
            continue
        text = finder.read(str(part["url"]), part.get("http_headers")).decode("utf-8", "replace")
        if is_live_playlist(text):
            raise still_live()
        lengths = [
            float(length) for length in re.findall(r"^#EXTINF:(\d{1,6}(?:\.\d{1,9})?)", text, re.MULTILINE)
        ]
        return round(sum(lengths) * 1000) if lengths else None
    return None


def _recording(found: Mapping[str, Any], url: str, languages: tuple[str, ...], listed: int | None) -> Sight:
    from onrecord.media.platform import offered_captions

    parts = found.get("requested_formats") or [found]
    sizes = [part.get("filesize") or part.get("filesize_approx") for part in parts]
    codecs = [str(part.get("vcodec") or "") for part in parts]
    return Sight(
        "recording",
        _text(found.get("title")).removesuffix(" (1)") if _is_page(found) else _text(found.get("title")),
        _place(found, url),
        length=listed or _length(found),
        size=int(sum(sizes)) if all(isinstance(one, int | float) and one > 0 for one in sizes) else None,
        video=any(codec != "none" for codec in codecs) if any(codecs) else None,
        published=published(found),
        captions=tuple(
            dict.fromkeys(
                Captions(tag, kind == "automatic") for kind, tag, _ in offered_captions(found, languages)
            )
        ),
    )


def _is_page(found: Mapping[str, Any]) -> bool:
    return str(found.get("extractor")).lower() in ("generic", "html5")


def address_of(entry: Mapping[str, Any], page: str) -> str:
    """The address of one recording in a list; of several films in one page, each has only its file's."""
    own = str(entry.get("webpage_url") or "")
    if own and own != page:
        return own
    formats = entry.get("formats") or [{}]
    return str(entry.get("url") or formats[-1].get("url") or own)


def _entry(found: Mapping[str, Any], page: str) -> Entry:
    return Entry(
        address_of(found, page),
        _text(found.get("title")) or str(found.get("id") or ""),
        _length(found),
        published(found),
    )


def _place(found: Mapping[str, Any], url: str) -> str:
    return (
        (urlsplit(url).hostname or "")
        if _is_page(found)
        else _text(found.get("extractor_key") or found.get("extractor"))
    )


def _text(value: object) -> str:
    """A text from outside as one line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in str(value or ""))
    return " ".join(plain.split())[:300]


def _length(found: Mapping[str, Any]) -> int | None:
    length = found.get("duration")
    return round(length * 1000) if isinstance(length, int | float) and 0 < length < 1e7 else None


def published(found: Mapping[str, Any]) -> str:
    """When a platform says that a recording was published, as an instant; a day alone is its noon."""
    for key in ("release_timestamp", "timestamp"):
        stamp = found.get(key)
        if isinstance(stamp, int | float) and 0 < stamp < 4e9:
            return datetime.fromtimestamp(stamp, UTC).isoformat()
    day = str(found.get("release_date") or found.get("upload_date") or "")
    try:
        return datetime.strptime(day, "%Y%m%d").replace(hour=12, tzinfo=UTC).isoformat()
    except ValueError:
        return ""


def run(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> dict[str, Any]:
    """The job `look`: what is at `details["url"]`, for the event that is its subject.

    Its result holds `sight`, or `refused` with `message` and `advice`: an address that cannot be used is an answer, and not
    a job that failed.
    """
    from onrecord.errors import MediaError
    from onrecord.events.registry import Registry
    from onrecord.progress import Report

    stop()
    listen(Report("look", job.subject, 0, None, "items"))
    event = Registry(archive, keep=True).get(job.subject)
    try:
        sight = look(
            archive,
            str(job.details["url"]),
            archive.work(event.stem) / f"look-{job.id}",
            languages=event.languages,
            passcode=str(event.private.get("passcode") or ""),
        )
    except (MediaError, UsageError) as error:
        return {"refused": {"message": error.message, "advice": error.advice}}
    finally:
        shutil.rmtree(archive.work(event.stem) / f"look-{job.id}", ignore_errors=True)
    return {"sight": sight.as_row()}
