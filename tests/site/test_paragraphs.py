"""Paragraphs, sentences, and the anchors in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onrecord.site.paragraphs import paragraphs
from onrecord.site.public import Run
from onrecord.transcripts.model import Cue, Word


def cue(
    number: int, text: str, speaker: str = "Anna", *, timed: bool = False, start: int | None = None
) -> Cue:
    """A cue of two seconds."""
    begin = number * 2000 if start is None else start
    words = tuple(Word(part, begin + 100 * n if timed else None) for n, part in enumerate(text.split()))
    return Cue(f"c{number}", begin, begin + 2000, words, speaker)


def test_paragraphs_give_each_sentence_the_anchor_of_the_cue_in_which_it_starts() -> None:
    """A sentence runs over cues; two that start in one cue share its anchor; every cue's id stands once."""
    (turn,) = paragraphs(
        [cue(1, "All are born free. They are"), cue(2, "endowed with"), cue(3, "reason. Yes.")], "p.en", {}
    )
    assert [(item.text, item.anchor) for item in turn.sentences] == [
        ("All are born free.", "p.en.c1"), ("They are endowed with reason.", "p.en.c1"), ("Yes.", "p.en.c3"),
    ]  # fmt: skip
    ids = [piece.id for item in turn.sentences for piece in item.pieces]
    assert ids == ["p.en.c1", "", "p.en.c2", "p.en.c3", ""]


def test_paragraphs_keep_abbreviations_and_initials_inside_a_sentence() -> None:
    """A full stop after Dr, an initial or a number of an article ends nothing."""
    (turn,) = paragraphs([cue(1, "Dr. A. Koval read art. 3 aloud, e.g. twice. Then she left.")], "p.en", {})
    assert [item.text for item in turn.sentences] == [
        "Dr. A. Koval read art. 3 aloud, e.g. twice.", "Then she left.",
    ]  # fmt: skip


def test_paragraphs_end_a_long_sentence_without_punctuation_with_its_cue() -> None:
    """What an engine without punctuation gives is still in pieces that can be linked to."""
    cues = [cue(n, "one two three four five six seven eight", start=n * 2000) for n in range(10)]
    turns = list(paragraphs(cues, "p.en", {}))
    lengths = [len(item.text.split()) for turn in turns for item in turn.sentences]
    assert lengths == [40, 40]


def test_paragraphs_end_a_sentence_without_punctuation_at_a_breath() -> None:
    """Where no full stops are written a silence ends the sentence; where they are, it does not."""
    (turn,) = paragraphs([cue(1, "no one", start=0), cue(2, "everyone has", start=2700)], "p.en", {})
    assert [item.text for item in turn.sentences] == ["no one", "everyone has"]
    (turn,) = paragraphs([cue(1, "No one", start=0), cue(2, "is free.", start=2700)], "p.en", {})
    assert [item.text for item in turn.sentences] == ["No one is free."]


def test_paragraphs_mark_unsure_words_and_other_languages_in_runs() -> None:
    """Words of one kind stand in one run, with the space that follows them."""
    words = (
        Word("We"),
        Word("heard"),
        Word("maybe", unsure=True),
        Word("Liberté", language="fr"),
        Word("twice."),
    )
    (turn,) = paragraphs([Cue("c1", 0, 1000, words, "")], "p.en", {})
    assert turn.sentences[0].pieces[0].runs == (
        Run("We heard "), Run("maybe ", unsure=True), Run("Liberté ", language="fr"), Run("twice."),
    )  # fmt: skip


def test_paragraphs_give_word_times_relative_to_the_piece() -> None:
    """One number for each word, only where words have times of their own."""
    (timed,) = paragraphs([cue(1, "All are free. So", timed=True)], "p.en", {})
    assert [piece.times for item in timed.sentences for piece in item.pieces] == ["0 100 200", "0"]
    (plain,) = paragraphs([cue(1, "All are free.")], "p.en", {})
    assert plain.sentences[0].pieces[0].times == ""


def test_paragraphs_say_where_a_speaker_goes_on() -> None:
    """After a pause the same speaker begins a new paragraph without a new name."""
    turns = list(
        paragraphs([cue(1, "One."), cue(2, "Two.", start=60_000), cue(40, "Three.", "Borys")], "p.en", {})
    )
    assert [(turn.speaker, turn.new_speaker) for turn in turns] == [
        ("Anna", True),
        ("Anna", False),
        ("Borys", True),
    ]


TEXTS = st.lists(
    st.sampled_from(["Yes.", "no", "Well,", "(what?)", "art.", "A.", "«Так.»", "ні", "3."]),
    min_size=1,
    max_size=9,
)


@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_paragraphs_lose_no_word_and_repeat_no_id(said: list[list[str]]) -> None:
    """Whatever is said: every word is on the page in order, and every cue can be linked to exactly once."""
    cues = [cue(n, " ".join(words)) for n, words in enumerate(said)]
    turns = list(paragraphs(cues, "p.en", {}))
    shown = " ".join(item.text for turn in turns for item in turn.sentences)
    assert shown.split() == [word for words in said for word in words]
    ids = [piece.id for turn in turns for item in turn.sentences for piece in item.pieces if piece.id]
    assert ids == [f"p.en.{c.id}" for c in cues]
    assert {item.anchor for turn in turns for item in turn.sentences} <= set(ids)
