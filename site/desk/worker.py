"""The command that does the desk's jobs: work."""

from __future__ import annotations

import click

from onrecord.archive import Archive
from onrecord.console import note
from onrecord.options import command, with_archive

# The worker is imported inside the command: it takes longer to load than the help may take.


@command("work", example="onrecord work")
@click.option("--until-input-ends", "tied", is_flag=True, hidden=True)
@with_archive
def work(archive: Archive, *, tied: bool) -> None:
    """Do the desk's jobs until it is stopped."""
    import logging
    import signal
    import sys
    import threading

    from onrecord.site.desk.work import FINDER, KINDS
    from onrecord.worker import Worker

    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    if tied:  # to the server that has started it: when that is gone, however it went, the input ends

        def wait() -> None:
            sys.stdin.buffer.read()
            stopped.set()

        threading.Thread(target=wait, daemon=True).start()
    else:
        note(f"Working on the jobs of '{archive.settings.text('title')}' (stop with Ctrl+C).")
    Worker(archive, KINDS, finder=FINDER).work(stopped.is_set)
    if not tied:
        note("Stopped; what was in hand goes on with the next worker.")
