"""The job that reads every file of the archive and holds it against what it should be, for the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from onrecord.archive import Archive
from onrecord.progress import Progress, Report
from onrecord.transcripts.checking import check

if TYPE_CHECKING:
    from onrecord.jobs import Job

_MOST = 200  # findings that are kept; how many more there are is told


def run(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> Mapping[str, Any]:
    """Runs all checks; the result has the number of files and what is wrong with which. It changes nothing."""

    def heed(report: Report) -> None:
        stop()
        listen(report)

    found = check(archive, listen=heed)
    return {
        "files": found.files,
        "findings": [
            {"path": archive.shown(one.path), "problem": one.problem, "advice": one.advice, "line": one.line}
            for one in found.findings[:_MOST]
        ],
        "more": max(0, len(found.findings) - _MOST),
    }
