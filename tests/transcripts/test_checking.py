"""`check` finds every kind of damage, says where and what to do, and says nothing of a sound archive."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.errors import EventFormatError
from onrecord.events.registry import Registry
from onrecord.transcripts.checking import Finding, check

STEM = "2022-07-12-on-dignity"


def findings(archive: Archive) -> list[tuple[str, str]]:
    """Where something is wrong, and what."""
    found = check(archive).findings
    assert all(one.advice for one in found)
    return [(archive.shown(one.path), one.problem) for one in found]


def test_a_sound_archive_has_no_findings(finished: Archive) -> None:
    """Settings, event, original and its record, transcript and its history, index: all looked at, nothing
    found.
    """
    checked = check(finished)
    assert checked.findings == ()
    assert checked.files == 7


def test_every_byte_of_an_original_counts(finished: Archive) -> None:
    """One changed byte is found, and so is a file that has gone."""
    path = finished.media(STEM) / "part-1.wav"
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert findings(finished) == [(f"media/{STEM}/part-1.wav", "it is not what it was when it was fetched.")]
    path.unlink()
    assert findings(finished) == [
        (f"media/{STEM}/part-1.wav", "the manifest names this file, and it is not there.")
    ]


def test_the_record_of_an_original_is_read(finished: Archive) -> None:
    """A broken record, or one that does not agree with the manifest, is found."""
    path = finished.media(STEM) / "part-1.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "sha256": "0" * 64}))
    assert findings(finished)[0] == (
        f"media/{STEM}/part-1.json", "it does not agree with manifest-sha256.txt about part-1.wav.",
    )  # fmt: skip
    path.write_text("{")
    assert findings(finished) == [(f"media/{STEM}/part-1.json", "this is no record of a recording.")]


def test_a_broken_manifest_is_found(finished: Archive) -> None:
    """A line that is no line of a manifest is named by its number."""
    with (finished.media(STEM) / "manifest-sha256.txt").open("a") as file:
        file.write("not a line\n")
    (finding,) = check(finished).findings
    assert (finding.path.name, finding.line) == ("manifest-sha256.txt", 2)


def test_every_event_is_read(finished: Archive) -> None:
    """Typos, clashing ids and slugs are found, each with its file and line."""
    (finished.events / "2022-08-01-typo.toml").write_text(
        'format = 1\ntitle = "A"\nstrats = 2022-08-01 18:00:00\n'
    )
    shutil.copy(finished.events / f"{STEM}.toml", finished.events / "2022-09-01-copy.toml")
    found = check(finished).findings
    assert {finished.shown(one.path) for one in found} == {
        "events/2022-08-01-typo.toml",
        "events/2022-09-01-copy.toml",
    }
    assert all(one.line for one in found)
    assert any("'strats'" in one.problem for one in found)
    assert any("is that of" in one.problem for one in found)


def test_broken_settings_are_the_one_finding(finished: Archive) -> None:
    """Without its settings nothing else can be judged."""
    finished.settings_file.write_text('format = 1\ntitel = "A"\n')
    archive = Archive(finished.root)
    (finding,) = check(archive).findings
    assert finding == Finding(
        archive.settings_file, "there is no setting 'titel'.", "Did you mean 'title'?", 2
    )


def test_speakers_are_read(finished: Archive) -> None:
    """The file of the speakers has a format too."""
    finished.speakers_file.write_text("[[speakers]]\nname = 3\n")
    assert {place for place, _ in findings(finished)} == {"speakers.toml"}
    with pytest.raises(EventFormatError):
        raise Registry(finished).scan().problems[0]


def test_every_transcript_is_read_with_its_history(finished: Archive) -> None:
    """Present and earlier revisions are held against their format."""
    folder = finished.transcripts(STEM)
    (folder / "history" / "part-1.en.0009.vtt").write_text("no transcript")
    (folder / "history" / "notes.txt").write_text("a note")
    found = findings(finished)
    assert [place for place, _ in found] == [
        f"transcripts/{STEM}/history/notes.txt", f"transcripts/{STEM}/history/part-1.en.0009.vtt",
    ]  # fmt: skip
    (folder / "part-1.en.vtt").write_text("WEBVTT\n\nNOTE\nonrecord 1\nlanguage: uk\n\n")
    assert (
        f"transcripts/{STEM}/part-1.en.vtt",
        "the file's name says the language is 'en', the text in it says 'uk'.",
    ) in (findings(finished))


def test_a_transcript_of_another_original_is_found(finished: Archive) -> None:
    """Its times would be those of a recording that is no longer there."""
    path = finished.transcripts(STEM) / "part-1.en.vtt"
    text = path.read_text()
    start = text.index("original-sha256: ") + len("original-sha256: ")
    path.write_text(text[:start] + "0" * 64 + text[start + 64 :])
    assert findings(finished) == [
        (
            f"transcripts/{STEM}/part-1.en.vtt",
            "it was made from another original than the one that stands now.",
        )
    ]


def test_two_cues_of_one_id_are_found(finished: Archive) -> None:
    """A link to a sentence must lead to one sentence."""
    path = finished.transcripts(STEM) / "part-1.en.vtt"
    path.write_text(path.read_text().replace("\nc2\n", "\nc1\n"))
    assert any("c1" in problem for place, problem in findings(finished) if place.endswith("part-1.en.vtt"))


def test_what_nothing_names_is_found(finished: Archive) -> None:
    """Files and folders that belong to no event and no recording are listed, hidden ones are not."""
    strangers = [
        "events/notes.txt", "media/2021-gone/x.wav", f"media/{STEM}/part-9.wav", f"media/{STEM}/talk.wav",
        "transcripts/2021-gone/part-1.en.vtt", f"transcripts/{STEM}/part-7.en.vtt", f"transcripts/{STEM}/talk.srt",
    ]  # fmt: skip
    vtt = (finished.transcripts(STEM) / "part-1.en.vtt").read_text()
    for name in [*strangers, f"media/{STEM}/.DS_Store"]:
        path = finished.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(vtt)
    named = {place for place, _ in findings(finished)}
    assert named == {
        "events/notes.txt", "media/2021-gone", f"media/{STEM}/part-9.wav", f"media/{STEM}/talk.wav",
        "transcripts/2021-gone", f"transcripts/{STEM}/part-7.en.vtt", f"transcripts/{STEM}/talk.srt",
    }  # fmt: skip


def test_a_trim_past_the_end_and_a_missing_picture_are_found(finished: Archive) -> None:
    """What an event says of its files must fit them."""

    def change(document: dict[str, object]) -> None:
        document["picture"] = "cover.jpg"
        document["recordings"][0]["trim"] = ["00:00:01", "01:00:00"]  # type: ignore[index]

    Registry(finished).edit(STEM, change)  # type: ignore[arg-type]
    problems = [problem for _, problem in findings(finished)]
    assert problems[0] == "its picture 'cover.jpg' is not there."
    assert problems[1].startswith(
        "the trim of 'part-1' ends at 01:00:00.000, after the recording's end at 00:00:1"
    )


def test_damaged_databases_are_found(finished: Archive) -> None:
    """The index can be made again; accounts come from a backup."""
    for path in (finished.index_file, finished.state_file):
        for ending in ("-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        path.write_bytes(b"this is no database at all" * 400)
    found = check(finished).findings
    assert [(one.path, one.advice) for one in found] == [
        (finished.index_file, "Run 'onrecord reindex' to make it again from the files."),
        (finished.state_file, "Bring it back from a backup."),
    ]
