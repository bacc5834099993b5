"""Lists of events from elsewhere: spreadsheets, calendars, programmes of conferences, collections of
recordings.

Each reader turns a list into proposals, which `onrecord.events.lists.plan` holds against the registry. A row
that cannot be read is told with its place, and the others are taken.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from onrecord.errors import FormatError, UsageError
from onrecord.files import translated

Format = Literal["csv", "ics", "schedule", "pyvideo"]
FORMATS: tuple[Format, ...] = ("csv", "ics", "schedule", "pyvideo")
_LARGEST = 50_000_000  # bytes


@dataclass(frozen=True)
class Proposal:
    """One event of a list: its values as its file would have them, where it stands, and what could not be
    taken over.
    """

    place: str
    values: Mapping[str, Any]
    remarks: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True)
class Listing:
    """A list that has been read: its events, and for a row that cannot be one, the error."""

    format: Format
    rows: tuple[Proposal | FormatError, ...]
    remarks: tuple[str, ...] = ()


def read_text(data: bytes, name: str, *, form: Format | None = None, timezone: str = "UTC") -> Listing:
    """Reads a list that came over the net, named `name` in what is said of it.

    Recordings in it are addresses: no file of this machine is looked at, whatever the list names. Raises
    `FormatError`.
    """
    with TemporaryDirectory(prefix="onrecord-list-") as folder:  # empty, so that no name in a list is a file
        path = Path(folder) / (Path(name).name[:100] or "list")
        try:
            listing = _read(data, path, form or _recognised(data, path), timezone, files=False)
        except FormatError as error:
            error.path = Path(path.name)  # the folder is ours and gone in a moment
            raise
    for row in listing.rows:
        if isinstance(row, FormatError):
            row.path = Path(path.name)
    rows = tuple(row if isinstance(row, FormatError) else _with_addresses_only(row) for row in listing.rows)
    return replace(listing, rows=rows)


def _with_addresses_only(row: Proposal) -> Proposal:
    recordings = row.values.get("recordings", [])
    kept = [
        one for one in recordings if str(one.get("source", "")).lower().startswith(("https://", "http://"))
    ]
    if len(kept) == len(recordings):
        return row
    remark = "a recording that is no address is left out"
    values = without_blanks({**row.values, "recordings": kept})
    return replace(row, values=values, remarks=(*row.remarks, remark))


def read_list(path: Path, *, form: Format | None = None, timezone: str = "UTC") -> Listing:
    """Reads a list; its format is seen from what it holds unless `form` says it. `timezone` is that of times
    without one.

    Raises `FormatError` when it is none of the formats, `UsageError` when there is no such file.
    """
    if not path.exists():
        raise UsageError(
            f"there is no file '{path}'.", advice="Check its name, or the folder that you are in."
        )
    if path.is_dir():
        if form not in (None, "pyvideo"):
            raise UsageError(f"'{path}' is a folder.", advice="Give the file itself.")
        from onrecord.events.lists.pyvideo import read_pyvideo_folder

        return read_pyvideo_folder(path, timezone)
    data = file_bytes(path)
    return _read(data, path, form or _recognised(data, path), timezone, files=True)


def _read(data: bytes, path: Path, form: Format, timezone: str, *, files: bool) -> Listing:
    """`files`: whether a recording may be a file of this machine."""
    if form == "ics":
        from onrecord.events.lists.ics import read_ics

        return read_ics(data, path, timezone)
    if form == "csv":
        from onrecord.events.lists.spreadsheet import read_csv

        return read_csv(data, path, timezone, files=files)
    content = parse_json(data, path)
    if form == "schedule":
        from onrecord.events.lists.schedule import read_schedule

        return read_schedule(content, path, timezone)
    from onrecord.events.lists.pyvideo import read_pyvideo

    return read_pyvideo(content, path, timezone)


def file_bytes(path: Path) -> bytes:
    """A whole file, if it is of a size that a list has."""
    with translated(path):
        if path.stat().st_size > _LARGEST:
            raise FormatError("this file is too large for a list of events.", path=path)
        return path.read_bytes()


def parse_json(data: bytes, path: Path) -> Any:
    """Parses JSON; raises `FormatError` with the line."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise FormatError(f"this is not valid JSON: {error.msg}.", path=path, line=error.lineno) from error
    except UnicodeDecodeError as error:
        raise FormatError("this file is not UTF-8 text.", path=path, advice="Save it as UTF-8.") from error
    except RecursionError as error:
        raise FormatError("this is not valid JSON: brackets are nested too deep.", path=path) from error


def _recognised(data: bytes, path: Path) -> Format:
    head = data[:3].replace(b"\xef\xbb\xbf", b"") + data[3:1000]
    if not data.strip():
        raise FormatError("this file is empty.", path=path)
    if head.lstrip().upper().startswith(b"BEGIN:VCALENDAR"):
        return "ics"
    if head.lstrip()[:1] in (b"{", b"["):
        content = parse_json(data, path)
        return (
            "schedule"
            if isinstance(content, dict) and ("schedule" in content or "conference" in content)
            else "pyvideo"
        )
    if b"\x00" in head and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(
            "this is no list that onrecord knows.", path=path,
            advice="Save a spreadsheet as CSV (UTF-8); calendars are .ics, schedules and pyvideo files "
                   ".json.",
        )  # fmt: skip
    if head.lstrip()[:1] == b"<":
        raise FormatError(
            "this is a page or an XML file, which onrecord does not read.", path=path,
            advice="Get the list as CSV, iCalendar (.ics) or JSON.",
        )  # fmt: skip
    return "csv"


def made_id(*parts: object) -> str:
    """The id of an event whose list has none: the same for the same list, so that a second import knows it
    again.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "onrecord-list:" + "\n".join(str(part) for part in parts)))


def usable_id(text: object) -> str | None:
    """An id of the list as ours: as it is where that can be, else a UUID made of it; None for none."""
    if not isinstance(text, (str, int)) or isinstance(text, bool) or not str(text).strip():
        return None
    text = str(text).strip()
    fits = len(text) <= 200 and not any(c.isspace() or c in '<>"' or not c.isprintable() for c in text)
    return text if fits else made_id(text)


def language_of(text: object) -> str | None:
    """A language of a list (`en`, `de-formal`, `eng`) as a BCP 47 tag; None when it is not known."""
    from onrecord.languages import language_tag

    if not isinstance(text, str) or not text.strip():
        return None
    word = text.strip().replace("_", "-").lower()
    first, _, rest = word.partition("-")
    first = ISO_639_3.get(first, first)
    try:
        # pretalx has de-formal; only a country is kept of what follows the first hyphen.
        return language_tag(f"{first}-{rest}" if len(rest) == 2 else first)
    except UsageError:
        return None


# ISO 639-3 codes of languages that have a shorter one, which BCP 47 wants (RFC 5646, section 2.2.1).
ISO_639_3 = {
    "ara": "ar", "bel": "be", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de",
    "ger": "de",
    "ell": "el", "eng": "en", "spa": "es", "est": "et", "fas": "fa", "fin": "fi", "fra": "fr", "fre": "fr",
    "heb": "he",
    "hin": "hi", "hrv": "hr", "hun": "hu", "ita": "it", "jpn": "ja", "kat": "ka", "kor": "ko", "lit": "lt",
    "lav": "lv",
    "nld": "nl", "dut": "nl", "nor": "no", "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru", "slk": "sk",
    "slv": "sl",
    "srp": "sr", "swe": "sv", "tur": "tr", "ukr": "uk", "zho": "zh", "chi": "zh",
}  # fmt: skip


def clean(text: object) -> str:
    """A text of a list without the space around it; what is no text is none."""
    return text.replace("\r\n", "\n").strip() if isinstance(text, str) else ""


def without_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something."""
    return {key: value for key, value in values.items() if value not in (None, "", [], (), {})}


def moment(text: object) -> datetime | None:
    """An ISO 8601 date and time, or None."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
