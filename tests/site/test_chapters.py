"""The chapters of a recording as the public reads them."""

from __future__ import annotations

from typing import Any

from onrecord.events.model import Speaker
from onrecord.site.chapters import chapters_vtt, placed
from onrecord.site.names import Names
from onrecord.site.public import PublicChapter
from onrecord.site.publicindex import indexed_event

NOBODY = Names([])
ITEMS = ((0, "Before"), (8000, "Welcome"), (30_000, "Rights"), (90_000, "After"))


def test_placed_moves_chapters_to_the_clock_of_the_rendition() -> None:
    """The one in which the trim begins stands at its start; what is outside is left out; each ends where the next
    begins.
    """
    assert placed(ITEMS, (10_000, 60_000), NOBODY, 50_000) == (
        PublicChapter(0, "Welcome", 20_000),
        PublicChapter(20_000, "Rights", 50_000),
    )


def test_placed_ends_with_the_recording() -> None:
    """A chapter that begins after the recording's end is none of it."""
    assert placed(ITEMS, None, NOBODY, 40_000)[-1] == PublicChapter(30_000, "Rights", 40_000)


def test_placed_says_no_name_that_must_not_be_said() -> None:
    """A title is a text like any other."""
    names = Names([Speaker(name="Anna Koval", shown_as="Witness A")])
    assert placed([(0, "Anna Koval speaks")], None, names)[0].title == "Witness A speaks"


def test_chapters_are_written_for_players() -> None:
    """WebVTT with a cue for each."""
    written = chapters_vtt([PublicChapter(0, "A & B", 1000), PublicChapter(1000, "C", 2500)])
    assert written == (
        b"WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\nA &amp; B\n\n2\n00:00:01.000 --> 00:00:02.500\nC\n"
    )


def test_chapters_of_each_recording_come_from_the_agenda_or_the_archive(bench: Any, tone: Any) -> None:
    """The agenda's own word comes first; a chapters file stands in where it says nothing of a recording."""
    bench.event("a-talk", '''
        agenda = [{ at = "00:00:00", title = "Welcome" }, { at = "00:00:01", title = "Questions", recording = "part-2" }]
        [[recordings]]
        id = "part-1"
        publish = "yes"
        [[recordings]]
        id = "part-2"
        publish = "yes"
        [[recordings]]
        id = "part-3"
        publish = "yes"
    ''')  # fmt: skip
    folder = bench.archive.transcripts("a-talk")
    folder.mkdir(parents=True)
    for name in ("part-2", "part-3"):
        (folder / f"{name}.chapters.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nFrom the file\n")
        bench.recording("a-talk", name, tone)
    event = bench.view().event("a-talk")
    assert [[chapter.title for chapter in one.chapters] for one in event.recordings] == [
        ["Welcome"], ["Questions"], ["From the file"],
    ]  # fmt: skip
    with bench.client() as client:
        assert client.get("/captions/a-talk/part-3.chapters.vtt").text == (
            "WEBVTT\n\n1\n00:00:00.000 --> 00:00:06.000\nFrom the file\n"
        )
        assert client.get("/captions/a-talk/part-4.chapters.vtt").status_code == 404


def test_broken_chapters_file_is_a_problem_that_is_said(bench: Any) -> None:
    """The page does without."""
    bench.event("a-talk", '[[recordings]]\nid = "part-1"\npublish = "yes"')
    folder = bench.archive.transcripts("a-talk")
    folder.mkdir(parents=True)
    (folder / "part-1.chapters.vtt").write_text("no WebVTT")
    view = bench.view()
    assert view.event("a-talk").recordings[0].chapters == ()
    assert ["part-1.chapters.vtt" in str(problem) for problem in view.problems] == [True]


def test_chapters_are_found_by_the_search_and_looked_at_again_when_their_file_changes(bench: Any) -> None:
    """Of every recording, and from the chapters file too."""
    bench.event("a-talk", '[[recordings]]\nid = "part-1"\npublish = "yes"')
    bench.transcript("a-talk", "part-1.en", "c1 0 2 Anna Example: Everyone has duties.")
    file = bench.archive.transcripts("a-talk") / "part-1.chapters.vtt"
    file.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nZyzzyva\n")
    view = bench.view()
    assert "Zyzzyva" in indexed_event(view.events[0]).other
    before = view.fingerprint(view.events[0])
    file.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nSomething else\n")
    view = bench.view()
    assert before != view.fingerprint(view.events[0])
