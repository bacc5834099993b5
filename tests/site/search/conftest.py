"""What the tests of the search page share: an archive of fourteen discussions, its real server, a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from onrecord.archive import create_archive

ANNA, BORYS, CLAIRE = "Anna Example", "Borys Pryklad", "Claire Exemple"
RECORDING = '[[recordings]]\nid = "part-1"\npublish = "yes"\ntranscript = "draft"\n'


def people(*names: str) -> str:
    """The speakers of an event, who agreed."""
    return "".join(f'[[speakers]]\nname = "{name}"\nconsent = "yes"\n' for name in names)


def fill(bench: Any, folder: Path) -> Any:
    """Puts in one long discussion with a recording, one in two languages, and twelve short ones."""
    bench.archive.settings_file.write_text(
        'format = 1\ntitle = "Rights on Record"\nbase-url = "https://archive.example.org"\n'
        'languages = ["en", "uk"]\ninterface = ["en", "uk"]\n[glossary]\nKyiv = ["Kiev", "Київ"]\n',
        encoding="utf-8",
    )
    bench.archive = type(bench.archive)(bench.root)
    bench.event(
        "long",
        'starts = "2026-03-01 18:00"\nseries = "Read aloud"\ntags = ["asylum", "law"]\nlanguages = ["en"]\n'
        + people(ANNA, BORYS)
        + RECORDING,
        title="Exile and return",
    )
    lines = [
        f"c{n} {n * 60 - 55} {n * 60 - 51} {(ANNA, BORYS)[n % 2]}: Part {n} of the declaration on exile."
        for n in range(1, 8)
    ]
    lines.insert(0, "c90 1 4 Anna Example: Everyone has the right to seek asylum.")
    bench.transcript("long", "part-1.en", "\n".join(lines))
    bench.recording("long", "part-1", bench.tone(folder / "tone.m4a"))
    bench.event(
        "two-languages",
        'starts = "2025-06-01 18:00"\nseries = "Read aloud"\ntags = ["law"]\nlanguages = ["en", "uk"]\n'
        + people(BORYS, CLAIRE)
        + RECORDING,
        title="Дві мови, one law",
    )
    bench.transcript(
        "two-languages",
        "part-1.en",
        """
        c1 1 4 Borys Pryklad: No one shall be subjected to arbitrary arrest,
        c2 4 7 Borys Pryklad: detention or exile.
        c3 60 64 Claire Exemple: Assemblies are peaceful.
        """,
    )
    bench.transcript(
        "two-languages",
        "part-1.uk",
        """
        c1 1 4 Borys Pryklad: Кожна людина має право шукати притулку
        c2 4 7 Borys Pryklad: від переслідувань в інших країнах.
        """,
    )
    for n in range(1, 13):
        bench.event(
            f"short-{n:02}",
            f'starts = "2024-{n:02}-05 18:00"\ntags = ["education"]\nlanguages = ["en"]\n'
            + people(CLAIRE)
            + RECORDING,
            title=f"Lesson {n}",
        )
        bench.transcript(f"short-{n:02}", "part-1.en", "c1 1 4 Claire Exemple: Everyone has the right to education.")  # fmt: skip
    return bench


@pytest.fixture(scope="package")
def filled(new_bench: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The archive that all these tests read."""
    folder = tmp_path_factory.mktemp("searching")
    return fill(new_bench(create_archive(folder / "archive", "Rights on Record")), folder)


@pytest.fixture(scope="package")
def base(filled: Any, serve: Callable[[Any], AbstractContextManager[str]]) -> Iterator[str]:
    """Where the live site stands, once it knows other forms of words: it learns them while it answers already."""
    with serve(filled) as address:
        asked = f"{address}uk/search/?{urlencode({'q': 'притулок'})}"
        end = time.monotonic() + 60
        while True:
            with urlopen(asked) as answer:
                if "притулку" in answer.read().decode():
                    break
            assert time.monotonic() < end, "the forms of words were not learned"
            time.sleep(0.2)
        yield address


@pytest.fixture(scope="module")
def browser(chromium: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """Debian's Chromium, closed with each module: only one can be driven at a time."""
    with chromium() as opened:
        yield opened


@dataclass
class Visit:
    """A page, what was asked over the wire, and what the console complained of."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def texts(self, selector: str) -> list[str]:
        """The texts of what is shown."""
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]

    def titles(self) -> list[str]:
        """The discussions that answer, in their order."""
        return self.texts(".entry h2")

    def until(self, expression: str) -> None:
        """Waits until an expression is true; by itself, since the page's policy forbids Playwright's own."""
        end = time.monotonic() + 60
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

    def until_total(self, text: str) -> None:
        """Waits until the answer has this heading."""
        self.until(f"document.querySelector('#total')?.textContent.trim() === '{text}'")

    def search(self, base: str, asked: str = "") -> None:
        """Opens the search page, and waits until its scripts are at work."""
        self.page.goto(f"{base}search/{asked}")
        self.ready()

    def ready(self, address: str = "") -> None:
        """Waits until a page of the search is there, at `address` where that is given, with its scripts at work."""
        if address:
            self.page.wait_for_url(address)
        self.page.wait_for_selector("html[data-ready=search]")


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """A fresh window of 1440 by 900, in which nothing may go wrong."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    visit = Visit(page)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: visit.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )  # fmt: skip
    yield visit
    context.close()
    assert visit.complaints == []
