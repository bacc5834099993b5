"""Files that must last: written whole or not at all, and found again after a power cut."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from onrecord.errors import StorageError

_BLOCK = 1 << 20
_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, then run the same command again; nothing was lost."),
    errno.EDQUOT: (
        "the disk quota is used up",
        "Free some space, then run the same command again; nothing was lost.",
    ),
    errno.EROFS: ("the disk is read-only", "Make it writable, then run the same command again."),
    errno.EACCES: (
        "permission is denied",
        "Give yourself the right to this file or folder, then run it again.",
    ),
    errno.EPERM: (
        "the operation is not permitted",
        "Give yourself the right to this file or folder, then run it again.",
    ),
    errno.EFBIG: ("the file is too large for this disk", "Use a disk that takes larger files."),
}


def storage_error(error: OSError, path: Path) -> StorageError | None:
    """What a person should read of an operating-system error; None when it is not about storage."""
    if error.errno not in _REASONS:
        return None
    reason, advice = _REASONS[error.errno]
    return StorageError(f"{reason}.", advice=advice, path=path)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns operating-system errors about storage into `StorageError`."""
    try:
        yield
    except OSError as error:
        known = storage_error(error, Path(error.filename) if error.filename else path)
        if known is None:
            raise
        raise known from error


def sync_folder(folder: Path) -> None:
    """Makes a rename in `folder` last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, *, private: bool = False) -> Path:
    """Makes `folder` and its parents; a private one is for its owner alone (mode 0700)."""
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        if private and folder.stat().st_mode & 0o077:
            with suppress(PermissionError):  # somebody else's, who has let us in
                folder.chmod(0o700)
    return folder


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """A file that stands at `path` once the block ends well, and not at all when it does not.

    Temporary file in the same folder, fsync, rename, fsync of the folder. Raises `StorageError` for a full disk.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with translated(path):
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_bytes(path: Path, data: bytes) -> None:
    """Writes a whole file durably."""
    with durable_file(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Writes a whole UTF-8 text file durably, with its newlines as they are."""
    write_bytes(path, text.encode("utf-8"))


def settle(path: Path, target: Path) -> None:
    """Moves a finished file to its place durably: fsync, rename, fsync of the folder. Both on one disk."""
    with translated(target):
        make_folder(target.parent)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(target)
        sync_folder(target.parent)


def copy_file(source: Path, target: Path) -> None:
    """Copies one file durably, in blocks."""
    with source.open("rb") as reader, durable_file(target) as writer:
        shutil.copyfileobj(reader, writer, _BLOCK)


def sha256(path: Path) -> str:
    """The SHA-256 of a file as 64 hexadecimal digits, read in blocks."""
    digest = hashlib.sha256()
    with translated(path), path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def inside(root: Path, path: Path) -> bool:
    """Whether `path`, with links followed, lies inside `root`."""
    return path.resolve().is_relative_to(root.resolve())


def free_bytes(folder: Path) -> int:
    """The free space of the disk that `folder` is on, in bytes."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def exchange_folders(new: Path, place: Path) -> None:
    """Puts the folder `new` at `place`, and what stood there at `new`.

    A crash between the renames leaves the old folder as `.NAME.old`, which `recover_folder` puts back.
    """
    old = place.with_name(f".{place.name}.old")
    with translated(place):
        if place.exists():
            place.replace(old)
        new.replace(place)
        sync_folder(place.parent)
        if old.exists():
            old.replace(new)
            sync_folder(new.parent)


def recover_folder(place: Path) -> None:
    """Finishes a swap that a crash cut short."""
    old = place.with_name(f".{place.name}.old")
    if not old.exists():
        return
    if place.exists():
        shutil.rmtree(old)
    else:
        old.replace(place)
        sync_folder(place.parent)
