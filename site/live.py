"""The present state of a site that is being served: made again when the archive changes, kept as bytes until
then.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import OnrecordError, SettingsError
from onrecord.site import statics
from onrecord.site.carrying import Signature, digests_of, untouched
from onrecord.site.files import PublicFile
from onrecord.site.pages import Pages
from onrecord.site.publicindex import refresh
from onrecord.site.rendering import Document, Moved, environment
from onrecord.site.view import View
from onrecord.site.wording import wording

_log = logging.getLogger("onrecord.site")
_KEPT_BYTES = 256 << 20
_SMALL = 500  # bytes below which compression gains nothing
_PACKAGE = str(Path(statics.__file__).parent)
_TRY_AGAIN = 10.0  # seconds before an index that could not be made is tried again, or made a second time
_PACKED = ("text/", "application/json", "application/xml", "application/atom+xml", "application/rss+xml",
           "application/feed+json", "image/svg+xml")  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A document ready to be sent, also packed with gzip where that is smaller. `tag` is an entity tag (RFC
    9110).
    """

    body: bytes
    packed: bytes | None
    tag: str
    media_type: str
    status: int
    noindex: bool
    frames: tuple[str, ...] = ()
    framed: bool = False

    @classmethod
    def of(cls, document: Document) -> Kept:
        """Packs a document; the same document always gives the same bytes."""
        packed = None
        if len(document.body) >= _SMALL and document.media_type.startswith(_PACKED):
            packed = gzip.compress(document.body, 6, mtime=0)
        tag = hashlib.sha256(document.body).hexdigest()[:20]
        return cls(
            body=document.body,
            packed=packed,
            tag=tag,
            media_type=document.media_type,
            status=document.status,
            noindex=document.noindex,
            frames=document.frames,
            framed=document.framed,
        )

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        return len(self.body) + len(self.packed or b"") + 500


class State:
    """One view of the archive with the pages that were made of it. Nothing of one state is ever served from
    another.
    """

    def __init__(self, view: View, *, export: bool = False, seen: Signature | None = None) -> None:
        self.view = view
        self.pages = Pages(view, export=export)
        self.seen = seen  # how the files were when they were looked at, before the view was made
        self.indexed = threading.Event()
        self._kept: OrderedDict[str, Kept | PublicFile | Moved] = OrderedDict()
        self._weight = 0
        self._guard = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def known(self, path: str) -> Kept | PublicFile | Moved | None:
        """What stands at a path, if it has been made already."""
        with self._guard:
            found = self._kept.get(path)
            if isinstance(found, PublicFile) and not found.path.exists():
                del self._kept[path]  # it was made again meanwhile, and has another place
                self._weight -= 500
                return None
            if found is not None:
                self._kept.move_to_end(path)
            return found

    def find(self, path: str) -> Kept | PublicFile | Moved | None:
        """What stands at a path, made now if need be, once however many ask; None: nothing."""
        if (known := self.known(path)) is not None:
            return known
        with self._guard:
            alone = self._making.setdefault(path, threading.Lock())
        try:
            with alone:
                return self._found(path)
        finally:
            with self._guard:
                self._making.pop(path, None)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What the events are made of, reckoned once for the change before this state and the one after it."""
        return digests_of(self.view)

    def carry(self, before: State) -> None:
        """Takes over what an earlier state has made and what is the same in this one."""
        if before.seen is None or self.seen is None:
            return
        for path in untouched(before.pages, self.pages, before.seen, self.seen, before.digests, self.digests):
            with before._guard:
                found = before._kept.get(path)
            if isinstance(found, Kept):
                self._keep(path, found)

    def _found(self, path: str) -> Kept | PublicFile | Moved | None:
        if (known := self.known(path)) is not None:
            return known  # whoever asked at the same time has made it
        made = self.pages.find(path)
        if made is None:
            return None
        if isinstance(made, Moved) or (isinstance(made, Document) and made.status != 200):
            # These stand at more addresses than there are pages: whoever asks for all would fill the memory.
            return made if isinstance(made, Moved) else Kept.of(made)
        return self.keep(path, made)

    def keep(self, path: str, made: Document | PublicFile | Moved) -> Kept | PublicFile | Moved:
        """Keeps what was made for a path until the state ends, or room is needed."""
        return self._keep(path, Kept.of(made) if isinstance(made, Document) else made)

    def _keep(self, path: str, found: Kept | PublicFile | Moved) -> Kept | PublicFile | Moved:
        with self._guard:
            if path in self._kept:
                return self._kept[path]
            self._kept[path] = found
            self._weight += found.weight if isinstance(found, Kept) else 500
            while self._weight > _KEPT_BYTES:
                _, dropped = self._kept.popitem(last=False)
                self._weight -= dropped.weight if isinstance(dropped, Kept) else 500
        return found


class Live:
    """Watches an archive and holds its present state.

    Files are looked at every `interval` seconds, or less often where looking itself takes long; a change is
    public within two seconds. A state also ends when the clock changes what is public.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        now: Callable[[], datetime] | None = None,
        export: bool = False,
        interval: float = 1.0,
    ) -> None:
        self.root = archive.root
        self._now = now or (lambda: datetime.now(UTC))
        self._export = export
        self._interval = interval
        self.on_change: list[Callable[[State], None]] = []  # called with each new state, and with the first
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._checking = threading.Lock()
        self._signature = signature(self.root)
        self._indexing: threading.Thread | None = None
        self._indexed_at = -_TRY_AGAIN  # when the index was last begun, on the monotonic clock
        self._mended_at = -_TRY_AGAIN
        self.state = State(View(archive, self._now()), export=export, seen=self._signature)

    def now(self) -> datetime:
        """The present instant, by the clock that the site goes by."""
        return self._now()

    def start(self) -> None:
        """Begins to watch, and brings the public index up to date meanwhile."""
        self._stop.clear()
        self._index_later(self.state)
        self._watcher = threading.Thread(target=self._watch, name="onrecord-watch", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Ends the watch."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join(timeout=10)

    def check(self) -> bool:
        """Looks once; whether there is a new state. What cannot be read now leaves the state as it is, and is
        said. Settings that cannot be read hold nothing else up: what was taken back goes, under the old ones.
        """
        with self._checking:
            seen = signature(self.root)
            end = self.state.view.next_change
            changed = seen != self._signature
            if not changed and not (end is not None and self._now() >= end):
                return False
            settings_changed = seen.get("onrecord.toml") != self._signature.get("onrecord.toml")
            ours = any(path.startswith(_PACKAGE) for path, _ in seen.items() ^ self._signature.items())
            self._signature = seen
            if ours:  # the templates are among what is watched, and so are the catalogues
                environment.cache_clear()
                wording.cache_clear()
            try:
                state = self._state(settings_changed, seen)
            except OnrecordError as error:
                _log.error("the site stays as it was: %s", error)
                return False
            except BaseException:
                self._signature = {}  # it will be looked at again
                raise
            self.state = state
            for problem in state.view.problems:
                _log.warning("%s", problem)
        self._tell(state)
        self._index_later(state)
        return True

    def _tell(self, state: State) -> None:
        """Tells those who keep something of the site that there is a new state."""
        for hear in self.on_change:
            try:
                hear(state)
            except Exception:  # the site goes on without them
                _log.exception("a change of the site was not taken up")

    def _state(self, settings_changed: bool, seen: Signature) -> State:
        old = self.state.view
        if settings_changed:
            try:
                return State(View(Archive(self.root), self._now()), export=self._export, seen=seen)
            except SettingsError as error:
                _log.error("the settings stay as they were: %s", error)
        state = State(View(old.archive, self._now(), before=old), export=self._export, seen=seen)
        state.carry(self.state)
        return state

    def mend(self) -> bool:
        """Makes the public index anew, because reading it failed; False when that has been tried just now."""
        with self._checking:
            if time.monotonic() - self._mended_at < _TRY_AGAIN:
                return not self.state.indexed.is_set()  # it is being made
            self._mended_at = time.monotonic()
            self.state.indexed.clear()
        _log.warning("the index of the search is damaged, or gone, and is made again")
        self._index_later(self.state, anew=True)
        return True

    def index_now(self) -> None:
        """Brings the public index to the present state."""
        self._index(self.state)

    def _watch(self) -> None:
        self._tell(self.state)  # much may have changed since the last time that the site was served
        pause = self._interval
        while not self._stop.wait(pause):
            began = time.monotonic()
            try:
                self.check()
                self._index_again()
            except Exception:
                _log.exception("the archive could not be looked at")
            pause = max(self._interval, 3 * (time.monotonic() - began))

    def _index_later(self, state: State, *, anew: bool = False) -> None:
        self._indexed_at = time.monotonic()
        self._indexing = threading.Thread(
            target=self._index, args=(state,), kwargs={"anew": anew}, name="onrecord-index", daemon=True
        )
        self._indexing.start()

    def _index_again(self) -> None:
        """Tries again to make an index that could not be made, on a full disk for instance."""
        running = self._indexing is not None and self._indexing.is_alive()
        waited = time.monotonic() - self._indexed_at >= _TRY_AGAIN
        if waited and not running and not self.state.indexed.is_set():
            self._index_later(self.state)

    def _index(self, state: State, *, anew: bool = False) -> None:
        path = state.view.archive.public_index_file

        def ready() -> None:
            if self.state is state:
                state.indexed.set()

        try:
            refresh(
                state.view,
                path,
                anew=anew,
                stop=lambda: self._stop.is_set() or self.state is not state,
                ready=ready,
            )
        except OnrecordError as error:
            _log.error("the search is not up to date: %s", error)
        except Exception:  # nobody waits for this thread; it is tried again in a while
            _log.exception("the search is not up to date")


def signature(root: Path) -> Signature:
    """Time, size and inode of every file that the public can see something of."""
    found: Signature = {}
    for name in ("onrecord.toml", "speakers.toml"):
        try:
            stat = (root / name).stat()
            found[name] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            continue
    for folder, depth in (
        (root / "events", 1), (root / "media", 2), (root / "transcripts", 2),
        (root / ".onrecord" / "renditions", 2),
        *((Path(_PACKAGE) / name, depth) for name, depth in (("templates", 1), ("static", 2), ("locale", 3))),
    ):  # fmt: skip
        for path, stat in _files(str(folder), depth):
            found[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def _files(folder: str, depth: int) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.endswith(".tmp"):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if depth > 1:
                            yield from _files(entry.path, depth - 1)
                    else:
                        yield entry.path, entry.stat()
                except FileNotFoundError:
                    continue  # it went away just now
    except (FileNotFoundError, NotADirectoryError):
        return
