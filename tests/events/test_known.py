"""What earlier events know, for completion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from onrecord.events.known import known
from onrecord.events.people import read_people
from onrecord.events.registry import Registry

Write = Callable[..., Path]


def test_later_events_are_believed_more(registry: Registry, write: Write) -> None:
    """Role and pseudonym are those of the last time; the consent is for each event anew."""
    for day, role in (("01", "teacher"), ("02", "headteacher")):
        write(
            f"e{day}",
            f'starts = "2026-01-{day} 18:00"\nseries = "Voices"\ntags = ["war"]\n'
            f'[[speakers]]\nname = "Anna Koval"\nrole = "{role}"\nshown_as = "A."\nconsent = "yes"\n'
            '[[links]]\nlabel = "L"\nurl = "https://example.org"\nkind = "letter"\n',
        )
    write("e03", 'starts = "2026-01-03 18:00"\n[[speakers]]\nname = "Ben Adams"\n')
    found = known(registry.scan().events, {})
    anna = found.speaker(" anna  koval")
    assert anna is not None
    assert anna.row(identified=False) == {"name": "Anna Koval", "role": "headteacher", "shown_as": "A."}
    assert (anna.times, anna.consents["yes"], found.names()) == (2, 2, ["Anna Koval", "Ben Adams"])
    assert (found.series, found.tags, found.kinds, found.zones) == (
        ("Voices",),
        ("war",),
        ("letter",),
        ("UTC",),
    )
    assert found.speaker("Nobody") is None


def test_who_stands_in_the_list_of_speakers_is_known(registry: Registry) -> None:
    """By the id, from where biography and links are taken; so they are not copied."""
    path = registry.archive.speakers_file
    path.write_text('[[speakers]]\nid = "anna-koval"\nname = "Anna Koval"\nbio = "Teacher."\n')
    registry.add(
        {"title": "V", "starts": "2026-01-01 18:00", "speakers": [{"id": "anna-koval", "role": "teacher"}]}
    )
    anna = known(registry.scan().events, read_people(path)).speaker("Anna Koval")
    assert anna is not None
    assert anna.row(identified=True) == {"name": "Anna Koval", "id": "anna-koval", "role": "teacher"}
