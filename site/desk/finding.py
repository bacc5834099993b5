"""The work that nobody asked for but is due, of every part: what a worker looks for now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from onrecord.archive import Archive
from onrecord.jobs import Job
from onrecord.progress import Progress


def find_work(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> Mapping[str, Any]:
    """The `jobs` to enqueue: recordings that are not done, and a static site that the clock has made due."""
    from onrecord.site.desk.publishing import work as publishing
    from onrecord.transcripts import recordingjob

    found = list(recordingjob.find_work(archive, job, listen, stop)["jobs"])
    stop()
    return {"jobs": [*publishing.find_work(archive, datetime.now(UTC)), *found]}
