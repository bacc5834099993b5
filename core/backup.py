"""A backup is a folder: a copy of the archive with a manifest, verified when it is made and when it is brought back.

Its manifest, `manifest-sha256.txt`, has the format of BagIt (RFC 8493), so `sha256sum -c` verifies it without onrecord.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import SETTINGS_FILE, Archive
from onrecord.errors import ArchiveError, StorageError
from onrecord.files import copy_file, free_bytes, inside, make_folder, sha256, sync_folder, write_text
from onrecord.locks import lock
from onrecord.progress import Progress, Report, silent

MANIFEST = "manifest-sha256.txt"
_DERIVED = ("site", ".onrecord/renditions", ".onrecord/sealed/renditions", ".onrecord/index.sqlite3", ".onrecord/public.sqlite3",
            ".onrecord/dump", ".onrecord/listening")  # fmt: skip
# What holds for the files where they stand, and for no copy of them.
_NEVER = (
    ".onrecord/locks", ".onrecord/uploads", ".onrecord/state-backups", ".onrecord/published.json", ".onrecord/targets",
    ".onrecord/events.jsonl", ".onrecord/site.sqlite3",
    ".site.reserve", ".site.new", ".site.old",
)  # fmt: skip


@dataclass(frozen=True)
class Copied:
    """What a backup or a restore moved: files, and bytes together.

    `unlike` are the originals that are not as the archive's own manifests say: copied as they stand, for there is no better.
    """

    files: int
    bytes: int
    unlike: tuple[str, ...] = ()


def make_backup(
    archive: Archive, target: Path, *, derived: bool = False, listen: Progress = silent
) -> Copied:
    """Copies the archive to the new folder `target` and reads every file of the copy again.

    Journals of unfinished work are copied, derived files only with `derived`. SQLite files are copied by `VACUUM INTO`,
    so a running server does no harm. Raises `ArchiveError` when `target` is in use or inside the archive, `StorageError`
    when there is no room or the copy does not read as it was written; then the target has no manifest.
    """
    target = target.resolve()
    if target.is_relative_to(archive.root):
        raise ArchiveError(
            "a backup cannot stand inside the archive.", path=target, advice="Name a folder elsewhere."
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ArchiveError(
            "this is not an empty folder.", path=target, advice="Name a new folder for each backup."
        )
    with lock(archive, "backup", doing="backup"):
        files = list(_files(archive.root, derived))
        total = sum(path.stat().st_size for path in files)
        if total > free_bytes(target):
            raise StorageError(
                "there is not room enough for the backup.", path=target, advice="Name a larger disk."
            )
        make_folder(target, private=True)
        rows: list[str] = []
        digests: dict[str, str] = {}
        done = 0
        for path in files:
            name = path.relative_to(archive.root).as_posix()
            copy = target / name
            make_folder(copy.parent)
            if path.suffix == ".sqlite3":
                _copy_database(path, copy)
                before = sha256(copy)
            else:
                before = _copy_settled(path, copy)
            if sha256(copy) != before:
                raise StorageError(
                    "the copy does not read as it was written.", path=copy, advice="Use another disk."
                )
            rows.append(f"{before}  {name}\n")
            digests[name] = before
            done += path.stat().st_size
            listen(Report("backup", archive.root.name, done, total, "bytes"))
        write_text(target / MANIFEST, "".join(rows))
        sync_folder(target)
    return Copied(len(rows), done, tuple(_unlike(target, digests)))


def restore_backup(source: Path, folder: Path, *, listen: Progress = silent) -> Copied:
    """Copies a backup to the new folder `folder`, after every file was held against the manifest.

    Raises `ArchiveError` when `source` is no whole backup or `folder` is in use.
    """
    source, folder = source.resolve(), folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveError("this is not an empty folder.", path=folder, advice="Restore into a new folder.")
    rows = _read_manifest(source)
    total = 0
    for digest, name in rows:
        path = source / name
        if not inside(source, path) or not path.is_file():
            raise ArchiveError(
                f"the backup lacks '{name}'.", path=source, advice="Use another copy of the backup."
            )
        if sha256(path) != digest:
            raise ArchiveError(
                f"'{name}' is not as it was backed up.", path=source, advice="Use another copy of the backup."
            )
        total += path.stat().st_size
    if total > free_bytes(folder):
        raise StorageError("there is not room enough.", path=folder, advice="Name a folder on a larger disk.")
    # A folder beside it, renamed when whole: a crash leaves no half archive under the archive's name.
    growing = folder.with_name(f".{folder.name}.restoring")
    if growing.exists():
        shutil.rmtree(growing)
    done = 0
    for digest, name in rows:
        copy_file(source / name, growing / name)
        if sha256(growing / name) != digest:
            raise StorageError(
                "the copy does not read as it was written.", path=growing / name, advice="Use another disk."
            )
        done += (source / name).stat().st_size
        listen(Report("restore", folder.name, done, total, "bytes"))
    for name in ("events", "media", "transcripts"):
        make_folder(growing / name)
    make_folder(growing / ".onrecord", private=True).chmod(0o700)
    if folder.exists():
        folder.rmdir()
    growing.replace(folder)
    sync_folder(folder.parent)
    return Copied(len(rows), done)


def _files(root: Path, derived: bool) -> Iterator[Path]:
    """Every file of the archive in the order of names; links are followed nowhere and copied nowhere."""
    left_out = _NEVER if derived else _NEVER + _DERIVED
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if any(name == other or name.startswith(f"{other}/") for other in left_out):
            continue
        if path.is_symlink() or not path.is_file() or name.endswith((".tmp", "-wal", "-shm")):
            continue
        yield path


def _unlike(copy: Path, digests: dict[str, str]) -> Iterator[str]:
    """The files that a manifest inside the copy lists with another digest than they have, or that are missing."""
    for manifest in sorted(name for name in digests if name.endswith(f"/{MANIFEST}")):
        folder = manifest.removesuffix(MANIFEST)
        for line in (copy / manifest).read_text(encoding="utf-8", errors="replace").splitlines():
            digest, _, name = line.partition("  ")
            if name and digests.get(folder + name) != digest:
                yield folder + name


def _copy_settled(path: Path, copy: Path) -> str:
    """Copies a file that may change meanwhile; returns the digest of a state that it really had."""
    for _ in range(5):
        before = sha256(path)
        copy_file(path, copy)
        if sha256(copy) == before:
            return before
    raise StorageError(
        "this file does not stand still.", path=path, advice="Let the work on it end, then back up again."
    )


def _copy_database(path: Path, copy: Path) -> None:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        state = database.execute("PRAGMA integrity_check").fetchone()[0]
        if state != "ok":
            raise StorageError(
                f"this database is damaged: {state}.", path=path, advice="Restore it from an older backup."
            )
        database.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"this database is damaged: {error}.", path=path, advice="Restore it from an older backup."
        ) from error
    finally:
        database.close()


def _read_manifest(source: Path) -> list[tuple[str, str]]:
    path = source / MANIFEST
    if not path.is_file() or not (source / SETTINGS_FILE).is_file():
        raise ArchiveError(
            f"this is no whole backup: it lacks {MANIFEST} or {SETTINGS_FILE}.",
            path=source, advice="A backup that was cut short has no manifest; use another one.",
        )  # fmt: skip
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name:
            raise ArchiveError(
                "this line is no checksum and name.", path=path, line=number, advice="Use another copy."
            )
        if name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise ArchiveError(
                "this name leads out of the archive.", path=path, line=number, advice="Use another copy."
            )
        rows.append((digest, name))
    return rows
