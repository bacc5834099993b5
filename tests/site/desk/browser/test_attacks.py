"""The corpus of attacks in a real browser: no dialog, no request to a stranger, and nothing that the policy had to stop."""

from __future__ import annotations

import time
from typing import Any

import pytest

from onrecord.site.desk.publishing.wishes import wish_code
from onrecord.site.release import Wish

pytestmark = pytest.mark.browser

STEM, SECOND = "2026-10-01-a", "2026-10-02-b"
HERE = f"/desk/events/{STEM}"
PAGES = (
    "/", "/events/", "/events/talk-0/", "/events/talk-1/", "/embed/talk-0/", "/speakers/speaker-0/", "/about/", "/search/?q=words",
    "/nothing/<script>alert(1)</script>",
    "/desk/", f"{HERE}/", f"{HERE}/edit", f"{HERE}/duplicate", f"{HERE}/repeat", f"{HERE}/publish", f"{HERE}/withdraw",
    f"{HERE}/preview/{wish_code(Wish())}/events/talk-0/", f"{HERE}/transcripts/part-1.en/", f"{HERE}/transcripts/part-1.en/history",
    f"{HERE}/transcripts/part-1.en/speakers", f"{HERE}/recordings/part-1/", f"{HERE}/recordings/part-1/trim",
    f"{HERE}/recordings/new", f"{HERE}/recordings/look/1", "/desk/found/", "/desk/jobs/", "/desk/jobs/1/", "/desk/jobs/2/",
    "/desk/log/", "/desk/people/", "/desk/settings/", "/desk/archive/", "/desk/publishing/",
)  # fmt: skip
# Set before any script of a page runs: what the policy stops is counted, for a node that it has to stop has come through.
WATCH = """
window.stopped = [];
addEventListener("securitypolicyviolation", event => stopped.push(`${event.effectiveDirective} ${event.blockedURI}`), true);
"""


def test_attacks_do_nothing_in_a_browser(desk_site: Any, attacks: Any, tone: Any) -> None:
    """On public pages and on those of the desk, with the mouse over all that there is."""
    attacks.plant(desk_site.bench)
    desk_site.bench.recording(STEM, "part-1", tone)
    attacks.plant_work(desk_site.database)
    dialogs: list[str] = []
    with desk_site.window("owner") as window:
        page = window.page
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.add_init_script(WATCH)
        shown = 0
        for path in PAGES:
            window.requests.clear()
            answer = page.goto(f"{desk_site.base}{path}", wait_until="load")
            assert answer.status in (200, 404), path
            page.wait_for_timeout(150)
            assert page.evaluate("window.stopped") == [], path
            strangers = {
                url for url in window.requests if not url.startswith((desk_site.base, "data:", "blob:"))
            }
            assert strangers == set(), path
            assert dialogs == [], path
            shown += "alert(" in page.inner_text("body")
        assert shown > len(PAGES) / 2, "the attacks must be on the pages, or nothing is proven"


def test_attacks_act_where_they_are_let_through(browser: Any, attacks: Any) -> None:
    """The corpus is none of paper: as a page without a policy, several of them act in this very browser."""
    context = browser.new_context()
    page, dialogs = context.new_page(), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.route("**/*", lambda route: route.abort())
    sure = [f"alert({number})" for number in (1, 3, 4)]
    for attack in attacks.ATTACKS:
        page.set_content(
            f"<!doctype html><title>x</title><p>{attack}</p>", wait_until="domcontentloaded", timeout=60_000
        )
        page.wait_for_timeout(50)
        end = time.monotonic() + 30
        while any(one in attack and one[6:-1] not in dialogs for one in sure) and time.monotonic() < end:
            page.wait_for_timeout(50)
    context.close()
    assert set(dialogs) >= {"1", "3", "4"}
