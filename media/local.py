"""A recording that is a file on this machine: copied, gone on with after a stop, and compared with what it was."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from onrecord.errors import FetchError, NotMediaError, StorageError
from onrecord.files import translated
from onrecord.media.partial import OVERLAP, Bounds, Origin, Partial

_BLOCK = 1 << 20


def look_at(path: Path) -> os.stat_result:
    """What the file is. Raises `FetchError` for a missing file, a folder or a device, `StorageError` for no right to read."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FetchError(
            "there is no such file.",
            path=path,
            advice="Put the recording there, or correct 'source' in the event's file.",
        ) from error
    except PermissionError as error:
        raise _forbidden(path) from error
    except OSError as error:
        raise FetchError(
            f"this path cannot be used ({error.strerror}).", path=path, permanent=True
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise FetchError(
            "this is a folder.",
            path=path,
            permanent=True,
            advice="Name the file in it that is the recording.",
        )
    if not stat.S_ISREG(found.st_mode):
        raise FetchError(
            "this is not a file.", path=path, permanent=True, advice="Name a recording in a plain file."
        )
    if not os.access(path, os.R_OK):
        raise _forbidden(path)
    if found.st_size == 0:
        raise NotMediaError(
            "the file is empty.", path=path, advice="Look at where it came from, and copy it again."
        )
    return found


def _forbidden(path: Path) -> StorageError:
    return StorageError("the file may not be read.", path=path, advice="Give yourself the right to read it.")


def copy(source: Path, part: Path, bounds: Bounds, *, tell: Callable[[int, int | None], None]) -> int:
    """Copies `source` to `part`, going on with what is there if it is the beginning of the same file; its size in bytes.

    The source is only read. Raises what `look_at` raises, `FetchError` when it is still being written, and `StorageError`.
    """
    found = look_at(source)
    partial = Partial(part, bounds)
    now = Origin(f"{source.absolute()}:{found.st_ino}", modified=str(found.st_mtime_ns), total=found.st_size)
    if partial.origin(now.of) != now or partial.size > found.st_size:
        partial.begin(now)
    bounds.check(part.parent, found.st_size, partial.size)
    with translated(source), source.open("rb") as reader:
        start = max(0, partial.size - OVERLAP)
        reader.seek(start)
        if not partial.size or not partial.same(start, reader.read(partial.size - start)):
            partial.begin(now)
        with translated(part), partial.open() as file:
            write = partial.writer(file, found.st_size, tell)
            reader.seek(partial.size)
            while block := reader.read(_BLOCK):
                write(block)
    after = source.stat()
    if (after.st_size, after.st_mtime_ns) != (
        found.st_size,
        found.st_mtime_ns,
    ) or partial.size != found.st_size:
        partial.discard()
        raise FetchError(
            "the file is still being written.",
            path=source,
            advice="Wait until it is finished, then run it again.",
        )
    return found.st_size
