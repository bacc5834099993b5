"""Platforms: what yt-dlp is known to do wrong is answered here, each against a real server."""

from __future__ import annotations

import datetime
import inspect
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yt_dlp
from yt_dlp import utils as its
from yt_dlp.networking import exceptions as network

from onrecord.errors import BlockedAddressError, FetchError, NotMediaError, OnrecordError, StorageError
from onrecord.files import sha256
from onrecord.media import ytdlp
from onrecord.media.arrival import Arrival
from onrecord.media.ffmpeg import program
from onrecord.media.guard import Guard
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience
from onrecord.media.platform import fetch_from_platform
from onrecord.media.probe import probe
from onrecord.media.web import Web
from onrecord.media.ytdlp_errors import age, translate

QUICK = Patience(connect=1, silence=1, slowest=2000, window=0.5, pause=0, longest_pause=0)
BOUNDS = Bounds(1 << 30, floor=0)
BODY = random.Random(1).randbytes(300_000)
PLAYLIST = "application/vnd.apple.mpegurl"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The work folder of one recording."""
    return tmp_path / "work" / "part-1.platform"


@pytest.fixture
def get(loopback: Any, work: Path) -> Callable[..., Arrival]:
    """Fetches what is behind a path of the loopback server."""

    def run(path: str, *, bounds: Bounds = BOUNDS, allow: tuple[str, ...] = (), **more: Any) -> Arrival:
        with Web(Guard((loopback.place, *allow)), QUICK) as web:
            return fetch_from_platform(web, loopback.url(path), work, bounds, **more)

    return run


@pytest.fixture(scope="module")
def pieces(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film as HLS: `list.m3u8` with three pieces of two seconds."""
    folder = tmp_path_factory.mktemp("hls")
    subprocess.run(
        [program(), "-v", "error", "-i", film, "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-keyint_min", "50",
         "-c:a", "aac", "-hls_time", "2", "-hls_playlist_type", "vod", folder / "list.m3u8"],
        check=True,
    )  # fmt: skip
    assert len(list(folder.glob("*.ts"))) == 3
    return folder


def serve_pieces(loopback: Any, folder: Path, change: Callable[[str], str] = lambda text: text) -> None:
    """Serves an HLS folder as `/talk/...`."""
    loopback.page("/talk/list.m3u8", change((folder / "list.m3u8").read_text()), kind=PLAYLIST)
    for piece in folder.glob("*.ts"):
        loopback.serve(f"/talk/{piece.name}", piece, kind="video/mp2t")


def video_page(source: str) -> str:
    return f'<html><head><title>On rights</title></head><body><video src="{source}"></video></body></html>'


def test_platform_finds_the_recording_in_a_page(
    loopback: Any, get: Callable[..., Arrival], work: Path, film: Path
) -> None:
    """The file is the server's, byte for byte, under a name of ours, with what the page says of it."""
    loopback.page("/talk", video_page("/media/film.mp4"))
    loopback.serve("/media/film.mp4", film)
    told: list[tuple[float, float | None, str]] = []
    came = get("/talk", tell=lambda *report: told.append(report))
    assert sha256(came.path) == sha256(film)
    assert came.path == work / "part-0.mp4"
    assert came.size == film.stat().st_size
    assert came.source == loopback.url("/talk")
    assert came.tool == f"yt-dlp {yt_dlp.version.__version__}"
    assert came.metadata["title"] == "On rights"
    assert "formats" not in came.metadata
    assert told[0] == (0, None, "looking for the recording")
    assert told[-1][0] == film.stat().st_size


def test_platform_names_files_itself(
    loopback: Any, get: Callable[..., Arrival], tmp_path: Path, film: Path
) -> None:
    """A title, uploader or format that would lead out of the folder leads nowhere."""
    evil = {
        "@context": "https://schema.org", "@type": "VideoObject", "name": "../../../evil\u0000", "author": "../../../../tmp/evil",
        "contentUrl": loopback.url("/a/..%2f..%2fevil.mp4"), "encodingFormat": "mp4/../../evil", "thumbnailUrl": "file:///etc/passwd",
    }  # fmt: skip
    loopback.page(
        "/talk", f'<html><head><script type="application/ld+json">{json.dumps(evil)}</script></head></html>'
    )
    loopback.serve("/a/..%2f..%2fevil.mp4", film)
    came = get("/talk")
    assert sha256(came.path) == sha256(film)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["part-0.bin", "plan.json"]


def test_platform_of_a_page_without_a_recording_says_so(loopback: Any, get: Callable[..., Arrival]) -> None:
    """A page is no recording."""
    loopback.page(
        "/about", "<html><head><title>About</title></head><body><p>Nothing to hear.</p></body></html>"
    )
    with pytest.raises(NotMediaError, match="this address leads to a page without a recording"):
        get("/about")


def test_platform_of_a_page_with_several_recordings_asks_which(
    loopback: Any, get: Callable[..., Arrival]
) -> None:
    """One recording has one address."""
    loopback.page(
        "/talks",
        '<html><head><title>All</title></head><video src="/a.mp4"></video><video src="/b.mp4"></video></html>',
    )
    with pytest.raises(NotMediaError, match="leads to several recordings"):
        get("/talks")
    assert not loopback.asked("/a.mp4")


def test_platform_without_a_length_is_not_half_a_file(
    loopback: Any, get: Callable[..., Arrival], film: Path
) -> None:
    """A broken connection is an error, not a success with half a file, also where the length comes in chunks."""
    data = film.read_bytes()
    loopback.page("/talk", video_page("/film.mp4"))
    tries = [0]

    def route(request: BaseHTTPRequestHandler) -> None:
        tries[0] += 1
        request.send_response(200)
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        half = data[: len(data) // 2] if tries[0] == 2 else data
        request.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
        if tries[0] != 2:
            request.wfile.write(b"0\r\n\r\n")
        request.close_connection = True

    loopback.routes["/film.mp4"] = route
    tries[0] = 1
    with pytest.raises(FetchError, match="broke off") as raised:
        get("/talk")
    assert not raised.value.permanent
    assert sha256(get("/talk").path) == sha256(film)


def test_platform_does_not_take_what_lies_there_for_the_recording(
    loopback: Any, get: Callable[..., Arrival], work: Path, film: Path
) -> None:
    """Neither a file of 1000 bytes under the final name, nor a beginning of something else, nor one that is too long."""
    loopback.page("/talk", video_page("/film.mp4"))
    loopback.serve("/film.mp4", film)
    work.mkdir(parents=True)
    for name in ("part-0.mp4", "part-0.part", "part-0", "part-0.mp4.part", "whole.mp4", "recording.mp4"):
        (work / name).write_bytes(b"x" * 1000)
    assert sha256(get("/talk").path) == sha256(film)
    (work / "part-0.mp4").unlink()
    (work / "part-0.part").write_bytes(film.read_bytes() + b"z" * 5000)
    assert sha256(get("/talk").path) == sha256(film)
    (work / "part-0.mp4").unlink()
    (work / "part-0.part").write_bytes(random.Random(3).randbytes(20_000))
    assert sha256(get("/talk").path) == sha256(film)


def test_platform_goes_on_where_it_broke_off(
    loopback: Any, get: Callable[..., Arrival], work: Path, film: Path
) -> None:
    """The second run asks for the rest only."""
    loopback.page("/talk", video_page("/film.mp4"))
    loopback.serve("/film.mp4", film, stop_after=100_000)
    with pytest.raises(FetchError):
        get("/talk")
    assert (work / "part-0.part").stat().st_size == 100_000
    assert sha256(get("/talk").path) == sha256(film)
    assert loopback.asked("/film.mp4")[-1]["Range"] == f"bytes={100_000 - 65_536}-"


def test_platform_fetches_another_recording_anew(
    loopback: Any, get: Callable[..., Arrival], work: Path, film: Path
) -> None:
    """What is in the work folder belongs to one recording; when the page shows another, it is thrown away."""
    loopback.page("/talk", video_page("/film.mp4"))
    loopback.serve("/film.mp4", film)
    get("/talk")
    loopback.page("/other", video_page("/other.mp4"))
    loopback.serve("/other.mp4", BODY)
    assert get("/other").path.read_bytes() == BODY


def test_platform_takes_hls_whole(
    loopback: Any, get: Callable[..., Arrival], work: Path, pieces: Path
) -> None:
    """HLS is its pieces in their order, and nothing is left beside them."""
    serve_pieces(loopback, pieces)
    loopback.page("/page", video_page("/talk/list.m3u8"))
    for path in ("/talk/list.m3u8", "/page"):
        came = get(path)
        assert came.path.read_bytes() == b"".join(
            (pieces / f"list{number}.ts").read_bytes() for number in range(3)
        )
        assert probe(came.path).format == "mpegts"
        assert sorted(file.name for file in work.iterdir() if file.is_file()) == [came.path.name, "plan.json"]


def test_platform_goes_on_with_hls_after_kill_9(
    loopback: Any, get: Callable[..., Arrival], work: Path, pieces: Path
) -> None:
    """Killed in the middle of a piece, the next run goes on and every piece is there once."""
    serve_pieces(loopback, pieces)
    second = pieces / "list1.ts"
    over = threading.Event()

    def hang(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(second.stat().st_size))
        request.end_headers()
        request.wfile.write(second.read_bytes()[:5000])
        request.wfile.flush()
        over.wait(120)

    loopback.routes["/talk/list1.ts"] = hang
    code = f"""
from pathlib import Path
from onrecord.media.guard import Guard
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience
from onrecord.media.platform import fetch_from_platform
from onrecord.media.web import Web
from onrecord.media.ytdlp_errors import age, translate
with Web(Guard(({loopback.place!r},)), Patience()) as web:
    fetch_from_platform(web, {loopback.url("/talk/list.m3u8")!r}, Path({str(work)!r}), Bounds(1 << 30, floor=0))
"""
    child = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 120
    while not loopback.asked("/talk/list1.ts") and time.monotonic() < deadline:
        time.sleep(0.02)
    child.kill()
    child.wait()
    over.set()
    assert loopback.asked("/talk/list1.ts")
    assert not (work / "part-0.mp4").exists()
    loopback.serve("/talk/list1.ts", second, kind="video/mp2t")
    came = get("/talk/list.m3u8")
    assert came.path.read_bytes() == b"".join(
        (pieces / f"list{number}.ts").read_bytes() for number in range(3)
    )
    assert len(loopback.asked("/talk/list0.ts")) == 1


@pytest.mark.parametrize("harm", ["piece twice", "piece cut", "note lost", "note broken"])
def test_platform_mends_a_growing_hls_file(
    harm: str, loopback: Any, get: Callable[..., Arrival], work: Path, pieces: Path
) -> None:
    """A stop between writing a piece and noting it, or a power cut, leaves no piece twice and none out."""
    serve_pieces(loopback, pieces)
    loopback.status("/talk/list1.ts", 404)
    with pytest.raises(FetchError):
        get("/talk/list.m3u8")
    growing, note = work / "part-0.pieces.part", work / "part-0.pieces.ytdl"
    first = (pieces / "list0.ts").read_bytes()
    assert growing.read_bytes() == first
    if harm == "piece twice":
        growing.write_bytes(first + (pieces / "list1.ts").read_bytes())
    elif harm == "piece cut":
        growing.write_bytes(first[:-1000])
    elif harm == "note lost":
        note.unlink()
    else:
        note.write_text("{")
    serve_pieces(loopback, pieces)
    came = get("/talk/list.m3u8")
    assert came.path.read_bytes() == b"".join(
        (pieces / f"list{number}.ts").read_bytes() for number in range(3)
    )


def test_platform_leaves_no_piece_of_hls_out(
    loopback: Any, get: Callable[..., Arrival], pieces: Path
) -> None:
    """A piece that cannot be had is an error; yt-dlp would leave it out."""
    serve_pieces(loopback, pieces)
    loopback.status("/talk/list1.ts", 404)
    with pytest.raises(FetchError, match="nothing at this address"):
        get("/talk/list.m3u8")


def test_platform_refuses_live_streams(
    loopback: Any, get: Callable[..., Arrival], pieces: Path, work: Path
) -> None:
    """A playlist without an end is live: FFmpeg, which yt-dlp would start, is never asked."""
    serve_pieces(
        loopback,
        pieces,
        lambda text: text.replace("#EXT-X-ENDLIST", "").replace("#EXT-X-PLAYLIST-TYPE:VOD\n", ""),
    )
    with pytest.raises(FetchError, match="live stream that has not ended") as raised:
        get("/talk/list.m3u8")
    assert not raised.value.permanent
    assert raised.value.wait == 1800
    assert not loopback.asked("/talk/list0.ts")
    assert not list(work.glob("part-0*")) if work.exists() else True


def test_platform_never_starts_another_program_to_download(
    loopback: Any, get: Callable[..., Arrival], pieces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encrypted, byte-ranged, live, broken playlists: whatever comes, no program is run."""
    started: list[Any] = []
    monkeypatch.setattr(
        subprocess.Popen, "__init__", lambda self, *arguments, **more: started.append(arguments)
    )
    monkeypatch.setattr(subprocess.Popen, "__del__", lambda self: None)
    changes: list[Callable[[str], str]] = [
        lambda text: text.replace("#EXTINF", '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key"\n#EXTINF', 1),
        lambda text: text.replace("#EXTINF", '#EXT-X-KEY:METHOD=AES-128,URI="skd://key"\n#EXTINF', 1),
        lambda text: text.replace("#EXT-X-ENDLIST", "").replace("#EXT-X-PLAYLIST-TYPE:VOD\n", ""),
        lambda text: text.replace("MEDIA-SEQUENCE:0", "MEDIA-SEQUENCE:7").replace("#EXT-X-ENDLIST", "")
        .replace("#EXT-X-PLAYLIST-TYPE:VOD\n", ""),
        lambda text: "#EXTM3U\n#EXT-X-ENDLIST\n",
        lambda text: "#EXTM3U\n",
    ]  # fmt: skip
    for change in changes:
        serve_pieces(loopback, pieces, change)
        with pytest.raises(OnrecordError):
            get("/talk/list.m3u8")
    assert started == []


def test_platform_joins_picture_and_sound(
    loopback: Any, get: Callable[..., Arrival], film: Path, tmp_path: Path
) -> None:
    """Two streams become one file without encoding; a playlist that calls itself a film reads nothing of ours."""
    folder = tmp_path / "dash"
    folder.mkdir()
    subprocess.run(
        [program(), "-v", "error", "-i", film, "-map", "0:v", "-map", "0:a", "-c", "copy", "-seg_duration", "2",
         "-f", "dash", folder / "talk.mpd"],
        check=True, cwd=folder,
    )  # fmt: skip
    loopback.page("/dash/talk.mpd", (folder / "talk.mpd").read_text(), kind="application/dash+xml")
    for stream in folder.glob("*.m4s"):
        loopback.serve(f"/dash/{stream.name}", stream)
    came = get("/dash/talk.mpd")
    found = probe(came.path)
    assert [(stream.kind, stream.codec) for stream in found.streams] == [("video", "h264"), ("audio", "aac")]
    assert found.duration_ms is not None
    assert abs(found.duration_ms - 6000) < 200
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(film.read_bytes())
    for stream in folder.glob("*.m4s"):
        loopback.serve(f"/dash/{stream.name}", f"ffconcat version 1.0\nfile '{secret}'\n".encode())
    loopback.page("/dash/other.mpd", (folder / "talk.mpd").read_text(), kind="application/dash+xml")
    with pytest.raises(OnrecordError):
        get("/dash/other.mpd")


def test_platform_takes_the_sound_alone_where_that_is_wanted(
    loopback: Any, get: Callable[..., Arrival], film: Path, tmp_path: Path
) -> None:
    """A recording of the kind `audio` brings no faces."""
    folder = tmp_path / "dash"
    folder.mkdir()
    subprocess.run(
        [program(), "-v", "error", "-i", film, "-c", "copy",
         "-f", "dash", folder / "talk.mpd"],
        check=True, cwd=folder,
    )  # fmt: skip
    loopback.page("/dash/talk.mpd", (folder / "talk.mpd").read_text(), kind="application/dash+xml")
    for stream in folder.glob("*.m4s"):
        loopback.serve(f"/dash/{stream.name}", stream)
    found = probe(get("/dash/talk.mpd", sound_only=True).path)
    assert [stream.kind for stream in found.streams] == ["audio"]


def test_platform_keeps_captions_and_picture(
    loopback: Any, get: Callable[..., Arrival], film: Path, tmp_path: Path
) -> None:
    """What people wrote and what a machine heard are told apart; the picture is kept under its real ending."""
    picture = tmp_path / "picture.jpg"
    subprocess.run([program(), "-v", "error", "-i", film, "-frames:v", "1", picture], check=True)
    vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nEveryone has the right to life.\n"
    loopback.serve("/film.mp4", film)
    loopback.serve("/picture", picture, kind="image/jpeg")
    loopback.page("/en.vtt", vtt, kind="text/vtt")
    loopback.page(
        "/talk",
        f'<html><head><title>On rights</title></head><body><video poster="{loopback.url("/picture")}">'
        '<source src="/film.mp4" type="video/mp4"><track src="/en.vtt" kind="subtitles" srclang="en" label="English">'
        '<track src="/gone.vtt" kind="subtitles" srclang="uk"></video></body></html>',
    )
    came = get("/talk")
    assert {name: file.read_bytes() for name, file in came.beside.items()} == {
        "captions.en.vtt": vtt.encode(), "picture.jpg": picture.read_bytes()
    }  # fmt: skip
    assert came.metadata["captions"] == [
        {"kind": "manual", "language": "en", "file": "captions.en.vtt"},
        {"kind": "manual", "language": "uk", "file": "", "error": "there is nothing at this address (404)."},
    ]


def test_platform_tells_automatic_captions_apart(loopback: Any, tmp_path: Path) -> None:
    """A machine's captions take the place of people's only where there are none, and the metadata says whose they are."""
    from onrecord.media.platform import _beside

    for name in ("en.vtt", "en.json3", "uk.json3"):
        loopback.page(f"/{name}", f"the captions {name}", kind="text/vtt")
    found = {
        "language": "en",
        "subtitles": {"en": [{"ext": "vtt", "url": loopback.url("/en.vtt")}]},
        "automatic_captions": {
            "en-orig": [{"ext": "json3", "url": loopback.url("/en.json3")}],
            "uk-orig": [{"ext": "json3", "url": loopback.url("/uk.json3")}],
        },
    }
    with Web(Guard((loopback.place,)), QUICK) as web, ytdlp.YtDlp(web) as finder:
        files, notes = _beside(finder, found, tmp_path, ())
    assert {name: file.read_text() for name, file in files.items()} == {
        "captions.en.vtt": "the captions en.vtt",
        "automatic.en.json3": "the captions en.json3",
        "captions.uk.json3": "the captions uk.json3",
    }
    assert [(note["kind"], note["file"]) for note in notes] == [
        ("manual", "captions.en.vtt"), ("automatic", "automatic.en.json3"), ("automatic", "captions.uk.json3"),
    ]  # fmt: skip


def test_platform_chooses_captions_of_the_language_that_was_spoken() -> None:
    """All that people made, and of the automatic ones the original, not its machine translations."""
    from onrecord.media.platform import offered_captions

    def offer(name: str) -> list[dict[str, str]]:
        return [
            {"ext": ending, "url": f"http://x.example/{name}.{ending}"} for ending in ("json3", "srv1", "vtt")
        ]

    found = {
        "language": "uk",
        "subtitles": {"en": offer("en"), "pt_BR": offer("pt"), "live_chat": [{"ext": "json", "url": "x"}]},
        "automatic_captions": {name: offer(f"auto-{name}") for name in ("en", "fr", "uk", "uk-orig", "de")},
    }
    assert [(kind, tag, choice["url"]) for kind, tag, choice in offered_captions(found, ("en",))] == [
        ("manual", "en", "http://x.example/en.vtt"),
        ("manual", "pt-BR", "http://x.example/pt.vtt"),
        ("automatic", "uk", "http://x.example/auto-uk-orig.json3"),
    ]
    del found["automatic_captions"]["uk-orig"]  # type: ignore[attr-defined]
    assert offered_captions(found, ("en",))[-1][:2] == ("automatic", "uk")


def test_platform_metadata_holds_no_address_of_ours() -> None:
    """Addresses of streams hold the address and the session of who asked; they are not kept."""
    from onrecord.media.platform import _metadata

    kept = _metadata(
        {"id": "x", "title": "On rights", "url": "https://cdn.example/?ip=192.0.2.7", "formats": [{"url": "https://cdn.example/?ip=192.0.2.7"}],
         "http_headers": {"Cookie": "a"}, "webpage_url": "https://anna:word@x.example/watch?v=1&token=abc",
         "chapters": [{"title": "Begin", "start_time": 1.5}]},
        [],
    )  # fmt: skip
    assert kept == {
        "id": "x", "title": "On rights", "webpage_url": "https://x.example/watch?v=1&token=...",
        "chapters": [{"title": "Begin", "start_ms": 1500}], "captions": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "route",
    [
        lambda request: [request.wfile.write(b"." * 30_000) for _ in iter(int, 1)],
        lambda request: [
            (request.wfile.write(b"<"), request.wfile.flush(), time.sleep(0.05)) for _ in iter(int, 1)
        ],
    ],
    ids=["endless", "drip"],
)
def test_platform_of_a_page_without_an_end_ends(
    route: Callable[[BaseHTTPRequestHandler], Any],
    loopback: Any,
    get: Callable[..., Arrival],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page that never ends, or drips, does not fill the memory or hang."""
    monkeypatch.setattr(ytdlp, "_PAGE_BYTES", 3_000_000)

    def page(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(b"<html><body>" + b" " * 2000)
        route(request)

    loopback.routes["/talk"] = page
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"never ends|so slowly|connection"):
        get("/talk")
    assert time.monotonic() - began < 60  # and not never


def test_platform_of_pages_that_lead_on_and_on_ends(loopback: Any, get: Callable[..., Arrival]) -> None:
    """Pages that send to each other by themselves are left in the end."""

    def on(request: BaseHTTPRequestHandler) -> None:
        number = int(request.path.partition("?")[2] or 0)
        body = f'<html><head><meta http-equiv="refresh" content="0; url=/on?{number + 1}"></head></html>'.encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    loopback.routes["/on"] = on
    with pytest.raises(FetchError, match=r"on and on|in circles") as raised:
        get("/on")
    assert raised.value.permanent
    assert len(loopback.requests) <= 151


def test_platform_of_an_endless_piece_ends_at_the_bound(
    loopback: Any, get: Callable[..., Arrival], pieces: Path
) -> None:
    """A stream in pieces is bounded as a file is."""
    serve_pieces(loopback, pieces)

    def route(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        while True:
            request.wfile.write(b"G" * 65_536)

    loopback.routes["/talk/list1.ts"] = route
    with pytest.raises(FetchError, match="larger than") as raised:
        get("/talk/list.m3u8", bounds=Bounds(3_000_000, floor=0))
    assert raised.value.permanent


def test_platform_does_not_read_a_huge_piece_into_memory(
    loopback: Any, get: Callable[..., Arrival], pieces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """yt-dlp reads each piece whole; one that is no piece any more is refused."""
    monkeypatch.setattr(ytdlp, "_PIECE_BYTES", 1000)
    serve_pieces(loopback, pieces)
    with pytest.raises(FetchError, match="too large") as raised:
        get("/talk/list.m3u8")
    assert raised.value.permanent


def test_platform_says_when_there_is_no_room(
    loopback: Any, get: Callable[..., Arrival], pieces: Path
) -> None:
    """Before the first piece, not after the last that fits."""
    serve_pieces(loopback, pieces)
    with pytest.raises(StorageError, match="not room enough"):
        get("/talk/list.m3u8", bounds=Bounds(1 << 30, floor=1 << 60))
    assert not loopback.asked("/talk/list0.ts")


def test_platform_on_a_full_disk_keeps_what_came(
    loopback: Any, get: Callable[..., Arrival], work: Path, pieces: Path
) -> None:
    """When the disk refuses more in the middle of a stream, that is said as such, and the next run goes on."""
    serve_pieces(loopback, pieces)
    first = (pieces / "list0.ts").stat().st_size
    code = f"""
import resource, signal
from pathlib import Path
from onrecord.media.guard import Guard
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience
from onrecord.media.platform import fetch_from_platform
from onrecord.media.web import Web
from onrecord.media.ytdlp_errors import age, translate
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({first + 5000}, resource.RLIM_INFINITY))
with Web(Guard(({loopback.place!r},)), Patience(pause=0)) as web:
    try:
        fetch_from_platform(web, {loopback.url("/talk/list.m3u8")!r}, Path({str(work)!r}), Bounds(1 << 30, floor=0))
    except Exception as error:
        print(type(error).__name__, error)
"""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("StorageError"), ran.stdout
    came = get("/talk/list.m3u8")
    assert came.path.read_bytes() == b"".join(
        (pieces / f"list{number}.ts").read_bytes() for number in range(3)
    )
    assert len(loopback.asked("/talk/list0.ts")) == 1


@pytest.mark.parametrize(
    "source",
    ["file:///etc/passwd", "ftp://127.0.0.1/a.mp4", "rtmp://127.0.0.1/a", "concat:a|b", "ytsearch:x"],
)
def test_platform_takes_web_addresses_only(source: str, loopback: Any, get: Callable[..., Arrival]) -> None:
    """A page may name what it likes."""
    loopback.page("/talk", video_page(source))
    with pytest.raises(OnrecordError):
        get("/talk")


def test_platform_sends_the_cookies_of_this_fetch_only(
    loopback: Any, get: Callable[..., Arrival], film: Path, tmp_path: Path
) -> None:
    """A page may need its own cookie for the file; nothing is kept for the next fetch."""

    def page(request: BaseHTTPRequestHandler) -> None:
        body = video_page("/film.mp4").encode()
        request.send_response(200)
        request.send_header("Set-Cookie", "visit=7; Path=/")
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    loopback.routes["/talk"] = page
    loopback.serve("/film.mp4", film)
    get("/talk")
    get("/talk")
    assert loopback.asked("/talk")[0]["Cookie"] is None
    assert loopback.asked("/film.mp4")[-1]["Cookie"] == "visit=7"
    assert [headers["Cookie"] for headers in loopback.asked("/talk")][-1] in (None, "visit=7")
    assert not list(tmp_path.rglob("*cookie*"))


def test_ytdlp_is_kept_on_a_short_lead() -> None:
    """No programs, no files of passwords, no cookies of browsers, no way to the network but ours."""
    with Web(Guard(), QUICK) as web, ytdlp.YtDlp(web) as finder:
        for name in ("exec_cmd", "netrc_cmd", "external_downloader", "cookiesfrombrowser", "cookiefile", "writelink",
                     "writeurllink", "usenetrc", "enable_file_urls", "postprocessors", "allow_unplayable_formats"):  # fmt: skip
            assert not finder.params.get(name), name
        assert finder.params["cachedir"] is False
        assert finder.params["videopassword"] is None
    with Web(Guard(), QUICK) as web, ytdlp.YtDlp(web, passcode="kalyna") as finder:
        assert finder.params["videopassword"] == "kalyna"
        assert finder.proxies == {"all": "__noproxy__"} or not any(finder.proxies.values())
        assert [type(handler) for handler in finder._request_director.handlers.values()] == [ytdlp.OnrecordRH]


def test_ytdlp_knows_platforms_by_their_address() -> None:
    """A platform's address is asked of it; any other is looked at first."""
    assert ytdlp.knows("https://www.youtube.com/watch?v=BaW_jenozKc")
    assert ytdlp.knows("https://vimeo.com/76979871")
    assert not ytdlp.knows("https://example.org/talks/7")


def _made(kind: type[BaseException]) -> BaseException:
    """An exception of yt-dlp with whatever arguments it wants."""
    response = yt_dlp.networking.Response(
        fp=__import__("io").BytesIO(), url="http://x.example/", headers={}, status=503
    )
    special: dict[str, Callable[[], BaseException]] = {
        "HTTPError": lambda: network.HTTPError(response),
        "NoSupportingHandlers": lambda: network.NoSupportingHandlers([], []),
        "IncompleteRead": lambda: network.IncompleteRead(1, 2),
        "ContentTooShortError": lambda: its.ContentTooShortError(1, 2),
        "UnsupportedError": lambda: its.UnsupportedError("http://x.example/"),
        "GeoRestrictedError": lambda: its.GeoRestrictedError("not here", ["UA"]),
        "XAttrMetadataError": lambda: its.XAttrMetadataError(28, "x"),
        "ReExtractInfo": lambda: its.ReExtractInfo("again"),
        "LockingUnsupportedError": lambda: its.LockingUnsupportedError(),
    }
    if kind.__name__ in special:
        return special[kind.__name__]()
    try:
        return kind("broken")
    except TypeError:
        return kind()


KINDS = sorted(
    {
        value
        for module in (its, its._utils, network)
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__.startswith("yt_dlp")
        and value is not its.YoutubeDLError
    },
    key=lambda kind: kind.__name__,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_translate_knows_every_exception_of_ytdlp(kind: type[BaseException]) -> None:
    """Each class of yt_dlp.utils and yt_dlp.networking has its meaning, bare or wrapped as yt-dlp wraps it."""
    error = _made(kind)
    found = translate(error, "https://x.example/watch?token=abc")
    assert isinstance(found, (FetchError, NotMediaError, StorageError))
    assert not str(found).startswith("yt-dlp failed") or kind is its.DownloadError
    assert "abc" not in f"{found}{found.url}"
    wrapped = its.DownloadError("ERROR: broken", (kind, error, None))
    assert translate(wrapped, "https://x.example/").message == translate(error, "https://x.example/").message


def test_translate_covers_all_kinds() -> None:
    """The list above is not empty by accident."""
    assert len(KINDS) > 25
    assert {its.ExtractorError, its.DownloadError, network.TransportError, its.PostProcessingError} <= set(
        KINDS
    )


def test_translate_says_what_the_platform_says() -> None:
    """An extractor's expected error is the platform's own sentence."""
    error = its.ExtractorError("This video is private", expected=True)
    found = translate(its.DownloadError("ERROR", (type(error), error, None)), "https://x.example/")
    assert isinstance(found, FetchError)
    assert found.message == "the platform says: This video is private."
    assert found.permanent


def test_translate_names_the_passcode() -> None:
    """A recording that wants a passcode says where it goes."""
    error = its.ExtractorError(
        "This video is protected by a passcode; use the option --video-password", expected=True
    )
    found = translate(error, "https://x.example/")
    assert found.message == "the recording wants a passcode, or another one."
    assert 'passcode = "..." under [private]' in found.advice


@pytest.mark.parametrize("kind", [its.ExtractorError, KeyError, AttributeError])
def test_translate_says_how_old_ytdlp_is(kind: type[Exception]) -> None:
    """When a page cannot be made out and yt-dlp is old, the error says how old, and how to upgrade."""
    made = datetime.date(*(int(part) for part in yt_dlp.version.__version__.split(".")[:3]))
    later = made + datetime.timedelta(days=100)
    found = translate(kind("no player"), "https://x.example/", today=later)
    assert "yt-dlp is 100 days old" in found.advice
    assert "pip install --upgrade 'yt-dlp[default,deno]'" in found.advice
    assert "days old" not in translate(kind("no player"), "https://x.example/", today=made).advice
    assert age(later) == 100


def test_translate_speaks_of_the_javascript_runtime() -> None:
    """yt-dlp only warns of it; it is what to do next."""
    error = its.ExtractorError("Some formats are missing", expected=True)
    found = translate(
        error, "https://x.example/", warnings=["No supported JavaScript runtime could be found."]
    )
    assert "JavaScript runtime" in found.advice


def test_translate_prefers_what_the_guard_refused() -> None:
    """That an address leads inside is the reason, whatever yt-dlp makes of it."""
    blocked = BlockedAddressError("inside.", permanent=True)
    assert (
        translate(its.ExtractorError("no formats"), "https://x.example/", refused=[FetchError("x"), blocked])
        is blocked
    )


def test_translate_keeps_a_full_disk_apart() -> None:
    """A full disk is no error of the platform."""
    error = OSError(28, "No space left on device", "/x/part-0.part")
    wrapped = its.DownloadError("unable to write data", (OSError, error, None))
    assert isinstance(translate(wrapped, "https://x.example/"), StorageError)
