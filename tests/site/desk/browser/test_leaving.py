"""Signing out in a real browser: what is not saved is told before, and nothing of it is left after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from onrecord.transcripts.correction.passages import passages
from onrecord.transcripts.library import Library

pytestmark = pytest.mark.browser
STEM = "2026-10-01-rights"
PASSWORD = "seven quiet herons at noon"
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
AXE = """() => axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(found => found.violations.map(rule => rule.id))"""


class Talk:
    """A transcript at the desk."""

    def __init__(self, site: Any) -> None:
        path = Path(__file__).parent.parent / "editing" / "conftest.py"
        spec = spec_from_file_location("editing_conftest", path)
        assert spec and spec.loader
        module = module_from_spec(spec)
        import sys

        sys.modules["editing_conftest"] = module
        spec.loader.exec_module(module)
        module.write_talk(site.bench)
        self.site = site
        self.address = f"{site.base}/desk/events/{STEM}/transcripts/part-1.en/"

    def first(self) -> str:
        """The first paragraph, as the file has it."""
        found = Library(self.site.archive).read(STEM, "part-1", "en")
        return str(passages(found)[0].text)


@pytest.fixture
def talk(desk_site: Any) -> Iterator[Talk]:
    yield Talk(desk_site)


def unsaved(page: Any, talk: Talk, text: str) -> None:
    """Writes into the first paragraph while the server does not answer to what is saved."""
    page.route("**/part-1.en/text", lambda route: route.abort())
    page.goto(talk.address)
    page.locator("#p-c1 .text").fill(text)
    page.locator("#p-c3 .text").focus()
    page.get_by_text("No connection. Your text is kept in this browser.").wait_for()


def stored(page: Any) -> str:
    return str(page.evaluate(STORED))


def until_stored(page: Any, wanted: Callable[[str], bool]) -> None:
    """Waits until what the browser keeps is as wanted."""
    end = time.monotonic() + 60
    while not wanted(stored(page)):
        assert time.monotonic() < end, stored(page)
        page.wait_for_timeout(40)


def sign_in(page: Any, site: Any, name: str) -> None:
    page.goto(f"{site.base}/desk/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.base}/desk/")


def test_unsaved_text_is_told_and_gone_after_signing_out(talk: Talk) -> None:
    """The question leads to the page; whoever stays keeps the text; who goes leaves none, also not by going."""
    with talk.site.window() as window:
        page = window.page
        talk.site.join(page, "editor")
        unsaved(page, talk, "Words of the evening.")
        page.get_by_role("button", name="Sign out").click()
        box = page.get_by_role("dialog", name="Something is not saved yet")
        assert box.get_by_role("link").get_attribute("href") == talk.address.removeprefix(talk.site.base)
        assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
        page.keyboard.press("Enter")
        box.wait_for(state="detached")
        assert page.evaluate("document.activeElement.textContent") == "Sign out"
        assert "Words of the evening." in stored(page)
        page.keyboard.press("Enter")
        box.get_by_role("button", name="Sign out and throw it away").click()
        page.wait_for_url("**/desk/sign-in?out")
        assert stored(page) == "[{},{}]"
        assert talk.first().startswith("Everyone has duties")


def test_what_can_be_saved_is_saved_and_nobody_is_asked(talk: Talk) -> None:
    """The server answers: what was typed is in the file, and signing out goes straight on."""
    with talk.site.window() as window:
        page = window.page
        talk.site.join(page, "editor")
        page.goto(talk.address)
        page.locator("#p-c1 .text").fill("Words of the evening.")
        page.get_by_role("button", name="Sign out").click()
        out = page.get_by_text("You are signed out.")
        stay = page.get_by_role("button", name="Stay signed in")
        out.or_(stay).first.wait_for()
        if stay.is_visible():  # a busy machine saves for longer than the page waits; then it asks
            stay.click()
            page.get_by_text("All is saved.").wait_for()
            page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/desk/sign-in?out")
        assert talk.first() == "Words of the evening."
        assert stored(page) == "[{},{}]"


def test_another_person_finds_nothing_of_the_one_before(talk: Talk) -> None:
    """The session ended and somebody else came in: the text is gone, and the open page neither shows nor sends it."""
    with talk.site.window() as first, talk.site.window() as second:
        talk.site.join(first.page, "editor")
        talk.site.join(second.page, "organiser")  # there is such a person now
        page = first.page
        unsaved(page, talk, "Words of the evening.")
        page.context.clear_cookies(name="__Host-onrecord")
        page.unroute("**/part-1.en/text")
        page.get_by_text("You are signed out.").wait_for()
        other = page.context.new_page()
        assert "Words of the evening." in stored(page)
        sign_in(other, talk.site, "Oskar Organiser")
        page.wait_for_url(f"{talk.site.base}/desk/")
        until_stored(other, lambda text: "Words of the evening." not in text)
        assert talk.first().startswith("Everyone has duties")


def test_the_same_person_finds_it_again(talk: Talk) -> None:
    """A session that ended by itself costs nobody their words."""
    with talk.site.window() as window:
        page = window.page
        talk.site.join(page, "editor")
        unsaved(page, talk, "Words of the evening.")
        page.context.clear_cookies(name="__Host-onrecord")
        again = page.context.new_page()
        page.close()
        sign_in(again, talk.site, "Edna Editor")
        again.goto(talk.address)
        again.get_by_text("All is saved.").wait_for()
        assert talk.first() == "Words of the evening."
        assert stored(again) == "[{},{}]"


def test_tab_that_is_left_open_keeps_nothing_more(talk: Talk) -> None:
    """Signed out in another tab: what is typed in this one stays on its page alone."""
    with talk.site.window() as window:
        page = window.page
        talk.site.join(page, "editor")
        page.goto(talk.address)
        other = page.context.new_page()
        other.goto(f"{talk.site.base}/desk/me/")
        other.get_by_role("button", name="Sign out").first.click()
        other.wait_for_url("**/desk/sign-in?out")
        page.locator("#p-c1 .text").fill("Words of the evening.")
        page.locator("#p-c3 .text").focus()
        page.get_by_text("You are signed out.").wait_for()
        until_stored(page, lambda text: text == "[{},{}]")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_question_has_no_barrier_and_fits(
    talk: Talk, checker: Callable[[str], Path], scheme: str, width: int
) -> None:
    """axe finds nothing in it, and nothing stands out over the page."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 740}, "bypass_csp": True}
    with talk.site.window("editor", **settings) as window:
        page = window.page
        unsaved(page, talk, "Words of the evening.")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("dialog").wait_for()
        page.evaluate(axe)
        assert page.evaluate(AXE) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
