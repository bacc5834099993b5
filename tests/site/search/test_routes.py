"""The addresses of the search on the live site."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from onrecord.site.search import routes

HOSTILE = [
    "", " ", '"', '""', "-", "*", "a" * 300, "speaker:", 'speaker:"', "tag:::", "OR OR", "NEAR", "x NEAR", "\x00", "\u202e",
    "' OR 1=1 --", "%s%n%(x)s", "{{7*7}}", "<script>alert(1)</script>", "🙂🙂", "ä" * 200, "lang:zz-Zzzz-ZZ", "before:99999",
    "(((((", "a*b*c*", "ﷺ" * 50, "\ud7ff", "../../etc", "day " * 40,
]  # fmt: skip
WAYS = (
    "/search/",
    "/search/?format=json",
    "/search/complete",
    "/search/complete?format=opensearch",
    "/search/feed.xml",
    "/api/v1/search",
)


@pytest.fixture
def asked(bench: Any) -> Any:
    """A site with one discussion, whose address is known."""
    bench.settings('base-url = "https://archive.example.org"\ninterface = ["en", "uk"]')
    bench.event("one", '[[recordings]]\nid = "a"\npublish = "yes"', title="On duties")
    bench.transcript("one", "a.en", "c1 0 2 Anna Example: Everyone has duties <i>&</i> rights.")
    with bench.client() as client:
        yield client


@pytest.mark.parametrize("way", WAYS)
def test_no_question_makes_an_error_page(asked: Any, way: str) -> None:
    """Whatever is typed is answered, or is said to be no question."""
    for question in HOSTILE:
        path, _, form = way.partition("?format=")
        answer = asked.get(path, params={"q": question, "format": form})
        assert answer.status_code in (200, 400, 404), (way, question)
        if "json" not in answer.headers["content-type"]:
            assert "<script>alert(1)" not in answer.text


def test_parts_of_an_address_may_be_nonsense(asked: Any) -> None:
    """Pages, days, orders and keys that are none."""
    for nonsense in ("page=-1", "page=1e9", "start=%ff%fe", "page=2&start=" + "z" * 500, "from=never", "until=2025-02-31",
                     "order=;drop", "event=../../x", "in=body", "year=MMXX", "lang=%00", "speaker=" + "x" * 5000):  # fmt: skip
        for address in ("/search/", "/api/v1/search"):
            assert asked.get(f"{address}?q=duties&{nonsense}").status_code in (200, 400), nonsense


def test_answers_for_programs_may_be_read_by_any_site(asked: Any) -> None:
    """The API and the feed; a question that cannot be asked is told with its reason."""
    answer = asked.get("/api/v1/search?q=duties")
    assert (answer.json()["total"], answer.headers["access-control-allow-origin"]) == (1, "*")
    assert asked.get("/search/feed.xml?q=duties").headers["access-control-allow-origin"] == "*"
    refused = asked.get("/api/v1/search?q=-x")
    assert refused.status_code == 400 and "what is to be found" in refused.json()["problem"]
    assert answer.headers["x-robots-tag"] == "noindex"
    again = asked.get(
        "/api/v1/search?q=", headers={"if-none-match": asked.get("/api/v1/search?q=").headers["etag"]}
    )
    assert again.status_code == 304


def test_feed_of_nothing_is_nowhere(bench: Any, asked: Any) -> None:
    """Neither without a question, nor where the site's address is not known."""
    assert asked.get("/search/feed.xml").status_code == 404
    assert asked.get("/search/feed.xml?q=-x").status_code == 400
    text = bench.archive.settings_file.read_text(encoding="utf-8").replace(
        'base-url = "https', '# base-url = "https'
    )
    bench.archive.settings_file.write_text(text, encoding="utf-8")
    asked.app.state.live.check()
    assert asked.get("/search/feed.xml?q=duties").status_code == 404
    assert asked.get("/opensearch.xml").status_code == 404


def test_search_is_there_in_every_language_that_is_offered(asked: Any) -> None:
    """The first stands at the root, and a language that is not offered has none."""
    assert 'lang="uk"' in asked.get("/uk/search/?q=duties").text
    moved = asked.get("/en/search/?q=duties", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/search/?q=duties")
    assert asked.get("/fr/search/?q=duties").status_code == 404


def test_search_is_described_to_browsers(asked: Any) -> None:
    """Every page leads to the description."""
    assert (
        asked.get("/opensearch.xml")
        .headers["content-type"]
        .startswith("application/opensearchdescription+xml")
    )
    assert '<link rel="search" type="application/opensearchdescription+xml"' in asked.get("/").text


def test_no_question_is_in_the_log(asked: Any, caplog: pytest.LogCaptureFixture) -> None:
    """At none of the addresses."""
    with caplog.at_level(logging.INFO):
        for way in WAYS:
            asked.get(way.partition("?")[0], params={"q": "zqxjsecret", "speaker": "zqxjname"})
    said = [record.getMessage() for record in caplog.records if record.name.startswith("onrecord")]
    assert [line for line in said if "zqxj" in line] == []
    assert any(line.startswith("GET /search/complete 200") for line in said)


def test_only_so_many_questions_wait(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes when too many wait already is asked to come again."""
    monkeypatch.setattr(routes, "_SEARCHES_WAITING", 0)
    for way in WAYS:
        answer = asked.get(way.partition("?")[0], params={"q": "duties"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), way
