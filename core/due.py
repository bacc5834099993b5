"""Whether the static site lags behind the archive, told by times alone: cheap, and never silent about a change.

It may tell of a change that the public would not see, such as one of a private note; only `onrecord publish` knows that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.files import write_text


def note_published(archive: Archive, began: int, next_change: datetime | None) -> None:
    """Notes that the site holds what the archive held at `began` (ns), until the clock changes it at `next_change`."""
    later = next_change.isoformat() if next_change else None
    write_text(_file(archive), json.dumps({"began": began, "next": later}) + "\n")


def why_due(archive: Archive, now: datetime) -> str:
    """Why `onrecord publish` is to run again, as a sentence; empty where it need not, or never has."""
    if not archive.site.is_dir():
        return ""
    try:
        began, instant = _noted(archive)
    except (OSError, ValueError, KeyError, TypeError):
        return "Nobody knows what the static site holds."
    if instant is not None and instant <= now:
        return f"Since {instant:%Y-%m-%d %H:%M} UTC something is public, has begun or is over."
    if any(time > began for time in _times(archive)):
        return "Something was changed since the static site was written."
    return ""


def noted(archive: Archive) -> tuple[datetime | None, datetime | None]:
    """When the static site was begun last, and when the clock changes it; None: nobody knows, or never."""
    try:
        began, instant = _noted(archive)
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
    return datetime.fromtimestamp(began / 1e9, UTC), instant


def _noted(archive: Archive) -> tuple[int, datetime | None]:
    found = json.loads(_file(archive).read_text(encoding="utf-8"))
    later = found["next"]
    return int(found["began"]), datetime.fromisoformat(later) if later else None


def _file(archive: Archive) -> Path:
    return archive.hidden / "published.json"


def _times(archive: Archive) -> Iterator[int]:
    """When each file that pages are made of was changed, and each folder, which tells of files that are gone."""
    for path in (archive.settings_file, archive.speakers_file):
        with suppress(FileNotFoundError):
            yield path.stat().st_mtime_ns
    for place, depth in ((archive.events, 1), (archive.transcripts(""), 2), (archive.renditions(""), 2)):
        yield from _below(str(place), depth)


def _below(folder: str, depth: int) -> Iterator[int]:
    with suppress(FileNotFoundError, NotADirectoryError):
        yield os.stat(folder).st_mtime_ns  # noqa: PTH116 - thousands of folders
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    if depth > 1 and entry.name != "history":
                        yield from _below(entry.path, depth - 1)
                elif not entry.name.startswith("."):
                    yield entry.stat().st_mtime_ns
