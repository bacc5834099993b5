"""What holds on every page: nobody else is asked, no policy is broken, small screens, no scripts, two time zones."""

from __future__ import annotations

import re
from typing import Any

import pytest


@pytest.mark.browser
def test_pages_ask_no_third_party_and_break_no_policy(site: Any, visit: Any) -> None:
    """On no kind of page a request leaves the site, a policy is violated or a script complains."""
    for path in site.paths:
        visit.page.goto(site.base + path)
        visit.page.wait_for_load_state("networkidle")
    assert [address for address in visit.requests if not address.startswith(site.base)] == []
    # the two pages that are not there are answered with 404 and 410, which the browser notes by itself
    noted = [text for text in visit.complaints if not re.search(r"status of (404|410)", text)]
    assert noted == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_small_screen(site: Any, visiting: Any, scheme: str) -> None:
    """At 320 pixels nothing has to be scrolled sideways, with the player started too."""
    with visiting(viewport={"width": 320, "height": 640}, color_scheme=scheme) as visit:
        for path in site.paths:
            visit.page.goto(site.base + path)
            assert [path, visit.page.evaluate("document.documentElement.scrollWidth")] == [path, 320]
        visit.open(f"{site.base}events/read-aloud/#part-1.en.c9")
        visit.page.locator(".dock button:visible").click()
        visit.until("!document.querySelector('video').paused")
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.browser
def test_event_works_without_javascript(site: Any, visiting: Any) -> None:
    """Without scripts every transcript is in the page, and a time plays its second in a frame."""
    with visiting(viewport={"width": 1440, "height": 900}, java_script_enabled=False) as visit:
        visit.page.goto(f"{site.base}events/read-aloud/")
        assert visit.page.locator(".transcript:visible").count() == 2
        assert visit.page.locator(".transport:visible, .switches:visible, .dock:visible").count() == 0
        visit.page.locator("#part-1\\.en a.time").nth(1).click()
        frame = visit.page.frame(name="frame-part-1")
        assert frame is not None
        frame.wait_for_url(re.compile(r"/media/read-aloud/part-1\.mp4#t=11$"))
        visit.page.goto(site.base)
        visit.page.locator("#q").fill("nationality")
        visit.page.get_by_role("button", name="Search").click()
        visit.page.locator(".moment mark").first.wait_for()
        assert visit.page.locator(".moment mark").all_inner_texts() == ["nationality"]


@pytest.mark.browser
def test_times_are_shown_in_the_readers_zone_too(site: Any, visiting: Any) -> None:
    """A coming event tells its time in its own zone and, where that differs, in the reader's."""
    with visiting(timezone_id="America/New_York") as visit:
        visit.page.goto(f"{site.base}events/coming/")
        assert "18:30 EET" in visit.page.locator(".overline").inner_text()
        assert "11:30 your time" in visit.page.locator(".overline").inner_text()
    with visiting(timezone_id="Europe/Kyiv") as visit:
        visit.page.goto(f"{site.base}events/coming/")
        assert "your time" not in visit.page.locator(".overline").inner_text()
