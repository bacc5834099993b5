"""The whole way from a recording to its transcript: resumed, repeated, refused, never lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import (
    ChunkError,
    ConflictError,
    EngineUnavailableError,
    LockedError,
    NotFoundError,
    TranscriptionError,
)
from onrecord.events.model import Event, Recording, Speaker
from onrecord.locks import lock
from onrecord.media.ffmpeg import program
from onrecord.progress import Report
from onrecord.transcripts.accuracy import word_error_rate
from onrecord.transcripts.journal import Piece, read_journal
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import Transcript
from onrecord.transcripts.transcribe import progress_of, transcribe

SPHINX = '[transcription]\nengine = "pocketsphinx"\nchunk-minutes = 0.08'
Put = Callable[..., tuple[Event, Recording]]


def read(path: Path, archive: Archive) -> Transcript:
    recording, language = path.name.removesuffix(".vtt").split(".")
    return Library(archive).read(path.parent.name, recording, language)


def run_ffmpeg(arguments: list[str]) -> None:
    subprocess.run([program(), "-v", "error", *arguments], check=True)


def text(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words())


def journal_of(archive: Archive) -> Path:
    return archive.work("rights") / "part-1.en.0.pocketsphinx.journal"


@pytest.fixture(scope="module")
def short(speech: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last four seconds of the speech."""
    path = tmp_path_factory.mktemp("short") / "short.wav"
    with wave.open(str(speech.path)) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        source.setpos(source.getnframes() - 4 * source.getframerate())
        target.writeframes(source.readframes(4 * source.getframerate()))
    return path


@pytest.fixture(scope="module")
def minute(speech: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 60 s: the same speech four times."""
    path = tmp_path_factory.mktemp("minute") / "minute.wav"
    with wave.open(str(speech.path)) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        data = source.readframes(source.getnframes())
        for _ in range(4):
            target.writeframes(data + bytes(2 * 16_000))
    return path


def test_transcript_says_what_was_spoken_and_where_it_comes_from(
    archive: Archive, recorded: Put, speech: Any
) -> None:
    """Words, times, provenance, one revision in the history, and progress up to the end."""
    event, recording = recorded(speech.path, settings=SPHINX)
    reports: list[Report] = []
    path = transcribe(archive, event, recording, listen=reports.append)
    assert path == archive.transcripts("rights") / "part-1.en.vtt"
    transcript = read(path, archive)
    assert word_error_rate(speech.text, text(transcript)).rate <= 0.125
    told = transcript.provenance
    assert (told.language, told.kind, told.status, told.model, told.track, told.unsure_below) == (
        "en", "original", "machine", "en-us", 0, 0.5,
    )  # fmt: skip
    assert told.engine.startswith("pocketsphinx ")
    assert len(told.original_sha256) == 64
    assert told.made.endswith("Z")
    assert [cue.id for cue in transcript.cues] == [f"c{n + 1}" for n in range(len(transcript.cues))]
    starts = [word.start for word in transcript.words()]
    assert None not in starts
    assert starts == sorted(starts, key=lambda start: start or 0)
    assert [one.name for one in (path.parent / "history").iterdir()] == ["part-1.en.0001.vtt"]
    assert {report.unit for report in reports} == {"ms"}
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert reports[-1].done == reports[-1].total


def test_running_it_again_does_nothing(archive: Archive, recorded: Put, short: Path) -> None:
    """Where the transcript stands, a second run neither listens nor writes."""
    event, recording = recorded(short, settings=SPHINX)
    path = transcribe(archive, event, recording)
    before = path.read_bytes(), path.stat().st_mtime_ns
    reports: list[Report] = []
    assert transcribe(archive, event, recording, listen=reports.append) == path
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert reports == []


def test_journal_keeps_full_confidences(archive: Archive, recorded: Put, short: Path) -> None:
    """The transcript keeps one bit of a word's confidence; the journal keeps all of it, beside."""
    event, recording = recorded(short, settings=SPHINX)
    transcript = read(transcribe(archive, event, recording), archive)
    held = read_journal(journal_of(archive))
    heard = [word for piece in held.pieces for segment in piece.segments for word in segment.words]
    assert [word.text for word in heard] == [word.text for word in transcript.words()]
    assert [(word.confidence or 0) < 0.5 for word in heard] == [word.unsure for word in transcript.words()]
    assert held.finished


_CHILD = """
import json, sys
from pathlib import Path
from onrecord.archive import Archive
from onrecord.events.model import Event, Recording
from onrecord.transcripts.transcribe import transcribe
archive = Archive(Path(sys.argv[1]))
event = Event.model_validate({**json.loads(sys.argv[2]), "stem": "rights"}, strict=False)
transcribe(archive, event, event.recordings[0])
"""


def killed_after(archive: Archive, event: Event, pieces: int) -> None:
    """Transcribes in another process, and kills it with SIGKILL once `pieces` are in the journal and one is
    in hand.
    """
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(archive.root), event.model_dump_json()])
    try:
        deadline = time.monotonic() + 120
        while len(read_journal(journal_of(archive)).pieces) < pieces:
            assert child.poll() is None, "it was done before it was killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        assert child.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_killed_and_run_again_gives_the_same(
    archive: Archive, recorded: Put, minute: Path, tmp_path: Path
) -> None:
    """After kill -9 in the middle the next run hears only what is missing, and the result is the
    uninterrupted one.
    """
    event, recording = recorded(minute, settings=SPHINX.replace("0.08", "0.15"))
    straight = read(transcribe(archive, event, recording), archive)
    (archive.transcripts("rights") / "part-1.en.vtt").unlink()
    (archive.transcripts("rights") / "history" / "part-1.en.0001.vtt").unlink()
    whole = read_journal(journal_of(archive))
    journal_of(archive).unlink()
    assert len(whole.pieces) >= 6

    killed_after(archive, event, 2)
    left = read_journal(journal_of(archive)).pieces
    assert 2 <= len(left) < len(whole.pieces)
    assert left == whole.pieces[: len(left)]
    partial = read(archive.transcripts("rights") / "part-1.en.vtt", archive)
    assert partial.provenance.status == "partial"
    assert text(straight).startswith(text(partial))
    assert text(partial)
    (advance,) = progress_of(archive, "rights", "part-1")
    assert (advance.done, advance.end, advance.finished) == (left[-1].end, None, False)

    killed_after(archive, event, len(left) + 1)
    reports: list[Report] = []
    resumed = read(transcribe(archive, event, recording, listen=reports.append), archive)
    assert reports[0].done > left[-1].end
    assert replace(resumed, provenance=replace(resumed.provenance, made="")) == replace(
        straight, provenance=replace(straight.provenance, made="")
    )
    assert read_journal(journal_of(archive)).pieces == whole.pieces
    history = sorted(one.name for one in (archive.transcripts("rights") / "history").iterdir())
    assert history == ["part-1.en.0001.vtt"]


def fail_piece(archive: Archive, number: int) -> Piece:
    """Writes the journal as it stands after a run in which one piece failed."""
    path = journal_of(archive)
    lines = path.read_bytes().splitlines(keepends=True)
    piece = read_journal(path).pieces[number]
    row = {"start": piece.start, "end": piece.end, "failure": "the decoder gave up"}
    lines[1 + number] = json.dumps(row).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    return piece


def test_failed_piece_is_run_again_alone(archive: Archive, recorded: Put, speech: Any) -> None:
    """Only the piece that failed is heard again, and then the transcript is whole."""
    event, recording = recorded(speech.path, settings=SPHINX)
    path = transcribe(archive, event, recording)
    whole = read(path, archive)
    path.unlink()
    failed = fail_piece(archive, 1)
    (advance,) = progress_of(archive, "rights", "part-1")
    assert [(one.start, one.end, one.failure) for one in advance.failed] == [
        (failed.start, failed.end, "the decoder gave up")
    ]
    assert not advance.finished
    reports: list[Report] = []
    again = read(transcribe(archive, event, recording, listen=reports.append), archive)
    assert text(again) == text(whole)
    assert reports[0].done >= advance.done
    assert reports[-1].done == reports[-1].total
    assert progress_of(archive, "rights", "part-1")[0].finished


def test_failed_piece_is_reported_and_the_others_stand(
    archive: Archive, recorded: Put, speech: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One piece that the library cannot take: the rest is transcribed, readable as partial, and the error
    says where.
    """
    import pocketsphinx

    heard: list[int] = []

    class Stumbling(pocketsphinx.Decoder):  # type: ignore[misc]
        """The real decoder, which gives up once."""

        def start_utt(self) -> None:
            heard.append(1)
            if len(heard) == 2:
                raise RuntimeError("the lattice overflowed")
            super().start_utt()

    monkeypatch.setattr(pocketsphinx, "Decoder", Stumbling)
    event, recording = recorded(speech.path, settings=SPHINX)
    with pytest.raises(
        ChunkError, match=r"one piece of recording 'part-1' could not .* \(00:00:0\d-00:00:\d\d\): .*lattice"
    ):
        transcribe(archive, event, recording)
    partial = read(archive.transcripts("rights") / "part-1.en.vtt", archive)
    assert partial.provenance.status == "partial"
    failed = progress_of(archive, "rights", "part-1")[0].failed[0]
    assert not [cue for cue in partial.cues if failed.start < cue.start < failed.end - 1000]
    assert max(cue.end for cue in partial.cues) > 11_000
    del heard[:]
    heard.append(1)
    heard.append(1)
    path = transcribe(archive, event, recording)
    assert len(heard) < 5  # the piece that failed, and no other
    mended = read(path, archive)
    assert mended.provenance.status == "machine"
    assert {cue.id for cue in partial.cues} <= {cue.id for cue in mended.cues}


def reviewed(archive: Archive, path: Path) -> Transcript:
    transcript = read(path, archive)
    first = replace(transcript.cues[0], speaker="Anna Koval")
    done = replace(
        transcript,
        cues=(first, *transcript.cues[1:]),
        provenance=replace(
            transcript.provenance, status="reviewed", reviewed_by="P. Lys", reviewed="2024-06-01T10:00:00Z"
        ),
    )
    with lock(archive, "rights"):
        Library(archive).save("rights", "part-1", done)
    return done


def test_reviewed_transcript_is_never_replaced_unasked(archive: Archive, recorded: Put, short: Path) -> None:
    """What a person reviewed stays; the error names --again; then the old one is in the history, ids and
    speakers stay.
    """
    event, recording = recorded(short, settings=SPHINX)
    path = transcribe(archive, event, recording)
    done = reviewed(archive, path)
    for more in ({}, {"engine": "pocketsphinx"}, {"engine": "captions"}):
        with pytest.raises(ConflictError, match=r"part-1\.en was reviewed by a person\. With --again"):
            transcribe(archive, event, recording, **more)
    assert read(path, archive) == done
    assert transcribe(archive, event, recording, again=True) == path
    anew = read(path, archive)
    assert anew.provenance.status == "machine"
    assert [cue.id for cue in anew.cues] == [cue.id for cue in done.cues]
    assert anew.cues[0].speaker == "Anna Koval"
    library = Library(archive)
    past = library.history(library.entry("rights", "part-1", "en"))
    assert "reviewed-by: P. Lys" in past[-2].path.read_text(encoding="utf-8")


def test_recording_that_is_not_fetched(archive: Archive, recorded: Put, short: Path) -> None:
    """Without an original the error says how to get it."""
    event, _ = recorded(short, settings=SPHINX)
    with pytest.raises(
        NotFoundError, match=r"'part-2' is not fetched yet. Fetch it first: onrecord fetch rights"
    ):
        transcribe(archive, event, Recording(id="part-2"))


def test_language_that_the_engine_does_not_know(archive: Archive, recorded: Put, short: Path) -> None:
    """A recording in another language is refused before any work, with the ways on."""
    event, recording = recorded(short, settings=SPHINX, recording={"languages": ("uk", "en")})
    with pytest.raises(
        TranscriptionError, match=r"pocketsphinx does not know Ukrainian.*--language en when nothing else"
    ):
        transcribe(archive, event, recording)
    with pytest.raises(TranscriptionError, match=r"pocketsphinx does not know French.*--engine captions.$"):
        transcribe(archive, event, recording, language="fr")
    assert not archive.transcripts("rights").exists()
    assert transcribe(archive, event, recording, language="en").name == "part-1.en.vtt"


def test_recording_without_sound(archive: Archive, recorded: Put, tmp_path: Path) -> None:
    """A film without sound has nothing to transcribe, and says so."""
    silent = tmp_path / "silent.mp4"
    run_ffmpeg(["-f", "lavfi", "-i", "color=size=64x64:rate=5:duration=2", str(silent)])
    event, recording = recorded(silent, settings=SPHINX)
    with pytest.raises(TranscriptionError, match=r"the recording has no sound"):
        transcribe(archive, event, recording)


def test_two_runs_at_once(archive: Archive, recorded: Put, short: Path) -> None:
    """A second run of the same recording is told that the first is at work; the event itself stays free to
    edit.
    """
    event, recording = recorded(short, settings=SPHINX)
    with lock(archive, "rights.part-1.transcription"), pytest.raises(LockedError):
        transcribe(archive, event, recording)


def test_new_recording_under_the_old_name_is_transcribed(
    archive: Archive, recorded: Put, speech: Any, short: Path
) -> None:
    """Another original makes the old journal and the old transcript those of another recording."""
    event, recording = recorded(speech.path, settings=SPHINX)
    first = read(transcribe(archive, event, recording), archive)
    event, recording = recorded(short, settings=SPHINX)
    second = read(transcribe(archive, event, recording), archive)
    assert first.provenance.original_sha256 != second.provenance.original_sha256
    assert second.duration < 5_000 < first.duration
    assert read_journal(journal_of(archive).with_name(journal_of(archive).name + ".old")).finished


CAPTIONS = """WEBVTT

00:00:00.200 --> 00:00:04.000
<v Anna Koval>All human beings are born free

00:00:04.000 --> 00:00:06.500
<v Petro Lys>and equal in dignity and rights.
"""


def test_captions_that_were_fetched_are_taken(archive: Archive, recorded: Put, short: Path) -> None:
    """The platform's captions become the transcript, with provenance, speakers and ids of our own."""
    event, recording = recorded(short, settings=SPHINX)
    (archive.media("rights") / "part-1.captions.en.vtt").write_text(CAPTIONS, encoding="utf-8")
    transcript = read(transcribe(archive, event, recording, engine="captions"), archive)
    assert [(cue.id, cue.start, cue.end, cue.speaker, cue.text) for cue in transcript.cues] == [
        ("c1", 200, 4000, "Anna Koval", "All human beings are born free"),
        ("c2", 4000, 6500, "Petro Lys", "and equal in dignity and rights."),
    ]
    told = transcript.provenance
    assert (told.engine, told.status, told.source, told.language) == (
        "captions",
        "machine",
        "part-1.captions.en.vtt",
        "en",
    )
    assert told.original_sha256


def test_captions_of_a_platform_s_machine_are_taken(archive: Archive, recorded: Put, short: Path) -> None:
    """YouTube's json3, as a fetch keeps it: the times of its words stay."""
    event, recording = recorded(short, settings=SPHINX)
    said = {
        "events": [
            {
                "tStartMs": 500,
                "dDurationMs": 1500,
                "segs": [{"utf8": "All"}, {"utf8": " human", "tOffsetMs": 400}],
            }
        ]
    }
    (archive.media("rights") / "part-1.captions.en.json3").write_text(json.dumps(said), encoding="utf-8")
    transcript = read(transcribe(archive, event, recording, engine="captions"), archive)
    assert [(word.text, word.start) for word in transcript.words()] == [("All", 500), ("human", 900)]


def test_captions_beside_the_source_are_taken(archive: Archive, recorded: Put, short: Path) -> None:
    """An SRT file beside the file that was registered is found by its name, in the language it says."""
    folder = archive.root / "in"
    folder.mkdir()
    (folder / "talk.uk.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nПривіт\n", encoding="utf-8")
    (folder / "talk.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    event, recording = recorded(short, recording={"source": "in/talk.wav", "languages": ("uk",)})
    path = transcribe(archive, event, recording, engine="captions")
    assert (path.name, text(read(path, archive))) == ("part-1.uk.vtt", "Привіт")


def test_no_captions_came_along(archive: Archive, recorded: Put, short: Path) -> None:
    """Without captions in the language the error says what there is and how to go on."""
    event, recording = recorded(short)
    with pytest.raises(
        EngineUnavailableError, match=r"no captions in English came with recording 'part-1'. Put a .vtt"
    ):
        transcribe(archive, event, recording, engine="captions")
    (archive.media("rights") / "part-1.captions.uk.vtt").write_text(CAPTIONS, encoding="utf-8")
    with pytest.raises(EngineUnavailableError, match=r"there is media/rights/part-1\.captions\.uk\.vtt"):
        transcribe(archive, event, recording, engine="captions")


def test_each_track_is_its_own_pass_with_its_speaker(
    archive: Archive, recorded: Put, short: Path, tmp_path: Path
) -> None:
    """With a track for each participant the cues stand in order of time, each with its speaker."""
    both = tmp_path / "tracks.mkv"
    run_ffmpeg(
        [
            "-i", str(short), "-i", str(short), "-filter_complex", "[1:a]adelay=6000[late]",
            "-map", "0:a", "-map", "[late]", "-c:a", "flac",
            "-metadata:s:a:0", "title=Anna Koval", "-metadata:s:a:1", "title=Guest 2", str(both),
        ]
    )  # fmt: skip
    event, recording = recorded(both, settings=SPHINX, speakers=(Speaker(name="Anna Koval"),))
    first = read(transcribe(archive, event, recording), archive)
    assert (first.speakers, first.provenance.track) == (("Anna Koval",), 0)
    second = read(transcribe(archive, event, recording, track=1, again=True), archive)
    assert second.provenance.track == 1
    assert second.cues[0].start > 5_500
    every = read(transcribe(archive, event, recording, track=None, again=True), archive)
    assert every.speakers == ("Anna Koval", "Guest 2")
    assert [cue.start for cue in every.cues] == sorted(cue.start for cue in every.cues)
    assert dict(every.provenance.other)["tracks"] == "0 1"
    assert len(every.cues) == len(first.cues) + len(second.cues)
