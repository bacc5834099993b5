"""Corrected captions taken back: their cues and their times count, and ids stay with the words.

So does a transcript that was made anew: it keeps the ids of what it says again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from onrecord.transcripts.fitting import fit, is_too_long, length, starts
from onrecord.transcripts.model import Cue, Transcript, Word
from onrecord.transcripts.revision.alignment import align, letters
from onrecord.transcripts.revision.placing import OldWord, in_their_places


def from_cues(present: Transcript, edited: Transcript, *, ours: bool) -> list[Cue]:
    places = [(index, word) for index, cue in enumerate(edited.cues) for word in cue.words]
    old, found, same = in_their_places(present, [word.text for _, word in places])
    votes: Counter[tuple[int, int]] = Counter()
    matched: list[list[tuple[Word, OldWord | None, bool]]] = [[] for _ in edited.cues]
    for (index, word), at, equal in zip(places, found, same, strict=True):
        matched[index].append((word, old[at] if at >= 0 else None, equal))
        if at >= 0:
            votes[index, old[at].cue] += 2 if equal else 1
    chosen = _partners(present.cues, edited.cues, votes, by_name=ours)
    cues: list[Cue] = []
    speaker = ""
    for index, cue in enumerate(edited.cues):
        partner = present.cues[chosen[index]] if index in chosen else None
        counted = Counter(item.cue for _, item, _ in matched[index] if item is not None)
        source = present.cues[counted.most_common(1)[0][0]] if counted else partner
        if ours or cue.speaker:
            speaker = cue.speaker
        elif source is not None:
            speaker = source.speaker
        words = tuple(_as_timed(cue, word, item, equal, ours) for word, item, equal in matched[index])
        words = _between(words, cue)
        settings = cue.settings if ours or partner is None else partner.settings
        made = Cue(partner.id if partner else "", cue.start, cue.end, words, speaker, cue.breaks, settings)
        grown = partner is None or length(words) > length(partner.words)
        cues += fit(made) if grown and is_too_long(made) else [made]
    return cues


def _as_timed(cue: Cue, word: Word, old: OldWord | None, same: bool, ours: bool) -> Word:
    """One word of an edited cue, with what is known of the word that it is, or takes the place of."""
    start = word.start
    if old is not None and (start is None or start == cue.start) and old.word.start is not None:
        start = old.word.start if cue.start <= old.word.start <= cue.end else word.start
    if ours:
        return Word(word.text, start, word.unsure and (same or old is None), word.language)
    before = old.word if old is not None else None
    unsure = before is not None and before.unsure and same
    return Word(word.text, start, unsure, word.language or (before.language if before else None))


def _between(words: tuple[Word, ...], cue: Cue) -> tuple[Word, ...]:
    """Places for the words without a time, where their cue has words with times."""
    if not any(word.start is not None for word in words[1:]):
        return (replace(words[0], start=cue.start), *words[1:])
    estimated = starts(words, cue.start, cue.end)
    return tuple(
        word if word.start is not None else replace(word, start=at)
        for word, at in zip(words, estimated, strict=True)
    )


def _partners(
    old: tuple[Cue, ...], new: tuple[Cue, ...], votes: Counter[tuple[int, int]], *, by_name: bool
) -> dict[int, int]:
    """For each new cue the old one whose id it keeps: by its own id, by common words, by time. None keeps
    two.
    """
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    if by_name:
        index_of = {cue.id: index for index, cue in enumerate(old)}
        for index, cue in enumerate(new):
            if cue.id in index_of and index_of[cue.id] not in taken:
                chosen[index] = index_of[cue.id]
                taken.add(index_of[cue.id])
    for (index, at), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if index not in chosen and at not in taken:
            chosen[index] = at
            taken.add(at)
    first = 0
    for index, cue in enumerate(new):
        while first < len(old) and old[first].end <= cue.start:
            first += 1
        if index in chosen:
            continue
        for at in range(first, min(first + 8, len(old))):
            common = min(cue.end, old[at].end) - max(cue.start, old[at].start)
            shorter = min(cue.end - cue.start, old[at].end - old[at].start)
            if at not in taken and shorter > 0 and common * 2 > shorter:
                chosen[index] = at
                taken.add(at)
                break
    return chosen


def keep_ids(present: Transcript, fresh: Transcript) -> Transcript:
    """`fresh`, made anew from the same recording, with the ids of the cues of `present` that it says again.

    They are matched by words and time; every other cue gets a new id, and none is used twice.
    """
    old = [OldWord(word, index) for index, cue in enumerate(present.cues) for word in cue.words]
    places = [index for index, cue in enumerate(fresh.cues) for _ in cue.words]
    before = [letters(item.word.text) for item in old]
    after = [letters(word.text) for word in fresh.words()]
    votes: Counter[tuple[int, int]] = Counter()
    for index, at, here in zip(places, align(before, after), after, strict=True):
        if at >= 0 and before[at] == here:
            votes[index, old[at].cue] += 1
    chosen = _partners(present.cues, fresh.cues, votes, by_name=False)
    cues = tuple(
        replace(cue, id=present.cues[chosen[index]].id if index in chosen else "")
        for index, cue in enumerate(fresh.cues)
    )
    return replace(fresh, next_id=max(present.next_id, fresh.next_id)).with_cues(cues)
