"""The language of the desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from onrecord.accounts.people import Person
from onrecord.languages import INTERFACE
from onrecord.site.desk.language import desk_words, offered, words_for
from onrecord.site.wording import FOLDER

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def person(language: str) -> Person:
    """Somebody with a language."""
    return Person("1", "Anna Example", "editor", language, False, NOW, NOW, None)


def test_desk_is_offered_in_the_languages_that_have_all_its_words() -> None:
    """English always; another once its catalogue is compiled, which it is when nothing is missing."""
    whole = [tag for tag in INTERFACE if (FOLDER / tag / "LC_MESSAGES" / "desk.mo").exists()]
    assert list(offered()) == [tag for tag in INTERFACE if tag == "en" or tag in whole]


@pytest.mark.parametrize("language", INTERFACE)
def test_page_is_in_one_language_never_in_two(language: str) -> None:
    """What is not offered is in English from the first word to the last, those of the public pages too."""
    words = desk_words(language)
    assert words.language == (language if language in offered() else "en")
    for sentence in ("What it waits for", "Sign out", "Skip to the content"):
        assert (words.gettext(sentence) == sentence) is (words.language == "en")


@pytest.mark.parametrize(
    ("accepts", "wanted"),
    [
        ("", "en"), ("xx, yy;q=0.9", "en"), ("en-GB,en;q=0.8", "en"), ("xx;q=1, en;q=0.1", "en"), ("*", "en"),
        ("nonsense;;;q=,,,", "en"), ("en;q=0", "en"), ("x" * 10_000, "en"),
    ],
)  # fmt: skip
def test_language_that_nobody_knows_gives_that_of_the_archive(accepts: str, wanted: str) -> None:
    """Whatever the browser sends."""
    assert words_for(None, accepts, ("en",)).language == wanted


@pytest.mark.parametrize("language", offered())
def test_own_language_comes_before_the_browsers(language: str) -> None:
    """And the browser's before the archive's, the weightiest first."""
    assert words_for(person(language), "en;q=1", ("en",)).language == language
    assert words_for(person(""), f"xx, {language}-XX;q=0.9, en;q=0.1", ("en",)).language == language
    assert words_for(None, "xx", (language,)).language == language
