"""The sound of a recording as numbers, streamed: memory does not grow with its length.

Positions are milliseconds on the original's clock, which begins where the container says that it starts, as
in players and in FFmpeg. Gaps in the sound are silence, so a position in the samples is a position in the
recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.errors import NotMediaError
from onrecord.media.container import open_media

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 16_000
_RUN_UP_MS = 2_000  # decoded before `start` and thrown away: decoders need some sound before theirs is right
_SLACK_MS = 60  # timestamps are rounded by containers; only what is further off is a gap
_LONGEST_GAP_S = 12 * 3600  # beyond this a timestamp is broken, not a pause
_LONGEST_OVERLAP_S = 10


def tracks(path: Path) -> int:
    """How many audio tracks the file has."""
    with open_media(path) as container:
        return len(container.streams.audio)


def samples(
    path: Path, *, track: int = 0, start: int = 0, end: int | None = None, rate: int = RATE
) -> Iterator[Samples]:
    """The sound from `start` to `end` (milliseconds) of one audio track, as mono float32 blocks of about a
    second.

    The first sample is the one at `start`. What cannot be decoded is silence. Raises `NotMediaError` when
    there is no such track.
    """
    first = start * rate // 1000
    last = None if end is None else end * rate // 1000
    skip = _skip(path, track, start)
    done = first
    pending: list[Samples] = []
    held = 0
    for position, block in _placed(path, track, skip, rate):
        if last is not None and position >= last:
            break
        for piece in _aligned(block, position, done, last, rate):
            pending.append(piece)
            held += len(piece)
            done += len(piece)
            if held >= rate:
                yield _joined(pending)
                pending, held = [], 0
    if pending:
        yield _joined(pending)


def _joined(pieces: list[Samples]) -> Samples:
    import numpy as np

    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _aligned(block: Samples, position: int, done: int, last: int | None, rate: int) -> Iterator[Samples]:
    """`block` cut or preceded by silence so that it goes on where the samples before it ended."""
    import numpy as np

    if position < done:
        block = block[done - position :]
        position = done
    if not len(block):
        return
    gap = position - done
    if last is not None:
        gap = min(gap, last - done)
    while gap > 0:
        yield np.zeros(min(gap, rate), np.float32)
        gap -= rate
    if last is not None and position + len(block) > last:
        block = block[: last - position]
    if len(block):
        yield block


def _skip(path: Path, track: int, start: int) -> int:
    """The position that can be sought to before `start`, in milliseconds; 0: read from the beginning.

    Some formats seek by guessing from the size, and land after the start; then nothing is skipped.
    """
    target = start - _RUN_UP_MS
    if target <= 0:
        return 0
    import av.error

    with open_media(path) as container:
        stream = _stream(container, path, track)
        if container.format.name in {"mp3", "aac", "amr"}:
            return 0
        began = container.start_time or 0
        try:
            container.seek(target * 1000 + began)
            for packet in container.demux(stream):
                if packet.pts is not None:
                    landed = float(packet.pts * packet.time_base) * 1000 - began / 1000
                    return target if landed <= start - _RUN_UP_MS / 4 else 0
        except av.error.FFmpegError:
            return 0
    return 0


def _stream(container: Any, path: Path, track: int) -> Any:
    if track >= len(container.streams.audio):
        count = len(container.streams.audio)
        raise NotMediaError(
            f"it has no audio track {track}: it has {count}." if count else "it has no sound.",
            path=path,
            advice="Tracks are counted from 0." if count else "Give a recording with sound.",
        )
    return container.streams.audio[track]


def _placed(path: Path, track: int, skip: int, rate: int) -> Iterator[tuple[int, Samples]]:
    """The decoded sound at `rate`, each piece with the number of its first sample, counted from the clock's
    zero.

    The pieces follow one another; where timestamps leap, the next piece begins further on.
    """
    import av
    import av.error

    with open_media(path) as container:
        stream = _stream(container, path, track)
        began = container.start_time or 0
        if skip:
            container.seek(skip * 1000 + began)
        slack = _SLACK_MS * rate // 1000
        resampler: Any = None
        shape: tuple[Any, ...] = ()
        anchor = at = moved = (
            0  # where this run of frames began; where the next sample out of the resampler belongs
        )
        count = 0  # the frames' own samples since the anchor
        for frame in _frames(container, stream):
            expected = anchor + count * rate // frame.sample_rate
            here = expected
            if frame.pts is not None:
                here = round((frame.pts * frame.time_base - Fraction(began, 1_000_000)) * rate) + moved
            now = (frame.sample_rate, frame.format.name, frame.layout.name)
            leap = abs(here - expected) > slack or resampler is None
            if (
                leap
                and resampler is not None
                and not -_LONGEST_OVERLAP_S * rate < here - expected < _LONGEST_GAP_S * rate
            ):
                moved += expected - here  # the clock was set anew: go on from here
                here, leap = expected, False
            if leap or now != shape:
                if resampler is not None:
                    for out in _drained(resampler, None):
                        yield at, out
                        at += len(out)
                resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
                shape = now
                anchor, count = here if leap else expected, 0
                at = anchor
            frame.pts = None  # places are counted here: the resampler shall neither fill nor drop
            count += frame.samples
            for out in _drained(resampler, frame):
                yield at, out
                at += len(out)
        if resampler is not None:
            for out in _drained(resampler, None):
                yield at, out
                at += len(out)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """The decoded frames; what cannot be decoded is left out, and its place is seen in the timestamps."""
    import av.error

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:  # the container is damaged here: this is the end
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            continue


def _drained(resampler: Any, frame: Any) -> Iterator[Samples]:
    for out in resampler.resample(frame):
        yield out.to_ndarray().reshape(-1)
