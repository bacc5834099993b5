"""Shows events that answer a question: their moments, in order or the best ones, with speaker, time and text."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from onrecord.transcripts.search.catalogue import Catalogue
from onrecord.transcripts.search.excerpts import excerpt, mark, phrases
from onrecord.transcripts.search.layout import FIELDS
from onrecord.transcripts.search.matching import Matcher
from onrecord.transcripts.search.moments import Span, Spans, hits_between, spans
from onrecord.transcripts.search.query import Question
from onrecord.transcripts.search.texts import Texts

LEAD_IN_MS = 1000  # a link plays from a second before
_MOST_WORDS = 150  # of one moment that are shown


@dataclass(frozen=True)
class Moment:
    """A passage in which the words are said together. Times are milliseconds on the index's clock.

    `pieces` is the text of its cues, each piece with whether it is a hit; `before` and `after` are its
    neighbours.
    """

    recording_id: str
    recording_title: str
    language: str
    kind: str
    cue_id: str
    start: int
    end: int
    speaker: str
    status: str
    before: str
    pieces: tuple[tuple[str, bool], ...]
    after: str

    @property
    def play_from(self) -> int:
        """Where a link begins to play."""
        return max(0, self.start - LEAD_IN_MS)


@dataclass(frozen=True)
class EventHit:
    """An event that answers, with its best moments (all of them, in order, when it is opened).

    `moment_count` is exact when `counted`, else there are at least as many. `found_in` names the parts of the
    event's record that hold all the words: title, speakers, topics, description, links. `note` is what the
    index says beside it.
    """

    stem: str
    slug: str
    title: str
    title_pieces: tuple[tuple[str, bool], ...]
    summary: str
    starts_at: datetime
    note: str
    found_in: tuple[str, ...]
    moment_count: int
    counted: bool
    moments: tuple[Moment, ...]


class Shower:
    """Shows events of one state of the index; `matcher` is None for a question without words."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        known: Catalogue,
        question: Question,
        matcher: Matcher | None,
    ) -> None:
        self._connection = connection
        self._known = known
        self._question = question
        self._matcher = matcher
        self._phrases = phrases(question.clauses)

    def event(self, number: int) -> EventHit:
        """One event of the catalogue with its best moments, or all of them when it is opened."""
        question, row = self._question, self._known.events[number]
        found = list(self._spans(number))
        if question.event:
            shown = list(_cut_out(found, question.offset, question.offset + question.limit))
        else:
            best = [(at, span) for at, spans in found for span in spans.best(question.moments)]
            shown = heapq.nsmallest(question.moments, best, key=_goodness) if len(found) > 1 else best
        return EventHit(
            stem=row.stem,
            slug=row.slug,
            title=row.title,
            title_pieces=mark(row.title, self._phrases) if self._in_title(number) else ((row.title, False),),
            summary=row.summary,
            starts_at=row.starts_at,
            note=row.note,
            found_in=self._found_in(number),
            moment_count=sum(len(spans) for _, spans in found),
            counted=True,
            moments=tuple(self._moment(transcript, span) for transcript, span in shown),
        )

    def _spans(self, event: int) -> Iterator[tuple[int, Spans]]:
        """The moments of an event, by the number of its transcript."""
        if self._matcher is None or self._question.title_only:
            return
        space, found = self._known.space, self._matcher.said.found
        lines = space.lines
        begin, end = np.searchsorted(lines.event, (event, event + 1)).tolist()
        for transcript in range(begin, end):
            self._matcher.finder.check_time()
            low, high = int(lines.low[transcript]), int(lines.high[transcript])
            if high == low:
                continue
            hits = hits_between(found, low, high, space.cues(self._connection, transcript))
            if hits is not None:
                yield transcript, spans(hits, len(found))

    def _in_title(self, event: int) -> bool:
        """Whether the title holds a word of the question."""
        return self._matcher is not None and any(one[event, 0] for one in self._matcher.recorded.fields)

    def _found_in(self, event: int) -> tuple[str, ...]:
        """The parts of an event's record that hold a word of the question, where the record answers."""
        if self._matcher is None or not self._matcher.recorded.events[event]:
            return ()
        held = np.logical_or.reduce([one[event] for one in self._matcher.recorded.fields])
        return tuple(name for name, here in zip(FIELDS, held, strict=True) if here)

    def _moment(self, transcript: int, span: Span) -> Moment:
        assert self._matcher is not None
        row, space = self._known.transcripts[transcript], self._known.space
        low = int(space.lines.low[transcript])
        firsts = space.cues(self._connection, transcript)[0]
        most = int(firsts.searchsorted(firsts[span.cue] + _MOST_WORDS))
        end = min(span.last_cue + 1, max(most, span.cue + 1))
        begins = firsts[span.cue : end].tolist()
        until = int(firsts[end]) if end < len(firsts) else row.size
        marks: list[tuple[int, int]] = []
        for one in self._matcher.said.found:
            for at, size in one.marks:
                edges = np.array((low + begins[0] - size + 1, low + until), np.int32)
                begin, end = at.searchsorted(edges).tolist()
                if begin < end:
                    marks += [(word, word + size - 1) for word in (at[begin:end] - low).tolist()]
        shows = excerpt(Texts(self._connection, row.number), span, begins, sorted(marks))
        return Moment(
            recording_id=row.recording,
            recording_title=row.title,
            language=row.languages[shows.language],
            kind=row.kind,
            cue_id=shows.cue_id,
            start=shows.start,
            end=shows.end,
            speaker=row.speakers[shows.speaker],
            status=row.status,
            before=shows.before,
            pieces=shows.pieces,
            after=shows.after,
        )


def _cut_out(found: Iterable[tuple[int, Spans]], begin: int, end: int) -> Iterator[tuple[int, Span]]:
    """The moments with these numbers, counted through all transcripts of an event."""
    for transcript, held in found:
        for span in held.some(max(begin, 0), max(end, 0)):
            yield transcript, span
        begin, end = begin - len(held), end - len(held)


def _goodness(found: tuple[int, Span]) -> tuple[bool, int, int, int, int]:
    """What comes first: words in sequence, close together, many hits; then what is said first."""
    transcript, span = found
    return (not span.sequence, span.width // 4, -span.hits, transcript, span.cue)
