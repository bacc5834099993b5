"""What was said, as it was written: the pieces of 16 cues in which the index keeps it for showing.

A cue of more than 200 words, as other people's files have them, is kept as several parts, each with its share of
the cue's time. So no question ever has to read more than a few kilobytes to show a moment.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.transcripts.model import Cue

PIECE = 16  # cues
PIECE_BITS = 24  # a transcript has fewer than 16 million pieces
MOST_WORDS = 200  # of one part of a cue
_LATEST = (1 << 31) - 1  # milliseconds; 24 days


@dataclass(slots=True)
class Part:
    """A cue, or a part of a very long one. `speaker` and `language` are numbers in the transcript's lists."""

    id: str
    text: str
    start: int
    end: int
    speaker: int
    language: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some parts of a transcript in a row, column by column."""

    ids: Sequence[str]
    texts: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    speakers: Sequence[int]
    languages: Sequence[int]


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
    columns = [numbers[n * count : (n + 1) * count] for n in range(4)]
    return Piece(lines[:count], lines[count:], *columns)


class Texts:
    """Reads the parts of one transcript; a piece is read once."""

    def __init__(self, connection: sqlite3.Connection, transcript: int) -> None:
        self._connection = connection
        self._base = transcript << PIECE_BITS
        self._held: dict[int, Piece | None] = {}

    def part(self, number: int) -> Part | None:
        """The part with this number, counted from 0; None before the first and after the last."""
        if number < 0:
            return None
        row, n = divmod(number, PIECE)
        piece = self._held[row] if row in self._held else self._piece(row)
        if piece is None or n >= len(piece.ids):
            return None
        return Part(
            piece.ids[n], piece.texts[n], piece.starts[n], piece.ends[n], piece.speakers[n], piece.languages[n]
        )  # fmt: skip

    def parts(self, first: int, count: int) -> list[Part]:
        """Several parts in a row, from this number on; fewer at the end of the transcript."""
        found: list[Part] = []
        for row in range(first // PIECE, (first + count - 1) // PIECE + 1):
            piece = self._held[row] if row in self._held else self._piece(row)
            if piece is None:
                break
            here = slice(max(first - row * PIECE, 0), first + count - row * PIECE)
            found += map(
                Part,
                piece.ids[here], piece.texts[here], piece.starts[here], piece.ends[here],
                piece.speakers[here], piece.languages[here],
            )  # fmt: skip
        return found

    def _piece(self, number: int) -> Piece | None:
        row = self._connection.execute(
            "SELECT data FROM piece WHERE id = ?", (self._base | number,)
        ).fetchone()
        piece = self._held[number] = unpack(row[0]) if row else None
        return piece


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
