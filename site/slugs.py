"""Addresses for what has only a name: speakers, series, tags."""

from __future__ import annotations

from functools import lru_cache

from slugify import slugify


@lru_cache(maxsize=20_000)
def slug_of_name(name: str) -> str:
    """`Rights, read aloud` as `rights-read-aloud`; other scripts are transliterated."""
    return slugify(name, max_length=60, word_boundary=True) or "x" + name.encode("utf-8").hex()[:20]


class Slugs:
    """Gives each thing one address; of two that want the same one, the later gets a number."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._taken: set[str] = set()

    def claim(self, thing: str, wanted: str) -> str:
        """The address of `thing`, made when it is first claimed."""
        if thing not in self._of:
            slug, number = wanted, 1
            while slug in self._taken:
                number += 1
                slug = f"{wanted}-{number}"
            self._of[thing] = slug
            self._taken.add(slug)
        return self._of[thing]

    def get(self, thing: str) -> str:
        """The address of `thing`, or empty when nobody has claimed one."""
        return self._of.get(thing, "")
