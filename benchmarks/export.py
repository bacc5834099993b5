"""The static site again after one change: how long a run takes in which only that is made anew.

    python benchmarks/export.py [EVENTS] [CUES] [LANGUAGES]

An archive of EVENTS made-up events (default 10,000), each with a reviewed transcript of CUES cues (default 20), is
built in a temporary folder and published in LANGUAGES languages of the interface (default 1), with a nice value of 10.
Then the title of one event changes, and `onrecord publish` runs again as a process of its own, start and all; then
nothing changes. At last the same with Pagefind, which indexes everything. The wall's seconds mean little on a busy
machine; those of the processor, over all processes, mean more.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from onrecord.archive import Archive, create_archive
from onrecord.languages import INTERFACE
from onrecord.timecode import clock

WORDS = ["everyone", "has", "the", "right", "to", "life", "liberty", "and", "security", "of", "person"]
LONG_AGO = 1_700_000_000


def build(root: Path, count: int, cues: int, languages: int = 1) -> Archive:
    """An archive of past events, by a tenth as many people, in a fiftieth as many series."""
    archive = create_archive(root, "Benchmark")
    with archive.settings_file.open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        more = f'base-url = "https://archive.example.org"\ninterface = {json.dumps(INTERFACE[:languages])}\n'
        file.write(text.replace("\n[glossary]", f"{more}[glossary]", 1))
    people, series, tags = max(3, count // 10), max(1, count // 50), 40
    for number in range(count):
        day = date(1990, 1, 1) + timedelta(days=number)
        stem = f"{day}-talk-{number}"
        who = [(number * 7 + k * 31) % people for k in range(3)]
        write(
            archive.events / f"{stem}.toml",
            f'format = 1\nid = "talk-{number}"\ntitle = "Talk number {number}"\n'
            'summary = "What it is about."\n'
            f'description = "Some *text* about it."\nstarts = "{day} 18:00"\ntimezone = "Europe/Kyiv"\n'
            f'visibility = "public"\nseries = "Series {number % series}"\ntags = ["tag {number % tags}"]\n'
            + "".join(f'[[speakers]]\nid = "person-{k}"\nname = "Person {k}"\n' for k in who)
            + '[[recordings]]\nid = "part-1"\npublish = "yes"\n',
        )
        spoken = []
        for n in range(1, cues + 1):
            start = n * 4000
            said = " ".join([*WORDS, str(number)])
            spoken.append(
                f"c{n}\n{clock(start)} --> {clock(start + 3800)}\n<v Person {who[n // 12 % 3]}>{said}."
            )
        folder = archive.transcripts(stem)
        folder.mkdir(parents=True)
        head = "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: reviewed\nnext-id: 400\n\n"
        write(folder / "part-1.en.vtt", head + "\n\n".join(spoken) + "\n")
    return archive


def write(path: Path, text: str) -> None:
    """A file as of long ago."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (LONG_AGO, LONG_AGO))


def timed(work: Callable[[], object]) -> str:
    """The seconds that `work` takes, of the clock and of the processor in all processes that it starts."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{wall:.2f} s, of the processor {spent:.2f} s"


def publish(archive: Archive, *options: str) -> str:
    """Runs the command; gives what it says."""
    command = [sys.executable, "-m", "onrecord", "publish", "-q", "-C", str(archive.root), *options]
    command += ["--now", "2026-11-23T12:00:00Z"]
    # Where Python may keep what it compiles, as it may for most people, so do templates.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.strip()


def change(archive: Archive, number: int) -> None:
    """Gives one event another title."""
    path = sorted(archive.events.glob("*.toml"))[number]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('title = "Talk', 'title = "Another talk', 1), encoding="utf-8")
    time.sleep(0.3)  # a file written this moment is read again by the next run too


def main(count: int = 10_000, cues: int = 20, languages: int = 1) -> None:
    """Prints one figure a line."""
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as folder:
        archive = build(Path(folder) / "archive", count, cues, languages)
        print(f"{count} events from nothing: {timed(lambda: publish(archive, '--no-search'))}", flush=True)
        for number in (count // 2, count // 3, count - 1):
            change(archive, number)
            print(f"one of them changed: {timed(lambda: print(publish(archive, '--no-search')))}", flush=True)
        print(f"nothing changed: {timed(lambda: publish(archive, '--no-search'))}", flush=True)
        print(f"with Pagefind's index, made whole: {timed(lambda: publish(archive))}", flush=True)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
