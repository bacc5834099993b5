"""What is sent to the desk is read with limits: of size, number and time."""

from __future__ import annotations

import socket
import time
from typing import Any

import anyio
import pytest
from starlette.datastructures import FormData

from onrecord.errors import FormError
from onrecord.site.desk import form as forms
from onrecord.site.desk.form import LARGEST, Form


def test_texts_are_read_as_people_mean_them() -> None:
    """Without spaces around, with plain line ends; a password as it was typed; what is missing is empty."""
    form = Form(FormData([("a", "  one\r\ntwo\r "), ("a", "three"), ("p", " x "), ("on", "yes")]))
    assert (form.text("a"), form.texts("a")) == ("one\ntwo", ["one\ntwo", "three"])
    assert (form.secret("p"), form.text("p"), form.text("none"), form.flag("on"), form.flag("off")) == (
        " x ", "x", "", True, False,
    )  # fmt: skip


@pytest.mark.parametrize("value", ["x" * 11, "a\0b", "\ud800"])
def test_text_that_is_too_long_or_none_is_refused_and_never_cut(value: str) -> None:
    """Half of what somebody typed would be worse than nothing."""
    with pytest.raises(FormError):
        Form(FormData([("a", value)])).text("a", most=10)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"language=" + b"x" * LARGEST, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(2001)), "application/x-www-form-urlencoded", 400),
        (b'{"language": "en"}', "application/json", 415),
        (b"language=en", "text/plain", 415),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n", "multipart/form-data", 400),
        (b"language=%00", "application/x-www-form-urlencoded", 400),
        (b"language=" + b"e" * 200, "application/x-www-form-urlencoded", 413),
    ],
)
def test_body_that_is_too_large_or_no_form_is_refused(desk: Any, body: bytes, kind: str, status: int) -> None:
    """With a page that says so; nothing is changed."""
    answer = desk.fresh("editor").post("/desk/me/language", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_body_without_a_length_is_counted_while_it_comes(desk: Any) -> None:
    """In chunks, so that its length is not known before."""

    def pieces() -> Any:
        yield b"language="
        for _ in range(200):
            yield b"x" * 10_000

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = desk.fresh("editor").post("/desk/me/language", content=pieces(), headers=headers)
    assert (answer.status_code, "This is too large: 1,024 KB are the most." in answer.text) == (413, True)


def test_nobody_who_may_not_has_a_body_read(desk: Any) -> None:
    """Who is sent away is sent away before anything of theirs is taken in."""
    large = b"language=" + b"x" * LARGEST * 2
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for role, path, status in ((None, "/desk/me/language", 401), ("editor", "/desk/people/invite", 403)):
        assert desk.fresh(role).post(path, content=large, headers=headers).status_code == status


def test_body_that_comes_too_slowly_is_given_up(
    desk: Any, bench: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends a byte now and then is told so; the page is answered on a real connection."""
    monkeypatch.setattr(forms, "EACH", 0.5)
    cookie = desk.fresh("editor").cookies.get("__Host-onrecord")
    with serve(bench) as address:
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        head = (
            f"POST /desk/me/language HTTP/1.1\r\nHost: {host}:{port}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Cookie: __Host-onrecord={cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 100\r\n\r\nlang"
        )
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(head.encode())
            began = time.monotonic()
            answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert time.monotonic() - began < 30  # and not as long as the rest takes


def test_whole_form_has_an_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where each piece comes in time."""
    monkeypatch.setattr(forms, "ALL", 0.5)

    async def receive() -> Any:
        await anyio.sleep(0.1)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def read() -> None:
        from starlette.requests import Request

        scope = {"type": "http", "method": "POST", "headers": [], "path": "/", "query_string": b""}
        scope["headers"] = [(b"content-type", b"application/x-www-form-urlencoded")]
        async with forms.read_form(Request(scope, receive), 1000):
            raise AssertionError

    with pytest.raises(FormError) as error:
        anyio.run(read)
    assert error.value.status == 408
