"""`speakers.toml`: one identity for a person who speaks in several events.

format = 1

[[speakers]]
id = "anna-koval"
name = "Anna Koval"
names = { uk = "Анна Коваль" }
bio = "Teacher and witness."
links = [{ label = "Her page", url = "https://example.org/anna" }]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import tomlkit
from pydantic import ValidationError, field_validator

from onrecord.archive import Archive
from onrecord.errors import ConflictError, NotFoundError, UsageError
from onrecord.events.complaints import Tables, complaints, one_of
from onrecord.events.model import Id, Language, Link, Part, Text, twice, wrong_at
from onrecord.events.writing import changed, item, plain
from onrecord.files import write_text
from onrecord.locks import lock
from onrecord.toml import did_you_mean

if TYPE_CHECKING:
    from onrecord.events.registry import Registry


class Person(Part):
    """One identity. `aliases` are ids that were merged into it: they still lead here."""

    id: Id
    name: Text
    names: dict[Language, Text] = {}  # noqa: RUF012 - pydantic copies it
    aliases: tuple[Id, ...] = ()
    bio: str = ""
    links: tuple[Link, ...] = ()


class _People(Part):
    speakers: tuple[Person, ...] = ()

    @field_validator("speakers")
    @classmethod
    def _ids_differ(cls, value: tuple[Person, ...]) -> tuple[Person, ...]:
        twice([person.id for person in value], "speakers", "id")
        taken = {person.id for person in value}
        for number, person in enumerate(value):
            for alias in person.aliases:
                if alias in taken:
                    raise wrong_at(("speakers", number, "aliases"), "no id of someone else", alias)
                taken.add(alias)
        return value


_TABLES: Tables = {(): _People, ("speakers",): Person, ("speakers", "links"): Link}
NOBODY: Mapping[str, Person] = MappingProxyType({})


def read_people(path: Path) -> Mapping[str, Person]:
    """Everyone in `speakers.toml` by id and by merged id; nobody when there is no such file.

    Raises `EventFormatError`.
    """
    from onrecord.events.record import parse_record, read_record_text

    if not path.exists():
        return NOBODY
    text = read_record_text(path)
    return check_people(parse_record(text, path), path, text)


def check_people(data: Mapping[str, Any], path: Path, text: str) -> Mapping[str, Person]:
    """The same for a file that has been parsed."""
    from onrecord.events.record import set_aside

    try:
        people = _People.model_validate(set_aside(data, path, text, _TABLES)).speakers
    except ValidationError as error:
        raise one_of(complaints(error, _TABLES, path, text)) from error
    found = {person.id: person for person in people}
    for person in people:
        found.update(dict.fromkeys(person.aliases, person))
    return MappingProxyType(found)


def fill_in(speaker: Mapping[str, Any], people: Mapping[str, Person]) -> Mapping[str, Any]:
    """A speaker of an event with what `speakers.toml` knows: the name, and bio and links where the event has
    none.

    Someone who is shown under a pseudonym gets neither bio nor links, for they would say who it is.
    """
    known = people.get(str(speaker.get("id", "")))
    if known is None:
        return speaker
    filled = {"name": known.name, **speaker}
    if not speaker.get("shown_as"):
        filled = {
            "bio": known.bio,
            "links": [link.model_dump(exclude_none=True) for link in known.links],
            **filled,
        }
    return filled


class People:
    """The identities of one archive."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def read(self) -> Mapping[str, Person]:
        """Everyone by id and by merged id; raises `EventFormatError`."""
        return read_people(self.archive.speakers_file)

    def get(self, speaker_id: str) -> Person:
        """One person; raises `NotFoundError` with the nearest id."""
        people = self.read()
        if speaker_id not in people:
            raise NotFoundError(
                f"there is no speaker '{speaker_id}'.", advice=did_you_mean(speaker_id, people)
            )
        return people[speaker_id]

    def merge(self, registry: Registry, gone: str, kept: str) -> tuple[str, ...]:
        """Makes two identities one: events that name `gone` name `kept` afterwards. Returns their stems.

        Comments stay. The record of `kept` gains the names, links and bio that it lacks, and `gone` as an
        alias, so that old addresses still lead to the person. After a crash, run it again. Raises
        `ConflictError` when both speak in one event: which of the two entries is right is for a person to
        say.
        """
        if gone == kept:
            raise UsageError("these are the same speaker.")
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", kept):
            raise UsageError(
                f"'{kept}' is no id for a speaker.", advice="Use small letters, digits and hyphens."
            )
        scan = registry.scan()
        if scan.problems:
            raise UsageError(
                "not every event can be read, so some might be missed.",
                advice=f"Mend this first: {scan.problems[0]}",
            )
        ids = {event.stem: [speaker.id for speaker in event.speakers] for event in scan.events}
        people = self.read()
        if gone not in people and not any(gone in found for found in ids.values()):
            known = [*people, *(one for found in ids.values() for one in found if one)]
            raise NotFoundError(f"there is no speaker '{gone}'.", advice=did_you_mean(gone, known))
        if both := [stem for stem, found in ids.items() if gone in found and kept in found]:
            raise ConflictError(
                f"'{gone}' and '{kept}' both speak in '{both[0]}'.", slug=both[0],
                advice="Remove one of the two there, then merge again.",
            )  # fmt: skip
        changed = tuple(stem for stem, found in ids.items() if gone in found)

        def rewrite(document: tomlkit.TOMLDocument) -> None:
            for speaker in document.get("speakers", ()):
                if speaker.get("id") == gone:
                    speaker["id"] = kept

        # speakers.toml first gains what `kept` lacks and loses `gone` last, so that a name never has no home
        # in between.
        self._rewrite(gone, kept, drop=False)
        for stem in changed:
            registry.edit(stem, rewrite)
        self._rewrite(gone, kept, drop=True)
        return changed

    def _rewrite(self, gone: str, kept: str, *, drop: bool) -> None:
        from onrecord.events.record import parse_record, read_record_text

        path = self.archive.speakers_file
        if not path.exists():
            return

        def rewrite(document: tomlkit.TOMLDocument) -> None:
            rows: Any = document.get("speakers", [])
            old = next((row for row in rows if row.get("id") == gone), None)
            new = next((row for row in rows if row.get("id") == kept), None)
            if old is not None and new is not None:
                _unite(plain(old), new)
                if drop:
                    aliases = [*plain(new.get("aliases", [])), *plain(old.get("aliases", [])), gone]
                    new["aliases"] = list(dict.fromkeys(aliases))
                    rows.remove(old)
            elif old is not None:
                old["id"] = kept
                old["aliases"] = [*plain(old.get("aliases", [])), gone]

        with lock(self.archive, ".speakers", wait=10, doing="merging speakers"):
            before = read_record_text(path)
            after = changed(before, rewrite)
            check_people(parse_record(after, path), path, after)
            if after != before:
                write_text(path, after)


def _unite(old: dict[str, Any], new: Any) -> None:
    """Gives `new` what it lacks of `old`; names that it has otherwise are kept under `x-other-names`."""
    if old.get("bio") and not new.get("bio"):
        new["bio"] = old["bio"]
    names = {**old.get("names", {}), **plain(new.get("names", {}))}
    if names != plain(new.get("names", {})):
        new["names"] = item(names, inline=True)
    spelled = {old["name"], *old.get("names", {}).values(), *old.get("x-other-names", [])}
    others = [*plain(new.get("x-other-names", []))]
    others += sorted(spelled - {plain(new["name"]), *names.values(), *others})
    if others:
        new["x-other-names"] = others
    known = {link.get("url") for link in new.get("links", [])}
    if more := [link for link in old.get("links", []) if link.get("url") not in known]:
        new["links"] = item([*plain(new.get("links", [])), *more])
