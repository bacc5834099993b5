"""A folder to watch: recordings that are dropped into it are taken, each once.

A file says by its place which discussion it belongs to: in a folder named as the event's address, or with the address
or the date at the beginning of its own name. It is registered as a recording whose source is the file; the fetch copies
it. The event's own file is thus the list of what was taken, and the folder is only read.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import LockedError, NotFoundError
from onrecord.events.model import Event
from onrecord.files import sha256, translated
from onrecord.media.fetch import FILE_ENDINGS, source_file
from onrecord.media.originals import find_original
from onrecord.media.registering import Register
from onrecord.progress import Progress, Report, silent

STILL = 10.0  # seconds that a file must not change in
_UNFINISHED = re.compile(
    r"^(?:~|\.)|^~?\$|~$|\.(?:part|partial|crdownload|download|filepart|tmp|temp|opdownload|!ut|aria2|ytdl)\b",
    re.I,
)
_DATE = re.compile(
    r"^(?:GMT|audio|video|recording|zoom|meeting)?[ _-]*(\d{4})-?(\d{2})-?(\d{2})(?!\d)", re.IGNORECASE
)


@dataclass(frozen=True)
class Taken:
    """A file that was registered as a recording of an event."""

    path: Path
    stem: str
    recording_id: str


@dataclass(frozen=True)
class Left:
    """A file that is left where it is, and why, in a sentence."""

    path: Path
    sentence: str


def take_new_files(
    archive: Archive,
    listen: Progress = silent,
    *,
    still: float = STILL,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Taken]:
    """Registers every new file in the folder of the setting `fetch.watch` that has stood still for `still` seconds.

    Returns what was taken; `left_files` tells what was not. An event at work is left for the next time. Raises
    `NotFoundError` when there is no such folder.
    """
    from onrecord.events.registry import Registry  # pulls in the writer of TOML

    registry = Registry(archive)
    waiting = [found for found in _sorted_out(archive, registry.scan().events) if isinstance(found, _Waiting)]
    if not waiting:
        return []
    before = {found.path: _look(found.path) for found in waiting}
    sleep(still)
    taken: list[Taken] = []
    for found in waiting:
        if before[found.path] is None or before[found.path] != _look(found.path):
            continue
        register = Register(archive, found.event.stem, archive.shown(found.path))
        try:
            registry.edit(found.event.stem, register)
        except LockedError:
            continue
        taken.append(Taken(found.path, found.event.stem, register.recording_id))
        listen(Report("watch", found.path.name, len(taken), len(waiting), "items"))
    return taken


def left_files(archive: Archive) -> tuple[Left, ...]:
    """The recordings in the folder to watch that belong to no event, or to more than one, or are here already."""
    from onrecord.events.registry import Registry

    found = (
        _sorted_out(archive, Registry(archive).scan().events) if archive.settings.text("fetch.watch") else ()
    )
    return tuple(one for one in found if isinstance(one, Left))


@dataclass(frozen=True)
class _Waiting:
    path: Path
    event: Event


def _sorted_out(archive: Archive, events: tuple[Event, ...]) -> list[_Waiting | Left]:
    """Each recording in the folder that was not taken yet."""
    setting = archive.settings.text("fetch.watch")
    if not setting:
        return []
    root = archive.root / Path(setting).expanduser()
    if not root.is_dir():
        raise NotFoundError(
            "the folder to watch is not there.",
            path=plain_path(root),
            advice="Make it, or correct 'watch' under [fetch] in onrecord.toml.",
        )
    taken = {
        path.resolve()
        for event in events
        for recording in event.recordings
        if recording.source and (path := source_file(archive, recording.source)) is not None
    }
    found: list[_Waiting | Left] = []
    for path in _recordings(root):
        if path.resolve() in taken:
            continue
        fitting = _belongs(path.relative_to(root), events)
        if len(fitting) != 1:
            names = ", ".join(f"'{event.slug}'" for event in fitting)
            why = f"it could belong to {names}" if fitting else "no event is named by its folder or its name"
            found.append(
                Left(plain_path(path), f"{why}; move it into a folder named as the event's address.")
            )
        elif (same := _here_already(archive, fitting[0], path)) is not None:
            found.append(Left(plain_path(path), f"it is here already, as {same}."))
        else:
            found.append(_Waiting(path, fitting[0]))
    return found


def plain_path(path: Path) -> Path:
    """A path as a person reads it: without steps that lead back, such as `archive/../incoming`."""
    return Path(os.path.normpath(path))


def _recordings(root: Path) -> Iterator[Path]:
    """The plain files below `root` that are named like recordings, finished ones, in their order."""
    with translated(root):
        for place, folders, names in os.walk(root):  # Path.walk came with Python 3.12
            folder = Path(place)
            folders[:] = sorted(name for name in folders if not _UNFINISHED.search(name))
            for name in sorted(names):
                path = folder / name
                if (
                    not _UNFINISHED.search(name)
                    and path.suffix.lower() in FILE_ENDINGS
                    and not path.is_symlink()
                    and path.is_file()
                ):
                    yield path


def _look(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    # The time of the last change of any kind cannot be set by the program that copies, unlike the time of writing.
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino) if found.st_size else None


def _belongs(path: Path, events: tuple[Event, ...]) -> list[Event]:
    """The events that a file in the folder may belong to: by its folder, else by its name, else by a date in either."""
    texts = [*path.parts[-2::-1], path.stem]
    for folder in path.parts[:-1]:
        if named := [event for event in events if folder.lower() in _names(event)]:
            return named
    best: list[tuple[int, Event]] = []
    for event in events:
        if lengths := [
            len(name)
            for name in _names(event)
            if re.match(rf"{re.escape(name)}(?![a-z0-9])", path.stem.lower())
        ]:
            best.append((max(lengths), event))
    if best:
        longest = max(length for length, _ in best)
        return [event for length, event in best if length == longest]
    for text in texts:
        if (day := _day(text)) and (fitting := [event for event in events if day in _days(event)]):
            return fitting
    return []


def _names(event: Event) -> set[str]:
    return {name.lower() for name in (event.slug, event.stem, event.id, *event.aliases)}


def _day(text: str) -> date | None:
    if match := _DATE.match(text):
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            return None
    return None


def _days(event: Event) -> set[date]:
    """The day of an event where it took place, and in UTC, which meeting programs write."""
    return {event.starts.date(), event.starts_at.date()}


def _here_already(archive: Archive, event: Event, path: Path) -> str | None:
    """The id of the recording that holds the same bytes, under whatever name they came."""
    size = path.stat().st_size
    for recording in event.recordings:
        original = find_original(archive, event.stem, recording.id)
        if original is not None and original.size == size and original.sha256 == sha256(path):
            return recording.id
    return None
