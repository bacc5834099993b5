"""Languages: BCP 47 tags (RFC 5646) everywhere, checked for their form; those that pages are written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from onrecord.errors import UsageError

# The languages that the interface speaks; each but English has a catalogue in site/locale.
INTERFACE = ("en", "uk", "fr", "de", "pl", "ru")

# The language, script, region and variant parts of RFC 5646 section 2.1; extensions are not needed here.
_TAG = re.compile(
    r"^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*$", re.IGNORECASE
)

_NAMES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "crh": "Crimean Tatar", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hu": "Hungarian", "it": "Italian", "ja": "Japanese",
    "ka": "Georgian", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sv": "Swedish", "tr": "Turkish",
    "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"}
# Letters, and the languages that are written in them; all others are taken to be written in Latin ones.
_SCRIPTS: tuple[tuple[re.Pattern[str], str, set[str]], ...] = (
    (re.compile("[\u0400-\u052f]"), "Cyrl", {"ab", "ba", "be", "bg", "ce", "cv", "kk", "ky", "mk", "mn", "os", "ru", "sah", "sr",
                                             "tg", "tt", "udm", "uk"}),
    (re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]"), "Arab",
     {"ar", "ckb", "fa", "ps", "sd", "ug", "ur"}),
    (re.compile("[\u0590-\u05ff]"), "Hebr", {"he", "yi"}),
    (re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), "Grek", {"el"}),
    (re.compile("[\u10a0-\u10ff\u1c90-\u1cbf]"), "Geor", {"ka"}),
    (re.compile("[\u0530-\u058f]"), "Armn", {"hy"}),
    (re.compile("[\u3040-\u30ff\u3400-\u9fff]"), "Hans", {"ja", "zh"}),
    (re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE), "Latn", set()),
)  # fmt: skip


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return sentence


def language_tag(text: str) -> str:
    """The tag in its usual letters (`en`, `uk`, `pt-BR`, `zh-Hant`); raises `UsageError` when it is none."""
    if not _TAG.match(text):
        raise UsageError(f"'{text}' is no language tag.", advice="Use a tag such as en, uk, fr or pt-BR.")
    first, *rest = text.split("-")
    cased = [
        part.title() if len(part) == 4 and part.isalpha() else part.upper() if len(part) == 2 else part
        for part in rest
    ]
    return "-".join([first.lower(), *cased])


def language_name(tag: str) -> str:
    """The English name of a language where we know it, else the tag."""
    return _NAMES.get(tag.split("-", maxsplit=1)[0].lower(), tag)


def direction(tag: str) -> str:
    """`rtl` or `ltr`, for HTML's `dir`."""
    return "rtl" if tag.split("-", maxsplit=1)[0].lower() in _RIGHT_TO_LEFT else "ltr"


def script(tag: str) -> str:
    """The letters that a language is written in (ISO 15924), where the tag does not say it itself."""
    first, *rest = tag.split("-")
    named = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    return named.title() or next((name for _, name, tags in _SCRIPTS if first.lower() in tags), "Latn")


def written_in(text: str, languages: Sequence[str]) -> str:
    """Which of these languages a text is in, by its letters: the first that is written in most of them; or
    empty.
    """
    return _written_in(text[:300], tuple(languages)) if languages else ""


@lru_cache(maxsize=20_000)
def _written_in(text: str, languages: tuple[str, ...]) -> str:
    counts = [(len(letters.findall(text)), name) for letters, name, _ in _SCRIPTS]
    most, found = max(counts)
    if not most:
        return ""
    return next((tag for tag in languages if script(tag) == found), "")
