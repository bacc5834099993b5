"""Zoom's saved captions: a name and the time of day, then what was said, in a plain text.

    [Anna Koval] 18:02:11
    Everyone has duties to the community.

The transcript of a cloud recording is WebVTT with `Name: text`, which is read as such.
"""

from __future__ import annotations

import re

from onrecord.errors import TranscriptFormatError
from onrecord.timecode import clock
from onrecord.transcripts.formats.subtitles import cue_of_lines
from onrecord.transcripts.model import Cue, Provenance, Transcript
from onrecord.transcripts.vtt import UNKNOWN_LANGUAGE, Reading

_CAPTION = re.compile(r"\[([^\[\]\n]{1,80})\]\s+(\d{1,2}):(\d{2}):(\d{2})\s*$")
_CHAT = re.compile(
    r"(\d{1,2}):(\d{2}):(\d{2})\s+(?:From\s+)?(.{1,80}?)(?:\s+to\s+[^:]{1,60}?(?:\([^)]*\))?)?\s*:(?:\s+(.*)|\s*)$",
    re.IGNORECASE,
)
_DAY = 24 * 3600 * 1000
_PER_CHARACTER = 65  # milliseconds: about 15 characters a second, as people speak
_LONGEST = 7000


def is_zoom_text(text: str) -> bool:
    """Whether a text is such a file: its first lines hold a name and a time of day in that form."""
    lines = [line.strip() for line in text.split("\n")[:40] if line.strip()]
    return (
        any(_CAPTION.match(line) for line in lines[:4])
        or sum(bool(_CHAT.match(line)) for line in lines[:4]) >= 2
    )


def read_zoom_text(text: str, *, language: str = "") -> Reading:
    """Reads it; times are the time of day, so the first line is taken as the beginning of the recording."""
    said: list[tuple[int, str, list[str]]] = []
    stray = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        row = line.strip()
        if not row:
            continue
        if match := _CAPTION.match(row):
            said.append((_of_day(match[2], match[3], match[4]), match[1].strip(), []))
        elif match := _CHAT.match(row):
            said.append(
                (_of_day(match[1], match[2], match[3]), match[4].strip(), [match[5]] if match[5] else [])
            )
        elif said:
            said[-1][2].append(row)
        else:
            stray.append(f"line {number}: '{row[:60]}' stands before the first name and was left out.")
    said = [item for item in said if item[2]]
    if not said:
        raise TranscriptFormatError("there is nothing said in this file.")
    first = said[0][0]
    starts = [(start - first) % _DAY for start, _, _ in said]
    cues: list[Cue] = []
    for index, (_, speaker, lines) in enumerate(said):
        start = max(starts[index], cues[-1].start if cues else 0)
        length = min(_LONGEST, max(1000, sum(map(len, lines)) * _PER_CHARACTER))
        after = starts[index + 1] if index + 1 < len(said) else start + length
        cue = cue_of_lines(
            start, max(start, min(start + length, after) if after > start else start + length), lines
        )
        cues.append(Cue("", cue.start, cue.end, cue.words, speaker, cue.breaks))
    began = clock(first, fraction=False)
    mended = [
        f"the times are those of the clock on the wall; {began} was taken as the beginning (shift it with "
        f"--offset).",
        "this file does not say when a sentence ends; the ends are estimated.",
        *stray,
    ]
    transcript = Transcript(Provenance(language=language or UNKNOWN_LANGUAGE))
    return Reading(transcript.with_cues(tuple(cues)), tuple(mended))


def _of_day(hours: str, minutes: str, seconds: str) -> int:
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000
