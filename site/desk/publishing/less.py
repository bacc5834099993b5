"""What shows less than before: whoever takes something back, on the desk or in a text editor, has it taken out of the static site
and of every target as well.

Other changes are published when a person says so. These cannot wait for that: a consent that was taken back, a name that must not
be said any more, an event or a recording that was made private.
"""

from __future__ import annotations

import logging

from onrecord.archive import Archive
from onrecord.errors import OnrecordError
from onrecord.events.model import Event, Recording
from onrecord.events.publication import consents, is_published, is_told, transcript_policy, unheard
from onrecord.site.desk.front import Desk
from onrecord.site.desk.publishing import work
from onrecord.site.live import State

_log = logging.getLogger("onrecord.desk")
_POLICIES = ("no", "reviewed", "draft")


class Lessening:
    """Listens to the states of a site, one after the other."""

    def __init__(self, desk: Desk, first: State) -> None:
        self._desk = desk
        self._known = first.view.records()

    def hear(self, state: State) -> None:
        """Compares a new state with the one before; what cannot be written down is said in the log."""
        before, after = self._known, state.view.records()
        self._known = after
        archive = state.view.archive
        less = [stem for stem, event in before.items() if shows_less(archive, event, after.get(stem))]
        if not less or not work.wanted(archive):
            return
        try:
            work.ask(
                self._desk.database, archive, withdrawn=less[0]
            )  # the whole site is written, for all of them
        except OnrecordError as error:
            _log.error("the static site still holds what was taken back: %s", error)


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
