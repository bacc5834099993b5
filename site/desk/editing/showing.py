"""A passage as the editor shows it: its words with the marks on them, and their times beside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from onrecord.errors import UsageError
from onrecord.languages import direction
from onrecord.transcripts.correction.passages import Passage, Seen, Stretch
from onrecord.transcripts.fitting import starts
from onrecord.transcripts.model import Transcript, Word

_LINE = 65  # characters, about


@dataclass(frozen=True)
class Shown:
    """What the template of a paragraph needs. `times`: when each word begins, in ms from the paragraph's start."""

    key: str
    version: str
    ids: str
    start: int
    end: int
    speaker: str
    html: Markup
    times: str
    lines: int
    doubts: int
    text: str


def shown(passage: Passage) -> Shown:
    """One passage."""
    words = passage.words
    text = passage.text
    return Shown(
        key=passage.key,
        version=passage.version,
        ids=json.dumps([cue.id for cue in passage.cues], ensure_ascii=False),
        start=passage.start,
        end=passage.end,
        speaker=passage.speaker,
        html=_html(words),
        times=" ".join(str(at - passage.start) for cue in passage.cues for at in _starts(cue.words, cue.start, cue.end)),
        lines=min(30, 1 + len(text) // _LINE),
        doubts=sum(word.unsure for word in words),
        text=text,
    )  # fmt: skip


def _starts(words: Sequence[Word], start: int, end: int) -> list[int]:
    """The words' own times, and estimates for those without."""
    if all(word.start is not None for word in words):
        return [word.start or 0 for word in words]
    return starts(words, start, end)


def _html(words: Sequence[Word]) -> Markup:
    """The words with an element around each that is doubted, and around each passage in another language."""
    pieces = []
    for tongue, group in groupby(words, key=lambda word: word.language):
        text = Markup(" ").join(
            Markup('<span class="unsure">{}</span>').format(word.text) if word.unsure else escape(word.text)
            for word in group
        )
        if tongue:
            text = Markup('<span lang="{}" dir="{}">{}</span>').format(tongue, direction(tongue), text)
        pieces.append(text)
    return Markup(" ").join(pieces)


def seen_text(passage: Passage, transcript: Transcript) -> str:
    """What a form sends back so that nobody changes what they have not seen: JSON."""
    return as_text(Seen.of(passage, transcript))


def as_text(seen: Seen) -> str:
    """What somebody saw, as JSON."""
    return json.dumps(
        {"ids": seen.ids, "text": seen.text, "speaker": seen.speaker, "start": seen.start,
         "end": seen.end, "next": seen.next_id}, ensure_ascii=False,
    )  # fmt: skip


def seen_of(text: str) -> Seen:
    """What a form sent back. Raises `UsageError` for what no form of ours holds."""
    try:
        found: Any = json.loads(text)
        ids = tuple(str(one) for one in found["ids"] if isinstance(found["ids"], list))
        made = Seen(
            ids,
            str(found["text"]),
            str(found["speaker"]),
            int(found["start"]),
            int(found["end"]),
            int(found["next"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UsageError("this form is not from the editor.", advice="Load the page anew.") from error
    if not ids or len(ids) > 10_000:
        raise UsageError("this form names no paragraph.", advice="Load the page anew.")
    return made


def seen_now(transcript: Transcript, place: Stretch, before: Seen) -> Seen:
    """The place of a passage as it stands now, for who merges: its text may be gone."""
    cues = place.cues(transcript)
    if not cues:
        return Seen(before.ids, "", before.speaker, before.start, before.end, transcript.next_id)
    return Seen(
        tuple(cue.id for cue in cues), place.text(transcript), cues[0].speaker, cues[0].start,
        max(cue.end for cue in cues), transcript.next_id,
    )  # fmt: skip
