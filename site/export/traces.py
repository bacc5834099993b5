"""What lies in the folders of events, as one digest for each: whoever kept a page knows by it whether a transcript, a
rendition or an original has changed since.

Read by a process of its own, while the records are read in another.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from onrecord.archive import Archive

_UNSETTLED = 200_000_000  # a file changed so shortly ago may change again without a sign of it; in ns
_FEW = 300  # folders that are read sooner than a process starts


class Traces:
    """The digests of an archive's folders, by the stem of the event.

    Of a large archive they are read by a process of its own, which begins when this is made; use it as a context.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._found: dict[str, str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        if sum(1 for _ in _folders(archive.root / "transcripts")) > _FEW:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "onrecord.site.export.traces", str(archive.root)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )

    def __enter__(self) -> Traces:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def of(self, stem: str) -> str:
        """The digest of one event's folders; empty where there is nothing."""
        if self._found is None:
            self._found = self._read()
        return self._found.get(stem, "")

    def _read(self) -> dict[str, str]:
        process, self._process = self._process, None
        if process is not None:
            answer, _ = process.communicate()
            if process.returncode == 0:
                found: dict[str, str] = json.loads(answer)
                return found
        return traces(self._archive.root)


def traces(root: Path) -> dict[str, str]:
    """The digests of every folder of an event: names, times, sizes and inodes of the files in it."""
    found: dict[str, list[str]] = {}
    now = time.time_ns()
    for place in ("transcripts", "media", ".onrecord/renditions"):
        for stem, folder in _folders(root / place):
            rows = sorted(_files(folder))
            text = repr((place, rows))
            if any(abs(now - row[1]) < _UNSETTLED for row in rows):
                text += str(now)  # equal to nothing that was or will be
            found.setdefault(stem, []).append(hashlib.blake2b(text.encode(), digest_size=12).hexdigest())
    return {stem: "".join(digests) for stem, digests in found.items()}


def _folders(place: Path) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield entry.name, entry.path
    except (FileNotFoundError, NotADirectoryError):
        return


def _files(folder: str) -> Iterator[tuple[str, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if not entry.is_dir():
                        stat = entry.stat()
                        yield entry.name, stat.st_mtime_ns, stat.st_size, stat.st_ino
                except FileNotFoundError:
                    yield entry.name, 0, 0, 0
    except (FileNotFoundError, NotADirectoryError):
        return


if __name__ == "__main__":
    sys.stdout.write(json.dumps(traces(Path(sys.argv[1]))))
