"""A transcript as a text that a person reads and corrects: plain, or Markdown.

A paragraph is what one speaker says; above it stands a line with the speaker's name and the time, `Anna
Koval [0:31]` (in Markdown `**Anna Koval** [0:31]`). The facts at the top end with a line of dashes.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from onrecord.timecode import clock, milliseconds
from onrecord.transcripts.formats.head import Head
from onrecord.transcripts.formats.labels import label_of, speakers_in
from onrecord.transcripts.model import Transcript, turns

_RULE = re.compile(r"(?:-{3,}|\*(?: ?\*){2,}|_{3,})[ \t]*$")
_LONG_RULE = re.compile(r"-{40}[ \t]*$")  # the one that is written below the facts
_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_PLAIN_MARK = re.compile(rf"(.*?)[ \t]*\[({_CLOCK})\][ \t]*$")
_MARKDOWN_MARK = re.compile(rf"(?:\*\*(.+?)\*\*)?[ \t]*\[({_CLOCK})\](?:\([^()\s]*\))?[ \t]*$")
_INLINE_MARK = re.compile(rf"[\[(]({_CLOCK})[\])](?:\([^()\s]*\))?[ \t]*(?:\*\*(.+?):?\*\*:?[ \t]*)?")
_BOLD_LABEL = re.compile(r"\*\*([^*\n]{1,60}?):?\*\*:?[ \t]*")
_HEADING = re.compile(r"#{1,6}[ \t]")
_MARKED = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^([#+>-]|\d{1,9}[.)])(?=\s|$)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class Paragraph:
    """Some sentences. `speaker` is None where the text does not say; `start` is the time above it, in
    milliseconds.
    """

    text: str
    speaker: str | None = None
    start: int | None = None
    line: int = 0


def _unmarked(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _marked(text: str) -> str:
    escaped = _MARKED.sub(r"\\\1", text)
    return _LINE_START.sub(lambda match: match[1][:-1] + "\\" + match[1][-1], escaped)


def is_markdown(text: str) -> bool:
    """Whether a text is Markdown, as far as it matters here: a heading, or a name in bold above a time."""
    return any(_HEADING.match(line) or line.startswith("**") for line in text.split("\n")[:60])


def read_prose(
    text: str, *, markdown: bool | None = None, known: Collection[str] = ()
) -> tuple[Paragraph, ...]:
    """The paragraphs of a text; `known` are speakers whose names are taken for theirs before a colon.

    Lines that follow one another are one paragraph; the facts at the top, headings and rules are left out.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    markdown = is_markdown(text) if markdown is None else markdown
    mark = _MARKDOWN_MARK if markdown else _PLAIN_MARK
    plain = _unmarked if markdown else str
    first = next((index + 1 for index, line in enumerate(lines[:60]) if _LONG_RULE.match(line)), 0)
    for index, line in enumerate(lines[:60] if not first else ()):
        if mark.fullmatch(line.strip()) and _RULE.match(line) is None:
            break
        if _RULE.match(line) and not any(_INLINE_MARK.match(earlier) for earlier in lines[:index]):
            first = index + 1
            break
    paragraphs: list[Paragraph] = []
    held: list[str] = []
    begun = 0
    speaker: str | None = None
    start: int | None = None

    def finish() -> None:
        nonlocal speaker, start, held
        if held:
            said = " ".join(held)
            inline = _INLINE_MARK.match(said)
            if inline:
                start, said = milliseconds(inline[1].replace(",", ".")), said[inline.end() :]
                speaker = plain(inline[2]) if inline[2] else speaker
            elif markdown and (bold := _BOLD_LABEL.match(said)) and ":" in said[: bold.end()]:
                speaker, said = plain(bold[1]), said[bold.end() :]
            paragraphs.append(Paragraph(plain(said), speaker, start, begun))
            speaker = start = None
            held = []

    for number, line in enumerate(lines[first:], first + 1):
        row = line.strip()
        found = mark.fullmatch(row) if row else None
        if found:
            finish()
            speaker, start = plain(found[1] or "").strip(), milliseconds(found[2].replace(",", "."))
        elif not row or (markdown and (_HEADING.match(row) or _RULE.match(row))) or _RULE.match(row):
            finish()
        else:
            begun = begun if held else number
            held.append(row)
    finish()
    return _labelled(tuple(paragraphs), known)


def _labelled(paragraphs: tuple[Paragraph, ...], known: Collection[str]) -> tuple[Paragraph, ...]:
    """Paragraphs that begin with a speaker's name and a colon, given to that speaker.

    Below a time without a name, only a speaker who is known is taken for one.
    """
    found = [None if paragraph.speaker else label_of(paragraph.text) for paragraph in paragraphs]
    free = (label[0] for paragraph, label in zip(paragraphs, found, strict=True)
            if label and paragraph.speaker is None)  # fmt: skip
    names = speakers_in(free, known)
    usual = {name.casefold(): name for name in known}
    result = []
    for paragraph, label in zip(paragraphs, found, strict=True):
        if label and (label[0].casefold() in usual or (paragraph.speaker is None and label[0] in names)):
            name = usual.get(label[0].casefold(), label[0])
            result.append(Paragraph(label[1], name, paragraph.start, paragraph.line))
        else:
            result.append(paragraph)
    return tuple(result)


def _time(position: int) -> str:
    return clock(position, hours="needed", fraction=False)


def write_text(transcript: Transcript, head: Head) -> str:
    """Plain text: the facts, a line of dashes, then each turn below the speaker's name and the time."""
    facts = [
        line
        for line in (" ".join(head.title.split()), *(f"{name}: {text}" for name, text in head.rows()))
        if line
    ]
    pieces = ["\n".join([*facts, "", "-" * 40])] if facts else []
    for turn in turns(transcript.cues):
        said = " ".join(cue.text for cue in turn.cues if cue.words)
        mark = f"{' '.join(turn.speaker.split())} [{_time(turn.cues[0].start)}]".strip()
        pieces.append(f"{mark}\n{said}")
    return "\n\n".join(pieces) + "\n"


def write_markdown(transcript: Transcript, head: Head) -> str:
    """Markdown (CommonMark): the same, with the time of each turn linked to its sentence on the page."""
    pieces = [f"# {_marked(' '.join(head.title.split()))}"] if head.title else []
    rows = [f"- {name}: {f'<{text}>' if name == 'Address' else _marked(text)}" for name, text in head.rows()]
    pieces += ["\n".join(rows)] if rows else []
    pieces += ["---"] if pieces else []
    for turn in turns(transcript.cues):
        first = turn.cues[0]
        mark = f"[{_time(first.start)}]"
        if head.address and head.anchor:
            mark += f"({head.address}#{head.anchor}.{first.id})"
        speaker = " ".join(turn.speaker.split())
        said = " ".join(cue.text for cue in turn.cues if cue.words)
        pieces += [f"**{_marked(speaker)}** {mark}" if speaker else mark, _marked(said)]
    return "\n\n".join(pieces) + "\n"
