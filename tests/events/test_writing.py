"""Event files as they are written: what is written is read again, and what a person wrote around it stays."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import UsageError
from onrecord.events.record import check_event
from onrecord.events.writing import append_rows, changed, event_values, item, length_text, new_document
from onrecord.timecode import clock

PATH = Path("2022-07-12-voices.toml")
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
SAID = TEXT.filter(lambda text: bool(text.strip()) and not text.isspace())
IDS = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
LANGUAGES = st.sampled_from(["en", "uk", "pt-BR", "crh", "zh-Hant"])
ADDRESSES = st.sampled_from(
    ["https://example.org/a?b=c&d", "http://example.org/#x", "mailto:desk@example.org"]
)
POSITIONS = st.integers(0, 40_000_000)
KEPT = st.dictionaries(
    st.from_regex(r"x-[a-z]{1,5}", fullmatch=True),
    st.one_of(TEXT, st.integers(), st.lists(TEXT, max_size=2)),
    max_size=2,
)


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A table in which each key may stand or not."""
    return st.fixed_dictionaries({}, optional=keys)


def table(
    must: dict[str, st.SearchStrategy[Any]], **may: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """A table with keys that must stand, keys that may, and some that are kept for tools."""
    return st.tuples(st.fixed_dictionaries(must), optional(**may), KEPT).map(
        lambda parts: parts[0] | parts[1] | parts[2]
    )


LINKS = table({"label": SAID, "url": ADDRESSES}, kind=TEXT, language=LANGUAGES, archived=ADDRESSES)
SPEAKERS = table(
    {"name": SAID}, shown_as=SAID, role=TEXT, affiliation=TEXT, bio=TEXT, links=st.lists(LINKS, max_size=2),
    consent=st.sampled_from(["yes", "no", "asked"]),
)  # fmt: skip
RECORDINGS = table(
    {"id": IDS}, title=TEXT, source=TEXT, languages=st.lists(LANGUAGES, max_size=2),
    kind=st.sampled_from(["video", "audio"]),
    trim=st.tuples(POSITIONS, st.integers(1, 1000)).map(lambda pair: [clock(pair[0]),
    clock(pair[0] + pair[1])]),
    publish=st.sampled_from(["yes", "no"]), transcript=st.sampled_from(["reviewed", "draft", "no"]),
    original=st.sampled_from(["public", "private"]),
)  # fmt: skip
EVENTS = table(
    {
        "title": SAID,
        "starts": st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    },
    id=st.uuids().map(str), slug=IDS, aliases=st.lists(IDS, max_size=2), summary=TEXT, description=TEXT,
    timezone=st.sampled_from(["UTC", "Asia/Kolkata", "Africa/Nairobi"]),
    duration=st.integers(1, 2_000_000_000).map(lambda n: length_text(timedelta(milliseconds=n))),
    visibility=st.sampled_from(["draft", "unlisted", "public"]), publish_at=st.just("2022-07-01 9:00"),
    cancelled=st.one_of(TEXT, st.booleans()), withdrawn=TEXT, languages=st.lists(LANGUAGES, max_size=3),
    series=TEXT,
    tags=st.lists(SAID, max_size=3), licence=TEXT, picture=TEXT, join=ADDRESSES,
    join_visibility=st.sampled_from(["public", "private"]),
    agenda=st.lists(st.tuples(POSITIONS, SAID), max_size=3, unique_by=lambda row: row[0]).map(
        lambda rows: [{"at": clock(at), "title": title} for at, title in sorted(rows)]
    ),
    speakers=st.lists(SPEAKERS, max_size=2), links=st.lists(LINKS, max_size=2),
    recordings=st.lists(RECORDINGS, max_size=2, unique_by=lambda row: row["id"]),
    private=st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.dictionaries(TEXT, TEXT, max_size=2)),
    max_size=3),
)  # fmt: skip


@settings(deadline=None)
@given(EVENTS)
def test_event_is_read_as_it_was_written(values: dict[str, Any]) -> None:
    """Values become a file, the file an event, the event values, and these the same event again."""
    text = new_document(values)
    event = check_event(tomllib.loads(text), PATH, text)
    assert (event.title, event.starts) == (values["title"], values["starts"])
    assert event.private == values.get("private", {})
    again = new_document(event_values(event))
    assert check_event(tomllib.loads(again), PATH, again) == event


@settings(deadline=None)
@given(EVENTS, st.sampled_from(["\n", "\r\n"]))
def test_change_of_one_key_leaves_the_rest_byte_for_byte(values: dict[str, Any], newline: str) -> None:
    """Setting a key that stands there changes its line and no other, remarks and newlines included."""
    text = new_document(
        {key: value for key, value in values.items() if key != "series"} | {"series": "Voices"}
    )
    text = (
        text.replace('series = "Voices"', 'series   =  "Voices"   # the first one', 1)
        .replace("\r", "")
        .replace("\n", newline)
    )

    def change(document: tomlkit.TOMLDocument) -> None:
        document["series"] = "Silence"

    expected = text.replace(
        'series   =  "Voices"   # the first one', 'series   =  "Silence"   # the first one', 1
    )
    assert changed(text, change) == expected


def test_new_file_reads_well() -> None:
    """Keys stand in the order of the guide, long texts over several lines, parts as tables of their own."""
    text = new_document(
        {
            "speakers": [
                {"name": "Anna Koval", "role": "", "links": [{"label": "Page", "url": "https://example.org"}]}
            ],
            "title": 'The "letter"',
            "starts": "2022-07-12 18:00",
            "x-ticket": 7,
            "tags": ["one", "two"],
            "description": "First.\n\nThen.\n",
            "series": "",
            "agenda": [{"at": "00:00:00", "title": "Welcome"}],
            "private": {"passcode": "1234"},
            "x-table": {"a": 1},
        }
    )
    assert text == (
        'format = 1\ntitle = "The \\"letter\\""\ndescription = """First.\n\nThen.\n"""\nstarts = "2022-07-12 '
        '18:00"\n'
        'tags = ["one", "two"]\nx-ticket = 7\nagenda = [\n    {at = "00:00:00", title = "Welcome"},\n]\n\n'
        '[[speakers]]\nname = "Anna Koval"\nlinks = [\n    {label = "Page", url = "https://example.org"},\n'
        "]\n\n"
        '[x-table]\na = 1\n\n[private]\npasscode = "1234"\n'
    )


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(hours=1, minutes=30), "1h30"), (timedelta(hours=2), "2h"), (timedelta(minutes=45), "45m"),
        (timedelta(hours=1, minutes=5), "1h05"), (timedelta(seconds=90), "00:01:30.000"),
    ],
)  # fmt: skip
def test_length_is_written_as_people_write_it(length: timedelta, text: str) -> None:
    """Hours and minutes where they are enough."""
    assert length_text(length) == text


def test_text_that_is_no_unicode_is_refused() -> None:
    """A byte that the terminal could not decode never reaches a file."""
    with pytest.raises(UsageError, match="not UTF-8"):
        item("caf\udce9")


def test_change_that_breaks_the_file_is_refused() -> None:
    """What another reader would read otherwise is not trusted."""

    def change(document: tomlkit.TOMLDocument) -> None:
        document["title"] = tomlkit.items.String.from_raw("a", tomlkit.items.StringType.SLB, escape=False)
        document["title"]._original = 'a"\nb = "'  # what a bug in the writer could do

    with pytest.raises(UsageError, match="cannot be changed from here"):
        changed('title = "Voices"\n', change)


def test_rows_are_added_as_blocks_of_their_own() -> None:
    """An empty line stands before a row that is added, and before what follows it."""
    before = 'title = "A"\n\n[[speakers]]\nname = "B"\n\n[[links]]\nurl = "https://example.org"\n'

    def change(document: tomlkit.TOMLDocument) -> None:
        append_rows(document, "speakers", [{"name": "C"}, {"name": "D"}])
        append_rows(document, "links", [{"url": "https://example.org/2"}])

    blocks = [block.splitlines() for block in changed(before, change).split("\n\n")]
    assert blocks == [
        ['title = "A"'],
        ["[[speakers]]", 'name = "B"'], ["[[speakers]]", 'name = "C"'], ["[[speakers]]", 'name = "D"'],
        ["[[links]]", 'url = "https://example.org"'], ["[[links]]", 'url = "https://example.org/2"'],
    ]  # fmt: skip
