"""The front door is quick, and what it says is so."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from onrecord.cli import COMMANDS, root

NAMES = [name for name, place, _ in COMMANDS if place]


def onrecord(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "onrecord", *arguments], cwd=cwd, capture_output=True, text=True
    )


def command(name: str) -> click.Command:
    """The command of this name, loaded through the front door."""
    found: click.Command | None = root()
    with click.Context(root()) as ctx:
        for part in name.split():
            assert isinstance(found, click.Group)
            found = found.get_command(ctx, part)
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_command_says_what_the_front_door_says(name: str) -> None:
    """Each command is there, has the help of the table, and an example that begins with its name."""
    found = command(name)
    text = next(text for other, _, text in COMMANDS if other == name)
    assert (found.help or "").split("\n\n")[0].replace("\n", " ") == text
    assert f"onrecord {name}" in getattr(found, "example", "")


def test_help_imports_nothing_heavy() -> None:
    """The front door loads click and nothing that takes its time."""
    heavy = {
        "pydantic",
        "numpy",
        "av",
        "yt_dlp",
        "starlette",
        "jinja2",
        "rich",
        "tomlkit",
        "sqlite3",
        "faster_whisper",
        "httpx2",
    }
    code = (
        "import sys\nfrom onrecord.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


@pytest.mark.parametrize("name", NAMES)
def test_command_help_imports_nothing_heavy(name: str) -> None:
    """Neither does the help of any command."""
    code = (
        "import sys\nfrom onrecord.cli import main\n"
        f"try:\n    main({name.split()!r} + ['--help'])\nexcept SystemExit:\n    pass\n"
        "print('HEAVY', sorted({'pydantic', 'numpy', 'av', 'yt_dlp', 'starlette', 'faster_whisper', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_wrong_command_names_the_nearest() -> None:
    """A typing error is told with the nearest command, and exit code 2."""
    done = onrecord("serch")
    assert done.returncode == 2
    assert "there is no command 'serch'. Did you mean 'search'?" in done.stderr


def test_known_error_is_one_line(tmp_path: Path) -> None:
    """Outside an archive a command says what to do, on stderr, and exits with 1."""
    done = onrecord("status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"onrecord: {tmp_path}: this is no onrecord archive: it has no onrecord.toml. Go into the archive's folder, name it "
        "with -C FOLDER, or make one with 'onrecord init FOLDER'.\n"
    )


def test_archive_option_works_before_and_after_the_command(tmp_path: Path) -> None:
    """-C may stand at either place."""
    assert onrecord("init", "a", "--title", "A", cwd=tmp_path).returncode == 0
    for arguments in (["-C", "a", "event", "list"], ["event", "list", "-C", "a"]):
        assert onrecord(*arguments, cwd=tmp_path).returncode == 0


def test_version_is_the_package_s() -> None:
    """The command, the package and the metadata agree."""
    from importlib.metadata import version

    from onrecord import __version__

    assert onrecord("--version").stdout == f"onrecord, version {__version__}\n"
    assert version("onrecord") == __version__
