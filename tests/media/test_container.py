"""Opening a media file: the one place that does, and where all of PyAV's errors end."""

from __future__ import annotations

import os

import av.error
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onrecord.errors import IncompleteMediaError, MediaError, NotMediaError, StorageError
from onrecord.media.audio import samples
from onrecord.media.container import open_media
from onrecord.media.inspection import read


def test_open_media_translates_every_error_of_pyav(tone):
    """Whatever PyAV raises while a file is read is a known error outside."""
    assert len(av.error.classes) > 40
    for code, kind in av.error.classes.items():
        with pytest.raises((MediaError, StorageError)), open_media(tone):
            raise kind(code, "made up")


def test_open_media_says_what_is_wrong_with_the_path(tmp_path):
    """Nothing there, a folder, and a file that may not be read are told apart."""
    with pytest.raises(NotMediaError, match="no such file"), open_media(tmp_path / "none.mp4"):
        pass
    with pytest.raises(NotMediaError, match="cannot be read"), open_media(tmp_path):
        pass
    if os.getuid() != 0:  # root may read everything
        (tmp_path / "locked.mp4").touch(mode=0o000)
        with pytest.raises(StorageError, match="may not be read"), open_media(tmp_path / "locked.mp4"):
            pass


def test_open_media_takes_names_that_look_like_addresses(tmp_path, tone):
    """A file named like another protocol is a file."""
    for name in ("concat:a|b.wav", "pipe:0", "http:x.wav", "%d.wav", "Ünïcode – 1.wav"):
        path = tmp_path / name
        path.write_bytes(tone.read_bytes())
        with open_media(path) as container:
            assert container.format.name == "wav"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A second of sound in formats whose readers differ."""
    import subprocess

    from onrecord.media.ffmpeg import program

    folder = tmp_path_factory.mktemp("small")
    for name in ("a.mp3", "a.m4a", "a.ogg", "a.mkv", "a.ts", "a.flac"):
        subprocess.run(
            [program(), "-v", "error", "-f", "lavfi", "-i", "sine=d=1:r=16000", folder / name], check=True
        )
    return {path.name: path.read_bytes() for path in folder.iterdir()}


_CHANGE = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 400), st.binary(max_size=40))


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    name=st.sampled_from(["a.mp3", "a.m4a", "a.ogg", "a.mkv", "a.ts", "a.flac"]),
    changes=st.lists(_CHANGE, min_size=1, max_size=8),
)
@example(name="a.ogg", changes=[(0.0, 4, b"")])
def test_damaged_files_give_known_errors_only(small, tmp_path, name, changes):
    """However a file is damaged, it is read as far as it goes, or a known error says why not."""
    data = bytearray(small[name])
    for place, length, new in changes:
        at = int(place * len(data))
        data[at : at + length] = new
    path = tmp_path / name
    path.write_bytes(data)
    try:
        tracks = read(path, decode=True)
        assert all(track.packets >= 0 for track in tracks)
        assert sum(len(block) for block in samples(path, end=5_000)) <= 80_000
    except (NotMediaError, IncompleteMediaError):
        pass
