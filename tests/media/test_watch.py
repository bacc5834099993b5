"""The folder to watch: what is dropped there is taken once, when it is finished, for the right discussion."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import NotFoundError
from onrecord.events.registry import Registry
from onrecord.files import sha256
from onrecord.locks import lock
from onrecord.media.fetch import fetch
from onrecord.media.watch import Left, Taken, left_files, take_new_files

EVENT = """format = 1
# a remark of the volunteer who wrote this
id = "{id}"
slug = "{slug}"
title = "On rights"
starts = {starts}
timezone = "America/New_York"
{more}
"""


@pytest.fixture
def inbox(archive: Archive) -> Path:
    """An archive with three events, and the folder that it watches."""
    with archive.settings_file.open("a", encoding="utf-8") as file:
        file.write('\n[fetch]\nwatch = "inbox"\n')
    for stem, slug, starts in (
        ("2022-07-12-rights", "rights", "2022-07-12T20:30:00"),
        ("2022-07-20-rights-of-the-child", "rights-of-the-child", "2022-07-20T18:00:00"),
        ("2022-08-01-freedom", "freedom", "2022-08-01T18:00:00"),
        ("2022-08-01-opinion", "opinion", "2022-08-01T20:00:00"),
    ):
        (archive.events / f"{stem}.toml").write_text(
            EVENT.format(id=slug[:4] + stem[5:10], slug=slug, starts=starts, more="")
        )
    folder = archive.root / "inbox"
    folder.mkdir()
    return folder


def take(archive: Archive, **more: Any) -> list[Taken]:
    return take_new_files(archive, **{"still": 0, "sleep": lambda seconds: None, **more})


def drop(path: Path, data: bytes = b"film") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("rights/anything at all.mp4", "2022-07-12-rights"),
        ("Rights/x.M4A", "2022-07-12-rights"),
        ("2022-07-12-rights/x.mp4", "2022-07-12-rights"),
        ("rights/deeper/x.mp4", "2022-07-12-rights"),
        ("rights.mp4", "2022-07-12-rights"),
        ("rights part 2.mp4", "2022-07-12-rights"),
        ("rights-of-the-child_1.mp4", "2022-07-20-rights-of-the-child"),
        ("2022-07-12 recording.mp4", "2022-07-12-rights"),
        ("20220712-evening.webm", "2022-07-12-rights"),
        ("GMT20220713-003000_Recording_1920x1080.mp4", "2022-07-12-rights"),
        ("2022-07-12 20.30.11 Our meeting/video1.mp4", "2022-07-12-rights"),
        ("2022-08-01-opinion.mp4", "2022-08-01-opinion"),
    ],
)
def test_watch_finds_the_event_that_a_file_belongs_to(
    name: str, stem: str, archive: Archive, inbox: Path
) -> None:
    """By its folder, by the beginning of its name, or by a date where that says enough."""
    path = drop(inbox / name)
    assert take(archive) == [Taken(path, stem, "part-1")]
    recording = Registry(archive).get(stem).recordings[0]
    assert (recording.id, recording.source) == ("part-1", f"inbox/{name}")
    assert "# a remark of the volunteer" in (archive.events / f"{stem}.toml").read_text()


@pytest.mark.parametrize(
    ("name", "says"),
    [("unknown.mp4", "no event is named"), ("2022-08-01.mp4", "could belong to 'freedom', 'opinion'"),
     ("2022-13-45.mp4", "no event"),
     ("rightsize.mp4", "no event"), ("20220712123.mp4", "no event")],
)  # fmt: skip
def test_watch_leaves_what_it_cannot_place_and_says_why(
    name: str, says: str, archive: Archive, inbox: Path
) -> None:
    """A guess would put words into the wrong discussion."""
    path = drop(inbox / name)
    assert take(archive) == []
    (left,) = left_files(archive)
    assert left.path == path
    assert says in left.sentence
    assert path.read_bytes() == b"film"


@pytest.mark.parametrize(
    "name",
    [".rights.mp4", "rights.mp4.part", "rights.mp4.crdownload", "rights.part.mp4", "~rights.mp4", "rights.mp4~", "rights.tmp",
     "rights.txt", ".hidden/rights.mp4", "rights.filepart/rights.mp4", "rights.vtt", "rights"],
)  # fmt: skip
def test_watch_does_not_see_what_is_unfinished_or_no_recording(
    name: str, archive: Archive, inbox: Path
) -> None:
    """Names of programs that are still writing, hidden files, and other things."""
    drop(inbox / name)
    assert take(archive) == []
    assert left_files(archive) == ()


def test_watch_waits_until_a_file_stands_still(archive: Archive, inbox: Path) -> None:
    """A file that grows, is touched or is empty is not taken; once it stands still, it is."""
    path = drop(inbox / "rights.mp4")
    slept: list[float] = []

    def grow(seconds: float) -> None:
        slept.append(seconds)
        with path.open("ab") as file:
            file.write(b"more")

    assert take(archive, sleep=grow, still=7) == []
    assert slept == [7]
    before = path.stat()

    def rewrite(seconds: float) -> None:
        path.write_bytes(b"x" * before.st_size)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert take(archive, sleep=rewrite) == []
    assert take(archive, sleep=lambda seconds: path.unlink()) == []
    path.write_bytes(b"")
    assert take(archive) == []
    path.write_bytes(b"film")
    assert [taken.path for taken in take(archive)] == [path]


def test_watch_takes_a_file_once(archive: Archive, inbox: Path, film: Path) -> None:
    """Not again after it was taken, nor after it was fetched, nor under another name."""
    path = inbox / "rights.mp4"
    shutil.copy(film, path)
    assert len(take(archive)) == 1
    assert take(archive) == []
    event = Registry(archive).get("rights")
    assert fetch(archive, event, event.recordings[0]).sha256 == sha256(film)
    assert path.is_file()
    assert take(archive) == []
    shutil.move(path, inbox / "rights once more.mp4")
    assert take(archive) == []
    assert left_files(archive) == (Left(inbox / "rights once more.mp4", "it is here already, as part-1."),)
    other = drop(inbox / "rights" / "second.mp4", film.read_bytes() + b"\x00\x00\x00\x08free")
    assert take(archive) == [Taken(other, "2022-07-12-rights", "part-2")]


def test_watch_fills_a_recording_that_waits_for_its_source(archive: Archive, inbox: Path) -> None:
    """A recording that was announced keeps its id and title."""
    waiting = '[[recordings]]\nid = "evening"\ntitle = "The evening"  # it will come\n'
    path = archive.events / "2022-07-12-rights.toml"
    path.write_text(EVENT.format(id="a1b2", slug="rights", starts="2022-07-12T20:30:00", more=waiting))
    drop(inbox / "rights.mp4")
    drop(inbox / "rights 2.mp4")
    assert [taken.recording_id for taken in take(archive)] == ["evening", "part-2"]
    recordings = Registry(archive).get("rights").recordings
    assert [(one.id, one.title, one.source) for one in recordings] == [
        ("evening", "The evening", "inbox/rights 2.mp4"),
        ("part-2", "", "inbox/rights.mp4"),
    ]
    assert "# it will come" in path.read_text()


def test_watch_follows_no_links(archive: Archive, inbox: Path, film: Path) -> None:
    """A link dropped into a shared folder could name another recording, which is not to be published here."""
    (inbox / "rights.mp4").symlink_to(film)
    (inbox / "rights").symlink_to(film.parent)
    assert take(archive) == []


def test_watch_leaves_an_event_that_is_being_edited_for_the_next_time(archive: Archive, inbox: Path) -> None:
    """An event whose file is being written does not keep the others from being taken."""
    drop(inbox / "rights.mp4")
    freedom = drop(inbox / "freedom.mp4")
    with lock(archive, "2022-07-12-rights.record", doing="editing"):
        assert [taken.path for taken in take(archive)] == [freedom]
    assert [taken.stem for taken in take(archive)] == ["2022-07-12-rights"]


def test_watch_without_a_folder_does_nothing_and_says_when_it_is_gone(archive: Archive, inbox: Path) -> None:
    """No setting, no work; a folder that is named must be there."""
    inbox.rmdir()
    with pytest.raises(NotFoundError, match="folder to watch is not there"):
        take(archive)
    archive.settings_file.write_text('format = 1\ntitle = "A test archive"\n')
    fresh = Archive(archive.root)
    assert take(fresh) == []
    assert left_files(fresh) == ()


def test_watch_names_a_file_elsewhere_by_its_whole_path(
    archive: Archive, inbox: Path, tmp_path: Path
) -> None:
    """The folder need not be in the archive."""
    text = archive.settings_file.read_text().replace('"inbox"', f'"{tmp_path / "drop"}"')
    archive.settings_file.write_text(text)
    path = drop(tmp_path / "drop" / "rights.mp4")
    fresh = Archive(archive.root)
    assert take(fresh) == [Taken(path, "2022-07-12-rights", "part-1")]
    assert Registry(fresh).get("rights").recordings[0].source == str(path)
    assert take(fresh) == []


def test_watch_names_a_folder_beside_the_archive_without_detours(archive: Archive, inbox: Path) -> None:
    """`../incoming` is a good setting, and `archive/../incoming` a bad thing to read."""
    text = archive.settings_file.read_text(encoding="utf-8").replace('"inbox"', '"../incoming"')
    archive.settings_file.write_text(text, encoding="utf-8")
    beside = Archive(archive.root)
    with pytest.raises(NotFoundError) as caught:
        take(beside)
    assert caught.value.path == archive.root.parent / "incoming"
    drop(archive.root.parent / "incoming/nobody.mp4")
    assert [left.path for left in left_files(beside)] == [archive.root.parent / "incoming/nobody.mp4"]
