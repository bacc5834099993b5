"""What of a transcript may be public."""

from __future__ import annotations

import pytest

from onrecord.events.model import Speaker
from onrecord.site.names import Names
from onrecord.site.spoken import Heard, clip, hear, may_pass, passages
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word

TRIM = (10_000, 20_000)
NOBODY = Names([])


def cue(number: int, start: int, end: int, text: str, speaker: str = "", *, timed: bool = False) -> Cue:
    """A cue whose words have times of their own when `timed`."""
    parts = text.split()
    share = (end - start) // len(parts)
    words = tuple(Word(part, start + share * n if timed else None) for n, part in enumerate(parts))
    return Cue(f"c{number}", start, end, words, speaker)


def transcript(*cues: Cue) -> Transcript:
    """A reviewed transcript of these cues."""
    return Transcript(Provenance("en", status="reviewed"), cues)


@pytest.mark.parametrize(
    ("status", "policy", "passes"),
    [
        ("reviewed", "reviewed", True), ("reviewed", "draft", True), ("reviewed", "no", False),
        ("machine", "reviewed", False), ("machine", "draft", True), ("machine", "no", False),
        ("partial", "reviewed", False), ("partial", "draft", False), ("partial", "no", False),
    ],
)  # fmt: skip
def test_may_pass_by_status_and_policy(status: str, policy: str, passes: bool) -> None:
    """A machine draft passes only where a person said `draft`; an unfinished one never does."""
    assert may_pass(Provenance("en", status=status), policy) is passes  # type: ignore[arg-type]


def test_clip_moves_a_cue_to_the_clock_of_the_rendition() -> None:
    """The trim begins at 0."""
    inside = clip(cue(1, 12_000, 14_000, "two words", timed=True), TRIM)
    assert inside is not None
    assert (inside.start, inside.end, [word.start for word in inside.words]) == (2000, 4000, [2000, 3000])


@pytest.mark.parametrize(("start", "end"), [(0, 9000), (8000, 10_000), (20_000, 21_000), (30_000, 31_000)])
def test_clip_leaves_out_what_is_outside(start: int, end: int) -> None:
    """A cue that only touches the trim is outside."""
    assert clip(cue(1, start, end, "left out"), TRIM) is None


def test_clip_cuts_a_cue_that_begins_before_the_trim_between_its_words() -> None:
    """Words with times are kept when they begin inside; the cue then begins with the first of them."""
    inside = clip(cue(1, 8000, 12_000, "a b c d", timed=True), TRIM)
    assert inside is not None
    assert (inside.text, inside.start, inside.end) == ("c d", 0, 2000)


def test_clip_cuts_a_cue_that_ends_after_the_trim_between_its_words() -> None:
    """The same at the end."""
    inside = clip(cue(1, 18_000, 22_000, "a b c d", timed=True), TRIM)
    assert inside is not None
    assert (inside.text, inside.start, inside.end) == ("a b", 8000, 10_000)


def test_clip_leaves_out_a_cue_over_the_edge_when_its_words_have_no_times() -> None:
    """What may have been said outside does not pass."""
    assert clip(cue(1, 9000, 12_000, "who knows when"), TRIM) is None
    assert clip(cue(1, 19_000, 21_000, "who knows when"), TRIM) is None


def test_passages_leave_a_gap_for_who_has_not_consented() -> None:
    """One gap for one stretch, in its place; the words on both sides stay."""
    names = Names([Speaker(name="Olha"), Speaker(name="Petro", consent="no")])
    made = passages(
        transcript(
            cue(1, 0, 1000, "First words.", "Olha"),
            cue(2, 1000, 2000, "Secret one.", "Petro"),
            cue(3, 2000, 3000, "Secret two.", ""),
            cue(4, 3000, 4000, "Last words.", "Olha"),
        ),
        "part-1.en", None, names, {"Olha": "olha"},
    )  # fmt: skip
    shown = [(turn.gap, turn.speaker, turn.speaker_slug, turn.start, turn.end) for turn in made.turns]
    assert shown == [
        (False, "Olha", "olha", 0, 1000), (True, "", "", 1000, 3000), (False, "Olha", "olha", 3000, 4000),
    ]  # fmt: skip
    assert [c.text for c in made.cues] == ["First words.", "Last words."]
    assert made.gaps == 1


def test_passages_keep_only_settings_that_are_settings() -> None:
    """A remark among a cue's settings does not pass."""
    from dataclasses import replace

    strange = replace(cue(1, 0, 1000, "Words."), settings="align:start region:secret remark line:0%")
    assert passages(transcript(strange), "p.en", None, NOBODY, {}).cues[0].settings == "align:start line:0%"


def test_hear_counts_what_passes_and_why_others_do_not() -> None:
    """A person reads these numbers before publishing."""
    names = Names([Speaker(name="Olha"), Speaker(name="Petro Melnyk", consent="asked")])
    cues = (
        cue(1, 0, 1000, "outside", "Olha"), cue(2, 11_000, 12_000, "passes", "Olha"),
        cue(3, 12_000, 13_000, "withheld", "Petro Melnyk"), cue(4, 13_000, 14_000, "unnamed"),
    )  # fmt: skip
    assert hear(transcript(*cues), TRIM, names) == Heard(passing=1, outside=1, withheld=1, unnamed=1)


def test_passages_give_the_place_of_a_cue_that_is_gone_to_the_nearest_that_is_left() -> None:
    """By where it stood on the original's clock. Names that are no number of ours say nothing, and what was trimmed
    away leads nowhere.
    """
    made = passages(
        transcript(
            cue(1, 11_000, 12_000, "One."), cue(2, 13_000, 15_000, "Two."), cue(3, 18_000, 19_000, "Three.")
        ),
        "part-1.en",
        TRIM,
        NOBODY,
        {},
        {
            "c9": 10_000,
            "c8": 14_200,
            "c7": 16_000,
            "c6": 19_900,
            "c5": 9_000,
            "c4": 21_000,
            "a-remark": 14_000,
        },
    )
    pieces = [piece for turn in made.turns for item in turn.sentences for piece in item.pieces]
    assert {piece.id: piece.former for piece in pieces} == {
        "part-1.en.c1": ("part-1.en.c9",),
        "part-1.en.c2": ("part-1.en.c8", "part-1.en.c7"),
        "part-1.en.c3": ("part-1.en.c6",),
    }


def test_passages_tell_where_something_is_left_out() -> None:
    """So that no sound of it is given out."""
    names = Names([Speaker(name="Anna Koval", consent="yes"), Speaker(name="Petro Silent", consent="no")])
    made = passages(
        transcript(
            cue(1, 10_000, 11_000, "Mine.", "Anna Koval"),
            cue(2, 12_000, 13_000, "Not this.", "Petro Silent"),
            cue(3, 13_000, 14_500, "Nor this.", "Petro Silent"),
            cue(4, 16_000, 17_000, "Mine again.", "Anna Koval"),
        ),
        "part-1.en",
        TRIM,
        names,
        {},
    )
    assert (made.gaps, made.left_out) == (1, ((2000, 4500),))
