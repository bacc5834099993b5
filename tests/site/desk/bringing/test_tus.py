"""Resumable uploads as tus 1.0.0 has them, asked of the real desk."""

from __future__ import annotations

import base64
import hashlib
import socket
import time
from contextlib import ExitStack
from typing import Any

import pytest

from onrecord import jobs
from onrecord.events.registry import Registry
from onrecord.media.uploads import Uploads

STEM = "2026-10-01-rights"
TUS = {"Tus-Resumable": "1.0.0"}
DATA = b"0123456789" * 1000


@pytest.fixture
def client(desk: Any) -> Any:
    desk.bench.event(STEM, "")
    return desk.client("organiser")


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def create(client: Any, length: int = len(DATA), event: str = STEM, **headers: str) -> Any:
    told = f"filename {b64('../Бесіда.mp4')},event {b64(event)}"
    return client.post(
        "/desk/uploads/", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": told, **headers}
    )


def patch(client: Any, place: str, data: bytes, offset: int, **headers: str) -> Any:
    given = {
        **TUS,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        **headers,
    }
    return client.patch(place, content=data, headers=given)


def test_tus_says_what_it_can(client: Any) -> None:
    """The headers that a client looks for."""
    answer = client.options("/desk/uploads/")
    assert answer.status_code == 204
    told = {
        name: answer.headers[name]
        for name in ("Tus-Version", "Tus-Extension", "Tus-Checksum-Algorithm", "Tus-Max-Size")
    }
    assert told == {
        "Tus-Version": "1.0.0", "Tus-Extension": "creation,creation-with-upload,termination,checksum,expiration",
        "Tus-Checksum-Algorithm": "sha1,sha256", "Tus-Max-Size": "20000000000",
    }  # fmt: skip


def test_tus_sends_a_file_in_pieces(desk: Any, client: Any) -> None:
    """Created, sent in two pieces, asked for in between; whole, it is a recording and has its job."""
    made = create(client)
    place = made.headers["Location"]
    assert (made.status_code, made.headers["Upload-Offset"], "Upload-Expires" in made.headers) == (
        201,
        "0",
        True,
    )
    first = patch(client, place, DATA[:4000], 0)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "4000")
    head = client.head(place, headers=TUS)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"], head.headers["Cache-Control"]) == (
        200, "4000", "10000", "no-store",
    )  # fmt: skip
    last = patch(client, place, DATA[4000:], 4000)
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "10000")
    assert last.headers["Onrecord-Place"] == f"/desk/events/{STEM}/recordings/part-1/"
    (upload,) = Uploads(desk.archive).all()
    assert (upload.name, Uploads(desk.archive).data(upload).read_bytes()) == ("Бесіда.mp4", DATA)
    recording = Registry(desk.archive).get(STEM).recordings[0]
    assert (recording.id, recording.source) == ("part-1", f"upload:{upload.id}")
    (job,) = jobs.unfinished(desk.database, kind="recording")
    assert (job.subject, job.item, job.asked_by) == (STEM, "part-1", "Oskar Organiser")
    again = client.head(place, headers=TUS)
    assert again.headers["Onrecord-Place"] == last.headers["Onrecord-Place"]
    assert (
        len(Registry(desk.archive).get(STEM).recordings)
        == len(jobs.recent(desk.database, kind="recording"))
        == 1
    )


def test_tus_creates_with_upload(client: Any) -> None:
    """The first piece may come along."""
    told = f"event {b64(STEM)}"
    given = {
        **TUS,
        "Upload-Length": "10000",
        "Upload-Metadata": told,
        "Content-Type": "application/offset+octet-stream",
    }
    made = client.post("/desk/uploads/", content=DATA[:100], headers=given)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, "100")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_tus_checks_sums(client: Any, algorithm: str) -> None:
    """A piece that is not as it was sent is answered with 460 and leaves no trace; an unknown sum with 400."""
    place = create(client).headers["Location"]
    wrong = f"{algorithm} {b64(hashlib.new(algorithm, b'other').digest())}"
    assert patch(client, place, DATA[:500], 0, **{"Upload-Checksum": wrong}).status_code == 460
    assert client.head(place, headers=TUS).headers["Upload-Offset"] == "0"
    right = f"{algorithm} {b64(hashlib.new(algorithm, DATA[:500]).digest())}"
    assert patch(client, place, DATA[:500], 0, **{"Upload-Checksum": right}).headers["Upload-Offset"] == "500"
    assert patch(client, place, DATA[500:], 500, **{"Upload-Checksum": "md4 eA=="}).status_code == 400
    assert patch(client, place, DATA[500:], 500, **{"Upload-Checksum": "sha1 *"}).status_code == 400


def test_tus_takes_other_methods_in_disguise(client: Any) -> None:
    """For clients that can only POST."""
    place = create(client).headers["Location"]
    given = {
        **TUS,
        "X-HTTP-Method-Override": "PATCH",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
    }
    assert client.post(place, content=DATA[:10], headers=given).headers["Upload-Offset"] == "10"
    assert client.post(place, headers=TUS).status_code == 405


def test_tus_throws_away(client: Any, desk: Any) -> None:
    """Terminated, it is gone; what has become a recording is not."""
    place = create(client).headers["Location"]
    assert client.delete(place, headers=TUS).status_code == 204
    assert client.head(place, headers=TUS).status_code == 404
    assert patch(client, place, DATA, 0).status_code == 404
    whole = create(client).headers["Location"]
    patch(client, whole, DATA, 0)
    assert client.delete(whole, headers=TUS).status_code == 409
    assert len(Uploads(desk.archive).all()) == 1


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (lambda client: client.post("/desk/uploads/", headers={"Upload-Length": "5"}), 412),
        (lambda client: client.post("/desk/uploads/", headers={**TUS, "Tus-Resumable": "0.2.2"}), 412),
        (lambda client: create(client, 0), 400),
        (lambda client: client.post("/desk/uploads/", headers={**TUS, "Upload-Length": "-1"}), 400),
        (lambda client: client.post("/desk/uploads/", headers={**TUS, "Upload-Length": "1e9"}), 400),
        (lambda client: client.post("/desk/uploads/", headers={**TUS, "Upload-Length": "9", "Upload-Metadata": "event *"}), 400),
        (lambda client: create(client, 10**14), 413),
        (lambda client: create(client, event="2020-01-01-nothing"), 404),
        (lambda client: create(client, event="../../etc"), 404),
        (lambda client: patch(client, "/desk/uploads/passwd", DATA, 0), 404),
        (lambda client: patch(client, create(client).headers["Location"], DATA, 5), 409),
        (lambda client: patch(client, create(client, 5).headers["Location"], DATA, 0), 400),
        (lambda client: patch(client, create(client).headers["Location"], DATA, 0, **{"Content-Type": "text/html"}), 415),
        (lambda client: patch(client, create(client).headers["Location"], DATA, 0, **{"Upload-Offset": "x"}), 400),
    ],
)  # fmt: skip
def test_tus_refuses_what_does_not_fit(client: Any, send: Any, status: int) -> None:
    """Each with the status that a client acts upon, in plain text, and the version."""
    answer = send(client)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (status, "1.0.0")
    assert "html" not in answer.headers.get("content-type", "")


def test_tus_stops_before_the_disk_is_full(client: Any, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room is 507, which a client tries again later."""
    from onrecord import space

    monkeypatch.setattr(space, "free_bytes", lambda folder: 1 << 20)
    answer = create(client)
    assert (answer.status_code, Uploads(desk.archive).all()) == (507, ())


@pytest.mark.parametrize("role", ["editor", None])
def test_tus_is_for_organisers(desk: Any, role: Any) -> None:
    """An editor and a stranger send nothing."""
    desk.bench.event(STEM, "")
    answer = create(desk.client(role))
    assert answer.status_code == (403 if role else 401)
    assert Uploads(desk.archive).all() == ()


def test_tus_from_another_site_is_refused(client: Any, desk: Any) -> None:
    """A page elsewhere cannot have a browser send us files."""
    assert create(client, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert Uploads(desk.archive).all() == ()


def plain(client: Any, data: bytes, name: str = "talk.mp4", **more: Any) -> Any:
    return client.post(f"/desk/events/{STEM}/recordings/upload", files={"file": (name, data)}, **more)


def test_plain_form_takes_a_file(client: Any, desk: Any) -> None:
    """Without JavaScript: one form; whole and byte for byte, whatever it holds."""
    data = b"\r\n--x\r\nContent-Disposition: form-data\r\n\r\n" * 50_000
    answer = plain(client, data, "../../etc/Розмова.mp4")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/desk/events/{STEM}/recordings/part-1/",
    )
    (upload,) = Uploads(desk.archive).all()
    assert (upload.name, upload.length) == ("Розмова.mp4", len(data))
    assert Uploads(desk.archive).data(upload).read_bytes() == data
    assert sorted(path.name for path in (desk.archive.hidden / "uploads").iterdir()) == [upload.id]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400), (b"--b\r\n", 400), (b"no form", 400),
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nhalf of', 400),
        (b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n', 400),
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n\r\n--b--\r\n', 400),
        (b"--b\r\n" + b"X: " + b"y" * 20_000 + b"\r\n", 400),
    ],
    ids=["nothing", "begun", "no form", "broken off", "another field", "empty file", "endless header"],
)  # fmt: skip
def test_plain_form_refuses_what_is_none(client: Any, desk: Any, data: bytes, status: int) -> None:
    """A page says so, and nothing is left behind."""
    answer = client.post(
        f"/desk/events/{STEM}/recordings/upload",
        content=data,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == status
    assert Uploads(desk.archive).all() == ()
    assert Registry(desk.archive).get(STEM).recordings == ()


def test_plain_form_has_a_size(client: Any, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than is stated is refused by its announced length, before it comes."""
    from onrecord.site.desk.bringing import plain as module

    monkeypatch.setattr(module, "ONE_PIECE", 1000)
    assert plain(client, b"x" * 2000).status_code == 413
    assert Uploads(desk.archive).all() == ()


def test_tus_lets_who_goes_on_take_over(desk: Any, serve: Any) -> None:
    """A connection that says nothing more does not hold the upload: a new one asks where it stands, and goes on from there."""
    client, base = desk.client("organiser"), desk.bench
    base.event(STEM, "")
    place = create(client).headers["Location"]
    with serve(base) as address:
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
        own = f"Host: {host}:{port}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nTus-Resumable: 1.0.0\r\n"
        head = f"{place} HTTP/1.1\r\n{own}"
        more = "Content-Type: application/offset+octet-stream\r\n"
        first = f"PATCH {head}{more}Upload-Offset: 0\r\nContent-Length: 10000\r\n\r\n".encode() + DATA[:4000]
        last = f"PATCH {head}{more}Upload-Offset: 4000\r\nContent-Length: 6000\r\nConnection: close\r\n\r\n"
        with ExitStack() as stack:
            for wait in (0.3, 1, 3, 9):  # a slow machine may not have read it yet
                silent = stack.enter_context(socket.create_connection((host, int(port))))
                silent.sendall(first)
                time.sleep(wait)
                asking = stack.enter_context(socket.create_connection((host, int(port))))
                asking.sendall(f"HEAD {head}Connection: close\r\n\r\n".encode())
                offset = told(asking)["upload-offset"]
                if offset == "4000":
                    break
            assert offset == "4000"
            going = stack.enter_context(socket.create_connection((host, int(port))))
            going.sendall(last.encode() + DATA[4000:])
            assert told(going)["upload-offset"] == "10000"
    (upload,) = Uploads(desk.archive).all()
    assert Uploads(desk.archive).data(upload).read_bytes() == DATA


def told(asking: socket.socket) -> dict[str, str]:
    """The headers of an answer."""
    said = b""
    while b"\r\n\r\n" not in said and (block := asking.recv(65536)):
        said += block
    rows = said.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}


def test_work_registers_what_a_stop_left_unregistered(desk: Any, client: Any) -> None:
    """The server is killed between the last byte and the event's file: the worker goes on."""
    from onrecord.site.desk.finding import find_work

    uploads = Uploads(desk.archive)
    upload = uploads.begin(STEM, name="talk.mp4", length=4, by="")
    with uploads.writing(upload.id, 0) as writer:
        writer.write(b"0123")
    job = jobs.enqueue(desk.database, "find", by="")
    found = find_work(desk.archive, job, lambda report: None, lambda: None)["jobs"]
    assert [(one["kind"], one["subject"], one["item"]) for one in found] == [("recording", STEM, "part-1")]
    assert [one.source for one in Registry(desk.archive).get(STEM).recordings] == [upload.source]
    find_work(desk.archive, job, lambda report: None, lambda: None)
    assert len(Registry(desk.archive).get(STEM).recordings) == 1
