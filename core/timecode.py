"""Positions in a recording: whole milliseconds everywhere, written and read in one place."""

from __future__ import annotations

import re
from typing import Literal

from onrecord.errors import UsageError

_CLOCK = re.compile(r"^(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?$", re.ASCII)
_UNITS = re.compile(
    r"^(?:(\d++)h(?:(\d++)(?:min|m|$))?|(\d++)(?:min|m))?(?:(\d++(?:\.\d+)?)s)?$", re.IGNORECASE | re.ASCII
)
_LONGEST = 40  # characters of a time; more digits than that are no number that one can reckon with
_SECONDS = re.compile(r"^\d+(?:\.\d+)?$", re.ASCII)


def clock(milliseconds: int, *, hours: Literal["always", "needed"] = "always", fraction: bool = True) -> str:
    """`3723004` as `01:02:03.004`; with `hours="needed"` and no fraction, as a person writes it: `1:02:03`, `2:03`.

    Without a fraction the time is cut, never rounded up, so that it names a second that has begun.
    """
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    whole_hours, minutes = divmod(minutes, 60)
    tail = f".{thousandths:03}" if fraction else ""
    if hours == "always":
        return f"{whole_hours:02}:{minutes:02}:{seconds:02}{tail}"
    if whole_hours:
        return f"{whole_hours}:{minutes:02}:{seconds:02}{tail}"
    return f"{minutes}:{seconds:02}{tail}"


def milliseconds(text: str) -> int:
    """Reads a position or a length: `1:02:03.004`, `02:03`, `1h30`, `90m`, `45s`, or plain seconds `12.5`.

    Raises `UsageError` that names what is expected.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise _no_time(text[:_LONGEST])
    if match := _CLOCK.match(text):
        whole_hours, minutes, seconds, fraction = match.groups()
        if int(seconds) < 60 and (whole_hours is None or int(minutes) < 60):
            return (int(whole_hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(
                (fraction or "0").ljust(3, "0")
            )
    elif _SECONDS.match(text):
        return round(float(text) * 1000)
    elif text and (match := _UNITS.match(text)):
        whole_hours, after_hours, alone, seconds = match.groups()
        return (
            int(whole_hours or 0) * 3_600_000
            + int(after_hours or alone or 0) * 60_000
            + round(float(seconds or 0) * 1000)
        )
    raise _no_time(text)


def _no_time(text: str) -> UsageError:
    return UsageError(
        f"'{text}' is no time.", advice="Write it as 00:12:30, 12:30, 1h30 or in seconds, as 750."
    )


def spoken_length(milliseconds: int) -> str:
    """A length as a person says it: `1 h 35 min`, `12 min`, `40 s`."""
    seconds = round(milliseconds / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    whole_hours, minutes = divmod(minutes, 60)
    if not whole_hours:
        return f"{minutes} min"
    return f"{whole_hours} h {minutes} min" if minutes else f"{whole_hours} h"
