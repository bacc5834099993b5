"""Cues of a size that can be read: where a line breaks, where a cue that is too long is split, and when its
words fall.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from onrecord.transcripts.model import Cue, Word

LINE = 42  # characters of a line
LONGEST = 7000  # milliseconds of a cue
_SENTENCE = (".", "!", "?", "…", "。", "！", "？")
_CLAUSE = (",", ";", ":", "—", "–", "、", "，")
_CLOSING = "\"'»”’)]"


def starts(words: Sequence[Word], start: int, end: int) -> list[int]:
    """When each word begins: its own time where it has one that fits between its neighbours', else its share
    by length.
    """
    count = len(words)
    first = words[0].start if words else None
    known: list[tuple[int, int]] = [(0, first if first is not None and start <= first <= end else start)]
    for index, word in enumerate(words):
        if word.start is not None and index and known[-1][1] <= word.start <= end:
            known.append((index, word.start))
    known.append((count, end))
    sizes = [len(word.text) + 1 for word in words]
    result = [start] * count
    for (at, begins), (last, ends) in itertools.pairwise(known):
        total = sum(sizes[at:last])
        passed = 0
        for index in range(at, last):
            result[index] = begins + (ends - begins) * passed // total
            passed += sizes[index]
    return result


def length(words: Sequence[Word]) -> int:
    """The characters of the words on one line."""
    return sum(len(word.text) + 1 for word in words) - 1 if words else 0


def _weight(word: Word) -> int:
    """How well a cue or a line may end after this word: 2 after a sentence, 1 after a clause."""
    text = word.text.rstrip(_CLOSING)
    return 2 if text.endswith(_SENTENCE) else 1 if text.endswith(_CLAUSE) else 0


def _middle(words: Sequence[Word]) -> int:
    """The best place to part the words in two: near the middle, after a sentence or a clause."""
    total = length(words)
    best, best_cost = 1, float("inf")
    left = -1
    for index in range(1, len(words)):
        left += len(words[index - 1].text) + 1
        cost = abs(2 * left + 1 - total) - _weight(words[index - 1]) * total * 0.35
        if cost < best_cost:
            best, best_cost = index, cost
    return best


def line_breaks(words: Sequence[Word]) -> tuple[int, ...]:
    """Where lines begin: one break near the middle for what is longer than a line, more where even that is
    too long.
    """
    if length(words) <= LINE or len(words) < 2:
        return ()
    if length(words) <= 2 * LINE:
        left = -1
        best, best_cost = 0, float("inf")
        for index in range(1, len(words)):
            left += len(words[index - 1].text) + 1
            right = length(words) - left - 1
            over = max(0, left - LINE) + max(0, right - LINE)
            cost = over * 100 + abs(left - right) - _weight(words[index - 1]) * 12
            if cost < best_cost:
                best, best_cost = index, cost
        return (best,)
    breaks = []
    width = -1
    for index, word in enumerate(words):
        width += len(word.text) + 1
        if width > LINE and index:
            breaks.append(index)
            width = len(word.text)
    return tuple(breaks)


def is_too_long(cue: Cue) -> bool:
    """Whether a cue is more than two lines, or more than a line that stands longer than seven seconds."""
    size = length(cue.words)
    return len(cue.words) > 1 and (size > 2 * LINE or (size > LINE and cue.end - cue.start > LONGEST))


def fit(cue: Cue) -> tuple[Cue, ...]:
    """The cue in lines; split at the ends of sentences and clauses where it is too long. The first part keeps
    the id.
    """
    waiting = [cue]
    done: list[Cue] = []
    while waiting:
        here = waiting.pop()
        if not is_too_long(here):
            done.append(replace(here, breaks=line_breaks(here.words)))
            continue
        at = _middle(here.words)
        second = here.words[at:]
        edge = starts(here.words, here.start, here.end)[at]
        if second[0].start is None:
            second = (replace(second[0], start=edge), *second[1:])
        waiting.append(replace(here, id="", start=edge, words=second))
        waiting.append(replace(here, end=edge, words=here.words[:at]))
    return tuple(done)
