"""What the tests of access share: an archive with every kind of page in every language of the interface, its
real server, and a real browser.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from onrecord.archive import create_archive
from onrecord.languages import INTERFACE
from onrecord.site import pages

ARTICLES = """
c1 0.0 5.0 Anna Example: All human beings are <00:00:02.000><c.unsure>born</c> <00:00:03.000>free and equal.
c2 5.0 9.0 Anna Example: They are endowed with reason and conscience.
c3 9.5 14.0 Borys Pryklad: Everyone has the right to life, liberty and security of person.
c4 14.5 19.0 Borys Pryklad: No one shall be held in slavery or servitude.
c5 20.0 24.0 Anna Example: Everyone has the right to recognition everywhere as a person before the law.
c6 24.5 28.0 Anna Example: All are equal before the law.
"""
UKRAINIAN = """
c1 0.0 5.0 Anna Example: Всі люди народжуються вільними і рівними у своїй гідності та правах.
c2 5.0 9.0 Anna Example: Вони наділені розумом і совістю.
c3 9.5 14.0 Borys Pryklad: Кожна людина має право на життя, на свободу і на особисту недоторканність.
"""
ARABIC = """
c1 0.0 5.0 Anna Example: يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.
c2 5.0 9.0 Anna Example: وقد وهبوا عقلًا وضميرًا وعليهم أن يعامل بعضهم بعضًا بروح الإخاء.
c3 9.5 14.0 Borys Pryklad: لكل فرد الحق في الحياة والحرية وسلامة شخصه.
"""
PEOPLE = """
[[speakers]]
id = "anna-example"
name = "Anna Example"
role = "Reader"
affiliation = "A made-up school"
bio = "A *made-up* reader."
consent = "yes"
[[speakers]]
id = "borys-pryklad"
name = "Borys Pryklad"
consent = "yes"
"""
RECORDING = '[[recordings]]\nid = "part-1"\npublish = "yes"\ntranscript = "draft"\n'


@dataclass(frozen=True)
class Kinds:
    """Where the archive is served, and a path of every kind of page."""

    base: str
    token: str
    paths: tuple[str, ...] = (
        "", "events/", "years/2025/", "events/rights/", "events/arabic/", "events/coming/", "events/off/", "events/elsewhere/",
        "speakers/", "speakers/anna-example/", "series/rights-read-aloud/", "tags/law/", "search/",
        "search/?q=equal", "search/?q=zzyzx", "about/", "events/gone/", "nothing-here/",
    )  # fmt: skip

    framed: tuple[str, ...] = ("embed/rights/", "embed/arabic/")  # pages for the frames of others

    @property
    def few(self) -> tuple[str, ...]:
        """Those that differ most, for tests that go through many languages."""
        return ("", "events/rights/", "events/arabic/", "events/coming/", "speakers/", "search/", "search/?q=equal",
                "about/", "nothing-here/", f"unlisted/{self.token}/")  # fmt: skip

    @property
    def all(self) -> tuple[str, ...]:
        """Also that which no list names."""
        return (*self.paths, f"unlisted/{self.token}/")

    def at(self, path: str, language: str = "en") -> str:
        """The address of a path in a language; the first stands at the root."""
        return self.base + ("" if language == "en" else f"{language}/") + path


def fill(bench: Any, folder: Path) -> Any:
    """Puts an event of every kind into an archive."""
    bench.archive.settings_file.write_text(
        f'format = 1\ntitle = "Rights on Record"\nsummary = "Discussions, recorded and written down."\n'
        f'contact = "archive@example.org"\nlicence = "CC0-1.0"\ninterface = {json.dumps(INTERFACE)}\n'
        'languages = ["en", "uk", "ar"]\nabout = "An *archive* to try things with."\n'
        "[publish]\nplatform-players = true\n",
        encoding="utf-8",
    )
    bench.archive = type(bench.archive)(bench.root)
    shared = 'series = "Rights, read aloud"\ntags = ["law"]\n'
    agenda = 'agenda = [{ at = "00:00:00", title = "Dignity" }, { at = "00:00:20", title = "The law" }]\n'
    links = ('[[links]]\nlabel = "The text"\nurl = "https://example.org/text"\nkind = "document"\n'
             'language = "en"\narchived = "https://archive.example.org/text"\n')  # fmt: skip
    about = 'summary = "Two readers take turns."\ndescription = "An *hour* of reading."\n'
    bench.event(
        "rights", shared + about + agenda + 'languages = ["en", "uk"]\n' + PEOPLE + links
        + RECORDING + 'source = "https://youtu.be/zq-Ab_3dEfG"\n', title="The Declaration, read aloud",
    )  # fmt: skip
    bench.event("arabic", shared + 'languages = ["ar"]\nsummary = "قراءة بصوت عالٍ."\n' + PEOPLE + RECORDING,
                title="متساوون في الكرامة والحقوق")  # fmt: skip
    bench.event("coming", shared + bench.coming + 'join = "https://meet.example.org/x"\njoin_visibility = "public"\n',
                title="Who keeps the record?")  # fmt: skip
    bench.event("off", bench.coming + 'cancelled = "The reader is ill."\n', title="No such evening")
    bench.event("elsewhere", RECORDING + 'source = "https://vimeo.com/76979871"\n', title="Held elsewhere")
    bench.event(
        "older", 'starts = "2025-10-01 18:00"\ntimezone = "Europe/Kyiv"\n' + PEOPLE, title="A year before"
    )
    bench.event("gone", 'withdrawn = "Taken back at the wish of a speaker."\n', title="Taken back")
    bench.event("quiet", PEOPLE, title="A quiet talk", visibility="unlisted")
    bench.transcript("rights", "part-1.en", ARTICLES, status="machine")
    path = bench.transcript("rights", "part-1.uk", UKRAINIAN)
    path.write_text(
        path.read_text(encoding="utf-8").replace("kind: original", "kind: translation"), encoding="utf-8"
    )
    bench.transcript("arabic", "part-1.ar", ARABIC)
    for stem, video in (("rights", True), ("arabic", False)):
        bench.recording(stem, "part-1", _media(folder / f"{stem}.{'mp4' if video else 'm4a'}", video=video))
    return bench


def _media(path: Path, *, video: bool) -> Path:
    picture = ["-f", "lavfi", "-i", "color=c=0x334455:s=320x180:r=5:d=30", "-c:v", "libx264",
               "-preset", "ultrafast", "-pix_fmt", "yuv420p"]  # fmt: skip
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y",
               "-f", "lavfi", "-i", "sine=f=220:r=16000:d=30", *(picture if video else [])]  # fmt: skip
    subprocess.run([*command, "-c:a", "aac", "-b:a", "32k", str(path)], check=True)
    return path


@pytest.fixture(scope="session")
def filled(new_bench: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The archive that all these tests read."""
    folder = tmp_path_factory.mktemp("access")
    return fill(new_bench(create_archive(folder / "archive", "Rights on Record")), folder)


@pytest.fixture(scope="session")
def kinds(filled: Any, serve: Callable[[Any], AbstractContextManager[str]]) -> Iterator[Kinds]:
    """The archive as it is served."""
    token = filled.view().unlisted[0].token
    with pytest.MonkeyPatch.context() as patch, serve(filled) as base:
        patch.setattr(pages, "_ON_ONE_PAGE", 4)  # each year then has a page of its own
        yield Kinds(base, token)


@pytest.fixture(scope="module")
def browser(chromium: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """Debian's Chromium, closed with each module: only one can be driven at a time."""
    with chromium() as opened:
        yield opened
