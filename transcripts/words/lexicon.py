"""What dictionaries know of words: to which word a form belongs, and which forms that word has.

    python -m onrecord.transcripts.words.lexicon      {"uk": ["мовами", ...]} comes in, a line for each entry goes out

The dictionaries are large (simplemma's Polish one has 3.7 million forms), so they are read in a process of
their own that ends, and only while an index is filled: `ask` starts it. Ukrainian and Russian are known by
pymorphy3, which has whole paradigms, several words for one form, and a guess for names; other languages by
simplemma, read as a stream, and by `paradigms` where that is not enough. Words come and go folded.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import IO, Any

from onrecord.errors import DictionaryError
from onrecord.transcripts.folding import fold
from onrecord.transcripts.words.paradigms import NOT_BY_ENDING, OUTSIDE, PLAIN, endings, irregular, named

_LEAST_STEM = 2
_LONG_ENDING = 4  # tells enough by itself: `decir` of `dicho`
_LEAST_OUTSIDE = 4
_TOGETHER = 50_000  # records of a dictionary
_LEAST_GUESS = 0.05  # of pymorphy3, for a word that it does not know
_MOST_GUESSES = 3
# Folding drops the apostrophe that Ukrainian dictionaries write.
_APOSTROPHE = re.compile("([бвгджзклмнпрстфхцчшщ])([яюєї])")


@dataclass(frozen=True)
class Entry:
    """One word of a language: its dictionary form and all its forms, folded. `guessed` when no dictionary has
    it.
    """

    language: str
    lemma: str
    forms: tuple[str, ...]
    part: str = ""  # of speech, where words are told apart by it
    guessed: bool = False


@dataclass(frozen=True)
class Dictionary:
    """Where a language's words are known: its name in simplemma, or none for pymorphy3; its letters."""

    simplemma: str = ""
    cyrillic: bool = False


LANGUAGES: dict[str, Dictionary] = {
    "uk": Dictionary(cyrillic=True), "ru": Dictionary(cyrillic=True), "bg": Dictionary("bg", True),
    "mk": Dictionary("mk", True), "no": Dictionary("nb"),
    **{one: Dictionary("hbs") for one in ("bs", "hr", "sh", "sr")},
    **{one: Dictionary(one) for one in (
        "ast", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "gd", "gl", "hu", "id", "is",
        "it", "la", "lb", "lt", "lv", "ms", "nb", "nl", "nn", "pl", "pt", "ro", "sk", "sl", "sq", "sv", "sw", "tr",
    )},
}  # fmt: skip


_FIRST_CYRILLIC = "\u0400"  # Latin and Greek letters come before it


def fits(word: str, language: str) -> bool:
    """Whether a word is written in the letters of a language; English terms stand in Ukrainian texts, too."""
    known = LANGUAGES.get(language)
    return known is None or (word >= _FIRST_CYRILLIC) == known.cyrillic


def ask(words: Mapping[str, Iterable[str]]) -> Iterator[Entry]:
    """The entries of these folded words, which are given by base language; a word may be in several, or in none.

    A process looks them up, and has ended when this returns; what was asked lately is remembered. Raises
    `DictionaryError`.
    """
    unknown = {
        language: {word for word in some if (language, word) not in _remembered}
        for language, some in words.items()
    }
    told = dict.fromkeys(
        entry
        for language, some in words.items()
        for word in some
        for entry in _remembered.get((language, word), ())
    )
    found = _looked_up(unknown) if any(unknown.values()) else iter(())
    if sum(map(len, unknown.values())) <= _MOST_REMEMBERED:
        some = list(found)
        _remember(unknown, some)
        found = iter(some)
    return itertools.chain(told, (entry for entry in found if entry not in told))


_remembered: dict[tuple[str, str], list[Entry]] = {}
_MOST_REMEMBERED = 3000  # words; about 10 MB


def _remember(asked: Mapping[str, set[str]], entries: Iterable[Entry]) -> None:
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered.update({(language, word): [] for language, some in asked.items() for word in some})
    for entry in entries:
        for word in asked[entry.language].intersection(entry.forms):
            _remembered[entry.language, word].append(entry)


def _looked_up(words: Mapping[str, Iterable[str]]) -> Iterator[Entry]:
    """Runs the process; its answer, which may be large, is read from a file piece by piece."""
    question = json.dumps({language: sorted(some) for language, some in words.items()}, ensure_ascii=False)
    answer = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it to the end
    try:
        subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "onrecord.transcripts.words.lexicon"],
            input=question.encode(),
            stdout=answer,
            stderr=subprocess.PIPE,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        answer.close()
        said = (getattr(error, "stderr", b"") or str(error).encode()).decode(errors="replace")
        raise DictionaryError(
            f"the dictionaries could not be read ({said.strip().splitlines()[-1]}).",
            advice="Words are found as they were said; run 'onrecord reindex' to try again.",
        ) from error
    answer.seek(0)
    return _read(answer)


def _read(answer: IO[bytes]) -> Iterator[Entry]:
    with answer:
        for line in answer:
            language, lemma, forms, part, guessed = json.loads(line)
            yield Entry(language, lemma, tuple(forms), part, guessed)


def entries(language: str, words: Iterable[str]) -> Iterator[Entry]:
    """The same in this process, for one language; its dictionary stays in memory no longer than this."""
    plain = named(PLAIN, language)
    wanted = {word for word in words if word.isalpha() and word not in plain}
    if not wanted or language not in LANGUAGES:
        return
    name = LANGUAGES[language].simplemma
    for entry in _by_stream(language, name, wanted) if name else _by_paradigm(language, wanted):
        if entry.lemma not in plain:
            yield entry


# Ukrainian and Russian


def _by_paradigm(language: str, wanted: set[str]) -> Iterator[Entry]:
    import pymorphy3  # its dictionaries are 15 MB each

    analyzer = pymorphy3.MorphAnalyzer(lang=language)
    lexemes: dict[tuple[str, str], tuple[str, ...]] = {}
    asked: set[tuple[str, str]] = set()
    guessed: set[tuple[str, str]] = set()
    for word in sorted(wanted):
        parses, known = _parses(analyzer, language, word)
        for parse in parses:
            key = (parse.normal_form, str(parse.tag.POS) if known else "")
            if key not in lexemes:
                lexemes[key] = tuple(dict.fromkeys(fold(form.word) for form in parse.lexeme))
                if not known:
                    guessed.add(key)
            if word in lexemes[key]:
                asked.add(key)
    for key, forms in lexemes.items():
        if len(forms) > 1 and key in asked:
            yield Entry(language, fold(key[0]), forms, key[1], key in guessed)


def _parses(analyzer: Any, language: str, word: str) -> tuple[list[Any], bool]:
    """What a word can be, and whether a dictionary says so."""
    parses = [parse for parse in analyzer.parse(word) if parse.is_known]
    if language == "uk":
        for match in _APOSTROPHE.finditer(word):
            spelled = f"{word[: match.end(1)]}'{word[match.start(2) :]}"
            parses += [parse for parse in analyzer.parse(spelled) if parse.is_known]
    if parses:
        return parses, True
    guesses = [parse for parse in analyzer.parse(word) if parse.score >= _LEAST_GUESS and parse.tag.POS]
    return guesses[:_MOST_GUESSES], False


# All other languages


def _by_stream(language: str, name: str, wanted: set[str]) -> Iterator[Entry]:
    lemmas = _lemmas(language, name, wanted)
    forms = _forms(language, name, {lemma for some in lemmas.values() for lemma in some})
    words: dict[str, list[str]] = defaultdict(list)
    for word in sorted(lemmas):
        for lemma in lemmas[word]:
            words[lemma].append(word)
    for lemma in sorted(words):
        everything = dict.fromkeys([lemma, *sorted(forms[lemma]), *words[lemma]])
        if len(everything) > 1:
            yield Entry(language, lemma, tuple(everything))
    yield from _outside(language, wanted - lemmas.keys())


def _lemmas(language: str, name: str, wanted: set[str]) -> dict[str, set[str]]:
    """The dictionary's words of these forms."""
    found: dict[str, set[str]] = defaultdict(set)
    for lemma, forms in irregular(language).items():
        for form in wanted.intersection((lemma, *forms)):
            found[form].add(lemma)
    by_ending: dict[str, set[str]] = defaultdict(set)
    for word in wanted - named(NOT_BY_ENDING, language):
        for ending, other in endings(language):
            stem = word.removesuffix(ending)
            if stem != word and _is_stem(stem, ending):
                by_ending[stem + other].add(word)
    for form, lemma in _records(name, wanted, wanted | by_ending.keys()):
        if form in wanted:
            found[form].add(lemma)
        if lemma in wanted:
            found[lemma].add(lemma)
        if lemma in by_ending:
            for word in by_ending[lemma]:
                found[word].add(lemma)
    return found


def _forms(language: str, name: str, lemmas: set[str]) -> dict[str, set[str]]:
    """All forms that the dictionary has of these words."""
    found: dict[str, set[str]] = defaultdict(set)
    known = irregular(language)
    by_ending: dict[str, set[str]] = defaultdict(set)
    for lemma in lemmas:
        found[lemma].update(known.get(lemma, ()))
        for ending, other in endings(language):
            if lemma.endswith(other):
                stem = lemma.removesuffix(other)
                if _is_stem(stem, ending):
                    by_ending[stem + ending].add(lemma)
    for form in named(NOT_BY_ENDING, language):
        by_ending.pop(form, None)
    for form, lemma in _records(name, by_ending.keys(), lemmas):
        if lemma in lemmas and form.isalpha():
            found[lemma].add(form)
        if form in by_ending:
            for other in by_ending[form]:
                found[other].add(form)
    return found


def _is_stem(stem: str, ending: str) -> bool:
    return len(stem) >= _LEAST_STEM or len(ending) >= _LONG_ENDING


def _records(name: str, forms: Set[str], lemmas: Set[str]) -> Iterator[tuple[str, str]]:
    """The dictionary's forms with their words, both folded, where either is wanted.

    It is read as a stream, for the whole would take 400 MB for Polish.
    """
    # simplemma has no public way to read a dictionary record by record; a test holds these to what they do.
    from simplemma.strategies.dictionaries import frontcode
    from simplemma.strategies.dictionaries.dictionary_factory import _read_decompressed

    data = _read_decompressed(name)
    turned, _, begin = frontcode._read_header(data)
    records = frontcode._iter_records(data, begin)
    step = -1 if turned else 1
    while some := list(itertools.islice(records, _TOGETHER)):
        pairs = zip(
            _folded(b"\n".join([form[::step] for _, form, _ in some])),
            _folded(b"\n".join([lemma[::step] for _, _, lemma in some])),
            strict=True,
        )
        yield from [pair for pair in pairs if pair[0] in forms or pair[1] in lemmas]


def _folded(lines: bytes) -> list[str]:
    """Each line folded. Letter by letter for all of them together, which is ten times as fast as `fold`."""
    text = lines.decode().lower()
    for letter in set(text):
        if not letter.isascii():
            text = text.replace(letter, fold(letter))
    return text.split("\n")


def _outside(language: str, words: Iterable[str]) -> Iterator[Entry]:
    """Words of no dictionary, by their endings alone."""
    known = OUTSIDE.get(language, ())
    stems: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        taken = max((ending for ending in known if word.endswith(ending)), key=len, default="")
        stem = word.removesuffix(taken)
        if len(stem) >= _LEAST_OUTSIDE:
            stems[stem].append(word)
    if known:
        for stem, some in stems.items():
            forms = dict.fromkeys((*some, stem, *(stem + ending for ending in known)))
            yield Entry(language, stem, tuple(forms), guessed=True)


def main() -> None:
    """Answers one question on the standard streams."""
    asked: dict[str, list[str]] = json.load(sys.stdin)
    for language, words in asked.items():
        for entry in entries(language, words):
            line = (entry.language, entry.lemma, entry.forms, entry.part, entry.guessed)
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
