"""What a moment says, as it was written, with the hits marked and a little of what was said around it."""

from __future__ import annotations

import itertools
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onrecord.transcripts.folding import places
from onrecord.transcripts.search.moments import Span
from onrecord.transcripts.search.query import Clause, Phrase
from onrecord.transcripts.search.texts import Part, Texts
from onrecord.transcripts.search.wordnumbers import folded

_AROUND = 120  # characters of a neighbour that are shown
_ENDINGS = (".", "!", "?", "…", "»", "”", '"')

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Excerpt:
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
    texts: Texts, span: Span, first_words: Sequence[int], marks: Sequence[tuple[int, int]]
) -> Excerpt:
    """What is said in a moment. `first_words` are the numbers of the first words of the cues that are shown, `marks`
    the first and last words of the hits in them, in order.
    """
    longest = max([last - first for first, last in marks], default=0)
    ends = [*first_words[1:], sys.maxsize]
    shown = texts.parts(span.cue, len(first_words))
    if not shown:
        raise LookupError("a moment's text is missing")
    pieces: list[tuple[str, bool]] = []
    for part, begins, until in zip(shown, first_words, ends, strict=False):
        if pieces and part.text:
            pieces.append((" ", False))
        here = marks[bisect_left(marks, (begins - longest,)) : bisect_left(marks, (until,))]
        if here:
            pieces += marked(part.text, _places(part.text, begins, here))
        elif part.text:
            pieces.append((part.text, False))
    return Excerpt(
        cue_id=shown[0].id,
        start=shown[0].start,
        end=max([part.end for part in shown]),
        speaker=shown[0].speaker,
        language=shown[0].language,
        before=_before(texts, span.cue, shown[0]),
        pieces=shortened(joined(pieces)),
        after=_after(texts, span.cue + len(shown) - 1, shown[-1]),
    )


def _before(texts: Texts, first: int, shown: Part) -> str:
    """The cue before, and what stands before that of the sentence."""
    said = ""
    for number in range(first - 1, max(first - 8, -1), -1):
        part = texts.part(number)
        if part is None or (said and (part.speaker != shown.speaker or part.text.endswith(_ENDINGS))):
            break
        said = f"{part.text} {said}".strip()
        if len(said) > _AROUND:
            break
    return ending(said)


def _after(texts: Texts, last: int, shown: Part) -> str:
    """The cue after, and what stands after that of the sentence."""
    said = ""
    for number in range(last + 1, last + 8):
        part = texts.part(number)
        if part is None or (said and (part.speaker != shown.speaker or said.endswith(_ENDINGS))):
            break
        said = f"{said} {part.text}".strip()
        if len(said) > _AROUND:
            break
    return beginning(said)


def _places(text: str, begins: int, marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the hits stand in the text of a cue whose first word has the number `begins`."""
    here = [
        (first - begins if first > begins else 0, last - begins) for first, last in marks if last >= begins
    ]
    if not here:
        return []
    spelled = text.split(" ")
    counts = list(map(len, map(folded.__getitem__, spelled)))
    plain = counts.count(1) == len(spelled)  # every written word is one word, as most are
    ends = counts if plain else list(itertools.accumulate(counts))
    total = len(spelled) if plain else ends[-1]

    found: list[tuple[int, int]] = []
    for first, last in here:
        if first < total:
            begin, end = _bounds(spelled, *((first, 0) if plain else _written(ends, counts, first)))
            if last > first:
                word = min(last, total - 1)
                _, end = _bounds(spelled, *((word, 0) if plain else _written(ends, counts, word)))
            found.append((begin, end))
    return found


def _written(ends: Sequence[int], counts: Sequence[int], word: int) -> tuple[int, int]:
    """Which written word a word belongs to, and which of its words it is."""
    number = bisect_right(ends, word)
    return number, word - ends[number] + counts[number]


def _bounds(spelled: list[str], number: int, word: int) -> tuple[int, int]:
    """Where in a text a word of a written word begins and ends."""
    before = sum(map(len, spelled[:number])) + number
    text = spelled[number]
    if folded[text][0] == text.lower():
        return before, before + len(text)
    _, start, end = places(text)[word]
    return before + start, before + end


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
    return joined(marked(text, marks))


def marked(text: str, marks: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut at the edges of its marks, which may overlap."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(marks):
        begin = start if start > at else at
        if begin >= end:
            continue
        if begin > at:
            pieces.append((text[at:begin], False))
        pieces.append((text[begin:end], True))
        at = end
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def joined(pieces: Iterable[tuple[str, bool]]) -> Pieces:
    """The same with neighbours of one kind made one."""
    made: list[tuple[str, bool]] = []
    for text, hit in pieces:
        if made and made[-1][1] == hit:
            made[-1] = (made[-1][0] + text, hit)
        else:
            made.append((text, hit))
    return tuple(made)


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
