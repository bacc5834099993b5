"""Whatever is typed becomes a question or a sentence that says why not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.errors import QueryError
from onrecord.transcripts.search.query import Clause, Filter, Phrase, Question, ask


def plain(*words: str) -> tuple[Clause, ...]:
    """A clause for each word."""
    return tuple(Clause((Phrase((word,)),)) for word in words)


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("Filtration  CAMPS", plain("filtration", "camps")),
        ("camps camps", plain("camps")),
        ('"filtration camps"', (Clause((Phrase(("filtration", "camps")),), exact=True),)),
        ("„фільтраційні табори“", (Clause((Phrase(("фільтраційні", "табори")),), exact=True),)),
        ('"never closed', (Clause((Phrase(("never", "closed")),), exact=True),)),
        ("Kyiv OR Lviv camps", (Clause((Phrase(("kyiv",)), Phrase(("lviv",)))), *plain("camps"))),
        ("a OR b OR c", (Clause((Phrase(("a",)), Phrase(("b",)), Phrase(("c",)))),)),
        ("OR", plain("or")),
        ("NEAR", plain("near")),
        ("a NEAR b", (Clause((Phrase(("a",)),), near=plain("b")),)),
        (
            'a NEAR "b c" OR d e',
            (Clause((Phrase(("a",)),), near=(Clause((Phrase(("b", "c")), Phrase(("d",)))),)), *plain("e")),
        ),
        ("camps OR", plain("camps")),
        ("passp*", (Clause((Phrase(("passp",), prefix=True),)),)),
        ('"green passp"*', (Clause((Phrase(("green", "passp"), prefix=True),), exact=True),)),
        ("don't", (Clause((Phrase(("don", "t")),)),)),
        ("м’яч", plain("мяч")),
        ("12:30", (Clause((Phrase(("12", "30")),)),)),
        ("https://example.org", (Clause((Phrase(("https", "example", "org")),)),)),
        ("speaker: Anna", plain("speaker", "anna")),
        ("*** camps ---", plain("camps")),
        ("NEAR(a b)", (Clause((Phrase(("near", "a")),)), *plain("b"))),
    ],
)
def test_ask_understands_words(typed: str, clauses: tuple[Clause, ...]) -> None:
    """Words, phrases, alternatives and beginnings are what they look like."""
    assert ask(typed) == Question(text=typed.strip(), clauses=clauses)


def test_ask_understands_what_to_leave_out() -> None:
    """A minus before a word, a phrase or a filter leaves it out; inside a word it is a hyphen."""
    asked = ask('camps -rumour -"so called" -speaker:"Anna Koval" co-operate')
    assert asked.without == (Phrase(("rumour",)), Phrase(("so", "called")))
    assert asked.filters == (Filter("speaker", "Anna Koval", without=True),)
    assert asked.clauses == (*plain("camps"), Clause((Phrase(("co", "operate")),)))


def test_ask_understands_filters() -> None:
    """Every filter of the guide, in any case of letters."""
    asked = ask(
        'camps Speaker:Koval series:"Human rights" tag:law LANG:uk event:hearing after:2022-03 before:2023 in:title'
    )
    assert asked.clauses == plain("camps")
    assert asked.filters == (
        Filter("speaker", "Koval"), Filter("series", "Human rights"), Filter("tag", "law"), Filter("lang", "uk"),
        Filter("event", "hearing"),
    )  # fmt: skip
    assert (asked.after, asked.before, asked.title_only) == (date(2022, 3, 1), date(2023, 1, 1), True)


def test_ask_takes_filters_without_words() -> None:
    """A filter alone asks for the events that it lets through."""
    assert ask("speaker:koval").filters == (Filter("speaker", "koval"),)
    assert ask("after:2022-07-12").after == date(2022, 7, 12)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "There is no word to look for in this question."),
        ("  ?! ", "There is no word to look for in this question."),
        ("-camps", "Say also what is to be found, not only what to leave out or where to look."),
        ("in:title", "Say also what is to be found, not only what to leave out or where to look."),
        ("in:body camps", "'in:' is understood as in:title, which looks at titles alone."),
        (
            "before:soon camps",
            "'before:' is followed by a date, such as before:2022, before:2022-07 or before:2022-07-12.",
        ),
        (
            "after:2022-02-30",
            "'after:' is followed by a date, such as after:2022, after:2022-07 or after:2022-07-12.",
        ),
        ("-before:2022 camps", "'before:' takes no minus."),
        ("pa*", "'pa*' is too short: the beginning of a word needs 3 letters before the star."),
        ("a " * 101, "This question has 202 characters; 200 is the most that can be asked at once."),
        (
            " ".join(f"w{n}" for n in range(17)),
            "This question has 17 terms; 16 is the most that can be asked at once.",
        ),
    ],
)
def test_ask_says_why_not(typed: str, sentence: str) -> None:
    """What cannot be asked is answered with a sentence for the person who asked."""
    with pytest.raises(QueryError) as caught:
        ask(typed)
    assert str(caught.value) == sentence


syntax = st.lists(
    st.one_of(
        st.sampled_from(
            ["-", '"', "*", "OR", "AND", "NOT", "NEAR(", ")", "speaker:", "before:", "2022-13", "in:", "lang:", ":", "^", "«",
             "\x00", "\ud800", "camps", "м'яч", "--", "a" * 60, "';DROP TABLE said;--", "title:", "{x y}:", "\\", "%", "👩‍👩‍👧"]
        ),
        st.text(max_size=12),
    ),
    max_size=12,
)  # fmt: skip


@given(pieces=syntax, space=st.sampled_from(["", " "]))
def test_ask_never_raises_anything_else(pieces: list[str], space: str) -> None:
    """Hostile text gives a question or a sentence, and a question gives quoted words alone."""
    try:
        asked = ask(space.join(pieces))
    except QueryError as error:
        assert str(error).endswith(".")
        return
    for clause in asked.clauses:
        for phrase in clause.choices:
            assert phrase.words and all(word and not set(word) & set(' "*\x00') for word in phrase.words)
