"""What the tests of every room share: a fresh archive, and real speech."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from onrecord.archive import Archive, create_archive

# How long an example takes says more of the machine than of the code; `make bench` measures.
settings.register_profile("onrecord", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("onrecord")

# The Universal Declaration of Human Rights, articles 1 and 3.
ARTICLE_1 = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience "
    "and should act towards one another in a spirit of brotherhood."
)
ARTICLE_3 = "Everyone has the right to life, liberty and security of person."


@dataclass(frozen=True)
class Speech:
    """Speech in a file, with the words that are spoken in it."""

    path: Path
    text: str


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A fresh, empty archive."""
    return create_archive(tmp_path / "archive", "A test archive")


def speak(text: str, path: Path, voice: str = "rms") -> Path:
    """Speaks `text` into a WAV file; skips the test where flite is not installed."""
    flite = shutil.which("flite")
    if flite is None:
        pytest.skip("flite is not installed (Debian's package flite)")
    subprocess.run([flite, "-voice", voice, "-t", text, "-o", str(path)], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    """About 12 seconds of speech."""
    folder = tmp_path_factory.mktemp("speech")
    text = f"{ARTICLE_1} {ARTICLE_3}"
    return Speech(speak(text, folder / "articles.wav"), text)
