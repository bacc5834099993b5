"""Captions that roll: each repeats the line of the one before it, as platforms' automatic captions do."""

from __future__ import annotations

import itertools
from dataclasses import replace

from onrecord.transcripts.model import Cue, Word

_SHARE = 0.25  # of the cues must begin with the lines before them; else a repetition is what was said


def _lines(cue: Cue) -> list[tuple[str, ...]]:
    edges = [0, *cue.breaks, len(cue.words)]
    return [tuple(word.text for word in cue.words[a:b]) for a, b in itertools.pairwise(edges)]


def _repeated(before: list[tuple[str, ...]], here: list[tuple[str, ...]]) -> int:
    """How many words at the beginning of `here` are the last lines of `before`."""
    for count in range(min(len(before), len(here)), 0, -1):
        if before[-count:] == here[:count]:
            return sum(map(len, here[:count]))
    return 0


def unrolled(cues: tuple[Cue, ...]) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """The cues with every line said once, where it stood first, and a sentence that says so."""
    repeats = [0]
    for before, here in itertools.pairwise(cues):
        near = here.start - before.end <= 100
        repeats.append(_repeated(_lines(before), _lines(here)) if near else 0)
    if len(cues) < 3 or sum(map(bool, repeats)) < _SHARE * len(cues):
        return cues, ()
    kept: list[Cue] = []
    for cue, skip in zip(cues, repeats, strict=True):
        if skip == len(cue.words):
            if kept:
                kept[-1] = replace(kept[-1], end=max(kept[-1].end, cue.end))
            continue
        words = cue.words[skip:]
        first = words[0]
        if first.start is None:
            words = (Word(first.text, cue.start, first.unsure, first.language), *words[1:])
        breaks = tuple(at - skip for at in cue.breaks if at > skip)
        kept.append(replace(cue, words=words, breaks=breaks, settings=""))
    ended = [
        replace(cue, end=max(cue.start, min(cue.end, after.start))) for cue, after in itertools.pairwise(kept)
    ]
    return (*ended, *kept[-1:]), (
        "the captions roll: lines that were repeated from the caption before are kept once.",
    )
