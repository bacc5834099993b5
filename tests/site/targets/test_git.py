"""A git branch as target: one commit, and no object of an earlier one, here or there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import TargetError
from onrecord.progress import silent
from onrecord.site.targets.git import send_to_branch
from onrecord.site.targets.mark import MARK
from onrecord.site.targets.running import never
from onrecord.targets import target

Site = Callable[[dict[str, str]], None]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORD = b"zquorwex"
FIRST = {"index.html": "one", "events/a/index.html": "zquorwex", ".nojekyll": "", "ы.html": "y"}
SECOND = {"index.html": "two", ".nojekyll": "", "ы.html": "y"}


def git(*arguments: str, at: Path) -> str:
    """What git says of a repository."""
    ran = subprocess.run(["git", "-C", str(at), *arguments], capture_output=True, check=True)
    return ran.stdout.decode("utf-8", "replace")


def objects(repository: Path) -> bytes:
    """Every object that a repository holds, reachable or not."""
    return subprocess.run(
        ["git", "--git-dir", str(repository), "cat-file", "--batch-all-objects", "--batch", "--unordered"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip


def branch(remote: Path) -> dict[str, str]:
    """The files of the branch."""
    names = git("ls-tree", "-r", "-z", "--name-only", "pages", at=remote).split("\0")
    return {name: git("show", f"pages:{name}", at=remote) for name in names if name and name != MARK}


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository of this machine that keeps what was pushed to it, as hosts do."""
    place = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True)
    git("config", "core.logAllRefUpdates", "always", at=place)
    return place


def send(archive: Archive, remote: Path) -> str:
    """Sends the site as it stands."""
    one = target(f"git:{remote}#pages")
    return send_to_branch(archive, archive.site, one, now=NOW, listen=silent, stop=never)


def test_branch_is_one_commit_that_names_nobody(archive: Archive, site: Site, remote: Path) -> None:
    """However often it is sent; the same site is not sent twice."""
    site(FIRST)
    assert send(archive, remote).startswith("one commit")
    assert send(archive, remote) == "nothing has changed"
    site(SECOND)
    send(archive, remote)
    assert branch(remote) == SECOND
    assert git("log", "--format=%an %ae %cn %ce %s %P", "pages", at=remote).split("\n")[:-1] == [
        "onrecord onrecord@localhost onrecord onrecord@localhost Published by onrecord "
    ]


def test_what_was_withdrawn_is_in_no_object_here_or_there(archive: Archive, site: Site, remote: Path) -> None:
    """Not in the branch, in no commit that nothing leads to, in no log of references, in no pack."""
    site(FIRST)
    send(archive, remote)
    (own,) = (archive.hidden / "targets").glob("*.git")
    assert WORD in objects(remote)
    assert WORD in objects(own)
    site(SECOND)
    send(archive, remote)
    for repository in (remote, own):
        assert WORD not in objects(repository)
        assert b"two" in objects(repository)
        assert git("fsck", "--unreachable", "--no-reflogs", at=repository) == ""


def test_branch_of_somebody_else_is_left_alone(
    archive: Archive, site: Site, remote: Path, tmp_path: Path
) -> None:
    """Also one that onrecord sent and a person has gone on with; the mark in it says otherwise."""
    work = tmp_path / "work"
    git("clone", "--quiet", str(remote), str(work), at=tmp_path)
    who = ("-c", "user.name=Vira Example", "-c", "user.email=vira@example.org")
    (work / "mine.txt").write_text("mine")
    git("checkout", "--quiet", "-b", "pages", at=work)
    git("add", "mine.txt", at=work)
    git(*who, "commit", "--quiet", "-m", "Mine", at=work)
    git("push", "--quiet", "origin", "pages", at=work)
    site(FIRST)
    with pytest.raises(TargetError, match="this branch holds what onrecord has not put there") as told:
        send(archive, remote)
    assert MARK in told.value.advice
    assert branch(remote) == {"mine.txt": "mine"}
    (own,) = (archive.hidden / "targets").glob("*.git")
    assert b"mine" not in objects(own)
    (work / MARK).touch()
    git("add", MARK, at=work)
    git(*who, "commit", "--quiet", "-m", "Marked", at=work)
    git("push", "--quiet", "origin", "pages", at=work)
    send(archive, remote)
    assert branch(remote) == FIRST


def test_branch_is_known_again_when_our_own_repository_is_gone(
    archive: Archive, site: Site, remote: Path
) -> None:
    """It is derived: by the mark the branch is ours."""
    import shutil

    site(FIRST)
    send(archive, remote)
    shutil.rmtree(archive.hidden / "targets")
    site(SECOND)
    send(archive, remote)
    assert branch(remote) == SECOND
    assert WORD not in objects(remote)


def test_other_branches_stay(archive: Archive, site: Site, remote: Path, tmp_path: Path) -> None:
    """Cleaning the repository takes away nothing that a branch leads to."""
    work = tmp_path / "work"
    git("clone", "--quiet", str(remote), str(work), at=tmp_path)
    who = ("-c", "user.name=Vira Example", "-c", "user.email=vira@example.org")
    (work / "code.txt").write_text("code")
    git("checkout", "--quiet", "-b", "main", at=work)
    git("add", "code.txt", at=work)
    git(*who, "commit", "--quiet", "-m", "Code", at=work)
    git("push", "--quiet", "origin", "main", at=work)
    site(FIRST)
    send(archive, remote)
    assert git("show", "main:code.txt", at=remote) == "code"


def test_repository_that_is_not_there_is_said(archive: Archive, site: Site, tmp_path: Path) -> None:
    """With what to do; no name and no password in the words."""
    site(FIRST)
    with pytest.raises(TargetError, match="git could not send the site") as told:
        send(archive, tmp_path / "nowhere.git")
    assert "git init --bare" in told.value.advice


def test_settings_and_hooks_of_the_machine_do_not_interfere(
    archive: Archive, site: Site, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ignored files are sent, newlines stay, hooks do not run, GIT_DIR of the caller is not used."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    (hooks / "pre-push").chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[core]\n\tautocrlf = input\n\texcludesFile = {tmp_path}/ignore\n\thooksPath = {hooks}\n"
        "[commit]\n\tgpgSign = true\n[user]\n\tname = Vira Example\n\temail = vira@example.org\n"
    )
    (tmp_path / "ignore").write_text("*.vtt\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    site({"index.html": "one\r\n", "a.vtt": "WEBVTT", ".gitignore-not": "x"})
    send(archive, remote)
    monkeypatch.delenv("GIT_DIR")
    assert sorted(branch(remote)) == [".gitignore-not", "a.vtt", "index.html"]
    assert b"one\r\n" in objects(remote)
    assert b"Vira" not in objects(remote)
    assert not (tmp_path / "ran").exists()
