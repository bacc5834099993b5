"""What a person types on one line: a speaker, a link, a recording, a list of words, a date."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from onrecord.errors import UsageError

_ADDRESS = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_BY_DOTS = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+|T|$)(.*)$")


def speaker(text: str) -> dict[str, Any]:
    """`Anna Koval, teacher` as a speaker: what follows the first comma is the role."""
    name, _, role = (part.strip() for part in text.partition(","))
    if not name:
        raise UsageError(f"'{text}' names no speaker.", advice='Write it as "Name, role".')
    return {"name": name, "role": role} if role else {"name": name}


def link(text: str) -> dict[str, Any]:
    """`The letter=https://...` as a link; an address alone is labelled with its host."""
    text = text.strip()
    found = _ADDRESS.search(text)
    if found is None or (found.start() and text[found.start() - 1] not in "= "):
        raise UsageError(f"'{text}' is no link.", advice='Write it as "Label=https://...".')
    label, url = text[: found.start()].rstrip("= ").strip(), text[found.start() :]
    return {"label": label or urlsplit(url).hostname or url.removeprefix("mailto:"), "url": url}


def recording_source(text: str, root: Path) -> str:
    """An address as it is, a file as the record names it: relative to the archive where it lies inside it.

    Raises `UsageError` when it is neither.
    """
    text = text.strip()
    if re.match(r"https?://", text, re.IGNORECASE):
        return text
    if text.lower().startswith("file:"):
        text = unquote(urlsplit(text).path)
    elif re.match(r"[a-z][a-z0-9+.-]+://", text, re.IGNORECASE):
        raise UsageError(
            f"recordings cannot be fetched from '{text}'.", advice="Give an address with https:// or a file."
        )
    path = Path(text).expanduser()
    found = next((place.resolve() for place in (path, root / path) if place.is_file()), None)
    if found is None:
        raise UsageError(
            f"there is no file '{text}'.", advice="Give a file that is there, or an address with https://."
        )
    return str(found.relative_to(root)) if found.is_relative_to(root) else str(found)


def recordings(sources: list[str], taken: Collection[str] = ()) -> list[dict[str, Any]]:
    """Recordings named `part-1`, `part-2` and so on, by the first numbers that are not `taken`."""
    numbers = (number for number in count(1) if f"part-{number}" not in taken)
    return [{"id": f"part-{next(numbers)}", "source": source} for source in sources]


def words(text: str) -> list[str]:
    """`en, uk` or `en; uk` as a list without empty and repeated entries."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", text) if part.strip()))


def local_time(text: str, zone: str) -> str:
    """A date and time as an event file has it, from `2022-07-12 18:00`, `12.07.2022 18:00` or a time with an
    offset.

    A time with an offset is turned into the local time of `zone`. Anything else is given back as it is, for
    the check of the whole event to judge: `07/12/2022` has two meanings.
    """
    text = text.strip()
    if match := _BY_DOTS.match(text):
        day, month, year, time = match.groups()
        text = f"{year}-{month:>02}-{day:>02} {time}".strip()
    text = re.sub(r"^(\d{4}-\d{2}-\d{2}[ T])(\d:)", r"\g<1>0\2", text)  # 9:00 is 09:00
    try:
        instant = datetime.fromisoformat(text)
        return in_zone(instant, zone) if instant.tzinfo else text
    except (
        ValueError,
        LookupError,
        OSError,
        OverflowError,
    ):  # also a zone that does not exist: the check tells it
        return text


def in_zone(instant: datetime, zone: str) -> str:
    """An instant as the local time that clocks in `zone` show, as an event file has it."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
