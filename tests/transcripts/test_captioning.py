"""From words to captions: the sizes hold whatever is said, and breaks fall where a reader would pause."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.transcripts.captioning import captions, with_old_ids
from onrecord.transcripts.engines import HeardWord, Segment
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word

TEXT = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and "
    "conscience, and should act towards one another in a spirit of brotherhood. Everyone is entitled to "
    "all the rights and freedoms set forth in this Declaration, without distinction of any kind, such as "
    "race, colour, sex, language, religion, political or other opinion, national or social origin, "
    "property, birth or other status."
)


def said(text: str, *, start: int = 0, language: str = "en", pause: int = 250) -> Segment:
    """Words at about 15 letters a second, with a pause at each mark of punctuation."""
    words: list[HeardWord] = []
    at = start
    for word in text.split():
        length = 60 * len(word) + 60
        words.append(HeardWord(word, at, at + length, 0.9))
        at += length + 20 + (pause if word[-1] in ".,;:!?" else 0)
    return Segment(start, at, tuple(words), language)


def test_cues_are_caption_sized_and_keep_every_word() -> None:
    """Two lines of 42 characters, seven seconds, every word once and in order with its start."""
    heard = said(TEXT)
    cues = captions([heard], language="en")
    assert [word for cue in cues for word in cue.words] == [Word(w.text, w.start) for w in heard.words]
    for cue in cues:
        assert cue.end - cue.start <= 7000
        assert len(cue.lines) <= 2
        assert all(len(line) <= 42 for line in cue.lines)
    assert all(a.end <= b.start for a, b in pairwise(cues))


def test_cues_end_at_sentences_and_clauses() -> None:
    """Of this text every cue ends with a mark of punctuation: there is always one near enough."""
    cues = captions([said(TEXT)], language="en")
    assert [cue.text for cue in cues][:2] == [
        "All human beings are born free and equal in dignity and rights.",
        "They are endowed with reason and conscience,",
    ]
    assert all(cue.text[-1] in ".," for cue in cues)


def test_pauses_part_what_has_no_punctuation() -> None:
    """Without punctuation the cues end at pauses."""
    first = said("everyone has the right to rest and leisure")
    second = said("no one shall be held in slavery", start=first.words[-1].end + 900)
    cues = captions([Segment(0, second.end, first.words + second.words, "en")], language="en")
    assert [cue.text for cue in cues] == [
        "everyone has the right to rest and leisure",
        "no one shall be held in slavery",
    ]


def test_long_pause_always_parts() -> None:
    """Even two words of one sentence are two cues when somebody is silent in between."""
    words = (HeardWord("Well", 0, 300), HeardWord("yes.", 4000, 4300))
    assert [
        (cue.start, cue.end, cue.text) for cue in captions([Segment(0, 4300, words, "en")], language="en")
    ] == [
        (0, 900, "Well"),
        (4000, 4900, "yes."),
    ]


def test_another_language_is_marked_and_stands_by_itself() -> None:
    """Words in another language than the transcript's say so, and no cue holds two languages."""
    first = said("Everyone has duties.")
    second = said("Кожна людина має обов'язки.", start=first.end + 100, language="uk")
    cues = captions([first, second], language="en")
    assert [cue.text for cue in cues] == ["Everyone has duties.", "Кожна людина має обов'язки."]
    assert {word.language for word in cues[0].words} == {None}
    assert {word.language for word in cues[1].words} == {"uk"}


def test_words_below_the_threshold_are_unsure() -> None:
    """Only a confidence that is told and below the threshold makes a word unsure."""
    words = (
        HeardWord("one", 0, 300, 0.49),
        HeardWord("two", 300, 600, 0.5),
        HeardWord("three", 600, 900, None),
    )
    cue = captions([Segment(0, 900, words, "en")], language="en", unsure_below=0.5, speaker="Anna Koval")[0]
    assert [word.unsure for word in cue.words] == [True, False, False]
    assert cue.speaker == "Anna Koval"


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text("abcдж.,-'é", min_size=1, max_size=60), st.integers(0, 9000), st.integers(0, 3000)),
        max_size=60,
    )
)
def test_any_words_give_sound_cues(raw: list[tuple[str, int, int]]) -> None:
    """Whatever an engine gives, times never run backwards, no word is lost, and long words overflow alone."""
    words: list[HeardWord] = []
    at = 0
    for text, length, pause in raw:
        words.append(HeardWord(text, at, at + length, 0.9))
        at += length + pause
    cues = captions([Segment(0, at, tuple(words), "en")] if words else [], language="en")
    assert [word.text for cue in cues for word in cue.words] == [word.text for word in words]
    for cue in cues:
        assert cue.start < cue.end <= cue.start + 7000
        assert len(cue.lines) <= 2
        assert all(len(line) <= 42 for line in cue.lines) or len(cue.words) == 1
        assert all(word.start is not None and cue.start <= word.start for word in cue.words)
    starts = [word.start or 0 for cue in cues for word in cue.words]
    assert starts == sorted(starts)


def transcript(*cues: Cue) -> Transcript:
    return Transcript(Provenance("en"), next_id=1).with_cues(cues)


def cue(text: str, start: int, end: int, speaker: str = "", cue_id: str = "") -> Cue:
    return Cue(cue_id, start, end, tuple(Word(word) for word in text.split()), speaker)


def test_cues_heard_again_keep_their_ids() -> None:
    """A cue that says nearly the same at nearly the same time is the same; others get new ids, never an old
    one.
    """
    old = transcript(
        cue("everyone has the right to rest", 0, 3000),
        cue("no one shall be held", 3000, 5000),
        cue("all are equal", 5000, 7000),
    )
    new = (
        cue("Everyone has a right to rest,", 100, 3100),
        cue("noon shell bell", 3100, 5000),
        cue("All are equal", 5100, 7000),
        cue("before the law.", 7000, 8000),
    )
    renewed = replace(old, cues=()).with_cues(with_old_ids(new, old))
    assert [one.id for one in renewed.cues] == ["c1", "c4", "c3", "c5"]


def test_ids_are_kept_in_order_and_once() -> None:
    """Of two places that say the same, each keeps its own id: time decides."""
    old = transcript(cue("yes", 0, 1000), cue("yes", 1000, 2000), cue("yes", 2000, 3000))
    new = (cue("yes", 1000, 2000), cue("yes", 2000, 3000))
    assert [one.id for one in with_old_ids(new, old)] == ["c2", "c3"]


def test_the_same_words_far_away_are_another_sentence() -> None:
    """Words alone do not make a cue the same."""
    old = transcript(cue("everyone has duties", 0, 2000))
    assert with_old_ids((cue("everyone has duties", 60_000, 62_000),), old)[0].id == ""


def test_speaker_of_the_time_is_kept() -> None:
    """Who spoke there before speaks there now, even where the words were heard otherwise."""
    old = transcript(
        cue("all are equal", 0, 4000, "Anna Koval"), cue("before the law", 4000, 6000, "Petro Lys")
    )
    new = (cue("quite other words", 0, 4500), cue("and more", 4500, 6000), cue("later", 90_000, 91_000))
    assert [one.speaker for one in with_old_ids(new, old)] == ["Anna Koval", "Petro Lys", ""]
