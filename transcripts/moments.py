"""Moments: where in a transcript all the words of a question are said together.

A moment is at most 30 s or 40 words long, whichever reaches further. Hits of one passage are told once: a
moment takes in all hits in its cues, and a moment that begins in the cue after another's end joins it, up to
30 s.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

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


def hits_in(folded: str, cues: Cues, needles: Sequence[Needle], *, stop_at_first: bool = False) -> list[Hit]:
    """Every place in one stretch where a needle stands, in order."""
    offsets, words, starts = cues.offsets, cues.words, cues.starts
    found: list[Hit] = []
    for needle in needles:
        at = folded.find(needle.text)
        while at >= 0:
            n = bisect_right(offsets, at + 1) - 1
            word = words[n] + folded.count(" ", offsets[n], at + 1)
            last = n
            if needle.words > 1:
                last = bisect_right(words, word + needle.words - 1) - 1
            number = cues.words_before + word
            found.append(
                Hit(
                    number,
                    number + needle.words - 1,
                    needle.clause,
                    cues.first + n,
                    cues.first + last,
                    starts[n],
                )
            )
            if stop_at_first:
                return found
            at = folded.find(needle.text, at + 1)
    found.sort()
    return found


def together(first: Hit, last: Hit) -> bool:
    """Whether all from one hit to another is one moment."""
    return last.last_word - first.word < MOMENT_WORDS or abs(last.start - first.start) <= MOMENT_MS


def spans(hits: Sequence[Hit], clauses: int, ruled_out: Sequence[Hit] = ()) -> Iterator[Span]:
    """The moments among the hits of one transcript, in order.

    Both lists are sorted. A hit of `ruled_out` rules out every moment that would be one moment together with
    it.
    """
    latest: list[Hit | None] = [None] * clauses
    missing = clauses
    told: Span | None = None
    told_from = 0
    for hit in hits:
        if told is not None and hit.cue <= told.last_cue:
            continue
        if latest[hit.clause] is None:
            missing -= 1
        latest[hit.clause] = hit
        if missing:
            continue
        first = min(one for one in latest if one is not None)
        if first is not hit and not together(first, hit):
            continue
        if ruled_out and _ruled_out(first, hit, ruled_out):
            continue
        last_cue = max(one.last_cue for one in latest if one is not None)
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


def _ruled_out(first: Hit, last: Hit, others: Sequence[Hit]) -> bool:
    """Whether one of the others, nearest before, between or nearest after, makes one moment with this one."""
    after = bisect_left(others, first)
    if after < len(others) and together(first, max(last, others[after])):
        return True
    return after > 0 and together(others[after - 1], last)
