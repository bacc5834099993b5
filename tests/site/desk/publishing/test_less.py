"""Whoever takes something back, also in a text editor, has it taken out of the static site: nobody has to think of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onrecord import jobs
from onrecord.events.registry import Registry
from onrecord.site.export.run import publish

STEM = "2026-10-01-a"
TEXT = """
slug = "a-talk"
visibility = "public"
join = "https://meet.example.org/x"
join_visibility = "public"
[[speakers]]
name = "Anna Koval"
consent = "yes"
[[speakers]]
name = "Vira Example"
[[recordings]]
id = "part-1"
publish = "yes"
transcript = "draft"
trim = ["00:00:01", "00:00:05"]
original = "public"
"""
HEAD = 'format = 1\nid = "a"\ntitle = "A talk"\nstarts = "2026-10-01 18:00"\n'


def write(bench: Any, old: str = "", new: str = "") -> Any:
    """The event with a change; as the registry reads it."""
    assert old in TEXT
    (bench.archive.events / f"{STEM}.toml").write_text(
        HEAD + TEXT.replace(old, new, 1) if old else HEAD + TEXT
    )
    return Registry(bench.archive).get(STEM)


def test_consent_taken_back_in_an_editor_asks_for_the_static_site(bench: Any, desk: Any, tone: Path) -> None:
    """At once, as a withdrawal does; a change that adds something does not."""
    write(bench)
    bench.recording(STEM, "part-1", tone)
    publish(bench.archive, now=bench.now, search=False)
    desk.live.check()
    assert desk.browser().get("/media/a-talk/part-1.m4a").status_code == 200
    write(bench, 'name = "Vira Example"', 'name = "Vira Example"\nrole = "teacher"')
    desk.live.check()
    assert jobs.unfinished(desk.database, kind="publish") == ()
    write(bench, 'consent = "yes"', 'consent = "no"')
    desk.live.check()
    assert desk.browser().get("/media/a-talk/part-1.m4a").status_code == 404
    (job,) = jobs.unfinished(desk.database, kind="publish")
    assert (job.subject, job.item, job.details) == (STEM, "withdrawn", {"without_broken": True})
