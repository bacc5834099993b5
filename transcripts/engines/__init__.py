"""The recognisers, behind one shape: an engine hears one piece of sound and says which words were spoken, and
when.

Cutting a recording into pieces, journalling, resuming and joining happen once, above the engines, so every
engine is resumable. A new engine is one module with an opener, and one row in the table here.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from onrecord.errors import UsageError
from onrecord.toml import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


@dataclass(frozen=True)
class HeardWord:
    """A word with its punctuation; `start` and `end` in milliseconds from the piece's beginning.

    `confidence` is between 0 and 1, or None where the engine tells none.
    """

    text: str
    start: int
    end: int
    confidence: float | None = None


@dataclass(frozen=True)
class Segment:
    """What an engine gives in one go: some words in one language, about as long as a sentence.

    `doubt` is how likely nobody spoke at all, as far as the engine can tell; between 0 and 1.
    """

    start: int
    end: int
    words: tuple[HeardWord, ...]
    language: str
    doubt: float | None = None


class Engine(Protocol):
    """A recogniser that is ready to hear."""

    name: str  # as in the settings
    version: str  # the library and its version, for the transcript's provenance
    model: str
    prompt_limit: int  # how many tokens of a prompt reach the decoder; 0: it takes none

    def knows(self, language: str) -> bool:
        """Whether it can recognise this language (BCP 47)."""

    def count_tokens(self, text: str) -> int:
        """The length of a text in the engine's own tokens."""

    def hear(self, samples: Samples, languages: Sequence[str], prompt: str = "") -> Iterator[Segment]:
        """The words in `samples` (float32, mono, 16 kHz), in one of `languages`, in order of time.

        With several languages the one spoken is decided window by window, of 30 s at most. `prompt` is text
        that names what may occur. Raises `ChunkError` when this piece cannot be recognised.
        """


@dataclass(frozen=True)
class EngineKind:
    """A row of the table of engines; `model` is the one used when nobody names one."""

    opener: str
    model: str
    help: str


ENGINES = {
    "whisper": EngineKind(
        "onrecord.transcripts.engines.whisper:open_whisper", "small",
        "Whisper on CTranslate2 (faster-whisper): a hundred languages; weights by name, or a local folder.",
    ),
    "openai-whisper": EngineKind(
        "onrecord.transcripts.engines.openai_whisper:open_openai_whisper", "small",
        "The reference implementation of Whisper (PyTorch): weights by name, or a local .pt file.",
    ),
    "pocketsphinx": EngineKind(
        "onrecord.transcripts.engines.pocketsphinx:open_pocketsphinx", "en-us",
        "A small recogniser of English whose model is installed with it: no download, draft quality.",
    ),
}  # fmt: skip
CAPTIONS = "captions"  # not a recogniser: it takes the transcript that came with the recording


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def engine_kind(name: str) -> EngineKind:
    """The row of a recogniser; raises `UsageError` with the nearest name."""
    if name not in ENGINES:
        known = ", ".join([*ENGINES, CAPTIONS])
        raise UsageError(
            f"there is no engine '{name}'.",
            advice=did_you_mean(name, [*ENGINES, CAPTIONS]) or f"There are: {known}.",
        )
    return ENGINES[name]


def open_engine(name: str, model: str = "", *, threads: int = 0) -> Engine:
    """Loads a recogniser and its model; `threads` 0 means all cores.

    Raises `UsageError` for an unknown name, `EngineUnavailableError` when the engine or its model is not on
    this machine and cannot be had. No engine ever stands in for another.
    """
    kind = engine_kind(name)
    place, _, function = kind.opener.partition(":")
    # An engine is imported when it is used: they weigh up to 3 GB.
    opener: Callable[[str, int], Engine] = getattr(importlib.import_module(place), function)
    return opener(model or kind.model, threads)
