"""What must stay free on the archive's disks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import SettingsError, StorageError
from onrecord.space import require_space, space


def with_floor(archive: Archive, gigabytes: str) -> Archive:
    with archive.settings_file.open("a") as file:
        file.write(f"\n[jobs]\nfree-gigabytes = {gigabytes}\n")
    return Archive(archive.root)


def test_two_gigabytes_stay_free_unless_the_settings_say_otherwise(archive: Archive) -> None:
    """The free space is the disk's."""
    assert space(archive).floor == 2_000_000_000
    found = space(with_floor(archive, "0.5"))
    assert found.floor == 500_000_000
    assert abs(found.free - shutil.disk_usage(archive.root).free) < 1_000_000_000


def test_what_would_go_below_the_floor_is_refused_before_it_begins(archive: Archive) -> None:
    """With how much there is, how much must stay, and what to do."""
    require_space(archive, 1000)
    with pytest.raises(
        StorageError,
        match=r"the disk is filling: .* are free, and 2\.00 GB .* set a smaller jobs\.free-gigabytes",
    ):
        require_space(archive, space(archive).free - 1_000_000_000)


def test_the_fullest_of_several_disks_counts(archive: Archive) -> None:
    """Originals may stand on another disk, behind a link."""
    other = Path("/dev/shm")  # a disk of its own on Linux
    if not other.is_dir() or other.stat().st_dev == archive.root.stat().st_dev:
        pytest.skip("there is no second disk here")
    shutil.rmtree(archive.media(""))
    archive.media("").symlink_to(other)
    fullest = min(shutil.disk_usage(place).free for place in (other, archive.root))
    assert abs(space(archive).free - fullest) < 1_000_000_000


def test_less_than_nothing_cannot_stay_free(archive: Archive) -> None:
    """Nothing can."""
    assert space(with_floor(archive, "0")).floor == 0
    archive.settings_file.write_text("format = 1\n[jobs]\nfree-gigabytes = -1\n")
    with pytest.raises(SettingsError, match="a number that is not below 0"):
        space(Archive(archive.root))
