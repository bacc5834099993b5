"""One run does what is not done yet, whatever failed or was killed before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import NotFoundError
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.media.ffmpeg import program
from onrecord.media.originals import Attempt, record_failure
from onrecord.transcripts.ingest import ingest
from onrecord.transcripts.library import Library
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search
from onrecord.transcripts.steps import Wishes

LOCAL = datetime(2022, 7, 13, 18)  # noqa: DTZ001 - local time, as in the file


def add(archive: Archive, title: str, source: str = "", **values: Any) -> str:
    """Registers a discussion; gives its stem."""
    recordings = [{"id": "part-1", "source": source}] if source else []
    return Registry(archive).add({"title": title, "starts": LOCAL, "recordings": recordings, **values}).stem


@pytest.fixture(scope="session")
def silent_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of film without sound: there is something to render and nothing to transcribe."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1", "-pix_fmt", "yuv420p"]
    subprocess.run([str(program()), "-v", "error", *picture, "-y", str(path)], check=True)
    return path


def found(archive: Archive, text: str) -> list[str]:
    """The events that answer."""
    return [hit.stem for hit in search(archive.index_file, ask(text)).events]


def test_ingest_does_everything_and_then_nothing(finished: Archive) -> None:
    """After a first run (the fixture's) all stands and is found; a second run finds nothing to do."""
    assert found(finished, "dignity brotherhood") == ["2022-07-12-on-dignity"]
    again = ingest(finished)  # the copy's files are new to the index, and nothing else is
    assert (again.done, again.waiting, again.failed, again.indexed) == ((), (), (), 1)
    again = ingest(finished)
    assert (again.done, again.waiting, again.failed, again.indexed) == ((), (), (), 0)


def test_ingest_makes_what_is_missing(finished: Archive, silent_film: Path) -> None:
    """Only the stages whose result is missing are carried out, and a film without sound needs no
    transcript.
    """
    for path in finished.renditions("2022-07-12-on-dignity").iterdir():
        path.unlink()
    stem = add(finished, "A film", str(silent_film))
    outcome = ingest(finished)
    assert [(one.stage, one.slug, one.recording_id) for one in outcome.done] == [
        ("render", "2022-07-12-on-dignity", "part-1"),
        ("fetch", stem, "part-1"),
        ("render", stem, "part-1"),
    ]
    assert all(one.path.is_file() for one in outcome.done)
    assert outcome.failed == ()
    assert found(finished, "film") == [stem]


def test_ingest_goes_on_after_a_failure(finished: Archive, tmp_path: Path, silent_film: Path) -> None:
    """Every failure is told at the end with what to do, and the others are done."""
    lie = tmp_path / "lie.mp4"
    lie.write_text("this is a text, not a film")
    (tmp_path / "empty.mp4").touch()
    missing = add(finished, "A missing", str(tmp_path / "nowhere.mp4"))
    text = add(finished, "B lie", str(lie))
    empty = add(finished, "C empty", str(tmp_path / "empty.mp4"))
    film = add(finished, "D film", str(silent_film))
    (finished.events / "2022-07-14-broken.toml").write_text('format = 1\ntitel = "A typo"\n')
    outcome = ingest(finished)
    assert [(one.stage, one.slug) for one in outcome.failed] == [
        ("read", "2022-07-14-broken"), ("fetch", missing), ("fetch", text), ("fetch", empty),
    ]  # fmt: skip
    assert all(one.error.message and one.error.advice for one in outcome.failed)
    assert [one.slug for one in outcome.done] == [film, film]
    assert found(finished, "film") == [film]


def test_ingest_leaves_alone_what_has_to_wait(archive: Archive) -> None:
    """A fetch that failed a moment ago is not tried again before its time, and is no new failure."""
    stem = add(archive, "Waiting", "http://127.0.0.1:1/talk.mp4")
    archive.media(stem).mkdir()
    later = datetime.now(UTC) + timedelta(hours=1)
    record_failure(archive, stem, "part-1", Attempt("no answer.", False, 3, later))
    outcome = ingest(archive)
    assert (outcome.done, outcome.failed) == ((), ())
    assert [(one.stage, one.slug) for one in outcome.waiting] == [("fetch", stem)]


def test_ingest_does_not_fetch_what_is_still_to_come(archive: Archive) -> None:
    """Before a discussion begins its address holds no recording."""
    stem = add(archive, "Coming", "http://127.0.0.1:1/talk.mp4")
    outcome = ingest(archive, now=datetime(2022, 7, 1, tzinfo=UTC))
    assert (outcome.done, outcome.waiting, outcome.failed, outcome.indexed) == ((), (), (), 1)
    assert found(archive, "coming") == [stem]


def test_ingest_of_one_event_leaves_the_others(archive: Archive, silent_film: Path) -> None:
    """A name means that event alone; a name that there is not is an error before anything is done."""
    add(archive, "First", str(silent_film))
    stem = add(archive, "Second", str(silent_film))
    outcome = ingest(archive, [stem])
    assert {one.slug for one in outcome.done} == {stem}
    assert found(archive, "first OR second") == [stem]
    with pytest.raises(NotFoundError, match="there is no event 'secnd'"):
        ingest(archive, ["secnd"])


def test_ingest_takes_what_lies_in_the_watched_folder(
    archive: Archive, tmp_path: Path, silent_film: Path
) -> None:
    """A file in a folder named as the event's address becomes its recording; what belongs to nothing is
    told.
    """
    stem = add(archive, "Watched")
    drop = tmp_path / "drop"
    (drop / stem).mkdir(parents=True)
    (drop / stem / "film.mp4").write_bytes(silent_film.read_bytes())
    (drop / "stray.mp4").write_bytes(silent_film.read_bytes())
    with archive.settings_file.open("a") as file:
        file.write(f'\n[fetch]\nwatch = "{drop}"\n')
    outcome = ingest(Archive(archive.root), still=0.05)
    assert [(one.stage, one.slug, one.recording_id) for one in outcome.done] == [
        (stage, stem, "part-1") for stage in ("watch", "fetch", "render")
    ]
    assert [one.error.path for one in outcome.waiting] == [drop / "stray.mp4"]


def test_ingest_never_overwrites_what_a_person_has_to_look_at(finished: Archive) -> None:
    """A transcript that cannot be read is left as it is, and told."""
    path = finished.transcripts("2022-07-12-on-dignity") / "part-1.en.vtt"
    path.write_text("WEBVTT\n\nNOTE\nonrecord 1\nlanguage: uk\n\n")
    outcome = ingest(finished, wishes=Wishes(engine="pocketsphinx"))
    assert outcome.done == ()
    assert [(one.stage, one.error.path) for one in outcome.failed] == [("index", path)]
    assert path.read_text() == "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: uk\n\n"


@pytest.mark.parametrize("moment", ["fetch", "transcribe"])
def test_ingest_finishes_after_kill_9(archive: Archive, speech: Any, moment: str) -> None:
    """A run that was killed is finished by running it again, and nothing half-made is left."""
    stem = add(archive, "Killed", str(speech.path), languages=["en"])
    awaited = {
        "fetch": archive.work(stem) / "part-1.part",
        "transcribe": archive.renditions(stem) / "part-1.m4a",
    }[moment]
    command = [
        sys.executable,
        "-m",
        "onrecord",
        "-C",
        str(archive.root),
        "ingest",
        "--engine",
        "pocketsphinx",
    ]
    with subprocess.Popen(
        [*command, "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        deadline = time.monotonic() + 60
        while not awaited.exists() and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        os.killpg(run.pid, signal.SIGKILL)
    assert not list(archive.transcripts(stem).glob("*.vtt")) if archive.transcripts(stem).exists() else True
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert Library(archive).read(stem, "part-1", "en").provenance.status == "machine"
    assert found(archive, "dignity") == [stem]
    checked = subprocess.run(
        [sys.executable, "-m", "onrecord", "-C", str(archive.root), "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_ingest_leaves_to_another_run_what_that_has_in_hand(archive: Archive, silent_film: Path) -> None:
    """It is told as such, and is no failure; what nobody has in hand is done."""
    held = add(archive, "A film", str(silent_film))
    free = add(archive, "B film", str(silent_film))
    with lock(archive, f"{held}.part-1.render", doing="render"):
        outcome = ingest(archive)
    assert outcome.failed == ()
    assert [(row.stage, row.slug) for row in outcome.busy] == [("render", held)]
    assert [(one.stage, one.slug) for one in outcome.done] == [
        ("fetch", held), ("fetch", free), ("render", free),
    ]  # fmt: skip
    assert [one.stage for one in ingest(archive).done] == ["render"]
