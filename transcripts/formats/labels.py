"""Speakers written before what they say: `Anna Koval: Everyone has duties.`"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from onrecord.transcripts.model import Cue

_LABEL = re.compile(r"(?:[-–—]\s*|>>+\s*)?([^:\n]{1,60}?)\s?:\s+(?=\S)")
_BARE = re.compile(r"([^:\n]{1,60}?)\s?:\s*")
_NUMBERED = re.compile(r"(?:speaker|spk|sprecher|locuteur|спікер|мовець|диктор)[ _]?\d{1,3}", re.IGNORECASE)
_PART = re.compile(r"[^\W\d_][\w.'’ʼ-]*", re.UNICODE)
_SMALL = frozenset(
    (
        "de",
        "van",
        "von",
        "der",
        "den",
        "da",
        "di",
        "du",
        "la",
        "le",
        "bin",
        "al",
        "ter",
        "and",
        "und",
        "et",
        "та",
        "і",
    )
)


def label_of(text: str) -> tuple[str, str] | None:
    """The label before the first colon, and the text after it."""
    match = _LABEL.match(text)
    if match:
        return match[1].strip(), text[match.end() :]
    bare = _BARE.fullmatch(text)
    return (bare[1].strip(), "") if bare else None


def looks_like_name(label: str) -> bool:
    """Whether a label can be a person's name: one to five words, each with a capital, or `Speaker 2`."""
    if _NUMBERED.fullmatch(label):
        return True
    name = re.sub(r"\s*\([^()]*\)$", "", label)  # as in "Anna Koval (host)"
    parts = name.split()
    return 0 < len(parts) <= 5 and all(
        _PART.fullmatch(part) and (part[0].isupper() or part.lower() in _SMALL or not part[0].islower())
        for part in parts
    )


def speakers_in(labels: Iterable[str], known: Collection[str] = ()) -> set[str]:
    """The labels that are speakers: known ones, and what looks like a name and stands there twice."""
    counts = Counter(labels)
    folded = {name.casefold() for name in known}
    return {
        label
        for label, count in counts.items()
        if label.casefold() in folded
        or (looks_like_name(label) and (count > 1 or _NUMBERED.fullmatch(label)))
    }


def with_speakers(
    cues: tuple[Cue, ...], known: Collection[str] = (), *, spread: bool = True
) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """The cues with `Name:` before the words made their speaker, and a sentence that says whom it was taken
    for.

    A cue without a label goes on with the speaker of the one before it. Nothing is done where cues have
    speakers.
    """
    if any(cue.speaker for cue in cues):
        return cues, ()
    found = [label_of(cue.text) for cue in cues]
    names = speakers_in((label[0] for label in found if label), known)
    if not names:
        return cues, ()
    usual = {name.casefold(): name for name in known}
    result = []
    speaker = ""
    pending: Cue | None = None
    for cue, label in zip(cues, found, strict=True):
        here = cue
        if not spread:
            speaker = ""
        if label and label[0] in names:
            speaker = usual.get(label[0].casefold(), label[0])
            rest = label[1].split()
            skipped = len(cue.words) - len(rest)
            if not rest:
                pending = cue  # a label alone: what follows begins with it
                continue
            first = cue.words[skipped]
            words = (
                replace(first, start=cue.start if first.start is None else first.start),
                *cue.words[skipped + 1 :],
            )
            here = replace(cue, words=words, breaks=tuple(at - skipped for at in cue.breaks if at > skipped))
        if pending is not None:
            if pending.end >= here.start - 50:
                here = replace(here, start=min(pending.start, here.start))
            speaker = (
                usual.get(pending.text.rstrip(": ").casefold(), pending.text.rstrip(": "))
                if not spread
                else speaker
            )
            pending = None
        result.append(replace(here, speaker=speaker))
    order = dict.fromkeys(cue.speaker for cue in result if cue.speaker)
    sentence = f"the speakers were taken from 'Name:' before what they say: {', '.join(order)}."
    return tuple(result), (sentence,)
