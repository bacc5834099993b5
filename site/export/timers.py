"""A timer for `onrecord publish`, printed for whoever runs the machine to put in place.

A static site changes by the clock too: a discussion begins or ends, a draft becomes public. A run in which nothing
has changed takes a second, so the timer need not know when that is.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Literal

Timer = Literal["systemd", "cron"]
MINUTES = 15


def timer(kind: Timer, root: Path) -> str:
    """The text for systemd (two units, see systemd.timer(5)) or for crontab(5)."""
    command = [sys.executable, "-m", "onrecord", "publish", "--quiet", "--archive", str(root)]
    return _systemd(command, root) if kind == "systemd" else _cron(command)


def _systemd(command: list[str], root: Path) -> str:
    name = "onrecord-publish"
    quoted = " ".join(_systemd_word(word) for word in command)
    return f"""\
# ~/.config/systemd/user/{name}.service
[Unit]
Description=Publish the archive {root.name.replace("%", "%%")}

[Service]
Type=oneshot
ExecStart={quoted}
Nice=10

# ~/.config/systemd/user/{name}.timer
[Unit]
Description=Publish the archive {root.name.replace("%", "%%")} every {MINUTES} minutes

[Timer]
OnCalendar=*:0/{MINUTES}
Persistent=true

[Install]
WantedBy=timers.target

# Then:
#   systemctl --user daemon-reload
#   systemctl --user enable --now {name}.timer
#   loginctl enable-linger      # so that it also runs while nobody is logged in
"""


def _systemd_word(word: str) -> str:
    """systemd.service(5), "COMMAND LINES": quotes keep spaces, a percent sign and a dollar are doubled."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or any(letter in word for letter in " '\t;") else word


def _cron(command: list[str]) -> str:
    # In crontab(5) a percent sign ends the command, unless there is a backslash before it.
    quoted = shlex.join(command).replace("%", "\\%")
    return f"""\
# crontab -e
*/{MINUTES} * * * * {quoted}
"""
