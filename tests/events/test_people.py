"""Speakers of several events have one identity, and two can become one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import ConflictError, EventFormatError, NotFoundError, UsageError
from onrecord.events.model import Link, Speaker
from onrecord.events.people import People, Person, read_people
from onrecord.events.registry import Registry

Write = Callable[..., Path]
SPEAKERS = """\
# Everyone who speaks more than once.
format = 1

[[speakers]]
id = "anna-koval" # the teacher
name = "Anna Koval"
names = {uk = "Анна Коваль"}
bio = "Taught history."
links = [{label = "Her page", url = "https://example.org/anna"}]

[[speakers]]
id = "a-koval"
name = "A. Koval"
names = {fr = "Anna Kovale"}
links = [{label = "Interview", url = "https://example.org/interview"}]
"""


@pytest.fixture
def people(archive: Archive) -> People:
    """The identities of an archive that has two for one person."""
    archive.speakers_file.write_text(SPEAKERS, encoding="utf-8")
    return People(archive)


def test_people_are_read(people: People) -> None:
    """By their ids, with names by language."""
    anna = people.get("anna-koval")
    assert anna == Person(
        id="anna-koval", name="Anna Koval", names={"uk": "Анна Коваль"}, bio="Taught history.",
        links=(Link(label="Her page", url="https://example.org/anna"),),
    )  # fmt: skip
    assert sorted(people.read()) == ["a-koval", "anna-koval"]
    with pytest.raises(NotFoundError, match="Did you mean 'anna-koval'"):
        people.get("ana-koval")


def test_archive_without_the_file_knows_nobody(archive: Archive) -> None:
    """speakers.toml need not exist."""
    assert People(archive).read() == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[speakers]]\nname = "Anna"\n', "'id' in [[speakers]] number 1 is missing: expected a short name"),
        ('[[speakers]]\nid = "anna"\nname = "A"\n\n[[speakers]]\nid = "anna"\nname = "B"\n', ":6: 'id' in "
            "[[speakers]] number 2"),
        ('[[speakers]]\nid = "anna"\nname = "A"\nrole = "x"\n', ":4: there is no key 'role' in [[speakers]] "
            "number 1. Known here:"),
        ('[[speakers]]\nid = "anna"\nname = "A"\nnames = {klingonish = "x"}\n', ":4: 'klingonish' in "
            "[[speakers]] number 1"),
        ('[[speakers]]\nid = "a"\nname = "A"\naliases = ["b"]\n[[speakers]]\nid = "b"\nname = '
         '"B"\n', "no id of someone else"),
        ('[[speaker]]\nid = "a"\n', "Did you mean 'speakers'?"),
        ("format = 3\n", "this file has format 3"),
        ('[[speakers]\n', "not valid TOML"),
    ],
)  # fmt: skip
def test_wrong_speakers_file_is_explained(archive: Archive, text: str, message: str) -> None:
    """With the same care as an event's file."""
    archive.speakers_file.write_text(text)
    with pytest.raises(EventFormatError) as caught:
        read_people(archive.speakers_file)
    assert message in str(caught.value)


def test_event_knows_its_speaker_by_id(people: People, registry: Registry, write: Write) -> None:
    """Name, bio and links come from speakers.toml where the event has none of its own."""
    write(
        "one",
        '[[speakers]]\nid = "anna-koval"\nrole = "teacher"\n\n[[speakers]]\nid = "anna"\nname = "Anna '
        'Bondar"\n',
    )
    write("two", '[[speakers]]\nid = "anna-koval"\nname = "Hanna"\nbio = "A neighbour."\n')
    link = Link(label="Her page", url="https://example.org/anna")
    assert registry.get("one").speakers == (
        Speaker(id="anna-koval", name="Anna Koval", role="teacher", bio="Taught history.", links=(link,)),
        Speaker(id="anna", name="Anna Bondar"),
    )
    assert registry.get("two").speakers == (
        Speaker(id="anna-koval", name="Hanna", bio="A neighbour.", links=(link,)),
    )


def test_pseudonym_is_not_undone_by_a_bio(people: People, registry: Registry, write: Write) -> None:
    """Who is shown under another name gets neither the bio nor the links of the real one."""
    write("one", '[[speakers]]\nid = "anna-koval"\nshown_as = "A teacher"\n')
    assert registry.get("one").speakers == (
        Speaker(id="anna-koval", name="Anna Koval", shown_as="A teacher"),
    )


def test_change_of_the_speakers_file_is_seen(
    people: People, registry: Registry, archive: Archive, write: Write
) -> None:
    """Events that depend on it are read again, whether they could be read before or not."""
    write("one", 'id = "one"\n[[speakers]]\nid = "anna-koval"\n')
    write("two", 'id = "two"\n[[speakers]]\nid = "petro"\n')
    scan = registry.scan()
    assert [event.stem for event in scan.events] == ["one"]
    assert "'name' in [[speakers]] number 1 is missing" in scan.problems[0].message
    text = (
        SPEAKERS.replace('"Anna Koval"', '"Anna Bondar"')
        + '\n[[speakers]]\nid = "petro"\nname = "Petro Lysenko"\n'
    )
    archive.speakers_file.write_text(text, encoding="utf-8")
    assert [event.speakers[0].name for event in registry.scan().events] == ["Anna Bondar", "Petro Lysenko"]
    archive.speakers_file.write_text("broken", encoding="utf-8")
    scan = registry.scan()
    assert scan.events == ()
    assert [problem.path for problem in scan.problems if problem.path == archive.speakers_file] == [
        archive.speakers_file
    ]


def test_merge_makes_two_identities_one(
    people: People, registry: Registry, archive: Archive, write: Write
) -> None:
    """Events are rewritten with their remarks kept, the person keeps all that was known, and the old id still
    leads here.
    """
    one = write(
        "one", 'id = "one"\n# She came late.\n[[speakers]]\nid = "a-koval" # check\nrole = "teacher"\n'
    )
    two = write("two", 'id = "two"\n[[speakers]]\nid = "anna-koval"\n')
    before = one.read_text(), two.read_text()
    assert people.merge(registry, "a-koval", "anna-koval") == ("one",)
    assert one.read_text() == before[0].replace('"a-koval"', '"anna-koval"')
    assert two.read_text() == before[1]
    anna = Person(
        id="anna-koval", name="Anna Koval", names={"fr": "Anna Kovale", "uk": "Анна Коваль"},
        aliases=("a-koval",),
        bio="Taught history.", extra={"x-other-names": ["A. Koval"]},
        links=(
            Link(label="Her page", url="https://example.org/anna"),
            Link(label="Interview", url="https://example.org/interview"),
        ),
    )  # fmt: skip
    assert people.read() == {"anna-koval": anna, "a-koval": anna}
    text = archive.speakers_file.read_text(encoding="utf-8")
    assert "# Everyone who speaks more than once.\n" in text
    assert 'id = "anna-koval" # the teacher\n' in text
    assert [event.speakers[0].name for event in registry.scan().events] == ["Anna Koval", "Anna Koval"]


def test_merge_goes_on_after_a_crash(
    people: People, registry: Registry, archive: Archive, write: Write
) -> None:
    """Whatever of it was done, running it again does the rest."""
    write("one", 'id = "one"\n[[speakers]]\nid = "a-koval"\n')
    broken = write("two", 'id = "two"\n[[speakers]]\nid = "a-koval"\n')
    people._rewrite("a-koval", "anna-koval", drop=False)  # the first of its steps, after which it was killed
    registry.edit("one", lambda document: document["speakers"][0].update({"id": "anna-koval"}))  # type: ignore[index,union-attr]
    assert people.merge(registry, "a-koval", "anna-koval") == ("two",)
    assert '"anna-koval"' in broken.read_text()
    assert people.get("a-koval").id == "anna-koval"


def test_merge_renames_someone_who_stands_alone(people: People, registry: Registry, write: Write) -> None:
    """An id that nobody has yet may be given to someone; the events follow."""
    write("one", 'id = "one"\n[[speakers]]\nid = "a-koval"\n')
    assert people.merge(registry, "a-koval", "hanna-koval") == ("one",)
    assert people.get("hanna-koval").aliases == ("a-koval",)
    assert registry.get("one").speakers[0].name == "A. Koval"


def test_merge_of_two_who_speak_together_is_refused(people: People, registry: Registry, write: Write) -> None:
    """They stand in one event side by side: a person must say which entry is right.

    Nothing is changed before.
    """
    write("one", 'id = "one"\n[[speakers]]\nid = "a-koval"\n')
    write("two", 'id = "two"\n[[speakers]]\nid = "anna-koval"\n[[speakers]]\nid = "a-koval"\n')
    with pytest.raises(ConflictError, match="both speak in 'two'"):
        people.merge(registry, "a-koval", "anna-koval")
    assert registry.get("one").speakers[0].id == "a-koval"
    assert sorted(people.read()) == ["a-koval", "anna-koval"]


def test_merge_needs_every_event(people: People, registry: Registry, write: Write) -> None:
    """While a file cannot be read, it might name the one who goes; and nobody merges with nobody."""
    with pytest.raises(NotFoundError, match="Did you mean 'a-koval'"):
        people.merge(registry, "b-koval", "anna-koval")
    with pytest.raises(UsageError, match="same speaker"):
        people.merge(registry, "a-koval", "a-koval")
    with pytest.raises(UsageError, match="no id for a speaker"):
        people.merge(registry, "a-koval", "Anna Koval")
    write("one", "broken")
    with pytest.raises(UsageError, match="not every event can be read"):
        people.merge(registry, "a-koval", "anna-koval")
