"""Completion of a question while it is typed, by keyboard and mouse, and what programs get of it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def type_in(visit: Any, base: str, text: str) -> Any:
    """Types into the field of the home page, and waits for the list."""
    visit.page.goto(base)
    visit.page.wait_for_selector("html[data-completes]")
    field = visit.page.get_by_role("combobox")
    field.press_sequentially(text, delay=20)
    visit.page.locator(".completions li").first.wait_for()
    return field


def test_word_is_chosen_by_keyboard(base: str, visit: Any) -> None:
    """The focus stays in the field, which says what is marked (ARIA combobox); Enter asks."""
    field = type_in(visit, base, "educ")
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-activedescendant") is None
    visit.page.keyboard.press("ArrowDown")
    visit.until("document.getElementById('q').getAttribute('aria-activedescendant') !== null")
    marked = visit.page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert marked.get_attribute("aria-selected") == "true"
    assert visit.page.evaluate("document.activeElement.id") == "q"
    kinds = visit.texts(".completions li")
    for _ in range(kinds.index("education")):  # as a word: a tag says that it is one
        visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Enter")
    visit.ready(f"{base}search/?q=education")
    assert visit.texts("#total") == ["12 discussions"]


def test_list_closes_and_leaves_what_was_typed(base: str, visit: Any) -> None:
    """Escape closes; a second one empties the field; the arrows come round through the field itself."""
    field = type_in(visit, base, "educ")
    count = visit.page.locator(".completions li").count()
    assert visit.texts(".field [role=status]") == [f"{count} suggestion{'s' if count != 1 else ''}"]
    visit.page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") == f"q-completions-{count - 1}"
    visit.page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None
    visit.page.keyboard.press("Escape")
    assert (field.get_attribute("aria-expanded"), field.input_value()) == ("false", "educ")
    assert visit.page.locator(".completions:visible").count() == 0
    visit.page.keyboard.press("Escape")
    visit.until("document.getElementById('q').value === ''")


def test_speaker_becomes_a_filter(base: str, visit: Any) -> None:
    """Chosen with the mouse; the words before stay."""
    type_in(visit, base, "exile ann")
    visit.page.locator(".completions li", has_text="Anna Example").click()
    visit.ready()
    assert visit.page.locator("#q").input_value() == 'exile speaker:"Anna Example"'
    assert visit.titles() == ["Exile and return"]
    assert set(visit.texts(".moment .speaker")) == {"Anna Example"}


def test_title_leads_to_its_discussion(base: str, visit: Any) -> None:
    """And says that it is one."""
    type_in(visit, base, "exile and")
    option = visit.page.locator(".completions li", has_text="Exile and return")
    assert option.locator(".kind").inner_text() == "Discussion"
    option.click()
    visit.page.wait_for_url(f"{base}events/long/")


def test_tag_is_completed(base: str, visit: Any) -> None:
    """As a filter on what the discussions are about."""
    type_in(visit, base, "tag:edu")
    visit.page.locator(".completions li", has_text="education").click()
    visit.ready()
    assert visit.texts("#total") == ["12 discussions"]


def test_nothing_is_asked_for_one_letter_or_after_a_space(base: str, visit: Any) -> None:
    """And each text is asked for once."""
    visit.page.goto(base)
    visit.page.wait_for_selector("html[data-completes]")
    field = visit.page.get_by_role("combobox")
    field.press_sequentially("e")
    visit.page.wait_for_timeout(400)
    assert [address for address in visit.requests if "complete?" in address] == []
    field.press_sequentially("xile ")
    visit.page.wait_for_timeout(400)
    assert visit.page.locator(".completions:visible").count() == 0
    field.press("Backspace")
    visit.page.locator(".completions li").first.wait_for()
    field.press("x")
    field.press("Backspace")
    visit.page.wait_for_timeout(400)
    asked = [address.rpartition("=")[2] for address in visit.requests if "complete?" in address]
    assert asked.count("exile") == 1


def test_completion_answers_programs_and_browsers(base: str, visit: Any) -> None:
    """For our field as rows; for a browser's as OpenSearch has it, with whole addresses."""
    rows = visit.page.request.get(f"{base}search/complete?q=asyl").json()
    word = next(row for row in rows if row["kind"] == "word")
    assert {name: word[name] for name in ("text", "query", "url")} == {
        "text": "asylum",
        "query": "asylum",
        "url": "/search/?q=asylum",
    }
    answer = visit.page.request.get(f"{base}search/complete?q=asyl&format=opensearch")
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    typed, questions, descriptions, addresses = answer.json()
    assert (typed, len(questions)) == ("asyl", len(rows))
    assert addresses[questions.index("asylum")] == "https://archive.example.org/search/?q=asylum"
    assert len(descriptions) == len(questions)
