"""Jobs by server-sent events: what changed and no more, from where the reader was, until the end or the sign-out."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn

from onrecord import jobs
from onrecord.jobs import Outcome
from onrecord.progress import Report


@pytest.fixture
def port(desk: Any) -> Iterator[int]:
    """The desk behind a real server, on this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(desk.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def job(desk: Any) -> jobs.Job:
    jobs.enqueue(desk.database, "recording", "", "part-1")
    found = jobs.claim(desk.database, "one", ["recording"])
    assert found is not None
    return found


class Reader:
    """A browser's end of a stream."""

    def __init__(self, desk: Any, port: int, path: str, role: str | None = "editor", last: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in desk.client(role).cookies.items())
        headers = {
            "Cookie": cookies,
            "Sec-Fetch-Site": "same-origin",
            **({"Last-Event-ID": last} if last else {}),
        }
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()

    def event(self) -> tuple[str, str, dict[str, Any]]:
        """The next one: its id, its name, its data."""
        fields: dict[str, str] = {}
        while True:
            came = self.answer.readline().decode()
            assert came, f"the stream has ended ({self.answer.status})"
            line = came.rstrip("\n")
            if not line and "event" in fields:
                return fields.get("id", ""), fields["event"], json.loads(fields["data"])
            name, _, value = line.partition(": ")
            fields[name] = value

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@contextmanager
def reading(*arguments: Any, **others: Any) -> Iterator[Reader]:
    reader = Reader(*arguments, **others)
    try:
        yield reader
    finally:
        reader.close()


def eventually(true: Callable[[], object], seconds: float = 60) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)


def test_a_reader_is_told_what_changes_until_the_end(desk: Any, port: int, job: jobs.Job) -> None:
    """The part of the page, the buttons, and each line of the log once."""
    with reading(desk, port, f"/desk/jobs/{job.id}/events") as reader:
        assert reader.answer.getheader("content-type") == "text/event-stream; charset=utf-8"
        assert reader.answer.getheader("cache-control") == "no-store"
        assert reader.event()[1] == "change"
        jobs.heartbeat(desk.database, job, "one", Report("fetch", "", 1e6, 4e6, "bytes"))
        jobs.log(desk.database, job.id, "fetch: <began>")
        number, name, data = reader.event()
        assert (name, number.partition("-")[2]) == ("change", "1")
        assert 'value="0.2500"' in data["live"]
        assert data["lines"].count("<li>") == 1
        assert "fetch: &lt;began&gt;" in data["lines"]
        jobs.finish(desk.database, job, "one", Outcome("done"))
        number, name, data = reader.event()
        assert ("lines" in data, "Done" in data["live"]) == (False, True)
        assert reader.event()[1] == "end"
        assert reader.answer.read() == b""


def test_who_comes_back_gets_what_is_missing(desk: Any, port: int, job: jobs.Job) -> None:
    """By Last-Event-ID, else by what the page was made with; a nonsense gets everything."""
    for number in range(4):
        jobs.log(desk.database, job.id, f"line {number}")
    path = f"/desk/jobs/{job.id}/events"
    for last, after, lines in (("3-2", "", 2), ("", "3-3", 1), ("3-2", "3-3", 2), ("no", "", 4), ("", "", 4)):
        with reading(desk, port, f"{path}?after={after}", last=last) as reader:
            assert reader.event()[2]["lines"].count("<li>") == lines


def test_a_stream_ends_at_the_sign_out(
    desk: Any, port: int, job: jobs.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within seconds, with nothing said any more of the job."""
    monkeypatch.setattr("onrecord.site.desk.jobs.stream._STILL_IN", 0.3)
    with reading(desk, port, f"/desk/jobs/{job.id}/events") as reader:
        reader.event()
        desk.client("editor").post("/desk/sign-out")
        assert reader.event()[1:] == ("gone", {})
        assert reader.answer.read() == b""


def test_only_who_is_signed_in_gets_a_stream(desk: Any, port: int, job: jobs.Job) -> None:
    """Everybody else is sent to the sign-in."""
    for path in (f"/desk/jobs/{job.id}/events", "/desk/jobs/events"):
        with reading(desk, port, path, role=None) as reader:
            assert reader.answer.status == 303


def test_the_list_is_followed(desk: Any, port: int, job: jobs.Job) -> None:
    """A new job is there a moment later."""
    with reading(desk, port, "/desk/jobs/events") as reader:
        assert "/desk/jobs/1/" in reader.event()[2]["live"]
        jobs.enqueue(desk.database, "recording", "", "part-2")
        assert "/desk/jobs/2/" in reader.event()[2]["live"]


def test_many_readers_hold_no_threads_and_too_many_are_told(
    desk: Any, port: int, job: jobs.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each gets each change; pages are answered meanwhile; who goes makes room."""
    monkeypatch.setattr("onrecord.site.desk.jobs.following._MOST_EACH", 40)
    path = f"/desk/jobs/{job.id}/events"
    readers = [Reader(desk, port, path) for _ in range(40)]
    for reader in readers:
        reader.event()
    before = threading.active_count()
    jobs.heartbeat(desk.database, job, "one", Report("fetch", "", 1, 2, "items"))
    for reader in readers:
        assert 'value="0.5000"' in reader.event()[2]["live"]
    assert threading.active_count() <= before + 4
    with reading(desk, port, path) as one_too_many:
        assert one_too_many.answer.status == 409
    for reader in readers:
        reader.close()

    def there_is_room() -> bool:
        jobs.log(desk.database, job.id, "on")  # what is gone is noticed when something is to be said
        time.sleep(0.5)
        with reading(desk, port, path) as next_one:
            return next_one.answer.status == 200

    eventually(there_is_room)


def test_a_server_that_stops_lets_its_readers_go(bench: Any, desk: Any) -> None:
    """At once, and without a word of it on the terminal."""
    jobs.enqueue(desk.database, "recording", "", "part-1")
    desk.now = datetime.now(UTC)  # that server goes by the machine's clock, and so does the session
    command = [sys.executable, "-m", "onrecord", "-C", str(bench.root), "serve", "--port", "0", "--no-worker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        port = int(serving.stdout.readline().partition("127.0.0.1:")[2].split()[0])
        with reading(desk, port, "/desk/jobs/events") as reader:
            reader.event()
            serving.send_signal(signal.SIGINT)
            # Who is not let go is cut off by uvicorn after five seconds, with a traceback.
            assert serving.communicate(timeout=60)[1] == "Stopped.\n"
