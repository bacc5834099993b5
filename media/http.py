"""A file over HTTP or HTTPS: gone on with where it broke off, bounded, and whole as far as the server lets us know.

A server may ignore the range that was asked for, serve another file than before, lie about lengths, or send for ever.
What it cannot tell us (no Content-Length: is this the end?) the check of the finished file tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import FetchError, NotMediaError
from onrecord.files import translated
from onrecord.media.address import shown_address
from onrecord.media.partial import OVERLAP, Bounds, Origin, Partial
from onrecord.media.web import Answer, Web, no_recording, refusal, refuse_endless

_PAGES = {"text/html", "application/xhtml+xml"}
_PLAYLISTS = {
    "application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl",
    "application/dash+xml", "application/vnd.ms-sstr+xml",
}  # fmt: skip
_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+|\*)$")
_PAGE_HEAD = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<head|#EXTM3U|<\?xml[^>]*>\s*<MPD)", re.IGNORECASE
)


class PageFoundError(NotMediaError):
    """The address leads to a page or a playlist: a recording may be behind it, but is not in it."""


class _ChangedError(Exception):
    """What is there now is not what the beginning belongs to."""


@dataclass(frozen=True)
class Download:
    """A file that came. `expected` is the size in bytes that the server named; None when it named none."""

    path: Path
    expected: int | None
    content_type: str
    url: str


def download(
    web: Web,
    url: str,
    part: Path,
    bounds: Bounds,
    *,
    of: str = "",
    headers: Mapping[str, str] | None = None,
    chunk: int | None = None,
    tell: Callable[[int, int | None], None] = lambda done, total: None,
) -> Download:
    """One try at getting `url` into `part`, going on with what is there if it belongs to `of` (the address by default).

    `chunk` asks for the file in pieces of so many bytes, for servers that slow down otherwise. Raises `FetchError`,
    `PageFoundError` for a page or playlist, `StorageError` when the disk is full; what came so far is kept.
    """
    partial = Partial(part, bounds)
    for _ in range(3):
        try:
            return _get(web, url, partial, of or shown_address(url), dict(headers or {}), chunk, tell)
        except _ChangedError:
            partial.discard()
            chunk = None
    raise FetchError(
        "the server gives another file each time.", url=shown_address(url), advice="Try again later."
    )


def _get(
    web: Web,
    url: str,
    partial: Partial,
    of: str,
    headers: dict[str, str],
    chunk: int | None,
    tell: Callable[[int, int | None], None],
) -> Download:
    while True:
        origin = partial.origin(of)
        start = max(0, partial.size - OVERLAP) if origin else 0
        with web.open(url, headers=headers | _asking(origin, start, chunk)) as answer:
            if answer.status == 416:
                # The beginning is longer than the file, or it is not its beginning.
                if not start and not chunk:
                    raise refusal(answer)
                raise _ChangedError
            if answer.status not in (200, 206) or (answer.status == 206 and not start and not chunk):
                raise refusal(answer)
            if is_page(answer):
                raise _page(answer)
            refuse_endless(answer)
            if answer.status == 206:
                first, _, total = _range(answer)
                if first != start or answer.encoded or (chunk and total is None):
                    raise _ChangedError
                if start == 0:
                    partial.begin(_origin(of, answer, total))
                elif origin is None or _differs(origin, answer, total):
                    raise _ChangedError
            else:
                start, total = 0, None if answer.encoded else _length(answer)
                partial.begin(_origin(of, answer, total))
            if total == 0:
                raise NotMediaError("the file at this address is empty.", url=shown_address(url))
            if total is not None:
                partial.bounds.check(partial.path.parent, total, partial.size)
            _append(partial, _body(answer, start == 0), start, total, tell)
            came = Download(partial.path, total, answer.content_type, answer.url)
        if total is None or partial.size == total:
            return came
        if partial.size > total:
            raise _ChangedError
        if not chunk or answer.status != 206:
            raise FetchError("the connection broke off before the end.", url=shown_address(url),
                             advice="Run it again: it goes on where it stopped.")  # fmt: skip


def _asking(origin: Origin | None, start: int, chunk: int | None) -> dict[str, str]:
    """The headers that ask for the rest, and for the whole if it is another file now (RFC 9110 section 13.1.5)."""
    asked: dict[str, str] = {}
    if start or chunk:
        end = start + OVERLAP + chunk - 1 if chunk else ""
        asked["Range"] = f"bytes={start}-{end}"
    if start and origin:
        validator = origin.etag if origin.etag and not origin.etag.startswith("W/") else origin.modified
        if validator:
            asked["If-Range"] = validator
    return asked


def _body(answer: Answer, from_start: bool) -> Iterator[bytes]:
    """The body; at the start of a file it is looked at, because some servers call a page a file."""
    blocks = answer.blocks()
    head = b""
    if from_start:
        for block in blocks:
            head += block
            if len(head) >= 256:
                break
        if is_page(answer, head):
            raise _page(answer)
    if head:
        yield head
    yield from blocks


def _append(
    partial: Partial,
    blocks: Iterator[bytes],
    start: int,
    total: int | None,
    tell: Callable[[int, int | None], None],
) -> None:
    """Appends the body, after the part of it that is here already was compared."""
    with translated(partial.path), partial.open() as file:
        write = partial.writer(file, total, tell)
        here = partial.size
        at = start
        for block in blocks:
            overlap = block[: max(0, here - at)]
            if overlap and not partial.same(at, overlap):
                raise _ChangedError
            at += len(block)
            if rest := block[len(overlap) :]:
                write(rest)


def _origin(of: str, answer: Answer, total: int | None) -> Origin:
    return Origin(of, answer.headers.get("etag", ""), answer.headers.get("last-modified", ""), total)


def _differs(origin: Origin, answer: Answer, total: int | None) -> bool:
    """Whether the answer speaks of another file than the beginning that is here."""
    now = _origin(origin.of, answer, total)
    return bool(
        (origin.total is not None and total is not None and origin.total != total)
        or (origin.etag and now.etag and origin.etag != now.etag)
        or (not origin.etag and origin.modified and now.modified and origin.modified != now.modified)
    )


def _length(answer: Answer) -> int | None:
    text = str(answer.headers.get("content-length", "")).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _range(answer: Answer) -> tuple[int, int, int | None]:
    match = _RANGE.match(str(answer.headers.get("content-range", "")).strip())
    if match is None:
        raise _ChangedError
    first, last, total = match.groups()
    return int(first), int(last), None if total == "*" else int(total)


def is_page(answer: Answer, head: bytes = b"") -> bool:
    """Whether this is a page or a playlist, by what the server says of it or by how it begins."""
    return answer.content_type in _PAGES | _PLAYLISTS or _PAGE_HEAD.match(head) is not None


def _page(answer: Answer) -> PageFoundError:
    found = no_recording(answer.url)
    return PageFoundError(found.message, url=found.url, advice=found.advice)
