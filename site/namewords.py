"""Whether words of a text are a name: in another script, by the spelling habits of another language, in any of its
cases, written together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from text_unidecode import unidecode

from onrecord.transcripts.words.transliteration import sounds

# An apostrophe inside a word is a part of it where it stands for a letter: `Лук'яненко`, `Luk'yanenko`, `Hryn'ko`.
TOKEN = re.compile(
    r"[^\W_]+(?:(?:(?<=[\u0400-\u052f])['’ʼ`](?=[яюєїЯЮЄЇ])"
    r"|(?<=[A-Za-z][a-z][b-df-hj-np-tv-xz])['’ʼ](?=[a-z]{2})(?!(?:ll|re|ve)\b))[^\W_]+)*"
)
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ENDINGS = "aeiouy"
# Endings of names in the cases of Ukrainian, Russian, Polish and German, by their sounds (`transliteration.sounds`).
_CASES = frozenset({
    "a", "e", "i", "o", "u", "S", "ei", "oi", "ou", "em", "om", "am", "im", "en", "aS", "oS", "eS", "enS", "ego", "ogo",
    "emu", "omu", "ovi", "evi", "ov", "ev", "ami", "imi", "ag", "eg", "ig",
})  # fmt: skip
_STEM = 4  # sounds that a name must keep before an ending


@lru_cache(maxsize=50_000)
def fold(token: str) -> str:
    """A word in the letters a-z and digits, so that one name compares equal in two scripts."""
    return "".join(_WORD.findall(unidecode(token.replace("\u0301", "")).lower()))


def name_words(text: str) -> tuple[str, ...]:
    """The words of a text, folded."""
    return tuple(folded for token in TOKEN.findall(text) if (folded := fold(token)))


def is_form(token: str, folded: str, word: str) -> bool:
    """Whether a word of a text is this word of a name, in Cyrillic also with an ending of its own."""
    if folded == word:
        return True
    stem = word.rstrip(_ENDINGS)
    return bool(
        len(stem) > 2 and _CYRILLIC.search(token) and folded.startswith(stem) and len(folded) <= len(stem) + 4
    )


@lru_cache(maxsize=50_000)
def sounds_like(folded: str, word: str) -> bool:
    """Whether a word of a text is this word of a name as another language spells it, in any of its cases."""
    asked, known = sounds(folded), sounds(word)
    if any(len(key) >= _STEM or len(word) >= _STEM for key in asked & known):
        return True
    for key in known:
        stem = key.rstrip("aeiou")
        if len(stem) >= _STEM and any(
            other.startswith(stem) and other[len(stem) :] in _CASES for other in asked
        ):
            return True
    return False


@lru_cache(maxsize=50_000)
def is_together(folded: str, words: tuple[str, ...]) -> bool:
    """Whether a word of a text is a whole name written together."""
    orders = ("".join(words), "".join(reversed(words)))
    return folded in orders or any(
        abs(len(folded) - len(order)) < len(order) // 2 and sounds(folded) & sounds(order) for order in orders
    )


def is_name(tokens: Sequence[str], folded: Sequence[str], words: Sequence[str]) -> bool:
    """Whether these words are the name, in any order."""
    if sorted(folded) == sorted(words):
        return True
    if len(folded) == 1:
        return False
    left = list(words)
    beside: list[tuple[str, str]] = []
    for token, plain in zip(tokens, folded, strict=True):
        match = next((word for word in left if is_form(token, plain, word) or sounds_like(plain, word)), None)
        if match is None:
            beside.append((token, plain))
        else:
            left.remove(match)
    if not left or len(left) == len(words):
        return not left
    # Beside one word of the name, the others may be short ones in any case: `Jana Kowalskiego`.
    for token, plain in beside:
        match = next((word for word in left if token[:1].isupper() and _may_be(plain, word)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _may_be(folded: str, word: str) -> bool:
    stem = word.rstrip(_ENDINGS)
    return len(stem) > 1 and folded.startswith(stem) and len(folded) <= len(stem) + 4


def is_near(label: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether a label is part of a name, or the name with more beside it: `Koval`, `A. Koval`, `Dr Anna
    Koval`.
    """
    if all(
        any(_alike(word, part) or (len(word) == 1 and part[0] == word) for part in name) for word in label
    ):
        return True
    return all(any(_alike(word, part) for word in label) for part in name)


def _alike(word: str, part: str) -> bool:
    return word == part or sounds_like(word, part)
