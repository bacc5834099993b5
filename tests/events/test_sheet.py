"""An event as a sheet of texts."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.events.registry import Registry
from onrecord.events.sheet import says_something, sheet_of, tidied, values_of


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ({"duration": "1:30"}, {"duration": "1h30"}), ({"duration": "soon"}, {"duration": "soon"}),
        ({"starts": "12.07.2026 9:00"}, {"starts": "2026-07-12 09:00"}),
        ({"starts": "2026-10-25 03:30+02:00"}, {"starts": "2026-10-25 03:30+02:00"}),
        ({"languages": (" UK", "pt-br", "uk", "")}, {"languages": ("uk", "pt-BR")}),
        ({"title": "  two \n words "}, {"title": "two words"}),
        ({"description": "a\r\nb \n"}, {"description": "a\nb"}),
        ({"agenda": ({"at": "12:30", "title": "Q "},)}, {"agenda": ({"at": "00:12:30", "title": "Q"},)}),
        ({"speakers": ({"name": " ", "consent": "yes"}, {"name": "A"})}, {"speakers": ({"name": "A"},)}),
    ],
)  # fmt: skip
def test_what_is_typed_is_written_as_the_record_has_it(
    typed: dict[str, Any], written: dict[str, Any]
) -> None:
    """One way to write each thing, so that two forms that mean the same do not differ; what cannot be read stays."""
    found = tidied({"timezone": "Europe/Kyiv", **typed})
    assert {key: found[key] for key in written} == written


def test_consent_alone_makes_no_row() -> None:
    """A row in which only a choice stands is nobody."""
    assert not says_something({"name": "", "consent": "yes", "was": "3"})
    assert says_something({"name": "", "role": "teacher"})


def test_note_without_words_is_not_written() -> None:
    """The form offers an empty one."""
    notes = ({"key": "notes", "text": ""}, {"key": "phone", "text": "1"})
    assert values_of({"title": "A", "notes": notes}) == {"title": "A", "private": {"phone": "1"}}


def test_sheet_there_and_back(registry: Registry) -> None:
    """The values of a sheet make the same sheet."""
    event = registry.add(
        {
            "title": "Voices", "starts": "2026-10-25 03:30+02:00", "timezone": "Europe/Kyiv", "duration": "90m",
            "agenda": [{"at": "00:00:01.500", "title": "One"}], "private": {"notes": "x", "phone": 3},
            "speakers": [{"name": "Anna", "links": [{"label": "P", "url": "https://example.org/?a=b"}]}],
        }
    )  # fmt: skip
    sheet = sheet_of(event)
    again = registry.add({**values_of({**sheet, "slug": ""}), "id": "again"})
    assert {**sheet_of(again), "slug": event.slug} == sheet
    assert again.starts_at == event.starts_at and "phone" not in again.private
