"""How a job is told on a page: what it is, how it stands, how far it is, and what a person can do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from markupsafe import Markup

from onrecord.archive import Archive
from onrecord.errors import OnrecordError
from onrecord.events.registry import Registry
from onrecord.jobs import FINISHED, Job, Wish
from onrecord.languages import N_
from onrecord.media.originals import KEEP_AS_IT_IS
from onrecord.site.desk.english import english
from onrecord.site.wording import Wording, initial
from onrecord.timecode import clock
from onrecord.transcripts.recordingjob import STEPS

_KINDS: Mapping[str, str] = {
    "recording": N_("Recording"),
    "listen": N_("A copy to listen to"),
    "look": N_("A look at an address"),
    "find": N_("Looking for recordings"),
    "publish": N_("The static site"),
}
_OF_A_RECORDING = ("recording", "listen")
_STATES: Mapping[str, tuple[str, str]] = {
    "queued": (N_("waits for its turn"), ""),
    "running": (N_("at work"), "busy"),
    "paused": (N_("paused"), "warn"),
    "waiting": (N_("tried again by itself"), "warn"),
    "done": (N_("done"), "good"),
    "failed": (N_("needs somebody"), "bad"),
    "cancelled": (N_("called off"), ""),
}
STAGES: Mapping[str, str] = {
    "fetch": N_("Fetch"),
    "render": N_("Make playable"),
    "transcribe": N_("Transcribe"),
    "index": N_("Make findable"),
}
_OTHER_ENGINE = N_(
    "Have an owner choose another engine or model in the settings, or bring captions. Then run this again."
)
# What is said beside the stage where a part of it is at work.
_PARTS: Mapping[str, str] = {
    "check": N_("checks that it is whole"),
    "poster": N_("takes a picture"),
    "waveform": N_("draws the sound"),
}


@dataclass(frozen=True)
class Shown:
    """A job in words. `share` is from 0 to 1, or None while nobody knows; `wishes` is what fits its state."""

    job: Job
    title: str
    title_languages: tuple[str, ...]
    part: str  # which recording
    event: str  # the stem of an event that there is, or ""
    state: str
    badge: str
    stage: str
    steps: tuple[tuple[str, str, str], ...]  # name, text, how it stands: done, now, later
    share: float | None
    amounts: tuple[str, ...]
    advice: str
    wishes: tuple[Wish, ...]
    may_keep: bool

    @property
    def unfinished(self) -> bool:
        return self.job.state not in FINISHED


@dataclass(frozen=True)
class _Named:
    title: str
    languages: tuple[str, ...]
    parts: Mapping[str, str]


class Names:
    """The titles of the events and recordings that jobs are about."""

    def __init__(self, archive: Archive) -> None:
        self._registry = Registry(archive)
        self.of = lru_cache(maxsize=500)(self._of)

    def _of(self, stem: str) -> _Named | None:
        try:
            event = self._registry.get(stem)
        except OnrecordError:
            return None
        parts = {one.id: one.title or one.id for one in event.recordings}
        return _Named(event.title, event.languages, parts)


def shown(job: Job, names: Names, words: Wording) -> Shown:
    """A job in the words of a person."""
    named = names.of(job.subject) if job.subject else None
    kind = words.gettext(_KINDS.get(job.kind, job.kind))
    state, badge = _STATES[job.state]
    if job.state == "running" and job.wanted:
        state = {"pause": N_("is being paused"), "cancel": N_("is being called off")}[job.wanted]
    stage = words.gettext(STAGES[job.stage]) if job.stage in STAGES else ""
    if job.stage and job.note in _PARTS:
        stage = f"{stage}: {words.gettext(_PARTS[job.note])}" if stage else words.gettext(_PARTS[job.note])
    title = named.title if named else job.subject or kind
    part = ""
    if job.item and job.subject and job.kind in _OF_A_RECORDING:  # elsewhere it is a mark of ours, not a name
        part = named.parts.get(job.item, job.item) if named else job.item
    if title != kind:
        part = f"{kind}: {part}" if part and job.kind != "recording" else part or kind
    return Shown(
        job=job,
        title=title,
        title_languages=named.languages if named else (),
        part=part,
        event=job.subject if named else "",
        state=words.gettext(state),
        badge=badge,
        stage=stage,
        steps=_steps(job, words),
        share=min(1.0, job.done / job.total) if job.total else None,
        amounts=tuple(_amounts(job, words)),
        advice=_advice(job, words),
        wishes=_wishes(job),
        may_keep=job.state == "failed" and KEEP_AS_IT_IS in f"{job.error} {job.advice}",
    )


def _steps(job: Job, words: Wording) -> tuple[tuple[str, str, str], ...]:
    """The steps of a recording, and where in them the job is."""
    if job.kind != "recording":
        return ()
    here = STEPS.index(job.stage) if job.stage in STEPS else -1
    rows = []
    for number, name in enumerate(STEPS):
        stands = "done" if job.state == "done" or number < here else "now" if number == here else "later"
        rows.append((name, words.gettext(STAGES[name]), stands))
    return tuple(rows)


def _amounts(job: Job, words: Wording) -> Iterable[str]:
    """How much, how fast, how long yet."""
    if job.state in FINISHED or not (job.done or job.total):
        return
    if job.unit == "bytes":
        done, total = words.filesize(job.done), words.filesize(job.total) if job.total else ""
    elif job.unit == "ms":
        done, total = _clock(job.done), _clock(job.total) if job.total else ""
    elif job.total and job.total > 1:
        done, total = words.number(job.done), words.number(job.total)
    else:
        return
    yield words.gettext("%(done)s of %(total)s", done=done, total=total) if total else done
    if job.state != "running":
        return
    if job.pace and job.unit == "bytes":
        yield words.gettext("%(size)s a second", size=words.filesize(job.pace))
    elif job.pace and job.unit == "ms":
        yield words.gettext("%(num)s times as fast as it plays", num=words.number(round(job.pace / 1000, 1)))
    if job.left is not None:
        yield words.gettext("about %(length)s left", length=words.length(max(1000, int(job.left * 1000))))


def _clock(position: float) -> str:
    return clock(int(position), hours="needed", fraction=False)


def _advice(job: Job, words: Wording) -> str:
    """What to do next. What an error says to somebody at a terminal is said here in the desk's own words."""
    if job.state not in ("failed", "waiting"):
        return ""
    if "onrecord " not in job.advice and "--" not in job.advice:
        return english(job.advice, words)
    if "--engine" in job.advice:
        return words.gettext(_OTHER_ENGINE)
    if KEEP_AS_IT_IS in f"{job.error} {job.advice}":
        return words.gettext(
            "If this is all there is of it, it can be kept as it is. Otherwise bring it once more."
        )
    return words.gettext(
        "Look at the recording: its address and its other entries can be changed there. Then run this again."
    )


def without_commands(text: str, words: Wording) -> str:
    """What was told at a terminal, as somebody reads it who has none."""
    sentences = re.split(r"(?<=[.!?]) ", text)
    kept = list(takewhile(lambda one: "onrecord " not in one and "--" not in one, sentences))
    if "--engine" in text:
        return Markup("{} {}").format(english(initial(" ".join(kept)), words), words.gettext(_OTHER_ENGINE))
    return english(initial(" ".join(kept)), words)


def _wishes(job: Job) -> tuple[Wish, ...]:
    fits: Mapping[str, tuple[Wish, ...]] = {
        "queued": ("pause", "cancel"),
        "running": ("resume", "cancel")
        if job.wanted == "pause"
        else ()
        if job.wanted
        else ("pause", "cancel"),
        "paused": ("resume", "cancel", "again"),
        "waiting": ("resume", "pause", "cancel", "again"),
        "done": ("again",),
        "failed": ("again", "cancel"),
        "cancelled": ("again",),
    }
    return fits[job.state]
