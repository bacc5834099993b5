"""Where the words of a corrected text stand in the present revision: what every way of taking it back begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.errors import UsageError
from onrecord.transcripts.model import Transcript, Word
from onrecord.transcripts.revision.alignment import align, letters

LEAST_ALIKE = 0.3  # the share of words that must be unchanged for a text to be a correction of the other


@dataclass(frozen=True, slots=True)
class OldWord:
    """One word of the present revision and the cue it stands in."""

    word: Word
    cue: int


def in_their_places(
    present: Transcript, texts: Sequence[str], *, least_alike: float = LEAST_ALIKE
) -> tuple[list[OldWord], list[int], list[bool]]:
    """The words of the present revision, and for each corrected word whose place it takes, and if it is the
    same.

    Raises `UsageError` where fewer words than the share `least_alike` are the same.
    """
    old = [OldWord(word, index) for index, cue in enumerate(present.cues) for word in cue.words]
    before = [letters(item.word.text) for item in old]
    after = [letters(text) for text in texts]
    found = align(before, after)
    same = [at >= 0 and before[at] == here for at, here in zip(found, after, strict=True)]
    if sum(same) < least_alike * max(1, min(len(before), len(after))):
        raise UsageError(
            f"only {sum(same)} of the text's {len(after)} words are in the present transcript.",
            advice="It is a correction of another recording or language; without --revise it replaces the "
            "transcript.",
        )
    return old, found, same
