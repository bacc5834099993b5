"""What is offered to whoever comes to an address where nothing stands."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.site.nearest import Nearest, slug_in, words_in

TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"


@pytest.fixture
def four(bench: Any) -> Any:
    """Four events, one of them with a former address, one that nobody may know of."""
    bench.event(
        "2026-10-01-life-under-occupation", 'slug = "life-under-occupation"\naliases = ["occupied-areas"]'
    )
    bench.event("b", 'slug = "filtration-camps"\nlanguages = ["uk"]', title="Фільтраційні табори")
    bench.event("c", 'slug = "reading-aloud"', title="Reading <aloud>")
    bench.event(
        "d", f'private = {{ unlisted-token = "{TOKEN}" }}', visibility="unlisted", title="Hushed camps"
    )
    bench.event("e", "", visibility="draft", title="Filtration draft")
    return bench


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/events/life-under-ocupation/", ["life-under-occupation"]),
        ("/occupied-area", ["life-under-occupation"]),
        ("/2022/07/Filtration%20camp.html", ["filtration-camps"]),
        ("/events/фільтраційні/", ["filtration-camps"]),
        ("/events/camps-filtration/", ["filtration-camps"]),
        ("/wp-login.php", []),
        ("/unlisted/filtration-camps/", []),
        ("/", []),
        ("/%%%/..", []),
    ],
)
def test_nearest_finds_what_was_meant(four: Any, asked: str, found: list[str]) -> None:
    """A slip, a former address, the words in another order; nothing for what is like nothing."""
    assert [event.slug for event in Nearest(four.view().events).of(asked)] == found


def test_nearest_takes_the_words_of_an_address() -> None:
    """Without dates, endings and what no search could use."""
    assert words_in("/events/2022-07-12-life-under-occupation/") == "life under occupation"
    assert slug_in("/a/Some%20Talk.HTML") == "some-talk"
    assert words_in("/unlisted/secret-words/") == ""


def test_page_of_a_404_helps(four: Any) -> None:
    """The likeliest events, the search with the words of the address, the way home; nothing that is not public."""
    with four.client(watch=False) as client:
        answer = client.get("/events/filtration-camp/")
        api = client.get("/api/v1/events/filtration-camp.json")
    assert answer.status_code == 404 and answer.headers["x-robots-tag"] == "noindex"
    page = answer.text
    assert 'href="/events/filtration-camps/"' in page and "Фільтраційні табори" in page
    assert 'value="filtration camp"' in page and 'href="/"' in page and 'href="/events/"' in page
    assert "Hushed" not in page and "draft" not in page and "missing.js" not in page
    assert (api.status_code, api.json()["error"]["status"]) == (404, 404)


def test_page_of_a_404_in_another_language_stays_in_it(four: Any) -> None:
    """The links lead to pages in that language."""
    four.settings('interface = ["en", "uk"]')
    with four.client(watch=False) as client:
        page = client.get("/uk/events/filtration-camp/").text
    assert '<html lang="uk"' in page and 'href="/uk/events/filtration-camps/"' in page


def test_page_of_a_withdrawal_says_the_sentence_and_leads_on(four: Any) -> None:
    """410, the search, the way home; the API answers the same."""
    four.event("gone", 'slug = "gone-talk"\nwithdrawn = "At the wish of a speaker."', title="Lost title")
    with four.client(watch=False) as client:
        page, entry = client.get("/events/gone-talk/"), client.get("/events/gone-talk/event.ics")
        api = client.get("/api/v1/events/gone-talk.json")
    assert (page.status_code, entry.status_code, api.status_code) == (410, 410, 410)
    assert (
        "At the wish of a speaker." in page.text and 'href="/"' in page.text and "Lost title" not in page.text
    )


def test_former_addresses_lead_on_in_every_format(four: Any) -> None:
    """The page, the calendar entry and the record of the API."""
    with four.client(watch=False) as client:
        for path in ("events/{}/", "events/{}/event.ics", "api/v1/events/{}.json"):
            answer = client.get("/" + path.format("occupied-areas"), follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (
                301,
                "/" + path.format("life-under-occupation"),
            )
