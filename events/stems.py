"""Names that are ours: made of a date and a title, safe as a file's name and in an address."""

from __future__ import annotations

from datetime import date

# Cyrillic as the Ukrainian passports have it (Cabinet of Ministers of Ukraine, resolution 55 of 27 January
# 2010).
_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
    "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia",
    "ё": "io", "ъ": "", "ы": "y", "э": "e", "ў": "u",
}  # fmt: skip
_FIRST_LETTERS = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya", "ё": "yo"}
_APOSTROPHES = "'’ʼ`´"


def latin(text: str) -> str:
    """Cyrillic letters in Latin ones, as a Ukrainian reader expects them; everything else as it is, in small
    letters.
    """
    letters: list[str] = []
    before = ""
    for letter in text.lower():
        if letter in _APOSTROPHES:
            continue  # inside a word: Куп'янськ is Kupiansk
        if letter == "г" and before == "з":
            letters.append("gh")
        elif not before.isalpha() and letter in _FIRST_LETTERS:
            letters.append(_FIRST_LETTERS[letter])
        else:
            letters.append(_LETTERS.get(letter, letter))
        before = letter
    return "".join(letters)


def slug_of(text: str, *, longest: int = 60) -> str:
    """A text in small Latin letters, digits and hyphens, cut at a word, never empty: `occupied-areas`."""
    from slugify import slugify  # its tables of letters take a while to load

    return (
        slugify(latin(text), max_length=longest, word_boundary=True)
        or slugify(latin(text), max_length=longest)
        or "discussion"
    )


def stem_of(day: date, title: str) -> str:
    """The name of a new event's file and folders: `2022-07-12-occupied-areas`."""
    return f"{day.isoformat()}-{slug_of(title)}"
