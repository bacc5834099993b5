"""The static export makes again only those lists that show what has changed; nothing may be left behind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.site.exchange import api, feed, podcast, sitemap
from onrecord.site.export.run import publish

BASE = "https://archive.example.org/talks"


def tree(folder: Path) -> dict[str, str]:
    """Every file with the digest of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def talk(bench: Any, number: int, title: str = "", more: str = "") -> None:
    """An event among nine, by one of three people, in one of two series."""
    bench.event(
        f"talk-{number}",
        f'starts = "2026-0{number}-01 18:00"\ntimezone = "Europe/Kyiv"\nseries = "Series {number % 2}"\n'
        f'tags = ["tag {number % 4}"]\n{more}\n[[speakers]]\nid = "person-{number % 3}"\n'
        f'name = "Person {number % 3}"\n[[recordings]]\nid = "part-1"\npublish = "yes"',
        title=title or f"Talk {number}",
    )


def settle(bench: Any) -> None:
    """Lets every file be of some time ago: what was written this moment is made again in any case."""
    for path in bench.root.rglob("*"):
        if path.is_file() and "site" not in path.relative_to(bench.root).parts[0]:
            os.utime(path, (path.stat().st_mtime - 100, path.stat().st_mtime - 100))


CHANGES: dict[str, Callable[[Any], None]] = {
    "a title": lambda bench: talk(bench, 4, "Another title"),
    "the newest": lambda bench: talk(bench, 9, "Another title"),
    "the oldest is called off": lambda bench: talk(bench, 1, more='cancelled = "Not now."'),
    "one is taken out": lambda bench: (bench.archive.events / "talk-5.toml").unlink(),
    "one is taken back": lambda bench: talk(bench, 5, more='withdrawn = "Taken back."'),
    "one gets another address": lambda bench: talk(
        bench, 5, more='slug = "new-address"\naliases = ["talk-5"]'
    ),
    "what was said": lambda bench: (
        bench.transcript("talk-3", "part-1.en", "c1 0 2 Person 0: Other words.") and None
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_lists_are_as_true_as_those_made_anew(
    bench: Any, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """After each kind of change the folder is, to the byte, that of a run that kept nothing."""
    for module, name, value in (
        (api, "PER_PAGE", 2),
        (feed, "LENGTH", 3),
        (podcast, "LENGTH", 3),
        (sitemap, "PER_FILE", 4),
    ):
        monkeypatch.setattr(module, name, value)
    bench.settings(f'base-url = "{BASE}"\ninterface = ["en", "uk"]')
    for number in range(1, 10):
        talk(bench, number)
        bench.transcript(f"talk-{number}", "part-1.en", f"c1 0 2 Person {number % 3}: Words of {number}.")
    settle(bench)
    publish(bench.archive, now=bench.now, search=False)
    CHANGES[change](bench)
    settle(bench)
    made = publish(bench.archive, now=bench.now, search=False)
    mended = tree(bench.archive.site)
    assert made.made < made.files
    whole = publish(bench.archive, now=bench.now, search=False, anew=True)
    anew = tree(bench.archive.site)
    assert whole.made == whole.files
    assert {name for name in anew.keys() | mended.keys() if anew.get(name) != mended.get(name)} == set()
