"""What a moment says, as it was written, with the hits marked and a little of what was said around it."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onrecord.transcripts.folding import places
from onrecord.transcripts.moments import Hit, Needle, Span
from onrecord.transcripts.stretches import Cues, written

_AROUND = 120  # characters of a neighbour that are shown

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


class Passage:
    """Stretches of one transcript, and the hits in it, from which moments are shown."""

    def __init__(
        self, connection: sqlite3.Connection, stretches: Sequence[tuple[Cues, int]], hits: Sequence[Hit]
    ) -> None:
        """`stretches` are in order, each with its row's number; so are the hits."""
        self._connection = connection
        self._stretches = stretches
        self._firsts = [cues.first for cues, _ in stretches]
        self._hits = hits
        self._texts: dict[int, tuple[list[str], list[str]]] = {}

    def excerpt(self, span: Span) -> Excerpt:
        """What is said in a moment."""
        cues, rowid = self._stretches[bisect_right(self._firsts, span.cue) - 1]
        n, last = span.cue - cues.first, span.last_cue - cues.first
        ids, texts = self._lines(rowid)
        hits = self._hits[
            bisect_left(self._hits, span.cue, key=_last_cue) : bisect_right(
                self._hits, span.last_cue, key=_cue
            )
        ]
        pieces: list[tuple[str, bool]] = []
        for place in range(n, last + 1):
            text = texts[place]
            if pieces and text:
                pieces.append((" ", False))
            pieces += marked(text, _marks(text, cues.words_before + cues.words[place], hits))
        return Excerpt(
            cue_id=ids[n],
            start=cues.starts[n],
            end=max(cues.ends[n : last + 1]),
            speaker=cues.speaker[n],
            language=cues.language[n],
            before=_ending(texts[n - 1] if n else self._last_before(rowid, cues.first)),
            pieces=shortened(joined(pieces)),
            after=_beginning(texts[last + 1]) if last + 1 < len(texts) else "",
        )

    def _lines(self, rowid: int) -> tuple[list[str], list[str]]:
        if rowid not in self._texts:
            row = self._connection.execute("SELECT written FROM stretch WHERE id = ?", (rowid,)).fetchone()
            self._texts[rowid] = written(row[0])
        return self._texts[rowid]

    def _last_before(self, rowid: int, first: int) -> str:
        """The text of the cue before a stretch's first one, which is the last one that the stretch before it
        owns.
        """
        if first == 0:
            return ""
        (packed,) = self._connection.execute("SELECT cues FROM stretch WHERE id = ?", (rowid - 1,)).fetchone()
        return self._lines(rowid - 1)[1][Cues.unpack(packed).own - 1]


def _cue(hit: Hit) -> int:
    return hit.cue


def _last_cue(hit: Hit) -> int:
    return hit.last_cue


def _marks(text: str, begins: int, hits: Iterable[Hit]) -> list[tuple[int, int]]:
    """Where the hits stand in the text of a cue whose first word has the number `begins`."""
    found = places(text)
    return [
        (found[max(hit.word - begins, 0)][1], found[min(hit.last_word - begins, len(found) - 1)][2])
        for hit in hits
        if found and hit.last_word >= begins and hit.word < begins + len(found)
    ]


def mark(text: str, needles: Sequence[Needle]) -> Pieces:
    """A text that stands by itself, such as a title, with the hits marked."""
    found = places(text)
    folded = f" {' '.join(word for word, _, _ in found)} "
    marks: list[tuple[int, int]] = []
    for needle in needles:
        at = folded.find(needle.text)
        while at >= 0:
            n = folded.count(" ", 0, at + 1) - 1
            marks.append((found[n][1], found[n + needle.words - 1][2]))
            at = folded.find(needle.text, at + 1)
    return joined(marked(text, marks))


def marked(text: str, marks: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut at the edges of its marks, which may overlap."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(marks):
        begin = max(start, at)
        if begin >= end:
            continue
        pieces += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


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
            made.append((_ending(text), False))
        elif n == len(pieces) - 1:
            made.append((_beginning(text), False))
        else:
            made.append((f"{_beginning(text)} {_ending(text)}", False))
    return tuple(made)


def _ending(text: str) -> str:
    if len(text) <= _AROUND:
        return text
    cut = text[-_AROUND:]
    return f"… {cut.partition(' ')[2] or cut}"


def _beginning(text: str) -> str:
    if len(text) <= _AROUND:
        return text
    cut = text[:_AROUND]
    return f"{cut.rpartition(' ')[0] or cut} …"
