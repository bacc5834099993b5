"""Small real media for the tests of this room, made on the fly with the FFmpeg that comes with the wheel."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from onrecord.files import make_folder
from onrecord.media.ffmpeg import program

MakeMedia = Callable[..., Path]


def ffmpeg(*arguments: str | Path) -> None:
    """Runs FFmpeg as the tests' own tool."""
    subprocess.run([program(), "-v", "error", "-nostdin", "-y", *arguments], check=True, cwd="/")


@pytest.fixture
def make_media(tmp_path: Path) -> MakeMedia:
    """Makes a file in the test's folder from FFmpeg's arguments, its name last."""
    folder = make_folder(tmp_path / "made")

    def make(name: str, *arguments: str | Path) -> Path:
        ffmpeg(*arguments, folder / name)
        return folder / name

    return make


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of H.264 and AAC in an MP4 with the index first: what needs no encoding."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6", "-f", "lavfi", "-i", "sine=440:d=6:r=48000",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac",
        "-movflags", "+faststart", path,
    )  # fmt: skip
    return path


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a tone in a WAV file."""
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=440:d=4:r=16000", path)
    return path
