"""Every event of an archive at a glance, for a server that is asked again and again: read once, and again only where
files have changed.

What is shown is looked at afresh, a few folders an event. The thousands that are only counted are gone through in the
background; until that is done, what is known so far is told as such.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import OnrecordError
from onrecord.events.model import Event
from onrecord.events.publication import Standing, standing
from onrecord.events.registry import Registry, Scan
from onrecord.transcripts.needs import Need, needs
from onrecord.transcripts.state import Phase, RecordingState, event_state, phase_of

_AGAIN = 15.0  # seconds after which all folders are looked at again, when somebody asks
_STILL = timedelta(seconds=5)  # for which what the clock alone changes is not reckoned again
_log = logging.getLogger("onrecord.transcripts")
Seen = tuple[
    tuple[str, int, int, int], ...
]  # what an event's state is read off: name, time in ns, size, inode


@dataclass(frozen=True)
class Glance:
    """One event with its state at an instant. `gathered` is False while its files have not been looked at yet: then
    `recordings` and the needs that follow from them are missing.
    """

    event: Event
    phase: Phase
    standing: Standing
    recordings: tuple[RecordingState, ...]
    needs: tuple[Need, ...]
    gathered: bool = True


@dataclass(frozen=True)
class _Known:
    event: Event
    seen: Seen
    recordings: tuple[RecordingState, ...]


class Overview:
    """The events of one archive with their states; one instance serves all threads of a server."""

    def __init__(self, archive: Archive, registry: Registry | None = None) -> None:
        self.archive = archive
        self.registry = registry or Registry(archive, keep=True)
        self._known: dict[str, _Known] = {}
        self._guard = threading.Lock()
        self._gathering: threading.Thread | None = None
        self._gathered_at = -_AGAIN  # on the monotonic clock
        self._changes = 0  # how often a state was found to be another
        self._all: tuple[object, int, datetime, list[Glance]] | None = None

    def scan(self) -> Scan:
        """Every event as its file is now."""
        return self.registry.scan()

    def glance(self, event: Event, now: datetime) -> Glance:
        """One event, with the state of its files as it is now."""
        return self._glance(self._look(event), now)

    def all(self, events: Sequence[Event], now: datetime) -> list[Glance]:
        """Events as far as they are known; what is not is gathered in the background."""
        last, changes = self._all, self._changes
        if last is not None and last[0] is events and last[1] == changes and abs(now - last[2]) < _STILL:
            self.gather_later()
            return last[3]
        found = []
        for event in events:
            known = self._known.get(event.stem)
            if known is None:
                found.append(
                    Glance(event, phase_of(event, now), standing(event, now), (), (), gathered=False)
                )
            else:
                found.append(self._glance(_Known(event, known.seen, known.recordings), now))
        self._all = (events, changes, now, found)
        self.gather_later()
        return found

    def gather_later(self) -> None:
        """Looks at the files of every event on a thread of its own, unless that was done just now."""
        with self._guard:
            running = self._gathering is not None and self._gathering.is_alive()
            if running or time.monotonic() - self._gathered_at < _AGAIN:
                return
            self._gathering = threading.Thread(target=self.gather, name="onrecord-overview", daemon=True)
            self._gathering.start()

    def gather(self) -> None:
        """Looks at the files of every event, and forgets those that are gone."""
        try:
            events = self.scan().events
            for event in events:
                try:
                    self._look(event)
                except (OnrecordError, OSError):  # the others are told all the same
                    _log.exception("the state of an event could not be read off its files")
                time.sleep(0)  # whoever waits for an answer comes first
            present = {event.stem for event in events}
            for stem in [stem for stem in self._known if stem not in present]:
                self._known.pop(stem, None)
        except (OnrecordError, OSError):
            _log.exception("the events could not be gathered")
        self._gathered_at = time.monotonic()

    def _glance(self, known: _Known, now: datetime) -> Glance:
        event = known.event
        return Glance(
            event,
            phase_of(event, now),
            standing(event, now),
            known.recordings,
            needs(event, known.recordings, now),
        )

    def _look(self, event: Event) -> _Known:
        seen = self._signature(event.stem)
        known = self._known.get(event.stem)
        if known is None or known.seen != seen or (known.event is not event and known.event != event):
            known = _Known(event, seen, event_state(self.archive, event).recordings)
            self._known[event.stem] = known
            self._changes += 1
        return known

    def _signature(self, stem: str) -> Seen:
        archive = self.archive
        places = (
            archive.media(stem),
            archive.transcripts(stem),
            archive.renditions(stem),
            archive.work(stem),
        )
        return tuple(row for place in places for row in _files(place))


def _files(folder: Path) -> list[tuple[str, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            found = []
            for entry in entries:
                stat = entry.stat()
                found.append((entry.path, stat.st_mtime_ns, stat.st_size, stat.st_ino))
    except OSError:  # none of that yet, or gone just now
        return []
    return sorted(found)


def counts(glances: Iterable[Glance]) -> Mapping[str, int]:
    """How many events have something failed, wait for an organiser, an editor, a machine; an event may count twice."""
    found = dict.fromkeys(("failed", "organiser", "editor", "machine"), 0)
    for glance in glances:
        for whom in {need.waits_for for need in glance.needs}:
            found[whom] += 1
    return found
