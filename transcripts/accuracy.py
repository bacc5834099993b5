"""How well speech was recognised: the word error rate against a text that is known to be true.

Case, punctuation and the kinds of apostrophe do not count. The distance is Levenshtein's over words
(Levenshtein 1966), the rate its sum of substitutions, insertions and deletions by the words of the truth, as
NIST's sclite counts it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_KEPT = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'"})
_SUBSTITUTED, _INSERTED, _DELETED = 1, 2, 3


@dataclass(frozen=True)
class Accuracy:
    """Errors by kind, and `words`, the number of words in the truth."""

    substitutions: int
    insertions: int
    deletions: int
    words: int

    @property
    def errors(self) -> int:
        return self.substitutions + self.insertions + self.deletions

    @property
    def rate(self) -> float:
        """Errors by words; may be above 1 when more was heard than was said. Of an empty truth: 0 or 1."""
        return self.errors / self.words if self.words else float(self.errors > 0)


def compared_words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, without punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return _KEPT.findall(folded)


def word_error_rate(truth: str, heard: str) -> Accuracy:
    """Aligns what was heard with the truth by the fewest errors; takes a byte for each pair of words.

    That is 25 MB for half an hour of speech; compare longer recordings part by part.
    """
    import numpy as np

    said, got = compared_words(truth), compared_words(heard)
    numbers: dict[str, int] = {}
    left = np.array([numbers.setdefault(word, len(numbers)) for word in said], np.int64)
    right = np.array([numbers.setdefault(word, len(numbers)) for word in got], np.int64)
    places = np.arange(len(got) + 1)
    row = places.copy()
    steps = np.zeros((len(said) + 1, len(got) + 1), np.uint8)
    steps[0, 1:] = _INSERTED
    for index, word in enumerate(left, 1):
        differs = right != word
        across = row[:-1] + differs
        down = row + 1
        best = down.copy()
        best[1:] = np.minimum(across, down[1:])
        # A run of insertions from the best place on the left: one minimum over all of them.
        row = np.minimum.accumulate(best - places) + places
        step = np.where(row == down, _DELETED, _INSERTED).astype(np.uint8)
        step[1:][row[1:] == across] = _SUBSTITUTED
        step[1:][(row[1:] == across) & ~differs] = 0
        steps[index] = step
    counts = [0, 0, 0, 0]
    i, j = len(said), len(got)
    while i or j:
        step_here = int(steps[i, j])
        counts[step_here] += 1
        i -= step_here != _INSERTED
        j -= step_here != _DELETED
    return Accuracy(counts[_SUBSTITUTED], counts[_INSERTED], counts[_DELETED], len(said))
