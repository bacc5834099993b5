"""TOML files that people write: read with errors that name the line and the nearest known key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from onrecord.errors import FormatError

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_.-]+)\s*=")

Keys = tuple[str | int, ...]


def read_toml(path: Path, error: type[FormatError]) -> dict[str, Any]:
    """Reads a TOML file (TOML 1.0); raises `error` with the file and the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        line = path.read_bytes()[: wrong.start].count(b"\n") + 1
        raise error(
            "this line is not UTF-8 text.", path=path, line=line, advice="Save the file as UTF-8."
        ) from wrong
    return parse_toml(text, path, error)


def parse_toml(text: str, path: Path, error: type[FormatError]) -> dict[str, Any]:
    """The same for text that has been read already."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        place = _PLACE.search(str(wrong))
        line = int(place.group(1)) if place and place.group(1) else text.count("\n") + 1
        what = _PLACE.sub("", str(wrong)).strip()
        raise error(
            f"this is not valid TOML: {what[:1].lower()}{what[1:]}.",
            path=path,
            line=line,
            advice='A line is key = "text"; look for a missing quote, bracket or comma here or just above.',
        ) from wrong


def line_of(text: str, keys: Keys) -> int | None:
    """The line on which a key, or the table that should hold it, stands in a TOML text; None when not found.

    `keys` is a path such as `("speakers", 1, "name")`.
    """
    counts: dict[str, int] = {}
    table: Keys = ()
    best: tuple[int, int] | None = None
    quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if quote:
            if quote in line:
                quote = ""
            continue
        here: Keys | None = None
        if header := _HEADER.match(line):
            name = header.group(2).strip("\"'")
            if header.group(1) == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (name, counts[name])
            else:
                table = tuple(part.strip().strip("\"'") for part in name.split("."))
            here = table
        elif key := _KEY.match(line):
            here = (*table, *key.group(1).strip("\"'").split("."))
            for mark in ('"""', "'''"):
                if line.count(mark) % 2:
                    quote = mark
        if here is not None and keys[: len(here)] == here and (best is None or len(here) > best[0]):
            best = (len(here), number)
            if here == keys:
                break
    return best[1] if best else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    found = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'starts'?`, or an empty text."""
    near = nearest(word, known)
    return f"Did you mean '{near}'?" if near else ""
