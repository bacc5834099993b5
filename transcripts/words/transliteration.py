"""Names written in several ways and alphabets: what `Zelenskyy`, `Selenskyj`, `Зеленський` and `Зеленский`
have in common.

`sounds` gives a few short keys for a spelling, and two spellings of one name share a key. They read Cyrillic
as Ukrainian and Russian do, and Latin letters by the habits in which such names are written: the Ukrainian
table of 2010 (resolution 55 of the Cabinet of Ministers), BGN/PCGN 1965, the English, German, French and
Polish newspapers'. Where a letter is read in several ways, each way gives a key.

The keys are coarse: `г`, `х`, `g`, `h` and `kh` are one, so are `с`, `з`, `ш` and `ж`, and an й-sound beside a
vowel goes. That is right for names alone; among all the words of a language it would make too many alike.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from onrecord.transcripts.folding import fold

SHORTEST = 3  # sounds of a key; shorter names are too much alike
_MOST_READINGS = 16

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "ѓ": "g", "д": "d", "ђ": "S", "е": "e", "є": "e", "ж": "S", "з": "S",
    "ѕ": "S", "и": "i", "і": "i", "ї": "i", "й": "i", "ј": "i", "к": "k", "ќ": "k", "л": "l", "љ": "l", "м": "m", "н": "n",
    "њ": "n", "о": "o", "п": "p", "р": "r", "с": "S", "т": "t", "ћ": "C", "у": "u", "ў": "v", "ф": "f", "х": "g", "ц": "C",
    "ч": "C", "џ": "S", "ш": "S", "щ": "SC", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a", "дж": "S",
}  # fmt: skip
# The longest that fits is read; several readings are parted by a stroke.
_LATIN = {
    "schtsch": "SC", "shch": "SC", "chtch": "SC", "szcz": "SC", "stsch": "SC|SSC", "tsch": "C", "tch": "C", "sch": "S",
    "dzh": "S", "dsch": "S", "dj": "S|di", "ch": "C|S|g", "sh": "S", "sz": "S", "cz": "C", "zh": "S", "kh": "g", "gh": "g",
    "gu": "gu|g", "ts": "C", "tz": "C", "ck": "k|Ck", "ph": "f", "ks": "kS", "x": "kS", "ou": "u", "qu": "k", "c": "k|C", "q": "k",
    "j": "i|S", "w": "v", "z": "S|C", "s": "S", "h": "g", "y": "i", "ff": "v",
}  # fmt: skip
_LETTERS = re.compile("|".join((*sorted((*_CYRILLIC, *_LATIN), key=len, reverse=True), "[a-z]")))
_IOTA = re.compile("i(?=[aeou])|(?<=[aeou])i")
_DOUBLED = re.compile(r"(.)\1+")
_SOFT_O = re.compile("(?<=[CS])o")  # `ё` after a hushing sound: Gorbachev, Gorbatschow

# Endings of the other cases, and those that the first case can have in their place.
_CASES = (
    ("ого ому им ім ым ом ої ою ій ой ую их", ("ий", "а", "ая")),
    ("а у ом ем єм ові еві і е", ("", "о")),
    ("у ю ою єю ей и і ы", ("а", "я")),
    ("я ю ем єм еві", ("ь", "й")),
)

_CAPITALS = re.compile(
    "(?<=[\\w,;:] )[{}][\\w'’ʼ-]+".format(
        "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper()).replace("\\", "")
    )
)
_MOST_CAPITALS = 0.6  # of the words; a text with more is in capitals throughout, or a list


@lru_cache(4096)
def sounds(word: str) -> frozenset[str]:
    """The keys of a folded word; none for what is too short, or in another alphabet."""
    letters = _LETTERS.findall(word)
    if sum(map(len, letters)) != len(word):
        return frozenset()
    readings = [_LATIN.get(one, _CYRILLIC.get(one, one)).split("|") for one in letters]
    if letters and letters[-1] == "f":  # Rachmaninoff
        readings[-1] = ["f", "v"]
    if len(letters) > 3 and letters[-2:] == ["n", "e"]:  # Poutine
        readings[-1] = ["e", ""]
    ways = itertools.islice(itertools.product(*readings), _MOST_READINGS)
    return frozenset(key for way in ways if len(key := _smooth("".join(way))) >= SHORTEST)


def _smooth(key: str) -> str:
    return _SOFT_O.sub("e", _DOUBLED.sub(r"\1", _IOTA.sub("", _DOUBLED.sub(r"\1", key))))


def bases(word: str) -> set[str]:
    """What the first case of a Cyrillic name can be, when it stands in another one."""
    found: set[str] = set()
    for endings, firsts in _CASES:
        for ending in endings.split():
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
                found.update(word.removesuffix(ending) + first for first in firsts)
    return found


def names(text: str) -> set[str]:
    """The folded words that stand with a capital inside a sentence of this text, as names do."""
    found = _CAPITALS.findall(text)
    if len(found) > _MOST_CAPITALS * (text.count(" ") + 1):
        return set()
    return {word for name in set(found) for word in fold(name).split(" ")}


_TYPED_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_TYPED = (  # the same keys
    "'йцукенгшщзхїфівапролджєячсмитьбю",
    "ёйцукенгшщзхъфывапролджэячсмитьбю",
)
_WRITTEN = {  # the longest that fits first
    "uk": (
        "shch щ zgh зг zh ж kh х ts ц ch ч sh ш yi ї ye є yu ю ya я ie є iu ю ia я a а b б v в h г g ґ d д e е z з y и i і"
        " j й k к l л m м n н o о p п r р s с t т u у f ф w в x кс c к q к"
    ),
    "ru": (
        "shch щ zh ж kh х ts ц ch ч sh ш yo е ye е yu ю ya я iu ю ia я a а b б v в h х g г d д e е z з y ы i и"
        " j й k к l л m м n н o о p п r р s с t т u у f ф w в x кс c к q к"
    ),
}


def retyped(text: str) -> list[str]:
    """What was meant by a text typed with the keyboard set to the other alphabet (`ghfdj` is `право`)."""
    tables = [str.maketrans(_TYPED_LATIN, keys) for keys in _TYPED]
    tables += [str.maketrans(keys, _TYPED_LATIN) for keys in _TYPED]
    made = [text.lower().translate(table) for table in tables]
    return [other for other in dict.fromkeys(made) if other != text.lower()]


def in_cyrillic(word: str) -> list[str]:
    """A folded word in Latin letters as it may be written in Ukrainian and in Russian; none for another."""
    if not (word.isascii() and word.isalpha()):
        return []
    found = []
    for table in _WRITTEN.values():
        parts = table.split()
        letters = dict(zip(parts[::2], parts[1::2], strict=True))
        pattern = "|".join(parts[::2])
        found.append(re.sub(pattern, lambda match, one=letters: one[match.group()], word))  # type: ignore[misc]
    return list(dict.fromkeys(found))
