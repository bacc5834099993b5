"""Small files that would cost hours or gigabytes: refused before they do, by the processor's time and not by the clock."""

from __future__ import annotations

import resource
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import FetchError, NotMediaError
from onrecord.events.registry import Registry
from onrecord.files import make_folder
from onrecord.media.fetch import fetch
from onrecord.media.originals import find_original
from onrecord.media.pictures import poster_of_picture
from onrecord.media.probe import probe, read_to_end
from onrecord.media.uploads import Uploads

HOURS = 100
STEM = "2026-10-01-rights"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """The block, and the processes that it starts, take no more of a processor than this."""
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    yield
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))
    assert spent < seconds, f"{spent:.2f} s of a processor"


def _crc(data: bytes, polynomial: int, bits: int, table: dict[tuple[int, int], int] = {}) -> int:  # noqa: B006 - kept on purpose
    """A cyclic redundancy check with the highest bit first, as FLAC has two of them."""
    top, mask, value = 1 << (bits - 1), (1 << bits) - 1, 0
    for byte in data:
        at = (value >> (bits - 8)) ^ byte
        if (bits, at) not in table:
            step = at << (bits - 8)
            for _ in range(8):
                step = ((step << 1) ^ polynomial) & mask if step & top else (step << 1) & mask
            table[bits, at] = step
        value = ((value << 8) & mask) ^ table[bits, at]
    return value


def _number(value: int) -> bytes:
    """A frame's number in the way of UTF-8."""
    return chr(value).encode("utf-8", "surrogatepass")


def long_flac(path: Path, *, says: bool) -> Path:
    """A hundred hours of silence at 8 kHz in 700 KB (RFC 9639): constant subframes. `says`: the header tells the length."""
    block, rate = 65_535, 8000
    frames = HOURS * 3600 * rate // block
    total = frames * block if says else 0
    info = (
        struct.pack(">HH", block, block)
        + bytes(6)
        + ((rate << 44) | (15 << 36) | total).to_bytes(8, "big")
        + bytes(16)
    )
    parts = [b"fLaC", b"\x80" + len(info).to_bytes(3, "big"), info]
    for number in range(frames):
        head = b"\xff\xf8\x74\x08" + _number(number) + struct.pack(">H", block - 1)
        frame = head + bytes([_crc(head, 0x07, 8)]) + b"\x00\x00\x00"
        parts.append(frame + struct.pack(">H", _crc(frame, 0x8005, 16)))
    path.write_bytes(b"".join(parts))
    return path


def huge_png(path: Path, side: int = 14_000) -> Path:
    """A picture of one colour: 196 million pixels in half a megabyte."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * side)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return huge_png(tmp_path_factory.mktemp("huge") / "huge.png")


@pytest.mark.parametrize("says", [True, False], ids=["it says so", "it does not say"])
def test_a_hundred_hours_are_refused_at_once(tmp_path: Path, says: bool) -> None:
    """Whether its header tells the length or only its frames do."""
    path = long_flac(tmp_path / "long.flac", says=says)
    assert path.stat().st_size < 1 << 20
    with at_most(2), pytest.raises(NotMediaError, match="it is longer than 24 hours"):
        probe(path)
        read_to_end(path)


def test_a_huge_picture_is_refused_at_once(tmp_path: Path, huge: Path) -> None:
    """As a recording, whatever it is called, and as the picture of an event."""
    disguised = tmp_path / "talk.mp4"
    disguised.write_bytes(huge.read_bytes())
    with at_most(2), pytest.raises(NotMediaError, match="it is a picture"):
        probe(disguised)
    with at_most(2), pytest.raises(NotMediaError, match="damaged, or larger than 64 megapixels"):
        poster_of_picture(huge, tmp_path / "poster.jpg")
    assert not (tmp_path / "poster.jpg").exists()


def test_a_huge_picture_as_a_film_is_refused_at_once(
    make_media: Callable[..., Path], tone: Path, huge: Path
) -> None:
    """A film of one frame that nobody could hold in memory."""
    film = make_media("film.mkv", "-i", tone, "-i", huge, "-map", "0", "-map", "1", "-c", "copy")
    with at_most(2), pytest.raises(NotMediaError, match="picture is larger"):
        probe(film)


def test_a_huge_cover_is_not_decoded(make_media: Callable[..., Path], tone: Path, huge: Path) -> None:
    """The sound is taken, its cover left alone."""
    covered = make_media(
        "covered.mp3", "-i", tone, "-i", huge, "-map", "0", "-map", "1", "-c:a", "libmp3lame", "-c:v", "copy",
        "-disposition:v:0", "attached_pic",
    )  # fmt: skip
    with at_most(2):
        assert [stream.codec for stream in probe(covered).audio] == ["mp3"]
        read_to_end(covered)


@pytest.mark.parametrize("kind", ["flac", "png"])
def test_uploads_of_that_kind_are_refused_at_once(
    archive: Archive, tmp_path: Path, huge: Path, kind: str
) -> None:
    """Through the whole way of an upload: no original, and an error that a person can read."""
    (archive.events / f"{STEM}.toml").write_text(
        'format = 1\nid = "rights"\ntitle = "On rights"\nstarts = 2026-10-01T18:00:00\ntimezone = "UTC"\n'
    )
    data = (huge if kind == "png" else long_flac(tmp_path / "long.flac", says=True)).read_bytes()
    uploads = Uploads(archive)
    upload = uploads.begin(STEM, name="talk.mp4", length=len(data), by="Anna Example")
    with uploads.writing(upload.id, 0) as writer:
        writer.write(data)
    uploads.register(uploads.find(upload.id))
    event = Registry(archive).get(STEM)
    with at_most(2), pytest.raises(NotMediaError):
        fetch(archive, event, event.recordings[0])
    assert find_original(archive, STEM, "part-1") is None


LISTS = {
    "ffconcat": "ffconcat version 1.0\nfile '{neighbour}'\n",
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{neighbour}\n#EXTINF:4,\n{canary}\n#EXT-X-ENDLIST\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{canary}\nm=audio {port} RTP/AVP 0\n",
    "dash": '<?xml version="1.0"?><MPD><Period><BaseURL>{canary}</BaseURL></Period></MPD>',
}


@pytest.mark.parametrize("ending", ["mp4", "mkv", "flac", "m3u8", "sdp"])
@pytest.mark.parametrize("kind", LISTS)
def test_lists_dressed_as_media_read_nothing(
    archive: Archive, tone: Path, canary: Any, kind: str, ending: str
) -> None:
    """Neither the recording of another discussion, which would become public with this one, nor the network."""
    other = make_folder(archive.media("2026-09-01-secret")) / "part-1.wav"
    other.write_bytes(tone.read_bytes())
    text = LISTS[kind].format(neighbour=other, canary=canary.url("/secret.mp4"), port=canary.port)
    place = make_folder(archive.hidden / "uploads") / f"talk.{ending}"
    place.write_text(text)
    seen = other.stat().st_atime_ns
    for look in (probe, read_to_end):
        with pytest.raises(NotMediaError):
            look(place)
    assert other.stat().st_atime_ns == seen
    source = place.relative_to(archive.root)
    (archive.events / f"{STEM}.toml").write_text(
        'format = 1\nid = "rights"\ntitle = "On rights"\nstarts = 2026-10-01T18:00:00\ntimezone = "UTC"\n'
        f'[[recordings]]\nid = "part-1"\nsource = "{source}"\n'
    )
    event = Registry(archive).get(STEM)
    with pytest.raises((NotMediaError, FetchError)):
        fetch(archive, event, event.recordings[0])
    assert find_original(archive, STEM, "part-1") is None
