"""Events kept as they were read: the same as when they are read again, or not used."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.events.kept import kept_events
from onrecord.events.registry import Registry

EVENT = """
format = 1
id = "the-id"
slug = "an-address"
aliases = ["an-old-one"]
title = "Читання вголос"
summary = "About rights"
starts = "2026-10-01 18:00"
timezone = "Europe/Kyiv"
duration = "1h30"
visibility = "draft"
publish_at = "2026-10-05 10:00"
languages = ["uk", "en"]
tags = ["rights"]
agenda = [{ at = "00:00:00", title = "One" }, { at = "00:12:00", title = "Two" }]
[[speakers]]
id = "anna"
name = "Anna Example"
shown_as = "Witness A"
consent = "yes"
links = [{ label = "Page", url = "https://example.org/a" }]
[[links]]
label = "Letter"
url = "https://example.org/l"
archived = "https://web.example.org/l"
[[recordings]]
id = "part-1"
publish = "no"
languages = ["uk"]
trim = ["00:00:10", "00:00:40"]
[private]
contact = "nobody@example.org"
"""


def write(archive: Archive, name: str, text: str) -> Path:
    """Writes an event's file as of long ago, so that its time tells whether it has changed."""
    path = archive.events / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def kept_file(archive: Archive) -> Path:
    return archive.hidden / "events.jsonl"


def test_kept_event_is_the_event_that_was_read(archive: Archive) -> None:
    """Field for field and type for type, and nothing of the record is read for it."""
    write(archive, "full", EVENT)
    write(
        archive, "small", 'format = 1\nid = "x"\ntitle = "T"\nstarts = "2026-10-02 18:00"\ntimezone = "UTC"\n'
    )
    read = Registry(archive).scan()
    assert Registry(archive, keep=True).scan() == read
    again = Registry(archive, keep=True).scan()
    assert again == read
    assert [event.model_dump() for event in again.events] == [event.model_dump() for event in read.events]
    assert [repr(event) for event in again.events] == [repr(event) for event in read.events]
    assert len(kept_file(archive).read_text(encoding="utf-8").splitlines()) == 3
    assert again.owners == read.owners


def test_kept_event_is_used_as_long_as_its_file_is_the_same(archive: Archive) -> None:
    """A line changed with its checksum shows that it is used; a changed file shows that it then is not."""
    path = write(archive, "full", EVENT)
    Registry(archive, keep=True).scan()
    assert Registry(archive, keep=True).get("full").summary == "About rights"
    path.write_text(EVENT.replace("About rights", "About duties"), encoding="utf-8")
    assert Registry(archive, keep=True).get("full").summary == "About duties"
    path.unlink()
    assert Registry(archive, keep=True).scan().events == ()


def test_kept_event_of_a_file_written_just_now_is_not_kept(archive: Archive) -> None:
    """It may change again within one tick of the clock."""
    path = write(archive, "full", EVENT)
    now = time.time()
    os.utime(path, (now, now))
    Registry(archive, keep=True).scan()
    assert not kept_file(archive).exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("About rights", "About wrongs"),
        lambda text: text[: len(text) // 2],
        lambda text: "another key\n" + text.partition("\n")[2],
        lambda text: "",
        lambda text: text.replace("\n", "\n\n"),
    ],
)
def test_kept_events_that_are_damaged_are_read_again(archive: Archive, damage: object) -> None:
    """A wrong bit in a derived file changes nothing of what is read."""
    write(archive, "full", EVENT)
    read = Registry(archive, keep=True).scan()
    file = kept_file(archive)
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]
    assert Registry(archive, keep=True).scan() == read
    file.write_bytes(b"\xff\xfe\x00")
    assert Registry(archive, keep=True).scan() == read


def test_kept_events_depend_on_settings_and_speakers(archive: Archive) -> None:
    """What completes an event is part of what it was read with."""
    write(archive, "bare", 'format = 1\nid = "x"\ntitle = "T"\nstarts = "2026-10-02 18:00"\n')
    archive.settings_file.write_text('format = 1\ntitle = "A"\ntimezone = "Europe/Kyiv"\n', encoding="utf-8")
    first = Registry(Archive(archive.root), keep=True).get("bare")
    archive.settings_file.write_text('format = 1\ntitle = "A"\ntimezone = "Europe/Paris"\n', encoding="utf-8")
    second = Registry(Archive(archive.root), keep=True).get("bare")
    assert (first.timezone, second.timezone) == ("Europe/Kyiv", "Europe/Paris")


def test_kept_event_with_a_date_of_its_own_is_read_again(archive: Archive) -> None:
    """What would come back as something else is not kept."""
    write(archive, "odd", EVENT.replace('contact = "nobody@example.org"', "born = 2001-02-03"))
    read = Registry(archive, keep=True).scan()
    assert kept_events(archive, Registry(archive)._kept_key()) == {}
    assert Registry(archive, keep=True).scan() == read
