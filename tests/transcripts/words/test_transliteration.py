"""One name has one key in common in whatever alphabet and by whichever habit it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.transcripts.folding import fold
from onrecord.transcripts.words.transliteration import bases, in_cyrillic, names, retyped, sounds


@pytest.mark.parametrize(
    "spellings",
    [
        "Зеленський Зеленский Zelenskyy Zelensky Zelenskyi Zelenskiy Selenskyj Zełenski",
        "Хмельницький Хмельницкий Khmelnytskyi Khmelnytsky Chmelnyzkyj Chmielnicki",
        "Харків Kharkiv Charkiw", "Харьков Kharkov Charkow", "Юлія Юлия Yuliia Yulia Julia Ioulia",
        "Щербак Shcherbak Schtscherbak Szczerbak Chtcherbak", "Порошенко Poroshenko Porochenko Poroszenko Poroschenko",
        "Кличко Klitschko Klychko Klitchko Kliczko", "Горбачёв Gorbachev Gorbatschow Gorbaczow Gorbatchev",
        "Хрущёв Khrushchev Chruschtschow Chruszczow Khrouchtchev", "Путин Путін Putin Poutine",
        "Євген Yevhen Jewhen Ievhen", "Сергій Serhii Serhiy Serhij", "Яценюк Yatsenyuk Yatseniuk Jazenjuk Jaceniuk",
        "Чорнобиль Chornobyl Tschornobyl Czornobyl", "Маріуполь Мариуполь Mariupol Marioupol",
        "Ющенко Yushchenko Iouchtchenko Juschtschenko Juszczenko", "Запоріжжя Zaporizhzhia Saporischschja",
        "Рахманинов Rachmaninoff Rakhmaninov Rachmaninow",
    ],
)  # fmt: skip
def test_sounds_of_one_name_meet(spellings: str) -> None:
    """The Ukrainian and Russian spellings and the English, German, French and Polish ones share a key."""
    first, *others = map(fold, spellings.split())
    assert [one for one in others if sounds(one).isdisjoint(sounds(first))] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Шевченко", "Левченко"),
        ("Anna", "Inna"),
        ("Марія", "Дарія"),
        ("Koval", "Kovalenko"),
        ("Сергій", "Сергей"),
    ],
)
def test_sounds_of_two_names_do_not_meet(one: str, other: str) -> None:
    """Coarse is not careless."""
    assert sounds(fold(one)).isdisjoint(sounds(fold(other)))


def test_sounds_are_of_letters_that_are_known() -> None:
    """What is too short, holds digits, or is written in another alphabet has no key."""
    assert [sounds(word) for word in ("ян", "b52", "日", "ελλας", "")] == [frozenset()] * 5


@given(st.text(alphabet="абвгґджзійлмнопрстьюяєїщabcdefghijklmnopqrstuvwxyz", max_size=40))
def test_sounds_are_few_and_quick(word: str) -> None:
    """However a word reads, it has no more than sixteen keys."""
    assert len(sounds(word)) <= 16


def test_names_stand_with_a_capital_inside_a_sentence() -> None:
    """The first word of a sentence may be any word; a text in capitals tells nothing."""
    assert names("Today Anna Koval, of Kharkiv, reads. Every word counts. Так каже Юрій Щербак.") == {
        "anna", "koval", "kharkiv", "юрій", "щербак",
    }  # fmt: skip
    assert names("ALL THAT IS SAID HERE IS IN CAPITALS") == set()


def test_bases_are_first_cases() -> None:
    """A name in another case leads to what it may be in the first."""
    assert "зеленський" in bases("зеленського")
    assert "кравчук" in bases("кравчуком")
    assert "шевченко" in bases("шевченка")
    assert "полтава" in bases("полтаву")
    assert bases("zelensky") == set()


def test_words_of_another_keyboard_or_alphabet_are_understood() -> None:
    """`ghfdj` was meant to be `право`, and `svoboda` may be `свобода`."""
    assert "право" in retyped("ghfdj")
    assert "rights" in retyped("кшпреі")
    assert in_cyrillic("svoboda") == ["свобода"]
    assert in_cyrillic("rivnist") == ["рівніст", "ривнист"]
    assert in_cyrillic("слово") == []
