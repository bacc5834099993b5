"""Which of an index's words a misspelt one is near to.

All words stand in one row, with 64 bits for each that say which letters it has. Two words that are two slips
apart differ in four bits at most, which numpy asks of 100,000 words in half a millisecond; only what is left
is compared letter by letter. The row is written by `learning.py` and held in memory between questions. What is
found here is looked up in the vocabulary before it is shown, since the row may be older than the index.
"""

from __future__ import annotations

import random
import sqlite3
import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4  # letters of a word that is thought to be misspelt
_TWO_SLIPS = 6  # letters, from which on there may be two
_NEWLINE = 10
_CONTINUES = 0x80  # of a byte in UTF-8, under the mask 0xC0


@dataclass(frozen=True)
class _Spellings:
    """The words of one state of an index, as UTF-8 with a newline after each, and their letters."""

    stamp: int
    words: bytes
    letters: NDArray[np.uint64]

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Where each word ends."""
        return np.flatnonzero(np.frombuffer(self.words, np.uint8) == _NEWLINE)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many letters each word has."""
        begins = (np.frombuffer(self.words, np.uint8) & 0xC0) != _CONTINUES
        return np.diff(np.cumsum(begins)[self.ends], prepend=0) - 1

    def near(self, word: str, slips: int) -> list[str]:
        """The words that are no more slips away, the nearest first: a letter left out, put in, changed, or
        two in the wrong order.
        """
        unlike = np.bitwise_count(self.letters ^ np.uint64(_letters(word)))
        places = np.flatnonzero((unlike <= 2 * slips) & (np.abs(self.sizes - len(word)) <= slips))
        ends = self.ends
        some = [self.words[ends[n - 1] + 1 if n else 0 : ends[n]].decode() for n in places.tolist()]
        found = process.extract(word, some, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return [near for near, _, _ in found]


_held: list[_Spellings] = []  # those of the last indexes that were asked
_holding = threading.Lock()
_MOST_HELD = 2


def near(connection: sqlite3.Connection, word: str) -> list[tuple[str, int, int]]:
    """The words of the index that a folded word may be a misspelling of, best first, each with its slips and
    the number of events it occurs in.
    """
    if len(word) < _SHORTEST:
        return []
    spellings = _read(connection)
    if spellings is None:
        return []
    found = []
    for other in spellings.near(word, 1 if len(word) < _TWO_SLIPS else 2):
        (events,) = connection.execute(
            "SELECT coalesce(sum(events), 0) FROM vocabulary WHERE word = ?", (other,)
        ).fetchone()
        if events:
            found.append((other, OSA.distance(word, other), events))
    return sorted(found, key=lambda one: (one[1] + (one[0][0] != word[0]) / 2, -one[2], one[0]))


def _read(connection: sqlite3.Connection) -> _Spellings | None:
    row = connection.execute("SELECT stamp FROM spelling").fetchone()
    if row is None:
        return None
    with _holding:
        for one in _held:
            if one.stamp == row[0]:
                return one
    stamp, words, letters = connection.execute("SELECT stamp, words, letters FROM spelling").fetchone()
    read = _Spellings(stamp, words, np.frombuffer(letters, "<u8"))
    with _holding:
        _held.append(read)
        del _held[:-_MOST_HELD]
    return read


def remember(connection: sqlite3.Connection) -> None:
    """Writes down all the words that the index has now, inside the caller's transaction."""
    words = [word for (word,) in connection.execute("SELECT DISTINCT word FROM vocabulary ORDER BY word")]
    letters = np.array([_letters(word) for word in words], "<u8")
    connection.execute("DELETE FROM spelling")
    connection.execute(
        "INSERT INTO spelling VALUES (?, ?, ?)",
        (
            random.getrandbits(62),  # tells two states apart
            "".join(f"{word}\n" for word in words).encode(),
            letters.tobytes(),
        ),
    )


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits
