"""Stretches: the pieces of about 120 cues in which a transcript is indexed.

A stretch holds, after its own cues, a tail that the next one owns: as many cues as one moment can be long.
Every moment therefore lies whole in the stretch that owns its first cue.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onrecord.transcripts.folding import fold
from onrecord.transcripts.model import Cue

OWN_CUES = 120
OWN_WORDS = 2500
MOMENT_MS = 30_000
MOMENT_WORDS = 40
TAIL_WORDS = 100  # the longest phrase that can be asked for (200 characters) has no more words
STRETCH_BITS = 12  # a transcript has at most 4095 stretches; a longer one has longer stretches
_LATEST = (1 << 32) - 1  # milliseconds; 49 days


@dataclass(frozen=True)
class Row:
    """A stretch as it stands in the index: packed columns of its cues, folded text, compressed written text.

    `speakers` and `languages` are the numbers of those that are heard in it.
    """

    cues: bytes
    folded: str
    written: bytes
    speakers: frozenset[int]
    languages: frozenset[int]


@dataclass(frozen=True)
class Cues:
    """The cues of one stretch, column by column; the n-th cue's words begin in the folded text at
    `offsets[n]`.

    `first` is the number of the first cue in its transcript, `words_before` that of its first word, `own` how
    many cues are this stretch's own. `speaker` and `language` are numbers in the transcript's lists.
    """

    first: int
    words_before: int
    own: int
    offsets: Sequence[int]
    words: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]
    speaker: Sequence[int]
    language: Sequence[int]

    @classmethod
    def unpack(cls, data: bytes) -> Cues:
        """Reads what `_pack` has written."""
        numbers = array("I")
        numbers.frombytes(data)
        if sys.byteorder == "big":
            numbers.byteswap()
        first, words_before, own, count = numbers[:4]
        columns = [numbers[4 + n * count : 4 + (n + 1) * count] for n in range(6)]
        return cls(first, words_before, own, *columns)


def _pack(*numbers: Iterable[int]) -> bytes:
    """Little-endian 32-bit numbers."""
    packed = array("I")
    for column in numbers:
        packed.extend(column)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def written(data: bytes) -> tuple[list[str], list[str]]:
    """The ids and the texts of a stretch's cues, as they were written."""
    lines = zlib.decompress(data).decode("utf-8").split("\n")
    half = len(lines) // 2
    return lines[:half], lines[half:]


def stretches(cues: Sequence[Cue], speakers: dict[str, int], languages: dict[str, int]) -> Iterator[Row]:
    """Cuts a transcript's cues into rows; enters its speakers and languages into the two tables of numbers.

    The first language is that of the transcript.
    """
    main = next(iter(languages))
    texts = [cue.text.replace("\n", " ") for cue in cues]
    folded = [fold(text) for text in texts]
    counts = [text.count(" ") + 1 if text else 0 for text in folded]
    speaker = [speakers.setdefault(cue.speaker, len(speakers)) for cue in cues]
    language = [languages.setdefault(_language(cue, main), len(languages)) for cue in cues]
    words_before = 0
    for first, owned, last in _cuts(cues, counts):
        offsets: list[int] = []
        words: list[int] = []
        held: list[str] = []
        offset, number = 1, 0
        for n in range(first, last):
            offsets.append(offset)
            words.append(number)
            if counts[n]:
                held.append(folded[n])
                offset += len(folded[n]) + 1
                number += counts[n]
        packed = _pack(
            (first, words_before, owned - first, last - first),
            offsets,
            words,
            [min(max(cue.start, 0), _LATEST) for cue in cues[first:last]],
            [min(max(cue.end, 0), _LATEST) for cue in cues[first:last]],
            speaker[first:last],
            language[first:last],
        )
        shown = "\n".join([cue.id.replace("\n", " ") for cue in cues[first:last]] + texts[first:last])
        yield Row(
            packed,
            f" {' '.join(held)} ",
            zlib.compress(shown.encode("utf-8"), 1),
            frozenset(speaker[first:last]),
            frozenset(language[first:last]),
        )
        words_before += sum(counts[first:owned])


def _language(cue: Cue, main: str) -> str:
    """The language of a cue: that of most of its words."""
    other = [word.language for word in cue.words if word.language]
    return max(other, key=other.count) if 2 * len(other) > len(cue.words) else main


def _cuts(cues: Sequence[Cue], counts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """How a transcript is cut: (first cue, end of its own cues, end of its tail)."""
    most = max(OWN_CUES, -(-len(cues) // ((1 << STRETCH_BITS) - 1)))
    words_most = max(OWN_WORDS, -(-2 * sum(counts) // ((1 << STRETCH_BITS) - 1)))
    first = 0
    while first < len(cues):
        owned, words = first, 0
        while (
            owned < len(cues)
            and owned - first < most
            and (owned == first or words + counts[owned] <= words_most)
        ):
            words += counts[owned]
            owned += 1
        last, words = owned, 0
        # A moment may begin in the last word of the last own cue.
        until = cues[owned - 1].start + MOMENT_MS
        while last < len(cues) and (words < TAIL_WORDS or cues[last].start <= until):
            words += counts[last]
            last += 1
        yield first, owned, last
        first = owned
