"""Answers a question from an index: events, best first, each with the moments in which all its words are
said.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import TypeVar

import numpy as np

from onrecord.transcripts.search.catalogue import Catalogue, catalogue
from onrecord.transcripts.search.connections import damaged, reading
from onrecord.transcripts.search.facets import facets
from onrecord.transcripts.search.filters import event_masks
from onrecord.transcripts.search.finding import too_slow
from onrecord.transcripts.search.hits import Numbers
from onrecord.transcripts.search.matching import Matcher
from onrecord.transcripts.search.query import Question
from onrecord.transcripts.search.ranking import scores
from onrecord.transcripts.search.showing import EventHit, Moment, Shower
from onrecord.transcripts.words.widening import widened

__all__ = ["EventHit", "Moment", "Results", "moments_of", "search"]

T = TypeVar("T")


@dataclass(frozen=True)
class Results:
    """The answer: how many events there are in all, those of this page, and how many have which speaker, tag
    ...

    A value of a facet is counted without the question's own filters of that kind: its count is the total when it is
    chosen alone. `next_key` asks for the page after this one, and is empty on the last. `took` is in seconds.
    """

    question: Question
    total: int
    events: tuple[EventHit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    took: float
    next_key: str = ""


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

    def give(connection: sqlite3.Connection, known: Catalogue, asked: Question, until: float) -> Results:
        masks = event_masks(known, asked)
        chosen = reduce(np.logical_and, masks.values(), np.ones(len(known.events), bool))
        matcher = Matcher(connection, known, asked, until) if asked.clauses else None
        if matcher is not None:
            chosen = chosen & matcher.events
        ranked = _ranked(known, asked, chosen, matcher)
        begin = _begin(known, asked, ranked)
        page = ranked.order if asked.event else ranked.order[begin : begin + asked.limit]
        shower = Shower(connection, known, asked, matcher)
        more = not asked.event and 0 < begin + len(page) < len(ranked.order)
        return Results(
            question,
            len(ranked.order),
            shower.events(page.tolist()),
            facets(known, matcher, masks),
            time.monotonic() - began,
            ranked.key(known, int(page[-1])) if more and len(page) else "",
        )

    return _answered(index_path, question, glossary, began + deadline, give)


def moments_of(
    index_path: Path,
    question: Question,
    stem: str,
    *,
    glossary: Mapping[str, Sequence[str]] | None = None,
    deadline: float = 2.0,
) -> EventHit | None:
    """All moments of one event (its stem or slug) that answer, in order, counted exactly; None when none does.

    `offset` and `limit` of the question cut them. Raises as `search` does.
    """

    def give(
        connection: sqlite3.Connection, known: Catalogue, asked: Question, until: float
    ) -> EventHit | None:
        chosen = reduce(
            np.logical_and, event_masks(known, asked).values(), np.full(len(known.events), bool(stem))
        )
        matcher = Matcher(connection, known, asked, until) if asked.clauses else None
        if matcher is not None:
            chosen = chosen & matcher.events
        found = np.flatnonzero(chosen)[:1].tolist()
        return next(iter(Shower(connection, known, asked, matcher).events(found)), None)

    return _answered(index_path, replace(question, event=stem), glossary, time.monotonic() + deadline, give)


def _answered(
    path: Path,
    question: Question,
    glossary: Mapping[str, Sequence[str]] | None,
    until: float,
    give: Callable[[sqlite3.Connection, Catalogue, Question, float], T],
) -> T:
    """Asks one state of the index, and says in our own words what goes wrong."""
    with reading(path, until) as connection:
        try:
            return give(
                connection, catalogue(connection, path), widened(connection, question, glossary or {}), until
            )
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            raise too_slow() from error
        except (LookupError, TypeError, ValueError) as error:
            # SQLite sees no change inside a value (one flipped bit is enough); unpacking it does.
            raise damaged(path, str(error)) from error


@dataclass(frozen=True)
class _Ranked:
    """The events that answer, in their order; `value` is what they are ordered by, highest first."""

    order: Numbers
    value: np.ndarray

    def key(self, known: Catalogue, event: int) -> str:
        """Names a place in the order, whatever comes to stand before it."""
        return f"{self.value[event].hex()}~{known.seconds[event]:.0f}~{known.events[event].number}"


def _ranked(known: Catalogue, question: Question, chosen: np.ndarray, matcher: Matcher | None) -> _Ranked:
    """Orders by score or date; what is equal, by date and then by number, so that pages are stable."""
    events = np.flatnonzero(chosen)
    if question.order == "best" and matcher is not None and len(events):
        value = scores(matcher)
    else:
        value = known.seconds * (-1 if question.order == "oldest" else 1)
    order = np.lexsort((known.numbers[events], -known.seconds[events], -value[events]))
    return _Ranked(events[order], value)


def _begin(known: Catalogue, question: Question, ranked: _Ranked) -> int:
    """Where the page begins in the order."""
    try:
        value, seconds, number = question.start_key.split("~")
        after = (-float.fromhex(value), -float(seconds), int(number))
    except ValueError:
        return question.offset
    if any(map(math.isnan, after)):
        return question.offset
    keys = (
        (-float(ranked.value[n]), -round(float(known.seconds[n])), known.events[n].number)
        for n in ranked.order
    )
    return next((n for n, key in enumerate(keys) if key > after), len(ranked.order))
