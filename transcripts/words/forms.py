"""The forms of a word: who asks for `мовами` finds `мова` too, and who asks for `Zelensky` finds `Зеленський`.

The index itself holds words as they were said. Beside it stand these tables, which `learning.py` fills from
the words that really occur in it and nothing else:

    lemma     a word of a language, as its dictionary has it
    form      every form that the dictionary has of it (a hash), so that one that nobody said finds the others
    spoken    the forms of it that were said
    sound     the keys of names (`transliteration.py`), each with the name that was said
    spelling  all words in one row, for misspelt ones (`spelling.py`)
    written   words as they are written, where folding takes more than capitals from them

Asking needs no dictionary. A form counts in the language in which it was said: what is asked in German for
`Rat` does not bring the English `rates`, unless that spelling is said in German texts at least as often.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from hashlib import blake2b

from onrecord.transcripts.words.lexicon import fits
from onrecord.transcripts.words.transliteration import bases, sounds

MOST_FORMS = 16  # of one asked word, itself among them
SCHEMA = """
CREATE TABLE lemma (
    id INTEGER PRIMARY KEY, language TEXT NOT NULL, name TEXT NOT NULL, part TEXT NOT NULL,
    guessed INTEGER NOT NULL, UNIQUE (language, name, part)
);
CREATE TABLE form (hash INTEGER NOT NULL, lemma INTEGER NOT NULL, PRIMARY KEY (hash, lemma)) WITHOUT ROWID;
CREATE TABLE spoken (lemma INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (lemma, word)) WITHOUT ROWID;
CREATE TABLE sound (key TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (key, word)) WITHOUT ROWID;
CREATE TABLE learned_word (
    word TEXT NOT NULL, language TEXT NOT NULL, PRIMARY KEY (word, language)
) WITHOUT ROWID;
CREATE TABLE learned_event (number INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL);
CREATE TABLE spelling (stamp INTEGER NOT NULL, words BLOB NOT NULL, letters BLOB NOT NULL);
CREATE TABLE written (word TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""


def form_hash(word: str) -> int:
    """48 bits of a word; that two words of one archive share them is as good as impossible."""
    return int.from_bytes(blake2b(word.encode(), digest_size=6).digest())


def widen(
    connection: sqlite3.Connection, word: str, languages: Collection[str] = (), *, most: int = MOST_FORMS
) -> tuple[str, ...]:
    """The folded words that a folded word stands for: itself, then its forms and the other spellings of a
    name, the commonest first, `most` in all.

    With `languages` (base subtags) only forms of words of these languages. Only what occurs is given, except
    for the word itself.
    """
    found = related(connection, word, languages)
    found.pop(word, None)
    return (word, *(other for other, _ in found.most_common(most - 1)))


def related(connection: sqlite3.Connection, word: str, languages: Collection[str] = ()) -> Counter[str]:
    """The forms and spellings of a folded word that occur, each with the number of events that it occurs in."""
    found: Counter[str] = Counter()
    lemmas = _lemmas(connection, word, languages)
    said = _said(connection, lemmas)
    for form, spoken_in in said.items():
        events = _occurrences(connection, form)
        others = [n for one, n in events.items() if one and one not in spoken_in and fits(form, one)]
        if sum(events.values()) - sum(others) >= max(others, default=1):
            found[form] = sum(events.values())
    for name in _other_names(connection, word, said, lemmas):
        found[name] = sum(_occurrences(connection, name).values())
    return +found


def lemma_names(connection: sqlite3.Connection, word: str, languages: Collection[str] = ()) -> set[str]:
    """The folded dictionary forms of a folded word, as far as the archive's words tell."""
    return {name for _, _, name in _lemmas(connection, word, languages)}


def _lemmas(
    connection: sqlite3.Connection, word: str, languages: Collection[str]
) -> list[tuple[int, str, str]]:
    rows = connection.execute(
        "SELECT id, language, name FROM form JOIN lemma ON id = lemma WHERE hash = ? ORDER BY guessed",
        (form_hash(word),),
    )
    return [row for row in rows if not languages or row[1] in languages]


def _said(connection: sqlite3.Connection, lemmas: Iterable[tuple[int, str, str]]) -> dict[str, set[str]]:
    """The forms that were said of these words, each with the languages in which it is one."""
    said: dict[str, set[str]] = {}
    for lemma, language, _ in lemmas:
        for (form,) in connection.execute("SELECT word FROM spoken WHERE lemma = ?", (lemma,)):
            said.setdefault(form, set()).add(language)
    return said


def _occurrences(connection: sqlite3.Connection, word: str) -> Counter[str]:
    """In how many events a word occurs in texts of which language."""
    return Counter(
        dict(connection.execute("SELECT language, events FROM vocabulary WHERE word = ?", (word,)).fetchall())
    )


def _other_names(
    connection: sqlite3.Connection,
    word: str,
    said: Collection[str],
    lemmas: Iterable[tuple[int, str, str]],
) -> set[str]:
    """The other spellings of a name. An ordinary word has none: it is no name where it occurs."""
    names = _sounding_like(connection, word)
    if word not in names and _occurrences(connection, word):
        names = set()
    for _, _, name in lemmas:
        others = _sounding_like(connection, name)
        if not others.isdisjoint(said):
            names |= others
    if not names and not lemmas:
        for base in bases(word):  # a case of a name whose language the archive does not speak
            names |= _sounding_like(connection, base)
    return names


def _sounding_like(connection: sqlite3.Connection, word: str) -> set[str]:
    found: set[str] = set()
    for key in sounds(word):
        found.update(name for (name,) in connection.execute("SELECT word FROM sound WHERE key = ?", (key,)))
    return found
