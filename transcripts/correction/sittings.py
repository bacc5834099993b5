"""Which saves are one revision: those of one sitting.

Every save is durable at once, in the transcript's file and in the newest file of its history. While a sitting lasts,
that newest file is written over, so that an hour of work is a few revisions and not one for every paragraph. A
sitting ends after a pause of ten minutes, after an hour, with a change of the whole transcript, and whenever anything
else has written the file. Who works at the same time shares a sitting: otherwise two people, saving in turn, would
make a revision with each paragraph.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from onrecord.errors import OnrecordError
from onrecord.transcripts.library import Entry, Library
from onrecord.transcripts.model import Transcript

PAUSE = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
_MOST_NAMES = 6
_NEXT_ID = re.compile(rb"^next-id: ([0-9]{1,9})$", re.MULTILINE)
_OUR_ID = re.compile("c([1-9][0-9]{0,8})$")
_HEAD = 65_536  # bytes in which the first note of a transcript of ours ends


def stamp(now: datetime) -> str:
    """An instant as the notes of a transcript have it: RFC 3339 in UTC, to the second."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def people(transcript: Transcript) -> tuple[str, ...]:
    """Who corrected this revision."""
    said = dict(transcript.provenance.other).get("corrected-by", "")
    return tuple(filter(None, said.split(", ")))


def goes_on(
    library: Library, entry: Entry, present: Transcript, changed: Transcript, who: str, now: datetime
) -> bool:
    """Whether a change belongs to the sitting in which the present revision was made.

    It does not where a cue would vanish that only this revision has: its address may be in use, and the history is
    where it is looked up.
    """
    told = present.provenance
    since, last = _instant(dict(told.other).get("corrected-since", "")), _instant(told.corrected)
    if since is None or last is None or not since <= last <= now:
        return False
    if now - last > PAUSE or now - since > LONGEST:
        return False
    names = people(present)
    if who not in names and len(names) >= _MOST_NAMES:
        return False
    gone = {cue.id for cue in present.cues} - {cue.id for cue in changed.cues}
    return not gone or not _born_since(library, entry, gone)


def _born_since(library: Library, entry: Entry, ids: set[str]) -> bool:
    """Whether one of the ids is younger than the revision before the newest."""
    past = library.history(entry)
    if len(past) < 2:
        return True
    try:
        with past[-2].path.open("rb") as file:
            found = _NEXT_ID.search(file.read(_HEAD))
    except (OSError, OnrecordError):
        return True
    numbers = [int(match[1]) for one in ids if (match := _OUR_ID.match(one))]
    return found is None or any(number >= int(found[1]) for number in numbers)


def signed(changed: Transcript, present: Transcript, who: str, now: datetime, *, on: bool) -> Transcript:
    """The changed transcript with the note of who corrected it and when. `on`: in the same sitting as before."""
    names = people(present) if on else ()
    if who not in names:
        names = (*names, who)
    own: tuple[str, ...] = ("corrected-by", "corrected-since")
    if changed.provenance is present.provenance:
        own = (*own, "corrected-from")  # it was said of the revision before
    kept = [row for row in changed.provenance.other if row[0] not in own]
    began = dict(present.provenance.other).get("corrected-since", "") if on else stamp(now)
    other = (*kept, ("corrected-by", ", ".join(names)), ("corrected-since", began))
    return replace(changed, provenance=replace(changed.provenance, corrected=stamp(now), other=other))


def closed(transcript: Transcript) -> Transcript:
    """The transcript with its sitting at an end: the next change is a revision of its own."""
    other = tuple(row for row in transcript.provenance.other if row[0] != "corrected-since")
    return replace(transcript, provenance=replace(transcript.provenance, other=other))


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
