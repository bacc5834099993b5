"""The commands as they are typed: what they print, what they print for programs, and how they end."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.cli import COMMANDS, root
from onrecord.events.registry import Registry

SLUG = "2022-07-12-on-dignity"


def onrecord(archive: Archive | Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs the command in the archive's folder."""
    folder = archive.root if isinstance(archive, Archive) else archive
    done = subprocess.run(
        [sys.executable, "-m", "onrecord", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_the_way_from_a_recording_to_a_hit(tmp_path: Path, speech: Any) -> None:
    """init, event add, ingest, search: what was said is found on its second, with a link to it."""
    onrecord(tmp_path, "init", "archive")
    archive = tmp_path / "archive"
    onrecord(
        archive, "event", "add", "--title", "On dignity", "--starts", "2022-07-12 18:00", "--timezone", "Europe/London",
        "--speaker", "Anna Koval, teacher", "--language", "en", "--recording", str(speech.path),
    )  # fmt: skip
    done = onrecord(archive, "ingest", "--engine", "pocketsphinx")
    assert done.stdout.splitlines() == [
        f"fetch {SLUG} part-1: media/{SLUG}/part-1.wav",
        f"render {SLUG} part-1: .onrecord/renditions/{SLUG}/part-1.m4a",
        f"transcribe {SLUG} part-1: transcripts/{SLUG}/part-1.en.vtt",
        "index: 1 event taken in",
    ]
    assert onrecord(archive, "ingest").stdout == "Everything is done already.\n"

    found = json.loads(onrecord(archive, "search", '"free and equal"', "--json").stdout)
    (event,) = found["events"]
    (moment,) = event["moments"]
    assert (found["total"], event["slug"], event["note"], event["moment_count"]) == (
        1,
        SLUG,
        "draft, not public",
        1,
    )
    assert moment["hits"] == ["free and equal"]
    assert 0 <= moment["start_ms"] < 4000
    at = f"{max(0, moment['start_ms'] - 1000) / 1000:g}"
    assert moment["link"] == f"http://127.0.0.1:8000/events/{SLUG}/?t={at}#part-1.en.{moment['cue']}"

    told = onrecord(archive, "search", "liberty").stdout
    assert told.splitlines()[0] == "1 event"
    assert told.splitlines()[2] == "On dignity  2022-07-12  draft, not public"
    assert "life liberty and security" in told and f"/events/{SLUG}/?t=" in told
    assert "\x1b" not in told
    assert onrecord(archive, "search", "quixotic").stdout == "Nothing was found.\n"


def test_search_marks_hits_in_a_terminal(finished: Archive) -> None:
    """Hits are bold in a terminal, and nothing else of a transcript reaches it as an order."""
    path = finished.transcripts(SLUG) / "part-1.en.vtt"
    path.write_text(path.read_text().replace("dignity", "dignity\x1b[2J"))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "onrecord", "-C", str(finished.root), "search", "-q", "equal"],
        stdout=theirs, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"},
    ) as run:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 4096):
                shown += block
        except OSError:  # the terminal was closed at the other end
            pass
        assert run.wait() == 0
    os.close(ours)
    assert b"\x1b[1mequal\x1b[0m" in shown
    assert b"\x1b[2J" not in shown


def test_search_sees_a_correction_by_hand_at_once(finished: Archive) -> None:
    """What was changed in a file is found without another command."""
    onrecord(finished, "search", "dignity")
    path = finished.transcripts(SLUG) / "part-1.en.vtt"
    path.write_text(path.read_text().replace("liberty", "freedom"))
    assert onrecord(finished, "search", "liberty").stdout == "Nothing was found.\n"
    assert "right to life freedom" in onrecord(finished, "search", "freedom").stdout
    Registry(finished).edit(
        SLUG, lambda document: document.update({"visibility": "public", "slug": "dignity"})
    )
    told = onrecord(finished, "search", "freedom").stdout
    assert "On dignity  2022-07-12\n" in told and "/events/dignity/?t=" in told
    (finished.events / f"{SLUG}.toml").unlink()
    assert onrecord(finished, "search", "freedom").stdout == "Nothing was found.\n"


def test_search_uses_glossary_and_address(finished: Archive) -> None:
    """Other spellings of the settings are found, and links lead to where the site stands."""
    text = finished.settings_file.read_text().replace("[glossary]", '[glossary]\nspeech = ["conscience"]')
    finished.settings_file.write_text(
        text.replace('# base-url = "https://archive.example.org"', 'base-url = "https://a.example"')
    )
    told = onrecord(finished, "search", "speech").stdout
    assert "conscience" in told and f"https://a.example/events/{SLUG}/?t=" in told


def test_search_says_what_may_have_been_meant(finished: Archive) -> None:
    """For a word that nobody said, the nearest one that somebody did, as a command."""
    told = onrecord(finished, "search", "consience").stdout
    assert told == "Nothing was found.\nDid you mean: onrecord search conscience\n"
    assert (
        json.loads(onrecord(finished, "search", "consience", "--json").stdout)["did_you_mean"] == "conscience"
    )


def test_search_goes_on_where_an_answer_ended_and_counts(finished: Archive) -> None:
    """With a key that the answer gives; what the answer can be narrowed by is told on demand."""
    for name in ("a", "b", "c"):
        onrecord(finished, "event", "add", "--title", f"Conscience {name}", "--starts", "2021-01-02 18:00")
    first = json.loads(onrecord(finished, "search", "conscience", "--limit", "2", "--json").stdout)
    told = onrecord(finished, "search", "conscience", "--limit", "2").stdout
    assert told.splitlines()[-1] == f"further: onrecord search --from {first['next_key']} conscience"
    asked = ("search", "conscience", "--limit", "2", "--from", first["next_key"], "--json")
    second = json.loads(onrecord(finished, *asked).stdout)
    stems = [event["stem"] for answer in (first, second) for event in answer["events"]]
    assert (len(set(stems)), second["next_key"]) == (4, None)
    assert "year: 2021 (3), 2022 (1)" in onrecord(finished, "search", "conscience", "--counts").stdout


def test_search_opens_an_event(finished: Archive) -> None:
    """All moments of one event, in order, with their number."""
    told = onrecord(finished, "search", "and", "--event", SLUG).stdout
    data = json.loads(onrecord(finished, "search", "and", "--event", SLUG, "--json").stdout)
    (event,) = data["events"]
    assert event["moment_count_is_exact"] is True
    assert event["moment_count"] == len(event["moments"])
    assert told.splitlines()[0] == f"{event['moment_count']} moment" + (
        "s" if event["moment_count"] > 1 else ""
    )
    assert [moment["start_ms"] for moment in event["moments"]] == sorted(
        moment["start_ms"] for moment in event["moments"]
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["?!"], "onrecord: There is no word to look for in this question.\n"),
        (["--", "-camps"], "onrecord: Say also what is to be found, not only what to leave out or where to look.\n"),
        (["a", "before:soon"], "onrecord: 'before:' is followed by a date, such as before:2022, before:2022-07 or before:2022-07-12.\n"),  # noqa: E501
        (["word", "--event", "nowhere"], "onrecord: there is no event 'nowhere'. See them all with 'onrecord event list'.\n"),
    ],
)  # fmt: skip
def test_search_says_why_not(finished: Archive, arguments: list[str], sentence: str) -> None:
    """A question that cannot be asked is one line on stderr, and ends with 1."""
    done = onrecord(finished, "search", "-q", *arguments, code=1)
    assert (done.stdout, done.stderr) == ("", sentence)


def test_reindex_mends_a_damaged_index(finished: Archive) -> None:
    """Search says that the index is damaged and what to do; doing it helps."""
    for ending in ("-wal", "-shm"):
        Path(f"{finished.index_file}{ending}").unlink(missing_ok=True)
    finished.index_file.write_bytes(b"this is no database" * 500)
    done = onrecord(finished, "search", "dignity", code=1)
    assert "the search index is damaged" in done.stderr and "Run 'onrecord reindex'" in done.stderr
    assert onrecord(finished, "reindex").stdout == "Indexed 1 event.\n"
    assert onrecord(finished, "search", "dignity").stdout.startswith("1 event\n")


def test_status_says_how_everything_stands(finished: Archive) -> None:
    """Every event and recording with its state and the next command, for people and for programs."""
    Registry(finished).add({"title": "Next", "starts": datetime(2999, 1, 1, 18)})  # noqa: DTZ001 - local time
    told = onrecord(finished, "status").stdout.splitlines()
    length = told[1].partition("part-1: ")[2].partition(",")[0]
    assert told == [
        f"{SLUG}  2022-07-12  over, draft  On dignity",
        f"  part-1: {length}, machine transcript (en), rendition, not set public",
        f'  next: onrecord transcript review {SLUG} --by "YOUR NAME"   (Nobody has reviewed its transcript.)',
        "2999-01-01-next  2999-01-01  coming, draft  Next",
        "  next: onrecord event publish 2999-01-01-next   (It is a draft that nobody else can see.)",
    ]
    data = json.loads(onrecord(finished, "status", SLUG, "--json").stdout)
    (event,) = data["events"]
    assert (event["phase"], event["standing"], event["next"]["command"]) == (
        "over", "draft", f'onrecord transcript review {SLUG} --by "YOUR NAME"',
    )  # fmt: skip
    assert event["recordings"][0]["transcripts"] == [
        {"language": "en", "kind": "original", "status": "machine"}
    ]


def test_status_says_where_the_words_alone_are_public(finished: Archive) -> None:
    """A recording that stays private while its transcript does not is not told as if nothing of it were public."""
    Registry(finished).edit(
        SLUG, lambda table: table["recordings"][0].update(publish="transcript", transcript="draft")
    )
    assert ", only its transcript set public\n" in onrecord(finished, "status").stdout


def test_status_calls_what_is_withdrawn_not_public(finished: Archive) -> None:
    """Whatever its visibility was before."""
    Registry(finished).edit(SLUG, lambda table: table.update(visibility="public", withdrawn="On request."))
    assert onrecord(finished, "status").stdout.startswith(f"{SLUG}  2022-07-12  withdrawn  On dignity\n")


def test_transcript_import_says_how_to_add_a_recording(archive: Archive, tmp_path: Path) -> None:
    """A transcript belongs to a recording; where there is none, the command that adds one is named."""
    Registry(archive).add({"title": "Words", "slug": "words", "starts": datetime(2022, 5, 5, 10)})  # noqa: DTZ001 - local time
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nWords.\n", encoding="utf-8")
    done = onrecord(archive, "transcript", "import", "words", str(tmp_path / "a.vtt"), code=1)
    assert "Add one: 'onrecord event edit words --recording ...', with a file or an address." in done.stderr


def test_status_tells_of_a_slip_in_the_settings(archive: Archive) -> None:
    """In an archive without events too."""
    text = archive.settings_file.read_text(encoding="utf-8")
    archive.settings_file.write_text(f"{text}\n[fetsh]\nwatch = 'x'\n", encoding="utf-8")
    assert "there is no setting 'fetsh'" in onrecord(archive, "status", code=1).stderr


def test_status_of_an_empty_archive(archive: Archive) -> None:
    """There is always something to do next."""
    done = onrecord(archive, "status")
    assert done.stdout == "There is no event yet.\n"
    assert "onrecord event add" in done.stderr


def test_check_ends_with_1_when_something_is_wrong(finished: Archive) -> None:
    """A sound archive ends with 0; each problem is one line with its file and what to do."""
    assert onrecord(finished, "check", "-q").stdout == "Looked at 7 files; everything is as it should be.\n"
    (finished.events / "notes.txt").write_text("a note")
    done = onrecord(finished, "check", "-q", code=1)
    assert (
        done.stdout == "events/notes.txt: no event names this. Move it elsewhere, or name it in an event.\n"
    )
    assert done.stderr == "Looked at 7 files and found 1 problem.\n"
    data = json.loads(onrecord(finished, "check", "-q", "--json", code=1).stdout)
    assert data["problems"][0]["file"] == "events/notes.txt"


def test_ingest_ends_with_1_when_something_failed(archive: Archive, tmp_path: Path) -> None:
    """What could not be done is told on stderr with what to do, and as data."""
    Registry(archive).add(
        {
            "title": "Lost",
            "starts": datetime(2022, 7, 12, 18),  # noqa: DTZ001 - local time
            "recordings": [{"id": "part-1", "source": str(tmp_path / "nowhere.mp4")}],
        }
    )
    done = onrecord(archive, "ingest", code=1)
    assert "Not done: fetch 2022-07-12-lost part-1: " in done.stderr
    assert done.stderr.endswith("1 step could not be done. Mend what is said above, then run this again.\n")
    data = json.loads(onrecord(archive, "ingest", "-q", "--json", code=1).stdout)
    assert [(row["stage"], row["event"], row["recording"]) for row in data["failed"]] == [
        ("fetch", "2022-07-12-lost", "part-1")
    ]


def test_transcribe_names_what_it_made(finished: Archive) -> None:
    """A transcript that stands is left alone; an unknown recording is an error that names the known ones."""
    done = onrecord(finished, "transcribe", SLUG, "part-1", "--engine", "pocketsphinx", "-q")
    assert done.stdout == f"transcribe {SLUG} part-1: transcripts/{SLUG}/part-1.en.vtt\n"
    done = onrecord(finished, "transcribe", SLUG, "part-2", code=1)
    assert "part-1" in done.stderr


@pytest.mark.parametrize("name", ["ingest", "transcribe", "search", "reindex", "status", "check"])
def test_help_has_an_example(name: str) -> None:
    """Every command explains itself, with an example, in the words of the front door."""
    command = root().get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    with command.make_context(name, ["--help"], resilient_parsing=True) as context:
        told = command.get_help(context)
    assert f"Example:\n  onrecord {name}" in told
    assert next(text for known, _, text in COMMANDS if known == name) in told
