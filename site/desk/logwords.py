"""What the words of the audit log say to people. A word without a sentence is shown as it is."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from onrecord.languages import N_
from onrecord.site.wording import Wording

# What the list can be narrowed to: the beginnings of the words below.
KINDS: tuple[tuple[str, str], ...] = (
    ("event", N_("Discussions")),
    ("recording", N_("Recordings")),
    ("transcript", N_("Transcripts")),
    ("proposal", N_("Recordings found")),
    ("job", N_("Jobs")),
    ("site", N_("Public pages")),
    ("person", N_("People")),
    ("settings", N_("Settings")),
)
SENTENCES: dict[str, str] = {
    "event.registered": N_("registered %(subject)s"),
    "event.changed": N_("changed %(subject)s"),
    "event.duplicated": N_("registered %(subject)s as a copy of another"),
    "event.repeated": N_("made dates of a series of %(subject)s"),
    "event.cancelled": N_("cancelled %(subject)s"),
    "event.uncancelled": N_("took back that %(subject)s is cancelled"),
    "event.file-changed": N_("changed the file of %(subject)s"),
    "event.imported": N_("brought in a list of discussions"),
    "event.published": N_("published %(subject)s"),
    "event.scheduled": N_("set a time at which %(subject)s is published"),
    "event.unlisted": N_("published %(subject)s for those who know its address"),
    "event.postponed": N_("took back the time at which %(subject)s is published"),
    "event.voice": N_("answered for somebody's voice in %(subject)s"),
    "event.link-renewed": N_("gave %(subject)s another secret address"),
    "event.withdrawn": N_("withdrew %(subject)s from the public"),
    "event.brought-back": N_("brought %(subject)s back"),
    "event.sealed-read": N_("read what was sealed of %(subject)s"),
    "recording.brought": N_("brought a recording of %(subject)s"),
    "recording.changed": N_("changed what is known of a recording of %(subject)s"),
    "recording.trimmed": N_("trimmed a recording of %(subject)s"),
    "recording.again": N_("had work on a recording of %(subject)s done again"),
    "recording.kept-as-it-is": N_("kept a recording of %(subject)s as it is"),
    "recording.removed": N_("removed a recording of %(subject)s"),
    "proposal.dismissed": N_("dismissed a recording that was found for %(subject)s"),
    "site.published": N_("published the static site"),
    "site.target-forgotten": N_("took a target of the static site off the list"),
    "job.check": N_("had every file checked"),
    "person.joined": N_("joined the desk"),
    "person.invited": N_("made an invitation"),
    "person.link-made": N_("made a link for an owner, on the machine itself"),
    "person.link-taken-back": N_("took a link back"),
    "person.role-changed": N_("changed the role of %(subject)s"),
    "person.password-changed": N_("changed their password"),
    "person.password-set": N_("set a new password by a link"),
    "person.password-link-made": N_("made a link for a new password of %(subject)s"),
    "person.signed-out": N_("signed %(subject)s out everywhere"),
    "person.disabled": N_("does not let %(subject)s in any more"),
    "person.enabled": N_("lets %(subject)s in again"),
    "person.removed": N_("removed %(subject)s"),
    "job.paused": N_("paused a job of %(subject)s"),
    "job.resumed": N_("let a job go on of %(subject)s"),
    "job.cancelled": N_("called off a job of %(subject)s"),
    "job.again": N_("had a job run again of %(subject)s"),
    "settings.changed": N_("changed the settings"),
    "transcript.corrected": N_("corrected a transcript of %(subject)s"),
    "transcript.named": N_("named speakers in a transcript of %(subject)s"),
    "transcript.replaced": N_("replaced words in a transcript of %(subject)s"),
    "transcript.taken-in": N_("took in a transcript that came with a recording of %(subject)s"),
    "transcript.restored": N_("restored a revision of a transcript of %(subject)s"),
    "transcript.reviewed": N_("marked a transcript of %(subject)s as reviewed"),
    "transcript.unreviewed": N_("made a transcript of %(subject)s a draft again"),
}


def sentence(words: Wording, what: str, subject: str, title: str = "") -> Markup:
    """What was done, with a way to the discussion it was done to, under its title where that is known."""
    text = SENTENCES.get(what)
    shown: Markup | str = subject
    if subject and not what.startswith("person."):
        shown = Markup('<a href="/desk/events/{}/">{}</a>').format(quote(subject, safe=""), title or subject)
    if text is None:
        return Markup("{} {}").format(what, shown)
    return Markup(words.translated(text)) % {"subject": shown}  # noqa: S704 - ours; the subject is escaped
