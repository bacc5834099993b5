"""Dictionaries tell which word a form belongs to, whichever of its forms is asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

import pytest

from onrecord.errors import DictionaryError
from onrecord.transcripts.words import lexicon
from onrecord.transcripts.words.lexicon import Entry, ask, entries


def _found(language: str, *words: str) -> dict[str, Entry]:
    return {entry.lemma: entry for entry in entries(language, words)}


def test_entries_give_all_forms_of_a_word() -> None:
    """Ukrainian by paradigms, with the apostrophe that folding drops; English by the dictionary."""
    found = _found("uk", "мовами", "мячі")
    assert {"мова", "мови", "мові", "мову", "мовою", "мово", "мовам", "мовами", "мовах"} <= set(
        found["мова"].forms
    )
    assert "мячем" in found["мяч"].forms
    assert {"detain", "detains", "detained", "detaining"} <= set(_found("en", "detained")["detain"].forms)


def test_entries_give_every_word_that_a_form_belongs_to() -> None:
    """`стали` is of `сталь` and of `стать`, `lives` of `live` and of `life`."""
    assert {"сталь", "стать"} <= _found("ru", "стали").keys()
    assert {"live", "life"} <= _found("en", "lives").keys()


def test_entries_leave_out_what_is_said_in_every_sentence() -> None:
    """Articles and pronouns find nothing but themselves, and so does what is no word."""
    assert _found("en", "the", "them", "x2", "of") == {}
    assert _found("uk", "я", "вони") == {}
    assert _found("tlh", "qapla") == {}


def test_words_of_no_dictionary_are_guessed() -> None:
    """Names are inflected too."""
    (guess,) = entries("it", ["prikladenca"])
    assert guess.guessed and {"prikladenca", "prikladenco", "prikladence"} <= set(guess.forms)
    found = list(entries("ru", ["прикладенкову"]))
    assert found and all(entry.guessed for entry in found)


def test_ask_uses_a_process_that_ends_and_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dictionaries never come into this process, and what was asked lately is not looked up again."""
    monkeypatch.setattr(lexicon, "_remembered", {})
    first = list(ask({"uk": ["права"], "en": ["rights"]}))
    assert {(entry.language, entry.lemma) for entry in first} >= {("uk", "право"), ("en", "right")}
    looked_up: list[object] = []
    real = lexicon._looked_up

    def counting(words: dict[str, Iterable[str]]) -> Iterable[Entry]:
        looked_up.append({language: set(some) for language, some in words.items()})
        return real(words)

    monkeypatch.setattr(lexicon, "_looked_up", counting)
    again = list(ask({"uk": ["права"], "en": ["rights"]}))
    assert {entry.lemma for entry in again} == {entry.lemma for entry in first}
    assert looked_up == []


def test_dictionaries_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that fails is an error with its reason, and nothing of it is remembered."""
    monkeypatch.setattr(lexicon, "_remembered", {})
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(DictionaryError, match="the dictionaries could not be read"):
        list(ask({"en": ["rights"]}))
    assert lexicon._remembered == {}


def test_asking_loads_no_dictionary() -> None:
    """The process that answers questions holds neither dictionaries nor what reads them."""
    code = (
        "import sys, onrecord.transcripts.search.search, onrecord.transcripts.words.suggestions;"
        "import onrecord.transcripts.words.learning;"
        "print([one for one in ('simplemma', 'pymorphy3') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_stream_is_the_dictionary() -> None:
    """What is read by simplemma's inner functions is what simplemma itself says."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    known = DefaultDictionaryFactory().get_dictionary("it")
    records = dict(lexicon._records("it", {"diritti", "parlato"}, set()))
    assert records == {"diritti": known["diritti"], "parlato": known["parlato"]}
