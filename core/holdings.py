"""How much room an archive takes: by kind of file and by event, counted in the background and kept for a while."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from onrecord.archive import Archive
from onrecord.files import free_bytes

Kind = Literal[
    "originals", "renditions", "transcripts", "earlier transcripts", "events", "static site", "index", "work", "state",
    "other",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
# What can be made again from the rest, by deleting it and running the step that makes it.
DERIVED: tuple[Kind, ...] = ("renditions", "static site", "index", "work")
_KEPT = 300.0  # seconds
_OWN: Mapping[Kind, tuple[str, ...]] = {  # files of `.onrecord/` itself, by the beginning of their names
    "index": ("index.", "public.", "events.", "site.", "published."),
    "state": ("state.",),
}


@dataclass(frozen=True)
class Holdings:
    """Bytes and files by kind, bytes by event (the stem of its folders), and what is free on the disk; as of `at`."""

    size: Mapping[Kind, int]
    files: Mapping[Kind, int]
    events: Mapping[str, int]
    free: int
    at: datetime

    @property
    def total(self) -> int:
        """All bytes of the archive."""
        return sum(self.size.values())


def count_holdings(archive: Archive, *, pause: Callable[[], None] = lambda: None) -> Holdings:
    """Walks the whole archive. Links are not followed, and count for nothing. `pause` is called between folders."""
    size: Counter[Kind] = Counter(dict.fromkeys(KINDS, 0))
    files: Counter[Kind] = Counter(dict.fromkeys(KINDS, 0))
    events: Counter[str] = Counter()
    for parts, bytes_, number in _folders(str(archive.root), (), pause):
        kind, stem = _kind(parts)
        if parts == (".onrecord",):  # its files are indexes and the state; they are told apart by name
            continue
        size[kind] += bytes_
        files[kind] += number
        if stem:
            events[stem] += bytes_
    for name, bytes_ in _own_files(str(archive.hidden)):
        kind = next((kind for kind, starts in _OWN.items() if name.startswith(starts)), "other")
        size[kind] += bytes_
        files[kind] += 1
    return Holdings(dict(size), dict(files), dict(events), free_bytes(archive.root), datetime.now(UTC))


class Counting:
    """The holdings of one archive as they were counted last; counted again in the background when they are asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._counted = -_KEPT
        self._last: Holdings | None = None

    def last(self, *, anew: bool = False) -> Holdings | None:
        """What was counted last; None while nothing was yet. Begins to count when that is long ago, or `anew`."""
        with self._guard:
            found = self._last
            running = self._thread is not None and self._thread.is_alive()
            old = time.monotonic() - self._counted >= _KEPT
            if not running and (old or anew):
                self._thread = threading.Thread(target=self._count, name="onrecord-holdings", daemon=True)
                self._thread.start()
        return found

    @property
    def counting(self) -> bool:
        """Whether it is being counted."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self) -> None:
        """Waits until what is being counted is counted."""
        if self._thread is not None:
            self._thread.join()

    def _count(self) -> None:
        self._last = count_holdings(self._archive, pause=lambda: time.sleep(0))
        self._counted = time.monotonic()


def _kind(parts: tuple[str, ...]) -> tuple[Kind, str]:
    """What lies in a folder of the archive, and the event that it belongs to."""
    first, *rest = parts or ("",)
    stem = rest[0] if rest else ""
    if first == "media":
        return "originals", stem
    if first == "transcripts":
        return ("earlier transcripts" if "history" in rest[1:] else "transcripts"), stem
    if first == "events":
        return "events", ""
    if first == "site" or first.startswith(
        ".site"
    ):  # and the one that was before it, kept to be written over
        return "static site", ""
    if first != ".onrecord":
        return ("events", "") if not parts else ("other", "")  # the settings and the speakers lie at the top
    stem = rest[1] if len(rest) > 1 else ""
    if rest[:1] in (["renditions"], ["clips"]):
        return "renditions", stem
    if rest[:1] == ["work"]:
        return "work", stem
    return ("state" if rest[:1] == ["state-backups"] else "work"), ""


def _folders(
    folder: str, parts: tuple[str, ...], pause: Callable[[], None]
) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Every folder with the bytes and the number of the files that lie in it itself."""
    size = number = 0
    inner: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    size += entry.stat(follow_symlinks=False).st_size
                    number += 1
    except OSError:
        pass  # it went away, or is not ours to read; the next count tells
    yield parts, size, number
    pause()
    for name in inner:
        yield from _folders(f"{folder}/{name}", (*parts, name), pause)


def _own_files(folder: str) -> Iterator[tuple[str, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    yield entry.name, entry.stat(follow_symlinks=False).st_size
    except OSError:
        return
