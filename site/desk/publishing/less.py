"""What shows less than before: whoever takes something back, on the desk or in a text editor, has it taken out of the static site
and of every target as well.

Other changes are published when a person says so. These cannot wait for that: a consent that was taken back, a name that must not
be said any more, an event or a recording that was made private.
"""

from __future__ import annotations

import logging

from onrecord.errors import OnrecordError
from onrecord.site.desk.front import Desk
from onrecord.site.desk.publishing import work
from onrecord.site.lessening import shows_less
from onrecord.site.state import State

_log = logging.getLogger("onrecord.desk")


class Lessening:
    """Listens to the states of a site, one after the other."""

    def __init__(self, desk: Desk, first: State) -> None:
        self._desk = desk
        self._known = first.view.records()

    def hear(self, state: State) -> None:
        """Compares a new state with the one before; what cannot be written down is said in the log."""
        before, after = self._known, state.view.records()
        self._known = after
        archive = state.view.archive
        less = [stem for stem, event in before.items() if shows_less(archive, event, after.get(stem))]
        if not less or not work.wanted(archive):
            return
        try:
            work.ask(
                self._desk.database, archive, withdrawn=less[0]
            )  # the whole site is written, for all of them
        except OnrecordError as error:
            _log.error("the static site still holds what was taken back: %s", error)
