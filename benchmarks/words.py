"""What the words of a large archive cost: learning their forms, widening questions, completion, "did you mean".

    python benchmarks/words.py              100,000 distinct words of four languages, about a minute
    python benchmarks/words.py --words 20000

The words are drawn from the dictionaries themselves, so each has forms to look up; a made-up vocabulary would
have none. Times are of this process's processor; the dictionaries are read by one that ends.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from onrecord.transcripts.folding import words as folded_words
from onrecord.transcripts.search.index import Index
from onrecord.transcripts.words.forms import widen
from onrecord.transcripts.words.lexicon import ask
from onrecord.transcripts.words.suggestions import complete, did_you_mean

SHARES = {"uk": 0.5, "en": 0.2, "de": 0.15, "fr": 0.15}


def vocabulary(number: int) -> list[tuple[str, str]]:
    """Distinct words of the dictionaries with their languages, drawn by chance, the same each time."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    chance = random.Random(5)  # noqa: S311 - the same words on every machine
    found: dict[tuple[str, str], None] = {}
    for language, share in SHARES.items():
        known = sorted(DefaultDictionaryFactory().get_dictionary(language))
        chance.shuffle(known)
        wanted = int(number * share)
        for word in known:
            one = folded_words(word)
            if wanted and len(one) == 1 and one[0].isalpha() and (one[0], language) not in found:
                found[one[0], language] = None
                wanted -= 1
    return list(found)


def slip(word: str, chance: random.Random) -> str:
    """A word with one letter left out, doubled, changed or moved."""
    n = chance.randrange(len(word) - 1)
    return chance.choice(
        [
            word[:n] + word[n + 1 :],
            word[:n] + word[n] + word[n:],
            word[:n] + word[n + 1] + word[n] + word[n + 2 :],
        ]
    )


def spread(times: list[float]) -> str:
    """`p50 / p99` in milliseconds."""
    ordered = sorted(times)
    return f"{statistics.median(ordered):.2f} / {ordered[int(len(ordered) * 0.99)]:.2f} ms"


def timed(work: Callable[[str], object], questions: list[str]) -> str:
    """How long each of these takes, the first left out."""
    work(questions[0])
    times = []
    for question in questions:
        began = time.process_time()
        work(question)
        times.append((time.process_time() - began) * 1000)
    return spread(times)


def main() -> None:
    """Prints what was measured."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--words", type=int, default=100_000)
    given = arguments.parse_args()
    chance = random.Random(6)  # noqa: S311 - the same questions on every machine
    known = vocabulary(given.words)
    asked = [word for word, _ in chance.sample(known, 500)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index.sqlite3")
        with Index(path) as index:
            connection = index._connection
            connection.executemany(
                "INSERT INTO vocabulary VALUES (?, ?, ?)",
                [(word, language, chance.randint(1, 50)) for word, language in known],
            )
            index.settle()
            before = path.stat().st_size
            began = time.monotonic(), time.process_time()
            learned = index.learn()
            seconds = time.monotonic() - began[0], time.process_time() - began[1]
            index.settle()
            print(
                f"{learned:,} words learned in {seconds[0]:.1f} s, {seconds[1]:.1f} s of them here", end="; "
            )
            child = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(f"the process that ends: {child.ru_utime:.1f} s, {child.ru_maxrss / 1024:.0f} MB at most")
            forms = connection.execute("SELECT count(*) FROM form").fetchone()[0]
            print(f"{forms:,} forms; the tables take {(path.stat().st_size - before) / 1e6:.1f} MB")
            widened = [len(widen(connection, word)) for word in asked]
            print(f"widen           {timed(lambda word: widen(connection, word), asked)}", end="; ")
            print(f"{statistics.mean(widened):.1f} forms on average")
            beginnings = [word[:n] for word in asked for n in (2, 3, 5)]
            print(f"complete        {timed(lambda text: complete(connection, text), beginnings)}")
            misspelt = [(word, slip(word, chance)) for word in asked if len(word) > 4]
            print(
                "did you mean    "
                + timed(lambda text: did_you_mean(connection, text), [text for _, text in misspelt])
            )
            right = [did_you_mean(connection, text) in (word, None) for word, text in misspelt]
            print(
                f"                the very word, or a word that is one already: {sum(right) / len(right):.1%}"
            )
        again = sum(1 for _ in ask({"uk": ["права"], "en": ["rights"], "fr": ["droits"], "de": ["Rechte"]}))
        began = time.monotonic(), time.process_time()
        print(f"a few new words of four languages: {again} entries", end=", ")
        ask({"uk": ["мовами"], "en": ["languages"], "fr": ["langues"], "de": ["sprachen"]})
        print(f"{time.monotonic() - began[0]:.1f} s")


if __name__ == "__main__":
    main()
