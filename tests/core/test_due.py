"""Whether the static site lags behind the archive."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from onrecord.archive import Archive
from onrecord.due import note_published, why_due

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def published(archive: Archive) -> Archive:
    """An archive of one event with a transcript, whose site was written a while after its files."""
    (archive.events / "a.toml").write_text("", encoding="utf-8")
    (archive.transcripts("a") / "history").mkdir(parents=True)
    (archive.transcripts("a") / "p.en.vtt").write_text("WEBVTT", encoding="utf-8")
    archive.site.mkdir()
    for path in (archive.root, *archive.root.rglob("*")):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    note_published(archive, 1_700_000_100 * 10**9, NOW + timedelta(hours=1))
    return archive


def test_due_is_silent_where_nothing_changed_or_nothing_was_ever_published(published: Archive) -> None:
    """Who serves the live site hears nothing of the static one."""
    assert why_due(published, NOW) == ""
    published.site.rmdir()
    (published.events / "b.toml").touch()
    assert why_due(published, NOW) == ""


def test_due_comes_with_the_clock(published: Archive) -> None:
    """An event begins, ends or becomes public."""
    assert why_due(published, NOW + timedelta(hours=1)).startswith("Since 2026-11-23 13:00 UTC")


@pytest.mark.parametrize(
    "change",
    [
        lambda archive: (archive.events / "b.toml").touch(),
        lambda archive: (archive.events / "a.toml").unlink(),
        lambda archive: (archive.events / "a.toml").write_text("x"),
        lambda archive: (archive.transcripts("a") / "p.en.vtt").unlink(),
        lambda archive: (archive.transcripts("a") / "p.uk.vtt").touch(),
        lambda archive: archive.settings_file.write_text("x"),
        lambda archive: archive.speakers_file.touch(),
        lambda archive: archive.renditions("a").mkdir(parents=True),
        lambda archive: (archive.hidden / "published.json").write_text("{"),
    ],
)
def test_due_after_any_change(published: Archive, change: object) -> None:
    """A file added, changed or taken away; and where the note itself cannot be read."""
    change(published)  # type: ignore[operator]
    assert why_due(published, NOW) != ""


def test_due_does_not_count_the_history(published: Archive) -> None:
    """Earlier revisions are in no page."""
    (published.transcripts("a") / "history/p.en.0001.vtt").touch()
    assert why_due(published, NOW) == ""
