"""Recordings written into an event's file, and taken out again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import NotFoundError
from onrecord.events.registry import Registry
from onrecord.media.originals import accept, find_original
from onrecord.media.registering import Register, Remove

STEM = "2026-10-01-rights"
HEAD = """format = 1
id = "rights"
title = "On rights"   # a remark
starts = 2026-10-01T18:00:00
timezone = "UTC"
"""


def write(archive: Archive, more: str = "") -> Registry:
    (archive.events / f"{STEM}.toml").write_text(HEAD + more)
    return Registry(archive)


@pytest.mark.parametrize(
    ("before", "ids"),
    [
        ("", ["part-1"]),
        ('\n[[recordings]]\nid = "part-1"\nsource = "a.mp4"\n', ["part-1", "part-2"]),
        ('\n[[recordings]]\nid = "part-2"\nsource = "a.mp4"\n', ["part-2", "part-3"]),
        ('\n[[recordings]]\nid = "main"\n', ["main"]),
    ],
    ids=["none", "one", "a gap", "one that waits"],
)
def test_register_writes_one_recording(archive: Archive, before: str, ids: list[str]) -> None:
    """A recording that waits for its source gets it, else a new one is made; comments stay; twice does nothing more."""
    registry = write(archive, before)
    for _ in range(2):
        register = Register(
            archive, STEM, "https://media.example/b.mp4", {"title": "Part", "languages": ("uk",)}
        )
        event = registry.edit(STEM, register)
        assert [one.id for one in event.recordings] == ids
        made = event.recording(register.recording_id)
        assert made is not None
        assert (made.id, made.source, made.title, made.languages) == (
            ids[-1], "https://media.example/b.mp4", "Part", ("uk",),
        )  # fmt: skip
    assert "# a remark" in (archive.events / f"{STEM}.toml").read_text()


def test_register_uses_no_name_twice(archive: Archive, tone: Path, tmp_path: Path) -> None:
    """The original of a recording that was taken out stays, and is never taken for that of a new one."""
    registry = write(archive, '\n[[recordings]]\nid = "part-1"\nsource = "a.wav"\n')
    accept(archive, STEM, "part-1", Path(shutil.copy(tone, tmp_path)), source="a.wav", tool="test")
    registry.edit(STEM, Remove("part-1"))
    register = Register(archive, STEM, "https://media.example/b.mp4")
    registry.edit(STEM, register)
    assert register.recording_id == "part-2"
    assert find_original(archive, STEM, "part-1") is not None


def test_remove_takes_the_chapters_along(archive: Archive) -> None:
    """What is left can be read: no chapter names a recording that is not there."""
    more = (
        'agenda = [{at = "00:01:00", title = "One", recording = "b"}, {at = "00:02:00", title = "Two"}]\n'
        '\n[[recordings]]\nid = "a"\n\n[[recordings]]\nid = "b"\n'
    )
    event = write(archive, more).edit(STEM, Remove("b"))
    assert ([one.id for one in event.recordings], [item.title for item in event.agenda]) == (["a"], ["Two"])
    with pytest.raises(NotFoundError):
        Registry(archive).edit(STEM, Remove("b"))
