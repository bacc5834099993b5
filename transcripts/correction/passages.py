"""A transcript in passages, the paragraphs that a person corrects, and where a passage stands after others worked
on the same transcript.

A passage is known by the ids of its cues, and a change of it names what its author saw. So two people may work on
two passages at once, and nobody writes over what they have not seen.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from onrecord.errors import NotFoundError
from onrecord.transcripts.model import Cue, Transcript, Word, turns

_OUR_ID = re.compile("c([1-9][0-9]{0,8})$")


@dataclass(frozen=True)
class Passage:
    """What one speaker says in one paragraph. `first` is the place of its first cue in the transcript."""

    speaker: str
    cues: tuple[Cue, ...]
    first: int

    @property
    def key(self) -> str:
        """The id of its first cue."""
        return self.cues[0].id

    @property
    def text(self) -> str:
        return " ".join(cue.text for cue in self.cues if cue.words)

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for cue in self.cues for word in cue.words)

    @property
    def start(self) -> int:
        return self.cues[0].start

    @property
    def end(self) -> int:
        return max(cue.end for cue in self.cues)

    @property
    def version(self) -> str:
        """A short digest of all that a person sees of it: other words, marks, times or names make another one."""
        parts = [self.speaker]
        for cue in self.cues:
            parts.append(f"{cue.id} {cue.start} {cue.end}")
            parts += [f"{word.text} {word.start} {word.unsure} {word.language}" for word in cue.words]
        return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=6).hexdigest()


def passages(transcript: Transcript) -> tuple[Passage, ...]:
    """The passages of a transcript in their order: the paragraphs of the page."""
    made = []
    first = 0
    for turn in turns(transcript.cues):
        made.append(Passage(turn.speaker, turn.cues, first))
        first += len(turn.cues)
    return tuple(made)


def passage_at(transcript: Transcript, key: str) -> Passage:
    """The passage that holds a cue. Raises `NotFoundError` when there is none any more."""
    for passage in passages(transcript):
        if any(cue.id == key for cue in passage.cues):
            return passage
    raise NotFoundError(
        "this paragraph is gone: its words were taken out, or it was transcribed again.",
        advice="Go back to the transcript; the history has what stood here.",
    )


@dataclass(frozen=True)
class Seen:
    """A passage as somebody had it before them when they began to change it.

    `ids` are its cues; `next_id` is the transcript's then: cues with that number or a higher one are younger.
    `start` and `end` are milliseconds on the original's clock.
    """

    ids: tuple[str, ...]
    text: str
    speaker: str
    start: int
    end: int
    next_id: int

    @classmethod
    def of(cls, passage: Passage, transcript: Transcript) -> Seen:
        """The passage as it stands in the transcript."""
        ids = tuple(cue.id for cue in passage.cues)
        return cls(ids, passage.text, passage.speaker, passage.start, passage.end, transcript.next_id)


@dataclass(frozen=True)
class Stretch:
    """Cues of a transcript from `first` up to but not including `last`; none where the passage is gone."""

    first: int
    last: int

    def cues(self, transcript: Transcript) -> tuple[Cue, ...]:
        return transcript.cues[self.first : self.last]

    def text(self, transcript: Transcript) -> str:
        return " ".join(cue.text for cue in self.cues(transcript) if cue.words)

    def speakers(self, transcript: Transcript) -> set[str]:
        return {cue.speaker for cue in self.cues(transcript)}


def standing(transcript: Transcript, seen: Seen) -> Stretch:
    """Where a passage that somebody saw stands now: its cues, and younger ones in its time that came of them."""
    ids = set(seen.ids)
    there = [index for index, cue in enumerate(transcript.cues) if cue.id in ids]

    def came_of_it(cue: Cue) -> bool:
        match = _OUR_ID.match(cue.id)
        young = match is not None and int(match[1]) >= seen.next_id
        return young and cue.start < seen.end and cue.end > seen.start

    if there:
        first, last = there[0], there[-1] + 1
        while first and came_of_it(transcript.cues[first - 1]):
            first -= 1
        while last < len(transcript.cues) and came_of_it(transcript.cues[last]):
            last += 1
        return Stretch(first, last)
    young_ones = [index for index, cue in enumerate(transcript.cues) if came_of_it(cue)]
    if young_ones:
        return Stretch(young_ones[0], young_ones[-1] + 1)
    at = sum(cue.start < seen.start for cue in transcript.cues)
    return Stretch(at, at)
