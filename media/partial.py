"""A file that is still arriving, and what it is the beginning of.

A beginning may be gone on with only when it is known to belong to the same thing: beside `x.part` lies `x.part.json`
with the address, the server's validators (RFC 9110 section 8.8) and the whole size. Losing both costs a new start.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from onrecord.console import amount
from onrecord.errors import FetchError, StorageError
from onrecord.files import free_bytes, translated, write_text

OVERLAP = 1 << 16  # so much of the beginning is asked for again and compared
_LOOK_EVERY = 64 << 20  # how often the free space is looked at, in bytes


@dataclass(frozen=True)
class Bounds:
    """How much a fetch may take, in bytes: the largest recording, and what must stay free on the disk."""

    largest: int
    floor: int = 200 << 20

    def check(self, folder: Path, total: int, have: int = 0) -> None:
        """Raises `FetchError` when a recording of `total` bytes is too large, `StorageError` when it will not fit."""
        if total > self.largest:
            raise FetchError(
                f"the recording is larger than {amount(self.largest, 'bytes')}, the most that is fetched.",
                permanent=True,
                advice="If it should be fetched, set a larger max-gigabytes in [fetch] in onrecord.toml.",
            )
        if free_bytes(folder) - (total - have) < self.floor:
            raise StorageError(
                f"there is not room enough for {amount(total - have, 'bytes')} more.",
                path=folder,
                advice="Free some space, then run the same command again; nothing was lost.",
            )


@dataclass(frozen=True)
class Origin:
    """What a beginning belongs to. `of` is the address or path; the rest is what its server or disk says of it."""

    of: str
    etag: str = ""
    modified: str = ""
    total: int | None = None


class Partial:
    """The beginning at `path`."""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self.path = path
        self.bounds = bounds
        self._note = path.with_name(f"{path.name}.json")

    @property
    def size(self) -> int:
        """How much is here, in bytes."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def origin(self, of: str) -> Origin | None:
        """What the beginning belongs to, when it is known and is `of`; otherwise the beginning is thrown away."""
        try:
            found = Origin(**json.loads(self._note.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            found = None
        if found is None or found.of != of or not self.path.is_file():
            self.discard()
            return None
        return found

    def begin(self, origin: Origin) -> None:
        """Starts anew."""
        self.discard()
        write_text(self._note, json.dumps(asdict(origin)))

    def discard(self) -> None:
        """Throws the beginning away."""
        with translated(self.path):
            self._note.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)

    def same(self, at: int, data: bytes) -> bool:
        """Whether the bytes at `at` are `data`, as far as there are any."""
        with translated(self.path), self.path.open("rb") as file:
            file.seek(at)
            return file.read(len(data)) == data[: max(0, self.size - at)]

    def open(self) -> BinaryIO:
        """The file, to go on at its end."""
        with translated(self.path):
            return self.path.open("ab")

    def writer(
        self, file: BinaryIO, total: int | None, tell: Callable[[int, int | None], None]
    ) -> Callable[[bytes], None]:
        """A function that appends to the opened file within the bounds, and tells how much is there."""
        size = file.seek(0, 2)
        looked = size

        def write(data: bytes) -> None:
            nonlocal size, looked
            if size + len(data) > self.bounds.largest:
                self.bounds.check(self.path.parent, size + len(data), size)
            if size + len(data) - looked >= _LOOK_EVERY:
                self.bounds.check(self.path.parent, size, size)
                looked = size
            with translated(self.path):
                file.write(data)
            size += len(data)
            tell(size, total)

        return write
