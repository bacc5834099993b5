"""Pages that are made before anybody asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from onrecord.site.live import Live
from onrecord.site.pages import Pages
from onrecord.site.warming import Warming, likely

SPEAKERS = """
[[speakers]]
id = "anna-example"
name = "Anna Example"
consent = "yes"
[[recordings]]
id = "part-1"
publish = "yes"
"""
CUES = "c1 0.0 3.0 Anna Example: All human beings are born free and equal.\n"


@pytest.fixture
def live(bench: Any) -> Live:
    """Two talks that anybody may read, one behind a secret address and one that is a draft."""
    for stem, visibility in (
        ("one", "public"),
        ("two", "public"),
        ("hushed", "unlisted"),
        ("later", "draft"),
    ):
        bench.event(stem, SPEAKERS, title=f"Talk {stem}", visibility=visibility)
        bench.transcript(stem, "part-1.en", CUES)
    return Live(bench.archive, now=lambda: bench.now)


@contextmanager
def warming(live: Live) -> Iterator[Warming]:
    made = Warming()
    made.start()
    try:
        yield made
    finally:
        made.stop()


def wait_until_known(live: Live, *paths: str) -> None:
    end = time.monotonic() + 60
    while not all(live.state.known(path) for path in paths):
        assert time.monotonic() < end, [path for path in paths if not live.state.known(path)]
        time.sleep(0.02)


def test_pages_are_there_before_they_are_asked_for_and_again_after_a_change(live: Live, bench: Any) -> None:
    """The lists and the public talks, nothing else; what was changed is made anew."""
    paths = list(likely(live.state))
    assert {"", "events/", "events/one/", "events/two/", "about/"} <= set(paths)
    assert not [path for path in paths if "hushed" in path or "later" in path or "unlisted" in path]
    with warming(live) as warm:
        warm.hear(live.state)
        wait_until_known(live, *paths)
        bench.event("one", SPEAKERS, title="Another title")
        assert live.check()
        assert live.state.known("events/one/") is None
        warm.hear(live.state)
        wait_until_known(live, *likely(live.state))
    assert b"Another title" in live.state.known("events/one/").body


def test_page_that_cannot_be_made_holds_no_other_up(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it is told; the pages after it are made."""
    find = Pages.find

    def broken(pages: Pages, path: str) -> Any:
        if path == "events/":
            raise RuntimeError("this page cannot be made")
        return find(pages, path)

    monkeypatch.setattr(Pages, "find", broken)
    with warming(live) as warm:
        warm.hear(live.state)
        wait_until_known(live, *(path for path in likely(live.state) if path != "events/"))
    assert live.state.known("events/") is None
