"""A made-up corpus for the search benchmarks: events of 1,500 cues of 14 words, half of them Cyrillic.

100,000 distinct words with the frequencies of Zipf's law; a few words stand in 12-22 % of the cues. Made-up words have no
forms, so a tenth of the cues has a real one as well, in one of its forms. The same seed gives the same corpus on every
machine.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.index import IndexedEvent, IndexedTranscript

WORDS = 100_000
CUES_OF_AN_EVENT = 1500
_LATIN = ("ba", "re", "mi", "to", "lu", "ka", "ne", "so", "pri", "dan", "wel", "for", "est", "on")
_CYRILLIC = ("ба", "ре", "ми", "то", "лу", "ка", "не", "со", "при", "дан", "вел", "фор", "їст", "йон")
COMMON = ("anatu", "belo", "свободи", "людини")
RARE = ("quixotum", "мʼячем")

# Forms that are said of real words, the commonest first, and one that nobody says.
INFLECTED = {
    "uk": (
        ("закон закону законом закони законів законам", "законами"),
        ("право права праву правом прав правам", "правами"),
        ("суд суду судом суди судів судам", "судами"),
        ("мова мови мові мовою мов мовам", "мовами"),
        ("свідок свідка свідку свідком свідки свідків", "свідками"),
        ("держава держави державі державу державою держав", "державами"),
    ),
    "en": (
        ("write writes wrote written", "writing"),
        ("judge judges judged", "judging"),
        ("witness witnesses witnessed", "witnessing"),
        ("speak speaks spoke spoken", "speaking"),
        ("protect protects protected", "protecting"),
        ("belong belongs belonged", "belonging"),
    ),
}


def vocabulary(seed: int = 7) -> list[str]:
    """The distinct words, the commonest first."""
    chance = random.Random(seed)  # noqa: S311 - the same corpus on every machine
    found: dict[str, None] = {}
    while len(found) < WORDS:
        syllables = _LATIN if len(found) % 2 else _CYRILLIC
        found["".join(chance.choices(syllables, k=chance.randint(2, 5)))] = None
    return list(found)


def events(cues: int, seed: int = 7) -> Iterator[tuple[IndexedEvent, list[IndexedTranscript], str]]:
    """Events with one transcript each, oldest first, until there are `cues` cues."""
    chance = random.Random(seed)  # noqa: S311 - the same corpus on every machine
    known = vocabulary(seed)
    written = {word: Word(word) for word in (*known, *COMMON, *RARE)}
    inflecting = random.Random(seed)  # noqa: S311 - of its own, so that the rest stays as it is
    real = {
        language: [[Word(form) for form in said.split()] for said, _ in words]
        for language, words in INFLECTED.items()
    }
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(WORDS)))
    count = max(1, cues // CUES_OF_AN_EVENT)
    for number in range(count):
        made = []
        language = "en" if number % 2 else "uk"
        drawn = chance.choices(known, cum_weights=weights, k=14 * CUES_OF_AN_EVENT)
        for n in range(CUES_OF_AN_EVENT):
            spoken = drawn[14 * n : 14 * n + 14]
            for place, (word, share) in enumerate(zip(COMMON, (0.22, 0.18, 0.15, 0.12), strict=True)):
                if chance.random() < share:
                    spoken[3 * place] = word
            if chance.random() < 0.0002:
                spoken[12] = chance.choice(RARE)
            speaker = f"Speaker {(number + n // 20) % 40}"
            words = list(map(written.__getitem__, spoken))
            if inflecting.random() < 0.1:
                (forms,) = inflecting.choices(real[language], (32, 16, 8, 4, 2, 1))
                words[11] = inflecting.choice(forms)
            made.append(Cue(f"c{n + 1}", n * 4000, n * 4000 + 3800, tuple(words), speaker))
        day = datetime(2010, 1, 1, 18, tzinfo=UTC) + timedelta(days=number)
        event = IndexedEvent(
            stem=f"event-{number}",
            slug=f"event-{number}",
            title=f"Discussion {number} on {known[200 + number % 500]}",
            starts_at=day,
            series=f"Series {number % 12}",
            tags=(f"tag {number % 30}",),
            speakers=tuple(f"Speaker {(number + k) % 40}" for k in range(5)),
        )
        yield event, [IndexedTranscript("part-1", language, made)], str(number)
