"""A corrected text taken back into the transcript: ids and the times of unchanged words stay.

A plain or Markdown text says what was said and by whom; where cues begin and end stays as it is. An SRT or
VTT also says where cues begin and end, and that is taken from it (`onrecord.transcripts.revision.recutting`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from onrecord.transcripts.fitting import fit, is_too_long, length, line_breaks, starts
from onrecord.transcripts.formats.prose import Paragraph, read_prose
from onrecord.transcripts.model import Cue, Transcript, Word
from onrecord.transcripts.revision.placing import LEAST_ALIKE, OldWord, in_their_places
from onrecord.transcripts.revision.recutting import from_cues
from onrecord.transcripts.vtt import Reading

_WORDS = re.compile("[^ \t\n\f\r\v]+")  # as WebVTT parts them: a space that does not break stays in its word
_PER_CHARACTER = 65  # milliseconds: about 15 characters a second, as people speak
_LEAST_PAUSE = 400  # milliseconds that a new paragraph needs to stand in a cue of its own


@dataclass(slots=True)
class _New:
    """One word of the corrected text: whose place it takes (-1: it is added), and whether it is the same
    word."""

    text: str
    old: int
    same: bool
    speaker: str
    paragraph: int
    cue: int = -1


def revise(present: Transcript, edited: str | tuple[Paragraph, ...] | Reading) -> Transcript:
    """The present transcript with the words and speakers of a corrected text, SRT or VTT.

    Raises `UsageError` when the two have so little in common that it is no correction.
    """
    if isinstance(edited, Reading):
        cues = from_cues(present, edited.transcript, ours=edited.own)
    else:
        paragraphs = edited if isinstance(edited, tuple) else read_prose(edited, known=present.speakers)
        cues = from_paragraphs(present, paragraphs)
    named = present.with_cues(tuple(cues))
    return replace(named, blocks=moved_blocks(present, named.cues))


def moved_blocks(present: Transcript, cues: tuple[Cue, ...]) -> tuple[tuple[int, str], ...]:
    """The foreign blocks before the same cues as before, or before the next that is left."""
    place = {cue.id: index for index, cue in enumerate(cues)}
    moved = []
    for at, text in present.blocks:
        later = (place[cue.id] for cue in present.cues[at:] if cue.id in place)
        moved.append((next(later, len(cues)), text))
    return tuple(moved)


def from_paragraphs(
    present: Transcript,
    paragraphs: tuple[Paragraph, ...],
    *,
    floor: int = 0,
    ceiling: int | None = None,
    least_alike: float = LEAST_ALIKE,
) -> list[Cue]:
    """The cues with the words and speakers of the paragraphs; those without an id are new.

    `floor` and `ceiling` are where the cues around them end and begin, when these are a part of a transcript.
    """
    texts = [
        (text, index) for index, paragraph in enumerate(paragraphs) for text in _WORDS.findall(paragraph.text)
    ]
    old, found, same = in_their_places(present, [text for text, _ in texts], least_alike=least_alike)
    words = []
    for (text, paragraph), at, equal in zip(texts, found, same, strict=True):
        said = paragraphs[paragraph].speaker
        # Another word said by another speaker takes nobody's place.
        other = at >= 0 and not equal and said is not None and said != present.cues[old[at].cue].speaker
        place = -1 if other else at
        words.append(_New(text, place, equal, "", paragraph, old[place].cue if place >= 0 else -1))
    _give_speakers(words, paragraphs, present)
    words, inserted = _inserted(words, paragraphs, present)
    _give_cues(words, present)
    grouped: dict[int, list[_New]] = {}
    for word in words:
        grouped.setdefault(word.cue, []).append(word)
    ceilings: dict[int, int | None] = {}
    next_start = ceiling
    for index in sorted({*grouped, *inserted}, reverse=True):
        ceilings[index] = next_start
        if index in inserted:
            next_start = inserted[index][0].start
        if index in grouped:
            ceilings[index] = next_start
            next_start = present.cues[index].start
    cues: list[Cue] = list(inserted.get(-1, ()))
    for index, cue in enumerate(present.cues):
        if index in grouped:
            cues += _rewritten(cue, grouped[index], old, cues[-1].end if cues else floor, ceilings[index])
        cues += inserted.get(index, ())
    return cues


def _inserted(
    words: list[_New], paragraphs: tuple[Paragraph, ...], present: Transcript
) -> tuple[list[_New], dict[int, list[Cue]]]:
    """Whole paragraphs that are new and say their time, as cues of their own in the pause where that time
    lies.

    They come by the index of the cue that they follow (-1: none); where there is no pause they stay among the
    words.
    """
    new = {index for index, paragraph in enumerate(paragraphs) if paragraph.start is not None}
    new -= {word.paragraph for word in words if word.old >= 0}
    if not new:
        return words, {}
    rest: list[_New] = []
    held: dict[int, list[_New]] = {}
    after: dict[int, int] = {}
    last = -1
    for word in words:
        if word.paragraph in new:
            held.setdefault(word.paragraph, []).append(word)
            after[word.paragraph] = last
        else:
            last = max(last, word.cue)
            rest.append(word)
    inserted: dict[int, list[Cue]] = {}
    for index, group in held.items():
        at = after[index]
        earlier = inserted.get(at)
        floor = earlier[-1].end if earlier else present.cues[at].end if at >= 0 else 0
        need = sum(len(word.text) + 1 for word in group) * _PER_CHARACTER
        said = paragraphs[index].start
        assert said is not None
        start = max(said, floor)
        end = start + need
        if at + 1 < len(present.cues):
            end = min(end, present.cues[at + 1].start)
        if end - start < min(need, _LEAST_PAUSE):
            # The words go back to their place in the text, and share the time of their neighbours.
            before = next((place for place, word in enumerate(rest) if word.paragraph > index), len(rest))
            rest[before:before] = group
            continue
        made = tuple(Word(word.text, start if number == 0 else None) for number, word in enumerate(group))
        inserted.setdefault(at, []).extend(fit(Cue("", start, end, made, group[0].speaker)))
    return rest, inserted


def _give_speakers(words: list[_New], paragraphs: tuple[Paragraph, ...], present: Transcript) -> None:
    """Each word's speaker: as its paragraph says; else as the word it takes the place of, or its
    neighbour's.
    """
    for word in words:
        said = paragraphs[word.paragraph].speaker
        if said is not None:
            word.speaker = said
        elif word.cue >= 0:
            word.speaker = present.cues[word.cue].speaker
    for order in (words, words[::-1]):
        last: _New | None = None
        for word in order:
            unsaid = paragraphs[word.paragraph].speaker is None and word.cue < 0 and not word.speaker
            if unsaid and last is not None and (last.paragraph == word.paragraph or order is not words):
                word.speaker = last.speaker
            last = word


def _give_cues(words: list[_New], present: Transcript) -> None:
    """Puts each added word into the cue before or after it."""
    count = len(words)
    at = 0
    while at < count:
        if words[at].cue >= 0:
            at += 1
            continue
        end = at
        while end < count and words[end].cue < 0:
            end += 1
        before = words[at - 1] if at else None
        after = words[end] if end < count else None
        for word in words[at:end]:
            if before is None or after is None:
                one = before or after
                word.cue = one.cue if one else 0
            elif before.cue == after.cue or _goes_before(words[at:end], word, before, after, present):
                word.cue = before.cue
            else:
                word.cue = after.cue
        at = end


def _goes_before(run: list[_New], word: _New, before: _New, after: _New, present: Transcript) -> bool:
    """Whether an added word between two cues belongs to the first: by paragraph, by speaker, by sentence."""
    if word.paragraph != after.paragraph or word.paragraph != before.paragraph:
        return word.paragraph != after.paragraph
    if before.speaker != after.speaker:
        return word.speaker == before.speaker
    begins = before.text.rstrip("\"'»”’)").endswith((".", "!", "?", "…"))
    finished = run[-1].text.rstrip("\"'»”’)").endswith((".", "!", "?", "…"))
    if begins and not finished:
        return False
    return length(present.cues[before.cue].words) <= length(present.cues[after.cue].words) or finished


def _rewritten(cue: Cue, words: list[_New], old: list[OldWord], floor: int, ceiling: int | None) -> list[Cue]:
    """One cue with its new words: unchanged, in new words, or in several cues where speakers change or it is
    too long.
    """
    speakers = {word.speaker for word in words}
    texts = [word.text for word in words]
    complete = len(words) == len(cue.words) and all(word.old >= 0 for word in words)
    if complete:
        made = tuple(_word(word, old) for word in words)
        if speakers == {cue.speaker} and texts == [word.text for word in cue.words]:
            return [cue]
        same_size = replace(cue, words=made, speaker=words[0].speaker)
        if len(speakers) == 1:
            return list(fit(same_size)) if is_too_long(same_size) and not is_too_long(cue) else [same_size]
    start, end = _room(cue, words, floor, ceiling)
    timed = list(_timed(cue, words, old, start, end))
    parts: list[list[int]] = []
    for index, word in enumerate(words):
        if not parts or words[index - 1].speaker != word.speaker:
            parts.append([])
        parts[-1].append(index)
    kept = max(parts, key=lambda part: sum(words[index].old >= 0 for index in part))
    edges = starts(timed, start, end)
    result: list[Cue] = []
    for number, part in enumerate(parts):
        begins = edges[part[0]] if number else start
        if timed[part[0]].start is None:
            timed[part[0]] = replace(timed[part[0]], start=begins)
        ends = edges[parts[number + 1][0]] if number + 1 < len(parts) else end
        here = replace(
            cue, id=cue.id if part is kept else "", start=begins, end=ends, breaks=(),
            words=tuple(timed[index] for index in part), speaker=words[part[0]].speaker,
        )  # fmt: skip
        result += fit(here) if is_too_long(here) else [replace(here, breaks=line_breaks(here.words))]
    return result


def _room(cue: Cue, words: list[_New], floor: int, ceiling: int | None) -> tuple[int, int]:
    """The cue's times, reaching into the pause before or after it for words that were added at its edges."""
    first = next((index for index, word in enumerate(words) if word.old >= 0), len(words))
    last = next((index for index, word in enumerate(reversed(words)) if word.old >= 0), 0)
    lead = sum(len(word.text) + 1 for word in words[:first]) * _PER_CHARACTER if first < len(words) else 0
    tail = sum(len(word.text) + 1 for word in words[len(words) - last :]) * _PER_CHARACTER
    start = max(min(floor, cue.start), cue.start - lead)
    end = cue.end + tail if ceiling is None else max(cue.end, min(ceiling, cue.end + tail))
    return start, end


def _word(word: _New, old: list[OldWord]) -> Word:
    if word.old < 0:
        return Word(word.text)
    before = old[word.old].word
    return Word(word.text, before.start, before.unsure and word.same, before.language)


def _timed(cue: Cue, words: list[_New], old: list[OldWord], start: int, end: int) -> tuple[Word, ...]:
    """The words with the times of those that were there, and places in between for those that are new."""
    made = [_word(word, old) for word in words]
    for index, word in enumerate(words):
        if word.old < 0:
            # A word that is added among words of another language is most likely of that language.
            before = next((made[at].language for at in range(index - 1, -1, -1) if words[at].old >= 0), "")
            after = next((made[at].language for at in range(index + 1, len(words)) if words[at].old >= 0), "")
            tongue = before if after in (before, "") else after if before == "" else None
            made[index] = replace(made[index], language=tongue or None)
    if len(cue.words) > 1 and not any(word.start is not None for word in cue.words[1:]):
        return (replace(made[0], start=start), *(replace(word, start=None) for word in made[1:]))
    anchored = list(made)
    kept = [index for index, word in enumerate(words) if word.old >= 0]
    if kept and kept[-1] + 1 < len(words) and end > cue.end:
        anchored[kept[-1] + 1] = replace(anchored[kept[-1] + 1], start=cue.end)
    estimated = starts(anchored, start, end)
    return tuple(
        replace(word, start=estimated[index]) if words[index].old < 0 else word
        for index, word in enumerate(made)
    )
