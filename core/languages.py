"""Language tags: BCP 47 (RFC 5646) everywhere, checked for their form."""

from __future__ import annotations

import re

from onrecord.errors import UsageError

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
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}


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
