"""Every page on a narrow screen, at 400 % zoom, and with text twice as large: WCAG 2.2, 1.4.4, 1.4.10, 1.4.12."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.languages import INTERFACE

pytestmark = pytest.mark.browser
_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().width
    && !one.closest('.hidden-visually, .skip') && getComputedStyle(one).clipPath === 'none')
  .filter(one => { const box = one.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
  .filter(one => { for (let up = one.parentElement; up; up = up.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(up).overflowX)) return false; return true; })
  .slice(0, 5).map(one => one.tagName + '.' + one.className + ' ' + one.textContent.trim().slice(0, 40))"""
_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_COVERED = """() => [...document.querySelectorAll('body *')]
  .filter(one => ['fixed', 'sticky'].includes(getComputedStyle(one).position) && one.checkVisibility())
  .map(one => one.getBoundingClientRect()).filter(box => box.width && box.height && box.top < innerHeight)
  .reduce((sum, box) => sum + Math.min(box.bottom, innerHeight) - Math.max(box.top, 0), 0) / innerHeight"""
# WCAG 2.2, 1.4.12: what a reader's own style may set without loss.
_SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""


@pytest.mark.parametrize("language", INTERFACE)
def test_pages_fit_320_pixels(kinds: Any, browser: Any, language: str) -> None:
    """Nothing is scrolled sideways, in any language; 320 by 256 is also 1280 by 1024 at 400 %."""
    context = browser.new_context(viewport={"width": 320, "height": 256})
    page = context.new_page()
    for path in kinds.all if language == "en" else kinds.few:
        page.goto(kinds.at(path, language))
        assert not page.evaluate(_SIDEWAYS), f"{path}: {page.evaluate(_WIDE)}"
        assert page.evaluate(_WIDE) == [], path
        page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
        assert page.evaluate(_COVERED) <= 0.5, f"{path}: what sticks covers the page"
    context.close()


@pytest.mark.parametrize("style", ["html { font-size: 36px !important; }", _SPACED], ids=["twice", "spaced"])
def test_pages_fit_with_the_readers_own_text(kinds: Any, browser: Any, style: str) -> None:
    """Text twice as large, or set as wide as WCAG names, is neither cut off nor wider than the screen."""
    context = browser.new_context(viewport={"width": 640, "height": 800}, bypass_csp=True)
    page = context.new_page()
    for path in kinds.all:
        page.goto(kinds.at(path, "uk"))
        page.add_style_tag(content=style)
        assert not page.evaluate(_SIDEWAYS), f"{path}: {page.evaluate(_WIDE)}"
    context.close()
