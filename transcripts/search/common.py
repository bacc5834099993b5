"""The positions of the words that are asked for most among the common ones, held in memory between questions.

Reading a list of 200,000 positions costs more than half a millisecond, and the same few words are in most questions.
What is held belongs to one state of the index: it is thrown away with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from onrecord.transcripts.search.hits import Positions

_LEAST = 1 << 16  # bytes: shorter lists are read as quickly
_MOST = 24 << 20  # bytes of all lists together

Key = tuple[int, str, bool]  # the kind of segment, the word, whether it is only the beginning of words


class Common:
    """Lists of positions; the one that was not asked for longest goes first when they become too many."""

    def __init__(self) -> None:
        self._lists: OrderedDict[Key, Positions] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Positions | None:
        """The positions, where they are held."""
        with self._lock:
            held = self._lists.get(key)
            if held is not None:
                self._lists.move_to_end(key)
            return held

    def hold(self, key: Key, positions: Positions) -> None:
        """Holds these positions, if they are many, and not more than all others together may be."""
        if not _LEAST <= positions.nbytes <= _MOST // 4:
            return
        positions.flags.writeable = False
        with self._lock:
            if key in self._lists:
                return
            self._lists[key] = positions
            self._bytes += positions.nbytes
            while self._bytes > _MOST:
                self._bytes -= self._lists.popitem(last=False)[1].nbytes
