"""Names that are made of titles: readable, in Latin letters, safe."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.events.stems import latin, slug_of, stem_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Voices from the occupied areas", "voices-from-the-occupied-areas"),
        ("Окуповані території", "okupovani-terytorii"),
        ("Куп'янськ і Згурівка", "kupiansk-i-zghurivka"),
        ("Єнакієве, Ґалаґан, Їжакевич", "yenakiieve-galagan-yizhakevych"),
        ("Щастя, Юрій, Яна, Йосип, Цюрупинськ", "shchastia-yurii-yana-yosyp-tsiurupynsk"),
        ("Знам’янка", "znamianka"),
        ("Žižkov, Łódź & Straße", "zizkov-lodz-strasse"),
        ("???", "discussion"),
    ],
)  # fmt: skip
def test_title_becomes_a_slug(title: str, slug: str) -> None:
    """Ukrainian as passports have it (resolution 55 of 2010), other letters by their nearest."""
    assert slug_of(title) == slug


def test_long_title_is_cut_at_a_word() -> None:
    """A stem stays short enough to be typed."""
    assert slug_of("human " * 30) == "human-human-human-human-human-human-human-human-human-human"
    assert slug_of("x" * 500) == "x" * 60


def test_stem_begins_with_the_day() -> None:
    """Folders sort by time."""
    assert stem_of(date(2022, 7, 12), "Voices") == "2022-07-12-voices"


@settings(deadline=None)
@given(st.text(max_size=80))
def test_slug_is_always_safe(title: str) -> None:
    """Whatever the title: small letters, digits and single hyphens, never empty, never long."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug_of(title))
    assert len(slug_of(title)) <= 60


@settings(deadline=None)
@given(st.text("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя' ", min_size=1))
def test_ukrainian_becomes_ascii(text: str) -> None:
    """No Cyrillic letter is left for a general table that knows no Ukrainian."""
    assert latin(text).isascii()
