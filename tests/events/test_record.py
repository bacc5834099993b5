"""Event files that people write: what they mean, and what is said when they cannot be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onrecord.errors import EventFormatError, StorageError
from onrecord.events.model import AgendaItem, Event, Link, Recording, Speaker
from onrecord.events.record import TABLES, read_event

MALFORMED = sorted((Path(__file__).parent / "malformed").glob("*.toml"))
WHOLE = """\
# The record of one evening.
format = 1
id = "3c7a3f8e-6f0e-4a9e-9c3a-0d3b5e1f2a4b"
slug = "occupied-areas"
aliases = ["2022-07-12-occupied-areas"]
title = "Voices from the occupied areas"
summary = "Three teachers speak."
description = \"\"\"
What happened in the schools.

And after.
\"\"\"
starts = 2022-07-12T18:00:00  # local
timezone = "Europe/London"
duration = "1h30"
visibility = "public"
publish_at = "2022-07-01 9:05"
cancelled = false
languages = ["EN", "uk", "pt-br"]
series = "Voices"
tags = ["school", "Куп'янськ"]
licence = "CC BY 4.0"
picture = "school.jpg"
join = "https://meet.example.org/abc"
join_visibility = "public"
x-ticket = {id = 7}
agenda = [
    {at = "00:00:00", title = "Welcome"},
    {at = "12:30", title = "Questions", x-mood = "open"},
]

[[speakers]]
id = "anna-koval"
name = "Anna Koval"
shown_as = "A teacher"
role = "teacher"
affiliation = "School 5"
bio = "Taught history."
consent = "yes"
links = [{label = "Her page", url = "https://example.org/anna", language = "uk"}]

[[links]]
label = "The letter"
url = "https://example.org/letter"
kind = "letter"
archived = "https://archive.example.org/letter"

[[recordings]]
id = "part-1"
title = "The evening"
source = "https://example.org/part-1.mp4"
languages = ["en"]
kind = "video"
trim = ["00:09:30", "1:41:00.250"]
publish = "yes"
transcript = "draft"
original = "public"
x-camera = "two"

[private]
passcode = "1234"
names = {anna = "Hanna"}
"""


def record(folder: Path, text: str, name: str = "2022-07-12-occupied-areas.toml") -> Path:
    """Writes an event file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_event_of_every_key_is_read(tmp_path: Path) -> None:
    """Every key of the table arrives, in its type; what begins with x- is kept beside."""
    event = read_event(record(tmp_path, WHOLE))
    assert event == Event(
        extra={"x-ticket": {"id": 7}},
        stem="2022-07-12-occupied-areas",
        id="3c7a3f8e-6f0e-4a9e-9c3a-0d3b5e1f2a4b",
        slug="occupied-areas",
        aliases=("2022-07-12-occupied-areas",),
        title="Voices from the occupied areas",
        summary="Three teachers speak.",
        description="What happened in the schools.\n\nAnd after.\n",
        starts=datetime(2022, 7, 12, 18, 0),  # noqa: DTZ001 - local, as the record has it
        timezone="Europe/London",
        duration=timedelta(minutes=90),
        visibility="public",
        publish_at=datetime(2022, 7, 1, 9, 5),  # noqa: DTZ001
        languages=("en", "uk", "pt-BR"),
        series="Voices",
        tags=("school", "Куп'янськ"),
        licence="CC BY 4.0",
        picture="school.jpg",
        join="https://meet.example.org/abc",
        join_visibility="public",
        agenda=(
            AgendaItem(at="00:00:00", title="Welcome"),  # type: ignore[arg-type]
            AgendaItem(at="00:12:30", title="Questions", extra={"x-mood": "open"}),  # type: ignore[arg-type]
        ),
        speakers=(
            Speaker(
                id="anna-koval", name="Anna Koval", shown_as="A teacher", role="teacher",
                affiliation="School 5",
                bio="Taught history.", consent="yes",
                links=(Link(label="Her page", url="https://example.org/anna", language="uk"),),
            ),
        ),
        links=(
            Link(
                label="The letter", url="https://example.org/letter", kind="letter",
                archived="https://archive.example.org/letter",
            ),
        ),
        recordings=(
            Recording(
                id="part-1", title="The evening", source="https://example.org/part-1.mp4", languages=("en",),
                kind="video", trim=("00:09:30", "01:41:00.250"), publish=True, transcript="draft",
                # type: ignore[arg-type]
                original="public", extra={"x-camera": "two"},
            ),
        ),
        private={"passcode": "1234", "names": {"anna": "Hanna"}},
    )  # fmt: skip
    assert event.recordings[0].trim == (570_000, 6_060_250)
    assert event.starts_at == datetime(2022, 7, 12, 17, 0, tzinfo=UTC)
    assert event.ends_at == datetime(2022, 7, 12, 18, 30, tzinfo=UTC)


def test_event_of_two_lines_is_enough(tmp_path: Path) -> None:
    """A title and a start make an event: a draft, at the address of its file's name, in the archive's time
    zone.
    """
    path = record(tmp_path, 'title = "Voices"\nstarts = "2022-07-12 18:00"\n', "voices.toml")
    event = read_event(path, timezone="Europe/Kyiv")
    assert (event.stem, event.slug, event.timezone, event.visibility) == (
        "voices",
        "voices",
        "Europe/Kyiv",
        "draft",
    )
    assert event.starts_at == datetime(2022, 7, 12, 15, 0, tzinfo=UTC)
    assert event.id == read_event(path).id != read_event(record(tmp_path, path.read_text(), "copy.toml")).id


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1h30", timedelta(minutes=90)), ("1:30", timedelta(minutes=90)), ("45m", timedelta(minutes=45)),
        ("90min", timedelta(minutes=90)), ("01:30:00", timedelta(minutes=90)), ("2h", timedelta(hours=2)),
    ],
)  # fmt: skip
def test_duration_is_read_as_people_write_it(tmp_path: Path, written: str, meant: timedelta) -> None:
    """Hours and minutes, in the usual ways."""
    text = f'title = "Voices"\nstarts = "2022-07-12 18:00"\nduration = "{written}"\n'
    assert read_event(record(tmp_path, text)).duration == meant


def test_cancelled_may_be_true_or_a_sentence(tmp_path: Path) -> None:
    """`true` stands for the usual sentence."""
    head = 'title = "Voices"\nstarts = "2022-07-12 18:00"\n'
    assert (
        read_event(record(tmp_path, head + "cancelled = true\n")).cancelled
        == "This discussion was cancelled."
    )
    assert read_event(record(tmp_path, head + 'withdrawn = "At her wish."\n')).withdrawn == "At her wish."


def test_start_that_occurs_twice_means_the_first_time(tmp_path: Path) -> None:
    """In the hour after summer time ends, the first of the two hours is meant (PEP 495)."""
    text = 'title = "Voices"\ntimezone = "Europe/London"\nstarts = "2022-10-30 01:30"\n'
    assert read_event(record(tmp_path, text)).starts_at == datetime(2022, 10, 30, 0, 30, tzinfo=UTC)


def test_byte_order_mark_and_windows_newlines_are_read(tmp_path: Path) -> None:
    """A file that Notepad saved is an event file as well."""
    path = tmp_path / "voices.toml"
    path.write_bytes('\ufefftitle = "Голоси"\r\nstarts = "2022-07-12 18:00"\r\n'.encode())
    assert read_event(path).title == "Голоси"


@pytest.mark.parametrize("path", MALFORMED, ids=lambda path: path.stem)
def test_malformed_file_is_explained(path: Path) -> None:
    """Each file of the corpus gives the error that stands beside it, in full, and every further one in its
    order.

    An ellipsis there stands for the words of Python's own reader, which change with its version.
    """
    with pytest.raises(EventFormatError) as caught:
        read_event(path)
    error = caught.value
    said = "".join(f"{str(one).replace(str(path), path.name)}\n" for one in (error, *error.others))
    expected = re.escape(path.with_suffix(".txt").read_text(encoding="utf-8")).replace("…", r"[^\n]+")
    assert re.fullmatch(expected, said), said
    assert error.path == path


def test_error_carries_what_programs_need(tmp_path: Path) -> None:
    """File, line, key, what is expected and the nearest known key are attributes, too."""
    path = record(
        tmp_path,
        'title = "Voices"\nstarts = "2022-07-12 18:00"\n\n[[speakers]]\nname = "Anna"\nrolle = "x"\n',
    )
    with pytest.raises(EventFormatError) as caught:
        read_event(path)
    error = caught.value
    assert (error.path, error.line, error.key, error.nearest) == (path, 6, "speakers.1.rolle", "role")
    assert error.expected.startswith("one of affiliation, bio, consent, id")


def test_record_of_megabytes_is_refused(tmp_path: Path) -> None:
    """A recording that was renamed to .toml is not read into memory as a record."""
    path = tmp_path / "video.toml"
    path.write_bytes(b"#" * 4_000_001)
    with pytest.raises(EventFormatError, match="too large for a record"):
        read_event(path)


def test_missing_permission_is_a_storage_error(tmp_path: Path) -> None:
    """What the disk refuses is said as such."""
    import os

    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = record(tmp_path, WHOLE)
    path.chmod(0)
    with pytest.raises(StorageError):
        read_event(path)


def test_every_table_is_known() -> None:
    """The tables in which keys are looked for are those of the models."""
    assert sorted(TABLES) == [
        (),
        ("agenda",),
        ("links",),
        ("recordings",),
        ("speakers",),
        ("speakers", "links"),
    ]
