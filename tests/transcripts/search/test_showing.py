"""The events of a page are put together at once, and each is shown as it would be alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import moments_of, search


def event(stem: str, title: str = "") -> IndexedEvent:
    """An event in January 2022."""
    return IndexedEvent(stem, stem, title or stem, datetime(2022, 1, 1, 18, tzinfo=UTC))


def spoken(*texts: str, name: str = "p", length: int = 3000) -> IndexedTranscript:
    """A transcript with these cues."""
    cues = [
        Cue(f"c{n}", n * length, (n + 1) * length, tuple(map(Word, text.split())))
        for n, text in enumerate(texts)
    ]
    return IndexedTranscript(name, "en", cues)


def test_an_event_that_only_its_title_lets_answer_has_no_moments(tmp_path: Path) -> None:
    """Where the words are said too, but far apart, the event is shown without a moment."""
    path = tmp_path / "index.sqlite3"
    with Index(path) as index:
        index.put(event("one", "Human rights"), [spoken("human", *["and so on"] * 60, "rights")])
        index.put(event("two"), [spoken("human rights")])
    shown = {hit.stem: hit for hit in search(path, ask("human rights")).events}
    assert shown.keys() == {"one", "two"}
    assert (shown["one"].moment_count, shown["one"].moments, shown["one"].found_in) == (0, (), ("title",))
    assert shown["two"].moment_count == 1


def test_a_moment_reaches_to_the_end_of_its_phrases(tmp_path: Path) -> None:
    """A moment takes in the cue in which a phrase ends that begins in its last one."""
    path = tmp_path / "index.sqlite3"
    with Index(path) as index:
        index.put(event("one"), [spoken("the rights", "of all the rights", "of nobody", "else")])
    (hit,) = search(path, ask('"rights of"')).events
    (moment,) = hit.moments
    assert "".join(text for text, _ in moment.pieces) == "the rights of all the rights of nobody"
    assert [text for text, marked in moment.pieces if marked] == ["rights", "of", "rights", "of"]


def test_events_are_shown_together_as_they_are_alone(tmp_path: Path) -> None:
    """Of each event of a page, the moments are among those that it has when it is opened, and as many are counted."""
    path = tmp_path / "index.sqlite3"
    chance = random.Random(3)
    known = ["alpha", "beta", "gamma", "l'homme", "м'яч", "delta,", "eta."]
    with Index(path) as index:
        for n in range(12):
            transcripts = [
                spoken(
                    *(
                        " ".join(chance.choices(known, [2, 4, 2, 1, 1, 9, 9], k=6))
                        for _ in range(chance.randint(1, 90))
                    ),
                    name=name,
                    length=chance.choice([900, 4000, 12_000]),
                )
                for name in "abc"[: n % 4]
            ]
            index.put(event(f"e{n}"), transcripts)
    for question in (
        "alpha",
        "alpha beta",
        '"beta alpha" OR gamma',
        "gamma NEAR beta alpha",
        "alp* -homme",
    ):
        results = search(path, ask(question, moments=2))
        assert results.total > 3, question
        for hit in results.events:
            alone = moments_of(path, ask(question, limit=10_000), hit.stem)
            assert alone is not None and hit.moment_count == alone.moment_count == len(alone.moments)
            assert len(hit.moments) == min(2, hit.moment_count)
            assert set(hit.moments) <= set(alone.moments), question


def test_hits_are_marked_among_words_that_are_several_or_none(tmp_path: Path) -> None:
    """Cues without a word are left out, and a dash or `l'homme` moves no mark; where all words are plain, neither."""
    path = tmp_path / "index.sqlite3"
    cues = [
        "the first",
        "",
        "— the l'homme rights —",
        "",
        "and all people",
        *["of them"] * 30,
        "rights of people",
    ]
    with Index(path) as index:
        index.put(event("one"), [spoken(*cues)])
    hit = moments_of(path, ask("people rights", limit=10), "one")
    assert hit is not None
    told = ["".join(f"[{text}]" if marked else text for text, marked in one.pieces) for one in hit.moments]
    assert told == ["— the l'homme [rights] — and all [people]", "[rights] of [people]"]
    assert hit.moments[0].before == "the first"
    (first, *_) = search(path, ask("homme")).events[0].moments
    assert first.pieces == (("— the l'", False), ("homme", True), (" rights —", False))


def test_a_written_word_with_a_space_or_a_line_in_it_is_several(tmp_path: Path) -> None:
    """What is one word to a file, but several to a reader, is found, shown and marked as these."""
    path = tmp_path / "index.sqlite3"
    words = tuple(map(Word, ("all", "human rights", "and\ndignity", "are", "equal")))
    with Index(path) as index:
        index.put(
            event("one"),
            [IndexedTranscript("p", "en", [Cue("c1", 0, 3000, words), Cue("c2", 3000, 6000, ())])],
        )
    (hit,) = search(path, ask("rights dignity")).events
    assert hit.moments[0].pieces == (
        ("all human ", False), ("rights", True), (" and ", False), ("dignity", True), (" are equal", False),
    )  # fmt: skip
