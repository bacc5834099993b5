"""The word error rate: the fewest errors, told apart by kind."""

from __future__ import annotations

import random

import pytest

from onrecord.transcripts.accuracy import Accuracy, compared_words, word_error_rate


@pytest.mark.parametrize(
    ("truth", "heard", "expected"),
    [
        ("Everyone has duties.", "everyone has duties", Accuracy(0, 0, 0, 3)),
        ("Everyone has duties.", "everyone duties", Accuracy(0, 0, 1, 3)),
        ("Everyone has duties.", "everyone has the duties", Accuracy(0, 1, 0, 3)),
        ("Everyone has duties.", "everyone had duties", Accuracy(1, 0, 0, 3)),
        ("Кожна людина має обов’язки", "кожна людина має обовʼязки", Accuracy(0, 0, 0, 4)),
        ("", "", Accuracy(0, 0, 0, 0)),
        ("", "yes", Accuracy(0, 1, 0, 0)),
        ("yes", "", Accuracy(0, 0, 1, 1)),
    ],
)
def test_word_error_rate_counts_by_kind(truth: str, heard: str, expected: Accuracy) -> None:
    """Substitutions, insertions and deletions are told apart; case and punctuation do not count."""
    assert word_error_rate(truth, heard) == expected


def test_rate_of_an_empty_truth_is_all_or_nothing() -> None:
    """Where nothing was said, anything heard is wholly wrong."""
    assert word_error_rate("", "yes yes").rate == 1.0
    assert word_error_rate("", "").rate == 0.0
    assert word_error_rate("one two", "a b c d").rate == 2.0


def fewest_errors(truth: list[str], heard: list[str]) -> int:
    """Levenshtein's distance, as it stands in the textbooks."""
    row = list(range(len(heard) + 1))
    for i, said in enumerate(truth, 1):
        above, row[0] = row[0], i
        for j, got in enumerate(heard, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (said != got))
    return row[-1]


def test_word_error_rate_is_the_fewest_errors() -> None:
    """On 200 random texts no alignment has fewer errors, and the kinds of errors add up to both lengths."""
    rng = random.Random(7)
    vocabulary = ["all", "are", "born", "free", "and", "equal"]
    for _ in range(200):
        truth = [rng.choice(vocabulary) for _ in range(rng.randint(1, 40))]
        heard = [rng.choice(vocabulary) for _ in range(rng.randint(1, 40))]
        mine = word_error_rate(" ".join(truth), " ".join(heard))
        assert mine.errors == fewest_errors(truth, heard)
        assert mine.words == len(truth)
        assert mine.words - mine.deletions == len(heard) - mine.insertions


def test_compared_words_keep_letters_of_every_script() -> None:
    """Letters stay letters: й is not и, é is not e; dashes and quotes go."""
    assert compared_words("«Мой — café», it’s 7%.") == ["мой", "café", "it's", "7"]
