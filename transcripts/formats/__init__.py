"""Other people's transcript formats: read by what is in the file, written by name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

from onrecord.errors import TranscriptFormatError, UsageError
from onrecord.languages import language_tag
from onrecord.transcripts.formats.head import Head
from onrecord.transcripts.model import Cue, Transcript
from onrecord.transcripts.vtt import Reading, read_vtt, write_vtt

if TYPE_CHECKING:
    from onrecord.transcripts.formats.prose import Paragraph

WriteFormat = Literal["vtt", "srt", "txt", "md", "json"]
WRITE_FORMATS: tuple[WriteFormat, ...] = ("vtt", "srt", "txt", "md", "json")
MEDIA_TYPES = {
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}

_SBV = re.compile(r"\s*\d+:\d{1,2}:\d{1,2}\.\d{3},\d+:\d{1,2}:\d{1,2}\.\d{3}")
_JSON = re.compile(r"\{|\[\s*[{\[\]]")
_ARROW_LINE = re.compile(r"^[ \t]*(?:\d+:)?\d{1,2}:\d{1,2}(?:[,.]\d+)?[ \t]*-->", re.MULTILINE)
_NOT_TEXT = {
    b"PK\x03\x04": "a packed file such as .docx",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"{\\rtf": "an RTF file",
    b"\x1aE\xdf\xa3": "a video (Matroska or WebM)",
    b"RIFF": "a sound or video file",
    b"OggS": "a sound or video file",
    b"ID3": "a sound file",
}


def write_as(transcript: Transcript, form: WriteFormat, head: Head | None = None) -> str:
    """The transcript in another format; `head` is what it says of itself above the text (VTT and SRT have no
    place).
    """
    head = head or Head()
    if form == "vtt":
        return write_vtt(transcript)
    if form == "srt":
        from onrecord.transcripts.formats.subtitles import write_srt

        return write_srt(transcript)
    if form == "json":
        from onrecord.transcripts.formats.json import write_json

        return write_json(transcript, head)
    from onrecord.transcripts.formats.prose import write_markdown, write_text

    return (write_markdown if form == "md" else write_text)(transcript, head)


def language_in_name(name: str) -> str:
    """The language that a file's name gives before its ending, as in `part-1.uk.vtt`; empty when it gives
    none.
    """
    parts = PurePath(name).name.split(".")
    try:
        return language_tag(parts[-2]) if len(parts) > 2 and len(parts[-2]) < 9 else ""
    except UsageError:
        return ""


def read_foreign(
    data: bytes, name: str, *, language: str = "", known: Collection[str] = (), spread: bool = True
) -> Reading:
    """Reads a transcript in any format that is known, by what is in it; `name` only helps with the language.

    WebVTT (Zoom's, Teams' and YouTube's with it), SRT, SBV, our JSON, Whisper's JSON, YouTube's json3, Zoom's
    saved captions, and our own text and Markdown with times. Names in `known` are taken for speakers' before
    a colon; with `spread` a cue without a name goes on with the speaker before it. Cues come in the order of
    their times, with ids of our own. Raises `TranscriptFormatError` that names the file.
    """
    try:
        reading = _sniffed(data, language or language_in_name(name), known, spread)
    except TranscriptFormatError as error:
        error.path = error.path or Path(name)
        raise
    transcript = reading.transcript
    if transcript.provenance.source:
        return reading
    provenance = replace(transcript.provenance, source=PurePath(name).name)
    return replace(reading, transcript=replace(transcript, provenance=provenance))


def read_edited(
    data: bytes, name: str, *, known: Collection[str]
) -> tuple[Reading | tuple[Paragraph, ...], tuple[str, ...]]:
    """Reads a corrected copy of a transcript whose speakers are `known`: cues with times, or the paragraphs
    of a text.

    Also says what was mended. Raises `TranscriptFormatError` that names the file.
    """
    from onrecord.transcripts.formats.encoding import decode
    from onrecord.transcripts.formats.prose import read_prose

    try:
        _check_text(data)
        text, said = decode(data)
        body = text.lstrip()
        if body.startswith("WEBVTT") or _JSON.match(body) or _ARROW_LINE.search(text) or _SBV.match(body):
            reading = _sniffed(data, language_in_name(name), known, spread=False)
            return reading, reading.mended
    except TranscriptFormatError as error:
        error.path = error.path or Path(name)
        raise
    markdown = True if PurePath(name).suffix.lower() in (".md", ".markdown") else None
    return read_prose(text, markdown=markdown, known=known), said


def _sniffed(data: bytes, language: str, known: Collection[str], spread: bool) -> Reading:
    _check_text(data)
    from onrecord.transcripts.formats.encoding import decode

    text, said = decode(data)
    body = text.lstrip()
    if body.startswith("WEBVTT"):
        if len(body) < len(text.removeprefix("\ufeff")):
            said += (
                "line 1: the white space before WEBVTT, for which players refuse the file, was left out.",
            )
        reading = read_vtt(body, language=language)
        if not reading.own:
            reading = _foreign(reading, known, spread)
    elif _JSON.match(body):
        reading = _read_json(body, language)
    elif _ARROW_LINE.search(text) or _SBV.match(body):
        from onrecord.transcripts.formats.subtitles import read_subtitles

        reading = _foreign(
            read_subtitles(text, "sbv" if _SBV.match(body) else "srt", language=language), known, spread
        )
    elif body[:1] == "<":
        what = "a web page" if "<html" in body[:2000].lower() else "XML (such as TTML)"
        raise TranscriptFormatError(
            f"this is {what}, which is not read.", advice="Save the captions as .vtt or .srt."
        )
    else:
        reading = _read_text(text, language)
    return replace(reading, mended=(*said, *reading.mended))


def _read_json(body: str, language: str) -> Reading:
    from onrecord.transcripts.formats.json import FORMAT, parse_json, read_json, read_whisper
    from onrecord.transcripts.formats.json3 import is_json3, read_json3

    data = parse_json(body)
    if isinstance(data, dict) and data.get("format") == FORMAT:
        return read_json(data)
    if isinstance(data, dict) and isinstance(data.get("segments"), list):
        return _foreign(read_whisper(data, language=language))
    if is_json3(data):
        return _foreign(read_json3(data, language=language))
    raise TranscriptFormatError(
        "this is JSON, but neither onrecord's nor Whisper's nor YouTube's json3.",
        advice="Look at what 'onrecord transcript export --format json' writes.",
    )


def _read_text(text: str, language: str) -> Reading:
    from onrecord.transcripts.formats.zoom import is_zoom_text, read_zoom_text

    if is_zoom_text(text):
        return _foreign(read_zoom_text(text, language=language))
    from onrecord.transcripts.formats.prose import read_prose
    from onrecord.transcripts.formats.timed_prose import cues_of

    return _foreign(cues_of(read_prose(text), language), rolling=False)


def _foreign(
    reading: Reading, known: Collection[str] = (), spread: bool = True, *, rolling: bool = True
) -> Reading:
    """What every foreign transcript needs: speakers, lines said once, the order of time, ids of our own."""
    from onrecord.transcripts.formats.labels import with_speakers
    from onrecord.transcripts.formats.rolling import unrolled

    transcript = reading.transcript
    cues, rolled = unrolled(transcript.cues) if rolling else (transcript.cues, ())
    cues, named = with_speakers(cues, known, spread=spread)
    ordered = tuple(sorted(cues, key=lambda cue: cue.start))
    mended = [*reading.mended, *rolled, *named]
    if ordered != cues:
        mended.append("the cues do not stand in the order of their times; they were sorted.")
    if not ordered:
        raise TranscriptFormatError("there is no cue with words in this file.")
    # Foreign ids are numbers of lines in the main; ours are made once and mean something.
    fresh: tuple[Cue, ...] = tuple(replace(cue, id="") for cue in ordered)
    return Reading(replace(transcript, cues=(), next_id=1, header="").with_cues(fresh), tuple(mended))


def _check_text(data: bytes) -> None:
    """Raises `TranscriptFormatError` for what is empty or no text at all."""
    if not data.strip():
        raise TranscriptFormatError("this file is empty.")
    for mark, what in _NOT_TEXT.items():
        if data.startswith(mark):
            raise TranscriptFormatError(
                f"this is {what}, not a text.", advice="Save the transcript as .vtt, .srt or .txt."
            )
    if data[4:8] == b"ftyp":
        raise TranscriptFormatError(
            "this is a video or sound file, not a text.", advice="Transcribe it instead."
        )
