"""rsync as target: through ssh, to a daemon, or to another disk of this machine.

New files are put in their place together at the end, then what is not in the site is deleted (`--delay-updates`,
`--delete-after`). A run that was cut short leaves folders `.~tmp~` that rsync itself then protects from deletion
(bug 3304 of rsync, open since 2005): a second, plain run takes them away, since what was withdrawn could be in them.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from onrecord.errors import TargetError
from onrecord.progress import Progress, Report
from onrecord.site.targets.folder import check_apart
from onrecord.site.targets.mark import MARK, TEXT, not_ours
from onrecord.site.targets.running import PASSING, SSH, Ran, Stop, run
from onrecord.targets import Target

_SHELL = {"RSYNC_RSH": SSH}  # as an option it would lead the address of a daemon through ssh too
_ALWAYS = ("--protect-args", "--timeout=120", "--no-motd")
_SEND = ("--recursive", "--times", "--omit-dir-times", "--chmod=D755,F644", f"--filter=P /{MARK}")
_SYNTAX, _SOME_FAILED = 1, 23  # exit codes of rsync(1)


def send_by_rsync(site: Path, target: Target, *, listen: Progress, stop: Stop) -> str:
    """Makes the place hold what the site holds, and nothing else; says what was done, in words.

    Raises `TargetError` for a place that onrecord has not made, and when rsync fails. A failure before its end leaves
    every page that stood there as it was.
    """
    there = target.folder
    if there is not None:
        check_apart(site.parent, there)
        if not there.parent.is_dir():
            raise TargetError(
                f"there is no folder {there.parent}.", advice="Make it, or mount its disk, and publish again."
            )
    place = target.place.rstrip("/") + "/"
    listen(Report("send", target.address, 0, None, "items"))
    names = _there(target, place, stop)
    if names and MARK not in names:
        raise not_ours(target)
    if MARK not in names:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / MARK).write_text(TEXT, encoding="utf-8")
            _rsync([*_ALWAYS, "--recursive", "--chmod=D755,F644", "--", f"{folder}/", place], stop)
    source = f"{site}/"
    ran = _rsync(
        [*_ALWAYS, *_SEND, "--delete-after", "--delay-updates", "--stats", "--", source, place], stop
    )
    _rsync([*_ALWAYS, *_SEND, "--delete-after", "--", source, place], stop)
    sent = next((line for line in ran.said.splitlines() if "files transferred:" in line), "")
    number = "".join(filter(str.isdigit, sent.partition(":")[2])) or "0"
    return f"{number} files changed" if number != "1" else "1 file changed"


def _there(target: Target, place: str, stop: Stop) -> set[str]:
    """The names at the top of the place; empty: it is empty, or not there yet."""
    ran = run("rsync", [*_ALWAYS, "--list-only", "--", place], more=_SHELL, stop=stop, longest=600)
    if ran.code == _SOME_FAILED and "No such file or directory" in ran.said:
        return set()
    if ran.code:
        raise _failed(ran)
    rows = (line.split(maxsplit=4) for line in ran.said.splitlines())
    return {row[4] for row in rows if len(row) == 5 and row[4] != "."}


def _rsync(arguments: list[str], stop: Stop) -> Ran:
    ran = run("rsync", arguments, more=_SHELL, stop=stop)
    if ran.code:
        raise _failed(ran)
    return ran


_ADVICE = (
    (
        r"Permission denied \([a-z]",
        "Let the user that runs onrecord log in there by a key: ssh-copy-id, then try it with ssh.",
    ),
    ("Host key verification failed", "Log in there once by hand with ssh, and say yes to its key."),
    (
        "Could not resolve hostname",
        "Look at the name of the machine in publish.targets, and at the connection.",
    ),
    ("command not found", "Install rsync on the other machine as well."),
    ("Connection refused", "The other machine takes no connection: look whether it runs, and at its port."),
    (
        "timed out",
        "Look at the connection and whether the other machine runs; it is sent again with the next publish.",
    ),
    (
        "auth failed",
        "Give the password of the daemon in the variable RSYNC_PASSWORD of whoever runs onrecord.",
    ),
    ("Permission denied", "Give the user that logs in there the right to write into that folder."),
    ("No space left", "Free some space there, and publish again."),
    ("unknown option", "The rsync there is too old: it has to be version 3.1 or newer on both machines."),
)


def _failed(ran: Ran) -> TargetError:
    advice = next(
        (text for sign, text in _ADVICE if re.search(sign, ran.said)), "Mend that, and publish again."
    )
    passing = bool(PASSING.search(ran.said))
    return TargetError(
        f"rsync could not send the site ({ran.code}): {ran.why}", advice=advice, passing=passing
    )
