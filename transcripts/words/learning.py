"""Learns the words of an index: their forms, from dictionaries, and which of them are names.

It is done after events have been taken in, in transactions of its own, so that what is new is found at once,
word for word, and a moment later in all its forms. Whatever cuts it off, the next time does the rest.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from onrecord.transcripts.folding import fold, words
from onrecord.transcripts.search.texts import spoken
from onrecord.transcripts.words.forms import form_hash
from onrecord.transcripts.words.lexicon import LANGUAGES, Entry, ask, fits
from onrecord.transcripts.words.spelling import remember
from onrecord.transcripts.words.transliteration import names, sounds

_ALL_CAPITALS = frozenset({"de"})  # languages in which every noun has a capital
_GONE = (
    "DELETE FROM learned_event WHERE number NOT IN (SELECT number FROM event)",
    "DELETE FROM learned_word WHERE (word, language) NOT IN (SELECT word, language FROM vocabulary)",
    "DELETE FROM spoken WHERE word NOT IN (SELECT word FROM vocabulary)",
    "DELETE FROM lemma WHERE id NOT IN (SELECT lemma FROM spoken)",
    "DELETE FROM form WHERE lemma NOT IN (SELECT id FROM lemma)",
    "DELETE FROM sound WHERE word NOT IN (SELECT word FROM vocabulary)",
    "DELETE FROM written WHERE word NOT IN (SELECT word FROM vocabulary)",
)
# Words of which folding takes more than capitals: with a marked Latin letter, ё, or a Cyrillic apostrophe.
_MARKED = re.compile(r"(?<!\w)(?:\w*[ß-ɏё]\w*|[\u0430-\u0491]+['’ʼ][\u0430-\u0491'’ʼ]+)")


def learn(connection: sqlite3.Connection) -> int:
    """Looks up the words that have come in since the last time, and forgets those that are gone; how many
    were new.

    The dictionaries are read by a process that ends before anything is written here. Raises
    `DictionaryError` when it fails.
    """
    _forget(connection)
    events = connection.execute(
        "SELECT number, fingerprint FROM event EXCEPT SELECT number, fingerprint FROM learned_event"
    ).fetchall()
    new = connection.execute(
        "SELECT word, language FROM vocabulary EXCEPT SELECT word, language FROM learned_word"
    ).fetchall()
    if not events and not new:
        return 0
    named, written = _read(connection, [number for number, _ in events])
    wanted = _by_language(connection, new)
    entries = ask(wanted)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for entry in entries:
            _keep(connection, entry, wanted[entry.language])
        connection.executemany("INSERT OR IGNORE INTO learned_word VALUES (?, ?)", new)
        connection.executemany("INSERT OR REPLACE INTO learned_event VALUES (?, ?)", events)
        _keep_names(connection, named)
        connection.executemany("INSERT OR IGNORE INTO written VALUES (?, ?)", written.items())
        remember(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return len(new)


def _forget(connection: sqlite3.Connection) -> None:
    """Takes out what is of no word that occurs: nothing that was taken back leaves a trace."""
    gone = connection.execute(
        "SELECT EXISTS (SELECT word, language FROM learned_word EXCEPT SELECT word, language FROM vocabulary)"
    ).fetchone()[0]
    if not gone:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _GONE:
            connection.execute(statement)
        remember(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _by_language(
    connection: sqlite3.Connection, new: Collection[tuple[str, str]]
) -> Mapping[str, Collection[str]]:
    """The new words by the languages whose dictionaries may know them.

    A record has no one language, and words in other letters than those of their text are of another one: they
    are looked up in all that the archive speaks, but for those that are said in their own language as well.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    said: set[str] = set()
    untold: set[str] = set()
    for word, language in new:
        if not language or not fits(word, language):
            untold.add(word)
        else:
            said.add(word)
            if language in LANGUAGES:
                wanted[language].add(word)
    untold -= said
    if untold:
        here = {one for (one,) in connection.execute("SELECT DISTINCT language FROM vocabulary")}
        for (tags,) in connection.execute("SELECT languages FROM event"):
            here.update(_base(tag) for tag in json.loads(tags))
        for language in here & LANGUAGES.keys():
            wanted[language] |= {word for word in untold if fits(word, language)}
    return {language: some for language, some in wanted.items() if some}


def _keep(connection: sqlite3.Connection, entry: Entry, asked: Collection[str]) -> None:
    key = (entry.language, entry.lemma, entry.part)
    connection.execute(
        "INSERT OR IGNORE INTO lemma (language, name, part, guessed) VALUES (?, ?, ?, ?)",
        (*key, entry.guessed),
    )
    (lemma,) = connection.execute(
        "SELECT id FROM lemma WHERE language = ? AND name = ? AND part = ?", key
    ).fetchone()
    connection.executemany(
        "INSERT OR IGNORE INTO form VALUES (?, ?)", [(form_hash(form), lemma) for form in entry.forms]
    )
    connection.executemany(
        "INSERT OR IGNORE INTO spoken VALUES (?, ?)", [(lemma, form) for form in entry.forms if form in asked]
    )


def _read(
    connection: sqlite3.Connection, events: Iterable[int]
) -> tuple[dict[str, set[str]], dict[str, str]]:
    """The names in these events, each with the languages of the texts in which it stands ("" is a record);
    and the folded words that are written in another way, with that.
    """
    named: dict[str, set[str]] = defaultdict(set)
    spellings: Counter[str] = Counter()
    for number in events:
        texts: dict[str, list[str]] = defaultdict(list)
        for tag, text in spoken(connection, number):
            texts[_base(tag)].append(text)
        title, speakers = connection.execute(
            "SELECT title, speakers FROM event WHERE number = ?", (number,)
        ).fetchone()
        for name in (*names(title), *words(" ".join(json.loads(speakers)))):
            named[name].add("")
        spellings.update(_MARKED.findall(title.lower()))
        for language, cues in texts.items():
            said = " ".join(cues)
            for name in names(said):
                named[name].add(language)
            spellings.update(_MARKED.findall(said.lower()))
    written: dict[str, str] = {}
    for spelling, _ in spellings.most_common():
        folded = fold(spelling)
        if folded != spelling:
            written.setdefault(folded, spelling)
    return named, written


def _keep_names(connection: sqlite3.Connection, named: Mapping[str, Collection[str]]) -> None:
    """Enters the keys of names. Where every noun has a capital, only what no dictionary has is a name."""
    for name, languages in named.items():
        lemmas = connection.execute(
            "SELECT name, language, guessed FROM form JOIN lemma ON id = lemma WHERE hash = ?",
            (form_hash(name),),
        ).fetchall()
        ordinary = {language for _, language, guessed in lemmas if not guessed} & _ALL_CAPITALS
        if ordinary and ordinary.issuperset(languages):
            continue
        keys = set(sounds(name)).union(*(sounds(lemma) for lemma, _, _ in lemmas))
        connection.executemany("INSERT OR IGNORE INTO sound VALUES (?, ?)", [(key, name) for key in keys])


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()
