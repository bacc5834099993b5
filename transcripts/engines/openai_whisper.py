"""The reference implementation of Whisper (PyTorch), an extra: `pip install 'onrecord[openai-whisper]'`.

The project named `whisper` on PyPI is an unrelated database; the one meant here is `openai-whisper`.
"""

from __future__ import annotations

import importlib.metadata
import pickle
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.errors import ChunkError, EngineUnavailableError
from onrecord.toml import did_you_mean
from onrecord.transcripts.engines import Engine, Segment, cores
from onrecord.transcripts.engines.whisper import PROMPT_LIMIT, WAYS_ON, begin_of, is_path, joined_words
from onrecord.transcripts.engines.whisper_languages import whisper_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


def open_openai_whisper(model: str, threads: int = 0) -> Engine:
    """Loads a model by name, such as `small`, or from a local `.pt` file.

    Raises `EngineUnavailableError` when the library is not installed, or the weights cannot be had.
    """
    return OpenAIWhisper(model, threads)


class OpenAIWhisper:
    """A Whisper model that PyTorch runs."""

    name = "openai-whisper"
    prompt_limit = PROMPT_LIMIT

    def __init__(self, model: str, threads: int = 0) -> None:
        try:
            import torch  # with whisper 2 s and 1.7 GB on the disk, and only this engine needs them
            import whisper
            from whisper.tokenizer import LANGUAGES, get_tokenizer
        except ImportError as error:
            raise EngineUnavailableError(
                "openai-whisper is not installed.",
                advice="Install it: pip install 'onrecord[openai-whisper]' (not the package named whisper), "
                "or use --engine whisper.",
            ) from error
        if not hasattr(whisper, "load_model"):
            raise EngineUnavailableError(
                "the installed package named whisper is another one, a database.",
                advice="Take it away (pip uninstall whisper) and install openai-whisper.",
            )
        torch.set_num_threads(threads or cores())
        local = is_path(model)
        place = Path(model).expanduser()
        if local and not place.is_file():
            raise EngineUnavailableError(
                "there is no such file." if not place.exists() else "this is a folder; a model of openai-whisper is a file.",
                path=place, advice=WAYS_ON,
            )  # fmt: skip
        if not local and model not in whisper.available_models():
            known = whisper.available_models()
            raise EngineUnavailableError(
                f"there is no Whisper model '{model}'.",
                advice=f"{did_you_mean(model, known)} There are: {', '.join(known)}; or name a .pt file.".strip(),
            )
        try:
            # The checkpoint is read with weights_only, so that a file from outside can run no code.
            self._model: Any = whisper.load_model(str(place) if local else model)
        except (
            OSError,
            RuntimeError,
            ValueError,
            KeyError,
            TypeError,
            EOFError,
            pickle.UnpicklingError,
        ) as error:
            raise _unavailable(error, model, local) from error
        self._library = whisper
        self._languages = (
            frozenset(list(LANGUAGES)[: self._model.num_languages]) if self._model.is_multilingual else {"en"}
        )
        with warnings.catch_warnings():
            # whisper leaves the file of its vocabulary open, for the garbage collector to close at once.
            warnings.simplefilter("ignore", ResourceWarning)
            self._tokenizer = get_tokenizer(
                self._model.is_multilingual, num_languages=self._model.num_languages
            )
        self.version = f"openai-whisper {importlib.metadata.version('openai-whisper')}"
        self.model = place.stem if local else model

    def knows(self, language: str) -> bool:
        return whisper_language(language) in self._languages

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(" " + text.strip()))

    def hear(self, samples: Samples, languages: Sequence[str], prompt: str = "") -> Iterator[Segment]:
        codes = {whisper_language(language): language for language in languages if self.knows(language)}
        hints = self._tokenizer.encode(" " + prompt.strip())[:PROMPT_LIMIT] if prompt else []
        windows = _Windows(self._model, tuple(codes), hints if len(hints) == PROMPT_LIMIT else None)
        try:
            told = self._library.transcribe(
                windows,
                samples,
                language=next(iter(codes)),
                initial_prompt=prompt or None,
                carry_initial_prompt=bool(prompt),
                word_timestamps=True,
                beam_size=5,
                best_of=5,
                condition_on_previous_text=True,
                fp16=self._model.device.type == "cuda",
            )
        except (RuntimeError, ValueError, MemoryError, IndexError) as error:
            raise ChunkError(f"openai-whisper could not recognise this piece: {error}.") from error
        window = -1
        for segment in told["segments"]:
            begin = begin_of(segment["seek"], segment["tokens"], self._tokenizer.timestamp_begin)
            words = joined_words(
                (
                    (word["word"], word["start"], word["end"], word["probability"])
                    for word in segment.get("words", ())
                ),
                begin if segment["seek"] != window else 0,
            )
            window = segment["seek"]
            if words:
                language = codes[windows.language_of(segment)]
                yield Segment(
                    words[0].start, words[-1].end, words, language, round(segment["no_speech_prob"], 3)
                )


class _Windows:
    """The model, which decides window by window which of the allowed languages is spoken, and takes
    `only_hints` where these alone fill the room for a prompt: whisper itself cuts off such hints at their
    beginning and puts what was said in their place.

    whisper's own `transcribe` decides once, for the first 30 s. It decodes each window by `decode`, tries a
    window again at higher temperatures, and aligns it by calling the model; all three get the language of
    their window here.
    """

    def __init__(
        self, model: Any, languages: tuple[str, ...], only_hints: Sequence[int] | None = None
    ) -> None:
        self._model = model
        self._languages = languages
        self._only_hints = only_hints
        self._language = languages[0]
        self._window: Any = None
        self._features: Any = None
        self._decided: dict[tuple[float, float], str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def decode(self, mel: Any, options: Any) -> Any:
        """Decodes a window, which is heard once however often it is tried."""
        if self._only_hints is not None:
            options = replace(options, prompt=self._only_hints)
        if len(self._languages) == 1:
            return self._model.decode(mel, options)
        if self._window is not mel:
            self._window = mel
            self._features = self._model.encoder(mel[None])[0].detach()
            _, likely = self._model.detect_language(self._features)
            self._language = max(self._languages, key=lambda language: likely[language])
        result = self._model.decode(self._features, replace(options, language=self._language))
        self._decided[result.avg_logprob, result.compression_ratio] = self._language
        return result

    def __call__(self, mel: Any, tokens: Any) -> Any:
        """The pass that aligns words with sound; its tokens begin with the start and the language."""
        if len(self._languages) > 1:
            tokens = tokens.clone()
            tokens[:, 1] = self._tokenizer().to_language_token(self._language)
        return self._model(mel, tokens)

    def language_of(self, segment: dict[str, Any]) -> str:
        """The language of a segment's window, which is known by the figures that its decoding gave."""
        return self._decided.get((segment["avg_logprob"], segment["compression_ratio"]), self._languages[0])

    def _tokenizer(self) -> Any:
        from whisper.tokenizer import get_tokenizer

        return get_tokenizer(True, num_languages=self._model.num_languages)


def _unavailable(error: Exception, model: str, local: bool) -> EngineUnavailableError:
    """What a person should read when a model does not load."""
    if local:
        return EngineUnavailableError(
            "this is no model of openai-whisper.",
            path=Path(model),
            advice="A folder for faster-whisper goes with --engine whisper.",
        )
    return EngineUnavailableError(
        f"the weights of Whisper's model '{model}' cannot be had here: {error}.", advice=WAYS_ON
    )
