"""Which transcript a page of the editor is about, and where its parts are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from onrecord.archive import Archive
from onrecord.errors import NotFoundError, OnrecordError, UsageError
from onrecord.events.model import Event, Recording
from onrecord.events.registry import Registry
from onrecord.site.desk.asking import Ask
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.model import Transcript

_PLAIN = re.compile("[^A-Za-z0-9_-]")


def _written(match: re.Match[str]) -> str:
    """A letter of an id that came from elsewhere, so that no address is parted or climbs: `/` is `~2F`."""
    return "".join(f"~{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


@lru_cache(maxsize=4)
def library_of(archive: Archive) -> Library:
    """The desk's one library of an archive: what was read or saved is known to the next request."""
    return Library(archive)


@dataclass(frozen=True)
class Player:
    """What the editor plays: `audio` or `video`, on the original's clock, as the transcript is."""

    address: str
    kind: str


@dataclass(frozen=True)
class Place:
    """One transcript on the desk."""

    archive: Archive
    library: Library
    entry: Entry

    @classmethod
    def of(cls, ask: Ask) -> Place:
        """The transcript that the address names (`part-1.en`). Raises `NotFoundError`."""
        stem = ask.params["stem"]
        recording, _, language = ask.params["name"].rpartition(".")
        library = library_of(ask.archive)
        try:
            entry = library.entry(stem, recording, language)
        except UsageError as error:
            raise NotFoundError("there is no such transcript.", slug=stem) from error
        if not (ask.archive.events / f"{stem}.toml").is_file():
            raise NotFoundError("there is no such discussion.", slug=stem)
        return cls(ask.archive, library, entry)

    @property
    def home(self) -> str:
        """The editor's own address."""
        return f"/desk/events/{self.entry.stem}/transcripts/{self.entry.name}/"

    @property
    def transcript(self) -> Transcript:
        """What stands now."""
        return self.library.read(self.entry)

    def bench(self, ask: Ask) -> Bench:
        """Where the person who asks corrects it."""
        return Bench(self.library, self.entry, ask.me.name)

    def paragraph(self, key: str) -> str:
        """The address of one paragraph's page."""
        return f"{self.home}paragraphs/{_PLAIN.sub(_written, key)}/"

    @staticmethod
    def key_of(part: str) -> str:
        """The key in such an address."""
        data = re.sub(rb"~([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), part.encode())
        return data.decode("utf-8", "replace")

    @property
    def stamp(self) -> str:
        """What changes whenever the file does."""
        stat = self.entry.path.stat()
        return f"{stat.st_mtime_ns:x}-{stat.st_size:x}"

    @cached_property
    def event(self) -> Event:
        """The discussion."""
        registry = Registry(self.archive)
        stem = self.entry.stem
        return registry.read_text(stem, registry.path(stem).read_text(encoding="utf-8"))

    @cached_property
    def recording(self) -> Recording | None:
        """The recording, when the event still has it."""
        return self.event.recording(self.entry.recording_id)

    @cached_property
    def player(self) -> Player | None:
        """What can be played on the desk, on the original's clock; None where nothing is there yet."""
        from onrecord.media.listening import playable  # it knows about files, which most changes do not need

        if self.recording is None:
            return None
        try:
            found = playable(self.archive, self.event, self.recording)
        except OnrecordError:
            return None
        if found is None:
            return None
        address = f"/desk/media/{self.entry.stem}/{self.entry.recording_id}"
        return Player(address, "video" if found.picture else "audio")

    def names(self) -> tuple[str, ...]:
        """Whom a turn may belong to: the event's speakers, then the voices that are heard."""
        listed = [speaker.name for speaker in self.event.speakers]
        return tuple(dict.fromkeys((*listed, *self.transcript.speakers)))
