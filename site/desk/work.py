"""What the workers of an archive can do: every kind of job, and which function of which room does it."""

from __future__ import annotations

from onrecord.worker import Kind

# The functions are imported only in the process that runs the job. A kind whose function only reads does not `fill`.
KINDS: tuple[Kind, ...] = (Kind("recording", "onrecord.transcripts.recordingjob:run", long=True),)

FINDER = "onrecord.transcripts.recordingjob:find_work"
