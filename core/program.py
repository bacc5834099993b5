"""Which onrecord this is: what it has made and kept is made again by another one."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

_ROOMS = ("onrecord", "onrecord.events", "onrecord.media", "onrecord.transcripts", "onrecord.site")
# What renders pages besides ourselves.
_OTHERS = ("jinja2", "markupsafe", "markdown-it-py", "nh3", "python-slugify", "text-unidecode", "babel")


@lru_cache(maxsize=1)
def program() -> str:
    """A digest that changes with any file of onrecord, with Python, and with what pages are rendered by."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _OTHERS:
        try:
            digest.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{name} -\n".encode())
    for room in _ROOMS:
        spec = find_spec(room)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            for row in sorted(_files(place, len(place))):
                digest.update(repr((room, row)).encode())
    return digest.hexdigest()


def _files(folder: str, top: int) -> Iterator[tuple[str, int, int]]:
    """Name below the top, size and time of every file, but for what Python compiles."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == "__pycache__":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, top)
            else:
                stat = entry.stat()
                yield entry.path[top:], stat.st_size, stat.st_mtime_ns
