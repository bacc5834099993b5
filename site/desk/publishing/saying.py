"""What publishing an event would make public, in words: before the button on the desk and before the question of the
command line, the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.events.model import Event
from onrecord.languages import N_
from onrecord.site.intent import Intent, RecordingIntent, SpeakerIntent, TranscriptIntent
from onrecord.site.wording import Wording, initial
from onrecord.timecode import clock

# What `why_not` says; the reason stands within a sentence.
_NO_PLAYER = (
    N_("the platform would show what the trim leaves out"),
    N_("the platform would show the picture of what is published as sound"),
    N_("the platform would show someone whose name or words are kept back here"),
    N_("the page is unlisted, and the platform would learn who comes to it"),
)
_STATUS = {
    "machine": N_("machine draft, not reviewed"), "partial": N_("unfinished"), "reviewed": N_("reviewed"),
    "unreadable": N_("cannot be read"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One thing that a person should know: what it is about, and a sentence or two. `warns`: look twice."""

    heading: str
    text: str
    warns: bool = False


def rows(planned: Intent, words: Wording) -> Iterator[Row]:
    """Everything that becomes public, and what stays private, in the order in which it is read."""
    _ = words.gettext
    event = planned.event
    yield Row(_("Title"), event.title)
    if fields := _fields(event, words):
        yield Row(_("With it"), initial(", ".join(fields)))
    if event.join:
        public = event.join_visibility == "public"
        yield Row(
            _("Join link"), _("Public until the discussion is over.") if public else _("It stays private.")
        )
    for speaker in planned.speakers:
        yield _speaker(speaker, words)
    for recording in planned.recordings:
        yield _recording(recording, words)
        if recording.public and recording.player:
            yield _player(recording, words)
        for transcript in recording.transcripts:
            yield _transcript(transcript, recording, words)
    offered = any(one.public and one.player and not one.without_player for one in planned.recordings)
    yield Row(
        _("Never"),
        _("What stands under [private], keys that begin with x-, sources but for those of the players, "
          "originals that are not offered.")
        if offered
        else _("What stands under [private], keys that begin with x-, sources, originals that are not offered."),
    )  # fmt: skip


def _fields(event: Event, words: Wording) -> list[str]:
    _ = words.gettext
    fields = (
        (_("summary"), event.summary), (_("description"), event.description), (_("date and time"), event.starts),
        (_("languages"), event.languages), (_("series"), event.series), (_("tags"), event.tags),
        (_("licence"), event.licence), (_("agenda"), event.agenda), (_("links"), event.links),
    )  # fmt: skip
    return [name for name, value in fields if value]


def _speaker(speaker: SpeakerIntent, words: Wording) -> Row:
    _ = words.gettext
    name, heading = speaker.name, _("Speaker")
    if speaker.consent == "no":
        text = _("%(name)s has not consented: neither name nor words will be public.", name=name)
        return Row(heading, text, warns=True)
    if speaker.consent == "asked":
        text = _("%(name)s was asked and has not consented yet: neither name nor words will be public.", name=name)  # fmt: skip
        return Row(heading, text, warns=True)
    said = name
    if speaker.shown != name:
        said = _("%(shown)s, a pseudonym for %(name)s, whose name is replaced everywhere.",
                 shown=speaker.shown, name=name)  # fmt: skip
    if speaker.consent == "yes":
        return Row(heading, said)
    noted = _("Nobody has noted whether they consent.")
    return Row(heading, f"{said.rstrip('.')}. {noted}", warns=True)


def _recording(recording: RecordingIntent, words: Wording) -> Row:
    _ = words.gettext
    name, heading = recording.id, _("Recording")
    if recording.published and recording.silent:
        text = _("%(name)s stays private: it may hold the voice of %(who)s, of whom there is no consent.",
                 name=name, who=", ".join(recording.silent))  # fmt: skip
        return Row(heading, text, warns=True)
    if not recording.public:
        if recording.told:
            return Row(heading, _("%(name)s stays private; what was said in it becomes public.", name=name))
        if not recording.ready:
            return Row(heading, _("%(name)s stays private: it is not ready to be played yet.", name=name))
        return Row(heading, _("%(name)s stays private.", name=name))
    if not recording.ready:
        return Row(heading, _("%(name)s, as soon as it is ready to be played.", name=name))
    kind = _("video") if recording.kind == "video" else _("audio")
    said = [
        _("%(name)s, %(kind)s, %(length)s.", name=name, kind=kind, length=words.length(recording.duration))
    ]
    if recording.trim:
        start, end = (clock(position, fraction=False) for position in recording.trim)
        said.append(_("It is the part from %(start)s to %(end)s of the original.", start=start, end=end))
    if recording.original:
        said.append(_("The untrimmed original is offered too."))
    if recording.heard:
        said.append(_("The voice of %(who)s may be heard in it without their consent, as somebody has said.",
                      who=", ".join(recording.heard)))  # fmt: skip
    return Row(heading, " ".join(said), warns=bool(recording.heard or recording.original))


def _player(recording: RecordingIntent, words: Wording) -> Row:
    _ = words.gettext
    if recording.without_player:
        return Row(
            _("Player"),
            _("%(platform)s's own player is not offered: %(reason)s.",
              platform=recording.player, reason=_(recording.without_player)),
        )  # fmt: skip
    return Row(
        _("Player"),
        _("%(platform)s's own player is offered, after a click; it tells its address there.", platform=recording.player),
    )  # fmt: skip


def _transcript(transcript: TranscriptIntent, recording: RecordingIntent, words: Wording) -> Row:
    _ = words.gettext
    values = {
        "name": transcript.name,
        "language": words.language_name(transcript.language),
        "status": _(_STATUS.get(transcript.status, transcript.status)),
    }
    heading = _("Transcript")
    if not transcript.public:
        if recording.told and transcript.status == "machine":
            text = _("%(name)s (%(language)s, %(status)s) stays private until it is reviewed, or drafts are published too.",
                     **values)  # fmt: skip
            return Row(heading, text, warns=True)
        return Row(heading, _("%(name)s (%(language)s, %(status)s) stays private.", **values))
    heard = transcript.heard
    said = [
        words.ngettext(
            "%(name)s (%(language)s, %(status)s): %(num)s caption.",
            "%(name)s (%(language)s, %(status)s): %(num)s captions.", heard.passing, **values,
        )
    ]  # fmt: skip
    if heard.outside:
        said.append(
            words.ngettext(
                "%(num)s outside the trim is left out.",
                "%(num)s outside the trim are left out.",
                heard.outside,
            )
        )
    if heard.withheld:
        said.append(
            words.ngettext(
                "%(num)s of someone without consent is left out.",
                "%(num)s of someone without consent are left out.", heard.withheld,
            )
        )  # fmt: skip
    if heard.unnamed:
        said.append(
            words.ngettext(
                "%(num)s that names no speaker who has consented is left out.",
                "%(num)s that name no speaker who has consented are left out.", heard.unnamed,
            )
        )  # fmt: skip
    return Row(heading, " ".join(said), warns=transcript.status == "machine")
