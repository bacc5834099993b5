"""What Lighthouse says of the event page and the search page: performance, accessibility, best practices, SEO.

    python benchmarks/lighthouse.py [ARCHIVE] [--runs 3] [--folder .venv/checkers]

The archive (default demo-archive) is served by the real application and visited by Debian's Chromium, as a slow
telephone (Lighthouse's default, throttled by simulation) and as a desktop. Lighthouse itself comes from the npm
registry into FOLDER, if it is not there. Each figure is the median of the runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.site.view import View

VERSION = "12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def lighthouse(folder: Path) -> Path:
    """The program, fetched if need be."""
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", str(folder),
             f"lighthouse@{VERSION}"],
            check=True,
        )  # fmt: skip
    return program


def longest(archive: Archive) -> str:
    """The path of the event with the most words."""
    events = View(archive, datetime.now(UTC)).events
    event = max(events, key=lambda one: sum(len(transcript.cues) for transcript in one.transcripts))
    return f"events/{event.slug}/"


def visit(program: Path, address: str, *, desktop: bool) -> tuple[dict[str, float], dict[str, float]]:
    """The scores of one run from 0 to 100, and what the reader waited for."""
    with tempfile.TemporaryDirectory(prefix="onrecord-lighthouse-") as folder:
        report = Path(folder) / "report.json"
        command = [str(program), address, "--quiet", "--output=json", f"--output-path={report}",
                   f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}"]  # fmt: skip
        if desktop:
            command.append("--preset=desktop")
        environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "/usr/bin/chromium"}
        subprocess.run(command, check=True, env=environment)
        said = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: 100 * said["categories"][name]["score"] for name in CATEGORIES}
    audits = (
        "first-contentful-paint",
        "largest-contentful-paint",
        "total-blocking-time",
        "cumulative-layout-shift",
    )
    waited = {name: said["audits"][name]["numericValue"] for name in audits}
    for audit in said["audits"].values():
        if audit.get("score") is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] == "binary":
            print(f"      not passed: {audit['id']}: {audit['title']}")
    return scores, waited


def main() -> None:
    """Serves, visits, and prints a row for each page and kind of device."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", nargs="?", default="demo-archive", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(".venv/checkers"))
    given = parser.parse_args()
    program = lighthouse(given.folder).resolve()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "onrecord", "serve", "-C", str(given.archive), "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        base = f"http://localhost:{port}/"
        _wait(port)
        print(
            f"{'page':<40} {'device':<8} "
            + " ".join(f"{name:>14}" for name in CATEGORIES)
            + "   LCP s  TBT ms"
        )
        for path in (longest(Archive(given.archive)), "search/"):
            for device in ("phone", "desktop"):
                runs = [visit(program, base + path, desktop=device == "desktop") for _ in range(given.runs)]
                scores = [statistics.median(run[0][name] for run in runs) for name in CATEGORIES]
                paint = statistics.median(run[1]["largest-contentful-paint"] for run in runs) / 1000
                blocked = statistics.median(run[1]["total-blocking-time"] for run in runs)
                print(f"{path:<40} {device:<8} " + " ".join(f"{score:>14.0f}" for score in scores)
                      + f"   {paint:5.2f}  {blocked:6.0f}")  # fmt: skip
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
