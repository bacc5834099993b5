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
_LAST = frozenset(".!?…。！？\"'”’»)]")  # what such a word ends with
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


_Share = tuple[Cue, int, int]  # the words of a cue from an index up to another


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
    cues = [cue for cue in cues if cue.words]
    punctuated = any(_is_ended(word.text) for cue in cues for word in cue.words)
    begun: set[str] = set()
    held: list[_Share] = []
    length = 0
    for at, cue in enumerate(cues, 1):
        following = cues[at] if at < len(cues) else None
        words = cue.words
        first, count = 0, len(words)
        for number, word in enumerate(words, 1):
            length += 1
            if number < count:
                if not _ends(word.text, words[number].text):
                    continue
            else:
                breath = not punctuated and following is not None and following.start - cue.end >= _BREATH
                after = following.words[0].text if following else ""
                if following and not (breath or length >= _LONG or _ends(word.text, after)):
                    continue
            yield _sentence([*held, (cue, first, number)], prefix, begun, former)
            held, first, length = [], number, 0
        if first < count:
            held.append((cue, first, count))


def _is_ended(text: str) -> bool:
    return text[-1:] in _LAST and _ENDED.search(text) is not None


def _ends(text: str, following: str) -> bool:
    if not _is_ended(text) or (len(text) < 8 and _NOT_ENDED.match(text)):
        return False
    opening = following.lstrip("\"'“„«([–—-¿¡")
    return not opening or not opening[0].islower()


def _sentence(
    shares: Sequence[_Share], prefix: str, begun: set[str], former: Mapping[str, Sequence[str]]
) -> Sentence:
    pieces = tuple(
        _piece(share, number < len(shares), prefix, begun, former) for number, share in enumerate(shares, 1)
    )
    return Sentence(f"{prefix}.{shares[0][0].id}", pieces[0].start, pieces[-1].end, pieces)


def _piece(
    share: _Share, goes_on: bool, prefix: str, begun: set[str], former: Mapping[str, Sequence[str]]
) -> Piece:
    cue, first, last = share
    words = cue.words[first:last]
    start = _time(cue, first)
    end = cue.end if last == len(cue.words) else _time(cue, last)
    times = ""
    if any(word.start is not None for word in cue.words[1:]):
        latest, moments = start, []
        for word in words:
            if word.start is not None and word.start > latest:
                latest = word.start
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
    """The words in as few runs as their marks allow; each but the last of a sentence ends with a space."""
    held: list[str] = []
    unsure, language = words[0].unsure, words[0].language
    for word in words:
        if word.unsure is not unsure or word.language != language:
            yield Run(" ".join(held) + " ", unsure, language or "")
            held, unsure, language = [], word.unsure, word.language
        held.append(word.text)
    yield Run(" ".join(held) + (" " if goes_on else ""), unsure, language or "")


def _time(cue: Cue, index: int) -> int:
    """When a word begins: its own time, else a share of the cue's."""
    if index == 0:
        return cue.start
    own = cue.words[index].start
    if own is not None:
        return own
    return cue.start + (cue.end - cue.start) * index // len(cue.words)
