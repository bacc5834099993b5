"""The search page's answers, and what is made of them for programs, feeds and browsers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from onrecord.site.publicindex import refresh
from onrecord.site.search.answers import as_json, feed
from onrecord.site.search.asked import Asked
from onrecord.site.search.found import SearchPage, answer
from onrecord.site.search.opensearch import description, suggestions
from onrecord.site.urls import Urls

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture
def asked(bench: Any) -> Any:
    """Asks an archive of two events: `asked(q="...")` gives the search page."""
    bench.event(
        "one",
        'starts = "2025-05-01 18:00"\ntags = ["rights"]\nlanguages = ["en"]\n'
        '[[speakers]]\nname = "Anna Example"\n'
        '[[recordings]]\nid = "a"\npublish = "yes"',
        title="First talk",
    )
    lines = "\n".join(f"c{n} {n * 60} {n * 60 + 2} Anna Example: duty number {n}" for n in range(1, 8))
    bench.transcript("one", "a.en", lines)
    bench.event(
        "two",
        'starts = "2026-05-01 18:00"\nlanguages = ["uk"]\n[[recordings]]\nid = "a"\npublish = "yes"',
        title="Second talk",
    )
    bench.transcript("two", "a.uk", "c1 0 2 Borys: duty і гідність")
    view = bench.view()
    assert refresh(view, bench.archive.public_index_file) == 2

    def ask(urls: Urls | None = None, **parameters: str) -> SearchPage:
        return answer(Asked.read(parameters.items()), view, bench.archive.public_index_file, urls or Urls())

    return ask


def test_answer_to_nothing_says_how_much_there_is(asked: Any) -> None:
    """No question, no results; but how many discussions could be found, and how many by what was said."""
    page = asked()
    assert (page.asked.anything, page.total, page.searched, page.transcribed) == (False, 0, 2, 2)


def test_answer_counts_events_and_shows_the_best_moments(asked: Any) -> None:
    """With a link to all moments of an event that has more; a link to a moment plays from a second before."""
    page = asked(q="duty")
    assert page.total == 2
    found = {event.event.slug: event for event in page.events}
    assert (found["one"].hit.moment_count, len(found["one"].moments)) == (7, 3)
    assert found["one"].more_url == "/search/?q=duty&event=one"
    assert found["one"].moments[0].url == "/events/one/?t=59#a.en.c1"
    assert found["two"].more_url == ""
    assert found["two"].moments[0].url == "/events/two/?t=0#a.uk.c1"


def test_answer_within_one_event_gives_all_its_moments(asked: Any) -> None:
    """In the order of the recording, with the way back to the list."""
    page = asked(q="duty", event="one")
    assert [moment.said.start // 60_000 for moment in page.events[0].moments] == [1, 2, 3, 4, 5, 6, 7]
    assert (page.next_url, page.list_url) == ("", "/search/?q=duty")


@pytest.mark.parametrize(
    ("narrowed", "slugs"),
    [
        ({"year": "2025"}, {"one"}), ({"lang": "uk"}, {"two"}), ({"speaker": "Anna Example"}, {"one"}),
        ({"tag": "rights"}, {"one"}), ({"year": "2024"}, set()), ({"from": "2025-05-02"}, {"two"}),
        ({"until": "2025-05-01"}, {"one"}), ({"from": "2026-05-01", "until": "2026-05-01"}, {"two"}),
    ],
)  # fmt: skip
def test_answer_is_narrowed_by_the_fields_of_the_form(
    asked: Any, narrowed: dict[str, str], slugs: set[str]
) -> None:
    """Alone and together with words; what narrows can be taken away."""
    for words in ({"q": "duty"}, {}):
        page = asked(**words, **narrowed)
        assert {found.event.slug for found in page.events} == slugs
        assert [(one.kind, one.value) for one in page.narrowings] == list(narrowed.items())
        assert [one.url for one in page.narrowings][-1].startswith("/search/")


def test_answer_counts_what_each_choice_would_give(asked: Any) -> None:
    """A count is the total of the page that the choice leads to, and what is chosen stands first."""
    page = asked(q="duty")
    for facet in page.facets:
        for choice in facet.choices:
            assert asked(q="duty", **{facet.key: choice.value}).total == choice.count, (facet.key, choice)
    chosen = asked(q="duty", lang="uk")
    languages = next(facet for facet in chosen.facets if facet.key == "lang")
    assert (languages.choices[0].value, languages.choices[0].chosen) == ("uk", True)


def test_answer_can_be_ordered_by_date(asked: Any) -> None:
    """Newest or oldest first, with the address of each order."""
    assert [found.event.slug for found in asked(q="duty", order="newest").events] == ["two", "one"]
    page = asked(q="duty", order="oldest")
    assert [found.event.slug for found in page.events] == ["one", "two"]
    assert page.orders == (
        ("best", "/search/?q=duty"),
        ("newest", "/search/?q=duty&order=newest"),
        ("oldest", "/search/?q=duty&order=oldest"),
    )


def test_answer_for_programs_holds_all_that_the_page_shows(asked: Any) -> None:
    """Times in seconds, whole addresses where the site knows its own."""
    urls = Urls(base="https://archive.example.org")
    data = as_json(asked(urls, q="duty", order="oldest"), urls)
    assert (data["total"], data["order"], data["problem"], data["next"]) == (2, "oldest", None, None)
    assert data["feed"] == "https://archive.example.org/search/feed.xml?q=duty"
    (first, _) = data["events"]
    assert first["all_moments"] == "https://archive.example.org/api/v1/search?q=duty&order=oldest&event=one"
    moment = first["moments"][0]
    assert {key: moment[key] for key in ("url", "start_ms", "play_from_ms", "speaker", "text", "hits")} == {
        "url": "https://archive.example.org/events/one/?t=59#a.en.c1",
        "start_ms": 60_000, "play_from_ms": 59_000, "speaker": "Anna Example", "text": "duty number 1", "hits": ["duty"],
    }  # fmt: skip
    assert "what is to be found" in as_json(asked(urls, q="-x"), urls)["problem"]


def test_feed_of_a_search_tells_the_newest_first_with_their_moments(asked: Any) -> None:
    """Each event with the same id as in the archive's own feed, its moments as HTML with links."""
    urls = Urls(base="https://archive.example.org")
    root = ET.fromstring(feed("duty · A", asked(urls, q="duty", order="newest"), urls))
    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert titles == ["Second talk", "First talk"]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": "https://archive.example.org/search/feed.xml?q=duty",
        "alternate": "https://archive.example.org/search/?q=duty&order=newest",
    }
    said = root.findall(f"{ATOM}entry/{ATOM}content")[1].text or ""
    assert '<a href="https://archive.example.org/events/one/?t=59#a.en.c1">1:00</a>' in said
    assert "<mark>duty</mark> number 1" in said


def test_feed_of_a_search_is_read_by_feedparser(asked: Any) -> None:
    """A reader that is not ours finds nothing wrong with it."""
    feedparser = pytest.importorskip("feedparser")
    urls = Urls(base="https://archive.example.org")
    found = feedparser.parse(feed("duty · A", asked(urls, q="duty", order="newest"), urls))
    assert (found.bozo, found.version) == (False, "atom10")
    assert [entry.link for entry in found.entries] == [
        "https://archive.example.org/events/two/",
        "https://archive.example.org/events/one/",
    ]
    assert found.entries[1].contributors[0].name == "Anna Example"
    assert "number 1" in found.entries[1].content[0].value


def test_description_tells_a_browser_how_to_ask(asked: Any) -> None:
    """The page, the suggestions, the feed and the answer for programs; names no longer than they may be."""
    urls = Urls(base="https://archive.example.org/talks")
    root = ET.fromstring(description("Voices from the occupied areas of the country", "", urls, live=True))
    templates = {one.get("type"): one.get("template") for one in root.findall(f"{OPENSEARCH}Url")}
    assert templates == {
        "text/html": "https://archive.example.org/talks/search/?q={searchTerms}",
        "application/x-suggestions+json": (
            "https://archive.example.org/talks/search/complete?q={searchTerms}&format=opensearch"
        ),
        "application/atom+xml": "https://archive.example.org/talks/search/feed.xml?q={searchTerms}",
        "application/json": "https://archive.example.org/talks/api/v1/search?q={searchTerms}",
        "application/opensearchdescription+xml": "https://archive.example.org/talks/opensearch.xml",
    }
    assert len(root.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    assert len(root.findtext(f"{OPENSEARCH}LongName") or "") <= 48
    export = ET.fromstring(description("Voices", "", urls, live=False))
    assert [one.get("type") for one in export.findall(f"{OPENSEARCH}Url")] == [
        "text/html", "application/opensearchdescription+xml",
    ]  # fmt: skip


def test_suggestions_of_nothing_are_an_empty_answer() -> None:
    """In the shape that browsers read."""
    assert suggestions("zq", (), Urls()) == ["zq", [], [], []]


def test_refresh_takes_out_what_is_not_public_any_more(bench: Any, asked: Any) -> None:
    """And touches nothing that has not changed."""
    from onrecord.transcripts.search.index import Index

    path = bench.archive.public_index_file
    assert refresh(bench.view(), path) == 0
    bench.event("one", "", visibility="draft")
    view = bench.view()
    assert refresh(view, path) == 1
    with Index(path) as index:
        assert set(index.fingerprints()) == {"two"}
    path.write_bytes(b"not a database" * 100)
    assert refresh(view, path) == 1


def test_pages_neither_repeat_nor_leave_out_while_the_archive_grows(bench: Any) -> None:
    """The next page begins where the last one ended, though a newer discussion was published between them."""

    def talk(number: int) -> None:
        bench.event(
            f"talk-{number:02}",
            f'starts = "2025-01-{number:02} 18:00"\n[[recordings]]\nid = "a"\npublish = "yes"',
        )
        bench.transcript(f"talk-{number:02}", "a.en", "c1 0 2 Anna: everyone has duties")

    for number in range(1, 24):
        talk(number)
    path = bench.archive.public_index_file
    view = bench.view()
    refresh(view, path)
    address = [("q", "duties"), ("order", "newest")]
    seen: list[str] = []
    for page_number in (1, 2, 3):
        page = answer(Asked.read(address), view, path, Urls())
        seen += [found.event.slug for found in page.events]
        assert page.total == (23 if page_number == 1 else 24)
        if page_number == 1:
            talk(28)
            view = bench.view()
            refresh(view, path)
        address = parse_qsl(urlsplit(page.next_url).query)
    assert seen == [f"talk-{number:02}" for number in range(23, 0, -1)]
    assert address == []
    odd = Asked.read([("q", "duties"), ("page", "2"), ("start", "\u2603;drop")])
    assert answer(odd, view, path, Urls()).total == 24


def test_years_widen_each_other(bench: Any) -> None:
    """As all values of one kind do."""
    for year in (2023, 2024, 2025):
        bench.event(f"talk-{year}", f'starts = "{year}-01-02 18:00"', title=f"Duties {year}")
    view = bench.view()
    refresh(view, bench.archive.public_index_file)
    asked = Asked.read([("q", "duties"), ("year", "2023"), ("year", "2025")])
    page = answer(asked, view, bench.archive.public_index_file, Urls())
    assert sorted(found.event.slug for found in page.events) == ["talk-2023", "talk-2025"]
    (years,) = page.facets
    assert [(one.value, one.count, one.chosen) for one in years.choices] == [
        ("2025", 1, True), ("2024", 1, False), ("2023", 1, True),
    ]  # fmt: skip
