"""Progress says how far, how fast and how long; tables can be read by people and by programs."""

import json
import os
import pty
import subprocess
import sys

from click.testing import CliRunner

from onrecord.archive import Archive
from onrecord.cli import root
from onrecord.console import amount, harmless

WORK = (
    "import time\nfrom onrecord.console import progress, say, table\nfrom onrecord.progress import Report\n"
    "with progress() as listen:\n"
    "    for done in range(0, 61_000, 10_000):\n"
    "        listen(Report('transcribe', 'an-event part-1', done, 60_000, 'ms'))\n        time.sleep(0.12)\n"
    "table(['event', 'state'], [['an-event', 'published'], ['b', 'draft']])\n"
)


def test_amount_reads_as_a_person_says_it() -> None:
    """Bytes by thousands, audio as a clock, things as a number."""
    assert [amount(v, "bytes") for v in (12, 1_500, 2_500_000, 3_200_000_000)] == [
        "12 B",
        "1.5 kB",
        "2.5 MB",
        "3.20 GB",
    ]
    assert (amount(65_000, "ms"), amount(3, "items")) == ("1:05", "3")


def test_progress_in_a_log_is_a_line_with_speed() -> None:
    """Without a terminal there are no bars and no control characters; the last line is always told."""
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("transcribe an-event part-1: 1:00 of 1:00 (100 %), ")
    assert lines[0].endswith(" times real time")
    assert done.stdout == "event     state\nan-event  published\nb         draft\n"


def test_progress_in_a_terminal_is_a_bar_with_the_time_left() -> None:
    """In a real terminal the bar moves, and says what is left."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "140"}
    hostile = WORK.replace("60_000, 'ms'", "60_000, 'ms', '[/b] \\x1b]0;owned\\x07'")
    process = subprocess.Popen([sys.executable, "-c", hostile], stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b""
    try:
        while block := os.read(ours, 4096):
            seen += block
    except OSError:  # Linux ends a closed terminal with an error
        pass
    os.close(ours)
    assert process.wait() == 0
    text = seen.decode()
    assert "transcribe an-event part-1" in text and " left" in text and "100%" in text
    assert "[/b]" in text and "\x1b]0;" not in text


ORDERS = "\x1b]0;owned\x07 \x1b[2J \x9b31m \x7f \u202egnp.exe"


def test_terminal_is_given_no_orders_by_a_title(archive: Archive) -> None:
    """Escape codes, C1 controls and turned text in a title reach neither the list, nor the JSON, nor an error."""
    title = json.dumps(ORDERS)
    (archive.events / "2026-01-01-a.toml").write_text(
        f'format = 1\nid = "a"\ntitle = {title}\nstarts = "2026-01-01 18:00"\ntimezone = "Europe/Kyiv"\n'
    )
    (archive.events / "2026-01-02-b.toml").write_text('format = 1\ntitle = "B"\n"\\u001b[2J" = 1\n')
    where = ["-C", str(archive.root)]
    listed = CliRunner().invoke(root(), [*where, "event", "list"])
    assert "]0;owned" in listed.output
    data = CliRunner().invoke(root(), [*where, "event", "show", "2026-01-01-a", "--json"])
    assert json.loads(data.stdout)["title"] == ORDERS
    failed = subprocess.run(
        [sys.executable, "-m", "onrecord", *where, "event", "show", "\x1b[2J"], capture_output=True, text=True
    )
    assert failed.returncode == 1
    for output in (listed.output, data.output, failed.stdout + failed.stderr):
        assert not {"\x1b", "\x07", "\x9b", "\x7f", "\u202e"} & set(output)


def test_harmless_keeps_our_bold_type_and_lines() -> None:
    """What our own lines are set with stays, and so do tabs and line ends."""
    assert harmless("\x1b[1mfound\x1b[0m\tand\r\nmore \x1b[8m") == "\x1b[1mfound\x1b[0m\tand\nmore \ufffd[8m"
