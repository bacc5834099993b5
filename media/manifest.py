"""The manifest of an event's originals: `manifest-sha256.txt`, in the format of BagIt (RFC 8493, section
2.1.3).

`sha256sum -c manifest-sha256.txt` in the folder verifies it without onrecord. A recording's own
`<recording>.json` is not in it, for it changes with every attempt to fetch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import FormatError
from onrecord.files import sha256, write_text
from onrecord.locks import lock

MANIFEST = "manifest-sha256.txt"
_ROW = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")


@dataclass(frozen=True)
class Problem:
    """A file that is not as the manifest says; `sentence` says so to a person."""

    path: Path
    kind: Literal["missing", "changed", "unlisted"]
    sentence: str


def read_manifest(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file by its name; empty where there is no manifest. Raises `FormatError` with the
    line.
    """
    path = folder / MANIFEST
    if not path.exists():
        return {}
    rows: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        match = _ROW.fullmatch(line)
        if not match:
            raise FormatError(
                "this is no line of a manifest: 64 hexadecimal digits, two spaces and a name are expected.",
                path=path, line=number, advice="Mend it from a backup.",
            )  # fmt: skip
        rows[match[2].removeprefix("./")] = match[1].lower()
    return rows


def change_manifest(archive: Archive, stem: str, change: Callable[[dict[str, str]], None]) -> None:
    """Reads, changes and durably writes the manifest, alone; writes nothing when nothing changed."""
    folder = archive.media(stem)
    with lock(archive, f"{stem}.manifest", wait=30, doing="manifest"):
        before = read_manifest(folder)
        rows = dict(before)
        change(rows)
        if rows != before:
            write_text(
                folder / MANIFEST, "".join(f"{digest}  {name}\n" for name, digest in sorted(rows.items()))
            )


def verify(archive: Archive, stem: str) -> Iterator[Problem]:
    """Reads every original and side file of an event again and holds it against the manifest."""
    folder = archive.media(stem)
    rows = read_manifest(folder)
    for name, digest in sorted(rows.items()):
        path = folder / name
        if not path.is_file():
            yield Problem(path, "missing", "the manifest names this file, and it is not there.")
        elif sha256(path) != digest:
            yield Problem(path, "changed", "it is not what it was when it was fetched.")
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        own = path.suffix == ".json" and "." not in path.stem
        if path.name not in rows and path.name != MANIFEST and not own and not path.name.startswith("."):
            yield Problem(path, "unlisted", "it is not in the manifest.")
