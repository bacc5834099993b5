"""Widens a question: beside each word stand its other forms, the glossary's other spellings, and the other
spellings of a name.

What is in quotation marks stays as it is, and so does the beginning of a word (`prefix*`).
"""

from __future__ import annotations

import itertools
import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from onrecord.transcripts.folding import words
from onrecord.transcripts.search.query import Clause, Phrase, Question
from onrecord.transcripts.words.forms import MOST_FORMS, lemma_names, related

Spelling = tuple[str, ...]  # folded words
Glossary = Mapping[str, Sequence[str]]

_MOST_OF_A_PHRASE = 8  # forms of a phrase of several words
# An elided article or pronoun, which is a word of its own (`l'homme`), and the English genitive (`people's`).
_ELIDED = frozenset(
    {"l", "d", "j", "n", "s", "c", "m", "t", "qu", "un", "dell", "nell", "sull", "all", "dall"}
)
_GENITIVE = "s"


def widened(connection: sqlite3.Connection, question: Question, glossary: Glossary) -> Question:
    """The question with at most 16 choices for each clause that is not exact, what was asked for first.

    Words in a row that the glossary has as one name become one clause. A filter `lang:` says which languages'
    forms are meant.
    """
    return _Widening(connection, question, glossary).give(question)


class _Widening:
    """What one question is widened with; each word is looked up once."""

    def __init__(self, connection: sqlite3.Connection, question: Question, glossary: Glossary) -> None:
        self._connection = connection
        self._languages = frozenset(
            one.value.partition("-")[0].lower()
            for one in question.filters
            if one.key == "lang" and not one.without
        )
        self._groups = _groups(glossary)
        self._longest = max(map(len, self._groups), default=0)
        self._related: dict[str, Counter[str]] = {}
        self._lemma_names: dict[str, frozenset[str]] = {}

    def give(self, question: Question) -> Question:
        """The question, wider."""
        clauses = tuple(dict.fromkeys(map(self._wider, self._joined(question.clauses))))
        without = dict.fromkeys(other for one in question.without for other in self._choices([one]))
        return replace(question, clauses=clauses, without=tuple(without))

    def _joined(self, clauses: Sequence[Clause]) -> Iterator[Clause]:
        """The clauses, where words in a row that are one name of the glossary are one phrase."""
        at = 0
        while at < len(clauses):
            for size in range(min(self._longest, len(clauses) - at), 1, -1):
                spoken = [_single_word(clause) for clause in clauses[at : at + size]]
                phrase = tuple(word for word in spoken if word is not None)
                if len(phrase) == size and self._groups_of(phrase):
                    yield Clause((Phrase(phrase),))
                    at += size
                    break
            else:
                yield clauses[at]
                at += 1

    def _wider(self, clause: Clause) -> Clause:
        near = tuple(map(self._wider, clause.near))
        if clause.exact:
            return replace(clause, near=near)
        return replace(clause, choices=self._choices(clause.choices), near=near)

    def _choices(self, choices: Sequence[Phrase]) -> tuple[Phrase, ...]:
        """What was asked for, then the names of the glossary, then the commonest forms of all of them."""
        asked = [choice for choice in choices if not choice.prefix and not choice.exact]
        spellings = dict.fromkeys(other for one in asked for other in self._groups_of(one.words))
        forms: Counter[Spelling] = Counter()
        for spelling in dict.fromkeys([*(one.words for one in asked), *spellings]):
            for form, events in self._forms_of(spelling).items():
                forms[form] = max(forms[form], events)
        found = dict.fromkeys([*choices, *map(Phrase, spellings)])
        for form, _ in forms.most_common():
            if len(found) >= max(MOST_FORMS, len(choices)):
                break
            found.setdefault(Phrase(form))
        return tuple(itertools.islice(found, max(MOST_FORMS, len(choices))))

    def _forms_of(self, spelling: Spelling) -> Counter[Spelling]:
        """The forms of a word or of a phrase that occur, with how common they may be."""
        if len(spelling) == 1:
            return Counter({(form,): events for form, events in self._word(spelling[0]).items()})
        found: Counter[Spelling] = Counter()
        ways = [Counter({word: 1}) | self._word(word) for word in spelling]
        if math.prod(map(len, ways)) <= 1000:
            for way in itertools.product(*(counter.items() for counter in ways)):
                found[tuple(word for word, _ in way)] = min(events for _, events in way)
        found = Counter(dict(found.most_common(_MOST_OF_A_PHRASE)))
        # What is parted here may be one word elsewhere: `co-operate`, `Zelens’kyy`.
        found |= Counter({(form,): events for form, events in self._word("".join(spelling)).items()})
        if len(spelling) == 2 and (spelling[0] in _ELIDED or spelling[1] == _GENITIVE):
            kept = spelling[1] if spelling[0] in _ELIDED else spelling[0]
            found |= Counter({(kept,): 1}) | self._forms_of((kept,))
        return found

    def _word(self, word: str) -> Counter[str]:
        if word not in self._related:
            self._related[word] = related(self._connection, word, self._languages)
        return self._related[word]

    def _groups_of(self, spelling: Spelling) -> list[Spelling]:
        """The other names of what a spelling, or another form of it, names in the glossary."""
        if len(spelling) > self._longest:
            return []
        found: dict[Spelling, None] = {}
        for other, group in self._groups.items():
            if len(other) == len(spelling) and all(map(self._same, other, spelling)):
                found |= dict.fromkeys(group)
        found.pop(spelling, None)
        return list(found)

    def _same(self, one: str, other: str) -> bool:
        """Whether these are forms of one word. Those of which the beginnings differ are not looked up."""
        return one == other or (one[:2] == other[:2] and not self._names(one).isdisjoint(self._names(other)))

    def _names(self, word: str) -> frozenset[str]:
        if word not in self._lemma_names:
            self._lemma_names[word] = frozenset(lemma_names(self._connection, word, self._languages))
        return self._lemma_names[word]


def _groups(glossary: Glossary) -> dict[Spelling, list[Spelling]]:
    """For each spelling all that name the same."""
    found: dict[Spelling, list[Spelling]] = {}
    for name, others in glossary.items():
        group = [spelling for spelling in (tuple(words(text)) for text in (name, *others)) if spelling]
        for spelling in group:
            found.setdefault(spelling, []).extend(group)
    return found


def _single_word(clause: Clause) -> str | None:
    """The word of a clause that is one plain word."""
    if clause.exact or clause.near or len(clause.choices) != 1:
        return None
    (choice,) = clause.choices
    return choice.words[0] if len(choice.words) == 1 and not choice.prefix and not choice.exact else None
