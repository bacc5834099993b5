"""Keeps the organisers' index as the files are: what has changed is taken in alone, what is gone is
forgotten.
"""

from __future__ import annotations

import hashlib
import json
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import DictionaryError, FormatError, OnrecordError
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.progress import Progress, Report, silent
from onrecord.transcripts.library import Library
from onrecord.transcripts.search.index import SCHEMA, Index, IndexedEvent, IndexedTranscript

_PATIENCE = 60.0  # seconds that a second onrecord waits for the index


@dataclass(frozen=True)
class Indexed:
    """What a run on the index did: how many events it took in and forgot, and the files that it could not
    read.
    """

    taken_in: int
    forgotten: int
    problems: tuple[OnrecordError, ...]


def refresh_index(
    archive: Archive,
    *,
    registry: Registry | None = None,
    stems: Sequence[str] | None = None,
    wait: float = _PATIENCE,
    listen: Progress = silent,
) -> Indexed:
    """Takes in the events whose files have changed, or only those among `stems`, and forgets those that are
    gone.

    Raises `SearchIndexError` for a damaged index, `LockedError` when another onrecord has it longer than
    `wait` seconds.
    """
    scan = (registry or Registry(archive)).scan()
    library = Library(archive)
    problems: list[OnrecordError] = list(scan.problems) if stems is None else []
    taken_in = forgotten = 0
    with lock(archive, "index", wait=wait, doing="index"), Index(archive.index_file) as index:
        known = index.fingerprints()
        changed = []
        for event in scan.events:
            if stems is None or event.stem in stems:
                fingerprint = event_fingerprint(archive, library, event)
                if known.get(event.stem) != fingerprint:
                    changed.append((event, fingerprint))
        for event, fingerprint in changed:
            index.put(indexed_event(event), list(_transcripts(library, event, problems)), fingerprint)
            taken_in += 1
            listen(Report("index", "events", taken_in, len(changed), "items"))
        unreadable = {problem.path.stem for problem in scan.problems if problem.path is not None}
        for stem in known.keys() - {event.stem for event in scan.events} - unreadable:
            index.remove(stem)
            forgotten += 1
        _learn(index, problems)
    return Indexed(taken_in, forgotten, tuple(problems))


def remake_index(archive: Archive, *, listen: Progress = silent) -> Indexed:
    """Makes the whole index again from the files, in one transaction; a damaged or older one is begun
    anew.
    """
    scan = Registry(archive).scan()
    library = Library(archive)
    problems: list[OnrecordError] = list(scan.problems)

    def everything() -> Iterator[tuple[IndexedEvent, list[IndexedTranscript], str]]:
        for number, event in enumerate(scan.events, 1):
            fingerprint = event_fingerprint(archive, library, event)
            yield indexed_event(event), list(_transcripts(library, event, problems)), fingerprint
            listen(Report("index", "events", number, len(scan.events), "items"))

    with lock(archive, "index", wait=_PATIENCE, doing="reindex"), Index.remake(archive.index_file) as index:
        taken_in = index.fill(everything())
        _learn(index, problems)
        index.settle()
    return Indexed(taken_in, 0, tuple(problems))


def _learn(index: Index, problems: list[OnrecordError]) -> None:
    try:
        index.learn()
    except DictionaryError as error:
        problems.append(error)


def event_fingerprint(archive: Archive, library: Library, event: Event) -> str:
    """Changes whenever anything changes that the index holds of an event."""
    files = [archive.events / f"{event.stem}.toml", archive.speakers_file]
    files += [entry.path for entry in library.entries(event.stem)]
    state = [SCHEMA, _note(event), [_signature(path) for path in files]]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]


def _signature(path: Path) -> tuple[str, int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return path.name, stat.st_mtime_ns, stat.st_size, stat.st_ino


def indexed_event(event: Event) -> IndexedEvent:
    """All that organisers find of an event; what stands under `[private]` is found by nobody."""
    other = [part for one in event.speakers for part in (one.shown_as or "", one.role, one.affiliation)]
    other += [item.title for item in event.agenda]
    other += [recording.title for recording in event.recordings]
    return IndexedEvent(
        stem=event.stem,
        slug=event.slug,
        title=event.title,
        starts_at=event.starts.replace(tzinfo=zoneinfo.ZoneInfo(event.timezone)),
        summary=event.summary,
        description=event.description,
        series=event.series,
        tags=event.tags,
        languages=event.languages,
        speakers=tuple(one.name for one in event.speakers),
        links=tuple(f"{link.label} {link.url}" for link in event.links),
        other=" ; ".join(part for part in other if part),
        note=_note(event),
    )


def _note(event: Event) -> str:
    if event.withdrawn:
        return "withdrawn"
    instant = event.publish_instant
    if event.visibility == "draft" and (instant is None or instant > datetime.now(UTC)):
        return "draft, not public"
    return "unlisted" if event.visibility == "unlisted" else ""


def _transcripts(
    library: Library, event: Event, problems: list[OnrecordError]
) -> Iterator[IndexedTranscript]:
    for entry in library.entries(event.stem):
        try:
            transcript = library.read(entry)
        except FormatError as error:
            problems.append(error)
            continue
        recording = event.recording(entry.recording_id)
        yield IndexedTranscript(
            recording_id=entry.recording_id,
            language=entry.language,
            cues=transcript.cues,
            recording_title=recording.title if recording else "",
            kind=transcript.provenance.kind,
            status=transcript.provenance.status,
        )
