"""A folder as target: whole or as it was, and never a folder of somebody else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import StorageError, TargetError
from onrecord.progress import silent
from onrecord.site.targets.folder import send_to_folder
from onrecord.site.targets.mark import MARK
from onrecord.site.targets.running import never
from onrecord.targets import target

Site = Callable[[dict[str, str]], None]
FIRST = {"index.html": "one", "events/a/index.html": "zquorwex", ".nojekyll": "", "media/a.mp4": "m" * 5000}
SECOND = {"index.html": "two", ".nojekyll": "", "media/a.mp4": "m" * 5000}


def tree(folder: Path) -> dict[str, str]:
    """Every file with its text, but for our mark."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {p.relative_to(folder).as_posix(): p.read_text() for p in files if p.name != MARK}


def send(archive: Archive, place: Path) -> str:
    """Sends the site as it stands."""
    return send_to_folder(archive.site, target(f"folder:{place}"), listen=silent, stop=never)


def test_folder_becomes_the_site_and_keeps_nothing_else(archive: Archive, site: Site, tmp_path: Path) -> None:
    """What is not in the site any more is in no file there and beside it; what stays is not written again."""
    place = tmp_path / "www" / "talks"
    place.parent.mkdir()
    site(FIRST)
    assert send(archive, place) == "4 files changed"
    assert tree(place) == FIRST
    assert oct(place.stat().st_mode & 0o777) == "0o755"
    media = (place / "media/a.mp4").stat().st_ino
    os.utime(archive.site / "media/a.mp4", ns=(1, 1))
    send(archive, place)
    media = (place / "media/a.mp4").stat().st_ino
    site(SECOND)
    os.utime(archive.site / "media/a.mp4", ns=(1, 1))
    assert send(archive, place) == "2 files changed"
    assert tree(place) == SECOND
    assert (place / "media/a.mp4").stat().st_ino == media
    assert [path.name for path in place.parent.iterdir()] == ["talks"]
    assert not any("zquorwex" in path.read_text() for path in place.parent.rglob("*") if path.is_file())


def test_folder_is_readable_for_a_web_server(archive: Archive, site: Site, tmp_path: Path) -> None:
    """Whatever the rights in the archive are."""
    site(FIRST)
    for path in archive.site.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o400)
    send(archive, tmp_path / "talks")
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "talks").rglob("*")}
    assert modes == {"0o755", "0o644"}


def test_folder_of_somebody_else_is_left_alone(archive: Archive, site: Site, tmp_path: Path) -> None:
    """Unless a person has marked it."""
    site(FIRST)
    place = tmp_path / "mine"
    place.mkdir()
    (place / "letter.txt").write_text("mine")
    with pytest.raises(TargetError, match="what onrecord has not put there") as told:
        send(archive, place)
    assert MARK in told.value.advice
    assert tree(place) == {"letter.txt": "mine"}
    (place / MARK).touch()
    send(archive, place)
    assert tree(place) == FIRST


@pytest.mark.parametrize("where", ["", "site", "site/events", "media/x", "..", "../archive/site"])
def test_folder_inside_the_archive_or_around_it_is_refused(archive: Archive, site: Site, where: str) -> None:
    """Also where the name leads there by a link."""
    site(FIRST)
    link = archive.root.parent.parent / f"link-{archive.root.parent.name}"
    link.symlink_to((archive.root / where).resolve())
    for place in ((archive.root / where).resolve(), link):
        with pytest.raises(TargetError, match="lie in each other"):
            send(archive, place)
    link.unlink()
    assert tree(archive.site) == FIRST


class StoppedError(Exception):
    """Somebody has had enough."""


def test_folder_stays_as_it_was_when_it_is_stopped(archive: Archive, site: Site, tmp_path: Path) -> None:
    """Half a copy is nowhere."""
    place = tmp_path / "talks"
    site(FIRST)
    send(archive, place)
    site({**SECOND, **{f"{n}.html": "x" for n in range(60)}})

    def stop() -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        send_to_folder(archive.site, target(f"folder:{place}"), listen=silent, stop=stop)
    assert tree(place) == FIRST
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "talks"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_may_not_be_written_says_so(archive: Archive, site: Site, tmp_path: Path) -> None:
    """As an error with advice."""
    site(FIRST)
    (tmp_path / "www").mkdir(mode=0o500)
    with pytest.raises(StorageError, match="permission is denied"):
        send(archive, tmp_path / "www" / "talks")


def test_folder_swap_that_a_crash_cut_short_is_finished(archive: Archive, site: Site, tmp_path: Path) -> None:
    """Between the two renames nothing stands there; the next run begins by putting it back."""
    place = tmp_path / "talks"
    site(FIRST)
    send(archive, place)
    place.rename(tmp_path / ".talks.old")
    (tmp_path / ".talks.onrecord").mkdir()
    (tmp_path / ".talks.onrecord" / "half.html").write_text("zquorwex")
    site(SECOND)
    send(archive, place)
    assert tree(place) == SECOND
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "talks"]
