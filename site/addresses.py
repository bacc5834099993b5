"""Which speakers, series and tags have a page, and at which address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from onrecord.events.model import Speaker
from onrecord.events.people import Person
from onrecord.events.publication import consents
from onrecord.site.seen import Seen
from onrecord.site.slugs import Slugs, slug_of_name


class Addresses:
    """The addresses of the pages on which the `listed` events stand; of two that want one, the later event's gets
    a number.
    """

    def __init__(self, listed: Iterable[Seen], people: Mapping[str, Person]) -> None:
        self._people = people
        self._speakers, self._series, self._tags = Slugs(), Slugs(), Slugs()
        for one in listed:
            self._claim(one)

    def speaker(self, speaker: Speaker) -> str:
        """The address of a speaker's page; empty: there is none."""
        return self._speakers.get(self._identity(speaker))

    def series(self, name: str) -> str:
        """The address of a series by its public name; empty: it has no page."""
        return self._series.get(name)

    def tag(self, name: str) -> str:
        """The address of a tag by its public name; empty: it has no page."""
        return self._tags.get(name)

    def _claim(self, one: Seen) -> None:
        for speaker in one.event.speakers:
            if consents(speaker) and (identity := self._identity(speaker)):
                own = identity.removeprefix("id:")
                wanted = own if own != identity and not one.names.hides(own) else ""
                self._speakers.claim(identity, wanted or slug_of_name(one.names.shown(speaker)))
        if one.event.series:
            name = one.names.text(one.event.series)
            self._series.claim(name, slug_of_name(name))
        for tag in one.event.tags:
            name = one.names.text(tag)
            self._tags.claim(name, slug_of_name(name))

    def _identity(self, speaker: Speaker) -> str:
        """Who a speaker is over several events; empty: nobody can tell.

        By id, else by name. A pseudonym keeps apart what the person does under their own name; without an id
        it is no identity, for two people may be "Witness A".
        """
        identifier = speaker.id
        if identifier and identifier in self._people:
            identifier = self._people[identifier].id  # an id that was merged into another
        if speaker.shown_as:
            return f"as:{identifier}:{speaker.shown_as}" if identifier else ""
        return f"id:{identifier}" if identifier else f"name:{' '.join(speaker.name.casefold().split())}"
