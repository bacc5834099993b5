"""What is left of work that was called off goes; what can be gone on with, and every result, stays."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.locks import lock
from onrecord.site.desk.work import KINDS
from onrecord.transcripts.journal import Journal, Piece, Work
from onrecord.transcripts.leftovers import clear
from onrecord.worker import Ways, Worker

STEM = "2022-07-12-on-dignity"
WORK = Work("5f2c", 0, "pocketsphinx", "en", ("en",), 5.0)
GOES = [
    "part-1.en.0.pocketsphinx.journal",
    "part-1.part",
    "part-1.part.json",
    "part-1.platform",
    "part-1.render.m4a",
]
STAYS = ["part-1.uk.0.pocketsphinx.journal", "part-1.transcribe.failed.json", "part-2.part"]


@pytest.fixture
def folder(archive: Archive) -> Path:
    """Work on two recordings; of the first, one transcription came to its end and one did not."""
    folder = archive.work(STEM)
    (folder / "part-1.platform").mkdir(parents=True)
    (folder / "part-1.platform" / "video.mp4.part").write_bytes(b"half")
    for name in (
        "part-1.part",
        "part-1.part.json",
        "part-1.render.m4a",
        "part-1.transcribe.failed.json",
        "part-2.part",
    ):
        (folder / name).write_bytes(b"half")
    for language, finished in (("en", False), ("uk", True)):
        journal = Journal.open(folder / f"part-1.{language}.0.pocketsphinx.journal", WORK)
        journal.add(Piece(0, 1000))
        if finished:
            journal.finish(1000)
    return folder


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    with closing(Database(archive, jobs.PART)) as opened:
        yield opened


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def work(archive: Archive, database: Database) -> None:
    """A worker that has nothing to do but this."""
    end = time.monotonic() + 30

    def over() -> bool:
        lines = [line for job in jobs.recent(database) for _, _, line in jobs.log_of(database, job.id)]
        return time.monotonic() > end or any(line.startswith("cleared away") for line in lines)

    Worker(archive, KINDS, ways=Ways(tick=0.05)).work(over)


def test_worker_clears_away_what_was_called_off(archive: Archive, database: Database, folder: Path) -> None:
    """Also what was called off while no worker was there; the log says what it was and where it lay."""
    job = jobs.enqueue(database, "recording", STEM, "part-1")
    jobs.wish(database, job.id, "pause")
    jobs.wish(database, job.id, "cancel")
    work(archive, database)
    assert names(folder) == sorted(STAYS)
    (line,) = [line for _, _, line in jobs.log_of(database, job.id)]
    told = line.removeprefix("cleared away: ").split(", ")
    assert sorted(told) == [f".onrecord/work/{STEM}/{name}" for name in GOES]


def test_paused_waiting_and_newer_work_stays(archive: Archive, database: Database, folder: Path) -> None:
    """What a job goes on with, and what was asked for again since."""
    before = names(folder)
    paused = jobs.enqueue(database, "recording", STEM, "part-1")
    jobs.wish(database, paused.id, "pause")
    assert jobs.called_off_since(database, 0) == ()
    jobs.wish(database, paused.id, "cancel")
    called_off = jobs.called_off_since(database, 0)
    assert [job.id for job in called_off] == [paused.id]
    jobs.enqueue(database, "recording", STEM, "part-1")
    assert jobs.called_off_since(database, 0) == ()
    assert names(folder) == before


def test_what_another_has_in_hand_or_has_begun_since_stays(
    archive: Archive, database: Database, folder: Path
) -> None:
    """A fetch on the command line, during the clearing and after it."""
    job = jobs.enqueue(database, "recording", STEM, "part-1")
    called_off = jobs.wish(database, job.id, "cancel")
    later = time.time() + 60
    os.utime(folder / "part-1.render.m4a", (later, later))
    with lock(archive, f"{STEM}.part-1.fetch"):
        assert [path.name for path in clear(archive, called_off)] == ["part-1.en.0.pocketsphinx.journal"]
    assert [path.name for path in clear(archive, called_off)] == [
        "part-1.part",
        "part-1.part.json",
        "part-1.platform",
    ]
    assert "part-1.render.m4a" in names(folder)


def test_originals_and_transcripts_are_no_leftovers(
    archive: Archive, database: Database, folder: Path
) -> None:
    """They are results, and lie elsewhere."""
    for place, name in ((archive.media(STEM), "part-1.mp4"), (archive.transcripts(STEM), "part-1.en.vtt")):
        place.mkdir(parents=True)
        (place / name).write_text(json.dumps(name))
    job = jobs.enqueue(database, "recording", STEM, "part-1")
    clear(archive, jobs.wish(database, job.id, "cancel"))
    assert names(archive.media(STEM)) == ["part-1.mp4"]
    assert names(archive.transcripts(STEM)) == ["part-1.en.vtt"]
