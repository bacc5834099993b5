"""What must be one word for a person who searches is one word, and what is two stays two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.transcripts.folding import fold, places, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("м'яч", "м’яч"), ("м'яч", "мʼяч"), ("М`ЯЧ", "м'яч"), ("ёлка", "елка"), ("за́мок", "замок"), ("Łódź", "lodz"),
        ("Straße", "STRASSE"), ("œuvre", "Oeuvre"), ("Ærø", "aero"), ("Đorđe", "dorde"), ("café", "cafe\u0301"),
        ("Ἀθῆναι", "αθηναι"), ("ﬁn", "fin"), ("com\u00admunity", "community"), ("İstanbul", "istanbul"),
        ("Ϋ", "υ"), ("й", "и\u0306"), ("ї", "і\u0308"), ("ОБʼЄКТ", "об'єкт"), ("Ｗｉｄｅ", "wide"), ("ΛΌΓΟΣ", "λογος"),
    ],
)  # fmt: skip
def test_fold_makes_alike_what_is_one_word(one: str, other: str) -> None:
    """Case, apostrophes, marks on Latin letters, ё and stress make no other word."""
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("мой", "мои"),
        ("їх", "іх"),
        ("ґрати", "грати"),
        ("ќ", "к"),
        ("ѓ", "г"),
        ("ў", "у"),
        ("か", "が"),
        ("हिन्दी", "हन्द"),
    ],
)
def test_fold_keeps_letters_apart(one: str, other: str) -> None:
    """The marks of й, ї, ґ, ќ, ѓ, ў, of kana and of Devanagari make other letters."""
    assert fold(one) != fold(other)


def test_words_are_parted_at_what_is_no_letter() -> None:
    """Apostrophes part Latin words, hyphens and underscores part all, and each sign of an unspaced script is
    a word.
    """
    assert words("L’homme Anna's co-operate a_b 1,000 C++") == [
        "l", "homme", "anna", "s", "co", "operate", "a", "b", "1", "000", "c",
    ]  # fmt: skip
    assert words("日本語ガ") == ["日", "本", "語", "ガ"]
    assert words("…  —  ") == []


def test_places_lead_back_into_the_text() -> None:
    """Each folded word names the stretch of the original that it was made of."""
    text = "«Кожен» за́мок — Straße!"
    assert [(word, text[start:end]) for word, start, end in places(text)] == [
        ("кожен", "Кожен"), ("замок", "за́мок"), ("strasse", "Straße"),
    ]  # fmt: skip


@given(st.text())
def test_places_are_the_words_one_for_one(text: str) -> None:
    """The n-th word that is indexed is the n-th place, places stand in order, and a word holds no space."""
    found = places(text)
    assert [word for word, _, _ in found] == words(text) == [word for word in fold(text).split(" ") if word]
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)


@given(st.text())
def test_fold_changes_nothing_a_second_time(text: str) -> None:
    """What is folded is asked for and found as it stands in the index."""
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="аеёийіїґгкʼ'’\u0301\u0308\u0306ŁłßœÉé \u00ad-", max_size=20))
def test_fold_is_the_same_for_capitals(text: str) -> None:
    """A question may be shouted."""
    assert fold(text.upper()) == fold(text.upper().lower()) and fold(text) == fold(text.casefold())
