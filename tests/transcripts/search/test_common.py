"""Positions of common words are held between questions, never longer than the state of the index that they are of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.common import Common
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search


def event(stem: str) -> IndexedEvent:
    """An event in January 2022."""
    return IndexedEvent(stem, stem, stem, datetime(2022, 1, 1, 18, tzinfo=UTC))


def spoken(text: str, cues: int) -> list[IndexedTranscript]:
    """A transcript with this text in every cue."""
    words = tuple(map(Word, text.split()))
    return [
        IndexedTranscript("p", "en", [Cue(f"c{n}", n * 3000, n * 3000 + 3000, words) for n in range(cues)])
    ]


def test_what_is_held_goes_when_the_index_changes(tmp_path: Path) -> None:
    """A word so common that its positions are held is found where it was said since, and no more where it is gone."""
    path = tmp_path / "index.sqlite3"

    def found(text: str) -> set[str]:
        return {hit.stem for hit in search(path, ask(text)).events}

    with Index(path) as index:
        index.put(event("long"), spoken("rights and rights and rights again", 6000))
        assert found("rights") == found("rights again") == {"long"}
        index.put(event("new"), spoken("rights again", 3))
        assert found("rights") == found("rights again") == {"long", "new"}
        index.put(event("long"), spoken("laws and laws and laws again", 6000))
        assert found("rights") == found("rights again") == {"new"}
        assert found("laws again") == {"long"}
        index.remove("long")
        assert found("laws") == set()
    with Index.remake(path) as index:
        index.fill([(event("other"), spoken("rights and rights and rights again", 6000), "")])
        assert found("rights") == {"other"}


def test_what_is_held_is_bounded() -> None:
    """Short lists are not held, long ones go when others were asked for more lately."""
    common = Common()
    common.hold((0, "rare", False), np.arange(100, dtype=np.int32))
    assert common.get((0, "rare", False)) is None
    for n in range(40):
        common.hold((0, f"word{n}", False), np.arange(1 << 18, dtype=np.int32))
        assert common.get((0, "word0", False)) is not None
    held = [n for n in range(40) if common.get((0, f"word{n}", False)) is not None]
    assert held == [0, *range(40 - len(held) + 1, 40)]
    assert len(held) << 20 <= 24 << 20
