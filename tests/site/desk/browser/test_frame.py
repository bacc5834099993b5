"""The frame of the desk and its own pages in a real browser: no barrier, no scrolling sideways, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord import audit

pytestmark = pytest.mark.browser
OWN = (
    "/desk/me/",
    "/desk/people/",
    "/desk/people/{editor}/",
    "/desk/log/",
    "/desk/settings/",
    "/desk/nothing-here",
)
OUTSIDE = ("/desk/sign-in", "{invitation}", "/desk/join/nothing")
AXE = """() => axe.run(document, {runOnly: {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(found => found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3)
        .map(node => node.target.join(' ')).join(' | ')}`))"""


def paths(desk_site: Any) -> list[tuple[str | None, str]]:
    """Every page of the frame's own, with who sees it."""
    invitation = desk_site.link("organiser").removeprefix(desk_site.base)
    with desk_site.window("editor"), desk_site.database.reading() as connection:
        editor = connection.execute("SELECT id FROM people WHERE name = 'Edna Editor'").fetchone()[0]
    with desk_site.database.writing() as connection:
        audit.note(
            connection,
            who="Edna Editor",
            what="transcript.corrected",
            subject="2026-11-23-a-talk",
            detail="part-1.en",
        )
    return [("owner", path.format(editor=editor)) for path in OWN] + [
        (None, path.format(invitation=invitation)) for path in OUTSIDE
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(desk_site: Any, checker: Callable[[str], Path], scheme: str, width: int) -> None:
    """Neither a failure of WCAG 2.2 AA nor of good practice, on any page of the frame's own."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for role, path in paths(desk_site):
        settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "bypass_csp": True}
        with desk_site.window(role, **settings) as window:
            window.page.goto(desk_site.base + path)
            window.page.evaluate(axe)
            if broken := window.page.evaluate(AXE):
                found[path] = broken
    assert found == {}


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_nothing_is_scrolled_sideways_and_the_browser_has_no_complaint(desk_site: Any, width: int) -> None:
    """On any width; nothing is asked of another host, and the policy is broken nowhere."""
    for role, path in paths(desk_site):
        with desk_site.window(role, viewport={"width": width, "height": 800}) as window:
            window.page.goto(desk_site.base + path)
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, path
            failed = [text for text in window.complaints if "Failed to load resource" not in text]
            assert failed == [], path
            assert [url for url in window.requests if not url.startswith(desk_site.base)] == []


def test_everything_on_a_page_is_reached_and_seen_by_keyboard(desk_site: Any) -> None:
    """Each control of the page for people takes the focus in its order, and shows it."""
    with desk_site.window("owner") as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/people/")
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]"
            ".filter(one => one.checkVisibility()).filter(one => one.type !== 'radio' || one.checked).length"
        )
        seen = []
        for _ in range(wanted):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(
                "(() => { const one = document.activeElement; const style = getComputedStyle(one);"
                "return [one.tagName, one.textContent.trim(), parseFloat(style.outlineWidth) >= 2] })()"
            ))  # fmt: skip
        assert [tag for tag, _, _ in seen].count("BODY") == 0
        assert len({(tag, text) for tag, text, _ in seen}) >= wanted - 4
        assert [row for row in seen if not row[2] and row[0] != "A"] == []


def test_invitation_is_made_and_followed_in_the_browser(desk_site: Any) -> None:
    """The secret is shown once, can be chosen whole, and lets a second person in."""
    with desk_site.window("owner") as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/people/")
        page.get_by_label("Organiser").check()
        page.get_by_label("A remark for yourself").fill("for Oskar")
        page.get_by_role("button", name="Make a link").click()
        address = page.locator(".secret").inner_text()
        assert address.startswith(f"{desk_site.base}/desk/join/")
        page.goto(f"{desk_site.base}/desk/people/")
        assert page.locator(".secret").count() == 0
        assert page.get_by_text("for Oskar").is_visible()
    with desk_site.window(None) as window:
        page = window.page
        page.goto(address)
        page.get_by_label("Your name").fill("Oskar Organiser")
        page.get_by_label("Password", exact=True).fill("nine slow foxes under ice")
        page.get_by_label("The password once more").fill("nine slow foxes under ice")
        page.get_by_role("button", name="Join").click()
        page.wait_for_url(f"{desk_site.base}/desk/")
        assert page.get_by_role("link", name="People").count() == 0
        assert page.get_by_role("link", name="Log", exact=True).is_visible()
