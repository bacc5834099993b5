"""From a recording to its transcript: streamed, in pieces, journalled, so that nothing is done twice or lost.

Running it again does nothing where the transcript stands, goes on where work was broken off, and runs again
alone the pieces that failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.archive import Archive
from onrecord.errors import ChunkError, ConflictError, LockedError, NotFoundError, TranscriptionError
from onrecord.events.model import Event, Recording
from onrecord.languages import language_name, language_tag
from onrecord.locks import lock
from onrecord.media.audio import samples
from onrecord.media.originals import Original, find_original
from onrecord.progress import Progress, Report, silent
from onrecord.transcripts.captioning import captions, with_old_ids
from onrecord.transcripts.chunks import Chunk, chunks, whole_chunk
from onrecord.transcripts.engines import CAPTIONS, Engine, Segment, engine_kind, open_engine
from onrecord.transcripts.folding import fold
from onrecord.transcripts.ghosts import set_aside
from onrecord.transcripts.journal import Held, Journal, Piece, Work, read_journal
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import Cue, Dropped, Provenance, Status, Transcript
from onrecord.transcripts.prompt import prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Drafts = dict[int, tuple[Piece, tuple[Cue, ...], tuple[Dropped, ...]]]  # by the piece's start
_SAVE_WAIT = 60.0  # seconds: somebody may be editing the event at the moment when a piece is done


@dataclass(frozen=True)
class Job:
    """One recording's transcription: what is heard, in which languages, and where it goes."""

    archive: Archive
    event: Event
    recording: Recording
    original: Original
    languages: tuple[str, ...]  # the first is the transcript's; the others may be spoken too
    listen: Progress

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def subject(self) -> str:
        return f"{self.event.slug} {self.recording.id}"


@dataclass(frozen=True)
class Advance:
    """How far a transcription is; positions and lengths in milliseconds. `failed` are the pieces to run
    again.
    """

    engine: str
    model: str
    language: str
    track: int
    done: int
    reached: int
    end: int | None
    failed: tuple[Piece, ...]

    @property
    def finished(self) -> bool:
        return self.end is not None and not self.failed


def transcribe(
    archive: Archive,
    event: Event,
    recording: Recording,
    *,
    engine: str | None = None,
    model: str | None = None,
    language: str | None = None,
    track: int | None = 0,
    again: bool = False,
    listen: Progress = silent,
) -> Path:
    """Transcribes a recording and gives the transcript's file; the caller holds no lock of the event.

    `engine` and `model` are as in the settings when None. `language` is a tag, or several with commas
    between, of which the first names the file; None: as the recording says, else the event, else the archive.
    `track` counts audio tracks from 0; None takes each of them by itself, for recordings with a track for
    each participant.

    Returns at once when a transcript of this recording stands already, unless `again`, or another engine or
    model, is asked for. Raises `ConflictError` for one that a person reviewed or corrected, `NotFoundError`
    when the recording is not fetched, `EngineUnavailableError`, `TranscriptionError` for a language that the
    engine does not know, and `ChunkError` when pieces failed; what was recognised then stands as a partial
    transcript.
    """
    original = find_original(archive, event.stem, recording.id)
    if original is None:
        raise NotFoundError(
            f"recording '{recording.id}' is not fetched yet.", slug=event.slug,
            advice=f"Fetch it first: onrecord fetch {event.slug}",
        )  # fmt: skip
    if not original.audio:
        raise TranscriptionError("the recording has no sound.", slug=event.slug, path=original.path)
    job = Job(archive, event, recording, original, _languages(archive, event, recording, language), listen)
    name = engine or archive.settings.text("transcription.engine")
    chosen = "" if name == CAPTIONS else model or _model(archive, name)
    standing = _standing(job)
    if standing is not None and standing.provenance.status != "partial":
        _guard(job, standing, again)
        asked_for_other = (engine is not None or model is not None) and not _made_by(standing, name, chosen)
        if not again and not asked_for_other and standing.provenance.original_sha256 == original.sha256:
            return Library(archive).path(event.stem, recording.id, job.language)
    if name == CAPTIONS:
        return _take_captions(job)
    recogniser = open_engine(name, chosen, threads=int(archive.settings.number("transcription.threads")))
    if unknown := [tag for tag in job.languages if not recogniser.knows(tag)]:
        raise _unknown_language(job, name, unknown)
    with lock(archive, f"{event.stem}.{recording.id}.transcription", doing="transcription"):
        return _recognise(job, recogniser, track, again)


def progress_of(archive: Archive, stem: str, recording_id: str) -> tuple[Advance, ...]:
    """How far the transcriptions of a recording are, read off their journals, the latest first."""
    folder = archive.work(stem)
    found = []
    for path in folder.glob(f"{recording_id}.*.journal") if folder.is_dir() else ():
        held = read_journal(path)
        if held.work is not None:
            work = held.work
            advance = Advance(
                work.engine,
                work.model,
                work.languages[0],
                work.track,
                held.done,
                held.reached,
                held.end,
                held.failed,
            )
            found.append((path.stat().st_mtime_ns, advance))
    return tuple(advance for _, advance in sorted(found, key=lambda one: one[0], reverse=True))


def _languages(archive: Archive, event: Event, recording: Recording, language: str | None) -> tuple[str, ...]:
    if language:
        return tuple(
            dict.fromkeys(language_tag(part.strip()) for part in language.split(",") if part.strip())
        )
    return recording.languages or event.languages or archive.settings.items("languages")


def _model(archive: Archive, name: str) -> str:
    """The settings' model where it is one of this engine, else the engine's own."""
    told = archive.settings.text("transcription.model")
    whispers = ("whisper", "openai-whisper")
    if name == archive.settings.text("transcription.engine") or (name in whispers and "/" not in told):
        return told if name in whispers or told != "small" else engine_kind(name).model
    return engine_kind(name).model


def _standing(job: Job) -> Transcript | None:
    library = Library(job.archive)
    if not library.path(job.event.stem, job.recording.id, job.language).is_file():
        return None
    return library.read(job.event.stem, job.recording.id, job.language)


def _guard(job: Job, standing: Transcript, again: bool) -> None:
    """A transcript that a person worked on is replaced only when a person says so."""
    told = standing.provenance
    if again or (told.status != "reviewed" and not told.corrected):
        return
    did = "reviewed" if told.status == "reviewed" else "corrected"
    raise ConflictError(
        f"the transcript {job.recording.id}.{job.language} was {did} by a person.",
        slug=job.event.slug,
        advice="With --again it is made anew; the present one is then kept in the history.",
    )


def _unknown_language(job: Job, engine: str, unknown: Sequence[str]) -> TranscriptionError:
    names = " and ".join(language_name(tag) for tag in unknown)
    advice = "Use another engine: --engine whisper, or --engine captions"
    known = [tag for tag in job.languages if tag not in unknown]
    advice += f"; or --language {known[0]} when nothing else is spoken." if known else "."
    return TranscriptionError(f"{engine} does not know {names}.", slug=job.event.slug, advice=advice)


def _made_by(standing: Transcript, name: str, model: str) -> bool:
    told = standing.provenance
    if name == CAPTIONS:
        return told.engine == CAPTIONS
    library = {"whisper": "faster-whisper"}.get(name, name)
    return told.engine.split(" ")[0] == library and told.model == Path(model).name


def _take_captions(job: Job) -> Path:
    from onrecord.transcripts.engines.captions import read_captions

    came, reading = read_captions(job.archive, job.event, job.recording, job.languages)
    told = replace(
        reading.transcript.provenance,
        language=job.language,
        kind="original",
        status="machine",
        engine=CAPTIONS,
        model="",
        original_sha256=job.original.sha256,
        made=_now(),
        source=came.path.name,
    )
    return _save(job, told, reading.transcript.cues, reading.transcript.dropped, base=reading.transcript)


def _recognise(job: Job, engine: Engine, track: int | None, again: bool) -> Path:
    """Every track that is asked for, piece by piece; then the whole."""
    numbers = range(len(job.original.audio)) if track is None else (track,)
    cues: list[Cue] = []
    dropped: list[Dropped] = []
    failed: list[Piece] = []
    first = numbers[0]
    for number in numbers:
        heard = _hear_track(job, engine, number, again, show=track is not None)
        mine, ghosts = _captioned(job, heard.held, number, {}, named=track is None)
        cues += mine
        dropped += ghosts
        failed += heard.held.failed
    cues.sort(key=lambda cue: (cue.start, cue.end))
    told = _provenance(job, engine, first, "partial" if failed else "machine")
    if track is None and len(numbers) > 1:
        told = replace(told, other=(("tracks", " ".join(str(number) for number in numbers)),))
    standing = _standing(job)
    if failed and standing is not None and standing.provenance.status != "partial":
        raise _failure(job, failed)  # what stands is whole, and stays
    if failed and not cues:
        raise _failure(job, failed)
    path = _save(job, told, tuple(cues), tuple(dropped))
    if failed:
        raise _failure(job, failed)
    return path


def _hear_track(job: Job, engine: Engine, track: int, again: bool, *, show: bool) -> Journal:
    """Recognises what the journal of one audio track does not hold yet."""
    minutes = job.archive.settings.number("transcription.chunk-minutes")
    # A quarter of the room that the engine has: the rest is for what was said just before.
    hints = prompt(
        job.event, job.archive.settings.glossary, job.language,
        limit=engine.prompt_limit // 4, count=engine.count_tokens,
    )  # fmt: skip
    work = Work(job.original.sha256, track, engine.version, engine.model, job.languages, minutes, hints)
    path = (
        job.archive.work(job.event.stem) / f"{job.recording.id}.{job.language}.{track}.{engine.name}.journal"
    )
    finished = read_journal(path).finished
    journal = Journal.open(path, work, anew=again and finished)
    standing = _standing(job)
    show = show and (standing is None or standing.provenance.status == "partial")
    drafts: Drafts = {}
    for chunk in _to_do(job, track, journal.held, minutes):
        journal.add(_heard(job, engine, chunk, journal.held))
        job.listen(_report(job, journal.held.done))
        if show:
            cues, ghosts = _captioned(job, journal.held, track, drafts, named=False)
            # Somebody may be at work on the event; then the next piece shows this one too.
            with suppress(LockedError):
                _save(job, _provenance(job, engine, track, "partial"), cues, ghosts, wait=0)
    journal.finish(max(journal.held.reached, 0))
    return journal


def _to_do(job: Job, track: int, held: Held, minutes: float) -> Iterator[Chunk]:
    """The pieces that failed before, each by itself, then what nobody has tried yet."""
    path = job.original.path
    for piece in held.failed:
        blocks = list(samples(path, track=track, start=piece.start, end=piece.end))
        yield whole_chunk(_joined(blocks), piece.start)
    if held.end is None:
        yield from chunks(samples(path, track=track, start=held.reached), minutes=minutes, start=held.reached)


def _joined(blocks: list[Samples]) -> Samples:
    import numpy as np

    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _heard(job: Job, engine: Engine, chunk: Chunk, held: Held) -> Piece:
    """One piece, recognised or with the reason why not; where nobody speaks there is nothing to recognise."""
    segments: list[Segment] = []
    assert held.work is not None
    try:
        for segment in engine.hear(chunk.samples, job.languages, held.work.prompt) if chunk.voiced else ():
            segments.append(_moved(segment, chunk.start))
            job.listen(_report(job, held.done + min(segment.end, chunk.end - chunk.start)))
    except ChunkError as error:
        return Piece(chunk.start, chunk.end, failure=str(error))
    return Piece(chunk.start, chunk.end, chunk.voiced, tuple(segments))


def _report(job: Job, done: int) -> Report:
    return Report("transcribe", job.subject, done, max(done, job.original.duration), "ms")


def _moved(segment: Segment, by: int) -> Segment:
    """A segment on the recording's clock."""
    words = tuple(replace(word, start=word.start + by, end=word.end + by) for word in segment.words)
    return replace(segment, start=segment.start + by, end=segment.end + by, words=words)


def _captioned(
    job: Job, held: Held, track: int, drafts: Drafts, *, named: bool
) -> tuple[tuple[Cue, ...], tuple[Dropped, ...]]:
    """The cues of every piece, each by itself: a piece that is run again later changes none of its neighbours.

    `drafts` keeps those that were made before.
    """
    cues: list[Cue] = []
    dropped: list[Dropped] = []
    for piece in held.pieces:
        known = drafts.get(piece.start)
        if known is None or known[0] is not piece:
            kept, ghosts = set_aside(piece.segments, piece.voiced)
            made = captions(
                kept,
                language=job.language,
                speaker=_speaker(job, track, named=named),
                unsure_below=job.archive.settings.number("transcription.unsure-below"),
            )
            known = drafts[piece.start] = (piece, made, ghosts)
        cues += known[1]
        dropped += known[2]
    return tuple(cues), tuple(dropped)


def _speaker(job: Job, track: int, *, named: bool) -> str:
    """Who speaks on an audio track: as the recording's `x-tracks` says, else its title where it is a
    speaker's name.

    With `named`, where every track is a participant's, any title is taken for a name.
    """
    told = job.recording.extra.get("x-tracks")
    if isinstance(told, list) and track < len(told):
        return str(told[track])
    if len(job.original.audio) < 2:
        return ""
    title = job.original.audio[track].title.strip()
    for speaker in job.event.speakers:
        if fold(speaker.name) and fold(speaker.name) == fold(title):
            return speaker.name
    return title if named else ""


def _provenance(job: Job, engine: Engine, track: int, status: Status) -> Provenance:
    return Provenance(
        job.language, "original", status, engine.version, engine.model, job.original.sha256, track,
        job.archive.settings.number("transcription.unsure-below"), _now(),
    )  # fmt: skip


def _save(
    job: Job,
    told: Provenance,
    cues: Sequence[Cue],
    dropped: Sequence[Dropped],
    *,
    base: Transcript | None = None,
    wait: float = _SAVE_WAIT,
) -> Path:
    """Makes the transcript the present revision; sentences that stood before keep their ids."""
    library = Library(job.archive)
    with lock(job.archive, job.event.stem, wait=wait, doing="saving a transcript"):
        before = _standing(job)
        fresh = tuple(replace(cue, id="") for cue in cues)
        named = with_old_ids(fresh, before) if before else fresh
        new = replace(
            base or Transcript(told),
            provenance=told,
            dropped=tuple(dropped),
            next_id=before.next_id if before else 1,
        )
        return library.save(job.event.stem, job.recording.id, new.with_cues(named))


def _failure(job: Job, failed: Sequence[Piece]) -> ChunkError:
    from onrecord.timecode import clock

    where = ", ".join(f"{clock(p.start, fraction=False)}-{clock(p.end, fraction=False)}" for p in failed[:5])
    count = "one piece" if len(failed) == 1 else f"{len(failed)} pieces"
    return ChunkError(
        f"{count} of recording '{job.recording.id}' could not be recognised ({where}): {failed[0].failure}",
        slug=job.event.slug,
        advice="The others stand; run the same command again to try only these.",
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
