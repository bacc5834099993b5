"""The settings file as programs change it."""

from __future__ import annotations

import pytest

from onrecord.archive import Archive
from onrecord.errors import SettingsError
from onrecord.settings import read_settings
from onrecord.settingsfile import change_settings, stored


def test_change_keeps_remarks_order_and_what_it_does_not_know(archive: Archive) -> None:
    """Only the rows that change are other lines."""
    path = archive.settings_file
    path.write_text(
        'format = 1\ntitle = "Old"  # ours\n# a remark\nx-mine = 7\n\n[glossary]\nKyiv = ["Kiev"]\n',
        encoding="utf-8",
    )
    rows = {
        "title": 'New "one"',
        "languages": ("uk", "en"),
        "publish.transcripts": "draft",
        "fetch.max-gigabytes": 2.5,
    }
    change_settings(archive, lambda now: rows)
    text = path.read_text(encoding="utf-8")
    for line in ("# a remark\n", "x-mine = 7\n", "# ours\n", 'Kyiv = ["Kiev"]\n', 'title = "New \\"one\\""'):
        assert line in text
    made = read_settings(path, {})
    assert {name: made[name] for name in rows} == rows
    assert made.glossary == {"Kyiv": ("Kiev",)}


def test_text_of_several_lines_stays_readable_and_whole(archive: Archive) -> None:
    """Quotes, backslashes and line ends come back as they were."""
    for about in ("One\n\nTwo \\ three", 'He said """no"""\nand went', "it's '''so'''\n\"\"\"x\"\"\"\n"):
        change_settings(archive, lambda now, about=about: {"about": about})  # type: ignore[misc]
        assert stored(archive).text("about") == about


def test_change_that_does_not_hold_changes_nothing(archive: Archive) -> None:
    """The file stays as it was."""
    before = archive.settings_file.read_bytes()
    with pytest.raises(SettingsError):
        change_settings(archive, lambda now: {"accent": "red"})
    assert archive.settings_file.read_bytes() == before


def test_stored_settings_are_those_of_the_file(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says besides."""
    monkeypatch.setenv("ONRECORD_TITLE", "From outside")
    assert Archive(archive.root).settings.text("title") == "From outside"
    assert stored(archive).text("title") == "A test archive"
