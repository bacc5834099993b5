"""`onrecord check`: every file against its manifest and its format, and the files that nothing names."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import EventFormatError, FormatError, OnrecordError, SearchIndexError
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.media.manifest import MANIFEST, read_manifest, verify
from onrecord.media.originals import Original, find_original
from onrecord.progress import Progress, Report, silent
from onrecord.timecode import clock
from onrecord.transcripts.chapters import read_chapters
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.search.connections import open_reader
from onrecord.transcripts.vtt import read_vtt

_FROM_BACKUP = "Bring it back from a backup."
_MEND = "Mend it in an editor, or bring it back from a backup."
_NAMELESS = "Move it elsewhere, or name it in an event."


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what, and what to do."""

    path: Path
    problem: str
    advice: str
    line: int | None = None


@dataclass(frozen=True)
class Checked:
    """How many files were looked at, and all that is wrong with them."""

    files: int
    findings: tuple[Finding, ...]


def check(archive: Archive, *, listen: Progress = silent) -> Checked:
    """Reads every file of the archive and holds it against what it should be; changes nothing."""
    run = _Check(archive, listen)
    try:
        archive.settings.text("title")
    except FormatError as error:
        return Checked(1, (_finding(error),))  # without its settings nothing else can be judged
    run.files += 1
    run.all()
    return Checked(run.files, tuple(run.findings))


def _finding(error: OnrecordError, path: Path | None = None) -> Finding:
    return Finding(error.path or path or Path(), error.message, error.advice or _MEND, error.line)


class _Check:
    """One run of all checks."""

    def __init__(self, archive: Archive, listen: Progress) -> None:
        self.archive = archive
        self.listen = listen
        self.library = Library(archive)
        self.findings: list[Finding] = []
        self.files = 0

    def say(self, path: Path, problem: str, advice: str, line: int | None = None) -> None:
        self.findings.append(Finding(path, problem, advice, line))

    def all(self) -> None:
        """Everything, room by room."""
        scan = Registry(self.archive).scan()
        self.files += len(scan.events) + len(scan.problems) + self.archive.speakers_file.exists()
        for problem in scan.problems:
            self.findings.append(_finding(problem))
            others = problem.others if isinstance(problem, EventFormatError) else ()
            self.findings += [_finding(other, problem.path) for other in others]
        stems = {path.stem for path in self.archive.events.glob("*.toml")}
        self._strangers(
            self.archive.events, {f"{stem}.toml" for stem in stems} | {one.picture for one in scan.events}
        )
        for root in (self.archive.root / "media", self.archive.root / "transcripts"):
            if root.is_dir():
                self._strangers(root, stems)
        for number, event in enumerate(scan.events, 1):
            originals = dict(self._originals(event))
            self._transcripts(event, originals)
            self.listen(Report("check", "events", number, len(scan.events), "items"))
        for stem in stems - {event.stem for event in scan.events}:
            self._manifest(stem)  # its event cannot be read, but its originals can
        self._databases()

    def _strangers(self, folder: Path, known: set[str]) -> None:
        """Files and folders that nothing names."""
        if not folder.is_dir():
            self.say(folder, "this folder of the archive is not there.", "Make it again; it may be empty.")
            return
        for path in sorted(folder.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                self.say(path, "no event names this.", _NAMELESS)

    # Media

    def _manifest(self, stem: str) -> None:
        folder = self.archive.media(stem)
        try:
            self.files += len(read_manifest(folder))
            for problem in verify(self.archive, stem):
                advice = {
                    "missing": _FROM_BACKUP,
                    "changed": _FROM_BACKUP,
                    "unlisted": "Move it elsewhere; 'onrecord fetch' puts here what belongs to a recording.",
                }[problem.kind]
                self.say(problem.path, problem.sentence, advice)
        except FormatError as error:
            self.findings.append(_finding(error))

    def _originals(self, event: Event) -> Iterator[tuple[str, Original]]:
        self._manifest(event.stem)
        folder = self.archive.media(event.stem)
        if event.picture and not any(
            (place / event.picture).is_file() for place in (self.archive.events, folder)
        ):
            file = self.archive.events / f"{event.stem}.toml"
            self.say(
                file,
                f"its picture '{event.picture}' is not there.",
                f"Put it into {self.archive.shown(folder)}/.",
            )
        if not folder.is_dir():
            return
        ids = {recording.id for recording in event.recordings}
        for path in sorted(folder.iterdir()):
            first = path.name.partition(".")[0]
            if (
                first not in ids
                and path.name not in (MANIFEST, event.picture)
                and not path.name.startswith(".")
            ):
                self.say(path, "no recording of the event has this name.", _NAMELESS)
        rows = self._rows(folder)
        for recording in event.recordings:
            record = folder / f"{recording.id}.json"
            self.files += record.exists()
            try:
                original = find_original(self.archive, event.stem, recording.id)
            except FormatError as error:
                self.findings.append(_finding(error, record))
                continue
            if original is None:
                continue
            if rows is not None and rows.get(original.path.name) != original.sha256:
                self.say(
                    record, f"it does not agree with {MANIFEST} about {original.path.name}.", _FROM_BACKUP
                )
            if recording.trim is not None and recording.trim[1] > original.duration:
                self.say(
                    self.archive.events / f"{event.stem}.toml",
                    f"the trim of '{recording.id}' ends at {clock(recording.trim[1])}, "
                    f"after the recording's end at {clock(original.duration)}.",
                    f"Mend it: 'onrecord event edit {event.slug}'.",
                )
            yield recording.id, original

    @staticmethod
    def _rows(folder: Path) -> dict[str, str] | None:
        try:
            return read_manifest(folder)
        except FormatError:
            return None  # it was said already

    # Transcripts

    def _transcripts(self, event: Event, originals: dict[str, Original]) -> None:
        folder = self.archive.transcripts(event.stem)
        if not folder.is_dir():
            return
        entries = self.library.entries(event.stem)
        chapters = {f"{recording.id}.chapters.vtt" for recording in event.recordings}
        named = {entry.path.name for entry in entries} | chapters | {"history"}
        for recording in event.recordings:
            try:
                self.files += bool(read_chapters(self.archive, event.stem, recording.id))
            except FormatError as error:
                self.findings.append(_finding(error))
        self._strangers_in(folder, named, "this is no name of a transcript, such as part-1.en.vtt.")
        for entry in entries:
            self.files += 1
            if event.recording(entry.recording_id) is None:
                self.say(entry.path, f"the event has no recording '{entry.recording_id}'.", _NAMELESS)
            self._transcript(event, entry, originals.get(entry.recording_id))
        history = folder / "history"
        for path in sorted(history.iterdir()) if history.is_dir() else ():
            self.files += 1
            name, _, number = path.name.removesuffix(".vtt").rpartition(".")
            if path.suffix != ".vtt" or not number.isdecimal() or "." not in name:
                self.say(path, "this is no earlier revision of a transcript.", "Move it elsewhere.")
                continue
            try:
                read_vtt(path.read_bytes(), path=path, language=name.rpartition(".")[2])
            except FormatError as error:
                self.findings.append(_finding(error, path))

    def _strangers_in(self, folder: Path, known: set[str], problem: str) -> None:
        for path in sorted(folder.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                self.say(path, problem, "Rename it, or take it in with 'onrecord transcript import'.")

    def _transcript(self, event: Event, entry: Entry, original: Original | None) -> None:
        try:
            reading = self.library.reading(entry)
        except FormatError as error:
            self.findings.append(_finding(error, entry.path))
            return
        transcript = reading.transcript
        for sentence in reading.mended:
            self.say(entry.path, sentence, "It is read all the same; saving it anew mends it.")
        for cue, times in Counter(cue.id for cue in transcript.cues).items():
            if times > 1:
                self.say(
                    entry.path,
                    f"{times} cues have the id '{cue}'.",
                    "Give each a name of its own, for links lead to them.",
                )
        made_from = transcript.provenance.original_sha256
        if original is not None and made_from and made_from != original.sha256:
            self.say(
                entry.path,
                "it was made from another original than the one that stands now.",
                f"Make it anew: 'onrecord transcribe {event.slug} {entry.recording_id} --again'.",
            )

    # Databases

    def _databases(self) -> None:
        for path in (self.archive.index_file, self.archive.public_index_file):
            if path.exists():
                self.files += 1
                try:
                    with closing(open_reader(path)) as connection:
                        sound = _is_sound(connection)
                except SearchIndexError as error:
                    self.findings.append(_finding(error, path))
                    continue
                if not sound:
                    self.say(path, "the search index is damaged.", "Run 'onrecord reindex'.")
        path = self.archive.state_file
        if path.exists():
            self.files += 1
            try:
                with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
                    sound = _is_sound(connection)
            except sqlite3.Error:
                sound = False
            if not sound:
                self.say(path, "the accounts and jobs are damaged.", _FROM_BACKUP)


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
