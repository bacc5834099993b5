"""The transcript: what was said, by whom, when, and where the text comes from. Positions are milliseconds on the
original's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

Status = Literal["partial", "machine", "reviewed"]
Kind = Literal["original", "translation"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is written, with its punctuation, and the white space that follows it, if any.

    `start` is None where no time of its own is known. `language` is set where it differs from the transcript's.
    """

    text: str
    start: int | None = None
    unsure: bool = False
    language: str | None = None


@dataclass(frozen=True)
class Cue:
    """One caption: at most two lines and seven seconds when it is ours.

    `id` is made once and never reused (`c7`). `breaks` are the indexes of the words before which a line begins.
    `settings` are WebVTT cue settings, kept as they came. A cue has one speaker or none; a foreign cue in which several
    speak is split when it is read.
    """

    id: str
    start: int
    end: int
    words: tuple[Word, ...]
    speaker: str = ""
    breaks: tuple[int, ...] = ()
    settings: str = ""

    @property
    def text(self) -> str:
        """The words on one line."""
        return " ".join(word.text for word in self.words)

    @property
    def lines(self) -> tuple[str, ...]:
        """The words as they are set, line by line."""
        edges = [0, *self.breaks, len(self.words)]
        return tuple(" ".join(word.text for word in self.words[a:b]) for a, b in pairwise(edges))


@dataclass(frozen=True)
class Dropped:
    """A suspected ghost (a loop, text over silence) that was set aside, and can be put back."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True)
class Provenance:
    """Where a transcript comes from: the fields of its first NOTE, in the order in which they are written.

    `made` and `reviewed` are instants, RFC 3339 in UTC. `other` keeps fields that a later version has written.
    """

    language: str
    kind: Kind = "original"
    status: Status = "machine"
    engine: str = ""
    model: str = ""
    original_sha256: str = ""
    track: int = 0
    unsure_below: float | None = None
    made: str = ""
    translated_from: str = ""
    reviewed: str = ""
    reviewed_by: str = ""
    corrected: str = ""
    source: str = ""  # what an imported transcript came from: a file's name, a platform's captions
    other: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Transcript:
    """One revision of one recording's transcript in one language."""

    provenance: Provenance
    cues: tuple[Cue, ...] = ()
    next_id: int = 1
    dropped: tuple[Dropped, ...] = ()
    header: str = ""  # text after WEBVTT on the first line
    blocks: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    # foreign NOTE, STYLE and REGION blocks, kept as they are: (index of the cue before which it stands, its text)

    @property
    def language(self) -> str:
        return self.provenance.language

    @property
    def speakers(self) -> tuple[str, ...]:
        """The speakers in the order in which they first speak."""
        return tuple(dict.fromkeys(cue.speaker for cue in self.cues if cue.speaker))

    @property
    def duration(self) -> int:
        """The end of the last cue."""
        return max((cue.end for cue in self.cues), default=0)

    def words(self) -> Iterator[Word]:
        """Every word, in order."""
        for cue in self.cues:
            yield from cue.words

    def with_cues(self, cues: tuple[Cue, ...]) -> Transcript:
        """The same with other cues; cues without an id get new ones, which are never reused."""
        number = self.next_id
        named = []
        for cue in cues:
            if cue.id:
                named.append(cue)
            else:
                named.append(replace(cue, id=f"c{number}"))
                number += 1
        return replace(self, cues=tuple(named), next_id=number)


@dataclass(frozen=True)
class Turn:
    """What one speaker says without a long pause: a paragraph of the page."""

    speaker: str
    cues: tuple[Cue, ...]


_ENDINGS = (".", "!", "?", "…", "»", "”", '"')


def turns(cues: tuple[Cue, ...], *, pause: int = 2500, length: int = 90_000) -> Iterator[Turn]:
    """Paragraphs: a new one where the speaker changes, after a pause, at a sentence's end once it is long.

    Where an engine writes no full stops, a breath of 0.6 s after a third of the length stands for one, and no
    paragraph is longer than the length.
    """
    unpunctuated = 10 * sum(cue.text.endswith(_ENDINGS) for cue in cues) < len(cues)
    if unpunctuated:
        length //= 3
    held: list[Cue] = []
    for cue in cues:
        if held:
            last = held[-1]
            quiet = cue.start - last.end
            ended = last.text.endswith(_ENDINGS)
            if unpunctuated:
                ended = quiet >= 600 or cue.end - held[0].start > 3 * length
            if cue.speaker != last.speaker or quiet >= pause or (ended and cue.end - held[0].start > length):
                yield Turn(last.speaker, tuple(held))
                held = []
        held.append(cue)
    if held:
        yield Turn(held[-1].speaker, tuple(held))
