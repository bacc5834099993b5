"""Several transcripts of one recording."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.browser
def test_link_to_another_language_shows_that_transcript(site: Any, visit: Any) -> None:
    """Of two languages one is shown; an address in the other one opens it, and the switch leads back."""
    visit.open(f"{site.base}events/read-aloud/#part-1.uk.c3")
    visit.until("Math.abs(document.querySelector('video').currentTime - 10) < 0.01")
    shown = visit.page.locator(".transcript:visible")
    assert shown.evaluate_all("all => all.map(one => [one.id, one.lang])") == [["part-1.uk", "uk"]]
    visit.page.locator(".languages a[hreflang=en]").click()
    assert shown.evaluate_all("all => all.map(one => [one.id, one.lang])") == [["part-1.en", "en"]]


@pytest.mark.browser
def test_languages_side_by_side_follow_the_playback_together(site: Any, visit: Any) -> None:
    """Both show what is said now, each in its own words."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.get_by_label("Side by side").check()
    visit.page.eval_on_selector(
        "video", "player => { player.currentTime = 11.5; player.playbackRate = 0.25; }"
    )
    visit.play()
    visit.until("document.querySelectorAll('.s.now').length == 2")
    assert visit.page.locator(".s.now").all_inner_texts() == [
        "Everyone has the right to life, liberty and security of person.",
        "Кожна людина має право на життя, на свободу і на особисту недоторканність.",
    ]
    boxes = visit.page.locator(".transcript:visible").evaluate_all(
        "all => all.map(one => { const box = one.getBoundingClientRect(); return [box.left, box.right, box.top]; })"
    )
    assert boxes[0][1] <= boxes[1][0]
    assert boxes[0][2] == boxes[1][2]
    visit.page.get_by_label("Side by side").uncheck()
    assert visit.page.locator(".transcript:visible").count() == 1


@pytest.mark.browser
def test_languages_side_by_side_scroll_in_step(site: Any, visit: Any) -> None:
    """Whoever scrolls one of them sees the same minute in the other."""
    visit.page.set_viewport_size({"width": 1440, "height": 460})
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.get_by_label("Side by side").check()
    column = visit.page.locator("#part-1\\.uk")
    column.hover()
    visit.page.mouse.wheel(0, 2000)
    visit.until("document.getElementById('part-1.en').scrollTop > 60")
    # The last of the Ukrainian sentences are said at 0, 5 and 10 s. The wheel scrolls smoothly, and the other follows.
    visit.until(
        """(() => {
          const top = id => document.getElementById(id).getBoundingClientRect().top;
          const all = id => [...document.querySelectorAll(`[id="${id}"] .s`)];
          const first = id => all(id).find(s => s.getBoundingClientRect().bottom > top(id));
          const [led, followed] = ['part-1.uk', 'part-1.en'].map(id => Number(first(id).dataset.t));
          return Math.abs(led - followed) <= 5500;
        })()"""
    )


@pytest.mark.browser
def test_original_and_translation_are_told_apart(site: Any, visit: Any) -> None:
    """The switch and the badge say which is which, and who has checked it."""
    visit.open(f"{site.base}events/read-aloud/")
    assert visit.page.locator(".languages a").all_inner_texts() == ["English", "Ukrainian translation"]
    head = visit.page.locator("#part-1\\.en .provenance")
    assert head.locator(".badge").inner_text() == "Machine draft"
    assert "pocketsphinx 5.1.1" in head.inner_text()
    assert "20 November 2026" in head.inner_text()
    assert "Original, as it was said" in head.inner_text()
    visit.page.locator(".languages a[hreflang=uk]").click()
    head = visit.page.locator("#part-1\\.uk .provenance")
    assert head.locator(".badge").inner_text() == "Reviewed"
    assert "Translation; the original is in this language: English" in head.inner_text()
