"""WCAG 2.2 AA as far as a program can tell: axe-core finds nothing on any kind of page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
_RUN = """() => axe.run(document, {runOnly: {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(found => found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3)
        .map(node => `${node.target.join(' ')} ${node.any.concat(node.all, node.none)
            .map(check => check.message).join(' ')}`).join(' | ')}`))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("uk", 360)])
def test_axe_finds_nothing_on_any_page(
    kinds: Any, browser: Any, checker: Callable[[str], Path], scheme: str, language: str, width: int
) -> None:
    """Neither a failure of WCAG 2.2 AA nor of good practice."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    # The page's policy keeps out what a test brings along; it is tested elsewhere.
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    found = {}
    for path in (*kinds.all, *kinds.framed):
        page.goto(kinds.at(path, language), wait_until="load")
        page.evaluate(axe)
        if broken := page.evaluate(_RUN):
            found[path] = broken
    context.close()
    assert found == {}
