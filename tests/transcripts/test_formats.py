"""Other formats: what is read, what is mended and said, and what is written."""

from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import replace
from pathlib import Path

import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import TranscriptFormatError
from onrecord.transcripts.formats import language_in_name, read_foreign, write_as
from onrecord.transcripts.formats.head import Head, provenance_sentence
from onrecord.transcripts.formats.subtitles import read_subtitles
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.vtt import read_vtt

HERE = Path(__file__).parent


def rows(data: bytes | str, name: str = "talk.en.vtt") -> list[tuple[int, int, str, str]]:
    """The cues of a file as start, end, speaker and text."""
    reading = read_foreign(data.encode() if isinstance(data, str) else data, name)
    return [(cue.start, cue.end, cue.speaker, cue.text) for cue in reading.transcript.cues]


def corpus(name: str) -> bytes:
    """A file of the corpus."""
    folder = "vtt" if (HERE / "vtt" / name).exists() else "malformed"
    return (HERE / folder / name).read_bytes()


OURS = read_vtt((HERE / "vtt" / "ours.vtt").read_bytes()).transcript


def test_zoom_vtt_gives_speakers_from_labels() -> None:
    """`Name:` is the speaker, a colon later in the sentence is not, and who was taken for one is said."""
    reading = read_foreign(corpus("zoom.vtt"), "zoom.vtt")
    assert [(cue.speaker, cue.text) for cue in reading.transcript.cues] == [
        ("Anna Koval", "Everyone has duties to the community."),
        ("Borys Melnyk", "Note: in which alone."),
        ("Anna Koval", "The free and full development"),
        ("Borys Melnyk", "is possible."),
    ]
    assert reading.mended == (
        "the speakers were taken from 'Name:' before what they say: Anna Koval, Borys Melnyk.",
    )
    assert reading.transcript.provenance.source == "zoom.vtt"


def test_zoom_saved_captions_are_read_from_the_clock() -> None:
    """Times of day become positions; that they are estimates is said."""
    text = "[Anna Koval] 23:59:58\nEveryone has duties.\nTo the community.\n\n[Borys Melnyk] 00:00:04\nYes.\n"
    assert rows(text, "closed_caption.txt") == [
        (0, 2405, "Anna Koval", "Everyone has duties. To the community."),
        (6000, 7000, "Borys Melnyk", "Yes."),
    ]
    chat = "18:00:01 From Anna Koval to Everyone: Hello\n18:00:09 From Borys Melnyk : Hi all\n"
    assert rows(chat, "chat.txt") == [
        (0, 1000, "Anna Koval", "Hello"),
        (8000, 9000, "Borys Melnyk", "Hi all"),
    ]
    assert "the clock on the wall; 18:00:01" in read_foreign(chat.encode(), "chat.txt").mended[0]


def test_teams_vtt_gives_speakers_and_our_ids() -> None:
    """Teams' voices are the speakers; its ids are its own and are replaced."""
    transcript = read_foreign(corpus("teams.vtt"), "teams.vtt").transcript
    assert [(cue.id, cue.speaker) for cue in transcript.cues] == [
        ("c1", "Koval, Anna"),
        ("c2", "Koval, Anna"),
        ("c3", "Melnyk, Borys"),
    ]


def test_rolling_captions_say_every_word_once() -> None:
    """The lines that a platform repeats are kept where they stood first, with their word times."""
    reading = read_foreign(corpus("rolling.vtt"), "video.vtt")
    assert [(cue.start, cue.end, cue.text) for cue in reading.transcript.cues] == [
        (160, 2360, "everyone has the"),
        (2360, 4010, "right to life"),
        (4010, 6000, "liberty and"),
    ]
    assert reading.transcript.cues[1].words[1] == Word("to", 3000)
    assert reading.transcript.language == "en"
    assert reading.mended == (
        "the captions roll: lines that were repeated from the caption before are kept once.",
    )


def test_a_repeated_yes_is_not_rolling() -> None:
    """What is said twice stays twice."""
    text = "WEBVTT\n\n" + "".join(
        f"00:0{at}.000 --> 00:0{at}.900\n{said}\n\n"
        for at, said in enumerate(["Yes.", "Yes.", "I do.", "So it was.", "Then.", "No."])
    )
    assert [row[3] for row in rows(text)] == ["Yes.", "Yes.", "I do.", "So it was.", "Then.", "No."]


def test_json3_gives_words_their_times_and_marks() -> None:
    """Offsets are added, windows end where the next begins, empty events are no cues, low confidence is a
    mark.
    """
    data = {
        "wireMagic": "pb3",
        "events": [
            {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
            {
                "tStartMs": 160,
                "dDurationMs": 4000,
                "wWinId": 1,
                "segs": [
                    {"utf8": "everyone", "acAsrConf": 248},
                    {"utf8": " has", "tOffsetMs": 300, "acAsrConf": 60},
                    {"utf8": " duties\n", "tOffsetMs": 500},
                    {"utf8": "here", "tOffsetMs": 900},
                ],
            },
            {"tStartMs": 2300, "dDurationMs": 1000, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}]},
            {
                "tStartMs": 2310,
                "dDurationMs": 3000,
                "wWinId": 1,
                "segs": [{"utf8": "to"}, {"utf8": " the", "tOffsetMs": 200}],
            },
        ],
    }
    cues = read_foreign(json.dumps(data).encode(), "video.uk.json3").transcript.cues
    assert cues == (
        Cue(
            "c1",
            160,
            2310,
            (Word("everyone", 160), Word("has", 460, unsure=True), Word("duties", 660), Word("here", 1060)),
            "",
            (3,),
        ),
        Cue("c2", 2310, 5310, (Word("to", 2310), Word("the", 2510))),
    )


def test_json3_says_what_it_leaves_out() -> None:
    """Odd pieces are counted; half a file is an error with its line."""
    reading = read_foreign(corpus("odd.json3"), "odd.json3")
    assert [cue.text for cue in reading.transcript.cues] == ["kept"]
    assert reading.mended == ("3 pieces without a time or a text were left out.",)
    with pytest.raises(TranscriptFormatError, match=r"cut-off.json3:1: this is not valid JSON"):
        read_foreign(corpus("cut-off.json3"), "cut-off.json3")


def test_srt_is_read_with_what_was_mended() -> None:
    """Missing numbers and short times are completed, styles go, and what no cue holds is said."""
    reading = read_foreign(corpus("broken-times.srt"), "a.srt")
    assert [(cue.start, cue.end, cue.text) for cue in reading.transcript.cues] == [
        (1000, 2000, "one"),
        (5000, 6000, "short"),
    ]
    assert reading.mended == (
        "line 10: the times '00:05 --> 00:06' were completed.",
        "line 6: this belongs to no cue that can be read, and was left out: '00:00:xx --> 00:00:04,000'.",
        "line 7: this belongs to no cue that can be read, and was left out: 'lost'.",
    )
    assert [cue.text for cue in read_foreign(corpus("numbers-missing.srt"), "a.srt").transcript.cues] == [
        "one",
        "two",
    ]
    styled = (
        "1\n00:00:01,000 --> 00:00:02,500\n{\\an8}<i>Every</i>one <font color=red>has</font>\na < b & c > d\n"
    )
    assert rows(styled, "a.srt") == [(1000, 2500, "", "Everyone has a < b & c > d")]


def test_sbv_is_read() -> None:
    """YouTube's older captions."""
    assert rows("0:00:01.000,0:00:02.500\nEveryone has\n\n0:00:03.000,0:00:04.000\nduties\n", "a.sbv") == [
        (1000, 2500, "", "Everyone has"),
        (3000, 4000, "", "duties"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cyrillic-1251.srt", "Кожна людина має обов’язки", "Windows-1251"),
        ("latin-1252.srt", "Déjà vu à la crème", "Windows-1252"),
        ("utf-16.srt", "Кожна людина", ""),
    ],
)
def test_encodings_are_found_out_and_said(name: str, text: str, said: str) -> None:
    """Text that is not UTF-8 is read, and a guess is told."""
    reading = read_foreign(corpus(name), name)
    assert reading.transcript.cues[0].text == text
    assert [sentence for sentence in reading.mended if "Windows" in sentence] == (
        [
            f"the file is not UTF-8; it was read as {said} "
            f"({'Cyrillic' if '1251' in said else 'Western European'}). "
            "If letters look wrong, save it as UTF-8."
        ]
        if said
        else []
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this file is empty"),
        (b"  \n ", "this file is empty"),
        (b"PK\x03\x04abc", "a packed file such as .docx"),
        (b"\x00\x00\x00\x20ftypisom", "a video or sound file"),
        (b"<!doctype html><html><p>no", "a web page"),
        (b'<?xml version="1.0"?><tt>', "XML"),
        (b'{"a": 1}', "this is JSON, but neither"),
        (b"just words\n", "this text has no times"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\n", "no cue"),
        (b'{"format": "onrecord-transcript", "version": 9}', "has version 9"),
        (
            b'{"format": "onrecord-transcript", "version": 1, "provenance": {"language": "en"}, "cues": '
            b'[{"id": "c1", "start": "x"}]}',
            r"cues\[0\]\.start holds 'x': expected a whole number",
        ),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_name(data: bytes, message: str) -> None:
    """The error names the file and says what it is."""
    with pytest.raises(TranscriptFormatError, match=message) as caught:
        read_foreign(data, "given.txt")
    assert caught.value.path == Path("given.txt")


def test_json_keeps_everything() -> None:
    """Our JSON comes back as the same transcript, with ids, times, marks, languages and what was dropped."""
    text = write_as(OURS, "json", Head(title="A title", speakers=("Anna",)))
    assert json.loads(text)["title"] == "A title"
    assert replace(read_foreign(text.encode(), "ours.json").transcript, provenance=OURS.provenance) == OURS


def test_srt_keeps_times_lines_and_speakers() -> None:
    """What is written as SRT is read again with the same times, lines and speakers."""
    cues = (
        Cue("c1", 1000, 2000, (Word("Everyone", 1000), Word("has"), Word("duties.")), "Anna Koval", (2,)),
        Cue("c2", 2000, 3001, (Word("Yes.", 2000),), "Borys Melnyk"),
        Cue("c3", 3001, 4000, (Word("No.", 3001),), "Anna Koval"),
        Cue("c4", 4000, 5000, (Word("Well.", 4000),), "Borys Melnyk"),
    )
    text = write_as(Transcript(Provenance("en"), cues, 5), "srt")
    assert text.startswith("1\n00:00:01,000 --> 00:00:02,000\nAnna Koval: Everyone has\nduties.\n\n2\n")
    assert read_foreign(text.encode(), "a.en.srt").transcript.cues == cues


_SAID = st.lists(
    st.text(st.characters(categories=["L", "P", "S", "N"]), min_size=1, max_size=8), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "Anna Koval", "Borys *M*", "Ім'я [1]"]), _SAID), min_size=1, max_size=5
    )
)
def test_text_and_markdown_keep_every_word_and_speaker(said: list[tuple[str, list[str]]]) -> None:
    """Whatever characters are said, each turn comes back with its speaker, its time and its words."""
    from onrecord.transcripts.formats.prose import read_prose
    from onrecord.transcripts.model import turns

    cues = tuple(
        Cue(f"c{index}", index * 5000, index * 5000 + 900, tuple(map(Word, words)), speaker)
        for index, (speaker, words) in enumerate(said)
    )
    transcript = Transcript(Provenance("en"), cues, 99)
    wanted = [
        (turn.speaker, turn.cues[0].start, " ".join(cue.text for cue in turn.cues)) for turn in turns(cues)
    ]
    for form, markdown in (("txt", False), ("md", True)):
        head = Head("Title [0:01]", "2022", ("Anna",), "https://example.org/e", "A sentence.", "part-1.en")
        text = write_as(transcript, "md" if markdown else "txt", head)
        found = [(item.speaker, item.start, item.text) for item in read_prose(text, markdown=markdown)]
        assert found == wanted, form


def test_text_with_times_is_taken_in() -> None:
    """Our own text, without a present transcript, becomes cues of caption size; that times are estimated is
    said.
    """
    text = (
        "Anna Koval [0:10]\n"
        + "Everyone has duties to the community in which alone development is possible. " * 3
        + "\n\nBorys [1:00]\nYes.\n"
    )
    reading = read_foreign(text.encode(), "a.en.txt")
    cues = reading.transcript.cues
    assert (cues[0].start, cues[0].speaker, cues[-1].start, cues[-1].speaker) == (
        10_000,
        "Anna Koval",
        60_000,
        "Borys",
    )
    assert all(len(line) <= 42 for cue in cues for line in cue.lines)
    assert reading.mended == ("the times within a paragraph are estimated from the length of the words.",)


def test_whisper_json_is_read() -> None:
    """Seconds become milliseconds, words keep their starts."""
    data = {
        "language": "en",
        "segments": [
            {
                "start": 0.5,
                "end": 2.25,
                "text": " Everyone has",
                "words": [
                    {"word": " Everyone", "start": 0.5, "end": 1.0},
                    {"word": " has", "start": 1.125, "end": 2.0},
                ],
            }
        ],
    }
    assert read_foreign(json.dumps(data).encode(), "a.json").transcript.cues == (
        Cue("c1", 500, 2250, (Word("Everyone", 500), Word("has", 1125))),
    )


def test_foreign_cues_come_in_the_order_of_time() -> None:
    """Cues that stand out of order are sorted, and it is said."""
    reading = read_foreign(b"WEBVTT\n\n00:05.000 --> 00:06.000\nb\n\n00:01.000 --> 00:02.000\na\n", "a.vtt")
    assert [(cue.id, cue.text) for cue in reading.transcript.cues] == [("c1", "a"), ("c2", "b")]
    assert reading.mended == ("the cues do not stand in the order of their times; they were sorted.",)


def test_a_file_of_ours_is_taken_as_it_is() -> None:
    """Ids, marks and provenance of our own file mean what they mean here."""
    reading = read_foreign(corpus("ours.vtt"), "x.vtt")
    assert reading.own
    assert reading.transcript.cues == OURS.cues
    assert reading.transcript.next_id == OURS.next_id


@pytest.mark.parametrize(
    ("name", "tag"),
    [("part-1.uk.vtt", "uk"), ("a.pt-BR.srt", "pt-BR"), ("talk.vtt", ""), ("a.final.vtt", "")],
)
def test_language_in_name_reads_a_tag_before_the_ending(name: str, tag: str) -> None:
    """Only what is a language tag counts."""
    assert language_in_name(name) == tag


def test_provenance_sentence_says_how_far_a_text_can_be_trusted() -> None:
    """Machine drafts say so; reviewed ones say by whom."""
    told = Provenance("uk", engine="faster-whisper 1.2.1", model="small", made="2026-11-23T10:00:00Z")
    assert provenance_sentence(told) == (
        "Ukrainian, made by machine (faster-whisper 1.2.1 small) on 2026-11-23, not reviewed by a person."
    )
    told = replace(told, status="reviewed", reviewed="2026-11-24T10:00:00Z", reviewed_by="Olena Example")
    assert provenance_sentence(told).endswith("on 2026-11-23, reviewed by Olena Example on 2026-11-24.")


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=120),
        st.lists(
            st.sampled_from(
                [
                    b"WEBVTT\n\n",
                    b"1\n",
                    b"00:00:01,000 --> 00:00:02,000\n",
                    b"0:00:01.000,0:00:02.000\n",
                    b"text\n",
                    b"Anna: hi\n",
                    b"[Anna] 10:00:00\n",
                    b"[0:01]\n",
                    b"{",
                    b'"segments":[]',
                    b"}",
                    b"\xff\xfe",
                    b"\x00",
                    b"\xcf\xf0",
                    b"\n",
                ]
            ),
            max_size=12,
        ).map(b"".join),
    )
)
def test_read_foreign_takes_anything_or_says_why_not(data: bytes) -> None:
    """No input makes it fail in another way than with its own error."""
    try:
        reading = read_foreign(data, "x.txt")
    except TranscriptFormatError:
        return
    assert reading.transcript.cues
    assert all(cue.words and cue.end >= cue.start for cue in reading.transcript.cues)


def _errors_of_webvtt() -> list[type[Exception]]:
    """Every error that webvtt-py defines, in whichever of its modules."""
    modules = [
        importlib.import_module(f"webvtt.{found.name}") for found in pkgutil.iter_modules(webvtt.__path__)
    ]
    return sorted(
        {
            value
            for module in modules
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Exception)
            and value.__module__.startswith("webvtt")
        },
        key=lambda one: one.__name__,
    )


@pytest.mark.parametrize("error", _errors_of_webvtt())
def test_every_error_of_webvtt_is_told_as_ours(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it raises while it reads, a person is told what is wrong with the file, and what helps."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise error("it is broken")

    monkeypatch.setattr(webvtt.WebVTT, "from_buffer", fail)
    with pytest.raises(TranscriptFormatError, match=r"SubRip \(SRT\): it is broken") as caught:
        read_subtitles("1\n00:00:01,000 --> 00:00:02,000\nWords\n", "srt")
    assert caught.value.advice


def test_errors_of_webvtt_are_those_that_are_known() -> None:
    """A version with another error makes this fail, so that somebody looks at it."""
    assert [error.__name__ for error in _errors_of_webvtt()] == [
        "MalformedCaptionError", "MalformedFileError", "MissingFilenameError",
    ]  # fmt: skip
