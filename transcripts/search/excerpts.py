"""What a moment says, as it was written, with the hits marked and a little of what was said around it."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from onrecord.transcripts.folding import places
from onrecord.transcripts.search.query import Clause, Phrase
from onrecord.transcripts.search.texts import Texts
from onrecord.transcripts.search.wordnumbers import folded

_AROUND = 120  # characters of a neighbour that are shown
_ENDINGS = (".", "!", "?", "…", "»", "”", '"')

Pieces = tuple[tuple[str, bool], ...]


class Excerpt(NamedTuple):
    """A moment's words and place; speaker and language are numbers in the transcript's lists."""

    cue_id: str
    start: int
    end: int
    speaker: int
    language: int
    before: str
    pieces: Pieces
    after: str


def excerpt(
    texts: Texts, transcript: int, cue: int, edges: Sequence[int], marks: Iterable[tuple[int, int]]
) -> Excerpt:
    """What is said in a moment, from this cue of a transcript on. `edges` are the numbers of the first words of its cues
    and of what comes after them; `marks` the first and last words of its hits, in order.
    """
    until = cue + len(edges) - 1
    shown = texts.passage(transcript, cue, until)
    first, n, _ = shown[0]
    speaker = first.speaker(n)
    text = "\n".join([piece.lines(begin, end) for piece, begin, end in shown])
    if "\n\n" in text or text[:1] == "\n" or text[-1:] == "\n":
        text = "\n".join(filter(None, text.split("\n")))  # there are cues without a word
    text = text.replace("\n", " ")
    alike = all(piece.alike(begin, end) for piece, begin, end in shown)
    last, _, end = shown[-1]
    return Excerpt(
        cue_id=first.name(n),
        start=first.start(n),
        end=max([piece.latest(begin, end) for piece, begin, end in shown]),
        speaker=speaker,
        language=first.language(n),
        before=_before(texts, transcript, cue, speaker),
        pieces=shortened(marked(text, _places(text, edges, marks, alike=alike))),
        after=_after(texts, transcript, until, last.speaker(end - 1)),
    )


def _before(texts: Texts, transcript: int, first: int, speaker: int) -> str:
    """The cue before, and what stands before that of the sentence."""
    said = ""
    for number in range(first - 1, max(first - 8, -1), -1):
        if (found := texts.piece(transcript, number)) is None:
            break
        piece, n = found
        text = piece.text(n)
        if said and (piece.speaker(n) != speaker or text.endswith(_ENDINGS)):
            break
        said = f"{text} {said}".strip()
        if len(said) > _AROUND:
            break
    return ending(said)


def _after(texts: Texts, transcript: int, until: int, speaker: int) -> str:
    """The cue after, and what stands after that of the sentence; `speaker` is who spoke last."""
    said = ""
    for number in range(until, until + 7):
        if (found := texts.piece(transcript, number)) is None:
            break
        piece, n = found
        if said and (piece.speaker(n) != speaker or said.endswith(_ENDINGS)):
            break
        said = f"{said} {piece.text(n)}".strip()
        if len(said) > _AROUND:
            break
    return beginning(said)


def _places(
    text: str, edges: Sequence[int], marks: Iterable[tuple[int, int]], *, alike: bool
) -> list[tuple[int, int]]:
    """Where the hits stand in the text of cues whose first words have these numbers. `alike` where every written word is
    one word, as most are.
    """
    base, until = edges[0], edges[-1]
    spelled = text.split(" ")
    counts = ends = [] if alike else list(map(len, map(folded.__getitem__, spelled)))
    if not alike:
        ends = list(itertools.accumulate(counts))
    letters = list(itertools.accumulate(map(len, spelled), initial=0))
    total = len(spelled) if alike else ends[-1]

    def bounds(word: int) -> tuple[int, int]:
        """Where in the text a word begins and ends: a part of a written one, or all but its punctuation."""
        number, part = word, 0
        if not alike:
            number = bisect_right(ends, word)
            part = word - ends[number] + counts[number]
        written = spelled[number]
        before = letters[number] + number
        if folded[written][0] == written.lower():
            return before, before + len(written)
        _, start, end = places(written)[part]
        return before + start, before + end

    found: list[tuple[int, int]] = []
    for first, last in marks:
        begin, end = max(first, base), min(last, until - 1, base + total - 1)
        if begin == end:
            found.append(bounds(begin - base))
        elif begin < end:
            # What is said over the edge of two cues is marked in each of them.
            cuts = sorted({begin, *(edge for edge in edges[1:-1] if begin < edge <= end), end + 1})
            found += [
                (bounds(one - base)[0], bounds(other - 1 - base)[1])
                for one, other in itertools.pairwise(cuts)
            ]
    return found


def phrases(clauses: Iterable[Clause]) -> list[Phrase]:
    """Everything that is marked where a question's clauses are shown."""
    found: list[Phrase] = []
    for clause in clauses:
        found += clause.choices
        found += phrases(clause.near)
    return found


def mark(text: str, asked: Sequence[Phrase]) -> Pieces:
    """A text that stands by itself, such as a title, with the hits marked."""
    found = places(text)
    folded = f" {' '.join(word for word, _, _ in found)} "
    marks: list[tuple[int, int]] = []
    for one in asked:
        at = folded.find(one.needle)
        while at >= 0:
            n = folded.count(" ", 0, at + 1) - 1
            marks.append((found[n][1], found[n + len(one.words) - 1][2]))
            at = folded.find(one.needle, at + 1)
    return marked(text, sorted(marks))


def marked(text: str, marks: Iterable[tuple[int, int]]) -> Pieces:
    """A text cut at the edges of its marks, which stand in order and may overlap."""
    pieces: list[tuple[str, bool]] = []
    begun, at = -1, 0
    for start, end in marks:
        if end <= at:
            continue
        if begun < 0 or start > at:
            if begun >= 0:
                pieces.append((text[begun:at], True))
            if start > at:
                pieces.append((text[at:start], False))
            begun = start
        at = end
    if begun >= 0:
        pieces.append((text[begun:at], True))
    if at < len(text):
        pieces.append((text[at:], False))
    return tuple(pieces)


def shortened(pieces: Pieces, most: int = 2 * _AROUND) -> Pieces:
    """The same with what is long between the hits cut down; captions are short, but other people's cues may
    be pages.
    """
    made: list[tuple[str, bool]] = []
    for n, (text, hit) in enumerate(pieces):
        if hit or len(text) <= most:
            made.append((text, hit))
        elif n == 0:
            made.append((ending(text), False))
        elif n == len(pieces) - 1:
            made.append((beginning(text), False))
        else:
            made.append((f"{beginning(text)} {ending(text)}", False))
    return tuple(made)


def ending(text: str) -> str:
    """The last words of a text."""
    if len(text) <= _AROUND:
        return text
    cut = text[-_AROUND:]
    return f"… {cut.partition(' ')[2] or cut}"


def beginning(text: str) -> str:
    """The first words of a text."""
    if len(text) <= _AROUND:
        return text
    cut = text[:_AROUND]
    return f"{cut.rpartition(' ')[0] or cut} …"
