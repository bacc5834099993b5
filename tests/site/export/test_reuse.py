"""What one run takes from another: only of events of which nothing has changed, and nothing of what was taken back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.site.export import units
from onrecord.site.export.run import publish

LONG_AGO = 1_700_000_000
MARK = b"SUMMARY:As it was kept\r\n"
SPEAKERS = """
[[speakers]]
id = "{id}"
name = "{name} Example"
"""
PEOPLE = """
format = 1
[[speakers]]
id = "vira"
name = "Vira Example"
x-other-names = [{names}]
"""


def write(
    bench: Any, stem: str, more: str = "", *, title: str = "", at: int = LONG_AGO, name: str = "Anna"
) -> Path:
    """An event as of long ago, so that its time tells whether it has changed."""
    bench.event(stem, more + SPEAKERS.format(id=name.lower(), name=name), title=title or f"Talk {stem}")
    path: Path = bench.archive.events / f"{stem}.toml"
    os.utime(path, (at, at))
    return path


def run(bench: Any) -> dict[str, bytes]:
    """Publishes; gives every file."""
    publish(Archive(bench.root), now=bench.now, search=False)
    return read(bench.root / "site")


def read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def from_nothing(bench: Any, place: Path) -> dict[str, bytes]:
    """What a run writes where nothing derived is left."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(bench.root, place, ignore=shutil.ignore_patterns("site", ".site*", ".onrecord"))
    publish(Archive(place), now=bench.now, search=False)
    return read(place / "site")


def kept(bench: Any) -> bytes:
    """All that the ledger has kept."""
    connection = sqlite3.connect(bench.archive.hidden / "site.sqlite3")
    rows = connection.execute("SELECT data FROM kept").fetchall()
    connection.close()
    return b"\n".join(row[0] if isinstance(row[0], bytes) else row[0].encode() for row in rows)


@pytest.fixture
def told(bench: Any) -> Any:
    """Three talks that were published, with names that nobody has taken back yet."""
    bench.settings('base-url = "https://a.example.org/x"')
    for stem in ("a", "b"):
        write(bench, stem)
    write(bench, "c", 'summary = "Said by Zoryana and others."', name="Vira")
    run(bench)
    return bench


def title(bench: Any) -> None:
    write(bench, "a", title="Another", at=LONG_AGO + 60)


def withdrawn(bench: Any) -> None:
    write(bench, "a", 'withdrawn = "Taken back."', at=LONG_AGO + 60)


def consent(bench: Any) -> None:
    path = write(bench, "a", at=LONG_AGO + 60)
    path.write_text(path.read_text(encoding="utf-8") + 'consent = "no"\n', encoding="utf-8")


def pseudonym(bench: Any) -> None:
    path = write(bench, "a")
    path.write_text(path.read_text(encoding="utf-8") + 'shown_as = "Witness"\n', encoding="utf-8")


def renamed(bench: Any) -> None:
    write(bench, "a", name="Bohdana", at=LONG_AGO + 60)


def base(bench: Any) -> None:
    file = bench.archive.settings_file
    file.write_text(
        file.read_text(encoding="utf-8").replace("example.org/x", "example.org/y"), encoding="utf-8"
    )


def unlisted(bench: Any) -> None:
    bench.event("a", '[private]\nunlisted-token = "kzt0Qp1VbR8sWm4yLx7Eca2D"', visibility="unlisted")


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (title, b"Talk a"), (withdrawn, b"Talk a"), (consent, b""), (pseudonym, b""), (renamed, b""),
        (base, b"example.org/x"), (unlisted, b"events/a/"),
    ],
)  # fmt: skip
def test_reuse_after_a_change_writes_what_a_run_from_nothing_writes(
    told: Any, tmp_path: Path, change: Callable[[Any], None], gone: bytes
) -> None:
    """To the byte, in both trees; what is gone is not kept either."""
    change(told)
    made = run(told)
    assert made == from_nothing(told, tmp_path / "whole") == read(told.root / ".site.reserve")
    if gone:
        assert gone not in kept(told) and not [name for name, data in made.items() if gone in data]


def test_reuse_ends_when_another_name_of_somebody_hidden_becomes_known(told: Any, tmp_path: Path) -> None:
    """It stands in the speakers' file alone, as a key that nothing public shows."""
    path = told.archive.events / "c.toml"
    path.write_text(path.read_text(encoding="utf-8") + 'shown_as = "Witness"\n', encoding="utf-8")
    os.utime(path, (LONG_AGO, LONG_AGO))
    for names in ("", '"Zoryana Example"'):
        told.archive.speakers_file.write_text(PEOPLE.format(names=names), encoding="utf-8")
        made = run(told)
        assert bool([name for name, data in made.items() if b"Zoryana" in data]) == (not names)
    assert b"Zoryana" not in kept(told)
    assert made == from_nothing(told, tmp_path / "whole")


def test_reuse_sees_an_earlier_file_that_came_back_with_its_time(told: Any, tmp_path: Path) -> None:
    """As a backup brings it, into the same file."""
    path = told.archive.events / "a.toml"
    earlier = path.read_bytes()
    first = run(told)
    title(told)
    assert run(told) != first
    path.write_bytes(earlier)
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert run(told) == first == from_nothing(told, tmp_path / "whole")


@pytest.mark.parametrize("other", ["nothing", "program", "settings", "clock"])
def test_reuse_of_calendar_entries_ends_with_what_they_were_made_by(
    told: Any, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """A mark in what was kept shows that it is used; another program or other settings do without it."""
    connection = sqlite3.connect(told.archive.hidden / "site.sqlite3")
    assert (
        connection.execute("UPDATE kept SET data = CAST(? AS BLOB) WHERE kind = 'entry'", (MARK,)).rowcount
        == 3
    )
    connection.commit()
    connection.close()
    write(told, "b", title="Another", at=LONG_AGO + 60)
    if other == "program":
        monkeypatch.setattr(units, "program", lambda: "another")
    if other == "settings":
        told.settings('licence = "CC0-1.0"')
    if other == "clock":
        told.now = told.now.replace(year=2020)  # all are coming again
    assert run(told)["calendar.ics"].count(MARK) == (2 if other == "nothing" else 0)
