"""One builder of addresses for the server, the export and feeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onrecord.site.urls import Urls, seconds, up


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0"), (12_500, "12.5"), (12_000, "12"), (1, "0.001"), (3_600_010, "3600.01")],
)
def test_seconds_of_a_media_fragment(milliseconds: int, text: str) -> None:
    """No more digits than needed."""
    assert seconds(milliseconds) == text


@pytest.mark.parametrize(
    ("path", "root"), [("", "./"), ("robots.txt", "./"), ("about/", "../"), ("events/a/", "../../")]
)
def test_up_leads_from_a_page_to_the_root(path: str, root: str) -> None:
    """However deep the page lies."""
    assert up(path) == root


def test_urls_of_one_thing_on_the_server_and_in_the_export(bench: Any, tone: Path) -> None:
    """The same paths, absolute or relative."""
    bench.event("a-talk", 'series = "S"\n[[recordings]]\nid = "part-1"\npublish = "yes"')
    bench.transcript("a-talk", "part-1.en", "c1 0 1 Words.")
    bench.recording("a-talk", "part-1", tone)
    event = bench.view().events[0]
    recording, transcript = event.recordings[0], event.transcripts[0]
    server, export, home = Urls(), Urls("../../"), Urls("./")
    rows = [
        (server.home(), export.home(), home.home()),
        (server.event(event), export.event(event), home.event(event)),
        (
            server.event(event, "part-1.en.c7"),
            export.event(event, "part-1.en.c7"),
            home.event(event, "part-1.en.c7"),
        ),
        (
            server.media(event, recording, at=1500),
            export.media(event, recording, at=1500),
            home.media(event, recording, at=1500),
        ),
        (
            server.captions(event, transcript),
            export.captions(event, transcript),
            home.captions(event, transcript),
        ),
        (
            server.download(event, transcript, "md"),
            export.download(event, transcript, "md"),
            home.download(event, transcript, "md"),
        ),
        (
            server.waveform(event, recording),
            export.waveform(event, recording),
            home.waveform(event, recording),
        ),
        (server.search(q="a b", page=""), export.search(q="a b", page=""), home.search(q="a b", page="")),
    ]
    assert rows == [
        ("/", "../../", "./"),
        ("/events/a-talk/", "../../events/a-talk/", "events/a-talk/"),
        ("/events/a-talk/#part-1.en.c7", "../../events/a-talk/#part-1.en.c7", "events/a-talk/#part-1.en.c7"),
        (
            "/media/a-talk/part-1.m4a#t=1.5",
            "../../media/a-talk/part-1.m4a#t=1.5",
            "media/a-talk/part-1.m4a#t=1.5",
        ),
        (
            "/captions/a-talk/part-1.en.vtt",
            "../../captions/a-talk/part-1.en.vtt",
            "captions/a-talk/part-1.en.vtt",
        ),
        (
            "/downloads/a-talk/part-1.en.md",
            "../../downloads/a-talk/part-1.en.md",
            "downloads/a-talk/part-1.en.md",
        ),
        (
            "/media/a-talk/part-1.waveform.svg",
            "../../media/a-talk/part-1.waveform.svg",
            "media/a-talk/part-1.waveform.svg",
        ),
        ("/search/?q=a+b", "../../search/?q=a+b", "search/?q=a+b"),
    ]


def test_urls_of_an_unlisted_event_lie_under_its_token(bench: Any, tone: Path) -> None:
    """Page, media and captions: nobody can find one of them without it."""
    token = "kzt0Qp1VbR8sWm4yLx7Eca2D"
    text = f'private = {{ unlisted-token = "{token}" }}\n[[recordings]]\nid = "part-1"\npublish = "yes"'
    bench.event("a-talk", text, visibility="unlisted")
    bench.transcript("a-talk", "part-1.en", "c1 0 1 Words.")
    bench.recording("a-talk", "part-1", tone)
    (event,) = bench.view().unlisted
    urls = Urls()
    made = [
        urls.event(event),
        urls.media(event, event.recordings[0]),
        urls.captions(event, event.transcripts[0]),
        urls.download(event, event.transcripts[0], "txt"),
    ]
    assert made == [
        f"/unlisted/{token}/",
        f"/unlisted/{token}/media/part-1.m4a",
        f"/unlisted/{token}/captions/part-1.en.vtt",
        f"/unlisted/{token}/downloads/part-1.en.txt",
    ]


def test_urls_absolute_puts_the_base_before(bench: Any) -> None:
    """Where the archive knows where it stands; else there is no absolute address."""
    urls = Urls("/", "https://example.org/talks")
    assert urls.absolute(urls.about()) == "https://example.org/talks/about/"
    assert urls.absolute("feed.xml") == "https://example.org/talks/feed.xml"
    assert Urls("../../", "https://example.org").absolute("../../about/") == "https://example.org/about/"
    assert Urls().absolute("/about/") == ""
