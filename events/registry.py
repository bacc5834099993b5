"""The registry: every event of an archive, read with a cache and written with its comments kept."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import tomlkit

from onrecord.archive import Archive
from onrecord.errors import (
    ConflictError,
    EventFormatError,
    LockedError,
    NotFoundError,
    OnrecordError,
    StorageError,
    UsageError,
)
from onrecord.events.claims import Claim, Owners, check_free, claims, clash
from onrecord.events.completion import check_id_stays, completed, lacks
from onrecord.events.kept import KeptEvent, keep_events, kept_event, kept_events
from onrecord.events.model import Event
from onrecord.events.people import NOBODY, Person, read_people
from onrecord.events.record import check_event, parse_record, proposed_id, read_record_text
from onrecord.events.stems import slug_of, stem_of
from onrecord.events.writing import changed, new_document
from onrecord.files import write_text
from onrecord.locks import lock
from onrecord.program import program
from onrecord.toml import nearest

# A file changed so shortly before it was read may change again within one tick of the clock; in ns.
_UNSETTLED = 200_000_000
_WAIT = 2.0  # seconds that one writer of a record waits for another
Signature = tuple[int, int, int]  # mtime in ns, size, inode


@dataclass(frozen=True)
class Scan:
    """Every event that can be read, by its start, and what is wrong with the files that cannot.

    Of two files that claim one id or address, the one whose stem comes later counts as a file that cannot be
    read. `written` says by stem when a file was last changed, in ns; `digests` are of all that an event holds and of
    when its file was written, where a registry that keeps events has them.
    """

    events: tuple[Event, ...]
    problems: tuple[EventFormatError, ...]
    owners: Owners = field(default_factory=dict, repr=False)
    written: Mapping[str, int] = field(default_factory=dict, repr=False)
    digests: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class _Seen:
    signature: Signature
    event: Event | None
    problem: EventFormatError | None
    settled: bool  # whether an equal signature means an equal file
    claims: tuple[Claim, ...] = ()
    starts_at: datetime | None = None  # kept, since a change anywhere means sorting them all
    kept: KeptEvent | None = None  # as it can be kept


class Registry:
    """The events of one archive.

    One instance may be kept for as long as a server runs, for all its threads: it sees changes by hand. With
    `keep`, what is read is kept in a derived file, so that the next program need not read it again.
    """

    def __init__(self, archive: Archive, *, keep: bool = False) -> None:
        self.archive = archive
        self._keep = keep
        self._kept: dict[str, KeptEvent] | None = None  # None: not read yet
        self._seen: dict[str, _Seen] = {}
        self._people: tuple[Signature | None, Mapping[str, Person], EventFormatError | None] = (
            None,
            NOBODY,
            None,
        )
        self._scan: Scan | None = None
        self._guard = threading.RLock()  # of several threads that look at once, none undoes what another saw

    # Reading

    def scan(self) -> Scan:
        """Every event. Files that have not changed since the last scan of this registry are not read again.

        Fills in, in the file itself, an id that is missing and the token of an unlisted event.
        """
        with self._guard:
            return self._look_at_all()

    def _look_at_all(self) -> Scan:
        self._read_people()
        fresh = self._scan is None
        seen: dict[str, _Seen] = {}
        kept = self._read_kept() if self._keep else {}
        for name, signature in self._files():
            known = self._seen.get(name)
            if known is None or known.signature != signature or not known.settled:
                one = kept.get(name)
                if one is not None and one.signature == signature:
                    known = _Seen(
                        signature, one.event, None, True, tuple(claims(one.event)), one.event.starts_at, one
                    )
                else:
                    known = self._look(self.archive.events / name, signature)
                fresh = True
            seen[name] = known
        if fresh or self._scan is None or seen.keys() != self._seen.keys():
            self._scan = self._order(seen)
        self._seen = seen
        if self._keep:
            self._write_kept(seen)
        return self._scan

    def _read_kept(self) -> dict[str, KeptEvent]:
        if self._kept is None:
            self._kept = kept_events(self.archive, self._kept_key())
        return self._kept

    def _write_kept(self, seen: Mapping[str, _Seen]) -> None:
        """Keeps what was read, where it differs from what was kept."""
        people = self._people[0]
        if people is not None and _is_recent(people):
            return  # it may change again without a sign of it
        before = self._read_kept()
        kept = {name: known.kept for name, known in seen.items() if known.settled and known.kept is not None}
        if kept.keys() != before.keys() or any(one is not before[name] for name, one in kept.items()):
            keep_events(self.archive, self._kept_key(), kept)
        self._kept = kept

    def _kept_key(self) -> str:
        """What an event depends on besides its own file."""
        key = repr((program(), self._people[0], self.archive.settings.text("timezone")))
        return hashlib.sha256(key.encode()).hexdigest()

    def get(self, name: str) -> Event:
        """An event by stem, address, former address or id. Raises `NotFoundError` with the nearest name.

        Raises what is wrong with the file when that is why the event cannot be had.
        """
        scan = self.scan()
        if event := _find(scan.events, name):
            return event
        for problem in scan.problems:
            if problem.path is not None and problem.path.stem == name:
                raise problem
        known = [text for event in scan.events for text in (event.stem, event.slug, *event.aliases)]
        near = nearest(name, known) or next((text for text in known if name.lower() in text), None)
        advice = f"Did you mean '{near}'?" if near else "See them all with 'onrecord event list'."
        raise NotFoundError(f"there is no event '{name}'.", advice=advice, slug=name)

    def path(self, name: str) -> Path:
        """The file of an event, also of one that cannot be read if `name` is its stem.

        Raises `NotFoundError`.
        """
        path = self.archive.events / f"{name}.toml"
        if re.fullmatch(r"[^./\\\x00][^/\\\x00]*", name) and path.is_file():
            return path
        return self.archive.events / f"{self.get(name).stem}.toml"

    def _files(self) -> Iterator[tuple[str, Signature]]:
        try:
            with os.scandir(self.archive.events) as entries:
                for entry in entries:
                    if entry.name.endswith(".toml") and not entry.name.startswith("."):
                        try:
                            stat = entry.stat()
                        except FileNotFoundError:
                            if not entry.is_symlink():
                                continue  # it went away just now
                            stat = entry.stat(follow_symlinks=False)
                        yield entry.name, (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except FileNotFoundError:
            return  # an archive without the folder has no events

    def _read_people(self) -> None:
        """Reads `speakers.toml` when it has changed, and forgets the events that depend on it."""
        path = self.archive.speakers_file
        try:
            stat = path.stat()
            signature: Signature | None = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except FileNotFoundError:
            signature = None
        recent = signature is not None and _is_recent(signature)
        if signature == self._people[0] and not recent:
            return
        try:
            self._people = (signature, read_people(path), None)
        except EventFormatError as error:
            self._people = (signature, NOBODY, error)
        self._seen = {
            name: known
            for name, known in self._seen.items()
            if known.event is not None and not any(speaker.id for speaker in known.event.speakers)
        }
        self._scan = None
        self._kept = None

    def _look(self, path: Path, signature: Signature) -> _Seen:
        settled = not _is_recent(signature)
        try:
            text = read_record_text(path)
            data = parse_record(text, path)
            event = self._check(data, path, text)
            if lacks(data):
                try:
                    with self._lock(path.stem, doing="filling in the id", wait=0):
                        text, event = self._complete(path, read_record_text(path))
                        write_text(path, text)
                    stat = path.stat()
                    signature, settled = (stat.st_mtime_ns, stat.st_size, stat.st_ino), False
                except (LockedError, StorageError, FileNotFoundError):
                    settled = False  # the next scan tries again; until then the id is the same one, unwritten
            kept = kept_event(path.name, signature, event) if self._keep else None
            return _Seen(signature, event, None, settled, tuple(claims(event)), event.starts_at, kept)
        except EventFormatError as error:
            return _Seen(signature, None, error, settled)
        except (StorageError, OSError) as error:
            reason = error.message if isinstance(error, StorageError) else f"{error.strerror or error}."
            return _Seen(
                signature,
                None,
                EventFormatError(f"this file cannot be read: {reason}", path=path),
                settled=False,
            )

    def _check(self, data: Mapping[str, Any], path: Path, text: str) -> Event:
        return check_event(
            data, path, text, timezone=self.archive.settings.text("timezone"), people=self._people[1]
        )

    def _order(self, seen: Mapping[str, _Seen]) -> Scan:
        problems = [known.problem for known in seen.values() if known.problem is not None]
        if self._people[2] is not None:
            problems.append(self._people[2])
        rows = [(known.event.stem, known.event, known) for known in seen.values() if known.event is not None]
        rows.sort(key=lambda row: row[0])
        owners: dict[tuple[str, str], str] = {}
        for stem, event, _ in rows:  # an address in force comes before former ones
            owners.setdefault(("address", event.slug), stem)
        kept = []
        for stem, event, known in rows:
            claim = next(
                (claim for claim in known.claims if owners.setdefault(claim[1:], stem) != stem), None
            )
            if claim is None:
                kept.append((known.starts_at or event.starts_at, stem, event))
            else:
                path = self.archive.events / f"{stem}.toml"
                problems.append(clash(claim, path, owners[claim[1:]]))
        kept.sort(key=lambda row: row[:2])
        problems.sort(key=lambda problem: (str(problem.path), problem.line or 0))
        written = {stem: known.signature[0] for stem, _, known in rows}
        digests = {stem: known.kept.digest for stem, _, known in rows if known.kept is not None}
        return Scan(tuple(event for _, _, event in kept), tuple(problems), owners, written, digests)

    # Writing

    def _lock(self, stem: str, *, doing: str, wait: float = _WAIT) -> AbstractContextManager[None]:
        # A lock of the record's own: who transcribes for hours must not keep others from withdrawing the
        # event.
        return lock(self.archive, f"{stem}.record", wait=wait, doing=doing)

    def _complete(self, path: Path, text: str) -> tuple[str, Event]:
        """The text with what must not be missing, and the event that it holds."""
        with self._guard:
            self._read_people()
        data = parse_record(text, path)
        event = self._check(data, path, text)
        if not lacks(data):
            return text, event
        text = completed(text, data, path.stem)
        return text, self._check(parse_record(text, path), path, text)

    def add(self, values: Mapping[str, Any]) -> Event:
        """Registers a new event with `values` as its file has them, and returns it. The file's name is ours.

        Raises `EventFormatError` for a value that cannot be, `ConflictError` for an address or id in use.
        """
        (made,) = self.add_all([values])
        if isinstance(made, OnrecordError):
            raise made
        return made

    def add_all(self, many: Iterable[Mapping[str, Any]]) -> Iterator[Event | OnrecordError]:
        """Registers many events; in the place of one that cannot be registered stands the reason.

        A full disk stops it: what was registered until then stands.
        """
        with lock(self.archive, ".registry", wait=10, doing="registering events"):
            owners = dict(self.scan().owners)
            for values in many:
                try:
                    path, text, event = self.draft(values, owners)
                    check_free(event, owners)
                except (EventFormatError, ConflictError, UsageError) as error:
                    yield error
                    continue
                write_text(path, text)
                owners.update({claim[1:]: event.stem for claim in claims(event)})
                yield event

    def draft(self, values: Mapping[str, Any], owners: Owners) -> tuple[Path, str, Event]:
        """The file, the text and the event that `add` would make; nothing is written.

        `owners` are those of a scan. Raises `EventFormatError`.
        """
        stem = self._free_stem(values, owners)
        values = {"timezone": self.archive.settings.text("timezone"), **values}
        values.setdefault("id", proposed_id(stem, values))
        path = self.archive.events / f"{stem}.toml"
        return path, *self._complete(path, new_document(values))

    def _free_stem(self, values: Mapping[str, Any], owners: Owners) -> str:
        """The name for the files of a new event: its date and title, with a number where that is taken."""
        title, starts = str(values.get("title") or ""), values.get("starts")
        text = starts.isoformat() if isinstance(starts, datetime) else str(starts)
        try:
            wanted = stem_of(date.fromisoformat(text.strip()[:10]), title)
        except ValueError:
            wanted = slug_of(title)  # what is wrong with the start is told when the whole is checked
        number, stem = 1, wanted
        while ("address", stem) in owners or any(place.exists() for place in self._places(stem)):
            number += 1
            stem = f"{wanted}-{number}"
        return stem

    def _places(self, stem: str) -> tuple[Path, ...]:
        return self.archive.events / f"{stem}.toml", self.archive.media(stem), self.archive.transcripts(stem)

    def edit(self, name: str, change: Callable[[tomlkit.TOMLDocument], None]) -> Event:
        """Changes an event's file through tomlkit, so that comments stay, and returns the event as it is
        then.

        What `change` leaves is checked before it replaces the file; when anything is wrong, the file stays as
        it was. Raises `EventFormatError`, `ConflictError`, `LockedError`.
        """
        return self.replace_text(name, lambda text: changed(text, change))

    def read_text(self, stem: str, text: str) -> Event:
        """The event that its file would hold with this text. Raises `EventFormatError`."""
        path = self.archive.events / f"{stem}.toml"
        return self._check(parse_record(text, path), path, text)

    def replace_text(self, name: str, make: Callable[[str], str]) -> Event:
        """The same with the whole text of the file."""
        path = self.path(name)
        with self._lock(path.stem, doing="editing"):
            before = read_record_text(path)
            wanted = make(before)
            check_id_stays(before, wanted, path)
            text, event = self._complete(path, wanted)
            check_free(event, self.scan().owners)
            if text != before:
                write_text(path, text)
        return event

    def rename(self, name: str, slug: str) -> Event:
        """Gives an event another address.

        Its files keep their names, and the old address leads to the new one.
        """
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug) or len(slug) > 80:
            raise UsageError(
                f"'{slug}' is no address for an event.",
                advice=f"Use small letters, digits and hyphens, such as '{slug_of(slug)}'.",
            )
        event = self.get(name)

        def change(document: tomlkit.TOMLDocument) -> None:
            aliases = [alias for alias in (*event.aliases, event.slug) if alias != slug]
            document["slug"] = slug
            if aliases:
                document["aliases"] = list(dict.fromkeys(aliases))
            else:
                document.pop("aliases", None)

        return self.edit(event.stem, change)

    def withdraw(self, name: str, sentence: str) -> Event:
        """Takes an event back from the public: the record stays, its page says `sentence` from then on."""
        if not sentence.strip():
            raise UsageError(
                "a withdrawal needs a sentence that says so to readers.",
                advice='For example: --reason "At the wish of a speaker."',
            )

        def change(document: tomlkit.TOMLDocument) -> None:
            document["withdrawn"] = sentence.strip()

        return self.edit(self.get(name).stem, change)


def _is_recent(signature: Signature) -> bool:
    """Whether a file may yet change without a change of its signature."""
    return abs(time.time_ns() - signature[0]) <= _UNSETTLED


def _find(events: tuple[Event, ...], name: str) -> Event | None:
    for named in (
        lambda event: event.stem == name,
        lambda event: event.slug == name,
        lambda event: name in event.aliases,
        lambda event: event.id == name,
    ):
        if event := next(filter(named, events), None):
            return event
    return None
