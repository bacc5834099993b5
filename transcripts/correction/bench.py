"""One transcript under the hands of one person: every change is read, made and saved under the event's lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from onrecord.errors import ConflictError
from onrecord.locks import lock
from onrecord.transcripts.correction import sittings
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.model import Cue, Transcript

WAIT = 10.0  # seconds that one who saves waits for another


@dataclass(frozen=True)
class Change:
    """What a change did. `first`: it is this person's first in this sitting; `saved`: something was different."""

    before: Transcript
    after: Transcript
    saved: bool
    first: bool


class Bench:
    """Where a person corrects a transcript. `who` is their name, as the transcript's notes will say it."""

    def __init__(self, library: Library, entry: Entry, who: str) -> None:
        self.library = library
        self.entry = entry
        self.who = " ".join(who.replace(",", " ").split()) or "?"

    def correct(
        self, act: Callable[[Transcript], Transcript], *, alone: bool = False, now: datetime | None = None
    ) -> Change:
        """Changes the transcript that stands now. With `alone` the change is a revision of its own.

        Raises what `act` raises, `ConflictError` for a transcript that is still being made, `LockedError`.
        """
        return self._change(act, alone=alone, now=now or datetime.now(UTC), sign=True)

    def mark(self, act: Callable[[Transcript], Transcript], *, now: datetime | None = None) -> Change:
        """Changes what the transcript's notes say, and no word: a revision of its own."""
        return self._change(act, alone=True, now=now or datetime.now(UTC), sign=False)

    def _change(
        self, act: Callable[[Transcript], Transcript], *, alone: bool, now: datetime, sign: bool
    ) -> Change:
        library, entry = self.library, self.entry
        with lock(library.archive, entry.stem, wait=WAIT, doing="correcting a transcript"):
            present = library.read(entry)
            if sign and present.provenance.status == "partial":
                raise ConflictError(
                    "this transcript is still being made.", slug=entry.stem, path=entry.path,
                    advice="Let the transcription come to its end; then it can be corrected.",
                )  # fmt: skip
            changed = act(present)
            if changed is present or changed == present:
                return Change(present, present, saved=False, first=False)
            changed = settled(changed)
            on = sign and not alone and sittings.goes_on(library, entry, present, changed, self.who, now)
            first = not on or self.who not in sittings.people(present)
            if sign:
                changed = sittings.signed(changed, present, self.who, now, on=on)
            if alone:
                changed = sittings.closed(changed)
            library.save(entry.stem, entry.recording_id, changed, going_on=on, exact=True)
            return Change(present, changed, saved=True, first=first)


def settled(transcript: Transcript) -> Transcript:
    """The transcript as it will be read again: no cue without words, the first word of each with its time."""
    cues = tuple(_settled(cue) for cue in transcript.cues if cue.words)
    if all(one is other for one, other in zip(cues, transcript.cues, strict=False)) and len(cues) == len(
        transcript.cues
    ):
        return transcript
    return replace(transcript, cues=cues)


def _settled(cue: Cue) -> Cue:
    first = cue.words[0]
    return (
        cue
        if first.start is not None
        else replace(cue, words=(replace(first, start=cue.start), *cue.words[1:]))
    )
