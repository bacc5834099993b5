"""The demo is the main job, end to end, on real speech."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.site.demo import ARABIC, COMING, DATA, LIVE, REVIEWED, truth
from onrecord.transcripts.vtt import read_vtt


def onrecord(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a process of its own, with no ffmpeg on its PATH."""
    return subprocess.run(
        [sys.executable, "-m", "onrecord", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/nowhere"},
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's folder, made by its command, and what the command said on stderr."""
    folder = tmp_path_factory.mktemp("demo") / "archive"
    done = onrecord("demo", str(folder), "--no-serve")
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


@pytest.mark.slow
def test_demo_transcribes_what_was_read(demo: tuple[Path, str]) -> None:
    """The word error rate that the demo prints is below 15 percent, over all the words that were read."""
    found = re.search(r"(\d+) of its (\d+) words are wrong \((\d+\.\d)% word error rate\)", demo[1])
    assert found is not None
    wrong, words, rate = int(found[1]), int(found[2]), float(found[3])
    assert words == len(truth("articles-in-english").split())
    assert 0 < rate < 15
    assert rate == round(100 * wrong / words, 1)


@pytest.mark.slow
def test_demo_shows_the_whole_life(demo: tuple[Path, str]) -> None:
    """One discussion is coming, one has a machine's draft, two are reviewed; all are pages of the export."""
    folder = demo[0]
    pages = sorted(path.parent.name for path in (folder / "site" / "events").glob("*/index.html"))
    assert pages == sorted([ARABIC, COMING, LIVE, REVIEWED])
    states = {
        (path.parent.name[11:], path.stem): read_vtt(path.read_bytes()).transcript
        for path in folder.glob("transcripts/*/*.vtt")
    }
    assert {name: transcript.provenance.status for name, transcript in states.items()} == {
        (LIVE, "part-1.en"): "machine", (REVIEWED, "part-1.uk"): "reviewed", (REVIEWED, "part-1.en"): "reviewed",
        (ARABIC, "part-1.ar"): "reviewed",
    }  # fmt: skip
    translation = states[REVIEWED, "part-1.en"]
    assert translation.provenance.kind == "translation"
    assert translation.provenance.translated_from.startswith("part-1.uk")
    reviewed = states[REVIEWED, "part-1.uk"]
    assert translation.speakers == reviewed.speakers
    assert reviewed.speakers == ("Borys Pryklad", "Claire Exemple")
    assert {word.language or reviewed.language for word in reviewed.words()} == {"uk", "fr"}
    assert " ".join(word.text for word in reviewed.words()) == truth("articles-in-ukrainian-and-french")


@pytest.mark.slow
def test_demo_shows_an_event_that_runs_from_right_to_left(demo: tuple[Path, str]) -> None:
    """Its words are public without the recording; the document that it mentions has an archived copy."""
    text = (demo[0] / "site/events" / ARABIC / "index.html").read_text(encoding="utf-8")
    assert 'lang="ar" dir="rtl"' in text
    assert "لكل فرد الحق في الحياة" in text
    assert "<audio" not in text and "<video" not in text
    assert "https://web.archive.org/web/2024/https://www.un.org/ar/" in text


@pytest.mark.slow
def test_demo_has_every_way_out(demo: tuple[Path, str]) -> None:
    """The export of the demo holds the feeds, the podcast, the map and what else needs an address."""
    site = demo[0] / "site"
    for name in ("feed.xml", "feed.json", "podcast.xml", "sitemap.xml", "opensearch.xml", "calendar.ics"):
        assert (site / name).is_file(), name
    assert "There is no feed and no sitemap" not in demo[1]


@pytest.mark.slow
def test_demo_finds_what_was_said(demo: tuple[Path, str]) -> None:
    """A search in each language leads to the second at which it was read."""
    folder = str(demo[0])
    found = {}
    for words in ('"arbitrary arrest"', "недоторканність", '"esprit de fraternité"'):
        done = onrecord("-C", folder, "search", "--json", words)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        found[words] = [
            (event["slug"], [moment["start_ms"] for moment in event["moments"]]) for event in answer["events"]
        ]
    assert {slug for slug, _ in found['"arbitrary arrest"']} == {LIVE, REVIEWED}
    assert [slug for slug, _ in found["недоторканність"]] == [REVIEWED]
    assert [slug for slug, _ in found['"esprit de fraternité"']] == [REVIEWED]
    # Article nine is read from 1:47 on; the other two sentences stand in the transcript that was made with the speech.
    assert 104_000 < dict(found['"arbitrary arrest"'])[LIVE][0] < 113_000


@pytest.mark.slow
def test_demo_run_again_changes_nothing_that_stands(demo: tuple[Path, str]) -> None:
    """A second run fetches, transcribes and registers nothing again."""
    folder = demo[0]
    record = [
        path
        for name in ("events", "media", "transcripts")
        for path in (folder / name).rglob("*")
        if path.is_file()
    ]
    before = {path: path.read_bytes() for path in record}
    done = onrecord("demo", str(folder), "--no-serve")
    assert done.returncode == 0, done.stderr
    after = [
        path
        for name in ("events", "media", "transcripts")
        for path in (folder / name).rglob("*")
        if path.is_file()
    ]
    assert {path: path.read_bytes() for path in after} == before


@pytest.mark.slow
def test_demo_leaves_an_archive_that_passes_its_own_check(demo: tuple[Path, str]) -> None:
    """Every original, event and transcript of the demo is as its format says."""
    done = onrecord("-C", str(demo[0]), "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("; everything is as it should be.\n")


def test_demo_speech_is_small_and_its_transcript_is_the_text() -> None:
    """The recordings are under a megabyte together; the committed transcript says what was read, word for word."""
    assert sum(path.stat().st_size for path in DATA.glob("*.opus")) < 1_000_000
    transcript = read_vtt((DATA / "articles-in-ukrainian-and-french.vtt").read_bytes()).transcript
    assert " ".join(word.text for word in transcript.words()) == truth("articles-in-ukrainian-and-french")
