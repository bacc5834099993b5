"""The gate: the only way from the archive to anything public.

Pages, search, feeds, downloads and the export are made of what `View` gives and of nothing else. What passes,
and when, is the column "public" of the table of keys; it is decided here, in `onrecord.site.spoken` (what was
said) and in `onrecord.site.names` (which names may be said).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from onrecord.archive import Archive
from onrecord.errors import OnrecordError
from onrecord.events.model import Event, Link, Speaker
from onrecord.events.people import Person, read_people
from onrecord.events.publication import Standing, consents, is_told, standing
from onrecord.events.registry import Registry
from onrecord.program import program
from onrecord.site.addresses import Addresses
from onrecord.site.chapters import placed
from onrecord.site.gathering import GroupKind, groups_of, people_of
from onrecord.site.keptback import has_other_names, named_in_address, names_unknown
from onrecord.site.names import Names
from onrecord.site.public import (
    PublicChapter,
    PublicEvent,
    PublicGroup,
    PublicLink,
    PublicPerson,
    PublicSpeaker,
    Withdrawn,
)
from onrecord.site.recordings import Kept, Recordings, signature
from onrecord.site.seen import Seen, names_of
from onrecord.transcripts.chapters import chapters_file
from onrecord.transcripts.library import Library


class View:
    """What the public may see of an archive at `now`, an aware instant.

    A view does not change: when the archive does, make another one. `before`, an earlier view of the same
    archive, saves it from reading again what has not changed. `instead` are events, by their stem, as they would be after a
    change that is not written: for a preview.
    """

    def __init__(
        self,
        archive: Archive,
        now: datetime,
        *,
        before: View | None = None,
        instead: Mapping[str, Event] = MappingProxyType({}),
    ) -> None:
        self.archive = archive
        self.now = now
        self._registry: Registry = before._registry if before else Registry(archive, keep=True)
        self._library: Library = before._library if before else Library(archive)
        scan = self._registry.scan()
        self._scan = scan
        self._written = scan.written
        self._digests: Mapping[str, str] = {} if instead else scan.digests
        self._problems: list[OnrecordError] = list(scan.problems)
        self._people_known, people_read = self._read_people()
        changes: list[datetime] = []
        seen: list[Seen] = []
        withdrawn: list[Withdrawn] = []
        for read in scan.events:
            event = instead.get(read.stem, read)
            now_standing = standing(event, now)
            starts = event.starts_at
            ends = starts + event.lasts
            changes += _instants(event, now_standing, starts, ends)
            if now_standing == "draft":
                continue
            names = names_of(event, self._people_known)
            token = (event.unlisted_token or "") if now_standing == "unlisted" else ""
            if event.withdrawn:
                slugs = () if token else tuple(s for s in (event.slug, *event.aliases) if not names.hides(s))
                withdrawn.append(Withdrawn(slugs, token, names.text(event.withdrawn)))
            elif not people_read and any(map(has_other_names, event.speakers)):
                self._problems.append(names_unknown(event))
            elif not token and names.hides(event.slug):
                self._problems.append(named_in_address(event))
            else:
                seen.append(Seen(event, names, token, starts, ends))
        self.withdrawn = tuple(withdrawn)
        self.next_change = min((instant for instant in changes if instant > now), default=None)
        self._licence = archive.settings.text("licence")
        self._same: dict[tuple[str | None, ...], PublicSpeaker] = {}
        self._addresses = Addresses((one for one in seen if not one.token), self._people_known)
        self._recordings: Recordings = Recordings(
            self._library, self._problems, before._recordings.heads if before else {}, self._speaker_pages
        )
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

    @cached_property
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

    @cached_property
    def groups(self) -> tuple[PublicGroup, ...]:
        """Every series and every tag."""
        return tuple(self._groups.values())

    def group(self, kind: GroupKind, slug: str) -> PublicGroup | None:
        """A series or a tag by the address of its page."""
        return self._groups.get((kind, slug))

    def fingerprint(self, event: PublicEvent) -> str:
        """Changes whenever anything may have changed that the public can find of an event, or read in it: also the
        program, for another one may know better which names must not be said.
        """
        one = self._raw[_key(event)]
        digest = hashlib.sha256(program().encode())
        digest.update(one.event.model_dump_json().encode())
        digest.update(repr(self._known_of(one.event)).encode())
        settings = self.archive.settings
        policy = (settings.flag("publish.recordings"), settings.text("publish.transcripts"))
        digest.update(repr((policy, event.slug, event.token)).encode())
        for entry in self._library.entries(one.event.stem):
            digest.update(repr((entry.path.name, signature(entry.path))).encode())
        for recording in one.event.recordings:
            digest.update(repr(signature(chapters_file(self.archive, one.event.stem, recording.id))).encode())
        return digest.hexdigest()

    def digest(self, event: PublicEvent, files: str) -> str:
        """Changes whenever anything may have changed that a page or a file of an event may show.

        `files` is the digest of what lies in the event's folders. The settings are not in it.
        """
        one = self._raw[_key(event)]
        raw = one.event
        text = repr((
            self._digests.get(raw.stem) or raw.model_dump_json(),
            self._known_of(raw),
            [speaker.slug for speaker in event.speakers],
            event.slug,
            event.token,
            one.starts.timestamp(),  # the machine may learn that the clocks of a zone go otherwise
            event.when,
            event.join,
            event.series_slug,
            event.tags,
            self._written.get(raw.stem, 0) // 1_000_000_000,
            files,
        ))  # fmt: skip
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def _known_of(self, event: Event) -> list[str]:
        """All that `speakers.toml` says of the people in an event, also their other names, which nothing public holds."""
        if not self._people_known:
            return []
        known = (self._people_known.get(speaker.id or "") for speaker in event.speakers)
        return [f"{person!r}{person.extra}" if person else "" for person in known]

    def keep(self, kept: Kept) -> None:
        """Takes what an earlier program has found of the recordings, before anybody has asked for them."""
        self._recordings.kept = kept

    def stem(self, event: PublicEvent) -> str:
        """The name of the event's folders; no public byte holds it."""
        return self._raw[_key(event)].event.stem

    def records(self) -> Mapping[str, Event]:
        """The records of the events that somebody outside may see, by stem. They hold what is private: for whoever has
        to tell what became less, and for nothing public.
        """
        return {one.event.stem: one.event for one in self._raw.values()}

    def records_by_now(self) -> Mapping[str, Event] | None:
        """The records of what is told now, at this view's instant, as `records`; None: none has changed since."""
        scan = self._registry.scan()
        if scan is self._scan:
            return None
        return {
            event.stem: event
            for event in scan.events
            if not event.withdrawn and standing(event, self.now) != "draft"
        }

    def _read_people(self) -> tuple[Mapping[str, Person], bool]:
        """Everyone in `speakers.toml`, and whether it could be read."""
        try:
            return read_people(self.archive.speakers_file), True
        except OnrecordError:
            return {}, False  # the registry has told this problem already

    # Events

    def _event(self, one: Seen) -> PublicEvent:
        event, names = one.event, one.names
        zone = ZoneInfo(event.timezone)
        starts, ends = one.starts, one.ends
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
            series_slug=self._addresses.series(series),
            tags=tuple((tag, self._addresses.tag(tag)) for tag in tags),
            licence=names.text(event.licence) or self._licence,
            join=event.join if joinable and event.join and not names.hides(event.join) else "",
            agenda=self._agenda(one),
            speakers=tuple(self._speakers(one)),
            links=_links(event.links, names),
            changed=datetime.fromtimestamp(self._written.get(event.stem, 0) // 1_000_000_000, UTC),
            load=partial(self._recordings.of, one),
        )

    def _speakers(self, one: Seen) -> Iterable[PublicSpeaker]:
        return (self._speaker(speaker, one.names) for speaker in one.event.speakers if consents(speaker))

    def _speaker(self, speaker: Speaker, names: Names) -> PublicSpeaker:
        """What an event says of a speaker. Where nobody is hidden, who is told of in the same way in many events is made
        once.
        """
        key = (speaker.id, speaker.name, speaker.shown_as, speaker.role, speaker.affiliation, speaker.bio)
        once = names.open and not speaker.links
        if once and key in self._same:
            return self._same[key]
        made = PublicSpeaker(
            name=names.shown(speaker),
            slug=self._addresses.speaker(speaker),
            role=names.text(speaker.role),
            affiliation=names.text(speaker.affiliation),
            bio=names.text(speaker.bio),
            links=_links(speaker.links, names),
        )
        if once:
            self._same[key] = made
        return made

    def _speaker_pages(self, one: Seen) -> dict[str, str]:
        return {speaker.name: speaker.slug for speaker in self._speakers(one)}

    def _agenda(self, one: Seen) -> tuple[PublicChapter, ...]:
        """The agenda's chapters of the first recording that is published, on the clock of its rendition."""
        if not one.event.agenda:
            return ()
        published = [recording for recording in one.event.recordings if is_told(recording, self.archive)]
        first = next(iter(published or one.event.recordings), None)
        items = one.event.agenda_of(first.id if first else "")
        return placed([(item.at, item.title) for item in items], first.trim if first else None, one.names)


def _key(event: PublicEvent) -> str:
    return event.token or event.slug


def _instants(event: Event, now_standing: Standing, starts: datetime, ends: datetime) -> list[datetime]:
    """When the public picture of an event changes by the clock alone."""
    if event.withdrawn:
        return []
    if now_standing == "draft":
        return [event.publish_instant] if event.visibility == "draft" and event.publish_instant else []
    return [starts, ends]


def _links(links: Sequence[Link], names: Names) -> tuple[PublicLink, ...]:
    """The links whose address gives no hidden name away."""
    if not links:
        return ()
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
