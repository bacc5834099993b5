"""What the register keeps between requests, for each archive that is served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from onrecord.archive import Archive
from onrecord.errors import NotFoundError, OnrecordError
from onrecord.events.known import Known, known
from onrecord.events.model import Event
from onrecord.events.people import read_people
from onrecord.events.registry import Registry, Scan
from onrecord.holdings import Counting
from onrecord.site.desk.asking import Ask
from onrecord.site.live import Live
from onrecord.transcripts.overview import Overview


@dataclass
class Held:
    """The events with their states, and the room that the archive takes. It ends when the settings change."""

    archive: Archive
    overview: Overview
    counting: Counting
    _known: tuple[Scan, Known] | None = None
    _texts: dict[str, tuple[Event, str]] = field(default_factory=dict)

    @property
    def registry(self) -> Registry:
        """The events, for reading and writing."""
        return self.overview.registry

    def event(self, stem: str) -> Event:
        """An event by its stem. Raises `NotFoundError`, or what is wrong with its file."""
        scan = self.overview.scan()
        found = next((event for event in scan.events if event.stem == stem), None)
        if found is not None:
            return found
        for problem in scan.problems:
            if problem.path is not None and problem.path.stem == stem:
                raise problem
        raise NotFoundError(
            f"there is no discussion '{stem}'.", advice="Look for it in the list of discussions."
        )

    def known(self) -> Known:
        """What earlier events know, gathered again when one of them has changed."""
        scan = self.overview.scan()
        if self._known is None or self._known[0] is not scan:
            try:
                people = read_people(self.archive.speakers_file)
            except OnrecordError:  # the list of events tells it
                people = {}
            self._known = (scan, known(scan.events, people))
        return self._known[1]

    def text(self, event: Event, make: Callable[[Event], str]) -> str:
        """The text that an event is found by, made once for as long as it stays as it is."""
        known = self._texts.get(event.stem)
        if known is None or known[0] is not event:
            self._texts[event.stem] = known = (event, make(event))
        return known[1]

    def identified(self, speaker_id: str) -> bool:
        """Whether somebody stands in `speakers.toml`."""
        try:
            return speaker_id in read_people(self.archive.speakers_file)
        except OnrecordError:
            return False


_held: WeakKeyDictionary[Live, Held] = WeakKeyDictionary()
_guard = threading.Lock()


def held(ask: Ask) -> Held:
    """What is kept for the archive of a request."""
    with _guard:
        found = _held.get(ask.live)
        if found is None or found.archive is not ask.archive:
            found = Held(ask.archive, Overview(ask.archive), Counting(ask.archive))
            _held[ask.live] = found
        return found
