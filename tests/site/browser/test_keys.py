"""Everything by the keyboard."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.browser
def test_keyboard_walks_sentences_and_plays(site: Any, visit: Any) -> None:
    """The transcript is one stop of the Tab key; arrows walk its sentences; Enter plays from there."""
    visit.open(f"{site.base}events/read-aloud/")
    assert visit.page.locator("#part-1\\.en .s[tabindex='0']").count() == 1
    visit.page.locator("#part-1\\.en .s[tabindex='0']").focus()
    for _ in range(3):
        visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowUp")
    assert visit.page.evaluate("document.activeElement.dataset.a") == "part-1.en.c3"
    visit.page.keyboard.press("Enter")
    visit.until("document.querySelector('video').currentTime > 11.2")
    assert visit.media("paused") is False
    visit.page.keyboard.press("k")
    assert visit.media("paused") is True


def at(visit: Any) -> tuple[str, str]:
    """The sentence that has the focus, and the words that are selected."""
    found: list[str] = visit.page.evaluate("[document.activeElement.dataset.a, getSelection().toString()]")
    return (found[0], found[1])


@pytest.mark.browser
def test_keyboard_walks_words_with_one_stop_of_tab(site: Any, visit: Any) -> None:
    """To the sides by words, over the edges of sentences; the transcript stays one stop of the Tab key."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.locator("#part-1\\.en .s").nth(1).focus()
    visit.page.locator("#part-1\\.en .s").first.focus()
    press = visit.page.keyboard.press
    press("ArrowRight")
    assert at(visit) == ("part-1.en.c1", "All")
    press("ArrowRight")
    assert at(visit) == ("part-1.en.c1", "human")
    press("End")
    assert at(visit) == ("part-1.en.c1", "rights.")
    press("ArrowRight")
    assert at(visit) == ("part-1.en.c2", "They")
    press("ArrowLeft")
    assert at(visit) == ("part-1.en.c1", "rights.")
    press("Home")
    assert at(visit) == ("part-1.en.c1", "All")
    press("ArrowDown")
    assert at(visit) == ("part-1.en.c2", "")
    assert visit.page.locator("#part-1\\.en [tabindex='0']").count() == 1
    press("Tab")
    assert visit.page.evaluate("document.activeElement.closest('#part-1\\\\.en p')") is None


@pytest.mark.browser
def test_keyboard_plays_from_a_word(site: Any, visit: Any) -> None:
    """Enter on a word plays from that word."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.locator("#part-1\\.en .s").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        visit.page.keyboard.press(key)
    # cue 3 begins at 11 s; "the" is its third word of eleven in 5 s
    visit.heard(11.908)


@pytest.mark.browser
def test_keyboard_selects_and_quotes(site: Any, visit: Any) -> None:
    """With Shift the selection grows by words and by sentences; Q quotes it."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.locator("#part-1\\.en .s").first.focus()
    press = visit.page.keyboard.press
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        press(key)
    assert at(visit) == ("part-1.en.c3", "Everyone has the")
    press("Shift+ArrowLeft")
    assert at(visit) == ("part-1.en.c3", "Everyone has")
    press("Shift+ArrowDown")
    press("q")
    assert visit.page.locator("#quote blockquote").inner_text() == (
        "Everyone has the right to life, liberty and security of person. No one shall be held in slavery or "
        "servitude; slavery and the slave trade shall be prohibited."
    )


@pytest.mark.browser
def test_help_sheet_tells_the_keys(site: Any, visit: Any) -> None:
    """A question mark opens it, Escape closes it, and keys do nothing behind it."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.keyboard.press("?")
    sheet = visit.page.locator("#keys")
    sheet.wait_for()
    assert visit.page.evaluate("document.activeElement.closest('#keys') !== null")
    assert "back or on by a sentence" in sheet.inner_text()
    visit.page.keyboard.press("k")
    assert visit.media("paused") is True
    visit.page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")


@pytest.mark.browser
def test_single_keys_work_everywhere_until_they_are_switched_off(site: Any, visit: Any) -> None:
    """They need no focus, leave typing alone, and stay off when the reader wants that (WCAG 2.1.4)."""
    visit.open(f"{site.base}events/read-aloud/")
    press = visit.page.keyboard.press
    press("l")
    visit.until("Math.abs(document.querySelector('video').currentTime - 5.5) < 0.02")
    press(">")
    visit.until("document.querySelector('video').playbackRate == 1.25")
    visit.until("document.querySelector('[data-do=speed]').value == '1.25'")
    press("<")
    press("<")
    visit.until("document.querySelector('video').playbackRate == 0.75")
    press("f")
    visit.until("document.activeElement.id == 'find-part-1'")
    press("k")
    visit.until("document.getElementById('find-part-1').value == 'k'")
    assert visit.media("paused") is True
    visit.page.evaluate("document.activeElement.blur()")
    press("?")
    visit.page.get_by_label("Single letters work on the whole page").uncheck()
    press("Escape")
    visit.page.locator("#keys").wait_for(state="hidden")
    press("k")
    assert visit.media("paused") is True
    visit.page.reload()
    visit.page.wait_for_selector("html[data-ready=event]")
    press("?")
    assert not visit.page.locator("#keys").is_visible()


@pytest.mark.browser
def test_keys_switch_marks_and_languages(site: Any, visit: Any) -> None:
    """U takes the marks of unsure words away, S puts two languages side by side."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.keyboard.press("u")
    assert (
        visit.page.locator(".unsure").first.evaluate("one => getComputedStyle(one).textDecorationLine")
        == "none"
    )
    visit.page.keyboard.press("s")
    assert visit.page.locator(".transcript:visible").count() == 2
