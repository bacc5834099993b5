"""Publishing and taking back in a real browser: by keyboard, without JavaScript, on a phone's width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.site.export.run import publish
from onrecord.site.targets.delivery import deliver
from onrecord.site.withdrawal import withdraw

pytestmark = pytest.mark.browser

STEM = "2026-10-01-a"
TEXT = """
slug = "a-talk"
languages = ["en"]
summary = "What was said."
[[speakers]]
name = "Anna Example"
consent = "yes"
[[recordings]]
id = "part-1"
"""


@pytest.fixture
def site(desk_site: Any, tone: Any) -> Any:
    """A draft that is ready to be published."""
    bench = desk_site.bench
    bench.event(STEM, TEXT, visibility="draft")
    bench.transcript(STEM, "part-1.en", "c1 0.0 2.0 Anna Example: Everyone has duties to the community.")
    bench.recording(STEM, "part-1", tone)
    return desk_site


def see(page: Any, text: str) -> None:
    """Waits until a text is there."""
    page.get_by_text(text).first.wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_draft_is_previewed_published_and_taken_back(site: Any, scripts: bool) -> None:
    """On a phone's width; the browser complains of nothing, and nothing is asked of another host."""
    viewport = {"width": 360, "height": 740}
    with site.window("organiser", java_script_enabled=scripts, viewport=viewport) as window:
        page = window.page
        page.goto(f"{site.base}/desk/events/{STEM}/publish")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360 if scripts else True
        page.get_by_role("link", name="Look at the preview").click()
        frame = page.frame_locator("iframe")
        frame.get_by_text("Everyone has duties to the community.").first.wait_for()
        if scripts:
            frame.locator("audio, video").first.evaluate(
                "media => new Promise(done => { media.muted = true; "
                "media.ontimeupdate = () => media.currentTime > 0.2 && done(true); media.play() })"
            )
        page.get_by_role("link", name="Back to publishing").click()
        page.get_by_label("Only what was said: the recording stays private").check()
        page.get_by_role("button", name="Show what becomes public").click()
        see(page, "part-1 stays private; what was said in it becomes public.")
        page.get_by_role("button", name="Publish now").click()
        see(page, "It is public now.")
        page.goto(f"{site.base}/events/a-talk/")
        see(page, "Everyone has duties to the community.")
        page.goto(f"{site.base}/desk/events/{STEM}/withdraw")
        page.get_by_label("What readers are told").fill("At the wish of a speaker.")
        page.get_by_role("button", name="Withdraw it now").click()
        see(page, "It is withdrawn: no page, search, feed or file")
        assert page.goto(f"{site.base}/events/a-talk/").status == 410
        page.goto(f"{site.base}/desk/events/{STEM}/withdraw")
        page.get_by_role("button", name="Bring it back as a draft").click()
        see(page, "It is a draft again")
        assert [one for one in window.complaints if "410" not in one] == []
        assert {url for url in window.requests if not url.startswith((site.base, "data:"))} == set()


def test_draft_is_published_by_keyboard_alone(site: Any) -> None:
    """Tab, space and enter lead to the choice and to the button; what has the focus can be seen."""
    with site.window("organiser") as window:
        page = window.page
        page.goto(f"{site.base}/desk/events/{STEM}/publish")

        def tab_to(what: str) -> None:
            for _ in range(80):
                page.keyboard.press("Tab")
                if page.evaluate("what => document.activeElement.matches(what)", what):
                    return
            raise AssertionError(f"the focus never came to {what}")

        tab_to('input[name="visibility"]')
        page.keyboard.press("ArrowDown")
        assert page.locator('input[name="visibility"][value="later"]').is_checked()
        page.keyboard.press("ArrowUp")
        tab_to(".becomes form button")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Enter")
        see(page, "It is public now.")


_BARRIERS = """() => axe.run(document, {runOnly: {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(found => found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3)
        .map(node => node.target.join(' ')).join(' | ')}`))"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_axe_finds_nothing_on_pages_for_publishing(
    site: Any, checker: Callable[[str], Path], tmp_path: Path, scheme: str, width: int
) -> None:
    """Drafts, what stops, unlisted, withdrawn, targets that failed; nothing is wider than the window."""
    bench, here = site.bench, f"{site.base}/desk/events/{STEM}"
    settings = bench.archive.settings_file
    targets = f'targets = ["folder:{tmp_path}/nowhere/deep/www", "rsync:rsync://127.0.0.1:9/www/talks"]\n'
    settings.write_text(
        settings.read_text().replace("[publish]\n", f"[publish]\n{targets}"), encoding="utf-8"
    )
    bench.settings("")
    more = '[[speakers]]\nname = "Petro Melnyk"\nconsent = "no"\n'
    bench.event("2026-10-02-b", TEXT.replace("a-talk", "b-talk") + more, visibility="unlisted")
    bench.event("2026-10-03-c", TEXT.replace("a-talk", "c-talk") + 'publish = "yes"\n')
    publish(bench.archive, now=bench.now, search=False)
    deliver(bench.archive, now=bench.now)
    withdraw(bench.archive, "2026-10-03-c", "At the wish of a speaker.", now=bench.now)
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    pages = [f"{here}/publish", f"{here}/publish?visibility=later&at=", f"{here}/preview/", f"{here}/withdraw",
             here.replace(STEM, "2026-10-02-b") + "/publish", here.replace(STEM, "2026-10-03-c") + "/withdraw",
             here.replace(STEM, "2026-10-03-c") + "/publish", f"{site.base}/desk/publishing/"]  # fmt: skip
    found = {}
    viewport = {"width": width, "height": 900}
    with site.window("organiser", color_scheme=scheme, viewport=viewport, bypass_csp=True) as window:
        for address in pages:
            window.page.goto(address)
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, address
            window.page.evaluate(axe)
            if broken := window.page.evaluate(_BARRIERS):
                found[address] = broken
    assert found == {}
