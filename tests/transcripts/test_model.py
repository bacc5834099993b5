"""The transcript's paragraphs."""

from __future__ import annotations

from onrecord.transcripts.model import Cue, Word, turns


def cues(*said: str, quiet: int = 100, speaker: str = "Anna") -> tuple[Cue, ...]:
    """Cues of ten seconds, `quiet` milliseconds apart."""
    step = 10_000 + quiet
    return tuple(
        Cue(f"c{number}", number * step, number * step + 10_000, tuple(map(Word, text.split())), speaker)
        for number, text in enumerate(said)
    )


def lengths(given: tuple[Cue, ...]) -> list[int]:
    """How many cues stand in each paragraph."""
    return [len(turn.cues) for turn in turns(given)]


def test_turns_end_with_a_sentence_once_they_are_long() -> None:
    """Of sentences of ten seconds, as many stand in a paragraph as fit into a minute and a half."""
    assert lengths(cues(*["Everyone has rights."] * 20)) == [8, 8, 4]


def test_turns_do_not_end_inside_a_sentence() -> None:
    """A breath inside a sentence ends no paragraph, however long it is, where full stops are written."""
    assert lengths(cues(*["everyone has the right to"] * 11, "life.", "Everyone.", quiet=900)) == [12, 1]


def test_turns_without_full_stops_end_at_a_breath() -> None:
    """An engine that writes no full stops does not make one paragraph of an hour."""
    assert lengths(cues(*["everyone has the right to"] * 9, quiet=900)) == [2, 2, 2, 2, 1]
    assert lengths(cues(*["everyone has the right to"] * 9, quiet=100)) == [8, 1]


def test_turns_end_where_the_speaker_changes() -> None:
    """Another speaker begins a paragraph, and so does a long silence."""
    borys = [
        Cue("d", 60_000, 61_000, (Word("no"),), "Borys"),
        Cue("e", 65_000, 66_000, (Word("no"),), "Borys"),
    ]
    assert lengths((*cues("yes", "yes"), *borys)) == [2, 1, 1]
