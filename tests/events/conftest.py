"""What the tests of this room share: a registry, event files, and the command in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.cli import main
from onrecord.events.registry import Registry


@dataclass(frozen=True)
class Said:
    """What a run of the command said."""

    code: int
    out: str
    err: str


@pytest.fixture
def registry(archive: Archive) -> Registry:
    """The registry of a fresh archive."""
    return Registry(archive)


@pytest.fixture
def write(archive: Archive) -> Callable[..., Path]:
    """Writes an event file: its name without .toml, and its text; a title and a start are added where there
    are none.
    """

    def write(stem: str, text: str = "", *, title: str = "Voices", starts: str = "2022-07-12 18:00") -> Path:
        path = archive.events / f"{stem}.toml"
        head = "" if "title =" in text else f'title = "{title}"\n'
        head += "" if "starts =" in text else f'starts = "{starts}"\n'
        path.write_text(head + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def run(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the command on the fresh archive, through the front door."""

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main(["-C", str(archive.root), *arguments])
        said = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return Said(stop.value.code, said.out, said.err)

    return run
