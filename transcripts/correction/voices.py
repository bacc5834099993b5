"""Who speaks, changed from what somebody had before them: one turn, or a voice wherever it is heard."""

from __future__ import annotations

from dataclasses import replace

from onrecord.errors import ConflictError, UsageError
from onrecord.transcripts.correction.passages import Seen, Stretch, standing
from onrecord.transcripts.correction.typed import name_of
from onrecord.transcripts.model import Transcript
from onrecord.transcripts.speakers import given_to, renamed


def assigned(transcript: Transcript, seen: Seen, name: str) -> Transcript:
    """The transcript with one passage said by `name`; an empty name means that nobody is named.

    Raises `ConflictError` when somebody else has given it to another speaker meanwhile.
    """
    name = name_of(name)
    place = _there(transcript, seen)
    now = place.speakers(transcript)
    if now == {name}:
        return transcript
    if now != {seen.speaker}:
        said = " and ".join(f"'{one}'" for one in sorted(now) if one) or "nobody"
        raise ConflictError(
            f"somebody else has named the speaker here meanwhile: {said}.",
            advice="Look again; if it is not right, name the speaker once more.",
        )
    return given_to(transcript, name, (place.first, place.last - 1))


def joined(transcript: Transcript, seen: Seen) -> Transcript:
    """The transcript with a passage said by the speaker of the one before it, so that the two are one turn.

    Raises `UsageError` for the first passage, and where the speaker is the same already.
    """
    place = _there(transcript, seen)
    if not place.first:
        raise UsageError("nothing stands before the first turn.")
    before = transcript.cues[place.first - 1].speaker
    if before == seen.speaker:
        raise UsageError(
            "both are the same speaker's already.",
            advice="They stand apart because of the pause between them, or because the turn is a long one.",
        )
    return assigned(transcript, seen, before)


def everywhere(transcript: Transcript, old: str, name: str) -> Transcript:
    """The transcript with a voice renamed wherever it speaks. Raises `NotFoundError` when it does not."""
    name = name_of(name)
    return transcript if old == name else renamed(transcript, {old: name})


def sure(transcript: Transcript, seen: Seen, first: int, last: int) -> Transcript:
    """The transcript without the mark of doubt on the words from number `first` to `last` of a passage."""
    return _marked(transcript, seen, first, last, doubt=True, language=None)


def in_language(transcript: Transcript, seen: Seen, first: int, last: int, tag: str | None) -> Transcript:
    """The transcript with these words of a passage in another language; None: in the transcript's own."""
    return _marked(transcript, seen, first, last, doubt=False, language=tag)


def _marked(
    transcript: Transcript, seen: Seen, first: int, last: int, *, doubt: bool, language: str | None
) -> Transcript:
    place = _there(transcript, seen)
    if place.text(transcript) != seen.text:
        raise ConflictError(
            "somebody else has changed this paragraph meanwhile.",
            advice="Look at it again, and mark it then.",
        )
    language = None if language == transcript.language else language
    number = 0
    cues = list(transcript.cues)
    for index in range(place.first, place.last):
        words = list(cues[index].words)
        for at, word in enumerate(words):
            if first <= number <= last:
                words[at] = replace(word, unsure=False) if doubt else replace(word, language=language)
            number += 1
        if tuple(words) != cues[index].words:
            cues[index] = replace(cues[index], words=tuple(words))
    return replace(transcript, cues=tuple(cues))


def _there(transcript: Transcript, seen: Seen) -> Stretch:
    place = standing(transcript, seen)
    if place.first == place.last:
        raise ConflictError("somebody else has taken out this paragraph meanwhile.", advice="Look again.")
    return place
