"""Opening a media file with PyAV: the one place that does, so that no file can make it read another.

A file named `x.mp4` may hold a list of other files (ffconcat, m3u8, SDP). Only formats that hold their own
data are opened, and only from the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.errors import IncompleteMediaError, MediaError, NotMediaError, StorageError

if TYPE_CHECKING:
    from av.container import InputContainer

# The names of FFmpeg's demuxers; `concat`, `hls`, `dash`, `sdp`, `rtsp`, `image2` and the text formats are
# not among them.
FORMATS = "mov,mp4,m4a,matroska,webm,ogg,mp3,wav,flac,aac,amr,asf,avi,aiff,mpegts,caf"
PROTOCOLS = "file"
PIXELS = 1 << 27  # 16384 x 8192: more is no recording of a discussion, and a small file can hold as much


def address(path: Path) -> str:
    """The path as FFmpeg takes it for a file, whatever characters it holds."""
    return f"file:{path.absolute()}"


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """The opened container of `path`, closed afterwards.

    Raises `NotMediaError` when it is none of the known formats, `IncompleteMediaError` when it breaks off
    before its index, `StorageError` when it cannot be read; PyAV's errors inside the block become the same.
    """
    import av  # 0.1 s, and only work on a file needs it
    import av.error

    av.logging.set_level(None)  # FFmpeg's own lines on stderr; what matters is raised
    try:
        container = av.open(
            address(path),
            # What is said here is said to the decoders as well that look into the streams while the file is opened.
            options={
                "format_whitelist": FORMATS,
                "protocol_whitelist": PROTOCOLS,
                "max_pixels": str(PIXELS),
            },
            metadata_errors="replace",  # a title in another encoding is no reason to refuse a recording
        )
    except av.error.FFmpegError as error:
        raise translated(path) from error
    try:
        for stream in container.streams.video:
            stream.codec_context.options = {"max_pixels": str(PIXELS)}
        yield container
    except av.error.FFmpegError as error:
        raise translated(path) from error
    finally:
        container.close()


def translated(path: Path) -> MediaError | StorageError:
    """What a person should read when PyAV cannot go on with `path`, whichever of its errors it raised."""
    if not path.exists():
        return NotMediaError("there is no such file.", path=path, advice="Check the path.")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except PermissionError:  # asked of the disk: FFmpeg also says so of what a damaged file asks it to do
        return StorageError(
            "the file may not be read.", path=path, advice="Give yourself the right to read it."
        )
    except OSError:
        return NotMediaError("the file cannot be read.", path=path, advice="Check the path and the disk.")
    if not head:
        return NotMediaError(
            "the file is empty.", path=path, advice="Fetch it again, or look at where it came from."
        )
    if head[4:8] == b"ftyp":
        return IncompleteMediaError(
            "the recording breaks off before its index, so nothing in it can be played.",
            path=path,
            advice="Fetch it again; if it is whole at its source, copy it from there once more.",
        )
    return NotMediaError(
        f"this is no recording{_guess(head)}.",
        path=path,
        advice="Give an audio or video file, such as MP4, WebM, MP3 or WAV.",
    )


def _guess(head: bytes) -> str:
    """What the file seems to be instead, for the message."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:9].lower() == b"<!doctype" or start[:5].lower() == b"<html":
        return ": it is a web page"
    if start.startswith((b"ffconcat", b"#EXTM3U", b"v=0", b"[playlist]", b"<?xml")):
        return ": it is a list that points to other files"
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")) or head[8:12] == b"WEBP":
        return ": it is a picture"
    if start.startswith(b"%PDF"):
        return ": it is a PDF document"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return ", or it is damaged at its very beginning"
    return ": it is a text" if b"\0" not in head else ", or it is damaged at its very beginning"
