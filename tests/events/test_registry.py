"""The registry: finds, registers and changes events, and never loses what a person wrote."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import tomlkit

from onrecord.archive import Archive
from onrecord.errors import ConflictError, EventFormatError, LockedError, NotFoundError, UsageError
from onrecord.events.record import read_event
from onrecord.events.registry import Registry
from onrecord.locks import lock

Write = Callable[..., Path]
VALUES = {
    "title": "Voices from the occupied areas",
    "starts": "2022-07-12 18:00",
    "timezone": "Europe/London",
}


def test_added_event_is_there(registry: Registry, archive: Archive) -> None:
    """A new event gets a file named by date and title, an id, and is found by all its names."""
    event = registry.add({**VALUES, "slug": "voices"})
    assert event.stem == "2022-07-12-voices-from-the-occupied-areas"
    assert (archive.events / f"{event.stem}.toml").read_text(encoding="utf-8") == (
        f'format = 1\nid = "{event.id}"\nslug = "voices"\ntitle = "Voices from the occupied areas"\n'
        'starts = "2022-07-12 18:00"\ntimezone = "Europe/London"\n'
    )
    for name in (event.stem, "voices", event.id):
        assert Registry(archive).get(name) == event
    assert registry.scan().events == (event,)


def test_added_event_takes_the_time_zone_of_the_archive(archive: Archive) -> None:
    """The zone is written down, so that a later change of the settings moves no event."""
    archive.settings_file.write_text('title = "A"\ntimezone = "Europe/Kyiv"\n')
    event = Registry(archive).add({"title": "Voices", "starts": "2022-07-12 18:00"})
    assert 'timezone = "Europe/Kyiv"\n' in (archive.events / f"{event.stem}.toml").read_text()


def test_stem_is_never_used_twice(registry: Registry, archive: Archive, write: Write) -> None:
    """Neither a file, nor an address in use, nor a folder that an earlier event left gives its name to a new
    event.
    """
    write("other", 'aliases = ["2022-07-12-voices-from-the-occupied-areas"]\n')
    (archive.root / "media" / "2022-07-12-voices-from-the-occupied-areas-2").mkdir()
    (archive.events / "2022-07-12-voices-from-the-occupied-areas-3.toml").write_text("broken")
    assert registry.add(VALUES).stem == "2022-07-12-voices-from-the-occupied-areas-4"


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "a/b\\c", ".hidden", "con\x00trol", "x" * 500, "???", "日本"]
)
def test_stem_is_safe_whatever_the_title(registry: Registry, archive: Archive, title: str) -> None:
    """A title never leads out of the folder, nor makes a name that a disk refuses."""
    event = registry.add({**VALUES, "title": title})
    assert re.fullmatch(r"2022-07-12-[a-z0-9]+(-[a-z0-9]+)*", event.stem)
    assert len(event.stem) <= 80
    assert [path.name for path in archive.events.iterdir()] == [f"{event.stem}.toml"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"starts": "12 July"}, "'starts' holds"), ({"title": ""}, "'title' is missing"), ({"slug": "A B"},
        "'slug' holds"),
        ({"speakers": [{"role": "x"}]}, "'name' in"), ({"nonsense": 1}, "there is no key 'nonsense'"),
    ],
)  # fmt: skip
def test_event_that_cannot_be_is_not_added(
    registry: Registry, archive: Archive, values: dict[str, object], message: str
) -> None:
    """Values are checked before anything is written."""
    with pytest.raises(EventFormatError, match=message):
        registry.add({**VALUES, **values})
    assert list(archive.events.iterdir()) == []


def test_address_in_use_is_not_given_again(registry: Registry, archive: Archive) -> None:
    """Neither the address, nor a former address, nor the id of another event."""
    event = registry.add({**VALUES, "slug": "voices", "aliases": ["old-voices"]})
    for taken in ({"slug": "voices"}, {"slug": "old-voices"}, {"aliases": ["voices"]}, {"id": event.id}):
        with pytest.raises(
            ConflictError, match=r"is that of '2022-07-12-voices-from-the-occupied-areas' already"
        ):
            registry.add({**VALUES, "title": "Another", **taken})
    assert len(list(archive.events.iterdir())) == 1


def test_broken_file_does_not_stop_the_others(registry: Registry, archive: Archive, write: Write) -> None:
    """Every file that cannot be read is a problem with its line; the others are there, by their start."""
    write("later", starts="2023-01-01 10:00")
    write("broken", "visibility = public\n")
    write("earlier", starts="2021-01-01 10:00")
    write("wrong", 'visibility = "secret"\n')
    (archive.events / "folder.toml").mkdir()
    (archive.events / "dangling.toml").symlink_to("nowhere")
    (archive.events / ".swap.toml").write_text("an editor's own")
    (archive.events / "notes.txt").write_text("no event")
    scan = registry.scan()
    assert [event.stem for event in scan.events] == ["earlier", "later"]
    assert [(problem.path.name, problem.line) for problem in scan.problems if problem.path] == [
        ("broken.toml", 3),
        ("dangling.toml", None),
        ("folder.toml", None),
        ("wrong.toml", 3),
    ]
    with pytest.raises(EventFormatError, match=r"broken\.toml:3: this is not valid TOML"):
        registry.get("broken")


def test_archive_without_events_folder_has_no_events(registry: Registry, archive: Archive) -> None:
    """A missing folder is an empty one."""
    archive.events.rmdir()
    assert registry.scan().events == ()


def test_changes_by_hand_are_seen(registry: Registry, write: Write) -> None:
    """The next scan sees a file that was changed, added or removed, and reads no other."""
    one, two = write("one"), write("two")
    first = registry.scan()
    time.sleep(0.3)
    kept = registry.scan()
    assert registry.scan() is kept
    write("two", title="Changed")
    write("three")
    one.unlink()
    after = registry.scan()
    assert [(event.stem, event.title) for event in after.events] == [("three", "Voices"), ("two", "Changed")]
    assert [event.stem for event in first.events] == ["one", "two"]
    assert two.exists()


def test_unchanged_file_is_not_read_again(registry: Registry, write: Write) -> None:
    """Time, size and inode alike mean the same file: its event is the very same object."""
    path = write("one", 'id = "one"\n')
    os.utime(path, ns=(1, 1_000_000_000))
    event = registry.get("one")
    text = path.read_bytes()
    with path.open("r+b") as file:
        file.write(text.replace(b"Voices", b"Noises"))
    os.utime(path, ns=(1, 1_000_000_000))
    assert registry.get("one") is event
    os.utime(path, ns=(1, 2_000_000_000))
    assert registry.get("one").title == "Noises"


def test_change_within_one_tick_of_the_clock_is_seen(registry: Registry, write: Write) -> None:
    """A file that was written just now may be written again with the same time and size: it is read again."""
    path = write("one", 'id = "one"\n')
    stat = path.stat()
    assert registry.get("one").title == "Voices"
    with path.open("r+b") as file:
        file.write(path.read_bytes().replace(b"Voices", b"Noises"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert registry.get("one").title == "Noises"


def test_missing_id_is_filled_in_with_remarks_kept(registry: Registry, archive: Archive) -> None:
    """One line is added to the file; everything else stays byte for byte, and the id stays from then on."""
    for name, before, place in (
        (
            "plain",
            '# About\u2028the evening.\n\ntitle = "V"  # voices\nstarts = 2022-07-12 18:00:00\n',
            "evening.\n\n{}\ntitle",
        ),
        ("format", 'format = 1 # one\ntitle = "V"\nstarts = 2022-07-12 18:00:00', "one\n{}\ntitle"),
        ("windows", '# About.\r\ntitle = "V"\r\nstarts = 2022-07-12 18:00:00\r\n', "About.\r\n{}\r\ntitle"),
    ):
        path = archive.events / f"{name}.toml"
        path.write_bytes(before.encode())
        event = registry.get(name)
        line = f'id = "{event.id}"'
        after = path.read_bytes().decode()
        assert place.format(line) in after
        assert after.replace(line + ("\r\n" if name == "windows" else "\n"), "", 1) == before
        path.write_text(after.replace('"V"', '"Another title"'), newline="")
        assert Registry(archive).get(name).id == event.id


def test_id_waits_while_another_writes(registry: Registry, archive: Archive, write: Write) -> None:
    """While the record is locked the event is read all the same; the id is the one that is written down
    later.
    """
    path = write("one")
    before = path.read_text()
    with lock(archive, "one.record"):
        event = registry.get("one")
        assert path.read_text() == before
    registry.scan()
    assert f'id = "{event.id}"' in path.read_text()
    assert registry.get("one").id == event.id


def test_unlisted_event_gets_a_token(registry: Registry, write: Write) -> None:
    """At least 128 random bits, made once, in a file changed by hand as well as by a command."""
    path = write("one", 'visibility = "unlisted" # for the family\n\n[private]\nnote = "kept"\n')
    by_hand = registry.get("one")
    added = registry.add({**VALUES, "visibility": "unlisted"})
    tokens = {by_hand.unlisted_token, added.unlisted_token}
    assert len(tokens) == 2
    assert all(token and re.fullmatch(r"[0-9a-f]{32,}", token) for token in tokens)
    assert "# for the family\n" in path.read_text()
    assert read_event(path).private == {"note": "kept", "unlisted-token": by_hand.unlisted_token}

    def publish(document: tomlkit.TOMLDocument) -> None:
        document["visibility"] = "public"

    def hide(document: tomlkit.TOMLDocument) -> None:
        document["visibility"] = "unlisted"

    draft = registry.add({**VALUES, "title": "Draft"})
    assert draft.unlisted_token is None
    assert registry.edit(draft.stem, hide).unlisted_token is not None
    registry.edit(added.stem, publish)
    assert registry.edit(added.stem, hide).unlisted_token == added.unlisted_token


def test_duplicates_are_problems(registry: Registry, write: Write) -> None:
    """Of two files that claim one id, address or token, the later by name is told and left out."""
    write("a", 'id = "one"\nslug = "voices"\naliases = ["old"]\n')
    write("b", 'id = "two"\nslug = "voices"\n')
    write("c", 'id = "one"\n')
    write("d", 'id = "four"\naliases = ["e", "old"]\n')
    write("e", 'id = "five"\n')
    write("f", 'id = "six"\nvisibility = "unlisted"\n[private]\nunlisted-token = "abcdefghijklmnopqrstuv"\n')
    write(
        "g", 'id = "seven"\nvisibility = "unlisted"\n[private]\nunlisted-token = "abcdefghijklmnopqrstuv"\n'
    )
    scan = registry.scan()
    assert [event.stem for event in scan.events] == ["a", "e", "f"]
    assert [str(problem).split("events/")[1] for problem in scan.problems] == [
        "b.toml:4: the address 'voices' under 'slug' is that of 'a' too. Give one of the two another "
        "address.",
        "c.toml:3: the id 'one' under 'id' is that of 'a' too. If the file is a copy, remove this line, and "
        "a new one is made.",
        "d.toml:4: the address 'e' under 'aliases' is that of 'e' too. Give one of the two another address.",
        "g.toml:6: the token under 'unlisted-token' is that of 'f' too. "
        "If the file is a copy, remove this line, and a new one is made.",
    ]


def test_edit_keeps_remarks_and_layout(registry: Registry, archive: Archive) -> None:
    """Only what is changed changes."""
    path = archive.events / "one.toml"
    text = '# Our evening.\nid   = "one"\n\ntitle = "Voices" # a working title\n'
    text += 'starts = 2022-07-12 18:00:00\ntags = [\n  "a", # first\n]\n'
    path.write_text(text)

    def change(document: tomlkit.TOMLDocument) -> None:
        document["title"] = "Voices from the schools"

    assert registry.edit("one", change).title == "Voices from the schools"
    assert path.read_text() == text.replace('"Voices"', '"Voices from the schools"')


def test_edit_that_would_break_the_event_changes_nothing(registry: Registry, write: Write) -> None:
    """The file is checked as it would be; when that fails, it stays as it was."""
    path = write("one", 'id = "one"\n')
    write("two", 'id = "two"\nslug = "taken"\n')
    before = path.read_bytes()
    for key, value, error in (
        ("visibility", "secret", EventFormatError), ("slug", "taken", ConflictError), ("id", "two",
        UsageError),
        ("timezone", "Nowhere", EventFormatError),
    ):  # fmt: skip
        with pytest.raises(error):
            registry.edit("one", lambda document, key=key, value=value: document.update({key: value}))  # type: ignore[misc]
        assert path.read_bytes() == before


def test_edit_says_who_holds_the_record(registry: Registry, archive: Archive, write: Write) -> None:
    """Of two who write one record at once, the second waits a little and is then told who is at work."""
    write("one", 'id = "one"\n')
    with (
        lock(archive, "one.record", doing="editing"),
        pytest.raises(LockedError, match=r"one\.record.*editing"),
    ):
        registry.withdraw("one", "No.")


def test_withdrawing_does_not_wait_for_a_transcription(
    registry: Registry, archive: Archive, write: Write
) -> None:
    """The lock of long work on an event keeps nobody from its record."""
    write("one", 'id = "one"\n')
    with lock(archive, "one", doing="transcribing"):
        assert registry.withdraw("one", "At the wish of a speaker.").withdrawn == "At the wish of a speaker."


def test_two_writers_lose_nothing(archive: Archive, write: Write) -> None:
    """Changes made at the same time by several writers all stand afterwards."""
    path = write("one", 'id = "one"\ntags = []\n')

    def add_tag(tag: str) -> None:
        Registry(archive).edit("one", lambda document: document["tags"].append(tag))  # type: ignore[union-attr]

    threads = [threading.Thread(target=add_tag, args=(f"tag-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_event(path).tags) == [f"tag-{number}" for number in range(6)]


def test_rename_keeps_the_files_and_redirects(registry: Registry, archive: Archive) -> None:
    """The stem stays, the old address becomes a former one, and going back is possible."""
    event = registry.add(VALUES)
    assert registry.rename(event.stem, "voices").aliases == (event.stem,)
    assert registry.rename("voices", "schools").aliases == (event.stem, "voices")
    back = registry.rename("schools", "voices")
    assert (back.stem, back.slug, back.aliases) == (event.stem, "voices", (event.stem, "schools"))
    assert [path.name for path in archive.events.iterdir()] == [f"{event.stem}.toml"]
    assert registry.get(event.stem) == registry.get("schools") == back
    with pytest.raises(UsageError, match="such as 'a-b'"):
        registry.rename("voices", "A b")
    other = registry.add({**VALUES, "title": "Other"})
    with pytest.raises(ConflictError):
        registry.rename(other.stem, "schools")


def test_withdrawal_keeps_the_record(registry: Registry) -> None:
    """The sentence stands in the record; without one there is no withdrawal."""
    event = registry.add(VALUES)
    assert registry.withdraw(event.stem, " At her wish. ").withdrawn == "At her wish."
    with pytest.raises(UsageError):
        registry.withdraw(event.stem, " ")
    assert registry.get(event.stem).withdrawn == "At her wish."


def test_unknown_name_is_met_with_the_nearest(registry: Registry) -> None:
    """Of stems, addresses and former addresses."""
    registry.add({**VALUES, "slug": "voices"})
    with pytest.raises(NotFoundError, match="Did you mean 'voices'"):
        registry.get("voises")
    with pytest.raises(NotFoundError, match="Did you mean '2022-07-12-voices-from-the-occupied-areas'"):
        registry.get("occupied")
    with pytest.raises(NotFoundError, match="onrecord event list"):
        registry.get("quite-another-thing")
    for name in ("../onrecord", "/etc/passwd", "..", "a\x00b", ""):
        with pytest.raises(NotFoundError):
            registry.path(name)
