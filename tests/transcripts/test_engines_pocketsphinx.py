"""PocketSphinx: English from the model in its wheel, with times and confidences, the same each time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from onrecord.errors import TranscriptionError, UsageError
from onrecord.media.audio import samples
from onrecord.transcripts.accuracy import word_error_rate
from onrecord.transcripts.engines import Engine, Segment, open_engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_engine("pocketsphinx")


@pytest.fixture(scope="module")
def sound(speech: Any) -> np.ndarray[Any, Any]:
    return np.concatenate(list(samples(speech.path)))


@pytest.fixture(scope="module")
def heard(engine: Engine, sound: np.ndarray[Any, Any]) -> list[Segment]:
    return list(engine.hear(sound, ["en"]))


def test_clear_speech_is_recognised(heard: list[Segment], speech: Any) -> None:
    """Of clear synthetic speech at most one word in eight is wrong."""
    text = " ".join(word.text for segment in heard for word in segment.words)
    assert word_error_rate(speech.text, text).rate <= 0.125


def test_words_have_times_and_confidences(heard: list[Segment], sound: np.ndarray[Any, Any]) -> None:
    """Words follow one another within the sound, each between its segment's bounds."""
    words = [word for segment in heard for word in segment.words]
    assert all(0 <= word.start < word.end <= len(sound) // 16 + 20 for word in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in words)
    assert all(
        segment.start == segment.words[0].start and segment.end == segment.words[-1].end for segment in heard
    )
    assert {segment.language for segment in heard} == {"en"}
    assert not any(word.text.startswith(("<", "[")) or "(" in word.text for word in words)


def test_words_are_where_they_are_spoken(
    engine: Engine, sound: np.ndarray[Any, Any], heard: list[Segment]
) -> None:
    """The same speech after three seconds of silence is heard three seconds later."""
    late = list(engine.hear(np.concatenate([np.zeros(48_000, np.float32), sound]), ["en"]))
    first, moved = heard[0].words[0], late[0].words[0]
    assert moved.text == first.text
    assert abs(moved.start - first.start - 3000) <= 60


def test_hearing_again_gives_the_same(
    engine: Engine, sound: np.ndarray[Any, Any], heard: list[Segment]
) -> None:
    """What was heard before leaves nothing behind in the engine: a resumed run hears what a straight one
    would.
    """
    list(engine.hear(sound[: 16_000 * 5], ["en"]))
    assert list(engine.hear(sound, ["en"])) == heard


def test_silence_has_no_words(engine: Engine) -> None:
    """Silence, and no sound at all, give nothing."""
    assert list(engine.hear(np.zeros(16_000 * 3, np.float32), ["en"])) == []
    assert list(engine.hear(np.zeros(0, np.float32), ["en"])) == []


def test_other_languages_are_refused(engine: Engine, sound: np.ndarray[Any, Any]) -> None:
    """English alone, in any of its kinds; anything else is said, not guessed."""
    assert [engine.knows(tag) for tag in ("en", "en-GB", "uk", "fr")] == [True, True, False, False]
    with pytest.raises(TranscriptionError, match=r"pocketsphinx recognises English alone"):
        list(engine.hear(sound, ["uk"]))


def test_its_log_is_silent(capfd: pytest.CaptureFixture[str], sound: np.ndarray[Any, Any]) -> None:
    """The library's own lines, hundreds of them, reach nobody."""
    list(open_engine("pocketsphinx").hear(sound[:32_000], ["en"]))
    assert capfd.readouterr() == ("", "")


def test_provenance_names_library_and_model(engine: Engine) -> None:
    """The version is the installed one."""
    from importlib.metadata import version

    assert (engine.name, engine.version, engine.model) == (
        "pocketsphinx",
        f"pocketsphinx {version('pocketsphinx')}",
        "en-us",
    )


def test_another_model_is_refused() -> None:
    """There is one model, and asking for another says so."""
    with pytest.raises(UsageError, match=r"pocketsphinx has no model 'small'"):
        open_engine("pocketsphinx", "small")


def test_unknown_engine_names_the_nearest() -> None:
    """A typo is an error that says what was probably meant."""
    with pytest.raises(UsageError, match=r"there is no engine 'wisper'. Did you mean 'whisper'?"):
        open_engine("wisper")
