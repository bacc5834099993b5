"""Two onrecords never work on one event."""

import os
import subprocess
import sys

import pytest

from onrecord.archive import Archive
from onrecord.errors import LockedError, StorageError
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


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_lock_in_a_read_only_archive_says_so(archive: Archive) -> None:
    """A storage error with what to do, which a caller that only reads can live with."""
    folder = archive.hidden / "locks"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="permission is denied"), lock(archive, "an-event"):
            pass
    finally:
        folder.chmod(0o700)


def test_lock_that_a_killed_process_left_to_a_child_is_waited_for(archive: Archive) -> None:
    """Killed between fork and exec, a process leaves its lock to the child for moments: that is no other onrecord."""
    forking = HOLD.replace(
        "    print('held', flush=True)\n    time.sleep(60)\n",
        "    import os\n    if os.fork() == 0:\n        time.sleep(0.7)\n        os._exit(0)\n"
        "    print('held', flush=True)\n    time.sleep(60)\n",
    )
    other = subprocess.Popen(
        [sys.executable, "-c", forking, str(archive.root)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    other.kill()
    other.wait()
    other.stdout.close()
    with lock(archive, "an-event"):
        pass
