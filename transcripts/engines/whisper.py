"""Whisper on CTranslate2 (faster-whisper), the default engine: int8 on a processor, float16 on a GPU when
there is one.

Weights come by name from the hub, once, or from a local folder; a local folder is looked through first and
asks no hub. What the registry knows is given to every window as hot words, and what was just said after it,
together in the half of the decoder's context that Whisper was trained to take a prompt in (Radford et al.
2022, section 2.3).
"""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.errors import ChunkError, EngineUnavailableError
from onrecord.toml import did_you_mean
from onrecord.transcripts.engines import Engine, HeardWord, Segment, cores
from onrecord.transcripts.engines.whisper_languages import whisper_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

PROMPT_LIMIT = 223  # tokens: half of the decoder's 448, less the token that begins a prompt
WAYS_ON = (
    "Give a folder with its weights (--model FOLDER), take the captions that came with the recording (--engine captions),"
    " or make a draft of English speech with what is installed (--engine pocketsphinx)."
)
_NEEDED = ("model.bin", "config.json", "tokenizer.json")


def open_whisper(model: str, threads: int = 0) -> Engine:
    """Loads a model by name, such as `small`, or from a local folder in CTranslate2's format.

    Raises `EngineUnavailableError` when the weights are not there and cannot be had.
    """
    return FasterWhisper(model, threads)


def is_path(model: str) -> bool:
    """Whether a model is given as a place on the disk, and not by name or as `owner/name` on the hub."""
    path = Path(model).expanduser()
    return path.exists() or path.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1


class FasterWhisper:
    """A Whisper model that CTranslate2 runs."""

    name = "whisper"
    prompt_limit = PROMPT_LIMIT

    def __init__(self, model: str, threads: int = 0) -> None:
        local = is_path(model)
        folder = Path(model).expanduser().resolve()
        if local:
            _look_through(folder)
        try:
            import ctranslate2  # with faster-whisper 0.7 s and 80 MB, and only this engine needs them
            import faster_whisper
        except ImportError as error:
            raise EngineUnavailableError(
                f"faster-whisper cannot be loaded: {error}.", advice="Install it: pip install faster-whisper."
            ) from error
        if not local and "/" not in model and model not in faster_whisper.available_models():
            known = faster_whisper.available_models()
            raise EngineUnavailableError(
                f"there is no Whisper model '{model}'.",
                advice=f"{did_you_mean(model, known)} There are: {', '.join(known)}; or name a folder.".strip(),
            )
        gpu = ctranslate2.get_cuda_device_count() > 0
        try:
            self._whisper = faster_whisper.WhisperModel(
                str(folder) if local else model,
                device="cuda" if gpu else "cpu",
                compute_type="float16" if gpu else "int8",
                cpu_threads=threads or cores(),
            )
        except Exception as error:
            raise _unavailable(error, model, local) from error
        self._whisper.get_prompt = functools.partial(_window_prompt, self._whisper)
        self._decoder = self._whisper.model
        self._first_time = self._whisper.hf_tokenizer.token_to_id("<|0.00|>")
        self.version = f"faster-whisper {importlib.metadata.version('faster-whisper')}"
        self.model = folder.name if local else model

    def knows(self, language: str) -> bool:
        return whisper_language(language) in self._whisper.supported_languages

    def count_tokens(self, text: str) -> int:
        return len(self._whisper.hf_tokenizer.encode(" " + text.strip(), add_special_tokens=False).ids)

    def hear(self, samples: Samples, languages: Sequence[str], prompt: str = "") -> Iterator[Segment]:
        codes = {whisper_language(language): language for language in languages if self.knows(language)}
        allowed = _Allowed(self._decoder, tuple(codes))
        self._whisper.model = allowed
        try:
            segments, _ = self._whisper.transcribe(
                samples,
                language=next(iter(codes)),
                multilingual=len(codes) > 1,
                hotwords=prompt or None,
                word_timestamps=True,
                beam_size=5,
                condition_on_previous_text=True,
                vad_filter=False,  # the pieces come with their voice; cutting silence out would shift what is heard
            )
            window = -1
            for segment in segments:
                language = codes[allowed.language or next(iter(codes))]
                words = joined_words(
                    ((word.word, word.start, word.end, word.probability) for word in segment.words or ()),
                    begin_of(segment.seek, segment.tokens, self._first_time) if segment.seek != window else 0,
                )
                window = segment.seek
                if words:
                    yield Segment(
                        words[0].start, words[-1].end, words, language, round(segment.no_speech_prob, 3)
                    )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ChunkError(f"faster-whisper could not recognise this piece: {error}.") from error
        finally:
            self._whisper.model = self._decoder


class _Allowed:
    """CTranslate2's model, which for each window tells only languages that may be spoken, and remembers which
    it told.
    """

    def __init__(self, model: Any, languages: tuple[str, ...]) -> None:
        self._model = model
        self._tokens = {f"<|{language}|>" for language in languages}
        self.language = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def detect_language(self, features: Any) -> list[list[tuple[str, float]]]:
        found = [
            [(token, probability) for token, probability in window if token in self._tokens]
            for window in self._model.detect_language(features)
        ]
        self.language = found[0][0][0][2:-2]
        return found


def _window_prompt(
    model: Any,
    tokenizer: Any,
    previous_tokens: list[int],
    without_timestamps: bool = False,
    prefix: str | None = None,
    hotwords: str | None = None,
) -> list[int]:
    """The tokens that go before a window: hot words, then as much of what was just said as fits, then the
    start.

    faster-whisper's own takes 223 tokens of each, which leaves a window no room to be written in.
    """
    hints = tokenizer.encode(" " + hotwords.strip())[:PROMPT_LIMIT] if hotwords else []
    room = PROMPT_LIMIT - len(hints)
    before = [*hints, *(previous_tokens[-room:] if room else [])]
    tokens = [tokenizer.sot_prev, *before] if before else []
    tokens += tokenizer.sot_sequence
    if without_timestamps:
        tokens.append(tokenizer.no_timestamps)
    return tokens


def begin_of(seek: int, tokens: Sequence[int], first_time: int) -> int:
    """When a segment begins, in ms, as its own time token says; `seek` is the window's place in hundredths of
    a second. 0 where it has none.
    """
    return seek * 10 + (tokens[0] - first_time) * 20 if tokens and tokens[0] >= first_time else 0


def joined_words(told: Iterable[tuple[str, float, float, float]], begin: int = 0) -> tuple[HeardWord, ...]:
    """Words with times in milliseconds from Whisper's (text, start, end, probability); what follows without a
    space is part of the word before it, in writing that has spaces.

    No word starts before `begin`. That is for the first words of a window: the alignment lets these start
    with the window, however long nobody speaks there, and Whisper mends it only from half a second on.
    """
    words: list[HeardWord] = []
    heard = list(told)
    if len(heard) > 1 and heard[1][1] * 1000 < begin:  # then it is the token that is wrong
        begin = 0
    for text, start, end, probability in heard:
        clean = text.strip()
        if not clean:
            continue
        first, last = max(begin, round(float(start) * 1000)), round(float(end) * 1000)
        if words and not text[0].isspace() and not _unspaced(clean[0]):
            before = words[-1]
            words[-1] = HeardWord(
                before.text + clean,
                before.start,
                max(before.start, last),
                min(before.confidence or 0.0, round(float(probability), 3)),
            )
        else:
            words.append(HeardWord(clean, first, max(first, last), round(float(probability), 3)))
    return tuple(words)


def _unspaced(letter: str) -> bool:
    """Whether a letter is of a script without spaces: Chinese, Japanese, Thai, Lao, Burmese, Khmer."""
    return (
        "\u0e00" <= letter <= "\u0eff"
        or "\u1000" <= letter <= "\u109f"
        or "\u1780" <= letter <= "\u17ff"
        or ("\u3040" <= letter <= "\u9fff")
    )


def _look_through(folder: Path) -> None:
    """Says what is missing of a local model: without its tokenizer faster-whisper would ask the hub for half
    a minute.
    """
    if not folder.is_dir():
        what = "this is a file; the model is a folder" if folder.exists() else "there is no such folder"
        raise EngineUnavailableError(f"{what}.", path=folder, advice=WAYS_ON)
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json")
    if missing:
        advice = (
            "A model of openai-whisper is another format: use --engine openai-whisper for it."
            if any(folder.glob("*.pt"))
            else ""
        )
        raise EngineUnavailableError(
            f"this is no model for faster-whisper: it lacks {', '.join(missing)}.",
            path=folder,
            advice=advice or WAYS_ON,
        )


def _unavailable(error: Exception, model: str, local: bool) -> Exception:
    """What a person should read when a model does not load; anything that is not about that is a bug and
    stays.
    """
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    if local and isinstance(error, (RuntimeError, ValueError, OSError)):
        return EngineUnavailableError(
            f"this model cannot be loaded: {error}.", path=Path(model), advice="Get it again, or use another."
        )
    if isinstance(
        error, (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, ConnectionError)
    ) or _is_network(error):
        return EngineUnavailableError(
            f"the weights of Whisper's model '{model}' cannot be had here.", advice=WAYS_ON
        )
    if isinstance(error, (RuntimeError, ValueError, MemoryError, OSError)):
        return EngineUnavailableError(f"Whisper's model '{model}' cannot be loaded: {error}.", advice=WAYS_ON)
    return error


def _is_network(error: Exception) -> bool:
    import httpx2

    return isinstance(error, httpx2.HTTPError)
