"""Moments: where in a transcript all the words of a question are said together.

A moment is at most 30 s or 40 words long, whichever reaches further. Hits of one passage are told once: a
moment takes in all hits in its cues, and a moment that begins in the cue after another's end joins it, up to
30 s.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from onrecord.transcripts.query import MOST_CHARACTERS
from onrecord.transcripts.stretches import MOMENT_MS, MOMENT_WORDS, Cues


class Needle(NamedTuple):
    """One phrase that is looked for: its text with a space at each whole edge, its words, the clause that it
    answers.
    """

    text: str
    words: int
    clause: int


class Hit(NamedTuple):
    """One place where a needle stands. Words and cues are numbered through the transcript; `start` is its
    cue's, in ms.
    """

    word: int
    last_word: int
    clause: int
    cue: int
    last_cue: int
    start: int


class Span(NamedTuple):
    """The cues of one moment, and how many words lie between the first and the last word of its tightest
    hits.
    """

    cue: int
    last_cue: int
    width: int


RuledOut = Callable[[Hit, Hit], bool]  # whether a moment from the first hit to the last is ruled out


def hits_in(
    folded: str, cues: Cues, needles: Iterable[Needle], begin: int = 0, end: int | None = None
) -> Iterator[Hit]:
    """Every place in one stretch where a needle stands, needle by needle; `begin` and `end` bound the folded
    text.
    """
    offsets, words, starts = cues.offsets, cues.words, cues.starts
    for text, size, clause in needles:
        at = folded.find(text, begin, end)
        while at >= 0:
            n = bisect_right(offsets, at + 1) - 1
            word = words[n] + folded.count(" ", offsets[n], at + 1)
            last = n if size == 1 else bisect_right(words, word + size - 1) - 1
            number = cues.words_before + word
            yield Hit(number, number + size - 1, clause, cues.first + n, cues.first + last, starts[n])
            at = folded.find(text, at + 1, end)


def vicinity(cues: Cues, first: Hit, last: Hit) -> tuple[int, int]:
    """Where in a stretch's folded text all stands that can be one moment together with these two hits."""
    earliest = min(
        bisect_right(cues.words, first.word - MOMENT_WORDS - cues.words_before) - 1,
        bisect_left(cues.starts, first.start - MOMENT_MS),
    )
    latest = max(
        bisect_right(cues.words, last.last_word + MOMENT_WORDS - cues.words_before),
        bisect_right(cues.starts, last.start + MOMENT_MS),
    )
    begin = cues.offsets[max(0, earliest)] - 1 if earliest < len(cues.offsets) else cues.offsets[-1]
    # What begins there may end later, by the length of a question.
    end = cues.offsets[latest] + 2 * MOST_CHARACTERS if latest < len(cues.offsets) else sys.maxsize
    return begin, end


def together(first: Hit, last: Hit) -> bool:
    """Whether all from one hit to another is one moment."""
    return last.last_word - first.word < MOMENT_WORDS or abs(last.start - first.start) <= MOMENT_MS


def spans(hits: Iterable[Hit], clauses: int, ruled_out: RuledOut | None = None) -> Iterator[Span]:
    """The moments among the sorted hits of one transcript, in order, without those that are ruled out."""
    latest: list[Hit | None] = [None] * clauses
    missing = clauses
    told: Span | None = None
    told_from = 0
    for hit in hits:
        if told is not None and hit.cue <= told.last_cue:
            continue
        if clauses == 1:
            first, last_cue = hit, hit.last_cue
        else:
            if latest[hit.clause] is None:
                missing -= 1
            latest[hit.clause] = hit
            if missing:
                continue
            first = min(one for one in latest if one is not None)
            if not together(first, hit):
                continue
            last_cue = max(one.last_cue for one in latest if one is not None)
        if ruled_out is not None and ruled_out(first, hit):
            continue
        width = hit.last_word - first.word
        if told is not None and first.cue <= told.last_cue + 1 and hit.start - told_from <= MOMENT_MS:
            told = Span(told.cue, last_cue, min(told.width, width))
        else:
            if told is not None:
                yield told
            told, told_from = Span(first.cue, last_cue, width), first.start
        latest = [None] * clauses
        missing = clauses
    if told is not None:
        yield told
