"""Events from a spreadsheet saved as CSV (RFC 4180, and what spreadsheets make of it).

The first line names the columns; `COLUMNS` has them all. The delimiter and the encoding are found out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from onrecord.errors import FormatError, UsageError
from onrecord.events import phrases
from onrecord.events.lists import Listing, Proposal, made_id, usable_id, without_blanks
from onrecord.events.writing import length_text
from onrecord.toml import nearest


@dataclass(frozen=True)
class Column:
    """A column: its name, what it holds, and other names that it is known by."""

    name: str
    help: str
    also: tuple[str, ...] = ()


COLUMNS = (
    Column(
        "title",
        "the title; the only column that must be there, beside starts or date",
        ("name", "event", "topic"),
    ),
    Column(
        "starts",
        "2022-07-12 18:00, 12.07.2022 18:00, or with an offset: 2022-07-12T18:00+03:00",
        ("start", "begins"),
    ),
    Column("date", "the day, where the time has a column of its own", ("day",)),
    Column("time", "the time of day: 18:00", ()),
    Column(
        "timezone", "IANA zone, such as Europe/Kyiv; the archive's where it is empty", ("zone", "time-zone")
    ),
    Column("duration", "1h30, 90m or 1:30", ("length",)),
    Column("ends", "the end, instead of a duration: 19:30, or with its day", ("end",)),
    Column("speakers", "Name, role; Name, role", ("speaker",)),
    Column("links", "Label=https://...; Label=https://...", ("link",)),
    Column("recordings", "addresses or files, with ; between", ("recording", "video", "audio")),
    Column("languages", "en, uk", ("language",)),
    Column("series", "the series that it belongs to", ()),
    Column("tags", "one, two", ("tag", "keywords")),
    Column("summary", "one sentence", ()),
    Column("description", "Markdown", ()),
    Column("join", "the address where people join", ("join-url",)),
    Column("slug", "its address, where the date and the title shall not be it", ()),
    Column("id", "a lasting id from elsewhere: a second import knows the event by it", ("uid", "guid")),
    Column("visibility", "draft (the default), unlisted or public", ()),
    Column("licence", "the licence of recordings and transcripts", ("license",)),
    Column("cancelled", "a sentence, or yes", ("canceled",)),
)
_NAMES = {other: column.name for column in COLUMNS for other in (column.name, *column.also)}
_DELIMITERS = (",", ";", "\t", "|")


def read_csv(data: bytes, path: Path, timezone: str, *, files: bool = True) -> Listing:
    """Reads a spreadsheet; raises `FormatError` when its first line names no columns that are known.

    With `files` a recording may be a file of this machine.
    """
    text, encoding = decoded(data)
    remarks = [] if encoding.startswith("utf") else [f"The file is not UTF-8; it was read as {encoding}."]
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows = _numbered(reader, path)
    line, header = next(rows, (1, []))
    names = _columns(header, path, line)
    return Listing(
        "csv",
        tuple(_row(cells, names, number, path, timezone, files=files) for number, cells in rows),
        tuple(remarks),
    )


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding: by its byte order mark, else UTF-8, else windows-1251 or windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    # Cyrillic letters come in rows of bytes from 0xC0 on; accented Latin letters stand alone among ASCII
    # ones.
    high = re.findall(rb"[\xa8\xaa\xaf\xb2-\xb4\xb8\xba\xbf-\xff]+", data)
    cyrillic = sum(len(run) for run in high if len(run) > 2)
    name = "windows-1251" if cyrillic * 2 > sum(map(len, high)) else "windows-1252"
    return data.decode(name, "replace"), name


def _delimiter(text: str) -> str:
    """The one with which the first line holds the most columns that are known."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(_plain(cell) in _NAMES for cell in cells), len(cells)

    return max(_DELIMITERS, key=known)


def _numbered(reader: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the line on which each begins."""
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(f"this is not valid CSV: {error}.", path=path, line=reader.line_num) from error


def _plain(cell: str) -> str:
    return re.sub(r"[\s_]+", "-", cell.strip().lower())


def _columns(header: list[str], path: Path, line: int) -> list[str]:
    names: list[str] = []
    for cell in header:
        plain = _plain(cell)
        if not plain or plain.startswith(("x-", "private.")):
            names.append(cell.strip() if plain.startswith("private.") else plain)
            continue
        if plain not in _NAMES:
            near = nearest(plain, _NAMES)
            advice = f"Did you mean '{_NAMES[near]}'? " if near else ""
            raise FormatError(
                f"there is no column '{cell.strip()}'.", path=path, line=line, key=plain,
                advice=f"{advice}Name it 'private.{plain}' to keep it among the private notes, or take it "
                       f"out."
                if any(_plain(other) in _NAMES for other in header)
                else "The first line must name the columns, such as: title,starts,speakers",
            )  # fmt: skip
        names.append(_NAMES[plain])
    for name in names:
        if name and names.count(name) > 1:
            raise FormatError(f"the column '{name}' stands there twice.", path=path, line=line, key=name)
    for needed in (("title",), ("starts", "date")):
        if not set(needed) & set(names):
            raise FormatError(f"the column '{needed[0]}' is missing.", path=path, line=line, key=needed[0])
    return names


def _row(
    cells: list[str], names: list[str], line: int, path: Path, timezone: str, *, files: bool
) -> Proposal | FormatError:
    if any(cell.strip() for cell in cells[len(names) :]):
        return FormatError(
            f"this row has {len(cells)} cells, but there are {len(names)} columns.", path=path, line=line,
            advice="A cell that holds the delimiter needs quotes around it.",
        )  # fmt: skip
    row = {
        name: cell.strip().replace("\r\n", "\n")
        for name, cell in zip(names, cells, strict=False)
        if name and cell.strip()
    }
    try:
        return Proposal(f"line {line}", _values(row, path, timezone, files=files), line=line)
    except UsageError as error:
        return FormatError(error.message, advice=error.advice, path=path, line=line)


def _values(row: dict[str, str], path: Path, timezone: str, *, files: bool) -> dict[str, Any]:
    if "title" not in row:
        raise UsageError("this row has no title.")
    zone = row.get("timezone", timezone)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"'{zone}' is no time zone.", advice="Write it as Europe/Kyiv.") from error
    values: dict[str, Any] = {key: row[key] for key in _AS_THEY_ARE if key in row}
    values["timezone"] = zone
    values["starts"] = _starts(row, zone)
    if "ends" in row:
        values["duration"] = _until(values["starts"], row["ends"], zone)
    for key, part, read in _IN_PARTS:
        if part in row:
            values[key] = read(row[part])
    if "recordings" in row:
        sources = re.split(r"\s*[;\n]\s*", row["recordings"])
        values["recordings"] = phrases.recordings(
            [_source(text, path.parent) if files else text for text in sources if text]
        )
    if "cancelled" in row and row["cancelled"].lower() not in ("no", "false", "0"):
        values["cancelled"] = (
            True if row["cancelled"].lower() in ("yes", "true", "1", "x") else row["cancelled"]
        )
    private = {
        name.split(".", 1)[1].strip(): cell
        for name, cell in row.items()
        if name.lower().startswith("private.")
    }
    values["private"] = private
    values |= {name: cell for name, cell in row.items() if name.startswith("x-")}
    values["id"] = usable_id(row.get("id")) or made_id(row["title"].casefold(), values["starts"], zone)
    return without_blanks(values)


_AS_THEY_ARE = (
    "title",
    "duration",
    "series",
    "summary",
    "description",
    "join",
    "slug",
    "visibility",
    "licence",
)
_IN_PARTS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("languages", "languages", phrases.words),
    ("tags", "tags", phrases.words),
    (
        "speakers",
        "speakers",
        lambda cell: [phrases.speaker(part) for part in re.split(r"[;\n]", cell) if part.strip()],
    ),
    (
        "links",
        "links",
        lambda cell: [
            phrases.link(part) for part in re.split(r";\s+|\n|;(?=https?:)|;$", cell) if part.strip()
        ],
    ),
)


def _source(text: str, folder: Path) -> str:
    """A recording of a row: an address, or a file as seen from the folder of the list."""
    if "://" in text:
        return phrases.recording_source(text, folder)
    found = phrases.recording_source(text, folder.resolve())
    return found if Path(found).is_absolute() else str(folder.resolve() / found)


def _starts(row: dict[str, str], zone: str) -> str:
    if "starts" in row:
        return phrases.local_time(row["starts"], zone)
    if "date" not in row:
        raise UsageError("this row has no start.")
    return phrases.local_time(f"{row['date']} {row.get('time', '')}".strip(), zone)


def _until(starts: str, ends: str, zone: str) -> str:
    """The duration, given the end: a time of day, or a date and time."""
    try:
        begin = datetime.fromisoformat(starts)
        if re.fullmatch(r"\d{1,2}:\d{2}", ends):
            end = datetime.fromisoformat(f"{starts[:10]} {ends:>05}")
            end += timedelta(days=1) if end <= begin else timedelta(0)  # it goes on past midnight
        else:
            end = datetime.fromisoformat(phrases.local_time(ends, zone))
        there = ZoneInfo(zone)
        length = end.replace(tzinfo=there).astimezone(ZoneInfo("UTC")) - begin.replace(
            tzinfo=there
        ).astimezone(ZoneInfo("UTC"))
    except ValueError as error:
        raise UsageError(
            f"'{ends}' is no end for an event that starts at '{starts}'.", advice="Write it as 19:30."
        ) from error
    if length <= timedelta(0):
        raise UsageError(f"the end '{ends}' comes before the start '{starts}'.")
    return length_text(length)
