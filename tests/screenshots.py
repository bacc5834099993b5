"""Takes pictures of the pages of a running site, to be looked at by a person.

    python tests/screenshots.py http://127.0.0.1:8000 pictures [PATH ...] [--widths 360] [--schemes light]

Without paths: the home page, every page that its navigation and its lists lead to (one of each kind), a
search, an error. One PNG for each page, width and scheme; `--full` takes the whole length, `--print` makes
a PDF as well.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip
KINDS = (
    "events/",
    "events/[^/]+/",
    "speakers/",
    "speakers/[^/]+/",
    "series/[^/]+/",
    "tags/[^/]+/",
    "search/",
)


def _paths(page: Page, base: str) -> list[str]:
    """One path of each kind of page that can be reached from the home page."""
    found: dict[str, str] = {}
    waiting = [""]
    seen: set[str] = set()
    while waiting and len(seen) < 30:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page.goto(urljoin(base, path))
        for address in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            inside = address.split("#")[0].split("?")[0].removeprefix(base)
            if "://" in inside:
                continue
            for kind in KINDS:
                if re.fullmatch(kind, inside) and kind not in found:
                    found[kind] = inside
                    waiting.append(inside)
    return ["", *found.values(), "about/", "search/?q=dignity", "nothing-here/"]


def _picture(browser: Browser, address: str, target: Path, width: int, scheme: str, *, full: bool) -> None:
    height = {360: 740, 768: 1024}.get(width, 900)
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if width < 500 else 1,
    )
    page = context.new_page()
    page.goto(address)  # twice: the fonts are `optional`, so the first visit may do without them
    page.goto(address)
    page.wait_for_timeout(1500 if page.query_selector("video, audio") else 300)
    page.screenshot(path=target, full_page=full)
    context.close()


def main() -> None:
    """Reads the arguments and takes the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--widths", default="360,768,1440")
    parser.add_argument("--schemes", default="light,dark")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--print", action="store_true", dest="on_paper")
    given = parser.parse_args()
    base = given.base.rstrip("/") + "/"
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        for path in given.paths or _paths(page, base):
            address = urljoin(base, path)
            parts = urlsplit(address)
            words = f"{parts.path} {parts.query} {parts.fragment}".lower()
            name = re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "home"
            for width in (int(width) for width in given.widths.split(",")):
                for scheme in given.schemes.split(","):
                    target = given.folder / f"{name}-{width}-{scheme}.png"
                    _picture(browser, address, target, width, scheme, full=given.full)
                    sys.stdout.write(f"{target}\n")
            if given.on_paper:
                page.goto(address)
                page.pdf(path=given.folder / f"{name}.pdf", prefer_css_page_size=True)
        browser.close()


if __name__ == "__main__":
    main()
