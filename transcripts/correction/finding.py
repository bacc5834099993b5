"""Find and replace in a transcript: first what would change, then the change of what a person chose."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from onrecord.errors import UsageError
from onrecord.transcripts.correction.passages import Passage, Seen, passages
from onrecord.transcripts.correction.rewording import reworded
from onrecord.transcripts.correction.typed import line_of
from onrecord.transcripts.model import Transcript

LONGEST = 200  # characters of what is looked for, and of what takes its place
MOST = 2000  # hits that are shown at once
_AROUND = 45  # characters


@dataclass(frozen=True)
class Wanted:
    """What to look for, and what takes its place. `whole`: only whole words; `case`: capitals count."""

    find: str
    instead: str
    whole: bool = True
    case: bool = False

    @classmethod
    def typed(cls, find: str, instead: str, *, whole: bool, case: bool) -> Wanted:
        """As a person typed it. Raises `UsageError` for nothing, and for what is too long."""
        find, instead = line_of(find), line_of(instead)
        if not find:
            raise UsageError("there is nothing to look for.", advice="Type a word or a few.")
        if max(len(find), len(instead)) > LONGEST:
            raise UsageError(f"more than {LONGEST} characters cannot be replaced at once.")
        return cls(find, instead, whole, case)

    def pattern(self) -> re.Pattern[str]:
        """Between words any space fits; a whole word has no letter or digit beside it."""
        inner = r"\s+".join(re.escape(word) for word in self.find.split(" "))
        if self.whole:
            inner = rf"(?<!\w){inner}(?!\w)"
        return re.compile(inner, 0 if self.case else re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """One place: the passage and its version, where in its text, and the text around it."""

    key: str
    version: str
    at: int
    start: int  # milliseconds: when its passage begins
    speaker: str
    before: str
    found: str
    after: str
    instead: str

    @property
    def name(self) -> str:
        """What a form calls it; it holds no longer once the passage has changed."""
        return f"{self.key}:{self.version}:{self.at}"


def hits(transcript: Transcript, wanted: Wanted) -> tuple[Hit, ...]:
    """The places that would change, the first `MOST` of them."""
    pattern = wanted.pattern()
    found: list[Hit] = []
    for passage in passages(transcript):
        text = passage.text
        version = ""
        for match in pattern.finditer(text):
            if match[0] == wanted.instead:
                continue
            version = version or passage.version
            found.append(_hit(passage, version, text, match, wanted))
            if len(found) == MOST:
                return tuple(found)
    return tuple(found)


def _hit(passage: Passage, version: str, text: str, match: re.Match[str], wanted: Wanted) -> Hit:
    before, after = text[: match.start()], text[match.end() :]
    shown_before = before[-_AROUND:].split(" ", 1)[-1] if len(before) > _AROUND else before
    shown_after = after[:_AROUND].rsplit(" ", 1)[0] if len(after) > _AROUND else after
    return Hit(
        passage.key, version, match.start(), passage.start, passage.speaker,
        ("…" if shown_before != before else "") + shown_before, match[0],
        shown_after + ("…" if shown_after != after else ""), wanted.instead,
    )  # fmt: skip


@dataclass(frozen=True)
class Replaced:
    """The transcript after it, how many places changed, and how many were no longer as they had been shown."""

    transcript: Transcript
    done: int
    stale: int


def replace_hits(transcript: Transcript, wanted: Wanted, chosen: Collection[str]) -> Replaced:
    """Changes the chosen places; `chosen` are the names of hits. What changed meanwhile is left as it is."""
    pattern = wanted.pattern()
    places: dict[str, set[int]] = {}
    asked = set(chosen)
    for name in asked:
        key, version, at = _parts(name)
        places.setdefault(f"{key}:{version}", set()).add(at)
    keys = {name.rpartition(":")[0] for name in places}
    done = 0
    result = transcript
    for passage in passages(transcript):
        wanted_here = places.get(f"{passage.key}:{passage.version}") if passage.key in keys else None
        if not wanted_here:
            continue
        text = passage.text
        matches = [match for match in pattern.finditer(text) if match.start() in wanted_here]
        result = reworded(result, Seen.of(passage, result), _with(text, matches, wanted.instead))
        done += len(matches)
    return Replaced(result, done, len(asked) - done)


def _parts(name: str) -> tuple[str, str, int]:
    match = re.fullmatch(r"(.{1,100}):([0-9a-f]{12}):([0-9]{1,9})", name)
    if match is None:
        raise UsageError("this is no place in the transcript.", advice="Look for the words again.")
    return match[1], match[2], int(match[3])


def _with(text: str, matches: Iterable[re.Match[str]], instead: str) -> str:
    pieces = []
    at = 0
    for match in matches:
        pieces += [text[at : match.start()], instead]
        at = match.end()
    return "".join([*pieces, text[at:]])
