"""How fast moments are found, counted and shown, in an index of a made-up corpus.

    python benchmarks/search.py                  200,000 cues, about a minute
    python benchmarks/search.py --cues 1000000
    python benchmarks/search.py --markdown       the tables as they stand in docs/benchmarks.md
    python benchmarks/search.py --keep FILE      the index is kept there, and used again when it is there

Every question is answered whole: widened by inflected forms, ten events with three moments each, exact totals and
facets. Times are of the processor, which is what a question costs when its pages are in memory; it is asked `--repeats`
times and its quickest answer counts, so that another load on the machine disturbs little. The tables give p50 and p99
over the questions of a class. Memory is that of a process that only asks.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))

import corpus

from onrecord.errors import QueryError
from onrecord.transcripts.model import Cue
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search

T = TypeVar("T")
Corpus = Iterator[tuple[IndexedEvent, list[IndexedTranscript], str]]

OPENED = "an event opened"
HOSTILE = [
    "-", '"', "*", " ", " OR ", " NOT ", " NEAR ", "NEAR(", ")", "speaker:", "before:2022", "lang:", "in:title", ":", "м'яч",
    "' OR 1=1", "\x00", "\ud800", "((", "said:", "^", "+", "{", "}", "rank", "a*", "bare*", "дан*", "при*", "😀", "\u202e",
    "%s", "2010", "3", "…", "日本", "x" * 60, " -", "anatu", "belo", "свободи", "людини", "quixotum", "Speaker", "--", "/*",
]  # fmt: skip


class Clock:
    """Measures what is done with a corpus without the making of the corpus, in seconds of the processor."""

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


def make(path: Path, cues: int) -> tuple[float, float]:
    """Fills our index; gives the seconds that it took, and those that its words' forms took afterwards, which a process of
    its own looks up in dictionaries: meanwhile all is found as it was said.
    """
    clock = Clock()
    with Index(path) as index:
        index.fill(clock.without_making(corpus.events(cues)))
        index.settle()
        filled = clock.seconds()
        child = resource.getrusage(resource.RUSAGE_CHILDREN)
        index.learn()
        index.settle()
        learned = resource.getrusage(resource.RUSAGE_CHILDREN)
    dictionaries = learned.ru_utime + learned.ru_stime - child.ru_utime - child.ru_stime
    return filled, clock.seconds() - filled + dictionaries


def questions(cues: int, number: int) -> dict[str, list[str]]:
    """For each class of question, `number` questions."""
    chance = random.Random(3)  # noqa: S311 - the same questions on every machine
    known = corpus.vocabulary()
    spoken = [
        words
        for _, (transcript,), _ in corpus.events(min(cues, 15_000))
        for words in ([word.text for word in cue.words] for cue in transcript.cues)
    ]

    inflected = [asked for words in corpus.INFLECTED.values() for _, asked in words]

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
        "three words": some(
            lambda: " ".join([*chance.sample(known[200:5000], 2), chance.choice(known[:200])])
        ),
        "phrase": some(lambda: f'"{phrase(3)}"'),
        "common phrase": some(lambda: f'"{known[chance.randrange(5)]} {known[chance.randrange(5)]}"'),
        "beginning": some(lambda: chance.choice(known[1000:])[:4] + "*"),
        "one OR another": some(lambda: f"{chance.choice(known[200:2000])} OR {chance.choice(corpus.COMMON)}"),
        "one NEAR another": some(
            lambda: f"{chance.choice(known[200:2000])} NEAR {chance.choice(corpus.COMMON)}"
        ),
        "word without another": some(
            lambda: f"{chance.choice(known[200:2000])} -{chance.choice(corpus.COMMON)}"
        ),
        "word of a speaker": some(
            lambda: f'{chance.choice(corpus.COMMON)} speaker:"Speaker {chance.randrange(40)}"'
        ),
        "word, series and year": some(
            lambda: (
                f'{chance.choice(known[:2000])} series:"Series {chance.randrange(12)}" after:2010-06 before:2011'
            )
        ),
        OPENED: some(lambda: chance.choice(corpus.COMMON)),
        "inflected word": some(lambda: chance.choice(inflected)),
        "inflected and common word": some(
            lambda: f"{chance.choice(inflected)} {chance.choice(corpus.COMMON[2:])}"
        ),
    }


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """The milliseconds of the processor that the quickest of several runs took."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000


def answer(path: Path, question: str, *, opened: str = "", repeats: int = 1) -> float:
    """The milliseconds of one answer."""
    return best_of(repeats, lambda: search(path, ask(question, event=opened), deadline=60))


def spread(times: list[float]) -> str:
    """`p50 / p99` in milliseconds."""
    ordered = sorted(times)
    highest = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"{statistics.median(ordered):.2g} / {highest:.2g}"


def hostile(path: Path, number: int) -> tuple[float, int]:
    """The slowest of many random and hostile questions in ms (asked again twice, so that the machine's other work
    does not count), and how many were answered; anything but an answer or a sentence raises.
    """
    chance = random.Random(5)  # noqa: S311 - the same questions on every machine
    slowest, answered = 0.0, 0
    for _ in range(number):
        text = "".join(chance.choices(HOSTILE, k=chance.randint(1, 14)))[:200]

        def once(text: str = text) -> bool:
            try:
                search(path, ask(text, event=chance.choice(["", "", "event-0", '"'])))
            except QueryError as error:
                assert str(error)
                return False
            return True

        began = time.process_time()
        answered += once()
        took = (time.process_time() - began) * 1000
        if took > 50:
            took = min(took, best_of(2, once))
        slowest = max(slowest, took)
    return slowest, answered


def taken_in_alone(path: Path) -> float:
    """The milliseconds until a new recording of three hours (3,600 cues) can be found."""
    event, (transcript,), _ = next(corpus.events(corpus.CUES_OF_AN_EVENT, seed=99))
    cues: list[Cue] = [cue for n in range(3) for cue in transcript.cues][:3600]
    three_hours = IndexedTranscript("part-1", "en", cues)
    times = []
    with Index(path) as index:
        for _ in range(5):
            index.remove(event.stem)
            times.append(best_of(1, lambda: index.put(event, [three_hours], "new")))
        index.remove(event.stem)
    return min(times)


def main() -> None:
    """Makes the index, asks it, prints the tables."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--cues", type=int, default=200_000)
    arguments.add_argument("--questions", type=int, default=40, help="of each class")
    arguments.add_argument("--hostile", type=int, default=5000)
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--keep", type=Path)
    arguments.add_argument("--markdown", action="store_true")
    arguments.add_argument("--only-ask", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.only_ask:
        ask_all(given.only_ask, given)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder, "index.sqlite3")
        if not path.exists():
            filled, learned = make(path, given.cues)
            row = (
                f"{given.cues / filled:,.0f} cues/s",
                f"{learned:.0f} s",
                f"{path.stat().st_size / 1e6:.0f} MB",
            )
            table(["made at", "forms learned in", "size"], [row], given.markdown)
        options = [
            "--cues",
            str(given.cues),
            "--questions",
            str(given.questions),
            "--hostile",
            str(given.hostile),
        ]
        options += ["--repeats", str(given.repeats), *(["--markdown"] if given.markdown else [])]
        subprocess.run([sys.executable, __file__, "--only-ask", path, *options], check=True)
        print(f"a new recording of three hours is found after {taken_in_alone(path):.0f} ms")


def ask_all(path: Path, given: argparse.Namespace) -> None:
    """Asks an index in a process that does nothing else."""
    rows = []
    for name, texts in questions(given.cues, given.questions).items():
        opened = "event-0" if name == OPENED else ""
        times = [answer(path, text, opened=opened, repeats=given.repeats) for text in texts]
        rows.append((name, spread(times)))
    table(["question", "p50 / p99 in ms"], rows, given.markdown)
    slowest, answered = hostile(path, given.hostile)
    print(
        f"{given.hostile} random and hostile questions: {answered} answered, the others with a sentence that says"
        f" why not; the slowest took {slowest:.0f} ms"
    )
    # Linux counts the memory of whoever started a process in its `ru_maxrss`.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) >> 10
    print(f"peak memory of the process that asked, with its {corpus.WORDS:,} words: {peak} MB")


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
