"""What a reader asks, as it stands in an address."""

from __future__ import annotations

from datetime import date

import pytest

from onrecord.errors import QueryError
from onrecord.site.search.asked import Asked
from onrecord.site.urls import Urls
from onrecord.transcripts.search.query import MOST_TERMS, Filter

FULL = [
    ("q", "asylum exile"), ("speaker", "Anna Example"), ("speaker", "Borys Pryklad"), ("tag", "law"),
    ("from", "2024-05-01"), ("until", "2024-05-31"), ("in", "title"), ("order", "newest"), ("page", "2"),
]  # fmt: skip


def test_asked_reads_only_what_makes_sense() -> None:
    """A page number that is none is the first; an unknown order is the best first."""
    assert Asked.read([("q", " a "), ("page", "-1"), ("x", "y"), ("order", "sideways")]) == Asked("a")
    assert Asked.read([("q", "a"), ("page", "999999999")]).number == 1
    assert Asked.read([("q", "a"), ("page", "5000")]).number == 100
    assert Asked.read([("speaker", ""), ("q", "  ")]).anything is False


def test_asked_is_written_as_it_was_read() -> None:
    """Reading the address of a question gives the same question."""
    from urllib.parse import parse_qsl, urlsplit

    asked = Asked.read(FULL)
    address = asked.address(Urls())
    assert Asked.read(parse_qsl(urlsplit(address).query)) == asked
    assert address == (
        "/search/?q=asylum+exile&speaker=Anna+Example&speaker=Borys+Pryklad&tag=law"
        "&from=2024-05-01&until=2024-05-31&in=title&order=newest&page=2"
    )


def test_asked_becomes_a_question() -> None:
    """The last day counts, and values of one kind are several filters of it."""
    question = Asked.read(FULL).question()
    assert (question.after, question.before) == (date(2024, 5, 1), date(2024, 6, 1))
    assert question.filters == (
        Filter("speaker", "Anna Example"), Filter("speaker", "Borys Pryklad"), Filter("tag", "law"),
    )  # fmt: skip
    assert (question.title_only, question.order, question.offset, question.limit) == (True, "newest", 10, 10)


def test_asked_without_words_lists_the_newest_first() -> None:
    """What is narrowed by a field alone is a list; titles alone are nothing without words."""
    question = Asked.read([("tag", "law"), ("in", "title")]).question()
    assert (question.clauses, question.order, question.title_only) == ((), "newest", False)
    with pytest.raises(QueryError, match="no word to look for"):
        Asked.read([("in", "title")]).question()


@pytest.mark.parametrize("text", ["soon", "2024-13-01", "0001-01-01", "9999-12-31", "2024-5-1"])
def test_asked_says_which_day_is_none(text: str) -> None:
    """Also a day that the calendar cannot count from."""
    with pytest.raises(QueryError, match=f"'{text}' is no day"):
        Asked.read([("q", "a"), ("until", text)]).question()


def test_asked_refuses_more_than_can_be_chosen() -> None:
    """As many as a question may have terms."""
    asked = Asked.read([("tag", str(n)) for n in range(MOST_TERMS + 1)])
    with pytest.raises(QueryError, match="can be chosen at once"):
        asked.question()


def test_asked_begins_anew_when_it_is_changed() -> None:
    """Another question has another first page."""
    asked = Asked.read(FULL)
    assert asked.without("speaker", "Anna Example").narrowed == (("speaker", "Borys Pryklad"), ("tag", "law"))
    assert asked.without("speaker", "Anna Example").number == 1
    assert asked.everything() == Asked("asylum exile")
