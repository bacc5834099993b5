"""A corrected text taken back: ids and times of what stayed, places for what is new."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from onrecord.errors import UsageError
from onrecord.transcripts.fitting import fit, is_too_long, line_breaks, starts
from onrecord.transcripts.formats import read_edited, write_as
from onrecord.transcripts.formats.head import Head
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.revision.comparing import compare
from onrecord.transcripts.revision.recutting import keep_ids
from onrecord.transcripts.revision.revise import revise
from onrecord.transcripts.vtt import Reading, read_vtt, write_vtt


def cue(
    number: int, start: int, end: int, text: str, speaker: str = "", *, unsure: str = "", times: bool = True
) -> Cue:
    """A cue whose words are spread evenly; those in `unsure` are marked."""
    texts = text.split()
    step = (end - start) // len(texts)
    words = tuple(
        Word(word, start + index * step if times or index == 0 else None, word in unsure.split())
        for index, word in enumerate(texts)
    )
    return Cue(f"c{number}", start, end, words, speaker)


PRESENT = Transcript(
    Provenance("en", unsure_below=0.5),
    (
        cue(
            3, 31_000, 33_400, "Everyone has duties to the comunity.", "Anna Koval", unsure="comunity. duties"
        ),
        cue(4, 34_000, 37_500, "In which alone the free development is.", "Anna Koval", unsure="free"),
        cue(6, 40_000, 42_000, "Yes, yes.", "Borys Melnyk"),
        cue(7, 42_000, 44_000, "I agree with this.", "Borys Melnyk"),
    ),
    9,
)


def said(transcript: Transcript) -> list[tuple[str, str, str]]:
    """Id, speaker and words of each cue."""
    return [(cue.id, cue.speaker, cue.text) for cue in transcript.cues]


def text_of(transcript: Transcript) -> str:
    return write_as(transcript, "txt", Head("A title"))


@pytest.mark.parametrize("form", ["txt", "md", "srt", "vtt", "json"])
def test_revise_changes_nothing_where_nothing_was_changed(form: str) -> None:
    """What was exported and comes back as it is gives the very same transcript."""
    text = write_as(PRESENT, form, Head("A title", anchor="part-1.en", address="https://example.org/e"))  # type: ignore[arg-type]
    edited, mended = read_edited(text.encode(), f"copy.{form}", known=PRESENT.speakers)
    assert revise(PRESENT, edited) == PRESENT
    assert mended == () or form == "srt"


def test_revise_keeps_times_of_unchanged_words_and_places_new_ones_between() -> None:
    """Corrected spellings take the old time and lose the mark, added words stand between, removed ones go."""
    edited = (
        text_of(PRESENT)
        .replace("comunity", "community")
        .replace("the free", "the full and free")
        .replace("alone ", "")
    )
    revised = revise(PRESENT, edited)
    first, second = revised.cues[:2]
    assert first == replace(PRESENT.cues[0], words=(*PRESENT.cues[0].words[:5], Word("community.", 33_000)))
    assert (second.id, second.start, second.end, second.text) == (
        "c4",
        34_000,
        37_500,
        "In which the full and free development is.",
    )
    old = {word.text: word for word in PRESENT.cues[1].words}
    assert [word for word in second.words if word.text in old] == [
        old[word.text] for word in second.words if word.text in old
    ]
    full, conjunction = second.words[3:5]
    assert old["the"].start < full.start < conjunction.start < old["free"].start  # type: ignore[operator]
    assert second.words[5].unsure
    assert revised.next_id == 9


def test_revise_follows_the_speakers_of_the_text() -> None:
    """A renamed paragraph renames its cues; a paragraph that is parted gives the rest to another speaker."""
    text = text_of(PRESENT).replace("Borys Melnyk [", "Clara Novak [")
    assert [cue.speaker for cue in revise(PRESENT, text).cues] == [
        "Anna Koval",
        "Anna Koval",
        "Clara Novak",
        "Clara Novak",
    ]
    text = text_of(PRESENT).replace("Yes, yes. I agree", "Yes, yes. I\n\nClara Novak [0:42]\nagree")
    revised = revise(PRESENT, text)
    assert said(revised) == [
        ("c3", "Anna Koval", "Everyone has duties to the comunity."),
        ("c4", "Anna Koval", "In which alone the free development is."),
        ("c6", "Borys Melnyk", "Yes, yes."),
        ("c9", "Borys Melnyk", "I"),
        ("c7", "Clara Novak", "agree with this."),
    ]
    assert [(cue.start, cue.end) for cue in revised.cues[3:]] == [(42_000, 42_500), (42_500, 44_000)]
    assert revised.next_id == 10


def test_revise_puts_a_new_paragraph_where_it_says() -> None:
    """A whole new turn with a time in a pause becomes cues of its own with new ids."""
    text = text_of(PRESENT).replace(
        "Borys Melnyk [0:40]", "Clara Novak [0:38]\nHear, hear!\n\nBorys Melnyk [0:40]"
    )
    revised = revise(PRESENT, text)
    assert said(revised)[2] == ("c9", "Clara Novak", "Hear, hear!")
    assert (revised.cues[2].start, revised.cues[2].end) == (38_000, 38_780)
    assert [cue for cue in revised.cues if cue.id != "c9"] == list(PRESENT.cues)


def test_revise_lets_emptied_cues_vanish() -> None:
    """A sentence that was taken out takes its cue with it; the others stay as they are."""
    revised = revise(PRESENT, text_of(PRESENT).replace("Yes, yes. ", ""))
    assert revised.cues == (PRESENT.cues[0], PRESENT.cues[1], PRESENT.cues[3])
    assert compare(PRESENT, revised).gone_cues == 1


def test_revise_splits_what_became_too_long_at_a_clause() -> None:
    """A cue with much added text becomes several of at most two lines; the first keeps the id."""
    more = (
        "the free and full development of every personality, "
        "in dignity and in peace, as the declaration has it, is."
    )
    revised = revise(PRESENT, text_of(PRESENT).replace("the free development is.", more))
    parts = revised.cues[1:-2]
    assert [cue.id for cue in parts] == ["c4", "c9"]
    assert " ".join(cue.text for cue in parts) == f"In which alone {more}"
    assert parts[0].text.endswith(",")
    assert all(len(line) <= 42 for cue in parts for line in cue.lines)
    assert parts[0].end == parts[1].start
    assert parts[1].words[0].start == parts[1].start


def test_revise_keeps_languages() -> None:
    """Words of another language stay it; a new word among them is taken for one too."""
    words = (
        Word("He", 0),
        Word("каже", 500, language="uk"),
        Word("так", 900, language="uk"),
        Word("said.", 1200),
    )
    present = Transcript(Provenance("en"), (Cue("c1", 0, 2000, words),), 2)
    (revised,) = revise(present, "He каже що так, said.").cues
    assert [(word.text, word.language) for word in revised.words] == [
        ("He", None),
        ("каже", "uk"),
        ("що", "uk"),
        ("так,", "uk"),
        ("said.", None),
    ]


def test_revise_leaves_cues_without_word_times_without_them() -> None:
    """Where no word had a time, none is made up."""
    present = Transcript(Provenance("en"), (cue(1, 0, 2000, "one two three four", times=False),), 2)
    (revised,) = revise(present, "one two and three four").cues
    assert [word.start for word in revised.words] == [0, None, None, None, None]


def test_revise_takes_cues_and_times_from_subtitles() -> None:
    """In an SRT the person's cues and times count; ids, word times and marks come from the present
    transcript.
    """
    srt = write_as(PRESENT, "srt").replace("00:00:31,000 --> 00:00:33,400", "00:00:30,500 --> 00:00:33,600")
    srt = srt.replace("comunity", "community")
    edited, _ = read_edited(srt.encode(), "copy.srt", known=PRESENT.speakers)
    revised = revise(PRESENT, edited)
    first = revised.cues[0]
    assert (first.id, first.start, first.end, first.speaker) == ("c3", 30_500, 33_600, "Anna Koval")
    assert [(word.text, word.start, word.unsure) for word in first.words[2:4]] == [
        ("duties", 31_800, True),
        ("to", 32_200, False),
    ]
    assert first.words[5] == Word("community.", 33_000)
    assert revised.cues[1:] == PRESENT.cues[1:]


def test_revise_gives_merged_and_parted_subtitles_their_ids() -> None:
    """Two cues made one keep the id of the one with more words; a new part has a new id."""
    srt = (
        "1\n00:00:31,000 --> 00:00:37,500\nEveryone has duties to the comunity.\n"
        "In which alone the free development is.\n\n"
        "2\n00:00:40,000 --> 00:00:41,000\nBorys Melnyk: Yes,\n\n3\n00:00:41,000 --> 00:00:42,000\nyes.\n\n"
        "4\n00:00:42,000 --> 00:00:44,000\nI agree with this.\n"
    )
    edited, _ = read_edited(srt.encode(), "copy.srt", known=PRESENT.speakers)
    revised = revise(PRESENT, edited)
    assert [(cue.id, cue.text) for cue in revised.cues] == [
        ("c4", "Everyone has duties to the comunity. In which alone the free development is."),
        ("c6", "Yes,"),
        ("c9", "yes."),
        ("c7", "I agree with this."),
    ]
    assert [cue.speaker for cue in revised.cues] == [
        "Anna Koval",
        "Borys Melnyk",
        "Borys Melnyk",
        "Borys Melnyk",
    ]


def test_revise_takes_marks_from_a_file_of_ours() -> None:
    """A mark that was taken off in the WebVTT itself stays off; ids stay."""
    text = write_vtt(PRESENT).replace("<c.unsure>free</c>", "free")
    edited, _ = read_edited(text.encode(), "copy.vtt", known=())
    revised = revise(PRESENT, edited)
    assert not revised.cues[1].words[4].unsure
    assert revised.cues[0] == PRESENT.cues[0]


def test_revise_refuses_another_text() -> None:
    """A text with hardly a common word is no correction."""
    with pytest.raises(UsageError, match="only 1 of the text's 6 words are in the present transcript"):
        revise(PRESENT, "Something else entirely, yes, was said")


def test_revise_keeps_foreign_blocks_at_their_cues() -> None:
    """A note before a cue stays before it, and before the next where the cue is gone."""
    present = replace(PRESENT, blocks=((0, "STYLE\na{}"), (2, "NOTE about Borys"), (4, "NOTE end")))
    revised = revise(present, text_of(present).replace("Yes, yes. ", ""))
    assert revised.blocks == ((0, "STYLE\na{}"), (2, "NOTE about Borys"), (3, "NOTE end"))


def test_keep_ids_gives_a_new_recognition_the_old_anchors() -> None:
    """The same sentences keep their ids although cues are cut differently; what is new has a new id."""
    fresh = Transcript(
        Provenance("en"),
        (
            cue(1, 30_000, 33_000, "Everyone has duties to the community"),
            cue(2, 33_900, 37_000, "in which alone the free development is"),
            cue(3, 38_000, 39_000, "Something new"),
            cue(4, 40_100, 44_000, "yes yes I agree with this"),
        ),
        5,
    )
    kept = keep_ids(PRESENT, fresh)
    assert [cue.id for cue in kept.cues] == ["c3", "c4", "c9", "c7"]
    assert kept.next_id == 10


def _long(chance: random.Random) -> Transcript:
    vocabulary = [f"word{index}" for index in range(500)] + ["the", "and", "of", "yes"] * 30
    cues = []
    at = 0
    for number in range(1, 3001):
        words = tuple(Word(chance.choice(vocabulary), at + index * 250) for index in range(10))
        cues.append(Cue(f"c{number}", at, at + 2600, words, ["Anna", "Borys"][number // 30 % 2], (5,)))
        at += 2600 + chance.choice((0, 0, 400, 3000))
    return Transcript(Provenance("en"), tuple(cues), 3001)


def _edited(text: str, chance: random.Random, share: float) -> str:
    """The text with a share of its words changed, left out or added to."""
    lines = []
    for line in text.split("\n"):
        words: list[str] = []
        for word in line.split(" "):
            kind = 1.0 if line.endswith("]") else chance.random() / share
            if kind < 0.5:
                words.append(word + "x")
            elif kind < 0.7:
                continue
            elif kind < 1:
                words += ["added", word]
            else:
                words.append(word)
        lines.append(" ".join(words))
    return "\n".join(lines)


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_revise_takes_30000_words_in_seconds(share: float) -> None:
    """Every word of the text is there in order, times never run backwards, ids are unique, and most words
    keep theirs.
    """
    chance = random.Random(7)
    present = _long(chance)
    text = _edited(text_of(present).split("-" * 40, 1)[1], chance, share)
    began = time.process_time()
    revised = revise(present, text)
    took = time.process_time() - began
    assert took < 15
    wanted = [word for line in text.split("\n") if not line.endswith("]") for word in line.split()]
    assert [word.text for word in revised.words()] == wanted
    times = [word.start for word in revised.words()]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(times))
    assert len({cue.id for cue in revised.cues}) == len(revised.cues)
    assert all(a.end <= b.start for a, b in pairwise(revised.cues))
    old = {(word.text, word.start) for word in present.words()}
    kept = sum((word.text, word.start) in old for word in revised.words())
    there = sum(not word.endswith("x") and word != "added" for word in wanted)
    assert kept > 0.995 * there
    assert read_vtt(write_vtt(revised)) == Reading(revised, own=True)


def test_starts_spread_words_by_length_between_known_times() -> None:
    """A word without a time stands between its neighbours by the length of what is before it."""
    words = (Word("aaa", 0), Word("a"), Word("aaaaa", 800), Word("x", 100))
    assert starts(words, 0, 1000) == [0, 533, 800, 950]


def test_fit_leaves_what_fits() -> None:
    """A short cue stays one, with a line break near its middle where it is longer than a line."""
    short = cue(1, 0, 3000, "Everyone has duties to the community in which alone it is")
    assert not is_too_long(short)
    (fitted,) = fit(short)
    assert fitted.lines == ("Everyone has duties to the", "community in which alone it is")
    assert line_breaks(short.words[:3]) == ()
