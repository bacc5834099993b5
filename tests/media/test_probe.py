"""What a media file is, and how long it really is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onrecord.errors import IncompleteMediaError, NotMediaError
from onrecord.media.probe import Probe, Stream, probe, read_to_end
from onrecord.progress import Report

MALFORMED = Path(__file__).parent / "malformed"


def half(path: Path) -> Path:
    """The first half of a file, beside it."""
    cut = path.with_name(f"half-{path.name}")
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return cut


def test_probe_names_the_streams_of_a_film(film):
    """Every stream is described by what a player needs to know."""
    assert probe(film) == Probe(
        "mov,mp4,m4a,3gp,3g2,mj2", 6000, False,
        (
            Stream(0, "video", "h264", language="", width=320, height=180, rate=25.0, main=True,
            duration_ms=6000,
                   profile="Constrained Baseline", level=12, pixels="yuv420p"),
            Stream(1, "audio", "aac", rate=48000.0, channels=1, main=True, duration_ms=6000, profile="LC"),
        ),
    )  # fmt: skip


def test_probe_tells_covers_subtitles_and_languages_apart(make_media, film, tmp_path):
    """A cover is no video, a title and a language belong to their track."""
    cover = make_media("cover.jpg", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-frames:v", "1")
    text = tmp_path / "words.srt"
    text.write_text(
        "1\n00:00:00,000 --> 00:00:02,000\nEveryone has duties to the community.\n", encoding="utf-8"
    )
    song = make_media(
        "covered.m4a", "-i", film, "-i", cover, "-map", "0:a", "-map", "1:v", "-c", "copy",
        "-disposition:v:0",
        "attached_pic", "-metadata:s:a:0", "language=ukr",
    )  # fmt: skip
    found = probe(song)
    assert [(stream.kind, stream.codec, stream.picture, stream.language) for stream in found.streams] == [
        ("audio", "aac", False, "ukr"),
        ("video", "mjpeg", True, ""),
    ]
    assert found.video == ()
    several = make_media(
        "several.mkv", "-i", film, "-i", text, "-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1:s",
        "-c", "copy",
        "-metadata:s:a:1", "title=Interpreter", "-metadata:s:a:1", "language=fra",
    )  # fmt: skip
    assert [(stream.kind, stream.title, stream.language) for stream in probe(several).streams] == [
        ("video", "", ""),
        ("audio", "", ""),
        ("audio", "Interpreter", "fra"),
        ("subtitle", "", ""),
    ]


def test_probe_knows_the_rotation_of_a_phone_held_upright(make_media, film):
    """The rotation that a phone writes down is found."""
    assert (
        probe(make_media("upright.mp4", "-display_rotation", "90", "-i", film, "-c", "copy"))
        .video[0]
        .rotation
        == 90
    )


def test_probe_takes_a_title_in_a_broken_encoding(make_media, tone):
    """A title that is no UTF-8 is no reason to refuse a recording."""
    path = make_media("title.wav", "-i", tone, "-metadata", "title=ABCDEFGH")
    broken = path.read_bytes().replace(b"ABCDEFGH", b"\xcf\xf0\xe0\xe2\xee\xff\xfe\xfd")
    assert broken != path.read_bytes()
    path.write_bytes(broken)
    assert probe(path).format == "wav"


_LIST = "this is no recording: it is a list that points to other files."
_DAMAGED = "this is no recording, or it is damaged at its very beginning."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("empty.mp4", "the file is empty."),
        ("words.mp4", "this is no recording: it is a text."),
        ("page.mp4", "this is no recording: it is a web page."),
        ("ffconcat.mp4", _LIST),
        ("playlist.mp4", _LIST),
        ("session.mp4", _LIST),
        ("manifest.mp4", _LIST),
    ],
)
def test_probe_refuses_the_malformed_corpus(tmp_path, tone, name, sentence):
    """Whatever it is called, it is named for what it is, though a list has a real neighbour to read."""
    (tmp_path / "neighbour.wav").write_bytes(tone.read_bytes())
    path = tmp_path / name
    path.write_bytes((MALFORMED / name).read_bytes())
    with pytest.raises(NotMediaError) as caught:
        probe(path)
    assert (caught.value.message, caught.value.path) == (sentence, path)
    assert caught.value.advice


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "this is no recording: it is a PDF document."),
        (bytes(range(200, 256)) * 40, _DAMAGED),
        (bytes(9000), _DAMAGED),
    ],
    ids=["letter", "noise", "zeros"],
)
def test_probe_refuses_binary_that_is_no_recording(tmp_path, content, sentence):
    """Bytes that no format begins with are refused."""
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(NotMediaError) as caught:
        probe(path)
    assert caught.value.message == sentence


def test_malformed_corpus_is_tested_whole():
    """A file that is put into the corpus has its line in the table above."""
    table = test_probe_refuses_the_malformed_corpus.pytestmark[0].args[1]
    assert sorted(path.name for path in MALFORMED.iterdir()) == sorted(name for name, _ in table)


@pytest.mark.parametrize(("name", "codec"), [("picture.png", "png"), ("picture.jpg", "mjpeg")])
def test_probe_refuses_a_picture(make_media, tmp_path, name, codec):
    """A picture that is named like a film is a picture."""
    picture = make_media(name, "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-frames:v", "1", "-c:v", codec)
    disguised = picture.replace(tmp_path / "film.mp4")
    with pytest.raises(NotMediaError, match="it is a picture"):
        probe(disguised)


@pytest.mark.parametrize("name", ["ffconcat.mp4", "playlist.mp4", "manifest.mp4"])
def test_probe_reads_no_neighbour_of_a_list(tmp_path, name):
    """The neighbour is a pipe that nobody fills: had it been opened, the probe would wait for ever."""
    os.mkfifo(tmp_path / "neighbour.wav")
    path = tmp_path / name
    path.write_bytes((MALFORMED / name).read_bytes())
    began = time.monotonic()
    with pytest.raises(NotMediaError):
        probe(path)
    assert time.monotonic() - began < 60


def test_probe_says_that_a_film_without_its_index_breaks_off(make_media, film):
    """An MP4 whose index stood at the end and is gone is incomplete, not of an unknown kind."""
    late = make_media("late.mp4", "-i", film, "-c", "copy")
    with pytest.raises(IncompleteMediaError, match="breaks off before its index"):
        probe(half(late))


@pytest.mark.parametrize(
    ("name", "arguments", "estimate"),
    [
        ("plain.mp3", ("-write_xing", "0"), True),
        ("xing.mp3", (), False),
        ("bare.aac", ("-c:a", "aac"), True),
        ("free.flac", (), False),
    ],
)
def test_probe_knows_when_a_length_is_an_estimate(make_media, tone, name, arguments, estimate):
    """Where nothing but the size tells the length, it is an estimate."""
    assert probe(make_media(name, "-i", tone, *arguments)).duration_is_estimate is estimate


def test_read_to_end_finds_the_real_length_of_half_a_film(film):
    """Half a file opens and decodes; only its end shows that it is half."""
    cut = half(film)
    assert probe(cut).duration_ms == 6000
    assert 2000 < read_to_end(cut).duration_ms < 4000
    whole = read_to_end(film)
    assert (whole.duration_ms, whole.errors) == (6000, 0)


def test_read_to_end_counts_what_cannot_be_decoded(make_media, tone):
    """Damage in the middle is counted, and reading goes on after it."""
    path = make_media("damaged.m4a", "-f", "lavfi", "-i", "anoisesrc=d=4:a=0.5")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = b"\xff" * 4000
    path.write_bytes(data)
    reading = read_to_end(path)
    assert reading.errors > 0
    assert 3900 < reading.duration_ms <= 4000


def test_read_to_end_measures_what_is_missing(make_media, tone):
    """FLAC frames that are damaged are passed over in silence; the time that they took is missed."""
    path = make_media("damaged.flac", "-i", tone)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    path.write_bytes(data)
    track = read_to_end(path).tracks[0]
    assert 100 < track.missing_ms < 1500
    assert read_to_end(tone).tracks[0].missing_ms == 0


def test_read_to_end_says_what_an_edit_list_hides(make_media, film):
    """What a phone's own trim only hides is found in the packets."""
    trimmed = make_media("phone.mp4", "-ss", "2.5", "-i", film, "-c", "copy")
    hidden = {track.kind: track.hidden_ms for track in read_to_end(trimmed, decode=False).tracks}
    assert hidden["video"] > 1000


def test_read_to_end_reports_its_progress(make_media):
    """Who listens hears positions in milliseconds, for a file that takes longer than a moment."""
    path = make_media("long.flac", "-f", "lavfi", "-i", "anoisesrc=d=400:r=48000")
    heard: list[Report] = []
    assert read_to_end(path, listen=heard.append).duration_ms == 400_000
    assert heard
    assert {(report.stage, report.total, report.unit) for report in heard} == {("check", 400_000, "ms")}


def test_inspection_may_not_write_nor_outlive_us(tmp_path, film):
    """The child is bound in memory and in what it writes, and ends when its parent is killed."""
    program = (
        "import os, sys\n"
        "from onrecord.media.limits import bind\n"
        "bind(os.getppid(), 200 << 20, writes=False)\n"
        "try: bytearray(300 << 20)\n"
        "except MemoryError: print('memory')\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"try: os.write(os.open({str(tmp_path / 'written')!r}, os.O_CREAT | os.O_WRONLY), b'x')\n"
        "except OSError as error: print(error.errno)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, check=True)
    assert done.stdout == b"memory\n27\n"  # EFBIG
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c",
         "import subprocess, sys, os, time\n"
         "child = subprocess.Popen([sys.executable, '-P', '-c', 'import os, time\\n"
         "from onrecord.media.limits import bind\\nbind(os.getppid(), 1 << 30, writes=True)\\n"
         "print(os.getpid(), flush=True)\\ntime.sleep(100)'])\n"
         "time.sleep(60)"],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 50  # it would sleep for longer
    while True:
        try:
            if Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                break
        except (FileNotFoundError, ProcessLookupError):
            break
        assert time.monotonic() < end, "the child outlived its parent"
        time.sleep(0.05)


def test_probe_translates_a_broken_child(film, monkeypatch):
    """A child that is killed in the middle leaves a known error, not a traceback."""
    from onrecord.media import inspection
    from onrecord.media import probe as module

    del inspection
    monkeypatch.setattr(module.sys, "executable", "/bin/false")
    with pytest.raises(NotMediaError, match="broke the decoder"):
        probe(film)


def test_probe_answers_in_json(film):
    """The child's whole answer is one line of JSON."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "onrecord.media.inspection", str(os.getpid()), "probe", str(film)],
        capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["duration_ms"] == 6000
    assert done.stderr == b""
