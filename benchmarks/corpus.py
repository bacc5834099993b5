"""A made-up corpus for the search benchmarks: events of 1,500 cues of 14 words, half of them Cyrillic.

100,000 distinct words with the frequencies of Zipf's law; a few words stand in 12-22 % of the cues. The same
seed gives the same corpus on every machine.
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
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(WORDS)))
    count = max(1, cues // CUES_OF_AN_EVENT)
    for number in range(count):
        made = []
        drawn = chance.choices(known, cum_weights=weights, k=14 * CUES_OF_AN_EVENT)
        for n in range(CUES_OF_AN_EVENT):
            spoken = drawn[14 * n : 14 * n + 14]
            for place, (word, share) in enumerate(zip(COMMON, (0.22, 0.18, 0.15, 0.12), strict=True)):
                if chance.random() < share:
                    spoken[3 * place] = word
            if chance.random() < 0.0002:
                spoken[12] = chance.choice(RARE)
            speaker = f"Speaker {(number + n // 20) % 40}"
            made.append(
                Cue(f"c{n + 1}", n * 4000, n * 4000 + 3800, tuple(map(written.__getitem__, spoken)), speaker)
            )
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
        yield event, [IndexedTranscript("part-1", "en" if number % 2 else "uk", made)], str(number)
