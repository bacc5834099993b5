"""Where there are too many discussions for one page, each year has its own."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.site import pages as module
from onrecord.site.export.links import follow
from onrecord.site.export.run import publish
from onrecord.site.pages import Pages
from onrecord.site.rendering import Document


@pytest.fixture
def crowd(bench: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three talks in two years, and room for two on a page."""
    monkeypatch.setattr(module, "_ON_ONE_PAGE", 2)
    for stem, day in (("a", "2024-03-01"), ("b", "2026-03-01"), ("c", "2026-04-01")):
        bench.event(stem, f'starts = "{day} 18:00"\ntimezone = "Europe/Kyiv"', title=f"Talk {stem}")
    return bench


def text(pages: Pages, path: str) -> str:
    found = pages.find(path)
    assert isinstance(found, Document), path
    return found.body.decode()


def test_years_share_one_page_while_they_fit(bench: Any) -> None:
    """And then no year has a page of its own."""
    bench.event("a", "")
    pages = Pages(bench.view())
    assert [path for path in pages.paths() if path.startswith("years/")] == []
    assert pages.find("years/2026/") is None
    assert "Talk" not in text(pages, "about/")


def test_years_have_pages_that_hold_their_discussions(crowd: Any) -> None:
    """The list begins with the newest year and leads to the others."""
    pages = Pages(crowd.view())
    assert [path for path in pages.paths() if path.startswith("years/")] == ["years/2026/", "years/2024/"]
    newest, older = text(pages, "events/"), text(pages, "years/2024/")
    assert "Talk b" in newest and "Talk c" in newest and "Talk a" not in newest
    assert 'href="/years/2024/"' in newest and 'href="#y2026"' in newest
    assert "Talk a" in older and "Talk b" not in older and 'href="/years/2026/"' in older
    assert pages.find("years/2025/") is None


def test_years_that_did_not_change_are_not_made_again(crowd: Any) -> None:
    """A new title is on its own year's page; a new talk is counted on all."""
    publish(crowd.archive, now=crowd.now, search=False)
    place = crowd.archive.site / "years"
    assert follow(crowd.archive.site).broken == ()
    old = {path: path.stat().st_ino for path in place.rglob("*.html")}
    crowd.event("c", 'starts = "2026-04-01 18:00"\ntimezone = "Europe/Kyiv"', title="Talk new")
    publish(Archive(crowd.root), now=crowd.now, search=False)
    assert (place / "2024/index.html").stat().st_ino == old[place / "2024/index.html"]
    assert "Talk new" in (place / "2026/index.html").read_text(encoding="utf-8")
    crowd.event("d", 'starts = "2026-05-01 18:00"\ntimezone = "Europe/Kyiv"')
    publish(Archive(crowd.root), now=crowd.now, search=False)
    assert "<span>3</span>" in (place / "2024/index.html").read_text(encoding="utf-8")
