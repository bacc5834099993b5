"""A transcript as JSON, whole, both ways; and the JSON that Whisper writes, read.

    {"format": "onrecord-transcript", "version": 1,
     "title": "...", "date": "...", "speakers": ["..."], "address": "...",
     "provenance": {"language": "en", "kind": "original", "status": "machine", ...},
     "next_id": 8,
     "cues": [{"id": "c7", "start": 31400, "end": 33480, "speaker": "Anna Koval",
               "text": "Everyone has ...",
               "words": [{"text": "Everyone", "start": 31400},
                         {"text": "community.", "start": 32800, "unsure": true},
                         {"text": "люди", "start": null, "language": "uk"}],
               "breaks": [4], "settings": ""}],
     "dropped": [{"start": 0, "end": 900, "text": "...", "reason": "..."}],
     "header": "", "blocks": [[0, "NOTE ..."]]}

`provenance` has the fields of the WebVTT's first note. Positions are milliseconds on the original's clock.
`text` and the head are for reading; they are not read back.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, NoReturn, get_args

from onrecord.errors import TranscriptFormatError, UsageError
from onrecord.languages import language_tag
from onrecord.transcripts.formats.head import Head
from onrecord.transcripts.formats.subtitles import cue_of_lines
from onrecord.transcripts.model import Cue, Dropped, Kind, Provenance, Status, Transcript, Word
from onrecord.transcripts.vtt import UNKNOWN_LANGUAGE, Reading

FORMAT = "onrecord-transcript"
VERSION = 1


def parse_json(text: str) -> Any:
    """The JSON value of a text; raises `TranscriptFormatError` with the line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise TranscriptFormatError(f"this is not valid JSON: {error.msg}.", line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise TranscriptFormatError("this is JSON that no transcript has.", line=1) from error


def write_json(transcript: Transcript, head: Head) -> str:
    """The whole transcript; what stands at its default is left out of words and cues."""
    data: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for name in ("title", "date", "speakers", "address"):
        if value := getattr(head, name):
            data[name] = value
    data["provenance"] = {
        field.name: dict(value) if field.name == "other" else value
        for field in fields(Provenance)
        if (value := getattr(transcript.provenance, field.name)) not in ("", None, ())
    }
    data["next_id"] = transcript.next_id
    data["cues"] = [_cue(cue) for cue in transcript.cues]
    data["dropped"] = [
        {"start": item.start, "end": item.end, "text": item.text, "reason": item.reason}
        for item in transcript.dropped
    ]
    data["header"] = transcript.header
    data["blocks"] = [list(block) for block in transcript.blocks]
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _cue(cue: Cue) -> dict[str, Any]:
    words = []
    for word in cue.words:
        row: dict[str, Any] = {"text": word.text, "start": word.start}
        if word.unsure:
            row["unsure"] = True
        if word.language:
            row["language"] = word.language
        words.append(row)
    data: dict[str, Any] = {
        "id": cue.id,
        "start": cue.start,
        "end": cue.end,
        "speaker": cue.speaker,
        "text": cue.text,
    }
    data["words"] = words
    if cue.breaks:
        data["breaks"] = list(cue.breaks)
    if cue.settings:
        data["settings"] = cue.settings
    return data


class _Node:
    """A JSON value and where it stands, so that an error can name the place."""

    def __init__(self, value: Any, place: str) -> None:
        self.value = value
        self.place = place

    def fail(self, expected: str) -> NoReturn:
        raise TranscriptFormatError(
            f"{self.place or 'the file'} holds {self.value!r:.60}: expected {expected}."
        )

    def at(self, key: str, default: Any = None) -> _Node:
        if not isinstance(self.value, dict):
            self.fail("an object")
        return _Node(self.value.get(key, default), f"{self.place}.{key}" if self.place else key)

    def items(self) -> list[_Node]:
        if not isinstance(self.value, (list, tuple)):
            self.fail("a list")
        return [_Node(item, f"{self.place}[{index}]") for index, item in enumerate(self.value)]

    def text(self) -> str:
        return self.value if isinstance(self.value, str) else self.fail("a text")

    def number(self) -> int:
        ok = isinstance(self.value, int) and not isinstance(self.value, bool) and 0 <= self.value < 10**13
        return int(self.value) if ok else self.fail("a whole number of milliseconds, or a count")

    def flag(self) -> bool:
        return self.value if isinstance(self.value, bool) else self.fail("true or false")

    def seconds(self) -> int:
        ok = (
            isinstance(self.value, (int, float))
            and not isinstance(self.value, bool)
            and 0 <= self.value < 10**9
        )
        position: int = round(self.value * 1000) if ok else self.fail("a number of seconds")
        return position


def read_json(data: Any) -> Reading:
    """Reads our own JSON; raises `TranscriptFormatError` that names the place of what is wrong."""
    root = _Node(data, "")
    if root.at("version").value != VERSION:
        raise TranscriptFormatError(
            f"this transcript has version {root.at('version').value!r}; this onrecord knows version "
            f"{VERSION}.",
            advice="Upgrade onrecord to read it.",
        )
    provenance = _provenance(root.at("provenance"))
    cues = []
    for node in root.at("cues", []).items():
        start, end = node.at("start").number(), node.at("end").number()
        if end < start:
            node.at("end").fail("a time that is not before the start")
        words = tuple(_word(word) for word in node.at("words", []).items())
        breaks = tuple(item.number() for item in node.at("breaks", []).items())
        cues.append(
            Cue(
                node.at("id", "").text(), start, end, words, node.at("speaker", "").text(), breaks,
                node.at("settings", "").text(),
            )
        )  # fmt: skip
    dropped = tuple(
        Dropped(
            node.at("start").number(),
            node.at("end").number(),
            node.at("text").text(),
            node.at("reason", "").text(),
        )
        for node in root.at("dropped", []).items()
    )
    blocks = []
    for node in root.at("blocks", []).items():
        pair = node.items()
        if len(pair) != 2:
            node.fail("a pair of a number and a text")
        blocks.append((pair[0].number(), pair[1].text()))
    transcript = Transcript(
        provenance, (), root.at("next_id", 1).number(), dropped, root.at("header", "").text(), tuple(blocks)
    )
    return Reading(transcript.with_cues(tuple(cues)), own=True)


def _word(node: _Node) -> Word:
    start = node.at("start")
    language = node.at("language")
    return Word(
        node.at("text").text(),
        None if start.value is None else start.number(),
        node.at("unsure", False).flag(),
        None if language.value is None else language.text(),
    )


def _provenance(node: _Node) -> Provenance:
    values: dict[str, Any] = {}
    for field in fields(Provenance):
        here = node.at(field.name)
        if here.value is None:
            continue
        if field.name == "other":
            other = here.value if isinstance(here.value, dict) else here.fail("an object")
            values["other"] = tuple((key, here.at(key).text()) for key in other)
        elif field.name == "track":
            values["track"] = here.number()
        elif field.name == "unsure_below":
            values["unsure_below"] = (
                float(here.value) if isinstance(here.value, (int, float)) else here.fail("a number")
            )
        else:
            values[field.name] = here.text()
    for name, kinds in (("kind", Kind), ("status", Status)):
        if name in values and values[name] not in get_args(kinds):
            node.at(name).fail(" or ".join(get_args(kinds)))
    try:
        values["language"] = language_tag(node.at("language").text())
    except UsageError:
        node.at("language").fail("a language tag, such as en or uk")
    return Provenance(**values)


def read_whisper(data: Any, *, language: str = "") -> Reading:
    """Reads what Whisper's programs write: `segments` with `start`, `end`, `text` and perhaps `words`, in
    seconds.
    """
    root = _Node(data, "")
    cues: list[Cue] = []
    for node in root.at("segments").items():
        start, end = node.at("start").seconds(), node.at("end").seconds()
        rows = node.at("words", []).items() if node.at("words").value else []
        cue = cue_of_lines(start, max(start, end), [node.at("text").text()])
        if rows:
            words = tuple(
                Word("".join(row.at("word").text().split()), row.at("start").seconds())
                for row in rows
                if row.at("word").text().strip()
            )
            if words:
                cue = Cue("", start, max(start, end), words)
        if cue.words:
            cues.append(cue)
    try:
        named = language_tag(root.at("language", "").text())
    except UsageError:
        named = UNKNOWN_LANGUAGE
    transcript = Transcript(Provenance(language=language or named, engine="whisper"))
    return Reading(transcript.with_cues(tuple(cues)))
