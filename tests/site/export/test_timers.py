"""The timer for a static site that changes by the clock."""

from __future__ import annotations

import configparser
import re
import shlex
import subprocess
import sys
from pathlib import Path

from onrecord.site.export.timers import timer

ODD = Path("/srv/my archive's 100%")


def test_timer_for_cron_is_one_line_that_a_shell_reads() -> None:
    """A percent sign would end the command in a crontab."""
    (line,) = [line for line in timer("cron", ODD).splitlines() if not line.startswith("#")]
    assert line.startswith("*/15 * * * * ")
    command = line.removeprefix("*/15 * * * * ")
    assert "%" not in re.sub(r"\\%", "", command)
    words = shlex.split(command.replace("\\%", "%"))
    assert words == [sys.executable, "-m", "onrecord", "publish", "--quiet", "--archive", str(ODD)]


def test_timer_for_systemd_is_two_units() -> None:
    """As systemd reads them: a service that runs the command once, and a timer that starts it."""
    text = timer("systemd", ODD)
    service, clock = re.split(r"(?m)^# ~/\.config/systemd/user/onrecord-publish\.(?:service|timer)\n", text)[
        1:
    ]
    units = []
    for unit in (service, clock):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(unit)
        units.append(parser)
    assert units[0]["Service"]["Type"] == "oneshot"
    assert units[0]["Service"]["ExecStart"].endswith('publish --quiet --archive "/srv/my archive\'s 100%%"')
    assert units[1]["Timer"]["OnCalendar"] == "*:0/15"
    assert units[1]["Install"]["WantedBy"] == "timers.target"


def test_timers_command_runs(tmp_path: Path) -> None:
    """The printed command is one that this onrecord knows."""
    (line,) = [line for line in timer("cron", tmp_path / "nothing").splitlines() if not line.startswith("#")]
    words = shlex.split(line.split(" ", 5)[5])
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no onrecord archive" in done.stderr
