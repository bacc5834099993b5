"""How well moments are found: questions of which the answers are known, in four languages.

    python benchmarks/search_quality.py              the table
    python benchmarks/search_quality.py --missed     and the questions that were not answered by the first moment
    python benchmarks/search_quality.py --markdown   the table as it stands in docs/benchmarks.md

The texts are articles of the Universal Declaration of Human Rights, each an event of its own, cut into cues of
six words; the questions were made from the texts and not from answers (tests/transcripts/search_quality). An
answer counts when a moment of the right article comes; `misspelt` questions are asked as "did you mean" says.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.connections import reading
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search
from onrecord.transcripts.words.suggestions import did_you_mean

DATA = Path(__file__).parent.parent / "tests" / "transcripts" / "search_quality"
LANGUAGES = ("en", "uk", "fr", "de")
WORDS_OF_A_CUE = 6
_CUE_MS = 3000


@dataclass(frozen=True)
class Asked:
    """A question with the event that answers it."""

    kind: str
    language: str
    text: str
    stem: str


def articles(language: str) -> dict[int, str]:
    """The texts of a language by their number."""
    lines = (DATA / f"declaration.{language}.txt").read_text(encoding="utf-8").splitlines()
    return {int(number): text for number, _, text in (line.partition(" ") for line in lines)}


def questions() -> Iterator[Asked]:
    """All questions about the articles."""
    for line in (DATA / "questions.txt").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(\w\w) (\w+): (.+)", line)
        if match:
            for one in match[3].split(" | "):
                text, _, number = one.rpartition(" @ ")
                yield Asked(match[2], match[1], text, f"{match[1]}-{int(number)}")


def named() -> Iterator[tuple[str, str, list[str]]]:
    """Sentences with names: language, sentence, the ways in which the names are asked for."""
    for line in (DATA / "names.txt").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(\w\w): (.+) @ (.+)", line)
        if match:
            yield match[1], match[2], match[3].split(" | ")


def inflections() -> Iterator[tuple[str, str, str]]:
    """Pairs of forms of one word: language, what is asked, what is said."""
    for line in (DATA / "inflections.txt").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(\w\w): (.+)", line)
        if match:
            for pair in match[2].split(" | "):
                asked, said = pair.split()
                yield match[1], asked, said


def cues(text: str) -> list[Cue]:
    """A text as cues of six words."""
    words = text.split()
    return [
        Cue(
            f"c{n // WORDS_OF_A_CUE + 1}",
            n // WORDS_OF_A_CUE * _CUE_MS,
            n // WORDS_OF_A_CUE * _CUE_MS + _CUE_MS,
            tuple(map(Word, words[n : n + WORDS_OF_A_CUE])),
        )
        for n in range(0, len(words), WORDS_OF_A_CUE)
    ]


def make_index(path: Path) -> None:
    """Indexes the articles, and the sentences with names, and learns their words."""
    day = datetime(2022, 1, 1, 18, tzinfo=UTC)
    with Index(path) as index:
        for language in LANGUAGES:
            for number, text in articles(language).items():
                stem = f"{language}-{number}"
                event = IndexedEvent(stem, stem, f"Reading {number}", day, languages=(language,))
                index.put(event, [IndexedTranscript("part-1", language, cues(text))])
        for n, (language, text, _) in enumerate(named(), 1):
            stem = f"names-{n}"
            event = IndexedEvent(stem, stem, f"Introduction {n}", day, languages=(language,))
            index.put(event, [IndexedTranscript("part-1", language, cues(text))])
        index.learn()


def place(path: Path, text: str, stem: str) -> int:
    """At which place among all moments of the answer one of the right event comes; 0 for none."""
    places = [hit.stem for hit in search(path, ask(text, limit=50, moments=1)).events if hit.moments]
    return places.index(stem) + 1 if stem in places else 0


def measured(path: Path) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """By kind and language, each question with the place of its answer."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for asked in questions():
        text = asked.text
        if asked.kind == "misspelt":
            with reading(path, float("inf")) as connection:
                text = did_you_mean(connection, text) or text
        told = asked.text if text == asked.text else f"{asked.text} -> {text}"
        found[asked.kind, asked.language].append((told, place(path, text, asked.stem)))
    for n, (language, _, ways) in enumerate(named(), 1):
        found["names", language] += [(way, place(path, way, f"names-{n}")) for way in ways]
    return found


def success(places: list[int]) -> float:
    """The share of questions that the first moment answers."""
    return sum(one == 1 for one in places) / len(places)


def mean_reciprocal_rank(places: list[int]) -> float:
    """The mean of one divided by the place; 0 for what is not found."""
    return sum(1 / one for one in places if one) / len(places)


def main() -> None:
    """Prints the table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--markdown", action="store_true")
    arguments.add_argument("--missed", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index.sqlite3")
        make_index(path)
        found = measured(path)
    heads = ["questions", "languages", "number", "success@1", "MRR"]
    rows = [heads, ["---"] * len(heads)] if given.markdown else [heads]
    kinds: dict[str, list[tuple[str, int]]] = defaultdict(list)
    spoken: dict[str, list[str]] = defaultdict(list)
    for (kind, language), answers in found.items():
        kinds[kind] += answers
        spoken[kind].append(language)
    kinds["all"] = [answer for answers in found.values() for answer in answers]
    for kind, answers in kinds.items():
        places = [one for _, one in answers]
        languages = ", ".join(dict.fromkeys(spoken[kind]))
        rows.append(
            [
                kind,
                languages,
                str(len(places)),
                f"{success(places):.3f}",
                f"{mean_reciprocal_rank(places):.3f}",
            ]
        )
    for row in rows:
        print(f"| {' | '.join(row)} |" if given.markdown else "  ".join(cell.ljust(18) for cell in row))
    if given.missed:
        for (kind, language), answers in found.items():
            for text, one in answers:
                if one != 1:
                    print(f"{kind} {language}: {text}: {one or 'not found'}")


if __name__ == "__main__":
    main()
