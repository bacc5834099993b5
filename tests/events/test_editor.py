"""Changing an event in an editor: nothing that was typed is lost, nothing broken takes the file's place."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import UsageError
from onrecord.events.editor import editor_command

Run = Callable[..., Any]
Edit = Callable[[str], None]
EVENT = '# Remark.\nid = "one"\ntitle = "Voices"\nstarts = "2022-07-12 18:00"\n'


@pytest.fixture
def event(archive: Archive) -> Path:
    """One event file."""
    path = archive.events / "one.toml"
    path.write_text(EVENT)
    return path


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Edit:
    """A real program as editor: it runs some Python on the text of the file it is given."""

    def prepare(code: str) -> None:
        script = tmp_path / "an editor.py"
        script.write_text(
            "import sys\nfrom pathlib import Path\npath = Path(sys.argv[-1])\ntext = path.read_text()\n"
            f"{code}\npath.write_text(text)\n"
        )
        monkeypatch.setenv("VISUAL", shlex.join([sys.executable, str(script), "--wait"]))

    return prepare


def test_edited_copy_replaces_the_file(run: Run, event: Path, editor: Edit, archive: Archive) -> None:
    """What was saved in the editor is the event; no copy stays."""
    editor("text = text.replace('Voices', 'Silence')")
    said = run("event", "edit", "one")
    assert (said.code, said.out, said.err) == (0, "Changed events/one.toml.\n", "")
    assert event.read_text() == EVENT.replace("Voices", "Silence")
    assert list((archive.hidden / "edits").iterdir()) == []


def test_nothing_typed_is_nothing_changed(run: Run, event: Path, editor: Edit, archive: Archive) -> None:
    """Closing the editor without a change leaves the file untouched."""
    editor("")
    inode = event.stat().st_ino
    assert run("event", "edit", "one").out == "Nothing was changed.\n"
    assert event.stat().st_ino == inode
    assert list((archive.hidden / "edits").iterdir()) == []


def test_mistake_keeps_the_copy_and_the_file(run: Run, event: Path, editor: Edit, archive: Archive) -> None:
    """The file stays as it was, the person is told where the copy is, and the next time goes on with it."""
    copy = archive.hidden / "edits" / "one.toml"
    editor("text = text.replace('Voices', 'Silence') + 'visibilty = \"public\"\\n'")
    said = run("event", "edit", "one")
    assert said.code == 1
    assert said.err == (
        f"onrecord: {copy}:5: there is no key 'visibilty'. Did you mean 'visibility'? "
        f"Your edited copy is kept in {copy}; run the same command again to go on with it.\n"
    )
    assert event.read_text() == EVENT
    editor("text = text.replace('visibilty', 'visibility')")
    said = run("event", "edit", "one")
    assert (said.code, said.err) == (0, f"Going on with your edited copy {copy}.\n")
    assert event.read_text() == EVENT.replace("Voices", "Silence") + 'visibility = "public"\n'


def test_change_by_someone_else_is_not_overwritten(
    run: Run, event: Path, editor: Edit, archive: Archive
) -> None:
    """The file that changed while the editor was open stays, and so does the copy."""
    editor(
        f"Path({str(event)!r}).write_text(text + 'series = \"S\"\\n'); text = text.replace('Voices', "
        f"'Silence')"
    )
    said = run("event", "edit", "one")
    assert said.code == 1
    assert "changed by someone else while you edited it. Your edited copy is kept in" in said.err
    assert event.read_text() == EVENT + 'series = "S"\n'
    assert "Silence" in (archive.hidden / "edits" / "one.toml").read_text()


def test_editor_that_fails_changes_nothing(run: Run, event: Path, editor: Edit) -> None:
    """Neither when it ends with an error nor when it is not there."""
    editor("text = 'x'; path.write_text(text); sys.exit(3)")
    said = run("event", "edit", "one")
    assert said.code == 1
    assert (
        "the editor ended with an error (3); the event was not changed. Your edited copy is kept in"
        in said.err
    )
    assert event.read_text() == EVENT


def test_broken_file_can_be_mended(run: Run, event: Path, editor: Edit) -> None:
    """A file that cannot be read can be opened by its name, mended, and gets what it lacks."""
    event.write_text('# Remark.\ntitle = "Voices\nstarts = "2022-07-12 18:00"\n')
    editor("text = text.replace('Voices\\n', 'Voices\"\\n')")
    assert run("event", "edit", "one").code == 0
    assert event.read_text().startswith("# Remark.\nid = ")


def test_editor_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """$VISUAL before $EDITOR before what is installed; with none of them the way on is told."""
    monkeypatch.setenv("VISUAL", "code --wait")
    monkeypatch.setenv("EDITOR", "ed")
    assert editor_command() == ["code", "--wait"]
    monkeypatch.setenv("VISUAL", " ")
    assert editor_command() == ["ed"]
    monkeypatch.delenv("EDITOR")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="EDITOR=nano"):
        editor_command()


def test_editor_that_is_not_there_is_named(run: Run, event: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong $VISUAL is an error in one line."""
    monkeypatch.setenv("VISUAL", "/nowhere/editor")
    said = run("event", "edit", "one")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "the editor '/nowhere/editor' cannot be started: No such file or directory." in said.err
    assert event.read_text() == EVENT


def test_person_at_a_terminal_may_mend_it_at_once(event: Path, editor: Edit, archive: Archive) -> None:
    """In a terminal the editor is opened again after a mistake, if the person says so."""
    import os
    import pty
    import subprocess

    editor(
        "text = text.replace('visibilty', 'visibility') if 'visibilty' in text else text + 'visibilty = "
        '"public"\\n\''
    )
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n")
    command = [sys.executable, "-m", "onrecord", "-C", str(archive.root), "event", "edit", "one"]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, timeout=60)
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout) == (0, "Changed events/one.toml.\n")
    assert "Did you mean 'visibility'?" in done.stderr
    assert "Edit it again? [Y/n]" in done.stderr
    assert event.read_text() == EVENT + 'visibility = "public"\n'
