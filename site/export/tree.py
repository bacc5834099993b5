"""The folder of the static site as files: written, taken out, compared with what should be there."""

from __future__ import annotations

import filecmp
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import PublishError
from onrecord.files import exchange_folders, make_folder
from onrecord.languages import INTERFACE


@dataclass(frozen=True)
class Placed:
    """A file of the site: its name below the folder, its size in bytes, its time in ns."""

    name: str
    size: int
    time: int


PARTS, ALWAYS = 16, -1  # parts that a large tree is looked at in, by turns; and what is looked at every time


def part_of(name: str) -> int:
    """The part of the tree that a file is in. All that is about one event in one place is in one part; what is about
    the whole site is in `ALWAYS`.
    """
    parts = name.split("/")
    depth = _depth(parts[0])
    return ALWAYS if len(parts) <= depth else zlib.crc32("/".join(parts[: depth + 1]).encode()) % PARTS


def _depth(top: str) -> int:
    """How many folders lead to those of which there is one for each event: `events/`, `uk/events/`, `api/v1/events/`."""
    return 3 if top == "api" else 2 if top in INTERFACE else 1


def file_name(path: str) -> str:
    """Where an answer is written: that to `events/some-talk/` is the `index.html` in that folder.

    Raises `PublishError` for a path that leads out of the site.
    """
    name = f"{path}index.html" if not path or path.endswith("/") else path
    if any(
        part in ("", ".", "..") or "\\" in part or "\0" in part or part.startswith(".git")
        for part in name.split("/")
    ):
        raise PublishError(
            f"the address '{path}' leads out of the site.", advice="This is an error in onrecord."
        )
    return name


class Tree:
    """One folder that holds a site, or will hold one. A file in it is never written over, since the same file may
    stand in another tree: a new one takes its place.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[str] = set()
        self._written: set[str] = set()

    def write(self, name: str, data: bytes) -> None:
        """Puts a file there. Raises `PublishError` where this has put one there already."""
        target = self._new(name)
        _away(target)
        target.write_bytes(data)

    def link(self, name: str, file: Path, *, copy: bool = False) -> None:
        """Puts a file there, as `write` does: the same file under a second name where the disk can, else a copy.

        A rendition is read-only and can be made again; an original is the record, and always copied, so that nobody
        who may write in the site's folder can change it.
        """
        target = self._new(name)
        _away(target)
        if not copy:
            with suppress(OSError):
                os.link(file.resolve(), target)
        if not target.exists():
            shutil.copy2(file, target)

    def share(self, name: str, other: Tree) -> None:
        """Puts here the same file as in another tree. Raises `OSError` where the disk cannot do that."""
        target = self._target(name)
        _away(target)
        os.link(other.root / name, target)

    def take(self, name: str, other: Tree) -> None:
        """Moves a file here from another tree; one that holds the same stays as it is."""
        target = self._target(name)
        source = other.root / name
        if not _same(source, target):
            _away(target)
            source.replace(target)

    def move(self, other: Tree) -> None:
        """Puts the whole folder in the place of another, which is empty."""
        make_folder(self.root)
        self.root.replace(other.root)
        self._made.clear()

    def exchange(self, other: Tree) -> None:
        """Puts this folder in the place of another, and that one here; see `exchange_folders`."""
        exchange_folders(self.root, other.root)
        self._made.clear()
        other._made.clear()

    def clear(self) -> None:
        """Takes the whole folder away."""
        self._made.clear()
        if self.root.is_symlink() or self.root.is_file():
            self.root.unlink()
        elif self.root.exists():
            shutil.rmtree(self.root)

    def identity(self) -> str:
        """What tells this folder from another of its name; empty: there is none."""
        try:
            stat = self.root.stat()
        except FileNotFoundError:
            return ""
        return f"{stat.st_dev}:{stat.st_ino}"

    def placed(self, name: str) -> Placed:
        """A file that was put there."""
        stat = (self.root / name).stat()
        return Placed(name, stat.st_size, stat.st_mtime_ns)

    def remove(self, name: str) -> None:
        """Takes a file out, and the folders that it leaves empty."""
        target = self.root / name
        _away(target)
        for folder in target.parents:
            if folder == self.root:
                return
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                return  # something else is in it
            self._made.discard(str(folder))

    def unlike(self, expected: Mapping[str, tuple[int, int]], part: int | None = None) -> Iterator[str]:
        """The names of files that are missing, that nobody has put there, or that have another size or time: in the
        whole tree, or in one part of it and what is in `ALWAYS`.
        """
        left = dict(expected)
        for name, stat in _walk(str(self.root), "", part):
            known = left.pop(name, None)
            if stat is None or known != (stat.st_size, stat.st_mtime_ns):
                yield name
        yield from left

    def settle(self, names: Iterable[str]) -> None:
        """Makes what was written last on the disk. Many files are left to one call for the whole machine."""
        few = list(names)
        if len(few) > 200:
            os.sync()
            return
        for name in few:
            with suppress(FileNotFoundError), (self.root / name).open("rb") as file:
                os.fsync(file.fileno())

    def _new(self, name: str) -> Path:
        folded = name.casefold()  # some disks do not tell capitals apart
        if folded in self._written:
            raise PublishError(
                f"two pages have the address '{name}'.", advice="Give one of them another address."
            )
        self._written.add(folded)
        return self._target(name)

    def _target(self, name: str) -> Path:
        target = self.root / name
        folder = str(target.parent)
        if folder not in self._made:
            make_folder(target.parent)
            self._made.add(folder)
        return target


def _away(target: Path) -> None:
    """Nothing stands at a place any more, whatever somebody has put there."""
    try:
        target.unlink(missing_ok=True)
    except (IsADirectoryError, PermissionError):
        shutil.rmtree(target)


def _same(source: Path, target: Path) -> bool:
    """Whether two are files with the same bytes."""
    if target.is_symlink() or not target.is_file() or source.stat().st_size != target.stat().st_size:
        return False
    return source.samefile(target) or filecmp.cmp(source, target, shallow=False)


def _walk(folder: str, below: str, part: int | None) -> Iterator[tuple[str, os.stat_result | None]]:
    """Every file with what is known of it; None for what is neither file nor folder. Empty folders are named too.
    Below one part's folders everything is in that part.
    """
    chosen = part is not None and bool(below) and below.count("/") == _depth(below.partition("/")[0])
    with os.scandir(folder) as entries:
        empty = True
        for entry in entries:
            empty = False
            name = below + entry.name
            if chosen and part_of(name) != part:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{name}/", None if chosen else part)
            elif entry.is_file(follow_symlinks=False):
                yield name, entry.stat(follow_symlinks=False)
            else:
                yield name, None
    if empty and below:
        yield below.rstrip("/"), None
