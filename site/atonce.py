"""How many do something at a time, the others waiting their turn: threads that one kind of work may take from the others."""

from __future__ import annotations

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar


class AtOnce:
    """So many at a time, counted on each event loop: one that were shared between loops would wake nobody on the other."""

    def __init__(self, name: str, most: int) -> None:
        self._most = most
        self._limiters: RunVar[CapacityLimiter] = RunVar(name)

    @property
    def limiter(self) -> CapacityLimiter:
        """The one of this event loop; outside of one it raises what anyio does."""
        found = self._limiters.get(None)
        if found is None:
            found = CapacityLimiter(self._most)
            self._limiters.set(found)
        return found

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self.limiter.statistics().tasks_waiting
