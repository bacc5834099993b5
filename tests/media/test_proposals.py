"""Proposals: what fits is found by title and time and says why; what does not fit is not proposed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from onrecord.archive import Archive
from onrecord.errors import NotFoundError
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.media.channels import Candidate
from onrecord.media.proposals import (
    dismiss,
    find,
    found,
    propose,
    rarities,
    search,
    waiting_for_one,
    weigh,
    words,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
END = datetime(2026, 10, 1, 17, 30, tzinfo=UTC)


def write(archive: Archive, stem: str, title: str, starts: str = "2026-10-01 18:00", more: str = "") -> Event:
    (archive.events / f"{stem}.toml").write_text(
        f'format = 1\nid = "{stem}"\ntitle = "{title}"\nstarts = "{starts}"\ntimezone = "Europe/Warsaw"\n'
        f'duration = "1h30"\n{more}\n',
        encoding="utf-8",
    )
    return Registry(archive).get(stem)


def listed(
    title: str, after: timedelta | None = timedelta(hours=3), length: int | None = 5_400_000, **more: str
) -> Candidate:
    when = None if after is None else END + after
    return Candidate(
        f"https://media.example/{title}", title, "https://media.example/feed", when, length, **more
    )


def sentences(event: Event, candidate: Candidate) -> tuple[float, list[str]]:
    score, reasons = weigh(event, candidate, rarities([event]))
    return score, [reason.sentence % reason.values for reason in reasons]


def test_weigh_says_why(archive: Archive) -> None:
    """Each part of the score has its sentence."""
    event = write(archive, "rights", "On rights and duties", more='[[speakers]]\nname = "Anna Example"\n')
    assert sentences(event, listed("On Rights and Duties", told="With Anna Example")) == (
        1.0,
        [
            "Its title has all words of the discussion's.", "It was published 3 hours after the end.",
            "It lasts 1 h 30 min; 1 h 30 min were planned.", "It names Anna Example, who speaks in the discussion.",
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("candidate", "score", "says"),
    [
        (listed("Cooking with friends"), 0.27, "Its title has no word of the discussion's."),
        (
            listed("On rights and duties", timedelta(days=-2)),
            0.0,
            "It was published before the discussion began.",
        ),
        (listed("On rights and duties 2026-10-08"), 0.0, "Its title names another day, 2026-10-08."),
        (listed("Zoom 20261001", None), 0.55, "Its title names the day of the discussion, 2026-10-01."),
        (listed("On rights and duties", timedelta(days=60)), 0.65, "It was published 60 days after the end."),
        (listed("On rights and duties", None, None), 0.728, "Nothing says when it was published."),
        (
            listed("On rights and duties", length=60_000),
            0.9,
            "It lasts 1 min, though 1 h 30 min were planned.",
        ),
    ],
)
def test_weigh_knows_what_speaks_against(
    archive: Archive, candidate: Candidate, score: float, says: str
) -> None:
    """Another day rules a recording out; a late day, another length or another title make it less likely."""
    event = write(archive, "rights", "On rights and duties")
    given, why = sentences(event, candidate)
    assert given == score
    assert says in why


def test_propose_gives_each_recording_to_the_event_that_it_fits_best(archive: Archive) -> None:
    """Words that every title has tell little; the day tells two talks of a series apart."""
    first = write(archive, "one", "Weekly discussion: rights")
    second = write(archive, "two", "Weekly discussion: duties", "2026-10-08 18:00")
    here = [
        listed("Weekly discussion: duties", timedelta(days=7, hours=2)),
        listed("Weekly discussion: rights", timedelta(hours=2)),
        listed("Weekly cooking", timedelta(hours=2)),
    ]
    assert [(row.stem, row.title) for row in propose((first, second), here, NOW)] == [
        ("one", "Weekly discussion: rights"), ("two", "Weekly discussion: duties"),
    ]  # fmt: skip


def test_waiting_for_one_leaves_out_what_needs_none(archive: Archive) -> None:
    """Only what is over, took place and has no recording."""
    write(archive, "over", "Over")
    write(archive, "coming", "Coming", "2026-12-01 18:00")
    write(archive, "cancelled", "Cancelled", more="cancelled = true")
    write(archive, "has", "Has one", more='[[recordings]]\nid = "part-1"\nsource = "a.mp4"')
    write(archive, "empty", "Has an empty one", more='[[recordings]]\nid = "part-1"')
    events = Registry(archive).scan().events
    assert sorted(event.stem for event in waiting_for_one(events, NOW)) == ["empty", "over"]


def test_search_keeps_what_it_found_and_what_was_dismissed(archive: Archive) -> None:
    """A folder of the archive is looked through; what a person dismissed never comes back; the rest stays the same."""
    write(archive, "rights", "On rights and duties")
    folder = archive.root / "drop"
    folder.mkdir()
    for name in ("On rights and duties.mp4", "Rights, duties and more, on and on.mp4"):
        (folder / name).write_bytes(b"film")
        os.utime(folder / name, (END.timestamp() + 7200,) * 2)
    with archive.settings_file.open("a", encoding="utf-8") as file:
        file.write('\n[fetch]\nchannels = ["drop", "not there"]\n')
    archive = Archive(archive.root)
    made = search(archive, now=NOW)
    assert [row.source for row in made.proposals] == [
        "drop/On rights and duties.mp4", "drop/Rights, duties and more, on and on.mp4",
    ]  # fmt: skip
    assert [row.channel for row in made.unread] == ["not there"]
    assert found(archive) == made
    dismiss(archive, made.proposals[0].key)
    for again in (False, True):
        if again:
            search(archive, now=NOW + timedelta(hours=1))
        assert [row.source for row in found(archive).proposals] == [
            "drop/Rights, duties and more, on and on.mp4"
        ]
    with pytest.raises(NotFoundError):
        find(archive, made.proposals[0].key)
    assert find(archive, made.proposals[1].key) == made.proposals[1]


def test_found_of_a_broken_file_is_empty(archive: Archive) -> None:
    """It is derived: the next search makes it again."""
    (archive.hidden / "found.json").write_text("{}")
    assert found(archive).proposals == ()


def test_words_are_compared_without_marks() -> None:
    """Small letters, marks on Latin letters gone, й kept; one kind of apostrophe; no numbers."""
    assert words("Où est П’ять мой Droits 2026 a") == ["ou", "est", "п'ять", "мой", "droits"]
