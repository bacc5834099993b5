"""What a page says in one language: sentences from its catalogue, and dates, numbers and names as the CLDR has
them.

A sentence is written in English where it is needed and looked up when it is shown: `_("Search")` in Python, in
templates and in scripts. A sentence that a table holds is marked with `onrecord.languages.N_`. Values stand in
it by name, `%(name)s`, so that each language may put them where it wants; a percent sign is written `%%`.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers, units
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from onrecord.errors import QueryError
from onrecord.languages import direction, written_in
from onrecord.timecode import spoken_length

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "onrecord"
# English is written as Europe does: the day before the month, and 24 hours.
_LOCALES = {"en": "en_GB"}


class Wording:
    """The words of the interface in one language, a BCP 47 tag of `onrecord.languages.INTERFACE`. With `domain`,
    those of a further catalogue before those of the public pages.
    """

    def __init__(self, language: str, domain: str = "") -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALES.get(language, language))
        self._catalogue: gettext.NullTranslations = gettext.NullTranslations()
        if language != "en":  # the sentences themselves
            self._catalogue = gettext.translation(DOMAIN, FOLDER, [language], fallback=True)
        if language != "en" and domain:
            first = gettext.translation(domain, FOLDER, [language], fallback=True)
            first.add_fallback(self._catalogue)
            self._catalogue = first

    # Sentences

    def gettext(self, message: str, /, **values: object) -> str:
        """The sentence in this language, with its values."""
        return self._catalogue.gettext(message) % values

    def known(self, text: str) -> str:
        """The translation of a text as it stands, which may hold anything; "" where there is none."""
        found = self._catalogue.gettext(text)
        return found if found != text else ""

    def ngettext(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """The form for a number of things, which is also the value `num`."""
        text = self._catalogue.ngettext(singular, plural, number)
        return text % {"num": self.number(number), **values}

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """The sentence where one English word means several things."""
        return self._catalogue.pgettext(context, message) % values

    def error(self, error: QueryError) -> str:
        """What is wrong with a question, and what to do."""
        parts = [self.gettext(error.sentence, **error.values)]
        if error.advice:
            parts.append(self.gettext(error.advice))
        return " ".join(parts)

    def translated(self, message: str) -> str:
        """The sentence with the places of its values left open."""
        return self._catalogue.gettext(message)

    def forms(self, singular: str, plural: str) -> list[str]:
        """Every form of a sentence with a number, in the order of the rule for plurals; empty: none is known."""
        held: dict[object, str] = getattr(self._catalogue, "_catalog", {})
        keys = [(singular, index) for index in range(6)]
        return [held[key] for key in keys if key in held]

    @property
    def plural_rule(self) -> str:
        """Which form a number takes: the expression over `n` of the catalogue's head, as gettext writes it."""
        info = getattr(self._catalogue, "_info", {})
        found = re.search(r"plural=([^;]+)", str(info.get("plural-forms", "")))
        return found[1].strip() if found else "n != 1"

    # Dates and times

    def day(self, value: date) -> str:
        """`12 July 2022`."""
        return _date(self.locale, "long", value.year, value.month, value.day)

    def long_day(self, value: date) -> str:
        """`Tuesday, 12 July 2022`."""
        return _date(self.locale, "full", value.year, value.month, value.day)

    def weekday(self, value: date) -> str:
        """`Tuesday`."""
        return _date(self.locale, "cccc", value.year, value.month, value.day)

    def month(self, value: date) -> str:
        """`July 2022`."""
        return _month(self.locale, value.year, value.month)

    def hour(self, value: datetime) -> str:
        """`18:00`."""
        return f"{value.hour:02}:{value.minute:02}"

    def zone(self, value: datetime) -> str:
        """The letters of the zone at that time (`BST`), or its distance from UTC (`UTC+3`) where the language
        has none for it.
        """
        name = value.tzname() or ""
        if self.language != "en":
            name = _zone_letters(self.locale, value, name)
        if name[:1].isalpha():
            return name
        offset = value.utcoffset()
        minutes = round(offset.total_seconds() / 60) if offset is not None else 0
        sign = "\u2212" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")

    # Numbers

    def number(self, value: float) -> str:
        """`1,234` with the marks of the language."""
        return numbers.format_decimal(value, locale=self.locale)

    def length(self, milliseconds: int) -> str:
        """`1 h 35 min`, `12 min`, `40 s`."""
        if self.language == "en":
            return spoken_length(milliseconds)
        parts = spoken_length(milliseconds).split()
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return " ".join(self._unit(int(number), _UNITS[unit]) for number, unit in pairs)

    def filesize(self, value: float) -> str:
        """Bytes as `12.3 MB`."""
        for name, digits in (("byte", "0"), ("kilobyte", "0.0"), ("megabyte", "0.0")):
            if value < 1000:
                return self._unit(value, f"digital-{name}", digits)
            value /= 1000
        return self._unit(value, "digital-gigabyte", "0.00")

    def _unit(self, value: float, unit: str, digits: str | None = None) -> str:
        return units.format_unit(value, unit, "short", format=digits, locale=self.locale)

    # Languages

    def language_name(self, tag: str) -> str:
        """What this language calls a language, as within a sentence: `українська`."""
        names = self.locale.languages
        return str(
            names.get(tag.replace("-", "_")) or names.get(tag.split("-", maxsplit=1)[0].lower()) or tag
        )


_UNITS = {"h": "duration-hour", "min": "duration-minute", "s": "duration-second"}


@lru_cache(maxsize=16)
def wording(language: str, domain: str = "") -> Wording:
    """The words of a language; catalogues are read once."""
    return Wording(language, domain)


def initial(text: str) -> str:
    """With a capital, for a word that begins a line: CLDR has names as they stand within a sentence."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=50_000)
def _date(locale: Locale, form: str, year: int, month: int, day: int) -> str:
    return dates.format_date(date(year, month, day), form, locale=locale)


@lru_cache(maxsize=5_000)
def _month(locale: Locale, year: int, month: int) -> str:
    return dates.format_skeleton("yMMMM", date(year, month, 1), locale=locale)


def _zone_letters(locale: Locale, value: datetime, name: str) -> str:
    if name == "UTC":
        return name
    found = _zone_name(locale, value.tzinfo, value.replace(minute=0, second=0, microsecond=0))
    letters = found.isalpha() and len(found) <= 5
    return found if letters else ""


@lru_cache(maxsize=10_000)
def _zone_name(locale: Locale, zone: object, value: datetime) -> str:
    return dates.get_timezone_name(value, "short", locale=locale)


# What templates call


def _of(context: Context) -> Wording:
    found: Wording = context["wording"]
    return found


@pass_context
def _gettext(context: Context, message: str, /, **values: object) -> Markup:
    return Markup(_of(context)._catalogue.gettext(message)) % values  # noqa: S704 - ours; the values are escaped


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int, /, **values: object) -> Markup:
    words = _of(context)
    text = words._catalogue.ngettext(singular, plural, number)
    return Markup(text) % {**values, "num": words.number(number)}  # noqa: S704 - as above


@pass_context
def _pgettext(context: Context, where: str, message: str, /, **values: object) -> Markup:
    return Markup(_of(context)._catalogue.pgettext(where, message)) % values  # noqa: S704 - as above


def _filter(name: str) -> Callable[..., str]:
    @pass_context
    def said(context: Context, value: Any) -> str:
        return str(getattr(_of(context), name)(value))

    return said


@pass_context
def _lang(context: Context, text: str, languages: tuple[str, ...] = (), within: str = "") -> Markup:
    page: str = context["page"].language
    plain = text.striptags() if isinstance(text, Markup) else str(text)
    tag = written_in(plain, languages) or written_in(plain, context["site"].languages)
    around = within or page
    if not tag or tag == around:
        return Markup("")
    turned = Markup(' dir="{}"').format(direction(tag)) if direction(tag) != direction(around) else ""
    return Markup(' lang="{}"{}').format(tag, turned)


GLOBALS: dict[str, Callable[..., Any]] = {
    "_": _gettext,
    "gettext": _gettext,
    "ngettext": _ngettext,
    "pgettext": _pgettext,
}
FILTERS: dict[str, Callable[..., Any]] = {
    **{name: _filter(name) for name in (
        "day", "long_day", "weekday", "month", "hour", "zone", "number", "length", "filesize",
    )},
    "language": _filter("language_name"),
    "initial": initial,
    "lang": _lang,
}  # fmt: skip
