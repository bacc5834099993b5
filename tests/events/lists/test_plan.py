"""What taking a list would do, and what it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import FormatError
from onrecord.events.lists import Proposal, read_list, read_text
from onrecord.events.lists.plan import carry_out, make_plan
from onrecord.events.registry import Registry
from onrecord.locks import lock

LIST = """\
title,starts,timezone,speakers,recordings,tags
Voices,2022-07-12 18:00,Europe/London,"Anna Koval, teacher",https://example.org/1.mp4,one
Letters,2022-07-13 18:00,Europe/London,Petro Lysenko,,
"""
Import = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def take(registry: Registry, tmp_path: Path) -> Import:
    """Takes a list: what became of each row, and the title of the event."""

    def take(text: str, *, update: bool = False, name: str = "list.csv") -> list[tuple[str, str]]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        steps = make_plan(registry, read_list(path, timezone="Europe/Kyiv"))
        return [
            (step.action, step.event.title if step.event else step.place)
            for step in carry_out(registry, steps, update=update)
        ]

    return take


def files(archive: Archive) -> dict[str, str]:
    """The event files with what they hold."""
    return {path.stem: path.read_text(encoding="utf-8") for path in archive.events.iterdir()}


def test_new_events_are_registered_once(take: Import, archive: Archive) -> None:
    """The second time there is nothing to do, and no file changes."""
    assert take(LIST) == [("new", "Voices"), ("new", "Letters")]
    before = files(archive)
    assert sorted(before) == ["2022-07-12-voices", "2022-07-13-letters"]
    assert take(LIST) == [("here", "Voices"), ("here", "Letters")]
    assert files(archive) == before


def test_plan_writes_nothing(registry: Registry, archive: Archive, tmp_path: Path) -> None:
    """It is what --dry-run shows."""
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    assert [step.action for step in make_plan(registry, read_list(path))] == ["new", "new"]
    assert files(archive) == {}


def test_event_stays_known_when_it_was_corrected_here(take: Import, registry: Registry) -> None:
    """Its title and its start may be put right here; the list that has the old ones adds nothing, and undoes
    nothing.
    """
    take(LIST)
    registry.edit(
        "2022-07-12-voices",
        lambda document: document.update({"title": "Voices of teachers", "starts": "2022-07-12 18:30"}),
    )
    assert take(LIST) == [("changed", "Voices of teachers"), ("here", "Letters")]
    assert registry.get("2022-07-12-voices").title == "Voices of teachers"


def test_event_that_was_registered_by_hand_is_known(take: Import, registry: Registry) -> None:
    """By its title and start, in whatever zone the start is written."""
    registry.add({"title": "VOICES!", "starts": "2022-07-12 20:00", "timezone": "Europe/Kyiv",
        "tags": ["one"],
                  "speakers": [{"name": "anna koval", "consent": "yes"}], "recordings": [{"id": "film",
                  "source": "https://example.org/1.mp4"}]})  # fmt: skip
    assert take(LIST)[0] == ("changed", "VOICES!")
    assert take(LIST.replace("Voices", "VOICES!"))[0] == ("here", "VOICES!")
    assert len(registry.scan().events) == 2


def test_address_of_the_list_is_known(take: Import, registry: Registry) -> None:
    """Also a former one; but an address that we would make of date and title is no sign."""
    registry.add({"title": "Another", "starts": "2022-07-12 18:00", "slug": "voices"})
    registry.rename("voices", "voices-2022")
    assert take("title,starts,slug\nVoices,2022-07-12 18:00,voices\n") == [("changed", "Another")]
    registry.add({"title": "Third", "starts": "2022-07-20 18:00", "slug": "2022-07-20-letters"})
    assert take("title,starts\nLetters,2022-07-20 18:00\n") == [("new", "Letters")]
    assert registry.get("2022-07-20-letters-2").title == "Letters"


def test_same_event_twice_in_one_list_is_taken_once(take: Import) -> None:
    """By id or by title and start."""
    text = "title,starts,id\nVoices,2022-07-12 18:00,a\nVoices again,2022-07-12 18:00,a\n"
    text += "VOICES,2022-07-12 18:00,b\n"
    assert [action for action, _ in take(text)] == ["new", "changed", "changed"]
    assert [action for action, _ in take(text)] == ["here", "changed", "changed"]


def test_update_takes_over_what_differs(take: Import, registry: Registry, archive: Archive) -> None:
    """Texts are replaced, rows are added, nothing that was added here goes, and remarks stay."""
    take(LIST)
    path = archive.events / "2022-07-12-voices.toml"
    text = path.read_text().replace('tags = ["one"]', 'tags = ["one"] # more to come')
    text = text.replace('role = "teacher"', 'role = "teacher"\nconsent = "no"')
    path.write_text(text + '\n[[links]]\nlabel = "Ours"\nurl = "https://example.org/ours"\n')
    new = (
        "title,starts,timezone,speakers,recordings,tags,links\n"
        'Voices,2022-07-12 19:00,Europe/London,"Anna Koval; Olha Bondar",https://example.org/2.mp4,"one, '
        'two",Theirs=https://example.org/theirs\n'
    )
    assert take(new.replace("19:00", "18:00")) == [("changed", "Voices")]
    assert path.read_text().endswith('url = "https://example.org/ours"\n')
    assert take(new.replace("19:00", "18:00"), update=True) == [("changed", "Voices")]
    after = path.read_text()
    assert 'tags = ["one", "two"] # more to come\n' in after
    event = registry.get("2022-07-12-voices")
    assert [(speaker.name, speaker.role, speaker.consent) for speaker in event.speakers] == [
        ("Anna Koval", "teacher", "no"), ("Olha Bondar", "", None),
    ]  # fmt: skip
    assert [(recording.id, recording.source) for recording in event.recordings] == [
        ("part-1", "https://example.org/1.mp4"), ("part-2", "https://example.org/2.mp4"),
    ]  # fmt: skip
    assert [link.label for link in event.links] == ["Ours", "Theirs"]
    assert take(new.replace("19:00", "18:00"), update=True) == [("here", "Voices")]


def test_event_that_moved_is_found_by_its_id(take: Import, registry: Registry) -> None:
    """A calendar keeps the id of an event when its time changes."""
    text = "title,starts,id\nVoices,2022-07-12 18:00,abc\n"
    take(text)
    assert take(text.replace("18:00", "19:30"), update=True) == [("changed", "Voices")]
    assert registry.get("2022-07-12-voices").starts.isoformat() == "2022-07-12T19:30:00"


def test_row_that_cannot_be_is_told_and_the_others_taken(
    take: Import, registry: Registry, tmp_path: Path
) -> None:
    """What only the check of a whole event finds is told with the row's place, not with a file that never
    was.
    """
    text = "title,starts,visibility\nA,2022-07-12 18:00,secret\nB,07/12/2022 6pm,\nC,2022-07-12 18:00,\n"
    assert take(text) == [("wrong", "line 2"), ("wrong", "line 3"), ("new", "C")]
    steps = make_plan(registry, read_list(tmp_path / "list.csv"))
    assert [str(step.problem) for step in steps if step.problem] == [
        'line 2: \'visibility\' holds "secret": expected "draft", "unlisted" or "public".',
        'line 3: \'starts\' holds "07/12/2022 6pm": expected a local date and time, such as "2022-07-12 '
        '18:00".',
    ]


def test_recording_inside_the_archive_is_named_from_there(registry: Registry, archive: Archive) -> None:
    """A list that lies in the archive beside its recordings gives events that can be moved with it."""
    (archive.root / "inbox").mkdir()
    (archive.root / "inbox" / "a.mp4").write_bytes(b"x")
    path = archive.root / "inbox" / "list.csv"
    path.write_text("title,starts,recording\nVoices,2022-07-12 18:00,a.mp4\n")
    [step] = carry_out(registry, make_plan(registry, read_list(path)))
    assert step.event is not None
    assert step.event.recordings[0].source == "inbox/a.mp4"


def test_imported_event_is_a_draft(take: Import, registry: Registry) -> None:
    """Nothing becomes public by itself."""
    take(LIST)
    assert {event.visibility for event in registry.scan().events} == {"draft"}


Run = Callable[..., Any]


def test_command_shows_what_would_happen(run: Run, archive: Archive, tmp_path: Path) -> None:
    """A dry run says it all and writes nothing; then it is done, and done once."""
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    said = run("event", "import", str(path), "--dry-run")
    lines = "new      2022-07-12 18:00  2022-07-12-voices  Voices\n"
    lines += "new      2022-07-13 18:00  2022-07-13-letters  Letters\n"
    assert (said.code, said.err) == (0, "Nothing was written.\n")
    assert said.out == lines + "2 would be registered, 0 differ from the list, 0 here already, 0 wrong.\n"
    assert files(archive) == {}
    assert (
        run("event", "import", str(path)).out
        == lines + "2 registered, 0 differ from the list, 0 here already, 0 wrong.\n"
    )
    path.write_text(LIST.replace(",one\n", ",two\n"))
    said = run("event", "import", str(path))
    assert said.out == (
        "changed  2022-07-12 18:00  2022-07-12-voices  Voices\n         tags: one -> two\n"
        "here     2022-07-13 18:00  2022-07-13-letters  Letters\n0 registered, 1 differ from the list, 1 "
        "here already, 0 wrong.\n"
    )
    assert (
        said.err == "Add --update to take over what differs; nothing that was added here is removed by it.\n"
    )
    assert run("event", "import", str(path), "--update").out.endswith(
        "0 registered, 1 changed, 1 here already, 0 wrong.\n"
    )


def test_command_tells_bad_rows_and_exits_with_an_error(run: Run, archive: Archive, tmp_path: Path) -> None:
    """The good rows are registered all the same."""
    path = tmp_path / "list.csv"
    path.write_bytes(
        "title;starts\nГолоси;12.07.2022 18:00\n;12.07.2022 18:00\nЛисти;soon\n".encode("windows-1251")
    )
    said = run("event", "import", str(path))
    assert said.code == 1
    assert said.out == (
        "new      2022-07-12 18:00  2022-07-12-holosy  Голоси\nwrong    line 3\nwrong    line 4  Листи\n"
        "1 registered, 0 differ from the list, 0 here already, 2 wrong.\n"
    )
    assert said.err == (
        "The file is not UTF-8; it was read as windows-1251.\n"
        f"onrecord: {path}:3: this row has no title.\n"
        'onrecord: line 4: \'starts\' holds "soon": expected a local date and time, such as "2022-07-12 '
        '18:00".\n'
        "2 of 3 could not be taken; the others were not held up by it.\n"
    )
    assert list(files(archive)) == ["2022-07-12-holosy"]


def test_command_prints_json(run: Run, tmp_path: Path) -> None:
    """Every row with what became of it."""
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    run("event", "import", str(path))
    path.write_text("title,starts,timezone,tags\nVoices,2022-07-12 18:00,Europe/London,two\n,,,x\n")
    said = run("event", "import", str(path), "--json", "--format", "csv")
    assert said.code == 1
    assert json.loads(said.out) == [
        {
            "action": "changed", "done": False, "place": "line 2", "title": "Voices",
            "slug": "2022-07-12-voices",
            "differences": [{"key": "tags", "here": ["one"], "listed": ["two"]}], "remarks": [],
            "problem": None,
        },
        {
            "action": "wrong", "done": False, "place": "line 3", "title": "", "slug": None, "differences": [],
            "remarks": [],
            "problem": f"{path}:3: this row has no title.",
        },
    ]  # fmt: skip


def test_command_without_a_list_is_an_error_in_one_line(run: Run, tmp_path: Path) -> None:
    """A missing file, and a file of another format than the one that is named."""
    assert run("event", "import", str(tmp_path / "no.csv")).err == (
        f"onrecord: there is no file '{tmp_path}/no.csv'. Check its name, or the folder that you are in.\n"
    )
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    said = run("event", "import", str(path), "--format", "ics")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "this is no calendar that can be read" in said.err


@pytest.mark.slow
def test_list_that_cannot_be_registered_now_is_told_row_by_row(take: Import, archive: Archive) -> None:
    """While somebody else registers events, each new row says so, and nothing breaks."""
    with lock(archive, ".registry", doing="registering events"):
        assert [action for action, _ in take(LIST)] == ["wrong", "wrong"]
    assert [action for action, _ in take(LIST)] == ["new", "new"]


@pytest.mark.parametrize(
    "source",
    ["/etc/passwd", "list.csv", "file:///etc/passwd", "~/x", "ftp://example.org/a.mp4", "\\\\server\\x"],
)
def test_list_from_the_net_names_no_file(source: str) -> None:
    """What came over the net can neither take a file of this machine nor learn whether it is there."""
    data = f"title,starts,recordings\nVoices,2022-07-12 18:00,{source};https://example.org/1.mp4\n".encode()
    (row,) = read_text(data, "list.csv").rows
    assert isinstance(row, Proposal)
    assert [one["source"] for one in row.values["recordings"]] == ["https://example.org/1.mp4"]
    assert row.remarks == ("a recording that is no address is left out",)


def test_list_from_the_net_is_told_by_its_name() -> None:
    """What is wrong with it names no folder of this machine, and is the same each time."""
    data = b"title,starts\nA,2022-07-12 18:00,too many\n"
    told = {str(error) for _ in range(2) for error in read_text(data, "../up/list.csv").rows}
    assert len(told) == 1 and next(iter(told)).startswith("list.csv:2: this row has 3 cells")
    with pytest.raises(FormatError) as wrong:
        read_text(b"<html>", "page.html")
    assert str(wrong.value).startswith("page.html: ")
