"""What unfinished work on a recording leaves behind, and throwing it away once the work was called off.

All of it lies in `.onrecord/work/<stem>/`. It stays while a job is paused, waits or has failed, since the next run goes on with
it. Originals, renditions and transcripts are results and are never touched; nor is the journal of a transcription that came to
its end.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import LockedError
from onrecord.jobtable import Job
from onrecord.locks import lock

# The step whose lock guards it, and what it leaves. The names are ours: a recording's id and a word.
_LEFT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "recording": {
        "fetch": ("part", "part.json", "judged", "accepted", "platform", "beside"),
        "render": ("render.mp4", "render.m4a", "render.jpg", "render.svg"),
        "transcription": ("again.json",),
    },
    "listen": {"listen": ("listen.m4a", "listen.svg")},
}


def clear(archive: Archive, job: Job) -> tuple[Path, ...]:
    """Throws away what a job that was called off has left; gives what that was.

    What another program has in hand, or has begun since, stays.
    """
    folder = archive.work(job.subject)
    if not job.subject or job.ended_at is None or not folder.is_dir():
        return ()
    until = job.ended_at.timestamp() + 1
    gone: list[Path] = []
    if job.kind == "look":
        gone += _thrown_away([folder / f"look-{job.id}"], until)
    for step, endings in _LEFT.get(job.kind, {}).items():
        try:
            with lock(archive, f"{job.subject}.{job.item}.{step}", doing="clearing away what was called off"):
                found = [folder / f"{job.item}.{ending}" for ending in endings]
                if step == "transcription":
                    found += _unfinished(folder, job.item)
                gone += _thrown_away(found, until)
        except LockedError:
            continue
    return tuple(gone)


def _unfinished(folder: Path, recording_id: str) -> Iterator[Path]:
    """The journals that did not reach the end of the recording."""
    for path in sorted(folder.glob(f"{recording_id}.*.journal")):
        from onrecord.transcripts.journal import (
            read_journal,
        )  # the engines' records; most jobs have no journal

        if read_journal(path).end is None:
            yield path


def _thrown_away(paths: list[Path], until: float) -> Iterator[Path]:
    for path in paths:
        if not path.exists() or path.stat().st_mtime > until:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        yield path
