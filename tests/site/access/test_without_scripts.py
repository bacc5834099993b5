"""Every page in a browser that runs no JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A window without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_pages_say_what_they_are_without_scripts(kinds: Any, page: Any) -> None:
    """Each has its heading, and no button that does nothing."""
    for path in kinds.all:
        page.goto(kinds.at(path))
        assert page.locator("h1").count() == 1, path
        assert page.locator("h1").inner_text().strip(), path
        for button in page.locator("button:visible").all():
            assert button.get_attribute("type") == "submit", f"{path}: {button.inner_text()}"


def test_search_is_asked_and_leads_to_the_words_without_scripts(kinds: Any, page: Any) -> None:
    """In the reader's language, from the home page to the sentence."""
    page.goto(kinds.at("", "uk"))
    page.locator("input[type=search]").fill("slavery")
    page.locator("form[role=search] button[type=submit]").click()
    assert page.url.startswith(kinds.at("search/?q=slavery", "uk"))
    hit = page.locator(".moments a[href*='#']").first
    assert hit.get_attribute("href").endswith("#part-1.en.c4")
    hit.click()
    assert page.url.partition("?")[0].startswith(kinds.at("events/rights/", "uk"))
    assert "held in slavery" in page.locator(":target").inner_text()


def test_language_is_switched_without_scripts(kinds: Any, page: Any) -> None:
    """The same page in another language is a link."""
    page.goto(kinds.at("events/rights/"))
    page.locator(".editions summary").click()
    page.locator(".editions").get_by_text("Polski").click()
    assert page.url == kinds.at("events/rights/", "pl")
    assert page.locator("html").get_attribute("lang") == "pl"


def test_transcripts_and_recording_are_there_without_scripts(kinds: Any, page: Any) -> None:
    """Both transcripts are read one after the other; a time plays the recording from there."""
    page.goto(kinds.at("events/rights/"))
    text = page.locator(".texts").inner_text()
    assert "No one shall be held in slavery or servitude." in text
    assert "Кожна людина має право на життя" in text
    assert page.locator("video source").count() == 1
    time = page.locator(".side a.time").nth(1)
    assert "#t=9.5" in time.get_attribute("href")
    frame = time.get_attribute("target")
    assert page.locator(f"iframe[name='{frame}']").count() == 1
