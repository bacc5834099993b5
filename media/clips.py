"""Short pieces of sound: cut, joined, made equally loud, exported. The one module that knows pydub.

pydub holds sound whole in memory, so it is for clips; whole recordings are streamed (`audio.py`). It is given
decoded samples, because its own reading wants an ffprobe that no wheel brings, and its writing uses the
wheel's FFmpeg.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from onrecord.errors import NotMediaError, RenderError, UsageError
from onrecord.files import durable_file
from onrecord.media.audio import samples
from onrecord.media.ffmpeg import program

RATE = 48_000
LOUDNESS_DBFS = -20.0
_LONGEST_MS = 30 * 60_000  # a clip; half an hour takes 170 MB
_HEADROOM_DB = 1.0

Segment = Any  # pydub.AudioSegment: pydub has no types


@cache
def _segments() -> Any:
    """pydub's class, told where FFmpeg is."""
    with warnings.catch_warnings():
        # Importing pydub warns of three things that are none here: that no FFmpeg is on PATH (it is named
        # below), that `audioop` has left the standard library (`audioop-lts` stands in for it), and, when
        # Python 3.12 or newer compiles it, of backslashes in its regular expressions.
        warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
        warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", "(?:.* is an )?invalid escape sequence", SyntaxWarning)
        import pydub
    pydub.AudioSegment.converter = str(program())
    return pydub.AudioSegment


def cut(path: Path, start: int = 0, end: int | None = None, *, track: int = 0, rate: int = RATE) -> Segment:
    """The sound of a file from `start` to `end` in milliseconds, mono, 16 bit.

    Raises `NotMediaError` when there is no sound there, `UsageError` for a piece longer than half an hour.
    """
    import numpy as np

    if end is not None and end <= start:
        raise UsageError("a clip must end after it starts.", path=path)
    pieces: list[Any] = []
    length = 0
    for block in samples(path, track=track, start=start, end=end, rate=rate):
        length += len(block)
        if length > _LONGEST_MS * rate // 1000:
            raise UsageError(
                "a clip may be half an hour long at most.", path=path, advice="Give a start and an end."
            )
        pieces.append((np.clip(block, -1.0, 1.0) * 32767).astype(np.int16))
    if not pieces:
        raise NotMediaError(
            "there is no sound at this place.", path=path, advice="Give a start within the recording."
        )
    return _segments()(np.concatenate(pieces).tobytes(), sample_width=2, frame_rate=rate, channels=1)


def silence(length: int, *, rate: int = RATE) -> Segment:
    """Silence of so many milliseconds."""
    return _segments().silent(duration=length, frame_rate=rate)


def join(pieces: Sequence[Segment], pauses: Sequence[int] | int = 0) -> Segment:
    """The pieces one after another, with pauses in milliseconds between them: one for all, or one for each
    gap.
    """
    if not pieces:
        raise UsageError("there is nothing to join.")
    lengths = [pauses] * (len(pieces) - 1) if isinstance(pauses, int) else list(pauses)
    if len(lengths) != len(pieces) - 1:
        raise UsageError(
            f"{len(pieces)} pieces have {len(pieces) - 1} pauses between them, not {len(lengths)}."
        )
    joined = pieces[0]
    for piece, pause in zip(pieces[1:], lengths, strict=True):
        if pause:
            joined = joined.append(silence(pause, rate=piece.frame_rate), crossfade=0)
        joined = joined.append(piece, crossfade=0)
    return joined


def normalised(segment: Segment, *, dbfs: float = LOUDNESS_DBFS) -> Segment:
    """The same sound at an average level of `dbfs`, never so loud that it clips; silence stays as it is."""
    if segment.rms == 0:
        return segment
    return segment.apply_gain(min(dbfs - segment.dBFS, -_HEADROOM_DB - segment.max_dBFS))


def softened(segment: Segment, milliseconds: int = 10) -> Segment:
    """The same with an edge that does not click where it was cut from running sound."""
    edge = min(milliseconds, len(segment) // 2)
    return segment.fade_in(edge).fade_out(edge) if edge else segment


# Nothing of where the sound came from is written into a clip, and the same sound gives the same bytes.
_CLEAN = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")


def export_opus(segment: Segment, path: Path, *, bitrate: int = 24_000) -> Path:
    """Writes an Ogg Opus file of speech durably, without metadata; `bitrate` in bits per second."""
    return _export(segment, path, "opus", "libopus", bitrate, ("-application", "voip", "-vbr", "on"))


def export_mp3(segment: Segment, path: Path, *, bitrate: int = 64_000) -> Path:
    """Writes an MP3 file durably, without metadata; `bitrate` in bits per second."""
    return _export(segment, path, "mp3", "libmp3lame", bitrate, ("-id3v2_version", "0", "-write_id3v1", "0"))


def _export(segment: Segment, path: Path, form: str, codec: str, bitrate: int, more: Sequence[str]) -> Path:
    from pydub.exceptions import CouldntEncodeError

    try:
        with durable_file(path) as file:
            segment.export(
                file, format=form, codec=codec, bitrate=str(bitrate), parameters=[*_CLEAN, *more]
            ).flush()
    except CouldntEncodeError as error:
        raise RenderError(
            "the clip could not be written.", path=path, advice=str(error).strip().splitlines()[-1]
        ) from error
    return path


def export_wav(segment: Segment, path: Path) -> Path:
    """Writes a WAV file durably."""
    with durable_file(path) as file:
        segment.export(file, format="wav").flush()
    return path
