"""Fetching: whatever the source, and wherever it is stopped, running it again finishes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from onrecord.archive import Archive
from onrecord.cli import root
from onrecord.errors import (
    BlockedAddressError,
    FetchError,
    IncompleteMediaError,
    LockedError,
    MediaError,
    NotFoundError,
    NotMediaError,
    StorageError,
)
from onrecord.events.model import Event, Recording
from onrecord.events.registry import Registry
from onrecord.files import sha256
from onrecord.locks import lock
from onrecord.media.fetch import chosen, fetch, passcode
from onrecord.media.ffmpeg import program
from onrecord.media.local import look_at
from onrecord.media.originals import Original, find_original, last_attempt, verify
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience
from onrecord.progress import Report

QUICK = Patience(connect=1, silence=1, slowest=2000, window=0.5, pause=0.01, longest_pause=0.02)
BOUNDS = Bounds(1 << 30, floor=0)


@pytest.fixture
def register(archive: Archive, loopback: Any) -> Callable[..., tuple[Event, Recording]]:
    """Registers an event with one recording, in an archive that may fetch from the loopback server."""
    with archive.settings_file.open("a", encoding="utf-8") as file:
        file.write(f'\n[fetch]\nallow-hosts = ["{loopback.place}"]\ntries = 2\n')

    def make(source: str, private: str = "") -> tuple[Event, Recording]:
        (archive.events / "rights.toml").write_text(
            'format = 1\nid = "8c5d"\ntitle = "On rights"\nstarts = 2022-07-12T18:00:00\ntimezone = "Europe/London"\n'
            f'{private}\n[[recordings]]\nid = "part-1"\nsource = {json.dumps(source)}\n',
            encoding="utf-8",
        )
        event = Registry(archive).get("rights")
        return event, event.recordings[0]

    return make


def get(archive: Archive, pair: tuple[Event, Recording], **more: Any) -> Original:
    return fetch(archive, *pair, **{"patience": QUICK, "bounds": BOUNDS, **more})


def left_over(archive: Archive) -> list[str]:
    """What is in the work folder."""
    return sorted(path.name for path in archive.work("rights").rglob("*"))


@pytest.mark.parametrize("kind", ["relative", "absolute", "web", "page"])
def test_fetch_makes_the_original_stand(
    kind: str, archive: Archive, register: Callable[..., Any], loopback: Any, film: Path, tmp_path: Path
) -> None:
    """From the archive's folder, from elsewhere, from the web, from a page: the same bytes, in the manifest."""
    (archive.root / "inbox").mkdir()
    shutil.copy(film, archive.root / "inbox" / "Запис 1.mp4")
    loopback.serve("/film.mp4", film)
    loopback.page(
        "/talk",
        '<html><head><title>On rights</title></head><body><video src="/film.mp4"></video></body></html>',
    )
    source = {
        "relative": "inbox/Запис 1.mp4", "absolute": str(film), "web": loopback.url("/film.mp4"), "page": loopback.url("/talk"),
    }[kind]  # fmt: skip
    told: list[Report] = []
    original = get(archive, register(source), listen=told.append)
    assert original.path == archive.media("rights") / "part-1.mp4"
    assert original.sha256 == sha256(film)
    assert original.source == source
    assert original.duration == pytest.approx(6000, abs=100)
    assert list(verify(archive, "rights")) == []
    assert film.is_file()
    assert left_over(archive) == []
    fetched = [report for report in told if report.stage == "fetch" and not report.note]
    assert fetched[-1].done == fetched[-1].total == film.stat().st_size
    assert {report.subject for report in fetched} == {"rights part-1"}


def test_fetch_of_hls_makes_an_original(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path, tmp_path: Path
) -> None:
    """A playlist leads to a stream, which is kept as it came: MPEG-TS, under the ending of what it is."""
    folder = tmp_path / "hls"
    folder.mkdir()
    subprocess.run(
        [program(), "-v", "error", "-i", film, "-c", "copy", "-hls_time", "2", "-hls_playlist_type", "vod", folder / "list.m3u8"],
        check=True,
    )  # fmt: skip
    loopback.page("/list.m3u8", (folder / "list.m3u8").read_text(), kind="application/vnd.apple.mpegurl")
    for piece in folder.glob("*.ts"):
        loopback.serve(f"/{piece.name}", piece, kind="video/mp2t")
    original = get(archive, register(loopback.url("/list.m3u8")))
    assert original.path == archive.media("rights") / "part-1.ts"
    assert original.path.read_bytes() == b"".join(piece.read_bytes() for piece in sorted(folder.glob("*.ts")))
    assert original.duration == pytest.approx(6000, abs=150)
    assert original.tool.startswith("yt-dlp ")
    assert left_over(archive) == []


def test_fetch_again_does_nothing_where_the_original_stands(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """Running it again costs nothing and asks nobody."""
    loopback.serve("/film.mp4", film)
    pair = register(loopback.url("/film.mp4"))
    first = get(archive, pair)
    before = first.path.stat().st_mtime_ns
    assert get(archive, pair) == first
    assert first.path.stat().st_mtime_ns == before
    assert len(loopback.requests) == 1


def test_fetch_with_again_keeps_the_old_until_the_new_is_whole(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path, tone: Path
) -> None:
    """A new version that cannot be had, or is no recording, leaves the old one; a good one stands beside it."""
    loopback.serve("/film.mp4", film)
    pair = register(loopback.url("/film.mp4"))
    first = get(archive, pair)
    loopback.status("/film.mp4", 404)
    with pytest.raises(FetchError):
        get(archive, pair, again=True)
    loopback.serve("/film.mp4", b"not a film" * 1000, etag='"two"')
    with pytest.raises(NotMediaError):
        get(archive, pair, again=True)
    assert find_original(archive, "rights", "part-1") == first
    assert list(verify(archive, "rights")) == []
    loopback.serve("/film.mp4", tone, etag='"three"')
    second = get(archive, pair, again=True)
    assert second.sha256 == sha256(tone)
    kept = [
        path for path in archive.media("rights").iterdir() if path.is_file() and sha256(path) == first.sha256
    ]
    assert len(kept) == 1
    assert list(verify(archive, "rights")) == []


def test_fetch_tries_again_and_goes_on(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """A broken connection is taken up again within one fetch, and the waiting is told."""
    loopback.serve("/film.mp4", film, stop_after=100_000, stops=1)
    told: list[Report] = []
    assert get(archive, register(loopback.url("/film.mp4")), listen=told.append).sha256 == sha256(film)
    assert [headers["Range"] for headers in loopback.asked("/film.mp4")] == [
        None,
        f"bytes={100_000 - 65_536}-",
    ]
    assert any("Trying again in" in report.note for report in told)


def test_fetch_after_a_failure_waits_and_then_goes_on(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """What failed is written down, left alone until its time, and taken up by --again or a change of the event."""
    loopback.status("/film.mp4", 503, Retry_After="3600")
    pair = register(loopback.url("/film.mp4"))
    with pytest.raises(FetchError, match="trouble at the moment"):
        get(archive, pair)
    last = last_attempt(archive, "rights", "part-1")
    assert last is not None
    assert (last.permanent, last.tries) == (False, 1)
    assert last.not_before is not None
    assert timedelta(minutes=59) < last.not_before - datetime.now(UTC) <= timedelta(minutes=60)
    asked = len(loopback.requests)
    with pytest.raises(FetchError, match="left alone until"):
        get(archive, pair)
    assert len(loopback.requests) == asked
    loopback.serve("/film.mp4", film)
    get(archive, pair, again=True)
    assert last_attempt(archive, "rights", "part-1") is None


def test_fetch_after_a_final_failure_asks_nobody_until_something_changes(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """404 will not go away by asking again; a corrected event is another matter."""
    pair = register(loopback.url("/flim.mp4"))
    with pytest.raises(FetchError, match="nothing at this address"):
        get(archive, pair)
    with pytest.raises(FetchError, match="trying again would not help") as raised:
        get(archive, pair)
    assert "onrecord fetch rights part-1 --again" in raised.value.advice
    assert len(loopback.requests) == 1
    loopback.serve("/film.mp4", film)
    later = time.time() + 5
    pair = register(loopback.url("/film.mp4"))
    os.utime(archive.events / "rights.toml", (later, later))
    assert get(archive, pair).sha256 == sha256(film)


@pytest.mark.parametrize(
    ("source", "error", "says"),
    [
        ("inbox/gone.mp4", FetchError, "no such file"),
        ("events", FetchError, "this is a folder"),
        ("onrecord.toml/x", FetchError, "no such file"),
        ("file:///etc/passwd", FetchError, "begins with file:"),
        ("ftp://example.org/a.mp4", FetchError, "begins with ftp:"),
        ("ytsearch:rights", FetchError, "begins with ytsearch:"),
        ("/dev/zero", FetchError, "not a file"),
        ("http://", FetchError, "kind"),
        ("http://127.0.0.1:1/x.mp4", BlockedAddressError, "open internet"),
        ("x" * 300, FetchError, "path"),
        ("Talk: the beginning.mp4", FetchError, "no such file"),
    ],
)
def test_fetch_of_what_is_not_there_says_so(
    source: str, error: type[MediaError], says: str, archive: Archive, register: Callable[..., Any]
) -> None:
    """Each wrong source has its sentence and its advice, is written down, and leaves nothing behind."""
    pair = register(source)
    with pytest.raises(error, match=says) as raised:
        get(archive, pair)
    assert raised.value.advice or says == "path"
    last = last_attempt(archive, "rights", "part-1")
    assert last is not None
    assert says in last.error
    assert left_over(archive) == []


def test_fetch_of_a_missing_file_works_once_it_is_there(
    archive: Archive, register: Callable[..., Any], film: Path
) -> None:
    """A file that comes later needs no --again."""
    pair = register("inbox/film.mp4")
    with pytest.raises(FetchError, match="no such file"):
        get(archive, pair)
    (archive.root / "inbox").mkdir()
    shutil.copy(film, archive.root / "inbox" / "film.mp4")
    assert get(archive, pair).sha256 == sha256(film)


def test_look_at_an_unreadable_file_says_so(tmp_path: Path, film: Path) -> None:
    """No right to read is said as such, also to the superuser's tests, which put on a stranger's rights."""
    source = tmp_path / "film.mp4"
    shutil.copy(film, source)
    source.chmod(0)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65_534)
    try:
        with pytest.raises(StorageError, match="may not be read"):
            look_at(source)
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("content", [b"", b"Dear all, the recording is attached.\n" * 100, b"\x00" * 50_000])
def test_fetch_of_what_is_no_recording_says_so(
    content: bytes, archive: Archive, register: Callable[..., Any]
) -> None:
    """An empty file and a text named .mp4 are no recordings; the file itself is left alone."""
    (archive.root / "film.mp4").write_bytes(content)
    with pytest.raises(NotMediaError) as raised:
        get(archive, register("film.mp4"))
    assert raised.value.path == archive.root / "film.mp4"
    assert (archive.root / "film.mp4").read_bytes() == content
    assert left_over(archive) == []


def test_fetch_of_half_a_file_asks_a_person(
    archive: Archive, register: Callable[..., Any], film: Path
) -> None:
    """Half a film opens and plays; it is taken only when a person says so, and that is written down."""
    half = film.read_bytes()[: film.stat().st_size // 2]
    (archive.root / "film.mp4").write_bytes(half)
    pair = register("film.mp4")
    with pytest.raises(IncompleteMediaError, match="the file says"):
        get(archive, pair)
    assert find_original(archive, "rights", "part-1") is None
    original = get(archive, pair, keep_as_it_is=True)
    assert original.path.read_bytes() == half
    assert "the file says" in original.kept


def test_fetch_of_half_a_file_from_the_web_is_begun_anew_when_it_is_whole(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """A beginning that was judged as too short is not gone on with for ever."""
    loopback.serve("/film.mp4", film.read_bytes()[: film.stat().st_size // 2])
    pair = register(loopback.url("/film.mp4"))
    with pytest.raises(IncompleteMediaError):
        get(archive, pair)
    loopback.serve("/film.mp4", film)
    assert get(archive, pair, again=True).sha256 == sha256(film)


def test_fetch_without_a_length_judges_by_the_end(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """A server that names no length and breaks off: the decoder tells, and the next run goes on."""
    data = film.read_bytes()
    short = [True]

    def route(request: BaseHTTPRequestHandler) -> None:
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        request.send_header("Connection", "close")
        request.close_connection = True
        request.end_headers()
        request.wfile.write(data[start : len(data) // 2] if short[0] else data[start:])

    loopback.routes["/film.mp4"] = route
    pair = register(loopback.url("/film.mp4"))
    with pytest.raises(IncompleteMediaError):
        get(archive, pair)
    last = last_attempt(archive, "rights", "part-1")
    assert last is not None
    assert not last.permanent
    short[0] = False
    assert get(archive, pair, again=True).sha256 == sha256(film)
    assert loopback.asked("/film.mp4")[-1]["Range"] is not None


def test_fetch_of_a_page_without_a_recording_says_so(
    archive: Archive, register: Callable[..., Any], loopback: Any
) -> None:
    """A web page is not kept as a recording."""
    loopback.page("/about.mp4", "<html><head><title>About</title></head><body>Nothing to hear.</body></html>")
    with pytest.raises(NotMediaError, match="leads to a page without a recording"):
        get(archive, register(loopback.url("/about.mp4")))
    assert left_over(archive) == []


def test_fetch_takes_the_recording_for_itself(
    archive: Archive, register: Callable[..., Any], film: Path
) -> None:
    """Two at once would write the same files; who saves a transcript of the event is not in its way."""
    pair = register(str(film))
    with lock(archive, "rights.part-1.fetch", doing="fetch"), pytest.raises(LockedError, match="fetch"):
        get(archive, pair)
    with lock(archive, "rights", doing="correcting a transcript"):
        assert get(archive, pair)


def test_fetch_looks_for_room_first(archive: Archive, register: Callable[..., Any], film: Path) -> None:
    """A copy that would not fit is not begun; the source and the archive are as they were."""
    with pytest.raises(StorageError, match="not room enough"):
        get(archive, register(str(film)), bounds=Bounds(1 << 30, floor=1 << 60))
    assert find_original(archive, "rights", "part-1") is None
    with pytest.raises(FetchError, match="larger than"):
        get(archive, register(str(film)), bounds=Bounds(1000, floor=0), again=True)


def test_fetch_on_a_full_disk_loses_nothing(
    archive: Archive, register: Callable[..., Any], film: Path
) -> None:
    """When the disk is full in the middle of a copy, that is said, and with more room it goes on."""
    pair = register(str(film))
    (archive.root / "run.py").write_text(RUN)
    ran = run_fetch(archive, "limit")
    assert "StorageError" in ran.stdout
    part = archive.work("rights") / "part-1.part"
    assert 0 < part.stat().st_size <= 100_000
    assert get(archive, pair).sha256 == sha256(film)


RUN = """
import resource, signal, sys
from pathlib import Path
from onrecord.archive import Archive
from onrecord.events.registry import Registry
from onrecord.media.fetch import fetch
from onrecord.media.partial import Bounds
archive = Archive(Path(sys.argv[1]))
event = Registry(archive).get("rights")
if "limit" in sys.argv:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    fetch(archive, event, event.recordings[0], bounds=Bounds(1 << 30, floor=0), listen=lambda report: print(report, flush=True))
except Exception as error:
    print(type(error).__name__, error)
"""


def run_fetch(archive: Archive, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, str(archive.root), *arguments], capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9, 1.0])
def test_fetch_finishes_after_kill_9_at_any_time(
    at: float, archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """Killed while it downloads or while it checks, it is finished by running it again, without fetching all again."""
    data = film.read_bytes()
    enough = int(len(data) * at)
    over = threading.Event()

    def slowly(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("ETag", '"one"')
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data[:enough])
        request.wfile.flush()
        if enough < len(data):
            over.wait(120)

    loopback.routes["/film.mp4"] = slowly
    pair = register(loopback.url("/film.mp4"))
    child = subprocess.Popen([sys.executable, "-c", RUN, str(archive.root)], stdout=subprocess.PIPE)
    part = archive.work("rights") / "part-1.part"
    deadline = time.monotonic() + 120
    while (part.stat().st_size if part.exists() else 0) < enough and time.monotonic() < deadline:
        time.sleep(0.005)
        if child.poll() is not None:
            break
    child.kill()
    child.wait()
    over.set()
    assert child.stdout is not None
    child.stdout.close()
    loopback.serve("/film.mp4", film)
    assert get(archive, pair).sha256 == sha256(film)
    assert list(verify(archive, "rights")) == []
    assert left_over(archive) == []
    if 0.3 <= at < 1:
        assert loopback.asked("/film.mp4")[-1]["Range"] == f"bytes={enough - 65_536}-"


def test_fetch_of_a_local_file_goes_on_after_kill_9(
    archive: Archive, register: Callable[..., Any], film: Path, tmp_path: Path
) -> None:
    """A copy that was stopped goes on; a source that changed meanwhile is copied anew."""
    source = tmp_path / "film.mp4"
    shutil.copy(film, source)
    pair = register(str(source))
    run_fetch(archive, "limit")
    part = archive.work("rights") / "part-1.part"
    assert part.stat().st_size > 0
    inode = part.stat().st_ino
    told: list[Report] = []
    original = get(archive, pair, listen=told.append)
    assert original.sha256 == sha256(film)
    assert original.path.stat().st_ino == inode
    other = tmp_path / "other.mp4"
    shutil.copy(film, other)
    pair = register(str(other))
    run_fetch(archive, "limit")
    (archive.media("rights") / "part-1.json").unlink()
    run_fetch(archive, "limit")
    with other.open("ab") as file:
        file.write(b"\x00\x00\x00\x08free")
    assert get(archive, pair).sha256 == sha256(other)


def test_fetch_finishes_what_came_beside_after_a_stop(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between the original and its captions, the next run brings the captions to their place."""
    from onrecord.media import fetch as module

    loopback.serve("/film.mp4", film)
    loopback.page("/en.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nEveryone.\n", kind="text/vtt")
    loopback.page(
        "/talk",
        '<html><head><title>On rights</title></head><body><video><source src="/film.mp4" type="video/mp4">'
        '<track src="/en.vtt" kind="subtitles" srclang="en"></video></body></html>',
    )
    pair = register(loopback.url("/talk"))

    class PowerCutError(BaseException):
        pass

    def stop(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(module, "_finish_beside", stop)
        with pytest.raises(PowerCutError):
            get(archive, pair)
    captions = archive.media("rights") / "part-1.captions.en.vtt"
    assert not captions.exists()
    get(archive, pair)
    assert captions.read_text() == "WEBVTT\n\n00:00.000 --> 00:02.000\nEveryone.\n"
    assert json.loads((archive.media("rights") / "part-1.metadata.json").read_text())["title"] == "On rights"
    assert list(verify(archive, "rights")) == []


def test_fetch_writes_no_secret_down(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """A name, password or token in the address is used, and is in no file but the event's own."""
    loopback.serve("/film.mp4", film)
    pair = register(f"http://anna:kalyna@{loopback.place}/film.mp4?token=barvinok&v=1")
    original = get(archive, pair)
    assert original.source == f"http://{loopback.place}/film.mp4?token=...&v=1"
    assert loopback.asked("/film.mp4")[0]["Authorization"] is not None
    loopback.status("/film.mp4", 403)
    with pytest.raises(FetchError) as raised:
        get(archive, pair, again=True)
    said = f"{raised.value} {raised.value.url}"
    for path in archive.root.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".txt", ".part", ".lock"):
            said += path.read_text(errors="replace")
    assert "kalyna" not in said
    assert "barvinok" not in said


def test_passcode_is_the_recordings_own_or_the_events(archive: Archive, register: Callable[..., Any]) -> None:
    """`passcode` in [private], or one for each recording in [private.passcodes]."""
    event, recording = register("https://zoom.example/rec/1", '[private]\npasscode = "s3cret"\n')
    assert passcode(event, recording) == "s3cret"
    event, recording = register(
        "https://zoom.example/rec/1",
        '[private]\npasscode = "s3cret"\n[private.passcodes]\npart-1 = "other"\n',
    )
    assert passcode(event, recording) == "other"
    event, recording = register("https://zoom.example/rec/1")
    assert passcode(event, recording) == ""


def test_chosen_names_what_is_not_there(archive: Archive, register: Callable[..., Any]) -> None:
    """A wrong name gets the nearest one."""
    register("film.mp4")
    assert [(event.slug, one.id) for event, one in chosen(archive)] == [("rights", "part-1")]
    with pytest.raises(NotFoundError, match="Did you mean 'part-1'"):
        chosen(archive, "rights", "part1")
    with pytest.raises(NotFoundError, match="Did you mean 'rights'"):
        chosen(archive, "right")


def test_fetch_command_goes_on_with_the_next(
    archive: Archive, register: Callable[..., Any], loopback: Any, film: Path
) -> None:
    """One that fails is named once at the end, the others are fetched, and the exit code says that not all went well."""
    loopback.serve("/film.mp4", film)
    register("inbox/gone.mp4")
    (archive.events / "later.toml").write_text(
        'format = 1\nid = "9d6e"\ntitle = "Later"\nstarts = 2022-08-12T18:00:00\ntimezone = "Europe/London"\n'
        f'[[recordings]]\nid = "part-1"\nsource = "{loopback.url("/film.mp4")}"\n'
    )
    ran = CliRunner().invoke(root(), ["-C", str(archive.root), "fetch", "-q"])
    assert ran.exit_code == 1
    assert ran.stdout == f"later part-1: media/later/part-1.mp4, 6 s, {film.stat().st_size / 1000:.1f} kB.\n"
    assert ran.stderr.count("gone.mp4") == 1
    assert "onrecord: rights part-1: " in ran.stderr
    ran = CliRunner().invoke(root(), ["-C", str(archive.root), "fetch", "later", "--json", "-q"])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == [
        {"event": "later", "recording": "part-1", "file": "media/later/part-1.mp4", "bytes": film.stat().st_size,
         "duration_ms": pytest.approx(6000, abs=100), "sha256": sha256(film), "warnings": []}
    ]  # fmt: skip


def test_fetch_command_with_nothing_to_do_says_so(
    archive: Archive, register: Callable[..., Any], film: Path
) -> None:
    """An empty archive, and one in which all is here."""
    ran = CliRunner().invoke(root(), ["-C", str(archive.root), "fetch"])
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "nothing to fetch" in ran.stderr
    register(str(film))
    CliRunner().invoke(root(), ["-C", str(archive.root), "fetch", "-q"])
    ran = CliRunner().invoke(root(), ["-C", str(archive.root), "fetch", "-q"])
    assert (ran.exit_code, ran.stdout) == (0, "1 recording is here.\n")


def test_fetch_is_bounded_by_the_settings(archive: Archive, register: Callable[..., Any], film: Path) -> None:
    """fetch.max-gigabytes holds for files on this machine as well."""
    pair = register(str(film))
    text = archive.settings_file.read_text().replace("[fetch]", "[fetch]\nmax-gigabytes = 0.0001")
    archive.settings_file.write_text(text)
    with pytest.raises(FetchError, match=r"larger than 100\.0 kB") as raised:
        fetch(Archive(archive.root), *pair)
    assert "max-gigabytes" in raised.value.advice
