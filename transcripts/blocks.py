"""A WebVTT file taken apart into its blocks, as browsers take it apart.

The rules are those of the W3C's WebVTT, section 6.1 (the file), 6.2 (regions are kept whole here) and 6.3
(timings and settings). Browsers leave out what they cannot read; here it comes back as a `Block` that says
why, so that nothing is lost without a word. The time is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from onrecord.errors import TranscriptFormatError

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t]|$)")
_SPACE = "[ \t\f]*"
# Section 6.3, "collect a WebVTT timestamp": hours of any number of digits; with more than nine it is no time.
_STAMP = r"(?:([0-9]{1,9}):)?([0-9]{2}):([0-9]{2})\.([0-9]{3})(?![0-9])"
_TIMINGS = re.compile(f"{_SPACE}{_STAMP}{_SPACE}-->{_SPACE}{_STAMP}(.*)")
_FIRST_STAMP = re.compile(_STAMP)
_TIMES = re.compile(r"[ \t]*\d+:\d\d[\d:.,]*[ \t]*[^\w\s]{0,4}[ \t]*\d+:\d\d")  # two times, but no arrow
_NOTE = re.compile(r"NOTE(?:[ \t]|$)")
_HEADED = re.compile(r"(STYLE|REGION)[ \t\f]*$")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class RawCue:
    """One cue before its text is read. `line` is the line of its timings, counted from 1."""

    line: int
    id: str
    start: int
    end: int
    settings: str
    text: str


@dataclass(slots=True)
class Block:
    """What is no cue: a NOTE, a STYLE, a REGION, or text that a browser leaves out, with the reason."""

    line: int
    text: str
    kind: Literal["note", "style", "region", "lost"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A whole file: the header after WEBVTT (further lines of it too), and its blocks in order."""

    header: str
    blocks: tuple[RawCue | Block, ...]
    mended: tuple[str, ...] = ()


def sound(text: str) -> str:
    """The text with U+FFFD in place of NUL and of halves of characters, which no file can hold."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def timestamp(text: str) -> int | None:
    """The milliseconds of a WebVTT timestamp with which the text begins, as browsers take it; None when there
    is none.
    """
    match = _FIRST_STAMP.match(text)
    return _value(*match.groups()) if match else None


def _value(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int | None:
    if minutes > "59" or seconds > "59":
        return None
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(thousandths)


def timings(line: str) -> tuple[int, int, str] | None:
    """The start, the end and the settings of a timing line; None when a browser would not take it."""
    match = _TIMINGS.match(line)
    if match is None:
        return None
    start = _value(*match.group(1, 2, 3, 4))
    end = _value(*match.group(5, 6, 7, 8))
    return None if start is None or end is None else (start, end, match[9].strip(" \t\f"))


def take_apart(data: str | bytes) -> File:
    """The blocks of a WebVTT file; raises `TranscriptFormatError` when it does not begin with WEBVTT."""
    mended = []
    if isinstance(data, bytes):
        # As browsers decode: one byte order mark goes, wrong bytes become U+FFFD.
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        if "\ufffd" in text and (wrong := text.count("\ufffd") - data.count(b"\xef\xbf\xbd")) > 0:
            at = text[: text.index("\ufffd")].count("\n") + 1
            mended.append(f"line {at}: {wrong} characters are no UTF-8 and were replaced; the first is here.")
    else:
        text = data.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = sound(text).split("\n")
    if not _SIGNATURE.match(lines[0]):
        raise TranscriptFormatError(
            "this is no WebVTT file: its first line does not begin with WEBVTT.",
            line=1, advice="Other formats are taken in with 'onrecord transcript import'.",
        )  # fmt: skip
    count = len(lines)
    at = 1
    while at < count and lines[at] and "-->" not in lines[at]:
        at += 1
    header = "\n".join([lines[0][6:].strip(" \t"), *lines[1:at]]).rstrip("\n")

    blocks: list[RawCue | Block] = []
    seen_cue = False
    while at < count:
        line = lines[at]
        if not line:
            at += 1
            continue
        first = at
        name = ""
        arrow = -1
        if "-->" in line:
            arrow = at
        elif at + 1 < count and "-->" in lines[at + 1]:
            name, arrow = line, at + 1
        at = first + 1 if arrow < 0 else arrow + 1
        while at < count and (here := lines[at]) and "-->" not in here:
            at += 1
        if arrow >= 0:
            found = timings(lines[arrow])
            if found:
                seen_cue = True
                blocks.append(RawCue(arrow + 1, name, *found, "\n".join(lines[arrow + 1 : at])))
            else:
                reason = f"'{_short(lines[arrow])}' cannot be read as a cue's times"
                blocks.append(Block(arrow + 1, "\n".join(lines[first:at]), "lost", reason))
            continue
        whole = "\n".join(lines[first:at])
        headed = _HEADED.match(line)
        if _NOTE.match(line):
            blocks.append(Block(first + 1, whole, "note"))
        elif headed and at - first > 1:
            kind: Literal["style", "region"] = "style" if headed[1] == "STYLE" else "region"
            late = "it stands after the first cue, where players pay no heed to it" if seen_cue else ""
            blocks.append(Block(first + 1, whole, kind, late))
        else:
            if any(_TIMES.match(here) for here in lines[first : min(first + 2, at)]):
                reason = "its times need --> between them"
            elif seen_cue:
                reason = "no times stand above it, for there is an empty line in between"
            else:
                reason = "no times stand above it"
            blocks.append(Block(first + 1, whole, "lost", reason))
    return File(header, tuple(blocks), tuple(mended))


def _short(text: str, length: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
