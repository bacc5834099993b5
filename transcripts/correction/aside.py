"""What was set aside as a suspected ghost (`NOTE dropped`), put back where it was heard."""

from __future__ import annotations

from dataclasses import replace

from onrecord.errors import NotFoundError
from onrecord.transcripts.correction.passages import Stretch
from onrecord.transcripts.correction.rewording import with_stretch
from onrecord.transcripts.fitting import fit
from onrecord.transcripts.model import Cue, Dropped, Transcript, Word

_NEAR = 2500  # milliseconds after which it need not be the same speaker who goes on


def put_back(transcript: Transcript, ghost: Dropped) -> Transcript:
    """The transcript with what was set aside among its cues again.

    It is said by the speaker before it, when that one has only just ended. Raises `NotFoundError` when it is not
    set aside any more.
    """
    if ghost not in transcript.dropped:
        raise NotFoundError(
            "this is not set aside any more.", advice="Somebody may have put it back already."
        )
    at = sum(cue.start <= ghost.start for cue in transcript.cues)
    before = transcript.cues[at - 1] if at else None
    speaker = before.speaker if before and ghost.start - before.end < _NEAR else ""
    words = tuple(
        Word(word, ghost.start if number == 0 else None) for number, word in enumerate(ghost.text.split())
    )
    cues = fit(Cue("", ghost.start, max(ghost.end, ghost.start + 1), words, speaker)) if words else ()
    left = list(transcript.dropped)
    left.remove(ghost)
    return replace(with_stretch(transcript, Stretch(at, at), cues), dropped=tuple(left))
