"""What was made of events, kept from one run to the next: what the gate has let through of their recordings, and what
stands of them in a calendar.

Lists name hundreds of events of which nothing has changed, and the calendar all: to make one of them again, the folders
and the heads of the transcripts of all of them were read. What is kept of an event counts only under the digest of
everything that is looked at for it. Where something could not be read nothing is kept, so that every run finds it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from onrecord.site.exchange.calendar import entry
from onrecord.site.export.ledger import Ledger
from onrecord.site.public import (
    Passages,
    PublicChapter,
    PublicEvent,
    PublicMedia,
    PublicPlayer,
    PublicRecording,
    PublicTranscript,
)
from onrecord.site.recordings import Kept, Words
from onrecord.site.urls import Urls

_RECORDINGS, _ENTRIES = "recordings", "entry"  # the kinds of what is kept
_PATHS = ("path", "poster", "waveform", "original")
_TIMES = ("made", "reviewed")


class KeptRecordings(Kept):
    """The recordings of the events with these digests, by stem; `root` is the archive's folder."""

    def __init__(self, ledger: Ledger, digests: Mapping[str, str], root: Path) -> None:
        self._ledger = ledger
        self._digests = digests
        self._root = root
        self._new: dict[str, str] = {}

    def get(self, stem: str, words: Words) -> tuple[PublicRecording, ...] | None:
        """What was kept of an event; `words` gives what was said, which is read when it is asked for."""
        data = self._ledger.kept(_RECORDINGS, stem, self._digests.get(stem, ""))
        return None if data is None else tuple(self._recording(row, words) for row in json.loads(data))

    def put(self, stem: str, recordings: tuple[PublicRecording, ...]) -> None:
        """Keeps what the gate has let through."""
        if stem in self._digests:
            rows = [self._row(recording) for recording in recordings]
            self._new[stem] = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))

    def write(self) -> None:
        """Hands to the ledger what is new; what is left of other events goes."""
        self._ledger.keep(_RECORDINGS, self._new, self._digests)

    def _row(self, one: PublicRecording) -> dict[str, Any]:
        return {
            "id": one.id,
            "title": one.title,
            "languages": one.languages,
            "media": self._media_row(one.media) if one.media else None,
            "player": asdict(one.player) if one.player else None,
            "chapters": [(chapter.start, chapter.title, chapter.end) for chapter in one.chapters],
            "guarded": one.guarded,
            "kept_private": one.kept_private,
            "transcripts": [_transcript_row(transcript) for transcript in one.transcripts],
        }

    def _media_row(self, media: PublicMedia) -> dict[str, Any]:
        row = dict(vars(media))
        for name in _PATHS:
            row[name] = str(row[name].relative_to(self._root)) if row[name] else None
        return row

    def _recording(self, row: dict[str, Any], words: Words) -> PublicRecording:
        media, player = row["media"], row["player"]
        if media:
            media |= {name: self._root / media[name] for name in _PATHS if media[name]}
        name = str(row["id"])
        transcripts = tuple(_transcript(name, data, words) for data in row["transcripts"])
        return PublicRecording(
            id=name,
            title=row["title"],
            languages=tuple(row["languages"]),
            media=PublicMedia(**media) if media else None,
            player=PublicPlayer(**player) if player else None,
            load=lambda: transcripts,
            chapters=tuple(PublicChapter(*chapter) for chapter in row["chapters"]),
            guarded=row["guarded"],
            kept_private=row["kept_private"],
        )


class KeptEntries:
    """What stands in a calendar of the events with these digests; see `calendar.entry`."""

    def __init__(
        self, ledger: Ledger, digests: Mapping[str, str], stem: Callable[[PublicEvent], str]
    ) -> None:
        self._ledger = ledger
        self._digests = digests
        self._stem = stem
        self._known: dict[str, bytes] | None = None
        self._new: dict[str, bytes] = {}

    def __call__(self, event: PublicEvent, urls: Urls) -> bytes:
        """What stands there of an event."""
        if self._known is None:
            rows = self._ledger.all_kept(_ENTRIES)
            self._known = {stem: data for stem, digest, data in rows if self._digests.get(stem) == digest}
        stem = self._stem(event)
        data = self._known.get(stem)
        if data is None:
            data = self._known[stem] = self._new[stem] = entry(event, urls)
        return data

    def write(self) -> None:
        """Hands to the ledger what is new; what is left of other events goes."""
        self._ledger.keep(_ENTRIES, self._new, self._digests)


def _transcript_row(one: PublicTranscript) -> dict[str, Any]:
    row = {name: value for name, value in vars(one).items() if name not in ("recording_id", "load")}
    return row | {name: row[name].isoformat() for name in _TIMES if row[name]}


def _transcript(recording_id: str, row: dict[str, Any], words: Words) -> PublicTranscript:
    row |= {name: datetime.fromisoformat(row[name]) for name in _TIMES if row[name]}

    def load() -> Passages:
        return words(recording_id, row["language"])

    return PublicTranscript(recording_id=recording_id, load=load, **row)
