"""Sentences of the lower rooms on pages in other languages: translated where they can be, marked as English elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord import jobs
from onrecord.errors import UsageError
from onrecord.languages import N_
from onrecord.site.desk.english import around, english, of_error
from onrecord.site.desk.language import desk_words

UK = desk_words("uk")
KNOWN = N_("You are signed out.")  # a sentence that the catalogues have
ENGLISH = re.compile(r'<span lang="en" dir="ltr">(.*?)</span>')


@pytest.mark.parametrize(
    "text", ["the file is 50% there.", "see https://example.org/a%20b", "%(nothing)s", "{0} {x}"]
)
def test_english_sentence_is_marked_on_a_page_in_another_language(text: str) -> None:
    """Whatever stands in it; on an English page it is as it was."""
    assert english(text, UK) == f'<span lang="en" dir="ltr">{text}</span>'
    assert english(text, desk_words("en")) == text
    assert english("", UK) == ""


def test_sentence_that_the_catalogue_has_is_said_in_the_pages_language() -> None:
    """And is not marked; nothing is marked twice."""
    assert english(KNOWN, UK) == UK.gettext(KNOWN) != KNOWN
    marked = english("a lock", UK, capital=True)
    assert english(marked, UK) == marked == '<span lang="en" dir="ltr">A lock</span>'


def test_what_an_error_says_stays_text() -> None:
    """A name in it is no markup."""
    error = UsageError("<b>Anna</b> is no date.", advice=KNOWN)
    expected = f'<span lang="en" dir="ltr">&lt;b&gt;Anna&lt;/b&gt; is no date.</span> {UK.gettext(KNOWN)}'
    assert of_error(error, UK) == expected
    told = around("This cannot be saved: %(detail)s", UK, detail="<i>x</i>")
    assert (
        told.endswith('<span lang="en" dir="ltr">&lt;i&gt;x&lt;/i&gt;</span>') and "This cannot" not in told
    )


def test_pages_in_another_language_mark_what_is_english(desk: Any) -> None:
    """A job's error and its note, a list that is none, a page that is not there."""
    client = desk.client("organiser")
    with desk.database.writing() as connection:
        connection.execute("UPDATE people SET language = 'uk'")
    job = jobs.enqueue(desk.database, "find")
    claimed = jobs.claim(desk.database, "w", ["find"])
    assert claimed is not None
    failed = jobs.Outcome("failed", error="the server answered with 404.", advice="Look at its address.")
    jobs.finish(desk.database, claimed, "w", failed)
    jobs.log(desk.database, job.id, "begun")
    for path in ("/desk/jobs/", f"/desk/jobs/{job.id}/"):
        page = client.get(path).text
        assert '<html class="desk-root" lang="uk"' in page
        assert ENGLISH.findall(page)[:2] == ["The server answered with 404.", "Look at its address."]
    assert ENGLISH.findall(client.get(f"/desk/jobs/{job.id}/").text)[2:] == ["begun"]
    page = client.post("/desk/events/import", data={"text": "BEGIN:VCALENDAR\nnonsense", "do": "show"}).text
    assert ENGLISH.findall(page) != []
    assert ENGLISH.findall(client.get("/desk/jobs/99999/").text)[0] == "There is no job 99999."
