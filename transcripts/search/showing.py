"""Shows events that answer a question: their moments, in order or the best ones, with speaker, time and text."""

from __future__ import annotations

import itertools
import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from onrecord.transcripts.search.catalogue import Catalogue
from onrecord.transcripts.search.excerpts import excerpt, mark, phrases
from onrecord.transcripts.search.layout import FIELDS
from onrecord.transcripts.search.matching import Matcher
from onrecord.transcripts.search.moments import Hits, Layout, Span, hits_in, spans
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

    def events(self, numbers: Sequence[int]) -> tuple[EventHit, ...]:
        """These events of the catalogue, each with its best moments, or all of them when it is opened."""
        if self._matcher is None or self._question.title_only or not numbers:
            return tuple(self._event(number, 0, ()) for number in numbers)
        return self._with_moments(self._matcher, numbers)

    def _with_moments(self, matcher: Matcher, numbers: Sequence[int]) -> tuple[EventHit, ...]:
        question, lines, found = self._question, self._known.space.lines, matcher.said.found
        matcher.finder.check_time()
        order = np.sort(np.array(numbers))
        bounds = lines.event.searchsorted(order).tolist(), lines.event.searchsorted(order, "right").tolist()
        transcripts = np.array(
            [n for begin, end in zip(*bounds, strict=True) for n in range(begin, end)], int
        )
        layout = Layout.of(transcripts, lines, matcher.finder.cues_of(transcripts.tolist()))
        hits = hits_in(layout, [one.choices for one in found])
        every = spans(hits, layout, found)
        edges = np.cumsum([0, *(end - begin for begin, end in zip(*bounds, strict=True))])
        begins = every.transcript.searchsorted(edges).tolist()
        spans_of = dict(zip(order.tolist(), itertools.pairwise(begins), strict=True))
        if question.event:
            first = question.offset
            chosen = [list(range(*spans_of[n]))[first : first + question.limit] for n in numbers]
        else:
            chosen = every.best([spans_of[n] for n in numbers], question.moments)
        if any(one.near for one in found):
            hits = hits_in(layout, [one.marks for one in found])
        told = list(itertools.chain.from_iterable(chosen))
        of = every.transcript[told].tolist()
        moments = iter(self._moments(layout, hits, list(zip(of, every.some(told), strict=True))))
        return tuple(
            self._event(
                number, spans_of[number][1] - spans_of[number][0], tuple(itertools.islice(moments, size))
            )
            for number, size in zip(numbers, map(len, chosen), strict=True)
        )

    def _event(self, number: int, count: int, moments: tuple[Moment, ...]) -> EventHit:
        row = self._known.events[number]
        held = self._held(number)
        return EventHit(
            stem=row.stem,
            slug=row.slug,
            title=row.title,
            title_pieces=mark(row.title, self._phrases) if held and held[0] else ((row.title, False),),
            summary=row.summary,
            starts_at=row.starts_at,
            note=row.note,
            found_in=self._found_in(number, held),
            moment_count=count,
            counted=True,
            moments=moments,
        )

    def _held(self, event: int) -> list[bool]:
        """For each part of an event's record, whether it holds a word of the question."""
        if self._matcher is None or not self._matcher.recorded.fields:
            return []
        held: list[bool] = np.logical_or.reduce(
            [one[event] for one in self._matcher.recorded.fields]
        ).tolist()
        return held

    def _found_in(self, event: int, held: Sequence[bool]) -> tuple[str, ...]:
        """The parts of an event's record that hold a word of the question, where the record answers."""
        if self._matcher is None or not held or not self._matcher.recorded.events[event]:
            return ()
        return tuple(name for name, here in zip(FIELDS, held, strict=True) if here)

    def _moments(self, layout: Layout, hits: Hits, chosen: Sequence[tuple[int, Span]]) -> Iterator[Moment]:
        """These moments, each with the number of its transcript among those that are laid out."""
        numbers = self._known.space.numbers
        shown: list[tuple[int, int, int, list[int]]] = []  # transcript, its number, first cue, edges of cues
        for at, span in chosen:
            edges = layout.first[span.cue : span.last_cue + 2].tolist()
            del edges[max(bisect_left(edges, edges[0] + _MOST_WORDS, 0, len(edges) - 1), 1) + 1 :]
            transcript = int(layout.transcripts[at])
            shown.append((transcript, numbers[transcript], span.cue - int(layout.at[at]), edges))
        texts = Texts(self._connection)
        texts.fetch((number, max(cue - 1, 0), cue + len(edges) - 1) for _, number, cue, edges in shown)
        longest = int(hits.sizes.max()) if len(hits.sizes) else 1
        begins = hits.words.searchsorted([edges[0] - longest + 1 for *_, edges in shown]).tolist()
        ends = hits.words.searchsorted([edges[-1] for *_, edges in shown]).tolist()
        last_words = hits.words + (hits.sizes - 1)
        for (transcript, number, cue, edges), begin, end in zip(shown, begins, ends, strict=True):
            marks = zip(hits.words[begin:end].tolist(), last_words[begin:end].tolist(), strict=True)
            shows = excerpt(texts, number, cue, edges, marks if longest == 1 else sorted(marks))
            row = self._known.transcripts[transcript]
            yield Moment(
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
