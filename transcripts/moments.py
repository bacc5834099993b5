"""Moments: where in a transcript all the words of a question are said together.

A moment is at most 30 s or 40 words long, whichever reaches further. Hits of one passage are told once: a
moment takes in all hits in its cues, and a moment that begins in the cue after another's end joins it, up to
30 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.finding import MOMENT_WORDS, Found
from onrecord.transcripts.hits import Positions
from onrecord.transcripts.intake import MOMENT_MS


class Span(NamedTuple):
    """The cues of one moment, how many words lie between its tightest hits, how many hits it has in all.

    `sequence` is true where the clauses stand in the order of the question, one after the other.
    """

    cue: int
    last_cue: int
    width: int
    hits: int
    sequence: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits in one transcript, in order, column by column; words and cues are counted from 0."""

    words: Sequence[int]
    clauses: Sequence[int]
    cues: Sequence[int]
    last_cues: Sequence[int]
    starts: Sequence[int]


def hits_between(
    found: Sequence[Found], low: int, high: int, cues: tuple[Positions, NDArray[np.int32]]
) -> Hits | None:
    """The hits of a transcript that lies between these positions; None where a clause has none there."""
    words: list[Positions] = []
    sizes: list[int] = []
    numbers: list[int] = []
    for number, one in enumerate(found):
        any_here = False
        for at, size in one.choices:
            begin, end = np.searchsorted(at, (low, high))
            if end > begin:
                any_here = True
                words.append(at[begin:end] - np.int32(low))
                sizes += [size] * int(end - begin)
                numbers += [number] * int(end - begin)
        if not any_here:
            return None
    first = np.concatenate(words)
    order = np.argsort(first, kind="stable")
    first = first[order]
    last = first + np.array(sizes, np.int32)[order] - 1
    cue = np.searchsorted(cues[0], first, "right") - 1
    last_cue = np.searchsorted(cues[0], last, "right") - 1
    return Hits(
        first.tolist(), np.array(numbers)[order].tolist(), cue.tolist(), last_cue.tolist(), cues[1][cue].tolist()
    )  # fmt: skip


def spans(hits: Hits, clauses: int) -> Iterator[Span]:
    """The moments among the hits of one transcript, in order."""
    latest = [-1] * clauses  # the number of the latest hit of each clause
    missing = clauses
    told: Span | None = None
    told_from = count = 0
    words, cues, starts = hits.words, hits.cues, hits.starts
    for n, clause in enumerate(hits.clauses):
        if told is not None and cues[n] <= told.last_cue:
            count += 1
            continue
        if latest[clause] < 0:
            missing -= 1
        latest[clause] = n
        if missing:
            continue
        first = n if clauses == 1 else min(latest)
        if words[n] - words[first] >= MOMENT_WORDS and starts[n] - starts[first] > MOMENT_MS:
            continue
        last_cue = hits.last_cues[n] if clauses == 1 else max(hits.last_cues[one] for one in latest)
        width = words[n] - words[first]
        sequence = clauses > 1 and [words[one] for one in latest] == list(
            range(words[first], words[first] + clauses)
        )
        if told is not None and cues[first] <= told.last_cue + 1 and starts[n] - told_from <= MOMENT_MS:
            count += n - first + 1
            told = Span(told.cue, last_cue, min(told.width, width), count, told.sequence or sequence)
        else:
            if told is not None:
                yield told._replace(hits=count)
            told, told_from, count = (
                Span(cues[first], last_cue, width, 0, sequence),
                starts[first],
                n - first + 1,
            )
        latest = [-1] * clauses
        missing = clauses
    if told is not None:
        yield told._replace(hits=count)
