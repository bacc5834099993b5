"""An event that somebody may see, with the names that may be said in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from onrecord.events.model import Event
from onrecord.events.people import Person
from onrecord.site.names import Names


@dataclass(frozen=True)
class Seen:
    """An event that somebody may see, with the names that may be said. `token` is set for an unlisted one; `starts` and
    `ends` are instants in UTC.
    """

    event: Event
    names: Names
    token: str
    starts: datetime
    ends: datetime

    @property
    def key(self) -> str:
        """What its address is made of."""
        return self.token or self.event.slug


def names_of(event: Event, people: Mapping[str, Person]) -> Names:
    """The names of an event's speakers, also those that they bear elsewhere in the archive."""
    others: dict[str, list[str]] = {}
    for speaker in event.speakers:
        if speaker.id and (person := people.get(speaker.id)):
            more = person.extra.get("x-other-names", ())
            others[speaker.id] = [person.name, *person.names.values(), *(str(name) for name in more)]
    return Names(event.speakers, others, event.languages)
