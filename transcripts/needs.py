"""What an event waits for, and whom: a machine, an editor, an organiser; and what has failed.

Each need is a word that pages and commands make a sentence of, in the order in which it is best dealt with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onrecord.events.model import Event
from onrecord.events.publication import standing
from onrecord.transcripts.state import RecordingState, phase_of

Code = Literal[
    "unreadable", "fetch failed for good", "fetch failed", "transcription failed", "to fetch", "to transcribe", "to render",
    "no recording", "no source", "consent asked", "to review", "draft", "recording not public",
]  # fmt: skip
Waits = Literal["failed", "machine", "editor", "organiser"]

_FOR: dict[Code, Waits] = {
    "unreadable": "failed", "fetch failed for good": "failed", "fetch failed": "failed", "transcription failed": "failed",
    "to fetch": "machine", "to transcribe": "machine", "to render": "machine", "no recording": "organiser",
    "no source": "organiser", "consent asked": "organiser", "to review": "editor", "draft": "organiser",
    "recording not public": "organiser",
}  # fmt: skip


@dataclass(frozen=True)
class Need:
    """One thing that an event waits for. `recording` is the id of the recording that it is about, or empty; `detail`
    what was told when it failed; `again` when it is tried again by itself, in UTC.
    """

    code: Code
    recording: str = ""
    detail: str = ""
    again: datetime | None = None

    @property
    def waits_for(self) -> Waits:
        """Whose turn it is; "failed" means that an organiser must look."""
        return _FOR[self.code]


def needs(event: Event, recordings: Sequence[RecordingState], now: datetime) -> tuple[Need, ...]:
    """Everything that an event waits for at `now`, which must be aware; what failed comes first."""
    phase = phase_of(event, now)
    if phase == "withdrawn":
        return ()
    found = [need for one in recordings for need in _of_recording(one, now)]
    if phase == "over" and not recordings:
        found.append(Need("no recording"))
    if recordings and any(speaker.consent == "asked" for speaker in event.speakers):
        found.append(Need("consent asked"))
    seen_by = standing(event, now)
    if seen_by == "draft" and event.publish_instant is None and phase != "cancelled":
        found.append(Need("draft"))
    elif seen_by != "draft":
        found += [
            Need("recording not public", one.recording_id)
            for one in recordings
            if not one.public and not one.kept_private and one.stage != "no original"
        ]
    order = list(_FOR)
    return tuple(sorted(found, key=lambda need: order.index(need.code)))


def _of_recording(one: RecordingState, now: datetime) -> Iterator[Need]:
    where = one.recording_id
    if one.problem:
        yield Need("unreadable", where, one.problem)
        return
    if one.failure is not None and not one.rendition and one.stage == "no original":
        code: Code = "fetch failed for good" if one.failure.permanent else "fetch failed"
        later = one.failure.not_before
        yield Need(code, where, one.failure.error, later if later is not None and later > now else None)
        return
    if one.setback is not None:
        yield Need("transcription failed", where, one.setback.error)
    elif one.stage == "no original":
        yield Need("to fetch" if one.has_source else "no source", where)
    elif one.stage in ("original", "partial"):
        if one.has_sound:
            yield Need("to transcribe", where)
    elif one.stage == "machine":
        yield Need("to review", where)
    if one.has_original and not one.rendition:
        yield Need("to render", where)
