"""The whole public archive in one file: `archive.tar.gz`, with the answers of the API as JSON and every transcript
as WebVTT. Recordings are not in it; the records say where they are.

It is made of what the gate lets through, event by event: each is a gzip member of its own (RFC 1952, 2.2), so what
has not changed is copied as it stands in the file of the last time. The same archive gives the same bytes.

The file is named by what is in it: whoever looked at the archive before something was taken back, and is slow, makes
another file and not the one that is given to everybody.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from onrecord.archive import Archive
from onrecord.files import durable_file, make_folder, write_text
from onrecord.locks import lock
from onrecord.program import program
from onrecord.site.downloads import captions
from onrecord.site.exchange import pyvideo, records
from onrecord.site.exchange.feed import media_of
from onrecord.site.export.traces import Traces
from onrecord.site.public import PublicEvent
from onrecord.site.urls import Urls, event_path
from onrecord.site.view import View

NAME = "archive.tar.gz"
MEDIA_TYPE = "application/gzip"
_FOLDER = "archive/"
_README = """\
{title}

Everything that this archive has published, as of the day on which this file was made.

archive.json               the archive itself
speakers.json, series.json, tags.json
events/<slug>.json         each discussion: when it was, who spoke, its links, its recordings
transcripts/<slug>/        what was said: WebVTT, and the same as JSON by paragraph and sentence
pyvideo/                   the recordings as pyvideo lists them

Recordings are not in here; each event's record says where they are. Licence, unless an event names
another: {licence}
"""
Member = tuple[str, int, int]  # digest, offset and length in the file


def refresh(view: View, urls: Urls, digests: Mapping[str, str] | None = None) -> Path:
    """Brings the file to the state of the view; gives its place. Raises `LockedError` while it is being made.

    `digests` are those of `View.digest` by the path of the event, if somebody has them already.
    """
    folder = make_folder(folder_of(view.archive), private=True)
    with lock(view.archive, "dump", doing="making the dump of the archive"):
        wanted = list(_wanted(view, urls, digests if digests is not None else _digests(view)))
        path = folder / f"{_digest(repr([digest for digest, _ in wanted]).encode())}.tar.gz"
        index = folder / "members.json"
        last, kept = _kept(folder, index)
        if path == last and path.exists():
            return path
        old = {digest: (offset, length) for digest, offset, length in kept}
        members: list[Member] = []
        # Of a run that was cut short: what was taken back since may be in it.
        for left in folder.glob(".*.tmp"):
            left.unlink(missing_ok=True)
        with durable_file(path) as target, _opened(last) as source:
            offset = 0
            for digest, make in wanted:
                data = b""
                if source is not None and digest in old:
                    source.seek(old[digest][0])
                    data = source.read(old[digest][1])
                data = data or gzip.compress(make(), 6, mtime=0)
                target.write(data)
                members.append((digest, offset, len(data)))
                offset += len(data)
        write_text(index, json.dumps({"file": path.name, "size": offset, "members": members}))
        for other in folder.glob("*.tar.gz"):
            if other != path:  # what was taken back is not kept; whoever reads it now reads on
                other.unlink(missing_ok=True)
    return path


def folder_of(archive: Archive) -> Path:
    """Where the file stands; derived."""
    return archive.hidden / "dump"


def _digests(view: View) -> dict[str, str]:
    with Traces(view.archive) as traces:
        return {event_path(event): view.digest(event, traces.of(view.stem(event))) for event in view.events}


def _wanted(view: View, urls: Urls, digests: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The members in their order: a digest of what each is made of, and how it is made."""
    frame = _frame(view, urls)
    yield _digest(frame), lambda: frame
    settings = view.archive.settings
    common = repr((program(), urls.base, [settings.text(name) for name in ("licence", "publish.transcripts")],
                   settings.flag("publish.recordings"), settings.flag("publish.platform-players")))  # fmt: skip
    for event in view.events:
        yield _digest(f"{common}{digests[event_path(event)]}".encode()), partial(_event, event, urls)
    end = bytes(2 * tarfile.BLOCKSIZE)
    yield _digest(end), lambda: end


def _frame(view: View, urls: Urls) -> bytes:
    """What is about no single event."""
    settings = view.archive.settings
    title = settings.text("title")
    about = {
        "title": title,
        "summary": settings.text("summary"),
        "languages": list(settings.items("languages")),
        "licence": settings.text("licence"),
        "contact": settings.text("contact"),
        "page": urls.absolute("") or urls.to(""),
    }
    groups = [(group.kind, records.group_about(group, urls)) for group in view.groups]
    readme = _README.format(title=title, licence=settings.text("licence") or "not said")
    return b"".join((
        _file("README.txt", readme.encode(), 0),
        _file("archive.json", _json(about), 0),
        _file("speakers.json", _json([records.person_about(person, urls) for person in view.people]), 0),
        _file("series.json", _json([one for kind, one in groups if kind == "series"]), 0),
        _file("tags.json", _json([one for kind, one in groups if kind == "tag"]), 0),
        _file("pyvideo/category.json", pyvideo.category(title), 0),
    ))  # fmt: skip


def _event(event: PublicEvent, urls: Urls) -> bytes:
    """Everything about one event."""
    time = int(event.changed.timestamp())
    parts = [_file(f"events/{event.slug}.json", _json(records.whole(event, urls)), time)]
    for one in event.transcripts:
        place = f"transcripts/{event.slug}/{one.name}"
        parts.append(_file(f"{place}.vtt", captions(one), time))
        parts.append(_file(f"{place}.json", _json(records.transcript(event, one, urls)), time))
    for recording in media_of(event):
        parts.append(_file(pyvideo.video_path(event, recording), pyvideo.video(event, recording, urls), time))
    return b"".join(parts)


def _file(name: str, data: bytes, time: int) -> bytes:
    """A file as a tar archive holds it (POSIX.1-2001, pax)."""
    info = tarfile.TarInfo(_FOLDER + name)
    info.size, info.mtime, info.mode = len(data), time, 0o644
    head = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")
    return head + data + bytes(-len(data) % tarfile.BLOCKSIZE)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _kept(folder: Path, index: Path) -> tuple[Path | None, list[Member]]:
    """The file of the last time and its members; none when it is not the one that the index speaks of."""
    try:
        known = json.loads(index.read_text(encoding="utf-8"))
        path = folder / Path(str(known["file"])).name
        if path.stat().st_size != known["size"]:
            return None, []
        members = [(str(digest), int(offset), int(length)) for digest, offset, length in known["members"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None, []
    return path, members


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO | None]:
    """The file of the last time, if there is one."""
    if path is None:
        yield None
        return
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file
