"""Uploads in a real browser: the connection lost, the server killed, the page loaded anew, no JavaScript, a phone."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.accounts import links
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.events.registry import Registry
from onrecord.media.fetch import fetch
from onrecord.media.uploads import Uploads
from onrecord.site.desk.front import PARTS

pytestmark = pytest.mark.browser
STEM = "2026-10-01-rights"
NEW = f"/desk/events/{STEM}/recordings/new"
SIZE = 40 << 20


def _port() -> int:
    """A port that stays free while the server is down: none of those that the machine gives to connections."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


class Killable:
    """A server as a process of its own, which can be killed and started anew at the same address."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.port = _port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "onrecord", "-C", str(self.archive.root), "serve", "--no-worker"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)], stdout=subprocess.DEVNULL, start_new_session=True, cwd="/"
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Line:
    """The line between a browser and a server, which can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open: list[socket.socket] = []
        self._cut = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        self._cut = True
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        self._cut = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with source, suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server(bench: Any) -> Iterator[Killable]:
    bench.event(STEM, "")
    made = Killable(bench.archive)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def page(server: Killable, chromium: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """A window of an organiser who has come in."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        with database(server.archive) as state, state.writing() as connection:
            token = links.make(connection, "invitation", datetime.now(UTC), role="organiser")
        page.goto(f"{server.base}/desk/join/{token}")
        page.get_by_label("Your name").fill("Oskar Organiser")
        page.get_by_label("Password", exact=True).fill("seven quiet herons at noon")
        page.get_by_label("The password once more").fill("seven quiet herons at noon")
        page.get_by_role("button", name="Join").click()
        page.wait_for_url(f"{server.base}/desk/")
        yield page


@contextmanager
def database(archive: Archive) -> Iterator[Database]:
    made = Database(archive, *PARTS)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Forty megabytes that nobody can guess."""
    path = tmp_path / "talk.mp4"
    path.write_bytes(os.urandom(SIZE))
    return path


def slow(page: Any) -> Callable[[], None]:
    """Lets this page send only 3 MB a second, so that there is a middle to stop in; gives what ends that."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    values = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send("Network.emulateNetworkConditions", {**values, "uploadThroughput": 3 << 20})
    return lambda: session.send("Network.emulateNetworkConditions", {**values, "uploadThroughput": -1})


def begin(page: Any, server: Killable, file: Path) -> None:
    page.goto(f"{server.base}{NEW}")
    page.get_by_label("Video or sound file").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()


def reached(archive: Archive, least: int) -> int:
    """Waits until so many bytes are on the disk."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        offsets = [one.offset for one in Uploads(archive).all()]
        if offsets and offsets[0] >= least:
            return offsets[0]
        time.sleep(0.05)
    raise AssertionError("nothing came")


def arrived(page: Any, server: Killable, file: Path) -> None:
    """The page of the recording opens, and every byte is there, once."""
    page.wait_for_url(f"**/desk/events/{STEM}/recordings/part-1/")
    (upload,) = Uploads(server.archive).all()
    assert upload.whole
    sent = hashlib.sha256(file.read_bytes()).hexdigest()
    assert hashlib.sha256(Uploads(server.archive).data(upload).read_bytes()).hexdigest() == sent
    assert [one.source for one in Registry(server.archive).get(STEM).recordings] == [upload.source]


def test_upload_survives_a_killed_server(page: Any, server: Killable, file: Path) -> None:
    """The server is killed in the middle and started again: the page goes on by itself."""
    page.goto(f"{server.base}{NEW}")
    fast = slow(page)
    begin(page, server, file)
    before = reached(server.archive, 8 << 20)
    server.kill()
    page.get_by_text("The connection broke. It is tried again.").wait_for()
    fast()
    server.start()
    arrived(page, server, file)
    assert before < SIZE


def test_upload_survives_a_lost_connection(page: Any, server: Killable, file: Path) -> None:
    """Cut off in the middle, and for a while nobody answers: the page goes on by itself when somebody does."""
    with Line(server.port) as line:
        page.goto(f"{line.base}{NEW}")
        fast = slow(page)
        page.get_by_label("Video or sound file").set_input_files(file)
        page.get_by_role("button", name="Send the file").click()
        reached(server.archive, 8 << 20)
        line.cut()
        page.get_by_text("The connection broke. It is tried again.").wait_for()
        assert not Uploads(server.archive).all()[0].whole
        fast()
        line.mend()
        page.wait_for_url(f"{line.base}/desk/events/{STEM}/recordings/part-1/")
    arrived(page, server, file)


def test_upload_goes_on_after_the_page_was_loaded_anew(page: Any, server: Killable, file: Path) -> None:
    """The same file chosen again goes on where it stopped, though the server was started anew meanwhile."""
    page.goto(f"{server.base}{NEW}")
    fast = slow(page)
    begin(page, server, file)
    reached(server.archive, 8 << 20)
    page.get_by_role("button", name="Pause").click()
    fast()
    stands = Uploads(server.archive).all()[0].offset
    server.kill()
    server.start()
    page.goto(f"{server.base}{NEW}")
    assert page.locator("#coming strong").inner_text() == "talk.mp4"
    offsets: list[str] = []
    page.on(
        "request",
        lambda request: (
            offsets.append(request.headers["upload-offset"]) if request.method == "PATCH" else None
        ),
    )
    page.get_by_label("Video or sound file").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    arrived(page, server, file)
    assert int(offsets[0]) >= stands >= 8 << 20


def test_upload_is_stopped_and_thrown_away(page: Any, server: Killable, file: Path) -> None:
    """Whoever stops leaves nothing behind."""
    page.goto(f"{server.base}{NEW}")
    slow(page)
    begin(page, server, file)
    page.get_by_role("button", name="Stop and throw away").wait_for()
    reached(server.archive, 0)
    page.get_by_role("button", name="Stop and throw away").click()
    page.get_by_role("button", name="Send the file").wait_for()
    assert Uploads(server.archive).all() == ()


@pytest.mark.parametrize("javascript", [True, False])
def test_upload_becomes_the_recording(desk_site: Any, tone: Path, javascript: bool) -> None:
    """By keyboard on a phone's width, with JavaScript and without: the file, through all checks, is the original."""
    desk_site.bench.event(STEM, "")
    small = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": javascript}
    with desk_site.window("organiser", **small) as window:
        page = window.page
        page.goto(f"{desk_site.base}{NEW}")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_label("Video or sound file").set_input_files(tone)
        page.get_by_label("Video or sound file").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{desk_site.base}/desk/events/{STEM}/recordings/part-1/")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert [text for text in window.complaints if "beforeunload" not in text] == []
    event = Registry(desk_site.archive).get(STEM)
    original = fetch(desk_site.archive, event, event.recordings[0])
    assert (original.path.name, original.sha256) == (
        "part-1.m4a",
        hashlib.sha256(tone.read_bytes()).hexdigest(),
    )
