"""The originals: accepted only when they are whole, never modified, found again after a crash."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import FormatError, IncompleteMediaError, NotMediaError
from onrecord.files import make_folder, sha256
from onrecord.media.manifest import MANIFEST, read_manifest
from onrecord.media.originals import (
    Attempt,
    accept,
    find_original,
    keep_side_file,
    last_attempt,
    record_failure,
    verify,
)

STEM = "2022-07-12-rights"


def fetched(archive: Archive, file: Path, name: str = "part-1.partial") -> Path:
    """A copy of `file` in the work folder, as a fetch leaves it."""
    target = make_folder(archive.work(STEM)) / name
    target.write_bytes(file.read_bytes())
    return target


def take(archive, file, **settings):
    """Accepts a file as `part-1`."""
    given = {"source": "https://media.example.org/rights.mp4", "tool": "test 1"} | settings
    return accept(archive, STEM, "part-1", file, **given)


def half(path: Path, target: Path) -> Path:
    """The first half of a file."""
    target.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return target


def sha256sum(folder: Path) -> str:
    """What `sha256sum -c` says of a folder; fails when it does not verify."""
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", MANIFEST], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_accept_puts_a_whole_film_in_its_place(archive, film):
    """The file is moved, described, listed in the manifest, and never to be modified."""
    partial = fetched(archive, film)
    original = take(archive, partial, metadata={"title": "On rights", "uploader": "A. Example"},
                    expected_size=film.stat().st_size,
                    expected_ms=6000)  # fmt: skip
    folder = archive.media(STEM)
    assert original == find_original(archive, STEM, "part-1")
    assert original.path == folder / "part-1.mp4"
    assert original.path.read_bytes() == film.read_bytes()
    assert stat.S_IMODE(original.path.stat().st_mode) == 0o444
    assert (original.sha256, original.size, original.duration) == (sha256(film), film.stat().st_size, 6000)
    assert [stream.codec for stream in original.streams] == ["h264", "aac"]
    assert (original.source, original.tool, original.warnings, original.kept) == (
        "https://media.example.org/rights.mp4", "test 1", (), "",
    )  # fmt: skip
    assert abs((datetime.now(UTC) - original.fetched).total_seconds()) < 60
    assert not partial.exists()
    assert sorted(path.name for path in folder.iterdir()) == [
        MANIFEST, "part-1.json", "part-1.metadata.json", "part-1.mp4",
    ]  # fmt: skip
    assert json.loads((folder / "part-1.metadata.json").read_text())["title"] == "On rights"
    assert sha256sum(folder) == "part-1.metadata.json: OK\npart-1.mp4: OK\n"
    assert list(verify(archive, STEM)) == []


def test_accept_copies_a_file_that_is_somebody_elses(archive, film):
    """A file outside the archive stays where it is, as it is."""
    before = (film.read_bytes(), film.stat().st_mode)
    assert take(archive, film, source=str(film)).path.read_bytes() == before[0]
    assert (film.read_bytes(), film.stat().st_mode) == before
    assert list(archive.work(STEM).iterdir()) == []


def test_accept_names_the_file_by_its_format(archive, make_media, tone):
    """The ending is what the file is, whatever it was called."""
    opus = make_media("talk.opus", "-i", tone, "-c:a", "libopus")
    disguised = fetched(archive, opus, "talk.mp4")
    assert take(archive, disguised, source="https://media.example.org/talk.mp4").path.name == "part-1.ogg"


@pytest.mark.parametrize(
    "name", ["film.mp4", "film.mkv", "film.flac", "film.mp3", "film.wav", "film.avi", "film.webm", "film.ogg"]
)
def test_accept_refuses_half_a_file(archive, make_media, tmp_path, name):
    """Half of any format that says how long it is is found out, and nothing has changed."""
    codecs = ["-c:v", "mpeg4", "-c:a", "libmp3lame"] if name.endswith("avi") else []
    sound = ["-f", "lavfi", "-i", "sine=440:d=8:r=16000"]
    pictures = (
        []
        if name.endswith(("flac", "mp3", "wav", "ogg"))
        else ["-f", "lavfi", "-i", "testsrc2=s=128x72:r=10:d=8"]
    )
    whole = make_media(name, *sound, *pictures, *codecs,
                       "-movflags" if name.endswith("mp4") else "-map_metadata",
                       "+faststart" if name.endswith("mp4") else "0")  # fmt: skip
    partial = half(whole, make_folder(archive.work(STEM)) / name)
    with pytest.raises(IncompleteMediaError) as caught:
        take(archive, partial)
    assert "--keep-as-it-is" in caught.value.advice
    assert partial.stat().st_size == whole.stat().st_size // 2
    assert find_original(archive, STEM, "part-1") is None
    assert not archive.media(STEM).exists()


def test_accept_keeps_half_a_file_when_a_person_says_so(archive, film, tmp_path):
    """The decision is recorded with what did not fit."""
    original = take(archive, half(film, tmp_path / "half.mp4"), keep_as_it_is=True)
    assert "though the file says 00:00:06.000" in original.kept
    assert json.loads((archive.media(STEM) / "part-1.json").read_text())["kept_as_it_is"] == original.kept


def test_accept_never_keeps_fewer_bytes_than_announced(archive, film, tmp_path):
    """What the server announced is not a matter of opinion."""
    with pytest.raises(IncompleteMediaError, match=r"bytes came of the 999999 that were announced"):
        take(archive, film, expected_size=999_999, keep_as_it_is=True)


@pytest.mark.parametrize(("expected", "fits"), [(6900, True), (5100, True), (7100, False), (4900, False)])
def test_accept_holds_the_length_against_the_sources(archive, film, expected, fits):
    """A second, or 2 % of a long one, either way."""
    if fits:
        assert take(archive, film, expected_ms=expected).duration == 6000
    else:
        with pytest.raises(IncompleteMediaError, match="though its source says"):
            take(archive, film, expected_ms=expected)


def test_accept_judges_an_estimated_length_by_the_end(archive, make_media):
    """An MP3 without a Xing header may declare anything; it is whole when its end is reached."""
    quiet = make_media(
        "quiet.mp3", "-f", "lavfi", "-i", "sine=440:d=2:r=44100", "-b:a", "32k", "-write_xing", "0"
    )
    loud = make_media(
        "loud.mp3", "-f", "lavfi", "-i", "anoisesrc=d=8:r=44100", "-b:a", "320k", "-write_xing", "0"
    )
    mixed = quiet.with_name("mixed.mp3")
    mixed.write_bytes(quiet.read_bytes() + loud.read_bytes())
    original = take(archive, mixed)
    record = json.loads((archive.media(STEM) / "part-1.json").read_text())
    assert record["declared_duration_ms"] > 2 * original.duration
    assert record["duration_is_estimate"] is True
    assert 9_900 < original.duration < 10_200


def test_accept_refuses_what_is_no_recording(archive, tmp_path):
    """An empty file and a text are refused before anything is written."""
    for content in (b"", b"Everyone has the right to life."):
        path = tmp_path / "film.mp4"
        path.write_bytes(content)
        with pytest.raises(NotMediaError):
            take(archive, path)
    assert not archive.media(STEM).exists()


def test_accept_warns_of_damage_and_of_missing_sound(archive, make_media, film):
    """What could not be decoded, and a film without sound, are said."""
    silent = make_media("silent.mp4", "-i", film, "-c", "copy", "-an")
    assert take(archive, silent).warnings == ("It has no sound, so it cannot be transcribed.",)


def test_accept_does_nothing_where_the_same_file_stands(archive, film):
    """Taking the same bytes again changes nothing, and forgets a failed attempt in between."""
    first = take(archive, fetched(archive, film))
    record_failure(archive, STEM, "part-1", Attempt("The server is down.", False, 1))
    again = fetched(archive, film)
    assert take(archive, again) == first
    assert not again.exists()
    assert last_attempt(archive, STEM, "part-1") is None


def test_accept_sets_an_earlier_original_aside(archive, film, tone):
    """Another file under the same name loses nothing: both stand, both are in the manifest."""
    old = sha256(take(archive, film).path)
    new = take(archive, tone)
    folder = archive.media(STEM)
    assert new.path.name == "part-1.wav"
    assert read_manifest(folder) == {"part-1.wav": sha256(tone), "part-1.replaced-1.mp4": old}
    assert sha256sum(folder) == "part-1.replaced-1.mp4: OK\npart-1.wav: OK\n"
    third = take(archive, film)
    assert third.path.name == "part-1.mp4"
    assert sorted(read_manifest(folder)) == ["part-1.mp4", "part-1.replaced-1.mp4", "part-1.replaced-2.wav"]
    assert list(verify(archive, STEM)) == []


def test_keep_side_file_lists_it_in_the_manifest(archive, film, tmp_path):
    """Captions and pictures that came with a recording stand beside it and are verified with it."""
    take(archive, film)
    captions = make_folder(archive.work(STEM)) / "captions"
    captions.write_text("WEBVTT\n", encoding="utf-8")
    assert keep_side_file(archive, STEM, "part-1", "captions.pt-BR.vtt", captions).read_text() == "WEBVTT\n"
    assert sha256sum(archive.media(STEM)) == "part-1.captions.pt-BR.vtt: OK\npart-1.mp4: OK\n"


def test_failure_is_kept_until_a_fetch_succeeds(archive, film):
    """What failed is in the recording's record; a success clears it."""
    assert last_attempt(archive, STEM, "part-1") is None
    attempt = Attempt("The server answers 503.", False, 2, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    record_failure(archive, STEM, "part-1", attempt)
    assert last_attempt(archive, STEM, "part-1") == attempt
    assert find_original(archive, STEM, "part-1") is None
    take(archive, film)
    assert last_attempt(archive, STEM, "part-1") is None


def test_verify_finds_what_changed_went_and_came(archive, film, tone):
    """A flipped bit, a lost file and a file that nobody fetched are all named."""
    original = take(archive, film, metadata={"title": "On rights"})
    folder = archive.media(STEM)
    original.path.chmod(0o644)
    data = bytearray(film.read_bytes())
    data[1000] ^= 1
    original.path.write_bytes(data)
    (folder / "part-1.metadata.json").unlink()
    (folder / "part-2.wav").write_bytes(tone.read_bytes())
    assert [(problem.path.name, problem.kind) for problem in verify(archive, STEM)] == [
        ("part-1.metadata.json", "missing"),
        ("part-1.mp4", "changed"),
        ("part-2.wav", "unlisted"),
    ]


def test_manifest_with_a_broken_line_is_said(archive, film):
    """A line that is none is an error with its number."""
    take(archive, film)
    manifest = archive.media(STEM) / MANIFEST
    manifest.write_text(manifest.read_text() + "<<<<<<< HEAD\n", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(verify(archive, STEM))
    assert (caught.value.path, caught.value.line) == (manifest, 2)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1, "file": "part-1.mp4"}'])
def test_find_original_says_when_the_record_is_broken(archive, film, text):
    """A damaged record is not taken for "nothing fetched yet"."""
    take(archive, film)
    (archive.media(STEM) / "part-1.json").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match="no record of a recording"):
        find_original(archive, STEM, "part-1")


_STEPS = """
import os, signal, sys
from pathlib import Path
from onrecord import files
from onrecord.archive import Archive
from onrecord.media import manifest, originals

step = int(sys.argv[3])
count = 0
def dies(function):
    def run(*args, **kwargs):
        global count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        done = function(*args, **kwargs)
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return run
# Every durable write of accept goes through one of these.
for module, name in ((originals, "write_text"), (originals, "settle"), (originals, "copy_file"),
                     (manifest, "write_text"), (originals, "sync_folder")):
    setattr(module, name, dies(getattr(module, name)))
originals.accept(Archive(Path(sys.argv[1])), "2022-07-12-rights", "part-1", Path(sys.argv[2]),
                 source="x", tool="y", metadata={"title": "On rights"})
print(count)
"""


@pytest.mark.slow
def test_accept_survives_kill_between_any_two_steps(archive, film, tone):
    """Killed before or after any durable step, it is run again and all stands; nothing half is ever found."""
    step, steps = 1, 99
    while step <= steps:
        take(archive, tone)  # an earlier original, to be set aside
        partial = fetched(archive, film)
        done = subprocess.run(
            [sys.executable, "-P", "-c", _STEPS, archive.root, partial, str(step)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            steps = int(done.stdout)
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        found = find_original(archive, STEM, "part-1")
        assert found is None or sha256(found.path) == found.sha256
        whole = partial if partial.exists() else film
        assert sha256(take(archive, whole, metadata={"title": "On rights"}).path) == sha256(film)
        assert list(verify(archive, STEM)) == []
        assert "part-1.mp4: OK" in sha256sum(archive.media(STEM))
        for path in archive.media(STEM).iterdir():
            path.unlink()
        step += 1
    assert (
        steps >= 8
    )  # aside in the manifest, aside renamed, metadata, manifest, record, original: before and after
    assert list(archive.work(STEM).iterdir()) == []
