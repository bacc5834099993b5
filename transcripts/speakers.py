"""Who says what: naming, renaming and merging the speakers of a transcript, whole or in a stretch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from onrecord.errors import NotFoundError, UsageError
from onrecord.timecode import milliseconds
from onrecord.toml import nearest
from onrecord.transcripts.model import Cue, Transcript


@dataclass(frozen=True)
class Share:
    """How much one speaker says: cues, words, and milliseconds."""

    name: str
    cues: int
    words: int
    length: int


def shares(transcript: Transcript) -> tuple[Share, ...]:
    """Every speaker in the order in which they first speak; the empty name means cues without one."""
    names = dict.fromkeys(cue.speaker for cue in transcript.cues)
    return tuple(
        Share(
            name,
            sum(cue.speaker == name for cue in transcript.cues),
            sum(len(cue.words) for cue in transcript.cues if cue.speaker == name),
            sum(cue.end - cue.start for cue in transcript.cues if cue.speaker == name),
        )
        for name in names
    )


def pair(text: str) -> tuple[str, str]:
    """`Speaker 1=Anna Koval` as old and new name; the old one may be empty: cues without a speaker."""
    old, equals, new = text.partition("=")
    if not equals:
        raise UsageError(f"'{text}' does not say who it is.", advice='Write it as "Speaker 1=Anna Koval".')
    return " ".join(old.split()), " ".join(new.split())


def cue_index(transcript: Transcript, text: str, *, last: bool = False) -> int:
    """The cue that a cue's id, an anchor (`part-1.en.c7`) or a time means.

    A time means the cue that is heard then; between two cues the one after it, or with `last` the one before
    it.
    """
    cues = transcript.cues
    for index, cue in enumerate(cues):
        if text == cue.id or text.endswith(f".{cue.id}"):
            return index
    try:
        position = milliseconds(text)
    except UsageError as error:
        raise NotFoundError(
            f"there is no cue '{text}' in this transcript.",
            advice="Name a cue such as c7, or a time such as 12:30.",
        ) from error
    if last:
        return max((index for index, cue in enumerate(cues) if cue.start <= position), default=0)
    return next((index for index, cue in enumerate(cues) if cue.end > position), len(cues) - 1)


def renamed(
    transcript: Transcript, names: Mapping[str, str], stretch: tuple[int, int] | None = None
) -> Transcript:
    """The transcript with speakers renamed; in a stretch of cues (first and last) alone, when one is given.

    Raises `NotFoundError` for a speaker who says nothing there, with the nearest name.
    """
    first, last = stretch or (0, len(transcript.cues) - 1)
    there = {cue.speaker for cue in transcript.cues[first : last + 1]}
    for old in names:
        if old not in there:
            near = nearest(old, {name.lower(): name for name in there if name})
            close = next((name for name in there if name.lower() == near), None)
            said = ", ".join(f"'{name}'" for name in there if name) or "nobody"
            raise NotFoundError(
                f"no speaker '{old}' says anything {'in this stretch' if stretch else 'in this transcript'}.",
                advice=f"Did you mean '{close}'?" if close else f"There are: {said}.",
            )

    def change(index: int, cue: Cue) -> Cue:
        new = names.get(cue.speaker)
        return cue if new is None or not first <= index <= last else replace(cue, speaker=new)

    return replace(transcript, cues=tuple(change(index, cue) for index, cue in enumerate(transcript.cues)))


def given_to(transcript: Transcript, name: str, stretch: tuple[int, int]) -> Transcript:
    """The transcript with every cue of a stretch (first and last) said by one speaker."""
    first, last = stretch
    return replace(
        transcript,
        cues=tuple(
            replace(cue, speaker=name) if first <= index <= last else cue
            for index, cue in enumerate(transcript.cues)
        ),
    )
