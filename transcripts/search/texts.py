"""What was said, as it was written: the pieces of 16 cues in which the index keeps it for showing.

A cue of more than 200 words, as other people's files have them, is kept as several parts, each with its share of
the cue's time. So no question ever has to read more than a few kilobytes to show a moment.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from onrecord.transcripts.model import Cue

PIECE = 16  # cues
PIECE_BITS = 24  # a transcript has fewer than 16 million pieces
_AT_ONCE = 500  # pieces
MOST_WORDS = 200  # of one part of a cue
_LATEST = (1 << 31) - 1  # milliseconds; 24 days


class Piece(NamedTuple):
    """Some cues of a transcript in a row, or parts of very long ones. `numbers` are their starts, ends, speakers and
    languages, one column after the other; the last two are numbers in the transcript's lists.
    """

    ids: list[str]
    texts: list[str]
    numbers: Sequence[int]

    @property
    def languages(self) -> Sequence[int]:
        """The language of each."""
        return self.numbers[3 * len(self.ids) :]


def cut(cue: Cue) -> Iterator[tuple[str, int, int]]:
    """The text of a cue, with its start and end in ms: once, or in parts where it is very long."""
    spoken = [word.text for word in cue.words]
    start = min(max(cue.start, 0), _LATEST)
    end = min(max(cue.end, start), _LATEST)
    if len(spoken) <= MOST_WORDS:
        yield _line(spoken), start, end
        return
    length, count = end - start, len(spoken)
    for first in range(0, count, MOST_WORDS):
        last = min(first + MOST_WORDS, count)
        yield _line(spoken[first:last]), start + length * first // count, start + length * last // count


def _line(spoken: Sequence[str]) -> str:
    text = " ".join(spoken)
    return text.replace("\n", " ") if "\n" in text else text


def pack_numbers(numbers: array[int]) -> bytes:
    """Little-endian 32-bit numbers."""
    if sys.byteorder == "big":
        numbers = array("i", numbers)
        numbers.byteswap()
    return numbers.tobytes()


def unpack_numbers(data: bytes) -> array[int]:
    """Reads what `pack_numbers` has written."""
    numbers = array("i")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class Parts:
    """Gathers the parts of a transcript, in order, and packs them into pieces."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._texts: list[str] = []
        self._columns = tuple(array("i") for _ in range(4))

    def add(self, name: str, text: str, start: int, end: int, speaker: int, language: int) -> None:
        """Adds a part."""
        self._ids.append(name.replace("\n", " "))
        self._texts.append(text)
        starts, ends, speakers, languages = self._columns
        starts.append(start)
        ends.append(end)
        speakers.append(speaker)
        languages.append(language)

    def packed(self) -> Iterator[bytes]:
        """The pieces as they stand in the index."""
        for first in range(0, len(self._ids), PIECE):
            last = first + PIECE
            lines = self._ids[first:last] + self._texts[first:last]
            numbers = array("i", [len(lines) // 2])
            for column in self._columns:
                numbers += column[first:last]
            text = "\n".join(lines)
            yield pack_numbers(numbers) + text.encode("utf-8", "replace")


def unpack(data: bytes) -> Piece:
    """Reads a packed piece; raises `ValueError` or `LookupError` for anything else."""
    count = int.from_bytes(data[:4], "little")
    numbers = unpack_numbers(data[4 : 4 + 16 * count])
    lines = data[4 + 16 * count :].decode("utf-8").split("\n")
    if len(lines) != 2 * count or len(numbers) != 4 * count:
        raise ValueError("a piece of text has not as many lines as cues")
    return Piece(lines[:count], lines[count:], numbers)


class Texts:
    """Reads the cues of transcripts, which are counted from 0; a piece is read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._held: dict[int, Piece | None] = {}

    def fetch(self, wanted: Iterable[tuple[int, int, int]]) -> None:
        """Reads at once what will be asked for: of a transcript, from one cue to another."""
        rows = {
            transcript << PIECE_BITS | row
            for transcript, first, last in wanted
            for row in range(first // PIECE, last // PIECE + 1)
        }
        missing = sorted(rows - self._held.keys())
        for begin in range(0, len(missing), _AT_ONCE):
            some = missing[begin : begin + _AT_ONCE]
            marks = ",".join("?" * len(some))
            self._held.update(dict.fromkeys(some))
            for row, data in self._connection.execute(
                f"SELECT id, data FROM piece WHERE id IN ({marks})",  # noqa: S608 - question marks
                some,
            ):
                self._held[row] = unpack(data)

    def piece(self, transcript: int, cue: int) -> tuple[Piece, int] | None:
        """The piece in which a cue stands, and its place there; None before the first and after the last."""
        if cue < 0:
            return None
        row, n = divmod(cue, PIECE)
        key = transcript << PIECE_BITS | row
        if key not in self._held:
            self.fetch([(transcript, cue, cue)])
        piece = self._held[key]
        return (piece, n) if piece is not None and n < len(piece.ids) else None


def spoken(connection: sqlite3.Connection, event: int) -> Iterator[tuple[str, str]]:
    """All that was said in an event, as (language, text as written), cue by cue."""
    for number, languages in connection.execute(
        "SELECT number, languages FROM transcript WHERE event = ? ORDER BY number", (event,)
    ).fetchall():
        names = json.loads(languages)
        span = (number << PIECE_BITS, (number + 1 << PIECE_BITS) - 1)
        for (data,) in connection.execute("SELECT data FROM piece WHERE id BETWEEN ? AND ?", span):
            piece = unpack(data)
            for language, text in zip(piece.languages, piece.texts, strict=True):
                yield names[language], text
