"""The job `recording`: one recording from its source to the search index, as a worker runs it for the desk.

It runs the steps of `ingest` and may be ended anywhere: every step goes on where it stood. To run it again from a step is a
wish to make anew what stands. Then what stood is noted first, so that a run that was cut short, and is taken over by another
worker, makes it anew once and not twice. Nothing is lost by it: an earlier original and earlier revisions of a transcript
are kept beside, and a transcript that people worked on is replaced only where they said so (`replace`).

`details`: `from` (fetch, render, transcribe or index), `replace`, `keep_as_it_is`, `engine`, `model`, `language`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onrecord.archive import Archive
from onrecord.errors import ConflictError, LockedError, NotFoundError
from onrecord.events.model import Event, Recording
from onrecord.events.registry import Registry
from onrecord.files import write_text
from onrecord.jobs import Job
from onrecord.media.originals import find_original
from onrecord.media.partial import Bounds
from onrecord.media.renditions import find_rendition
from onrecord.progress import Progress, Report, StoppedError
from onrecord.transcripts.library import Library
from onrecord.transcripts.steps import (
    Wishes,
    get_original,
    make_rendition,
    make_transcript,
    transcribe_now,
    undone,
)

STEPS = ("fetch", "render", "transcribe", "index")


def run(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> Mapping[str, Any]:
    """Carries the job out; gives `notes`, sentences that a person should read. Raises what the steps raise."""
    registry = Registry(archive)
    event = registry.get(job.subject)
    recording = event.recording(job.item)
    if recording is None:
        raise NotFoundError(
            f"'{event.slug}' has no recording '{job.item}' any more.", slug=event.slug,
            advice="It was taken out of the discussion; there is nothing left to do.",
        )  # fmt: skip
    if event.withdrawn:
        raise ConflictError(
            f"'{event.slug}' was withdrawn.", slug=event.slug, advice="Nothing is made of it."
        )
    return _Run(archive, event, recording, job, _Wanted(registry, event, listen).listen).all(registry)


class _Wanted:
    """Passes on how far it is, and ends the run when the event was withdrawn meanwhile, by whomever and however: nothing
    may come to stand where it has just been sealed.
    """

    def __init__(self, registry: Registry, event: Event, listen: Progress) -> None:
        self._registry = registry
        self._stem = event.stem
        self._path = registry.path(event.stem)
        self._listen = listen
        self._seen = self._sign()

    def listen(self, report: Report) -> None:
        """Looks at the event's file, which costs next to nothing, and reads it only when it has changed."""
        if (sign := self._sign()) != self._seen:
            event = self._registry.get(self._stem)
            if event.withdrawn:
                self._listen(replace(report, note="the discussion was withdrawn"))
                raise StoppedError("cancel")
            self._seen = sign
        self._listen(report)

    def _sign(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(frozen=True)
class _Before:
    """What stood when a round was begun: when the original was fetched, the rendition's file was made, and each transcript
    was. `anew` is the step from which all is made anew.
    """

    anew: str
    fetched: str
    rendered: int
    made: Mapping[str, str]


class _Run:
    """One run of the job."""

    def __init__(
        self, archive: Archive, event: Event, recording: Recording, job: Job, listen: Progress
    ) -> None:
        self.archive = archive
        self.event = event
        self.recording = recording
        self.job = job
        self.listen = listen
        told = job.details
        self.wishes = Wishes(told.get("engine"), told.get("model"), told.get("language"))
        self.notes: list[str] = []
        self._stage = "fetch"
        self.before = self._before()

    def all(self, registry: Registry) -> Mapping[str, Any]:
        """All steps, each after the one that it needs."""
        self._begin("fetch")
        if self._fetch():
            self._begin("render")
            self._render()
            self._begin("transcribe")
            self._transcribe()
        self._begin("index")
        self._index(registry)
        self._file.unlink(missing_ok=True)
        return {"notes": self.notes}

    def _begin(self, step: str) -> None:
        # What a step is made of tells names of its own, such as "check"; the page and the log know these four.
        self._stage = step
        self.listen(Report(step, "", 0, None, "items"))

    def tell(self, report: Report) -> None:
        """Passes on how far it is, under the step's name."""
        note = report.note or ("" if report.stage == self._stage else report.stage)
        self.listen(replace(report, stage=self._stage, note=note))

    def _fetch(self) -> bool:
        archive, event, recording = self.archive, self.event, self.recording
        floor = int(archive.settings.number("jobs.free-gigabytes") * 1e9)
        bounds = Bounds(int(archive.settings.number("fetch.max-gigabytes") * 1e9), floor)
        keep = self.job.details.get("keep_as_it_is") is True
        anew = self.before.anew == "fetch" and self._fetched() == self.before.fetched != ""
        if anew and recording.source:
            from onrecord.media.fetch import fetch  # httpx and yt-dlp, which only this step needs

            fetch(archive, event, recording, again=True, keep_as_it_is=keep, bounds=bounds, listen=self.tell)
            standing: Path | bool = True
        else:
            # The job keeps times of its own, by a clock that does not jump; and a person who asks means now.
            standing = get_original(
                archive, event, recording, now=datetime.now(UTC), keep_as_it_is=keep, at_once=True,
                bounds=bounds, listen=self.tell,
            )  # fmt: skip
        original = find_original(archive, event.stem, recording.id)
        self.notes += original.warnings if original is not None else ()
        return standing is not False

    def _render(self) -> None:
        if self.before.anew == "render" and self._rendered() == self.before.rendered != 0:
            from onrecord.media.renditions import render

            render(self.archive, self.event, self.recording, again=True, listen=self.tell)
        else:
            make_rendition(self.archive, self.event, self.recording, listen=self.tell)

    def _transcribe(self) -> None:
        archive, event, recording = self.archive, self.event, self.recording
        if self.before.anew == "transcribe" and self.before.made and self._made() == self.before.made:
            if not self.job.details.get("replace"):
                self._refuse_to_replace()
            transcribe_now(archive, event, recording, wishes=self.wishes, again=True, listen=self.tell)
        elif self._is_of_another_original():
            try:
                transcribe_now(archive, event, recording, wishes=self.wishes, listen=self.tell)
            except LockedError:
                raise
            except ConflictError:
                self.notes.append(
                    "The transcript was made of the earlier recording and people worked on it, so it stays; "
                    "run the job again from 'transcribe' to replace it."
                )
        else:
            make_transcript(archive, event, recording, wishes=self.wishes, listen=self.tell)

    def _index(self, registry: Registry) -> None:
        from onrecord.transcripts.search.indexing import refresh_index  # the words of languages

        made = refresh_index(
            self.archive, registry=registry, stems=[self.event.stem], wait=60, listen=self.tell
        )
        self.notes += [str(problem) for problem in made.problems]

    def _refuse_to_replace(self) -> None:
        library = Library(self.archive)
        for entry in library.entries(self.event.stem, self.recording.id):
            head = library.head(entry)
            if head.status == "reviewed" or head.corrected:
                did = "reviewed" if head.status == "reviewed" else "corrected"
                raise ConflictError(
                    f"the transcript {self.recording.id}.{entry.language} was {did} by a person.",
                    slug=self.event.slug,
                    advice="Run the job again and say that it may be replaced; the present one is then kept in the history.",
                )

    def _is_of_another_original(self) -> bool:
        original = find_original(self.archive, self.event.stem, self.recording.id)
        library = Library(self.archive)
        heads = [library.head(entry) for entry in library.entries(self.event.stem, self.recording.id)]
        mine = [head for head in heads if head.kind == "original" and head.engine]
        return bool(
            original and original.audio and mine
            and all(head.original_sha256 not in ("", original.sha256) for head in mine)
        )  # fmt: skip

    # What stood before

    @property
    def _file(self) -> Path:
        return self.archive.work(self.event.stem) / f"{self.recording.id}.again.json"

    def _before(self) -> _Before:
        """What was noted when this round was begun; noted now where nothing was."""
        key = [self.job.id, self.job.round]
        try:
            noted = json.loads(self._file.read_text(encoding="utf-8"))
            if noted["job"] == key:
                return _Before(noted["anew"], noted["fetched"], noted["rendered"], noted["made"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        anew = str(self.job.details.get("from", ""))
        found = _Before(anew, self._fetched(), self._rendered(), self._made())
        if anew:
            write_text(self._file, json.dumps({"job": key, **vars(found)}) + "\n")
        return found

    def _fetched(self) -> str:
        original = find_original(self.archive, self.event.stem, self.recording.id)
        return f"{original.fetched.isoformat()} {original.sha256}" if original else ""

    def _rendered(self) -> int:
        rendition = find_rendition(self.archive, self.event, self.recording)
        return rendition.path.stat().st_mtime_ns if rendition else 0

    def _made(self) -> dict[str, str]:
        library = Library(self.archive)
        heads = (
            (entry, library.head(entry)) for entry in library.entries(self.event.stem, self.recording.id)
        )
        return {
            entry.language: head.made
            for entry, head in heads
            if head.kind == "original" and head.status != "partial"
        }


def find_work(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> Mapping[str, Any]:
    """What nobody asked for but is not done yet: `jobs` to enqueue. Takes what lies in the watched folder first, and whole
    uploads that a stop of the server left unregistered; throws away uploads that nobody went on with.
    """
    registry = Registry(archive)
    if archive.settings.text("fetch.watch"):
        from onrecord.media.watch import take_new_files  # httpx, which only this needs

        take_new_files(archive, listen)
    from onrecord.media.proposals import due  # the client of channels
    from onrecord.media.uploads import Uploads

    now = datetime.now(UTC)
    uploads = Uploads(archive)
    uploads.register_all()
    found: list[dict[str, Any]] = []
    if search := due(archive, now):
        found.append({"kind": "find", "subject": "", "item": "", "details": {"seen": search}})
    events = registry.scan().events
    uploads.sweep(frozenset(one.source for event in events for one in event.recordings), now)
    for event in events:
        stop()
        for recording in event.recordings:
            step = undone(archive, event, recording, now)
            if step:
                found.append({
                    "kind": "recording", "subject": event.stem, "item": recording.id,
                    "details": {"seen": seen(archive, event, recording, step)},
                })  # fmt: skip
    return {"jobs": found}


def seen(archive: Archive, event: Event, recording: Recording, step: str) -> str:
    """What a run of a recording depends on, as a word: a job that failed is not begun again by itself until that changes."""
    import hashlib

    original = find_original(archive, event.stem, recording.id)
    parts = (
        step,
        repr(recording),
        repr(event.starts_at),
        event.languages,
        original.sha256 if original else "",
    )
    told = repr(parts).encode() + archive.settings_file.read_bytes()
    return hashlib.sha256(told).hexdigest()[:16]
