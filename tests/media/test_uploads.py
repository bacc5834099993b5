"""Uploads: in pieces, gone on with after whatever stopped them, and never trusted before they are checked."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onrecord import space
from onrecord.archive import Archive
from onrecord.errors import (
    ConflictError,
    FetchError,
    IncompleteMediaError,
    LockedError,
    NotFoundError,
    NotMediaError,
    StorageError,
    UsageError,
)
from onrecord.events.model import Event, Recording
from onrecord.events.registry import Registry
from onrecord.files import sha256
from onrecord.media.fetch import fetch
from onrecord.media.originals import find_original
from onrecord.media.registering import Register
from onrecord.media.uploads import KEPT, ChecksumError, Uploads, shown_name, upload_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEM = "2026-10-01-rights"


@pytest.fixture
def uploads(archive: Archive) -> Uploads:
    return Uploads(archive)


def sent(uploads: Uploads, data: bytes, name: str = "talk.mp4") -> str:
    """A whole upload; its id."""
    upload = uploads.begin(STEM, name=name, length=len(data), by="Anna Example")
    with uploads.writing(upload.id, 0) as writer:
        writer.write(data)
    return upload.id


def registered(archive: Archive, upload_id: str) -> tuple[Event, Recording]:
    """An event whose recording is the upload."""
    (archive.events / f"{STEM}.toml").write_text(
        'format = 1\nid = "rights"\ntitle = "On rights"\nstarts = 2026-10-01T18:00:00\ntimezone = "UTC"\n'
    )
    register = Register(archive, STEM, f"upload:{upload_id}")
    event = Registry(archive).edit(STEM, register)
    return event, event.recordings[0]


def test_upload_goes_on_where_it_stood(uploads: Uploads) -> None:
    """Pieces follow one another, also for another program that knows nothing but the folder."""
    upload = uploads.begin(STEM, name="talk.mp4", length=10, by="Anna Example", now=NOW)
    with uploads.writing(upload.id, 0, now=NOW) as writer:
        writer.write(b"01234")
    other = Uploads(uploads.archive)
    assert other.find(upload.id).offset == 5
    with other.writing(upload.id, 5, now=NOW + timedelta(hours=1)) as writer:
        writer.write(b"56789")
    found = uploads.find(upload.id)
    assert (found.whole, found.until) == (True, NOW + timedelta(hours=1) + KEPT)
    assert uploads.data(found).read_bytes() == b"0123456789"


def test_upload_refuses_another_place_and_more_than_was_announced(uploads: Uploads) -> None:
    """A gap, an overlap and a tail are refused, and nothing of them stays."""
    upload = uploads.begin(STEM, name="talk.mp4", length=4, by="")
    with pytest.raises(ConflictError, match="stands at byte 0, not at 2"), uploads.writing(upload.id, 2):
        pass
    with pytest.raises(UsageError, match="more came"), uploads.writing(upload.id, 0) as writer:
        writer.write(b"01234")
    assert uploads.data(upload).read_bytes() == b""


def test_upload_broken_off_keeps_what_came(uploads: Uploads) -> None:
    """Whatever ends the request, the bytes before stand."""
    upload = uploads.begin(STEM, name="talk.mp4", length=10, by="")
    with pytest.raises(ConnectionError), uploads.writing(upload.id, 0) as writer:
        writer.write(b"0123")
        raise ConnectionError
    assert uploads.find(upload.id).offset == 4


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_upload_throws_a_wrong_piece_away(uploads: Uploads, algorithm: str) -> None:
    """A piece that is not as it was sent leaves the upload where it stood, a right one moves it on."""
    upload = uploads.begin(STEM, name="talk.mp4", length=8, by="")
    right = hashlib.new(algorithm, b"0123").digest()
    with pytest.raises(ChecksumError), uploads.writing(upload.id, 0, algorithm=algorithm) as writer:  # type: ignore[arg-type]
        writer.write(b"0124")
        writer.check(right)
    assert (uploads.find(upload.id).offset, uploads.data(upload).read_bytes()) == (0, b"")
    with uploads.writing(upload.id, 0, algorithm=algorithm) as writer:  # type: ignore[arg-type]
        writer.write(b"0123")
        writer.check(right)
    assert uploads.find(upload.id).offset == 4


def test_upload_with_a_checksum_that_broke_off_is_not_trusted(uploads: Uploads) -> None:
    """What could not be held against its checksum is sent again."""
    upload = uploads.begin(STEM, name="talk.mp4", length=8, by="")
    with pytest.raises(ConnectionError), uploads.writing(upload.id, 0, algorithm="sha1") as writer:
        writer.write(b"0123")
        raise ConnectionError
    assert uploads.find(upload.id).offset == 0


def test_upload_after_kill_9_counts_only_what_reached_the_disk(uploads: Uploads) -> None:
    """Bytes after the last note are cut off when it goes on, so that none is there twice."""
    upload = uploads.begin(STEM, name="talk.mp4", length=30 << 20, by="")
    script = f"""
        import os, signal
        from onrecord.archive import open_archive
        from onrecord.media.uploads import Uploads
        from pathlib import Path
        uploads = Uploads(open_archive(Path({str(uploads.archive.root)!r})))
        with uploads.writing({upload.id!r}, 0) as writer:
            for number in range(20):
                writer.write(bytes([number]) * (1 << 20))
            writer._file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert ended.returncode == -signal.SIGKILL
    found = uploads.find(upload.id)
    assert found.offset == 16 << 20
    assert uploads.data(found).stat().st_size == 20 << 20
    with uploads.writing(upload.id, found.offset) as writer:
        for number in range(16, 30):
            writer.write(bytes([number]) * (1 << 20))
    data = uploads.data(found).read_bytes()
    assert data == b"".join(bytes([number]) * (1 << 20) for number in range(30))


def test_upload_is_written_by_one_at_a_time(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer is told so."""
    upload = uploads.begin(STEM, name="talk.mp4", length=8, by="")
    with uploads.writing(upload.id, 0), pytest.raises(LockedError), uploads.writing(upload.id, 0):
        pass


def test_upload_too_large_or_without_room_is_not_begun(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bounds hold before a byte is sent, and count what others are still to send."""
    with pytest.raises(FetchError, match="larger than"):
        uploads.begin(STEM, name="talk.mp4", length=10**15, by="")
    monkeypatch.setattr(space, "free_bytes", lambda folder: 2_000_000_000 + 20)
    uploads.begin(STEM, name="talk.mp4", length=15, by="")
    with pytest.raises(StorageError, match="the disk is filling"):
        uploads.begin(STEM, name="talk.mp4", length=10, by="")
    with pytest.raises(UsageError, match="empty"):
        uploads.begin(STEM, name="talk.mp4", length=0, by="")
    assert len(uploads.all()) == 1


def test_sweep_throws_away_what_nobody_went_on_with(uploads: Uploads) -> None:
    """An upload expires a week after its last byte, unless an event names it."""
    left, wanted, fresh = (
        uploads.begin(STEM, name="talk.mp4", length=8, by="", now=then)
        for then in (NOW, NOW, NOW + timedelta(days=6))
    )
    assert uploads.sweep(frozenset({wanted.source}), NOW + KEPT) == 1
    assert [one.id for one in uploads.all()] == [wanted.id, fresh.id]
    with pytest.raises(NotFoundError):
        uploads.find(left.id)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "x" * 32, "..", "a" * 31 + "/"])
def test_upload_ids_are_never_paths(uploads: Uploads, name: str) -> None:
    """An id is 32 hexadecimal digits, and nothing else is looked for on the disk."""
    with pytest.raises(NotFoundError):
        uploads.find(name)
    assert upload_of(f"upload:{name}") is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\talks\\one.mp4", "one.mp4"), ("\x00a\n\u202eb.mp4", "ab.mp4"),
        ("", "recording"), ("\ud800.mp4", ".mp4"), ("Бесіда.mp4", "Бесіда.mp4"),
    ],
)  # fmt: skip
def test_shown_name_is_one_line_without_folders(given: str, shown: str) -> None:
    """What a browser calls a file is only ever shown."""
    assert shown_name(given) == shown


def test_upload_becomes_an_original(archive: Archive, uploads: Uploads, film: Path) -> None:
    """Through the checks of every fetch; its name is ours, what it was called is in the metadata, the upload is gone."""
    upload = sent(uploads, film.read_bytes(), "../My talk.mp4")
    pair = registered(archive, upload)
    original = fetch(archive, *pair)
    assert (original.path.name, original.sha256) == ("part-1.mp4", sha256(film))
    assert '"name": "My talk.mp4"' in (archive.media(STEM) / "part-1.metadata.json").read_text()
    assert uploads.all() == ()
    assert fetch(archive, *pair) == original


def test_upload_that_does_not_fit_waits_for_a_person(archive: Archive, uploads: Uploads, film: Path) -> None:
    """Half a film is refused, however often, until a person keeps it as it is; the upload stays as long."""
    upload = sent(uploads, film.read_bytes()[: film.stat().st_size * 2 // 3])
    pair = registered(archive, upload)
    for again in (False, True):
        with pytest.raises(IncompleteMediaError):
            fetch(archive, *pair, again=again)
    assert uploads.find(upload).whole
    original = fetch(archive, *pair, keep_as_it_is=True)
    assert "though the file says" in original.kept
    assert uploads.all() == ()


@pytest.mark.parametrize(
    "data",
    [b"<!doctype html><script>alert(1)</script>", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>' * 9,
     b"ffconcat version 1.0\nfile part-1.mp4\n", b"#EXTM3U\n#EXTINF:4,\npart-1.mp4\n#EXT-X-ENDLIST\n",
     b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"],
    ids=["html", "svg", "ffconcat", "m3u8", "sdp"],
)  # fmt: skip
def test_upload_dressed_as_media_is_refused(archive: Archive, uploads: Uploads, data: bytes) -> None:
    """A page, a picture with a script, a list of other files: none becomes an original, whatever it is called."""
    upload = sent(uploads, data, "talk.mp4")
    pair = registered(archive, upload)
    with pytest.raises(NotMediaError):
        fetch(archive, *pair)
    assert find_original(archive, STEM, "part-1") is None
    assert [path.name for path in archive.media(STEM).iterdir()] == ["part-1.json"]


def test_upload_that_is_gone_says_so(archive: Archive) -> None:
    """An event that names an upload which expired asks for it again."""
    with pytest.raises(FetchError, match="not here any more"):
        fetch(archive, *registered(archive, "0" * 32))
