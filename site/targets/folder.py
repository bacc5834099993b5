"""A folder of this machine as target: the site is copied beside it and then put in its place whole.

What has not changed since the last time is taken over from there by a hard link, so a change of one page costs one page.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from onrecord.errors import TargetError
from onrecord.files import exchange_folders, free_bytes, recover_folder, translated
from onrecord.progress import Progress, Report
from onrecord.site.targets.mark import MARK, TEXT, not_ours
from onrecord.site.targets.running import Stop
from onrecord.targets import Target


def send_to_folder(site: Path, target: Target, *, listen: Progress, stop: Stop) -> str:
    """Puts the site in the place of the folder; says what was done, in words.

    Raises `TargetError` for a folder that onrecord has not made, `StorageError` when there is no room. Then, and when
    `stop` raises, what stood there still stands.
    """
    place = Path(target.place)
    if place.is_symlink():
        place = place.resolve()
    check_apart(site.parent, place)
    if not place.parent.is_dir():
        raise TargetError(
            f"there is no folder {place.parent}.", advice="Make it, or mount its disk, and publish again."
        )
    recover_folder(place)
    if place.exists() and (not place.is_dir() or (any(place.iterdir()) and not (place / MARK).is_file())):
        raise not_ours(target)
    growing = place.with_name(f".{place.name}.onrecord")
    with translated(place):
        _clear(growing)
        try:
            changed = _copy(site, place, growing, listen, stop)
            os.sync()
            stop()  # a large copy takes minutes
            exchange_folders(growing, place)
        finally:
            _clear(growing)  # a half copy, or what stood there before: what was withdrawn is in it
    return f"{changed} files changed" if changed != 1 else "1 file changed"


def check_apart(archive: Path, place: Path) -> None:
    """The site never goes into the archive, nor over it."""
    real, there = archive.resolve(), place.resolve()
    if there.is_relative_to(real) or real.is_relative_to(there):
        raise TargetError(
            "this target and the archive lie in each other.", advice="Name a folder outside the archive."
        )


def _copy(site: Path, before: Path, growing: Path, listen: Progress, stop: Stop) -> int:
    """Copies the site; gives how many files were not there before. What it writes is for everyone to read."""
    names = sorted(path for path in site.rglob("*"))
    files = [path for path in names if path.is_file()]
    fresh = [path for path in files if not _same(path, before / path.relative_to(site))]
    needed = sum(path.stat().st_size for path in fresh)
    if needed > free_bytes(growing.parent):
        raise TargetError(
            f"there is no room for the site: it needs {needed >> 20} MB more.",
            advice="Free some space there.",
        )
    growing.mkdir()
    growing.chmod(stat.S_IMODE(before.stat().st_mode) if before.exists() else 0o755)
    for path in names:
        if path.is_dir():
            folder = growing / path.relative_to(site)
            folder.mkdir()
            folder.chmod(0o755)
    new = set(fresh)
    for number, path in enumerate(files, 1):
        name = path.relative_to(site)
        copy = growing / name
        if path not in new:
            with suppress(OSError):
                os.link(before / name, copy)
        if not copy.exists():
            shutil.copy2(path, copy)
            copy.chmod(0o644)
        if number % 50 == 0 or number == len(files):
            stop()
            listen(Report("send", str(before), number, len(files), "items"))
    (growing / MARK).write_text(TEXT, encoding="utf-8")
    (growing / MARK).chmod(0o644)
    if before.exists():
        with suppress(OSError):
            shutil.chown(growing, group=before.stat().st_gid)
    return len(fresh)


def _same(path: Path, other: Path) -> bool:
    """Whether a file stands in the target already: of the same size and time, and no link."""
    try:
        there = other.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    here = path.stat()
    return stat.S_ISREG(there.st_mode) and (here.st_size, here.st_mtime_ns) == (
        there.st_size,
        there.st_mtime_ns,
    )


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
