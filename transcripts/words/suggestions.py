"""Completes a question while it is typed, and says what a misspelt one may have meant.

Everything comes from the index that is asked, so that what a reader may not see is not completed or suggested
either: words from its vocabulary; speakers, titles and tags from its events.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from onrecord.transcripts.folding import fold, places, words
from onrecord.transcripts.words.forms import related
from onrecord.transcripts.words.spelling import near
from onrecord.transcripts.words.transliteration import in_cyrillic, retyped

Kind = Literal["word", "speaker", "title", "tag", "series"]

_SHORTEST_WORD = 2  # letters of a word before words are completed
_MOST_OF_A_KIND = 4  # beside others
_MOST_CHARACTERS = 200
_FILTERS: dict[str, Kind] = {"speaker": "speaker", "tag": "tag", "series": "series"}
_QUOTE = '"“”„«»'
_FILTER = re.compile(
    rf"(?<!\S)[-−–]?(?:speaker|event|series|tag|lang|before|after|in|year):(?:[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}]?|\S*)",
    re.IGNORECASE,
)
_OPEN_FILTER = re.compile(
    rf"(?<!\S)(?P<minus>[-−–]?)(?P<key>speaker|series|tag):[{_QUOTE}]?(?P<value>[^{_QUOTE}]*)$", re.IGNORECASE
)
_LAST_WORD = re.compile(r"\S+$")


@dataclass(frozen=True)
class Completion:
    """One way to go on. `query` is the whole question as it reads then; `events` is how many it is found in.

    `slug` names the event of a title; `language` is the BCP 47 tag of the text where it is known.
    """

    kind: Kind
    text: str
    query: str
    events: int
    slug: str = ""
    language: str = ""


@dataclass(frozen=True)
class _Label:
    """A speaker, a title, a tag or a series of the index."""

    kind: Kind
    text: str
    folded: str  # with a space at both ends
    events: int
    slug: str = ""
    language: str = ""


def complete(connection: sqlite3.Connection, text: str, limit: int = 8) -> tuple[Completion, ...]:
    """What completes a question that is being typed; for an empty one, the commonest speakers and tags."""
    typed = text.lstrip()
    if len(typed) > _MOST_CHARACTERS:
        return ()
    labels = _labels(connection)
    open_filter = _OPEN_FILTER.search(typed)
    if open_filter is not None:
        kind, head = _FILTERS[open_filter["key"].lower()], typed[: open_filter.start()] + open_filter["minus"]
        chosen = _begun(labels, fold(open_filter["value"]), {kind})
        return tuple(_completed(label, head) for label in chosen[:limit])
    if not typed.strip():
        some = [label for label in labels if label.kind in ("speaker", "tag")]
        return tuple(_completed(label, "") for label in _mixed(some, limit))
    if typed[-1].isspace() or _FILTER.search(typed, typed.rfind(" ") + 1):
        return ()
    last = _LAST_WORD.search(typed)
    assert last is not None  # what is typed ends with a letter or a sign
    begun = words(last.group().lstrip("-−–" + _QUOTE))
    if not begun:
        return ()
    found = _mixed(_begun(labels, " ".join(begun), {"speaker", "title", "tag", "series"}), limit)
    # All that is typed may be the beginning of a name of several words.
    whole = _begun(labels, fold(typed), {"speaker", "title", "tag", "series"}) if last.start() else []
    made = [_completed(label, "") for label in whole[:_MOST_OF_A_KIND]]
    made += [_completed(label, typed[: last.start()]) for label in found if label not in whole]
    told = [
        Completion(
            "word", written, typed[: last.end() - len(last.group().lstrip("-−–" + _QUOTE))] + written, events
        )
        for written, events in _words(connection, begun, limit)
    ]
    kept = max(limit - len(told), limit // 2)
    return tuple([*made[:kept], *told][:limit])


def _words(connection: sqlite3.Connection, begun: list[str], limit: int) -> Iterator[tuple[str, int]]:
    """The commonest words that begin so. What is said in an event stands in its record too, and counts once."""
    if len(begun) != 1 or len(begun[0]) < _SHORTEST_WORD:
        return
    rows = connection.execute(
        "SELECT word, max(total(events * (language != '')), total(events * (language = ''))) AS found"
        " FROM vocabulary WHERE word >= ? AND word < ?"
        " GROUP BY word ORDER BY found DESC, word LIMIT ?",
        (begun[0], begun[0] + "\U0010ffff", limit),
    ).fetchall()
    for word, events in rows:
        if word != begun[0] or len(rows) > 1:
            yield _written(connection, word), int(events)


def _begun(labels: Iterable[_Label], folded: str, kinds: set[Kind]) -> list[_Label]:
    """The labels in which a word begins so; those that begin with it first."""
    needle = f" {folded}"
    found = [label for label in labels if label.kind in kinds and needle in label.folded]
    return sorted(found, key=lambda label: not label.folded.startswith(needle)) if folded else found


def _mixed(labels: Iterable[_Label], limit: int) -> list[_Label]:
    """No kind crowds out the others."""
    taken: Counter[str] = Counter()
    found = []
    for label in labels:
        taken[label.kind] += 1
        if taken[label.kind] <= _MOST_OF_A_KIND:
            found.append(label)
    return found[:limit]


def _completed(label: _Label, head: str) -> Completion:
    value = label.text.replace('"', "")
    if label.kind == "title":
        query = f"{head}event:{label.slug}"
    else:
        query = f'{head}{label.kind}:"{value}"' if re.search(r"\s", value) else f"{head}{label.kind}:{value}"
    return Completion(label.kind, label.text, query, label.events, label.slug, label.language)


_held: dict[int, list[_Label]] = {}
_holding = threading.Lock()
_MOST_HELD = 2


def _labels(connection: sqlite3.Connection) -> list[_Label]:
    """All labels of this state of the index, the commonest first; read again only after a change."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
    generation = row[0] if row else 0
    with _holding:
        held = _held.get(generation)
    if held is not None:
        return held
    counts: dict[Kind, Counter[str]] = {"speaker": Counter(), "tag": Counter(), "series": Counter()}
    labels = []
    for title, slug, series, tags, languages, speakers in connection.execute(
        "SELECT title, slug, series, tags, languages, speakers FROM event ORDER BY starts DESC, slug"
    ):
        known = json.loads(languages)
        labels.append(
            _Label("title", title, f" {fold(title)} ", 1, slug, known[0] if len(known) == 1 else "")
        )
        counts["tag"].update(set(json.loads(tags)))
        counts["speaker"].update({name for name in json.loads(speakers) if name})
        counts["series"].update({series} - {""})
    for kind, counter in counts.items():
        labels += [_Label(kind, text, f" {fold(text)} ", events) for text, events in sorted(counter.items())]
    labels.sort(key=lambda label: -label.events)
    with _holding:
        while len(_held) >= _MOST_HELD:
            _held.pop(next(iter(_held)))
        _held[generation] = labels
    return labels


# Did you mean


def did_you_mean(connection: sqlite3.Connection, text: str) -> str | None:
    """The question with the words changed that the index has in no form; None where there is nothing better.

    Quotation marks, filters and all other words stay as they were typed.
    """
    if len(text) > _MOST_CHARACTERS:
        return None
    filters = [match.span() for match in _FILTER.finditer(text)]
    made: list[str] = []
    at = 0
    changed = False
    for match in re.finditer(r"\S+", text):
        if any(start <= match.start() < end for start, end in filters) or match.group() in ("OR", "NEAR"):
            continue
        better = _better(connection, match.group())
        if better != match.group():
            made += [text[at : match.start()], better]
            at = match.end()
            changed = True
    return "".join([*made, text[at:]]) if changed else None


def _better(connection: sqlite3.Connection, piece: str) -> str:
    """A piece of a question, with what is unknown in it changed for what is known."""
    found = places(piece)
    if not found or all(_known(connection, word) for word, _, _ in found):
        return piece
    if piece.rstrip().endswith("*"):
        return piece
    for other in retyped(piece):
        meant = words(other)
        if meant and all(_known(connection, word) for word in meant):
            return " ".join(_written(connection, word) for word in meant)
    made: list[str] = []
    at = 0
    for word, start, end in found:
        if _known(connection, word):
            continue
        meant_word = _nearest(connection, word)
        if meant_word is None:
            return piece
        made += [piece[at:start], _written(connection, meant_word)]
        at = end
    return "".join([*made, piece[at:]])


def _nearest(connection: sqlite3.Connection, word: str) -> str | None:
    for other in in_cyrillic(word):
        if _known(connection, other):
            return other
    found = near(connection, word)
    for other in in_cyrillic(word):
        found += [(one, slips + 1, events) for one, slips, events in near(connection, other)]
    found.sort(key=lambda one: one[1])
    return found[0][0] if found else None


def _known(connection: sqlite3.Connection, word: str) -> bool:
    """Whether a word finds anything, itself or in another form."""
    if word.isdecimal():
        return True
    return connection.execute(
        "SELECT 1 FROM vocabulary WHERE word = ? LIMIT 1", (word,)
    ).fetchone() is not None or bool(related(connection, word))


def _written(connection: sqlite3.Connection, word: str) -> str:
    """A folded word as people write it."""
    row = connection.execute("SELECT text FROM written WHERE word = ?", (word,)).fetchone()
    return row[0] if row else word
