"""The gate's part for recordings: which of them, and what was said in them, the public may play and read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from onrecord.archive import Archive
from onrecord.errors import FormatError, NotFoundError, OnrecordError, StorageError
from onrecord.events.model import Event, Recording
from onrecord.events.publication import is_published, is_told, transcript_policy, unheard
from onrecord.languages import direction, language_name
from onrecord.site.chapters import chapters_of
from onrecord.site.keptback import is_itself, leads_elsewhere
from onrecord.site.players import offered_player
from onrecord.site.public import (
    Passages,
    PublicChapter,
    PublicMedia,
    PublicRecording,
    PublicTranscript,
)
from onrecord.site.seen import Seen
from onrecord.site.spoken import engine_name, may_pass, model_name, passages
from onrecord.transcripts.chapters import chapters_file
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.model import Provenance

if TYPE_CHECKING:
    from onrecord.media.renditions import Rendition

_KEPT_PASSAGES = 4  # transcripts whose words are kept in memory; pages are kept as bytes anyway
Heads = dict[Path, tuple[tuple[int, int, int], Provenance | OnrecordError]]


Words = Callable[[str, str], Passages]  # recording and language to what is said


class Kept(Protocol):
    """What an earlier program has found of the recordings of events, by stem, as long as nothing has changed."""

    def get(self, stem: str, words: Words) -> tuple[PublicRecording, ...] | None:
        """The recordings of an event; None: nothing is known of them."""

    def put(self, stem: str, recordings: tuple[PublicRecording, ...]) -> None:
        """Keeps what was found just now, in which everything could be read."""


class Recordings:
    """What the public may play and read of the recordings of events.

    `problems` takes what could not be read; `heads` is what an earlier look has read of the transcripts;
    `speaker_pages` gives the addresses of an event's speakers by the name that the public reads.
    """

    def __init__(
        self,
        library: Library,
        problems: list[OnrecordError],
        heads: Heads,
        speaker_pages: Callable[[Seen], dict[str, str]],
    ) -> None:
        self.archive: Archive = library.archive
        self.heads = heads
        self.kept: Kept | None = None
        self._library = library
        self._problems = problems
        self._speaker_pages = speaker_pages
        self._recordings: dict[str, tuple[PublicRecording, ...]] = {}
        self._passages: OrderedDict[tuple[str, str, str], Passages] = OrderedDict()
        self._guard = threading.Lock()  # pages are rendered in several threads

    def of(self, one: Seen) -> tuple[PublicRecording, ...]:
        """The public recordings of an event, in its order."""
        key = one.key
        if key not in self._recordings:
            known = self.kept.get(one.event.stem, partial(self._words, one)) if self.kept else None
            if known is None:
                before = len(self._problems)
                known = tuple(
                    made
                    for recording in one.event.recordings
                    if is_told(recording, self.archive) and not one.names.hides(recording.id)
                    # A recording of which nothing is said is not even named.
                    if not (made := self._recording(one, recording)).kept_private or made.transcripts
                )
                if self.kept:
                    for made in known:
                        made.load()
                    if len(self._problems) == before:
                        self.kept.put(one.event.stem, known)
            self._recordings[key] = known
        return self._recordings[key]

    def _words(self, one: Seen, recording_id: str, language: str) -> Passages:
        recording = one.event.recording(recording_id)
        assert recording is not None  # the event is the one that was kept
        entry = Entry(
            self._library.path(one.event.stem, recording_id, language), one.event.stem, recording_id, language
        )
        return self._load_passages(one, recording, entry)

    def _recording(self, one: Seen, recording: Recording) -> PublicRecording:
        published = is_published(recording, self.archive) and not unheard(one.event, recording)
        media = self._media(one.event, recording) if published else None
        return PublicRecording(
            id=recording.id,
            title=one.names.text(recording.title),
            languages=recording.languages or one.event.languages,
            media=media,
            player=offered_player(self.archive, one.event, recording) if published else None,
            kept_private=not published,
            load=_once(partial(self._load_transcripts, one, recording)),
            chapters=self._chapters(one, recording, media.duration if media else 0),
            guarded=one.names.strict,
        )

    def _chapters(self, one: Seen, recording: Recording, duration: int) -> tuple[PublicChapter, ...]:
        file = chapters_file(self.archive, one.event.stem, recording.id)
        try:
            if file.exists() and not is_itself(self.archive.transcripts(""), file):
                raise leads_elsewhere(file)
            return chapters_of(self.archive, one.event, recording, one.names, duration)
        except (FormatError, StorageError) as error:
            self._problems.append(error)
            return ()

    def _media(self, event: Event, recording: Recording) -> PublicMedia | None:
        from onrecord.media.originals import (
            find_original,  # numpy and PyAV are far from here, but not far enough
        )
        from onrecord.media.renditions import find_rendition

        rendition: Rendition | None = find_rendition(self.archive, event, recording)
        if rendition is None:
            return None
        original = (
            find_original(self.archive, event.stem, recording.id) if recording.original == "public" else None
        )
        for top, files in (
            (self.archive.renditions(""), (rendition.path, rendition.poster, rendition.waveform)),
            (self.archive.media(""), (original.path if original else None,)),
        ):
            for file in files:
                if file is not None and not is_itself(top, file):
                    self._problems.append(leads_elsewhere(file))
                    return None
        return PublicMedia(
            kind=rendition.kind,
            mime=rendition.mime,
            extension=rendition.path.suffix.removeprefix("."),
            size=rendition.size,
            duration=rendition.duration,
            width=rendition.width or 0,
            height=rendition.height or 0,
            path=rendition.path,
            poster=rendition.poster,
            waveform=rendition.waveform,
            original=original.path if original else None,
        )

    def _load_transcripts(self, one: Seen, recording: Recording) -> tuple[PublicTranscript, ...]:
        policy = transcript_policy(recording, self.archive)
        found: list[PublicTranscript] = []
        for entry in self._library.entries(one.event.stem, recording.id):
            head = self._head(entry)
            if head is None or not may_pass(head, policy):
                continue
            found.append(
                PublicTranscript(
                    recording_id=recording.id,
                    language=entry.language,
                    language_name=language_name(entry.language),
                    direction=direction(entry.language),
                    kind=head.kind,
                    status="reviewed" if head.status == "reviewed" else "machine",
                    engine=one.names.text(engine_name(head)),
                    model=one.names.text(model_name(head)),
                    made=_instant(head.made),
                    reviewed=_instant(head.reviewed),
                    load=partial(self._load_passages, one, recording, entry),
                )
            )
        order = {tag: number for number, tag in enumerate(recording.languages or one.event.languages)}
        return tuple(
            sorted(
                found, key=lambda item: (item.kind != "original", order.get(item.language, 99), item.language)
            )
        )

    def _load_passages(self, one: Seen, recording: Recording, entry: Entry) -> Passages:
        key = (one.key, recording.id, entry.language)
        with self._guard:
            if key in self._passages:
                self._passages.move_to_end(key)
                return self._passages[key]
        try:
            transcript = self._library.read(entry)
        except (FormatError, NotFoundError) as error:
            made = Passages((), 0, tuple)
            if str(error) not in map(str, self._problems):
                self._problems.append(error)
        else:
            prefix = f"{recording.id}.{entry.language}"
            gone = self._library.vanished(entry)
            made = passages(transcript, prefix, recording.trim, one.names, self._speaker_pages(one), gone)
        with self._guard:
            self._passages[key] = made
            while len(self._passages) > _KEPT_PASSAGES:
                self._passages.popitem(last=False)
        return made

    def _head(self, entry: Entry) -> Provenance | None:
        """What the first note of a transcript says; None when it cannot be read."""
        now = signature(entry.path)
        known = self.heads.get(entry.path)
        if known is None or known[0] != now:
            known = (now, self._read_head(entry))
            self.heads[entry.path] = known
        if isinstance(known[1], OnrecordError):
            if known[1] not in self._problems:
                self._problems.append(known[1])
            return None
        return known[1]

    def _read_head(self, entry: Entry) -> Provenance | OnrecordError:
        if not is_itself(self.archive.transcripts(""), entry.path):
            return leads_elsewhere(entry.path)
        try:
            return self._library.head(entry)
        except (FormatError, NotFoundError, StorageError) as error:
            return error


def _once(make: Callable[[], tuple[PublicTranscript, ...]]) -> Callable[[], tuple[PublicTranscript, ...]]:
    """Makes it when it is first asked for."""
    kept: list[tuple[PublicTranscript, ...]] = []

    def load() -> tuple[PublicTranscript, ...]:
        if not kept:
            kept.append(make())
        return kept[0]

    return load


def signature(path: Path) -> tuple[int, int, int]:
    """What tells that a file is still the one that was read: time, size, inode; zeros where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
