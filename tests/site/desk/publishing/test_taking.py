"""Taking back on the desk: gone at once, what is sealed is for organisers, and it can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.site.export.run import publish
from onrecord.transcripts.library import Library

STEM = "2026-10-01-a"
HERE = f"/desk/events/{STEM}"
TEXT = """
slug = "a-talk"
[[speakers]]
name = "Anna Example"
consent = "yes"
[[recordings]]
id = "part-1"
publish = "yes"
source = "https://video.example.org/watch/1"
"""


@pytest.fixture
def talk(bench: Any, tone: Path) -> Path:
    """A public talk with two revisions; its file."""
    bench.event(STEM, TEXT)
    bench.recording(STEM, "part-1", tone)
    for words in ("zquorwex words", "Second words"):
        path = bench.transcript(STEM, "part-1.en", f"c1 0.0 1.0 Anna Example: {words}.")
        transcript = Library(bench.archive).read(STEM, "part-1", "en")
        path.unlink()
        Library(bench.archive).save(STEM, "part-1", transcript)
    return Path(bench.archive.events / f"{STEM}.toml")


def test_withdrawn_is_gone_with_the_answer(talk: Path, desk: Any) -> None:
    """Page, recording, captions, search, feed; readers get the sentence. The copies that stay are named."""
    client, reader = desk.client("organiser"), desk.client(None)
    page = client.get(f"{HERE}/withdraw").text
    assert "https://video.example.org/watch/1" in page and "This discussion was withdrawn." in page
    answer = client.post(f"{HERE}/withdraw", data={"sentence": "At the wish of a speaker."})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/withdraw")
    gone = reader.get("/events/a-talk/")
    assert gone.status_code == 410 and "At the wish of a speaker." in gone.text
    for path in (
        "media/a-talk/part-1.m4a",
        "captions/a-talk/part-1.en.vtt",
        "api/v1/events/a-talk.json",
        "embed/a-talk/",
    ):
        assert reader.get(f"/{path}").status_code == 410, path
    assert "a-talk" not in reader.get("/events/").text
    page = client.get(f"{HERE}/withdraw").text
    assert "At the wish of a speaker." in page and "part-1.en.0001.vtt" in page


def test_withdrawal_without_a_sentence_is_refused(talk: Path, desk: Any) -> None:
    """Nothing is changed."""
    answer = desk.client("organiser").post(f"{HERE}/withdraw", data={"sentence": " "})
    assert answer.status_code == 400 and "Say in one sentence" in answer.text
    assert "withdrawn" not in talk.read_text()


def test_sealed_revision_is_text_for_organisers_and_each_look_is_noted(talk: Path, desk: Any) -> None:
    """Never active content; an editor does not get it, and its name leads nowhere else."""
    client = desk.client("organiser")
    client.post(f"{HERE}/withdraw", data={"sentence": "Gone."})
    answer = client.get(f"{HERE}/sealed/part-1.en.0001.vtt")
    assert answer.status_code == 200 and "zquorwex words" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert desk.client("editor").get(f"{HERE}/sealed/part-1.en.0001.vtt").status_code == 403
    for name in ("part-1.en.0002.vtt", "..%2f..%2f..%2fonrecord.toml", "x"):
        assert client.get(f"{HERE}/sealed/{name}").status_code == 404
    with desk.database.reading() as connection:
        rows = connection.execute(
            "SELECT what, detail FROM audit WHERE what = 'event.sealed-read'"
        ).fetchall()
    assert [tuple(row) for row in rows] == [("event.sealed-read", "part-1.en.0001.vtt")]


def test_bringing_back_makes_a_draft(talk: Path, desk: Any) -> None:
    """Nobody outside sees it until it is published again."""
    client = desk.client("organiser")
    client.post(f"{HERE}/withdraw", data={"sentence": "Gone."})
    assert "Bring it back before you publish it again" in client.get(f"{HERE}/publish").text
    assert client.post(f"{HERE}/withdraw/undo", data={}).headers["location"] == f"{HERE}/publish"
    assert 'visibility = "draft"' in talk.read_text() and "withdrawn" not in talk.read_text()
    assert desk.client(None).get("/events/a-talk/").status_code == 404
    assert (talk.parent.parent / "transcripts" / STEM / "history" / "part-1.en.0001.vtt").is_file()


def test_withdrawal_stops_the_work_that_holds_it_and_asks_for_the_site_anew(
    talk: Path, desk: Any, bench: Any
) -> None:
    """A site that is being sent holds what must go: it is told to stop, and another job does it whole."""
    publish(bench.archive, now=bench.now, search=False)
    database = desk.database
    first = jobs.enqueue(database, "publish")
    recording = jobs.enqueue(database, "recording", STEM, "part-1")
    later = jobs.enqueue(database, "publish", item="later", not_before=bench.now)
    assert jobs.claim(database, "w", ["publish"]).id == first.id
    desk.client("organiser").post(f"{HERE}/withdraw", data={"sentence": "Gone."})
    assert jobs.find(database, first.id).wanted == "cancel"
    assert jobs.find(database, recording.id).state == "cancelled"
    assert jobs.find(database, later.id).state == "waiting"
    (asked,) = jobs.unfinished(database, kind="publish", subject=STEM)
    assert (asked.item, asked.details) == ("withdrawn", {"without_broken": True})
