"""What is typed is completed, and what is misspelt is understood, from the index that is asked alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.connections import open_reader
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.words.suggestions import Completion, complete, did_you_mean


def _put(index: Index, stem: str, language: str, text: str, **more: object) -> None:
    day = datetime(2022, 1, 1, tzinfo=UTC)
    cue = Cue("c1", 0, 9000, tuple(map(Word, text.split())))
    index.put(
        IndexedEvent(stem, stem, **{"title": ""} | more, starts_at=day, languages=(language,)),  # type: ignore[arg-type]
        [IndexedTranscript("part-1", language, [cue])],
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of three events."""
    made = tmp_path_factory.mktemp("suggestions") / "index.sqlite3"
    with Index(made) as index:
        _put(
            index,
            "one",
            "en",
            "Everyone has the right to seek asylum from persecution",
            title="On asylum",
            speakers=("Anna Example", "Borys Pryklad"),
            tags=("human rights", "asylum"),
        )
        _put(
            index,
            "two",
            "fr",
            "Toute personne a droit à la liberté et à l’éducation",
            title="Éducation et liberté",
            speakers=("Anna Example",),
            tags=("asylum",),
            series="Readings",
        )
        _put(index, "three", "uk", "Кожна людина має право на свободу і сім’ю", title="Право на свободу")
        index.learn()
    return made  # fmt: skip


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """The same, open for reading."""
    opened = open_reader(path)
    yield opened
    opened.close()


def test_words_speakers_titles_and_tags_are_completed(connection: sqlite3.Connection) -> None:
    """Each says how the whole question reads then."""
    assert complete(connection, "persecution asy") == (
        Completion("tag", "asylum", "persecution tag:asylum", 2),
        Completion("title", "On asylum", "persecution event:one", 1, "one", "en"),
        Completion("word", "asylum", "persecution asylum", 2),
    )
    assert complete(connection, "an")[0] == Completion("speaker", "Anna Example", 'speaker:"Anna Example"', 2)
    assert complete(connection, "anna ex")[0] == Completion(
        "speaker", "Anna Example", 'speaker:"Anna Example"', 2
    )


def test_words_are_completed_as_they_are_written(connection: sqlite3.Connection) -> None:
    """With their marks and apostrophes, although they are kept without."""
    assert Completion("word", "liberté", "la liberté", 1) in complete(connection, "la lib")
    assert Completion("word", "сім’ю", "сім’ю", 1) in complete(connection, "сім'")
    assert Completion("word", "свободу", "-свободу", 1) in complete(connection, "-своб")


def test_a_filter_is_completed_with_its_own_values(connection: sqlite3.Connection) -> None:
    """Speakers after `speaker:`, tags after `tag:`, also within quotation marks."""
    assert complete(connection, "right speaker:bor") == (
        Completion("speaker", "Borys Pryklad", 'right speaker:"Borys Pryklad"', 1),
    )
    assert complete(connection, '-tag:"human ri') == (
        Completion("tag", "human rights", '-tag:"human rights"', 1),
    )
    assert complete(connection, "series:")[0].text == "Readings"
    assert complete(connection, "lang:u") == ()


def test_an_empty_question_offers_speakers_and_tags(connection: sqlite3.Connection) -> None:
    """The commonest first."""
    found = complete(connection, "  ")
    assert [(one.kind, one.text) for one in found] == [
        ("speaker", "Anna Example"), ("tag", "asylum"), ("speaker", "Borys Pryklad"), ("tag", "human rights"),
    ]  # fmt: skip
    assert found[0].events == 2
    assert complete(connection, "asylum ") == ()
    assert len(complete(connection, "a", limit=2)) == 2


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("asilum", "asylum"), ("persecusion asylum", "persecution asylum"), ("asylum", None), ('"seek asylm"', '"seek asylum"'),
        ("libertee", "liberté"), ("свбода", "свободу"), ("ghfdj", "право"), ("pravo", "право"), ("людину", None),
        ("asylim speaker:Ana", "asylum speaker:Ana"), ("persecusion -asilum", "persecution -asylum"), ("zzzzzzzz", None),
        ("asyl*", None), ("xy", None), ("speaker:Ana", None), ("2022", None), ("", None),
    ],
)  # fmt: skip
def test_a_misspelt_question_is_understood(
    connection: sqlite3.Connection, asked: str, meant: str | None
) -> None:
    """Only words that find nothing are changed; filters, quotation marks and the rest stay."""
    assert did_you_mean(connection, asked) == meant


def test_what_is_gone_is_neither_completed_nor_suggested(tmp_path: Path) -> None:
    """From the moment on in which an event is taken out, before anything is learned again."""
    path = tmp_path / "index.sqlite3"
    with Index(path) as index:
        _put(
            index,
            "one",
            "en",
            "canaries sing",
            title="Canaries",
            speakers=("Canary Example",),
            tags=("canary",),
        )
        _put(index, "two", "en", "other words")
        index.learn()
        index.remove("one")
        connection = index._connection
        assert complete(connection, "can") == ()
        assert complete(connection, "") == ()
        assert did_you_mean(connection, "canarys") is None
        assert did_you_mean(connection, "othr") == "other"


def test_an_index_that_has_learned_nothing_yet_completes_what_it_has(tmp_path: Path) -> None:
    """Learning comes after taking in; nothing waits for it."""
    with Index(tmp_path / "index.sqlite3") as index:
        _put(index, "one", "en", "canaries sing")
        index.count()
        assert complete(index._connection, "cana") == (Completion("word", "canaries", "canaries", 1),)
        assert did_you_mean(index._connection, "canaris") is None
