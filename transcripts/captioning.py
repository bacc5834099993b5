"""From words to captions: two lines of 42 characters and seven seconds at most, broken where a reader would
pause.

Cues end at the ends of sentences and clauses, or at pauses where an engine writes no punctuation. Among all
ways to break a stretch of speech the one with the least cost is taken (dynamic programming, as in Knuth and
Plass 1981).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from onrecord.transcripts.engines import HeardWord, Segment
from onrecord.transcripts.folding import words as folded_words
from onrecord.transcripts.model import Cue, Transcript, Word

LINE = 42  # characters
LONGEST = 7000  # milliseconds
_SHORTEST = 900  # a cue stays this long on the screen where the next one leaves it the time
_ALWAYS_PAUSE = 1500  # a pause that always ends a cue
_SENTENCE = (".", "!", "?", "…", "。", "！", "？")
_CLAUSE = (",", ";", ":", "—", "–")
_CLOSING = "\"'”’»)]"
_NEAR = 1500  # ms: how far a cue may have moved and still be the same
_ALIKE = 0.5  # the share of words that two cues must have in common to be the same


class _Said:
    """One heard word with what the breaking needs to know."""

    __slots__ = ("end", "language", "start", "text", "unsure")

    def __init__(self, word: HeardWord, start: int, language: str, unsure: bool) -> None:
        self.text, self.start, self.end, self.language, self.unsure = (
            word.text,
            start,
            max(word.end, start),
            language,
            unsure,
        )


def captions(
    segments: Sequence[Segment], *, language: str, unsure_below: float | None = None, speaker: str = ""
) -> tuple[Cue, ...]:
    """Cues without ids from what an engine heard, in order of time.

    `language` is the transcript's; words in another one are marked. Words with a confidence below
    `unsure_below` are marked as unsure.
    """
    said: list[_Said] = []
    for segment in segments:
        for word in segment.words:
            if not word.text.strip():
                continue
            start = max(word.start, said[-1].start if said else 0)  # engines overlap by a few frames
            unsure = (
                unsure_below is not None and word.confidence is not None and word.confidence < unsure_below
            )
            said.append(_Said(word, start, segment.language, unsure))
    return tuple(_with_times(list(_cues(said, language, speaker))))


def _cues(said: list[_Said], language: str, speaker: str) -> Iterator[Cue]:
    for stretch in _stretches(said):
        for first, last in _broken(stretch):
            part = stretch[first:last]
            words = tuple(
                Word(one.text, one.start, one.unsure, None if one.language == language else one.language)
                for one in part
            )
            yield Cue("", part[0].start, max(one.end for one in part), words, speaker, _line_break(part))


def _stretches(said: list[_Said]) -> Iterator[list[_Said]]:
    """Speech without a long pause and in one language."""
    held: list[_Said] = []
    for one in said:
        if held and (one.start - held[-1].end >= _ALWAYS_PAUSE or one.language != held[-1].language):
            yield held
            held = []
        held.append(one)
    if held:
        yield held


def _broken(words: list[_Said]) -> list[tuple[int, int]]:
    """The cheapest way to part a stretch into cues, as indexes of first and last word (exclusive)."""
    count = len(words)
    best: list[float] = [0.0, *[float("inf")] * count]
    came: list[int] = [0] * (count + 1)
    for last in range(1, count + 1):
        for first in range(last - 1, -1, -1):
            if last - first > 1 and not _fits(words[first:last]):
                break
            cost = best[first] + _cost(words, first, last)
            if cost < best[last]:
                best[last], came[last] = cost, first
    parts = []
    last = count
    while last:
        parts.append((came[last], last))
        last = came[last]
    return parts[::-1]


def _fits(part: list[_Said]) -> bool:
    return part[-1].end - part[0].start <= LONGEST and _two_lines(part)


def _two_lines(part: list[_Said]) -> bool:
    """Whether the words can be set in two lines: the first takes what it can, the second the rest."""
    lengths = [len(one.text) for one in part]
    if sum(lengths) + len(lengths) - 1 <= LINE:
        return True
    used = count = 0
    for length in lengths:
        if used + (1 if used else 0) + length > LINE:
            break
        used += (1 if used else 0) + length
        count += 1
    rest = lengths[count:]
    return count > 0 and sum(rest) + len(rest) - 1 <= LINE


def _cost(words: list[_Said], first: int, last: int) -> float:
    """What a cue costs: one for itself, what its end tears apart, what it holds that should be apart."""
    cost = 1.0 + _tear(words, last)
    length = words[last - 1].end - words[first].start
    characters = sum(len(one.text) + 1 for one in words[first:last])
    if length < 1200 or characters < 15:
        cost += 0.8  # flashes by
    for index in range(first + 1, last):
        if words[index - 1].text.rstrip(_CLOSING).endswith(_SENTENCE):
            cost += 0.9  # a new sentence begins inside
        elif (pause := words[index].start - words[index - 1].end) >= 600:
            cost += 0.5 + pause / 1000
    return cost


def _tear(words: list[_Said], at: int) -> float:
    """How badly a break before word `at` tears what belongs together."""
    if at == len(words):
        return 0.0
    text = words[at - 1].text.rstrip(_CLOSING)
    pause = words[at].start - words[at - 1].end
    if text.endswith(_SENTENCE):
        return 0.0
    if text.endswith(_CLAUSE):
        return 0.5
    if pause >= 600:
        return 0.2
    if pause >= 250:
        return 0.9
    # An article or a preposition belongs to what follows it.
    return 2.0 if len(text) <= 3 else 1.5


def _line_break(part: list[_Said]) -> tuple[int, ...]:
    """The word before which the second line begins; nothing for a cue of one line."""
    lengths = [len(one.text) for one in part]
    whole = sum(lengths) + len(lengths) - 1
    if whole <= LINE or len(part) == 1:
        return ()
    best, place = float("inf"), 1
    upper = -1
    for index in range(1, len(part)):
        upper += lengths[index - 1] + 1
        lower = whole - upper - 1
        over = max(0, upper - LINE) + max(0, lower - LINE)
        cost = 100.0 * over + abs(upper - lower) / 12 + 3 * _tear(part, index)
        if cost < best:
            best, place = cost, index
    return (place,)


def _with_times(cues: list[Cue]) -> Iterator[Cue]:
    """Ends that leave time to read, run into no next cue, and are after their starts."""
    for index, cue in enumerate(cues):
        following = cues[index + 1].start if index + 1 < len(cues) else None
        end = max(cue.end, cue.start + _SHORTEST)
        if following is not None:
            end = min(end, max(following, cue.start + 1))
        yield replace(cue, end=max(cue.start + 1, min(end, cue.start + LONGEST)))


def with_old_ids(cues: tuple[Cue, ...], old: Transcript) -> tuple[Cue, ...]:
    """New cues with the ids of the old ones that say the same at about the same time, each id once, in order.

    The rest keep an empty id, for `Transcript.with_cues`. A new cue without a speaker gets the one who spoke
    most of its time before, matched or not: a name, and what was asked about consent, must not be lost by
    hearing again.
    """
    taken = -1
    named: list[Cue] = []
    keys = [folded_words(cue.text) for cue in old.cues]
    first = 0
    for cue in cues:
        while first < len(old.cues) and old.cues[first].end < cue.start - 10 * LONGEST:
            first += 1
        near = []
        for index in range(first, len(old.cues)):
            if old.cues[index].start > cue.end + _NEAR:
                break
            if old.cues[index].end >= cue.start - _NEAR:
                near.append(index)
        mine = folded_words(cue.text)
        free = [index for index in near if index > taken]
        same = [index for index in free if old.cues[index].start == cue.start and keys[index] == mine]
        index = same[0] if same else _most_alike(cue, mine, old.cues, keys, free)
        if index >= 0:
            taken = index
            cue = replace(cue, id=old.cues[index].id)  # noqa: PLW2901
        if not cue.speaker:
            cue = replace(cue, speaker=_speaker(cue, [old.cues[index] for index in near]))  # noqa: PLW2901
        named.append(cue)
    return tuple(named)


def _most_alike(
    cue: Cue, mine: list[str], others: tuple[Cue, ...], keys: list[list[str]], among: Sequence[int]
) -> int:
    """The index of the cue that has most words in common, of two alike the nearer one; -1 where none has enough."""
    scored = [
        (
            SequenceMatcher(None, keys[index], mine, autojunk=False).ratio(),
            -abs(others[index].start - cue.start),
            index,
        )
        for index in among
    ]
    likeness, _, index = max(scored, default=(0.0, 0, -1))
    return index if likeness >= _ALIKE else -1


def _speaker(cue: Cue, near: Sequence[Cue]) -> str:
    shares: dict[str, int] = {}
    for other in near:
        shared = min(cue.end, other.end) - max(cue.start, other.start)
        if shared > 0:
            shares[other.speaker] = shares.get(other.speaker, 0) + shared
    return max(shares, key=lambda name: shares[name], default="")
