"""Why the last try to transcribe a recording failed, kept until one does not: losing it costs one more try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import LockedError, OnrecordError, StorageError
from onrecord.files import write_text


@dataclass(frozen=True)
class Setback:
    """A failed transcription: why, in the words that were told then, and when, in UTC."""

    error: str
    at: datetime


def last_setback(archive: Archive, stem: str, recording_id: str) -> Setback | None:
    """The last failure, when the last try failed."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(_file(archive, stem, recording_id).read_text(encoding="utf-8"))
        return Setback(str(found["error"]), datetime.fromisoformat(found["at"]))
    return None


@contextmanager
def noting_setbacks(archive: Archive, stem: str, recording_id: str) -> Iterator[None]:
    """Keeps why the block failed, or that it no longer does. That another run is at it is no failure."""
    path = _file(archive, stem, recording_id)
    try:
        yield
    except LockedError:
        raise
    except OnrecordError as error:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(StorageError):  # on a full disk there is no room for the reason either
            write_text(path, json.dumps({"error": str(error), "at": at}, ensure_ascii=False) + "\n")
        raise
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _file(archive: Archive, stem: str, recording_id: str) -> Path:
    return archive.work(stem) / f"{recording_id}.transcribe.failed.json"
