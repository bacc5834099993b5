"""What of a transcript may be public: the words inside the trim, of those who consent, under the names they
chose.
"""

from __future__ import annotations

import bisect
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from onrecord.errors import UsageError
from onrecord.languages import language_tag
from onrecord.site.names import Names, without_controls
from onrecord.site.paragraphs import Gap, paragraphs
from onrecord.site.public import Passages
from onrecord.transcripts.model import Cue, Provenance, Transcript

Trim = tuple[int, int] | None
# WebVTT 1.0, section 4.4: what a cue setting may look like; anything else could be a remark.
_SETTING = re.compile(r"^(?:vertical|line|position|size|align):[a-z0-9.,%-]{1,40}$")
# A name with a version, not the path of a folder on somebody's machine.
_MODEL = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")
_ENGINE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,60}$")
# A program's number, not a remark: it becomes an HTML id, a line of WebVTT and a part of addresses.
_OWN_ID = re.compile(r"^c[0-9]{1,7}$")
_CUE_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,80}$")


@dataclass(frozen=True)
class Heard:
    """How many cues pass, and why others do not: what a person reads before publishing."""

    passing: int = 0
    outside: int = 0  # outside the trim
    withheld: int = 0  # of a speaker without consent
    unnamed: int = 0  # naming no listed speaker where one has not consented


def may_pass(provenance: Provenance, policy: str) -> bool:
    """Whether a transcript of this status is public under `reviewed`, `draft` or `no`. A partial one never
    is.
    """
    if provenance.status == "reviewed":
        return policy in ("reviewed", "draft")
    return provenance.status == "machine" and policy == "draft"


def model_name(provenance: Provenance) -> str:
    """The model, when it is a name."""
    return provenance.model if _MODEL.match(provenance.model) else ""


def engine_name(provenance: Provenance) -> str:
    """The engine, when it is a name."""
    return provenance.engine if _ENGINE.match(provenance.engine) else ""


def passages(
    transcript: Transcript,
    prefix: str,
    trim: Trim,
    names: Names,
    slugs: dict[str, str],
    gone: Mapping[str, int] = MappingProxyType({}),
) -> Passages:
    """The public part of a transcript on the rendition's clock; `prefix` begins its anchors.

    `gone` are the ids of cues that corrections have taken away, with where they stood on the original's
    clock: the nearest public cue takes their place.
    """
    kept: list[Cue] = []
    gaps: list[tuple[int, Gap]] = []  # before which cue
    for cue, label in _inside(transcript.cues, trim, names):
        if label is not None:
            kept.append(replace(cue, speaker=label, settings=_settings(cue.settings)))
        elif gaps and gaps[-1][0] == len(kept):
            gaps[-1] = (len(kept), Gap(gaps[-1][1].start, max(gaps[-1][1].end, cue.end)))
        else:
            gaps.append((len(kept), Gap(cue.start, cue.end)))
    named = names.cues(_unmarked(kept, names))
    items: list[Cue | Gap] = []
    waiting = list(gaps)
    places = {cue.id: number for number, cue in enumerate(kept)}
    for cue in named:
        while waiting and waiting[0][0] <= places[cue.id]:
            items.append(waiting.pop(0)[1])
        items.append(cue)
    items += [gap for _, gap in waiting]
    former = _former(named, gone, trim)
    return Passages(
        cues=tuple(named),
        gaps=len(gaps),
        arrange=lambda: tuple(paragraphs(items, prefix, slugs, former)),
        left_out=tuple((gap.start, gap.end) for _, gap in gaps),
    )


def _former(cues: Sequence[Cue], gone: Mapping[str, int], trim: Trim) -> dict[str, list[str]]:
    """The ids that are gone, by the id of the nearest cue. Ids of other programs could say something: they are
    left out, and so is what was trimmed away.
    """
    found: dict[str, list[str]] = {}
    if not cues:
        return found
    begin, end = trim or (0, sys.maxsize)
    starts = [cue.start for cue in cues]
    for name, position in gone.items():
        if not _OWN_ID.match(name) or not begin <= position <= end:
            continue
        at = position - begin
        after = bisect.bisect_right(starts, at)
        near = cues[max(0, after - 1) : after + 1]
        nearest = min(near, key=lambda cue: max(cue.start - at, at - cue.end, 0))
        found.setdefault(nearest.id, []).append(name)
    return found


def _unmarked(cues: list[Cue], names: Names) -> list[Cue]:
    """The cues without what a foreign file may say of people beside the words: in the id of a cue, and as the
    language of a word. Control characters are gone too.
    """
    taken = {cue.id for cue in cues}
    known: dict[str | None, str | None] = {None: None}
    made: list[Cue] = []
    for number, cue in enumerate(cues, 1):
        changes: dict[str, Any] = {}
        if not _CUE_ID.match(cue.id) or names.hides(cue.id):
            changes["id"] = f"n{number}"
            while changes["id"] in taken:
                changes["id"] += "a"
            taken.add(changes["id"])
        tongues = {word.language for word in cue.words}
        for tongue in tongues - known.keys():
            known[tongue] = _tongue(tongue or "", names)
        if any(known[tongue] != tongue for tongue in tongues) or any(
            without_controls(word.text) is not word.text for word in cue.words
        ):
            changes["words"] = tuple(
                replace(word, text=without_controls(word.text) or "\ufffd", language=known[word.language])
                for word in cue.words
            )
        made.append(replace(cue, **changes) if changes else cue)
    return made


def _tongue(tag: str, names: Names) -> str | None:
    try:
        return None if names.hides(tag) else language_tag(tag)
    except UsageError:
        return None


def hear(transcript: Transcript, trim: Trim, names: Names) -> Heard:
    """Counts what would pass and what would not."""
    inside = list(_inside(transcript.cues, trim, names))
    silent = [cue for cue, label in inside if label is None]
    withheld = sum(1 for cue in silent if names.withholds(cue.speaker))
    return Heard(
        passing=len(inside) - len(silent),
        outside=len(transcript.cues) - len(inside),
        withheld=withheld,
        unnamed=len(silent) - withheld,
    )


def _inside(cues: Sequence[Cue], trim: Trim, names: Names) -> Iterator[tuple[Cue, str | None]]:
    """The cues inside the trim on the rendition's clock, with the public name of who speaks; None: may not
    pass.
    """
    for cue in cues:
        clipped = clip(cue, trim)
        if clipped is not None:
            yield clipped, names.label(cue.speaker)


def clip(cue: Cue, trim: Trim) -> Cue | None:
    """The part of a cue that is known to be inside the trim, on the rendition's clock; None when there is
    none.

    A word with a time of its own is inside when it begins there. One without is inside only when all of the
    time in which it may have been said is.
    """
    from onrecord.media.renditions import (
        on_rendition,  # it knows about files, which most readers of names do not need
    )

    if trim is None:
        return cue
    begin, end = trim
    if cue.end <= begin or cue.start >= end:
        return None
    if cue.start >= begin and cue.end <= end:
        words, breaks = cue.words, cue.breaks
    else:
        latest = cue.start
        inside: list[int] = []
        for index, word in enumerate(cue.words):
            if word.start is not None:
                latest = word.start
                if begin <= word.start < end:
                    inside.append(index)
                continue
            following = next(
                (other.start for other in cue.words[index + 1 :] if other.start is not None), cue.end
            )
            if begin <= latest and following <= end:
                inside.append(index)
        if not inside:
            return None
        words = tuple(cue.words[index] for index in inside)
        breaks = tuple(b - inside[0] for b in cue.breaks if inside[0] < b <= inside[-1])
        first = words[0].start
        cue = replace(cue, start=max(begin, cue.start if first is None else first), end=min(end, cue.end))

    def moved(position: int) -> int:
        at = on_rendition(position, trim)
        return 0 if at is None else at

    return replace(
        cue,
        start=moved(cue.start),
        end=moved(cue.end - 1) + 1,
        words=tuple(word if word.start is None else replace(word, start=moved(word.start)) for word in words),
        breaks=breaks,
    )


def _settings(settings: str) -> str:
    return " ".join(part for part in settings.split() if _SETTING.match(part))
