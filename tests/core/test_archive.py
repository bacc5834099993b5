"""An archive is made in a new folder and found from inside."""

from pathlib import Path

import pytest

from onrecord.archive import Archive, create_archive, open_archive
from onrecord.errors import ArchiveError


def test_create_archive_makes_the_folder(tmp_path: Path) -> None:
    """The folders stand, the title is kept whatever it holds, the hidden folder is for its owner alone."""
    archive = create_archive(tmp_path / "a", 'Voices "from" \\ Kyiv')
    assert sorted(path.name for path in archive.root.iterdir()) == [
        ".onrecord", "events", "media", "onrecord.toml", "transcripts",
    ]  # fmt: skip
    assert archive.settings.text("title") == 'Voices "from" \\ Kyiv'
    assert archive.hidden.stat().st_mode & 0o777 == 0o700


def test_create_archive_refuses_a_folder_in_use(tmp_path: Path) -> None:
    """Neither an archive nor other files are ever written over."""
    create_archive(tmp_path / "a", "A")
    with pytest.raises(ArchiveError, match="an archive stands here already"):
        create_archive(tmp_path / "a", "B")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").touch()
    with pytest.raises(ArchiveError, match="this is not an empty folder"):
        create_archive(tmp_path / "b", "B")


def test_open_archive_is_found_from_inside(archive: Archive) -> None:
    """Any folder within leads to the archive; a folder that was named must be one itself."""
    assert open_archive(archive.events).root == archive.root
    with pytest.raises(ArchiveError, match="make one with 'onrecord init FOLDER'"):
        open_archive(archive.events, search_upwards=False)
    with pytest.raises(ArchiveError):
        open_archive(archive.root.parent)


def test_open_archive_brings_back_a_site_that_was_being_swapped(archive: Archive) -> None:
    """A crash between two renames loses no published site."""
    (archive.root / ".site.old").mkdir()
    (archive.root / ".site.old" / "index.html").touch()
    assert (open_archive(archive.root).site / "index.html").is_file()


def test_open_archive_keeps_its_private_folder_private(archive: Archive) -> None:
    """A copy that lost the rights of `.onrecord` on its way gets them back."""
    archive.hidden.chmod(0o755)
    open_archive(archive.root)
    assert archive.hidden.stat().st_mode & 0o777 == 0o700
