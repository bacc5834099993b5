"""What the words of the audit log say to people. A word without a sentence is shown as it is."""

from __future__ import annotations

from onrecord.languages import N_

# What the list can be narrowed to: the beginnings of the words below.
KINDS: tuple[tuple[str, str], ...] = (
    ("event", N_("Discussions")),
    ("recording", N_("Recordings")),
    ("transcript", N_("Transcripts")),
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
    "job.paused": N_("paused a job of"),
    "job.resumed": N_("let a job go on of"),
    "job.cancelled": N_("called off a job of"),
    "job.again": N_("had a job run again of"),
    "settings.changed": N_("changed the settings"),
    "transcript.corrected": N_("corrected a transcript of %(subject)s"),
    "transcript.named": N_("named speakers in a transcript of %(subject)s"),
    "transcript.replaced": N_("replaced words in a transcript of %(subject)s"),
    "transcript.restored": N_("restored a revision of a transcript of %(subject)s"),
    "transcript.reviewed": N_("marked a transcript of %(subject)s as reviewed"),
    "transcript.unreviewed": N_("made a transcript of %(subject)s a draft again"),
}


def sentence(what: str) -> str:
    """The sentence of a word, in English, with `%(subject)s` in it where it names what was worked on."""
    return SENTENCES.get(what, what.replace("%", "%%"))
