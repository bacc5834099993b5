"""What is played where a recording is trimmed by ear: the whole original, on its own clock.

A browser plays the original itself where it can. Where it cannot (Matroska, HEVC, WMV), or has not the patience for
gigabytes, there is a copy of its sound. The waveform is drawn from that copy, so that the original is decoded by FFmpeg
alone, in a process with bounds. Derived: it lies in `.onrecord/listening/` and can be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from onrecord.archive import Archive
from onrecord.errors import NotFoundError, NotMediaError
from onrecord.events.model import Event, Recording
from onrecord.files import make_folder, settle, write_text
from onrecord.locks import lock
from onrecord.media.originals import Original, find_original
from onrecord.media.renditions import find_rendition
from onrecord.progress import Progress, silent

if TYPE_CHECKING:
    from onrecord.jobs import Job

VERSION = 1
# What browsers play, by the endings that our originals have. Nothing else is ever sent under a type of its own.
TYPES = {
    "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/mp4", "m4a": "audio/mp4", "mp3": "audio/mpeg", "wav": "audio/wav",
    "flac": "audio/flac", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "ogv": "video/ogg", "webm": "video/webm",
    "aac": "audio/aac",
}  # fmt: skip
_PLAYED = {
    "h264", "aac", "mp3", "opus", "vorbis", "vp8", "vp9", "av1", "flac", "pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_f32le",
}  # fmt: skip
_PIXELS = {"", "yuv420p", "yuvj420p"}


@dataclass(frozen=True)
class Playable:
    """A file that a browser plays, on the original's clock, with the type that it is sent with. `picture`: it shows one."""

    path: Path
    mime: str
    picture: bool


@dataclass(frozen=True)
class Listening:
    """The copy of the sound, and its waveform; `duration` is the original's, in milliseconds."""

    sound: Path
    waveform: Path
    duration: int


def plays(original: Original) -> bool:
    """Whether browsers play an original as it is."""
    streams = (*original.audio, *original.video)
    return (
        original.path.suffix.removeprefix(".") in TYPES
        and all(stream.codec in _PLAYED for stream in streams)
        and all(stream.pixels in _PIXELS for stream in original.video)
    )


def playable(archive: Archive, event: Event, recording: Recording) -> Playable | None:
    """What the desk plays of a recording: what the public plays where nothing is cut from it, else the original, else the
    copy of its sound. None: nothing yet.
    """
    original = find_original(archive, event.stem, recording.id)
    if original is None:
        return None
    rendition = find_rendition(archive, event, recording)
    if rendition is not None and rendition.trim is None:
        return Playable(rendition.path, rendition.mime, rendition.kind == "video")
    if plays(original):
        mime = TYPES[original.path.suffix.removeprefix(".")]
        kind: Literal["video", "audio"] = "video" if original.video else "audio"
        return Playable(original.path, mime.replace("video/", f"{kind}/", 1), kind == "video")
    copy = find_listening(archive, event.stem, recording.id)
    return Playable(copy.sound, "audio/mp4", False) if copy is not None else None


def waveform(archive: Archive, event: Event, recording: Recording) -> Path | None:
    """The waveform of the whole original, where it has been drawn."""
    rendition = find_rendition(archive, event, recording)
    if rendition is not None and rendition.trim is None and rendition.waveform is not None:
        return rendition.waveform
    copy = find_listening(archive, event.stem, recording.id)
    return copy.waveform if copy is not None else None


def find_listening(archive: Archive, stem: str, recording_id: str) -> Listening | None:
    """The copy that stands, when it is of the present original."""
    original = find_original(archive, stem, recording_id)
    if original is None:
        return None
    folder = _folder(archive, stem)
    sound, drawn = folder / f"{recording_id}.m4a", folder / f"{recording_id}.svg"
    try:
        record = json.loads((folder / f"{recording_id}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    fits = record == {"version": VERSION, "original_sha256": original.sha256}
    return (
        Listening(sound, drawn, original.duration) if fits and sound.is_file() and drawn.is_file() else None
    )


def _folder(archive: Archive, stem: str) -> Path:
    return archive.hidden / "listening" / stem


def make_listening(archive: Archive, stem: str, recording_id: str, *, listen: Progress = silent) -> Listening:
    """Makes the copy, or gives the one that stands.

    Raises `NotFoundError` without an original, `NotMediaError` where it has no sound, `RenderError`, `StorageError`.
    """
    from onrecord.media import ffmpeg
    from onrecord.media.pictures import make_waveform

    with lock(archive, f"{stem}.{recording_id}.listen", doing="listen"):
        standing = find_listening(archive, stem, recording_id)
        if standing is not None:
            return standing
        original = find_original(archive, stem, recording_id)
        if original is None:
            raise NotFoundError("there is no original to listen to yet.", slug=stem)
        if not original.audio:
            raise NotMediaError("this recording has no sound.", path=original.path)
        track = next((one for one in original.audio if one.main), original.audio[0])
        work = make_folder(archive.work(stem))
        sound, drawn = work / f"{recording_id}.listen.m4a", work / f"{recording_id}.listen.svg"
        subject = f"{stem}/{recording_id}"
        try:
            ffmpeg.run(
                ["-y", *ffmpeg.source(original.path), "-map", f"0:{track.index}", "-vn", "-sn", "-dn",
                 "-af", "aresample=async=1:first_pts=0", "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", "32000",
                 *ffmpeg.CLEAN, "-movflags", "+faststart", "-f", "ipod", str(sound)],
                stage="listen", subject=subject, total_ms=original.duration, listen=listen,
            )  # fmt: skip
            make_waveform(sound, drawn, original.duration, listen=listen)
            folder = make_folder(_folder(archive, stem), private=True)
            (folder / f"{recording_id}.json").unlink(missing_ok=True)
            for file in (sound, drawn):
                settle(file, folder / f"{recording_id}{file.suffix}")
            record = {"version": VERSION, "original_sha256": original.sha256}
            write_text(folder / f"{recording_id}.json", json.dumps(record) + "\n")
        finally:
            sound.unlink(missing_ok=True)
            drawn.unlink(missing_ok=True)
    found = find_listening(archive, stem, recording_id)
    assert found is not None
    return found


def run(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> dict[str, Any]:
    """The job `listen`: a copy of a recording that browsers play, and its waveform."""
    stop()
    made = make_listening(archive, job.subject, job.item, listen=listen)
    return {"duration_ms": made.duration}
