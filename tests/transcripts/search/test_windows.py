"""Windows of words that are near each other, held against trying every pair."""

from __future__ import annotations

import numpy as np
import pytest

from onrecord.transcripts.search.hits import Positions, holds, within
from onrecord.transcripts.search.space import Lines
from onrecord.transcripts.search.windows import windows

MOMENT_MS, MOMENT_WORDS = 30_000, 40
LENGTH = 600  # words of each of the made-up transcripts
CUE = 5  # words


def some(chance: np.random.Generator, count: int, size: int) -> Positions:
    """So many positions, in order."""
    return np.sort(chance.choice(size, count, replace=False)).astype(np.int32)


@pytest.mark.parametrize("seed", range(12))
def test_windows_of_two_words_are_those_of_every_pair(seed: int) -> None:
    """An event answers where any pair is within 40 words or 30 s, and every window that is given is such a pair."""
    chance = np.random.default_rng(seed)
    transcripts = 8
    low = np.arange(transcripts, dtype=np.int32) * (LENGTH + 11)
    total = int(low[-1]) + LENGTH
    cue_starts = np.cumsum(chance.choice([400, 2500, 20_000], total // CUE + 1))
    clauses = [some(chance, int(chance.integers(4, 60)), total) for _ in range(2)]
    clauses = [one[((one % (LENGTH + 11)) < LENGTH)] for one in clauses]

    def starts(positions: Positions) -> np.ndarray:
        return cue_starts[np.asarray(positions) // CUE].astype(np.int32)

    lines = Lines(
        low, low + np.int32(LENGTH), np.arange(transcripts), np.full(transcripts, LENGTH), transcripts
    )
    expected = set()
    for one in clauses[0].tolist():
        for other in clauses[1].tolist():
            same = one // (LENGTH + 11) == other // (LENGTH + 11)
            first, last = min(one, other), max(one, other)
            time = int(cue_starts[last // CUE] - cue_starts[first // CUE])
            if same and (last - first < MOMENT_WORDS or time <= MOMENT_MS):
                expected.add(one // (LENGTH + 11))
    found = windows(clauses, lines, starts)
    assert set(found.transcript.tolist()) == expected
    for transcript, first, last, sequence in zip(
        found.transcript.tolist(),
        found.first.tolist(),
        found.last.tolist(),
        found.sequence.tolist(),
        strict=True,
    ):
        assert first // (LENGTH + 11) == last // (LENGTH + 11) == transcript
        assert {first in one or last in one for one in map(set, map(np.ndarray.tolist, clauses))} == {True}
        near = last - first < MOMENT_WORDS
        assert near or cue_starts[last // CUE] - cue_starts[first // CUE] <= MOMENT_MS
        assert sequence == (last - first == 1 and first in clauses[0] and last in clauses[1])


def test_a_window_is_the_one_that_time_lets_through() -> None:
    """Where the nearer word is too long ago and the further one is not, the window reaches to the further one."""
    lines = Lines(np.array([0], np.int32), np.array([400], np.int32), np.array([0]), np.array([400]), 1)
    anchors, others = np.array([100], np.int32), np.array([55, 150], np.int32)

    def late(positions: Positions) -> np.ndarray:
        return np.where(np.asarray(positions) < 100, 0, 40_000).astype(np.int32)

    found = windows([anchors, others], lines, late)
    assert (found.first.tolist(), found.last.tolist()) == ([100], [150])


@pytest.mark.parametrize("seed", range(5))
def test_ranges_are_asked_as_one_by_one(seed: int) -> None:
    """Which ranges hold a position, and which positions lie in them, is what looking at each tells."""
    chance = np.random.default_rng(seed)
    edges = some(chance, 40, 400).reshape(-1, 2)
    low, high = edges[:, 0].copy(), edges[:, 1].copy()
    for count in (0, 1, 30, 200):
        positions = some(chance, count, 400)
        ranges = list(zip(low.tolist(), high.tolist(), strict=True))
        assert holds(positions, low, high).tolist() == [
            any(begin <= at < end for at in positions.tolist()) for begin, end in ranges
        ]
        assert within(positions, low, high).tolist() == [
            at for at in positions.tolist() if any(begin <= at < end for begin, end in ranges)
        ]


@pytest.mark.parametrize("seed", range(6))
def test_windows_are_the_same_in_parts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long lists are gone through in parts, of whole events: what is found is what all at once gives."""
    chance = np.random.default_rng(seed)
    transcripts = 40
    low = np.arange(transcripts, dtype=np.int32) * (LENGTH + 11)
    total = int(low[-1]) + LENGTH
    cue_starts = np.cumsum(chance.choice([400, 2500, 20_000], total // CUE + 1))
    event = np.sort(chance.integers(0, 25, transcripts))
    lines = Lines(low, low + np.int32(LENGTH), event, np.full(transcripts, LENGTH), 25)
    clauses = [some(chance, int(chance.integers(100, 900)), total) for _ in range(2 + seed % 2)]

    def starts(positions: Positions) -> np.ndarray:
        return cue_starts[np.asarray(positions) // CUE].astype(np.int32)

    whole = windows(clauses, lines, starts)
    for together in (20, 60, 500):
        monkeypatch.setattr("onrecord.transcripts.search.windows._TOGETHER", together)
        parts = windows(clauses, lines, starts)
        assert len(whole.first)
        for name in ("edges", "first", "last", "sequence"):
            assert getattr(parts, name).tolist() == getattr(whole, name).tolist(), (together, name)
