"""The commands that show, import, correct, export and review transcripts, as a person types them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from onrecord.archive import Archive
from onrecord.cli import root
from onrecord.errors import ConflictError, NotFoundError, OnrecordError, TranscriptFormatError, UsageError
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.transcripts.library import Library
from onrecord.transcripts.vtt import read_vtt

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:04.000
Speaker 1: Everyone has duties to the comunity.

2
00:00:05.000 --> 00:00:06.000
Speaker 2: Yes.

3
00:00:07.000 --> 00:00:09.000
Speaker 1: In which alone it is possible.

4
00:00:10.000 --> 00:00:11.000
Speaker 3: Thank you.
"""
Run = Callable[..., Result]


@pytest.fixture
def run(archive: Archive) -> Run:
    """Runs `onrecord transcript ...` in the archive; errors come through."""

    def call(*arguments: object) -> Result:
        result = CliRunner().invoke(root(), ["-C", str(archive.root), "transcript", *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def stem(archive: Archive) -> str:
    """An event with one recording in English."""
    event = Registry(archive).add(
        {
            "title": "Rights",
            "slug": "rights",
            "starts": "2022-07-12 18:00",
            "timezone": "Europe/London",
            "languages": ["en"],
            "recordings": [{"id": "part-1", "source": "https://example.org/a.mp4"}],
        }
    )
    return event.stem


@pytest.fixture
def zoom(archive: Archive, run: Run, stem: str, tmp_path: Path) -> Path:
    """A Zoom transcript that was taken in; its file."""
    file = tmp_path / "zoom.vtt"
    file.write_text(ZOOM, encoding="utf-8")
    run("import", "rights", file)
    return file


def present(archive: Archive, stem: str, language: str = "en", recording: str = "part-1") -> Any:
    """The transcript as it stands."""
    return Library(archive).read(stem, recording, language)


def test_import_takes_a_file_in_and_says_what_it_did(
    archive: Archive, run: Run, stem: str, tmp_path: Path
) -> None:
    """The language is the event's, the labels are speakers, nothing counts as reviewed."""
    file = tmp_path / "zoom.vtt"
    file.write_text(ZOOM, encoding="utf-8")
    result = run("import", "rights", file, "--speaker-map", "Speaker 1=Anna Koval", "--offset", "1:00")
    assert result.stdout == f"Wrote transcripts/{stem}/part-1.en.vtt: 4 cues.\n"
    assert (
        "the speakers were taken from 'Name:' before what they say: Speaker 1, Speaker 2, Speaker 3."
        in result.stderr
    )
    transcript = present(archive, stem)
    assert [(cue.id, cue.start, cue.speaker) for cue in transcript.cues] == [
        ("c1", 61_000, "Anna Koval"),
        ("c2", 65_000, "Speaker 2"),
        ("c3", 67_000, "Anna Koval"),
        ("c4", 70_000, "Speaker 3"),
    ]
    told = transcript.provenance
    assert (told.status, told.source, told.language, told.kind) == ("machine", "zoom.vtt", "en", "original")


def test_import_revise_takes_a_correction_back(
    archive: Archive, run: Run, stem: str, zoom: Path, tmp_path: Path
) -> None:
    """Exported, corrected in an editor, taken back: ids and times stay, who corrected is kept, a review
    stays.
    """
    run("review", "rights", "--by", "Olena Example")
    copy = tmp_path / "copy.md"
    run("export", "rights", "-o", copy)
    copy.write_text(copy.read_text(encoding="utf-8").replace("comunity", "community"), encoding="utf-8")
    before = present(archive, stem)
    dry = run("import", "rights", copy, "--revise", "--dry-run")
    assert dry.stdout == (
        f"Would write transcripts/{stem}/part-1.en.vtt: 4 cues; 1 word in another spelling, 3 cues as "
        f"before.\n"
    )
    assert present(archive, stem) == before
    run("import", "rights", copy, "--revise", "--by", "Olena Example")
    after = present(archive, stem)
    assert after.cues[0].text == "Everyone has duties to the community."
    assert after.cues[1:] == before.cues[1:]
    assert (after.provenance.status, after.provenance.reviewed_by) == ("reviewed", "Olena Example")
    assert after.provenance.corrected
    assert after.provenance.other == (("corrected-by", "Olena Example"),)
    again = run("import", "rights", copy, "--revise")
    assert again.stdout == "Nothing was changed: the text is as it was.\n"


def test_import_does_not_replace_what_a_person_worked_on(
    archive: Archive, run: Run, stem: str, zoom: Path
) -> None:
    """It takes --replace; sentences that are said again keep their ids, the old revision is kept."""
    run("review", "rights", "--by", "Olena Example")
    with pytest.raises(ConflictError, match=r"the transcript part-1\.en was reviewed by a person"):
        run("import", "rights", zoom)
    zoom.write_text(ZOOM.replace("Speaker 2: Yes.", "Speaker 2: Quite so."), encoding="utf-8")
    result = run("import", "rights", zoom, "--replace")
    assert "cues" in result.stdout
    transcript = present(archive, stem)
    assert [cue.id for cue in transcript.cues] == ["c1", "c2", "c3", "c4"]
    assert transcript.provenance.status == "machine"
    library = Library(archive)
    history = library.history(library.entry(stem, "part-1", "en"))
    assert [read_vtt(revision.path.read_bytes()).transcript.provenance.status for revision in history] == [
        "machine",
        "reviewed",
        "machine",
    ]


def test_import_of_a_translation_says_what_it_was_made_of(
    archive: Archive, run: Run, stem: str, zoom: Path, tmp_path: Path
) -> None:
    """The language comes from the file's name; the original and its revision are noted."""
    file = tmp_path / "talk.uk.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:04,000\nКожна людина має обов’язки.\n", encoding="utf-8")
    run("import", "rights", file, "--kind", "translation")
    told = present(archive, stem, "uk").provenance
    assert (told.kind, told.language, told.translated_from) == (
        "translation",
        "uk",
        "part-1.en.vtt revision 1",
    )
    with pytest.raises(
        UsageError, match=r"several transcripts: part-1\.en, part-1\.uk\. Name one with --language"
    ):
        run("show", "rights")
    assert "Кожна людина" in run("show", "rights", "--language", "uk").stdout


def test_import_refuses_what_it_cannot_place(archive: Archive, run: Run, stem: str, tmp_path: Path) -> None:
    """A missing file, an unknown recording, a text that is no correction: each error says so, and nothing is
    written.
    """
    file = tmp_path / "a.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:02,000\nhello there\n", encoding="utf-8")
    with pytest.raises(NotFoundError, match=r"has no recording 'part-9'\. There are: part-1"):
        run("import", "rights", "part-9", file)
    with pytest.raises(NotFoundError, match="has no transcript yet"):
        run("import", "rights", file, "--revise")
    with pytest.raises(NotFoundError, match="there is no such file"):
        run("import", "rights", tmp_path / "missing.srt")
    with pytest.raises(UsageError, match="takes the file as it is"):
        run("import", "rights", file, "--revise", "--offset", "1:00")
    broken = tmp_path / "b.vtt"
    broken.write_bytes(b"no webvtt at all")
    with pytest.raises(TranscriptFormatError, match="this text has no times"):
        run("import", "rights", broken)
    assert Library(archive).entries(stem) == ()


def test_import_asks_for_a_language_where_several_are_spoken(
    archive: Archive, run: Run, stem: str, tmp_path: Path
) -> None:
    """It is never guessed."""
    Registry(archive).edit("rights", lambda document: document.update({"languages": ["en", "uk"]}))
    file = tmp_path / "a.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:02,000\nhello there\n", encoding="utf-8")
    with pytest.raises(UsageError, match="Say it with --language"):
        run("import", "rights", file)
    run("import", "rights", file, "--language", "en-gb")
    assert [entry.name for entry in Library(archive).entries(stem)] == ["part-1.en-GB"]


def test_speakers_are_named_merged_and_set_in_a_stretch(
    archive: Archive, run: Run, stem: str, zoom: Path
) -> None:
    """Each change is a revision; the list says how much each one says."""
    run("speakers", "rights", "--name", "Speaker 1=Anna Koval", "--merge", "Speaker 2,Speaker 3=Borys Melnyk")
    assert [cue.speaker for cue in present(archive, stem).cues] == [
        "Anna Koval",
        "Borys Melnyk",
        "Anna Koval",
        "Borys Melnyk",
    ]
    run("speakers", "rights", "--from", "c2", "--to", "0:08", "--set", "Clara Novak")
    assert [cue.speaker for cue in present(archive, stem).cues] == [
        "Anna Koval",
        "Clara Novak",
        "Clara Novak",
        "Borys Melnyk",
    ]
    run("speakers", "rights", "--from", "part-1.en.c3", "--name", "Clara Novak=")
    assert [cue.speaker for cue in present(archive, stem).cues] == [
        "Anna Koval",
        "Clara Novak",
        "",
        "Borys Melnyk",
    ]
    listed = json.loads(run("speakers", "rights", "--json").stdout)
    assert listed[0] == {"name": "Anna Koval", "cues": 1, "words": 6, "length": 3000}
    assert [row["name"] for row in listed] == ["Anna Koval", "Clara Novak", "", "Borys Melnyk"]
    assert "(nobody)" in run("speakers", "rights").stdout
    assert present(archive, stem).provenance.corrected
    library = Library(archive)
    assert len(library.history(library.entry(stem, "part-1", "en"))) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name", "Speeker 1=Anna"], "Did you mean 'Speaker 1'?"),
        (["--name", "Anna"], "Write it as"),
        (["--set", "Anna"], "--set is for a stretch"),
        (["--from", "c2"], "Say who speaks in it"),
        (["--from", "c9", "--set", "Anna"], "there is no cue 'c9'"),
        (["--from", "c3", "--to", "c2", "--set", "Anna"], "ends before it begins"),
        (["--from", "c2", "--to", "c2", "--name", "Speaker 1=Anna"], "in this stretch"),
    ],
)
@pytest.mark.usefixtures("zoom")
def test_speakers_says_what_is_wrong(
    archive: Archive, run: Run, stem: str, arguments: list[str], message: str
) -> None:
    """Nothing is changed."""
    before = present(archive, stem)
    with pytest.raises(OnrecordError) as caught:
        run("speakers", "rights", *arguments)
    assert message in str(caught.value)
    assert present(archive, stem) == before


def test_review_marks_and_undoes(archive: Archive, run: Run, stem: str, zoom: Path) -> None:
    """Who and when stand in the file; undone, nothing of it is left."""
    assert (
        run("review", "rights", "--by", "Olena  Example").stdout
        == "part-1.en is reviewed by Olena Example.\n"
    )
    told = present(archive, stem).provenance
    assert (told.status, told.reviewed_by, bool(told.reviewed)) == ("reviewed", "Olena Example", True)
    data = json.loads(run("review", "rights", "--undo", "--json").stdout)
    assert data == {"transcript": "part-1.en", "status": "machine", "reviewed_by": "", "unsure_words": 0}
    told = present(archive, stem).provenance
    assert (told.status, told.reviewed_by, told.reviewed) == ("machine", "", "")
    with pytest.raises(ConflictError, match="is not marked as reviewed"):
        run("review", "rights", "--undo")
    with pytest.raises(UsageError, match="say who has read it"):
        run("review", "rights")


def test_review_refuses_an_unfinished_transcript(archive: Archive, run: Run, stem: str, zoom: Path) -> None:
    """A partial transcript is finished first."""
    path = archive.transcripts(stem) / "part-1.en.vtt"
    path.write_text(
        path.read_text(encoding="utf-8").replace("status: machine", "status: partial"), encoding="utf-8"
    )
    with pytest.raises(ConflictError, match=r"part-1\.en is unfinished"):
        run("review", "rights", "--by", "Olena Example")


def test_review_refuses_a_transcript_without_words(archive: Archive, run: Run, stem: str, zoom: Path) -> None:
    """A file whose every cue was broken by hand is no reviewed transcript."""
    path = archive.transcripts(stem) / "part-1.en.vtt"
    path.write_text(path.read_text(encoding="utf-8").replace("-->", "->"), encoding="utf-8")
    with pytest.raises(ConflictError, match=r"part-1\.en has no words that could be read"):
        run("review", "rights", "--by", "Olena Example")


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        ([], "WEBVTT\n\nNOTE\nonrecord 1\n"),
        (
            ["--format", "srt"],
            "1\n00:00:01,000 --> 00:00:04,000\nSpeaker 1: Everyone has duties to the comunity.\n",
        ),
        (
            ["--format", "txt"],
            "Rights\nDate: 2022-07-12 18:00 (Europe/London)\nSpeakers: Speaker 1, Speaker 2, Speaker 3\n",
        ),
        (["--format", "md"], "# Rights\n\n- Date: 2022-07-12 18:00 (Europe/London)\n"),
        (["--format", "json"], '{\n "format": "onrecord-transcript",\n "version": 1,\n "title": "Rights",\n'),
    ],
)
def test_export_writes_each_format(run: Run, zoom: Path, arguments: list[str], begins: str) -> None:
    """On the screen, in the format that was asked for."""
    assert run("export", "rights", *arguments).stdout.startswith(begins)


def test_export_takes_the_format_from_the_file(run: Run, zoom: Path, tmp_path: Path) -> None:
    """The ending says it; an unknown one is an error that lists the known."""
    run("export", "rights", "-o", tmp_path / "talk.srt")
    assert (tmp_path / "talk.srt").read_text(encoding="utf-8").startswith("1\n00:00:01,000 -->")
    with pytest.raises(
        UsageError, match=r"there is no format 'docx'\. Say one with --format: vtt, srt, txt, md, json"
    ):
        run("export", "rights", "-o", tmp_path / "talk.docx")


def test_show_says_what_is_wrong_in_a_hand_edited_file(
    archive: Archive, run: Run, stem: str, zoom: Path
) -> None:
    """What a player would leave out is said with file and line."""
    path = archive.transcripts(stem) / "part-1.en.vtt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("00:00:05.000", "00:00:05,000"), encoding="utf-8")
    result = run("show", "rights")
    assert (
        f"transcripts/{stem}/part-1.en.vtt: line 18: '00:00:05,000 --> 00:00:06.000' cannot be read"
        in result.stderr
    )
    assert "Anna" not in result.stdout
    assert "Thank you." in result.stdout


def test_a_change_waits_for_another_that_saves(
    archive: Archive, run: Run, stem: str, zoom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another holds the event, nothing is written."""
    monkeypatch.setattr("onrecord.transcripts.reviewing.WAIT", 0.1)
    before = present(archive, stem)
    with lock(archive, stem), pytest.raises(ConflictError, match="another onrecord is at work"):
        run("review", "rights", "--by", "Olena Example")
    assert present(archive, stem) == before


def test_a_correction_says_who_speaks_by_the_names_of_the_event(
    archive: Archive, run: Run, tmp_path: Path
) -> None:
    """In a text without speakers, a registered name and a colon begin a turn, below a time as well."""
    values = {"title": "Turns", "starts": "2022-07-12 18:00", "timezone": "Europe/Kyiv", "languages": ["en"],
              "speakers": [{"name": "Anna Koval"}, {"name": "Borys Melnyk"}],
              "recordings": [{"id": "part-1"}]}  # fmt: skip
    stem = Registry(archive).add(values).stem
    heard = tmp_path / "heard.srt"
    heard.write_text(
        "1\n00:00:01,000 --> 00:00:03,000\nEveryone has duties.\n\n"
        "2\n00:00:04,000 --> 00:00:06,000\nNote: no one shall be held in slavery.\n",
        encoding="utf-8",
    )
    run("import", stem, heard)
    text = tmp_path / "talk.txt"
    run("export", stem, "-o", text)
    written = text.read_text(encoding="utf-8")
    assert "[0:01]\nEveryone has duties. Note: no one" in written
    written = written.replace("Everyone has", "Anna Koval: Everyone has").replace(
        " Note:", "\n\nborys melnyk: Note:"
    )
    text.write_text(written, encoding="utf-8")
    run("import", stem, text, "--revise")
    assert [(cue.speaker, cue.text) for cue in present(archive, stem).cues] == [
        ("Anna Koval", "Everyone has duties."),
        ("Borys Melnyk", "Note: no one shall be held in slavery."),
    ]


def test_the_way_back_of_an_export_works_as_it_is_printed(
    archive: Archive, run: Run, stem: str, zoom: Path, tmp_path: Path
) -> None:
    """It names the recording where there are several, and quotes the file's name."""
    run("export", "rights", "-o", tmp_path / "talk.srt")
    event = Registry(archive).add({"title": "Two", "starts": "2022-07-13 18:00", "timezone": "Europe/Kyiv",
                                   "languages": ["en"], "recordings": [{"id": "a"}, {"id": "b"}]})  # fmt: skip
    for recording in ("a", "b"):
        run("import", event.slug, recording, tmp_path / "talk.srt")
    said = run("export", event.slug, "b", "-o", tmp_path / "the talk.srt").stderr
    words = shlex.split(said[said.index("'onrecord") + 1 : said.rindex("'")])
    assert words[:5] == ["onrecord", "transcript", "import", event.slug, "b"]
    assert run(*words[2:]).exit_code == 0


def test_a_correction_with_a_broken_cue_is_refused(
    archive: Archive, run: Run, stem: str, zoom: Path, tmp_path: Path
) -> None:
    """A slip in a cue's times would take its words away: the line is named, and nothing is changed."""
    copy = tmp_path / "copy.vtt"
    run("export", "rights", "-o", copy)
    text = copy.read_text(encoding="utf-8")
    copy.write_text(text.replace("00:00:05.000 -->", "00:00:05.000 ->"), encoding="utf-8")
    before = present(archive, stem)
    with pytest.raises(TranscriptFormatError, match=r"1 of its cues cannot be read.*times need --> between"):
        run("import", "rights", copy, "--revise")
    assert present(archive, stem) == before
