"""What the workers of an archive can do: every kind of job, and which function of which room does it."""

from __future__ import annotations

from onrecord.jobprocess import Kind

_LEFTOVERS = "onrecord.transcripts.leftovers:clear"

# The functions are imported only in the process that runs the job. A kind whose function only reads does not `fill`.
KINDS: tuple[Kind, ...] = (
    Kind("recording", "onrecord.transcripts.recordingjob:run", long=True, leftovers=_LEFTOVERS),
    Kind("look", "onrecord.media.looking:run", fills=False, silence=300, tries=2, leftovers=_LEFTOVERS),
    Kind("find", "onrecord.media.proposals:run", fills=False, silence=900, tries=3),
    # A withdrawal waits neither for long work nor for room on the disk.
    Kind("publish", "onrecord.site.desk.publishing.work:run", fills=False, urgent=True),
    Kind("listen", "onrecord.media.listening:run", tries=3, leftovers=_LEFTOVERS),
    Kind("check", "onrecord.transcripts.checkjob:run", long=True, fills=False, tries=2),
)

FINDER = "onrecord.site.desk.finding:find_work"
