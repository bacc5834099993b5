"""The forms of words for the static site: any form finds the others there too, though no program answers.

Every dictionary word that is spoken gets a token, which stands hidden in the records of the events that speak
it. A table from each of its forms to the token, cut up by the first letters, is what the reader's browser asks
with: a question costs one or two files of some kilobytes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from onrecord.site.public import PublicEvent
from onrecord.transcripts.folding import words
from onrecord.transcripts.words.lexicon import Entry, ask

_LETTERS = 2  # by which the table is cut up
_MOST_REPEATED = 8  # a token in one record; the more often it stands there, the better the record answers
_SPELLED = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Lemmas:
    """`tokens` are those of a spoken word, by language and folded word; `table` holds for every form the tokens
    and the spoken words that it finds.
    """

    tokens: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    table: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def hidden(self, event: PublicEvent) -> str:
        """The tokens of all that an event says and is called."""
        counted: Counter[str] = Counter()
        for language, spoken in spoken_words(event):
            for word in spoken:
                counted.update(self.tokens.get((language, word), ()))
        return " ".join(
            " ".join([token] * min(number, _MOST_REPEATED)) for token, number in sorted(counted.items())
        )

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The table in pieces: (name, JSON of form -> [tokens, spoken words]); `names.json` lists them."""
        pieces: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(dict)
        for form in sorted(self.table):
            pieces[piece_of(form)][form] = self.table[form]
        for name, piece in sorted(pieces.items()):
            yield f"{name}.json", json.dumps(piece, ensure_ascii=False, separators=(",", ":")).encode()
        yield "names.json", json.dumps(sorted(pieces), separators=(",", ":")).encode()


def piece_of(form: str) -> str:
    """The name of the piece in which a form stands: `61-73` for `asylum`."""
    return "-".join(f"{ord(letter):x}" for letter in form[:_LETTERS])


def spoken_words(event: PublicEvent) -> Iterator[tuple[str, list[str]]]:
    """(base language, folded words) of the texts of an event: what is said, and what it is called."""
    for transcript in event.transcripts:
        language = transcript.language.split("-")[0]
        yield language, [word for cue in transcript.cues for word in words(cue.text)]
    about = words("\n".join((event.title, event.summary, event.description, event.series)))
    for tag in dict.fromkeys(language.split("-")[0] for language in event.languages):
        yield tag, about


def lemmas_of(events: Iterable[PublicEvent], glossary: Mapping[str, Sequence[str]]) -> Lemmas:
    """The dictionary words of these events, with the archive's other spellings of names. Takes seconds."""
    vocabulary: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for language, texts in spoken_words(event):
            vocabulary[language].update(texts)
    tokens: dict[tuple[str, str], list[str]] = defaultdict(list)
    finds: dict[str, tuple[dict[str, None], dict[str, None]]] = {}

    def enter(form: str, token: str, spoken: Iterable[str]) -> None:
        held = finds.setdefault(form, ({}, {}))
        held[0][token] = None
        held[1].update(dict.fromkeys(spoken))

    number = 0
    for entry in sorted(ask(vocabulary), key=_in_order):
        forms = dict.fromkeys((entry.lemma, *entry.forms))
        spoken = [form for form in forms if form in vocabulary[entry.language]]
        token = _token(number)
        number += 1
        for word in spoken:
            tokens[entry.language, word].append(token)
        for form in forms:
            enter(form, token, spoken)
    for names in _spellings(glossary):
        token = _token(number)
        number += 1
        said = [name for name in names if any(name in known for known in vocabulary.values())]
        for name in names:
            for language, known in vocabulary.items():
                if name in known:
                    tokens[language, name].append(token)
            enter(name, token, said)
    return Lemmas(
        {key: tuple(found) for key, found in tokens.items()},
        {form: (tuple(some), tuple(spoken)) for form, (some, spoken) in finds.items()},
    )


def _in_order(entry: Entry) -> tuple[str, str, str, tuple[str, ...]]:
    """The same archive gives the same files."""
    return entry.language, entry.lemma, entry.part, entry.forms


def _token(number: int) -> str:
    """A word that nobody says; all are of one length, so that none begins another."""
    letters = []
    for _ in range(5):
        number, place = divmod(number, len(_SPELLED))
        letters.append(_SPELLED[place])
    return f"qx{''.join(reversed(letters))}xq"


def _spellings(glossary: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The spellings of each name that is one word."""
    for name, others in glossary.items():
        folded = [words(spelling) for spelling in (name, *others)]
        single = tuple(dict.fromkeys(spelling[0] for spelling in folded if len(spelling) == 1))
        if len(single) > 1:
            yield single
