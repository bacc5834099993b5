"""What a browser needs to take this search among its own (OpenSearch 1.1 and its Suggestions extension)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onrecord.site.exchange.xmltext import DECLARATION, element
from onrecord.site.search.found import Completed
from onrecord.site.urls import Urls


def description(name: str, about: str, urls: Urls, *, live: bool) -> str:
    """The description document. Only the live site can suggest, and answer feeds and programs."""
    page = urls.absolute("search/") + "?q={searchTerms}"
    templates = [("text/html", "results", page)]
    if live:
        complete = f"{urls.absolute(urls.completion())}?q={{searchTerms}}&format=opensearch"
        templates += [
            ("application/x-suggestions+json", "suggestions", complete),
            ("application/atom+xml", "results", urls.absolute("search/feed.xml") + "?q={searchTerms}"),
            ("application/json", "results", urls.absolute("api/v1/search") + "?q={searchTerms}"),
        ]
    templates.append(("application/opensearchdescription+xml", "self", urls.absolute(urls.opensearch())))
    rows = [
        DECLARATION,
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        element("ShortName", _at_most(name, 16)),
        element("LongName", _at_most(name, 48)),
        element("Description", _at_most(about or name, 1024)),
        element("InputEncoding", "UTF-8"),
        element("OutputEncoding", "UTF-8"),
        element("Image", urls.absolute("static/icon.svg"), type="image/svg+xml"),
        *(element("Url", type=kind, rel=rel, method="get", template=template) for kind, rel, template in templates),
        "</OpenSearchDescription>",
    ]  # fmt: skip
    return "\n".join(rows) + "\n"


def _at_most(words: str, most: int) -> str:
    """The beginning of a text, cut at a word: the specification limits the lengths of names."""
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"


def suggestions(typed: str, found: Sequence[Completed], urls: Urls) -> list[Any]:
    """The same as browsers read it (OpenSearch Suggestions 1.1): what was typed, then questions, descriptions
    and addresses.
    """
    return [
        typed,
        [one.query for one in found],
        [one.text for one in found],
        [urls.absolute(one.url) or one.url for one in found],
    ]
