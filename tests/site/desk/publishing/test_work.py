"""The job that publishes: run by a real worker, asked for by the clock, tried again where a network failed."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.errors import TargetError
from onrecord.events.registry import Registry
from onrecord.progress import Report, silent
from onrecord.site.desk.publishing import work
from onrecord.site.desk.work import KINDS
from onrecord.site.export.run import publish
from onrecord.site.targets.delivery import former, known
from onrecord.site.withdrawal import withdraw
from onrecord.worker import Worker

STEM = "2026-10-01-a"
WORD = "zquorwex"
TALK = """
slug = "a-talk"
[[speakers]]
name = "Anna Example"
consent = "yes"
[[recordings]]
id = "part-1"
publish = "yes"
"""
RUNNING = jobs.Job(
    0, "publish", "", "", {}, {}, 1, "running", "", "", 0, None, "", "", None, "", "", 0, "",
    datetime(2026, 1, 1, tzinfo=UTC), None, None, None, "", 0,
)  # fmt: skip


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
    end = datetime.now(UTC) + timedelta(seconds=300)
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
    work.run(archive, RUNNING, silent, lambda: None)
    assert former(archive) == ()
    archive = aim(bench)
    assert [row.address for row in former(archive)] == [f"folder:{tmp_path}/www"]
    archive = aim(bench, f"folder:{os.devnull}/x/y")
    with pytest.raises(TargetError, match="there is no folder"):
        work.run(archive, RUNNING, silent, lambda: None)


def public_bytes(*trees: Path) -> bytes:
    """Every name and byte that stands in these folders."""
    files = [path for tree in trees for path in sorted(tree.rglob("*")) if path.is_file()]
    assert len(files) > 20
    return b"".join(str(path).encode() + path.read_bytes() for path in files).lower()


@pytest.mark.parametrize("kind", ["folder", "rsync"])
@pytest.mark.parametrize("stage", ["publish", "send", "sent"])
def test_what_is_withdrawn_while_a_publish_runs_is_left_nowhere(
    bench: Any, tone: Path, tmp_path: Path, stage: str, kind: str
) -> None:
    """While its pages are made, while they are sent, or after a first target has got them: it begins anew by itself."""
    if kind == "rsync" and shutil.which("rsync") is None:
        pytest.skip("rsync is not installed")
    archive = aim(bench, f"folder:{tmp_path}/first", f"{kind}:{tmp_path}/www")
    bench.event(STEM, TALK)
    bench.event("2026-10-02-b", 'slug = "another"')
    bench.recording(STEM, "part-1", tone)
    bench.transcript(STEM, "part-1.en", f"c1 0.0 1.0 Anna Example: Words {WORD}.")
    done: list[str] = []

    def listen(report: Report) -> None:
        sent = report.stage == "send" and report.subject.endswith("/www")
        if not done and (sent if stage == "sent" else report.stage == stage):
            if stage == "sent":
                assert (tmp_path / "first" / "events" / "a-talk" / "index.html").is_file()
            withdraw(archive, STEM, "At her wish.", now=bench.now)
            done.append(report.stage)

    work.run(archive, RUNNING, listen, lambda: None)
    assert len(done) == 1
    places = (archive.site, bench.root / ".site.reserve", tmp_path / "first", tmp_path / "www")
    for place in places:
        found = public_bytes(place)
        assert WORD.encode() not in found and b"part-1.m4a" not in found, place
        assert b"at her wish." in (place / "events" / "a-talk" / "index.html").read_bytes().lower()
        assert (place / "events" / "another" / "index.html").is_file()


def test_withdrawal_at_the_desk_in_the_middle_of_a_publish_leaves_nothing(
    bench: Any, desk: Any, tone: Path, tmp_path: Path
) -> None:
    """With real workers: the job in hand is halted while it sends, the event is withdrawn at the desk, then it goes on."""
    archive = aim(bench, f"folder:{tmp_path}/www")
    bench.event(STEM, TALK)
    bench.recording(STEM, "part-1", tone)
    bench.transcript(STEM, "part-1.en", f"c1 0.0 1.0 Anna Example: Words {WORD}.")
    desk.live.check()
    first = work.ask(desk.database, archive)
    assert first is not None
    withdrawn: list[int] = []

    def over() -> bool:
        job = jobs.find(desk.database, first.id)
        if not withdrawn and job.stage == "send":
            answer = desk.client("organiser").post(
                f"/desk/events/{STEM}/withdraw", data={"sentence": "At her wish."}
            )
            withdrawn.append(answer.status_code)
        return bool(withdrawn) and not any(
            one.state != "waiting" for one in jobs.unfinished(desk.database, kind="publish")
        )

    end = time.monotonic() + 90
    Worker(archive, KINDS).work(lambda: over() or time.monotonic() > end)
    assert withdrawn == [303]
    assert jobs.recent(desk.database, kind="publish", subject=STEM, limit=1)[0].state == "done"
    found = public_bytes(archive.site, tmp_path / "www")
    assert WORD.encode() not in found and b"part-1.m4a" not in found


def test_withdrawal_that_nobody_has_carried_out_is_found(bench: Any) -> None:
    """Written by hand, or cut short by a power cut: it is due at once, and once."""
    bench.event(STEM, 'slug = "a-talk"')
    publish(bench.archive, now=bench.now, search=False)
    Registry(bench.archive).edit(STEM, lambda document: document.update({"withdrawn": "At her wish."}))
    now = datetime.now(UTC) + timedelta(seconds=1)
    (row,) = work.find_work(bench.archive, now)
    assert (row["subject"], row["item"], row["details"]["without_broken"]) == (STEM, "withdrawn", True)
    publish(bench.archive, now=bench.now, search=False)
    assert work.find_work(bench.archive, now) == []
