"""The text of a cue: tags, characters, times, and what becomes of them in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.transcripts.cuetext import Close, Open, parse, passages, unescape, write
from onrecord.transcripts.model import Cue, Word


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("&amp;&lt;&gt;&quot;", '&<>"'),
        ("&amp &ltb", "& <b"),
        ("&notit; &notin;", "¬it; ∉"),
        ("&hellip; &hellip", "… &hellip"),
        ("&CounterClockwiseContourIntegral;", "∳"),
        ("&#65;&#x42;&#67 &#X44", "ABC D"),
        ("&#0; &#xD800; &#x110000; &#99999999999;", "\ufffd \ufffd \ufffd \ufffd"),
        ("&#128;&#x9f;", "€Ÿ"),
        ("& &; &# &#x; &unknown;", "& &; &# &#x; &unknown;"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_unescape_reads_references_as_html_does(text: str, plain: str) -> None:
    """Named ones, the old ones without a semicolon, numbers, and what is none."""
    assert unescape(text) == plain


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("<b>a</b>", [Open("b"), "a", Close()]),
        ("<b>a</i>b", [Open("b"), "a", "b"]),
        ("<c.one..two>a", [Open("c", ("one", "two")), "a"]),
        ("<v.loud Anna  Koval>a", [Open("v", ("loud",), "Anna Koval"), "a"]),
        ("<v\nAnna\tKoval>a", [Open("v", (), "Anna Koval"), "a"]),
        ("<v A&amp;B&gt;>a", [Open("v", (), "A&B>"), "a"]),
        ("<lang uk>a</lang>b", [Open("lang", (), "uk"), "a", Close(), "b"]),
        ("<ruby>a<rt>b</ruby>c", [Open("ruby"), "a", Open("rt"), "b", Close(), Close(), "c"]),
        ("<rt>a", ["a"]),
        ("<00:01.500>a<1:00:00.000>", [1500, "a", 3_600_000]),
        ("<00:61.000>a<5>b", ["a", "b"]),
        ("<>a< b>c<.d>e", ["a", "c", "e"]),
        ("a<b", ["a", Open("b")]),
        ("a<", ["a"]),
        ("<V Anna>a", ["a"]),
        ("</c>a", ["a"]),
    ],
)
def test_parse_follows_the_rules(text: str, parts: list[object]) -> None:
    """Each row is a case of the tokenizer or of the tree that the rules build."""
    assert parse(text) == parts


def test_passages_give_words_their_times_marks_and_languages() -> None:
    """A time is the next word's; a mark or a language is that of every word that begins inside."""
    lost: list[str] = []
    (passage,) = passages(
        "<v Anna>One <00:02.000>two,\n<c.unsure>three <00:03.000>fo</c>ur <lang uk>п’ять</lang> <lang en>six",
        "en",
        1000,
        lost.append,
    )
    assert passage.speaker == "Anna"
    assert passage.words == [
        Word("One", 1000),
        Word("two,", 2000),
        Word("three", None, unsure=True),
        Word("four", 3000, unsure=True),
        Word("п’ять", None, language="uk"),
        Word("six"),
    ]
    assert passage.breaks == [2]
    assert lost == []


def test_passages_read_times_before_the_space_of_a_word() -> None:
    """Platforms put the time before the space: it belongs to the word after it."""
    (passage,) = passages("everyone<00:00:00.400><c> has</c><00:00:00.640><c> duties</c>", "en", 160)
    assert passage.words == [Word("everyone", 160), Word("has", 400), Word("duties", 640)]


_PIECES = st.sampled_from(
    ["Everyone", "has ", "the right. ", " ", "\n", "<00:00:01.300>", "<00:59:59.999>", "<00:60:00.000>", "<1:02",
     "<c.unsure>so</c>", "<c.unsure>", "</c>", "“<c.unsure>yes</c>.", "&amp;", "<v Ann>", "</v>", "<i>", "\t"]
)  # fmt: skip


@given(st.sampled_from(["", "<v Anna Example>", "<v A&amp;B>", "<v>"]), st.lists(_PIECES, max_size=12))
def test_passages_of_common_cues_are_read_as_those_of_any_other(voice: str, pieces: list[str]) -> None:
    """An element with nothing in it changes no word, but has the text read tag by tag."""
    text = voice + "".join(pieces)
    quick, slow = passages(text, "en", 500), passages(f"{text}<c></c>", "en", 500)
    assert [found for found in quick if found.words] == [found for found in slow if found.words]


def test_passages_tell_what_a_word_cannot_hold() -> None:
    """Styles, classes, readings and stray times are told, and the letters stay."""
    lost: list[str] = []
    (passage,) = passages(
        "<b.big>bold</b> <ruby>人権<rt>じんけん</rt></ruby> <00:05.000>", "ja", 0, lost.append
    )
    assert [word.text for word in passage.words] == ["bold", "人権(じんけん)"]
    assert lost == [
        "the style <b>",
        "the class .big",
        "a reading above a word, now in brackets",
        "a time that no word follows",
    ]


def test_passages_keep_a_no_break_space_inside_a_word() -> None:
    """Only the white space of the rules parts words."""
    (passage,) = passages("dix\u00a0mille ans\u3000x", "fr", 0)
    assert [word.text for word in passage.words] == ["dix\u00a0mille", "ans\u3000x"]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (Word("a&b<c>", 0), "a&amp;b&lt;c&gt;"),
        (Word("maybe.", 0, unsure=True), "<c.unsure>maybe</c>."),
        (Word("(«так»),", 0, unsure=True), "(«<c.unsure>так</c>»),"),
        (Word("...", 0, unsure=True), "<c.unsure>...</c>"),
        (Word("-->", 0), "--&gt;"),
        (Word("так", 0, language="uk"), "<lang uk>так</lang>"),
        (Word("late", 700), "<00:00:00.700>late"),
    ],
)
def test_write_escapes_and_marks(word: Word, text: str) -> None:
    """One word in our form."""
    assert write(Cue("c1", 0, 900, (word,)), "en") == text


def test_write_puts_one_language_around_neighbours_and_breaks_lines() -> None:
    """Neighbouring words of a language share one tag; a line end is a line end inside it too."""
    words = (
        Word("a", 0),
        Word("б", 10, language="uk"),
        Word("в", None, language="uk"),
        Word("d", None, language="fr"),
        Word("e"),
    )
    cue = Cue("c1", 0, 900, words, "Anna <A>", (2,))
    assert write(cue, "en") == ("<v Anna &lt;A&gt;>a <00:00:00.010><lang uk>б\nв</lang> <lang fr>d</lang> e")
