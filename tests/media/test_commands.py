"""The commands of this room, as they are typed."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from onrecord.media.manifest import verify


@pytest.fixture
def onrecord(archive):
    """Runs the command in the archive and gives what it printed and its exit code."""

    def run(*arguments):
        command = [sys.executable, "-P", "-m", "onrecord", *map(str, arguments)]
        done = subprocess.run(command, cwd=archive.root, capture_output=True, text=True, check=False)
        return done.stdout, done.stderr, done.returncode

    return run


@pytest.fixture
def registered(archive, film):
    """Two events: one with a film from this machine and a trim, one whose recording is not there yet."""
    (archive.events / "2022-07-12-rights.toml").write_text(
        'format = 1\ntitle = "On rights"\nstarts = 2022-07-12T18:00:00\ntimezone = "Europe/London"\n'
        f'[[recordings]]\nid = "part-1"\nsource = "{film}"\ntrim = ["00:00:01", "00:00:04"]\n',
        encoding="utf-8",
    )
    (archive.events / "2022-08-12-duties.toml").write_text(
        'format = 1\ntitle = "On duties"\nstarts = 2022-08-12T18:00:00\ntimezone = "Europe/London"\n'
        f'[[recordings]]\nid = "part-1"\nsource = "{archive.root}/none.mp4"\n',
        encoding="utf-8",
    )


def test_render_makes_what_is_fetched(archive, onrecord, registered):
    """A local file is fetched, rendered with its trim, and left alone the second time."""
    assert onrecord("fetch", "2022-07-12-rights", "-q")[2] == 0
    assert list(verify(archive, "2022-07-12-rights")) == []
    out, err, code = onrecord("render")
    assert (code, out.splitlines()[-1]) == (0, "1 rendition is up to date.")
    assert "1 recording has not been fetched yet: onrecord fetch\n" in err
    assert out.startswith(
        "2022-07-12-rights part-1: .onrecord/renditions/2022-07-12-rights/part-1.mp4, 3 s, "
    )
    made = archive.renditions("2022-07-12-rights") / "part-1.mp4"
    before = made.stat().st_mtime_ns
    assert onrecord("render", "-q")[:2] == ("1 rendition is up to date.\n", err.splitlines()[-1] + "\n")
    assert made.stat().st_mtime_ns == before
    out, err, code = onrecord("render", "2022-07-12-rights", "part-1", "--again", "--json", "-q")
    assert (err, code) == ("", 0)
    assert made.stat().st_mtime_ns > before
    row = json.loads(out)[0]
    size = row.pop("bytes")
    duration = row.pop("duration_ms")
    assert size == made.stat().st_size
    assert abs(duration - 3000) <= 60
    assert row == {
        "event": "2022-07-12-rights",
        "recording": "part-1",
        "file": ".onrecord/renditions/2022-07-12-rights/part-1.mp4",
        "kind": "video",
        "mime": "video/mp4",
        "trim_ms": [1000, 4000],
        "width": 320,
        "height": 180,
        "poster": ".onrecord/renditions/2022-07-12-rights/part-1.jpg",
        "waveform": ".onrecord/renditions/2022-07-12-rights/part-1.svg",
    }


def test_render_says_what_it_cannot_do(archive, onrecord, registered):
    """No original, an unknown event, a trim beyond the end: one line on stderr, and exit code 1."""
    out, err, code = onrecord("render", "2022-08-12-duties", "part-1")
    assert (out, code) == ("", 1)
    assert (
        err.startswith("onrecord: 'part-1' of '2022-08-12-duties' has no original yet.")
        or "no original yet" in err
    )
    assert len(err.splitlines()) == 1
    out, err, code = onrecord("render", "2022-07-12-right")
    assert (out, code) == ("", 1)
    assert "2022-07-12-rights" in err
    onrecord("fetch", "2022-07-12-rights", "-q")
    file = archive.events / "2022-07-12-rights.toml"
    file.write_text(file.read_text().replace('["00:00:01", "00:00:04"]', '["00:01:00", "00:02:00"]'))
    out, err, code = onrecord("render", "2022-07-12-rights")
    assert (out, code) == ("", 1)
    assert "keeps nothing: the recording is 00:00:06.000 long" in err


def test_help_of_this_rooms_commands_is_quick(onrecord):
    """Nothing heavy is imported for it."""
    for name in ("render", "fetch"):
        fastest = 9.0
        for _ in range(3):
            began = _worked()
            out, _, code = onrecord(name, "--help")
            fastest = min(fastest, _worked() - began)
            assert code == 0
        assert f"onrecord {name} 2022-07-12-occupied-areas part-1" in out
        assert fastest < 0.6  # 0.2 s on a machine that does nothing else


def _worked() -> float:
    """The seconds for which processors have worked for our children: what else the machine does is not in them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
