"""Pieces of a recording: cut in pauses, exact to the sample, the same wherever work is taken up again."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from onrecord.media.audio import samples
from onrecord.transcripts.chunks import RATE, Chunk, chunks, whole_chunk

Samples = np.ndarray[Any, np.dtype[np.float32]]


@pytest.fixture(scope="module")
def talk(speech: Any) -> Samples:
    """About 40 s: the same speech three times, with pauses of 1.5 s after it."""
    once = np.concatenate(list(samples(speech.path)))
    return np.concatenate([np.concatenate([once, np.zeros(RATE * 3 // 2, np.float32)])] * 3)


def blocks(whole: Samples, size: int = 16_123) -> Iterator[Samples]:
    for at in range(0, len(whole), size):
        yield whole[at : at + size]


def test_chunks_join_to_the_recording(talk: Samples) -> None:
    """No sample is lost or given twice, and every piece begins where the one before it ends."""
    pieces = list(chunks(blocks(talk), minutes=0.25))
    assert np.array_equal(np.concatenate([piece.samples for piece in pieces]), talk)
    assert [piece.start for piece in pieces] == [0, *[piece.end for piece in pieces[:-1]]]
    assert pieces[-1].end == -(-len(talk) * 1000 // RATE)
    assert all(piece.end - piece.start <= 15_000 for piece in pieces)


def test_chunks_are_cut_where_nobody_speaks(talk: Samples) -> None:
    """A cut that can fall into a pause of 1.5 s falls into its middle."""
    length = len(talk) // 3 * 1000 // RATE
    pieces = list(chunks(blocks(talk), minutes=(length + 1000) / 60_000))
    for piece in pieces[:2]:
        assert abs(piece.end % length - (length - 750)) < 300
        around = talk[(piece.end - 200) * 16 : (piece.end + 200) * 16]
        assert float(np.abs(around).max()) < 0.01


def test_chunks_do_not_depend_on_the_blocks_of_the_stream(talk: Samples) -> None:
    """However the decoder hands out the sound, the pieces are the same."""
    assert list(chunks(blocks(talk, 1_000), minutes=0.2)) == list(chunks([talk], minutes=0.2))


def test_chunks_from_any_end_are_the_same(talk: Samples) -> None:
    """Work that goes on after any piece finds the pieces that it would have found."""
    whole = list(chunks(blocks(talk), minutes=0.2))
    assert len(whole) > 3
    for done in range(1, len(whole)):
        start = whole[done - 1].end
        assert list(chunks(blocks(talk[start * 16 :]), minutes=0.2, start=start)) == whole[done:]


def test_chunk_knows_where_somebody_speaks(talk: Samples) -> None:
    """The voiced stretches cover the speech and leave the pauses out, on the recording's clock."""
    piece = whole_chunk(talk, 60_000)
    once = len(talk) / 3 / RATE * 1000
    assert piece.start == 60_000
    assert piece.voiced[0][0] - 60_000 < 500
    silent = [b[0] - a[1] for a, b in zip(piece.voiced, piece.voiced[1:], strict=False)]
    assert sum(gap > 1200 for gap in silent) == 2
    spoken = sum(b - a for a, b in piece.voiced)
    assert 0.75 * 3 * (once - 1500) < spoken <= 3 * (once - 1000)


def test_silence_and_noise_have_no_voice() -> None:
    """Silence and faint noise are pieces without voice."""
    noise = np.random.default_rng(1).standard_normal(RATE * 20).astype(np.float32) * 0.002
    assert whole_chunk(np.zeros(RATE * 20, np.float32), 0).voiced == ()
    assert whole_chunk(noise, 0).voiced == ()


def test_empty_stream_has_no_chunks() -> None:
    """Nothing in, nothing out."""
    assert list(chunks([], minutes=5)) == []


def test_chunks_without_a_pause_are_cut_where_it_is_quietest(speech: Any) -> None:
    """Where nobody pauses, the cut is in the quietest tenth of a second of the last two fifths."""
    once = np.concatenate(list(samples(speech.path)))
    loud = np.concatenate([once, once])[: RATE * 20] + 0.05 * np.sin(np.arange(RATE * 20) / 9).astype(
        np.float32
    )
    first = next(iter(chunks([loud], minutes=0.15)))
    assert 0.6 * 9000 <= first.end <= 9000
    power = [
        float((loud[at : at + 1600] ** 2).sum()) for at in range(int(0.6 * 9 * RATE), 9 * RATE - 1600, 160)
    ]
    here = float((loud[first.end * 16 - 800 : first.end * 16 + 800] ** 2).sum())
    if not any(b - a >= 200 for (_, a), (b, _) in zip(first.voiced, first.voiced[1:], strict=False)):
        assert here <= 1.3 * min(power)


def test_memory_does_not_grow_with_length() -> None:
    """Sixty pieces of sound take no more memory than a few of them."""

    def long() -> Iterator[Samples]:
        for _ in range(360):
            yield np.zeros(RATE, np.float32)

    def run(stream: Iterator[Samples]) -> Chunk:
        last = None
        for piece in chunks(stream, minutes=0.1):
            last = piece
        assert last is not None
        return last

    run(iter([np.zeros(RATE, np.float32)] * 40))  # what is loaded once is loaded
    tracemalloc.start()
    last = run(long())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert last.end == 360_000
    assert peak < 12 * 6 * RATE * 4
