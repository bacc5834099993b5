"""That a person has read a transcript through, said or taken back."""

from __future__ import annotations

from dataclasses import replace

from onrecord.errors import ConflictError, UsageError
from onrecord.transcripts.correction.sittings import closed
from onrecord.transcripts.model import Transcript


def reviewed(transcript: Transcript, by: str, at: str, name: str) -> Transcript:
    """The transcript marked as read by a person at an instant (RFC 3339); `name` is what errors call it.

    Raises `ConflictError` for one that is unfinished, or holds no words.
    """
    by = " ".join(by.split())
    if not by:
        raise UsageError("say who has read it.", advice="Use --by NAME, or --undo.")
    told = transcript.provenance
    if told.status == "partial":
        raise ConflictError(
            f"{name} is unfinished.", advice="Let the transcription come to its end, then review it."
        )
    if not transcript.cues:
        raise ConflictError(
            f"{name} has no words that could be read.",
            advice="Mend the file, or take in another with 'onrecord transcript import'.",
        )
    return closed(
        replace(transcript, provenance=replace(told, status="reviewed", reviewed=at, reviewed_by=by))
    )


def unreviewed(transcript: Transcript, name: str) -> Transcript:
    """The transcript as a draft again. Raises `ConflictError` when it is not marked as reviewed."""
    told = transcript.provenance
    if told.status != "reviewed":
        raise ConflictError(f"{name} is not marked as reviewed.")
    return closed(
        replace(transcript, provenance=replace(told, status="machine", reviewed="", reviewed_by=""))
    )
