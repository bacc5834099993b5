"""A passage in other words: ids and the times of unchanged words stay, new words get times between their neighbours.

It builds on the alignment with which corrected files are taken back (`onrecord.transcripts.revision`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onrecord.errors import StaleTextError, UsageError
from onrecord.transcripts.correction.merging import merge
from onrecord.transcripts.correction.passages import Seen, Stretch, standing
from onrecord.transcripts.correction.typed import line_of, words_of
from onrecord.transcripts.fitting import fit
from onrecord.transcripts.formats.prose import Paragraph
from onrecord.transcripts.model import Cue, Transcript, Word
from onrecord.transcripts.revision.revise import from_paragraphs, moved_blocks


def reworded(transcript: Transcript, seen: Seen, text: str) -> Transcript:
    """The transcript with a passage in other words; without it when there are none.

    Raises `StaleTextError`, with both versions and what they are together, when it stands otherwise meanwhile.
    """
    words = words_of(text)
    place = unchanged(transcript, seen, " ".join(words))
    if place is None:
        return transcript
    if place.first == place.last:
        return with_stretch(transcript, place, _between(transcript, place, seen, words))
    return with_stretch(transcript, place, _rewritten(transcript, place, [(None, words)]))


def parted(transcript: Transcript, seen: Seen, text: str, at: int, speaker: str) -> Transcript:
    """The transcript with a passage in these words, of which those from number `at` on are said by `speaker`.

    The time at which the second turn begins is that of its first word. Raises `StaleTextError`, and `UsageError`
    where one of the two turns would have no words.
    """
    words = words_of(text)
    if not 0 < at < len(words):
        raise UsageError(
            "a turn is split between two of its words.",
            advice="Put the cursor before the word with which the other speaker begins.",
        )
    place = unchanged(transcript, seen, " ".join(words)) or standing(transcript, seen)
    if place.first == place.last:
        transcript = reworded(transcript, seen, text)
        place = standing(transcript, seen)
    now = place.speakers(transcript)
    before = now.pop() if len(now) == 1 else None
    cues = _rewritten(transcript, place, [(before, words[:at]), (speaker, words[at:])])
    return with_stretch(transcript, place, cues)


def unchanged(transcript: Transcript, seen: Seen, wanted: str) -> Stretch | None:
    """Where the passage stands, when it still says what was seen; None when it says already what is wanted.

    Raises `StaleTextError` when somebody else changed it.
    """
    place = standing(transcript, seen)
    text = line_of(place.text(transcript))
    before = line_of(seen.text)
    if text == wanted:
        return None
    if text == before:
        return place
    raise StaleTextError(
        "somebody else has changed this paragraph meanwhile.",
        advice="Read both versions, put them together, and save.",
        mine=wanted,
        theirs=text,
        merge=merge(before, wanted, text),
    )


def _rewritten(
    transcript: Transcript, place: Stretch, parts: Sequence[tuple[str | None, list[str]]]
) -> list[Cue]:
    """The cues of a stretch with other words, each part with its speaker; None: as it was."""
    before = transcript.cues[place.first - 1].end if place.first else 0
    after = transcript.cues[place.last].start if place.last < len(transcript.cues) else None
    part = replace(transcript, cues=place.cues(transcript), blocks=())
    paragraphs = tuple(Paragraph(" ".join(words), speaker) for speaker, words in parts if words)
    if not paragraphs:
        return []
    made = from_paragraphs(part, paragraphs, floor=before, ceiling=after, least_alike=0)
    doubted = {(word.text, word.start) for word in part.words() if word.unsure}
    return [_sure(cue, doubted) for cue in made]


def _sure(cue: Cue, doubted: set[tuple[str, int | None]]) -> Cue:
    """The cue without the marks on words that a person touched."""
    if not any(word.unsure and (word.text, word.start) not in doubted for word in cue.words):
        return cue
    return replace(
        cue,
        words=tuple(
            replace(word, unsure=word.unsure and (word.text, word.start) in doubted) for word in cue.words
        ),
    )


def _between(transcript: Transcript, place: Stretch, seen: Seen, words: list[str]) -> list[Cue]:
    """A passage that is gone, put back in the time that it had."""
    if not words:
        return []
    start = max(seen.start, transcript.cues[place.first - 1].end if place.first else 0)
    end = max(seen.end, start + 1)
    if place.first < len(transcript.cues):
        end = max(start, min(end, transcript.cues[place.first].start))
    spoken = tuple(Word(word, start if number == 0 else None) for number, word in enumerate(words))
    return list(fit(Cue("", start, end, spoken, seen.speaker)))


def with_stretch(transcript: Transcript, place: Stretch, cues: Sequence[Cue]) -> Transcript:
    """The transcript with other cues in the place of a stretch; ids are made for those that have none."""
    named = transcript.with_cues((*transcript.cues[: place.first], *cues, *transcript.cues[place.last :]))
    return replace(named, blocks=moved_blocks(transcript, named.cues)) if transcript.blocks else named
