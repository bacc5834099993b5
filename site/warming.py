"""Makes the pages that will be asked for before anybody asks, so that no reader waits for one to be made.

It rests after each, so that others come between, and begins again with each newer state: what that one carries over is made
already.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from itertools import islice

from onrecord.site.state import State
from onrecord.site.urls import event_path

_log = logging.getLogger("onrecord.site")
_AFTER = 0.5  # seconds after a change: what keeps the site safe and its search up to date goes first
_MOST_PAGES = 500
_MOST_SECONDS = 60.0  # of making, for one state


class Warming:
    """A thread of its own; `hear` is told of each new state."""

    def __init__(self) -> None:
        self._state: State | None = None
        self._changed = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to wait for states."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._work, name="onrecord-warm", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends; waits for the page in hand."""
        self._ended.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def hear(self, state: State) -> None:
        """From now on this is the state whose pages are made."""
        self._state = state
        self._changed.set()

    def _work(self) -> None:
        while not self._ended.is_set():
            self._changed.wait()
            if self._ended.wait(_AFTER):
                return
            self._changed.clear()
            if self._state is not None:
                self._warm(self._state)

    def _warm(self, state: State) -> None:
        spent = 0.0
        for path in islice(likely(state), _MOST_PAGES):
            if spent > _MOST_SECONDS or self._changed.is_set():
                return
            if state.known(path) is not None:
                continue
            began = time.monotonic()
            try:
                state.find(path)
            except Exception:  # a reader who asks for it is told
                _log.debug("a page was not made ahead", exc_info=True)
            took = time.monotonic() - began
            spent += took
            if self._changed.wait(took / 2):
                return


def likely(state: State) -> Iterator[str]:
    """The paths of pages, the likeliest to be asked for first: the lists at the top, what comes next, then backwards."""
    view = state.view
    yield from ("", "events/")
    coming = [event for event in view.events if event.when != "past"]
    past = [event for event in reversed(view.events) if event.when == "past"]
    for event in (*coming, *past):
        yield event_path(event)
    yield from state.pages.page_paths()
