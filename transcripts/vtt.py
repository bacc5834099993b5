"""The transcript's own file: WebVTT, read by the rules of browsers and written in one form.

What is written comes back word for word and to the millisecond, and is written again as the same bytes.
Foreign WebVTT is read as browsers read it; whatever they would leave out, and whatever a transcript has no
place for, is said in `Reading.mended`, and text that stands in no cue is kept in a note.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord.errors import TranscriptFormatError, UsageError
from onrecord.languages import language_tag
from onrecord.timecode import clock
from onrecord.transcripts import cuetext
from onrecord.transcripts.blocks import Block, RawCue, sound, take_apart
from onrecord.transcripts.model import Cue, Dropped, Provenance, Transcript
from onrecord.transcripts.provenance import (
    is_provenance,
    no_arrow,
    one_line,
    read_dropped,
    read_provenance,
    write_dropped,
    write_provenance,
)

UNKNOWN_LANGUAGE = "und"  # BCP 47's tag for a language that nobody named
_OUR_ID = re.compile("c([1-9][0-9]{0,8})$")
_HEADER_LANGUAGE = re.compile(r"^Language:[ \t]*([A-Za-z0-9-]+)[ \t]*$", re.MULTILINE)
_LINE_ENDS = re.compile("[\n\r]+")
_BLANK_LINES = re.compile("\n{2,}")


@dataclass(frozen=True)
class Reading:
    """A transcript read from a file, and in plain sentences what of the file is read otherwise than it stands
    there.
    """

    transcript: Transcript
    mended: tuple[str, ...] = ()
    own: bool = False  # a file of ours: its ids and marks mean what they mean here


def highest_id(cues: tuple[Cue, ...]) -> int:
    """The highest number among ids of our form, 0 when there is none."""
    return max((int(match[1]) for cue in cues if (match := _OUR_ID.match(cue.id))), default=0)


def read_vtt(data: str | bytes, *, path: Path | None = None, language: str = "") -> Reading:
    """Reads a WebVTT file, ours or foreign; `language` is that of a foreign file that does not say it.

    Raises `TranscriptFormatError` with path and line for what is no WebVTT, and for a first note of ours
    that holds what it may not. Source: W3C WebVTT, section 6.
    """
    try:
        return _read(data, language)
    except TranscriptFormatError as error:
        error.path = error.path or path
        raise


def _read(data: str | bytes, language: str) -> Reading:
    file = take_apart(data)
    mended = list(file.mended)
    provenance: Provenance | None = None
    next_id = 1
    ours: Block | None = None
    for block in file.blocks:
        if isinstance(block, Block) and block.kind == "note" and is_provenance(block.text):
            told = read_provenance(block.text, block.line)
            provenance, next_id, ours = told.provenance, told.next_id, block
            mended += told.mended
            break
    if provenance is None:
        provenance = Provenance(language=language or _header_language(file.header))

    cues: list[Cue] = []
    blocks: list[tuple[int, str]] = []
    dropped: list[Dropped] = []
    ids: set[str] = set()
    lost: Counter[str] = Counter()
    first_lost: dict[str, int] = {}
    for block in file.blocks:
        if isinstance(block, RawCue):
            line = block.line

            def lose(what: str, line: int = line) -> None:
                lost[what] += 1
                first_lost.setdefault(what, line)

            cues += _cues(block, provenance.language, ids, mended, lose)
        elif block.kind == "note":
            found = read_dropped(block.text) if ours else None
            if found:
                dropped.append(found)
            elif block is not ours:
                blocks.append((len(cues), block.text))
        elif block.kind == "lost":
            shown = one_line(block.text)
            mended.append(
                f"line {block.line}: {block.reason}; players leave out "
                f"'{shown[:60]}{'…' if len(shown) > 60 else ''}', "
                "and so does the transcript, which keeps it in a note."
            )
            blocks.append((len(cues), f"NOTE\nunread\n{no_arrow(block.text)}"))
        else:
            if block.reason:
                mended.append(f"line {block.line}: a {block.kind.upper()} block is kept, but {block.reason}.")
            blocks.append((len(cues), block.text))
    for what, count in lost.items():
        times = "once" if count == 1 else f"{count} times"
        mended.append(
            f"line {first_lost[what]}: {what} has no place in a transcript ({times}); the words are kept."
        )
    named_cues = tuple(cues)
    highest = highest_id(named_cues)
    if ours and next_id <= highest:
        mended.append(
            f"line {ours.line}: next-id is {next_id}, but the id c{highest} is in use; it is {highest + 1} "
            f"now."
        )
    transcript = Transcript(
        provenance,
        next_id=max(next_id, highest + 1),
        dropped=tuple(dropped),
        header=file.header,
        blocks=tuple(blocks),
    )
    return Reading(transcript.with_cues(named_cues), tuple(mended), own=ours is not None)


def _header_language(header: str) -> str:
    """The language that a platform has written below WEBVTT, as `Language: en`."""
    match = _HEADER_LANGUAGE.search(header)
    try:
        return language_tag(match[1]) if match else UNKNOWN_LANGUAGE
    except UsageError:
        return UNKNOWN_LANGUAGE


def _cues(raw: RawCue, language: str, ids: set[str], mended: list[str], lose: object) -> list[Cue]:
    """The cues that one cue of the file becomes: none when it has no words, several when several people speak
    in it.
    """
    assert callable(lose)
    start, end, line = raw.start, raw.end, raw.line
    if end < start:
        mended.append(
            f"line {line}: the cue ends at {clock(end)}, before it starts at {clock(start)}; it ends as it "
            f"starts."
        )
        end = start
    name = raw.id.strip(" \t")
    if name != raw.id and name:
        mended.append(f"line {line - 1}: the white space around the id '{name}' is gone.")
    if name in ids:
        mended.append(f"line {line - 1}: the id '{name}' stands twice; the second cue has a new one.")
        name = ""
    parts = [part for part in cuetext.passages(raw.text, language, start, lose) if part.words]
    if not parts:
        what = f"'{one_line(raw.text)[:60]}'" if raw.text.strip() else "it"
        mended.append(f"line {line}: a cue without words was left out: {what} shows nothing.")
        return []
    if name:
        ids.add(name)
    if len(parts) == 1:
        part = parts[0]
        return [Cue(name, start, end, tuple(part.words), part.speaker, tuple(part.breaks), raw.settings)]
    mended.append(f"line {line}: {len(parts)} people speak in one cue; it was split into {len(parts)}.")
    return _split(parts, name, start, end, raw.settings)


def _split(parts: list[cuetext.Passage], name: str, start: int, end: int, settings: str) -> list[Cue]:
    """One cue for each speaker: each begins with its first word where that has a time, else by its share of
    the text.
    """
    sizes = [sum(len(word.text) + 1 for word in part.words) for part in parts]
    edges = [start]
    for index in range(1, len(parts)):
        known = parts[index].words[0].start
        if known is None:
            share = sizes[index - 1] / max(1, sum(sizes[index - 1 :]))
            known = edges[-1] + round(share * (end - edges[-1]))
        edges.append(min(max(known, edges[-1]), end))
    edges.append(end)
    cues = []
    for index, part in enumerate(parts):
        first = part.words[0]
        if first.start is None:
            part.words[0] = replace(first, start=edges[index])
        cues.append(
            Cue(
                name if index == 0 else "", edges[index], edges[index + 1], tuple(part.words), part.speaker,
                tuple(part.breaks), settings,
            )
        )  # fmt: skip
    return cues


def write_vtt(transcript: Transcript) -> str:
    """The file's text. Cues without words are not written; those without an id get one.

    Values are made to fit: line ends and runs of white space become spaces, NUL and halves of characters
    become U+FFFD.
    """
    if any(not cue.id for cue in transcript.cues):
        transcript = transcript.with_cues(transcript.cues)
    language = transcript.language
    next_id = max(transcript.next_id, highest_id(transcript.cues) + 1)
    header = _header(transcript.header)
    pieces = [
        f"WEBVTT {header}" if header[:1].strip() else f"WEBVTT{header}",
        write_provenance(transcript.provenance, next_id),
    ]
    waiting = sorted(transcript.blocks, key=lambda block: block[0])
    at = 0
    for index, cue in enumerate(transcript.cues):
        while at < len(waiting) and waiting[at][0] <= index:
            pieces.append(_block(waiting[at][1]))
            at += 1
        text = cuetext.write(cue, language)
        if text:
            name = _LINE_ENDS.sub(" ", cue.id.replace("-->", "")).strip(" \t")
            settings = _LINE_ENDS.sub(" ", cue.settings).strip(" \t\f")
            settings = f" {settings}" if settings else ""
            pieces.append(f"{name}\n{clock(cue.start)} --> {clock(cue.end)}{settings}\n{text}")
    pieces += (_block(text) for _, text in waiting[at:])
    pieces += map(write_dropped, transcript.dropped)
    return sound("\n\n".join(pieces) + "\n")


def _header(text: str) -> str:
    """The header on the first line, further lines below it, none empty and none with an arrow."""
    first, *rest = text.replace("\r", "\n").replace("-->", "--&gt;").split("\n")
    lines = [first.strip(" \t"), *(line for line in rest if line)]
    return "\n".join(lines)


def _block(text: str) -> str:
    """A block that reads as it is meant: no empty line, no arrow."""
    text = _BLANK_LINES.sub("\n", text.replace("\r", "\n")).strip("\n").replace("-->", "--&gt;")
    return text if re.match(r"NOTE(?:[ \t\n]|$)|(?:STYLE|REGION)[ \t\f]*\n", text) else f"NOTE\n{text}"
