"""The job of a recording: everything once, anew only what somebody asked for, and nothing lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import ConflictError, NotFoundError
from onrecord.events.registry import Registry
from onrecord.files import sha256
from onrecord.jobs import Job
from onrecord.media.originals import Attempt, find_original, record_failure
from onrecord.media.renditions import find_rendition
from onrecord.progress import Report, StoppedError
from onrecord.transcripts import recordingjob
from onrecord.transcripts.library import Library

STEM = "2022-07-12-on-dignity"
JOB = Job(
    id=1, kind="recording", subject=STEM, item="part-1", details={}, result={}, round=1, state="running", wanted="",
    stage="", done=0, total=None, unit="", note="", pace=None, error="", advice="", tries=0, asked_by="",
    made_at=datetime(2026, 1, 1, tzinfo=UTC), began_at=None, ended_at=None, not_before=None, worker="one", changed=1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that needs no weights."""
    monkeypatch.setenv("ONRECORD_TRANSCRIPTION_ENGINE", "pocketsphinx")


class KilledError(BaseException):
    """The end of a process, where one would do no more than be slow."""


def run(
    archive: Archive, job: Job = JOB, listen: Callable[[Report], None] = lambda report: None, **details: Any
) -> Any:
    archive = Archive(archive.root)
    return recordingjob.run(archive, replace(job, details={**job.details, **details}), listen, lambda: None)


def made(archive: Archive) -> tuple[str, str]:
    """When the rendition and the transcript were made."""
    event = Registry(archive).get(STEM)
    rendition = find_rendition(archive, event, event.recordings[0])
    assert rendition is not None
    library = Library(archive)
    (entry,) = library.entries(STEM, "part-1")
    return str(rendition.path.stat().st_mtime_ns), sha256(entry.path)


def is_history(archive: Archive, digest: str) -> bool:
    """Whether a transcript of this digest is kept as an earlier revision."""
    return any(sha256(path) == digest for path in (archive.transcripts(STEM) / "history").glob("*.vtt"))


def test_where_everything_stands_nothing_is_done(finished: Archive) -> None:
    """The steps are told, and none changes a thing."""
    before, told = made(finished), []
    assert run(finished, listen=lambda report: told.append(report.stage)) == {"notes": []}
    assert list(dict.fromkeys(told)) == ["fetch", "render", "transcribe", "index"]
    assert made(finished) == before


def test_a_recording_is_brought_from_its_source_to_the_index(finished: Archive, speech: Any) -> None:
    """All four steps, as `ingest` does them."""
    for folder in (finished.media(STEM), finished.transcripts(STEM), finished.renditions(STEM)):
        for path in folder.rglob("*"):
            if path.is_file():
                path.unlink()
    run(finished)
    original = find_original(finished, STEM, "part-1")
    assert original is not None
    assert original.sha256 == sha256(speech.path)
    assert made(finished)


@pytest.mark.parametrize(
    ("step", "anew"), [("render", (True, False)), ("transcribe", (False, True)), ("index", (False, False))]
)
def test_from_a_step_only_that_one_is_made_anew(
    finished: Archive, step: str, anew: tuple[bool, bool]
) -> None:
    """What was made before it stays; an earlier transcript goes into the history."""
    before = made(finished)
    run(finished, **{"from": step})
    after = made(finished)
    assert tuple(one != other for one, other in zip(before, after, strict=True)) == anew
    assert is_history(finished, before[1]) or not anew[1]
    assert not (finished.work(STEM) / "part-1.again.json").exists()


@pytest.mark.parametrize("step", ["render", "transcribe"])
def test_a_round_that_is_cut_short_makes_anew_once(finished: Archive, step: str) -> None:
    """Killed after the step, before the end: the next worker goes on behind it. A new round is another wish."""

    def dies(report: Report) -> None:
        if report.stage == "index":
            raise KilledError

    with pytest.raises(KilledError):
        run(finished, listen=dies, **{"from": step})
    between = made(finished)
    run(finished, **{"from": step})
    assert made(finished) == between
    run(finished, replace(JOB, round=2), **{"from": step})
    assert made(finished) != between


def test_from_the_fetch_the_earlier_original_is_kept_beside(
    finished: Archive, speech: Any, tmp_path: Path
) -> None:
    """The source has become another recording: a machine's transcript is made anew, the earlier one is history."""
    before = find_original(finished, STEM, "part-1")
    assert before is not None
    transcript = made(finished)[1]
    longer = tmp_path / "longer.wav"
    data = bytearray(speech.path.read_bytes())
    data[-2000:] = b"\0" * 2000
    longer.write_bytes(data)
    Registry(finished).edit(STEM, lambda document: document["recordings"][0].update({"source": str(longer)}))
    run(finished, **{"from": "fetch"})
    after = find_original(finished, STEM, "part-1")
    assert after is not None
    assert after.sha256 == sha256(longer) != before.sha256
    kept = [
        path for path in finished.media(STEM).glob("part-1.replaced-*.wav") if sha256(path) == before.sha256
    ]
    assert len(kept) == 1
    library = Library(finished)
    (entry,) = library.entries(STEM, "part-1")
    assert library.head(entry).original_sha256 == after.sha256
    assert is_history(finished, transcript)


def reviewed(archive: Archive) -> None:
    library = Library(archive)
    (entry,) = library.entries(STEM, "part-1")
    text = entry.path.read_text()
    entry.path.write_text(text.replace("status: machine", "status: reviewed\nreviewed-by: Rita Reviewer"))


def test_what_people_worked_on_is_replaced_only_when_they_say_so(finished: Archive) -> None:
    """Then their version is in the history."""
    reviewed(finished)
    before = made(finished)
    with pytest.raises(ConflictError, match="was reviewed by a person"):
        run(finished, **{"from": "transcribe"})
    assert made(finished) == before
    run(finished, replace(JOB, round=2), **{"from": "transcribe", "replace": True})
    assert made(finished) != before
    assert is_history(finished, before[1])


def test_from_the_fetch_a_reviewed_transcript_stays_and_that_is_said(
    finished: Archive, speech: Any, tmp_path: Path
) -> None:
    """It is of the earlier recording; a person decides."""
    reviewed(finished)
    other = tmp_path / "other.wav"
    data = bytearray(speech.path.read_bytes())
    data[-2000:] = b"\0" * 2000
    other.write_bytes(data)
    Registry(finished).edit(STEM, lambda document: document["recordings"][0].update({"source": str(other)}))
    before = made(finished)[1]
    notes = run(finished, **{"from": "fetch"})["notes"]
    assert made(finished)[1] == before
    assert [note.partition(" and ")[0] for note in notes] == [
        "The transcript was made of the earlier recording"
    ]


def test_a_recording_that_is_gone_needs_a_person(finished: Archive) -> None:
    """As when it was taken out of the event while its job waited."""
    with pytest.raises(NotFoundError, match="has no recording 'part-9' any more"):
        run(finished, replace(JOB, item="part-9"))
    Registry(finished).edit(STEM, lambda document: document.update({"withdrawn": "Taken back."}))
    with pytest.raises(ConflictError, match="was withdrawn"):
        run(finished)


def test_withdrawn_while_it_runs_nothing_more_is_made(finished: Archive) -> None:
    """By whomever and however, also in a text editor: it ends as if a person had called it off, and says why."""
    for path in finished.renditions(STEM).glob("*"):
        path.unlink()
    told: list[Report] = []

    def listen(report: Report) -> None:
        if report.stage == "render" and not told:
            Registry(finished).edit(STEM, lambda document: document.update({"withdrawn": "Taken back."}))
        if told or report.stage == "render":
            told.append(report)

    with pytest.raises(StoppedError) as stopped:
        run(finished, listen=listen)
    assert (stopped.value.wanted, len(told), told[-1].note) == ("cancel", 2, "the discussion was withdrawn")
    assert list(finished.renditions(STEM).glob("*.m4a")) == []


def test_a_job_waits_for_no_time_that_a_fetch_has_noted(finished: Archive) -> None:
    """It has times of its own; a clock that was set back would make the noted one years away."""
    for path in finished.media(STEM).glob("*"):
        path.unlink()
    later = datetime(2099, 1, 1, tzinfo=UTC)
    record_failure(finished, STEM, "part-1", Attempt("no answer", False, 3, later))
    run(finished)
    assert find_original(finished, STEM, "part-1") is not None


def found(archive: Archive) -> list[tuple[str, str]]:
    rows = recordingjob.find_work(Archive(archive.root), JOB, lambda report: None, lambda: None)["jobs"]
    assert json.loads(json.dumps(rows)) == rows
    return [(row["subject"], row["item"]) for row in rows]


def test_only_what_is_not_done_is_found(finished: Archive, speech: Any) -> None:
    """What is missing, not what waits for its event, for a person or for its time."""
    registry = Registry(finished)
    assert found(finished) == []
    for path in finished.renditions(STEM).glob("*"):
        path.unlink()
    assert found(finished) == [(STEM, "part-1")]

    def add(title: str, **values: Any) -> str:
        values = {"starts": datetime(2022, 7, 13, 18), **values}  # noqa: DTZ001 - local time, as in the file
        return registry.add({"title": title, **values}).stem

    new = add("New", recordings=[{"id": "part-1", "source": str(speech.path)}])
    add("Without a source", recordings=[{"id": "part-1"}])
    add(
        "To come",
        starts=datetime(2099, 1, 1, 18),  # noqa: DTZ001
        recordings=[{"id": "part-1", "source": "https://example.org/a.mp4"}],
    )
    failed = add("Failed", recordings=[{"id": "part-1", "source": "https://example.org/b.mp4"}])
    record_failure(finished, failed, "part-1", Attempt("gone", True, 1, None))
    withdrawn = add("Withdrawn", recordings=[{"id": "part-1", "source": str(speech.path)}])
    registry.edit(withdrawn, lambda document: document.update({"withdrawn": "Taken back."}))
    assert sorted(found(finished)) == sorted([(STEM, "part-1"), (new, "part-1")])


def test_what_was_seen_changes_with_what_a_run_depends_on(finished: Archive) -> None:
    """A job that failed is begun again by itself when the recording was changed, and not before."""
    registry = Registry(finished)
    event = registry.get(STEM)

    def word() -> str:
        event = Registry(finished).get(STEM)
        return recordingjob.seen(finished, event, event.recordings[0], "fetch")

    first = recordingjob.seen(finished, event, event.recordings[0], "fetch")
    assert word() == first
    registry.edit(STEM, lambda document: document.update({"title": "Another title"}))
    assert word() == first
    registry.edit(STEM, lambda document: document["recordings"][0].update({"source": "other.wav"}))
    assert word() != first
