"""The history of a transcript, what revisions changed, and an earlier one restored."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import NotFoundError
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.correction.history import Run, differences, pasts, restored, revision_of
from onrecord.transcripts.correction.passages import Seen, passages
from onrecord.transcripts.correction.reviewing import reviewed
from onrecord.transcripts.correction.rewording import reworded
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word


def correct(bench: Bench, number: int, text: str) -> None:
    bench.correct(lambda now: reworded(now, Seen.of(passages(now)[number], now), text), alone=True)


def test_history_says_who_and_how_much(bench: Bench) -> None:
    """The newest stands first; what a hand changed since is the present one."""
    correct(bench, 1, "All human beings are born free in dignity and rights.")
    edited = bench.entry.path.read_text(encoding="utf-8").replace("liberty", "freedom")
    bench.entry.path.write_text(edited, encoding="utf-8")
    rows = [(past.number, past.by, past.cues, past.present) for past in pasts(bench.library, bench.entry)]
    assert rows == [
        (3, "Olena Example", 1, True), (2, "Olena Example", 1, False), (1, "", None, False),
    ]  # fmt: skip
    assert revision_of(bench.library, bench.entry, 3) == bench.library.read(bench.entry)
    with pytest.raises(NotFoundError):
        revision_of(bench.library, bench.entry, 4)


def test_difference_reads_as_words_taken_out_and_put_in(bench: Bench) -> None:
    """Only paragraphs that changed, with some words around; a new name is told too."""
    before = bench.library.read(bench.entry)
    after = reworded(
        before,
        Seen.of(passages(before)[0], before),
        "Everyone has duties to the community in which alone free growth.",
    )
    after = replace(after, cues=tuple(replace(c, speaker="Anna") if c.id == "c5" else c for c in after.cues))
    told = differences(before, after)
    assert [(one.key, one.speaker, one.before) for one in told] == [
        ("c1", "Speaker 1", None),
        ("c5", "Anna", "Speaker 1"),
    ]
    assert told[0].runs == (
        Run("same", "Everyone has duties to the"), Run("gone", "comunity"), Run("new", "community"),
        Run("same", "in which alone"), Run("gone", "the"), Run("same", "free"),
        Run("gone", "development is possible."), Run("new", "growth."),
    )  # fmt: skip


WORDS = st.lists(
    st.sampled_from(["everyone", "has", "duties", "to", "the", "community", "in", "which"]), max_size=14
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_no_word_is_missing_from_a_difference(one: list[list[str]], other: list[list[str]]) -> None:
    """What was taken out and put in are together the two texts: counted word by word."""

    def made(texts: list[list[str]]) -> Transcript:
        cues = tuple(
            Cue(f"c{n}", n * 4000, n * 4000 + 900, tuple(Word(w, n * 4000) for w in words), "A")
            for n, words in enumerate(texts, 1) if words
        )  # fmt: skip
        return Transcript(Provenance("en"), cues, next_id=9)

    before, after = made(one), made(other)
    runs = [run for told in differences(before, after) for run in told.runs]
    gone = Counter(word for run in runs if run.kind == "gone" for word in run.text.split())
    new = Counter(word for run in runs if run.kind == "new" for word in run.text.split())
    left = Counter(word.text for word in before.words())
    right = Counter(word.text for word in after.words())
    left.subtract(gone)
    right.subtract(new)
    assert left == right


def test_restored_revision_is_a_new_one_and_makes_nothing_public(bench: Bench) -> None:
    """The words are those of then; no number is lost, no id made twice, and a draft stays a draft."""
    bench.mark(lambda now: reviewed(now, "Olena Example", "2026-11-03T12:00:00Z", "part-1.en"))
    correct(bench, 0, "Everyone " * 40)
    draft = bench.library.read(bench.entry)
    assert draft.provenance.status == "reviewed"
    first = revision_of(bench.library, bench.entry, 1)
    bench.correct(lambda now: restored(now, first, 1), alone=True)
    now = bench.library.read(bench.entry)
    assert (now.cues, now.next_id, now.provenance.status) == (first.cues, draft.next_id, "machine")
    second = revision_of(bench.library, bench.entry, 2)
    assert second.provenance.status == "reviewed"
    bench.correct(lambda now: restored(now, second, 2), alone=True)
    assert bench.library.read(bench.entry).provenance.status == "machine"
    assert [past.restored for past in pasts(bench.library, bench.entry)] == ["2", "1", "", "", ""]
