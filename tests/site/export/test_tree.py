"""The folder of the static site as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onrecord.errors import PublishError
from onrecord.site.export.tree import Tree, file_name


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/x", "a//b", "a/./b", "a\\b", "a/\0", "..", ".git/hooks/x", "a/..\\x/"]
)
def test_file_name_refuses_a_path_that_escapes(path: str) -> None:
    """Whatever an address says, nothing is written outside the folder."""
    with pytest.raises(PublishError, match="leads out of the site"):
        file_name(path)


def test_file_name_of_a_folder_is_its_index() -> None:
    """As a web server finds it."""
    assert [file_name(path) for path in ("", "a/", "a/b.txt", ".nojekyll")] == [
        "index.html", "a/index.html", "a/b.txt", ".nojekyll",
    ]  # fmt: skip


def test_tree_refuses_two_files_of_one_name(tmp_path: Path) -> None:
    """Also where a disk does not tell capitals apart."""
    tree = Tree(tmp_path / "site")
    tree.write("events/a/index.html", b"x")
    with pytest.raises(PublishError, match="two pages"):
        tree.write("events/A/index.html", b"x")


def test_tree_never_writes_over_a_file_that_another_tree_shares(tmp_path: Path) -> None:
    """What the other tree shows stays as it was."""
    old, new = Tree(tmp_path / "old"), Tree(tmp_path / "new")
    old.write("a.txt", b"old")
    new.share("a.txt", old)
    assert (tmp_path / "new/a.txt").samefile(tmp_path / "old/a.txt")
    new.write("a.txt", b"new")
    assert (tmp_path / "old/a.txt").read_bytes() == b"old"


def test_tree_takes_a_file_unless_it_holds_the_same(tmp_path: Path) -> None:
    """A file of the same bytes keeps its time, so that a copy to a host need not send it again."""
    tree, growing = Tree(tmp_path / "tree"), Tree(tmp_path / "growing")
    for name in ("same", "other"):
        tree.write(name, b"one")
        os.utime(tmp_path / "tree" / name, (1, 1))
    growing.write("same", b"one")
    growing.write("other", b"two")
    for name in ("same", "other"):
        tree.take(name, growing)
    assert (tmp_path / "tree/same").stat().st_mtime == 1
    assert (tmp_path / "tree/other").read_bytes() == b"two"
    assert (tmp_path / "tree/other").stat().st_mtime > 1


def test_tree_tells_what_is_unlike(tmp_path: Path) -> None:
    """A file that is missing, added, changed, a link, a folder in the place of a file, an empty folder."""
    tree = Tree(tmp_path / "site")
    names = ["a/kept", "a/gone", "a/changed", "b/link", "b/folder"]
    for name in names:
        tree.write(name, b"x")
    expected = {name: (placed.size, placed.time) for name in names if (placed := tree.placed(name))}
    assert list(tree.unlike(expected)) == []
    root = tmp_path / "site"
    (root / "a/gone").unlink()
    (root / "a/changed").write_bytes(b"longer")
    (root / "a/added").write_bytes(b"x")
    for name in ("link", "folder"):
        (root / "b" / name).unlink()
    (root / "b/link").symlink_to(root / "a/kept")
    (root / "b/folder").mkdir()
    (root / "c").mkdir()
    found = set(tree.unlike(expected))
    assert found == {"a/gone", "a/changed", "a/added", "b/link", "b/folder", "c"}
    for name in found:
        tree.remove(name)
    assert sorted(path.relative_to(root).as_posix() for path in root.rglob("*")) == ["a", "a/kept"]


def test_tree_removes_the_folders_that_are_left_empty(tmp_path: Path) -> None:
    """And nothing above itself."""
    tree = Tree(tmp_path / "site")
    tree.write("a/b/c.txt", b"x")
    tree.remove("a/b/c.txt")
    assert list((tmp_path / "site").iterdir()) == []
    tree.write("a/b/d.txt", b"y")
    assert (tmp_path / "site/a/b/d.txt").read_bytes() == b"y"
