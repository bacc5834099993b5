"""Finding words in the transcript."""

from __future__ import annotations

from typing import Any

import pytest

FIELD = "#find-part-1"


@pytest.mark.browser
def test_find_marks_hits_in_the_text_and_on_the_time_line(site: Any, visit: Any) -> None:
    """Every hit is marked, the one that is looked at apart; the time line has a stroke for each."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.locator(FIELD).fill("EQUAL")
    visit.until("document.querySelector('.find output').textContent == '1 of 3'")
    assert visit.lit("found") == ["equal", "equal", "equal"]
    assert visit.lit("found-here") == ["equal"]
    drawn = visit.page.locator(".bar .hits").get_attribute("d")
    assert drawn is not None
    # cues 1 and 7 begin at 0 s and at 33 s of 90 s; cue 7 has two of the hits
    assert drawn == "M0 0V10M3667 0V10"


@pytest.mark.browser
def test_find_goes_from_hit_to_hit(site: Any, visit: Any) -> None:
    """Enter, Shift and Enter, and the buttons; over the end to the beginning. Each hit comes into view."""
    visit.page.set_viewport_size({"width": 1440, "height": 500})
    visit.open(f"{site.base}events/read-aloud/")
    field = visit.page.locator(FIELD)
    field.fill("slav")
    count = visit.page.locator(".find output")
    visit.until("document.querySelector('.find output').textContent == '1 of 3'")
    field.press("Enter")
    assert count.inner_text() == "2 of 3"
    field.press("Shift+Enter")
    field.press("Shift+Enter")
    assert count.inner_text() == "3 of 3"
    visit.page.get_by_role("button", name="To the next hit").click()
    assert count.inner_text() == "1 of 3"
    top = visit.page.evaluate(
        "[...CSS.highlights.get('found-here')][0].startContainer.parentElement.getBoundingClientRect().top"
    )
    assert 0 < top < 500


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "asked", "found"),
    [
        ("en", "right to nationality", []),
        ("en", "right to a nationality", ["right to a nationality"]),
        ("uk", "ГІДНОСТІ", ["гідності"]),
        ("uk", "гідності та  правах", ["гідності та правах"]),
        ("uk", "иншого", []),
    ],
)
def test_find_folds_case_and_spaces_and_no_letters_of_ukrainian(
    site: Any, visit: Any, language: str, asked: str, found: list[str]
) -> None:
    """Case and runs of spaces do not matter; letters that differ do."""
    visit.open(f"{site.base}events/read-aloud/#part-1.{language}")
    visit.page.locator(FIELD).fill(asked)
    visit.until("document.querySelector('.find output').textContent != ''")
    assert visit.lit("found") == found
    if not found:
        assert visit.page.locator(".find output").inner_text() == "Not found"


@pytest.mark.browser
def test_find_ends_with_escape(site: Any, visit: Any) -> None:
    """Nothing stays marked."""
    visit.open(f"{site.base}events/read-aloud/")
    field = visit.page.locator(FIELD)
    field.fill("equal")
    visit.until("document.querySelector('.find output').textContent == '1 of 3'")
    field.press("Escape")
    visit.until("document.querySelector('.find output').textContent == ''")
    assert (visit.lit("found"), visit.page.locator(".bar .hits").get_attribute("d")) == ([], "")


@pytest.mark.browser
def test_find_does_not_tear_a_reader_away_who_listens(site: Any, visit: Any) -> None:
    """Looking at a hit while it plays offers the way back."""
    visit.page.set_viewport_size({"width": 1440, "height": 500})
    visit.open(f"{site.base}events/read-aloud/")
    visit.play()
    visit.until("document.querySelector('video').currentTime > 0.2")
    visit.page.locator(FIELD).fill("education")
    visit.page.get_by_role("button", name="Back to what is playing").click()
    visit.until("document.querySelector('.s.now')?.getBoundingClientRect().top > 0")
