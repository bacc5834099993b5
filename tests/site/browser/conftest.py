"""What the tests in a real browser share: Debian's Chromium on the real site, over an archive built by the real
code.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import imageio_ffmpeg
import pytest

from onrecord.archive import Archive, create_archive
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.media.originals import accept
from onrecord.media.renditions import render
from onrecord.timecode import clock
from onrecord.transcripts.library import Library
from onrecord.transcripts.vtt import read_vtt

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENGLISH = """
Anna Example: All human beings are born free and equal in dignity and rights.
Anna Example: They are endowed with reason and should act towards one another in a spirit of brotherhood.
Borys Pryklad: Everyone has the right to life, liberty and security of person.
Borys Pryklad: No one shall be held in slavery or servitude; slavery and the slave trade shall be prohibited.
Anna Example: No one shall be subjected to torture or to cruel, inhuman or degrading treatment or punishment.
Anna Example: Everyone has the right to recognition everywhere as a person before the law.
Borys Pryklad: All are equal before the law and are entitled without any discrimination to equal protection.
Borys Pryklad: Everyone has the right to an effective remedy by the competent national tribunals.
Anna Example: No one shall be subjected to arbitrary arrest, detention or exile.
Anna Example: Everyone has the right to freedom of movement and residence within the borders of each state.
Borys Pryklad: Everyone has the right to seek and to enjoy in other countries asylum from persecution.
Borys Pryklad: Everyone has the right to a nationality.
Anna Example: Everyone has the right to own property alone as well as in association with others.
Anna Example: Everyone has the right to freedom of thought, conscience and religion.
Borys Pryklad: Everyone has the right to freedom of peaceful assembly and association.
Borys Pryklad: Everyone has the right to education.
"""
UKRAINIAN = """
Anna Example: Всі люди народжуються вільними і рівними у своїй гідності та правах.
Anna Example: Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.
Borys Pryklad: Кожна людина має право на життя, на свободу і на особисту недоторканність.
"""
LENGTH = 90  # seconds of the recordings


def vtt(text: str, language: str, *, step: int, status: str, kind: str = "original", unsure: str = "") -> str:
    """A transcript with a cue for each line of `text`, every `step` milliseconds; each word has its time."""
    head = ["onrecord 1", f"language: {language}", f"kind: {kind}", f"status: {status}",
            "engine: pocketsphinx 5.1.1",
            "made: 2026-11-20T10:00:00Z", "next-id: 900"]  # fmt: skip
    if status == "reviewed":
        head += ["reviewed: 2026-11-21T10:00:00Z"]
    blocks = ["WEBVTT", "NOTE\n" + "\n".join(head)]
    for number, line in enumerate(text.strip().splitlines()):
        speaker, _, said = line.partition(": ")
        start, words = number * step, said.split()
        share = (step - 500) // len(words)
        marked = [f"<c.unsure>{word}</c>" if word == unsure else word for word in words]
        timed = marked[0] + "".join(
            f" <{clock(start + index * share)}>{word}" for index, word in enumerate(marked) if index
        )
        times = f"{clock(start)} --> {clock(start + step - 400)}"
        blocks.append(f"c{number + 1}\n{times}\n<v {speaker}>{timed}")
    return "\n\n".join(blocks) + "\n"


def make_file(path: Path, *, video: bool) -> Path:
    """A recording with a soft tone, and a still picture."""
    picture = [
        "-f",
        "lavfi",
        "-i",
        f"color=c=0x334455:s=320x180:r=5:d={LENGTH}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]
    sound = ["-f", "lavfi", "-i", f"sine=f=220:r=16000:d={LENGTH}"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *sound]
    command += [*picture, "-pix_fmt", "yuv420p"] if video else []
    subprocess.run([*command, "-c:a", "aac", "-b:a", "32k", str(path)], check=True)
    return path


def build(root: Path) -> Archive:
    """An archive with every kind of page that a reader can come to."""
    archive = create_archive(root, "Rights on Record")
    archive.settings_file.write_text(
        'format = 1\ntitle = "Rights on Record"\nsummary = "Discussions, recorded and written down."\n'
        'contact = "archive@example.org"\n[publish]\nplatform-players = true\n',
        encoding="utf-8",
    )
    archive = Archive(archive.root)
    registry = Registry(archive)
    people = [
        {
            "id": "anna-example",
            "name": "Anna Example",
            "role": "Reader",
            "consent": "yes",
            "bio": "A *made-up* reader.",
        },
        {"id": "borys-pryklad", "name": "Borys Pryklad", "role": "Reader", "consent": "yes"},
    ]
    shared = {"timezone": "Europe/Kyiv", "visibility": "public", "speakers": people, "series": "Read aloud",
              "tags": ["human rights"], "licence": "CC0-1.0"}  # fmt: skip
    read_aloud = registry.add({
        **shared, "title": "The Declaration, read aloud", "slug": "read-aloud", "starts": "2026-11-20 18:00",
        "summary": "Two readers take turns.", "description": "An hour of *reading*.",
        "languages": ["en", "uk"],
        "agenda": [{"at": "00:00:00", "title": "Dignity"}, {"at": "00:00:40", "title": "Freedom"}],
        "links": [{"label": "The text", "url": "https://example.org/text", "kind": "document"}],
        "recordings": [{"id": "part-1", "title": "The reading", "publish": True, "transcript": "draft",
                        "source": "https://youtu.be/zq-Ab_3dEfG"}],
    })  # fmt: skip
    sound = registry.add({
        **shared, "title": "Вільними і рівними", "slug": "sound-only", "starts": "2026-10-02 18:00",
        "languages": ["uk"],
        "recordings": [{"id": "part-1", "publish": True, "transcript": "reviewed"}],
    })  # fmt: skip
    in_parts = registry.add({
        **shared, "title": "In two parts", "slug": "in-parts", "starts": "2026-09-20 18:00", "languages": ["en"],
        "agenda": [{"at": "00:00:00", "title": "Welcome"}, {"at": "00:00:30", "title": "Rights"},
                   {"at": "00:00:10", "title": "Questions", "recording": "part-2"}],
        "links": [{"label": "A letter", "url": "https://example.org/letter", "kind": "letter",
                   "archived": "https://archive.example.org/letter"}],
        "recordings": [{"id": "part-1", "publish": True, "transcript": "reviewed"},
                       {"id": "part-2", "publish": True, "transcript": "reviewed"}],
    })  # fmt: skip
    registry.add({**shared, "title": "Who keeps the record?", "slug": "coming", "starts": "2026-12-03 18:30"})
    registry.add(
        {
            **shared,
            "title": "No such evening",
            "slug": "off",
            "starts": "2026-12-09 18:30",
            "cancelled": "Ill.",
        }
    )
    registry.add({**shared, "title": "Held elsewhere", "slug": "elsewhere", "starts": "2026-09-02 18:00",
                  "recordings": [{"id": "part-1", "publish": True, "source": "https://vimeo.com/76979871"}]})  # fmt: skip
    registry.add({**shared, "title": "Taken back", "slug": "taken-back", "starts": "2026-01-02 18:00",
                  "withdrawn": "Taken back at the wish of a speaker."})  # fmt: skip
    library = Library(archive)
    for event, video in ((read_aloud, True), (sound, False), (in_parts, False)):
        file = make_file(root.parent / f"{event.slug}.{'mp4' if video else 'm4a'}", video=video)
        for recording in event.recordings:
            accept(archive, event.stem, recording.id, file, source=str(file), tool="test")
            render(archive, event, recording)
    ukrainian = vtt(UKRAINIAN, "uk", step=5000, status="reviewed", kind="translation")
    english = vtt(ENGLISH, "en", step=5500, status="machine", unsure="servitude;")
    former = english + "\nc20\n00:00:33.200 --> 00:00:38.000\n<v Borys Pryklad>What a correction took away.\n"
    reviewed = vtt("\n".join(ENGLISH.strip().splitlines()[:6]), "en", step=5500, status="reviewed")
    for event, recording_id, text in (
        (read_aloud, "part-1", former), (read_aloud, "part-1", english), (read_aloud, "part-1", ukrainian),
        (sound, "part-1", vtt(UKRAINIAN, "uk", step=5000, status="reviewed")),
        (in_parts, "part-1", reviewed), (in_parts, "part-2", reviewed),
    ):  # fmt: skip
        with lock(archive, event.stem, doing="a test"):
            library.save(event.stem, recording_id, read_vtt(text).transcript)
    return archive


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The archive that all these tests read."""
    return build(tmp_path_factory.mktemp("browser") / "archive")


@dataclass
class Site:
    """The running site, and every path that has a page of its own."""

    base: str
    paths: tuple[str, ...] = (
        "", "events/", "events/read-aloud/", "events/sound-only/", "events/in-parts/", "embed/read-aloud/",
        "events/coming/", "events/off/",
        "events/elsewhere/", "speakers/",
        "speakers/anna-example/", "series/read-aloud/", "tags/human-rights/", "search/", "search/?q=dignity",
        "search/?q=zzyzx", "about/", "events/taken-back/", "nothing-here/",
    )  # fmt: skip


@pytest.fixture(scope="session")
def site(archive: Archive, serve: Callable[[Any], AbstractContextManager[str]]) -> Iterator[Site]:
    """The real application behind a real server, in a thread of its own."""
    with serve(SimpleNamespace(archive=archive, now=NOW)) as address:
        yield Site(address)


@pytest.fixture(scope="module")
def browser(chromium: Callable[[], AbstractContextManager[Any]]) -> Iterator[playwright.Browser]:
    """Debian's Chromium, for one module: Playwright can be started but once at a time."""
    with chromium() as opened:
        yield opened


@dataclass
class Visit:
    """A page, and what went over the wire and into the console while it was open."""

    page: playwright.Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def media(self, expression: str) -> object:
        """A property of the player."""
        return self.page.eval_on_selector("video, audio", f"player => player.{expression}")

    def until(self, expression: str, seconds: float = 60) -> None:
        """Waits until an expression is true; by itself, since the page's policy forbids Playwright's own."""
        end = time.monotonic() + seconds
        while not self._is(expression):
            assert time.monotonic() < end, f"this did not come true: {expression}"
            self.page.wait_for_timeout(50)

    def _is(self, expression: str) -> bool:
        """Whether an expression is true now; false while one page gives way to another."""
        try:
            return bool(self.page.evaluate(expression))
        except Exception as error:
            if "because of a navigation" not in str(error):
                raise
            return False

    def open(self, address: str) -> None:
        """Opens an event's page and waits until its scripts are at work, its letters stand where they will stand, and
        the player knows its length.
        """
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready=event]")
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.until("document.querySelector('video, audio').readyState >= 1")

    def play(self) -> None:
        """Lets the player play, as a press of its own button does."""
        self.page.eval_on_selector("video, audio", "player => player.play()")

    def heard(self, start: float, end: float | None = None) -> None:
        """Waits until a stretch that begins at `start` was played, to `end` where that is given, and the player rests
        there. What was played stays known, however late anybody asks.
        """
        self.until(
            f"""(player => [...Array(player.played.length).keys()].some(index =>
              Math.abs(player.played.start(index) - {start}) < 0.05)
              && {"true" if end is None else f"player.paused && Math.abs(player.currentTime - {end}) < 0.02"}
            )(document.querySelector('video, audio'))"""
        )

    def sentence_now(self) -> str:
        """The sentence that is shown as the one being spoken."""
        return " ".join(self.page.locator(".s.now").all_inner_texts())

    def lit(self, name: str) -> list[str]:
        """The words that a highlight of the page marks."""
        found: list[str] = self.page.evaluate(
            """name => [...CSS.highlights.get(name) ?? []].map(range => {
              const live = document.createRange();
              live.setStart(range.startContainer, range.startOffset);
              live.setEnd(range.endContainer, range.endOffset);
              return live.toString();
            })""",
            name,
        )
        return found

    def select(self, anchor: str, words: str, last_anchor: str = "", last_words: str = "") -> None:
        """Selects words of a cue with the mouse's result, or from them to words of another."""
        self.page.evaluate(
            """([first, words, last, ending]) => {
              const place = (id, text, atEnd) => {
                const walker = document.createTreeWalker(document.getElementById(id), NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                  const at = walker.currentNode.data.indexOf(text);
                  if (at >= 0) return [walker.currentNode, at + (atEnd ? text.length : 0)];
                }
              };
              const [a, from] = place(first, words, false);
              const [b, to] = place(last || first, ending || words, true);
              getSelection().setBaseAndExtent(a, from, b, to);
            }""",
            [anchor, words, last_anchor, last_words],
        )


Visiting = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture
def visiting(browser: playwright.Browser) -> Visiting:
    """Opens a fresh window with settings of its own."""

    @contextmanager
    def opened(**settings: object) -> Iterator[Visit]:
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        visit = Visit(context.new_page())
        visit.page.set_default_timeout(60_000)
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on(
            "console",
            lambda message: (
                visit.complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        try:
            yield visit
        finally:
            context.close()

    return opened


@pytest.fixture
def visit(visiting: Visiting) -> Iterator[Visit]:
    """A fresh window of 1440 by 900."""
    with visiting(viewport={"width": 1440, "height": 900}) as opened:
        yield opened
