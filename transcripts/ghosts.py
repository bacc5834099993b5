"""Suspected ghosts: words that an engine wrote and nobody said. They are set aside with their time, never
lost.

Recognisers that predict text fall into loops, and write well-worn phrases over silence and music. But a
repeated "yes" can be testimony, so whatever is taken out can be put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onrecord.transcripts.engines import HeardWord, Segment
from onrecord.transcripts.folding import fold
from onrecord.transcripts.model import Dropped

_LOOP_AT_LEAST = 4  # times the same phrase of several words, one after the other
_WORD_LOOP_AT_LEAST = 8  # the same for a single word: people do say "no, no, no, no"
_LONGEST_PHRASE = 16  # words
_VOICE_AROUND = 300  # ms: what the voice detector misses at the ends of words
_VOICE_SHARE = 0.1  # a segment with less voice than this was heard in silence
_SHORT = 400  # ms: the detector may miss a segment as short as this
_DOUBTFUL = 0.8
_UNCERTAIN = 0.4


def set_aside(
    segments: Sequence[Segment], voiced: Sequence[tuple[int, int]]
) -> tuple[tuple[Segment, ...], tuple[Dropped, ...]]:
    """The segments without suspected ghosts, and the ghosts; `voiced` are the stretches in which somebody
    speaks.
    """
    kept: list[Segment] = []
    dropped: list[Dropped] = []
    for segment in segments:
        if not segment.words:
            continue
        if reason := _unvoiced(segment, voiced):
            dropped.append(Dropped(segment.start, segment.end, _text(segment.words), reason))
        else:
            kept.append(segment)
    without, loops = _without_loops(kept)
    return without, tuple(sorted([*dropped, *loops], key=lambda one: one.start))


def _unvoiced(segment: Segment, voiced: Sequence[tuple[int, int]]) -> str:
    """Why a segment was probably not spoken, or an empty text."""
    start, end = segment.words[0].start, max(segment.words[-1].end, segment.words[0].start + 1)
    voice = sum(max(0, min(end, b + _VOICE_AROUND) - max(start, a - _VOICE_AROUND)) for a, b in voiced)
    if end - start >= _SHORT and voice < _VOICE_SHARE * (end - start):
        return "text over silence"
    known = [word.confidence for word in segment.words if word.confidence is not None]
    if (
        segment.doubt is not None
        and segment.doubt > _DOUBTFUL
        and known
        and sum(known) / len(known) < _UNCERTAIN
    ):
        return "the engine doubts that anybody spoke"
    return ""


def _without_loops(segments: Sequence[Segment]) -> tuple[tuple[Segment, ...], list[Dropped]]:
    """Cuts each loop down to its first round."""
    flat = [(index, word) for index, segment in enumerate(segments) for word in segment.words]
    keys = [fold(word.text) or word.text for _, word in flat]
    gone: set[int] = set()
    dropped: list[Dropped] = []
    at = 0
    while at < len(keys):
        length, rounds = _loop(keys, at)
        if rounds:
            first, last = at + length, at + length * rounds
            words = [word for _, word in flat[first:last]]
            dropped.append(
                Dropped(words[0].start, words[-1].end, _text(words), "the same words over and over")
            )
            gone.update(range(first, last))
            at = last
        else:
            at += 1
    kept: dict[int, list[HeardWord]] = {}
    for number, (index, word) in enumerate(flat):
        if number not in gone:
            kept.setdefault(index, []).append(word)
    return tuple(
        segments[index] if len(words) == len(segments[index].words)
        else replace(segments[index], start=words[0].start, end=words[-1].end, words=tuple(words))
        for index, words in kept.items()
    ), dropped  # fmt: skip


def _loop(keys: Sequence[str], at: int) -> tuple[int, int]:
    """The length of the phrase that loops from `at` on and how often it comes; (0, 0) when none does."""
    for length in range(1, _LONGEST_PHRASE + 1):
        phrase = keys[at : at + length]
        rounds = 1
        while keys[at + rounds * length : at + (rounds + 1) * length] == phrase:
            rounds += 1
        if rounds >= (_WORD_LOOP_AT_LEAST if length == 1 else _LOOP_AT_LEAST) and len(phrase) == length:
            return length, rounds
    return 0, 0


def _text(words: Sequence[HeardWord]) -> str:
    return " ".join(word.text for word in words)
