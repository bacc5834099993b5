"""How fast moments are found, beside the plain way: full text with a row per cue.

    python benchmarks/search.py                  200,000 cues, about a minute
    python benchmarks/search.py --cues 1000000
    python benchmarks/search.py --markdown       the tables as they stand in docs/benchmarks.md

Both indexes hold the same made-up corpus (`benchmarks/corpus.py`) and are asked the same questions in one
run. The plain way answers with cues (`bm25`, `snippet`, the ten best) and counts nothing; ours answers with
events and their moments, exact totals and facets.

Times are of the processor, which is what a question costs when its pages are in memory; so another load on
the machine does not change them much.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))

import corpus

from onrecord.transcripts.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.model import Cue
from onrecord.transcripts.query import ask
from onrecord.transcripts.search import search

T = TypeVar("T")
Corpus = Iterator[tuple[IndexedEvent, list[IndexedTranscript], str]]


class Clock:
    """Measures what is done with a corpus without the making of the corpus."""

    def __init__(self) -> None:
        self.making = 0.0
        self.began = time.process_time()

    def without_making(self, items: Iterator[T]) -> Iterator[T]:
        """The same items; the time that it takes to make them is left out."""
        while True:
            began = time.process_time()
            item = next(items, None)
            self.making += time.process_time() - began
            if item is None:
                return
            yield item

    def seconds(self) -> float:
        """The time since the beginning, without the making."""
        return time.process_time() - self.began - self.making


def make_ours(path: Path, cues: int) -> float:
    """Fills our index; gives the seconds that it took."""
    clock = Clock()
    with Index(path) as index:
        index.fill(clock.without_making(corpus.events(cues)))
        index.settle()
    return clock.seconds()


def make_plain(path: Path, cues: int) -> float:
    """Fills a full-text table with a row per cue; gives the seconds that it took."""
    clock = Clock()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE VIRTUAL TABLE cue USING fts5(text, event UNINDEXED, start UNINDEXED)")
        for event, (transcript,), _ in clock.without_making(corpus.events(cues)):
            connection.executemany(
                "INSERT INTO cue VALUES (?, ?, ?)",
                ((cue.text, event.stem, cue.start) for cue in transcript.cues),
            )
        connection.execute("INSERT INTO cue(cue) VALUES ('optimize')")
    return clock.seconds()


def questions(cues: int, number: int) -> dict[str, list[str]]:
    """For each class of question, `number` questions."""
    chance = random.Random(3)  # noqa: S311 - the same questions on every machine
    known = corpus.vocabulary()
    spoken = [
        words
        for _, (transcript,), _ in corpus.events(min(cues, 15_000))
        for words in ([word.text for word in cue.words] for cue in transcript.cues)
    ]

    def some(make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(number)]

    def phrase(size: int) -> str:
        words = chance.choice(spoken)
        first = chance.randrange(len(words) - size)
        return " ".join(words[first : first + size])

    return {
        "rare word": some(lambda: chance.choice(known[20_000:])),
        "common word": some(lambda: chance.choice(corpus.COMMON)),
        "two common words": some(lambda: " ".join(chance.sample(corpus.COMMON, 2))),
        "common and rare word": some(
            lambda: f"{chance.choice(corpus.COMMON)} {chance.choice(known[2000:20_000])}"
        ),
        "phrase": some(lambda: f'"{phrase(3)}"'),
        "common phrase": some(lambda: f'"{known[chance.randrange(5)]} {known[chance.randrange(5)]}"'),
        "beginning": some(lambda: chance.choice(known[1000:])[:4] + "*"),
        "word without another": some(
            lambda: f"{chance.choice(known[200:2000])} -{chance.choice(corpus.COMMON)}"
        ),
        "word of a speaker": some(
            lambda: f'{chance.choice(corpus.COMMON)} speaker:"Speaker {chance.randrange(40)}"'
        ),
        "an event opened": some(lambda: chance.choice(corpus.COMMON)),
    }


def ask_ours(path: Path, question: str, *, opened: str = "") -> float:
    """The milliseconds of one answer."""
    began = time.process_time()
    search(path, ask(question, event=opened), deadline=60)
    return (time.process_time() - began) * 1000


def ask_plain(connection: sqlite3.Connection, question: str) -> float | None:
    """The milliseconds of one answer with cues; None for a question that a row per cue cannot answer."""
    if ":" in question:
        return None
    match = question.replace(" -", " NOT ")
    began = time.process_time()
    connection.execute(
        "SELECT event, start, snippet(cue, 0, '[', ']', '…', 12) FROM cue"
        " WHERE cue MATCH ? ORDER BY rank LIMIT 10",
        (match,),
    ).fetchall()
    return (time.process_time() - began) * 1000


def spread(times: list[float]) -> str:
    """`p50 / p99` in milliseconds."""
    ordered = sorted(times)
    return (
        f"{statistics.median(ordered):.2g} / {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.2g}"
    )


def taken_in_alone(path: Path) -> float:
    """The milliseconds until a new recording of three hours (3,600 cues) can be found."""
    event, (transcript,), _ = next(corpus.events(corpus.CUES_OF_AN_EVENT, seed=99))
    cues: list[Cue] = [cue for n in range(3) for cue in transcript.cues][:3600]
    three_hours = IndexedTranscript("part-1", "en", cues)
    times = []
    with Index(path) as index:
        for _ in range(5):
            began = time.process_time()
            index.put(event, [three_hours], "new")
            times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Makes both indexes, asks both, prints the table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--cues", type=int, default=200_000)
    arguments.add_argument("--questions", type=int, default=40, help="of each class")
    arguments.add_argument("--markdown", action="store_true")
    given = arguments.parse_args()
    asked = questions(given.cues, given.questions)
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = Path(folder, "ours.sqlite3"), Path(folder, "plain.sqlite3")
        rows = []
        for name, path, make in (("onrecord", ours, make_ours), ("row per cue", plain, make_plain)):
            seconds = make(path, given.cues)
            rows.append((name, f"{given.cues / seconds:,.0f} cues/s", f"{path.stat().st_size / 1e6:.0f} MB"))
        opened = "event-0"
        with closing(sqlite3.connect(plain)) as connection:
            answers = []
            for name, texts in asked.items():
                only = opened if name == "an event opened" else ""
                ask_ours(ours, texts[0], opened=only)
                times = [ask_ours(ours, text, opened=only) for text in texts]
                others = (
                    []
                    if only
                    else [one for text in texts if (one := ask_plain(connection, text)) is not None]
                )
                answers.append((name, spread(times), spread(others) if others else "-"))
        alone = taken_in_alone(ours)
    table(["index", "made at", "size"], rows, given.markdown)
    table(["p50 / p99 in ms", "onrecord", "row per cue"], answers, given.markdown)
    print(f"a new recording of three hours is found after {alone:.0f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process, with the making of the corpus: {peak:.0f} MB")


def table(heads: list[str], rows: list[tuple[str, ...]], markdown: bool) -> None:
    """Prints rows under their heads."""
    widths = [max(len(row[n]) for row in [tuple(heads), *rows]) for n in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in [heads, *rows]
    ]
    if markdown:
        lines = [f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows]]
    print("\n".join(line.rstrip() for line in lines), end="\n\n")


if __name__ == "__main__":
    main()
