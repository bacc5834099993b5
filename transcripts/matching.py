"""Which events answer a question, exactly, and how well.

The full-text engine names the stretches that hold all the words, and settles those in which they stand within
40 words. Only the stretches of events that are still open after that are read and looked at here.
"""

from __future__ import annotations

import itertools
import math
import sqlite3
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_

from onrecord.errors import QueryError
from onrecord.languages import N_
from onrecord.transcripts.catalogue import Catalogue
from onrecord.transcripts.index import EVENT_SHIFT, TRANSCRIPT_SHIFT
from onrecord.transcripts.moments import Hit, Needle, RuledOut, hits_in, spans, together, vicinity
from onrecord.transcripts.query import Clause, Phrase, Question, match_all, match_any
from onrecord.transcripts.stretches import MOMENT_WORDS, Cues

_MOST_COMBINATIONS = 16
_STATUS_WEIGHT = {"reviewed": 1.15, "machine": 1.0, "partial": 0.9}
_IN_SEQUENCE, _CLOSE, _TOGETHER = 2.5, 1.6, 1.3
_CLOSE_WORDS = 8
_FIELD_WEIGHTS = "10.0, 6.0, 4.0, 2.0, 1.0"  # title, speakers, topics, description, links
_ROW_MASK = (1 << TRANSCRIPT_SHIFT) - 1


@dataclass
class Match:
    """What is known of an event that answers: its stretches with their scores, and whether its record
    answers.
    """

    score: float = 0.0
    rows: list[tuple[float, int]] = field(default_factory=list)
    settled: bool = False
    about: bool = False


@dataclass(frozen=True)
class _Permitted:
    """Which cues of a transcript `speaker:` and `lang:` let through: numbers, None for any; and the
    stretches.
    """

    speakers: frozenset[int] | None
    languages: frozenset[int] | None
    rows: int


def too_slow() -> QueryError:
    """What is said when time runs out."""
    return QueryError(
        N_("This question takes too long to answer."),
        advice=N_("Add a word or a filter to make it narrower."),
    )


class Matcher:
    """One question on one state of the index. `until` is the end of its time on the monotonic clock."""

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
        self._excluded: set[int] = set()  # the stretches that hold something that is to be left out
        self._permissions: dict[int, _Permitted] = {}
        self._read: dict[int, tuple[str, Cues]] = {}

    def matches(self, chosen: set[int]) -> dict[int, Match]:
        """The events among `chosen` (keys) that answer. `speaker:` and `lang:` are for cues, which a record
        has not.
        """
        found: dict[int, Match] = {}
        if chosen and not self.question.title_only:
            self._find_said(chosen, found)
        if chosen and not self.cue_filters:
            self._find_about(chosen, found)
        return found

    def _find_said(self, chosen: set[int], found: dict[int, Match]) -> None:
        clauses, transcripts = self.question.clauses, self.known.transcripts
        span = (min(chosen) << EVENT_SHIFT, ((max(chosen) + 1) << EVENT_SHIFT) - 1)
        near = self._rows(_neighbours(clauses, MOMENT_WORDS), span)
        close = self._rows(_neighbours(clauses, _CLOSE_WORDS), span) if near else near
        sequence = self._rows(_neighbours(clauses, 0, ordered=True), span) if close else close
        settled = len(clauses) == 1
        for rowid, rank in self.connection.execute(
            "SELECT rowid, rank FROM said WHERE said MATCH ? AND rowid BETWEEN ? AND ?",
            (match_all(clauses), *span),
        ):
            key = rowid >> EVENT_SHIFT
            if key not in chosen:
                continue
            transcript = rowid >> TRANSCRIPT_SHIFT
            if self.cue_filters and not self._permitted(transcript).rows >> (rowid & _ROW_MASK) & 1:
                continue
            score = -rank * _STATUS_WEIGHT.get(transcripts[transcript].status, 1.0)
            one = found.get(key)
            if one is None:
                one = found[key] = Match()
            if rowid in near:
                score *= _IN_SEQUENCE if rowid in sequence else _CLOSE if rowid in close else _TOGETHER
                one.settled = True
            elif settled:
                one.settled = True
            one.rows.append((score, rowid))
            one.score = max(one.score, score)
        self._settle(found, span)

    def _settle(self, found: dict[int, Match], span: tuple[int, int]) -> None:
        """Takes out the events that have all words, but in no moment that answers."""
        if self.excluding:
            self._excluded = self._rows(match_any(self.question.without), span)
        for key, one in list(found.items()):
            if self.cue_filters or self.excluding:
                one.settled = False
            if not one.settled and not self._has_moment(one):
                del found[key]

    def _rows(self, expression: str, span: tuple[int, int]) -> set[int]:
        if not expression:
            return set()
        rows = self.connection.execute(
            "SELECT rowid FROM said WHERE said MATCH ? AND rowid BETWEEN ? AND ?", (expression, *span)
        )
        return set(itertools.chain.from_iterable(rows))

    def _find_about(self, chosen: set[int], found: dict[int, Match]) -> None:
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
                one = found.setdefault(key, Match())
                one.about = True
                one.score -= rank

    # Stretches

    def stretch(self, rowid: int) -> tuple[str, Cues]:
        """The folded text and the cues of a stretch. Raises `QueryError` when time has run out."""
        if rowid not in self._read:
            if time.monotonic() > self.until:
                raise too_slow()
            row = self.connection.execute(
                "SELECT folded, cues FROM stretch WHERE id = ?", (rowid,)
            ).fetchone()
            self._read[rowid] = (row[0], Cues.unpack(row[1]))
        return self._read[rowid]

    def hits(self, rowid: int) -> list[Hit]:
        """The hits in a stretch whose cues `speaker:` and `lang:` let through, in order."""
        return sorted(self._hits(rowid))

    def _hits(self, rowid: int) -> Iterator[Hit]:
        folded, cues = self.stretch(rowid)
        hits = hits_in(folded, cues, self.needles)
        if not self.cue_filters:
            return hits
        permitted = self._permitted(rowid >> TRANSCRIPT_SHIFT)
        return (
            hit
            for hit in hits
            if _within(permitted.speakers, cues.speaker, hit, cues.first)
            and _within(permitted.languages, cues.language, hit, cues.first)
        )

    def ruled_out(self, rowids: Iterable[int]) -> RuledOut | None:
        """Tells whether a moment that one of these stretches of one transcript owns is ruled out."""
        if not self.excluding:
            return None
        rows = sorted(rowids)
        firsts = [self.stretch(rowid)[1].first for rowid in rows]

        def check(first: Hit, last: Hit) -> bool:
            owner = rows[bisect_right(firsts, first.cue) - 1]
            for rowid in (owner, owner - 1) if owner & _ROW_MASK else (owner,):
                if rowid in self._excluded:
                    folded, cues = self.stretch(rowid)
                    others = hits_in(folded, cues, self.excluding, *vicinity(cues, first, last))
                    if any(together(min(first, other), max(last, other)) for other in others):
                        return True
            return False

        return check

    def _permitted(self, transcript: int) -> _Permitted:
        if transcript not in self._permissions:
            row = self.known.transcripts[transcript]
            speakers = _numbers(self._speakers, row.speakers)
            languages = _numbers(self._languages, row.languages)
            rows = -1
            for numbers, heard in ((speakers, row.speaker_rows), (languages, row.language_rows)):
                if numbers is not None:
                    rows &= reduce(or_, (heard[n] for n in numbers), 0)
            self._permissions[transcript] = _Permitted(speakers, languages, rows)
        return self._permissions[transcript]

    @cached_property
    def _speakers(self) -> set[str] | None:
        return self.known.allowed(self.question, "speaker", self.known.speakers)

    @cached_property
    def _languages(self) -> set[str] | None:
        return self.known.allowed(self.question, "lang", self.known.languages)

    # Moments

    def _has_moment(self, one: Match) -> bool:
        """Whether any moment of an event answers: stretch by stretch, the best first, until there is one."""
        one.rows.sort(reverse=True)
        clauses = len(self.question.clauses)
        for _, rowid in one.rows:
            cues = self.stretch(rowid)[1]
            owned = cues.first + cues.own
            ruled_out = self.ruled_out([rowid])
            if clauses == 1:
                if any(
                    hit.cue < owned and not (ruled_out and ruled_out(hit, hit)) for hit in self._hits(rowid)
                ):
                    return True
            elif any(span.cue < owned for span in spans(self.hits(rowid), clauses, ruled_out)):
                return True
        return False


def _numbers(allowed: set[str] | None, here: Sequence[str]) -> frozenset[int] | None:
    return None if allowed is None else frozenset(n for n, value in enumerate(here) if value in allowed)


def _within(permitted: frozenset[int] | None, column: Sequence[int], hit: Hit, first: int) -> bool:
    return permitted is None or (
        column[hit.cue - first] in permitted and column[hit.last_cue - first] in permitted
    )


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
