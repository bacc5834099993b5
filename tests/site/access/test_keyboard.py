"""Every page by keyboard alone, and without things that move."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
_STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  if (!at.dataset.stop) at.dataset.stop = String(document.querySelectorAll('[data-stop]').length + 1);
  const name = at.getAttribute('aria-label') || (at.labels && at.labels[0]?.textContent.trim())
    || at.textContent.trim() || at.title;
  return {
    number: Number(at.dataset.stop),
    what: at.tagName + ' ' + (name || '').slice(0, 40),
    named: Boolean(name) || ['VIDEO', 'AUDIO', 'IFRAME'].includes(at.tagName),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
    ring: ['VIDEO', 'AUDIO', 'IFRAME'].includes(at.tagName) || [at, at.parentElement].map(one => getComputedStyle(one))
      .some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
  };
}"""
_REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0)
  .map((one, index) => ({index, what: one.tagName + ' ' + one.textContent.trim().slice(0, 30),
                         stopped: Boolean(one.dataset.stop)}))
  .filter(one => !one.stopped).map(one => one.what)"""
_MOVING = """() => [...document.querySelectorAll('*')].flatMap(one => {
  const style = getComputedStyle(one);
  const moves = style.animationName !== 'none' && parseFloat(style.animationDuration) > 0.01
    || style.transitionDuration.split(',').some(time => parseFloat(time) > 0.01)
    || style.scrollBehavior === 'smooth';
  return moves ? [one.tagName + '.' + one.className] : [];
})"""


@pytest.mark.parametrize("width", [1280, 360])
def test_keyboard_reaches_everything_and_shows_where_it_is(kinds: Any, browser: Any, width: int) -> None:
    """The Tab key comes to every control once, in view, with a ring around it, and out again."""
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    for path in ("", "events/", "events/rights/", "events/arabic/", "search/?q=equal", "speakers/anna-example/",
                 "nothing-here/"):  # fmt: skip
        page.goto(kinds.at(path))
        last, steps = 0, 0
        while (stop := _next_stop(page)) is not None:
            if stop["number"] == 1 and steps:
                break  # past the last one the browser begins anew
            steps += 1
            assert stop["named"], f"{path}: {stop['what']} has no name"
            assert stop["seen"], f"{path}: the focus is out of sight on {stop['what']}"
            assert stop["ring"], f"{path}: no focus is shown on {stop['what']}"
            assert stop["number"] >= last, f"{path}: the focus goes back to {stop['what']}"
            assert steps < 400, f"{path}: the focus does not come out"
            last = stop["number"]
        assert page.evaluate(_REACHABLE) == [], path
    context.close()


def _next_stop(page: Any) -> Any:
    page.keyboard.press("Tab")
    return page.evaluate(_STOP)


def test_first_stop_skips_to_the_content(kinds: Any, browser: Any) -> None:
    """Whoever presses Tab and Enter is past the navigation."""
    page = browser.new_page()
    for path in kinds.all:
        page.goto(kinds.at(path, "uk"))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
    page.close()


def test_nothing_moves_for_whoever_wants_that(kinds: Any, browser: Any) -> None:
    """Where the reader's system asks for reduced motion, no page animates or scrolls smoothly."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    for path in kinds.all:
        page.goto(kinds.at(path))
        assert page.evaluate(_MOVING) == [], path
    context.close()
