"""What a moment says, as it was written, with the hits marked and a little of what was said around it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
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


def excerpt(
    connection: sqlite3.Connection, span: Span, hits: Sequence[Hit], shown: Mapping[int, tuple[Cues, int]]
) -> Excerpt:
    """Reads what was said in a moment. `shown` names for each cue the stretch that it is read from."""
    texts: dict[int, tuple[list[str], list[str]]] = {}

    def text_of(cue: int) -> str:
        cues, rowid = shown[cue]
        return _lines(connection, rowid, texts)[1][cue - cues.first]

    pieces: list[tuple[str, bool]] = []
    for cue in range(span.cue, span.last_cue + 1):
        cues, _ = shown[cue]
        text = text_of(cue)
        found = places(text)
        begins = cues.words_before + cues.words[cue - cues.first]
        marks: list[tuple[int, int]] = []
        for hit in hits:
            if found and hit.last_word >= begins and hit.word < begins + len(found):
                first = found[max(hit.word - begins, 0)]
                last = found[min(hit.last_word - begins, len(found) - 1)]
                marks.append((first[1], last[2]))
        if pieces and text:
            pieces.append((" ", False))
        pieces += marked(text, marks)
    cues, rowid = shown[span.cue]
    last_cues, _ = shown[span.last_cue]
    n, last = span.cue - cues.first, span.last_cue - last_cues.first
    ids, _ = _lines(connection, rowid, texts)
    before = text_of(span.cue - 1) if span.cue - 1 in shown else _cue_before(connection, rowid, n, texts)
    after = text_of(span.last_cue + 1) if span.last_cue + 1 in shown else ""
    return Excerpt(
        cue_id=ids[n],
        start=cues.starts[n],
        end=last_cues.ends[last],
        speaker=cues.speaker[n],
        language=cues.language[n],
        before=_ending(before),
        pieces=shortened(joined(pieces)),
        after=_beginning(after),
    )


def _lines(
    connection: sqlite3.Connection, rowid: int, texts: dict[int, tuple[list[str], list[str]]]
) -> tuple[list[str], list[str]]:
    if rowid not in texts:
        row = connection.execute("SELECT written FROM stretch WHERE id = ?", (rowid,)).fetchone()
        texts[rowid] = written(row[0]) if row else ([], [])
    return texts[rowid]


def _cue_before(
    connection: sqlite3.Connection, rowid: int, n: int, texts: dict[int, tuple[list[str], list[str]]]
) -> str:
    """The text of the cue before the n-th of a stretch, which the stretch before it owns when n is 0."""
    if n:
        return _lines(connection, rowid, texts)[1][n - 1]
    row = connection.execute("SELECT cues FROM stretch WHERE id = ?", (rowid - 1,)).fetchone()
    if row is None:
        return ""
    cues = Cues.unpack(row[0])
    here = Cues.unpack(connection.execute("SELECT cues FROM stretch WHERE id = ?", (rowid,)).fetchone()[0])
    if cues.first + cues.own != here.first:
        return ""
    return _lines(connection, rowid - 1, texts)[1][cues.own - 1]


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
