"""Takes a transcript apart on its way into the index: all its words in a row, and a column for each thing that the
index keeps of its cues.

What is done for each word or cue is done in one go for all of them: that is most of what indexing costs.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.hits import Numbers

MOMENT_MS = 30_000
MOST_WORDS = 200  # of one part of a cue
_LATEST = (1 << 31) - 1  # milliseconds; 24 days
_SPACE, _LINE_FEED = b" \n"
Spoken = Sequence[Word]


@dataclass(frozen=True)
class Columns:
    """A transcript's written words, and its parts: a cue each, or a part of a cue of more than 200 words, with its share
    of the cue's time. `lines` has the text of each part, UTF-8, with a line feed after it.

    `begins` counts the written words before each part; `speakers` and `languages` are numbers in the two tables.
    """

    words: list[str]
    begins: Numbers
    ids: list[str]
    lines: bytes
    starts: Numbers
    ends: Numbers
    speakers: Numbers
    languages: Numbers


def gathered(cues: Sequence[Cue], speakers: dict[str, int], languages: dict[str, int]) -> Columns:
    """Takes a transcript apart; enters its speakers and languages into the two tables of numbers."""
    spoken: list[Spoken] = [cue.words for cue in cues]
    starts = _times([cue.start for cue in cues])
    ends = np.maximum(_times([cue.end for cue in cues]), starts)
    by_cue = _numbered([cue.speaker for cue in cues], speakers)
    tags = np.zeros(len(cues), np.int64)
    if [word for words in spoken for word in words if word.language]:
        own = next(iter(languages))
        tags = _numbered([_language(words) or own for words in spoken], languages)
    ids = [cue.id for cue in cues]
    if max(map(len, spoken), default=0) > MOST_WORDS:
        of, spoken, starts, ends = _cut(spoken, starts, ends)
        ids, by_cue, tags = [ids[n] for n in of], by_cue[of], tags[of]
    words, sizes, lines = _written(spoken)
    return Columns(words, np.cumsum(sizes) - sizes, ids, lines, starts, ends, by_cue, tags)


def _times(values: list[int]) -> Numbers:
    """Times that 31 bits can hold."""
    return np.clip(np.array(values, np.float64), 0, _LATEST).astype(np.int64)


def _numbered(names: list[str], known: dict[str, int]) -> Numbers:
    """The number of each name; new ones are entered."""
    for name in dict.fromkeys(names):
        known.setdefault(name, len(known))
    return np.fromiter(map(known.__getitem__, names), np.int64, len(names))


def _language(words: Spoken) -> str | None:
    """The language of a cue where it is another than the transcript's: that of most of its words."""
    other = [word.language for word in words if word.language]
    if not other:
        return None
    return max(other, key=other.count) if 2 * len(other) > len(words) else None


def _cut(
    spoken: list[Spoken], starts: Numbers, ends: Numbers
) -> tuple[list[int], list[Spoken], Numbers, Numbers]:
    """Long cues in parts: of which cue each part is, its words, its start and its end."""
    of: list[int] = []
    parts: list[Spoken] = []
    times: list[tuple[int, int]] = []
    for n, (words, start, end) in enumerate(zip(spoken, starts.tolist(), ends.tolist(), strict=True)):
        length, count = end - start, max(len(words), 1)
        for first in range(0, count, MOST_WORDS):
            last = min(first + MOST_WORDS, count)
            of.append(n)
            parts.append(words[first:last])
            times.append((start + length * first // count, start + length * last // count))
    begin, end = np.array(times, np.int64).T
    return of, parts, begin, end


def _written(parts: Sequence[Spoken]) -> tuple[list[str], Numbers, bytes]:
    """The written words of all parts, how many each part has, and their lines: words are what lies between the spaces."""
    words = [word.text for part in parts for word in part]
    sizes = np.fromiter(map(len, parts), np.int64, len(parts))
    text = " ".join(words)
    if words and sizes.all() and "\n" not in text:
        # In one go for all parts; then a line ends where the last word of a part does.
        letters = np.frombuffer(bytearray(f"{text} ".encode("utf-8", "replace")), np.uint8)
        after = np.flatnonzero(letters == _SPACE)
        if len(after) == len(words):
            letters[after[np.cumsum(sizes) - 1]] = _LINE_FEED
            return words, sizes, letters.tobytes()
    # There are parts without a word, or what is one word to a file has a space in it.
    texts = [" ".join([word.text for word in part]).replace("\n", " ") for part in parts]
    split = [one.split(" ") if part else [] for one, part in zip(texts, parts, strict=True)]
    words = list(itertools.chain.from_iterable(split))
    sizes = np.fromiter(map(len, split), np.int64, len(split))
    return words, sizes, "\n".join([*texts, ""]).encode("utf-8", "replace")


def timed(begins: Numbers, starts: Numbers, size: int) -> tuple[bytes, int]:
    """The cues as they are kept, their starts never falling, and a bound of the words that begin in 30 s."""
    if not len(begins):
        return b"", 0
    rising = np.maximum.accumulate(starts)
    until = np.searchsorted(rising, rising + MOMENT_MS, "right")
    densest = np.append(begins, size)[until] - begins
    return np.stack([begins, rising], axis=1).astype("<i4").tobytes(), int(densest.max())


def runs(begins: Numbers, values: NDArray[np.int64]) -> bytes:
    """Where another value begins, as it is kept: the first word and the value."""
    other = np.flatnonzero(np.diff(values, prepend=-1))
    return np.stack([begins[other], values[other]], axis=1).astype("<i4").tobytes()
