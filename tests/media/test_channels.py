"""What channels, feeds and folders list, read without opening a recording and without reaching the inside."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import FetchError, NotFoundError, OnrecordError
from onrecord.media.channels import Candidate, candidates
from onrecord.media.patience import Patience

QUICK = Patience(connect=2, silence=2, slowest=1000, window=1, pause=0, longest_pause=0)
# This machine, its network and its neighbours, in the ways that people and programs write them.
INSIDE = (
    "127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "0", "0.0.0.0",
    "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "10.0.0.1", "169.254.169.254", "192.168.0.1",
)  # fmt: skip
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Talks</title>
<item><title>Older</title><link>/older</link><pubDate>Thu, 01 Oct 2026 19:00:00 GMT</pubDate></item>
<item><title>On rights &amp; duties</title><enclosure url="/two.mp3" type="audio/mpeg"/>
<itunes:duration>1:01:05</itunes:duration><pubDate>Fri, 02 Oct 2026 19:00:00 +0200</pubDate>
<description>Everyone has duties to the community.</description></item>
<item><title>No address</title></item><item><title>Bad</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Talks</title><entry><title>On rights</title>
<link rel="alternate" href="https://media.example/watch?v=1"/><published>2026-10-02T17:00:00Z</published>
<summary>Words</summary></entry></feed>"""


@pytest.fixture
def allowing(archive: Archive, loopback: Any) -> Archive:
    with archive.settings_file.open("a", encoding="utf-8") as file:
        file.write(f'\n[fetch]\nallow-hosts = ["{loopback.place}"]\n')
    return Archive(archive.root)


def test_channels_read_a_podcast(allowing: Archive, loopback: Any) -> None:
    """The newest first; what has no web address is left out."""
    loopback.page("/feed.xml", RSS, kind="application/rss+xml")
    channel = loopback.url("/feed.xml")
    assert candidates(allowing, channel, QUICK) == [
        Candidate(
            loopback.url("/two.mp3"), "On rights & duties", channel, datetime(2026, 10, 2, 17, tzinfo=UTC), 3_665_000,
            "Everyone has duties to the community.",
        ),
        Candidate(loopback.url("/older"), "Older", channel, datetime(2026, 10, 1, 19, tzinfo=UTC)),
    ]  # fmt: skip


def test_channels_read_atom(allowing: Archive, loopback: Any) -> None:
    """As the feeds of platforms are written."""
    loopback.page("/feed", ATOM, kind="text/xml")
    channel = loopback.url("/feed")
    when = datetime(2026, 10, 2, 17, tzinfo=UTC)
    assert candidates(allowing, channel, QUICK) == [
        Candidate("https://media.example/watch?v=1", "On rights", channel, when, None, "Words")
    ]


def test_channels_read_a_page_with_films(allowing: Archive, loopback: Any) -> None:
    """What is no feed is listed by yt-dlp."""
    films = "".join(f'<video src="/{name}.mp4"></video>' for name in ("one", "two"))
    loopback.page("/talks", f"<html><head><title>Talks</title></head><body>{films}</body></html>")
    found = [one.source for one in candidates(allowing, loopback.url("/talks"), QUICK)]
    assert found == [loopback.url("/one.mp4"), loopback.url("/two.mp4")]


def test_channels_read_a_folder(archive: Archive, tmp_path: Path) -> None:
    """Recordings by their day, no links, nothing else."""
    folder = archive.root / "drop"
    folder.mkdir()
    for name, stamp in (
        ("old.mp4", 1_790_000_000),
        ("On rights.mp4", 1_790_100_000),
        ("words.txt", 1_790_200_000),
    ):
        (folder / name).write_bytes(b"film")
        os.utime(folder / name, (stamp, stamp))
    (folder / "link.mp4").symlink_to(folder / "old.mp4")
    found = candidates(archive, "drop")
    assert [(one.source, one.title) for one in found] == [
        ("drop/On rights.mp4", "On rights"),
        ("drop/old.mp4", "old"),
    ]
    with pytest.raises(NotFoundError, match="no such folder"):
        candidates(archive, "elsewhere")


@pytest.mark.parametrize(
    "feed",
    [
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel>&b;</channel></rss>',
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>',
        "<rss><channel></rss>",
        "<rss>" + " " * (8 << 20) + "</rss>",
    ],
    ids=["many laughs", "a file", "broken", "endless"],
)
def test_channels_refuse_feeds_that_do_harm(allowing: Archive, loopback: Any, feed: str) -> None:
    """No entity is opened, no file of ours read, nothing without end."""
    loopback.page("/feed", feed, kind="application/rss+xml")
    with pytest.raises(FetchError):
        candidates(allowing, loopback.url("/feed"), QUICK)


@pytest.mark.parametrize("way", ["direct", "redirect", "page"])
@pytest.mark.parametrize("spelling", INSIDE)
def test_channels_never_reach_the_inside(
    spelling: str, way: str, allowing: Archive, loopback: Any, canary: Any
) -> None:
    """A channel is asked through the guard of every fetch."""
    inner = f"http://{spelling}:{canary.port}/secret.mp4"
    loopback.redirect("/redirect", inner)
    loopback.page("/page", f'<html><head><meta http-equiv="refresh" content="0; url={inner}"></head></html>')
    with pytest.raises(OnrecordError):
        candidates(allowing, inner if way == "direct" else loopback.url(f"/{way}"), QUICK)
