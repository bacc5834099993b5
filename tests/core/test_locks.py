"""Two onrecords never work on one event."""

import subprocess
import sys

import pytest

from onrecord.archive import Archive
from onrecord.errors import LockedError
from onrecord.locks import lock

HOLD = (
    "import sys, time\nfrom pathlib import Path\n"
    "from onrecord.archive import Archive\nfrom onrecord.locks import lock\n"
    "with lock(Archive(Path(sys.argv[1])), 'an-event', doing='fetching'):\n"
    "    print('held', flush=True)\n    time.sleep(60)\n"
)


def test_lock_keeps_others_out_until_its_process_is_killed(archive: Archive) -> None:
    """The error says who holds it; a killed process holds nothing."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(archive.root)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as caught, lock(archive, "an-event"):
            pass
        assert (
            caught.value.message
            == f"another onrecord is at work on 'an-event' (process {other.pid}, fetching)."
        )
        with lock(archive, "another-event"):
            pass
    finally:
        other.kill()
        other.wait()
        assert other.stdout is not None
        other.stdout.close()
    with lock(archive, "an-event", wait=2):
        pass
