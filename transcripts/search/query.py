"""What a person asks: words, "exact phrases", -without, one OR other, one NEAR other, begin*, and filters such as
speaker: and before:.

Nothing that is typed here is syntax for anything else: a question becomes folded words. Whatever is typed gives a
`Question` or a `QueryError` with a sentence for the person who asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from onrecord.errors import QueryError
from onrecord.languages import N_
from onrecord.transcripts.folding import words

MOST_CHARACTERS = 200
MOST_TERMS = 16
SHORTEST_BEGINNING = 3
NEAR_WORDS = 10  # from the one to the other

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
    """Folded words that follow each other; with `prefix` the last one is only the beginning of a word. An `exact`
    one was put in quotation marks.
    """

    words: tuple[str, ...]
    prefix: bool = False
    exact: bool = field(default=False, compare=False)

    @property
    def needle(self) -> str:
        """The phrase as it stands in folded text, where every word has a space on both sides."""
        return f" {' '.join(self.words)}{'' if self.prefix else ' '}"


@dataclass(frozen=True)
class Clause:
    """What must be there: one of these phrases. An `exact` one was put in quotation marks and is never
    widened.

    Each clause in `near` must be said within 10 words of it, before or after.
    """

    choices: tuple[Phrase, ...]
    exact: bool = False
    near: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Filter:
    """`speaker:`, `event:`, `series:`, `tag:` or `lang:`, as it was written, or a year; `without` is the same
    with a minus.
    """

    key: Literal["speaker", "event", "series", "tag", "lang", "year"]
    value: str
    without: bool = False


Order = Literal["best", "newest", "oldest"]


@dataclass(frozen=True)
class Question:
    """A question as it is understood.

    `before` is the first day that is too late, `after` the first day that is not too early. `event` (a slug
    or a stem) opens one event: all its moments, counted exactly, in the order of the recording. `offset` and
    `limit` count events, or the moments of an opened event; `moments` is how many moments of each event are
    shown in a list. `start_key` is the `next_key` of the page before, and goes before `offset`.
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
    start_key: str = ""


def ask(
    text: str,
    *,
    event: str = "",
    order: Order = "best",
    offset: int = 0,
    limit: int = 10,
    moments: int = 3,
    start_key: str = "",
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
    title_only = False
    joint = ""  # OR or NEAR, when one stands between the last clause and what comes
    for minus, key, value, quoted, star in _pieces(text):
        if key and (value.strip() or quoted):
            joint = ""
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
        if not quoted and not minus and value in ("OR", "NEAR") and clauses:
            joint = value
            continue
        phrase = _phrase(f"{key}:{value}" if key else value, quoted, star)
        if phrase is None:
            continue
        if minus:
            without.append(phrase)
        elif joint:
            clauses[-1] = _joined(clauses[-1], joint, phrase, quoted)
        else:
            clauses.append(Clause((phrase,), quoted))
        joint = ""
    terms = sum(map(_terms, clauses)) + len(without) + len(filters)
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
        start_key=start_key,
    )


def _joined(clause: Clause, joint: str, phrase: Phrase, quoted: bool) -> Clause:
    """The clause with one more choice, or with one more that must be near; `a NEAR b OR c` is `a NEAR (b OR c)`."""
    if joint == "NEAR":
        return replace(clause, near=(*clause.near, Clause((phrase,), quoted)))
    if clause.near:
        return replace(clause, near=(*clause.near[:-1], _joined(clause.near[-1], joint, phrase, quoted)))
    return Clause((*clause.choices, phrase), clause.exact and quoted)


def _terms(clause: Clause) -> int:
    return len(clause.choices) + sum(map(_terms, clause.near))


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
    return Phrase(found, prefix, quoted)


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
