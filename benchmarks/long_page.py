"""The page of a long discussion in a real browser: does it scroll and follow without a hitch?

    python benchmarks/long_page.py [WORDS] [--keep FOLDER]

A recording of three hours with a transcript of 30,000 words (or WORDS), each with its time, is put into a
temporary archive and served. Chromium opens its page, plays, scrolls, jumps, finds a common word and selects;
its own trace says how long the main thread was busy at a time. A task over 50 ms is one that a reader can
feel (W3C Long Tasks). The weight of the page of a one-hour discussion is measured too.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import uvicorn
from playwright.sync_api import Page, sync_playwright

from onrecord.archive import Archive, create_archive
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.media.originals import accept
from onrecord.media.renditions import render
from onrecord.site.app import create_app
from onrecord.timecode import clock
from onrecord.transcripts.library import Library
from onrecord.transcripts.vtt import read_vtt

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
HOURS, LONG_MS = 3, 50
ARTICLES = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience "
    "and should act towards one another in a spirit of brotherhood. Everyone has the right to life, liberty and "
    "security of person. No one shall be held in slavery or servitude; slavery and the slave trade shall be "
    "prohibited in all their forms. Everyone has the right to recognition everywhere as a person before the law. "
    "All are equal before the law and are entitled without any discrimination to equal protection of the law. "
    "No one shall be subjected to arbitrary arrest, detention or exile. Everyone has the right to freedom of "
    "movement and residence within the borders of each state. Everyone has the right to seek and to enjoy in other "
    "countries asylum from persecution. Everyone has the right to freedom of opinion and expression."
)


def transcript(words: int, length: int) -> str:
    """A transcript of so many words over `length` milliseconds: cues of ten words, turns of two minutes at most."""
    chance = random.Random(7)  # noqa: S311 - made-up talk, no secret
    spoken = ARTICLES.split()
    head = "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: machine\nengine: pocketsphinx\n"
    blocks = [head + "made: 2026-11-20T10:00:00Z\nnext-id: 99999"]
    step = length / words
    speaker = turn_ends = 0
    for number, first in enumerate(range(0, words, 10), 1):
        if first >= turn_ends:
            speaker, turn_ends = (speaker + 1) % 4, first + chance.randrange(40, 320)
        said = [spoken[index % len(spoken)] for index in range(first, min(first + 10, words))]
        text = said[0]
        for index, word in enumerate(said[1:], 1):
            mark = f"<c.unsure>{word}</c>" if chance.random() < 0.03 else word
            text += f" <{clock(int((first + index) * step))}>{mark}"
        times = f"{clock(int(first * step))} --> {clock(int((first + len(said)) * step) - 1)}"
        blocks.append(f"c{number}\n{times}\n<v Person {speaker}>{text}")
    return "\n\n".join(blocks) + "\n"


def build(root: Path, words: int) -> Archive:
    """An archive with the long discussion, and one of an hour."""
    archive = create_archive(root, "Benchmark")
    registry = Registry(archive)
    library = Library(archive)
    for slug, hours, count in (("long", HOURS, words), ("hour", 1, 9000)):
        chapters = [
            {"at": clock(60_000 * minute), "title": f"Chapter {minute}"}
            for minute in range(0, 60 * hours, 12)
        ]
        event = registry.add({
            "title": f"A discussion of {hours} h", "slug": slug, "starts": "2026-10-01 18:00", "timezone": "Europe/Kyiv",
            "visibility": "public", "agenda": chapters, "languages": ["en"],
            "speakers": [{"name": f"Person {number}", "consent": "yes"} for number in range(4)],
            "recordings": [{"id": "part-1", "publish": True, "transcript": "draft"}],
        })  # fmt: skip
        sound = root.parent / f"{slug}.m4a"
        seconds = 3600 * hours
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i",
             f"anullsrc=r=24000:cl=mono:d={seconds}", "-c:a", "aac", "-b:a", "16k", str(sound)],
            check=True,
        )  # fmt: skip
        accept(archive, event.stem, "part-1", sound, source=str(sound), tool="benchmark")
        render(archive, event, event.recordings[0])
        with lock(archive, event.stem, doing="benchmark"):
            library.save(event.stem, "part-1", read_vtt(transcript(count, 1000 * seconds)).transcript)
    return archive


@dataclass(frozen=True)
class Phase:
    """What the main thread did while a reader did something: tasks over 50 ms, and the longest, in ms."""

    name: str
    tasks: int
    over: int
    longest: float
    longest_cpu: float  # the same without the time in which other programs had the processor


def phases(trace: Path, marks: list[str]) -> list[Phase]:
    """The tasks of the page's main thread between the marks."""
    events: list[dict[str, Any]] = json.loads(trace.read_text())["traceEvents"]
    placed = {
        one["name"]: one for one in events if one.get("cat") == "blink.user_timing" and one["name"] in marks
    }
    thread = placed[marks[0]]["pid"], placed[marks[0]]["tid"]
    tasks = [
        one for one in events
        if (one["pid"], one["tid"]) == thread and one.get("ph") == "X" and one["name"].endswith("RunTask")
    ]  # fmt: skip
    started = [one["ts"] for one in events if one["name"] == "navigationStart" and one["pid"] == thread[0]]
    times = {"load": max(at for at in started if at < placed[marks[0]]["ts"])}
    times |= {name: placed[name]["ts"] for name in marks}
    found = []
    for name, following in pairwise(times):
        spent = [one for one in tasks if times[name] <= one["ts"] < times[following]]
        wall = [one["dur"] / 1000 for one in spent]
        busy = [one.get("tdur", one["dur"]) / 1000 for one in spent]
        found.append(
            Phase(
                name, len(spent), sum(ms > LONG_MS for ms in wall), max(wall, default=0), max(busy, default=0)
            )
        )
    return found


def visit(page: Page, address: str) -> list[str]:
    """What a reader does on the page; the names of the marks, in order."""
    marks: list[str] = []

    def doing(name: str) -> None:
        page.evaluate("name => performance.mark(name)", name)
        marks.append(name)

    def play_at(hours: float) -> None:
        page.eval_on_selector(
            "audio", "(player, at) => { player.currentTime = at; return player.play(); }", 3600 * hours
        )

    page.goto(address)
    page.wait_for_selector("html[data-ready=event]")
    page.wait_for_timeout(1500)
    doing("follow, beginning")
    play_at(0)
    page.wait_for_timeout(6000)
    doing("follow, end, at double speed")
    page.eval_on_selector("audio", "player => { player.playbackRate = 2; }")
    play_at(2.8)
    page.wait_for_timeout(6000)
    page.eval_on_selector("audio", "player => player.pause()")
    doing("scroll through")
    page.mouse.move(400, 500)
    for _ in range(120):
        page.mouse.wheel(0, -900)
        page.wait_for_timeout(25)
    doing("jump by the scroll bar")
    for share in (0.9, 0.1, 0.5, 0.99, 0.3):
        page.evaluate(
            "share => scrollTo({ top: document.body.scrollHeight * share, behavior: 'instant' })", share
        )
        page.wait_for_timeout(250)
    doing("open a passage")
    page.evaluate("location.hash = '#part-1&t=7200,7230'")
    page.wait_for_timeout(1000)
    page.eval_on_selector("audio", "player => player.pause()")
    doing("find a common word")
    page.locator("#find-part-1").fill("the")
    page.wait_for_timeout(2500)
    doing("step through hits")
    for _ in range(10):
        page.keyboard.press("Enter")
        page.wait_for_timeout(120)
    doing("walk by keys")
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('.s[tabindex=\"0\"]').focus()")
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown") * 5:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    doing("select and quote")
    page.keyboard.press("q")
    page.wait_for_timeout(500)
    page.keyboard.press("Escape")
    doing("end")
    return marks


def serve(archive: Archive) -> str:
    """The base address of a real server in a thread."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(archive), host="127.0.0.1", port=port, log_level="error")
    )
    threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{port}/"


def weight(page: Page, address: str) -> dict[str, int]:
    """Bytes of a page, packed with gzip as the server sends them, by kind."""
    found: dict[str, int] = {}

    def heard(answer: Any) -> None:
        kind = answer.request.resource_type
        if kind in ("document", "stylesheet", "script", "font"):
            body = answer.body()
            found[kind] = found.get(kind, 0) + (len(body) if kind == "font" else len(gzip.compress(body, 6)))

    page.on("response", heard)
    page.goto(address)
    page.wait_for_selector("html[data-ready=event]")
    page.wait_for_timeout(800)
    return found


def measure(archive: Archive, trace: Path, tell: Callable[[str], object]) -> None:
    """Prints the table."""
    base = serve(archive)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        browser.start_tracing(
            page=page, path=trace, categories=["toplevel", "blink.user_timing", "devtools.timeline"]
        )
        marks = visit(page, f"{base}events/long/")
        elements = page.evaluate("document.querySelectorAll('*').length")
        browser.stop_tracing()
        tell(f"{elements:,} elements on the page")
        for phase in phases(trace, marks):
            tell(
                f"| {phase.name} | {phase.tasks:,} | {phase.over} | {phase.longest:.0f} ms | {phase.longest_cpu:.0f} ms |"
            )
        weights = weight(browser.new_page(), f"{base}events/hour/")
        text = sum(size for kind, size in weights.items() if kind != "font")
        tell(f"one hour, packed: {text / 1000:.1f} kB {weights}")
        browser.close()


def main() -> None:
    """Reads the arguments, builds and measures."""
    parser = argparse.ArgumentParser(description=re.sub(r"\n.*", "", __doc__ or "", flags=re.DOTALL))
    parser.add_argument("words", nargs="?", type=int, default=30_000)
    parser.add_argument("--keep", type=Path, help="where the archive is made and left, to be measured again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        root = folder / "archive"
        archive = Archive(root) if root.exists() else build(root, given.words)
        measure(archive, folder / "trace.json", lambda text: sys.stdout.write(f"{text}\n"))


if __name__ == "__main__":
    main()
