"""What is sent: valid HTML, a strict policy that nothing goes around, nothing from elsewhere, little of it."""

from __future__ import annotations

import gzip
import re
import subprocess
import urllib.request
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from onrecord.languages import INTERFACE
from onrecord.site.export.run import publish

_DATA = {"application/json", "application/ld+json"}


class _Page(HTMLParser):
    """What a page says with its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def fetch(address: str, accept: str = "text/html") -> tuple[bytes, Any]:
    """What a browser gets: the bytes on the wire, and their headers."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip", "Accept": accept})
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.read(), answer.headers
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.read(), answer.headers


def text_of(data: bytes, headers: Any) -> str:
    """The same as text."""
    return (gzip.decompress(data) if headers["Content-Encoding"] == "gzip" else data).decode("utf-8")


def test_html_checker_finds_nothing(kinds: Any, checker: Callable[[str], Path], tmp_path: Path) -> None:
    """The Nu HTML Checker has neither an error nor a warning, on any kind of page, in two languages."""
    import shutil

    if shutil.which("java") is None:
        pytest.skip("Java is not installed (Debian's package default-jre-headless)")
    for language in ("en", "uk"):
        for number, path in enumerate((*kinds.all, *kinds.framed)):
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            (tmp_path / f"{language}-{number}-{name}.html").write_text(
                text_of(*fetch(kinds.at(path, language))), encoding="utf-8"
            )
    files = sorted(str(path) for path in tmp_path.glob("*.html"))
    command = ["java", "-jar", str(checker("vnu.jar")), "--format", "gnu", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr.replace(f"file:{tmp_path}/", "") == ""


def test_pages_hold_no_script_or_style_that_the_policy_would_need_to_allow(kinds: Any) -> None:
    """Neither in an element nor in an attribute; data for scripts is data."""
    for language in INTERFACE:
        for path in (*kinds.all, *kinds.framed):
            page = _Page(text_of(*fetch(kinds.at(path, language))))
            for tag, have in page.found:
                assert tag != "style", path
                assert not [name for name in have if name.startswith("on") or name == "style"], (
                    f"{path}: {tag}"
                )
                assert tag != "script" or "src" in have or have.get("type") in _DATA, path
                assert not (have.get("href") or "").startswith(("javascript:", "data:")), path


def test_pages_ask_nothing_of_anyone_else(kinds: Any) -> None:
    """Whatever a browser loads by itself comes from the archive."""
    for language in INTERFACE:
        for path in (*kinds.all, *kinds.framed):
            page = _Page(text_of(*fetch(kinds.at(path, language))))
            for tag, have in page.found:
                loaded = [have.get("src"), have.get("poster"), have.get("data")]
                if tag == "link" and have.get("rel") not in ("canonical", "alternate", "author", "license"):
                    loaded.append(have.get("href"))
                for address in (address for address in loaded if address):
                    assert urljoin(kinds.base, address).startswith(kinds.base), f"{path}: {address}"


def test_exported_pages_bring_the_policy_along(filled: Any) -> None:
    """Every page of the static site has it before anything that could be loaded; only a platform's player, offered
    after a click, and Pagefind's WebAssembly are let in beyond the site itself.
    """
    publish(filled.archive, now=filled.now, search=False)
    pages = sorted(filled.archive.site.rglob("*.html"))
    assert len(pages) > 100
    for file in pages:
        name = file.relative_to(filled.archive.site).as_posix()
        text = file.read_text(encoding="utf-8")
        policies = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        assert len(policies) == 1, name
        assert text.index("Content-Security-Policy") < min(
            text.find(mark) % len(text) for mark in ("<link", "<script")
        )
        rules = dict(rule.strip().partition(" ")[::2] for rule in policies[0].split(";"))
        assert rules["default-src"] == "'self'", name
        assert rules["object-src"] == "'none'", name
        assert rules["base-uri"] == "'none'", name
        assert set(rules) <= {
            "default-src",
            "base-uri",
            "form-action",
            "object-src",
            "script-src",
            "frame-src",
        }, name
        assert "unsafe-inline" not in policies[0]
        scripts = rules.get("script-src", "'self'")
        assert scripts == ("'self' 'wasm-unsafe-eval'" if "/search/" in f"/{name}" else "'self'"), name
        for frame in rules.get("frame-src", "'self'").split():
            assert frame == "'self'" or re.search("/(rights|elsewhere)/", name), name


HOUR = 3600


@pytest.fixture(scope="module")
def hour(new_bench: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An archive with one discussion of an hour, 9,000 words, each with its time."""
    from onrecord.archive import create_archive

    made = new_bench(create_archive(tmp_path_factory.mktemp("hour") / "archive", "An hour"))
    made.archive.settings_file.write_text(
        'format = 1\ntitle = "An hour"\ninterface = ["en", "uk", "pl"]\nlanguages = ["en", "uk"]\n',
        encoding="utf-8",
    )
    made.archive = type(made.archive)(made.root)
    made.event("long", 'languages = ["en", "uk"]\nsummary = "All that was said in an hour."\n[[speakers]]\n'
               'name = "Anna Example"\n[[speakers]]\nname = "Borys Pryklad"\n'
               '[[recordings]]\nid = "part-1"\npublish = "yes"')  # fmt: skip
    words = _words()
    rows = []
    for number in range(900):
        start = number * HOUR / 900
        said = " ".join(
            f"<{_clock(start + 0.35 * index)}>{next(words)}" if index else next(words) for index in range(10)
        )
        speaker = "Anna Example" if number // 7 % 2 else "Borys Pryklad"
        rows.append(
            f"c{number + 1} {start:.3f} {start + 3.9:.3f} {speaker}: {said}{'.' if number % 2 else ''}"
        )
    made.transcript("long", "part-1.en", "\n".join(rows))
    return made


def _words() -> Any:
    """Words of the demo's readings, in an order that does not repeat, as talk does not."""
    import random

    from onrecord.site import demo

    text = (Path(demo.__file__).parent / "readings.toml").read_text(encoding="utf-8")
    known = sorted({word.lower() for word in re.findall(r"[A-Za-z]{2,}", text)})
    order = random.Random(1948)
    weights = [1 / (rank + 3) for rank in range(len(known))]  # Zipf's law, about
    order.shuffle(known)
    while True:
        yield from order.choices(known, weights, k=500)


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "uk", "pl"])
def test_first_load_of_an_hour_is_small(
    hour: Any, serve: Callable[[Any], Any], browser: Any, language: str
) -> None:
    """HTML, CSS and JavaScript under 100 KB on the wire, fonts under 100 KB, and nothing from elsewhere."""
    with serve(hour) as base:
        context = browser.new_context()
        page = context.new_page()
        sizes: dict[str, int] = {}
        page.on(
            "requestfinished",
            lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}),
        )
        page.goto(
            base + ("" if language == "en" else f"{language}/") + "events/long/", wait_until="networkidle"
        )
        assert page.locator(".s").count() > 200
        context.close()
    assert {urlsplit(address).netloc for address in sizes} == {urlsplit(base).netloc}
    fonts = sum(size for address, size in sizes.items() if ".woff2" in address)
    rest = sum(size for address, size in sizes.items() if ".woff2" not in address)
    assert rest < 100_000, sizes
    assert fonts < 100_000, sizes
