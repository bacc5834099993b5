"""The child process that reads a file from outside; `probe.py` starts it and hears its JSON, a line at a
time.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from onrecord.errors import MediaError, NotMediaError, StorageError
from onrecord.media.container import PIXELS, open_media
from onrecord.media.limits import bind
from onrecord.media.probe import Probe, Stream, Track

if TYPE_CHECKING:
    import av.stream
    from av.container import InputContainer

MEMORY = 3 << 30
_LONGEST = 24 * 3_600_000  # ms; hours of silence take a few bytes, and long to read
_OGG_PAGE = 65_307  # bytes at most
_ROUNDING = Fraction(1, 10)  # seconds; run-up that a decoder throws away, timestamps in whole milliseconds
_HIGH_RANGES: dict[int, Literal["pq", "hlg"]] = {16: "pq", 18: "hlg"}  # ITU-T H.273, table 3
_STILL = {"mjpeg", "png", "bmp", "gif", "webp", "tiff"}


def _milliseconds(value: int | None, base: Fraction | None) -> int | None:
    return None if value is None or base is None else round(value * base * 1000)


def _estimated(container: InputContainer, path: Path) -> bool:
    """Whether the length is guessed from the size: MP3 without a Xing or VBRI header, ADTS, AMR."""
    if container.format.name in {"aac", "amr"}:
        return True
    if container.format.name != "mp3":
        return False
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":  # the size of an ID3v2 tag has 7 bits in each byte
            file.seek(10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)))
        frame = head + file.read(4096) if head[:3] != b"ID3" else file.read(4096)
    return not any(tag in frame for tag in (b"Xing", b"Info", b"VBRI"))


def _missing(path: Path) -> int:
    """How many bytes a file lacks of what its own headers announce, where FFmpeg passes over it without a
    word.

    In RIFF (WAV, AVI) the size is at the beginning, and may be left open (0 or all ones); in Ogg the last
    page says how long it is (RFC 3533, section 6).
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            announced = int.from_bytes(head[4:8], "little")
            return 0 if announced in {0, 0xFFFFFFFF} else max(0, announced + 8 - size)
        if head[:4] == b"OggS":
            file.seek(max(0, size - _OGG_PAGE))
            tail = file.read()
            page = tail[tail.rfind(b"OggS") :]
            if len(page) < 27:
                return 27 - len(page)
            return max(0, 27 + page[26] + sum(page[27 : 27 + page[26]]) - len(page))
    return 0


def _stream(stream: av.stream.Stream, container: InputContainer) -> Stream | None:
    """What one stream is; None for data, attachments and what no decoder knows."""
    context = stream.codec_context
    kind = stream.type
    if kind not in {"audio", "video", "subtitle"} or (context is None and kind != "subtitle"):
        return None
    common: dict[str, Any] = {
        "index": stream.index,
        "kind": kind,
        "codec": context.codec.canonical_name if context is not None else "unknown",
        "language": "" if stream.language in {None, "und"} else stream.language,
        "title": stream.metadata.get("title", ""),
        "main": "default" in stream.disposition.name.split("|") if stream.disposition.name else False,
        "duration_ms": _milliseconds(stream.duration, stream.time_base),
    }
    if kind == "audio":
        audio: Any = context
        return Stream(
            **common, rate=float(audio.rate or 0), channels=audio.channels, profile=context.profile or ""
        )
    if kind == "video":
        video: Any = context
        still = common["codec"] in _STILL and (
            stream.frames == 1 or not container.streams.video[0].average_rate
        )
        cover = bool(stream.disposition & type(stream.disposition).attached_pic) or still
        return Stream(
            **common, width=video.width, height=video.height, rate=float(stream.average_rate or 0),
            picture=cover,
            profile=context.profile or "", level=context.level, pixels=video.pix_fmt or "",
            aspect=float(video.sample_aspect_ratio or 1), interlaced=video.field_order > 1,
            high_range=_HIGH_RANGES.get(int(video.color_trc or 0), ""),
        )  # fmt: skip
    return Stream(**common)


def inspect(path: Path) -> Probe:
    """What the file says of itself; raises `NotMediaError` when it has neither sound nor moving pictures."""
    with open_media(path) as container:
        streams = [found for stream in container.streams if (found := _stream(stream, container))]
        usable = [
            stream for stream in streams
            if (stream.kind == "audio" and stream.rate > 0 and stream.channels > 0)
            or (stream.kind == "video" and not stream.picture and 0 < stream.width * stream.height <= PIXELS)
        ]  # fmt: skip
        for stream in streams:
            pixels = stream.width * stream.height
            # A picture that is too large is not even measured.
            if (
                stream.kind == "video"
                and not stream.picture
                and (pixels > PIXELS or (stream.codec in _STILL and not pixels))
            ):
                raise NotMediaError(
                    "its picture is larger than any recording's.",
                    path=path,
                    advice="Save it in another size with a player.",
                )
        if not usable:
            raise NotMediaError(
                "it holds neither sound nor moving pictures.", path=path, advice="Give the recording itself."
            )
        duration = _milliseconds(container.duration, Fraction(1, 1_000_000))
        _refuse_endless(path, max([duration or 0, *(stream.duration_ms or 0 for stream in usable)]))
        probed = Probe(
            container.format.name,
            duration or None,
            _estimated(container, path),
            tuple(streams),
            _missing(path),
        )
    return dataclasses.replace(
        probed,
        streams=tuple(
            _with_rotation(path, stream) if stream in probed.video else stream for stream in streams
        ),
    )


def _refuse_endless(path: Path, length: int) -> None:
    """Raises `NotMediaError` for a recording of more than a day, in milliseconds."""
    if length > _LONGEST:
        raise NotMediaError(
            f"it is longer than {_LONGEST // 3_600_000} hours.",
            path=path,
            advice="Cut it into pieces, and take each of them.",
        )


def _with_rotation(path: Path, stream: Stream) -> Stream:
    """The rotation stands on the frames: decode the first one. Opened anew, so that nothing is left half
    read.
    """
    with open_media(path) as container:
        for count, packet in enumerate(container.demux(container.streams[stream.index])):
            try:
                frames: list[Any] = list(packet.decode())
            except ValueError:  # damage at the beginning; the next key frame will do
                frames = []
            if frames:
                turned = round(frames[0].rotation) % 360
                return dataclasses.replace(
                    stream, rotation=turned, interlaced=stream.interlaced or frames[0].interlaced_frame
                )
            if count > 500:
                break
    return stream


class _Count:
    """What is known of one stream while it is read. Times are seconds since the container's start."""

    def __init__(self, stream: Stream, began: Fraction) -> None:
        self.stream = stream
        self.began = began
        self.end = self.hidden = self.decoded = Fraction(0)
        self.first: Fraction | None = None
        self.packets = self.frames = self.errors = 0

    def read(self, packet: Any) -> Fraction | None:
        """Counts a packet; gives its position."""
        if not packet.size:  # the empty one that ends a stream
            return None
        self.packets += 1
        # The last samples of a WAV file of open length are always marked as cut off.
        self.errors += bool(packet.is_corrupt) and not self.stream.codec.startswith("pcm_")
        if packet.pts is None:
            return None
        length: Fraction = (packet.duration or 0) * packet.time_base
        position: Fraction = packet.pts * packet.time_base - self.began
        self.end = max(self.end, position + length)
        if packet.is_discard:
            self.hidden += length
        return position

    def decode(self, packet: Any) -> None:
        """Decodes a packet and counts its frames."""
        import av.error

        try:
            for frame in packet.decode():
                self.frames += 1
                self.errors += bool(frame.is_corrupt)
                if self.stream.kind == "audio" and frame.pts is not None:
                    if self.first is None:
                        self.first = frame.pts * frame.time_base - self.began
                    self.decoded += Fraction(frame.samples, frame.sample_rate)
        except av.error.FFmpegError:
            self.errors += 1

    @property
    def track(self) -> Track:
        """The sum of it all; missing is the sound between the first and the last that was not decoded."""
        missing = self.end - (self.first or 0) - self.decoded if self.decoded else Fraction(0)
        return Track(
            self.stream.index,
            "audio" if self.stream.kind == "audio" else "video",
            round(self.end * 1000),
            self.packets,
            self.frames,
            self.errors,
            round(self.hidden * 1000),
            round(missing * 1000) if missing > _ROUNDING else 0,
        )


def read(path: Path, *, decode: bool) -> list[Track]:
    """Reads every packet, and with `decode` decodes all audio and the key frames of video."""
    import av.error

    probed = inspect(path)
    if decode and (probed.duration_ms is None or probed.duration_is_estimate):
        # Nobody said how long it is: that shows quickly, without decoding.
        _refuse_endless(path, max(track.end_ms for track in read(path, decode=False)))
    tell = _Teller(probed.duration_ms)
    with open_media(path) as container:
        began = Fraction(container.start_time or 0, 1_000_000)
        counts = {stream.index: _Count(stream, began) for stream in (*probed.audio, *probed.video)}
        for stream in probed.video:
            container.streams[stream.index].codec_context.skip_frame = "NONKEY"
        packets = container.demux([container.streams[index] for index in counts])
        while True:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:  # the container itself is damaged here; what came before stands
                next(iter(counts.values())).errors += 1
                break
            if packet is None:
                break
            count = counts.get(packet.stream_index)
            if count is None:  # a damaged file grew another stream on the way
                continue
            position = count.read(packet)
            if position is not None:
                tell(position)
                _refuse_endless(path, int(position * 1000))
            if decode:
                count.decode(packet)
    if decode and not any(count.frames for count in counts.values()):
        raise NotMediaError(
            "nothing in this file can be decoded.",
            path=path,
            advice="Open it in a player, or fetch it again.",
        )
    return [count.track for count in counts.values()]


class _Teller:
    """Tells how far the reading is, five times a second."""

    def __init__(self, total: int | None) -> None:
        self.total = total
        self.last = time.monotonic()

    def __call__(self, position: Fraction) -> None:
        now = time.monotonic()
        if now - self.last >= 0.2:
            self.last = now
            _answer({"done_ms": round(position * 1000), "total_ms": self.total})


def _answer(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    """`PARENT JOB PATH`: binds the process to its limits, does the job, and answers."""
    parent, job, name = arguments
    bind(int(parent), MEMORY, writes=False)
    try:
        if job == "probe":
            _answer(dataclasses.asdict(inspect(Path(name))))
        else:
            _answer(
                {"tracks": [dataclasses.asdict(track) for track in read(Path(name), decode=job == "read")]}
            )
    except (MediaError, StorageError) as error:
        _answer({"error": type(error).__name__, "message": error.message, "advice": error.advice})
    sys.stdout.flush()
    os._exit(0)  # a decoder that was broken by the file may not outlive its answer


if __name__ == "__main__":
    main(sys.argv[1:])
