"""Trimming by ear and looking at an address in a real browser: by keyboard, on a phone, in the dark, without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.events.registry import Registry
from onrecord.media.originals import accept
from onrecord.site.desk.work import KINDS
from onrecord.worker import Ways, Worker
from tests.media.conftest import film, loopback

__all__ = ["film", "loopback"]
pytestmark = pytest.mark.browser
STEM = "2026-10-01-rights"
TRIM = f"/desk/events/{STEM}/recordings/part-1/trim"


@contextmanager
def working(archive: Archive) -> Iterator[None]:
    """A real worker for what is quick, in a thread."""
    end = Event()
    kinds = [kind for kind in KINDS if kind.name in ("look", "listen")]
    worker = Worker(Archive(archive.root), kinds, ways=Ways(tick=0.05))
    thread = Thread(target=worker.work, args=(end.is_set,))
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(30)


@pytest.fixture
def trimmed(desk_site: Any, tone: Path) -> Any:
    """A discussion with a recording of six seconds that is not rendered yet."""
    desk_site.bench.event(STEM, '[[recordings]]\nid = "part-1"\nsource = "tone.m4a"\n')
    accept(desk_site.archive, STEM, "part-1", tone, source="tone.m4a", tool="test")
    return desk_site


def until(page: Any, expression: str) -> None:
    """Waits until something holds in the page, whose policy lets nobody evaluate a text there."""
    end = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def trim_of(site: Any) -> tuple[int, int] | None:
    found: tuple[int, int] | None = Registry(site.archive).get(STEM).recordings[0].trim
    return found


def test_trim_by_ear_and_keyboard(trimmed: Any) -> None:
    """The keys move the playhead, set both edges and play around them; the waveform comes by itself; saved, it is in the file."""
    with trimmed.window("organiser") as window, working(trimmed.archive):
        page = window.page
        page.goto(f"{trimmed.base}{TRIM}")
        until(page, "document.getElementById('player').readyState > 0")
        page.keyboard.press("Shift+ArrowRight")
        until(page, "Math.abs(document.getElementById('player').currentTime - 1) < 0.01")
        page.keyboard.press("i")
        assert page.get_by_label("The public’s version begins at").input_value() == "00:00:01.000"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Alt+ArrowLeft")
        page.keyboard.press("o")
        assert page.get_by_label("and ends at").input_value() == "00:00:04.900"
        assert page.locator("#trim-said").inner_text() == "End at 00:00:04.900"
        page.keyboard.press("Shift+I")
        until(
            page,
            "(player => player.played.length && player.paused && Math.abs(player.currentTime - 3.5) < 0.02)"
            "(document.getElementById('player'))",
        )
        page.locator("#wave img").wait_for()
        until(page, "document.querySelector('#wave img').naturalWidth > 0")
        page.get_by_role("button", name="Start a tenth of a second later").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Save the trim").focus()
        page.keyboard.press("Enter")
        page.get_by_text("The trim is saved").wait_for()
        assert window.complaints == []
    assert trim_of(trimmed) == (1100, 4900)


def test_trim_with_the_pointer(trimmed: Any) -> None:
    """A press on the waveform moves the playhead; the buttons set the edges there."""
    with trimmed.window("organiser") as window, working(trimmed.archive):
        page = window.page
        page.goto(f"{trimmed.base}{TRIM}")
        page.locator("#wave img").wait_for()
        box = page.locator("#wave").bounding_box()
        for share, which in ((0.25, 0), (0.75, 1)):
            page.mouse.click(box["x"] + box["width"] * share, box["y"] + 20)
            page.get_by_role("button", name="Set here").nth(which).click()
        page.get_by_role("button", name="Save the trim").click()
        page.get_by_text("The trim is saved").wait_for()
    start, end = trim_of(trimmed) or (0, 0)
    assert abs(start - 1500) < 60
    assert abs(end - 4500) < 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_trim_without_javascript_on_a_phone(trimmed: Any, scheme: str) -> None:
    """Two plain fields and a player; nothing that does nothing is shown; nothing is cut off at 360 pixels."""
    small = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False, "color_scheme": scheme}
    with trimmed.window("organiser", **small) as window:
        page = window.page
        page.goto(f"{trimmed.base}{TRIM}")
        assert page.locator("button[type=button]:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_label("The public’s version begins at").fill("0:02")
        page.get_by_label("and ends at").fill("5")
        page.keyboard.press("Enter")
        page.get_by_text("The trim is saved").wait_for()
    assert trim_of(trimmed) == (2000, 5000)


@pytest.mark.parametrize("javascript", [True, False])
def test_address_is_looked_at_and_taken_by_keyboard(
    desk_site: Any, loopback: Any, film: Path, javascript: bool
) -> None:
    """Pasted, looked at by a job while the page waits, confirmed; with JavaScript and without."""
    desk_site.bench.settings(f'[fetch]\nallow-hosts = ["{loopback.place}"]\n')
    desk_site.bench.event(STEM, "")
    loopback.serve("/film.mp4", film)
    small = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": javascript}
    with desk_site.window("organiser", **small) as window, working(desk_site.archive):
        page = window.page
        page.goto(f"{desk_site.base}/desk/events/{STEM}/recordings/new")
        page.get_by_label("Address of the recording").focus()
        page.keyboard.insert_text(loopback.url("/film.mp4"))
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Is this it?").wait_for()
        page.get_by_text("a file, with picture").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_label("Languages spoken").fill("uk")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/desk/events/{STEM}/recordings/part-1/")
        assert window.complaints == []
    recording = Registry(desk_site.archive).get(STEM).recordings[0]
    assert (recording.source, recording.languages) == (loopback.url("/film.mp4"), ("uk",))


AXE = """() => axe.run(document, {runOnly: {type: 'tag', values: [
  'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}}).then(({violations}) =>
  violations.map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' | ')}`))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_for_recordings(
    trimmed: Any, checker: Callable[[str], Path], scheme: str
) -> None:
    """No barrier on the pages by which recordings come, whatever is folded away opened."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    here = f"/desk/events/{STEM}/recordings"
    with trimmed.window("organiser", color_scheme=scheme, bypass_csp=True) as window:
        found = {}
        for place in (f"{here}/new", f"{here}/part-1/", f"{here}/part-1/trim", "/desk/found/"):
            window.page.goto(f"{trimmed.base}{place}")
            window.page.evaluate(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
            )
            window.page.evaluate(axe)
            found[place] = window.page.evaluate(AXE)
        assert [row for rows in found.values() for row in rows] == []
