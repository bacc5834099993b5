"""A file over HTTP: gone on with, bounded, and never made of two different files."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore2
import httpx2
import pytest

from onrecord.errors import FetchError, NotMediaError, OnrecordError, StorageError
from onrecord.files import sha256
from onrecord.media.address import shown_address
from onrecord.media.guard import Guard
from onrecord.media.http import PageFoundError, download
from onrecord.media.partial import OVERLAP, Bounds
from onrecord.media.patience import Patience, persist
from onrecord.media.web import Web, network_error, retry_after

QUICK = Patience(connect=1, silence=0.5, slowest=2000, window=0.5, pause=0, longest_pause=0)
BOUNDS = Bounds(1 << 30, floor=0)
BODY = random.Random(1).randbytes(400_000)


@pytest.fixture
def get(loopback: Any, tmp_path: Path) -> Callable[..., Any]:
    """Downloads a path of the loopback server to `x.part`."""

    def run(path: str = "/talk.mp4", *, bounds: Bounds = BOUNDS, **more: Any) -> Any:
        with Web(Guard((loopback.place,)), QUICK) as web:
            return download(web, loopback.url(path), tmp_path / "x.part", bounds, **more)

    return run


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """Where the file grows."""
    return tmp_path / "x.part"


def broken_off(loopback: Any, get: Callable[..., Any], at: int, **more: Any) -> None:
    """Begins a download that breaks off after `at` bytes."""
    loopback.serve("/talk.mp4", BODY, stop_after=at, **more)
    with pytest.raises(FetchError) as raised:
        get()
    assert not raised.value.permanent


def test_download_brings_the_whole_file(loopback: Any, get: Callable[..., Any], part: Path) -> None:
    """The bytes are the server's, the announced size is told, and progress ends with all of it."""
    loopback.serve("/talk.mp4", BODY)
    told: list[tuple[int, int | None]] = []
    came = get(tell=lambda done, total: told.append((done, total)))
    assert part.read_bytes() == BODY
    assert (came.expected, came.content_type) == (len(BODY), "video/mp4")
    assert told[-1] == (len(BODY), len(BODY))
    asked = loopback.asked("/talk.mp4")[0]
    assert asked["Accept-Encoding"] == "identity"
    assert asked["Cookie"] is None


def test_download_goes_on_where_it_broke_off(loopback: Any, get: Callable[..., Any], part: Path) -> None:
    """Only the rest and a little overlap are asked for, and only of the same file (If-Range)."""
    broken_off(loopback, get, 300_000)
    assert part.read_bytes() == BODY[:300_000]
    get()
    assert part.read_bytes() == BODY
    again = loopback.asked("/talk.mp4")[1]
    assert (again["Range"], again["If-Range"]) == (f"bytes={300_000 - OVERLAP}-", '"one"')


@pytest.mark.parametrize("etag", ['"one"', ""])
def test_download_begins_anew_when_ranges_are_ignored(
    etag: str, loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """A server that answers a range with everything is taken at its word."""
    broken_off(loopback, get, 300_000, ranges=False, etag=etag)
    get()
    assert part.read_bytes() == BODY


def test_download_begins_anew_when_the_file_changed(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """Another ETag means another file."""
    broken_off(loopback, get, 300_000)
    other = random.Random(2).randbytes(350_000)
    loopback.serve("/talk.mp4", other, etag='"two"')
    get()
    assert part.read_bytes() == other


def test_download_notices_a_changed_file_without_validators(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """Where a server names neither ETag nor date, the overlap tells whether the beginning belongs to this file."""
    broken_off(loopback, get, 300_000, etag="")
    other = random.Random(2).randbytes(len(BODY))
    loopback.serve("/talk.mp4", other, etag="")
    get()
    assert part.read_bytes() == other


def test_download_notices_a_liar_about_ranges(loopback: Any, get: Callable[..., Any], part: Path) -> None:
    """A server that says 206 but sends the file from its beginning does not corrupt it."""
    broken_off(loopback, get, 300_000)

    def lie(request: BaseHTTPRequestHandler) -> None:
        start = request.headers.get("Range")
        request.send_response(206 if start else 200)
        if start:
            first = int(start.removeprefix("bytes=").rstrip("-"))
            request.send_header("Content-Range", f"bytes {first}-{len(BODY) - 1}/{len(BODY)}")
            body = BODY[: len(BODY) - first]
        else:
            body = BODY
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    loopback.routes["/talk.mp4"] = lie
    get()
    assert part.read_bytes() == BODY


def test_download_throws_a_strangers_beginning_away(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """A partial file without its note, or of another address, is not gone on with."""
    part.write_bytes(b"x" * 1000)
    loopback.serve("/talk.mp4", BODY)
    get()
    assert part.read_bytes() == BODY
    loopback.serve("/other.mp4", BODY[::-1])
    get("/other.mp4")
    assert part.read_bytes() == BODY[::-1]


def test_download_of_a_beginning_longer_than_the_file_starts_anew(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """416 does not stay for ever: the beginning is deleted and the file fetched from its start."""
    loopback.serve("/talk.mp4", BODY)
    get()
    with part.open("ab") as file:
        file.write(b"y" * 200_000)
    get()
    assert part.read_bytes() == BODY
    loopback.serve("/talk.mp4", BODY[:1000])
    get()
    assert part.read_bytes() == BODY[:1000]


def test_download_says_so_when_416_is_all_there_is(loopback: Any, get: Callable[..., Any]) -> None:
    """A server that answers 416 to everything is an error, not a loop."""
    loopback.status("/talk.mp4", 416)
    with pytest.raises(FetchError, match="416"):
        get()
    assert len(loopback.requests) == 1


def test_download_of_a_finished_file_asks_for_its_end_only(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """Stopped between the last byte and the check, it is not fetched twice."""
    loopback.serve("/talk.mp4", BODY)
    get()
    get()
    assert loopback.asked("/talk.mp4")[1]["Range"] == f"bytes={len(BODY) - OVERLAP}-"
    assert part.read_bytes() == BODY


def test_download_in_pieces_asks_piece_by_piece(loopback: Any, get: Callable[..., Any], part: Path) -> None:
    """For servers that slow a long answer down."""
    loopback.serve("/talk.mp4", BODY)
    get(chunk=150_000)
    assert part.read_bytes() == BODY
    assert [headers["Range"] for headers in loopback.asked("/talk.mp4")][:2] == [
        "bytes=0-215535",
        "bytes=150000-365535",
    ]


def test_download_of_a_server_that_promises_too_much_fails(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """More announced than sent is a broken connection; what came stays."""

    def route(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(BODY) + 500))
        request.end_headers()
        request.wfile.write(BODY)
        request.close_connection = True

    loopback.routes["/talk.mp4"] = route
    with pytest.raises(FetchError, match="broke off") as raised:
        get()
    assert not raised.value.permanent
    assert part.read_bytes() == BODY


def test_download_without_a_length_ends_with_the_connection(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """The end cannot be known here, so the size that was announced is None."""
    loopback.serve("/talk.mp4", BODY, length=False)
    assert get().expected is None
    assert part.read_bytes() == BODY


def test_download_of_a_compressed_answer_is_unpacked(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """Some servers compress though they were asked not to; an archive keeps the file itself."""
    import gzip

    packed = gzip.compress(BODY)

    def route(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Encoding", "gzip")
        request.send_header("Content-Length", str(len(packed)))
        request.end_headers()
        request.wfile.write(packed)

    loopback.routes["/talk.mp4"] = route
    assert get().expected is None
    assert part.read_bytes() == BODY


def dripping(pause: float, size: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """A body that comes a little at a time, for ever."""

    def route(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000000")
        request.end_headers()
        while True:
            request.wfile.write(b"." * size)
            request.wfile.flush()
            time.sleep(pause)

    return route


def test_download_of_a_drip_ends(loopback: Any, get: Callable[..., Any]) -> None:
    """A server that sends a byte now and then is given up, though it never falls silent."""
    loopback.routes["/talk.mp4"] = dripping(0.05, 1)
    began = time.monotonic()
    with pytest.raises(FetchError, match="so slowly") as raised:
        get()
    assert time.monotonic() - began < 25  # and not never
    assert not raised.value.permanent


def test_download_of_a_silence_ends(loopback: Any, get: Callable[..., Any]) -> None:
    """A server that stops is given up after the time for silence."""
    loopback.routes["/talk.mp4"] = dripping(30, 100_000)
    began = time.monotonic()
    with pytest.raises(FetchError, match="stopped sending"):
        get()
    assert time.monotonic() - began < 25  # and not never


def test_download_of_dripping_headers_ends(tmp_path: Path) -> None:
    """The head of an answer may drip as well."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while True:
                        connection.sendall(b"z")
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        with Web(Guard((place,)), QUICK) as web, pytest.raises(FetchError, match="so slowly"):
            download(web, f"http://{place}/talk.mp4", tmp_path / "x.part", BOUNDS)
        thread.join()


def test_download_of_a_slow_but_steady_server_goes_through(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """Slow is no reason to give up as long as it would end."""

    def route(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "12000")
        request.end_headers()
        for _ in range(12):
            request.wfile.write(b"m" * 1000)
            request.wfile.flush()
            time.sleep(0.1)

    loopback.routes["/talk.mp4"] = route
    get()
    assert part.read_bytes() == b"m" * 12_000


def test_download_of_an_endless_stream_ends_at_the_bound(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """An answer without an end stops at fetch.max-gigabytes, and the error names the setting."""

    def route(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        while True:
            request.wfile.write(b"e" * 65_536)

    loopback.routes["/talk.mp4"] = route
    with pytest.raises(FetchError, match=r"larger than 5\.0 MB") as raised:
        get(bounds=Bounds(5_000_000, floor=0))
    assert raised.value.permanent
    assert "max-gigabytes" in raised.value.advice
    assert part.stat().st_size <= 5_000_000


def test_download_of_too_large_a_file_is_not_begun(
    loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """When the server says how large it is, nothing is fetched in vain."""
    loopback.serve("/talk.mp4", BODY)
    with pytest.raises(FetchError, match="larger than"):
        get(bounds=Bounds(1000, floor=0))
    assert part.stat().st_size == 0 if part.exists() else True


def test_download_leaves_room_on_the_disk(loopback: Any, get: Callable[..., Any]) -> None:
    """The disk is never filled to its brim."""
    loopback.serve("/talk.mp4", BODY)
    with pytest.raises(StorageError, match="not room enough"):
        get(bounds=Bounds(1 << 30, floor=1 << 60))


def test_download_on_a_full_disk_keeps_what_came(loopback: Any, tmp_path: Path) -> None:
    """When the disk refuses to take more, that is said, nothing is lost, and the next run goes on."""
    loopback.serve("/talk.mp4", BODY)
    code = f"""
import resource, signal, sys
from pathlib import Path
from onrecord.media.guard import Guard
from onrecord.media.http import download
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience
from onrecord.media.web import Web
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
with Web(Guard(({loopback.place!r},)), Patience()) as web:
    try:
        download(web, {loopback.url("/talk.mp4")!r}, Path({str(tmp_path / "x.part")!r}), Bounds(1 << 30, floor=0))
    except Exception as error:
        print(type(error).__name__, error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("StorageError")
    here = (tmp_path / "x.part").read_bytes()
    assert 0 < len(here) <= 150_000
    assert here == BODY[: len(here)]
    with Web(Guard((loopback.place,)), QUICK) as web:
        download(web, loopback.url("/talk.mp4"), tmp_path / "x.part", BOUNDS)
    assert (tmp_path / "x.part").read_bytes() == BODY


def test_download_follows_redirects_and_keeps_a_login_from_strangers(
    loopback: Any, get: Callable[..., Any], part: Path, tmp_path: Path
) -> None:
    """A name and password in the address go to its own host only."""
    loopback.serve("/talk.mp4", BODY)
    loopback.redirect("/here", "/talk.mp4", 308)
    with Web(Guard((loopback.place, f"localhost:{loopback.port}")), QUICK) as web:
        download(web, f"http://anna:word@{loopback.place}/here", tmp_path / "x.part", BOUNDS)
        loopback.redirect("/away", f"http://localhost:{loopback.port}/talk.mp4")
        download(web, f"http://anna:word@{loopback.place}/away", tmp_path / "y.part", BOUNDS)
    assert part.read_bytes() == BODY
    assert loopback.asked("/here")[0]["Authorization"] == "Basic YW5uYTp3b3Jk"
    assert loopback.asked("/away")[0]["Authorization"] == "Basic YW5uYTp3b3Jk"
    assert loopback.asked("/talk.mp4")[-1]["Authorization"] is None
    assert "word" not in (tmp_path / "x.part.json").read_text()


def test_download_of_a_redirect_loop_ends(loopback: Any, get: Callable[..., Any]) -> None:
    """Two pages that send to each other, and one that always sends on to a new one."""
    loopback.redirect("/a", "/b")
    loopback.redirect("/b", "/a")
    with pytest.raises(FetchError, match="round in circles") as raised:
        get("/a")
    assert raised.value.permanent

    def on(request: BaseHTTPRequestHandler) -> None:
        number = int(request.path.partition("?")[2] or 0)
        request.send_response(302)
        request.send_header("Location", f"/c?{number + 1}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    loopback.routes["/c"] = on
    with pytest.raises(FetchError, match="round in circles"):
        get("/c")
    assert len(loopback.asked("/c")) == 11


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/", "javascript:1", "http://", "http://[::1"],
)
def test_download_does_not_follow_to_other_schemes(
    target: str, loopback: Any, get: Callable[..., Any]
) -> None:
    """A redirect leads to http and https only."""
    loopback.redirect("/talk.mp4", target)
    with pytest.raises(FetchError) as raised:
        get()
    assert raised.value.permanent


@pytest.mark.parametrize(
    ("status", "permanent", "says"),
    [(400, True, "400"), (401, True, "password"), (403, True, "refuses"), (404, True, "nothing"), (410, True, "nothing"),
     (451, True, "legal"), (408, False, "trouble"), (429, False, "too often"), (500, False, "trouble"), (503, False, "trouble"),
     (501, True, "501"), (204, True, "204"), (304, True, "304")],
)  # fmt: skip
def test_download_knows_which_answers_are_final(
    status: int, permanent: bool, says: str, loopback: Any, get: Callable[..., Any], part: Path
) -> None:
    """What will not change by waiting is permanent; trouble at the server is not."""
    loopback.status("/talk.mp4", status)
    with pytest.raises(FetchError, match=says) as raised:
        get()
    assert raised.value.permanent is permanent
    assert not part.exists()


def test_download_hears_how_long_to_wait(loopback: Any, get: Callable[..., Any]) -> None:
    """Retry-After is taken along, in seconds or as a date."""
    loopback.status("/talk.mp4", 429, Retry_After="7")
    with pytest.raises(FetchError) as raised:
        get()
    assert raised.value.wait == 7
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") is retry_after("²") is None
    assert retry_after("99999999999") == retry_after("Fri, 31 Dec 9999 23:59:59 GMT") == 30 * 86400


@pytest.mark.parametrize(
    ("body", "kind"),
    [("<html><body>Sign in</body></html>", "text/html; charset=utf-8"), ("\n<!DOCTYPE html><html>", "video/mp4"),
     ("#EXTM3U\n#EXTINF:4,\na.ts\n", "application/octet-stream"), ("x", "application/vnd.apple.mpegurl")],
)  # fmt: skip
def test_download_tells_a_page_from_a_file(
    body: str, kind: str, loopback: Any, get: Callable[..., Any]
) -> None:
    """A page or a playlist is no recording, whatever it is called."""
    loopback.page("/talk.mp4", body, kind=kind)
    with pytest.raises(PageFoundError, match="leads to a page without a recording"):
        get()


def test_download_of_an_empty_file_says_so(loopback: Any, get: Callable[..., Any]) -> None:
    """No bytes are no recording."""
    loopback.serve("/talk.mp4", b"")
    with pytest.raises(NotMediaError, match="empty"):
        get()


def test_download_from_nobody_says_so(tmp_path: Path) -> None:
    """A closed port, a name that nobody has, a server that does not speak HTTP, one without a certificate."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can take it
        closed = f"127.0.0.1:{free.getsockname()[1]}"
        with (
            Web(Guard((closed,)), QUICK) as web,
            pytest.raises(FetchError, match="no connection to") as raised,
        ):
            download(web, f"http://{closed}/x", tmp_path / "x.part", BOUNDS)
    assert not raised.value.permanent
    with (
        Web(Guard(), QUICK) as web,
        pytest.raises(FetchError, match=r"there is no server named 'nobody\.invalid'"),
    ):
        download(web, "http://nobody.invalid/x", tmp_path / "x.part", BOUNDS)


@pytest.mark.parametrize(
    ("scheme", "says"), [("http", "does not speak HTTP"), ("https", "no secure connection")]
)
def test_download_from_another_kind_of_server_says_so(scheme: str, says: str, tmp_path: Path) -> None:
    """A server that speaks another language is recognised."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"220 mail.example ESMTP\r\n")
                connection.recv(4096)

        thread = threading.Thread(target=greet)
        thread.start()
        with Web(Guard((place,)), QUICK) as web, pytest.raises(FetchError, match=says):
            download(web, f"{scheme}://{place}/x", tmp_path / "x.part", BOUNDS)
        thread.join()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server over TLS with a certificate of its own: its place, and the certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *_: object) -> None:
            """Silence."""

    class Server(ThreadingHTTPServer):
        def get_request(self) -> Any:
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True), address

        def handle_error(self, *_: object) -> None:
            """A client that does not trust us is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"localhost:{server.server_address[1]}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_download_over_tls_trusts_whom_the_machine_trusts(
    secure: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name in the certificate is the name in the address, though the connection is made to a number."""
    place, certificate = secure
    part = tmp_path / "x.part"
    with (
        Web(Guard((place,)), QUICK) as web,
        pytest.raises(FetchError, match="cannot prove that it is who it says") as raised,
    ):
        download(web, f"https://{place}/talk.mp4", part, BOUNDS)
    assert raised.value.permanent
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Web(Guard((place,)), QUICK) as web:
        download(web, f"https://{place}/talk.mp4", part, BOUNDS)
    assert part.read_bytes() == BODY
    number = place.replace("localhost", "127.0.0.1")
    with Web(Guard((number,)), QUICK) as web, pytest.raises(FetchError, match="cannot prove"):
        download(web, f"https://{number}/talk.mp4", tmp_path / "y.part", BOUNDS)


def test_network_error_knows_every_exception_of_its_libraries() -> None:
    """Whatever httpcore2 and httpx2 raise becomes an error of ours."""
    raised = 0
    request = httpx2.Request("GET", "http://x.example/")
    for module in (httpcore2, httpx2):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Exception) and not issubclass(value, Warning):
                try:
                    error = value("broken")
                except TypeError:
                    try:
                        error = value()
                    except TypeError:
                        error = value(
                            "broken", request=request, response=httpx2.Response(500, request=request)
                        )
                known = network_error(error, "http://x.example/talk.mp4?token=abc")
                assert isinstance(known, FetchError), value
                assert "abc" not in f"{known}{known.url}"
                raised += 1
    assert raised > 30
    assert network_error(KeyError("a bug of ours"), "http://x.example/") is None
    expired = ssl.SSLCertVerificationError(1, "certificate has expired")
    expired.verify_message = "certificate has expired"
    wrapped = httpcore2.ConnectError("x")
    wrapped.__cause__ = expired
    assert "certificate has expired" in str(network_error(wrapped, "https://x.example/"))


def test_persist_tries_again_and_goes_on(loopback: Any, get: Callable[..., Any], part: Path) -> None:
    """A connection that breaks again and again brings the file in the end, without a byte twice but the overlap."""
    loopback.serve("/talk.mp4", BODY, stop_after=OVERLAP + 50_000, stops=100)
    slept: list[float] = []
    _, tries = persist(
        get,
        tries=3,
        patience=Patience(pause=1),
        reached=lambda: part.stat().st_size,
        tell=lambda text: None,
        sleep=slept.append,
    )
    assert part.read_bytes() == BODY
    assert tries > 3
    assert all(0.5 <= pause <= 1.5 for pause in slept)


def test_persist_gives_up_where_nothing_moves() -> None:
    """It tries as often as it may, waits longer each time, and says what was wrong last."""
    slept: list[float] = []
    said: list[str] = []

    def fail() -> None:
        raise FetchError("no.")

    with pytest.raises(FetchError) as raised:
        persist(
            fail, tries=5, patience=Patience(pause=2), reached=lambda: 0, tell=said.append, sleep=slept.append
        )
    assert raised.value.tries == 5
    assert len(slept) == 4
    assert [low <= pause <= 3 * low for low, pause in zip((1, 2, 4, 8), slept, strict=True)] == [True] * 4
    assert said[0].endswith("(2 of 5)")


def test_persist_does_not_loop_over_a_file_that_never_gets_farther() -> None:
    """A server that ignores ranges and always breaks off at the same place is given up."""
    sizes = iter([10, 10, 10, 10, 10, 10, 10, 10])

    def fail() -> None:
        raise FetchError("broke off.")

    with pytest.raises(FetchError) as raised:
        persist(
            fail,
            tries=3,
            patience=QUICK,
            reached=lambda: next(sizes),
            tell=lambda text: None,
            sleep=lambda pause: None,
        )
    assert raised.value.tries == 3


@pytest.mark.parametrize(("wait", "tries"), [(5.0, 2), (4000.0, 1)])
def test_persist_waits_as_long_as_the_server_asks_within_reason(wait: float, tries: int) -> None:
    """A short wait is waited for; a long one is reported, so that a later run comes back."""
    slept: list[float] = []

    def fail() -> None:
        raise FetchError("busy.", wait=wait)

    with pytest.raises(FetchError) as raised:
        persist(fail, tries=2, patience=QUICK, reached=lambda: 0, tell=lambda text: None, sleep=slept.append)
    assert raised.value.tries == tries
    assert slept == [wait] * (tries - 1)


def test_persist_never_repeats_what_is_final() -> None:
    """A permanent error is raised at once."""

    def fail() -> None:
        raise FetchError("gone.", permanent=True)

    with pytest.raises(FetchError) as raised:
        persist(fail, tries=5, patience=QUICK, reached=lambda: 0, tell=lambda text: None)
    assert raised.value.tries == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://anna:word@example.org/a/b.mp4?x=1", "https://example.org/a/b.mp4?x=1"),
        ("https://example.org/x?token=abc&v=2", "https://example.org/x?token=...&v=2"),
        ("https://example.org/x?X-Amz-Signature=a&X-Amz-Credential=b&pwd=c&q=%D1%96", "https://example.org/x?X-Amz-Signature=...&X-Amz-Credential=...&pwd=...&q=%D1%96"),
        ("https://example.org/x?v=dQw#t=3", "https://example.org/x?v=dQw"),
        ("https://[::1]:8000/x", "https://[::1]:8000/x"),
        ("http://[broken", "an address that cannot be read"),
    ],
)  # fmt: skip
def test_shown_address_holds_no_secret(url: str, shown: str) -> None:
    """What is written down of an address lets nobody in."""
    assert shown_address(url) == shown


def test_download_is_light(loopback: Any, get: Callable[..., Any], part: Path) -> None:
    """Memory does not grow with the file, and the note beside it says what it is."""
    body = os.urandom(1 << 20) * 24
    loopback.serve("/talk.mp4", body)
    get()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    part.unlink()
    get()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16_000
    assert part.stat().st_size == len(body)
    note = json.loads(part.with_name("x.part.json").read_text())
    assert note == {"of": loopback.url("/talk.mp4"), "etag": '"one"', "modified": "", "total": len(body)}
    assert sha256(part)
    assert issubclass(FetchError, OnrecordError)
