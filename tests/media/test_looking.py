"""Looking at an address before anything is fetched: what it is called, how long it is, and nothing of what is inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import BlockedAddressError, FetchError, NotMediaError, OnrecordError, UsageError
from onrecord.media.looking import Captions, Sight, look, published, web_address
from onrecord.media.patience import Patience

QUICK = Patience(connect=2, silence=2, slowest=1000, window=1, pause=0, longest_pause=0)

# This machine, its network and its neighbours, in the ways that people and programs write them.
INSIDE = (
    "127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "0", "0.0.0.0",
    "localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "10.0.0.1", "169.254.169.254", "192.168.0.1",
    "１２７.0.0.1", "user:word@127.0.0.1",
)  # fmt: skip
WAYS = ("direct", "redirect", "video src", "playlist", "variant")


@pytest.fixture
def allowing(archive: Archive, loopback: Any) -> Archive:
    """An archive that may fetch from the loopback server, and from nowhere else inside."""
    with archive.settings_file.open("a", encoding="utf-8") as file:
        file.write(f'\n[fetch]\nallow-hosts = ["{loopback.place}"]\n')
    return Archive(archive.root)


def at(archive: Archive, address: str) -> Sight:
    return look(archive, address, archive.work("looking"), patience=QUICK)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spelling", INSIDE)
def test_look_never_reaches_the_inside(
    spelling: str, way: str, allowing: Archive, loopback: Any, canary: Any
) -> None:
    """By an address, a redirect, a page, a playlist of pieces and one of variants: no connection is made."""
    inner = f"http://{spelling}:{canary.port}/secret.mp4"
    address = inner if way == "direct" else loopback.url("/talk")
    if way == "redirect":
        loopback.redirect("/talk", inner)
    elif way == "video src":
        loopback.page("/talk", f'<html><body><video src="{inner}"></video></body></html>')
    elif way == "playlist":
        pieces = f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{inner}\n#EXT-X-ENDLIST\n"
        loopback.page("/talk", pieces, kind="application/vnd.apple.mpegurl")
    elif way == "variant":
        variants = f'#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000,CODECS="avc1.4d401e,mp4a.40.2"\n{inner}\n'
        loopback.page("/talk", variants, kind="application/vnd.apple.mpegurl")
    if way in (
        "video src",
        "playlist",
    ):  # looking itself does not follow these; whatever comes, the canary stays quiet
        try:
            at(allowing, address)
        except OnrecordError:
            return
    else:
        with pytest.raises(OnrecordError):
            at(allowing, address)


def test_look_at_a_file_says_what_it_is(allowing: Archive, loopback: Any, film: Path) -> None:
    """Its name, its length, its size; the beginning that was read is gone again."""
    loopback.serve("/talks/On%20rights.mp4", film)
    sight = at(allowing, loopback.url("/talks/On%20rights.mp4"))
    assert (sight.kind, sight.title, sight.place) == ("file", "On rights.mp4", "127.0.0.1")
    assert (sight.length, sight.size, sight.video) == (6000, film.stat().st_size, True)
    assert list(allowing.work("looking").iterdir()) == []
    assert loopback.asked("/talks/On%20rights.mp4")[0]["Range"] == f"bytes=0-{(3 << 20) - 1}"
    assert Sight.from_row(sight.as_row()) == sight


def test_look_at_a_file_whose_index_is_at_its_end(
    allowing: Archive, loopback: Any, make_media: Any, film: Path
) -> None:
    """What cannot be known yet is not made up."""
    late = make_media("late.mp4", "-i", film, "-c", "copy", "-bsf:v", "noise=amount=0", "-movflags", "0")
    data = late.read_bytes()
    assert data.index(b"moov") > data.index(b"mdat")
    loopback.serve("/late.mp4", data[: data.index(b"moov")])
    sight = at(allowing, loopback.url("/late.mp4"))
    assert (sight.length, sight.video, sight.size) == (None, None, data.index(b"moov"))


def test_look_into_a_page_finds_the_recording(allowing: Archive, loopback: Any, film: Path) -> None:
    """The title of the page, the captions that it offers."""
    loopback.serve("/film.mp4", film)
    loopback.serve("/words.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nEveryone has duties\n", kind="text/vtt")
    loopback.page(
        "/talk",
        '<html><head><title>On rights</title></head><body><video><source src="/film.mp4" type="video/mp4">'
        '<track kind="subtitles" srclang="uk" src="/words.vtt"></video></body></html>',
    )
    sight = at(allowing, loopback.url("/talk"))
    assert (sight.kind, sight.title, sight.captions) == ("recording", "On rights", (Captions("uk", False),))


def test_look_at_several_recordings_names_them(allowing: Archive, loopback: Any) -> None:
    """A page with more than one asks which."""
    films = "".join(f'<video src="/{name}.mp4"></video>' for name in ("one", "two"))
    loopback.page("/talks", f"<html><head><title>Two talks</title></head><body>{films}</body></html>")
    sight = at(allowing, loopback.url("/talks"))
    assert (sight.kind, len(sight.entries)) == ("list", 2)


@pytest.mark.parametrize("end", ["", "#EXT-X-ENDLIST\n"])
def test_look_refuses_live_pieces(allowing: Archive, loopback: Any, end: str) -> None:
    """A playlist without an end is live; one with an end says how long it is."""
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n/a.ts\n#EXTINF:3.5,\n/b.ts\n{end}"
    loopback.page("/talk/list.m3u8", text, kind="application/vnd.apple.mpegurl")
    if end:
        assert at(allowing, loopback.url("/talk/list.m3u8")).length == 7500
    else:
        with pytest.raises(FetchError, match="live stream that has not ended"):
            at(allowing, loopback.url("/talk/list.m3u8"))


def test_look_refuses_a_radio_station(allowing: Archive, loopback: Any) -> None:
    """A stream without an end is refused at its first headers."""

    def radio(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "audio/mpeg")
        request.send_header("icy-name", "Radio")
        request.end_headers()
        while True:
            request.wfile.write(b"\xff\xfb\x90\x64" * 1000)

    loopback.routes["/radio"] = radio
    with pytest.raises(FetchError, match="live stream, which has no end"):
        at(allowing, loopback.url("/radio"))


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 words", b"PK\x03\x04" + b"\0" * 99, b"ffconcat version 1.0\nfile a.mp4\n"]
)
def test_look_at_what_is_no_recording_says_so(allowing: Archive, loopback: Any, data: bytes) -> None:
    """A document is none, whatever the server calls it."""
    loopback.serve("/talk.mp4", data)
    with pytest.raises(NotMediaError):
        at(allowing, loopback.url("/talk.mp4"))


def test_look_inside_names_the_setting(archive: Archive) -> None:
    """Whoever runs a server of their own reads what to write."""
    with pytest.raises(BlockedAddressError) as raised:
        at(archive, "http://127.0.0.1:9/talk.mp4")
    assert 'allow-hosts = ["127.0.0.1:9"]' in raised.value.advice


@pytest.mark.parametrize(
    "text",
    ["", "talk", "/etc/passwd", "file:///etc/passwd", "C:\\talk.mp4", "ftp://host/a", "javascript:alert(1)", "https://",
     "http://[::1", "https://a b/c", "https://host:port/", "data:text/html,x", "rtsp://host/a", "https://x/" + "a" * 2000],
)  # fmt: skip
def test_web_address_takes_nothing_else(text: str) -> None:
    """From a browser no file of this machine can be named, and no other way to the network."""
    with pytest.raises(UsageError):
        web_address(text)


@pytest.mark.parametrize(
    ("found", "instant"),
    [
        ({"timestamp": 1_790_000_000}, "2026-09-21T14:13:20+00:00"),
        ({"upload_date": "20261001"}, "2026-10-01T12:00:00+00:00"),
        ({"upload_date": "yesterday", "timestamp": "x"}, ""),
    ],
)
def test_published_reads_what_platforms_say(found: dict[str, Any], instant: str) -> None:
    """An instant, a day, or nothing."""
    assert published(found) == instant
