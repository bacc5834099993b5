"""What was public of an event and must not come out again: sealed when the event is withdrawn, for organisers alone.

Earlier revisions of its transcripts go from `history/` to `.onrecord/sealed/history/<stem>/`, what the public played from
`.onrecord/renditions/` to `.onrecord/sealed/renditions/<stem>/`. The present revision stays, and keeps its number: so numbers
are never used twice, and what was sealed can go back to its place.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import LockedError, NotFoundError
from onrecord.files import make_folder, settle, sync_folder, translated, write_bytes
from onrecord.locks import lock
from onrecord.transcripts.library import Library


@dataclass(frozen=True)
class Sealed:
    """What is sealed of one event."""

    revisions: tuple[Path, ...]
    renditions: tuple[Path, ...]


def seal(archive: Archive, stem: str) -> Sealed:
    """Seals what was public of an event; what is sealed already stays so. Gives all that is sealed then."""
    with ExitStack() as held:
        alone = True
        try:  # who transcribes for hours must not keep anybody from withdrawing
            held.enter_context(lock(archive, stem, wait=1, doing="sealing what was public"))
        except LockedError:
            alone = False
        target = _history(archive, stem)
        for revision in list(_earlier(archive, stem, alone=alone)):
            make_folder(target, private=True)
            settle(revision, target / revision.name)
            (target / revision.name).chmod(0o600)
        folder = archive.renditions(stem)
        if folder.is_dir():
            sync_folder(folder.parent)
            place = _renditions(archive, stem)
            make_folder(place.parent, private=True)
            with translated(place):
                if place.exists():
                    shutil.rmtree(place)  # of an earlier withdrawal: they were made again since
                folder.replace(place)
                sync_folder(place.parent)
    return sealed(archive, stem)


def unseal(archive: Archive, stem: str) -> Sealed:
    """Puts back what was sealed; a revision or a rendition that stands in its place goes before. Gives what was put back."""
    there = sealed(archive, stem)
    with lock(archive, stem, wait=2, doing="putting back what was sealed"):
        history = archive.transcripts(stem) / "history"
        for revision in there.revisions:
            if (history / revision.name).exists():
                continue
            make_folder(history)
            settle(revision, history / revision.name)
            (history / revision.name).chmod(0o644)
        folder, place = archive.renditions(stem), _renditions(archive, stem)
        if place.is_dir() and not folder.exists():
            make_folder(folder.parent)
            with translated(folder):
                place.replace(folder)
                sync_folder(folder.parent)
        for empty in (_history(archive, stem), place):
            with suppress(OSError):
                empty.rmdir()
    return there


def sealed(archive: Archive, stem: str) -> Sealed:
    """What is sealed of an event."""
    return Sealed(tuple(_files(_history(archive, stem))), tuple(_files(_renditions(archive, stem))))


def sealed_revision(archive: Archive, stem: str, name: str) -> Path:
    """One sealed revision by the name of its file; raises `NotFoundError`."""
    for path in sealed(archive, stem).revisions:
        if path.name == name:
            return path
    raise NotFoundError("there is no such sealed revision.", slug=stem)


def _earlier(archive: Archive, stem: str, *, alone: bool) -> Iterator[Path]:
    """The revisions that are not the present one. A hand edit becomes one first, where nobody else writes."""
    library = Library(archive)
    folder = archive.transcripts(stem) / "history"
    kept: set[Path] = set()
    for entry in library.entries(stem):
        past = library.history(entry)
        if not past:
            continue
        newest, present = past[-1], entry.path.read_bytes()
        if newest.path.read_bytes() == present or not alone:
            kept.add(newest.path)
        else:
            path = folder / f"{entry.name}.{newest.number + 1:04}.vtt"
            write_bytes(path, present)
            kept.add(path)
    for path in _files(folder):
        if path not in kept and path.suffix == ".vtt":
            yield path


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _history(archive: Archive, stem: str) -> Path:
    return archive.hidden / "sealed" / "history" / stem


def _renditions(archive: Archive, stem: str) -> Path:
    return archive.hidden / "sealed" / "renditions" / stem
