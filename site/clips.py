"""Clips: the sound of one quoted passage, cut from what the public may hear, made once and kept until the archive
changes its mind.

A clip is asked for by name, `part-1.12500-30000.opus`, its times in milliseconds on the rendition's clock. Whether it
may be given is decided anew each time that it is asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import ClipRefusedError, OnrecordError
from onrecord.files import make_folder
from onrecord.site.files import PublicFile
from onrecord.site.public import PublicEvent, PublicMedia, PublicRecording

LONGEST = 120_000  # milliseconds
_KEPT_BYTES = 500 << 20  # of clips in all; the oldest go first
# Where someone has not agreed to be published: so far from their words does a clip stay, and so long may nothing be
# heard in it that the transcript does not account for.
_DISTANCE, _PAUSE = 500, 2000
_NAME = re.compile(r"^([a-z0-9]+(?:-[a-z0-9]+)*)\.([0-9]{1,9})-([0-9]{1,9})\.(opus|mp3)$")
_KEPT_NAME = re.compile(r"^([a-z0-9-]+\.[0-9]+-[0-9]+)\.([0-9a-f]{16})\.(opus|mp3)$")
_TYPES = {"opus": "audio/ogg", "mp3": "audio/mpeg"}


@dataclass(frozen=True)
class Clip:
    """A passage of a recording as sound; milliseconds on the rendition's clock."""

    recording_id: str
    start: int
    end: int
    form: Literal["opus", "mp3"]

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return f"{self.recording_id}.{self.start}-{self.end}.{self.form}"


def named(name: str) -> Clip | None:
    """The clip of a name; None: it is no name of one."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return Clip(match[1], int(match[2]), int(match[3]), "opus" if match[4] == "opus" else "mp3")


def allowed(event: PublicEvent, clip: Clip) -> PublicMedia:
    """The rendition that a clip may be cut from; raises `ClipRefusedError` that says why it may not."""
    recording = next((one for one in event.recordings if one.id == clip.recording_id), None)
    if recording is None or recording.media is None:
        raise ClipRefusedError("there is no such recording to hear.", reason="gone")
    length = recording.media.duration
    if not (0 <= clip.start < min(clip.end, length) and clip.end <= length + 500):
        raise ClipRefusedError("the passage is not within the recording.", reason="outside")
    if clip.end - clip.start > LONGEST:
        raise ClipRefusedError("the passage is too long for a clip.", reason="too-long")
    if recording.guarded and not _accounted_for(recording, clip):
        raise ClipRefusedError(
            "the passage touches words of someone who has not agreed to be published.", reason="kept-back"
        )
    return recording.media


def _accounted_for(recording: PublicRecording, clip: Clip) -> bool:
    """Whether it is known of the whole passage that those who speak in it have agreed."""
    for transcript in recording.transcripts:
        for start, end in transcript.left_out:
            if start - _DISTANCE < clip.end and clip.start < end + _DISTANCE:
                return False
    originals = [one for one in recording.transcripts if one.kind == "original"]
    spans = ((cue.start, cue.end) for one in originals for cue in one.cues)
    return any(start <= clip.start and clip.end <= end for start, end in _joined(spans))


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans with short pauses between them taken together."""
    held: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if held is not None and start <= held[1] + _PAUSE:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


class Clips:
    """The clips of an archive, kept under `.onrecord/clips/`."""

    def __init__(self, archive: Archive) -> None:
        self.folder = archive.hidden / "clips"
        self._guard = threading.Lock()
        self._making: dict[Path, threading.Lock] = {}

    def kept(self, event: PublicEvent, clip: Clip) -> PublicFile | None:
        """A clip that has been made already; None: it has not. Raises `ClipRefusedError`."""
        path = self._path(allowed(event, clip), clip)
        return self._file(event, clip, path) if path.is_file() else None

    def make(self, event: PublicEvent, clip: Clip) -> PublicFile:
        """A clip, made now if need be, once however many ask; raises `ClipRefusedError` or `MediaError`."""
        media = allowed(event, clip)
        path = self._path(media, clip)
        with self._guard:
            alone = self._making.setdefault(path, threading.Lock())
        try:
            with alone:
                if not path.is_file():
                    _write(media, clip, path)
                    self._make_room(path)
        finally:
            with self._guard:
                self._making.pop(path, None)
        return self._file(event, clip, path)

    def sweep(self, events: Iterable[PublicEvent]) -> None:
        """Takes away every clip that may not be given any more: of what is not public now, of a rendition that is
        no more, of words that are kept back.
        """
        folders = [folder for folder in self._folders() if any(folder.iterdir())]
        if not folders:
            return
        public: dict[str, list[PublicEvent]] = {}
        for event in events:
            for recording in event.recordings:
                if recording.media:
                    public.setdefault(recording.media.path.parent.name, []).append(event)
        for folder in folders:
            for path in list(folder.iterdir()):
                if not any(self._holds(event, path) for event in public.get(folder.name, ())):
                    path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                folder.rmdir()  # only when it is empty

    def _folders(self) -> list[Path]:
        return [folder for folder in self.folder.iterdir() if folder.is_dir()] if self.folder.is_dir() else []

    def _holds(self, event: PublicEvent, path: Path) -> bool:
        match = _KEPT_NAME.fullmatch(path.name)
        clip = named(f"{match[1]}.{match[3]}") if match else None
        if clip is None:
            return False
        try:
            return self._path(allowed(event, clip), clip) == path
        except OnrecordError:
            return False

    def _path(self, media: PublicMedia, clip: Clip) -> Path:
        """Where a clip is kept: its name tells which rendition it was cut from."""
        try:
            stat = media.path.stat()
        except FileNotFoundError as error:
            raise ClipRefusedError("there is no such recording to hear.", reason="gone") from error
        made_from = hashlib.sha256(
            f"{media.path.name} {stat.st_mtime_ns} {stat.st_size}".encode()
        ).hexdigest()
        stem, _, form = clip.name.rpartition(".")
        return self.folder / media.path.parent.name / f"{stem}.{made_from[:16]}.{form}"

    def _file(self, event: PublicEvent, clip: Clip, path: Path) -> PublicFile:
        return PublicFile(path, clip.name, _TYPES[clip.form], event.unlisted)

    def _make_room(self, newest: Path) -> None:
        """Keeps all clips together below the limit."""
        found = [(path.stat(), path) for folder in self._folders() for path in folder.iterdir()]
        weight = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda row: row[0].st_mtime_ns):
            if weight <= _KEPT_BYTES:
                break
            if path != newest:
                path.unlink(missing_ok=True)
                weight -= stat.st_size


def _write(media: PublicMedia, clip: Clip, path: Path) -> None:
    from onrecord.media.clips import cut, export_mp3, export_opus, softened  # PyAV and numpy take their time

    make_folder(path.parent)
    piece = softened(cut(media.path, clip.start, min(clip.end, media.duration)))
    (export_opus if clip.form == "opus" else export_mp3)(piece, path)
