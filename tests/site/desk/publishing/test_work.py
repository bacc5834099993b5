"""The job that publishes: run by a real worker, asked for by the clock, tried again where a network failed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.errors import TargetError
from onrecord.progress import silent
from onrecord.site.desk.publishing import work
from onrecord.site.desk.work import KINDS
from onrecord.site.export.run import publish
from onrecord.site.targets.delivery import former, known
from onrecord.worker import Worker

STEM = "2026-10-01-a"


@pytest.fixture
def database(bench: Any) -> Any:
    """The archive's state."""
    made = Database(bench.archive, jobs.PART)
    yield made
    made.close()


def aim(bench: Any, *targets: str) -> Archive:
    """The archive with these targets."""
    file = bench.archive.settings_file
    text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("targets"))
    wanted = ", ".join(f'"{one}"' for one in targets)
    file.write_text(text.replace("[publish]", f"[publish]\ntargets = [{wanted}]") + "\n")
    return Archive(bench.root)


def carried_out(archive: Archive, database: Database, job: jobs.Job) -> jobs.Job:
    """Lets a real worker do it."""
    end = datetime.now(UTC) + timedelta(seconds=60)
    Worker(archive, KINDS).work(
        lambda: datetime.now(UTC) > end or jobs.find(database, job.id).state not in ("queued", "running")
    )
    return jobs.find(database, job.id)


def test_job_writes_the_site_and_sends_it(bench: Any, database: Database, tmp_path: Path) -> None:
    """What became of each target is its result, and is kept."""
    archive = aim(bench, f"folder:{tmp_path}/www")
    bench.event(STEM, 'slug = "a-talk"')
    asked = work.ask(database, archive, by="Oskar Organiser")
    assert asked is not None
    job = carried_out(archive, database, asked)
    assert (job.state, job.error) == ("done", "")
    assert job.result["targets"][0][0] == f"folder:{tmp_path}/www"
    assert (tmp_path / "www" / "events" / "a-talk" / "index.html").is_file()
    assert known(archive)[f"folder:{tmp_path}/www"].error == ""


def test_failure_says_which_target_and_the_others_get_the_site(
    bench: Any, database: Database, tmp_path: Path
) -> None:
    """It needs a person; the advice says for what."""
    archive = aim(bench, "folder:/nowhere/at/all", f"folder:{tmp_path}/www")
    asked = work.ask(database, archive)
    assert asked is not None
    job = carried_out(archive, database, asked)
    assert job.state == "failed"
    assert job.error == "folder:/nowhere/at/all: there is no folder /nowhere/at."
    assert "Make it, or mount its disk" in job.advice
    assert (tmp_path / "www" / "index.html").is_file()


def test_target_that_is_not_reached_is_tried_again(bench: Any, database: Database) -> None:
    """A network passes; the worker waits by itself."""
    archive = aim(bench, "rsync:rsync://127.0.0.1:9/www/talks")
    asked = work.ask(database, archive)
    assert asked is not None
    job = carried_out(archive, database, asked)
    assert (job.state, job.tries) == ("waiting", 1)
    assert "rsync could not send the site" in job.error


def test_nothing_is_asked_where_there_is_neither_site_nor_target(bench: Any, database: Database) -> None:
    """Who only serves the live site has no static one to keep."""
    assert work.ask(database, bench.archive) is None
    assert jobs.recent(database) == ()


def test_second_withdrawal_of_the_same_event_is_not_lost(bench: Any, database: Database) -> None:
    """The job in hand looks again at its end; it is not told to stop."""
    publish(bench.archive, now=bench.now, search=False)
    first = work.ask(database, bench.archive, withdrawn=STEM)
    assert first is not None
    jobs.claim(database, "w", ["publish"])
    again = work.ask(database, bench.archive, withdrawn=STEM)
    assert again is not None and again.id == first.id
    assert jobs.find(database, first.id).wanted == ""


def test_clock_asks_when_something_becomes_public(bench: Any) -> None:
    """Also a time that was set after the site was written; a change by hand alone asks for nothing."""
    bench.event(STEM, 'publish_at = "2026-11-23 15:00"', visibility="draft")  # 13:00 UTC
    publish(bench.archive, now=bench.now, search=False)
    assert work.find_work(bench.archive, bench.now) == []
    later = datetime.now(UTC) + timedelta(days=400)
    assert [row["kind"] for row in work.find_work(bench.archive, later)] == ["publish"]
    bench.event("2026-10-02-b", "")
    assert work.find_work(bench.archive, bench.now) == []


def test_next_time_is_asked_for_when_the_site_is_written(bench: Any, database: Database) -> None:
    """As a job that waits until then."""
    soon = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0, second=0)
    bench.event(
        STEM,
        f'publish_at = "{soon:%Y-%m-%d %H:%M}"\ntimezone = "UTC"\nstarts = "2026-10-01 18:00"',
        visibility="draft",
    )
    publish(bench.archive, now=bench.now, search=False)
    asked = work.ask(database, bench.archive)
    assert asked is not None
    carried_out(bench.archive, database, asked)
    (waits,) = jobs.unfinished(database, kind="publish")
    assert (waits.state, waits.not_before) == ("waiting", soon)


def test_target_that_is_in_the_settings_no_more_is_remembered(bench: Any, tmp_path: Path) -> None:
    """What was withdrawn since still stands there."""
    archive = aim(bench, f"folder:{tmp_path}/www")
    job = jobs.Job(0, "publish", "", "", {}, {}, 1, "running", "", "", 0, None, "", "", None, "", "", 0, "", bench.now,
                   None, None, None, "", 0)  # fmt: skip
    work.run(archive, job, silent, lambda: None)
    assert former(archive) == ()
    archive = aim(bench)
    assert [row.address for row in former(archive)] == [f"folder:{tmp_path}/www"]
    archive = aim(bench, f"folder:{os.devnull}/x/y")
    with pytest.raises(TargetError, match="there is no folder"):
        work.run(archive, job, silent, lambda: None)
