"""Sentences of the lower rooms on pages in other languages: errors, notes and what was told at a terminal are written in English.

Where a catalogue has such a sentence it is said in the page's language. Where it has none it is marked as what it is, so that a
screen reader does not pronounce it as another language (WCAG 2.2, 3.1.2).
"""

from __future__ import annotations

from markupsafe import Markup

from onrecord.errors import OnrecordError
from onrecord.site.wording import Wording, initial

_BETWEEN = "\x00"


def english(text: str, words: Wording, *, capital: bool = False) -> str:
    """A sentence in the page's language if it can be had; else in English, marked so. `capital`: it begins with one."""
    if not text or isinstance(text, Markup):
        return text
    found = words.known(text)
    shown = initial(found or text) if capital else found or text
    if found or words.language == "en":
        return shown
    return Markup('<span lang="en" dir="ltr">{}</span>').format(shown)


def of_error(error: OnrecordError, words: Wording, *, capital: bool = True) -> str:
    """What is wrong and what to do next, as a part of a page."""
    parts = [english(error.message, words, capital=capital), english(error.advice, words)]
    return Markup(" ").join(part for part in parts if part)


def around(sentence: str, words: Wording, **values: object) -> str:
    """A sentence of the page with its values, where `detail` is one of the lower rooms."""
    if "detail" not in values:
        return words.gettext(sentence, **values)
    before, found, after = words.gettext(sentence, **{**values, "detail": _BETWEEN}).partition(_BETWEEN)
    return Markup("{}{}{}").format(before, english(str(values["detail"]), words) if found else "", after)
