"""Which events answer a question, exactly, and what is needed to rank them and to count them by speaker."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from onrecord.transcripts.search.byvalue import answering
from onrecord.transcripts.search.catalogue import Catalogue
from onrecord.transcripts.search.filters import Mask, cue_values
from onrecord.transcripts.search.finding import Finder, Found, Permitted
from onrecord.transcripts.search.hits import Numbers, counts
from onrecord.transcripts.search.query import Question
from onrecord.transcripts.search.space import Lines
from onrecord.transcripts.search.windows import Starts, Windows, windows


@dataclass
class Said:
    """What was said that answers: where each clause stands, the windows of all of them, and the events."""

    found: tuple[Found, ...]
    lines: Lines
    starts: Starts

    @cached_property
    def windows(self) -> Windows:
        """The windows of all clauses."""
        return windows([one.at for one in self.found], self.lines, self.starts)

    @cached_property
    def hits(self) -> Numbers:
        """How many windows each transcript has; of a single clause, how many hits."""
        if len(self.found) == 1:
            return counts(self.found[0].at, self.lines.low, self.lines.high)
        return np.diff(self.windows.edges)

    @cached_property
    def events(self) -> Mask:
        """The events that answer."""
        mask = np.zeros(self.lines.events, bool)
        mask[self.lines.event[self.hits > 0]] = True
        return mask


@dataclass(frozen=True)
class Recorded:
    """The events whose record answers; `fields` says for each clause and event which parts of it hold the clause, and is
    empty where no record holds any.
    """

    fields: tuple[Mask, ...]
    events: Mask


@dataclass
class Matcher:
    """One question on one state of the index."""

    connection: sqlite3.Connection
    known: Catalogue
    question: Question
    until: float
    _said: dict[frozenset[str], Said] = field(default_factory=dict)

    @cached_property
    def finder(self) -> Finder:
        """Reads the posting lists."""
        return Finder(self.connection, self.known.space, self.until)

    @cached_property
    def said(self) -> Said:
        """What answers in what was said, with all filters on cues."""
        return self.said_with(frozenset(("speaker", "lang")))

    def said_with(self, keys: frozenset[str]) -> Said:
        """The same with the filters of these kinds only."""
        keys &= {one.key for one in self.question.filters}
        if keys not in self._said:
            self._said[keys] = self._find(keys)
        return self._said[keys]

    def _find(self, keys: frozenset[str]) -> Said:
        space, finder = self.known.space, self.finder
        permitted = []
        for key, runs in (("speaker", space.speakers), ("lang", space.languages)):
            values = cue_values(self.question, key, runs.names) if key in keys else None
            if values is not None:
                permitted.append(Permitted.of(runs, values))
        found = tuple(
            finder.clause(clause, permitted, self.question.without) for clause in self.question.clauses
        )
        return Said(found, space.lines, finder.starts)

    @cached_property
    def recorded(self) -> Recorded:
        """What answers in the records of events. `speaker:` and `lang:` are for cues, which a record has not."""
        space = self.known.space
        shape = space.field_low.shape
        nowhere = np.zeros(shape[0], bool)
        at = [self.finder.record(clause) for clause in self.question.clauses]
        if not any(map(len, at)):
            return Recorded((), nowhere)
        fields = []
        for positions in at:
            held = counts(positions, space.field_low.ravel(), space.field_high.ravel()).reshape(shape) > 0
            if self.question.title_only:
                held[:, 1:] = False
            fields.append(held)
        if any(one.key in ("speaker", "lang") for one in self.question.filters):
            return Recorded(tuple(fields), nowhere)
        events = np.logical_and.reduce([held.any(axis=1) for held in fields])
        out = self.finder.excluded_record(self.question.without)
        if len(out) and events.any():
            events &= ~(
                counts(out, space.field_low.ravel(), space.field_high.ravel()).reshape(shape) > 0
            ).any(axis=1)
        return Recorded(tuple(fields), events)

    @cached_property
    def events(self) -> Mask:
        """The events that answer, before filters on events."""
        if self.question.title_only:
            return self.recorded.events
        return self.said.events | self.recorded.events

    def pairs(self, key: str) -> Numbers:
        """For `speaker` or `lang`: the pairs of an event and a value, as `Runs` numbers them, such that the event
        answers by what was said when the question is narrowed to the value; without its own filters of that kind.
        """
        said = self.said_with(frozenset(("speaker", "lang")) - {key})
        space = self.known.space
        runs = space.speakers if key == "speaker" else space.languages
        held = None if len(said.found) == 1 and not said.found[0].of_several_words else said.windows
        return answering(said.found, held, runs, said.lines, said.starts)
