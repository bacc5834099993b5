"""Which recording fits which discussion: proposals for events that are over and have none, for a person to confirm.

What speaks for a recording, and what against it, is said in sentences; the number is only their sum. Proposals and what was
dismissed lie in `.onrecord/found.json`: losing it costs one more search.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from onrecord.archive import Archive
from onrecord.errors import NotFoundError, OnrecordError
from onrecord.events.model import Event
from onrecord.files import write_text
from onrecord.languages import N_
from onrecord.locks import lock
from onrecord.media.channels import Candidate, Unread, candidates
from onrecord.timecode import spoken_length

if TYPE_CHECKING:
    from onrecord.jobs import Job
    from onrecord.progress import Progress

ENOUGH = 0.5  # a score from which on a recording is proposed
_MOST = 3  # proposals for one event
_TITLE, _TIME, _LENGTH = 0.55, 0.35, 0.10  # what each counts for
_NAMES = 0.1  # a speaker's name, or the day in the title
_LITTLE, _DOUBT = 0.34, 0.6  # a title that has so little of ours makes all else worth less
_PROMPT = timedelta(hours=36)  # after the end: most recordings are there by then
_LATEST = timedelta(days=14)
_AGAIN = timedelta(hours=3)  # between two searches that nobody asks for
_LOOKED_UP = 8  # recordings without a day that are looked at one by one
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-._/ ]?(\d{2})[-._/ ]?(\d{2})(?!\d)")
_EUROPEAN_DAY = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")


@dataclass(frozen=True)
class Reason:
    """Why a recording fits, or what speaks against it: a sentence marked with `N_`, and the values that stand in it."""

    sentence: str
    values: Mapping[str, Any]
    against: bool = False


@dataclass(frozen=True)
class Proposal:
    """A recording that may be the one of an event. `score` is from 0 to 1; the length is in milliseconds."""

    key: str
    stem: str
    source: str
    title: str
    channel: str
    published: str
    length: int | None
    score: float
    reasons: tuple[Reason, ...]

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Proposal:
        """From JSON."""
        return cls(**{**row, "reasons": tuple(Reason(**one) for one in row["reasons"])})


@dataclass(frozen=True)
class Found:
    """What the last search found. `looked` is its instant (RFC 3339), empty where there was none yet."""

    looked: str = ""
    proposals: tuple[Proposal, ...] = ()
    unread: tuple[Unread, ...] = ()
    dismissed: tuple[str, ...] = ()  # keys


def key_of(stem: str, source: str) -> str:
    """What names a proposal: the same recording for the same event has the same, in every search."""
    return hashlib.sha256(f"{stem}\n{source}".encode()).hexdigest()[:16]


def found(archive: Archive) -> Found:
    """The proposals that stand, without those that were dismissed."""
    try:
        row = json.loads((archive.hidden / "found.json").read_text(encoding="utf-8"))
        return Found(
            str(row["looked"]),
            tuple(
                one
                for one in map(Proposal.from_row, row["proposals"])
                if one.key not in set(row["dismissed"])
            ),
            tuple(Unread(**one) for one in row["unread"]),
            tuple(map(str, row["dismissed"])),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Found()


def find(archive: Archive, key: str) -> Proposal:
    """A proposal that stands. Raises `NotFoundError`."""
    for proposal in found(archive).proposals:
        if proposal.key == key:
            return proposal
    raise NotFoundError(
        "this proposal does not stand any more.", advice="Somebody has answered it meanwhile."
    )


def dismiss(archive: Archive, key: str) -> None:
    """Never proposes this recording for this event again."""
    with lock(archive, "found", wait=5, doing="dismissing a proposal"):
        now = found(archive)
        if key not in now.dismissed:
            _write(archive, replace(now, dismissed=(*now.dismissed, key)))


def _write(archive: Archive, one: Found) -> None:
    write_text(archive.hidden / "found.json", json.dumps(asdict(one), ensure_ascii=False, indent=1) + "\n")


def waiting_for_one(events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
    """The events that are over and have no recording."""
    return tuple(
        event
        for event in events
        if event.ends_at <= now
        and not event.withdrawn
        and not event.cancelled
        and not any(recording.source for recording in event.recordings)
    )


# How well a recording fits


def weigh(
    event: Event, candidate: Candidate, rarity: Mapping[str, float]
) -> tuple[float, tuple[Reason, ...]]:
    """How well a recording fits an event, from 0 to 1, and why. 0: it cannot be that one."""
    reasons: list[Reason] = []
    by_title = _by_title(event, candidate, rarity, reasons)
    by_time = _by_time(event, candidate, reasons)
    if by_time is None:
        return 0.0, tuple(reasons)
    parts = [(_TITLE, by_title), (_TIME, by_time)]
    by_length = _by_length(event, candidate, reasons)
    if by_length is not None:
        parts.append((_LENGTH, by_length))
    score = sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)
    if _names_a_speaker(event, candidate, reasons):
        score += _NAMES
    if _days(candidate.title):  # it is the right one, or we would not be here
        score += _NAMES
    elif by_title < _LITTLE:
        score *= _DOUBT
    return round(min(1.0, score), 3), tuple(reasons)


def rarities(events: Sequence[Event]) -> dict[str, float]:
    """How much a word of a title tells: one that is in the title of every discussion tells little."""
    counts = Counter(word for event in events for word in set(words(event.title)))
    return {word: math.log(1 + len(events) / count) for word, count in counts.items()}


def words(text: str) -> list[str]:
    """The words of a title as they are compared: small letters, without marks on Latin ones, one kind of apostrophe."""
    plain = re.sub("['’ʼ]", "'", unicodedata.normalize("NFC", text).casefold())
    return [_bare(word) for word in _WORD.findall(plain) if len(word) > 1 and not word.isdecimal()]


def _bare(word: str) -> str:
    return "".join(
        unicodedata.normalize("NFD", letter)[0] if "\u00c0" <= letter <= "\u024f" else letter
        for letter in word
    )


def _by_title(
    event: Event, candidate: Candidate, rarity: Mapping[str, float], reasons: list[Reason]
) -> float:
    ours = list(dict.fromkeys(words(event.title)))
    theirs = set(words(candidate.title))
    if not ours:
        return 0.0
    same = [word for word in ours if word in theirs]
    usual = max(rarity.values(), default=1.0)
    whole = sum(rarity.get(word, usual) for word in ours)
    share = sum(rarity.get(word, usual) for word in same) / whole
    if len(same) == len(ours):
        reasons.append(Reason(N_("Its title has all words of the discussion's."), {}))
    elif same:
        values = {"same": len(same), "all": len(ours)}
        reasons.append(Reason(N_("Its title has %(same)s of the %(all)s words of the discussion's."), values))
    else:
        reasons.append(Reason(N_("Its title has no word of the discussion's."), {}, against=True))
    return share


def _by_time(event: Event, candidate: Candidate, reasons: list[Reason]) -> float | None:
    """From 0 to 1; None: it cannot be of that day."""
    days = {event.starts.date(), event.starts_at.date()}
    named = _days(candidate.title)
    if named & days:
        day = event.starts.date().isoformat()
        reasons.append(Reason(N_("Its title names the day of the discussion, %(day)s."), {"day": day}))
        return 1.0
    if named:
        day = min(named).isoformat()
        reasons.append(Reason(N_("Its title names another day, %(day)s."), {"day": day}, against=True))
        return None
    if candidate.published is None:
        reasons.append(Reason(N_("Nothing says when it was published."), {}, against=True))
        return 0.3
    # A day alone reads as its noon, wherever that is.
    if candidate.published < event.starts_at - timedelta(hours=14):
        reasons.append(Reason(N_("It was published before the discussion began."), {}, against=True))
        return None
    after = max(timedelta(0), candidate.published - event.ends_at)
    if after < timedelta(hours=48):
        hours = round(after / timedelta(hours=1))
        sentence = (
            N_("It was published %(num)s hours after the end.")
            if hours
            else N_("It was published right after the end.")
        )
        reasons.append(Reason(sentence, {"num": hours} if hours else {}))
    else:
        late = after > _LATEST
        reasons.append(
            Reason(N_("It was published %(num)s days after the end."), {"num": after.days}, against=late)
        )
    if after <= _PROMPT:
        return 1.0
    return max(0.0, 1.0 - (after - _PROMPT) / (_LATEST - _PROMPT))


def _by_length(event: Event, candidate: Candidate, reasons: list[Reason]) -> float | None:
    """From 0 to 1; None where nothing can be said."""
    if candidate.length is None or event.duration is None:
        return None
    planned = event.duration / timedelta(milliseconds=1)
    share = candidate.length / planned
    values = {"length": spoken_length(candidate.length), "planned": spoken_length(round(planned))}
    fits = 0.6 <= share <= 1.6
    sentence = (
        N_("It lasts %(length)s; %(planned)s were planned.")
        if fits
        else N_("It lasts %(length)s, though %(planned)s were planned.")
    )
    reasons.append(Reason(sentence, values, against=not fits))
    return 1.0 if fits else max(0.0, 1.0 - abs(math.log(share) / math.log(4))) if share > 0 else 0.0


def _names_a_speaker(event: Event, candidate: Candidate, reasons: list[Reason]) -> bool:
    said = set(words(f"{candidate.title} {candidate.told}"))
    for speaker in event.speakers:
        name = words(speaker.name)
        if len(name) > 1 and set(name) <= said:
            reasons.append(
                Reason(N_("It names %(speaker)s, who speaks in the discussion."), {"speaker": speaker.name})
            )
            return True
    return False


def _days(text: str) -> set[date]:
    """The days that a title names, as `2026-10-01`, `20261001` or `1.10.2026`; `3/4/2026` may be two."""
    found: set[date] = set()
    numbers = [tuple(map(int, match.groups())) for match in _ISO_DAY.finditer(text)]
    for match in _EUROPEAN_DAY.finditer(text):
        first, second, year = map(int, match.groups())
        numbers += (
            [(year, second, first), (year, first, second)] if "/" in match[0] else [(year, second, first)]
        )
    for year, month, day in numbers:
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    return found


def propose(
    events: Sequence[Event], listed: Sequence[Candidate], now: datetime, dismissed: Iterable[str] = ()
) -> tuple[Proposal, ...]:
    """The recordings that fit, the surest first: at most three for an event, and none for two of them unless it fits both alike."""
    rarity = rarities(events)
    known = {recording.source for event in events for recording in event.recordings}
    left = set(dismissed)
    fitting: list[Proposal] = []
    for candidate in {one.source: one for one in reversed(listed)}.values():
        if candidate.source in known:
            continue
        rows: list[Proposal] = []
        for event in waiting_for_one(events, now):
            key = key_of(event.stem, candidate.source)
            score, reasons = weigh(event, candidate, rarity)
            if score >= ENOUGH and key not in left:
                said = candidate.published.astimezone(UTC).isoformat() if candidate.published else ""
                rows.append(
                    Proposal(
                        key, event.stem, candidate.source, candidate.title, candidate.channel, said,
                        candidate.length, score, reasons,
                    )
                )  # fmt: skip
        best = max((row.score for row in rows), default=0.0)
        fitting += [row for row in rows if row.score >= best - 0.05]
    fitting.sort(key=lambda row: (-row.score, row.stem, row.source))
    counts: Counter[str] = Counter()
    kept = []
    for row in fitting:
        counts[row.stem] += 1
        if counts[row.stem] <= _MOST:
            kept.append(row)
    return tuple(kept)


# The search


def search(
    archive: Archive,
    *,
    now: datetime | None = None,
    tell: Callable[[int, int, str], None] = lambda done, total, note: None,
) -> Found:
    """Asks every channel of the setting `fetch.channels` for what fits, and keeps it. A channel that cannot be read is said."""
    from onrecord.events.registry import Registry  # pulls in the writer of TOML

    now = now or datetime.now(UTC)
    events = Registry(archive, keep=True).scan().events
    channels = archive.settings.items("fetch.channels")
    listed: list[Candidate] = []
    unread: list[Unread] = []
    for number, channel in enumerate(channels):
        tell(number, len(channels), channel)
        try:
            listed += candidates(archive, channel)
        except OnrecordError as error:
            unread.append(Unread(channel, str(error)))
    listed = _with_days(archive, waiting_for_one(events, now), listed, rarities(events))
    with lock(archive, "found", wait=30, doing="looking for recordings"):
        before = found(archive)
        made = Found(
            now.isoformat(), propose(events, listed, now, before.dismissed), tuple(unread), before.dismissed
        )
        _write(archive, made)
    tell(len(channels), len(channels), "")
    return made


def _with_days(
    archive: Archive, events: Sequence[Event], listed: list[Candidate], rarity: Mapping[str, float]
) -> list[Candidate]:
    """The same, where the few whose title fits and whose day is not listed were looked at."""
    from onrecord.media.looking import look

    made: list[Candidate] = []
    left = _LOOKED_UP
    for one in listed:
        unknown = one.published is None and one.source.startswith(("http://", "https://"))
        if not (unknown and left and any(_by_title(event, one, rarity, []) >= 0.4 for event in events)):
            made.append(one)
            continue
        left -= 1
        try:
            sight = look(archive, one.source, archive.hidden / "work" / ".looking")
        except OnrecordError:
            continue  # what cannot be looked at cannot be fetched
        day = datetime.fromisoformat(sight.published) if sight.published else None
        made.append(replace(one, published=day, length=one.length or sight.length))
    return made


def due(archive: Archive, now: datetime) -> str:
    """A word for the search that should be carried out by now, since the last one is hours ago; empty: none."""
    if not archive.settings.items("fetch.channels"):
        return ""
    looked = found(archive).looked
    last = datetime.fromisoformat(looked) if looked else None
    return f"{now:%Y-%m-%d}-{now.hour // 3}" if last is None or now - last >= _AGAIN else ""


def run(archive: Archive, job: Job, listen: Progress, stop: Callable[[], None]) -> dict[str, Any]:
    """The job `find`: searches the channels; its result says how many proposals stand."""
    from onrecord.progress import Report

    def tell(done: int, total: int, note: str) -> None:
        stop()
        listen(Report("find", "", done, total, "items", note))

    made = search(archive, tell=tell)
    return {"proposals": len(made.proposals), "unread": len(made.unread)}
