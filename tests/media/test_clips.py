"""Short pieces of sound, through pydub, in one module only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import onrecord.media
from onrecord.errors import NotMediaError, UsageError
from onrecord.media.audio import samples
from onrecord.media.clips import cut, export_opus, export_wav, join, normalised, silence
from onrecord.media.probe import probe, read_to_end


def test_cut_gives_the_piece_to_the_millisecond(make_media):
    """A tone that sounds from 1 s to 2 s is in the cut from 0.5 s, half a second in."""
    path = make_media(
        "tone.flac", "-f", "lavfi", "-i", "aevalsrc='if(between(t,1,2),0.5*sin(2*PI*440*t),0)':d=4:s=48000"
    )
    piece = cut(path, 500, 3000)
    assert (len(piece), piece.channels, piece.frame_rate, piece.sample_width) == (2500, 1, 48_000, 2)
    assert piece[:495].max == 0
    assert piece[505:1495].dBFS == pytest.approx(-9.03, abs=0.1)
    assert piece[1505:].max == 0


def test_cut_says_what_cannot_be_cut(tone):
    """A place after the end, and an end before the start, are known errors."""
    with pytest.raises(NotMediaError, match="no sound at this place"):
        cut(tone, 60_000, 61_000)
    with pytest.raises(UsageError, match="must end after it starts"):
        cut(tone, 2000, 1000)


def test_cut_refuses_to_hold_hours_in_memory(make_media):
    """A whole recording is no clip."""
    path = make_media("long.flac", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1900")
    with pytest.raises(UsageError, match="half an hour"):
        cut(path)


def test_join_puts_pauses_between(tone):
    """Two pieces and a pause are as long as all three, and silent in the middle."""
    piece = cut(tone, 0, 1000)
    joined = join([piece, piece, piece], [300, 0])
    assert len(joined) == 3300
    assert joined[1000:1300].max == 0
    assert joined[1310:1400].max > 1000
    assert len(join([piece, piece], 250)) == 2250
    with pytest.raises(UsageError):
        join([])
    with pytest.raises(UsageError, match="2 pieces have 1 pauses"):
        join([piece, piece], [1, 2])


def test_normalised_makes_pieces_equally_loud_without_clipping(tone):
    """Quiet and loud pieces come out alike; silence stays silence."""
    piece = cut(tone, 0, 1000)
    quiet, loud = normalised(piece.apply_gain(-30)), normalised(piece.apply_gain(6))
    assert quiet.dBFS == pytest.approx(-20, abs=0.2)
    assert loud.dBFS == pytest.approx(-20, abs=0.2)
    assert normalised(piece, dbfs=0).max_dBFS <= -0.9
    assert normalised(silence(100)).max == 0


def test_export_opus_writes_speech_that_decodes(tone, tmp_path):
    """The file is Opus, as long as the clip, small, and says nothing of its making."""
    path = export_opus(cut(tone), tmp_path / "clip.opus", bitrate=16_000)
    found = probe(path)
    assert [stream.codec for stream in found.streams] == ["opus"]
    assert abs(read_to_end(path).duration_ms - 4000) <= 25
    assert path.stat().st_size < 16_000
    assert b"title" not in path.read_bytes().lower()
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_export_wav_keeps_every_sample(tone, tmp_path):
    """What was cut is what is written."""
    piece = cut(tone, 0, 1000, rate=16_000)
    path = export_wav(piece, tmp_path / "clip.wav")
    heard = np.concatenate(list(samples(path)))
    assert np.array_equal((heard * 32768).round().astype(np.int16), np.frombuffer(piece.raw_data, np.int16))


def test_clips_is_the_only_module_that_knows_pydub():
    """pydub fails in surprising ways without ffprobe, so one module holds what it needs."""
    room = Path(onrecord.media.__file__).parent
    assert [path.name for path in sorted(room.glob("*.py")) if "import pydub" in path.read_text()] == [
        "clips.py"
    ]


def test_importing_clips_warns_of_nothing():
    """With every warning an error, and no ffmpeg on PATH, a clip is made."""
    program = "from onrecord.media.clips import silence\nprint(len(silence(100)))"
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", program],
        capture_output=True,
        env={"PATH": "/nowhere"},
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"100\n", b"")
