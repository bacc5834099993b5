"""Jobs watched in a real browser: live, by keyboard, without JavaScript, narrow and wide."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.jobs import Outcome
from onrecord.progress import Report

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")

pytestmark = pytest.mark.browser
STEM = "2026-03-01-talk"
_BARRIERS = """() => axe.run(document, {runOnly: {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(found => found.violations.map(rule => rule.id + ' ' + rule.nodes.map(node => node.html).join(' | ')))"""
_SHOTS = os.environ.get("SHOTS", "")  # a folder to keep pictures in, for a person to look at


@pytest.fixture
def job(desk_site: Any) -> jobs.Job:
    """A recording's job that a worker has in hand."""
    (desk_site.archive.events / f"{STEM}.toml").write_text(
        'format = 1\nid = "one"\ntitle = "On dignity"\nstarts = "2026-03-01 18:00"\nlanguages = ["en"]\n\n'
        '[[recordings]]\nid = "part-1"\ntitle = "The first part"\nsource = "https://media.example.org/talk.mp4"\n'
        + "".join(f'[[recordings]]\nid = "part-{number}"\n' for number in range(2, 6))
    )
    database = desk_site.database
    jobs.present(database, "one", lease=600)
    jobs.enqueue(database, "recording", STEM, "part-1", by="Olha Owner")
    found = jobs.claim(database, "one", ["recording"], lease=600)
    assert found is not None
    jobs.log(database, found.id, "begun")
    return found


def beat(desk_site: Any, job: jobs.Job, done: float, stage: str = "fetch") -> None:
    report = Report(stage, "", done, 120e6, "bytes")
    jobs.heartbeat(desk_site.database, job, "one", report, pace=3e6, lease=600)


def picture(page: Any, name: str) -> None:
    if _SHOTS:
        page.screenshot(path=Path(_SHOTS) / f"{name}.png", full_page=True)


def test_a_job_is_watched_as_it_goes_on(desk_site: Any, job: jobs.Job) -> None:
    """Progress and log come by themselves; the button that has the focus keeps it; at the end the page says so."""
    with desk_site.window("organiser") as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/jobs/{job.id}/")
        page.get_by_role("button", name="Pause").focus()
        beat(desk_site, job, 30e6)
        page.get_by_text("25 %").wait_for()
        assert page.evaluate("document.activeElement.textContent") == "Pause"
        jobs.log(desk_site.database, job.id, "fetch: <b>ended</b>")
        page.get_by_text("fetch: <b>ended</b>").wait_for()
        page.get_by_role("button", name="Pause").click()
        page.get_by_text("Is being paused").wait_for()
        jobs.finish(desk_site.database, job, "one", Outcome("queued"))
        page.get_by_text("Paused", exact=True).wait_for()
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("The job goes on.").wait_for()
        again = jobs.claim(desk_site.database, "one", ["recording"])
        assert again is not None
        jobs.finish(desk_site.database, again, "one", Outcome("done"))
        page.get_by_text("Run again from a step").wait_for()
        page.get_by_text("Done", exact=True).wait_for()  # the page is loaded anew at the end
        assert window.complaints == []


def test_a_page_that_nobody_looks_at_is_not_followed(desk_site: Any, job: jobs.Job) -> None:
    """Six connections are all that a browser opens to a site: eight pages of jobs, and the ninth still loads."""
    with desk_site.window("organiser") as window:
        pages = [window.page, *(window.page.context.new_page() for _ in range(7))]
        for page in pages:
            page.goto(f"{desk_site.base}/desk/jobs/{job.id}/")
            page.evaluate(
                "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
                "document.dispatchEvent(new Event('visibilitychange'))"
            )
        last = window.page.context.new_page()
        last.goto(f"{desk_site.base}/desk/jobs/")
        assert last.get_by_role("heading", name="At work").is_visible()


def test_without_javascript_the_page_reloads_itself(desk_site: Any, job: jobs.Job) -> None:
    """And every button works."""
    with desk_site.window("organiser", java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/jobs/{job.id}/")
        beat(desk_site, job, 60e6)
        page.get_by_text("50 %").wait_for()
        end = time.monotonic() + 60
        while not page.get_by_text("Is being called off").is_visible():
            assert time.monotonic() < end, "the job cannot be called off"
            with suppress(
                playwright.TimeoutError
            ):  # the page was loaded anew, which folds up what was opened
                page.get_by_text("Call off").click(timeout=2000)
                page.get_by_role("button", name="Call it off").click(timeout=2000)


def test_with_javascript_it_does_not(desk_site: Any, job: jobs.Job) -> None:
    """What somebody has opened stays open."""
    with desk_site.window("organiser") as window:
        window.page.goto(f"{desk_site.base}/desk/jobs/{job.id}/")
        window.page.wait_for_timeout(6000)
        assert sum(one.endswith(f"/desk/jobs/{job.id}/") for one in window.requests) == 1


def test_a_failed_job_is_run_again_by_keyboard(desk_site: Any, job: jobs.Job) -> None:
    """From the list to the page to the button, and from a step."""
    outcome = Outcome("failed", error="what came is no recording.", advice="Bring another one.")
    jobs.finish(desk_site.database, job, "one", outcome)
    with desk_site.window("organiser") as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/jobs/")
        page.get_by_role("link", name="On dignity").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Run again from a step").focus()
        page.keyboard.press("Enter")
        page.get_by_label("From the transcription").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Run again", exact=True).focus()
        page.keyboard.press("Enter")
        page.get_by_text("The job is run again.").wait_for()
    assert jobs.find(desk_site.database, job.id).details == {"from": "transcribe"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_fit(
    desk_site: Any, job: jobs.Job, checker: Callable[[str], Path], width: int, scheme: str
) -> None:
    """Nothing runs out of a narrow page; axe has nothing to say."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    database = desk_site.database
    beat(desk_site, job, 30e6)
    for number, outcome in enumerate((
        Outcome("failed", error="the server says that there is no such recording (404).", advice="Bring another address."),
        Outcome("waiting", error="the server did not answer in 20 s.", wait=3600, failed_try=True),
        Outcome("done"), Outcome("paused"),
    )):  # fmt: skip
        jobs.enqueue(database, "recording", STEM, f"part-{number + 2}")
        found = jobs.claim(database, "one", ["recording"])
        assert found is not None
        jobs.finish(database, found, "one", outcome)
    jobs.log(database, job.id, "fetch: began")
    with desk_site.window(
        "organiser",
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,
    ) as window:
        for name, path in (("list", "/desk/jobs/"), ("one", "/desk/jobs/1/"), ("failed", "/desk/jobs/2/")):
            window.page.goto(f"{desk_site.base}{path}")
            if name == "failed":
                window.page.get_by_text("Run again from a step").click()
            assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            picture(window.page, f"jobs-{name}-{width}-{scheme}")
            window.page.evaluate(axe)
            assert window.page.evaluate(_BARRIERS) == []
