"""The whole public archive in one file, unpacked by programs that are not ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import webvtt

from onrecord.errors import LockedError
from onrecord.events.lists import read_list
from onrecord.files import write_text
from onrecord.locks import lock
from onrecord.site.exchange.dump import NAME, folder_of, refresh
from onrecord.site.urls import Urls

BASE = "https://archive.example.org/talks"


def made(bench: Any) -> Path:
    """The dump of what is public now."""
    return refresh(bench.view(), Urls("/", BASE))


def test_dump_holds_all_that_is_public_and_nothing_else(full: Any, tmp_path: Path) -> None:
    """Unpacked by tar itself: records, transcripts, recordings' lists, a word to whoever finds it."""
    assert shutil.which("tar")
    subprocess.run(["tar", "-xzf", made(full), "-C", tmp_path], check=True)
    root = tmp_path / "archive"
    assert sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()) == [
        "README.txt", "archive.json", "events/called-off.json", "events/the-film.json",
        "events/the-meeting.json", "events/the-sound.json", "pyvideo/category.json",
        "pyvideo/videos/the-film.part-1.json", "pyvideo/videos/the-sound.part-1.json", "series.json",
        "speakers.json", "tags.json", "transcripts/the-film/part-1.en.json", "transcripts/the-film/part-1.en.vtt",
        "transcripts/the-sound/part-1.en.json", "transcripts/the-sound/part-1.en.vtt",
        "transcripts/the-sound/part-1.uk.json", "transcripts/the-sound/part-1.uk.vtt",
    ]  # fmt: skip
    assert json.loads((root / "events/the-film.json").read_text())["title"] == "The film: <Rights> & duties"
    captions = webvtt.read(str(root / "transcripts/the-film/part-1.en.vtt"))
    assert [caption.voice for caption in captions] == ["Anna Example", "Witness B"]
    assert len(read_list(root / "pyvideo").rows) == 2
    text = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    for word in (b"Hiddenname", b"Hushed", b"Unready", b"Lost reading", b"kzt0Qp1V"):
        assert word not in text


def test_dump_is_the_same_to_the_byte_whether_it_is_made_anew_or_mended(bench: Any) -> None:
    """What has not changed is copied from the file of the last time; the bytes are those of a new one."""
    for name in ("a", "b", "c"):
        bench.event(name, '[[recordings]]\nid = "part-1"\npublish = "yes"', title=f"Talk {name}")
        bench.transcript(name, "part-1.en", f"c1 0 2 Anna: The words of {name}.")
    for path in bench.root.rglob("*"):
        os.utime(path, (1_790_000_000, 1_790_000_000))  # what was written this moment is read again
    first = made(bench).read_bytes()
    inode = made(bench).stat().st_ino
    assert made(bench).stat().st_ino == inode  # nothing has changed: nothing is written
    bench.transcript("b", "part-1.en", "c1 0 2 Anna: Other words.")
    mended = made(bench).read_bytes()
    assert mended != first
    shutil.rmtree(folder_of(bench.archive))
    assert made(bench).read_bytes() == mended
    (bench.archive.events / "c.toml").unlink()
    with tarfile.open(made(bench)) as file:
        assert "archive/events/a.json" in file.getnames() and "archive/events/c.json" not in file.getnames()


@pytest.mark.parametrize("how", ["index gone", "index damaged", "file cut short", "file gone"])
def test_dump_that_is_damaged_is_made_again(bench: Any, how: str) -> None:
    """Both are derived."""
    bench.event("a", "", title="Talk a")
    path = made(bench)
    whole = path.read_bytes()
    index = folder_of(bench.archive) / "members.json"
    if how == "index gone":
        index.unlink()
    elif how == "index damaged":
        write_text(index, '{"size": 1, "members": [[1]]}')
    elif how == "file cut short":
        path.write_bytes(whole[:-1])
    else:
        path.unlink()
    assert made(bench).read_bytes() == whole


def test_dump_is_made_by_one_at_a_time(bench: Any) -> None:
    """The other is told so, and the site says to come back."""
    bench.event("a", "", title="Talk a")
    with lock(bench.archive, "dump"):
        with pytest.raises(LockedError):
            made(bench)
        with bench.client(watch=False) as client:
            answer = client.get(f"/{NAME}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_dump_is_served_by_range_to_any_site(bench: Any) -> None:
    """A download that broke off goes on."""
    bench.event("a", "", title="Talk a")
    with bench.client(watch=False) as client:
        whole = client.get(f"/{NAME}", headers={"accept-encoding": "identity"})
        part = client.get(f"/{NAME}", headers={"range": "bytes=10-19"})
    assert (whole.headers["content-type"], whole.headers["access-control-allow-origin"]) == (
        "application/gzip",
        "*",
    )
    assert (part.status_code, part.content) == (206, whole.content[10:20])
