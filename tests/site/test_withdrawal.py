"""Taking back: everything that was kept goes or is sealed, what cannot be reached is named, and it can be undone."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from onrecord import jobs
from onrecord.cli import root
from onrecord.database import Database
from onrecord.errors import UsageError
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.site.clips import Clip, Clips
from onrecord.site.exchange import dump
from onrecord.site.export.run import publish
from onrecord.site.pages import Pages
from onrecord.site.publicindex import refresh
from onrecord.site.sealing import seal, sealed, unseal
from onrecord.site.withdrawal import bring_back, withdraw
from onrecord.transcripts.library import Library

STEM = "2026-10-01-a"
WORD = "zquorwex"
TEXT = """
slug = "a-talk"
links = [{ label = "Letter", url = "https://example.org/l", archived = "https://web.archive.org/web/2026/x" }]
[[speakers]]
name = "Anna Example"
consent = "yes"
[[recordings]]
id = "part-1"
publish = "yes"
source = "https://video.example.org/watch/1"
"""


def talk(bench: Any, tone: Path) -> None:
    """A public talk of which everything that can be kept is kept: three revisions, a rendition, a clip, an index."""
    bench.settings('base-url = "https://archive.example.org"')
    bench.event(STEM, TEXT)
    bench.recording(STEM, "part-1", tone)
    library = Library(bench.archive)
    for words in ("First words", f"Second {WORD}", "Third words"):
        bench.transcript(STEM, "part-1.en", f"c1 0.0 1.0 Anna Example: {words}.")
        transcript = library.read(STEM, "part-1", "en")
        (bench.archive.transcripts(STEM) / "part-1.en.vtt").unlink()
        library.save(STEM, "part-1", transcript)
    view = bench.view()
    refresh(view, bench.archive.public_index_file)
    dump.refresh(view, Pages(view).urls(""))
    Clips(bench.archive).make(view.event("a-talk"), Clip("part-1", 0, 500, "opus"))


def names(folder: Path) -> list[str]:
    """The files of a folder."""
    return sorted(path.name for path in folder.glob("*") if path.is_file())


def test_withdrawing_takes_away_or_seals_everything_that_was_kept(bench: Any, tone: Path) -> None:
    """The record, the original and the present transcript stay."""
    talk(bench, tone)
    archive = bench.archive
    done = withdraw(archive, "a-talk", "At her wish.", now=bench.now)
    assert (done.event.withdrawn, done.troubles) == ("At her wish.", ())
    assert bench.view().gone(slug="a-talk").sentence == "At her wish."
    assert names(archive.transcripts(STEM) / "history") == ["part-1.en.0003.vtt"]
    assert [path.name for path in done.sealed.revisions] == ["part-1.en.0001.vtt", "part-1.en.0002.vtt"]
    assert {path.suffix for path in done.sealed.renditions} == {".json", ".m4a", ".svg"}
    assert not archive.renditions(STEM).exists()
    assert not (archive.hidden / "clips" / STEM).exists()
    assert not dump.folder_of(archive).exists()
    connection = sqlite3.connect(archive.public_index_file)
    assert connection.execute("SELECT count(*) FROM event").fetchone() == (0,)
    connection.close()
    assert (archive.media(STEM) / "part-1.m4a").is_file()
    for path in (done.sealed.revisions[0].parent, done.sealed.renditions[0].parent.parent):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077
    assert not stat.S_IMODE(done.sealed.revisions[0].stat().st_mode) & 0o077


def test_sealing_loses_no_hand_edit_and_no_number(bench: Any, tone: Path) -> None:
    """The present revision stays with its number, so that the next one gets a number that was never used."""
    talk(bench, tone)
    present = bench.archive.transcripts(STEM) / "part-1.en.vtt"
    present.write_text(present.read_text().replace("Third", "Edited"))
    seal(bench.archive, STEM)
    assert names(present.parent / "history") == ["part-1.en.0004.vtt"]
    assert (present.parent / "history" / "part-1.en.0004.vtt").read_bytes() == present.read_bytes()
    assert len(sealed(bench.archive, STEM).revisions) == 3
    unseal(bench.archive, STEM)
    assert names(present.parent / "history") == [f"part-1.en.000{n}.vtt" for n in (1, 2, 3, 4)]


def test_withdrawing_does_not_wait_for_a_transcription(bench: Any, tone: Path) -> None:
    """Who holds the event for hours keeps nobody from it; the revision that may be written is left alone."""
    talk(bench, tone)
    with lock(bench.archive, STEM, doing="transcribe"):
        done = withdraw(bench.archive, STEM, "At her wish.", now=bench.now)
    assert (done.event.withdrawn, len(done.sealed.revisions)) == ("At her wish.", 2)


def test_bringing_back_makes_a_draft_with_everything_in_its_place(bench: Any, tone: Path) -> None:
    """Nothing becomes public by itself, not even again; published, it plays without being made anew."""
    talk(bench, tone)
    rendition = bench.archive.renditions(STEM) / "part-1.m4a"
    made = rendition.stat().st_mtime_ns
    withdraw(bench.archive, STEM, "At her wish.", now=bench.now)
    event = bring_back(bench.archive, "a-talk")
    assert (event.withdrawn, event.visibility) == ("", "draft")
    assert bench.view().events == ()
    assert names(bench.archive.transcripts(STEM) / "history") == [f"part-1.en.000{n}.vtt" for n in (1, 2, 3)]
    assert rendition.stat().st_mtime_ns == made
    assert sealed(bench.archive, STEM) == sealed(bench.archive, "nothing")
    with pytest.raises(UsageError, match="is not withdrawn"):
        bring_back(bench.archive, "a-talk")


def test_withdrawal_undone_in_an_editor_leaves_the_seal_until_it_is_opened(bench: Any, tone: Path) -> None:
    """The record is the file; what was sealed can still be put back, and nothing else changes by that."""
    talk(bench, tone)
    withdraw(bench.archive, STEM, "At her wish.", now=bench.now)
    Registry(bench.archive).edit(STEM, lambda document: document.pop("withdrawn"))
    assert len(sealed(bench.archive, STEM).revisions) == 2
    assert bring_back(bench.archive, STEM).visibility == "public"
    assert len(names(bench.archive.transcripts(STEM) / "history")) == 3


def test_copies_that_cannot_be_reached_are_those_that_can_be(bench: Any, tone: Path) -> None:
    """The source and the web archive by their addresses; of a draft that nobody has seen, nothing else."""
    talk(bench, tone)
    kinds = {copy.kind: copy for copy in withdraw(bench.archive, STEM, "Gone.", now=bench.now).copies}
    assert kinds["source"].place == "https://video.example.org/watch/1"
    assert kinds["archived"].place == "https://web.archive.org/web/2026/x"
    assert kinds["web-archive"].page == "https://archive.example.org/events/a-talk/"
    assert {
        "search-engine",
        "feeds",
        "podcasts",
        "calendars",
        "downloads",
        "elsewhere",
        "backups",
    } <= kinds.keys()
    bench.event("2026-10-02-b", TEXT.replace("a-talk", "b-talk"), visibility="draft")
    kept = withdraw(bench.archive, "b-talk", "Gone.", now=bench.now).copies
    assert [copy.kind for copy in kept] == ["source", "archived"]


@pytest.fixture
def run(bench: Any) -> Any:
    """Runs `onrecord` on the archive."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(root(), ["-C", str(bench.root), *arguments])

    return call


def trees(bench: Any, target: Path) -> bytes:
    """All that is public on disk: names and bytes of the site, its reserve and the target."""
    places = (bench.archive.site, bench.root / ".site.reserve", target)
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(files) > 30
    return b"".join(path.as_posix().encode() + path.read_bytes() for path in files).lower()


def test_command_withdraws_from_the_site_and_its_targets_at_once(
    run: Any, bench: Any, tone: Path, tmp_path: Path
) -> None:
    """Also while another event's file is broken; the answer names what cannot be reached."""
    talk(bench, tone)
    place = tmp_path / "www"
    file = bench.archive.settings_file
    file.write_text(file.read_text().replace("[publish]\n", f'[publish]\ntargets = ["folder:{place}"]\n'))
    bench.settings("")
    bench.event("2026-10-02-b", 'slug = "other-talk"', title="Another talk")
    assert run("publish", "--no-search", "-q").exit_code == 0
    assert b"third words" in trees(bench, place)
    (bench.archive.events / "2026-10-02-b.toml").write_text("broken = [")
    result = run("event", "withdraw", "a-talk", "--reason", "At her wish.", "-q")
    assert result.exit_code == 0, result.output
    public = trees(bench, place)
    assert b"third words" not in public and b"part-1.m4a" not in public
    assert b"at her wish." in (place / "events" / "a-talk" / "index.html").read_bytes().lower()
    assert "Sealed under .onrecord/sealed/: 2 earlier revisions" in result.stdout
    assert f"Sent to folder:{place}" in result.stdout
    assert "The recording at its source: https://video.example.org/watch/1" in result.stdout
    assert "--undo" in result.stderr and "Left out of the static site" in result.stderr
    undone = run("event", "withdraw", "a-talk", "--undo")
    assert "is a draft again" in undone.stdout


def test_command_calls_off_what_would_make_it_again(run: Any, bench: Any, tone: Path) -> None:
    """The recording's job, not that of another event."""
    talk(bench, tone)
    bench.event("2026-10-02-b", 'slug = "other-talk"', title="Another talk")
    with closing(Database(bench.archive, jobs.PART)) as database:
        ours = jobs.enqueue(database, "recording", STEM, "part-1")
        other = jobs.enqueue(database, "recording", "2026-10-02-b", "part-1")
        copy = jobs.enqueue(database, "listen", STEM, "part-1")
        assert run("event", "withdraw", "a-talk", "-q").exit_code == 0
        states = [jobs.find(database, job.id).state for job in (ours, other, copy)]
    assert states == ["cancelled", "queued", "queued"]


def test_command_tells_programs_what_it_did(run: Any, bench: Any, tone: Path) -> None:
    """As JSON, and 1 where a target was not reached."""
    talk(bench, tone)
    publish(bench.archive, now=bench.now, search=False)
    file = bench.archive.settings_file
    file.write_text(
        file.read_text().replace("[publish]\n", '[publish]\ntargets = ["folder:/nowhere/at/all"]\n')
    )
    result = run("event", "withdraw", "a-talk", "--json", "-q")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["site"], told["withdrawn"]) == (True, "This discussion was withdrawn.")
    assert told["sealed"][:2] == ["part-1.en.0001.vtt", "part-1.en.0002.vtt"]
    assert told["targets"] == [{
        "address": "folder:/nowhere/at/all", "sent": False, "said": "",
        "error": "there is no folder /nowhere/at.", "advice": "Make it, or mount its disk, and publish again.",
    }]  # fmt: skip
    assert told["copies"][0]["where"].startswith("The recording at its source")
