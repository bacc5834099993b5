"""Downloads: each says of itself what it is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from onrecord.site.downloads import FORMATS
from onrecord.transcripts.formats import read_foreign
from onrecord.transcripts.formats.docx import MEDIA_TYPE

SAID = """
    c1 0.0 2.0 Anna Example: Everyone has duties.
    c2 2.0 4.0 Borys Pryklad: To the community.
"""


def talk(bench: Any, said: str = SAID, language: str = "en") -> None:
    """A published event with a reviewed transcript, on a site that knows its place."""
    bench.settings('base-url = "https://archive.example.org/talks"')
    bench.event(
        "a-talk",
        '[[speakers]]\nname = "Anna Example"\n[[speakers]]\nname = "Borys Pryklad"\n[[recordings]]\nid = "part-1"\n'
        'publish = "yes"',
        title="Duties & rights",
    )
    bench.transcript("a-talk", f"part-1.{language}", said)


def words_of(form: str, data: bytes) -> str:
    """All text of a download."""
    if form != "docx":
        return data.decode()
    from docx import Document

    document = Document(io.BytesIO(data))
    links = {link.address + (f"#{link.fragment}" if link.fragment else "")
             for paragraph in document.paragraphs for link in paragraph.hyperlinks}  # fmt: skip
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *sorted(links)])


def test_downloads_are_saved_under_names_that_tell_them_apart(bench: Any) -> None:
    """Transcripts of two discussions do not lie in a reader's folder under one name."""
    talk(bench)
    with bench.client() as client:
        page = client.get("/events/a-talk/").text
    for form in FORMATS:
        assert f'/downloads/a-talk/part-1.en.{form}" download="a-talk.part-1.en.{form}"' in page


@pytest.mark.parametrize("form", FORMATS)
def test_download_has_title_speakers_date_address_and_provenance_in_its_head(bench: Any, form: str) -> None:
    """In every format, before the first word that was said."""
    talk(bench)
    with bench.client() as client:
        answer = client.get(f"/downloads/a-talk/part-1.en.{form}")
    text = words_of(form, answer.content)
    head = text[: text.index("Everyone")]
    facts = ["Duties & rights", "1 October 2026", "https://archive.example.org/talks/events/a-talk/"]
    if form == "vtt":
        facts[0] = "Duties & rights"
    for fact in (
        *facts,
        "Anna Example",
        "Borys Pryklad",
        "pocketsphinx",
        "reviewed" if form == "json" else "Reviewed",
    ):
        assert fact in head, (form, fact, head)


@pytest.mark.parametrize("form", ["srt", "vtt", "txt", "md"])
def test_download_can_be_taken_back_in_without_its_head(bench: Any, form: str) -> None:
    """Nothing of the head becomes something that was said."""
    talk(bench)
    with bench.client() as client:
        data = client.get(f"/downloads/a-talk/part-1.en.{form}").content
    transcript = read_foreign(data, f"part-1.en.{form}", known=("Anna Example", "Borys Pryklad")).transcript
    assert [(cue.speaker, cue.text) for cue in transcript.cues] == [
        ("Anna Example", "Everyone has duties."),
        ("Borys Pryklad", "To the community."),
    ]


def test_word_document_links_its_times_to_the_sentences(bench: Any) -> None:
    """Each turn has its speaker and its time, which leads to the page."""
    talk(bench)
    with bench.client() as client:
        answer = client.get("/downloads/a-talk/part-1.en.docx")
    assert answer.headers["content-type"] == MEDIA_TYPE
    lines = words_of("docx", answer.content).splitlines()
    assert lines[-7:] == [
        "Anna Example  0:00", "Everyone has duties.", "Borys Pryklad  0:02", "To the community.",
        "https://archive.example.org/talks/events/a-talk/",
        "https://archive.example.org/talks/events/a-talk/#part-1.en.c1",
        "https://archive.example.org/talks/events/a-talk/#part-1.en.c2",
    ]  # fmt: skip


def test_word_document_is_the_same_every_time_and_names_no_program(bench: Any) -> None:
    """To the byte; the date in it is the transcript's."""
    talk(bench)
    with bench.client() as client:
        first = client.get("/downloads/a-talk/part-1.en.docx").content
    with bench.client() as client:
        second = client.get("/downloads/a-talk/part-1.en.docx").content
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert "python-docx" not in core
    assert "Anna Example; Borys Pryklad" in core
    assert "2026-10-02T10:00:00Z" in core


def test_word_document_runs_to_the_left_where_its_language_does(bench: Any) -> None:
    """Arabic paragraphs are set from right to left."""
    talk(bench, "c1 0.0 2.0 Anna Example: لكل فرد الحق في الحياة.", "ar")
    with bench.client() as client:
        data = client.get("/downloads/a-talk/part-1.ar.docx").content
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = package.read("word/document.xml").decode()
    assert text.count("<w:bidi/>") == 2
    assert "<w:rtl/>" in text
