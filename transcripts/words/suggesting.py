"""Asks an index for what completes a question, and for what a question that finds little may have meant."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from onrecord.errors import QueryError
from onrecord.transcripts.search.connections import reading
from onrecord.transcripts.search.query import Question, ask
from onrecord.transcripts.search.search import search
from onrecord.transcripts.words.suggestions import Completion, complete, did_you_mean

FEW = 2  # events: a question that finds no more may be misspelt
_DEADLINE = 0.5  # seconds; who types does not wait for a list that comes later

T = TypeVar("T")


def completed(index_path: Path, typed: str, limit: int = 8) -> tuple[Completion, ...]:
    """What completes a question while it is typed; nothing when that takes too long. Raises `SearchIndexError`."""
    return _asked(index_path, lambda connection: complete(connection, typed, limit), ())


def meant(
    index_path: Path,
    question: Question,
    total: int,
    *,
    glossary: Mapping[str, Sequence[str]] | None = None,
) -> str | None:
    """Another spelling of a question that found `total` events: one that finds more, narrowed in the same way.

    None where the question found enough, or nothing better is near. Raises `SearchIndexError`.
    """
    if total > FEW or not question.clauses or question.event:
        return None
    other = _asked(index_path, lambda connection: did_you_mean(connection, question.text), None)
    if other is None:
        return None
    try:
        again = ask(other)
        narrowed = replace(
            question,
            text=other,
            clauses=again.clauses,
            without=again.without,
            offset=0,
            start_key="",
            limit=1,
        )
        found = search(index_path, narrowed, glossary=glossary, deadline=_DEADLINE).total
    except QueryError:
        return None
    return other if found > total else None


def _asked(index_path: Path, give: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
    with reading(index_path, time.monotonic() + _DEADLINE) as connection:
        try:
            return give(connection)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            return otherwise
