"""The sound as numbers: at the right place, of the right track, in memory that does not grow."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from onrecord.errors import NotMediaError
from onrecord.media.audio import samples, tracks


def whole(path, **settings):
    """All blocks as one array."""
    return np.concatenate([np.zeros(0, np.float32), *samples(path, **settings)])


def lag(heard, truth):
    """By how many samples `heard` is late, found by correlation."""
    size = 2 * len(truth)
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(truth, size)))
    best = int(np.argmax(likeness))
    return best if best < len(truth) else best - size


@pytest.fixture
def noise(make_media):
    """Twenty seconds of noise, the same each time: any place in it can be found again."""
    return make_media(
        "noise.wav", "-f", "lavfi", "-i", "anoisesrc=d=20:c=pink:r=44100:a=0.5:seed=7", "-ac", "2"
    )


def test_samples_are_mono_float32_blocks_of_about_a_second(tone):
    """Four seconds at 16 kHz come in blocks that nobody has to hold together."""
    blocks = list(samples(tone))
    assert sum(len(block) for block in blocks) == 64_000
    assert {block.dtype for block in blocks} == {np.dtype(np.float32)}
    assert {block.ndim for block in blocks} == {1}
    assert all(16_000 <= len(block) < 32_000 for block in blocks[:-1])
    assert 0.05 < np.abs(whole(tone)).max() <= 1.0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("n.flac", ()),
        ("n.mp3", ("-q:a", "4")),
        ("constant.mp3", ("-b:a", "64k")),
        ("n.m4a", ("-c:a", "aac", "-b:a", "128k")),
        ("n.opus", ("-c:a", "libopus", "-b:a", "96k")),
        ("n.webm", ("-c:a", "libopus", "-b:a", "96k")),
        ("n.mka", ("-c:a", "aac", "-b:a", "128k")),
        ("n.ogg", ("-c:a", "libvorbis")),
        ("n.wav", ("-ar", "8000")),
    ],
)
def test_samples_begin_where_they_are_asked_to(make_media, noise, name, arguments):
    """After a seek in any format the sound is at its place to two milliseconds, and as long as was asked."""
    truth = whole(noise, start=12_345, end=14_345)
    heard = whole(make_media(name, "-i", noise, *arguments), start=12_345, end=14_345)
    assert len(truth) == len(heard) == 32_000
    assert abs(lag(heard, truth)) <= 32


@pytest.mark.parametrize("name", ["n.aac", "plain.mp3", "n.ts"])
def test_samples_of_formats_without_an_index_agree_with_themselves(make_media, noise, name):
    """These begin with the encoder's own run-up and say nothing of it; all positions are late by the same 25
    ms.
    """
    path = make_media(name, "-i", noise, *(("-write_xing", "0") if name.endswith("mp3") else ()))
    late = lag(whole(path, start=12_345, end=14_345), whole(noise, start=12_345, end=14_345))
    assert 0 <= late <= 450
    assert abs(lag(whole(path)[16_000:48_000], whole(noise)[16_000:48_000]) - late) <= 2


def test_samples_keep_their_place_over_a_pause(make_media, tone):
    """Where the sound stops for three seconds, there are three seconds of silence."""
    path = make_media("pause.mka", "-i", tone, "-af", "asetpts=PTS+gte(T\\,2)*3/TB", "-c:a", "flac")
    heard = np.abs(whole(path))
    assert abs(len(heard) - 7 * 16_000) <= 32
    assert heard[int(2.4 * 16_000) : int(4.6 * 16_000)].max() == 0
    assert heard[int(5.5 * 16_000) :].max() > 0.05
    assert np.allclose(whole(path, start=4_000), whole(path)[4 * 16_000 :], atol=1e-4)


def test_samples_start_with_silence_where_the_sound_comes_late(make_media, film, tone):
    """Sound that begins two seconds after the picture is two seconds late in the samples too."""
    path = make_media("late.mkv", "-i", film, "-itsoffset", "2", "-i", tone, "-map", "0:v", "-map", "1:a",
                      "-c:v", "copy",
                      "-c:a", "flac")  # fmt: skip
    heard = np.abs(whole(path))
    assert heard[: int(1.9 * 16_000)].max() == 0
    assert heard[int(2.1 * 16_000) : int(2.5 * 16_000)].max() > 0.05


def test_samples_do_not_drift_over_odd_rates(make_media):
    """At 11,025 Hz no frame is a whole number of our samples; after ten minutes nothing has been added or
    lost.
    """
    path = make_media("odd.flac", "-f", "lavfi", "-i", "anoisesrc=d=600:r=11025:a=0.2")
    assert sum(len(block) for block in samples(path)) == pytest.approx(600 * 16_000, abs=2)


def test_samples_of_a_later_track(make_media, tone):
    """An interpreter's channel is read by its number."""
    path = make_media("two.mka", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono,atrim=0:4", "-i", tone,
                      "-map", "0:a", "-map",
                      "1:a", "-c:a", "flac")  # fmt: skip
    assert tracks(path) == 2
    assert np.abs(whole(path, track=0)).max() == 0
    assert np.abs(whole(path, track=1)).max() > 0.05
    with pytest.raises(NotMediaError, match="it has no audio track 2: it has 2"):
        next(samples(path, track=2))


def test_samples_of_a_silent_film_and_beyond_the_end(make_media, film, tone):
    """A film without sound is a known error; a start after the end gives nothing."""
    silent = make_media("silent.mp4", "-i", film, "-c", "copy", "-an")
    assert tracks(silent) == 0
    with pytest.raises(NotMediaError, match="it has no sound"):
        next(samples(silent))
    assert list(samples(tone, start=60_000)) == []


def test_samples_go_on_after_damage(make_media):
    """What cannot be decoded is silence; what comes after it is still at its place."""
    path = make_media(
        "damaged.m4a", "-f", "lavfi", "-i", "anoisesrc=d=8:c=pink:a=0.5:seed=3:r=44100", "-b:a", "128k"
    )
    truth = whole(path, start=6_000, end=7_000)
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 8000] = b"\xff" * 8000
    path.write_bytes(data)
    assert abs(len(whole(path)) - 8 * 16_000) <= 400
    assert abs(lag(whole(path, start=6_000, end=7_000), truth)) <= 2


@pytest.mark.slow
def test_samples_take_no_more_memory_for_a_longer_recording(make_media):
    """Two hours take the memory of ten minutes, to 30 MB (the benchmark measures three hours)."""
    peaks = []
    for minutes in (10, 120):
        path = make_media(f"{minutes}.opus", "-f", "lavfi", "-i", f"anoisesrc=d={60 * minutes}:r=8000:a=0.1",
                          "-c:a", "libopus",
                          "-b:a", "8k", "-compression_level", "0")  # fmt: skip
        program = (
            "import resource, sys, pathlib\nfrom onrecord.media.audio import samples\n"
            "print(sum(map(len, samples(pathlib.Path(sys.argv[1])))))\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        done = subprocess.run(
            [sys.executable, "-P", "-c", program, path], capture_output=True, text=True, check=True
        )
        count, peak = map(int, done.stdout.split())
        assert count == pytest.approx(minutes * 60 * 16_000, abs=400)
        peaks.append(peak / 1024)
    assert peaks[1] - peaks[0] < 30
