"""The chapters of a recording as the public reads them: from the event's agenda, else from the archive's chapters
file.
"""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.archive import Archive
from onrecord.events.model import Event, Recording
from onrecord.site.names import Names
from onrecord.site.public import PublicChapter
from onrecord.transcripts.chapters import Chapter, read_chapters, write_chapters


def chapters_of(
    archive: Archive, event: Event, recording: Recording, names: Names, duration: int = 0
) -> tuple[PublicChapter, ...]:
    """The chapters on the clock of the recording's rendition, which is `duration` milliseconds long, if known.

    Those outside its trim are left out; the one in which the trim begins stands at its start. Raises
    `TranscriptFormatError` for a chapters file that cannot be read.
    """
    items = [(item.at, item.title) for item in event.agenda_of(recording.id)]
    if not items:
        items = [(one.start, one.title) for one in read_chapters(archive, event.stem, recording.id)]
    return placed(items, recording.trim, names, duration)


def placed(
    items: Sequence[tuple[int, str]], trim: tuple[int, int] | None, names: Names, duration: int = 0
) -> tuple[PublicChapter, ...]:
    """Chapters, (start on the original's clock, title) in order, as far as they are inside the trim."""
    inside: list[tuple[int, str]] = []
    for number, (at, title) in enumerate(items):
        following = items[number + 1][0] if number + 1 < len(items) else None
        if trim is None:
            inside.append((at, title))
        elif at < trim[1] and (at >= trim[0] or following is None or following > trim[0]):
            inside.append((max(0, at - trim[0]), title))
    if duration:
        inside = [(start, title) for start, title in inside if start < duration]
    ends = [start for start, _ in inside[1:]] + [duration]
    return tuple(
        PublicChapter(start, names.text(title), end)
        for (start, title), end in zip(inside, ends, strict=False)
    )


def chapters_vtt(chapters: Sequence[PublicChapter]) -> bytes:
    """The chapters as a player reads them (WebVTT)."""
    rows = (Chapter(one.start, max(one.end, one.start + 1), one.title) for one in chapters)
    return write_chapters(rows).encode("utf-8")
