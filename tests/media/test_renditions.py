"""What the public plays: playable everywhere, trimmed to the frame and the sample, saying nothing of where it
was made.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onrecord.archive import Archive
from onrecord.errors import MediaError, NotFoundError, RenderError
from onrecord.events.model import Event, Recording
from onrecord.media.audio import samples
from onrecord.media.container import open_media
from onrecord.media.originals import Original, accept, find_original
from onrecord.media.probe import probe, read_to_end
from onrecord.media.renditions import find_rendition, on_original, on_rendition, render


def discussion(**recording: Any) -> Event:
    """An event with one recording, `part-1`, that has the given keys."""
    return Event(
        stem="2022-07-12-rights", id="8c5d", slug="rights", title="On rights",
        starts=datetime.fromisoformat("2022-07-12T18:00"),
        timezone="Europe/London", recordings=(Recording(id="part-1", **recording),),
    )  # fmt: skip


def take(archive: Archive, file: Path, stem: str = "2022-07-12-rights", **settings: Any) -> Original:
    """Makes a copy of `file` the original of `part-1`."""
    return accept(archive, stem, "part-1", file, source=str(file), tool="test", **settings)


def made(archive, file, **recording):
    """The rendition of a file, with the given keys of the recording."""
    event = discussion(**recording)
    take(archive, file)
    return render(archive, event, event.recordings[0])


def packets(path, kind):
    """The bytes of every packet of a stream."""
    with open_media(path) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def everything_in(path):
    """All frames and all samples of a file, what an edit list hides too."""
    raw = subprocess.run(
        [*_TOOL, "-ignore_editlist", "1", "-i", path, "-map", "0:v?", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-"],
        capture_output=True, check=True,
    ).stdout if probe(path).video else b""  # fmt: skip
    sound = subprocess.run(
        [*_TOOL, "-ignore_editlist", "1", "-flags2", "+skip_manual", "-i", path, "-map", "0:a", "-f", "f32le",
        "-ac", "1", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    return np.frombuffer(raw, np.uint8).reshape(-1, 3), np.frombuffer(sound, np.float32)


@pytest.fixture(autouse=True, scope="module")
def _tool():
    from onrecord.media.ffmpeg import program

    _TOOL[:] = [str(program()), "-v", "error", "-nostdin"]


_TOOL: list[str] = []


def test_render_copies_streams_that_fit(archive, film):
    """H.264 and AAC that play everywhere are copied bit for bit."""
    rendition = made(archive, film)
    assert (rendition.kind, rendition.mime, rendition.duration, rendition.trim) == (
        "video",
        "video/mp4",
        6000,
        None,
    )
    assert (rendition.width, rendition.height, rendition.path.name) == (320, 180, "part-1.mp4")
    assert rendition.size == rendition.path.stat().st_size
    assert packets(rendition.path, "audio") == packets(film, "audio")
    # The encoder's own description, a NAL unit of type 6, is all that is missing.
    assert packets(rendition.path, "video")[1:] == packets(film, "video")[1:]
    data = rendition.path.read_bytes()
    assert b"x264" in film.read_bytes()
    assert b"x264" not in data
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("name", "arguments", "width", "height"),
    [
        (
            "odd.webm",
            ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-vf", "scale=161:91"),
            160,
            90,
        ),
        (
            "tall.mkv",
            (
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
                "-vf",
                "scale=64:1200,setsar=1",
            ),
            58,
            1080,
        ),
        (
            "deep.mkv",
            ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-c:a", "flac"),
            160,
            90,
        ),
        (
            "full.mp4",
            ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", "-c:a", "aac"),
            160,
            90,
        ),
        ("old.avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame"), 160, 90),
        (
            "wide.mp4",
            ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-vf", "setsar=2"),
            320,
            90,
        ),
    ],
)
def test_render_encodes_what_does_not_play_everywhere(archive, make_media, name, arguments, width, height):
    """Other codecs, deep colours, odd and large sizes and pixels that are not square become plain H.264 and
    AAC.
    """
    source = make_media(name, "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=2", "-f", "lavfi", "-i",
                        "sine=440:d=2",
                        *arguments)  # fmt: skip
    rendition = made(archive, source)
    found = probe(rendition.path)
    video, audio = found.video[0], found.audio[0]
    assert (video.codec, video.pixels, video.profile, video.aspect) == ("h264", "yuv420p", "High", 1.0)
    assert (video.width, video.height, rendition.width, rendition.height) == (width, height, width, height)
    assert (audio.codec, audio.profile) == ("aac", "LC")
    assert abs(rendition.duration - 2000) <= 100
    assert read_to_end(rendition.path).errors == 0


@pytest.mark.parametrize("name", ["talk.wav", "talk.mp3", "talk.opus", "talk.flac"])
def test_render_makes_sound_playable(archive, make_media, tone, name):
    """Sound of any format becomes AAC, with its waveform beside it."""
    rendition = made(archive, make_media(name, "-i", tone, "-metadata", "title=Canary"))
    assert (rendition.kind, rendition.mime, rendition.path.name) == ("audio", "audio/mp4", "part-1.m4a")
    assert [stream.codec for stream in probe(rendition.path).streams] == ["aac"]
    assert abs(rendition.duration - 4000) <= 60
    assert rendition.poster is None
    assert rendition.waveform is not None
    assert rendition.waveform.read_text().startswith("<svg ")
    assert b"Canary" not in rendition.path.read_bytes()
    assert b"Lavc" not in rendition.path.read_bytes()
    assert b"Lavf" not in rendition.path.read_bytes()


def test_render_drops_the_video_where_only_sound_is_wanted(archive, film):
    """`kind = "audio"` gives the sound alone, copied."""
    rendition = made(archive, film, kind="audio")
    assert rendition.kind == "audio"
    assert [stream.kind for stream in probe(rendition.path).streams] == ["audio"]
    assert packets(rendition.path, "audio") == packets(film, "audio")


def two_halves(make_media, name, *arguments, seconds=(3, 5), start=0):
    """A film that is red and loud before the cut, then green and silent."""
    before, after = seconds
    return make_media(
        name,
        "-f", "lavfi", "-i", f"color=red:s=160x90:r=25:d={before}", "-f", "lavfi", "-i",
        f"color=green:s=160x90:r=25:d={after}",
        "-f", "lavfi", "-i", f"anoisesrc=d={before}:a=0.9:r=48000", "-f", "lavfi", "-i",
        f"anullsrc=r=48000:cl=mono,atrim=0:{after}",
        "-filter_complex", "[0][2][1][3]concat=n=2:v=1:a=1[v][a]", "-map", "[v]", "-map", "[a]", *arguments,
    )  # fmt: skip


_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "1000", "-pix_fmt", "yuv420p", "-b:v", "200k")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("film.mp4", (*_H264, "-c:a", "aac")),
        ("film.mkv", (*_H264, "-c:a", "flac")),
        ("film.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-g", "1000", "-c:a", "libopus")),
        ("film.ts", (*_H264, "-c:a", "aac")),
        ("film.avi", ("-c:v", "mpeg4", "-g", "300", "-c:a", "libmp3lame")),
    ],
)
@pytest.mark.parametrize("seconds", [(3, 4), (14, 4)])
def test_render_holds_nothing_from_before_the_trim(archive, make_media, name, arguments, seconds):
    """The only key frame is red and the sound before the cut is noise: decoded whole, no frame is red, no
    sample loud.
    """
    source = two_halves(make_media, name, *arguments, seconds=seconds)
    cut = seconds[0] * 1000 + 200  # a lossy encoder smears noise over some frames
    rendition = made(archive, source, trim=("00:00:%06.3f" % (cut / 1000), "00:00:%06.3f" % (cut / 1000 + 2)))
    pixels, sound = everything_in(rendition.path)
    assert len(pixels) > 40 * 160 * 90
    assert pixels[:, 0].max() < 60
    assert pixels[:, 1].min() > 60
    assert np.abs(sound).max() < 0.01
    assert abs(rendition.duration - 2000) <= 60
    assert rendition.trim == (cut, cut + 2000)
    assert read_to_end(rendition.path).tracks[0].hidden_ms < 60


@pytest.mark.parametrize("name", ["talk.wav", "talk.mp3", "talk.aac", "talk.opus", "talk.flac", "talk.m4a"])
def test_render_holds_no_sample_from_before_the_trim(archive, make_media, name):
    """The same for sound alone, in formats whose positions after a seek are guesses too."""
    arguments = ("-write_xing", "0") if name.endswith("mp3") else ()
    source = make_media(
        name, "-f", "lavfi", "-i", "anoisesrc=d=15:a=0.9:r=44100", "-f", "lavfi", "-i",
        "anullsrc=r=44100:cl=mono,atrim=0:4",
        "-filter_complex", "[0][1]concat=n=2:v=0:a=1", *arguments,
    )  # fmt: skip
    rendition = made(archive, source, trim=("15.2", "17.2"))
    _, sound = everything_in(rendition.path)
    assert len(sound) > 80_000
    assert np.abs(sound).max() < 0.01


def test_render_ends_where_the_trim_ends(archive, make_media):
    """What comes after the end is not in it either."""
    source = two_halves(make_media, "film.mp4", *_H264, "-c:a", "aac")
    reversed_source = make_media("reversed.mp4", "-i", source, "-vf", "reverse", "-af", "areverse", *_H264)
    rendition = made(archive, reversed_source, trim=("0", "4.5"))
    pixels, sound = everything_in(rendition.path)
    assert pixels[:, 0].max() < 60
    assert np.abs(sound).max() < 0.01


def test_render_starts_exactly_at_the_trim(archive, make_media):
    """A click at 5.000 s of the original stands at 1.500 s of a rendition that starts at 3.5 s, to two
    milliseconds.
    """
    source = make_media("click.wav", "-f", "lavfi", "-i",
                        "aevalsrc='if(between(t,5,5.002),0.9,0)':d=8:s=48000")  # fmt: skip
    rendition = made(archive, source, trim=("3.5", "7.5"))
    heard = np.concatenate(list(samples(rendition.path)))
    assert abs(int(np.argmax(np.abs(heard))) / 16 - on_rendition(5000, rendition.trim)) <= 2


def test_render_fills_pauses_of_the_sound(archive, make_media, tone):
    """Where the original's sound stops for a while, the rendition is silent as long, so times hold."""
    gap = make_media("gap.mka", "-i", tone, "-af", "asetpts=PTS+gte(T\\,2)*3/TB", "-c:a", "flac")
    rendition = made(archive, gap)
    assert abs(rendition.duration - 7000) <= 60
    heard = np.abs(np.concatenate(list(samples(rendition.path))))
    assert heard[16_000 * 3 : 16_000 * 4].max() < 0.01
    assert heard[16_000 * 6 :].max() > 0.05


def test_render_does_not_copy_what_an_edit_list_hides(archive, make_media):
    """A phone's own trim hides the beginning in the file; it is not in the rendition at all."""
    source = two_halves(make_media, "film.mp4", *_H264, "-c:a", "aac")
    phone = make_media("phone.mp4", "-ss", "3.4", "-i", source, "-c", "copy")
    assert everything_in(phone)[0][:, 0].max() > 200  # the red beginning is hidden in it
    rendition = made(archive, phone)
    pixels, _ = everything_in(rendition.path)
    assert pixels[:, 0].max() < 60


def test_render_leaves_no_metadata(archive, make_media, film, tmp_path):
    """Place, device, titles, chapters, stream titles, captions, covers and attachments: no byte of them comes
    through.
    """
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\ntitle=CANARY-title\nartist=CANARY-artist\ncomment=CANARY-comment\nlocation=+48.8584+002.2945/\n"
        "make=CANARY-make\nmodel=CANARY-model\ncopyright=CANARY-copyright\nencoder=CANARY-encoder\n"
        "com.apple.quicktime.location.ISO6709=CANARY-place\ncreation_time=2022-07-12T18:00:00Z\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3000\ntitle=CANARY-chapter\n",
        encoding="utf-8",
    )  # fmt: skip
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nCANARY-subtitle\n", encoding="utf-8")
    note = tmp_path / "note.txt"
    note.write_text("CANARY-attachment", encoding="utf-8")
    common = ["-i", film, "-i", chapters, "-i", words, "-map", "0", "-map", "2", "-map_metadata", "1",
              "-map_chapters", "1",
              "-metadata:s:v:0", "title=CANARY-stream", "-metadata:s:a:0", "title=CANARY-track",
              "-metadata:s:a:0", "handler_name=CANARY-handler", "-metadata:s:v:0",
              "handler_name=CANARY-handler",
              "-metadata:s:a:0", "language=ukr"]  # fmt: skip
    sources = [
        make_media("full.mov", *common, "-c", "copy", "-c:s", "mov_text", "-movflags", "use_metadata_tags"),
        make_media("full.mp4", *common, "-c", "copy", "-c:s", "mov_text"),
        make_media(
            "full.mkv", *common, "-c", "copy", "-attach", note, "-metadata:s:t", "mimetype=text/plain"
        ),
        make_media(
            "sei.mp4",
            "-i",
            film,
            "-c",
            "copy",
            "-bsf:v",
            "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+CANARY-camera",
        ),
    ]
    for source in sources:
        assert b"CANARY" in source.read_bytes()
        for trim in (None, ("1", "3")):
            rendition = made(archive, source, trim=trim)
            data = rendition.path.read_bytes()
            for secret in (b"CANARY", b"48.8584", b"002.2945", b"Lavf", b"x264", b"Handler", b"ukr"):
                assert secret not in data, (source.name, secret)
            if trim:  # in copied sound FFmpeg's AAC encoder names itself in its first frame; ours does not
                assert b"Lavc" not in data
            for box in (b"mvhd", b"tkhd", b"mdhd"):  # creation and modification times: zero
                at = data.index(box) + 8
                assert data[at : at + 8] == bytes(8), (source.name, box)
            assert [stream.kind for stream in probe(rendition.path).streams] == ["video", "audio"]
            assert rendition.poster is not None
            assert b"CANARY" not in rendition.poster.read_bytes()
            assert b"Lavc" not in rendition.poster.read_bytes()


def test_render_takes_only_the_main_track(archive, make_media, film):
    """Of several audio tracks the public hears the one that the file marks as the default."""
    source = make_media(
        "several.mkv", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono,atrim=0:6", "-i", film, "-map", "1:v",
        "-map", "0:a",
        "-map", "1:a", "-c:v", "copy", "-c:a", "flac", "-disposition:a:0", "0", "-disposition:a:1", "default",
    )  # fmt: skip
    rendition = made(archive, source)
    assert len(probe(rendition.path).audio) == 1
    assert np.abs(np.concatenate(list(samples(rendition.path)))).max() > 0.05


@pytest.mark.parametrize("trim", [None, ("1", "3")])
def test_render_keeps_a_phones_rotation(archive, make_media, film, trim):
    """Held upright it is shown upright, whether copied or encoded; so is the poster."""
    source = make_media("upright.mp4", "-display_rotation", "90", "-i", film, "-c", "copy")
    rendition = made(archive, source, trim=trim)
    assert (rendition.width, rendition.height) == (180, 320)
    assert probe(rendition.path).video[0].rotation == (0 if trim else 90)
    with open_picture(rendition.poster) as size:
        assert size == (180, 320)


class open_picture:  # noqa: N801
    """The size of a JPEG."""

    def __init__(self, path):
        import av

        with av.open(str(path)) as container:
            self.size = (container.streams.video[0].width, container.streams.video[0].height)

    def __enter__(self):
        return self.size

    def __exit__(self, *caught):
        return None


def test_render_takes_pictures_that_change_their_size(archive, make_media):
    """A meeting whose picture changes its size in the middle comes out in one size."""
    first = make_media("one.ts", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=2", "-c:v", "mpeg2video")
    second = make_media(
        "two.ts",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=96x96:r=10:d=2",
        "-c:v",
        "mpeg2video",
        "-output_ts_offset",
        "2",
    )
    joined = first.with_name("joined.ts")
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    event = discussion()
    take(archive, joined, keep_as_it_is=True)
    rendition = render(archive, event, event.recordings[0])
    assert (rendition.width, rendition.height) == (160, 90)
    assert abs(rendition.duration - 4000) <= 200
    assert read_to_end(rendition.path).errors == 0


def test_find_rendition_knows_when_it_is_out_of_date(archive, film, tone, monkeypatch):
    """Another trim, kind, setting or original, and a lost file, ask for a new one; nothing else does."""
    event = discussion()
    take(archive, film)
    assert find_rendition(archive, event, event.recordings[0]) is None
    rendition = render(archive, event, event.recordings[0])
    before = rendition.path.stat().st_mtime_ns
    assert render(archive, event, event.recordings[0]) == rendition
    assert rendition.path.stat().st_mtime_ns == before
    assert find_rendition(archive, event, event.recordings[0]) == rendition
    for change in ({"trim": ("1", "3")}, {"kind": "audio"}):
        assert find_rendition(archive, event, discussion(**change).recordings[0]) is None
    smaller = replace(archive)
    monkeypatch.setenv("ONRECORD_RENDER_MAX_HEIGHT", "90")
    assert find_rendition(smaller, event, event.recordings[0]) is None
    monkeypatch.delenv("ONRECORD_RENDER_MAX_HEIGHT")
    rendition.path.write_bytes(b"half")
    assert find_rendition(archive, event, event.recordings[0]) is None
    assert render(archive, event, event.recordings[0]).size == rendition.size
    take(archive, tone)
    assert find_rendition(archive, event, event.recordings[0]) is None
    assert render(archive, event, event.recordings[0]).path.name == "part-1.m4a"
    assert sorted(path.name for path in archive.renditions(event.stem).iterdir()) == [
        "part-1.json", "part-1.m4a", "part-1.svg",
    ]  # fmt: skip


def test_render_says_what_is_missing(archive, film):
    """No original, and a trim that keeps nothing, are known errors with what to do."""
    event = discussion()
    with pytest.raises(NotFoundError, match="has no original yet"):
        render(archive, event, event.recordings[0])
    take(archive, film)
    late = discussion(trim=("00:01:00", "00:02:00"))
    with pytest.raises(RenderError, match=r"keeps nothing: the recording is 00:00:06\.000 long"):
        render(archive, late, late.recordings[0])
    silent = discussion(kind="audio", trim=("0", "0:10"))
    assert render(archive, silent, silent.recordings[0]).duration == 6000


def test_render_of_a_damaged_original_is_a_known_error(archive, film, tmp_path):
    """An original that broke on the disk gives an error, and no half rendition."""
    event = discussion()
    original = take(archive, film)
    original.path.chmod(0o644)
    original.path.write_bytes(b"Everyone has the right to life." * 100)
    with pytest.raises(MediaError):
        render(archive, event, event.recordings[0])
    assert find_rendition(archive, event, event.recordings[0]) is None
    assert list(archive.work(event.stem).iterdir()) == []


_RENDER = """
import sys
from datetime import datetime
from pathlib import Path
from onrecord.archive import Archive
from onrecord.events.model import Event, Recording
from onrecord.media.renditions import render
event = Event(stem="2022-07-12-rights", id="8c5d", slug="rights", title="On rights",
              starts=datetime.fromisoformat("2022-07-12T18:00"), timezone="Europe/London",
              recordings=(Recording(id="part-1", trim=("0:05", "5:00")),))
print("begun", flush=True)
render(Archive(Path(sys.argv[1])), event, event.recordings[0])
"""


@pytest.mark.slow
def test_render_survives_a_kill(archive, make_media):
    """Killed while FFmpeg is at work: FFmpeg ends too, nothing half is found, a second run finishes."""
    source = make_media("long.mkv", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=60", "-f", "lavfi", "-i",
                        "sine=440:d=60",
                        "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "flac")  # fmt: skip
    event = discussion(trim=("0:05", "5:00"))
    take(archive, source)
    child = subprocess.Popen([sys.executable, "-P", "-c", _RENDER, archive.root], stdout=subprocess.PIPE)
    partial = archive.work(event.stem) / "part-1.render.mp4"
    end = time.monotonic() + 120
    while not (partial.exists() and partial.stat().st_size):
        assert time.monotonic() < end
        time.sleep(0.005)
    running = [path.name for path in Path("/proc").iterdir() if _runs(path.name, str(partial))]
    assert running
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    end = time.monotonic() + 60
    while any(_runs(pid, str(partial)) for pid in running) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(_runs(pid, str(partial)) for pid in running)
    assert find_rendition(archive, event, event.recordings[0]) is None
    assert not archive.renditions(event.stem).exists()
    assert abs(render(archive, event, event.recordings[0]).duration - 55_000) < 100
    assert list(archive.work(event.stem).iterdir()) == []


def _runs(pid, text):
    """Whether a process still runs with `text` among its arguments."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            return text.encode() in file.read()
    except OSError:
        return False


def test_rendition_clock_maps_both_ways():
    """One function each way; what was trimmed away has no place."""
    trim = (9_500, 60_000)
    assert [on_rendition(position, trim) for position in (0, 9_499, 9_500, 30_000, 60_000, 60_001)] == [
        None, None, 0, 20_500, 50_500, None,
    ]  # fmt: skip
    assert on_original(20_500, trim) == 30_000
    assert (on_rendition(1234, None), on_original(1234, None)) == (1234, 1234)


def test_render_leaves_the_original_as_it_is(archive, film):
    """Rendering writes nothing among the originals."""
    event = discussion(trim=("1", "3"))
    take(archive, film)
    before = {path.name: path.read_bytes() for path in archive.media(event.stem).iterdir()}
    render(archive, event, event.recordings[0])
    assert {path.name: path.read_bytes() for path in archive.media(event.stem).iterdir()} == before
    assert find_original(archive, event.stem, "part-1") is not None
    record = json.loads((archive.renditions(event.stem) / "part-1.json").read_text())
    assert (record["trim"], record["made_from"]["trim"]) == ([1000, 3000], [1000, 3000])


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:-1] + bytes([data[-1] ^ 1])])
def test_render_makes_nothing_of_an_original_that_is_damaged(archive, tone, damage):
    """One bit is enough; nothing is made, and what stood stands."""
    event = discussion()
    original = take(archive, tone)
    original.path.chmod(0o644)
    original.path.write_bytes(damage(original.path.read_bytes()))
    with pytest.raises(RenderError, match="not as it was fetched"):
        render(archive, event, event.recordings[0])
    assert find_rendition(archive, event, event.recordings[0]) is None


@pytest.mark.parametrize(
    ("transfer", "kind", "white"), [("smpte2084", "pq", 0.58), ("arib-std-b67", "hlg", 0.75)]
)
def test_render_brings_high_range_into_what_every_screen_shows(archive, make_media, transfer, kind, white):
    """White paper, which ITU-R BT.2408 puts at these levels, is white afterwards and not grey; black stays black."""
    level = round(64 + 876 * white)
    picture = "color=black:size=64x64:rate=10:duration=1,format=yuv420p10le"
    picture += f",geq=lum='if(lt(X,32),{level},64)':cb=512:cr=512"
    picture += f",setparams=color_trc={transfer}:color_primaries=bt2020:colorspace=bt2020nc:range=tv"
    arguments = ["-f", "lavfi", "-i", picture, "-c:v", "libx264", "-pix_fmt", "yuv420p10le"]
    film = make_media(f"{kind}.mp4", *arguments)
    assert probe(film).video[0].high_range == kind
    path = made(archive, film).path
    shown = probe(path).video[0]
    assert (shown.high_range, shown.pixels) == ("", "yuv420p")
    raw = subprocess.run(
        [*_TOOL, "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    light = np.frombuffer(raw, np.uint8).reshape(64, 64)
    assert light[:, 4:28].mean() > 200
    assert light[:, 36:60].mean() < 8
