"""The readers' search index: made of what the gate gives, so that nothing else can be found, counted or
completed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from onrecord.errors import SearchIndexError
from onrecord.site.public import PublicEvent
from onrecord.site.view import View
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript

_log = logging.getLogger("onrecord.site")
_one_at_a_time = threading.Lock()
_one_that_learns = threading.Lock()


def refresh(
    view: View,
    path: Path,
    *,
    anew: bool = False,
    stop: Callable[[], bool] = lambda: False,
    ready: Callable[[], None] = lambda: None,
) -> int:
    """Brings the index to the state of the view; how many events were put in or taken out.

    Events that the public may no longer see go first. `stop` is asked between events: a newer view will be
    along. An index that is damaged is made again; so is any with `anew`, for damage is often seen only by
    whoever reads the page that it is on. `ready` is called when everything is found as it was said; other
    forms of new words are learned after that, and hold nothing up.
    """
    with _one_at_a_time:
        if anew:
            for ending in ("-wal", "-shm", ""):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        try:
            changed = _refresh(view, path, stop)
        except SearchIndexError:
            Index.remake(path).close()
            changed = _refresh(view, path, stop)
    if not stop():
        ready()
        _learn(path)
    return changed


def _refresh(view: View, path: Path, stop: Callable[[], bool]) -> int:
    changed = 0
    with Index(path) as index:
        known = index.fingerprints()
        for slug in known.keys() - {event.slug for event in view.events}:
            index.remove(slug)
            changed += 1
        for event in view.events:
            if stop():
                return changed
            fingerprint = view.fingerprint(event)
            if known.get(event.slug) != fingerprint:
                index.put(indexed_event(event), indexed_transcripts(event), fingerprint)
                changed += 1
        if changed:
            index.settle()
    return changed


def _learn(path: Path) -> None:
    """Learns the forms of words that are new. What goes wrong here costs forms, and no answer."""
    with _one_that_learns:
        try:
            with Index(path) as index:
                if index.learn():
                    index.settle()
        except SearchIndexError as error:
            _log.warning("%s", error)


def indexed_event(event: PublicEvent) -> IndexedEvent:
    """What can be found of an event. Its address stands for its stem, which may hold a private name."""
    roles = [text for speaker in event.speakers for text in (speaker.role, speaker.affiliation) if text]
    others = (chapter for recording in event.recordings for chapter in recording.chapters)
    chapters = dict.fromkeys(chapter.title for chapter in (*event.agenda, *others))
    return IndexedEvent(
        stem=event.slug,
        slug=event.slug,
        title=event.title,
        starts_at=event.starts,
        summary=event.summary,
        description=event.description,
        series=event.series,
        tags=tuple(tag for tag, _ in event.tags),
        languages=event.languages,
        speakers=tuple(speaker.name for speaker in event.speakers),
        links=tuple(f"{link.label} {link.url}" for link in event.links),
        other="\n".join([*roles, *chapters]),
    )


def indexed_transcripts(event: PublicEvent) -> tuple[IndexedTranscript, ...]:
    """What can be found of what was said."""
    return tuple(
        IndexedTranscript(
            recording_id=recording.id,
            language=transcript.language,
            cues=transcript.cues,
            recording_title=recording.title,
            kind=transcript.kind,
            status=transcript.status,
        )
        for recording in event.recordings
        for transcript in recording.transcripts
    )
