"""The search page's questions and answers."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.errors import QueryError
from onrecord.site.asked import Asked, answer
from onrecord.site.publicindex import refresh
from onrecord.site.urls import Urls


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
    return lambda **parameters: answer(Asked.read(parameters), view, bench.archive.public_index_file, Urls())


def test_answer_to_nothing_is_an_empty_page(asked: Any) -> None:
    """No question, no results."""
    assert (asked().asked, asked().total) == (False, 0)


def test_answer_counts_events_and_shows_the_best_moments(asked: Any) -> None:
    """With a link to all moments of an event that has more."""
    page = asked(q="duty")
    assert page.total == 2
    found = {event.event.slug: event for event in page.events}
    assert (found["one"].moment_count, len(found["one"].moments)) == (7, 3)
    assert found["one"].more_url == "/search/?q=duty&event=one"
    assert found["two"].more_url == ""
    assert found["two"].moments[0].url == "/events/two/#a.uk.c1"


def test_answer_within_one_event_gives_all_its_moments(asked: Any) -> None:
    """In the order of the recording."""
    page = asked(q="duty", event="one")
    assert [moment.start // 60_000 for moment in page.events[0].moments] == [1, 2, 3, 4, 5, 6, 7]
    assert page.next_url == ""


@pytest.mark.parametrize(
    ("narrowed", "slugs"),
    [
        ({"year": "2025"}, {"one"}), ({"lang": "uk"}, {"two"}), ({"speaker": "Anna Example"}, {"one"}),
        ({"tag": "rights"}, {"one"}), ({"year": "2024"}, set()),
    ],
)  # fmt: skip
def test_answer_is_narrowed_by_choices(asked: Any, narrowed: dict[str, str], slugs: set[str]) -> None:
    """Alone and together with words; the form keeps the narrowing."""
    for words in ({"q": "duty"}, {}):
        page = asked(**words, **narrowed)
        assert {found.event.slug for found in page.events} == slugs
        assert page.fields == tuple(narrowed.items())


def test_answer_offers_choices_with_counts_that_can_be_taken_away(asked: Any) -> None:
    """A chosen one leads back."""
    choices = dict(asked(q="duty").choices)
    assert {(choice.label, choice.count, choice.url) for choice in choices["Languages"]} == {
        ("English", 1, "/search/?q=duty&lang=en"), ("Ukrainian", 1, "/search/?q=duty&lang=uk"),
    }  # fmt: skip
    chosen = dict(asked(q="duty", lang="uk").choices)["Languages"][0]
    assert (chosen.chosen, chosen.url) == (True, "/search/?q=duty")


def test_asked_reads_only_what_makes_sense() -> None:
    """A page number that is none is the first."""
    assert Asked.read({"q": " a ", "page": "-1", "x": "y"}) == Asked("a")
    assert Asked.read({"q": "a", "page": "999999999"}).number == 1
    assert Asked.read({"q": "a", "page": "5000"}).number == 100
    with pytest.raises(QueryError):
        Asked.read({"year": "soon"}).question()


def test_refresh_takes_out_what_is_not_public_any_more(bench: Any, asked: Any) -> None:
    """And touches nothing that has not changed."""
    from onrecord.transcripts.index import Index

    path = bench.archive.public_index_file
    assert refresh(bench.view(), path) == 0
    bench.event("one", "", visibility="draft")
    view = bench.view()
    assert refresh(view, path) == 1
    with Index(path) as index:
        assert set(index.fingerprints()) == {"two"}
    path.write_bytes(b"not a database" * 100)
    assert refresh(view, path) == 1
