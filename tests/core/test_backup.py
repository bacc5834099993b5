"""A backup is whole, verified, and comes back as it was."""

import sqlite3
import subprocess
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.backup import MANIFEST, make_backup, restore_backup
from onrecord.errors import ArchiveError, StorageError
from onrecord.files import sha256
from onrecord.progress import Report


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """An archive with a file in every place."""
    for name in ("events/a.toml", "media/a/part-1.mp4", "transcripts/a/history/part-1.en.0001.vtt", "site/index.html",
                 ".onrecord/renditions/a/part-1.mp4", ".onrecord/work/a/part-1.jsonl"):  # fmt: skip
        path = archive.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    with sqlite3.connect(archive.state_file) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE people (name)")
        database.execute("INSERT INTO people VALUES ('Anna Example')")
    database.close()
    return archive


def test_make_backup_copies_the_record_and_verifies_with_sha256sum(filled: Archive, tmp_path: Path) -> None:
    """Derived files stay out, journals come along, and a tool that is not ours verifies the copy."""
    reports: list[Report] = []
    made = make_backup(filled, tmp_path / "copy", listen=reports.append)
    names = [line.split("  ")[1] for line in (tmp_path / "copy" / MANIFEST).read_text().splitlines()]
    assert names == [
        ".onrecord/state.sqlite3", ".onrecord/work/a/part-1.jsonl", "events/a.toml", "media/a/part-1.mp4", "onrecord.toml",
        "transcripts/a/history/part-1.en.0001.vtt",
    ]  # fmt: skip
    assert made.files == 6
    assert reports[-1].done == reports[-1].total
    subprocess.run(["sha256sum", "-c", "--quiet", MANIFEST], cwd=tmp_path / "copy", check=True)


def test_restore_backup_brings_back_every_byte(filled: Archive, tmp_path: Path) -> None:
    """What comes back is what was backed up, accounts included."""
    make_backup(filled, tmp_path / "copy", derived=True)
    restore_backup(tmp_path / "copy", tmp_path / "back")
    for path in filled.root.rglob("*"):
        name = path.relative_to(filled.root)
        if path.is_file() and ".sqlite3" not in path.name and path.suffix != ".lock":
            assert (tmp_path / "back" / name).read_bytes() == path.read_bytes(), name
    with sqlite3.connect(tmp_path / "back" / ".onrecord" / "state.sqlite3") as database:
        assert database.execute("SELECT name FROM people").fetchall() == [("Anna Example",)]
    database.close()


def test_make_backup_says_which_original_was_damaged_before(filled: Archive, tmp_path: Path) -> None:
    """The copy is made all the same, for there is no better one; the damage is named."""
    manifest = filled.root / "media" / "a" / MANIFEST
    manifest.write_text(f"{sha256(filled.root / 'media/a/part-1.mp4')}  part-1.mp4\n")
    assert make_backup(filled, tmp_path / "whole").unlike == ()
    (filled.root / "media" / "a" / "part-1.mp4").write_text("damaged")
    assert make_backup(filled, tmp_path / "copy").unlike == ("media/a/part-1.mp4",)
    assert restore_backup(tmp_path / "copy", tmp_path / "back").files == 7


def test_restore_backup_refuses_a_damaged_one(filled: Archive, tmp_path: Path) -> None:
    """One changed byte is found before anything is written."""
    make_backup(filled, tmp_path / "copy")
    (tmp_path / "copy" / "events" / "a.toml").write_text("content of events/b.toml")
    with pytest.raises(ArchiveError, match=r"'events/a.toml' is not as it was backed up\. Use another copy"):
        restore_backup(tmp_path / "copy", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_restore_backup_refuses_half_a_backup_and_names_that_lead_out(
    filled: Archive, tmp_path: Path
) -> None:
    """Without a manifest it is none; a manifest cannot name a file outside."""
    make_backup(filled, tmp_path / "copy")
    manifest = tmp_path / "copy" / MANIFEST
    (tmp_path / "secret").write_text("secret")
    manifest.write_text(f"{'0' * 64}  ../secret\n")
    with pytest.raises(ArchiveError, match="leads out of the archive"):
        restore_backup(tmp_path / "copy", tmp_path / "back")
    inside_of_ours = f"../{(tmp_path / 'copy').name}/onrecord.toml"  # there it is, but not in the new folder
    manifest.write_text(f"{sha256(tmp_path / 'copy' / 'onrecord.toml')}  {inside_of_ours}\n")
    with pytest.raises(ArchiveError, match="leads out of the archive"):
        restore_backup(tmp_path / "copy", tmp_path / "new")
    manifest.unlink()
    with pytest.raises(ArchiveError, match="this is no whole backup"):
        restore_backup(tmp_path / "copy", tmp_path / "back")


def test_make_backup_refuses_a_damaged_database(filled: Archive, tmp_path: Path) -> None:
    """The accounts are checked before they are copied; then there is no manifest."""
    filled.state_file.write_bytes(b"SQLite format 3\0" + b"broken" * 400)
    with pytest.raises(StorageError, match="this database is damaged"):
        make_backup(filled, tmp_path / "copy")
    assert not (tmp_path / "copy" / MANIFEST).exists()


def test_make_backup_refuses_its_own_folder_and_one_in_use(filled: Archive) -> None:
    """A backup inside the archive would grow for ever."""
    with pytest.raises(ArchiveError, match="cannot stand inside the archive"):
        make_backup(filled, filled.root / "backup")
    with pytest.raises(ArchiveError, match="cannot stand inside the archive"):
        make_backup(filled, filled.root)
