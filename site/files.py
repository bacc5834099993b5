"""The files of an event that are served as they are: renditions, posters, waveforms, offered originals."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.site.public import PublicEvent, PublicRecording


@dataclass(frozen=True)
class PublicFile:
    """A file with the name and the type that the public reads; `path` is for the server and the export."""

    path: Path
    name: str
    media_type: str
    noindex: bool = False
    attachment: bool = False


def files_of(event: PublicEvent) -> Iterator[PublicFile]:
    """Every such file of an event."""
    for recording in event.recordings:
        yield from _of(event, recording)


def find_file(event: PublicEvent, name: str) -> PublicFile | None:
    """The file with this name, compared with the names that there are and never put together into a path."""
    return next((file for file in files_of(event) if file.name == name), None)


def _of(event: PublicEvent, recording: PublicRecording) -> Iterator[PublicFile]:
    media, hidden = recording.media, event.unlisted
    if media is None:
        return
    yield PublicFile(media.path, f"{recording.id}.{media.extension}", media.mime, hidden)
    if media.poster:
        yield PublicFile(media.poster, f"{recording.id}.jpg", "image/jpeg", hidden)
    if media.waveform:
        suffix = media.waveform.suffix
        kind = "image/svg+xml" if suffix == ".svg" else "application/json"
        yield PublicFile(media.waveform, f"{recording.id}.waveform{suffix}", kind, hidden)
    if media.original:
        name = f"{recording.id}.original{media.original.suffix}"
        kind = mimetypes.guess_type(media.original.name)[0] or "application/octet-stream"
        yield PublicFile(media.original, name, kind, hidden, attachment=True)
