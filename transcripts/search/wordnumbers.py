"""Numbers for words while an index is written: one look-up for each written word, the rest is done on arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.folding import words

Ids = NDArray[np.int32]

_PLAIN = re.compile("[0-9A-Za-z]+|[а-яіїєґА-ЯІЇЄҐ]+")  # that folding only makes small
_REMEMBERED = 300_000  # written words whose folded form is kept; about 40 MB
_AT_ONCE = 1 << 20  # words that are sorted together


class Folded(dict[str, tuple[str, ...]]):
    """The folded words of each written word met so far: a language has few words and uses them often."""

    def __missing__(self, written: str) -> tuple[str, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        # Most are one word of plain letters.
        found = self[written] = (written.lower(),) if _PLAIN.fullmatch(written) else tuple(words(written))
        return found


folded = Folded()


class _Codes(dict[str, int]):
    """The code of each written word: the number of its folded word, or below 0 for none or several."""

    def __init__(self, numbers: WordNumbers) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, written: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = folded[written]
        code = self[written] = (
            self._numbers.number(found[0]) if len(found) == 1 else self._numbers.several(found)
        )
        return code


class WordNumbers:
    """Gives each folded word a number, from 0 on."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._known: dict[str, int] = {}
        self._codes = _Codes(self)
        self._several: list[list[int]] = []

    def number(self, word: str) -> int:
        """The number of a folded word."""
        number = self._known.get(word)
        if number is None:
            number = self._known[word] = len(self.words)
            self.words.append(word)
        return number

    def several(self, found: Sequence[str]) -> int:
        """A code for several words, or none."""
        self._several.append([self.number(word) for word in found])
        return -len(self._several)

    def of(self, written: Sequence[str]) -> tuple[Ids, NDArray[np.int64] | None]:
        """The numbers of all folded words of some written ones; and, unless each is one word, how many each has."""
        if len(written) < 2:
            codes = np.array([self._codes[word] for word in written], np.int32)
        else:
            codes = np.array(itemgetter(*written)(self._codes), np.int32)  # twice as fast as one by one
        odd = np.flatnonzero(codes < 0)
        if not len(odd):
            return codes, None
        sizes = np.ones(len(codes), np.int64)
        parts: list[Ids] = []
        after = 0
        for n in odd.tolist():
            found = self._several[-int(codes[n]) - 1]
            sizes[n] = len(found)
            parts += [codes[after:n], np.array(found, np.int32)]
            after = n + 1
        return np.concatenate([*parts, codes[after:]]), sizes

    def seen(self, ids: Ids) -> NDArray[np.int64]:
        """Which numbers occur, each once."""
        flags = np.zeros(len(self.words), bool)
        flags[ids] = True
        return np.flatnonzero(flags)

    def order(self) -> list[int]:
        """The numbers in the order of their words."""
        return sorted(range(len(self.words)), key=self.words.__getitem__)


def by_word(texts: Iterable[tuple[int, Ids]], words: int) -> tuple[memoryview, list[int]]:
    """The positions of every word, packed, and where those of each word end.

    `texts` are the numbers of words that follow each other, each with the position of its first. A few at a time are
    sorted by number, and laid where the word's next positions belong: a counting sort.
    """
    held = [(position, ids) for position, ids in texts if len(ids)]
    counts = np.zeros(words, np.int64)
    for batch in _batches(held):
        counts += np.bincount(np.concatenate([ids for _, ids in batch]), minlength=words)
    ends = np.cumsum(counts)
    free = ends - counts
    placed = np.empty(int(counts.sum()), "<i4")
    for batch in _batches(held):
        ids = np.concatenate([one for _, one in batch])
        positions = np.concatenate([np.arange(at, at + len(one), dtype=np.int32) for at, one in batch])
        order = np.argsort((ids & 0xFFFF).astype(np.uint16), kind="stable")
        if words > 0xFFFF:
            order = order[np.argsort((ids >> 16).astype(np.uint16)[order], kind="stable")]
        ids = ids[order]
        begins = np.flatnonzero(np.append(True, ids[1:] != ids[:-1]))
        lengths = np.diff(np.append(begins, len(ids)))
        unlike = ids[begins]
        place = np.arange(len(ids)) + np.repeat(free[unlike] - begins, lengths)
        placed[place] = positions[order]
        free[unlike] += lengths
    return placed.data.cast("B"), ends.tolist()


def _batches(texts: list[tuple[int, Ids]]) -> Iterable[list[tuple[int, Ids]]]:
    held: list[tuple[int, Ids]] = []
    size = 0
    for position, ids in texts:
        held.append((position, ids))
        size += len(ids)
        if size >= _AT_ONCE:
            yield held
            held, size = [], 0
    if held:
        yield held
