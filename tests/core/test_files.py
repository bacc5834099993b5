"""Files are written whole or not at all."""

import errno
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.errors import StorageError
from onrecord.files import (
    copy_file,
    durable_file,
    exchange_folders,
    inside,
    recover_folder,
    sha256,
    storage_error,
    write_text,
)


def test_durable_file_stands_only_when_the_block_ends_well(tmp_path: Path) -> None:
    """An error inside leaves the old file, and no temporary one."""
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), durable_file(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_durable_file_survives_a_full_disk(tmp_path: Path) -> None:
    """A real limit on file sizes ends in a plain error; the old file stands."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from onrecord.errors import StorageError\n"
        "from onrecord.files import write_bytes\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    write_bytes(Path(sys.argv[1]), b'x' * 10000)\n"
        "except StorageError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "the file is too large for this disk. Use a disk that takes larger files." in done.stdout
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.bin"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_storage_error_speaks_of_storage_only(tmp_path: Path) -> None:
    """A full disk is told with what to do; another error is left to be a bug."""
    full = storage_error(OSError(errno.ENOSPC, "no space"), tmp_path)
    assert isinstance(full, StorageError)
    assert str(full) == (
        f"{tmp_path}: the disk is full. Free some space, then run the same command again; nothing was lost."
    )
    assert storage_error(OSError(errno.EBADF, "bad"), tmp_path) is None


def test_sha256_reads_the_known_digest(tmp_path: Path) -> None:
    """The digest of 'abc' is that of FIPS 180-4."""
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    copy_file(path, tmp_path / "deep" / "copy")
    assert (tmp_path / "deep" / "copy").read_bytes() == b"abc"


def test_inside_follows_links(tmp_path: Path) -> None:
    """A link that leads out is not inside."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    assert inside(root, root / "a" / "b")
    assert not inside(root, root / "out" / "secret")
    assert not inside(root, root / ".." / "secret")


def test_exchange_folders_puts_each_in_the_place_of_the_other(tmp_path: Path) -> None:
    """And nothing of the way is left; where nothing stood, nothing comes back."""
    new, place = tmp_path / "new", tmp_path / "site"
    for folder, name in ((new, "b"), (place, "a")):
        folder.mkdir()
        (folder / name).touch()
    exchange_folders(new, place)
    assert [path.name for path in place.iterdir()] == ["b"]
    assert [path.name for path in new.iterdir()] == ["a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "site"]
    exchange_folders(new, tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "site"]


def test_recover_folder_finishes_a_swap_that_was_cut(tmp_path: Path) -> None:
    """The old folder comes back when the new one never arrived, and goes when it did."""
    place, old = tmp_path / "site", tmp_path / ".site.old"
    old.mkdir()
    recover_folder(place)
    assert place.is_dir() and not old.exists()
    old.mkdir()
    recover_folder(place)
    assert place.is_dir() and not old.exists()
