"""Suspected ghosts are set aside with time and text; testimony stays."""

from __future__ import annotations

from dataclasses import replace

from onrecord.transcripts.engines import HeardWord, Segment
from onrecord.transcripts.ghosts import set_aside
from onrecord.transcripts.model import Dropped


def segment(text: str, start: int, *, per_word: int = 400, confidence: float = 0.9) -> Segment:
    words = tuple(
        HeardWord(word, start + i * per_word, start + (i + 1) * per_word, confidence)
        for i, word in enumerate(text.split())
    )
    return Segment(start, start + len(words) * per_word, words, "en")


def test_speech_stays_as_it_is() -> None:
    """Segments over voice without loops come back unchanged."""
    said = (segment("Everyone has the right to rest.", 0), segment("No one shall be held in slavery.", 4000))
    assert set_aside(said, [(0, 8000)]) == (said, ())


def test_text_over_silence_is_set_aside() -> None:
    """A segment without any voice under it goes, with its time and text."""
    said = segment("Everyone has the right.", 0)
    ghost = segment("Thanks for watching!", 60_000)
    assert set_aside([said, ghost], [(0, 2000)]) == (
        (said,),
        (Dropped(60_000, 61_200, "Thanks for watching!", "text over silence"),),
    )


def test_short_word_is_not_judged_by_the_voice_detector() -> None:
    """A word so short that the detector may miss it stays."""
    said = segment("Yes.", 5000, per_word=300)
    assert set_aside([said], []) == ((said,), ())


def test_loop_keeps_its_first_round() -> None:
    """A phrase over and over is one phrase and a ghost, also across segments."""
    parts = [segment("we will see", 1200 * i) for i in range(6)]
    kept, dropped = set_aside(parts, [(0, 10_000)])
    assert kept == (parts[0],)
    assert dropped == (Dropped(1200, 7200, " ".join(["we will see"] * 5), "the same words over and over"),)


def test_repeated_yes_is_testimony() -> None:
    """A word said a few times in a row stays, and so does a phrase said three times."""
    for text in ("Yes. Yes. Yes, yes. Yes.", "never again never again never again"):
        said = segment(text, 0)
        assert set_aside([said], [(0, 9000)]) == ((said,), ())


def test_one_word_for_ever_is_a_loop() -> None:
    """The same word dozens of times is what a decoder does that is caught."""
    said = segment("and then " + "you " * 40 + "left", 0)
    kept, dropped = set_aside([said], [(0, 60_000)])
    assert [word.text for word in kept[0].words] == ["and", "then", "you", "left"]
    assert [one.text for one in dropped] == [" ".join(["you"] * 39)]


def test_doubt_of_the_engine_counts_with_low_confidence_only() -> None:
    """A segment is set aside when the engine hears no speech and is unsure of its words as well."""
    sure = replace(segment("Everyone has duties.", 0, confidence=0.9), doubt=0.95)
    unsure = replace(segment("Subscribe now please.", 5000, confidence=0.2), doubt=0.95)
    kept, dropped = set_aside([sure, unsure], [(0, 9000)])
    assert kept == (sure,)
    assert [one.reason for one in dropped] == ["the engine doubts that anybody spoke"]
