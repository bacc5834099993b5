"""What a person asks: words, "exact phrases", -without, one OR other, begin*, and filters such as speaker:
and before:.

Nothing that is typed here ever reaches the full-text engine as syntax: a question becomes folded words, and
`match` writes them down quoted. Whatever is typed gives a `Question` or a `QueryError` with a sentence for
the person who asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from onrecord.errors import QueryError
from onrecord.languages import N_
from onrecord.transcripts.folding import words

MOST_CHARACTERS = 200
MOST_TERMS = 16
SHORTEST_BEGINNING = 3  # the index keeps the beginnings of three letters

_QUOTES = '"“”„‟«»＂'
_PIECE = re.compile(
    rf"""
    (?P<minus>(?<!\S)[-−–](?=\S))?
    (?:(?P<key>(?<!\w)(?:speaker|event|series|tag|lang|before|after|in)):)?
    (?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}](?P<star>\*)?|$)|(?P<bare>[^\s{_QUOTES}]+))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")


@dataclass(frozen=True)
class Phrase:
    """Folded words that follow each other; with `prefix` the last one is only the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool = False

    @property
    def match(self) -> str:
        """The phrase as the full-text engine reads it; folded words hold no quotation mark."""
        return f'"{" ".join(self.words)}"{" *" if self.prefix else ""}'

    @property
    def needle(self) -> str:
        """The phrase as it stands in folded text, where every word has a space on both sides."""
        return f" {' '.join(self.words)}{'' if self.prefix else ' '}"


@dataclass(frozen=True)
class Clause:
    """What must be there: one of these phrases. An `exact` one was put in quotation marks and is never
    widened.
    """

    choices: tuple[Phrase, ...]
    exact: bool = False


@dataclass(frozen=True)
class Filter:
    """`speaker:`, `event:`, `series:`, `tag:` or `lang:`, as it was written; `without` is the same with a
    minus.
    """

    key: Literal["speaker", "event", "series", "tag", "lang"]
    value: str
    without: bool = False


Order = Literal["best", "newest", "oldest"]


@dataclass(frozen=True)
class Question:
    """A question as it is understood.

    `before` is the first day that is too late, `after` the first day that is not too early. `event` (a slug
    or a stem) opens one event: all its moments, counted exactly, in the order of the recording. `offset` and
    `limit` count events, or the moments of an opened event; `moments` is how many moments of each event are
    shown in a list.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    without: tuple[Phrase, ...] = ()
    filters: tuple[Filter, ...] = ()
    title_only: bool = False
    before: date | None = None
    after: date | None = None
    event: str = ""
    order: Order = "best"
    offset: int = 0
    limit: int = 10
    moments: int = 3


def ask(
    text: str, *, event: str = "", order: Order = "best", offset: int = 0, limit: int = 10, moments: int = 3
) -> Question:
    """Understands what was typed; raises `QueryError` with a plain sentence when it cannot be asked."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            N_("This question has %(number)s characters; %(most)s is the most that can be asked at once."),
            number=len(text),
            most=MOST_CHARACTERS,
        )
    clauses: list[Clause] = []
    without: list[Phrase] = []
    filters: list[Filter] = []
    dates: dict[str, date] = {}
    title_only = joined = False
    for minus, key, value, quoted, star in _pieces(text):
        if key and (value.strip() or quoted):
            joined = False
            if minus and key in ("before", "after", "in"):
                raise QueryError(N_("'%(key)s:' takes no minus."), key=key)
            if key in ("before", "after"):
                day = _first_day(key, value)
                dates[key] = (min if key == "before" else max)(day, dates.get(key, day))
            elif key == "in":
                if " ".join(words(value)) != "title":
                    raise QueryError(N_("'in:' is understood as in:title, which looks at titles alone."))
                title_only = True
            elif words(value):
                filters.append(Filter(key, value.strip(), minus))  # type: ignore[arg-type]  # the pattern names the keys
            continue
        if not quoted and not minus and value == "OR" and clauses:
            joined = True
            continue
        phrase = _phrase(f"{key}:{value}" if key else value, quoted, star)
        if phrase is None:
            continue
        if minus:
            without.append(phrase)
        elif joined:
            last = clauses.pop()
            clauses.append(Clause((*last.choices, phrase), last.exact and quoted))
        else:
            clauses.append(Clause((phrase,), quoted))
        joined = False
    terms = sum(len(clause.choices) for clause in clauses) + len(without) + len(filters)
    if terms > MOST_TERMS:
        raise QueryError(
            N_("This question has %(number)s terms; %(most)s is the most that can be asked at once."),
            number=terms,
            most=MOST_TERMS,
        )
    if not clauses:
        if without or title_only:
            raise QueryError(N_("Say also what is to be found, not only what to leave out or where to look."))
        if not filters and not dates:
            raise QueryError(N_("There is no word to look for in this question."))
    return Question(
        text=text.strip(),
        clauses=tuple(dict.fromkeys(clauses)),
        without=tuple(dict.fromkeys(without)),
        filters=tuple(dict.fromkeys(filters)),
        title_only=title_only,
        before=dates.get("before"),
        after=dates.get("after"),
        event=event,
        order=order,
        offset=max(0, offset),
        limit=max(0, limit),
        moments=max(0, moments),
    )


def _pieces(text: str) -> Iterator[tuple[bool, str, str, bool, bool]]:
    """Cuts what was typed: (with a minus, the filter's name, the text, whether it was quoted, a star after
    the quotes).
    """
    for match in _PIECE.finditer(text):
        quoted = match["phrase"] is not None
        value = match["phrase"] if quoted else match["bare"]
        yield bool(match["minus"]), (match["key"] or "").lower(), value, quoted, bool(match["star"])


def _phrase(text: str, quoted: bool, star: bool) -> Phrase | None:
    """The words of one piece; None when it holds no letter and no digit."""
    stripped = text.rstrip()
    found = tuple(words(text))
    if not found:
        return None
    prefix = star or (stripped.endswith("*") and bool(words(stripped.rstrip("*")[-1:])))
    if prefix and len(found[-1]) < SHORTEST_BEGINNING:
        raise QueryError(
            N_("'%(word)s*' is too short: the beginning of a word needs %(least)s letters before the star."),
            word=found[-1],
            least=SHORTEST_BEGINNING,
        )
    return Phrase(found, prefix)


def _first_day(key: str, value: str) -> date:
    """The first day of the year, month or day that is named."""
    match = _DATE.match(value.strip())
    try:
        if match:
            year, month, day = (int(part or 1) for part in match.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise QueryError(
        N_("'%(key)s:' is followed by a date, such as %(key)s:2022, %(key)s:2022-07 or %(key)s:2022-07-12."),
        key=key,
    )


def match_any(phrases: Iterable[Phrase]) -> str:
    """One of these phrases, as the full-text engine reads it."""
    return f"({' OR '.join(phrase.match for phrase in phrases)})"


def match_all(clauses: Sequence[Clause]) -> str:
    """All of these clauses, as the full-text engine reads them."""
    return " AND ".join(match_any(clause.choices) for clause in clauses)
