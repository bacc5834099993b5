"""Questions of which the answers are known: every phrase, every form of the lists, and nearly every question."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from onrecord.transcripts.folding import fold
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search

_FILE = Path(__file__).parents[3] / "benchmarks" / "search_quality.py"


@pytest.fixture(scope="module")
def quality() -> Iterator[ModuleType]:
    """The benchmark that reads the questions."""
    spec = importlib.util.spec_from_file_location("search_quality", _FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["search_quality"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["search_quality"]


@pytest.fixture(scope="module")
def path(quality: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the articles."""
    made = tmp_path_factory.mktemp("quality") / "index.sqlite3"
    quality.make_index(made)
    return made


@pytest.mark.slow
def test_questions_are_answered_by_their_moments(quality: ModuleType, path: Path) -> None:
    """More than two hundred questions in four languages: nearly all are answered by the first moment."""
    found = quality.measured(path)
    assert sum(map(len, found.values())) > 200
    kinds: dict[str, list[int]] = {}
    for (kind, _), answers in found.items():
        kinds.setdefault(kind, []).extend(place for _, place in answers)
    assert {kind: quality.success(places) for kind, places in kinds.items() if kind in ("exact", "words")} == {
        "exact": 1.0, "words": 1.0,
    }  # fmt: skip
    for kind, places in kinds.items():
        assert quality.success(places) >= 0.95, kind
        assert quality.mean_reciprocal_rank(places) >= 0.95, kind


@pytest.mark.slow
def test_every_phrase_over_the_edge_of_a_cue_is_found(quality: ModuleType, path: Path) -> None:
    """Two words before each edge and two after it, in all the texts of four languages."""
    missed = []
    asked = 0
    for language in quality.LANGUAGES:
        for number, text in quality.articles(language).items():
            words = text.split()
            for edge in range(quality.WORDS_OF_A_CUE, len(words) - 1, quality.WORDS_OF_A_CUE):
                phrase = " ".join(words[edge - 2 : edge + 2])
                asked += 1
                hits = search(path, ask(f'"{phrase}"', limit=100, moments=50)).events
                start = (edge // quality.WORDS_OF_A_CUE - 1) * 3000
                if not any(
                    moment.start <= start < moment.end
                    for hit in hits
                    if hit.stem == f"{language}-{number}"
                    for moment in hit.moments
                ):
                    missed.append((language, number, phrase))
    assert asked > 400
    assert missed == []


@pytest.mark.slow
def test_every_pair_of_forms_finds_each_other(quality: ModuleType, tmp_path: Path) -> None:
    """Three hundred pairs in eight languages: the archive holds the second, the first is asked."""
    pairs = list(quality.inflections())
    assert len(pairs) >= 300
    path = tmp_path / "index.sqlite3"
    languages = sorted({language for language, _, _ in pairs})
    with Index(path) as index:
        for language in languages:
            said = " ; ".join(dict.fromkeys(said for one, _, said in pairs if one == language))
            event = IndexedEvent(language, language, "", datetime(2022, 1, 1, tzinfo=UTC))
            index.put(event, [IndexedTranscript("part-1", language, quality.cues(said))])
        index.learn()
    missed = []
    for language, asked, said in pairs:
        hits = search(path, ask(f"{asked} lang:{language}", moments=100)).events
        marked = {
            fold(text) for hit in hits for moment in hit.moments for text, is_hit in moment.pieces if is_hit
        }
        if fold(said) not in " ".join(marked).split():
            missed.append((language, asked, said))
    assert missed == []
