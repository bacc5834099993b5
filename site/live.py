"""The present state of a site that is being served, made again when the archive changes."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import OnrecordError, SettingsError
from onrecord.site import statics
from onrecord.site.carrying import Signature
from onrecord.site.publicindex import refresh
from onrecord.site.rendering import environment
from onrecord.site.state import State
from onrecord.site.view import View
from onrecord.site.wording import wording

_log = logging.getLogger("onrecord.site")
_PACKAGE = str(Path(statics.__file__).parent)
_TRY_AGAIN = 10.0  # seconds before an index that could not be made is tried again, or made a second time


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
