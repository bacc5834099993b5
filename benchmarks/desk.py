"""Readers while organisers work: 500 people open pages and seek in recordings, others publish and correct, the worker writes.

    python benchmarks/desk.py [READERS] [SECONDS]

An archive of 60 made-up events with transcripts of 300 cues is built in a temporary folder; two of them have a
recording of five minutes. The server is the real one with its worker, asked over loopback by one other process: each
reader has a connection of their own, opens a page, then asks for pieces of 256 KiB at random places, with a pause of
one to three seconds between. Two organisers use the desk as a browser does, a form every two seconds or so; every ten seconds
the static site is written. Prints errors, times of pages and pieces, and the memory of the server.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import wave
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import imageio_ffmpeg
from pages import build

from onrecord.accounts import links
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.events.registry import Registry
from onrecord.media.originals import accept
from onrecord.media.renditions import render
from onrecord.site.desk.front import PARTS
from onrecord.site.export.run import publish

EVENTS, MEDIA, MINUTES = 60, 2, 5
PIECE = 256 << 10
PASSWORD = "seven quiet herons at noon"  # noqa: S105 - of people who do not exist


@dataclass
class Seen:
    """What readers met: seconds of each answer by kind, and what went wrong."""

    pages: list[float] = field(default_factory=list)
    searches: list[float] = field(default_factory=list)
    pieces: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0


def prepare(root: Path) -> Archive:
    """The archive, with two recordings and a static site."""
    archive = build(root, EVENTS)
    tone = root.parent / "tone.wav"
    with wave.open(str(tone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        second = os.urandom(32000)  # noise: a tone would be packed into nothing
        for _ in range(MINUTES * 60):
            file.writeframes(second)
    sound = root.parent / "tone.m4a"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        str(tone),
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        str(sound),
    ]
    subprocess.run(command, check=True)
    tone.unlink()
    for event in Registry(archive).scan().events[:MEDIA]:
        accept(archive, event.stem, "part-1", sound, source="tone.m4a", tool="benchmark")
        recording = event.recording("part-1")
        assert recording is not None
        render(archive, event, recording)
    publish(archive, now=datetime.now(UTC).replace(microsecond=0), search=False)
    return archive


# Readers


class Reader:
    """One person with one connection that stays open."""

    def __init__(self, port: int, number: int, media: list[tuple[str, int]], seen: Seen) -> None:
        self.port, self.media, self.seen = port, media, seen
        self.random = random.Random(number)  # noqa: S311 - chance, no secret

    async def read(self, until: float) -> None:
        """Opens pages and seeks until a time."""
        await asyncio.sleep(self.random.uniform(0, 3))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        try:
            while time.perf_counter() < until:
                number = self.random.randrange(EVENTS)
                await self._ask(reader, writer, f"/events/{self._slug(number)}/", self.seen.pages)
                if self.random.random() < 0.1:
                    await self._pause()
                    word = self.random.choice(["liberty", "security", "everyone right", "person life"])
                    await self._ask(reader, writer, f"/search/?{urlencode({'q': word})}", self.seen.searches)
                path, size = self.random.choice(self.media)
                for _ in range(5):
                    await self._pause()
                    if time.perf_counter() >= until:
                        break
                    await self._ask(
                        reader, writer, path, self.seen.pieces, self.random.randrange(size - PIECE)
                    )
        except (OSError, asyncio.IncompleteReadError) as error:
            self.seen.errors.append(f"{type(error).__name__} {error}")
        finally:
            writer.close()

    async def _pause(self) -> None:
        await asyncio.sleep(self.random.uniform(1, 3))

    @staticmethod
    def _slug(number: int) -> str:
        from datetime import date, timedelta

        return f"{date(2000, 1, 1) + timedelta(days=number)}-talk-{number}"

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        path: str,
        times: list[float],
        at: int | None = None,
    ) -> None:
        piece = f"Range: bytes={at}-{at + PIECE - 1}\r\n" if at is not None else ""
        began = time.perf_counter()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{piece}\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        match = re.search(rb"content-length: (\d+)", head)
        length = int(match[1]) if match else 0
        if length:
            await reader.readexactly(length)
        times.append(time.perf_counter() - began)
        self.seen.bytes += length
        status = int(head.split(b" ", 2)[1])
        right = status == (206 if at is not None else 200) and (at is None or length == PIECE)
        if not right:
            self.seen.errors.append(f"{status} {path.partition('?')[0]} {length}")


async def crowd(port: int, count: int, seconds: float, media: list[tuple[str, int]]) -> Seen:
    """All readers at once."""
    seen = Seen()
    until = time.perf_counter() + seconds
    await asyncio.gather(*(Reader(port, number, media, seen).read(until) for number in range(count)))
    return seen


# Organisers


class Organiser:
    """Somebody at the desk, as a browser sends it: pages, and the forms that are on them."""

    def __init__(self, port: int, link: str, name: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.errors: list[str] = []
        self.times: list[float] = []
        self.post(link, {"name": name, "password": PASSWORD, "again": PASSWORD})

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """One request; the cookie is kept."""
        headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.close()  # a server may close one that was idle just when it is used again
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.times.append(time.perf_counter() - began)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 400 and answer.status != 409:
            self.errors.append(f"{answer.status} {method} {path.partition('?')[0]}")
        return answer.status, text

    def get(self, path: str) -> str:
        """A page."""
        return self.ask("GET", path)[1]

    def post(self, path: str, fields: dict[str, str]) -> int:
        """A form."""
        return self.ask("POST", path, urlencode(fields))[0]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


def publishing(organiser: Organiser, stop: threading.Event, done: list[int]) -> None:
    """Publishes one event after the other again, and looks at lists between; every ten seconds the static site too."""
    last, number = time.monotonic(), 0
    while not stop.is_set():
        stem = Reader._slug(number % EVENTS)
        organiser.get("/desk/")
        policy = "draft" if number % 2 else "reviewed"
        page = organiser.get(
            f"/desk/events/{stem}/publish?visibility=public&sound=recording&transcript={policy}"
        )
        done[0] += organiser.post(f"/desk/events/{stem}/publish", hidden(page)) == 303
        organiser.get("/desk/jobs/")
        stop.wait(2)
        if time.monotonic() - last > 10:
            organiser.post("/desk/publishing/", {})
            last = time.monotonic()
        number += 1


def correcting(organiser: Organiser, stop: threading.Event, done: list[int]) -> None:
    """Corrects one paragraph after the other, in the form that works without scripts."""
    number = 0
    while not stop.is_set():
        here = f"/desk/events/{Reader._slug(number % EVENTS)}/transcripts/part-1.en/"
        keys = re.findall(rf'{here}paragraphs/([^/"]+)/', organiser.get(here))
        if not keys:
            organiser.errors.append(f"no paragraph at {here}")
            return
        page = organiser.get(f"{here}paragraphs/{keys[number % len(keys)]}/")
        match = re.search(r'<form[^>]*action="[^"]*/text".*?</form>', page, re.DOTALL)
        if match is None:
            organiser.errors.append(f"no form at {here}")
            return
        text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", match[0], re.DOTALL)
        assert text is not None
        words = unescape(text[1]).replace("liberty", "freedom") + ("!" if number % 2 else "")
        done[0] += organiser.post(f"{here}text", {**hidden(match[0]), "text": words}) == 303
        number += 1
        stop.wait(2)


def memory(process: int) -> dict[str, int]:
    """The memory of a process in MB: now, and at its most."""
    text = Path(f"/proc/{process}/status").read_text()
    found = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", text))
    return {name: int(value) >> 10 for name, value in found.items()}


def line(name: str, times: list[float]) -> str:
    """Middle, 99th percentile and longest, in milliseconds."""
    ordered = sorted(times) or [0.0]
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    told = (("p50", middle), ("p99", late), ("most", ordered[-1]))
    return f"{name:<28} {len(times):>7}" + "".join(
        f"   {word} {1000 * value:7.1f} ms" for word, value in told
    )


def main() -> None:
    """Builds, serves, asks, prints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 40.0
    with tempfile.TemporaryDirectory() as folder:
        archive = prepare(Path(folder) / "archive")
        database = Database(archive, *PARTS)
        with database.writing() as connection:
            doors = [
                links.make(connection, "invitation", datetime.now(UTC), role="organiser") for _ in range(2)
            ]
        media = []
        for event in Registry(archive).scan().events[:MEDIA]:
            recording = event.recording("part-1")
            assert recording is not None
            media.append((f"/media/{event.slug}/part-1.m4a", render(archive, event, recording).size))
        command = [sys.executable, "-m", "onrecord", "serve", "-C", str(archive.root), "--port", "0"]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        try:
            assert server.stdout is not None
            match = re.search(r":(\d+) ", server.stdout.readline())
            assert match is not None
            port = int(match[1])
            people = [Organiser(port, f"/desk/join/{door}", f"Organiser {n}") for n, door in enumerate(doors)]
            time.sleep(3)  # the index is made
            idle = memory(server.pid)
            stop, published, corrected = threading.Event(), [0], [0]
            threads = [
                threading.Thread(target=publishing, args=(people[0], stop, published)),
                threading.Thread(target=correcting, args=(people[1], stop, corrected)),
            ]
            for thread in threads:
                thread.start()
            began = time.perf_counter()
            seen = asyncio.run(crowd(port, count, seconds, media))
            spent = time.perf_counter() - began
            busy = memory(server.pid)
            stop.set()
            for thread in threads:
                thread.join()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        database.close()
    errors = [*seen.errors, *people[0].errors, *people[1].errors]
    print(
        f"{count} readers for {spent:.0f} s; {published[0]} events published, {corrected[0]} paragraphs corrected"
    )
    print(line("pages", seen.pages))
    print(line("searches", seen.searches))
    print(line("pieces of 256 KiB", seen.pieces))
    print(line("pages and forms of the desk", [*people[0].times, *people[1].times]))
    print(
        f"{seen.bytes / spent / 1e6:.0f} MB/s, {(len(seen.pages) + len(seen.pieces) + len(seen.searches)) / spent:.0f} answers/s"
    )
    print(
        f"memory of the server: {idle['VmRSS']} MB at rest, {busy['VmRSS']} MB at the end, {busy['VmHWM']} MB at most"
    )
    print(f"errors: {len(errors)}" + "".join(f"\n  {error}" for error in sorted(set(errors))[:10]))


if __name__ == "__main__":
    main()
