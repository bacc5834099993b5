"""What was said, as it was written: the pieces of 16 cues in which the index keeps it for showing.

A cue of more than 200 words, as other people's files have them, is kept as several parts, each with its share of
the cue's time. So no question ever has to read more than a few kilobytes to show a moment.

A piece is the number of its cues; for each of them its start and end in ms, the numbers of its speaker and its language,
where its text ends, and how many of its written words are none or several to the index; the texts in lines; and the cues'
names in lines.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from onrecord.transcripts.search.columns import Columns
from onrecord.transcripts.search.hits import Numbers

PIECE = 16  # cues
PIECE_BITS = 24  # a transcript has fewer than 16 million pieces
_AT_ONCE = 500  # pieces
_LINE_FEED = 10
_NUMBERS = 6  # of each cue
_START, _END, _SPEAKER, _LANGUAGE, _UNTIL, _UNLIKE = range(_NUMBERS)


def pack_numbers(numbers: array[int]) -> bytes:
    """Little-endian 32-bit numbers."""
    if sys.byteorder == "big":
        numbers = array("i", numbers)
        numbers.byteswap()
    return numbers.tobytes()


def packed(columns: Columns, unlike: Numbers | None) -> Iterator[bytes]:
    """The pieces of a transcript as they stand in the index. `unlike` says how many written words of each cue are none or
    several words to the index; None is for no such word at all.
    """
    lines = columns.lines
    until = np.flatnonzero(np.frombuffer(lines, np.uint8) == _LINE_FEED) + 1
    count = len(until)
    begins = np.append(0, until[PIECE - 1 : -1 : PIECE])  # of the texts of each piece
    numbers = np.empty((count, _NUMBERS), "<i4")
    for n, column in enumerate((columns.starts, columns.ends, columns.speakers, columns.languages)):
        numbers[:, n] = column
    numbers[:, _UNTIL] = until - np.repeat(begins, PIECE)[:count]
    numbers[:, _UNLIKE] = 0 if unlike is None else unlike
    every, size = numbers.tobytes(), _NUMBERS * 4
    edges = [*begins.tolist(), len(lines)]
    names = columns.ids
    if "\n" in "".join(names):
        names = [name.replace("\n", " ") for name in names]
    for n, first in enumerate(range(0, count, PIECE)):
        last = min(first + PIECE, count)
        yield b"".join(
            (
                (last - first).to_bytes(4, "little"),
                every[size * first : size * last],
                lines[edges[n] : edges[n + 1]],
                "\n".join(names[first:last]).encode("utf-8", "replace"),
            )
        )


class Piece:
    """Some cues of a transcript in a row, or parts of very long ones: the `n`-th of `count`. What is asked for is read,
    the rest stays as it is.

    Raises `ValueError` or `LookupError` for what is not one.
    """

    __slots__ = ("_begin", "_data", "_numbers", "count")

    def __init__(self, data: bytes) -> None:
        self.count = count = int.from_bytes(data[:4], "little")
        self._begin = begin = 4 + 4 * _NUMBERS * count
        if len(data) < begin:
            raise ValueError("a piece of text is cut off")
        self._numbers: tuple[int, ...] = struct.unpack_from(f"<{_NUMBERS * count}i", data, 4)
        self._data = data

    def start(self, n: int) -> int:
        """When it begins, in ms."""
        return self._numbers[_NUMBERS * n + _START]

    def end(self, n: int) -> int:
        """When it ends, in ms."""
        return self._numbers[_NUMBERS * n + _END]

    def speaker(self, n: int) -> int:
        """Its speaker's number in the transcript's list."""
        return self._numbers[_NUMBERS * n + _SPEAKER]

    def language(self, n: int) -> int:
        """Its language's number in the transcript's list."""
        return self._numbers[_NUMBERS * n + _LANGUAGE]

    def text(self, n: int) -> str:
        """What is said."""
        return self.lines(n, n + 1)

    def lines(self, first: int, last: int) -> str:
        """What is said from one cue to before another, in lines."""
        begin = self._numbers[_NUMBERS * (first - 1) + _UNTIL] if first else 0
        end = self._numbers[_NUMBERS * (last - 1) + _UNTIL] - 1
        return self._data[self._begin + begin : self._begin + end].decode()

    def latest(self, first: int, last: int) -> int:
        """When the last of some cues ends, in ms."""
        return max(self._numbers[_NUMBERS * first + _END : _NUMBERS * last : _NUMBERS])

    def alike(self, first: int, last: int) -> bool:
        """Whether each written word of some cues is one word to the index, as most are."""
        return not any(self._numbers[_NUMBERS * first + _UNLIKE : _NUMBERS * last : _NUMBERS])

    def name(self, n: int) -> str:
        """The cue's name."""
        names = self._data[self._begin + self._numbers[_NUMBERS * (self.count - 1) + _UNTIL] :].decode()
        return names.split("\n")[n]


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
                self._held[row] = Piece(data)

    def piece(self, transcript: int, cue: int) -> tuple[Piece, int] | None:
        """The piece in which a cue stands, and its place there; None before the first and after the last."""
        if cue < 0:
            return None
        row, n = divmod(cue, PIECE)
        key = transcript << PIECE_BITS | row
        if key not in self._held:
            self.fetch([(transcript, cue, cue)])
        piece = self._held[key]
        return (piece, n) if piece is not None and n < piece.count else None

    def passage(self, transcript: int, first: int, last: int) -> list[tuple[Piece, int, int]]:
        """The pieces with some cues, from one to before another, each with the first and what comes after the last there.

        Raises `LookupError` where one is missing.
        """
        found: list[tuple[Piece, int, int]] = []
        while first < last:
            row, n = divmod(first, PIECE)
            until = min(n + last - first, PIECE)
            key = transcript << PIECE_BITS | row
            if key not in self._held:
                self.fetch([(transcript, first, first)])
            piece = self._held[key]
            if piece is None or until > piece.count:
                raise LookupError("a moment's text is missing")
            found.append((piece, n, until))
            first += until - n
        return found


def spoken(connection: sqlite3.Connection, event: int) -> Iterator[tuple[str, str]]:
    """All that was said in an event, as (language, text as written), cue by cue."""
    for number, languages in connection.execute(
        "SELECT number, languages FROM transcript WHERE event = ? ORDER BY number", (event,)
    ).fetchall():
        names = json.loads(languages)
        span = (number << PIECE_BITS, (number + 1 << PIECE_BITS) - 1)
        for (data,) in connection.execute("SELECT data FROM piece WHERE id BETWEEN ? AND ?", span):
            piece = Piece(data)
            for n in range(piece.count):
                yield names[piece.language(n)], piece.text(n)
