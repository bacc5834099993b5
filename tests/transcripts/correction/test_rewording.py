"""A passage in other words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import StaleTextError, UsageError
from onrecord.transcripts.correction.bench import settled
from onrecord.transcripts.correction.passages import Passage, Seen, passages
from onrecord.transcripts.correction.rewording import parted, reworded
from onrecord.transcripts.correction.typed import words_of
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.vtt import read_vtt, write_vtt

SPOKEN = (
    "everyone",
    "has",
    "duties",
    "to",
    "the",
    "community",
    "in",
    "which",
    "alone",
    "free,",
    "full",
    "the.",
    "is",
)
TYPED = (
    *SPOKEN,
    "possible",
    "freedom",
    "-->",
    "<v Nobody>",
    "&amp;",
    "\u202eten",
    "права",
    "\x00",
    "a\u00a0b",
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Transcripts of a few speakers, with and without times of words, with pauses and without."""
    cues, at = [], 0
    for number in range(draw(st.integers(1, 9))):
        at += draw(st.sampled_from((0, 0, 40, 3000)))
        start, timed, words = at, draw(st.booleans()), []
        for index, text in enumerate(draw(st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=9))):
            words.append(Word(text, at if timed or not index else None, draw(st.booleans())))
            at += draw(st.integers(1, 600))
        cues.append(
            Cue(f"c{number + 1}", start, at, tuple(words), draw(st.sampled_from(("Anna", "Borys", ""))))
        )
    return Transcript(Provenance("en"), tuple(cues), next_id=len(cues) + 1)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Transcript, Passage, list[str]]:
    """A transcript, one of its passages, and the words that it is to have."""
    transcript = draw(transcripts())
    passage = draw(st.sampled_from(passages(transcript)))
    words = [word.text for word in passage.words]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 3))] = draw(st.lists(st.sampled_from(TYPED), max_size=4))
    return transcript, passage, words


def _own_times(transcript: Transcript) -> list[int | None]:
    """The time of each word; None where only its cue's is known."""
    return [
        word.start if index or any(other.start is not None for other in cue.words[1:]) else None
        for cue in transcript.cues
        for index, word in enumerate(cue.words)
    ]


@settings(max_examples=150, deadline=None)
@given(changes())
def test_reworded_says_what_was_typed_and_leaves_all_else(
    change: tuple[Transcript, Passage, list[str]],
) -> None:
    """The words are those typed, cues around are the same objects, and no id is made twice."""
    transcript, passage, words = change
    made = settled(reworded(transcript, Seen.of(passage, transcript), " ".join(words)))
    first, last = passage.first, passage.first + len(passage.cues)
    count = len(made.cues) - len(transcript.cues) + len(passage.cues)
    assert made.cues[:first] == transcript.cues[:first]
    assert made.cues[first + count :] == transcript.cues[last:]
    inside = made.cues[first : first + count]
    assert [word.text for one in inside for word in one.words] == words_of(" ".join(words))
    ids = [one.id for one in made.cues]
    assert len(set(ids)) == len(ids) and "" not in ids
    assert {one for one in ids if one not in {cue.id for cue in transcript.cues}} <= {
        f"c{number}" for number in range(transcript.next_id, made.next_id)
    }
    assert {one.speaker for one in inside} <= {passage.speaker}


@settings(max_examples=120, deadline=None)
@given(changes())
def test_times_of_unchanged_words_stay_and_times_rise(change: tuple[Transcript, Passage, list[str]]) -> None:
    """What was said before and after the changed words keeps its times to the millisecond; cues do not overlap."""
    transcript, passage, words = change
    made = reworded(transcript, Seen.of(passage, transcript), " ".join(words))
    old, new = [word.text for word in passage.words], words_of(" ".join(words))
    front = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    before, after = _own_times(transcript), [word.start for word in made.words()]
    begin = sum(len(cue.words) for cue in transcript.cues[: passage.first])
    for number in range(begin + front):
        assert before[number] in (None, after[number])
    tail = 0
    while tail < min(len(old), len(new)) - front and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    rest = len(before) - begin - len(old) + tail
    for number in range(1, rest + 1):
        assert before[-number] in (None, after[-number])
    edges = [position for cue in made.cues for position in (cue.start, cue.end)]
    if all(cue.start < cue.end for cue in transcript.cues):
        assert edges == sorted(edges)


@settings(max_examples=120, deadline=None)
@given(changes())
def test_what_is_saved_is_read_again_as_it_is(change: tuple[Transcript, Passage, list[str]]) -> None:
    """The file gives back just what the change made: nobody need read it after saving."""
    transcript, passage, words = change
    made = settled(reworded(transcript, Seen.of(passage, transcript), " ".join(words)))
    assert read_vtt(write_vtt(made)).transcript == made


@settings(max_examples=100, deadline=None)
@given(changes(), st.integers(0, 30), st.sampled_from(("Anna", "Vira", "")))
def test_parted_gives_the_rest_to_the_other_speaker(
    change: tuple[Transcript, Passage, list[str]], at: int, name: str
) -> None:
    """Every word is still there in its order; those from the cursor on are the other speaker's."""
    transcript, passage, words = change
    typed = words_of(" ".join(words))
    seen = Seen.of(passage, transcript)
    if not 0 < at < len(typed):
        with pytest.raises(UsageError):
            parted(transcript, seen, " ".join(words), at, name)
        return
    made = settled(parted(transcript, seen, " ".join(words), at, name))
    said = [(word.text, cue.speaker) for cue in made.cues for word in cue.words]
    begin = sum(len(cue.words) for cue in transcript.cues[: passage.first])
    wanted = [(word, passage.speaker if number < at else name) for number, word in enumerate(typed)]
    assert said[begin : begin + len(typed)] == wanted
    assert read_vtt(write_vtt(made)).transcript == made


def test_touched_words_lose_the_mark_and_others_keep_it() -> None:
    """A corrected word is sure; a doubted word that nobody touched stays doubted."""
    words = (Word("the", 0), Word("comunity", 300, True), Word("alone", 700, True), Word("is", 900))
    transcript = Transcript(Provenance("en"), (Cue("c1", 0, 1500, words, "Anna"),), next_id=2)
    made = reworded(transcript, Seen.of(passages(transcript)[0], transcript), "the community, alone is free")
    assert made.cues[0].words == (
        Word("the", 0), Word("community,", 300), Word("alone", 700, True), Word("is", 900), Word("free", 1500),
    )  # fmt: skip


def test_emptied_passage_is_gone_and_its_ids_are_not_made_again() -> None:
    """No words: the cues are taken out, and the next new id is none of theirs."""
    words = (Word("yes", 0),)
    transcript = Transcript(
        Provenance("en"), (Cue("c1", 0, 900, words, "A"), Cue("c2", 1000, 1900, words, "B")), next_id=3
    )
    made = reworded(transcript, Seen.of(passages(transcript)[1], transcript), " \x00 ")
    assert made == replace(transcript, cues=transcript.cues[:1])
    assert made.next_id == 3


def test_stale_passage_is_refused_with_both_versions() -> None:
    """Whoever did not see the present words saves nothing, and is shown what both are together."""
    words = tuple(
        Word(text, at) for at, text in enumerate(["everyone", "has", "dutys", "to", "the", "comunity"])
    )
    transcript = Transcript(Provenance("en"), (Cue("c1", 0, 900, words, "A"),), next_id=2)
    seen = Seen.of(passages(transcript)[0], transcript)
    theirs = reworded(transcript, seen, "everyone has duties to the comunity")
    with pytest.raises(StaleTextError) as caught:
        reworded(theirs, seen, "everyone has dutys to the community")
    assert caught.value.mine == "everyone has dutys to the community"
    assert caught.value.theirs == "everyone has duties to the comunity"
    assert caught.value.merge.text == "everyone has duties to the community"
    assert reworded(theirs, seen, "everyone has duties to the comunity") is theirs


def test_change_finds_its_passage_after_others_have_split_it() -> None:
    """Another person split the turn and made new cues; words that nobody else changed are saved all the same."""
    words = tuple(
        Word(text, at * 400) for at, text in enumerate(["everyone", "has", "duties", "to", "the", "comunity"])
    )
    transcript = Transcript(Provenance("en"), (Cue("c1", 0, 2400, words, "A"),), next_id=2)
    seen = Seen.of(passages(transcript)[0], transcript)
    theirs = parted(transcript, seen, seen.text, 3, "B")
    made = reworded(theirs, seen, "everyone has duties to the community")
    assert [(one.speaker, one.text) for one in passages(made)] == [
        ("A", "everyone has duties"), ("B", "to the community"),
    ]  # fmt: skip
