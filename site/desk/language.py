"""The language of the desk: a person's own, else what the browser asks for, among those that have all its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from onrecord.accounts.people import Person
from onrecord.languages import INTERFACE
from onrecord.site.wording import FOLDER, Wording, wording

DOMAIN = "desk"


@lru_cache(maxsize=1)
def offered() -> tuple[str, ...]:
    """The languages in which the whole desk is: a catalogue is compiled only once it is whole."""
    return tuple(
        tag for tag in INTERFACE if tag == "en" or (FOLDER / tag / "LC_MESSAGES" / f"{DOMAIN}.mo").exists()
    )


def desk_words(language: str) -> Wording:
    """The words of the desk in a language, with those of the public pages; English where it is not offered."""
    return wording(language if language in offered() else "en", DOMAIN)


def words_for(person: Person | None, accepts: str, archive: Sequence[str] = ()) -> Wording:
    """The words for whoever asks; `accepts` is their browser's Accept-Language (RFC 9110, 12.5.4)."""
    if person is not None and person.language:
        return desk_words(person.language)
    for tag in _wanted(accepts):
        if tag in offered():
            return desk_words(tag)
    return desk_words(archive[0] if archive else "en")


def _wanted(accepts: str) -> list[str]:
    found: list[tuple[float, str]] = []
    for part in accepts[:500].split(","):
        tag, _, weight = part.partition(";")
        number = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        quality = float(number[1]) if number else 1.0
        if quality > 0 and tag.strip():
            found.append((quality, tag.strip().split("-")[0].lower()))
    return [tag for _, tag in sorted(found, key=lambda row: -row[0])]
