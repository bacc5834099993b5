"""Dates, numbers and names in each language of the interface, as its readers write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from onrecord.languages import INTERFACE
from onrecord.site.wording import initial, wording

DAY = date(2022, 7, 12)


@pytest.mark.parametrize(
    ("language", "day", "full", "month"),
    [
        ("en", "12 July 2022", "Tuesday, 12 July 2022", "July 2022"),
        ("uk", "12 липня 2022 р.", "вівторок, 12 липня 2022 р.", "липень 2022 р."),
        ("fr", "12 juillet 2022", "mardi 12 juillet 2022", "juillet 2022"),
        ("de", "12. Juli 2022", "Dienstag, 12. Juli 2022", "Juli 2022"),
        ("pl", "12 lipca 2022", "wtorek, 12 lipca 2022", "lipiec 2022"),
        ("ru", "12 июля 2022 г.", "вторник, 12 июля 2022 г.", "июль 2022 г."),
    ],
)
def test_dates_are_written_as_in_the_language(language: str, day: str, full: str, month: str) -> None:
    """The month takes its case where the language has cases."""
    words = wording(language)
    assert [text.replace("\u202f", " ").replace("\xa0", " ") for text in
            (words.day(DAY), words.long_day(DAY), words.month(DAY))] == [day, full, month]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "number", "size", "length"),
    [
        ("en", "1,234", "12.3 MB", "1 h 35 min"),
        ("uk", "1 234", "12,3 МБ", "1 год 35 хв"),
        ("fr", "1 234", "12,3 Mo", "1 h 35 min"),
        ("de", "1.234", "12,3 MB", "1 Std. 35 Min."),
        ("pl", "1 234", "12,3 MB", "1 godz. 35 min"),
        ("ru", "1 234", "12,3 МБ", "1 ч 35 мин"),
    ],
)
def test_numbers_are_written_as_in_the_language(language: str, number: str, size: str, length: str) -> None:
    """With its marks and its units."""
    words = wording(language)
    plain = [text.replace("\u202f", " ").replace("\xa0", " ")
             for text in (words.number(1234), words.filesize(12_300_000), words.length(5_700_000))]  # fmt: skip
    assert plain == [number, size, length]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["1 discussion", "2 discussions", "5 discussions", "21 discussions"]),
        ("uk", ["1 обговорення", "2 обговорення", "5 обговорень", "21 обговорення"]),
        ("fr", ["1 discussion", "2 discussions", "5 discussions", "21 discussions"]),
        ("de", ["1 Diskussion", "2 Diskussionen", "5 Diskussionen", "21 Diskussionen"]),
        ("pl", ["1 dyskusja", "2 dyskusje", "5 dyskusji", "21 dyskusji"]),
        ("ru", ["1 обсуждение", "2 обсуждения", "5 обсуждений", "21 обсуждение"]),
    ],
)
def test_numbers_of_things_take_their_form(language: str, forms: list[str]) -> None:
    """One, few and many, where a language tells them apart."""
    words = wording(language)
    said = [words.ngettext("%(num)s discussion", "%(num)s discussions", number) for number in (1, 2, 5, 21)]
    assert said == forms


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Ukrainian", "Brazilian Portuguese", "Crimean Tatar", "x-unknown"]),
        ("uk", ["українська", "португальська", "кримськотатарська", "x-unknown"]),
        ("de", ["Ukrainisch", "Portugiesisch", "Krimtatarisch", "x-unknown"]),
    ],
)
def test_languages_have_their_names(language: str, names: list[str]) -> None:
    """As within a sentence; a tag that nobody knows stands for itself."""
    words = wording(language)
    assert [words.language_name(tag) for tag in ("uk", "pt-BR", "crh", "x-unknown")] == names
    assert initial(wording("uk").language_name("uk")) == "Українська"


@pytest.mark.parametrize("language", INTERFACE)
def test_zone_has_letters_or_its_distance(language: str) -> None:
    """Letters only where readers of the language use them."""
    words = wording(language)
    kyiv = datetime(2022, 7, 12, 18, tzinfo=ZoneInfo("Europe/Kyiv"))
    assert words.zone(kyiv) == ("EEST" if language == "en" else "UTC+3")
    assert words.zone(datetime(2022, 7, 12, 18, tzinfo=ZoneInfo("UTC"))) == "UTC"
    assert words.zone(datetime(2022, 7, 12, 18, tzinfo=ZoneInfo("America/Sao_Paulo"))) == "UTC\u22123"
    assert words.zone(datetime(2022, 7, 12, 18, tzinfo=ZoneInfo("Asia/Kolkata"))) in ("IST", "UTC+5:30")
