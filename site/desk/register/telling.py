"""The words of the register: what an event waits for, what its fields are called, what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from onrecord.languages import N_
from onrecord.transcripts.needs import Code

NEEDS: Mapping[Code, str] = MappingProxyType(
    {
        "unreadable": N_("A file of it cannot be read"),
        "fetch failed for good": N_("The recording could not be fetched"),
        "fetch failed": N_("The recording could not be fetched yet"),
        "transcription failed": N_("The transcription failed"),
        "to fetch": N_("The recording is to be fetched"),
        "to transcribe": N_("The recording is to be transcribed"),
        "to render": N_("The recording is to be made playable"),
        "no recording": N_("It is over and has no recording"),
        "no source": N_("It is not said where the recording is"),
        "consent asked": N_("A speaker has not answered about consent"),
        "to review": N_("The transcript is to be reviewed"),
        "draft": N_("It is a draft that nobody else sees"),
        "recording not public": N_("The recording is not public"),
    }
)
# What to do about it: the button, and where it leads below the event's page.
REMEDIES: Mapping[Code, tuple[str, str]] = MappingProxyType(
    {
        "unreadable": (N_("Look at the recording"), "recordings/{recording}/"),
        "fetch failed for good": (N_("Look at the recording"), "recordings/{recording}/"),
        "fetch failed": (N_("Look at the recording"), "recordings/{recording}/"),
        "transcription failed": (N_("Look at the recording"), "recordings/{recording}/"),
        "to fetch": (N_("Look at the recording"), "recordings/{recording}/"),
        "to transcribe": (N_("Look at the recording"), "recordings/{recording}/"),
        "to render": (N_("Look at the recording"), "recordings/{recording}/"),
        "no recording": (N_("Bring the recording"), "recordings/new"),
        "no source": (N_("Look at the recording"), "recordings/{recording}/"),
        "consent asked": (N_("Note the answer"), "edit#speakers"),
        "to review": (N_("Review the transcript"), "transcripts/{transcript}/"),
        "draft": (N_("Check and publish"), "publish"),
        "recording not public": (N_("Check and publish"), "publish"),
    }
)
WAITS: Mapping[str, str] = MappingProxyType(
    {
        "failed": N_("Failed"),
        "organiser": N_("Waits for an organiser"),
        "editor": N_("Waits for an editor"),
        "machine": N_("Waits for the machine"),
    }
)
STANDINGS: Mapping[str, str] = MappingProxyType(
    {"draft": N_("Draft"), "unlisted": N_("Unlisted"), "public": N_("Public")}
)
PHASES: Mapping[str, str] = MappingProxyType(
    {
        "coming": N_("Coming"),
        "running": N_("Now"),
        "over": N_("Over"),
        "cancelled": N_("Cancelled"),
        "withdrawn": N_("Withdrawn"),
    }
)
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "no original": N_("Not fetched"),
        "original": N_("Fetched"),
        "partial": N_("Partly transcribed"),
        "machine": N_("Transcribed, not reviewed"),
        "reviewed": N_("Reviewed"),
    }
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": N_("Title"),
        "summary": N_("Summary"),
        "description": N_("Description"),
        "starts": N_("Start"),
        "timezone": N_("Time zone"),
        "duration": N_("Length"),
        "visibility": N_("Who may see it"),
        "publish_at": N_("Public from"),
        "slug": N_("Address"),
        "aliases": N_("Former addresses"),
        "series": N_("Series"),
        "licence": N_("Licence"),
        "picture": N_("Picture"),
        "join": N_("Address to join"),
        "join_visibility": N_("Who may see the address to join"),
        "languages": N_("Languages"),
        "tags": N_("Tags"),
        "speakers": N_("Speakers"),
        "links": N_("Links"),
        "agenda": N_("Agenda"),
        "notes": N_("Private notes"),
        "speakers.id": N_("Lasting id of the person"),
        "speakers.name": N_("Name"),
        "speakers.shown_as": N_("Shown as"),
        "speakers.role": N_("Role"),
        "speakers.affiliation": N_("Affiliation"),
        "speakers.bio": N_("About the person"),
        "speakers.links": N_("Links of the person"),
        "speakers.consent": N_("Consent"),
        "links.label": N_("Text of the link"),
        "links.url": N_("Web address"),
        "links.kind": N_("Kind"),
        "links.language": N_("Language"),
        "links.archived": N_("Archived copy"),
        "agenda.at": N_("Time"),
        "agenda.title": N_("Title"),
        "agenda.recording": N_("Recording"),
        "notes.key": N_("Name of the note"),
        "notes.text": N_("Note"),
    }
)
WRONG: Mapping[str, str] = MappingProxyType(
    {
        "title": N_("Give the discussion a title."),
        "date": N_("Say on which day it starts."),
        "time": N_("Say at what time it starts."),
        "starts": N_("This day or time cannot be read. Write it as 2026-07-12 and 18:00."),
        "gap": N_(
            "Clocks in %(zone)s skip %(time)s on that day, when summer time begins. Did you mean %(earlier)s or %(later)s?"
        ),
        "twice": N_(
            "Clocks in %(zone)s show %(time)s twice on that day, when summer time ends. Say which one is meant."
        ),
        "timezone": N_("There is no time zone '%(value)s'. Write it as Europe/Kyiv."),
        "duration": N_("This is no length. Write it as 1h30, 45m or 1:30, of at most 31 days."),
        "publish_at": N_("This day or time cannot be read, or clocks skip it. Both are needed, or neither."),
        "slug": N_(
            "An address is made of small letters a-z, digits and single hyphens, such as voices-2026."
        ),
        "slug taken": N_("Another discussion has the address '%(value)s' already. Choose another."),
        "aliases": N_("A former address is made of small letters a-z, digits and single hyphens."),
        "languages": N_(
            "'%(value)s' is no language that is known. Write a name or a tag, such as Ukrainian or uk."
        ),
        "join": N_("An address to join begins with https:// or http:// and has no spaces or quotes in it."),
        "agenda": N_(
            "Each line of the agenda is a time and a title, and the times go up: 0:12:30 Questions."
        ),
        "agenda line": N_("Line %(line)s of the agenda is no time with a title: %(text)s"),
        "agenda recording": N_("The agenda names a recording that there is not."),
        "speakers.name": N_("Speaker %(row)s has no name."),
        "speakers.id": N_(
            "The lasting id of speaker %(row)s is made of small letters, digits and hyphens, and nobody else's."
        ),
        "speakers.links": N_("A link of speaker %(row)s cannot be read. Write each as Label=https://..."),
        "speakers": N_("Something about speaker %(row)s cannot be: %(detail)s"),
        "links.label": N_("Link %(row)s has no text."),
        "links.url": N_(
            "Link %(row)s needs a whole address that begins with https:// or http:// and has no spaces or quotes in it."
        ),
        "links.language": N_("The language of link %(row)s is none that is known."),
        "links.archived": N_(
            "The archived copy of link %(row)s needs a whole address that begins with https:// or http:// "
            "and has no spaces or quotes in it."
        ),
        "notes": N_(
            "Each private note needs a name of its own, and it may not be one that onrecord uses itself."
        ),
        "other": N_("This cannot be saved: %(detail)s"),
        "choose": N_("Somebody else has changed this too. Choose which of the two holds."),
    }
)
