"""The journal of one transcription: every finished piece, kept with all that the engine said of it.

Lines of JSON, appended and synced one by one, so that whatever ends the work, at most the piece in hand is
lost. The first line says which work this is (original, engine, model, settings); the journal of other work is
set aside, never mixed in. It stays when the work is done: the transcript keeps one bit of a word's
confidence, the journal all of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from onrecord.files import sync_folder, translated, write_bytes
from onrecord.transcripts.engines import HeardWord, Segment

_FORMAT = 1


@dataclass(frozen=True)
class Work:
    """What a transcription is of, and how; all of it stands in the journal's first line.

    The prompt is not what makes two transcriptions the same work: half a day of it shall not be lost because
    somebody added a speaker meanwhile. Work that is taken up again goes on with the prompt that it began
    with.
    """

    original_sha256: str
    track: int
    engine: str
    model: str
    languages: tuple[str, ...]
    chunk_minutes: float
    prompt: str = ""

    def same(self, other: Work | None) -> bool:
        """Whether pieces of both can stand in one transcript."""
        return other is not None and replace(self, prompt="") == replace(other, prompt="")


@dataclass(frozen=True)
class Piece:
    """One piece of the recording, in milliseconds; times inside are on the recording's clock.

    `failure` says why it could not be recognised, and is empty when it could.
    """

    start: int
    end: int
    voiced: tuple[tuple[int, int], ...] = ()
    segments: tuple[Segment, ...] = field(default=(), repr=False)
    failure: str = ""


@dataclass(frozen=True)
class Held:
    """What a journal holds: its work, its pieces in order of time, and the recording's length once it is
    known.
    """

    work: Work | None
    pieces: tuple[Piece, ...]
    end: int | None

    @property
    def done(self) -> int:
        """How many milliseconds of the recording are recognised."""
        return sum(piece.end - piece.start for piece in self.pieces if not piece.failure)

    @property
    def failed(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.failure)

    @property
    def reached(self) -> int:
        """The position up to which every piece was tried."""
        return max((piece.end for piece in self.pieces), default=0)

    @property
    def finished(self) -> bool:
        return self.end is not None and not self.failed


def read_journal(path: Path) -> Held:
    """What stands in a journal; a torn or damaged line ends the reading there. No file, or another format:
    nothing.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[Held, int]:
    """What a journal holds, and how many bytes of it are whole."""
    try:
        with translated(path):
            data = path.read_bytes()
    except FileNotFoundError:
        return Held(None, (), None), 0
    work: Work | None = None
    pieces: dict[int, Piece] = {}
    end: int | None = None
    whole = 0
    for line in data.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            row = json.loads(line)
            if work is None:
                if row.pop("journal") != _FORMAT:
                    break
                work = Work(**{**row, "languages": tuple(row["languages"])})
            elif "finished" in row:
                end = int(row["finished"])
            else:
                piece = _piece(row)
                pieces[piece.start] = piece  # a later line about a piece stands for the earlier one
        except (ValueError, KeyError, TypeError, AttributeError):
            break
        whole += len(line)
    return Held(work, tuple(pieces[start] for start in sorted(pieces)), end), whole


class Journal:
    """A journal that is open for appending."""

    def __init__(self, path: Path, held: Held) -> None:
        self.path = path
        self.held = held

    @classmethod
    def open(cls, path: Path, work: Work, *, anew: bool = False) -> Journal:
        """Goes on with the journal of this work, or begins one; what a crash tore off at its end is cut away.

        The journal of other work, or with `anew` any, is kept beside under the name `<name>.old`.
        """
        held, whole = _read(path)
        with translated(path):
            if work.same(held.work) and not anew:
                if whole < path.stat().st_size:
                    os.truncate(path, whole)
                return cls(path, held)
            if path.exists():
                path.replace(path.with_name(f"{path.name}.old"))
                sync_folder(path.parent)
        write_bytes(path, _line({"journal": _FORMAT, **asdict(work)}))
        return cls(path, Held(work, (), None))

    def add(self, piece: Piece) -> None:
        """Keeps one piece, durably. Raises `StorageError` when it cannot be kept."""
        row: dict[str, Any] = {"start": piece.start, "end": piece.end}
        if piece.failure:
            row["failure"] = piece.failure
        else:
            row["voiced"] = piece.voiced
            row["segments"] = [_segment_row(segment) for segment in piece.segments]
        self._append(row)
        others = [one for one in self.held.pieces if one.start != piece.start]
        self.held = Held(
            self.held.work, tuple(sorted([*others, piece], key=lambda one: one.start)), self.held.end
        )

    def finish(self, end: int) -> None:
        """Notes that the recording ends at `end`, in milliseconds: no piece is missing behind the last."""
        if self.held.end != end:
            self._append({"finished": end})
            self.held = Held(self.held.work, self.held.pieces, end)

    def _append(self, row: dict[str, Any]) -> None:
        with translated(self.path), self.path.open("ab") as file:
            before = file.tell()
            try:
                file.write(_line(row))
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.truncate(self.path, before)  # half a line on a full disk
                raise


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _segment_row(segment: Segment) -> dict[str, Any]:
    words = [[word.text, word.start, word.end, word.confidence] for word in segment.words]
    return {
        "start": segment.start,
        "end": segment.end,
        "language": segment.language,
        "doubt": segment.doubt,
        "words": words,
    }


def _piece(row: dict[str, Any]) -> Piece:
    if "failure" in row:
        return Piece(row["start"], row["end"], failure=row["failure"])
    return Piece(
        row["start"],
        row["end"],
        tuple((a, b) for a, b in row["voiced"]),
        tuple(_segment(one) for one in row["segments"]),
    )


def _segment(row: dict[str, Any]) -> Segment:
    words: Sequence[Sequence[Any]] = row["words"]
    return Segment(
        row["start"], row["end"], tuple(HeardWord(*word) for word in words), row["language"], row["doubt"]
    )
