"""Renditions: what the public plays. Derived from the original, trimmed, without metadata, playable
everywhere.

Video is H.264 with AAC in MP4, sound is AAC in M4A, both with the index first. Streams are copied where they
are so already and nothing has to be cut; a cut is always encoded anew, so that nothing from before it is in
the file at all: no earlier key frame, nothing that an edit list only hides. A rendition's clock begins at its
trim.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from onrecord.archive import Archive
from onrecord.errors import MediaError, NotFoundError, RenderError
from onrecord.events.model import Event, Recording
from onrecord.files import inside, make_folder, settle, sha256, sync_folder, write_text
from onrecord.locks import lock
from onrecord.media.encoding import encode
from onrecord.media.originals import Original, find_original
from onrecord.media.pictures import make_poster, make_waveform, poster_of_picture
from onrecord.media.probe import Probe, probe, read_to_end
from onrecord.progress import Progress, silent
from onrecord.timecode import clock

VERSION = 1  # of the way renditions are made: raising it makes them all anew

Trim = tuple[int, int]


@dataclass(frozen=True)
class Rendition:
    """A finished rendition. Lengths in milliseconds, `size` in bytes, `trim` on the original's clock."""

    path: Path
    kind: Literal["video", "audio"]
    mime: str
    duration: int
    trim: Trim | None
    size: int
    width: int = 0
    height: int = 0
    poster: Path | None = None
    waveform: Path | None = None


def on_rendition(position: int, trim: Trim | None) -> int | None:
    """A position on the original's clock as one on the rendition's; None when it was trimmed away."""
    if trim is None:
        return position
    start, end = trim
    return position - start if start <= position <= end else None


def on_original(position: int, trim: Trim | None) -> int:
    """A position on the rendition's clock as one on the original's."""
    return position + (trim[0] if trim else 0)


def find_rendition(archive: Archive, event: Event, recording: Recording) -> Rendition | None:
    """The rendition of a recording, when there is one and it is of this original, this trim and these
    settings.
    """
    original = find_original(archive, event.stem, recording.id)
    if original is None:
        return None
    folder = archive.renditions(event.stem)
    try:
        record = json.loads((folder / f"{recording.id}.json").read_text(encoding="utf-8"))
        if record["made_from"] != _made_from(archive, event, recording, original):
            return None
        found = Rendition(
            folder / record["file"], record["kind"], record["mime"], record["duration_ms"],
            tuple(record["trim"]) if record["trim"] else None, record["size"], record["width"],
            record["height"],
            folder / record["poster"] if record["poster"] else None,
            folder / record["waveform"] if record["waveform"] else None,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):  # derived: whatever is wrong with it, it is made again
        return None
    pictures = [picture for picture in (found.poster, found.waveform) if picture]
    if (
        not found.path.is_file()
        or found.path.stat().st_size != found.size
        or not all(map(Path.is_file, pictures))
    ):
        return None
    return found


def render(
    archive: Archive, event: Event, recording: Recording, *, again: bool = False, listen: Progress = silent
) -> Rendition:
    """Makes the rendition of a recording, or gives the one that stands.

    Raises `NotFoundError` when there is no original yet, `RenderError` when none can be made, `LockedError`
    when another onrecord makes it. A crash leaves the rendition that stood before, or none; never half of
    one.
    """
    with lock(archive, f"{event.stem}.{recording.id}.render", doing="render"):
        standing = find_rendition(archive, event, recording)
        if standing is not None and not again:
            return standing
        original = find_original(archive, event.stem, recording.id)
        if original is None:
            raise NotFoundError(
                f"'{recording.id}' of '{event.slug}' has no original yet.",
                slug=event.slug, advice=f"Fetch it first: onrecord fetch {event.slug} {recording.id}",
            )  # fmt: skip
        _check_whole(original)
        return _make(archive, event, recording, original, listen)


def _check_whole(original: Original) -> None:
    """Raises `RenderError` for an original that is no longer what was fetched: what the public gets is never made of
    one. Reading it once more costs a fraction of what encoding it does.
    """
    if original.path.stat().st_size != original.size or sha256(original.path) != original.sha256:
        raise RenderError(
            "the original is not as it was fetched: it was changed, or the disk is failing.",
            path=original.path,
            advice="'onrecord check' names every file that is damaged; put it back from a backup.",
        )


def _make(
    archive: Archive, event: Event, recording: Recording, original: Original, listen: Progress
) -> Rendition:
    """Makes everything in the work folder, then moves it to its place, the record of it last."""
    wanted = _made_from(archive, event, recording, original)
    kind: Literal["video", "audio"] = wanted["kind"]
    trim = _trim(recording, original, event)
    ending = "mp4" if kind == "video" else "m4a"
    work = make_folder(archive.work(event.stem))
    media = work / f"{recording.id}.render.{ending}"
    poster, waveform = work / f"{recording.id}.render.jpg", work / f"{recording.id}.render.svg"
    try:
        made = _encoded(
            archive, original, media, kind, trim, subject=f"{event.stem}/{recording.id}", listen=listen
        )
        duration = made.duration_ms or 0
        has_poster = kind == "video" and make_poster(media, poster, duration)
        picture = _picture(archive, event)
        if kind == "audio" and picture is not None:
            poster_of_picture(picture, poster)
            has_poster = True
        if made.audio:
            make_waveform(media, waveform, duration, listen=listen)
        folder = make_folder(archive.renditions(event.stem))
        record = folder / f"{recording.id}.json"
        record.unlink(missing_ok=True)  # from here on until the new record stands, there is no rendition
        sync_folder(folder)
        for name in ("mp4", "m4a", "jpg", "svg"):
            (folder / f"{recording.id}.{name}").unlink(missing_ok=True)
        shown = made.video[0] if made.video else None
        turned = shown is not None and shown.rotation in {90, 270}
        data = {
            "format": 1,
            "made_from": wanted,
            "file": f"{recording.id}.{ending}",
            "kind": kind,
            "mime": f"{kind}/mp4",
            "duration_ms": duration,
            "trim": recording.trim,
            "size": media.stat().st_size,
            "width": (shown.height if turned else shown.width) if shown else 0,
            "height": (shown.width if turned else shown.height) if shown else 0,
            "poster": f"{recording.id}.jpg" if has_poster else None,
            "waveform": f"{recording.id}.svg" if made.audio else None,
        }
        for file in (media, poster, waveform):
            if file.exists():
                file.chmod(0o444)  # the published site may hold the same file under a second name
                settle(file, folder / f"{recording.id}{file.suffix}")
        write_text(record, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    finally:
        for file in (media, poster, waveform):
            file.unlink(missing_ok=True)
    found = find_rendition(archive, event, recording)
    assert found is not None
    return found


def _encoded(
    archive: Archive,
    original: Original,
    target: Path,
    kind: Literal["video", "audio"],
    trim: Trim | None,
    *,
    subject: str,
    listen: Progress,
) -> Probe:
    """Writes the rendition to `target` and checks it; where copied streams do not come out well, they are
    encoded.
    """
    expected = trim[1] - trim[0] if trim else original.duration
    height = int(archive.settings.number("render.max-height"))
    for copy in (True, False):
        target.unlink(missing_ok=True)
        copied = False
        try:
            copied = encode(
                original,
                target,
                kind=kind,
                trim=trim,
                max_height=height,
                copy=copy,
                subject=subject,
                listen=listen,
            )
            made, reading = probe(target), read_to_end(target)
            if abs(reading.duration_ms - expected) > max(1000, expected * 0.01):
                raise RenderError(
                    f"the rendition came out {clock(reading.duration_ms)} long instead of {clock(expected)}.",
                    path=original.path, advice="Look at the original in a player, and run it again.",
                )  # fmt: skip
            if copied and reading.errors:
                raise RenderError("the copied streams cannot be decoded everywhere.", path=original.path)
        except MediaError:
            if not copied:
                raise
        else:
            return made
    raise AssertionError("the second pass copies nothing, so it returns or raises")


def _made_from(archive: Archive, event: Event, recording: Recording, original: Original) -> dict[str, Any]:
    """What a rendition depends on: when any of it changes, it is made anew."""
    kind = "video" if original.video and recording.kind != "audio" else "audio"
    picture = _picture(archive, event) if kind == "audio" else None
    return {
        "version": VERSION,
        "original_sha256": original.sha256,
        "kind": kind,
        "trim": list(recording.trim) if recording.trim else None,
        "max_height": int(archive.settings.number("render.max-height")),
        "picture_sha256": sha256(picture) if picture else None,
    }


def _picture(archive: Archive, event: Event) -> Path | None:
    """The event's picture: beside the event's own file or among its media, never outside the archive."""
    if not event.picture:
        return None
    places = [folder / event.picture for folder in (archive.events, archive.media(event.stem))]
    return next((place for place in places if inside(archive.root, place) and place.is_file()), None)


def _trim(recording: Recording, original: Original, event: Event) -> Trim | None:
    """The part that is kept, in milliseconds of the original; None for all of it."""
    if recording.trim is None:
        return None
    start, end = recording.trim[0], min(recording.trim[1], original.duration)
    if start >= end:
        raise RenderError(
            f"the trim of '{recording.id}' keeps nothing: the recording is {clock(original.duration)} long, "
            f"and it is to begin at {clock(start)} and to end at {clock(recording.trim[1])}.",
            slug=event.slug, key="trim", advice="Correct the trim in the event's file.",
        )  # fmt: skip
    return None if start == 0 and end == original.duration else (start, end)
