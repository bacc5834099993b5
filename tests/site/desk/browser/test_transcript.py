"""The editor of transcripts in a real browser: by keyboard, on a phone's width, without scripts, with the network gone."""

from __future__ import annotations

import re
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
HOME = f"/desk/events/{STEM}/transcripts/part-1.en/"
FIRST = "Everyone has duties to the comunity in which alone the free development."


def _talk() -> Any:
    path = Path(__file__).parent.parent / "editing" / "conftest.py"
    spec = spec_from_file_location("editing_conftest", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    import sys

    sys.modules["editing_conftest"] = module
    spec.loader.exec_module(module)
    return module


class Desk:
    """The desk with the talk, and what stands in its file."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.path = _talk().write_talk(site.bench)
        self.window = site.window

    def open(self, page: Any, path: str = "") -> None:
        page.goto(f"{self.site.base}{HOME}{path}")

    @property
    def said(self) -> list[tuple[str, str]]:
        """Who says what, by the file."""
        found = Library(self.site.archive).read(STEM, "part-1", "en")
        return [(one.speaker, one.text) for one in passages(found)]


@pytest.fixture
def talk(desk_site: Any) -> Iterator[Desk]:
    yield Desk(desk_site)


def until(page: Any, expression: str) -> None:
    """Waits until something is true of the page; its policy forbids what Playwright would do for that."""
    end = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(40)


def until_in_file(page: Any, true: Callable[[], bool]) -> None:
    """Waits until something is true of the file."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "the file does not come to that"
        page.wait_for_timeout(40)


def saved(page: Any) -> None:
    page.get_by_text("All is saved.").wait_for()


def test_paragraph_is_corrected_by_keyboard_alone(talk: Desk) -> None:
    """From key to key: into a paragraph, a word corrected, on to the next, saved without a press of anything."""
    with talk.window("editor") as window:
        page = window.page
        talk.open(page)
        page.keyboard.press("Alt+u")
        assert page.evaluate("getSelection().toString()") == "comunity"
        page.keyboard.type("community")
        assert page.locator(".save").first.inner_text() == "Not saved yet"
        page.keyboard.press("Alt+ArrowDown")
        saved(page)
        assert page.evaluate("document.activeElement.closest('.para').id") == "p-c3"
        assert talk.said[0][1] == FIRST.replace("comunity", "community")
        assert page.locator("#p-c1 .unsure").count() == 1
        page.keyboard.press("Alt+u")
        page.keyboard.press("Alt+y")
        until(page, "document.querySelectorAll('.unsure').length === 0")
        until_in_file(page, lambda: "unsure" not in talk.path.read_text().split("\n\n", 2)[2])
        assert window.complaints == []


def test_turn_is_split_named_and_merged(talk: Desk) -> None:
    """Enter parts a turn and asks who speaks; a name is given everywhere; Backspace at the beginning merges."""
    with talk.window("editor") as window:
        page = window.page
        talk.open(page)
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Alt+ArrowDown")
        for _ in range(4):
            page.keyboard.press("Control+ArrowRight")
        page.keyboard.press("Enter")
        page.keyboard.type("Borys Melnyk")
        page.keyboard.press("Enter")
        saved(page)
        assert talk.said[1:3] == [
            ("Speaker 2", "All human beings are"), ("Borys Melnyk", "born free and equal in dignity and rights."),
        ]  # fmt: skip
        until(page, "document.activeElement.textContent.startsWith('born free')")
        page.keyboard.press("Backspace")
        until(page, "document.querySelectorAll('.para').length === 3")
        assert talk.said[1] == (
            "Speaker 2",
            "All human beings are born free and equal in dignity and rights.",
        )
        until(page, "document.activeElement.textContent.startsWith('All human')")
        page.keyboard.press("Alt+ArrowUp")
        page.keyboard.press("Alt+n")
        page.keyboard.type("Anna Koval")
        page.keyboard.press("Enter")
        page.locator("#p-c5 .name", has_text="Anna Koval").wait_for()
        assert [who for who, _ in talk.said] == ["Anna Koval", "Speaker 2", "Anna Koval"]
        assert window.complaints == []


def test_nothing_is_lost_when_the_network_is_gone(talk: Desk) -> None:
    """What is typed waits and is saved when the network is back; also after the window was closed meanwhile."""
    with talk.window("editor") as window:
        page = window.page
        talk.open(page)
        page.context.set_offline(True)
        page.locator("#p-c1 .text").fill("First words.")
        page.locator("#p-c3 .text").fill("Other words.")
        page.get_by_text("No connection. Your text is kept in this browser.").wait_for()
        assert talk.said[0][1] == FIRST
        page.context.set_offline(False)
        page.locator("#p-c5 .text").focus()
        until_in_file(page, lambda: [text for _, text in talk.said][:2] == ["First words.", "Other words."])
        saved(page)
        until(page, "document.querySelectorAll('.para').length === 3")
        page.context.set_offline(True)
        page.locator(".text").first.fill("Last words.")
        context = page.context
        page.close(run_before_unload=False)
        again = context.new_page()
        context.set_offline(False)
        talk.open(again)
        saved(again)
        assert talk.said[0][1] == "Last words."
        again.reload()
        assert again.locator(".text").first.inner_text() == "Last words."


def test_two_people_in_one_paragraph_see_both_versions(talk: Desk) -> None:
    """The second to save is shown both, puts them together, and nothing was written over."""
    with talk.window("editor") as one, talk.window("organiser") as other:
        talk.open(one.page)
        talk.open(other.page)
        one.page.locator("#p-c1 .text").fill(FIRST.replace("comunity", "community"))
        one.page.locator("#p-c3 .text").focus()
        saved(one.page)
        other.page.locator("#p-c1 .text").fill(FIRST.replace("development", "growth"))
        other.page.locator("#p-c3 .text").focus()
        form = other.page.locator("form.merge")
        form.wait_for()
        both = FIRST.replace("comunity", "community").replace("development", "growth")
        assert form.get_by_label("Together").input_value() == both
        assert talk.said[0][1] == FIRST.replace("comunity", "community")
        form.get_by_role("button", name="Save this").click()
        form.wait_for(state="detached")
        assert talk.said[0][1] == both
        other.page.locator("#p-c1 .text", has_text="growth").wait_for()


def test_page_follows_what_others_and_the_text_editor_do(talk: Desk) -> None:
    """A paragraph that somebody changed by hand is new on the page; the one in which somebody writes is left alone."""
    with talk.window("editor") as window:
        page = window.page
        talk.open(page)
        page.locator("#p-c3 .text").focus()
        page.keyboard.type("Now: ")
        talk.path.write_text(talk.path.read_text().replace("security of person", "safety of person"))
        page.keyboard.press("Alt+s")
        page.locator("#p-c5 .text", has_text="safety of person").wait_for()
        assert page.evaluate("document.activeElement.closest('.para').id") == "p-c3"
        page.keyboard.type("hear, ")
        page.keyboard.press("Alt+s")
        until_in_file(page, lambda: talk.said[1][1].startswith("Now: hear, All human"))
        assert talk.said[2][1].endswith("safety of person.")


def test_player_follows_and_plays_from_a_word(talk: Desk, tone: Path) -> None:
    """A click on a word plays from it, the word that is said is marked, Escape pauses while one writes."""
    talk.site.bench.recording(STEM, "part-1", tone)
    with talk.window("editor") as window:
        page = window.page
        talk.open(page)
        until(page, "document.getElementById('player').readyState >= 1")
        box = page.evaluate(
            """() => { const node = document.querySelector('#p-c1 .text').lastChild; const range = document.createRange();
            const at = node.data.indexOf('development'); range.setStart(node, at); range.setEnd(node, at + 5);
            const box = range.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }"""
        )
        # The word is near the end of the six seconds: ten times as slowly, so that the end does not come first.
        page.evaluate("document.getElementById('player').playbackRate = 0.1")
        page.mouse.click(*box)
        until(page, "document.getElementById('player').currentTime > 5.4")
        assert page.locator("#p-c1.now").count() == 1
        page.keyboard.press("Escape")
        until(page, "document.getElementById('player').paused")
        said = "[...CSS.highlights.get('spoken')].map(String).join()"
        page.keyboard.press("Alt+j")
        until(page, "document.getElementById('player').currentTime < 4")
        until(page, f"'the,comunity'.includes({said}) && {said} !== ''")
        page.evaluate("document.getElementById('player').playbackRate = 1")
        page.keyboard.press("Alt+Period")
        assert page.evaluate("document.getElementById('player').playbackRate") == 1.25
        assert window.complaints == []


def test_signed_out_meanwhile_keeps_the_text(talk: Desk) -> None:
    """The session ended in another tab: the text stays here, and is saved after signing in again."""
    with talk.window() as window:
        page = window.page
        talk.site.join(page, "editor")
        talk.open(page)
        other = page.context.new_page()
        other.goto(f"{talk.site.base}/desk/me/")
        other.get_by_role("button", name="Sign out").first.click()
        other.wait_for_url("**/desk/sign-in?out")
        page.bring_to_front()
        page.locator("#p-c1 .text").fill("Words of the evening.")
        page.locator("#p-c3 .text").focus()
        page.get_by_text("You are signed out.").wait_for()
        other.goto(f"{talk.site.base}/desk/sign-in")
        other.get_by_label("Name").fill("Edna Editor")
        other.get_by_label("Password", exact=True).fill("seven quiet herons at noon")
        other.get_by_role("button", name="Sign in").click()
        other.wait_for_url(f"{talk.site.base}/desk/")
        page.bring_to_front()
        saved(page)
        assert talk.said[0][1] == "Words of the evening."


@pytest.mark.parametrize("width", [360, 1440])
def test_pages_fit_and_work_without_scripts(talk: Desk, width: int) -> None:
    """No page is wider than the window; without scripts a paragraph is corrected on its own page."""
    with talk.window("editor", viewport={"width": width, "height": 740}, java_script_enabled=False) as window:
        page = window.page
        talk.open(page)
        page.get_by_role("link", name="Edit the paragraph at 0:08").click()
        page.get_by_label("Text", exact=True).fill("All people are born free\nand equal.")
        page.get_by_label("Who speaks from the new line on").fill("Borys Melnyk")
        page.get_by_role("button", name="Save, then the next").click()
        page.get_by_text("Saved.").wait_for()
        assert talk.said[1:3] == [("Speaker 2", "All people are born free"), ("Borys Melnyk", "and equal.")]
    with talk.window("editor", viewport={"width": width, "height": 740}) as window:
        for path in (
            "",
            "paragraphs/c1/",
            "speakers",
            "aside",
            "history",
            "history/2/",
            "replace?find=the&instead=that",
        ):
            talk.open(window.page, path)
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert window.complaints == [], path


def test_emptied_paragraph_is_offered_back(talk: Desk) -> None:
    """Without text it is taken out; one press brings it back in its place."""
    with talk.window("editor") as window:
        page = window.page
        talk.open(page)
        page.locator("#p-c3 .text").fill("")
        page.locator("#p-c5 .text").focus()
        page.get_by_role("button", name="Put it back").click()
        page.locator("#p-c3").wait_for(state="detached")
        saved(page)
        until(page, "document.querySelectorAll('.para').length === 3")
        assert [text for _, text in talk.said][
            1
        ] == "All human beings are born free and equal in dignity and rights."
        order = page.evaluate("[...document.querySelectorAll('.para .time')].map((one) => one.textContent)")
        assert order == sorted(order) and re.fullmatch(r"0:0[78]", order[1])


def test_touch_splits_and_marks_by_buttons(talk: Desk) -> None:
    """On a phone what keys do elsewhere stands below the text, and a press leaves the cursor where it is."""
    with talk.window("editor", viewport={"width": 360, "height": 740}, has_touch=True) as window:
        page = window.page
        talk.open(page)
        page.evaluate(
            """() => { const text = document.querySelector('#p-c1 .text'); text.focus();
            getSelection().collapse(text.querySelector('.unsure').firstChild, 2); }"""
        )
        page.get_by_role("button", name="Word is right").tap()
        saved(page)
        assert talk.path.read_text().count("<c.unsure>") == 1
        assert page.evaluate("document.activeElement.closest('.para').id") == "p-c1"
        page.get_by_role("button", name="Split here").tap()
        page.get_by_label("Who speaks from").fill("Anna Koval")
        page.get_by_role("button", name="Save", exact=True).tap()
        until(page, "document.querySelectorAll('.para').length === 4")
        assert [who for who, _ in talk.said] == ["Speaker 1", "Anna Koval", "Speaker 2", "Speaker 1"]
        assert window.complaints == []


CHECKERS = Path(__file__).resolve().parents[4] / ".venv" / "checkers"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_that_axe_knows(talk: Desk, scheme: str) -> None:
    """WCAG 2.2 AA and axe's best practices, on every page of the editor, also with a name being given."""
    if not (CHECKERS / "axe.min.js").exists():
        pytest.skip("axe-core is not there")
    axe = (CHECKERS / "axe.min.js").read_text(encoding="utf-8")
    with talk.window("editor", color_scheme=scheme, bypass_csp=True) as window:
        page = window.page
        for path in ("", "paragraphs/c1/", "speakers", "aside", "history", "replace?find=the&instead=that"):
            talk.open(page, path)
            if not path:
                page.keyboard.press("Alt+n")
            page.evaluate(axe)
            found = page.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
            assert found == [], path
