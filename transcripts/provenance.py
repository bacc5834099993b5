"""The notes in which our WebVTT files keep what captions cannot say: where the text comes from, and what was
set aside.

A note's value stands on one line. An arrow would end the note, so `-->` is written `--&gt;` (and `--&` is
`--&amp;`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn, get_args

from onrecord.errors import TranscriptFormatError, UsageError
from onrecord.languages import language_tag
from onrecord.timecode import clock, milliseconds
from onrecord.toml import did_you_mean
from onrecord.transcripts.model import Dropped, Kind, Provenance, Status

FORMAT = 1
_SPACES = re.compile("[ \t\n\f\r]+")
_ARROW = re.compile("--([>&])")
_WRITTEN_ARROW = re.compile("--&(gt|amp);")
_FIELD = re.compile(r"([a-z][a-z0-9-]*):(?:[ \t]+(.*))?$")
_DROPPED = re.compile(r"dropped[ \t]+([0-9:.]+) to ([0-9:.]+)(?:[ \t]*:[ \t]*(.*))?$")


def no_arrow(text: str) -> str:
    """The text without an arrow, which would end a note."""
    return _ARROW.sub(lambda match: "--&gt;" if match[1] == ">" else "--&amp;", text)


def with_arrow(text: str) -> str:
    """The text as it was before `no_arrow`."""
    return _WRITTEN_ARROW.sub(lambda match: "-->" if match[1] == "gt" else "--&", text)


def one_line(text: str) -> str:
    """The text on one line, with single spaces."""
    return _SPACES.sub(" ", text).strip(" ")


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError("a whole number")
    return int(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?", text):
        raise ValueError("a number from 0 to 1")
    return float(text)


def _one_of(kinds: Any) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in get_args(kinds):
            raise ValueError(" or ".join(get_args(kinds)))
        return text

    return check


def _tag(text: str) -> str:
    try:
        return language_tag(text)
    except UsageError as error:
        raise ValueError("a language tag, such as en, uk or pt-BR") from error


# The fields in the order in which they are written, with what reads each.
_FIELDS: dict[str, Callable[[str], object]] = {
    "language": _tag,
    "kind": _one_of(Kind),
    "status": _one_of(Status),
    "engine": str,
    "model": str,
    "original-sha256": str,
    "track": _number,
    "unsure-below": _share,
    "made": str,
    "translated-from": str,
    "reviewed": str,
    "reviewed-by": str,
    "corrected": str,
    "source": str,
}
_KEPT = {"tracks"}  # of a transcript made of several audio tracks; it stands in `Provenance.other`


@dataclass(frozen=True)
class Told:
    """What a file's first note says."""

    provenance: Provenance
    next_id: int
    mended: tuple[str, ...] = ()


def write_provenance(provenance: Provenance, next_id: int) -> str:
    """The first note of a file."""
    lines = ["NOTE", f"onrecord {FORMAT}"]
    for key in _FIELDS:
        value = getattr(provenance, key.replace("-", "_"))
        text = "" if value is None else one_line(no_arrow(str(value)))
        if text:
            lines.append(f"{key}: {text}")
    for key, text in provenance.other:
        if _FIELD.match(f"{key}:") and key not in _FIELDS and key != "next-id":
            lines.append(f"{key}: {one_line(no_arrow(text))}".rstrip())
    lines.append(f"next-id: {next_id}")
    return "\n".join(lines)


def note_lines(text: str) -> list[str]:
    """What a NOTE block says, line by line, without the word NOTE."""
    lines = text.split("\n")
    lines[0] = lines[0][4:].strip(" \t")
    return lines if lines[0] else lines[1:]


def is_provenance(text: str) -> bool:
    """Whether a NOTE block is the first note of a file of ours."""
    lines = note_lines(text)
    return bool(lines) and re.match(r"onrecord [0-9]+[ \t]*$", lines[0]) is not None


def read_provenance(text: str, line: int) -> Told:
    """Reads the first note. A value that it may not hold is an error with its line: a status is never
    guessed.
    """

    def fail(message: str, index: int, advice: str = "") -> NoReturn:
        raise TranscriptFormatError(message, line=line + index, advice=advice)

    lines = text.split("\n")
    offset = len(lines) - len(note_lines(text))
    fields: dict[str, Any] = {}
    other: list[tuple[str, str]] = []
    mended: list[str] = []
    next_id = 1
    version = lines[offset].split()[-1]
    if version != str(FORMAT):
        fail(
            f"this transcript has format {version}; this onrecord knows format {FORMAT}.", offset,
            "Upgrade onrecord to read it.",
        )  # fmt: skip
    for index, row in enumerate(lines[offset + 1 :], offset + 1):
        match = _FIELD.match(row)
        if match is None:
            fail(f"'{one_line(row)[:60]}' is no line of the first note.", index, "Write it as key: value.")
        key, value = match[1], with_arrow((match[2] or "").strip(" \t"))
        if key in fields or any(key == name for name, _ in other):
            fail(f"'{key}' stands twice in the first note.", index)
        try:
            if key == "next-id":
                next_id = _number(value)
            elif key in _FIELDS:
                fields[key] = _FIELDS[key](value)
            else:
                later = any(key.startswith(f"{name}-") for name in _FIELDS)  # such as corrected-by
                if not later and key not in _KEPT and (near := did_you_mean(key, [*_FIELDS, "next-id"])):
                    mended.append(
                        f"line {line + index}: there is no field '{key}'; it is kept as it is. {near}"
                    )
                other.append((key, value))
        except ValueError as error:
            fail(f"{key} holds '{value[:60]}': expected {error}.", index)
    if "language" not in fields:
        fail("the first note does not say the language.", offset, "Add a line such as 'language: en'.")
    values = {key.replace("-", "_"): value for key, value in fields.items()}
    return Told(replace(Provenance(language=""), **values, other=tuple(other)), next_id, tuple(mended))


def write_dropped(dropped: Dropped) -> str:
    """A note that keeps what was set aside, with its time, the reason and the text."""
    reason, text = one_line(no_arrow(dropped.reason)), one_line(no_arrow(dropped.text))
    head = f"NOTE\ndropped {clock(dropped.start)} to {clock(dropped.end)}"
    return (f"{head}: {reason}" if reason else head) + (f"\n{text}" if text else "")


def read_dropped(text: str) -> Dropped | None:
    """What a note keeps that was set aside; None when it is another note."""
    lines = note_lines(text)
    match = _DROPPED.match(lines[0]) if lines else None
    if match is None:
        return None
    try:
        start, end = milliseconds(match[1]), milliseconds(match[2])
    except UsageError:
        return None
    said = one_line(" ".join(with_arrow(line) for line in lines[1:]))
    return Dropped(start, end, said, with_arrow((match[3] or "").strip(" \t")))
