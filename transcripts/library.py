"""The transcripts of an archive: where they stand, their earlier revisions, and where an old anchor leads
today.

`transcripts/<stem>/<recording>.<language>.vtt` is the present revision. Every revision also stands in
`history/`, as `<recording>.<language>.0001.vtt` and so on, so that a hand edit of the present file loses
nothing either.
"""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import NotFoundError, TranscriptFormatError, UsageError
from onrecord.files import translated, write_bytes
from onrecord.languages import language_tag
from onrecord.transcripts.blocks import RawCue, take_apart
from onrecord.transcripts.model import Cue, Provenance, Transcript
from onrecord.transcripts.vtt import Reading, read_vtt, write_vtt

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ANCHOR = re.compile(r"(?P<recording>[a-z0-9-]+)\.(?P<language>[A-Za-z0-9-]+)\.(?P<cue>\S+)")
_KEPT = 4  # transcripts in memory; one of three hours takes about 10 MB
_HEAD = 65_536  # bytes in which the first note of a transcript of ours ends


@dataclass(frozen=True)
class Entry:
    """One transcript of the archive, present or earlier."""

    path: Path
    stem: str
    recording_id: str
    language: str

    @property
    def name(self) -> str:
        """The first part of its anchors: `part-1.en`."""
        return f"{self.recording_id}.{self.language}"


@dataclass(frozen=True)
class Revision:
    """One revision in the history; the numbers begin with 1."""

    number: int
    path: Path


@dataclass(frozen=True)
class Place:
    """Where an anchor leads: a cue of the present revision, and the position in milliseconds on the
    original's clock.

    `exact` is false when the anchor's own cue is gone and this is the nearest in time.
    """

    entry: Entry
    cue: Cue
    position: int
    exact: bool


def _stamp(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_mtime_ns, state.st_size, state.st_ino


class Library:
    """The transcripts of one archive. Readings are kept while the file's time, size and inode stay the same.

    Reading needs no lock: a file is replaced whole. Who saves holds the lock of the event.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._readings: OrderedDict[Path, tuple[tuple[int, int, int], Reading]] = OrderedDict()
        self._gone: OrderedDict[Path, tuple[object, dict[str, int]]] = OrderedDict()
        self._guard = threading.Lock()

    def path(self, stem: str, recording_id: str, language: str) -> Path:
        """Where a transcript stands, or would stand; raises `UsageError` for what can be no name."""
        tag = language_tag(language)
        for name in (stem, recording_id):
            if not _ID.fullmatch(name):
                raise UsageError(f"'{name}' cannot be a part of a file's name.")
        return self.archive.transcripts(stem) / f"{recording_id}.{tag}.vtt"

    def entries(self, stem: str, recording_id: str | None = None) -> tuple[Entry, ...]:
        """The transcripts of an event, or of one of its recordings, in the order of their names."""
        folder = self.archive.transcripts(stem)
        found = []
        for path in sorted(folder.glob("*.vtt")) if folder.is_dir() else ():
            recording, _, language = path.name.removesuffix(".vtt").rpartition(".")
            if not _ID.fullmatch(recording) or (recording_id is not None and recording != recording_id):
                continue
            try:
                tag = language_tag(language)
            except UsageError:
                continue
            if tag == language:
                found.append(Entry(path, stem, recording, language))
        return tuple(found)

    def entry(self, stem: str, recording_id: str, language: str) -> Entry:
        """One transcript; raises `NotFoundError` that says which there are."""
        path = self.path(stem, recording_id, language)
        if not path.is_file():
            there = ", ".join(entry.name for entry in self.entries(stem))
            raise NotFoundError(
                f"there is no transcript {recording_id}.{language} of '{stem}'.", slug=stem, path=path,
                advice=f"There are: {there}." if there else "Make one with 'onrecord transcribe' or "
                                                            "'onrecord transcript import'.",
            )  # fmt: skip
        return Entry(path, stem, recording_id, language_tag(language))

    def reading(self, entry: Entry) -> Reading:
        """The transcript with what was mended in it; raises `TranscriptFormatError` with file and line."""
        try:
            with translated(entry.path), entry.path.open("rb") as file:
                stamp = _stamp(entry.path)
                with self._guard:
                    kept = self._readings.get(entry.path)
                    if kept and kept[0] == stamp:
                        self._readings.move_to_end(entry.path)
                        return kept[1]
                data = file.read()
        except FileNotFoundError as error:
            raise NotFoundError("there is no such transcript.", slug=entry.stem, path=entry.path) from error
        reading = read_vtt(data, path=entry.path, language=entry.language)
        said = reading.transcript.language
        if said != entry.language:
            raise TranscriptFormatError(
                f"the file's name says the language is '{entry.language}', the text in it says '{said}'.",
                path=entry.path, line=1, advice="Rename the file, or change the line 'language:' in its "
                                                "first note.",
            )  # fmt: skip
        self._keep(entry.path, stamp, reading)
        return reading

    def _keep(self, path: Path, stamp: tuple[int, int, int], reading: Reading) -> None:
        with self._guard:
            self._readings[path] = (stamp, reading)
            self._readings.move_to_end(path)
            while len(self._readings) > _KEPT:
                self._readings.popitem(last=False)

    def _know(self, path: Path, data: bytes, transcript: Transcript) -> None:
        """Keeps what was just written as what reading it would give, if it is still what stands there."""
        with translated(path), path.open("rb") as file:
            stamp = _stamp(path)
            if file.read() == data and os.fstat(file.fileno()).st_ino == stamp[2]:
                self._keep(path, stamp, Reading(transcript, own=True))

    def head(self, entry: Entry) -> Provenance:
        """What a transcript says of itself, without reading all of it where the first note is ours.

        Raises `TranscriptFormatError`, `NotFoundError`.
        """
        try:
            with translated(entry.path), entry.path.open("rb") as file:
                data = file.read(_HEAD)
        except FileNotFoundError as error:
            raise NotFoundError("there is no such transcript.", slug=entry.stem, path=entry.path) from error
        first = re.split(rb"\r?\n\r?\n", data, maxsplit=2)[:2]  # a block ends with a blank line
        if len(first) == 2 and first[1].startswith(b"NOTE"):
            note = b"\n\n".join(first) + b"\n"
            return read_vtt(note, path=entry.path, language=entry.language).transcript.provenance
        return self.read(entry).provenance

    def read(self, entry: Entry | str, recording_id: str = "", language: str = "") -> Transcript:
        """The present revision, by entry or by stem, recording and language."""
        if isinstance(entry, str):
            entry = self.entry(entry, recording_id, language)
        return self.reading(entry).transcript

    def save(
        self,
        stem: str,
        recording_id: str,
        transcript: Transcript,
        *,
        going_on: bool = False,
        exact: bool = False,
    ) -> Path:
        """Makes `transcript` the present revision, durably; the caller holds the event's lock.

        What stood there goes to the history first (a hand edit too). A partial transcript is unfinished
        work: it is replaced without becoming a revision, unless a person corrected it. With `going_on` the newest
        revision is still being worked on, and is replaced too, when it is what stands. `exact` says that reading the
        file would give just this transcript, so that nobody need do it.
        """
        path = self.path(stem, recording_id, transcript.language)
        entry = Entry(path, stem, recording_id, language_tag(transcript.language))
        data = write_vtt(transcript).encode("utf-8")
        past = self.history(entry)
        newest = past[-1] if past else None
        number = newest.number if newest else 0
        if path.exists():
            present = path.read_bytes()
            known = newest is not None and newest.path.read_bytes() == present
            if not known and not self._unfinished(present):
                number += 1
                write_bytes(self._history_path(entry, number), present)
            if present == data:
                return path
            if going_on and known:
                number -= 1
        write_bytes(path, data)
        if not self._unfinished(data):
            write_bytes(self._history_path(entry, number + 1), data)
        if exact:
            self._know(path, data, transcript)
        return path

    @staticmethod
    def _unfinished(data: bytes) -> bool:
        try:
            provenance = read_vtt(data.split(b"-->", 1)[0]).transcript.provenance
        except TranscriptFormatError:
            return False
        return provenance.status == "partial" and not provenance.corrected

    def _history_path(self, entry: Entry, number: int) -> Path:
        return entry.path.parent / "history" / f"{entry.name}.{number:04}.vtt"

    def history(self, entry: Entry) -> tuple[Revision, ...]:
        """Every revision that the history holds, the oldest first; the last is the present one, if nobody
        edited it.
        """
        form = re.compile(rf"{re.escape(entry.name)}\.(\d{{4,}})\.vtt")
        folder = entry.path.parent / "history"
        names = folder.iterdir() if folder.is_dir() else ()
        found = [Revision(int(match[1]), path) for path in names if (match := form.fullmatch(path.name))]
        return tuple(sorted(found, key=lambda revision: revision.number))

    def revision_number(self, entry: Entry) -> int:
        """The number of the present revision: that of the newest in the history, or the next after a hand
        edit.
        """
        past = self.history(entry)
        if past and entry.path.is_file() and past[-1].path.read_bytes() == entry.path.read_bytes():
            return past[-1].number
        return (past[-1].number if past else 0) + 1

    def resolve(self, stem: str, anchor: str) -> Place:
        """The cue that an anchor such as `part-1.en.c7` means, or the nearest that is left where it was.

        Raises `NotFoundError` for an anchor that never was.
        """
        match = _ANCHOR.fullmatch(anchor)
        if match is None:
            raise NotFoundError(f"'{anchor[:80]}' is no anchor of a sentence.", slug=stem)
        entry = self.entry(stem, match["recording"], match["language"])
        cues = self.read(entry).cues
        for cue in cues:
            if cue.id == match["cue"]:
                return Place(entry, cue, cue.start, exact=True)
        position = self._former(entry).get(match["cue"])
        if position is None or not cues:
            raise NotFoundError(f"there never was a sentence '{anchor[:80]}'.", slug=stem)
        nearest = min(cues, key=lambda cue: max(cue.start - position, position - cue.end, 0))
        return Place(entry, nearest, nearest.start, exact=False)

    def vanished(self, entry: Entry) -> dict[str, int]:
        """The ids of cues that were in an earlier revision and are in the present one no more, with where they
        stood on the original's clock.
        """
        past = self.history(entry)
        if len(past) < 2 and self.revision_number(entry) == len(past):
            return {}  # the only revision there ever was
        present = {cue.id for cue in self.read(entry).cues}
        return {name: at for name, at in self._former(entry).items() if name not in present}

    def _former(self, entry: Entry) -> dict[str, int]:
        """Where each cue that ever was stood last, by id; made again when the history grows."""
        past = self.history(entry)
        with self._guard:
            kept = self._gone.get(entry.path)
            if kept and kept[0] == past:
                return kept[1]
        former: dict[str, int] = {}
        for revision in past:
            try:
                blocks = take_apart(revision.path.read_bytes()).blocks
            except TranscriptFormatError:
                continue  # a file that a hand edit broke; its ids are in its neighbours
            former.update(
                (block.id, block.start) for block in blocks if isinstance(block, RawCue) and block.id
            )
        with self._guard:
            self._gone[entry.path] = (past, former)
            while len(self._gone) > _KEPT:
                self._gone.popitem(last=False)
        return former
