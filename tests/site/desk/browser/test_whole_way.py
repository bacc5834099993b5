"""From the first start to a published discussion, as somebody would who has never opened a terminal: by keyboard alone,
on a phone, and without JavaScript. The server, its worker, the speech and the recogniser are the real ones.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.transcripts.correction.passages import passages
from onrecord.transcripts.library import Library

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "seven quiet herons at noon"
MENDED = "Everyone has the right to life, liberty and security of person."
_NAME = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return "";
  const label = here.labels?.[0];
  const text = here.getAttribute("aria-label") || (label ?? here).innerText || "";
  return text.trim().split("\\n")[0].trim();
}"""


class Pointed:
    """Somebody who points, with a mouse or a finger."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def fill(self, label: str, text: str, typed: str = "") -> None:
        """Writes into a field. `typed` is what the keys are where the browser's own control takes no plain text."""
        self.page.get_by_label(label, exact=True).first.fill(text)

    def follow(self, name: str) -> None:
        """Presses a link or a button that leads to a page."""
        target = self.page.get_by_role("link", name=name, exact=True).or_(
            self.page.get_by_role("button", name=name, exact=True)
        )
        with self.page.expect_navigation():
            target.first.click()

    def open(self, name: str) -> None:
        """Opens what is folded."""
        self.page.locator("summary", has_text=name).click()

    def take(self, label: str, file: Path) -> None:
        """Chooses a file."""
        self.page.get_by_label(label, exact=True).set_input_files(file)


class Keyed(Pointed):
    """Somebody who has a keyboard and nothing else: whatever the Tab key does not reach cannot be used."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        # Listened for from the start: a browser that is told only while the key goes down may open no chooser.
        self.choosers: list[Any] = []
        page.on("filechooser", lambda chooser: self.choosers.append(chooser))

    def reach(self, name: str) -> None:
        for _ in range(200):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(_NAME) == name:
                shown = self.page.evaluate(
                    "(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none')"
                    "(getComputedStyle(document.activeElement))"
                )
                assert shown, f"nobody can see that '{name}' has the focus"
                return
        raise AssertionError(f"the Tab key does not reach '{name}'")

    def fill(self, label: str, text: str, typed: str = "") -> None:
        self.reach(label)
        if not typed:
            self.page.keyboard.press("Control+a")
        self.page.keyboard.type(typed or text)

    def follow(self, name: str) -> None:
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def open(self, name: str) -> None:
        self.reach(name)
        self.page.keyboard.press("Enter")

    def take(self, label: str, file: Path) -> None:
        self.reach(label)
        self.page.keyboard.press("Enter")
        end = time.monotonic() + 60
        while not self.choosers:
            assert time.monotonic() < end, "the Enter key opens no file chooser"
            self.page.wait_for_timeout(50)
        self.choosers.pop().set_files(file)


WAYS: dict[str, tuple[type[Pointed], dict[str, Any]]] = {
    "keyboard": (Keyed, {"viewport": {"width": 1280, "height": 800}}),
    "phone": (Pointed, {"viewport": {"width": 360, "height": 740}, "has_touch": True}),
    "plain": (Pointed, {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False}),
}


@contextmanager
def _started(archive: Archive) -> Iterator[tuple[str, str]]:
    """`onrecord serve`, as a person starts it: its address, and the link that it prints for the first owner."""
    command = [sys.executable, "-m", "onrecord", "-C", str(archive.root), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        try:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(3)]
            found = re.search(r"(http://[^/\s]+)/desk/join/\S+", "".join(told))
            assert found, told
            yield found[1], found[0]
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("way", WAYS)
def test_whole_way_from_the_first_start_to_a_published_discussion(
    archive: Archive, speech: Any, chromium: Callable[[], AbstractContextManager[Any]], way: str
) -> None:
    """Nobody opens a terminal after the first line, and nothing of the discussion is public before the last press."""
    settings = archive.settings_file.read_text(encoding="utf-8")
    archive.settings_file.write_text(
        settings.replace("[transcription]\n", '[transcription]\nengine = "pocketsphinx"\n'), encoding="utf-8"
    )
    hands, given = WAYS[way]
    complaints: list[str] = []
    with _started(archive) as (base, link), chromium() as browser:
        page = browser.new_context(**given).new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        user = hands(page)

        page.goto(link)
        user.fill("Your name", "Olha Owner")
        user.fill("Password", PASSWORD)
        user.fill("The password once more", PASSWORD)
        user.follow("Become owner")
        assert page.url == f"{base}/desk/"

        user.follow("Register a discussion")
        user.fill("Title", "Rights, read aloud")
        user.fill("Day", "2026-11-20", typed="11202026")
        user.fill("Time", "18:00", typed="0600PM")
        user.fill("Name", "Anna Example")
        user.follow("Register")
        stem = "2026-11-20-rights-read-aloud"
        assert page.url == f"{base}/desk/events/{stem}/"

        user.follow("Bring a recording")
        user.take("Video or sound file", speech.path)
        user.follow("Send the file")
        assert f"/desk/events/{stem}/recordings/part-1/" in page.url

        public = browser.new_context().new_page()
        end = time.monotonic() + 400
        while not (archive.transcripts(stem) / "part-1.en.vtt").exists():
            assert time.monotonic() < end, page.locator("main").inner_text()
            page.wait_for_timeout(500)
        page.goto(f"{base}/desk/events/{stem}/transcripts/part-1.en/")
        _mend(page, user, way)
        assert passages(Library(archive).read(stem, "part-1", "en"))[0].text == MENDED
        user.open("Mark as reviewed…")
        user.follow("I have read it")

        page.goto(f"{base}/desk/events/{stem}/")
        user.follow("Check and publish")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "the page is wider than the window"
        assert public.goto(f"{base}/events/{stem}/").status == 404
        assert "Rights, read" not in public.goto(f"{base}/events/").text()
        user.follow("Publish now")
        user.follow("Public page")
        assert page.url == f"{base}/events/{stem}/"
        end = time.monotonic() + 10
        while public.goto(f"{base}/events/{stem}/").status != 200:
            assert time.monotonic() < end, "it is not public two seconds after it was published"
            public.wait_for_timeout(200)
        assert MENDED in " ".join(public.locator(".transcript").first.inner_text().split())
        played = public.locator("audio source").get_attribute("src")
        assert public.request.get(f"{base}{played}").headers["content-type"] == "audio/mp4"
        assert complaints == []


def _mend(page: Any, user: Pointed, way: str) -> None:
    """Writes what was really said into the first paragraph."""
    if way == "plain":
        user.follow("Edit the paragraph at 0:00")
        user.fill("Text", MENDED)
        user.follow("Save")
        user.follow("The whole text")
    elif way == "keyboard":
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Control+a")
        page.keyboard.type(MENDED)
        page.keyboard.press("Alt+s")
        page.get_by_text("All is saved.").wait_for()
    else:
        text = page.locator(".para .text").first
        text.click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(MENDED)
        page.locator("h1").click()
        page.get_by_text("All is saved.").wait_for()
