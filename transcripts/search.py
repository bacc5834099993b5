"""Answers a question from an index: events, best first, each with the moments in which all its words are
said.
"""

from __future__ import annotations

import math
import sqlite3
import time
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from onrecord.transcripts.catalogue import EventRow, catalogue
from onrecord.transcripts.excerpts import Passage, mark
from onrecord.transcripts.folding import words
from onrecord.transcripts.index import EVENT_SHIFT, TRANSCRIPT_SHIFT, damaged, open_reader, translated
from onrecord.transcripts.matching import Match, Matcher, too_slow
from onrecord.transcripts.moments import Span, spans
from onrecord.transcripts.query import Phrase, Question

LEAD_IN_MS = 1000  # a link plays from a second before

_HITS_ENOUGH = 40  # of one event, before further stretches of it are left unread for a list
_FIELDS = ("title", "speakers", "topics", "description", "links")


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


@dataclass(frozen=True)
class Results:
    """The answer: how many events there are in all, those of this page, and how many have which speaker, tag
    ...

    `took` is in seconds.
    """

    question: Question
    total: int
    events: tuple[EventHit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    took: float


def search(
    index_path: Path,
    question: Question,
    *,
    glossary: Mapping[str, Sequence[str]] | None = None,
    deadline: float = 2.0,
) -> Results:
    """Answers a question within `deadline` seconds.

    `glossary` names other spellings; a word that is one of them is looked for in all of them. Raises
    `QueryError` when time runs out, `SearchIndexError` when the index is missing, older than this onrecord,
    or damaged.
    """
    began = time.monotonic()
    with translated(index_path), closing(open_reader(index_path)) as connection:
        until = began + deadline
        connection.set_progress_handler(lambda: time.monotonic() > until, 20_000)
        try:
            connection.execute("BEGIN")  # one state of the index for the whole answer
            known = catalogue(connection, index_path)
            matcher = Matcher(connection, known, widened(question, glossary or {}), until)
            total, events, facets = _Answer(matcher).give()
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            raise too_slow() from error
        except (zlib.error, LookupError, TypeError, ValueError) as error:
            # SQLite sees no change inside a value (one flipped bit is enough); unpacking it does.
            raise damaged(index_path, str(error)) from error
    return Results(question, total, events, facets, time.monotonic() - began)


def widened(question: Question, glossary: Mapping[str, Sequence[str]]) -> Question:
    """The question with the glossary's other spellings beside each word that is one; exact phrases stay as
    they are.
    """
    if not glossary:
        return question
    others: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for name, spellings in glossary.items():
        group = [spelling for spelling in (tuple(words(text)) for text in (name, *spellings)) if spelling]
        for spelling in group:
            others.setdefault(spelling, []).extend(group)

    def wider(choices: Iterable[Phrase]) -> tuple[Phrase, ...]:
        found: dict[Phrase, None] = {}
        for choice in choices:
            found[choice] = None
            if not choice.prefix:
                found |= dict.fromkeys(Phrase(spelling) for spelling in others.get(choice.words, ()))
        return tuple(found)

    clauses = tuple(
        one if one.exact else replace(one, choices=wider(one.choices)) for one in question.clauses
    )
    return replace(question, clauses=tuple(dict.fromkeys(clauses)), without=wider(question.without))


class _Answer:
    """One question on one state of the index: what is shown of the events that answer."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.connection = matcher.connection
        self.known = matcher.known
        self.question = matcher.question

    def give(self) -> tuple[int, tuple[EventHit, ...], dict[str, tuple[tuple[str, int], ...]]]:
        """The total, the events of the page, the facets."""
        chosen = self.known.chosen(self.question)
        if not self.question.clauses:
            ranked = [(0.0, row, Match()) for row in chosen]
        else:
            found = self.matcher.matches({row.key for row in chosen})
            rows = self.known.events
            ranked = [(self._score(rows[key], one), rows[key], one) for key, one in found.items()]
        if self.question.order == "best" and self.question.clauses:
            ranked.sort(key=lambda item: (-item[0], -item[1].starts_at.timestamp(), item[1].stem))
        else:
            sign = 1 if self.question.order == "oldest" else -1
            ranked.sort(key=lambda item: (sign * item[1].starts_at.timestamp(), item[1].stem))
        facets = self.known.facets(row for _, row, _ in ranked)
        page = ranked
        if not self.question.event:
            page = ranked[self.question.offset : self.question.offset + self.question.limit]
        return len(ranked), tuple(self._event(row, one) for _, row, one in page), facets

    def _score(self, row: EventRow, one: Match) -> float:
        """How well an event answers: its best stretch, a little for each further one, a little for being
        recent.
        """
        years = (self.known.newest - row.starts_at.date()).days / 365
        recent = 1 + 0.1 * math.exp2(-years / 2)
        return one.score * (1 + 0.1 * math.log2(1 + len(one.rows))) * recent

    def _event(self, row: EventRow, one: Match) -> EventHit:
        question = self.question
        one.rows.sort(reverse=True)
        rows = one.rows if question.event else self._enough(one.rows)
        found = [
            (score, transcript, span, passage)
            for transcript, part in sorted(_by_transcript(rows).items())
            for score, span, passage in self._passages(part)
        ]
        if question.event:
            shown = found[question.offset : question.offset + question.limit]
        else:
            shown = sorted(found, key=lambda item: (-item[0], *item[1:3]))[: question.moments]
        return EventHit(
            stem=row.stem,
            slug=row.slug,
            title=row.title,
            title_pieces=mark(row.title, self.matcher.needles),
            summary=row.summary,
            starts_at=row.starts_at,
            note=row.note,
            found_in=self._found_in(row) if one.about else (),
            moment_count=len(found),
            counted=len(rows) == len(one.rows),
            moments=tuple(self._moment(transcript, span, passage) for _, transcript, span, passage in shown),
        )

    def _enough(self, rows: list[tuple[float, int]]) -> list[tuple[float, int]]:
        """The best stretches of an event, until they hold hits enough for a list."""
        hits = 0
        for n, (_, rowid) in enumerate(rows):
            if hits >= _HITS_ENOUGH and n >= self.question.moments - 1:
                return rows[:n]
            hits += len(self.matcher.hits(rowid))
        return rows

    def _passages(self, rows: Sequence[tuple[float, int]]) -> Iterator[tuple[float, Span, Passage]]:
        """The moments that these stretches of one transcript own, each with a score.

        A hit in the tail of one stretch is a hit of the next one too; it is one hit.
        """
        scores = {rowid: score for score, rowid in rows}
        stretches = [(rowid, *self.matcher.stretch(rowid)) for rowid in sorted(scores)]
        firsts = [cues.first for _, _, cues in stretches]
        hits = sorted({hit for rowid in scores for hit in self.matcher.hits(rowid)})
        passage = Passage(self.connection, [(cues, rowid) for rowid, _, cues in stretches], hits)
        for span in spans(hits, len(self.question.clauses), self.matcher.ruled_out(scores)):
            rowid, _, cues = stretches[bisect_right(firsts, span.cue) - 1]
            if span.cue < cues.first + cues.own:
                yield scores[rowid] * (1 + 1 / (1 + span.width)), span, passage

    def _found_in(self, row: EventRow) -> tuple[str, ...]:
        """The parts of an event's record that hold a word of the question."""
        if self.question.title_only:
            return ("title",)
        texts = self.connection.execute(
            "SELECT title, speakers, topics, description, links FROM about_text WHERE id = ?",
            (row.key << EVENT_SHIFT,),
        ).fetchone()
        needles = self.matcher.needles
        return tuple(
            name
            for name, text in zip(_FIELDS, texts, strict=True)
            if any(needle.text in f" {text} " for needle in needles)
        )

    def _moment(self, transcript: int, span: Span, passage: Passage) -> Moment:
        row = self.known.transcripts[transcript]
        shows = passage.excerpt(span)
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


def _by_transcript(rows: Iterable[tuple[float, int]]) -> dict[int, list[tuple[float, int]]]:
    found: dict[int, list[tuple[float, int]]] = {}
    for score, rowid in rows:
        found.setdefault(rowid >> TRANSCRIPT_SHIFT, []).append((score, rowid))
    return found
