"""The WebVTT reader and writer: round trips, the rules of browsers, and nothing lost without a word."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import TranscriptFormatError
from onrecord.timecode import clock
from onrecord.transcripts import cuetext
from onrecord.transcripts.blocks import RawCue, take_apart
from onrecord.transcripts.model import Cue, Dropped, Provenance, Transcript, Word
from onrecord.transcripts.vtt import read_vtt, write_vtt

HERE = Path(__file__).parent
GOOD = sorted((HERE / "vtt").glob("*.vtt"))
BAD = sorted((HERE / "malformed").glob("*.vtt"))

# Any character that a file can hold, white space and halves of characters apart.
_ANY = st.characters(exclude_categories=("Cs",), exclude_characters="\0 \t\n\f\r")
_TRICKY = st.sampled_from(
    ["<", ">", "&", "-->", "--&", "&lt;", "&amp;gt;", "<v", "NOTE", "\u200b", "\u0301", "«", "."]
)
_LINE = st.lists(st.one_of(st.text(_ANY, min_size=1, max_size=6), _TRICKY), min_size=1, max_size=4).map(
    " ".join
)
_WORD_TEXT = st.lists(st.one_of(st.text(_ANY, min_size=1, max_size=5), _TRICKY), min_size=1, max_size=3).map(
    "".join
)
_VALUE = st.one_of(st.just(""), _LINE)


@st.composite
def cues(draw: st.DrawFn, number: int) -> Cue:
    """A cue of ours: its first word begins with it, or later."""
    start = draw(st.integers(0, 400_000_000))
    end = start + draw(st.integers(0, 10_000))
    words = []
    for index in range(draw(st.integers(1, 6))):
        known = draw(st.booleans()) or index == 0
        at = draw(st.one_of(st.just(start), st.integers(0, 400_000_000))) if known else None
        language = draw(st.sampled_from([None, None, "fr", "pt-BR"]))
        words.append(Word(draw(_WORD_TEXT), at, draw(st.booleans()), language))
    breaks = draw(st.sets(st.integers(1, max(1, len(words) - 1)))) if len(words) > 1 else set()
    return Cue(
        f"c{number}",
        start,
        end,
        tuple(words),
        draw(_VALUE),
        tuple(sorted(breaks)),
        draw(st.sampled_from(["", "align:start", "line:0 position:10%"])),
    )


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """A transcript with everything that ours can hold."""
    numbers = draw(st.lists(st.integers(1, 99), unique=True, max_size=4))
    provenance = Provenance(
        language=draw(st.sampled_from(["en", "uk", "zh-Hant"])),
        kind=draw(st.sampled_from(["original", "translation"])),
        status=draw(st.sampled_from(["partial", "machine", "reviewed"])),
        engine=draw(_VALUE),
        model=draw(_VALUE),
        original_sha256=draw(_VALUE),
        track=draw(st.integers(0, 99)),
        unsure_below=draw(st.one_of(st.none(), st.floats(0, 1))),
        made=draw(_VALUE),
        translated_from=draw(_VALUE),
        reviewed=draw(_VALUE),
        reviewed_by=draw(_VALUE),
        corrected=draw(_VALUE),
        source=draw(_VALUE),
        other=draw(st.sampled_from([(), (("later-field", "kept"),), (("x", "a --> b"), ("y", ""))])),
    )
    dropped = tuple(
        Dropped(at, at + length, text, reason)
        for at, length, text, reason in draw(
            st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**5), _VALUE, _VALUE), max_size=2)
        )
    )
    notes = st.tuples(st.integers(0, len(numbers)), st.sampled_from(["NOTE foreign", "NOTE\ntwo\nlines"]))
    heads = st.tuples(st.just(0), st.sampled_from(["STYLE\na{}", "REGION\nid:a"]))
    blocks = draw(st.lists(st.one_of(notes, heads), max_size=3))
    return Transcript(
        provenance,
        tuple(draw(cues(number)) for number in numbers),
        draw(st.integers(100, 200)),
        dropped,
        draw(st.sampled_from(["", "- a title", "\nKind: captions"])),
        tuple(sorted(blocks, key=lambda block: block[0])),
    )


@settings(max_examples=150, deadline=None)
@given(transcripts())
def test_write_vtt_and_read_vtt_are_each_others_inverse(transcript: Transcript) -> None:
    """Every word, time, mark and note comes back, and the second writing gives the same bytes."""
    text = write_vtt(transcript)
    reading = read_vtt(text.encode("utf-8"))
    assert reading.transcript == transcript
    assert reading.mended == ()
    assert write_vtt(reading.transcript) == text


_PIECES = [
    "WEBVTT",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "00:01.000 --> 00:02.000",
    "-->",
    "c1",
    "NOTE",
    "NOTE x",
    "STYLE",
    "REGION",
    "text",
    "<v Anna>",
    "</v>",
    "<c.unsure>",
    "</c>",
    "<lang uk>",
    "</lang>",
    "<ruby>",
    "<rt>",
    "</ruby>",
    "<00:01.500>",
    "<",
    ">",
    "&",
    "&lt;",
    "&#0;",
    "\0",
    "\ufeff",
    " ",
    "\t",
    "\f",
    "\ud800",
    "onrecord 1",
    "language: en",
    "next-id: 2",
    "dropped 0:01 to 0:02",
    "unread",
    "\u00a0",
    "é",
    "\x85",
    "\u2028",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map(lambda pieces: "WEBVTT\n\n" + "".join(pieces)))
def test_read_vtt_takes_anything_and_settles_at_once(text: str) -> None:
    """Whatever comes, it is read or refused with a line; what was read is written the same from then on."""
    try:
        first = read_vtt(text).transcript
    except TranscriptFormatError as error:
        assert error.line is not None
        return
    written = write_vtt(first)
    again = read_vtt(written.encode("utf-8"))
    assert again.transcript.cues == first.cues
    assert write_vtt(again.transcript) == written


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map(lambda pieces: "WEBVTT\n\n" + "".join(pieces)))
def test_read_vtt_loses_no_word_without_saying(text: str) -> None:
    """Every letter of a file is in a cue, in a note, or said to be left out."""
    try:
        reading = read_vtt(text)
    except TranscriptFormatError:
        return
    count = text.count("text")
    kept = write_vtt(reading.transcript).count("text")
    assert kept >= count or reading.mended


def test_write_vtt_has_the_form_of_the_guide() -> None:
    """The example file is written as it stands, byte for byte."""
    text = (HERE / "vtt" / "ours.vtt").read_text(encoding="utf-8")
    reading = read_vtt(text)
    assert write_vtt(reading.transcript) == text
    assert reading.mended == ()
    assert reading.transcript.next_id == 12
    assert reading.transcript.dropped == (
        Dropped(60_000, 64_500, "Thank you. Thank you. --> Thank you.", "loop"),
    )
    assert reading.transcript.cues[0] == Cue(
        "c7",
        31_400,
        33_480,
        (
            Word("Everyone", 31_400),
            Word("has", 31_900),
            Word("duties", 32_100),
            Word("to", 32_600),
            Word("the", 32_720),
            Word("community.", 32_800, unsure=True),
        ),
        "Anna Koval",
    )
    second = reading.transcript.cues[1]
    assert second.speaker == "Borys & Clara"
    assert [word.language for word in second.words] == [None, "uk", "uk", "uk", None, None, None]
    assert second.lines == ("Как кожна людина має “rights”", "<applause> R&D.")


def test_write_vtt_makes_values_fit() -> None:
    """White space in a word parts it, a line end in a value becomes a space, and what no file can hold is
    replaced.
    """
    words = (Word("two words", 5), Word("", 6), Word("nu\0l\ud800", 7))
    cue = Cue("", 5, 9, words, "  Anna \n Koval ", (1,), "align:start\n\nline:0")
    transcript = Transcript(
        Provenance("en", source="a\n\nb --> c"),
        (cue, Cue("c9", 1, 2, ())),
        blocks=((0, "loose\n\ntext --> x"),),
    )
    read = read_vtt(write_vtt(transcript)).transcript
    assert read.cues == (
        Cue(
            "c1",
            5,
            9,
            (Word("two", 5), Word("words"), Word("nu\ufffdl\ufffd", 7)),
            "Anna Koval",
            (2,),
            "align:start line:0",
        ),
    )
    assert read.provenance.source == "a b --> c"
    assert read.blocks == ((0, "NOTE\nloose\ntext --&gt; x"),)


@pytest.mark.parametrize("path", GOOD + BAD, ids=lambda path: path.name)
def test_read_vtt_settles_every_file_of_the_corpus(path: Path) -> None:
    """What was read from any file is written and read again without a change."""
    first = read_vtt(path.read_bytes(), path=path).transcript
    written = write_vtt(first)
    again = read_vtt(written).transcript
    assert again.cues == first.cues
    assert write_vtt(again) == written


def _nodes(text: str) -> list[Any]:
    """The cue's text as a browser's document fragment would have it."""
    root: list[Any] = []
    stack = [root]
    for part in cuetext.parse(text):
        here = stack[-1]
        if isinstance(part, str):
            if here and isinstance(here[-1], str):
                here[-1] += part
            else:
                here.append(part)
        elif isinstance(part, int):
            here.append(["timestamp", clock(part)])
        elif isinstance(part, cuetext.Open):
            name = "span" if part.name in ("c", "v", "lang") else part.name
            inside: list[Any] = []
            here.append([name, " ".join(part.classes), part.value, inside])
            stack.append(inside)
        else:
            stack.pop()
    return root


def _tidy(nodes: list[Any]) -> None:
    """Names and classes with single spaces: the rules collapse white space there, Chromium leaves it."""
    for node in nodes:
        if isinstance(node, list) and len(node) == 4:
            node[1], node[2] = " ".join(node[1].split()), " ".join(node[2].split())
            _tidy(node[3])


@pytest.mark.browser
def test_read_vtt_reads_the_corpus_as_chromium_does(chromium: Callable[[list[bytes]], list[Any]]) -> None:
    """Times, text and structure of every cue of every file, ours and malformed, are what Chromium makes of
    them.
    """
    files = GOOD + BAD
    for path, theirs in zip(files, chromium([path.read_bytes() for path in files]), strict=True):
        found = [block for block in take_apart(path.read_bytes()).blocks if isinstance(block, RawCue)]
        found.sort(key=lambda cue: (cue.start, -cue.end))  # a track's list is sorted so
        ours = [
            {"start": cue.start, "end": cue.end, "text": cue.text, "nodes": _nodes(cue.text)} for cue in found
        ]
        for cue in theirs or []:
            del cue["id"], cue["settings"]
            _tidy(cue["nodes"])
            cue["nodes"] = [] if cue["nodes"] == [""] else cue["nodes"]
        assert ours == theirs, path.name


@pytest.mark.browser
def test_chromium_reads_what_is_written(chromium: Callable[[list[bytes]], list[Any]]) -> None:
    """A file of ours, with ids, settings, speakers and languages, plays as it is meant."""
    path = HERE / "vtt" / "ours.vtt"
    (cues_there,) = chromium([path.read_bytes()])
    transcript = read_vtt(path.read_bytes()).transcript
    assert [(cue["id"], cue["start"], cue["end"]) for cue in cues_there] == [
        (cue.id, cue.start, cue.end) for cue in transcript.cues
    ]
    assert cues_there[1]["settings"]["line"] == 0
    assert cues_there[1]["settings"]["align"] == "start"
    assert cues_there[0]["nodes"][0][:3] == ["span", "", "Anna Koval"]


MENDED: dict[str, list[str]] = {
    "backwards.vtt": [
        "line 4: the cue ends at 00:00:02.000, before it starts at 00:00:05.000; it ends as it starts."
    ],
    "blank-line-in-text.vtt": [
        "line 7: no times stand above it, for there is an empty line in between; players leave out 'second "
        "half', "
        "and so does the transcript, which keeps it in a note."
    ],
    "comma-times.vtt": [
        "line 4: '00:00:01,000 --> 00:00:02,000' cannot be read as a cue's times; players leave out '1 "
        "00:00:01,000 --> "
        "00:00:02,000 with commas', and so does the transcript, which keeps it in a note."
    ],
    "empty-cues.vtt": [
        "line 4: a cue without words was left out: it shows nothing.",
        "line 7: a cue without words was left out: '<v Anna>' shows nothing.",
    ],
    "header-without-blank.vtt": [],
    "late-style.vtt": [
        "line 6: a STYLE block is kept, but it stands after the first cue, where players pay no heed to it.",
        "line 9: a REGION block is kept, but it stands after the first cue, where players pay no heed to it.",
    ],
    "latin.vtt": ["line 4: 2 characters are no UTF-8 and were replaced; the first is here."],
    "no-blank-line.vtt": [],
    "no-times.vtt": [
        "line 4: '-->' cannot be read as a cue's times; players leave out 'c1 --> no times', and so does "
        "the transcript, "
        "which keeps it in a note.",
        "line 7: no times stand above it; players leave out 'c2 no arrow at all', and so does the "
        "transcript, which keeps it "
        "in a note.",
    ],
    "note-with-arrow.vtt": [
        "line 3: 'NOTE see 1 --> 2' cannot be read as a cue's times; players leave out 'NOTE see 1 --> 2 "
        "and more', and so "
        "does the transcript, which keeps it in a note.",
        "line 7: 'then a --> b' cannot be read as a cue's times; players leave out 'NOTE then a --> b', and "
        "so does the "
        "transcript, which keeps it in a note.",
    ],
    "nul.vtt": ["line 3: 2 people speak in one cue; it was split into 2."],
    "same-id-twice.vtt": ["line 7: the id 'c1' stands twice; the second cue has a new one."],
    "sixty.vtt": [
        "line 3: '00:60.000 --> 00:61.000' cannot be read as a cue's times; players leave out '00:60.000 "
        "--> 00:61.000 sixty "
        "seconds', and so does the transcript, which keeps it in a note.",
        "line 6: '00:60:00.000 --> 00:61:00.000' cannot be read as a cue's times; players leave out "
        "'00:60:00.000 --> "
        "00:61:00.000 sixty minutes', and so does the transcript, which keeps it in a note.",
        "line 9: '00:01.00 --> 00:02.0000' cannot be read as a cue's times; players leave out '00:01.00 --> "
        "00:02.0000 "
        "digits', and so does the transcript, which keeps it in a note.",
    ],
    "tags-open.vtt": [
        "line 3: the style <b> has no place in a transcript (once); the words are kept.",
        "line 3: the style <i> has no place in a transcript (once); the words are kept.",
        "line 9: a time that no word follows has no place in a transcript (2 times); the words are kept.",
        "line 9: a time inside a word has no place in a transcript (once); the words are kept.",
    ],
}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_read_vtt_says_what_it_mends(path: Path) -> None:
    """Each malformed file gives its own sentences, with the line."""
    assert sorted(read_vtt(path.read_bytes()).mended) == sorted(MENDED[path.name])


def test_read_vtt_keeps_text_that_stands_in_no_cue() -> None:
    """What a player leaves out stays in the file, in a note."""
    transcript = read_vtt((HERE / "malformed" / "blank-line-in-text.vtt").read_bytes()).transcript
    assert transcript.blocks == ((1, "NOTE\nunread\nsecond half"),)
    assert [cue.text for cue in transcript.cues] == ["first half", "next"]


def test_read_vtt_splits_a_cue_in_which_several_speak() -> None:
    """Each speaker has a cue; times are the words' where known, else by the length of the text."""
    transcript = read_vtt((HERE / "vtt" / "voices.vtt").read_bytes()).transcript
    assert [(cue.id, cue.start, cue.end, cue.speaker, cue.text) for cue in transcript.cues] == [
        ("1", 1000, 2895, "Anna", "Is that so?"),
        ("c1", 2895, 4000, "Borys", "It is."),
        ("2", 5000, 6846, "Anna Koval", "Hear, hear!"),
        ("c2", 6846, 9000, "Borys", "Order, order!"),
        ("3", 10000, 11333, "", "Before anyone"),
        ("c3", 11333, 12000, "Anna", "speaks"),
    ]
    assert transcript.cues[3].words[1].start == 8000


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("status: reviwed", "f.vtt:6: status holds 'reviwed': expected partial or machine or reviewed."),
        (
            "language: englisch!",
            "f.vtt:6: language holds 'englisch!': expected a language tag, such as en, uk or pt-BR.",
        ),
        ("track: -1", "f.vtt:6: track holds '-1': expected a whole number."),
        ("next-id: soon", "f.vtt:6: next-id holds 'soon': expected a whole number."),
        ("unsure-below: high", "f.vtt:6: unsure-below holds 'high': expected a number from 0 to 1."),
        ("kind: dub", "f.vtt:6: kind holds 'dub': expected original or translation."),
        ("made 2026", "f.vtt:6: 'made 2026' is no line of the first note. Write it as key: value."),
    ],
)
def test_read_vtt_refuses_a_first_note_that_it_would_have_to_guess(line: str, message: str) -> None:
    """A wrong value is an error with file and line: a status decides what may become public."""
    head = "" if line.startswith("language") else "language: en"
    text = f"WEBVTT\n\nNOTE\nonrecord 1\n{head or 'track: 0'}\n{line}\n\nc1\n00:01.000 --> 00:02.000\nx\n"
    with pytest.raises(TranscriptFormatError) as caught:
        read_vtt(text, path=Path("f.vtt"))
    assert str(caught.value) == message


def test_read_vtt_refuses_a_later_format() -> None:
    """A file that a later onrecord wrote is not guessed at."""
    with pytest.raises(
        TranscriptFormatError, match=r"this transcript has format 2; this onrecord knows format 1\."
    ):
        read_vtt("WEBVTT\n\nNOTE\nonrecord 2\nlanguage: en\n")


@pytest.mark.parametrize(
    "text", ["", "WEBVTTx", "webvtt", " WEBVTT", "\ufeff\ufeffWEBVTT", "1\n00:00:01,000 --> 00:00:02,000\nx"]
)
def test_read_vtt_refuses_what_browsers_refuse(text: str) -> None:
    """Without the signature it is no WebVTT."""
    with pytest.raises(TranscriptFormatError, match="does not begin with WEBVTT"):
        read_vtt(text)


def test_read_vtt_mends_a_next_id_that_is_in_use() -> None:
    """An id is never given twice, even where a hand edit set the counter back."""
    text = (
        "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nnext-id: 3\n\n"
        "c8\n00:01.000 --> 00:02.000\nx\n\n00:03.000 --> 00:04.000\ny\n"
    )
    reading = read_vtt(text)
    assert reading.mended == ("line 3: next-id is 3, but the id c8 is in use; it is 9 now.",)
    assert [cue.id for cue in reading.transcript.cues] == ["c8", "c9"]
    assert reading.transcript.next_id == 10


@settings(max_examples=60, deadline=None)
@given(transcripts())
def test_webvtt_py_reads_the_same_cues(transcript: Transcript) -> None:
    """A second opinion: webvtt-py finds the same ids, times and lines in what is written."""
    import webvtt

    text = write_vtt(transcript)
    if any((ord(c) < 32 and c != "\n") or c in "\x7f\x85\u2028\u2029" for c in text):
        return  # webvtt-py takes more characters for line ends than the rules do
    theirs = webvtt.from_string(text)
    assert [(c.identifier, c.start_time.in_milliseconds(), c.end_time.in_milliseconds()) for c in theirs] == [
        (c.id, c.start, c.end) for c in transcript.cues
    ]
    assert [len(c.lines) for c in theirs] == [len(c.lines) for c in transcript.cues]


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<b>",
        "</b>",
        "<c.a.b.c>",
        "&",
        "&amp",
        "&#1",
        "<ruby><rt>",
        "a\n",
        "00:01.000 --> 00:02.000\n",
        "NOTE\n\n",
        "<00:01.000>",
        "-->\n",
        "\r",
        "<v A>b ",
    ],
)
def test_read_vtt_is_linear_on_hostile_input(piece: str) -> None:
    """Half a megabyte of one repeated piece takes seconds at the very most, not minutes."""
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n" + piece * (500_000 // len(piece))
    began = time.process_time()
    write_vtt(read_vtt(text).transcript)
    assert time.process_time() - began < 20


@pytest.mark.parametrize("arrow", ["->", "→", "--", "=>", " "])
def test_times_without_their_arrow_are_told_as_what_they_are(arrow: str) -> None:
    """The commonest slip of a hand in a cue: the line and the remedy are named, the words are kept."""
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\nfirst\n\nc2\n00:03.000 {arrow} 00:04.000\nsecond\n"
    reading = read_vtt(text, language="en")
    assert [cue.text for cue in reading.transcript.cues] == ["first"]
    assert reading.mended[0].startswith("line 6: its times need --> between them; players leave out 'c2 ")
    assert "second" in write_vtt(reading.transcript)


def test_a_transcript_of_several_tracks_says_which() -> None:
    """`tracks` is a field of ours: reading it is no complaint, writing keeps it."""
    text = "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: machine\ntrack: 0\ntracks: 0 1\nnext-id: 1\n"
    reading = read_vtt(text)
    assert reading.mended == ()
    assert "\ntracks: 0 1\n" in write_vtt(reading.transcript)
