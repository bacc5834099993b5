"""The checklist before publishing: what is done, what to look at, what stands in the way, and where to mend it.

Only what stands in the way keeps anybody from publishing; the rest is for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onrecord.archive import Archive
from onrecord.errors import OnrecordError
from onrecord.events.people import read_people
from onrecord.site.intent import RecordingIntent
from onrecord.site.names import Names
from onrecord.site.release import Release
from onrecord.site.seen import names_of
from onrecord.site.wording import Wording
from onrecord.timecode import clock
from onrecord.transcripts.library import Library
from onrecord.transcripts.model import Transcript

State = Literal["done", "look", "stop"]
_NO_NAME = re.compile(r"(?:speaker|спікер|спикер)?[ _-]?\d*", re.IGNORECASE)  # what engines call people


@dataclass(frozen=True)
class Check:
    """One row of the list. `where` is the address of the page on which it is mended, and `act` what to do there."""

    state: State
    heading: str
    text: str
    where: str = ""
    act: str = ""


def checks(archive: Archive, planned: Release, words: Wording) -> Iterator[Check]:
    """Every row, in the order in which the work is done."""
    return _Checks(archive, planned, words).rows()


class _Checks:
    def __init__(self, archive: Archive, planned: Release, words: Wording) -> None:
        self._archive = archive
        self._planned = planned
        self._words = words
        self._event = planned.event
        self._names = names_of(self._event, read_people(archive.speakers_file))
        self._home = f"/desk/events/{self._event.stem}/"
        self._library = Library(archive)

    def rows(self) -> Iterator[Check]:
        yield self._title()
        yield from self._speakers()
        wanted = [one for one in self._planned.intent.recordings if one.id in self._planned.recordings]
        shown = wanted or list(self._planned.intent.recordings)
        for recording in shown:
            yield from self._recording(recording)
            yield from self._transcripts(recording)
        yield from self._pseudonyms()

    def _title(self) -> Check:
        _, event = self._words.gettext, self._event
        missing = [
            name
            for name, value in (
                (_("the languages"), event.languages),
                (_("a summary"), event.summary or event.description),
                (_("a licence"), event.licence or self._archive.settings.text("licence")),
            )
            if not value
        ]
        heading = _("Title, summary, languages")
        if not missing:
            return Check("done", heading, event.title)
        text = _("Missing: %(what)s.", what=", ".join(missing))
        return Check("look", heading, text, f"{self._home}edit", _("Add it"))

    def _speakers(self) -> Iterator[Check]:
        _, event = self._words.gettext, self._event
        edit = f"{self._home}edit"
        if not event.speakers:
            yield Check("look", _("Speakers"), _("Nobody is named."), edit, _("Name them"))
            return
        yield Check("done", _("Speakers"), ", ".join(speaker.name for speaker in event.speakers))
        heading = _("Consent")
        no = [speaker.name for speaker in event.speakers if speaker.consent == "no"]
        asked = [speaker.name for speaker in event.speakers if speaker.consent == "asked"]
        unknown = [speaker.name for speaker in event.speakers if speaker.consent is None]
        said = []
        if no:
            said.append(_("Not given by %(who)s: neither name nor words become public.", who=", ".join(no)))
        if asked:
            said.append(_("Asked, and not answered yet by %(who)s: neither name nor words become public.",
                          who=", ".join(asked)))  # fmt: skip
        if unknown:
            said.append(
                _("Nobody has noted it for %(who)s, whose words do become public.", who=", ".join(unknown))
            )
        if said:
            yield Check("look", heading, " ".join(said), edit, _("Note it"))
        else:
            yield Check("done", heading, _("Everybody has agreed."))

    def _recording(self, recording: RecordingIntent) -> Iterator[Check]:
        _ = self._words.gettext
        page = f"{self._home}recordings/{recording.id}/"
        if self._planned.wish.sound != "recording":
            return
        heading = _("Voices in %(name)s", name=recording.id)
        if silent := self._planned.silent.get(recording.id, ()):
            yield Check(
                "stop", heading,
                _("It may hold the voice of %(who)s, of whom there is no consent. Publish what was said without the recording, "
                  "or say below that the voice may be heard.", who=", ".join(silent)),
                f"{self._home}edit", _("Note their consent"),
            )  # fmt: skip
        elif recording.heard:
            text = _(
                "%(who)s may be heard without consent, as somebody has said.", who=", ".join(recording.heard)
            )
            yield Check("look", heading, text)
        told = {*silent, *recording.heard}
        if hidden := [one.name for one in self._event.speakers if one.shown_as and one.name not in told]:
            text = _(
                "Heard under another name: %(who)s. A voice can be recognised; where that matters, publish only what was said.",
                who=", ".join(hidden),
            )
            yield Check("look", heading, text)
        heading = _("Beginning and end of %(name)s", name=recording.id)
        if recording.trim:
            start, end = (clock(position, fraction=False) for position in recording.trim)
            yield Check("done", heading, _("From %(start)s to %(end)s.", start=start, end=end))
        else:
            text = _("Nothing is cut: what was said before the start and after the end is public too.")
            yield Check("look", heading, text, f"{page}trim", _("Trim it by ear"))
        heading = _("What is played of %(name)s", name=recording.id)
        if recording.ready:
            length = self._words.length(recording.duration)
            yield Check("done", heading, _("It is ready: %(length)s.", length=length))
        else:
            yield Check("look", heading, _("It is not ready yet."), page, _("Look at it"))

    def _transcripts(self, recording: RecordingIntent) -> Iterator[Check]:
        _ = self._words.gettext
        heading = _("Transcript of %(name)s", name=recording.id)
        if not recording.transcripts:
            page = f"{self._home}recordings/{recording.id}/"
            yield Check("look", heading, _("There is none yet."), page, _("Look at it"))
        for one in recording.transcripts:
            page = f"{self._home}transcripts/{one.name}/"
            values = {"name": one.name, "language": self._words.language_name(one.language)}
            if one.status == "reviewed":
                yield Check("done", heading, _("%(name)s (%(language)s) is reviewed.", **values))
            else:
                text = _("%(name)s (%(language)s) was not reviewed by a person.", **values)
                yield Check("look", heading, text, page, _("Review it"))
            unnamed = self._unnamed(recording.id, one.language)
            if unnamed:
                text = self._words.ngettext(
                    "%(num)s caption of %(name)s does not say who speaks.",
                    "%(num)s captions of %(name)s do not say who speaks.", unnamed, name=one.name,
                )  # fmt: skip
                yield Check("look", _("Who speaks"), text, page, _("Name them"))

    def _unnamed(self, recording_id: str, language: str) -> int:
        transcript = self._read(recording_id, language)
        if transcript is None:
            return 0
        return sum(1 for cue in transcript.cues if _NO_NAME.fullmatch(cue.speaker.strip()))

    def _read(self, recording_id: str, language: str) -> Transcript | None:
        try:
            return self._library.read(self._event.stem, recording_id, language)
        except OnrecordError:
            return None  # the list of what becomes public says that it cannot be read

    def _pseudonyms(self) -> Iterator[Check]:
        _, event, heading = (
            self._words.gettext,
            self._event,
            self._words.gettext("Names that must not be said"),
        )
        if self._planned.intent.blocked == "address":
            text = _(
                "The address %(address)s holds one: give the discussion another address first.",
                address=event.slug,
            )
            yield Check("stop", heading, text, f"{self._home}edit", _("Change the address"))
        if not any(speaker.shown_as or speaker.consent in ("no", "asked") for speaker in event.speakers):
            return
        fields = [name for name, text in self._texts() if self._names.text(text) != text]
        cues = sum(self._replaced(one.id, each.language, self._names)
                   for one in self._planned.intent.recordings for each in one.transcripts if each.public)  # fmt: skip
        if not fields and not cues:
            yield Check("done", heading, _("None was found in a text that becomes public."))
            return
        said = []
        if fields:
            said.append(_("Replaced in: %(where)s.", where=", ".join(fields)))
        if cues:
            said.append(
                self._words.ngettext("Replaced in %(num)s caption.", "Replaced in %(num)s captions.", cues)
            )
        said.append(_("Look in the preview whether what is left gives somebody away."))
        yield Check("look", heading, " ".join(said))

    def _texts(self) -> Iterator[tuple[str, str]]:
        _, event = self._words.gettext, self._event
        yield _("title"), event.title
        yield _("summary"), event.summary
        yield _("description"), event.description
        yield _("series"), event.series
        yield _("tags"), " ".join(event.tags)
        yield _("agenda"), " ".join(item.title for item in event.agenda)
        yield _("links"), " ".join(f"{link.label} {link.url}" for link in event.links)
        yield _("biographies"), " ".join(f"{one.role} {one.affiliation} {one.bio}" for one in event.speakers)
        yield _("titles of recordings"), " ".join(recording.title for recording in event.recordings)

    def _replaced(self, recording_id: str, language: str, names: Names) -> int:
        transcript = self._read(recording_id, language)
        if transcript is None:
            return 0
        cues = [cue for cue in transcript.cues if names.label(cue.speaker) is not None]
        after = {cue.id: cue.text for cue in names.cues(cues)}
        return sum(1 for cue in cues if after.get(cue.id) != cue.text)
