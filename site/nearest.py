"""What somebody may have meant who came to an address where nothing stands: the events whose addresses are most
like it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

from onrecord.site.public import PublicEvent
from onrecord.site.slugs import slug_of_name

_LIKE = 0.3  # the share of letters in threes that two addresses have in common
_MOST = 4
_LONGEST = 120


class Nearest:
    """The addresses of listed events, former ones too, by their letters in threes."""

    def __init__(self, events: Iterable[PublicEvent]) -> None:
        self._events = tuple(events)
        self._sizes: list[tuple[int, int]] = []  # (event, how many threes)
        self._of: dict[str, list[int]] = {}
        for number, event in enumerate(self._events):
            for slug in (event.slug, *event.aliases):
                threes = _threes(slug)
                for three in threes:
                    self._of.setdefault(three, []).append(len(self._sizes))
                self._sizes.append((number, len(threes)))

    def of(self, path: str) -> tuple[PublicEvent, ...]:
        """The events that a path may have meant, the likeliest first (Dice's coefficient); often none."""
        asked = _threes(slug_in(path))
        common = Counter(row for three in asked for row in self._of.get(three, ()))
        best: dict[int, float] = {}
        for row, count in common.items():
            number, size = self._sizes[row]
            best[number] = max(best.get(number, 0.0), 2 * count / (size + len(asked)))
        found = sorted((-score, number) for number, score in best.items() if score >= _LIKE)
        return tuple(self._events[number] for _, number in found[:_MOST])


def slug_in(path: str) -> str:
    """The part of a path that may be an address of ours: `/2022/Some%20Talk.html` gives `some-talk`."""
    parts = [part for part in unquote(path)[-2 * _LONGEST :].split("/") if part]
    if not parts or "unlisted" in parts:  # whoever looks for these is told nothing
        return ""
    last = re.sub(r"\.[a-z0-9]{1,5}$", "", parts[-1], flags=re.IGNORECASE)
    return slug_of_name(last[:_LONGEST]) if re.search(r"[^\W_]", last) else ""


def words_in(path: str) -> str:
    """The words of an address, for the search: no numbers, for they are mostly dates."""
    return " ".join(part for part in slug_in(path).split("-") if not part.isdecimal() and len(part) > 1)


def _threes(slug: str) -> set[str]:
    padded = f"  {slug} " if slug else ""
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
