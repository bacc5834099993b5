"""Running FFmpeg: with progress, with clear errors, and reading only what it is given."""

from __future__ import annotations

import pytest

from onrecord.errors import RenderError, StorageError
from onrecord.media.container import FORMATS
from onrecord.media.ffmpeg import program, run, source
from onrecord.progress import Report


def test_program_is_the_one_of_the_wheel(monkeypatch):
    """Nothing has to be installed by hand, and nothing on PATH is used."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert program().is_file()
    assert "imageio_ffmpeg" in str(program())


def test_run_reports_positions_in_milliseconds(tone, tmp_path):
    """The last report says that all of it is done."""
    heard: list[Report] = []
    run(
        ["-y", *source(tone), "-c:a", "aac", str(tmp_path / "out.m4a")],
        subject="part-1",
        total_ms=4000,
        listen=heard.append,
    )
    assert heard[-1] == Report("render", "part-1", 4000, 4000, "ms")
    assert all(0 <= report.done <= 4000 for report in heard)


def test_run_says_what_ffmpeg_says(tmp_path, tone):
    """A failure names its cause in FFmpeg's own last words."""
    with pytest.raises(RenderError) as caught:
        run(["-y", *source(tone), "-c:a", "nosuchcodec", str(tmp_path / "out.m4a")])
    assert "Unknown encoder 'nosuchcodec'" in caught.value.message


def test_run_knows_a_full_disk(tone):
    """Linux's own full device: the error is about the disk."""
    with pytest.raises(StorageError, match="the disk is full"):
        run(["-y", *source(tone), "-f", "wav", "/dev/full"])


def test_source_refuses_lists_and_addresses(tmp_path, tone):
    """What points to other files or into the network is not opened, whatever it is called."""
    (tmp_path / "neighbour.wav").write_bytes(tone.read_bytes())
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile neighbour.wav\n", encoding="ascii")
    (tmp_path / "list.m3u8").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nneighbour.wav\n#EXT-X-ENDLIST\n", encoding="ascii"
    )
    for name in ("list.mp4", "list.m3u8"):
        with pytest.raises(RenderError):
            run(["-y", *source(tmp_path / name), str(tmp_path / "out.wav")])
        assert not (tmp_path / "out.wav").exists()
    assert "concat" not in FORMATS.split(",")
    with pytest.raises(RenderError):
        run(
            ["-y", "-protocol_whitelist", "file", "-i", "http://127.0.0.1:9/a.wav", str(tmp_path / "out.wav")]
        )


def test_run_stops_ffmpeg_when_the_listener_fails(tmp_path):
    """An interrupt in the middle ends FFmpeg before it goes on."""

    def interrupt(report: Report) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(["-y", "-re", "-f", "lavfi", "-i", "sine=d=60", str(tmp_path / "out.wav")], listen=interrupt)
