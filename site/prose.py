"""Markdown that organisers write, as HTML that is safe to show.

markdown-it-py reads it (CommonMark 0.31), then nh3 lets only the tags and addresses named here through.
Pictures are left out, because no page may ask a third party for anything; so are addresses inside the
archive, because no page may name its files.
"""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup

_TAGS = {
    "p",
    "em",
    "strong",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "h3",
    "h4",
    "h5",
    "hr",
    "br",
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_OUTSIDE = ("https://", "http://", "mailto:")
_HEADING = re.compile(r"<(/?)h([1-6])>")
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|blockquote|pre)>|<br ?/?>|<hr ?/?>")


@lru_cache(maxsize=1)
def _markdown() -> Any:
    from markdown_it import MarkdownIt  # 20 ms to import; a page without prose does without it

    return MarkdownIt("commonmark", {"html": False, "breaks": False})


def _outside_only(_tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and not value.startswith(_OUTSIDE) else value


def html(markdown: str) -> Markup:
    """Safe HTML. The highest heading in use becomes h3, below those of the page, and the others follow it."""
    if not markdown.strip():
        return Markup("")
    import nh3  # as above

    rendered = _markdown().render(markdown)
    highest = min((int(level) for _, level in _HEADING.findall(rendered)), default=1)
    made = _HEADING.sub(lambda match: f"<{match[1]}h{min(int(match[2]) - highest + 3, 5)}>", rendered)
    clean = nh3.clean(
        made, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=_outside_only, link_rel="noopener"
    )
    return Markup(clean)  # noqa: S704 - nh3 has just made it safe


def plain(markdown: str) -> str:
    """The text alone, a paragraph a line."""
    if not markdown.strip():
        return ""
    import nh3  # as above

    broken = _BLOCK_END.sub("\n", str(html(markdown)).replace("\n", " "))
    text = entities.unescape(nh3.clean(broken, tags=set()))
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)
