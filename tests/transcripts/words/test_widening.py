"""Whichever form of a word is asked for, in whichever spelling of a name, what was said is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.connections import open_reader
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import Clause, ask
from onrecord.transcripts.search.search import search
from onrecord.transcripts.words.forms import widen
from onrecord.transcripts.words.widening import widened

GLOSSARY = {"Kyiv": ("Kiev", "Київ", "Киев"), "UN": ("United Nations", "Об'єднані Нації")}
SAID = {
    "uk-1": ("uk", "Далі каже Олена Зеленська про мову та про мови. Так, у Києві є мова."),
    "uk-2": ("uk", "Організація Об’єднаних Націй, так каже Сергій Зеленський, і м’ячі."),
    "en-1": ("en", "Today Volodymyr Zelensky speaks of three languages and of interest rates."),
    "en-2": ("en", "The rates were high, and the rate went up; Freedom House says so."),
    "de-1": ("de", "Der Rat sprach über die Freiheiten, und die Sprachen sind frei."),
    "uk-3": ("uk", "Слово freedoms у цьому звіті означає свободи, кажуть експерти з питань безпеки."),
    "ru-1": ("ru", "Это мои слова, а не твой язык."),
}


def _event(stem: str, language: str, **more: str) -> IndexedEvent:
    return IndexedEvent(
        stem, stem, more.get("title", ""), datetime(2022, 1, 1, tzinfo=UTC), languages=(language,)
    )


def _spoken(language: str, text: str) -> list[IndexedTranscript]:
    return [IndexedTranscript("part-1", language, [Cue("c1", 0, 9000, tuple(map(Word, text.split())))])]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a few sentences in four languages."""
    made = tmp_path_factory.mktemp("widening") / "index.sqlite3"
    with Index(made) as index:
        for stem, (language, text) in SAID.items():
            index.put(_event(stem, language), _spoken(language, text))
        index.put(_event("title", "fr", title="Les libertés fondamentales"), [])
        assert index.learn() > 20
        assert index.learn() == 0
    return made


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """The same, open for reading."""
    opened = open_reader(path)
    yield opened
    opened.close()


def _found(path: Path, text: str) -> set[str]:
    return {hit.stem for hit in search(path, ask(text), glossary=GLOSSARY).events}


@pytest.mark.parametrize(
    ("asked", "stems"),
    [
        ("мовами", {"uk-1"}), ("мовах", {"uk-1"}), ("languages", {"en-1"}), ("language", {"en-1"}), ("м'яч", {"uk-2"}),
        ("Sprache", {"de-1"}), ("Freiheit", {"de-1"}), ("языками", {"ru-1"}), ("мой", {"ru-1"}), ("мову languages", set()),
        ("liberté", {"title"}), ("speak", {"en-1"}),
    ],
)  # fmt: skip
def test_any_form_finds_the_others(path: Path, asked: str, stems: set[str]) -> None:
    """Forms that nobody said find those that were said, in texts and in titles."""
    assert _found(path, asked) == stems


def test_one_question_may_mix_languages(path: Path) -> None:
    """An English term in a Ukrainian text has its English forms."""
    assert _found(path, "свободою freedom") == {"uk-3"}
    assert "uk-3" in _found(path, "freedom") and "uk-3" not in _found(path, "Freiheiten")


def test_an_exact_phrase_stays_exact(path: Path, connection: sqlite3.Connection) -> None:
    """Neither forms nor the glossary stand in for what is in quotation marks, also beside an OR."""
    assert _found(path, '"мовами"') == set()
    assert _found(path, '"київ"') == set()
    (clause,) = widened(connection, ask('"мовами" OR язык'), GLOSSARY).clauses
    assert [choice.words for choice in clause.choices] == [("мовами",), ("язык",)]
    assert widened(connection, ask("мов*"), GLOSSARY) == ask("мов*")


def test_a_form_counts_in_its_own_language(path: Path, connection: sqlite3.Connection) -> None:
    """German `Rat` has the form `Rates`, but it is in English that `rates` is said here."""
    assert _found(path, "Rat") == {"de-1"}
    assert _found(path, "Rates") == {"en-1", "en-2", "de-1"}
    assert widen(connection, "rate", ["en"]) == ("rate", "rates")
    assert widen(connection, "rates", ["de"]) == ("rates", "rat")
    assert _found(path, "мовами lang:en") == set()


def test_the_glossary_knows_forms_and_names_of_several_words(path: Path) -> None:
    """A name in any of its forms stands for all its spellings, and so do words that are a name together."""
    assert _found(path, "Kiev") == {"uk-1"}
    assert _found(path, "Києвом") == {"uk-1"}
    assert _found(path, "UN") == {"uk-2"}
    assert _found(path, "united nations") == {"uk-2"}
    assert _found(path, "об'єднаним націям") == {"uk-2"}
    assert _found(path, "-UN NEAR organisation") == set()


def test_a_glossary_name_asked_in_several_words_is_one_clause(connection: sqlite3.Connection) -> None:
    """What stands around it stays by itself."""
    clauses = widened(connection, ask("languages united nations"), GLOSSARY).clauses
    assert len(clauses) == 2
    assert [choice.words for choice in clauses[1].choices][:2] == [("united", "nations"), ("un",)]


@pytest.mark.parametrize("asked", ["Zelenskyy", "Selenskyj", "Зеленский", "Зеленскому", "Zełenski"])
def test_a_name_is_found_in_all_alphabets(path: Path, asked: str) -> None:
    """Names that are not in the glossary meet by their sound."""
    assert {"uk-2", "en-1"} <= _found(path, asked)


def test_ordinary_words_do_not_meet_by_their_sound(path: Path) -> None:
    """`тої` and `toi` would sound alike; only what stands with a capital inside a sentence is a name."""
    assert _found(path, "rat") == {"de-1"}
    assert _found(path, "слава") == set()
    assert _found(path, "slova") == set()


def test_elided_articles_and_genitives_do_not_hide_a_word(connection: sqlite3.Connection) -> None:
    """`l'homme` asks for `homme`, too, and `Zelensky's` for `Zelensky`."""
    (clause,) = widened(connection, ask("l’liberté"), {}).clauses
    assert ("libertes",) in [choice.words for choice in clause.choices]
    (clause,) = widened(connection, ask("Zelens'kyy"), {}).clauses
    assert ("zelensky",) in [choice.words for choice in clause.choices]
    (clause,) = widened(connection, ask("Zelensky's"), {}).clauses
    assert ("zelensky",) in [choice.words for choice in clause.choices]


def test_a_clause_has_at_most_sixteen_choices(connection: sqlite3.Connection) -> None:
    """However many spellings a name has, what was asked for is among them."""
    many = {"мова": tuple(f"мова{n}" for n in range(40))}
    (clause,) = widened(connection, ask("мову"), many).clauses
    assert len(clause.choices) == 16 and clause.choices[0].words == ("мову",)
    assert isinstance(clause, Clause)


def test_what_is_taken_back_is_forgotten(tmp_path: Path) -> None:
    """No table that was learned keeps a word that occurs no more."""
    path = tmp_path / "index.sqlite3"
    with Index(path) as index:
        index.put(_event("one", "uk"), _spoken("uk", "Тут каже Канарейко про мову."))
        index.put(_event("two", "uk"), _spoken("uk", "Тут кажуть інше."))
        index.learn()
        index.remove("one")
        index.learn()
        connection = index._connection
        for table, column in (
            ("spoken", "word"),
            ("sound", "word"),
            ("learned_word", "word"),
            ("lemma", "name"),
        ):
            found = [one for (one,) in connection.execute(f"SELECT {column} FROM {table}")]
            assert [one for one in found if "канарейк" in one or one == "мова"] == [], table
        (words,) = connection.execute("SELECT words FROM spelling").fetchone()
        assert "канарейко" not in words.decode() and "кажуть" in words.decode()
        assert widen(connection, "мовами") == ("мовами",)
