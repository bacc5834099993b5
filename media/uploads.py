"""Uploads: files that come in pieces, kept until they are whole and have become originals.

Each has a folder of its own below `.onrecord/uploads/`, named by a random word: `data` is what came, `upload.json` what
is known of it. Nothing that a browser says becomes part of a path. The offset in `upload.json` counts only bytes that
were brought to the disk first, so after a crash or a power cut the upload goes on from there, and what lies beyond it
is cut off and sent again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal

from onrecord import __version__
from onrecord.archive import Archive
from onrecord.console import amount
from onrecord.errors import ConflictError, FetchError, NotFoundError, UsageError
from onrecord.files import make_folder, sync_folder, translated, write_text
from onrecord.locks import lock
from onrecord.media.arrival import Arrival
from onrecord.media.local import copy
from onrecord.media.partial import Bounds
from onrecord.space import require_space

SCHEME = "upload"
KEPT = timedelta(days=7)  # after the last byte that came
_ID = re.compile(r"[a-f0-9]{32}")
_STEP = 8 << 20  # bytes after which what came is brought to the disk; a crash costs so much at most
_MOST_AT_ONCE = 100  # unfinished uploads of one archive
Algorithm = Literal["sha1", "sha256"]
ALGORITHMS: tuple[Algorithm, ...] = ("sha1", "sha256")


class ChecksumError(ConflictError):
    """A piece came otherwise than it was sent; it was thrown away, and the upload stands where it stood."""


@dataclass(frozen=True)
class Upload:
    """What is known of an upload. `length` and `offset` are in bytes; `name` is what its sender calls the file.

    `until` is when it is thrown away if nothing more comes; `recording_id` the recording that it has become.
    """

    id: str
    stem: str
    name: str
    length: int
    offset: int
    by: str
    made: datetime
    until: datetime
    recording_id: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.offset == self.length

    @property
    def source(self) -> str:
        """How an event's file names it."""
        return f"{SCHEME}:{self.id}"


def upload_of(source: str) -> str | None:
    """The id of the upload that a source names; None for any other source."""
    scheme, _, name = source.strip().partition(":")
    return name if scheme == SCHEME and _ID.fullmatch(name) else None


class Uploads:
    """The uploads of an archive."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.folder = archive.hidden / "uploads"
        self.bounds = Bounds(int(archive.settings.number("fetch.max-gigabytes") * 1e9))

    # What is there

    def find(self, upload_id: str) -> Upload:
        """An upload by its id. Raises `NotFoundError`, also when it has expired."""
        found = self._read(upload_id)
        if found is None:
            raise NotFoundError(
                "there is no such upload, or it has expired.", advice="Begin the upload anew."
            )
        return found

    def standing(self, upload_id: str) -> Upload:
        """The same, once whoever writes it has let go. Raises `LockedError` when that does not happen soon."""
        self.find(upload_id)
        with lock(self.archive, f"upload.{upload_id}", wait=5, doing="upload"):
            return self.find(upload_id)

    def all(self) -> tuple[Upload, ...]:
        """Every upload, the oldest first."""
        if not self.folder.is_dir():
            return ()
        found = [one for place in self.folder.iterdir() if (one := self._read(place.name)) is not None]
        return tuple(sorted(found, key=lambda one: (one.made, one.id)))

    def data(self, upload: Upload) -> Path:
        """Where what came lies."""
        return self.folder / upload.id / "data"

    def _read(self, upload_id: str) -> Upload | None:
        if not _ID.fullmatch(upload_id):
            return None
        try:
            row = json.loads((self.folder / upload_id / "upload.json").read_text(encoding="utf-8"))
            made, until = (datetime.fromisoformat(row.pop(key)) for key in ("made", "until"))
            return Upload(**row, made=made, until=until)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, upload: Upload) -> None:
        """Writes down, durably, what is known of an upload."""
        row = {**asdict(upload), "made": upload.made.isoformat(), "until": upload.until.isoformat()}
        write_text(self.folder / upload.id / "upload.json", json.dumps(row, ensure_ascii=False) + "\n")

    # Beginning, going on, ending

    def begin(self, stem: str, *, name: str, length: int, by: str, now: datetime | None = None) -> Upload:
        """Makes room for a file of `length` bytes that belongs to an event.

        Raises `FetchError` when it is larger than the archive takes, `StorageError` when the disk has no room for it
        and for all others that are on their way, `ConflictError` when too many are.
        """
        now = now or datetime.now(UTC)
        if length <= 0:
            raise UsageError("the file is empty.", advice="Choose the recording itself.")
        with lock(self.archive, "uploads", wait=10, doing="beginning an upload"):
            coming = [one for one in self.all() if not one.whole]
            if len(coming) >= _MOST_AT_ONCE:
                raise ConflictError(
                    f"{len(coming)} uploads are on their way already.",
                    advice="Let them end, or take those back that nobody goes on with.",
                )
            if length > self.bounds.largest:
                most = amount(self.bounds.largest, "bytes")
                raise FetchError(
                    f"the file is larger than {most}, the most that this archive takes.",
                    permanent=True,
                    advice="Whoever looks after the archive can raise 'max-gigabytes' under [fetch].",
                )
            make_folder(self.folder, private=True)
            owed = sum(one.length - one.offset for one in coming)
            require_space(self.archive, owed + length)
            upload = Upload(
                secrets.token_hex(16), stem, shown_name(name), length, 0, by, now, now + KEPT,
            )  # fmt: skip
            place = make_folder(self.folder / upload.id, private=True)
            with translated(place):
                (place / "data").touch(mode=0o600)
            self.note(upload)
            sync_folder(self.folder)
        return upload

    @contextmanager
    def writing(
        self, upload_id: str, offset: int, *, algorithm: Algorithm | None = None, now: datetime | None = None
    ) -> Iterator[Writer]:
        """Takes the bytes that follow `offset`. What was written stands when the block is left, however it is left;
        with `algorithm` only once `Writer.check` has found it right.

        Raises `ConflictError` when the upload stands at another offset, `LockedError` when another one writes it.
        """
        with lock(self.archive, f"upload.{upload_id}", wait=5, doing="upload"):
            upload = self.find(upload_id)
            if offset != upload.offset:
                raise ConflictError(
                    f"the upload stands at byte {upload.offset}, not at {offset}.", advice="Go on from there."
                )
            with translated(self.data(upload)), self.data(upload).open("r+b") as file:
                file.truncate(offset)
                file.seek(offset)
                writer = Writer(self, upload, file, algorithm, now or datetime.now(UTC))
                try:
                    yield writer
                finally:
                    writer.settle()

    def register(self, upload: Upload, **values: object) -> str:
        """Writes a whole upload into its event's file as the source of a recording, once; the recording's id.

        One that was taken out of the file again is not written in anew.
        """
        from onrecord.events.registry import Registry  # pulls in the writer of TOML
        from onrecord.media.registering import Register

        if upload.recording_id:
            return upload.recording_id
        register = Register(self.archive, upload.stem, upload.source, values)
        Registry(self.archive, keep=True).edit(upload.stem, register)
        self.note(replace(upload, recording_id=register.recording_id))
        return register.recording_id

    def register_all(self) -> list[Upload]:
        """Registers what is whole and was not registered, since the server was stopped in between; gives those."""
        left = [one for one in self.all() if one.whole and not one.recording_id]
        for one in left:
            try:
                self.register(one)
            except NotFoundError:
                continue  # its event is gone; it expires
        return left

    def end(self, upload_id: str, *, name: str) -> Upload:
        """Says that what has come is all there is: for a sender that could not say before how much it would be, nor what
        it calls the file.

        Raises `UsageError` when nothing has come.
        """
        with lock(self.archive, f"upload.{upload_id}", wait=5, doing="upload"):
            upload = self.find(upload_id)
            if not upload.offset:
                raise UsageError("the file is empty.", advice="Choose the recording itself.")
            upload = replace(upload, length=upload.offset, name=shown_name(name))
            self.note(upload)
        return upload

    def discard(self, upload_id: str) -> None:
        """Throws an upload away."""
        upload = self._read(upload_id)
        if upload is None:
            return
        with lock(self.archive, f"upload.{upload_id}", wait=5, doing="upload"):
            shutil.rmtree(self.folder / upload.id, ignore_errors=True)
        (self.archive.hidden / "locks" / f"upload.{upload_id}.lock").unlink(missing_ok=True)

    def sweep(self, wanted: frozenset[str], now: datetime | None = None) -> int:
        """Throws away what nobody went on with; `wanted` are the sources that events name. Returns how many."""
        now = now or datetime.now(UTC)
        gone = [one for one in self.all() if one.until <= now and one.source not in wanted]
        for one in gone:
            self.discard(one.id)
        if self.folder.is_dir():  # what a crash left before anything was known of it
            for place in self.folder.iterdir():
                age = now.timestamp() - place.stat().st_mtime
                if self._read(place.name) is None and age > KEPT.total_seconds():
                    shutil.rmtree(place, ignore_errors=True)
        return len(gone)

    # Becoming an original

    def take(self, upload_id: str, part: Path, shown: str) -> Arrival:
        """Puts a whole upload at `part`, for the checks that make an original of it. The upload stays until they pass.

        Raises `FetchError` when it is gone, or not whole yet.
        """
        upload = self._read(upload_id)
        if upload is None:
            raise FetchError(
                "what was uploaded is not here any more.",
                permanent=True,
                advice=f"Upload the file again for {shown}.",
            )
        if not upload.whole:
            raise FetchError(
                f"the upload is not finished: {upload.offset} of {upload.length} bytes are here.",
                advice="Go on with it in the browser that began it.",
            )
        with translated(part):
            part.unlink(missing_ok=True)
            part.with_name(f"{part.name}.json").unlink(missing_ok=True)
            try:
                os.link(self.data(upload), part)
            except OSError:  # a disk that knows no second names
                copy(self.data(upload), part, self.bounds, tell=lambda done, total: None)
        return Arrival(
            part, f"{SCHEME}:{upload.name}", f"onrecord {__version__}", upload.length,
            metadata={"uploaded": {"name": upload.name, "at": upload.made.isoformat()}},
        )  # fmt: skip


class Writer:
    """Appends to an upload. `offset` is where it stands, counting what is not yet brought to the disk."""

    def __init__(
        self, uploads: Uploads, upload: Upload, file: BinaryIO, algorithm: Algorithm | None, now: datetime
    ) -> None:
        self.upload = upload
        self.offset = upload.offset
        self._uploads = uploads
        self._file = file
        self._digest = hashlib.new(algorithm, usedforsecurity=False) if algorithm else None
        self._proved = algorithm is None
        self._now = now

    def write(self, data: bytes) -> None:
        """Takes bytes. Raises `UsageError` for more than were announced, `StorageError` when the disk is full."""
        if self.offset + len(data) > self.upload.length:
            raise UsageError("more came than was announced.", advice="Begin the upload anew.")
        with translated(self._uploads.folder):
            self._file.write(data)
        self.offset += len(data)
        if self._digest is not None:
            self._digest.update(data)
        if self._proved and self.offset - self.upload.offset >= _STEP:
            require_space(self._uploads.archive)
            self.settle()

    def check(self, digest: bytes) -> None:
        """Holds what came against its checksum. Raises `ChecksumError`: then nothing of it stands."""
        assert self._digest is not None
        if self._digest.digest() != digest:
            raise ChecksumError("the piece is not as it was sent.", advice="Send it again.")
        self._proved = True

    def settle(self) -> None:
        """Brings what came to the disk, then notes how much that is."""
        if not self._proved:
            self._file.truncate(self.upload.offset)
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        if self.offset != self.upload.offset:
            self.upload = replace(self.upload, offset=self.offset, until=self._now + KEPT)
            self._uploads.note(self.upload)


def shown_name(name: str) -> str:
    """What a browser calls a file, as it may be shown and written down: its last part, without control characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(letter for letter in last if letter.isprintable())
    return plain.strip()[:200] or "recording"
