"""The commands about events, through the front door."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.events.record import read_event

Run = Callable[..., Any]
Write = Callable[..., Path]


def test_add_writes_what_was_said(run: Run, archive: Archive, tmp_path: Path) -> None:
    """Every option arrives in the file."""
    film = tmp_path / "film.mp4"
    film.write_bytes(b"x")
    said = run(
        "event", "add", "--title", "Voices", "--starts", "12.07.2022 18:00", "--timezone", "Europe/London",
        "--duration", "1h30", "--speaker", "Anna Koval, teacher", "--speaker", "Petro Lysenko",
        "--link", "The letter=https://example.org/letter", "--recording", "https://example.org/a.mp4",
        "--recording", str(film), "--language", "en", "--language", "uk", "--series", "Schools", "--tag",
        "one", "--tag", "two",
        "--join", "https://meet.example.org/x", "--summary", "Three teachers.", "--description", "**Bold**",
        "--slug", "voices", "--visibility", "public",
    )  # fmt: skip
    assert said.code == 0
    assert said.out == "Registered 'Voices' in events/2022-07-12-voices.toml.\n"
    assert said.err == "Next: 'onrecord ingest' fetches and transcribes the recording.\n"
    text = (archive.events / "2022-07-12-voices.toml").read_text()
    assert re.sub(r'id = "[0-9a-f-]{36}"', "id", text) == (
        'format = 1\nid\nslug = "voices"\ntitle = "Voices"\nsummary = "Three teachers."\ndescription = '
        '"**Bold**"\n'
        'starts = "2022-07-12 18:00"\ntimezone = "Europe/London"\nduration = "1h30"\nvisibility = "public"\n'
        'languages = ["en", "uk"]\nseries = "Schools"\ntags = ["one", "two"]\njoin = '
        '"https://meet.example.org/x"\n\n'
        '[[speakers]]\nname = "Anna Koval"\nrole = "teacher"\n\n[[speakers]]\nname = "Petro Lysenko"\n\n'
        '[[links]]\nlabel = "The letter"\nurl = "https://example.org/letter"\n\n'
        f'[[recordings]]\nid = "part-1"\nsource = "https://example.org/a.mp4"\n\n[[recordings]]\nid = '
        f'"part-2"\nsource = "{film}"\n'
    )


def test_add_prints_what_programs_need(run: Run, archive: Archive) -> None:
    """The names and the file of the new event, as JSON."""
    said = run("event", "add", "--title", "Voices", "--starts", "2022-07-12 18:00", "--json")
    event = read_event(archive.events / "2022-07-12-voices.toml")
    assert json.loads(said.out) == {
        "stem": event.stem, "slug": event.slug, "id": event.id, "file": "events/2022-07-12-voices.toml",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--starts", "soon"], "'starts' holds \"soon\": expected a local date and time, such as "
                               "\"2022-07-12 18:00\"."),
        (["--duration", "90"], "'duration' holds \"90\": expected a length with its unit in quotes"),
        (["--speaker", ",x"], "',x' names no speaker."),
        (["--link", "letter"], "'letter' is no link."),
        (["--recording", "missing.mp4"], "there is no file 'missing.mp4'."),
        (["--timezone", "Europe/Londn"], 'Did you mean "Europe/London"?'),
        (["--language", "english language"], "'languages', entry 1, holds \"english language\""),
        (["--slug", "A B"], 'Did you mean "a-b"?'),
    ],
)  # fmt: skip
def test_add_explains_what_is_wrong(run: Run, archive: Archive, options: list[str], message: str) -> None:
    """In one line that names no file, for none was made; exit code 1."""
    said = run("event", "add", "--title", "Voices", "--starts", "2022-07-12 18:00", *options)
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert message in said.err
    assert "events/" not in said.err
    assert list(archive.events.iterdir()) == []


@pytest.fixture
def three(write: Write) -> None:
    """Three events: long ago, some time ago, far ahead."""
    write("old", 'id = "1"\nseries = "Schools"\ntags = ["War"]\n', starts="2021-05-01 10:00")
    write(
        "new",
        'id = "2"\nvisibility = "public"\ntags = ["war", "law"]\n',
        title="Law",
        starts="2022-07-12 18:00",
    )
    write("far", 'id = "3"\nwithdrawn = "No."\nseries = "Schools"\n', title="Far", starts="2999-01-01 10:00")


@pytest.mark.parametrize(
    ("options", "stems"),
    [
        ([], ["old", "new", "far"]), (["--series", "schools"], ["old", "far"]), (["--tag", "WAR"], ["old",
        "new"]),
        (["--year", "2022"], ["new"]), (["--coming"], ["far"]), (["--past", "--tag", "law"], ["new"]),
        (["--year", "1990"], []),
    ],
)  # fmt: skip
def test_list_chooses(run: Run, three: None, options: list[str], stems: list[str]) -> None:
    """By series, tag, year, and by the clock; in the order of the starts."""
    said = run("event", "list", "--json", *options)
    assert (said.code, [event["stem"] for event in json.loads(said.out)]) == (0, stems)


def test_list_is_read_by_people(run: Run, three: None) -> None:
    """A line for each, with how the public stands to it."""
    assert run("event", "list").out == (
        "2021-05-01 10:00  draft      old  Voices\n"
        "2022-07-12 18:00  public     new  Law\n"
        "2999-01-01 10:00  withdrawn  far  Far\n"
    )
    assert run("event", "list", "--year", "1990").err == "No discussion is like that.\n"
    assert run("event", "list", "--coming", "--past").code == 2


def test_list_tells_what_cannot_be_read(run: Run, three: None, write: Write) -> None:
    """The others are listed; the exit code says that something is wrong."""
    path = write("wrong", "visibility = secret\n")
    said = run("event", "list")
    assert (said.code, said.out.count("\n")) == (1, 3)
    assert said.err.startswith(f"onrecord: {path}:3: this is not valid TOML")


def test_show_hides_what_is_private(run: Run, write: Write) -> None:
    """Unless it is asked for: someone may look over the shoulder."""
    write("one", 'id = "1"\n[private]\npasscode = "s3cret"\n')
    assert "s3cret" not in run("event", "show", "one").out
    assert "private" not in json.loads(run("event", "show", "one", "--json").out)
    assert "  passcode: s3cret\n" in run("event", "show", "one", "--private").out
    assert json.loads(run("event", "show", "one", "--json", "--private").out)["private"] == {
        "passcode": "s3cret"
    }


def test_show_tells_everything(run: Run, archive: Archive) -> None:
    """As lines for a person."""
    (archive.events / "one.toml").write_text(
        'id = "1"\ntitle = "Voices"\nstarts = "2022-07-12 18:00"\ntimezone = "Europe/London"\nduration = '
        '"1h30"\n'
        'description = "First.\\n\\nThen."\ntags = ["a", "b"]\njoin = "https://meet.example.org"\n'
        'agenda = [{at = "00:12:30", title = "Questions"}]\n'
        '[[speakers]]\nname = "Anna Koval"\nrole = "teacher"\nshown_as = "A teacher"\nconsent = "asked"\n'
        '[[links]]\nlabel = "The letter"\nurl = "https://example.org"\n'
        '[[recordings]]\nid = "part-1"\nsource = "a.mp4"\ntrim = ["00:09:30", "01:41:00"]\npublish = "yes"\n'
    )
    assert run("event", "show", "one").out == (
        "Voices\n  2022-07-12 18:00 Europe/London, 1h30\n  draft, at one\n  events/one.toml\n  tags: a, b\n"
        "  join: https://meet.example.org (private)\n\n  First.\n\n  Then.\n\nAgenda\n  12:30  Questions\n\n"
        "Speakers\n  Anna Koval, teacher [shown as A teacher; consent: asked]\n\nLinks\n  The letter: "
        "https://example.org\n\n"
        "Recordings\n  part-1: a.mp4, from 00:09:30.000 to 01:41:00.000, published\n"
    )


def test_json_holds_dates_that_tools_left(run: Run, write: Write) -> None:
    """TOML has dates, JSON has none: they become texts."""
    write("one", 'id = "1"\nx-seen = 2022-07-13\nx-more = {at = 10:30:00, ok = true}\n')
    shown = json.loads(run("event", "show", "one", "--json").out)
    assert (shown["x-seen"], shown["x-more"]) == ("2022-07-13", {"at": "10:30:00", "ok": True})
    assert shown["starts_at"] == "2022-07-12T18:00:00+00:00"


def test_edit_sets_keys(run: Run, write: Write) -> None:
    """Several at once or none at all."""
    path = write("one", '# remark\nid = "1"\n[[recordings]]\nid = "part-1" # the first\n')
    said = run("event", "edit", "one", "--set", "duration=1h30", "--set", "recordings.part-1.publish=yes")
    assert (said.code, said.out) == (0, "Changed events/one.toml.\n")
    event = read_event(path)
    assert (str(event.duration), event.recordings[0].publish) == ("1:30:00", "yes")
    assert "# remark\n" in path.read_text()
    before = path.read_text()
    said = run("event", "edit", "one", "--set", "series=Schools", "--set", "visibility=publik")
    assert said.code == 1
    assert said.err == (
        'onrecord: \'visibility\' holds "publik": expected "draft", "unlisted" or "public". '
        'Did you mean "public"? Nothing was changed.\n'
    )
    assert path.read_text() == before


def test_edit_adds_speakers_links_and_recordings(run: Run, write: Write, archive: Archive) -> None:
    """A recording that comes later gets the first free id; a remark and the rows that stand stay as they are."""
    path = write(
        "one", '# remark\nid = "1"\n[[recordings]]\nid = "part-1" # the first\n[private]\nnote = "n"\n'
    )
    (archive.root / "talk.mp4").touch()
    said = run(
        "event", "edit", "one", "--recording", "talk.mp4", "--speaker", "Anna Example, lawyer",
        "--link", "The letter=https://example.org/letter",
    )  # fmt: skip
    assert (said.code, said.out) == (0, "Changed events/one.toml.\n")
    assert said.err == "Next: 'onrecord ingest' fetches and transcribes the recording.\n"
    event = read_event(path)
    assert [(recording.id, recording.source) for recording in event.recordings] == [
        ("part-1", ""),
        ("part-2", "talk.mp4"),
    ]
    assert [(speaker.name, speaker.role) for speaker in event.speakers] == [("Anna Example", "lawyer")]
    assert [(link.label, link.url) for link in event.links] == [("The letter", "https://example.org/letter")]
    assert "# remark\n" in path.read_text() and event.private == {"note": "n"}


def test_rename_says_what_comes_next(run: Run, write: Write) -> None:
    """And leaves the file where it was."""
    write("one", 'id = "1"\n')
    assert run("event", "rename", "one", "voices").out == "Its address is 'voices' now; one leads there.\n"


def test_unknown_event_is_an_error_in_one_line(run: Run, write: Write) -> None:
    """With the nearest name."""
    write("voices", 'id = "1"\n')
    for command in (["show"], ["edit"], ["withdraw"], ["rename", "x"]):
        said = run("event", command[0], "voises", *command[1:])
        assert (said.code, said.err) == (1, "onrecord: there is no event 'voises'. Did you mean 'voices'?\n")


@pytest.mark.parametrize("name", ["add", "list", "show", "edit", "import", "rename", "withdraw"])
def test_help_loads_nothing_heavy(name: str) -> None:
    """Neither pydantic nor tomlkit nor icalendar is loaded for it, so that it is there at once."""
    command = [sys.executable, "-X", "importtime", "-m", "onrecord", "event", name, "--help"]
    done = subprocess.run(command, capture_output=True, text=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert not {"pydantic", "tomlkit", "icalendar", "slugify"} & loaded
    assert f"onrecord event {name}" in done.stdout
