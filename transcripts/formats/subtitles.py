"""SubRip (SRT) and YouTube's SBV, read by webvtt-py, and SubRip written.

webvtt-py leaves out what it cannot read without a word, so the lines of the file are held against what
came back.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from onrecord.errors import TranscriptFormatError
from onrecord.timecode import clock
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.vtt import UNKNOWN_LANGUAGE, Reading

_INDEX = re.compile(r"\s*\d+\s*$")
_SRT_TIMES = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{1,2}(?:[,.]\d+)?\s*-->")
_SHORT_TIME = re.compile(r"(?<![\d:])(\d{1,2}:\d{1,2}(?:[,.]\d+)?)(?![\d:])")
_NO_FRACTION = re.compile(r"(\d+:\d{1,2}:\d{1,2})(?![\d,.:])")
_TAG = re.compile(
    r"</?(?:i|b|u|s|em|strong|font|c|span)(?:[ .][^<>\n]{0,200})?>|\{\\[a-zA-Z][^{}\n]{0,80}\}", re.IGNORECASE
)


_HEAD_MS = 1


def cue_of_lines(start: int, end: int, lines: list[str]) -> Cue:
    """A cue without an id, from the lines of its text."""
    words: list[Word] = []
    breaks: list[int] = []
    for line in lines:
        texts = line.split()
        if texts:
            if words:
                breaks.append(len(words))
            words += [Word(text) for text in texts]
    if words:
        words[0] = Word(words[0].text, start)
    return Cue("", start, end, tuple(words), breaks=tuple(breaks))


def _numbered(lines: list[str], mended: list[str]) -> list[str]:
    """SubRip with a number above every timing line and whole times, which webvtt-py insists on."""
    result: list[str] = []
    for number, line in enumerate(lines, 1):
        if "-->" in line and _SRT_TIMES.match(line):
            whole = _NO_FRACTION.sub(r"\1,000", _SHORT_TIME.sub(r"00:\1", line))
            if whole != line:
                mended.append(f"line {number}: the times '{line.strip()[:60]}' were completed.")
            if not result or not _INDEX.match(result[-1]):
                mended.append(f"line {number}: the cue has no number.")
                result += ["", "1"]
            result.append(whole)
        else:
            result.append(line)
    return result


def read_subtitles(text: str, form: Literal["srt", "sbv"], *, language: str = "") -> Reading:
    """Reads SRT or SBV; raises `TranscriptFormatError` where there is no cue in it."""
    from webvtt import WebVTT  # imported where a subtitle file is really read
    from webvtt.errors import MalformedCaptionError, MalformedFileError, MissingFilenameError

    mended: list[str] = []
    source = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    lines = source
    if form == "srt":
        while lines and not lines[0].strip():
            lines = lines[1:]
        lines = _numbered(lines, mended)
        while lines and not lines[0].strip():
            lines = lines[1:]
    try:
        captions = WebVTT.from_buffer(lines, format=form).captions
    except (MalformedFileError, MalformedCaptionError, MissingFilenameError) as error:
        name = "SubRip (SRT)" if form == "srt" else "SBV"
        raise TranscriptFormatError(
            f"this cannot be read as {name}: {str(error) or 'its first cue is broken'}.", line=1,
            advice="A cue is a number, a line such as 00:00:01,000 --> 00:00:04,000, and its text.",
        ) from error  # fmt: skip
    return _reading(captions, source, form, mended, language)


def _reading(captions: list[Any], source: list[str], form: str, mended: list[str], language: str) -> Reading:
    cues: list[Cue] = []
    used: list[str] = []
    styled = backwards = 0
    for caption in captions:
        start, end = caption.start_time.in_milliseconds(), caption.end_time.in_milliseconds()
        rows = [str(line) for line in caption.lines]
        used += [row for row in rows if row.strip()]
        plain = [_TAG.sub("", row) for row in rows]
        styled += plain != rows
        if end < start:
            backwards += 1
            end = start
        if start == 0 and end == _HEAD_MS and not cues:
            mended.append("the head of the file is no part of what was said; it was left out.")
            continue
        cue = cue_of_lines(start, end, plain)
        if cue.words:
            cues.append(cue)
    if styled:
        mended.append(
            f"styles such as <i> have no place in a transcript; they were left out of {styled} cues, the "
            f"words are kept."
        )
    if backwards:
        mended.append(f"{backwards} cues end before they start; they end as they start.")
    mended += _left_out(source, used, form)
    if not cues:
        raise TranscriptFormatError("there is no cue with words in this file.")
    transcript = Transcript(Provenance(language=language or UNKNOWN_LANGUAGE))
    return Reading(transcript.with_cues(tuple(cues)), tuple(mended))


def _left_out(source: list[str], used: list[str], form: str) -> list[str]:
    """Sentences about the lines that are no cue's number, no times, and in no cue that was read."""
    sentences = []
    at = 0
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        if at < len(used) and line.strip() == used[at].strip():
            at += 1
        elif (form == "srt" and (_INDEX.match(line) or _SRT_TIMES.match(line))) or (
            form == "sbv" and re.match(r"\s*\d+:\d{1,2}:\d{1,2}\.\d{3},\d", line)
        ):
            continue
        else:
            sentences.append(
                f"line {number}: this belongs to no cue that can be read, and was left out: "
                f"'{line.strip()[:60]}'."
            )
    return sentences


def write_srt_head(lines: list[str]) -> str:
    """What a file says of itself. SubRip has no place for that: it is an entry of a millisecond, which no player
    shows and which is left out when it is read.
    """
    text = "\n".join(" ".join(line.split()).replace("-->", "→") for line in lines if line.strip())
    return f"0\n00:00:00,000 --> 00:00:00,001\n{text}\n\n"


def write_srt(transcript: Transcript) -> str:
    """SubRip: `Name:` stands before the words where the speaker changes."""
    pieces = []
    speaker = ""
    number = 0
    for cue in transcript.cues:
        if not cue.words:
            continue
        number += 1
        lines = list(cue.lines)
        if cue.speaker and cue.speaker != speaker:
            lines[0] = f"{cue.speaker}: {lines[0]}"
        speaker = cue.speaker
        times = f"{clock(cue.start)} --> {clock(cue.end)}".replace(".", ",")
        pieces.append(f"{number}\n{times}\n" + "\n".join(lines).replace("-->", "→") + "\n")
    return "\n".join(pieces)
