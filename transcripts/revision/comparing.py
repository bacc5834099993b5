"""How two revisions of a transcript differ, counted."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.transcripts.model import Transcript
from onrecord.transcripts.revision.alignment import align, letters


@dataclass(frozen=True)
class Changes:
    """How two revisions differ, in words and cues."""

    changed: int
    added: int
    removed: int
    new_cues: int
    gone_cues: int
    same_cues: int
    renamed: int

    def __bool__(self) -> bool:
        return bool(
            self.changed or self.added or self.removed or self.new_cues or self.gone_cues or self.renamed
        )


def compare(before: Transcript, after: Transcript) -> Changes:
    """Counts what is different: words in another spelling, added and removed; cues new, gone, as they were,
    and those
    that have the same words and another speaker."""
    old = [word.text for word in before.words()]
    new = [word.text for word in after.words()]
    found = align([letters(text) for text in old], [letters(text) for text in new])
    kept = [(at, index) for index, at in enumerate(found) if at >= 0]
    by_id = {cue.id: cue for cue in before.cues}
    ids = {cue.id for cue in after.cues}
    return Changes(
        changed=sum(old[at] != new[index] for at, index in kept),
        added=len(new) - len(kept),
        removed=len(old) - len(kept),
        new_cues=len(ids - by_id.keys()),
        gone_cues=len(by_id.keys() - ids),
        same_cues=sum(by_id.get(cue.id) == cue for cue in after.cues),
        renamed=sum(cue.id in by_id and by_id[cue.id].speaker != cue.speaker for cue in after.cues),
    )
