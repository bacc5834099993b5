"""Segments: the posting lists of what was taken in at once, and how small segments become large ones.

A segment's positions are counted from 0. Merging keeps the order of the events, leaves out positions that lie
dead because their event was taken in again or removed, and holds no more than a few megabytes at a time.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

import numpy as np

from onrecord.transcripts.search.layout import RECORD, SAID

_TOGETHER = 8  # segments of one size that are merged into one
_AT_ONCE = 1 << 20  # positions held while merging
_PLACE = {SAID: ("said_segment", "said_at"), RECORD: ("record_segment", "record_at")}


def new_segment(connection: sqlite3.Connection, kind: int, size: int) -> int:
    """A new segment's number; it is higher than that of every other one."""
    (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM segment").fetchone()
    connection.execute("INSERT INTO segment VALUES (?, ?, ?)", (number, kind, size))
    return int(number)


def write(
    connection: sqlite3.Connection,
    segment: int,
    words: Sequence[str],
    order: Iterable[int],
    positions: memoryview,
    ends: Sequence[int],
) -> None:
    """Writes a segment's posting lists: the positions of word `n` end before the `ends[n]`-th. `order` is that of
    the words.
    """
    connection.executemany(
        "INSERT INTO posting VALUES (?, ?, ?)",
        (
            (segment, words[n], positions[4 * begin : 4 * ends[n]])
            for n in order
            if (begin := ends[n - 1] if n else 0) < ends[n]
        ),
    )


def drop(connection: sqlite3.Connection, segments: Iterable[int]) -> None:
    """Takes segments out."""
    for segment in segments:
        connection.execute("DELETE FROM posting WHERE segment = ?", (segment,))
        connection.execute("DELETE FROM segment WHERE number = ?", (segment,))


def to_merge(connection: sqlite3.Connection, kind: int) -> list[int]:
    """The segments that are to become one now: eight of about one size, or one that is half dead; or none."""
    rows = connection.execute("SELECT number, size FROM segment WHERE kind = ?", (kind,)).fetchall()
    sizes: dict[int, list[int]] = {}
    for number, size in rows:
        sizes.setdefault(max(size >> 14, 1).bit_length() // 3, []).append(number)
    for _, numbers in sorted(sizes.items()):
        if len(numbers) >= _TOGETHER:
            return sorted(numbers)
    segment, _ = _PLACE[kind]
    living = dict(
        connection.execute(f"SELECT {segment}, sum({_size(kind)}) FROM event GROUP BY {segment}")  # noqa: S608 - our own names
    )
    for number, size in rows:
        if 2 * living.get(number, 0) < size:
            return [number]
    return []


def _size(kind: int) -> str:
    return "said_size" if kind == SAID else "record_size"


def merge(connection: sqlite3.Connection, kind: int, segments: list[int]) -> None:
    """Makes these segments one, without what lies dead in them."""
    segment, at = _PLACE[kind]
    marks = ", ".join("?" * len(segments))
    sizes = dict(
        connection.execute(f"SELECT number, size FROM segment WHERE number IN ({marks})", segments)  # noqa: S608
    )
    begins = dict(zip(segments, np.cumsum([0, *(sizes[one] for one in segments)]).tolist(), strict=False))
    living = connection.execute(
        f"SELECT number, {segment}, {at}, {_size(kind)} FROM event WHERE {segment} IN ({marks})"  # noqa: S608
        f" ORDER BY {segment}, {at}",
        segments,
    ).fetchall()
    if not living:
        drop(connection, segments)
        return
    old = np.array([begins[one] + place for _, one, place, _ in living], np.int64)
    lengths = np.array([size for *_, size in living], np.int64)
    new = np.cumsum(lengths) - lengths
    merged = new_segment(connection, kind, int(lengths.sum()))
    for rows in _batches(connection, segments):
        _write_merged(connection, merged, rows, begins, old, lengths, new)
    connection.executemany(
        f"UPDATE event SET {segment} = {merged}, {at} = ? WHERE number = ?",  # noqa: S608
        zip(new.tolist(), (number for number, *_ in living), strict=True),
    )
    drop(connection, segments)


def _batches(connection: sqlite3.Connection, segments: list[int]) -> Iterator[list[tuple[str, int, bytes]]]:
    """The posting lists of several segments in the order of their words; all lists of a word come together."""
    cursors = [
        connection.execute(
            "SELECT word, segment, positions FROM posting WHERE segment = ? ORDER BY word", (one,)
        )
        for one in segments
    ]
    held: list[tuple[str, int, bytes]] = []
    size = 0
    for row in heapq.merge(*cursors, key=itemgetter(0, 1)):
        if size >= _AT_ONCE and row[0] != held[-1][0]:
            yield held
            held, size = [], 0
        held.append(row)
        size += len(row[2]) >> 2
    if held:
        yield held


def _write_merged(
    connection: sqlite3.Connection,
    merged: int,
    rows: list[tuple[str, int, bytes]],
    begins: dict[int, int],
    old: np.ndarray,
    lengths: np.ndarray,
    new: np.ndarray,
) -> None:
    counts = np.array([len(data) >> 2 for _, _, data in rows])
    positions = np.frombuffer(b"".join([data for _, _, data in rows]), "<i4").astype(np.int64)
    positions += np.repeat([begins[segment] for _, segment, _ in rows], counts)
    of_row = np.repeat(np.arange(len(rows)), counts)
    event = np.searchsorted(old, positions, "right") - 1
    alive = (event >= 0) & (positions < old[event] + lengths[event])
    moved = (positions - old[event] + new[event])[alive].astype("<i4")
    kept = np.bincount(of_row[alive], minlength=len(rows))
    ends = np.cumsum(kept).tolist()
    data = moved.tobytes()
    written: list[tuple[int, str, bytes]] = []
    begin = 0
    for n, (word, _, _) in enumerate(rows):
        if n + 1 < len(rows) and rows[n + 1][0] == word:
            continue
        if ends[n] > begin:
            written.append((merged, word, data[4 * begin : 4 * ends[n]]))
        begin = ends[n]
    connection.executemany("INSERT INTO posting VALUES (?, ?, ?)", written)
