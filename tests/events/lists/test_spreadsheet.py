"""Spreadsheets as people save them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import FormatError
from onrecord.events.lists import Proposal, read_list
from onrecord.events.lists.spreadsheet import COLUMNS, decoded, read_csv

HEAD = "title,starts\n"


def rows(text: str | bytes, folder: Path = Path(), timezone: str = "Europe/Kyiv") -> list[Any]:
    """The rows of a spreadsheet: values, or what is said of one that cannot be taken."""
    data = text if isinstance(text, bytes) else text.encode()
    listing = read_csv(data, folder / "list.csv", timezone)
    return [row.values if isinstance(row, Proposal) else str(row) for row in listing.rows]


def test_every_column_arrives(tmp_path: Path) -> None:
    """Each column of the table, as an event's file has it."""
    (tmp_path / "a.mp4").write_bytes(b"x")
    text = (
        "Title;Start;Time "
        "zone;Ends;Speakers;Links;Recording;Language;Series;Tags;Summary;Description;Join;Slug;UID;"
        "Visibility;License;Cancelled;private.Phone;x-room\n"
        '"Voices; and letters";12.07.2022 18:00;Europe/London;19:30;"Anna Koval, teacher; Petro Lysenko";'
        '"The letter=https://example.org/a;b; https://example.org/c";a.mp4; "en, uk";Schools;one, two;Short.;'
        '"First.\nThen.";https://meet.example.org/x;voices;abc@example.org;public;CC BY 4.0;yes;123;blue\n'
    )
    assert rows(text.replace("a.mp4; ", "a.mp4;"), tmp_path) == [
        {
            "title": "Voices; and letters", "starts": "2022-07-12 18:00", "timezone": "Europe/London",
            "duration": "1h30",
            "speakers": [{"name": "Anna Koval", "role": "teacher"}, {"name": "Petro Lysenko"}],
            "links": [{"label": "The letter", "url": "https://example.org/a;b"}, {"label": "example.org",
            "url": "https://example.org/c"}],
            "recordings": [{"id": "part-1", "source": str(tmp_path / "a.mp4")}], "languages": ["en", "uk"],
            "series": "Schools", "tags": ["one", "two"], "summary": "Short.", "description": "First.\nThen.",
            "join": "https://meet.example.org/x", "slug": "voices", "id": "abc@example.org",
            "visibility": "public",
            "licence": "CC BY 4.0", "cancelled": True, "private": {"Phone": "123"}, "x-room": "blue",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str) -> None:
    """Whatever the spreadsheet program made of it."""
    text = delimiter.join(["title", "starts", "summary"]) + "\r\n"
    text += (
        delimiter.join(["Голоси з Куп'янська: їжа, ґанок", "2022-07-12 18:00", "Так"]).replace(
            "їжа, ", "їжа "
        )
        + "\r\n"
    )
    [row] = rows(text.encode(encoding))
    assert (row["title"], row["summary"]) == ("Голоси з Куп'янська: їжа ґанок", "Так")


def test_western_letters_are_not_taken_for_cyrillic() -> None:
    """Accented letters stand alone among others; which encoding was assumed is said."""
    listing = read_csv(
        f"{HEAD}Élections à Orléans – où va-t-on?,2022-07-12 18:00\n".encode("windows-1252"),
        Path("l.csv"),
        "UTC",
    )
    [row] = listing.rows
    assert isinstance(row, Proposal)
    assert row.values["title"] == "Élections à Orléans – où va-t-on?"
    assert listing.remarks == ("The file is not UTF-8; it was read as windows-1252.",)


def test_date_and_time_may_be_apart() -> None:
    """And an end past midnight belongs to the next day; summer time is counted."""
    assert [
        (row["starts"], row.get("duration"))
        for row in rows(
            "title,date,time,ends\nA,12.07.2022,18:00,19:05\nB,2022-07-12,23:30,1:00\n"
            "C,2022-07-12,9:00,2022-07-13 10:00\n"
            "D,2022-10-30,2:30,5:00\n"
        )
    ] == [
        ("2022-07-12 18:00", "1h05"), ("2022-07-12 23:30", "1h30"), ("2022-07-12 09:00", "25h"),
        ("2022-10-30 02:30", "3h30"),
    ]  # fmt: skip


def test_bad_row_does_not_stop_the_others() -> None:
    """It is told with its line, also after a cell of several lines and an empty line."""
    text = (
        "title,starts,speakers,ends,timezone,recordings\n"
        '"A\nb",2022-07-12 18:00,,,,\n'
        "\n"
        ",2022-07-12 18:00,,,,\n"
        "B,,,,,\n"
        'C,2022-07-12 18:00,",x",,,\n'
        "D,2022-07-12 18:00,,soon,,\n"
        "E,2022-07-12 18:00,,2022-07-12 17:00,,\n"
        "F,2022-07-12 18:00,,,Kyiv time,\n"
        "G,2022-07-12 18:00,,,,missing.mp4\n"
        "H,2022-07-12 18:00,Anna,teacher,,,\n"
        "I,2022-07-12 18:00,,,,\n"
    )
    found = rows(text)
    assert [row["title"] for row in found if isinstance(row, dict)] == ["A\nb", "I"]
    assert [row for row in found if isinstance(row, str)] == [
        "list.csv:5: this row has no title.",
        "list.csv:6: this row has no start.",
        "list.csv:7: ',x' names no speaker. Write it as \"Name, role\".",
        "list.csv:8: 'soon' is no end for an event that starts at '2022-07-12 18:00'. Write it as 19:30.",
        "list.csv:9: the end '2022-07-12 17:00' comes before the start '2022-07-12 18:00'.",
        "list.csv:10: 'Kyiv time' is no time zone. Write it as Europe/Kyiv.",
        "list.csv:11: there is no file 'missing.mp4'. Give a file that is there, or an address with "
        "https://.",
        "list.csv:12: 'teacher' is no end for an event that starts at '2022-07-12 18:00'. Write it as 19:30.",
    ]


def test_row_of_too_many_cells_is_told() -> None:
    """A delimiter inside a cell without quotes would move every cell behind it."""
    assert rows(f"{HEAD}Voices, and letters,2022-07-12 18:00\n") == [
        "list.csv:2: this row has 3 cells, but there are 2 columns. A cell that holds the delimiter needs "
        "quotes around it."
    ]
    assert rows(f"{HEAD}Voices,2022-07-12 18:00,,\n")[0]["title"] == "Voices"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel,starts\n", "list.csv:1: there is no column 'titel'. Did you mean 'title'?"),
        ("title,starts,mood\n", "Name it 'private.mood' to keep it among the private notes, or take it out."),
        ("Voices,2022-07-12 18:00\n", "The first line must name the columns, such as: title,starts,speakers"),
        ("title,summary\n", "the column 'starts' is missing."),
        ("starts\n", "the column 'title' is missing."),
        ("title,starts,Start\n", "the column 'starts' stands there twice."),
        ("title,starts\n" + "x" * 200_000 + ",y\n", "this is not valid CSV: field larger than field limit"),
    ],
)  # fmt: skip
def test_spreadsheet_of_unknown_columns_is_refused(text: str, message: str) -> None:
    """A column is never left out silently."""
    with pytest.raises(FormatError) as caught:
        rows(text)
    assert message in str(caught.value)


def test_row_is_known_again_without_an_id() -> None:
    """The same title and start give the same id, others another."""
    same = [
        rows(f"{HEAD}Voices,2022-07-12 18:00\n")[0]["id"],
        rows("starts;title\n12.07.2022 18:00;VOICES\n")[0]["id"],
    ]
    assert len(set(same)) == 1
    assert rows(f"{HEAD}Voices,2022-07-13 18:00\n")[0]["id"] not in same


def test_columns_are_described() -> None:
    """Every column has its line for the guide, and no name stands for two."""
    names = [name for column in COLUMNS for name in (column.name, *column.also)]
    assert len(names) == len(set(names))
    assert all(column.help for column in COLUMNS)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded(data: bytes) -> None:
    """There is always a text."""
    text, encoding = decoded(data)
    assert isinstance(text, str)
    assert encoding in ("utf-8", "utf-16", "windows-1251", "windows-1252")


@settings(deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: HEAD.encode() + text.encode()))
)
def test_any_spreadsheet_is_read_or_explained(data: bytes) -> None:
    """Rows, or an error in words; never another exception."""
    try:
        listing = read_csv(data, Path("list.csv"), "UTC")
    except FormatError as error:
        assert error.message
    else:
        assert all(isinstance(row, (Proposal, FormatError)) for row in listing.rows)


def test_file_that_is_no_list_is_explained(tmp_path: Path) -> None:
    """A spreadsheet in its program's own format, a page, an empty file, none at all."""
    for name, data, message in (
        ("a.xlsx", b"PK\x03\x04\x14\x00\x06\x00", "Save a spreadsheet as CSV"),
        ("a.html", b"<!doctype html><p>x", "a page or an XML file"),
        ("a.csv", b" \n", "this file is empty"),
        ("a.json", b'{"a": 1', "not valid JSON"),
        ("a.json", b'{"a": 1}', "no list of events that onrecord knows"),
        ("a.json", b"[" * 100_000, "nested too deep"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(FormatError, match=message):
            read_list(path)
