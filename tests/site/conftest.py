"""What the tests of the site share: events and transcripts written as files, and a real recording."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
import subprocess
import textwrap
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import uvicorn
from starlette.testclient import TestClient

from onrecord.archive import Archive
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.media.originals import accept
from onrecord.media.renditions import render
from onrecord.site.app import create_app
from onrecord.site.view import View


class Bench:
    """An archive, and short ways to put things into it as a person would: by writing files."""

    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    past = 'starts = "2026-10-01 18:00"\ntimezone = "Europe/Kyiv"\n'
    coming = 'starts = "2026-12-01 18:00"\ntimezone = "Europe/Kyiv"\n'

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.root = archive.root

    def settings(self, text: str) -> None:
        """Adds lines to the settings; tables come last."""
        file = self.archive.settings_file
        top, _, tables = file.read_text(encoding="utf-8").partition("\n[glossary]")
        file.write_text(f"{top}\n{textwrap.dedent(text)}\n[glossary]{tables}", encoding="utf-8")
        self.archive = Archive(self.root)

    def event(self, stem: str, text: str, *, title: str = "A talk", visibility: str = "public") -> Event:
        """Writes an event's file."""
        head = f'format = 1\nid = "id-of-{stem}"\ntitle = "{title}"\nvisibility = "{visibility}"\n'
        body = textwrap.dedent(text)
        if "starts" not in body:
            head += self.past
        (self.archive.events / f"{stem}.toml").write_text(head + body, encoding="utf-8")
        return Registry(self.archive).get(stem)

    def transcript(
        self, stem: str, name: str, cues: str, *, status: str = "reviewed", more: str = ""
    ) -> Path:
        """Writes a transcript; `cues` are lines such as `c1 1.0 3.5 Anna: Words <00:00:02.000>here.`"""
        recording, _, language = name.rpartition(".")
        note = f"NOTE\nonrecord 1\nlanguage: {language}\nkind: original\nstatus: {status}\n"
        note += "engine: pocketsphinx\n"
        note += "made: 2026-10-02T10:00:00Z\nnext-id: 900\n" + textwrap.dedent(more)
        blocks = ["WEBVTT", note.strip()]
        for line in textwrap.dedent(cues).strip().splitlines():
            identifier, start, end, said = line.split(" ", 3)
            speaker, colon, words = said.partition(": ")
            text = f"<v {speaker}>{words}" if colon else said
            blocks.append(f"{identifier}\n{_clock(start)} --> {_clock(end)}\n{text}")
        path = self.archive.transcripts(stem) / f"{recording}.{language}.vtt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        return path

    def recording(self, stem: str, recording_id: str, file: Path, source: str = "tone.m4a") -> Path:
        """Takes a file as the original of a recording and renders it; gives the rendition."""
        event = Registry(self.archive).get(stem)
        accept(self.archive, stem, recording_id, file, source=source, tool="test")
        recording = event.recording(recording_id)
        assert recording is not None
        return render(self.archive, event, recording).path

    def view(self, now: datetime | None = None) -> View:
        """What the public may see."""
        return View(self.archive, now or self.now)

    def client(self, **settings: Any) -> TestClient:
        """The real application; use it as a context, so that it watches the archive."""
        return TestClient(create_app(self.archive, now=lambda: self.now, **settings))

    @staticmethod
    def tone(path: Path, metadata: dict[str, str] | None = None) -> Path:
        """Six seconds of sound, with the given metadata in its container."""
        return make_tone(path, metadata=metadata)


def _clock(seconds: str) -> str:
    whole = round(float(seconds) * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question waits for the index as long as a busy machine takes to make it, where readers are asked to come again."""
    monkeypatch.setattr("onrecord.site.search.routes._INDEX_WAIT", 30.0)


@pytest.fixture(scope="session")
def new_bench() -> type[Bench]:
    """What makes one of any archive, for fixtures that live longer than a test."""
    return Bench


@pytest.fixture
def bench(archive: Archive) -> Bench:
    """A fresh archive to work on."""
    return Bench(archive)


def make_tone(path: Path, seconds: float = 6.0, metadata: dict[str, str] | None = None) -> Path:
    """A recording of a soft tone, with the given metadata in its container."""
    plain = path.with_suffix(".wav")
    with wave.open(str(plain), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        samples = (int(6000 * math.sin(n / 12)) for n in range(int(16000 * seconds)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    pairs = [part for key, value in (metadata or {}).items() for part in ("-metadata", f"{key}={value}")]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [
        program,
        "-v",
        "error",
        "-y",
        "-i",
        str(plain),
        *pairs,
        "-c:a",
        "aac",
        "-b:a",
        "32k",
        str(path),
    ]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of sound."""
    return make_tone(tmp_path_factory.mktemp("tone") / "tone.m4a")


# A real server and a real browser

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio",
]  # fmt: skip
CHECKERS = Path(__file__).resolve().parents[2] / ".venv" / "checkers"


@contextmanager
def serving(bench: Any) -> Iterator[str]:
    """The real application behind a real server, in a thread of its own, once its search can answer; gives its address."""
    app = create_app(bench.archive, now=lambda: bench.now)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    # Bound here and handed over: a port that is only looked up and let go may be anybody's by the time it is asked for.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        end = time.monotonic() + 60
        while not (server.started and app.state.live.state.indexed.is_set()):
            assert thread.is_alive(), "the server ended at once"
            assert time.monotonic() < end, "the server did not start, or its search is not ready"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@pytest.fixture(scope="session")
def serve() -> Callable[[Any], AbstractContextManager[str]]:
    """Serves an archive; gives its address."""
    return serving


@contextmanager
def _chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS, timeout=180_000)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def chromium() -> Callable[[], AbstractContextManager[Any]]:
    """Opens Debian's Chromium, for as long as a folder of tests lasts: one at a time can be open."""
    return _chromium


@pytest.fixture(scope="session")
def checker() -> Callable[[str], Path]:
    """Where a checker lies that `tests/checkers.sh` has fetched; without it the test is skipped."""

    def find(name: str) -> Path:
        path = CHECKERS / name
        if not path.exists():
            pytest.skip(f"{name} was not fetched (tests/checkers.sh)")
        return path

    return find
