"""The server's end of a connection: it does not wait for ever, and takes no head of any size."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from onrecord.site import connection


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that it was reached."""
    await PlainTextResponse("here")(scope, receive, send)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real server that waits for half a second."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.5)
    config = uvicorn.Config(answer, http=connection.PatientProtocol, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(timeout=60)


def until_said(open_: socket.socket, end: bytes) -> bytes:
    """An answer; head and body may come in pieces."""
    got = b""
    while not got.endswith(end):
        piece = open_.recv(65536)
        assert piece, got
        got += piece
    return got


def until_closed(open_: socket.socket) -> bytes:
    """What the server says before it closes."""
    got = b""
    while piece := open_.recv(65536):
        got += piece
    return got


@pytest.mark.parametrize("begun", [b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\nX-"])
def test_connection_that_never_says_what_it_wants_is_closed(port: int, begun: bytes) -> None:
    """Nothing at all, or a head that does not end."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall(begun)
        assert until_closed(one) == b""
        assert 0.3 < time.monotonic() - began < 8


def test_connection_that_sends_a_byte_now_and_then_is_closed_in_time(port: int) -> None:
    """A new byte is no new patience."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        began = time.monotonic()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for byte in b"GET / HTTP/1.1\r\n" + b"X" * 200:
                one.sendall(bytes([byte]))
                time.sleep(0.05)
        assert time.monotonic() - began < 8


def test_second_request_on_a_connection_is_waited_for_as_well(port: int) -> None:
    """After an answer the same holds for the next head."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert until_said(one, b"here").startswith(b"HTTP/1.1 200 OK")
        one.sendall(b"GET / HT")
        began = time.monotonic()
        assert until_closed(one) == b""
        assert time.monotonic() - began < 8


def test_head_without_end_is_refused(port: int) -> None:
    """The server keeps 64 KB of it at most."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for number in range(200):
                one.sendall(b"X-%d: " % number + b"y" * 1000 + b"\r\n")
                time.sleep(0.001)
            until_closed(one)
            one.sendall(b"\r\n")
            one.sendall(b"\r\n")
