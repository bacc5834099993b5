"""The history of a transcript: who made which revision and when, what it changed, and an earlier one made the
present one again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from onrecord.errors import FormatError, NotFoundError
from onrecord.transcripts.correction.passages import Passage, passages
from onrecord.transcripts.library import Entry, Library, Revision
from onrecord.transcripts.model import Provenance, Transcript
from onrecord.transcripts.revision.alignment import align, letters
from onrecord.transcripts.vtt import read_vtt

_AROUND = 8  # words that are shown before and after a change


@dataclass(frozen=True)
class Past:
    """One revision. `told` is None for a file that cannot be read; `cues` counts those that are not as before."""

    number: int
    told: Provenance | None
    cues: int | None
    present: bool

    @property
    def by(self) -> str:
        """Who corrected it, or read it through."""
        if self.told is None:
            return ""
        if self.told.reviewed > self.told.corrected:
            return self.told.reviewed_by
        return dict(self.told.other).get("corrected-by", "")

    @property
    def at(self) -> str:
        """When it was last worked on, as its notes say (RFC 3339); may be empty."""
        if self.told is None:
            return ""
        return max(self.told.corrected, self.told.reviewed) or self.told.made

    @property
    def restored(self) -> str:
        """The number of the revision that it was made from again."""
        return "" if self.told is None else dict(self.told.other).get("corrected-from", "")


def pasts(library: Library, entry: Entry) -> tuple[Past, ...]:
    """Every revision, the newest first; what was edited by hand since then stands before them as the present one."""
    rows: list[Past] = []
    before: frozenset[str] | None = None
    present = entry.path.read_bytes() if entry.path.is_file() else b""
    data = b""
    number = 0
    for revision in library.history(entry):
        data, number = revision.path.read_bytes(), revision.number
        blocks = _blocks(data)
        rows.append(Past(number, _told(data), _changed(before, blocks), data == present))
        before = blocks
    rows = [replace(row, present=row.present and row.number == number) for row in rows]
    if present and present != data:
        rows.append(Past(number + 1, _told(present), _changed(before, _blocks(present)), True))
    return tuple(reversed(rows))


def _blocks(data: bytes) -> frozenset[str]:
    """The file's cues as they are written. To compare them is a hundred times as fast as to read them."""
    found = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")
    return frozenset(block for block in found if " --> " in block)


def _changed(before: frozenset[str] | None, after: frozenset[str]) -> int | None:
    return None if before is None else max(len(after - before), len(before - after))


def _told(data: bytes) -> Provenance | None:
    try:
        return read_vtt(data.split(b"-->", 1)[0].rpartition(b"\n\n")[0] + b"\n").transcript.provenance
    except FormatError:
        return None


def revision_of(library: Library, entry: Entry, number: int) -> Transcript:
    """A revision by its number; that after the newest of the history is what stands since a hand edit.

    Raises `NotFoundError`, `TranscriptFormatError`.
    """
    past = library.history(entry)
    for revision in past:
        if revision.number == number:
            return _read(revision, entry)
    if number == (past[-1].number if past else 0) + 1 and library.revision_number(entry) == number:
        return library.read(entry)
    raise NotFoundError(
        f"{entry.name} has no revision {number}.", slug=entry.stem, advice="Choose one from the history."
    )


def _read(revision: Revision, entry: Entry) -> Transcript:
    return read_vtt(revision.path.read_bytes(), path=revision.path, language=entry.language).transcript


def restored(present: Transcript, earlier: Transcript, number: int) -> Transcript:
    """An earlier revision as the present one. No id is ever made twice.

    It counts as reviewed only where both did: what nobody has read through becomes public by no way round.
    """
    told = earlier.provenance
    if told.status == "reviewed" and present.provenance.status != "reviewed":
        told = replace(told, status="machine", reviewed="", reviewed_by="")
    if told.status == "partial":
        told = replace(told, status="machine")
    other = tuple(row for row in told.other if not row[0].startswith("corrected-"))
    told = replace(told, other=(*other, ("corrected-from", str(number))))
    return replace(earlier, provenance=told, next_id=max(present.next_id, earlier.next_id))


Kind = Literal["same", "gone", "new", "left out"]


@dataclass(frozen=True)
class Run:
    """Words of a readable difference."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Difference:
    """One paragraph that is not as it was. `before` is another speaker's name, or None where it is the same."""

    key: str
    start: int
    speaker: str
    before: str | None
    runs: tuple[Run, ...]


def differences(before: Transcript, after: Transcript) -> tuple[Difference, ...]:
    """What is different between two revisions, by the paragraphs of the later one, as words taken out and put in."""
    old = [(word.text, cue.speaker) for cue in before.cues for word in cue.words]
    new = [(word.text, cue.speaker) for cue in after.cues for word in cue.words]
    if [text for text, _ in old] == [text for text, _ in new]:
        found: Sequence[int] = range(len(new))
    else:
        found = align([letters(text) for text, _ in old], [letters(text) for text, _ in new])
    result: list[Difference] = []
    at = 0  # of the old words: up to where they have been told
    number = 0
    shown = passages(after)
    for index, passage in enumerate(shown):
        words = passage.words
        places = found[number : number + len(words)]
        number += len(words)
        following = (
            next((place for place in found[number:] if place >= 0), len(old)) if _ragged(places) else None
        )
        if index + 1 == len(shown):
            following = len(old)
        runs, at = _runs(passage, places, old, at, following)
        others = {old[place][1] for place in places if place >= 0} - {passage.speaker}
        if others or any(run.kind != "same" for run in runs):
            renamed = " / ".join(sorted(others)) if others else None
            result.append(
                Difference(passage.key, passage.start, passage.speaker, renamed, tuple(_shortened(runs)))
            )
    if not shown and old:
        result.append(Difference("", 0, "", None, (Run("gone", " ".join(text for text, _ in old)),)))
    return tuple(result)


def _ragged(places: Sequence[int]) -> bool:
    """Whether nothing shows up to where the old words of a paragraph go: its last word is a new one."""
    return not places or places[-1] < 0


def _runs(
    passage: Passage, places: Sequence[int], old: Sequence[tuple[str, str]], at: int, following: int | None
) -> tuple[list[Run], int]:
    runs: list[Run] = []
    for word, place in zip(passage.words, places, strict=True):
        if place > at:
            _add(runs, "gone", (text for text, _ in old[at:place]))
        if place < 0:
            _add(runs, "new", [word.text])
            continue
        if old[place][0] == word.text:
            _add(runs, "same", [word.text])
        else:
            _add(runs, "gone", [old[place][0]])
            _add(runs, "new", [word.text])
        at = place + 1
    if following is not None and following > at:
        _add(runs, "gone", (text for text, _ in old[at:following]))
        at = following
    return runs, at


def _add(runs: list[Run], kind: Kind, texts: Sequence[str] | Iterator[str]) -> None:
    text = " ".join(texts)
    if runs and runs[-1].kind == kind:
        runs[-1] = Run(kind, f"{runs[-1].text} {text}")
    elif kind == "gone" and len(runs) > 1 and runs[-1].kind == "new" and runs[-2].kind == "gone":
        runs[-2] = Run("gone", f"{runs[-2].text} {text}")
    else:
        runs.append(Run(kind, text))


def _shortened(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs with long stretches of unchanged words cut to a few around each change."""
    for index, run in enumerate(runs):
        words = run.text.split(" ")
        first, last = index == 0, index + 1 == len(runs)
        keep = _AROUND if first or last else 2 * _AROUND
        if run.kind != "same" or len(words) <= keep + 2:
            yield run
            continue
        if not first:
            yield Run("same", " ".join(words[:_AROUND]))
        yield Run("left out", "")
        if not last:
            yield Run("same", " ".join(words[-_AROUND:]))
