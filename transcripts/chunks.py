"""A recording in pieces of some minutes, cut where nobody speaks, found while the sound streams by.

A piece depends only on the sound from its own start on, so work that was broken off goes on from the end of
any piece and gets the same pieces as if it had not been.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from onrecord.transcripts.voice import FRAME, RATE, probabilities, voiced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_ZONE = 0.7  # a piece is at least this share of the length that was asked for
_PAUSE_MS = 200  # a shorter silence is no pause
_QUIET = 1_600  # samples, 0.1 s: without a pause, the cut is in the quietest stretch of this length


@dataclass(frozen=True)
class Chunk:
    """One piece: from `start` to `end` in milliseconds on the recording's clock.

    `voiced` are the stretches in which somebody speaks, on the same clock.
    """

    start: int
    end: int
    voiced: tuple[tuple[int, int], ...]
    samples: Samples = field(repr=False, compare=False)


def chunks(blocks: Iterable[Samples], *, minutes: float, start: int = 0) -> Iterator[Chunk]:
    """Cuts streamed sound (mono, 16 kHz) into pieces of at most `minutes`; `start` is the first block's
    position in ms.

    Cuts fall in the longest pause of a piece's last three tenths, or at the quietest place there when nobody
    pauses. No more than one piece is held at a time.
    """
    import numpy as np

    longest = int(minutes * 60 * RATE)
    held: list[Samples] = []
    length = 0
    for block in blocks:
        held.append(block)
        length += len(block)
        while length >= longest:
            whole = np.concatenate(held)
            piece, rest = _cut(whole, longest, start)
            yield piece
            start = piece.end
            held, length = [rest], len(rest)
    if length:
        yield whole_chunk(np.concatenate(held), start)


def whole_chunk(samples: Samples, start: int) -> Chunk:
    """One piece that is not cut: the last one, or one whose bounds are known."""
    return _chunk(samples, start, voiced(probabilities(samples)))


def _chunk(samples: Samples, start: int, stretches: tuple[tuple[int, int], ...]) -> Chunk:
    end = start + -(-len(samples) * 1000 // RATE)
    return Chunk(
        start, end, tuple((start + a, min(end, start + b)) for a, b in stretches if start + a < end), samples
    )


def _cut(samples: Samples, longest: int, start: int) -> tuple[Chunk, Samples]:
    """The first piece, and the sound after it."""
    window = samples[:longest]
    stretches = voiced(probabilities(window))
    at = _place(window, stretches)
    end = at * 1000 // RATE
    inside = tuple((a, min(b, end)) for a, b in stretches if a < end)
    return _chunk(samples[:at], start, inside), samples[at:].copy()  # no view: it would hold on to the whole


def _place(window: Samples, stretches: tuple[tuple[int, int], ...]) -> int:
    """The sample to cut at: a whole millisecond, so that positions stay exact."""
    import numpy as np

    total = len(window) * 1000 // RATE
    first = int(total * _ZONE)
    edges = [0, *(edge for stretch in stretches for edge in stretch), total]
    pauses = [(max(a, first), b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > first]
    # The pause that reaches the end may go on; of two alike, the later one.
    length, _, pause = max(((b - a, a, (a, b)) for a, b in pauses), default=(0, 0, (total, total)))
    if length >= _PAUSE_MS:
        middle = sum(pause) // 2
    else:
        zone = window[first * RATE // 1000 :]
        power = np.cumsum(np.concatenate([[0.0], zone.astype(np.float64) ** 2]))
        quietest = int(np.argmin(power[_QUIET:] - power[:-_QUIET])) if len(zone) > _QUIET else 0
        middle = first + (quietest + _QUIET // 2) * 1000 // RATE
    return max(FRAME, middle * RATE // 1000)
