"""The event record: what is known about one discussion, from its announcement to its archive.

The models are the boundary of the TOML file: they check what a person wrote, and are frozen afterwards. Which
keys are public, and when, is decided in one place above, the gate; this module only says what they are. A
`ValueError` here says what is expected; `onrecord.events.complaints` makes the whole sentence of it.
"""

from __future__ import annotations

import contextlib
import re
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from onrecord.errors import UsageError
from onrecord.languages import language_tag
from onrecord.timecode import clock, milliseconds

_HOURS_AND_MINUTES = re.compile(r"^(\d{1,2}):([0-5]\d)$")
_LOCAL = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?)$")
_WITH_OFFSET = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?) ?([+-]\d{2}:\d{2})$")
_TOKEN = re.compile(
    r"[A-Za-z0-9_-]{22,100}"
)  # 22 of 64 letters are 128 bits; part of an address and of a path
UNLISTED_TOKEN = "unlisted-token"  # noqa: S105 - the name of a key under [private], not a secret


def _tag(value: str) -> str:
    try:
        return language_tag(value)
    except UsageError as error:
        raise ValueError("a language tag, such as en, uk, fr or pt-BR") from error


def _position(value: object) -> object:
    if isinstance(value, str):
        try:
            return milliseconds(value)
        except UsageError:
            pass
    raise ValueError('a time in quotes, such as "00:12:30"')


def _length(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        if match := _HOURS_AND_MINUTES.match(value.strip()):
            return timedelta(hours=int(match[1]), minutes=int(match[2]))
        # A number alone would be seconds elsewhere and minutes to most people here: it needs its unit.
        if not value.strip().isdecimal():
            with contextlib.suppress(UsageError, OverflowError):
                return timedelta(milliseconds=milliseconds(value))
    raise ValueError('a length with its unit in quotes, such as "1h30" or "45m"')


def _local(value: object) -> object:
    """A local date and time: a TOML one, or a text such as `2022-07-12 18:00`."""
    if isinstance(value, str) and (match := _LOCAL.match(value.strip())):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(f"{match[1]} {match[2].rjust(5 if len(match[2]) < 6 else 8, '0')}")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value
        raise ValueError(
            'the local time without an offset, such as "2022-07-12 18:00"; its zone goes under timezone'
        )
    if isinstance(value, date):
        raise ValueError('the time of day too, such as "2022-07-12 18:00"')
    raise ValueError('a local date and time, such as "2022-07-12 18:00"')


def _one_of_two(value: object, zone: object) -> datetime | None:
    """The local time that an offset picks out of the two which clocks in `zone` show alike; else None.

    The second of the two has `fold=1` (PEP 495).
    """
    if isinstance(value, str) and (match := _WITH_OFFSET.match(value.strip())):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(
                f"{match[1]} {match[2].rjust(5 if len(match[2]) < 6 else 8, '0')}{match[3]}"
            )
    if not isinstance(value, datetime) or value.tzinfo is None or not isinstance(zone, str):
        return None
    local = value.replace(tzinfo=None)
    with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        first, second = offsets(local, zone)
        if first > second:  # otherwise there is one, or none
            return {first: local, second: local.replace(fold=1)}.get(value.utcoffset() or timedelta(0))
    return None


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: "Europe" is a folder
        raise ValueError('an IANA time zone, such as "Europe/Kyiv"') from error
    return value


def _web_address(value: str) -> str:
    try:
        whole = (
            urlsplit(value).hostname
            if value.startswith(("https://", "http://"))
            else value.startswith("mailto:")
        )
    except ValueError:  # a half of brackets, as of IPv6
        whole = False
    if not whole or any(c.isspace() or c in '<>"' for c in value):
        raise ValueError("an address that begins with https:// or http://, without spaces and quotes")
    return value


def _sentence(default: str) -> Any:
    """A sentence, or `true` for the usual one."""
    return BeforeValidator(lambda value: (default if value else "") if isinstance(value, bool) else value)


def _lists(value: object) -> object:
    """The models are strict about types; TOML has lists where they have tuples."""
    return tuple(value) if isinstance(value, list) else value


Language = Annotated[str, AfterValidator(_tag)]
Milliseconds = Annotated[int, BeforeValidator(_position)]
Length = Annotated[timedelta, BeforeValidator(_length)]
LocalTime = Annotated[datetime, BeforeValidator(_local)]
Zone = Annotated[str, AfterValidator(_zone)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
Uid = Annotated[str, Field(pattern=r'^[^\s<>"\x00-\x1f\x7f]+$', max_length=200)]
Text = Annotated[str, Field(pattern=r"\S")]


def is_token(value: object) -> bool:
    """Whether this can be the random part of an unlisted event's address: nobody can guess it."""
    return isinstance(value, str) and bool(_TOKEN.fullmatch(value))


def twice(items: Sequence[str | None], table: str, key: str) -> None:
    """Raises an error that points at the second row of `table` with the same `key`."""
    for number, item in enumerate(items):
        if item is not None and item in items[:number]:
            raise wrong_at((table, number, key), "an id of its own for each of them", item)


def wrong_at(keys: tuple[str | int, ...], expected: str, value: str) -> PydanticCustomError:
    """An error at another place than the value under check."""
    return PydanticCustomError("wrong_at", "{expected}", {"keys": keys, "expected": expected, "value": value})


def offsets(local: datetime, zone: str) -> tuple[timedelta, timedelta]:
    """How far clocks in `zone` are ahead of UTC at a local time, read as its first and as its second occurrence.

    The first is larger where clocks show the time twice, and smaller where they skip it (PEP 495).
    """
    there = local.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    first, second = (there.replace(fold=fold).utcoffset() or timedelta(0) for fold in (0, 1))
    return first, second


def falls_in_a_gap(local: datetime, zone: str) -> bool:
    """Whether clocks in `zone` skip this local time, as they do when summer time begins."""
    there = local.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != local


class Part(BaseModel):
    """The base of every part of the record: frozen, strict, keeping keys that begin with `x-` in `extra`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    extra: dict[str, Any] = Field(default_factory=dict, exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _take_lists(cls, data: Any) -> Any:
        return {key: _lists(value) for key, value in data.items()} if isinstance(data, dict) else data


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
    """A chapter: a title and the position in a recording, the first unless it names another, where it begins."""

    at: Milliseconds
    title: Text
    recording: Id | None = None  # None: the event's first


class Recording(Part):
    """One recording of an event: where it comes from, and what of it may become public."""

    id: Id
    title: str = ""
    source: str = ""  # an address, or a path to a file as seen from the archive's folder
    languages: tuple[Language, ...] = ()
    kind: Literal["video", "audio"] | None = None  # None: as the file itself says
    trim: tuple[Milliseconds, Milliseconds] | None = None  # on the original's clock
    # transcript: what was said in it, and not the recording; None: as the archive's settings say
    publish: Literal["yes", "no", "transcript"] | None = None
    transcript: Literal["reviewed", "draft", "no"] | None = None  # None: as the archive's settings say
    original: Literal["public", "private"] = "private"
    voices: tuple[Text, ...] = ()  # speakers without consent whose voice may be heard, as a person has said

    @field_validator("publish", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value in (None, "yes", "no", "transcript"):
            return value
        raise ValueError('"yes", "no", or "transcript" for the transcript alone')

    @field_validator("trim")
    @classmethod
    def _begins_before_it_ends(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and value[1] <= value[0]:
            raise ValueError(f"an end that comes after the start {clock(value[0], fraction=False)}")
        return value


class Event(Part):
    """One discussion.

    `stem` is the file's name without `.toml`: fixed when it is made, the name of its folders.
    """

    stem: Id = Field(exclude=True)
    id: Uid  # made once, never changed: the UID of calendars and feeds
    slug: Id  # the address; the stem unless the file says otherwise
    aliases: tuple[Id, ...] = ()
    title: Text
    summary: str = ""
    description: str = ""  # Markdown
    starts: LocalTime  # naive: the local time in `timezone`; the second of two has fold=1
    timezone: Zone
    duration: Length | None = None
    visibility: Literal["draft", "unlisted", "public"] = "draft"
    publish_at: LocalTime | None = None  # naive, in `timezone`: a draft counts as public from then on
    cancelled: Annotated[str, _sentence("This discussion was cancelled.")] = ""  # empty: not cancelled
    withdrawn: Annotated[str, _sentence("This discussion was withdrawn.")] = ""
    languages: tuple[Language, ...] = ()
    series: str = ""
    tags: tuple[Text, ...] = ()
    licence: str = ""
    picture: str = ""  # a file beside the event's, or in media/<stem>/
    join: WebAddress | None = None
    join_visibility: Literal["public", "private"] = "private"
    agenda: tuple[AgendaItem, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    links: tuple[Link, ...] = ()
    recordings: tuple[Recording, ...] = ()
    private: dict[str, Any] = Field(default_factory=dict, repr=False)  # never public

    @model_validator(mode="before")
    @classmethod
    def _take_one_of_two(cls, data: Any) -> Any:
        """An offset says which is meant where clocks show a time twice; anywhere else it is refused."""
        if not isinstance(data, dict):
            return data
        found = {key: _one_of_two(data.get(key), data.get("timezone")) for key in ("starts", "publish_at")}
        return data | {key: local for key, local in found.items() if local is not None}

    @field_validator("duration")
    @classmethod
    def _takes_time(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and not timedelta(0) < value <= timedelta(days=31):
            raise ValueError('a length of more than nothing and at most 31 days, such as "1h30"')
        return value

    @field_validator("recordings")
    @classmethod
    def _recordings_differ(cls, value: tuple[Recording, ...]) -> tuple[Recording, ...]:
        twice([recording.id for recording in value], "recordings", "id")
        return value

    @field_validator("speakers")
    @classmethod
    def _speakers_differ(cls, value: tuple[Speaker, ...]) -> tuple[Speaker, ...]:
        twice([speaker.id for speaker in value], "speakers", "id")
        return value

    @field_validator("agenda")
    @classmethod
    def _agenda_goes_on(cls, value: tuple[AgendaItem, ...]) -> tuple[AgendaItem, ...]:
        before: dict[str | None, int] = {}
        for number, item in enumerate(value):
            if item.at <= before.get(item.recording, -1):
                earlier = clock(before[item.recording], fraction=False)
                expected = f"a time after {earlier}, where the one before begins"
                raise wrong_at(("agenda", number, "at"), expected, clock(item.at, fraction=False))
            before[item.recording] = item.at
        return value

    @field_validator("private")
    @classmethod
    def _token_cannot_be_guessed(cls, value: dict[str, Any]) -> dict[str, Any]:
        token = value.get(UNLISTED_TOKEN)
        if token is not None and not is_token(token):
            expected = (
                "at least 22 letters and digits that cannot be guessed; leave the line out and they are made"
            )
            raise wrong_at(("private", UNLISTED_TOKEN), expected, str(token))
        return value

    @model_validator(mode="after")
    def _chapters_have_their_recording(self) -> Event:
        known = [recording.id for recording in self.recordings]
        for number, item in enumerate(self.agenda):
            if item.recording is not None and item.recording not in known:
                expected = f"the id of one of its recordings: {', '.join(known) or 'there is none'}"
                raise wrong_at(("agenda", number, "recording"), expected, item.recording)
        return self

    @model_validator(mode="after")
    def _times_exist(self) -> Event:
        for key, local in (("starts", self.starts), ("publish_at", self.publish_at)):
            if local is not None:
                try:
                    gap = falls_in_a_gap(local, self.timezone)
                except OverflowError:
                    raise wrong_at(
                        (key,), "a year that calendars know", local.isoformat(" ", "minutes")
                    ) from None
                if gap:
                    expected = f"a time that clocks in {self.timezone} show: they were put forward over it"
                    raise wrong_at((key,), expected, local.isoformat(" ", "minutes"))
        return self

    def agenda_of(self, recording_id: str) -> tuple[AgendaItem, ...]:
        """The chapters of one recording; those that name none belong to the first."""
        first = self.recordings[0].id if self.recordings else ""
        items = [item for item in self.agenda if (item.recording or first) == recording_id]
        return tuple(sorted(items, key=lambda item: item.at))

    @property
    def starts_at(self) -> datetime:
        """The instant of the start, in UTC. A time that occurs twice means its first occurrence, unless its offset
        says the second (PEP 495).
        """
        return self.starts.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The instant of the end, in UTC; an event of no stated length is taken to last two hours."""
        return self.starts_at + self.lasts

    @property
    def lasts(self) -> timedelta:
        """How long it takes, or is taken to."""
        return self.duration or timedelta(hours=2)

    @property
    def publish_instant(self) -> datetime | None:
        """When the event becomes public by the clock, in UTC."""
        if self.publish_at is None:
            return None
        return self.publish_at.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def unlisted_token(self) -> str | None:
        """The random part of an unlisted event's address; whoever knows it can read the event."""
        token = self.private.get(UNLISTED_TOKEN)
        return token if isinstance(token, str) and token else None

    def recording(self, recording_id: str) -> Recording | None:
        """The recording with this id."""
        return next((recording for recording in self.recordings if recording.id == recording_id), None)
