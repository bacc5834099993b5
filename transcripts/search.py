"""Answers a question from an index: the events in which all its words are said in one moment, best first.

Totals and facets are exact. Which events match is decided in three steps: the full-text engine names the
stretches that hold all words; those in which they stand within 40 words are settled by it too; only the
stretches of events that are still open are read and looked at here.
"""

from __future__ import annotations

import itertools
import math
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from onrecord.errors import QueryError
from onrecord.transcripts.catalogue import Catalogue, EventRow, TranscriptRow, catalogue
from onrecord.transcripts.excerpts import Excerpt, excerpt, mark
from onrecord.transcripts.folding import words
from onrecord.transcripts.index import EVENT_SHIFT, TRANSCRIPT_SHIFT, open_reader, translated
from onrecord.transcripts.moments import Hit, Needle, Span, hits_in, spans
from onrecord.transcripts.query import Clause, Phrase, Question, match_all, match_any
from onrecord.transcripts.stretches import MOMENT_WORDS, Cues

LEAD_IN_MS = 1000  # a link plays from a second before

_MOST_COMBINATIONS = 16
_LOOKED_AT = 4  # stretches of one event that are looked at for a list; an opened event is read whole
_STATUS_WEIGHT = {"reviewed": 1.15, "machine": 1.0, "partial": 0.9}
_IN_SEQUENCE, _CLOSE, _TOGETHER = 2.5, 1.6, 1.3
_FIELD_WEIGHTS = "10.0, 6.0, 4.0, 2.0, 1.0"
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


@dataclass
class _Found:
    """What is known of one event's match while the question is answered: stretches with their scores."""

    score: float = 0.0
    rows: list[tuple[float, int]] = field(default_factory=list)
    settled: bool = False
    about: bool = False


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
            answer = _Answer(
                connection, catalogue(connection, index_path), widened(question, glossary or {}), until
            )
            total, events, facets = answer.give()
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            raise _too_slow() from error
    return Results(question, total, events, facets, time.monotonic() - began)


def _too_slow() -> QueryError:
    return QueryError(
        "This question takes too long to answer.", advice="Add a word or a filter to make it narrower."
    )


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
    """One question on one state of the index."""

    def __init__(
        self, connection: sqlite3.Connection, known: Catalogue, question: Question, until: float
    ) -> None:
        self.connection = connection
        self.known = known
        self.question = question
        self.until = until
        self.needles = [
            Needle(choice.needle, len(choice.words), number)
            for number, clause in enumerate(question.clauses)
            for choice in clause.choices
        ]
        self.excluding = [Needle(phrase.needle, len(phrase.words), 0) for phrase in question.without]
        self.cue_filters = any(one.key in ("speaker", "lang") for one in question.filters)
        self._allowed: dict[int, tuple[frozenset[int] | None, frozenset[int] | None]] = {}

    def give(self) -> tuple[int, tuple[EventHit, ...], dict[str, tuple[tuple[str, int], ...]]]:
        """The total, the events of the page, the facets."""
        chosen = self.known.chosen(self.question)
        if not self.question.clauses:
            ranked = [(0.0, row, _Found(about=False)) for row in chosen]
        else:
            found = self._matches({row.key for row in chosen})
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

    # Which events match

    def _matches(self, chosen: set[int]) -> dict[int, _Found]:
        found: dict[int, _Found] = {}
        if not self.question.title_only:
            self._find_said(chosen, found)
        if not self.cue_filters:
            self._find_about(chosen, found)
        return found

    def _find_said(self, chosen: set[int], found: dict[int, _Found]) -> None:
        if not chosen:
            return
        span = (min(chosen) << EVENT_SHIFT, ((max(chosen) + 1) << EVENT_SHIFT) - 1)
        clauses = self.question.clauses
        sequence = self._rows(_neighbours(clauses, 0, ordered=True), span)
        close = self._rows(_neighbours(clauses, 8), span)
        near = self._rows(_neighbours(clauses, MOMENT_WORDS), span)
        settled = len(clauses) == 1
        transcripts = self.known.transcripts
        hopeless: dict[int, bool] = {}
        for rowid, rank in self.connection.execute(
            "SELECT rowid, rank FROM said WHERE said MATCH ? AND rowid BETWEEN ? AND ?",
            (match_all(clauses), *span),
        ):
            key = rowid >> EVENT_SHIFT
            if key not in chosen:
                continue
            transcript = rowid >> TRANSCRIPT_SHIFT
            if self.cue_filters:
                if transcript not in hopeless:
                    hopeless[transcript] = self._hopeless(transcripts[transcript])
                if hopeless[transcript]:
                    continue
            score = -rank * _STATUS_WEIGHT.get(transcripts[transcript].status, 1.0)
            if rowid in near:
                score *= _IN_SEQUENCE if rowid in sequence else _CLOSE if rowid in close else _TOGETHER
            one = found.get(key)
            if one is None:
                one = found[key] = _Found()
            if settled or rowid in near:
                one.settled = True
            one.rows.append((score, rowid))
            one.score = max(one.score, score)
        plain = not self.cue_filters and not self.excluding
        for key in list(found):
            if not (plain and found[key].settled) and not self._has_moment(found[key]):
                del found[key]

    def _rows(self, expression: str, span: tuple[int, int]) -> set[int]:
        if not expression:
            return set()
        return {
            row[0]
            for row in self.connection.execute(
                "SELECT rowid FROM said WHERE said MATCH ? AND rowid BETWEEN ? AND ?", (expression, *span)
            )
        }

    def _find_about(self, chosen: set[int], found: dict[int, _Found]) -> None:
        expression = match_all(self.question.clauses)
        if self.question.title_only:
            expression = f"title : ({expression})"
        if self.question.without:
            expression = f"({expression}) NOT {match_any(self.question.without)}"
        for rowid, rank in self.connection.execute(
            f"SELECT rowid, bm25(about, {_FIELD_WEIGHTS}) FROM about WHERE about MATCH ?",  # noqa: S608 - our own numbers
            (expression,),
        ):
            key = rowid >> EVENT_SHIFT
            if key in chosen:
                one = found.setdefault(key, _Found())
                one.about = True
                one.score -= rank

    def _score(self, row: EventRow, one: _Found) -> float:
        """How well an event answers: its best stretch, a little for each further one, a little for being
        recent.
        """
        years = (self.known.newest - row.starts_at.date()).days / 365
        return one.score * (1 + 0.1 * math.log2(1 + len(one.rows))) * (1 + 0.1 * 0.5 ** (years / 2))

    # Moments

    def _hopeless(self, transcript: TranscriptRow) -> bool:
        """Whether no cue of a transcript can pass `speaker:` and `lang:`."""
        speakers, languages = self._permitted(transcript)
        return speakers == frozenset() or languages == frozenset()

    def _permitted(self, transcript: TranscriptRow) -> tuple[frozenset[int] | None, frozenset[int] | None]:
        """The numbers of the speakers and of the languages that a hit's cue may have; None where any will
        do.
        """
        if transcript.key not in self._allowed:
            everybody = {name for row in self.known.transcripts.values() for name in row.speakers}
            pair = []
            for key, here, known in (
                ("speaker", transcript.speakers, everybody),
                ("lang", transcript.languages, set(transcript.languages)),
            ):
                allowed = self.known.allowed(self.question, key, known)
                pair.append(
                    None
                    if allowed is None
                    else frozenset(n for n, value in enumerate(here) if value in allowed)
                )
            self._allowed[transcript.key] = (pair[0], pair[1])
        return self._allowed[transcript.key]

    def _hits(self, rowid: int, folded: str, cues: Cues) -> list[Hit]:
        hits = hits_in(folded, cues, self.needles)
        if self.cue_filters:
            speakers, languages = self._permitted(self.known.transcripts[rowid >> TRANSCRIPT_SHIFT])
            first = cues.first
            hits = [
                hit
                for hit in hits
                if (
                    speakers is None
                    or {cues.speaker[hit.cue - first], cues.speaker[hit.last_cue - first]} <= speakers
                )
                and (
                    languages is None
                    or {cues.language[hit.cue - first], cues.language[hit.last_cue - first]} <= languages
                )
            ]
        return hits

    def _stretch(self, rowid: int) -> tuple[str, Cues]:
        if time.monotonic() > self.until:
            raise _too_slow()
        folded, cues = self.connection.execute(
            "SELECT folded, cues FROM stretch WHERE id = ?", (rowid,)
        ).fetchone()
        return folded, Cues.unpack(cues)

    def _has_moment(self, one: _Found) -> bool:
        """Whether any moment of an event answers; stretch by stretch, the best first, when nothing is ruled
        out.
        """
        one.rows.sort(reverse=True)
        if self.excluding:
            return any(
                next(iter(self._spans(rowids)[0]), None) is not None
                for rowids in _by_transcript(one.rows).values()
            )
        for _, rowid in one.rows:
            folded, cues = self._stretch(rowid)
            if next(spans(self._hits(rowid, folded, cues), len(self.question.clauses)), None) is not None:
                return True
        return False

    def _spans(self, rowids: Sequence[int]) -> tuple[list[Span], list[Hit], dict[int, tuple[Cues, int]]]:
        """The moments in these stretches of one transcript, all hits, and for each cue the stretch that shows
        it.

        A hit in the tail of one stretch is a hit of the next one too; it is one hit.
        """
        hits: set[Hit] = set()
        ruled_out: set[Hit] = set()
        shown: dict[int, tuple[Cues, int]] = {}
        for rowid in sorted(rowids):
            folded, cues = self._stretch(rowid)
            hits.update(self._hits(rowid, folded, cues))
            if self.excluding:
                ruled_out.update(hits_in(folded, cues, self.excluding))
            for n in range(cues.first, cues.first + len(cues.starts)):
                shown[n] = (cues, rowid)
        ordered = sorted(hits)
        return list(spans(ordered, len(self.question.clauses), sorted(ruled_out))), ordered, shown

    def _event(self, row: EventRow, one: _Found) -> EventHit:
        opened = bool(self.question.event)
        one.rows.sort(reverse=True)
        looked_at = one.rows if opened else one.rows[:_LOOKED_AT]
        scores = {rowid: score for score, rowid in looked_at}
        moments: list[tuple[float, int, Span, list[Hit], dict[int, tuple[Cues, int]]]] = []
        for transcript, rowids in sorted(_by_transcript(looked_at).items()):
            found, hits, shown = self._spans(rowids)
            for span in found:
                score = scores.get(shown[span.cue][1], 0.0) * (1 + 1 / (1 + span.width))
                moments.append((score, transcript, span, hits, shown))
        count = len(moments)
        if opened:
            moments = moments[self.question.offset : self.question.offset + self.question.limit]
        else:
            moments = sorted(moments, key=lambda item: (-item[0], item[1], item[2]))[: self.question.moments]
        return EventHit(
            stem=row.stem,
            slug=row.slug,
            title=row.title,
            title_pieces=mark(row.title, self.needles),
            summary=row.summary,
            starts_at=row.starts_at,
            note=row.note,
            found_in=self._found_in(row) if one.about else (),
            moment_count=count,
            counted=opened or len(one.rows) <= _LOOKED_AT,
            moments=tuple(
                self._moment(transcript, span, hits, shown) for _, transcript, span, hits, shown in moments
            ),
        )

    def _found_in(self, row: EventRow) -> tuple[str, ...]:
        """The parts of an event's record that hold a word of the question."""
        texts = self.connection.execute(
            "SELECT title, speakers, topics, description, links FROM about_text WHERE id = ?",
            (row.key << EVENT_SHIFT,),
        ).fetchone()
        fields = [
            name
            for name, text in zip(_FIELDS, texts, strict=True)
            if any(needle.text in f" {text} " for needle in self.needles)
        ]
        return ("title",) if self.question.title_only else tuple(fields)

    def _moment(
        self, transcript: int, span: Span, hits: Sequence[Hit], shown: Mapping[int, tuple[Cues, int]]
    ) -> Moment:
        row = self.known.transcripts[transcript]
        shows: Excerpt = excerpt(self.connection, span, hits, shown)
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


def _by_transcript(rows: Iterable[tuple[float, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for _, rowid in rows:
        found.setdefault(rowid >> TRANSCRIPT_SHIFT, []).append(rowid)
    return found


def _neighbours(clauses: Sequence[Clause], distance: int, *, ordered: bool = False) -> str:
    """All clauses within `distance` words, or in sequence: what the full-text engine can settle by itself.

    It is empty when there is nothing to settle, or too much: then the stretches are read.
    """
    if len(clauses) < 2 or math.prod(len(clause.choices) for clause in clauses) > _MOST_COMBINATIONS:
        return ""
    found = []
    for choices in itertools.product(*(clause.choices for clause in clauses)):
        if ordered:
            if any(choice.prefix for choice in choices[:-1]):
                return ""
            found.append(
                Phrase(tuple(w for choice in choices for w in choice.words), choices[-1].prefix).match
            )
        else:
            room = distance - sum(len(choice.words) for choice in choices)
            if room >= 0:
                found.append(f"NEAR({' '.join(choice.match for choice in choices)}, {room})")
    return " OR ".join(found)
