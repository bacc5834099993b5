"""The one way in which text is made alike before it is indexed and before it is asked for.

Case goes; the apostrophes ' ’ ʼ are one; marks go on Latin, Greek, Hebrew and Arabic letters (with ł, ß, œ,
æ, ø, đ). On Cyrillic only ё becomes е and the stress accent U+0301 goes, for й, ї and ґ are letters: `мой`
must not find `мои`. Inside a Cyrillic word an apostrophe is dropped (`м'яч`, `м’яч`, `мʼяч`), elsewhere it
parts two words (`l'homme`, `Anna's`). Scripts that write no spaces give a word for each letter, so that a
question in them is a phrase.

A change of what this module gives needs a new `index._FOLDING`: indexes made before would no longer fit.
"""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = "'’ʼ‘ʻ`´′＇ʹ"
_LETTERS_LIKE_APOSTROPHES = "ʼʻʹ"  # Unicode counts these as letters
_CYRILLIC = "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f"
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"  # soft hyphens and joiners, which belong to no spelling
# Combining marks (Unicode general category M) that stand inside words.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0903\u093a-\u094f\u0955-\u0957"
    "\u0962\u0963\u0981-\u0983\u09bc-\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70-\u0a83\u0abc-\u0acd\u0b01-\u0b03"
    "\u0b3c-\u0b57\u0b82\u0bbe-\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57\u0d81-\u0d83"
    "\u0dca-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f"
    "\u0f71-\u0f84\u102b-\u103e\u135d-\u135f\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f"
    "\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
)
# Scripts written without spaces: Thai and Lao, Myanmar, Khmer, Japanese kana, Chinese characters.
_UNSPACED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u1780-\u17b3"
    "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W_{_LETTERS_LIKE_APOSTROPHES}{_UNSPACED}]"
_WORD = re.compile(
    rf"{_LETTER}+(?:(?:[{_MARKS}{_INVISIBLE}]|(?<=[{_CYRILLIC}])[{_APOSTROPHES}](?=[{_CYRILLIC}])){_LETTER}*)*"
    rf"|[{_UNSPACED}][{_MARKS}]*"
)
_PLAIN = re.compile("[а-яіїєґА-ЯІЇЄҐ]+")  # Cyrillic words that need nothing but small letters
_LATIN = {
    "ł": "l", "đ": "d", "ø": "o", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t",
}  # fmt: skip
_DROPPED = frozenset(_APOSTROPHES) | {*"\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"}
_REMEMBERED = 200_000  # spellings kept; about 30 MB


def _bears_marks_lightly(letter: str) -> bool:
    """Whether a mark on this letter makes no other letter for a person who searches: Latin, Greek, Hebrew,
    Arabic.
    """
    return (
        letter < "\u0400"
        or "\u0590" <= letter <= "\u077f"
        or "\u1e00" <= letter <= "\u1fff"
        or "\u2c60" <= letter <= "\u2c7f"
    )


def _fold_once(text: str) -> str:
    """One pass over a spelling; compatibility forms can need a second one."""
    kept: list[str] = []
    base = ""
    for letter in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()):
        if unicodedata.category(letter)[0] == "M":
            if (
                not base
                or _bears_marks_lightly(base)
                or (letter == "\u0301" and base not in "гк")  # ѓ and ќ are letters of Macedonian
                or (letter == "\u0308" and base == "е")
            ):
                continue
            kept.append(letter)
        elif letter.isalnum() and letter not in _LETTERS_LIKE_APOSTROPHES:
            base = letter
            kept.append(_LATIN.get(letter, letter))
        elif letter not in _DROPPED:
            base = ""
            kept.append(" ")
    return unicodedata.normalize("NFC", "".join(kept))


class _Spellings(dict[str, str]):
    """Each spelling met so far with its folded form: a language has few words and uses them often."""

    def __missing__(self, spelling: str) -> str:
        if spelling.isascii() or _PLAIN.fullmatch(spelling):
            folded = spelling.lower()
        else:
            folded = spelling
            for _ in range(4):
                before, folded = folded, " ".join(_WORD.findall(_fold_once(folded)))
                if folded == before:
                    break
            folded = folded or spelling
        if len(self) >= _REMEMBERED:
            self.clear()
        self[spelling] = folded
        return folded


_folded_spelling = _Spellings().__getitem__


def fold(text: str) -> str:
    """The folded words of a text with one space between them: what is indexed and what is asked for."""
    return " ".join(map(_folded_spelling, _WORD.findall(text)))


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()


def places(text: str) -> list[tuple[str, int, int]]:
    """The folded words, each with where it stands in the text as it was written: (word, start, end).

    The words are those of `words`, one for one, so the n-th word of an index is the n-th place here.
    """
    found: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        found += [(word, start, end) for word in _folded_spelling(match.group()).split(" ")]
    return found
