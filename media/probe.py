"""What a media file is: its streams, what it says of its length, and how long it really is.

The file comes from outside, so a child process of its own reads it, with bounds on memory and time and
without the right to write (`inspection.py`). It is started with `subprocess` and answers in JSON: leaner than
`multiprocessing`, which would import the caller's main module again and unpickle what a broken child says.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from onrecord.errors import IncompleteMediaError, MediaError, NotMediaError, StorageError
from onrecord.progress import Progress, Report, silent

PROBE_SECONDS = 60
STALL_SECONDS = 120  # how long reading to the end may go without getting further
_ERRORS: dict[str, type[MediaError | StorageError]] = {
    error.__name__: error for error in (NotMediaError, IncompleteMediaError, StorageError)
}


@dataclass(frozen=True)
class Stream:
    """One stream of a file. `rate` is samples per second for audio and frames per second for video.

    `picture` is a cover that is stored as a video stream. `width` and `height` are as stored: `rotation`
    (degrees, 0, 90, 180 or 270) and `aspect` (of one pixel) say how they are shown. `language` is as the file
    writes it (ISO 639-2). `high_range` is the transfer of ITU-R BT.2100.
    """

    index: int
    kind: Literal["audio", "video", "subtitle"]
    codec: str
    language: str = ""
    title: str = ""
    width: int = 0
    height: int = 0
    rate: float = 0.0
    channels: int = 0
    picture: bool = False
    main: bool = False  # marked as the default of its kind
    duration_ms: int | None = None
    profile: str = ""
    level: int = 0
    pixels: str = ""
    rotation: int = 0
    aspect: float = 1.0
    interlaced: bool = False
    high_range: Literal["", "pq", "hlg"] = ""  # how brightness is written that other screens cannot show


class Streams:
    """What has streams: a file that was looked at, an original."""

    streams: tuple[Stream, ...]

    @property
    def audio(self) -> tuple[Stream, ...]:
        """The audio tracks, in their order."""
        return tuple(stream for stream in self.streams if stream.kind == "audio")

    @property
    def video(self) -> tuple[Stream, ...]:
        """The moving pictures, without covers."""
        return tuple(stream for stream in self.streams if stream.kind == "video" and not stream.picture)


@dataclass(frozen=True)
class Probe(Streams):
    """What a file says of itself. The duration is None where it says none, and an estimate where only its
    size tells.

    `missing_bytes` is what the file lacks of what its headers announce: in RIFF (WAV, AVI) and Ogg, where
    FFmpeg takes the end of the file for the end of the recording.
    """

    format: str
    duration_ms: int | None
    duration_is_estimate: bool
    streams: tuple[Stream, ...]
    missing_bytes: int = 0


@dataclass(frozen=True)
class Track:
    """What reading one stream to its end found: where it ends, what could not be decoded, what an edit list
    hides.

    `missing_ms` is the time of sound between its beginning and its end for which nothing was decoded.
    """

    index: int
    kind: Literal["audio", "video"]
    end_ms: int
    packets: int
    frames: int
    errors: int
    hidden_ms: int
    missing_ms: int


@dataclass(frozen=True)
class Reading:
    """A file read to its end. Audio is decoded whole; of video every packet is read and every key frame
    decoded.
    """

    duration_ms: int
    errors: int
    tracks: tuple[Track, ...]


def probe(path: Path) -> Probe:
    """What `path` is. Raises `NotMediaError` for what is no recording, `IncompleteMediaError` for one without
    its index.
    """
    found = _ask("probe", path, silent, PROBE_SECONDS)
    return Probe(
        found["format"], found["duration_ms"], found["duration_is_estimate"],
        tuple(Stream(**stream) for stream in found["streams"]), found["missing_bytes"],
    )  # fmt: skip


def read_to_end(path: Path, *, decode: bool = True, listen: Progress = silent) -> Reading:
    """Reads the whole file as a player would; without `decode` only its packets, which is quick.

    Raises what `probe` raises, and `NotMediaError` when nothing in it can be decoded.
    """
    found = _ask("read" if decode else "scan", path, listen, STALL_SECONDS)
    tracks = tuple(Track(**track) for track in found["tracks"])
    return Reading(max(track.end_ms for track in tracks), sum(track.errors for track in tracks), tracks)


def _ask(job: str, path: Path, listen: Progress, seconds: float) -> dict[str, Any]:
    """The child's answer; each of its lines gives it `seconds` more."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "onrecord.media.inspection",
        str(os.getpid()),
        job,
        str(path.absolute()),
    ]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        assert child.stdout is not None
        try:
            for line in _lines(child.stdout, seconds, path):
                answer = json.loads(line)
                if "done_ms" in answer:
                    listen(Report("check", path.name, answer["done_ms"], answer["total_ms"], "ms"))
                elif "error" in answer:
                    raise _ERRORS[answer["error"]](answer["message"], path=path, advice=answer["advice"])
                else:
                    result: dict[str, Any] = answer
                    return result
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        said.seek(0)
        trace = said.read().decode("utf-8", "replace")
    if "Traceback" in trace and "MemoryError" not in trace:
        raise RuntimeError(f"reading {path} failed:\n{trace}")
    raise NotMediaError(
        "reading this file broke the decoder, or needed more memory than it may have.",
        path=path,
        advice="It is damaged, or made to do harm. If you trust it, save it in another format with a player.",
    )


def _lines(pipe: IO[bytes], seconds: float, path: Path) -> Iterator[bytes]:
    """The lines of a pipe as they come; raises `NotMediaError` when none comes in time."""
    waiting = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        deadline = time.monotonic() + seconds
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise NotMediaError(
                    f"reading this file stood still for {seconds:.0f} s.",
                    path=path,
                    advice="It is damaged, or its disk is too slow; copy it elsewhere and try again.",
                )
            block = os.read(pipe.fileno(), 1 << 16)
            if not block:
                return
            *lines, waiting = (waiting + block).split(b"\n")
            deadline = time.monotonic() + seconds
            yield from lines
