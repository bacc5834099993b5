"""Markdown that is safe to show."""

from __future__ import annotations

import pytest

from onrecord.site.prose import html, plain


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("*one* **two**", "<p><em>one</em> <strong>two</strong></p>\n"),
        ("# Big\n\ntext", "<h3>Big</h3>\n<p>text</p>\n"),
        ("[a](https://example.org/)", '<p><a href="https://example.org/" rel="noopener">a</a></p>\n'),
        ("[a](../media/x.mp4)", '<p><a rel="noopener">a</a></p>\n'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](/.onrecord/state.sqlite3)", '<p><a rel="noopener">a</a></p>\n'),
        ("![a](https://example.org/x.png)", "<p></p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"),
        ("  ", ""),
    ],
)
def test_html_lets_only_safe_things_through(markdown: str, made: str) -> None:
    """No scripts, no pictures from elsewhere, no addresses of files, headings below those of the page."""
    assert str(html(markdown)) == made


def test_plain_is_a_paragraph_a_line() -> None:
    """Entities are letters again, marks are gone."""
    assert plain("# A & B\n\none\ntwo\n\n* three\n* *four*") == "A & B\none two\nthree\nfour"
