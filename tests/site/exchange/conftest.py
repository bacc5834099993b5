"""An archive with something of every kind, made once: what its feeds, calendars and answers say is read by
programs that are not ours.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from onrecord.archive import create_archive
from onrecord.site.exchange.ways import Made, Ways
from onrecord.site.urls import Urls

BASE = "https://archive.example.org/talks"
TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"
FILM = "3b1f7a52-6d0c-4d7e-9a51-0f2c8e4b7d11"  # the film's id
CHANGED = 1_790_000_000  # 2026-09-21, the time of every event's file


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of moving picture with a tone."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y",
               "-f", "lavfi", "-i", "testsrc=duration=6:size=160x120:rate=10",
               "-f", "lavfi", "-i", "sine=frequency=330:duration=6",
               "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k",
               "-shortest", str(path)]  # fmt: skip
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="session")
def full(new_bench: Any, film: Path, tone: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The archive: a film with chapters, sound in two languages, an event to come, one called off, one that is
    not listed, one that was taken back.
    """
    bench = new_bench(create_archive(tmp_path_factory.mktemp("full") / "archive", "Rights & readings"))
    bench.settings(
        f'base-url = "{BASE}"\nsummary = "What was said, kept."\nlanguages = ["en", "uk"]\n'
        'licence = "CC BY 4.0"\ncontact = "archive@example.org"'
    )
    bench.event(
        "the-film",
        """
        starts = "2026-10-01 18:00"
        timezone = "Europe/Kyiv"
        duration = "1h30"
        aliases = ["old-film"]
        summary = "Two readers & <one> text; with, commas."
        description = "**Everyone** has duties.\\n\\nSee [the text](https://example.org/udhr?a=1&b=2).\\n"
        languages = ["en"]
        series = "Read aloud"
        tags = ["human rights", "reading, aloud"]
        agenda = [{ at = "00:00:00", title = "Duties" }, { at = "00:00:03", title = "Freedoms & rights" }]
        [[speakers]]
        id = "anna"
        name = "Anna Example"
        role = "Moderator"
        affiliation = "The Circle"
        bio = "Reads *slowly*."
        links = [{ label = "Page", url = "https://example.org/anna" }]
        [[speakers]]
        name = "Borys Hiddenname"
        shown_as = "Witness B"
        [[links]]
        label = "The letter"
        url = "https://example.org/letter"
        kind = "letter"
        archived = "https://web.archive.org/web/2026/https://example.org/letter"
        [[recordings]]
        id = "part-1"
        publish = "yes"
        """,
        title="The film: <Rights> & duties",
    )
    bench.transcript(
        "the-film",
        "part-1.en",
        "c1 0 2 Anna Example: Everyone has duties.\nc2 2 4 Borys Hiddenname: To the community & to <i>all</i>.",
    )
    bench.recording("the-film", "part-1", film, "film.mp4")
    bench.event(
        "the-sound",
        """
        starts = "2026-11-02 19:00"
        timezone = "America/St_Johns"
        languages = ["uk", "en"]
        series = "Read aloud"
        [[speakers]]
        id = "anna"
        name = "Anna Example"
        [[recordings]]
        id = "part-1"
        title = "First half"
        publish = "yes"
        [[recordings]]
        id = "part-2"
        publish = "no"
        """,
        title="Вільними і рівними за своєю гідністю народжуються всі люди",
    )
    bench.transcript("the-sound", "part-1.uk", "c1 0 3 Anna Example: Кожна людина має обов'язки.")
    path = bench.transcript("the-sound", "part-1.en", "c1 0 3 Anna Example: Everyone has duties.")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kind: original", "kind: translation"), encoding="utf-8")
    bench.recording("the-sound", "part-1", tone)
    bench.event(
        "the-meeting",
        """
        starts = "2026-12-01 18:00"
        timezone = "Europe/Kyiv"
        duration = "45m"
        summary = "Come and read."
        join = "https://meet.example.org/room?pwd=1,2;3"
        join_visibility = "public"
        tags = ["human rights"]
        """,
        title="A reading to come",
    )
    bench.event(
        "called-off",
        'starts = "2026-12-08 18:00"\ntimezone = "UTC"\ncancelled = "The reader is ill; another time."\n'
        'join = "https://meet.example.org/other"\njoin_visibility = "public"',
        title="A reading that is called off",
    )
    bench.event(
        "secret", f'private = {{ unlisted-token = "{TOKEN}" }}', visibility="unlisted", title="Hushed reading"
    )
    bench.event("gone", 'withdrawn = "Taken back at the wish of a speaker."', title="Lost reading")
    bench.event("draft", "", visibility="draft", title="Unready reading")
    file = bench.archive.events / "the-film.toml"
    file.write_text(file.read_text().replace("id-of-the-film", FILM), encoding="utf-8")
    for file in bench.archive.events.glob("*.toml"):
        os.utime(file, (CHANGED, CHANGED))
    return bench


@pytest.fixture(scope="session")
def ways(full: Any) -> Ways:
    """Everything that other programs read of it."""
    return Ways(full.view(), Urls("/", BASE))


@pytest.fixture(scope="session")
def read(ways: Ways) -> Callable[[str], bytes]:
    """What is answered at a path."""

    def answer(path: str) -> bytes:
        made = ways.find(path)
        assert isinstance(made, Made), path
        return made.body

    return answer
