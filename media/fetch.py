"""Getting a recording: from the archive's folder, from anywhere on this machine, from the web, from a platform, from a
browser.

What has come is kept in the work folder until it is whole and checked, so a fetch that was stopped, in whatever way, is
finished by running it again. What went wrong is written beside the place of the original.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from onrecord import __version__
from onrecord.archive import Archive
from onrecord.errors import (
    BlockedAddressError,
    FetchError,
    IncompleteMediaError,
    MediaError,
    NotFoundError,
    NotMediaError,
)
from onrecord.events.model import Event, Recording
from onrecord.files import make_folder, write_text
from onrecord.locks import lock
from onrecord.media.address import shown_address
from onrecord.media.arrival import Arrival
from onrecord.media.local import copy
from onrecord.media.originals import (
    Attempt,
    Original,
    accept,
    find_original,
    keep_side_file,
    last_attempt,
    record_failure,
)
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience, persist
from onrecord.media.uploads import Uploads, upload_of
from onrecord.progress import Progress, Report, silent
from onrecord.toml import did_you_mean

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:(?=//|\S*$)")  # "Talk: the beginning.mp4" is a file
FILE_ENDINGS = {
    ".mp4", ".m4a", ".m4v", ".mov", ".mp3", ".wav", ".flac", ".ogg", ".oga", ".ogv", ".opus", ".webm", ".mkv", ".mka", ".avi",
    ".aac", ".wma", ".wmv", ".aiff", ".aif", ".amr", ".3gp", ".ts", ".mts", ".m2ts", ".caf",
}  # fmt: skip
_LONGEST_REST = timedelta(hours=6)

Tell = Callable[[float, float | None, str], None]


def fetch(
    archive: Archive,
    event: Event,
    recording: Recording,
    *,
    listen: Progress = silent,
    again: bool = False,
    keep_as_it_is: bool = False,
    at_once: bool = False,
    patience: Patience | None = None,
    bounds: Bounds | None = None,
) -> Original:
    """Makes the original of a recording stand; one that stands is left alone unless `again`.

    A recording whose last fetch failed is left alone until its time has come, or for good when trying again cannot help;
    `again`, a change of the event's file or of the source brings it back. With `again` the earlier original stays
    until a new one has passed every check, and beside it then. `keep_as_it_is` takes a file whose lengths do not fit.
    `at_once` is for who keeps times of their own: a recording whose last fetch failed is tried all the same.

    Raises `LockedError`, `StorageError`, and the kinds of `MediaError`; those are recorded as the last attempt.
    """
    patience = patience or Patience()
    bounds = bounds or Bounds(int(archive.settings.number("fetch.max-gigabytes") * 1e9))
    subject = f"{event.slug} {recording.id}"

    def tell(done: float, total: float | None, note: str = "") -> None:
        listen(Report("fetch", subject, done, total, "bytes", note))

    # A lock of its own: a download of hours keeps nobody from correcting the transcripts of the same event.
    with lock(archive, f"{event.stem}.{recording.id}.fetch", doing=f"fetch {recording.id}"):
        standing = find_original(archive, event.stem, recording.id)
        if standing is not None and not again:
            _finish_beside(archive, standing)
            _forget_upload(archive, recording)
            return standing
        if not (again or keep_as_it_is or at_once):
            _respect_last_attempt(archive, event, recording)
        work = _Work(archive, event, recording)
        if work.judged.exists() and not keep_as_it_is:
            work.clear()  # to go on with it would only lead to the same judgement
        arrival: Arrival | None = None
        try:
            arrival = _get(archive, event, recording, work, patience, bounds, tell)
            return _take(archive, event, recording, arrival, work, keep_as_it_is, listen)
        except MediaError as error:
            _record(archive, event, recording, error, open_ended=arrival is not None and _open_ended(arrival))
            raise


class _Work:
    """The places in the work folder that belong to one recording."""

    def __init__(self, archive: Archive, event: Event, recording: Recording) -> None:
        self.folder = make_folder(archive.work(event.stem))
        self.part = self.folder / f"{recording.id}.part"
        self.platform = self.folder / f"{recording.id}.platform"
        self.beside = self.folder / f"{recording.id}.beside"
        self.judged = (
            self.folder / f"{recording.id}.judged"
        )  # what is here came to its end, and was found too short

    def clear(self) -> None:
        """Throws away what came."""
        self.judged.unlink(missing_ok=True)
        self.part.unlink(missing_ok=True)
        self.part.with_name(f"{self.part.name}.json").unlink(missing_ok=True)
        for folder in (self.platform, self.beside):
            shutil.rmtree(folder, ignore_errors=True)


def source_file(archive: Archive, source: str) -> Path | None:
    """The file that a source names, as seen from the archive's folder; None for an address."""
    if _SCHEME.match(source) and not (archive.root / source).exists():
        return None
    return archive.root / Path(source).expanduser()


def _get(
    archive: Archive, event: Event, recording: Recording, work: _Work, patience: Patience, bounds: Bounds, tell: Tell
) -> Arrival:  # fmt: skip
    source = recording.source.strip()
    if not source:
        raise FetchError(
            f"the recording '{recording.id}' has no source.", permanent=True,
            advice=f"Name its address or file: 'onrecord event edit {event.slug}'.",
        )  # fmt: skip
    path = source_file(archive, source)
    if path is not None:
        size = copy(path, work.part, bounds, tell=lambda done, total: tell(done, total, ""))
        return Arrival(work.part, archive.shown(path), f"onrecord {__version__}", size)
    if (upload := upload_of(source)) is not None:
        return Uploads(archive).take(upload, work.part, f"{event.slug} {recording.id}")
    scheme = source.partition(":")[0].lower()
    if scheme == "file":
        raise FetchError(
            "an address that begins with file: is not fetched.", permanent=True, url=source,
            advice="Write the path alone: '/folder/recording.mp4', or as seen from the archive's folder.",
        )  # fmt: skip
    if scheme not in ("http", "https"):
        raise FetchError(
            f"an address that begins with {scheme}: is not fetched.", permanent=True, url=shown_address(source),
            advice="Use an address that begins with https:// or http://, or the path of a file.",
        )  # fmt: skip
    arrival, _ = persist(
        lambda: _get_from_web(archive, event, recording, work, patience, bounds, tell),
        tries=int(archive.settings.number("fetch.tries")),
        patience=patience,
        reached=lambda: _reached(work),
        tell=lambda note: tell(_reached(work), None, note),
    )
    return arrival


def _reached(work: _Work) -> int:
    """How many bytes are here: what a try is measured by."""
    files = [work.part, *(work.platform.iterdir() if work.platform.is_dir() else ())]
    return sum(file.stat().st_size for file in files if file.is_file())


def _get_from_web(
    archive: Archive, event: Event, recording: Recording, work: _Work, patience: Patience, bounds: Bounds, tell: Tell
) -> Arrival:  # fmt: skip
    # The client (0.1 s) and yt-dlp (0.4 s) are imported only where something is fetched from the web.
    from onrecord.media.guard import Guard
    from onrecord.media.http import PageFoundError, download
    from onrecord.media.web import Web

    source = recording.source.strip()
    guard = Guard(archive.settings.items("fetch.allow-hosts"))
    with Web(guard, patience) as web:
        if _looks_like_a_file(source) or not _on_platform(source):
            try:
                came = download(
                    web, source, work.part, bounds, tell=lambda done, total: tell(done, total, "")
                )
                return Arrival(came.path, shown_address(source), f"onrecord {__version__}", came.expected)
            except PageFoundError:
                work.part.unlink(missing_ok=True)
        from onrecord.media.platform import fetch_from_platform

        return fetch_from_platform(
            web,
            source,
            work.platform,
            bounds,
            sound_only=recording.kind == "audio",
            max_height=int(archive.settings.number("render.max-height")),
            languages=recording.languages or event.languages,
            passcode=passcode(event, recording),
            tell=tell,
        )


def _looks_like_a_file(source: str) -> bool:
    from urllib.parse import urlsplit

    return Path(urlsplit(source).path).suffix.lower() in FILE_ENDINGS


def _on_platform(source: str) -> bool:
    from onrecord.media.ytdlp import knows

    return knows(source)


def passcode(event: Event, recording: Recording) -> str:
    """The passcode of a recording: `[private.passcodes]` by the recording's id, else `passcode` in `[private]`."""
    own: Any = event.private.get("passcodes")
    found = own.get(recording.id) if isinstance(own, dict) else None
    return str(found if found is not None else event.private.get("passcode") or "")


def _take(
    archive: Archive, event: Event, recording: Recording, arrival: Arrival, work: _Work, keep_as_it_is: bool, listen: Progress
) -> Original:  # fmt: skip
    """Has what came checked and put in its place, then what came with it."""
    _set_out(work, arrival)
    local = source_file(archive, recording.source.strip())

    def tell(report: Report) -> None:
        listen(replace(report, subject=f"{event.slug} {recording.id}"))

    try:
        original = accept(
            archive, event.stem, recording.id, arrival.path, source=arrival.source, tool=arrival.tool,
            metadata=dict(arrival.metadata), expected_size=arrival.size, expected_ms=arrival.duration_ms,
            keep_as_it_is=keep_as_it_is, listen=tell,
        )  # fmt: skip
    except (IncompleteMediaError, NotMediaError) as error:
        if isinstance(error, NotMediaError):
            work.clear()
        elif not _open_ended(arrival):
            work.judged.touch()
        if error.path == arrival.path:  # a person knows the file by its source
            error.path, error.url = local, None if local else arrival.source
        raise
    _finish_beside(archive, original)
    work.clear()
    _forget_upload(archive, recording)
    return original


def _forget_upload(archive: Archive, recording: Recording) -> None:
    """Throws away an upload that has become an original."""
    upload = upload_of(recording.source)
    if upload is not None:
        Uploads(archive).discard(upload)


def _open_ended(arrival: Arrival) -> bool:
    """Whether nobody said how long the file should be: then one that is too short was cut off, and more of it may come."""
    return arrival.size is None and arrival.path.suffix == ".part"


def _set_out(work: _Work, arrival: Arrival) -> None:
    """Puts side files where they are found again if we are stopped between the original and them."""
    shutil.rmtree(work.beside, ignore_errors=True)
    if not arrival.beside:
        return
    make_folder(work.beside)
    for suffix, file in arrival.beside.items():
        file.replace(work.beside / suffix)
    write_text(work.beside / "for.json", json.dumps({"size": arrival.path.stat().st_size}))


def _finish_beside(archive: Archive, original: Original) -> None:
    """Puts the captions and the picture beside the original that they came with."""
    folder = archive.work(original.stem) / f"{original.recording_id}.beside"
    try:
        belongs = json.loads((folder / "for.json").read_text(encoding="utf-8")).get("size") == original.size
    except (OSError, ValueError):
        return
    if belongs:
        for file in sorted(folder.iterdir()):
            if file.name != "for.json":
                keep_side_file(archive, original.stem, original.recording_id, file.name, file)
    shutil.rmtree(folder, ignore_errors=True)


def _respect_last_attempt(archive: Archive, event: Event, recording: Recording) -> None:
    """Raises `FetchError` when the last fetch failed and nothing has changed since."""
    last = last_attempt(archive, event.stem, recording.id)
    if last is None or changed_since_attempt(archive, event, recording):
        return
    advice = f"To try all the same: 'onrecord fetch {event.slug} {recording.id} --again'."
    if last.permanent:
        raise FetchError(
            f"its last fetch failed, and trying again would not help: {last.error}",
            permanent=True,
            advice=advice,
        )
    if last.not_before is not None and last.not_before > datetime.now(UTC):
        error = FetchError(
            f"its last fetch failed ({last.error}); it is left alone until {last.not_before:%Y-%m-%d %H:%M} UTC.",
            advice=advice,
        )
        error.wait = (last.not_before - datetime.now(UTC)).total_seconds()
        raise error


def changed_since_attempt(archive: Archive, event: Event, recording: Recording) -> bool:
    """Whether the event's file, the settings or the source was changed after the last attempt, which there was."""
    then = (archive.media(event.stem) / f"{recording.id}.json").stat().st_mtime
    files = [
        archive.events / f"{event.stem}.toml",
        archive.settings_file,
        source_file(archive, recording.source.strip()),
    ]
    return any(file is not None and file.exists() and file.stat().st_mtime > then for file in files)


def _record(
    archive: Archive, event: Event, recording: Recording, error: MediaError, *, open_ended: bool
) -> None:
    """Writes down what went wrong, and when it may be tried again."""
    before = last_attempt(archive, event.stem, recording.id)
    tries = getattr(error, "tries", 1)
    if before is not None:
        tries += before.tries
    local = source_file(archive, recording.source.strip()) is not None
    later: datetime | None = None
    # A missing file, or a host that the settings may name, is looked at again at once: that costs nothing.
    at_once = isinstance(error, BlockedAddressError) or (local and isinstance(error, FetchError))
    permanent = (
        error.permanent
        if isinstance(error, FetchError)
        else not (open_ended and isinstance(error, IncompleteMediaError))
    )
    if at_once:
        permanent = False
    elif not permanent:
        rest = min(_LONGEST_REST, timedelta(seconds=20 * tries))
        later = datetime.now(UTC) + max(rest, timedelta(seconds=getattr(error, "wait", None) or 0))
    record_failure(archive, event.stem, recording.id, Attempt(str(error), permanent, tries, later))


def chosen(
    archive: Archive, event: str | None = None, recording: str | None = None
) -> list[tuple[Event, Recording]]:
    """The recordings that a command means: all that have a source, those of one event, or one.

    An event that was withdrawn is left alone unless it is named. Raises `NotFoundError`.
    """
    from onrecord.events.registry import (
        Registry,
    )  # pulls in the writer of TOML, which a fetch itself does not need

    registry = Registry(archive)
    events = (
        [registry.get(event)] if event else [found for found in registry.scan().events if not found.withdrawn]
    )
    pairs = [(found, one) for found in events for one in found.recordings if one.source or event]
    if recording is not None:
        pairs = [(found, one) for found, one in pairs if one.id == recording]
        if not pairs:
            known = [one.id for found in events for one in found.recordings]
            raise NotFoundError(
                f"there is no recording '{recording}' in '{event}'.",
                advice=did_you_mean(recording, known) or f"There are: {', '.join(known) or 'none'}.",
            )
    return pairs
