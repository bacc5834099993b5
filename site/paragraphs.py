"""Cues as a reader meets them: paragraphs by speaker, made of sentences, in which every cue can be the target
of a link.

A sentence has the address of the cue in which it starts, so an address survives corrections as long as its
cue does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from onrecord.site.public import Piece, PublicTurn, Run, Sentence
from onrecord.transcripts.model import Cue, Word, turns

_ENDED = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_NOT_ENDED = re.compile(
    r"^[\"'“„«(\[]*"
    r"(?:\w|mr|mrs|ms|dr|prof|st|no|vs|art|fr|hr|etc|e\.g|i\.e|т|ст|ім|вул|див|напр|р|м|гр)\.$",
    re.IGNORECASE,
)
_BREATH = 600  # milliseconds of silence that end a sentence where no full stops are written
_LONG = 40  # words after which a sentence without a full stop ends with its cue


@dataclass(frozen=True)
class Gap:
    """A stretch that is not published, on the rendition's clock."""

    start: int
    end: int


@dataclass(frozen=True)
class _Place:
    """One word and where it stands."""

    cue: Cue
    index: int

    @property
    def word(self) -> Word:
        return self.cue.words[self.index]


def paragraphs(
    items: Iterable[Cue | Gap],
    prefix: str,
    slugs: dict[str, str],
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterator[PublicTurn]:
    """The turns of one transcript; `prefix` begins every anchor (`part-1.en`), `slugs` name the speakers'
    pages, `former` are the ids of cues that are gone, by the id of the cue that stands for them.
    """
    held: list[Cue] = []
    speaker: str | None = None
    for item in [*items, None]:
        if isinstance(item, Cue):
            held.append(item)
            continue
        for turn in turns(tuple(held)):
            yield PublicTurn(
                speaker=turn.speaker,
                speaker_slug=slugs.get(turn.speaker, ""),
                start=turn.cues[0].start,
                end=turn.cues[-1].end,
                sentences=tuple(_sentences(turn.cues, prefix, former)),
                new_speaker=turn.speaker != speaker,
            )
            speaker = turn.speaker
        held = []
        if item is not None:
            yield PublicTurn("", "", item.start, item.end, gap=True)
            speaker = None


def _sentences(cues: Sequence[Cue], prefix: str, former: Mapping[str, Sequence[str]]) -> Iterator[Sentence]:
    places = [_Place(cue, index) for cue in cues for index in range(len(cue.words))]
    punctuated = any(_ENDED.search(place.word.text) for place in places)
    begun: set[str] = set()
    first = 0
    for number, place in enumerate(places):
        last = number + 1 == len(places)
        cue_ends = last or places[number + 1].cue is not place.cue
        breath = not last and not punctuated and places[number + 1].cue.start - place.cue.end >= _BREATH
        ended = _ends(place.word.text, "" if last else places[number + 1].word.text)
        if last or ended or breath or (cue_ends and number + 1 - first >= _LONG):
            yield _sentence(places[first : number + 1], prefix, begun, former)
            first = number + 1


def _ends(text: str, following: str) -> bool:
    if not _ENDED.search(text) or (_NOT_ENDED.match(text) and len(text) < 8):
        return False
    opening = following.lstrip("\"'“„«([–—-¿¡")
    return not opening or not opening[0].islower()


def _sentence(
    places: Sequence[_Place], prefix: str, begun: set[str], former: Mapping[str, Sequence[str]]
) -> Sentence:
    pieces: list[Piece] = []
    first = 0
    for number, place in enumerate(places):
        if number + 1 == len(places) or places[number + 1].cue is not place.cue:
            pieces.append(_piece(places[first : number + 1], number + 1 < len(places), prefix, begun, former))
            first = number + 1
    return Sentence(f"{prefix}.{places[0].cue.id}", pieces[0].start, pieces[-1].end, tuple(pieces))


def _piece(
    places: Sequence[_Place], goes_on: bool, prefix: str, begun: set[str], former: Mapping[str, Sequence[str]]
) -> Piece:
    cue = places[0].cue
    words = [place.word for place in places]
    start = _time(cue, places[0].index)
    end = cue.end if places[-1].index + 1 == len(cue.words) else _time(cue, places[-1].index + 1)
    times = ""
    if any(word.start is not None for word in cue.words[1:]):
        latest, moments = start, []
        for word in words:
            latest = latest if word.start is None else max(latest, word.start)
            moments.append(str(latest - start))
        times = " ".join(moments)
    identifier = ""
    gone: tuple[str, ...] = ()
    if cue.id not in begun:
        identifier = f"{prefix}.{cue.id}"
        gone = tuple(f"{prefix}.{name}" for name in former.get(cue.id, ()))
        begun.add(cue.id)
    return Piece(identifier, start, max(start, end), tuple(_runs(words, goes_on)), times, gone)


def _runs(words: Sequence[Word], goes_on: bool) -> Iterator[Run]:
    held: list[str] = []
    for number, word in enumerate(words):
        held.append(word.text)
        following = words[number + 1] if number + 1 < len(words) else None
        if following is None or (following.unsure, following.language) != (word.unsure, word.language):
            space = " " if following is not None or goes_on else ""
            yield Run(" ".join(held) + space, word.unsure, word.language or "")
            held = []


def _time(cue: Cue, index: int) -> int:
    """When a word begins: its own time, else a share of the cue's."""
    if index == 0:
        return cue.start
    own = cue.words[index].start
    if own is not None:
        return own
    return cue.start + (cue.end - cue.start) * index // len(cue.words)
