"""What earlier events know, for completion: their speakers, series, tags, licences, kinds of links, time zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from onrecord.events.model import Event, Speaker
from onrecord.events.people import Person
from onrecord.events.sheet import Row, link_line


@dataclass
class KnownSpeaker:
    """Somebody who spoke, or stands in `speakers.toml`. `latest` is the last entry; `consents` counts the answers."""

    name: str
    id: str = ""
    latest: Speaker | None = None
    times: int = 0
    consents: Counter[str] = field(default_factory=Counter)

    def row(self, *, identified: bool) -> Row:
        """The columns of a form that are the same from one event to the next. A consent is not: it is for one event.

        With `identified` the person stands in `speakers.toml`, where bio and links are taken from.
        """
        found = {"name": self.name, "id": self.id}
        if self.latest is not None:
            found |= {
                "shown_as": self.latest.shown_as or "",
                "role": self.latest.role,
                "affiliation": self.latest.affiliation,
            }
            if not identified:
                found["bio"] = self.latest.bio
                found["links"] = "\n".join(link_line(link) for link in self.latest.links)
        return {key: text for key, text in found.items() if text}


@dataclass(frozen=True)
class Known:
    """The words in use, those used most first; `zones` likewise."""

    speakers: Mapping[str, KnownSpeaker]  # by name in small letters
    series: tuple[str, ...]
    tags: tuple[str, ...]
    licences: tuple[str, ...]
    kinds: tuple[str, ...]
    zones: tuple[str, ...]
    languages: tuple[str, ...]

    def speaker(self, name: str) -> KnownSpeaker | None:
        """Somebody by name."""
        return self.speakers.get(" ".join(name.split()).casefold())

    def names(self) -> list[str]:
        """Who speaks most, first."""
        return [
            one.name
            for one in sorted(self.speakers.values(), key=lambda one: (-one.times, one.name.casefold()))
        ]


def known(events: Iterable[Event], people: Mapping[str, Person]) -> Known:
    """Gathers it. A later event, by its start, is believed more than an earlier one."""
    speakers: dict[str, KnownSpeaker] = {}
    for person in {one.id: one for one in people.values()}.values():
        speakers[_key(person.name)] = KnownSpeaker(person.name, person.id)
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("series", "tags", "licences", "kinds", "zones", "languages")
    }
    for event in events:
        counts["series"][event.series] += 1
        counts["licences"][event.licence] += 1
        counts["zones"][event.timezone] += 1
        counts["tags"].update(event.tags)
        counts["languages"].update(event.languages)
        counts["kinds"].update(link.kind for link in event.links)
        for speaker in event.speakers:
            one = speakers.setdefault(_key(speaker.name), KnownSpeaker(speaker.name))
            one.id = speaker.id or one.id
            one.latest = speaker
            one.times += 1
            if speaker.consent:
                one.consents[speaker.consent] += 1
    found = {name: tuple(word for word, _ in count.most_common() if word) for name, count in counts.items()}
    return Known(speakers, **found)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
