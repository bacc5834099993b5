"""Where somebody speaks: Silero's voice detector, run in overlapping windows so that memory does not grow
with length.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 16_000
FRAME = 512  # samples that the detector judges at once: 32 ms at 16 kHz
_WINDOW = 1875  # frames: one minute
_OVERLAP = 62  # frames, about two seconds: the detector has a memory, which is warm again by then
_BEGINS = 0.5  # voice begins at this probability ...
_ENDS = 0.35  # ... and ends below this one: faint ends of words belong to it
_BRIDGED_MS = 160  # shorter silences are inside a word


@functools.cache
def _detector() -> Callable[[Any], NDArray[np.float32]]:
    from faster_whisper.vad import get_vad_model  # 0.3 s, and only recognition needs it

    model: Callable[[Any], NDArray[np.float32]] = get_vad_model()
    return model


def probabilities(samples: Samples) -> NDArray[np.float32]:
    """For each frame of 32 ms of mono sound at 16 kHz, how likely somebody speaks in it; about 400 times real
    time.
    """
    import numpy as np

    count = -(-len(samples) // FRAME)
    found = np.zeros(count, np.float32)
    for first in range(0, count, _WINDOW):
        warm = max(0, first - _OVERLAP)
        last = min(count, first + _WINDOW)
        piece = samples[warm * FRAME : last * FRAME]
        piece = np.pad(piece, (0, (last - warm) * FRAME - len(piece)))
        found[first:last] = _detector()(piece).reshape(-1)[first - warm :]
    return found


def voiced(likely: NDArray[np.float32]) -> tuple[tuple[int, int], ...]:
    """The stretches with voice, in milliseconds from the first frame."""
    stretches: list[tuple[int, int]] = []
    since: int | None = None
    for index, value in enumerate([*likely.tolist(), 0.0]):
        at = index * FRAME * 1000 // RATE
        if since is None and value >= _BEGINS:
            since = at
        elif since is not None and value < _ENDS:
            if stretches and since - stretches[-1][1] < _BRIDGED_MS:
                since = stretches.pop()[0]
            stretches.append((since, at))
            since = None
    return tuple(stretches)
