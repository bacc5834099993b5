"""Small real media for the tests of this room, made on the fly with the FFmpeg that comes with the wheel."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from onrecord.files import make_folder
from onrecord.media.ffmpeg import program

MakeMedia = Callable[..., Path]


def ffmpeg(*arguments: str | Path) -> None:
    """Runs FFmpeg as the tests' own tool."""
    subprocess.run([program(), "-v", "error", "-nostdin", "-y", *arguments], check=True, cwd="/")


@pytest.fixture
def make_media(tmp_path: Path) -> MakeMedia:
    """Makes a file in the test's folder from FFmpeg's arguments, its name last."""
    folder = make_folder(tmp_path / "made")

    def make(name: str, *arguments: str | Path) -> Path:
        ffmpeg(*arguments, folder / name)
        return folder / name

    return make


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of H.264 and AAC in an MP4 with the index first: what needs no encoding."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6", "-f", "lavfi", "-i", "sine=440:d=6:r=48000",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac",
        "-movflags", "+faststart", path,
    )  # fmt: skip
    return path


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a tone in a WAV file."""
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=440:d=4:r=16000", path)
    return path


class Loopback:
    """A real HTTP server on this machine. `routes` says what each path does with a request; what came is in `requests`."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[tuple[str, str, Message]] = []
        self.connections = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def answer(self) -> None:
                outer.requests.append((self.command, self.path, self.headers))
                route = outer.routes.get(self.path.partition("?")[0])
                if route is None:
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                try:
                    route(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_POST = do_HEAD = answer  # noqa: N815 - the names that http.server asks for

            def log_message(self, *_: object) -> None:
                """Silence."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that goes away is no news."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.place = f"127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def asked(self, path: str) -> list[Message]:
        """The headers of every request for a path."""
        return [headers for _, asked, headers in self.requests if asked.partition("?")[0] == path]

    def serve(
        self,
        path: str,
        data: bytes | Path,
        *,
        kind: str = "video/mp4",
        etag: str = '"one"',
        ranges: bool = True,
        length: bool = True,
        stop_after: int | None = None,
        stops: int = 1,
    ) -> None:
        """Serves a file; `stop_after` breaks the connection so many bytes into each of the first `stops` answers."""
        body = data if isinstance(data, bytes) else data.read_bytes()
        left = [stops]

        def route(request: BaseHTTPRequestHandler) -> None:
            start, end = 0, len(body) - 1
            found = re.match(r"bytes=(\d+)-(\d*)$", request.headers.get("Range", ""))
            if found and ranges and request.headers.get("If-Range", etag) == etag:
                start, end = int(found[1]), min(end, int(found[2] or end))
                if start > end:
                    request.send_response(416)
                    request.send_header("Content-Range", f"bytes */{len(body)}")
                    request.send_header("Content-Length", "0")
                    request.end_headers()
                    return
                request.send_response(206)
                request.send_header("Content-Range", f"bytes {start}-{end}/{len(body)}")
            else:
                request.send_response(200)
            request.send_header("Content-Type", kind)
            if etag:
                request.send_header("ETag", etag)
            if length:
                request.send_header("Content-Length", str(end + 1 - start))
            else:
                request.send_header("Connection", "close")
                request.close_connection = True
            request.end_headers()
            part = body[start : end + 1]
            if stop_after is not None and left[0] > 0:
                left[0] -= 1
                request.wfile.write(part[:stop_after])
                request.wfile.flush()
                request.connection.shutdown(socket.SHUT_RDWR)
                request.close_connection = True
                return
            request.wfile.write(part)

        self.routes[path] = route

    def page(self, path: str, html: str, *, kind: str = "text/html; charset=utf-8") -> None:
        """Serves a page."""
        self.serve(path, html.encode(), kind=kind, etag="", ranges=False)

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        """Sends on to another address."""
        self.status(path, status, Location=target)

    def status(self, path: str, status: int, **headers: str) -> None:
        """Answers with a status and no body."""

        def route(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            if status >= 200 and status not in (204, 304):
                request.send_header("Content-Length", "0")
            request.end_headers()

        self.routes[path] = route

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A server that the test may be sent to."""
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def canary() -> Iterator[Loopback]:
    """A server inside the network that nothing may ever reach: it has to see no connection at all."""
    server = Loopback()
    server.serve("/secret.mp4", b"what only this machine may see" * 100)
    yield server
    seen = server.connections
    server.close()
    assert seen == 0, "something inside the network was connected to"
