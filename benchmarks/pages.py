"""Pages per second, rendered anew and kept; how long a change and a whole export take; how soon `--help`
answers.

    python benchmarks/pages.py [EVENTS]

An archive of EVENTS made-up events (default 100) with one transcript of 300 cues each is built in a
temporary folder. The server runs in a process of its own and is asked over loopback by plain sockets that
stay open.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from onrecord.archive import Archive, create_archive
from onrecord.site.export.run import publish
from onrecord.site.live import signature
from onrecord.site.publicindex import refresh
from onrecord.site.state import State
from onrecord.site.view import View
from onrecord.timecode import clock

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CUES = 300
WORDS = ["everyone", "has", "the", "right", "to", "life", "liberty", "and", "security", "of", "person"]


def build(root: Path, count: int) -> Archive:
    """An archive of `count` past events, each with a reviewed transcript with word times."""
    archive = create_archive(root, "Benchmark")
    cues = []
    for n in range(1, CUES + 1):
        start = n * 4000
        said = " ".join(f"<{clock(start + 300 * k)}>{word}" if k else word for k, word in enumerate(WORDS))
        speaker = f"Person {n // 12 % 3}"
        cues.append(f"c{n}\n{clock(start)} --> {clock(start + 3800)}\n<v {speaker}>{said}.")
    head = "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: reviewed\nnext-id: 400\n\n"
    transcript = head + "\n\n".join(cues) + "\n"
    for number in range(count):
        day = date(2000, 1, 1) + timedelta(days=number)
        stem = f"{day}-talk-{number}"
        (archive.events / f"{stem}.toml").write_text(
            f'format = 1\nid = "talk-{number}"\ntitle = "Talk number {number}"\n'
            'summary = "What it is about."\n'
            f'description = "Some *text* about it."\nstarts = "{day} 18:00"\ntimezone = "Europe/Kyiv"\n'
            f'visibility = "public"\nseries = "Series {number % 20}"\ntags = ["tag {number % 12}"]\n'
            + "".join(f'[[speakers]]\nid = "person-{k}"\nname = "Person {k}"\n' for k in range(3))
            + '[[recordings]]\nid = "part-1"\npublish = "yes"\n',
            encoding="utf-8",
        )
        folder = archive.transcripts(stem)
        folder.mkdir(parents=True)
        (folder / "part-1.en.vtt").write_text(transcript, encoding="utf-8")
    return archive


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rendered_anew(archive: Archive, pages: int = 60) -> float:
    """Event pages per second, from the files: reading the transcript, the gate, the template."""
    state = State(View(archive, NOW))
    paths = [f"events/{event.slug}/" for event in state.view.events[:pages]]
    state.find("about/")  # templates are compiled once
    return len(paths) / timed(lambda: [state.pages.find(path) for path in paths])


def rendered_again(archive: Archive, pages: int = 60) -> float:
    """The same page per second once its transcript has been read: the template alone."""
    state = State(View(archive, NOW))
    path = f"events/{state.view.events[0].slug}/"
    state.pages.find(path)
    return pages / timed(lambda: [state.pages.find(path) for _ in range(pages)])


def ask(port: int, path: str, until: float) -> int:
    """Asks for a page over one open connection until a time; how many answers came."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    answers = 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        length = 0
        held = b""
        while time.perf_counter() < until:
            connection.sendall(request)
            if not length:
                while b"\r\n\r\n" not in held:
                    held += connection.recv(1 << 16)
                head, _, held = held.partition(b"\r\n\r\n")
                match = re.search(rb"content-length: (\d+)", head.lower())
                assert match is not None and b" 200 " in head, head
                body = int(match[1])
                length = len(head) + 4 + body
                rest = body - len(held)
            else:
                rest = length - len(held)
            while rest > 0:
                rest -= len(connection.recv(min(rest, 1 << 16)))
            held = b""
            answers += 1
    return answers


def served(archive: Archive, path: str, seconds: float = 3.0, connections: int = 8) -> float:
    """Answers per second of the server, over loopback."""
    command = [sys.executable, "-m", "onrecord", "serve", "-C", str(archive.root), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            match = re.search(r":(\d+) ", server.stdout.readline())
            assert match is not None
            port = int(match[1])
            ask(port, path, time.perf_counter() + 1)
            until = time.perf_counter() + seconds
            with ThreadPoolExecutor(connections) as pool:
                return sum(pool.map(lambda _: ask(port, path, until), range(connections))) / seconds
        finally:
            server.send_signal(signal.SIGINT)


def help_time(*command: str, runs: int = 7) -> float:
    """The fastest of several runs, in seconds."""
    whole = [sys.executable, "-m", "onrecord", *command, "--help"]
    return min(timed(lambda: subprocess.run(whole, check=True, capture_output=True)) for _ in range(runs))


def main(count: int) -> None:
    """Prints one figure a line."""
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as folder:
        archive = build(Path(folder) / "archive", count)
        slug = f"{date(2000, 1, 1)}-talk-0"
        print(f"event page of {CUES} cues, from the files: {rendered_anew(archive):.0f} pages/s")
        print(f"event page of {CUES} cues, transcript in memory: {rendered_again(archive):.0f} pages/s")
        print(
            f"event page of {CUES} cues, kept, over HTTP: {served(archive, f'/events/{slug}/'):.0f} answers/s"
        )
        print(f"about page, kept, over HTTP: {served(archive, '/about/'):.0f} answers/s")
        first = View(archive, NOW)
        print(f"looking for changes, {count} events: {timed(lambda: signature(archive.root)):.3f} s")
        again = timed(lambda: View(archive, NOW, before=first))
        print(f"a new view after a change, {count} events: {again:.3f} s")
        for path in archive.hidden.glob("public.sqlite3*"):  # the server has made it already
            path.unlink()
        whole = timed(lambda: refresh(first, archive.public_index_file))
        print(f"public index of {count} events and {count * CUES} cues, from nothing: {whole:.1f} s")
        print(f"the same, nothing changed: {timed(lambda: refresh(first, archive.public_index_file)):.3f} s")
        export = timed(lambda: publish(archive, now=NOW, search=False))
        print(f"static site of {count} events, without its search: {export:.1f} s")
        both = timed(lambda: publish(archive, now=NOW))
        print(f"static site of {count} events, with Pagefind: {both:.1f} s")
    for command in ((), ("publish",), ("serve",), ("event", "publish")):
        print(f"onrecord {' '.join([*command, '--help'])}: {1000 * help_time(*command):.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
