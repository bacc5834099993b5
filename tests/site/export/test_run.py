"""The static site."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from onrecord.errors import LockedError, PublishError
from onrecord.files import write_text
from onrecord.locks import lock
from onrecord.site.export.run import publish

TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"


def fill(bench: Any, tone: Path) -> None:
    """An archive with something of every kind."""
    bench.settings('base-url = "https://archive.example.org/talks"')
    bench.event(
        "a-talk",
        """
        aliases = ["old-talk"]
        series = "Read aloud"
        tags = ["rights"]
        agenda = [{ at = "00:00:00", title = "One" }]
        [[speakers]]
        id = "anna"
        name = "Anna Example"
        [[recordings]]
        id = "part-1"
        publish = "yes"
        """,
        title="The reading",
    )
    bench.transcript(
        "a-talk", "part-1.en", "c1 0 2 Anna Example: Everyone has duties.\nc2 2 4 Anna Example: All do."
    )
    bench.recording("a-talk", "part-1", tone)
    bench.event("coming", bench.coming, title="A coming talk")
    bench.event("gone", 'withdrawn = "Taken back."', title="Secret title")
    bench.event(
        "hidden", f'private = {{ unlisted-token = "{TOKEN}" }}', visibility="unlisted", title="Hidden talk"
    )
    bench.event("draft", "", visibility="draft", title="Draft talk")


def tree(folder: Path) -> dict[str, str]:
    """Every file with the digest of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class _Links(HTMLParser):
    """Collects the ids of a page, and what it leads to or loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src", "poster", "data-wave") and value is not None:
                self.links.append(value)


def test_export_links_lead_to_files_and_anchors_that_are_there(bench: Any, tone: Path) -> None:
    """Every link of every page is relative, stays in the folder and is answered by a file; every anchor by an
    id.
    """
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now, search=False).folder
    pages = {path: _Links(path.read_text(encoding="utf-8")) for path in root.rglob("*.html")}
    checked = 0
    for page, found in pages.items():
        assert len(found.ids) == len(set(found.ids)), f"an id stands twice in {page}"
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme or page.name == "404.html":
                assert parts.scheme in ("https", "mailto", ""), link
                continue
            assert not link.startswith("/"), f"{page}: {link}"
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            assert target.is_relative_to(root) and target.is_file(), f"{page}: {link}"
            if parts.fragment and not parts.fragment.startswith("t=") and target.suffix == ".html":
                assert unquote(parts.fragment) in pages[target].ids, f"{page}: {link}"
            checked += 1
    assert checked > 100


def test_export_of_the_same_archive_at_the_same_instant_is_the_same_to_the_byte(
    bench: Any, tone: Path
) -> None:
    """The search index included."""
    fill(bench, tone)
    first = tree(publish(bench.archive, now=bench.now).folder)
    second = tree(publish(bench.archive, now=bench.now).folder)
    assert first == second
    assert {
        "index.html",
        "404.html",
        ".nojekyll",
        "feed.xml",
        "sitemap.xml",
        "robots.txt",
        "events/a-talk/index.html",
        "media/a-talk/part-1.m4a",
        "captions/a-talk/part-1.en.vtt",
        "pagefind/pagefind.js",
    } <= first.keys()


def test_export_says_the_same_as_the_live_site(bench: Any, tone: Path) -> None:
    """Text for text: one set of templates, one gate. Only clips, which a server cuts, are offered by the live site alone."""
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now, search=False).folder
    with bench.client(watch=False) as client:
        live = client.get("/events/a-talk/").text
    exported = (root / "events/a-talk/index.html").read_text(encoding="utf-8")

    def text(page: str) -> list[str]:
        page = re.sub(r'<div class="row" data-quote="clip">.*?</div>\s*</div>', "", page, flags=re.DOTALL)
        page = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.DOTALL)
        return re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split()

    assert text(exported) == text(live)
    assert (root / "captions/a-talk/part-1.en.vtt").read_text() == bench_captions(bench)


def bench_captions(bench: Any) -> str:
    """The captions as the live site serves them."""
    with bench.client(watch=False) as client:
        return str(client.get("/captions/a-talk/part-1.en.vtt").text)


def test_export_holds_nothing_of_a_withdrawn_event_but_its_sentence(bench: Any, tone: Path) -> None:
    """Published before, withdrawn now: the page says so, the files are gone."""
    fill(bench, tone)
    publish(bench.archive, now=bench.now, search=False)
    assert (bench.archive.site / "media/a-talk/part-1.m4a").exists()
    from onrecord.events.registry import Registry

    Registry(bench.archive).withdraw("a-talk", "At the wish of a speaker.")
    root = publish(bench.archive, now=bench.now, search=False).folder
    left = [name for name in tree(root) if "a-talk" in name]
    assert left == ["events/a-talk/index.html"]
    page = (root / left[0]).read_text(encoding="utf-8")
    assert "At the wish of a speaker." in page and "The reading" not in page
    assert 'content="noindex"' in page


def test_export_puts_unlisted_events_under_their_token_alone(bench: Any, tone: Path) -> None:
    """In no list, and the folder above has a page, so that no server lists it."""
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now, search=True).folder
    assert "Hidden talk" in (root / "unlisted" / TOKEN / "index.html").read_text(encoding="utf-8")
    assert "There is no such page" in (root / "unlisted" / "index.html").read_text(encoding="utf-8")
    for name in tree(root):
        if TOKEN not in name:
            data = (root / name).read_bytes()
            assert TOKEN.encode() not in data and b"Hidden talk" not in data, name


def test_export_leads_on_from_former_addresses(bench: Any, tone: Path) -> None:
    """A static host cannot redirect, so the page does."""
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now, search=False).folder
    page = (root / "events/old-talk/index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../events/a-talk/">' in page


def test_export_brings_its_policy_in_every_page(bench: Any, tone: Path) -> None:
    """Only the search page may run WebAssembly."""
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now).folder
    strict = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
    for path in root.rglob("*.html"):
        found = re.findall(
            r'http-equiv="Content-Security-Policy" content="([^"]*)"', path.read_text(encoding="utf-8")
        )
        extra = "; script-src 'self' 'wasm-unsafe-eval'" if path.parent.name == "search" else ""
        assert found == [strict + extra], path


def test_export_404_page_finds_its_style_from_anywhere(bench: Any, tone: Path) -> None:
    """Its links begin where the site stands, for nobody knows how deep the missing page would have been."""
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now, search=False).folder
    page = (root / "404.html").read_text(encoding="utf-8")
    assert 'href="/talks/static/css/site.css' in page


def test_export_links_renditions_instead_of_copying_them(bench: Any, tone: Path) -> None:
    """A film takes its room once."""
    fill(bench, tone)
    root = publish(bench.archive, now=bench.now, search=False).folder
    assert (root / "media/a-talk/part-1.m4a").samefile(bench.archive.renditions("a-talk") / "part-1.m4a")


def test_export_lets_nobody_change_what_the_archive_holds(bench: Any, tone: Path) -> None:
    """An offered original is a copy, and a rendition is read-only: a change in the site's folder stays
    there.
    """
    bench.event("a-talk", '[[recordings]]\nid = "part-1"\npublish = "yes"\noriginal = "public"\n')
    rendition = bench.recording("a-talk", "part-1", tone)
    original = bench.archive.media("a-talk") / "part-1.m4a"
    root = publish(bench.archive, now=bench.now, search=False).folder
    offered = root / "media/a-talk/part-1.original.m4a"
    assert offered.read_bytes() == original.read_bytes()
    assert not offered.samefile(original)
    assert {file.stat().st_mode & 0o777 for file in (original, rendition)} == {0o444}


def test_export_writes_nothing_when_something_cannot_be_read(bench: Any, tone: Path) -> None:
    """The old site stands; --without-broken leaves out what is broken and says so."""
    fill(bench, tone)
    before = tree(publish(bench.archive, now=bench.now, search=False).folder)
    write_text(bench.archive.transcripts("a-talk") / "part-1.en.vtt", "not captions")
    with pytest.raises(PublishError, match="nothing was written") as caught:
        publish(bench.archive, now=bench.now, search=False)
    assert "part-1.en.vtt" in str(caught.value) and "--without-broken" in str(caught.value)
    assert tree(bench.archive.site) == before
    assert not (bench.root / ".site.new").exists()
    made = publish(bench.archive, now=bench.now, search=False, without_broken=True)
    assert len(made.problems) == 1
    assert not list((made.folder / "captions").rglob("part-1.en.vtt"))
    assert not (made.folder / "downloads").exists()


def test_export_clears_away_what_a_crash_left(bench: Any, tone: Path) -> None:
    """Half a folder of an earlier run is no part of the new site."""
    fill(bench, tone)
    write_text(bench.root / ".site.new" / "left.html", "half")
    root = publish(bench.archive, now=bench.now, search=False).folder
    assert not (root / "left.html").exists()


def test_export_waits_for_no_other_run(bench: Any) -> None:
    """Two runs at once would mix."""
    with lock(bench.archive, "publish"), pytest.raises(LockedError):
        publish(bench.archive, now=bench.now, search=False)


def test_export_says_when_it_has_to_run_again(bench: Any) -> None:
    """The next instant at which the clock changes what is public."""
    bench.event("later", 'publish_at = "2026-11-24 10:00"', visibility="draft")
    made = publish(bench.archive, now=bench.now, search=False)
    assert made.next_change == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert made.events == 0
