"""The chapters of a recording: where each begins and ends, and as a file for players of podcasts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from onrecord.site.public import PublicEvent, PublicRecording
from onrecord.site.urls import event_path, seconds

MEDIA_TYPE = "application/json+chapters"


def chapters_of(recording: PublicRecording) -> Iterator[tuple[int, int, str]]:
    """(start, end, title) in milliseconds; none of a recording that cannot be played."""
    if recording.media is None:
        return
    whole = recording.media.duration
    for chapter in recording.chapters:
        if chapter.start < whole:
            yield chapter.start, min(chapter.end or whole, whole), chapter.title


def passage_path(event: PublicEvent, recording: PublicRecording, start: int, end: int | None = None) -> str:
    """The address of a passage on the event's page, as a media fragment: `#part-1&t=12.5,30`."""
    until = f",{seconds(end)}" if end is not None else ""
    return f"{event_path(event)}#{recording.id}&t={seconds(start)}{until}"


def chapters_file(event: PublicEvent, recording: PublicRecording) -> bytes:
    """JSON Chapters, version 1.2, of the podcast namespace."""
    rows = [
        {"startTime": start / 1000, "endTime": end / 1000, "title": title}
        for start, end, title in chapters_of(recording)
    ]
    made = {"version": "1.2.0", "title": event.title, "chapters": rows}
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()
