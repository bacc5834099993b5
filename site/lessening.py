"""What shows less of an event than before, and what was taken back while something was made of an earlier state.

An event that was withdrawn or made private, a consent that was taken back, a name that must not be said any more, a recording
that was made private: these cannot wait for whatever is being written just now.
"""

from __future__ import annotations

from onrecord.archive import Archive
from onrecord.events.model import Event, Recording
from onrecord.events.publication import consents, is_published, is_told, transcript_policy, unheard
from onrecord.site.view import View

_POLICIES = ("no", "reviewed", "draft")


def taken_back(view: View) -> tuple[str, ...]:
    """The stems of the events of which somebody has taken something back since this view was made of them.

    Cheap where nothing was changed: then it looks at the times of the files alone.
    """
    after = view.records_by_now()
    if after is None:
        return ()
    before = view.records()
    return tuple(stem for stem, event in before.items() if shows_less(view.archive, event, after.get(stem)))


def shows_less(archive: Archive, before: Event, after: Event | None) -> bool:
    """Whether the public saw something of an event that it must not see any more. None: it sees nothing of it."""
    if after is before:
        return False
    if after is None or (before.visibility != "unlisted" and after.visibility == "unlisted"):
        return True
    if before.unlisted_token != after.unlisted_token and before.visibility == "unlisted":
        return True  # the old link
    if before.join_visibility == "public" and after.join_visibility != "public":
        return True
    hidden = {speaker.name for speaker in after.speakers if speaker.shown_as or not consents(speaker)}
    said = {speaker.name for speaker in before.speakers if consents(speaker) and not speaker.shown_as}
    if hidden & said or {one.name for one in before.speakers} - {one.name for one in after.speakers}:
        return True
    called = {speaker.name: speaker.shown_as for speaker in before.speakers}
    if any(one.shown_as and called.get(one.name, one.shown_as) != one.shown_as for one in after.speakers):
        return True  # the old pseudonym may have told too much
    silenced = {speaker.name for speaker in after.speakers if not consents(speaker)}
    if silenced & {speaker.name for speaker in before.speakers if consents(speaker)}:
        return True
    return any(
        _tells_less(archive, before, recording, after, after.recording(recording.id))
        for recording in before.recordings
    )


def _tells_less(
    archive: Archive, before: Event, was: Recording, after: Event, recording: Recording | None
) -> bool:
    if recording is None:
        return is_told(was, archive)
    played = is_published(was, archive) and not unheard(before, was)
    if played and not (is_published(recording, archive) and not unheard(after, recording)):
        return True
    if is_told(was, archive) and not is_told(recording, archive):
        return True
    if _POLICIES.index(transcript_policy(recording, archive)) < _POLICIES.index(
        transcript_policy(was, archive)
    ):
        return True
    return is_told(was, archive) and (
        was.trim != recording.trim or (was.original == "public" and recording.original != "public")
    )
