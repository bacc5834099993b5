"""rsync as target, run for real: to a folder, and to a daemon."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import TargetError
from onrecord.progress import silent
from onrecord.site.targets.mark import MARK
from onrecord.site.targets.rsync import send_by_rsync
from onrecord.site.targets.running import never
from onrecord.targets import target

Site = Callable[[dict[str, str]], None]
FIRST = {"index.html": "one", "events/a/index.html": "zquorwex", ".nojekyll": "", "a b/ы.html": "y"}
SECOND = {"index.html": "second", ".nojekyll": "", "a b/ы.html": "y"}


@pytest.fixture(autouse=True)
def _installed() -> None:
    if shutil.which("rsync") is None:
        pytest.skip("rsync is not installed (Debian's package rsync)")


def tree(folder: Path) -> dict[str, str]:
    """Every file with its text, but for our mark."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {p.relative_to(folder).as_posix(): p.read_text() for p in files if p.name != MARK}


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A daemon of rsync on this machine: its address, and the folder that it writes to."""
    place = tmp_path / "served" / "talks"
    place.mkdir(parents=True)
    settings = tmp_path / "rsyncd.conf"
    who = "uid = root\ngid = root\n" if os.geteuid() == 0 else ""  # it would become nobody
    settings.write_text(
        f"{who}use chroot = no\nlog file = {tmp_path}/log\npid file = {tmp_path}/pid\n"
        f"[www]\n  path = {place.parent}\n  read only = no\n"
    )
    child, port = _started(settings)
    yield f"rsync://127.0.0.1:{port}/www/talks", place
    child.terminate()
    child.wait(60)


def _started(settings: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The daemon, and its port; it cannot choose one itself, and another program may be quicker."""
    end = time.monotonic() + 60
    while True:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["rsync", "--daemon", "--no-detach", f"--config={settings}", f"--port={port}"]
        child = subprocess.Popen([*command, "--address=127.0.0.1"])
        while child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return child, port
            except OSError:
                assert time.monotonic() < end, "the daemon did not start"
                time.sleep(0.05)
        assert time.monotonic() < end, "the daemon found no port"


def send(archive: Archive, place: str) -> str:
    """Sends the site as it stands."""
    return send_by_rsync(archive.site, target(f"rsync:{place}"), listen=silent, stop=never)


def test_place_becomes_the_site_through_a_daemon(
    archive: Archive, site: Site, daemon: tuple[str, Path]
) -> None:
    """What is not in the site any more is gone there; our mark stays."""
    address, place = daemon
    site(FIRST)
    assert send(archive, address) == "4 files changed"
    assert tree(place) == FIRST
    site(SECOND)
    assert send(archive, address).endswith("changed")
    assert tree(place) == SECOND
    assert (place / MARK).is_file()
    assert not (place / "events").exists()


def test_place_on_this_machine_is_made(archive: Archive, site: Site, tmp_path: Path) -> None:
    """One level of folders, readable for everyone; spaces and other letters arrive."""
    site(FIRST)
    send(archive, str(tmp_path / "other disk"))
    assert tree(tmp_path / "other disk") == FIRST
    assert oct((tmp_path / "other disk" / "index.html").stat().st_mode & 0o777) == "0o644"
    with pytest.raises(TargetError, match="there is no folder"):
        send(archive, str(tmp_path / "not" / "there"))


def test_leftovers_of_a_run_that_was_cut_short_go(archive: Archive, site: Site, tmp_path: Path) -> None:
    """rsync keeps what it holds back in `.~tmp~` for ever, and protects it: what was withdrawn could be in it."""
    place = tmp_path / "talks"
    site(FIRST)
    send(archive, str(place))
    (place / "events" / "a" / ".~tmp~").mkdir()
    (place / "events" / "a" / ".~tmp~" / "half.html").write_text("zquorwex")
    (place / ".~tmp~").mkdir()
    (place / ".~tmp~" / "half.html").write_text("zquorwex")
    site(SECOND)
    send(archive, str(place))
    assert tree(place) == SECOND
    assert not (place / ".~tmp~").exists()


def test_place_of_somebody_else_is_left_alone(archive: Archive, site: Site, daemon: tuple[str, Path]) -> None:
    """Nothing is deleted that onrecord has not put there, until a person says so by the mark."""
    address, place = daemon
    (place / "letter.txt").write_text("mine")
    site(FIRST)
    with pytest.raises(TargetError, match="what onrecord has not put there"):
        send(archive, address)
    assert tree(place) == {"letter.txt": "mine"}
    (place / MARK).touch()
    send(archive, address)
    assert tree(place) == FIRST


def test_place_inside_the_archive_is_refused(archive: Archive, site: Site) -> None:
    """The archive itself would be deleted."""
    site(FIRST)
    with pytest.raises(TargetError, match="lie in each other"):
        send(archive, str(archive.root))


def test_machine_that_does_not_answer_is_said(archive: Archive, site: Site) -> None:
    """With what to do."""
    site(FIRST)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can take it
        port = free.getsockname()[1]
        with pytest.raises(TargetError, match="rsync could not send the site") as told:
            send(archive, f"rsync://127.0.0.1:{port}/www/talks")
    assert "takes no connection" in told.value.advice


def test_ssh_asks_nothing(
    archive: Archive, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ssh gets BatchMode, and an address is never an option of it."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "ssh"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\necho "Permission denied (publickey)." >&2\nexit 255\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    site(FIRST)
    with pytest.raises(TargetError, match="Permission denied") as told:
        send(archive, "me@host.example.org:/srv/www/talks")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert "-oBatchMode=yes" in asked
    assert "host.example.org" in asked
    assert "ssh-copy-id" in told.value.advice
