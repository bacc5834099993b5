"""What the tests of the targets share: a static site of a few files."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from onrecord.archive import Archive


@pytest.fixture
def site(archive: Archive) -> Callable[[dict[str, str]], None]:
    """Makes the static site hold these files and nothing else."""

    def write(files: dict[str, str]) -> None:
        shutil.rmtree(archive.site, ignore_errors=True)
        for name, text in files.items():
            path = archive.site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write
