"""Everything that is not done yet, as one run: take what lies in the watched folder, fetch, render,
transcribe, index.

Every stage keeps what the one before it made, and does nothing where its result stands. So after a crash, a
power cut or `kill -9` the remedy is to run it again. Each stage holds the locks of its own event, so two runs
never do one thing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import LockedError, NotFoundError, OnrecordError
from onrecord.events.model import Event, Recording
from onrecord.events.registry import Registry
from onrecord.files import storage_error
from onrecord.media.originals import Attempt, find_original, last_attempt
from onrecord.progress import Progress, Report, silent
from onrecord.transcripts.search.indexing import refresh_index
from onrecord.transcripts.steps import Wishes, get_original, make_rendition, make_transcript

StageName = Literal["watch", "read", "fetch", "render", "transcribe", "index"]


@dataclass(frozen=True)
class Done:
    """A stage that was carried out now. `notes` are sentences that a person should read."""

    stage: StageName
    slug: str
    recording_id: str
    path: Path
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotDone:
    """A stage that could not be carried out, or not yet; `error` says why and what to do."""

    stage: StageName
    slug: str
    recording_id: str
    error: OnrecordError


@dataclass(frozen=True)
class Outcome:
    """What a run did. `waiting` is what will be tried again by itself on a later run; `busy` is what another run
    has in hand just now; `failed` needs a person.
    """

    done: tuple[Done, ...]
    waiting: tuple[NotDone, ...]
    failed: tuple[NotDone, ...]
    indexed: int
    busy: tuple[NotDone, ...] = ()


def ingest(
    archive: Archive,
    names: Sequence[str] = (),
    *,
    wishes: Wishes | None = None,
    keep_as_it_is: bool = False,
    still: float | None = None,
    now: datetime | None = None,
    listen: Progress = silent,
) -> Outcome:
    """Does what is not done yet, for all events or for those that are named.

    `still` is how many seconds a file in the watched folder must not change in (default: as long as watching
    takes). A recording that fails does not stop the others. Raises `NotFoundError` for a name that there is
    not, and what is wrong with the search index.
    """
    run = _Run(
        archive,
        wishes=wishes or Wishes(),
        keep_as_it_is=keep_as_it_is,
        still=still,
        now=now or datetime.now(UTC),
        listen=listen,
    )
    registry = Registry(archive)
    if names:
        events = list({event.stem: event for event in map(registry.get, names)}.values())
    else:
        run.take_watched(registry)
        scan = registry.scan()
        events = list(scan.events)
        for problem in scan.problems:
            run.failed.append(NotDone("read", problem.path.stem if problem.path else "", "", problem))
    work = [(event, recording) for event in events if not event.withdrawn for recording in event.recordings]
    for number, (event, recording) in enumerate(work, 1):
        run.recording(event, recording)
        listen(Report("ingest", "recordings", number, len(work), "items"))
        if number == len(work) or work[number][0].stem != event.stem:
            run.index(registry, [event.stem])
    run.index(registry, [event.stem for event in events] if names else None)
    return Outcome(tuple(run.done), tuple(run.waiting), tuple(run.failed), run.indexed, tuple(run.busy))


class _Run:
    """One run of all stages."""

    def __init__(
        self,
        archive: Archive,
        *,
        wishes: Wishes,
        keep_as_it_is: bool,
        still: float | None,
        now: datetime,
        listen: Progress,
    ) -> None:
        self.archive = archive
        self.wishes = wishes
        self.keep_as_it_is = keep_as_it_is
        self.still = still
        self.now = now
        self.listen = listen
        self.done: list[Done] = []
        self.waiting: list[NotDone] = []
        self.failed: list[NotDone] = []
        self.busy: list[NotDone] = []
        self.indexed = 0
        self.attempt: Attempt | None = None  # the last one to fetch, as it was before this run

    def take_watched(self, registry: Registry) -> None:
        """Takes what lies in the watched folder; what cannot be taken is said and left where it is."""
        if not self.archive.settings.text("fetch.watch"):
            return
        from onrecord.media.watch import (
            STILL,
            left_files,
            take_new_files,
        )  # httpx, which only this stage needs

        try:
            still = STILL if self.still is None else self.still
            for file in take_new_files(self.archive, self.listen, still=still):
                self.done.append(Done("watch", registry.get(file.stem).slug, file.recording_id, file.path))
            for left in left_files(self.archive):
                self.waiting.append(NotDone("watch", "", "", NotFoundError(left.sentence, path=left.path)))
        except OnrecordError as error:
            self.failed.append(NotDone("watch", "", "", error))

    def recording(self, event: Event, recording: Recording) -> None:
        """All stages of one recording, each after the one that it needs."""
        standing = self._try("fetch", event, recording, lambda: self._original(event, recording))
        if standing:
            self._try("render", event, recording, lambda: self._rendition(event, recording))
            self._try("transcribe", event, recording, lambda: self._transcript(event, recording))

    def _try(
        self, stage: StageName, event: Event, recording: Recording, step: Callable[[], Path | bool]
    ) -> bool:
        """Carries out one stage; its failure is kept for the end. Whether its result stands."""
        try:
            made = step()
        except OnrecordError as error:
            self._not_done(stage, event, recording, error)
            return False
        except OSError as error:
            known = storage_error(error, Path(error.filename or self.archive.root))
            if known is None:
                raise
            self._not_done(stage, event, recording, known)
            return False
        if isinstance(made, Path):
            notes = self._notes(event, recording) if stage == "fetch" else ()
            self.done.append(Done(stage, event.slug, recording.id, made, notes))
            return True
        return made

    def _notes(self, event: Event, recording: Recording) -> tuple[str, ...]:
        original = find_original(self.archive, event.stem, recording.id)
        return original.warnings if original is not None else ()

    def _not_done(self, stage: StageName, event: Event, recording: Recording, error: OnrecordError) -> None:
        row = NotDone(stage, event.slug, recording.id, error)
        # What was left alone because its time has not come is tried by a later run.
        left_alone = self.attempt is not None and not self.attempt.permanent and stage == "fetch"
        if isinstance(error, LockedError):
            self.busy.append(row)
        elif left_alone and last_attempt(self.archive, event.stem, recording.id) == self.attempt:
            self.waiting.append(row)
        else:
            self.failed.append(row)

    def _original(self, event: Event, recording: Recording) -> Path | bool:
        self.attempt = last_attempt(self.archive, event.stem, recording.id)
        return get_original(
            self.archive, event, recording, now=self.now, keep_as_it_is=self.keep_as_it_is, listen=self.listen
        )

    def _rendition(self, event: Event, recording: Recording) -> Path | bool:
        return make_rendition(self.archive, event, recording, listen=self.listen)

    def _transcript(self, event: Event, recording: Recording) -> Path | bool:
        return make_transcript(self.archive, event, recording, wishes=self.wishes, listen=self.listen)

    def index(self, registry: Registry, stems: list[str] | None) -> None:
        """Takes what has changed into the search index."""
        try:
            made = refresh_index(self.archive, registry=registry, stems=stems, listen=self.listen)
        except LockedError as error:
            if not any(row.stage == "index" for row in self.busy):
                self.busy.append(NotDone("index", "", "", error))
            return
        self.indexed += made.taken_in
        known = {str(row.error) for row in self.failed}
        for problem in made.problems:
            if str(problem) not in known:
                slug = problem.path.parent.name if problem.path is not None else ""
                self.failed.append(NotDone("index", slug, "", problem))
