"""The event record: what is known about one discussion, from its announcement to its archive.

The models are the boundary of the TOML file: they check what a person wrote, and are frozen afterwards. Which keys are
public, and when, is decided in one place above, the gate; this module only says what they are.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from onrecord.errors import UsageError
from onrecord.languages import language_tag
from onrecord.timecode import milliseconds


def _tag(value: str) -> str:
    try:
        return language_tag(value)
    except UsageError as error:
        raise ValueError(str(error)) from error


def _position(value: object) -> object:
    if isinstance(value, str):
        try:
            return milliseconds(value)
        except UsageError as error:
            raise ValueError(str(error)) from error
    raise ValueError('a time in quotes, such as "00:12:30"')


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError('an IANA time zone, such as "Europe/Kyiv"') from error
    return value


def _web_address(value: str) -> str:
    if not value.startswith(("https://", "http://", "mailto:")) or any(c.isspace() or c in "<>\"" for c in value):
        raise ValueError("an address that begins with https:// or http://")
    return value


Language = Annotated[str, AfterValidator(_tag)]
Milliseconds = Annotated[int, BeforeValidator(_position)]
Zone = Annotated[str, AfterValidator(_zone)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """The base of every part of the record: frozen, strict, keeping keys that begin with `x-` in `extra`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    extra: dict[str, Any] = Field(default_factory=dict, exclude=True, repr=False)


class Link(Part):
    """A link of an event or a person."""

    label: Text
    url: WebAddress
    kind: str = ""  # such as letter, article, petition, slides; free, shown as a heading
    language: Language | None = None
    archived: WebAddress | None = None


class Speaker(Part):
    """A person who speaks. `shown_as` is a pseudonym: when it is set, no public byte holds `name`."""

    id: Id | None = None  # the same person in several events
    name: Text
    shown_as: str | None = None
    role: str = ""
    affiliation: str = ""
    bio: str = ""
    links: tuple[Link, ...] = ()
    consent: Literal["yes", "no", "asked"] | None = None


class AgendaItem(Part):
    """A chapter: a title and the position in the first recording (or in `recording`) where it begins."""

    at: Milliseconds
    title: Text


class Recording(Part):
    """One recording of an event: where it comes from, and what of it may become public."""

    id: Id
    title: str = ""
    source: str = ""  # an address, or a path to a file as seen from the archive's folder
    languages: tuple[Language, ...] = ()
    kind: Literal["video", "audio"] | None = None  # None: as the file itself says
    trim: tuple[Milliseconds, Milliseconds] | None = None  # on the original's clock
    publish: bool | None = None  # None: as the archive's settings say
    transcript: Literal["reviewed", "draft", "no"] | None = None  # None: as the archive's settings say
    original: Literal["public", "private"] = "private"


class Event(Part):
    """One discussion. `stem` is the file's name without `.toml`: fixed when it is made, the name of its folders."""

    stem: str = Field(exclude=True)
    id: str  # made once, never changed: the UID of calendars and feeds
    slug: Id  # the address; the stem unless the file says otherwise
    aliases: tuple[Id, ...] = ()
    title: Text
    summary: str = ""
    description: str = ""  # Markdown
    starts: datetime  # naive: the local time in `timezone`
    timezone: Zone
    duration: timedelta | None = None
    visibility: Literal["draft", "unlisted", "public"] = "draft"
    publish_at: datetime | None = None  # naive, in `timezone`: a draft counts as public from then on
    cancelled: str = ""  # a sentence that says so; empty: not cancelled
    withdrawn: str = ""
    languages: tuple[Language, ...] = ()
    series: str = ""
    tags: tuple[str, ...] = ()
    licence: str = ""
    picture: str = ""  # a file beside the event's, or in media/<stem>/
    join: WebAddress | None = None
    join_visibility: Literal["public", "private"] = "private"
    agenda: tuple[AgendaItem, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    links: tuple[Link, ...] = ()
    recordings: tuple[Recording, ...] = ()
    private: dict[str, Any] = Field(default_factory=dict, repr=False)  # never public

    @property
    def starts_at(self) -> datetime:
        """The instant of the start, in UTC. A time that occurs twice means its first occurrence (PEP 495)."""
        return self.starts.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The instant of the end, in UTC; an event of no stated length is taken to last two hours."""
        return self.starts_at + (self.duration or timedelta(hours=2))

    @property
    def publish_instant(self) -> datetime | None:
        """When the event becomes public by the clock, in UTC."""
        if self.publish_at is None:
            return None
        return self.publish_at.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone)).astimezone(UTC)

    def recording(self, recording_id: str) -> Recording | None:
        """The recording with this id."""
        return next((recording for recording in self.recordings if recording.id == recording_id), None)
