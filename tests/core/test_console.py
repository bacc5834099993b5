"""Progress says how far, how fast and how long; tables can be read by people and by programs."""

import os
import pty
import subprocess
import sys

from onrecord.console import amount

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
    process = subprocess.Popen([sys.executable, "-c", WORK], stdout=theirs, stderr=theirs, env=environment)
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
