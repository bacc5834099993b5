"""Saving a form into a file that a person wrote: only what differs is touched, and nothing of anybody is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import ConflictError, EventFormatError, LockedError, UsageError
from onrecord.events.changing import save
from onrecord.events.registry import Registry
from onrecord.events.sheet import rows, sheet_of, tidied, values_of, words

Write = Callable[..., Path]
BY_HAND = """\
# Written by hand; please keep this remark.
id = "voices"
title = "Voices"            # a working title
starts = 2026-07-12T18:00:00
timezone = "Europe/Kyiv"
tags = [
    "one",   # the first
    "two",
]
x-room = "Blue"

# The first to speak
[[speakers]]
name = "Anna Koval"         # her real name
role = "teacher"
links = [{ label = "Her page", url = "https://example.org/anna", kind = "home" }]
x-chair = 3

[[speakers]]
id = "ben-adams"
name = "Ben Adams"

[[recordings]]
id = "part-1"
source = "https://example.org/a.mp4"

[private]
notes = "Call first."
phone = 12345
"""


@pytest.fixture
def by_hand(write: Write) -> Path:
    return write("voices", BY_HAND)


def change(registry: Registry, **fields: Any) -> Any:
    """Saves the form of the event with these fields changed."""
    base = sheet_of(registry.get("voices"))
    return save(registry, "voices", base, {**base, **fields})


def test_saving_nothing_changes_no_byte(registry: Registry, by_hand: Path) -> None:
    """A form that is opened and saved leaves the file as it was."""
    done = change(registry)
    assert by_hand.read_text() == BY_HAND
    assert (done.event.stem, done.merged.mine) == ("voices", ())


def test_only_what_differs_is_written(registry: Registry, by_hand: Path) -> None:
    """Remarks, order, the rows' own keys and what the form does not show stay."""
    base = sheet_of(registry.get("voices"))
    anna, ben = rows(base, "speakers")
    change(
        registry, title="Voices from the areas", starts="2026-07-12 19:00", tags=("one", "two", "three"),
        speakers=({**anna, "role": "headteacher", "was": "0"}, {**ben, "consent": "yes", "was": "1"}),
        notes=({"key": "notes", "text": "Write first."}, {"key": "passcode", "text": "1234"}),
    )  # fmt: skip
    text = by_hand.read_text()
    assert text == (
        BY_HAND.replace('"Voices"            #', '"Voices from the areas"            #')
        .replace("2026-07-12T18:00:00", '"2026-07-12 19:00"')
        .replace('    "two",\n]', '    "two",\n    "three",\n]')
        .replace('"teacher"', '"headteacher"')
        .replace('name = "Ben Adams"\n', 'name = "Ben Adams"\nconsent = "yes"\n')
        .replace('"Call first."', '"Write first."')
        .replace("phone = 12345\n", 'phone = 12345\npasscode = "1234"\n')
    )


@pytest.mark.parametrize("inline", [False, True])
def test_rows_are_added_removed_and_moved(registry: Registry, write: Write, inline: bool) -> None:
    """However the rows are written, they are afterwards as the form had them, with the keys it does not show."""
    text = BY_HAND
    if inline:
        head, _, tail = BY_HAND.partition("# The first to speak")
        recordings = tail[tail.index("[[recordings]]") :]
        people = (
            'speakers = [\n  { name = "Anna Koval", role = "teacher", x-chair = 3 },\n'
            '  { id = "ben-adams", name = "Ben Adams" },\n]\n'
        )
        text = head + people + recordings
    write("voices", text)
    base = sheet_of(registry.get("voices"))
    anna, ben = ({**row, "was": str(number)} for number, row in enumerate(rows(base, "speakers")))
    cara = {**anna, "name": "Cara Diaz", "role": "", "links": "", "was": ""}
    for wanted in ((anna, ben, cara), (ben, anna), (cara, ben, anna), (ben,), (anna, cara, ben)):
        write("voices", text)
        event = save(registry, "voices", base, {**base, "speakers": wanted}).event
        assert event is not None
        assert [one.name for one in event.speakers] == [row["name"] for row in wanted]
        kept = {one.name: one.extra for one in event.speakers}
        assert kept.get("Anna Koval", {"x-chair": 3}) == {"x-chair": 3}
        assert event.extra == {"x-room": "Blue"} and event.recordings[0].id == "part-1"
    event = save(registry, "voices", sheet_of(registry.get("voices")), {**base, "speakers": ()}).event
    assert event is not None and event.speakers == ()


def test_link_of_a_speaker_keeps_what_a_line_does_not_tell(registry: Registry, by_hand: Path) -> None:
    """Another line beside it does not cost a link its kind."""
    anna, ben = (
        {**row, "was": str(n)} for n, row in enumerate(rows(sheet_of(registry.get("voices")), "speakers"))
    )
    done = change(
        registry, speakers=({**anna, "links": anna["links"] + "\nBook=https://example.org/book"}, ben)
    )
    assert [(one.label, one.kind) for one in done.event.speakers[0].links] == [
        ("Her page", "home"),
        ("Book", ""),
    ]
    with pytest.raises(UsageError, match="no link"):
        change(registry, speakers=({**anna, "links": "nothing"}, ben))


def test_new_address_keeps_the_old_one(registry: Registry, by_hand: Path) -> None:
    """The old address leads to the new one, and going back makes no circle."""
    assert change(registry, slug="voices-2026").event.aliases == ("voices",)
    assert change(registry, slug="voices").event.aliases == ("voices-2026",)


def test_change_by_hand_meanwhile_is_kept(registry: Registry, by_hand: Path) -> None:
    """A form that was open while somebody edited the file overwrites nothing of it."""
    base = sheet_of(registry.get("voices"))
    by_hand.write_text(BY_HAND.replace('"teacher"', '"nurse"').replace("Call first.", "Never call."))
    done = save(registry, "voices", base, {**base, "title": "Mine"})
    assert done.event is not None
    assert (done.event.title, done.event.speakers[0].role, done.event.private["notes"]) == (
        "Mine",
        "nurse",
        "Never call.",
    )
    assert done.merged.theirs == ("speakers", "notes")


def test_conflict_writes_nothing(registry: Registry, by_hand: Path) -> None:
    """While two versions stand against each other the file stays as it is."""
    base = sheet_of(registry.get("voices"))
    theirs = BY_HAND.replace('title = "Voices"', 'title = "Theirs"')
    by_hand.write_text(theirs)
    done = save(registry, "voices", base, {**base, "title": "Mine", "summary": "New."})
    assert (done.event, by_hand.read_text()) == (None, theirs)
    assert [(one.field, one.theirs, one.mine) for one in done.merged.conflicts] == [
        ("title", "Theirs", "Mine")
    ]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"starts": "2026-03-29 03:30"}, EventFormatError), ({"duration": "soon"}, EventFormatError),
        ({"join": "javascript:alert(1)"}, EventFormatError), ({"slug": "taken"}, ConflictError),
        ({"notes": ({"key": "phone", "text": "1"},)}, UsageError),
        ({"notes": ({"key": "unlisted-token", "text": "guess"},)}, UsageError),
    ],
)  # fmt: skip
def test_what_cannot_be_leaves_the_file(
    registry: Registry, by_hand: Path, write: Write, fields: dict[str, Any], error: type[Exception]
) -> None:
    """A wrong value is told, and the file stays as it was."""
    write("taken")
    with pytest.raises(error):
        change(registry, **fields)
    assert by_hand.read_text() == BY_HAND


def test_sheet_makes_the_same_event(registry: Registry, by_hand: Path) -> None:
    """What a form shows is enough to register the event again, but for its recordings and hidden keys."""
    sheet = sheet_of(registry.get("voices"))
    again = registry.add({**values_of({**sheet, "slug": ""}), "id": "again"})
    assert tidied({**sheet_of(again), "slug": "voices"}) == tidied(sheet)


def test_hundred_races_lose_nothing(registry: Registry, by_hand: Path) -> None:
    """Two at once, each adding a tag of their own fifty times from forms that are stale: every tag is there.

    Who finds the event locked for too long is told so, and sends the same form again.
    """
    failures: list[str] = []

    def tag(name: str) -> None:
        own = Registry(registry.archive)
        for number in range(50):
            base = sheet_of(own.get("voices"))
            mine = {**base, "tags": (*words(base, "tags"), f"{name}-{number}")}
            for _ in range(20):
                try:
                    done = save(own, "voices", base, mine)
                except LockedError:
                    continue
                if done.event is None:
                    failures.append(f"{name}-{number} was refused")
                break
            else:
                failures.append(f"{name}-{number} was locked out")

    threads = [threading.Thread(target=tag, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = registry.get("voices").tags
    assert sorted(found) == sorted(["one", "two", *(f"{name}-{n}" for name in "ab" for n in range(50))])
