"""The gate: the only way from the archive to anything public.

Pages, search, feeds, downloads and the export are made of what `View` gives and of nothing else. What passes,
and when, is the column "public" of the table of keys; it is decided here, in `onrecord.site.spoken` (what was
said) and in `onrecord.site.names` (which names may be said).
"""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from onrecord.archive import Archive
from onrecord.errors import FormatError, NotFoundError, OnrecordError, PublishError
from onrecord.events.model import Event, Link, Recording, Speaker
from onrecord.events.people import Person, read_people
from onrecord.events.registry import Registry
from onrecord.languages import direction, language_name
from onrecord.site.gathering import GroupKind, groups_of, people_of
from onrecord.site.names import Names, consents
from onrecord.site.players import offered_player
from onrecord.site.public import (
    Passages,
    PublicChapter,
    PublicEvent,
    PublicGroup,
    PublicLink,
    PublicMedia,
    PublicPerson,
    PublicRecording,
    PublicSpeaker,
    PublicTranscript,
    Withdrawn,
)
from onrecord.site.slugs import Slugs, slug_of_name
from onrecord.site.spoken import engine_name, may_pass, model_name, passages
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.model import Provenance
from onrecord.transcripts.vtt import read_vtt

if TYPE_CHECKING:
    from onrecord.media.renditions import Rendition

Standing = Literal["draft", "unlisted", "public"]
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{22,}$")  # 22 characters of base64 are 132 bits
_KEPT_PASSAGES = 16  # transcripts whose words are kept in memory; pages are kept as bytes anyway
_HEAD = 8192


def standing(event: Event, now: datetime) -> Standing:
    """Who may see an event at `now`: nobody, those who know its address, or everyone."""
    if event.visibility == "draft":
        at = event.publish_instant
        return "public" if at is not None and at <= now else "draft"
    if event.visibility == "unlisted" and not _TOKEN.match(event.unlisted_token or ""):
        return "draft"
    return event.visibility


def is_published(recording: Recording, archive: Archive) -> bool:
    """Whether a person, or the archive's settings, have published a recording."""
    if recording.publish is None:
        return archive.settings.flag("publish.recordings")
    return recording.publish


def transcript_policy(recording: Recording, archive: Archive) -> str:
    """Which transcripts of a recording may be public: reviewed, draft or no."""
    return recording.transcript or archive.settings.text("publish.transcripts")


def names_of(event: Event, people: Mapping[str, Person]) -> Names:
    """The names of an event's speakers, also those that they bear elsewhere in the archive."""
    others: dict[str, list[str]] = {}
    for speaker in event.speakers:
        if speaker.id and (person := people.get(speaker.id)):
            more = person.extra.get("x-other-names", ())
            others[speaker.id] = [person.name, *person.names.values(), *(str(name) for name in more)]
    return Names(event.speakers, others)


@dataclass(frozen=True)
class _Seen:
    """An event that somebody may see, with the names that may be said."""

    event: Event
    names: Names
    token: str


class View:
    """What the public may see of an archive at `now`, an aware instant.

    A view does not change: when the archive does, make another one. `before`, an earlier view of the same
    archive, saves it from reading again what has not changed.
    """

    def __init__(self, archive: Archive, now: datetime, *, before: View | None = None) -> None:
        self.archive = archive
        self.now = now
        self._registry: Registry = before._registry if before else Registry(archive)
        self._library: Library = before._library if before else Library(archive)
        self._heads: dict[Path, tuple[tuple[int, int, int], Provenance | FormatError]] = (
            before._heads if before else {}
        )
        self._passages: OrderedDict[tuple[str, str, str], Passages] = OrderedDict()
        self._guard = threading.Lock()  # pages are rendered in several threads
        self._recordings: dict[str, tuple[PublicRecording, ...]] = {}
        scan = self._registry.scan()
        self._problems: list[OnrecordError] = list(scan.problems)
        self._people_known, people_read = self._read_people()
        changes: list[datetime] = []
        seen: list[_Seen] = []
        withdrawn: list[Withdrawn] = []
        for event in scan.events:
            now_standing = standing(event, now)
            changes += _instants(event, now_standing)
            if now_standing == "draft":
                continue
            names = names_of(event, self._people_known)
            token = (event.unlisted_token or "") if now_standing == "unlisted" else ""
            if event.withdrawn:
                slugs = () if token else tuple(s for s in (event.slug, *event.aliases) if not names.hides(s))
                withdrawn.append(Withdrawn(slugs, token, names.text(event.withdrawn)))
            elif not people_read and any(map(_has_other_names, event.speakers)):
                self._problems.append(_names_unknown(event))
            elif not token and names.hides(event.slug):
                self._problems.append(_named_in_address(event))
            else:
                seen.append(_Seen(event, names, token))
        self.withdrawn = tuple(withdrawn)
        self.next_change = min((instant for instant in changes if instant > now), default=None)
        self._speaker_slugs = Slugs()
        self._series_slugs, self._tag_slugs = Slugs(), Slugs()
        listed = [one for one in seen if not one.token]
        for one in listed:
            self._name_pages(one)
        made = [(one, self._event(one)) for one in seen]
        self._raw = {_key(public): one for one, public in made}
        self.events = tuple(public for one, public in made if not one.token)
        self.unlisted = tuple(public for one, public in made if one.token)
        self._by_slug = {event.slug: event for event in self.events}
        self._by_token = {event.token: event for event in self.unlisted}
        self._by_alias = {
            alias: event
            for event in self.events
            for alias in event.aliases
            if alias not in self._by_slug and not any(alias in gone.slugs for gone in withdrawn)
        }

    # What there is

    def event(self, slug: str) -> PublicEvent | None:
        """A listed event by its address."""
        return self._by_slug.get(slug)

    def moved(self, slug: str) -> PublicEvent | None:
        """The listed event that once had this address."""
        return self._by_alias.get(slug)

    def unlisted_event(self, token: str) -> PublicEvent | None:
        """An unlisted event by the random part of its address."""
        return self._by_token.get(token)

    def gone(self, *, slug: str = "", token: str = "") -> Withdrawn | None:
        """The withdrawn event that had this address."""
        return next(
            (one for one in self.withdrawn if (slug and slug in one.slugs) or (token and token == one.token)),
            None,
        )

    @property
    def problems(self) -> tuple[OnrecordError, ...]:
        """What could not be read, or had to be kept back, as far as it has been looked at."""
        return tuple(self._problems)

    @cached_property
    def _people(self) -> dict[str, PublicPerson]:
        return people_of(self.events)

    @cached_property
    def _groups(self) -> dict[tuple[GroupKind, str], PublicGroup]:
        return groups_of(self.events)

    @property
    def people(self) -> tuple[PublicPerson, ...]:
        """Everyone with a page, by name."""
        return tuple(sorted(self._people.values(), key=lambda person: (person.name.casefold(), person.slug)))

    def person(self, slug: str) -> PublicPerson | None:
        """A speaker by the address of their page."""
        return self._people.get(slug)

    def moved_person(self, slug: str) -> PublicPerson | None:
        """The speaker whose page had this address before two records of the person were merged."""
        known = self._people_known.get(slug)
        return self.person(known.id) if known is not None and known.id != slug else None

    @property
    def groups(self) -> tuple[PublicGroup, ...]:
        """Every series and every tag."""
        return tuple(self._groups.values())

    def group(self, kind: GroupKind, slug: str) -> PublicGroup | None:
        """A series or a tag by the address of its page."""
        return self._groups.get((kind, slug))

    def fingerprint(self, event: PublicEvent) -> str:
        """Changes whenever anything may have changed that the public can find of an event, or read in it."""
        one = self._raw[_key(event)]
        digest = hashlib.sha256(one.event.model_dump_json().encode())
        digest.update(
            repr([self._people_known.get(speaker.id or "") for speaker in one.event.speakers]).encode()
        )
        settings = self.archive.settings
        policy = (settings.flag("publish.recordings"), settings.text("publish.transcripts"))
        digest.update(repr((policy, event.slug, event.token)).encode())
        for entry in self._library.entries(one.event.stem):
            digest.update(repr((entry.path.name, _signature(entry.path))).encode())
        return digest.hexdigest()

    def _read_people(self) -> tuple[Mapping[str, Person], bool]:
        """Everyone in `speakers.toml`, and whether it could be read."""
        try:
            return read_people(self.archive.speakers_file), True
        except OnrecordError:
            return {}, False  # the registry has told this problem already

    # Events

    def _name_pages(self, one: _Seen) -> None:
        """Claims the addresses of the pages that an event stands on."""
        for speaker in one.event.speakers:
            if consents(speaker) and (
                identity := self._identity(one, speaker.id, speaker.shown_as, speaker.name)
            ):
                own = identity.removeprefix("id:")
                wanted = own if own != identity and not one.names.hides(own) else ""
                self._speaker_slugs.claim(identity, wanted or slug_of_name(one.names.shown(speaker)))
        if one.event.series:
            name = one.names.text(one.event.series)
            self._series_slugs.claim(name, slug_of_name(name))
        for tag in one.event.tags:
            name = one.names.text(tag)
            self._tag_slugs.claim(name, slug_of_name(name))

    def _identity(self, one: _Seen, identifier: str | None, shown_as: str | None, name: str) -> str:
        """Who a speaker is over several events; empty: nobody can tell.

        By id, else by name. A pseudonym keeps apart what the person does under their own name; without an id
        it is no identity, for two people may be "Witness A".
        """
        if identifier and identifier in self._people_known:
            identifier = self._people_known[identifier].id  # an id that was merged into another
        if shown_as:
            return f"as:{identifier}:{shown_as}" if identifier else ""
        return f"id:{identifier}" if identifier else f"name:{' '.join(name.casefold().split())}"

    def _event(self, one: _Seen) -> PublicEvent:
        event, names = one.event, one.names
        zone = ZoneInfo(event.timezone)
        starts, ends = event.starts_at, event.ends_at
        joinable = event.join_visibility == "public" and self.now < ends and not event.cancelled
        listed = not one.token
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, event.id)) if names.hides(event.id) else event.id
        series = names.text(event.series)
        tags = tuple(dict.fromkeys(names.text(tag) for tag in event.tags))
        return PublicEvent(
            id=identifier,
            slug=event.slug if listed else "",
            aliases=tuple(alias for alias in event.aliases if not names.hides(alias)) if listed else (),
            token=one.token,
            title=names.text(event.title),
            summary=names.text(event.summary),
            markdown=names.text(event.description),
            starts=starts.astimezone(zone),
            ends=ends.astimezone(zone),
            timezone=event.timezone,
            duration=event.duration,
            when="coming" if self.now < starts else "now" if self.now < ends else "past",
            cancelled=names.text(event.cancelled),
            languages=event.languages,
            series=series,
            series_slug=self._series_slugs.get(series),
            tags=tuple((tag, self._tag_slugs.get(tag)) for tag in tags),
            licence=names.text(event.licence) or self.archive.settings.text("licence"),
            join=event.join if joinable and event.join and not names.hides(event.join) else "",
            agenda=tuple(self._agenda(one)),
            speakers=tuple(self._speakers(one)),
            links=_links(event.links, names),
            load=partial(self._load_recordings, one),
        )

    def _speakers(self, one: _Seen) -> Iterable[PublicSpeaker]:
        names = one.names
        for speaker in one.event.speakers:
            if consents(speaker):
                yield PublicSpeaker(
                    name=names.shown(speaker),
                    slug=self._speaker_slugs.get(
                        self._identity(one, speaker.id, speaker.shown_as, speaker.name)
                    ),
                    role=names.text(speaker.role),
                    affiliation=names.text(speaker.affiliation),
                    bio=names.text(speaker.bio),
                    links=_links(speaker.links, names),
                )

    def _agenda(self, one: _Seen) -> Iterable[PublicChapter]:
        """The chapters on the clock of the first recording's rendition; those outside its trim are left out.

        The chapter in which the trim begins stands at its start. Where only later recordings are published there are
        no chapters: these are another recording's.
        """
        published = [recording for recording in one.event.recordings if is_published(recording, self.archive)]
        if published and published[0] is not one.event.recordings[0]:
            return
        trim = published[0].trim if published else None
        items = one.event.agenda
        for number, item in enumerate(items):
            following = items[number + 1].at if number + 1 < len(items) else None
            if trim is None:
                yield PublicChapter(item.at, one.names.text(item.title))
            elif item.at < trim[1] and (item.at >= trim[0] or following is None or following > trim[0]):
                yield PublicChapter(max(0, item.at - trim[0]), one.names.text(item.title))

    # Recordings and what is said in them

    def _load_recordings(self, one: _Seen) -> tuple[PublicRecording, ...]:
        key = one.token or one.event.slug
        if key not in self._recordings:
            self._recordings[key] = tuple(
                self._recording(one, recording)
                for recording in one.event.recordings
                if is_published(recording, self.archive) and not one.names.hides(recording.id)
            )
        return self._recordings[key]

    def _recording(self, one: _Seen, recording: Recording) -> PublicRecording:
        return PublicRecording(
            id=recording.id,
            title=one.names.text(recording.title),
            languages=recording.languages or one.event.languages,
            media=self._media(one.event, recording),
            player=offered_player(self.archive, one.event, recording),
            load=_once(partial(self._load_transcripts, one, recording)),
        )

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
                if file is not None and not _is_itself(top, file):
                    self._problems.append(_leads_elsewhere(file))
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

    def _load_transcripts(self, one: _Seen, recording: Recording) -> tuple[PublicTranscript, ...]:
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

    def _load_passages(self, one: _Seen, recording: Recording, entry: Entry) -> Passages:
        key = (one.token or one.event.slug, recording.id, entry.language)
        with self._guard:
            if key in self._passages:
                self._passages.move_to_end(key)
                return self._passages[key]
        slugs = {speaker.name: speaker.slug for speaker in self._speakers(one)}
        try:
            transcript = self._library.read(entry)
        except (FormatError, NotFoundError) as error:
            made = Passages((), 0, tuple)
            if str(error) not in map(str, self._problems):
                self._problems.append(error)
        else:
            prefix = f"{recording.id}.{entry.language}"
            made = passages(transcript, prefix, recording.trim, one.names, slugs)
        with self._guard:
            self._passages[key] = made
            while len(self._passages) > _KEPT_PASSAGES:
                self._passages.popitem(last=False)
        return made

    def _head(self, entry: Entry) -> Provenance | None:
        """What the first note of a transcript says; None when it cannot be read."""
        signature = _signature(entry.path)
        known = self._heads.get(entry.path)
        if known is None or known[0] != signature:
            known = (signature, self._read_head(entry))
            self._heads[entry.path] = known
        if isinstance(known[1], FormatError):
            if known[1] not in self._problems:
                self._problems.append(known[1])
            return None
        return known[1]

    def _read_head(self, entry: Entry) -> Provenance | FormatError:
        if not _is_itself(self.archive.transcripts(""), entry.path):
            return _leads_elsewhere(entry.path)
        try:
            with entry.path.open("rb") as file:
                data = file.read(_HEAD)
            first = re.split(rb"\r?\n\r?\n", data, maxsplit=2)[:2]  # a block ends with a blank line
            if len(first) == 2 and first[1].startswith(b"NOTE"):
                return read_vtt(
                    b"\n\n".join(first) + b"\n", path=entry.path, language=entry.language
                ).transcript.provenance
            return self._library.read(entry).provenance
        except FormatError as error:
            return error
        except OSError as error:
            return FormatError(f"this file cannot be read: {error.strerror}.", path=entry.path)


def _key(event: PublicEvent) -> str:
    return event.token or event.slug


def _once(make: Callable[[], tuple[PublicTranscript, ...]]) -> Callable[[], tuple[PublicTranscript, ...]]:
    """Makes it when it is first asked for."""
    kept: list[tuple[PublicTranscript, ...]] = []

    def load() -> tuple[PublicTranscript, ...]:
        if not kept:
            kept.append(make())
        return kept[0]

    return load


def _signature(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _instants(event: Event, now_standing: Standing) -> list[datetime]:
    """When the public picture of an event changes by the clock alone."""
    if event.withdrawn:
        return []
    if now_standing == "draft":
        return [event.publish_instant] if event.visibility == "draft" and event.publish_instant else []
    return [event.starts_at, event.ends_at]


def _is_itself(top: Path, path: Path) -> bool:
    """Whether a file is where its name says, with no link below `top`, which may be on another disk: not
    outside the archive, and not a file of another event.
    """
    return path.resolve() == top.resolve() / path.relative_to(top)


def _leads_elsewhere(path: Path) -> FormatError:
    return FormatError(
        "this leads to another file than its name says, so it is not published.",
        path=path,
        advice="Put the file itself there instead of a link.",
    )


def _has_other_names(speaker: Speaker) -> bool:
    """Whether `speakers.toml` may know more names of someone whose name must not be said."""
    return bool(speaker.id) and (bool(speaker.shown_as) or not consents(speaker))


def _names_unknown(event: Event) -> PublishError:
    return PublishError(
        f"'{event.stem}' is kept back: the names that must not be public stand in a file that cannot be read.",
        slug=event.stem,
        advice="Mend speakers.toml.",
    )


def _named_in_address(event: Event) -> PublishError:
    return PublishError(
        f"'{event.stem}' is kept back: its address '{event.slug}' holds a name that must not be public.",
        slug=event.stem,
        advice=f"Give it another one with 'onrecord event rename {event.stem} NEW-ADDRESS'.",
    )


def _links(links: Iterable[Link], names: Names) -> tuple[PublicLink, ...]:
    """The links whose address gives no hidden name away."""
    return tuple(
        PublicLink(
            label=names.text(link.label),
            url=link.url,
            kind=names.text(link.kind),
            language=link.language or "",
            archived=link.archived if link.archived and not names.hides(link.archived) else "",
        )
        for link in links
        if not names.hides(link.url)
    )


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
