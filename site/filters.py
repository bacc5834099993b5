"""How values are written on a page, in every language alike; `onrecord.site.wording` has those that differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from onrecord.languages import direction
from onrecord.site.urls import seconds
from onrecord.timecode import clock


def iso(value: date) -> str:
    """For `<time datetime>` (HTML, valid global date and time)."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def cyrillic(text: str) -> bool:
    """Whether a page needs the font's Cyrillic letters, which it then asks for at once."""
    return re.search("[\u0400-\u052f]", text) is not None


def _clock(value: int) -> str:
    return clock(value, hours="needed", fraction=False)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": _clock,
    "seconds": seconds,
    "iso": iso,
    "direction": direction,
    "count": len,
    "cyrillic": cyrillic,
}
