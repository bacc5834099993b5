"""A platform's own player, which nothing asks for before a click."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "button", "frame"),
    [
        (
            "read-aloud",
            "Show the player of YouTube instead",
            "https://www.youtube-nocookie.com/embed/zq-Ab_3dEfG",
        ),
        ("elsewhere", "Show the player of Vimeo", "https://player.vimeo.com/video/76979871?dnt=1"),
    ],
)
def test_platform_player_is_asked_for_by_the_click_alone(
    site: Any, visit: Any, path: str, button: str, frame: str
) -> None:
    """Before it no request leaves; after it there is one frame, which is told the site and not the page."""
    asked: list[tuple[str, str | None]] = []

    def answer(route: Any) -> None:
        # nothing leaves this machine: the browser is given a page as if it came from the platform
        asked.append((route.request.url, route.request.header_value("referer")))
        route.fulfill(content_type="text/html", body="<!doctype html><title>x</title><p>Played there</p>")

    visit.page.route(lambda address: not address.startswith(site.base), answer)
    visit.page.goto(f"{site.base}events/{path}/")
    visit.page.wait_for_selector("html[data-ready=event]")
    shown = visit.page.get_by_role("button", name=button)
    shown.hover()
    visit.page.wait_for_load_state("networkidle")
    assert (asked, visit.page.locator(".platform iframe").count()) == ([], 0)
    if path == "read-aloud":
        visit.play()
    shown.click()
    visit.page.frame_locator(".platform iframe").get_by_text("Played there").wait_for()
    assert asked == [(frame, site.base)]
    assert visit.page.locator(".platform iframe").evaluate_all("all => all.map(one => one.src)") == [frame]
    assert (shown.count(), visit.complaints) == (0, [])
    if path == "read-aloud":
        assert visit.media("paused") is True


@pytest.mark.browser
def test_platform_is_a_plain_link_without_javascript(site: Any, visiting: Any) -> None:
    """It says where it leads; there is no button that does nothing."""
    with visiting(java_script_enabled=False) as visit:
        visit.page.goto(f"{site.base}events/read-aloud/")
        link = visit.page.get_by_role("link", name="See this recording on YouTube")
        assert link.get_attribute("href") == "https://www.youtube.com/watch?v=zq-Ab_3dEfG"
        assert "This link leaves the archive for YouTube." in visit.page.locator(".stage").inner_text()
        assert visit.page.locator(".platform:visible").count() == 0
