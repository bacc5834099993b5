"""PocketSphinx: a small recogniser of English whose model is in its wheel, so it works with no download and
no network.

Draft quality: 3-6 % of the words wrong on clear synthetic speech, far more on people in a meeting. It writes
neither punctuation nor capital letters.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from onrecord.errors import ChunkError, EngineUnavailableError, TranscriptionError, UsageError
from onrecord.transcripts.engines import Engine, HeardWord, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_RATE = 16_000
_FRAMES_PER_SECOND = 100
_LONGEST = 20 * _RATE  # an utterance is cut at this length: its lattice grows with it
_QUIET = 2_400  # samples, 0.15 s: the length of the quiet moment sought for such a cut
_PAUSE = 0.3  # seconds of silence that end an utterance


def open_pocketsphinx(model: str, threads: int = 0) -> Engine:
    """Loads the model in the wheel; `threads` does not matter, since it runs on one."""
    if model != "en-us":
        raise UsageError(
            f"pocketsphinx has no model '{model}'.", advice="Its one model is en-us; leave --model out."
        )
    return PocketSphinx()


class PocketSphinx:
    """English from the model in the wheel, with times and confidences of words."""

    name = "pocketsphinx"
    model = "en-us"
    prompt_limit = 0

    def __init__(self) -> None:
        try:
            import pocketsphinx  # 0.5 s with its model, and only this engine needs it
        except ImportError as error:
            raise EngineUnavailableError(
                "pocketsphinx is not installed.", advice="Install it: pip install pocketsphinx."
            ) from error
        self._library = pocketsphinx
        try:
            self._decoder = pocketsphinx.Decoder(samprate=float(_RATE), loglevel="FATAL")
        except (RuntimeError, ValueError) as error:
            raise EngineUnavailableError(
                "the model of pocketsphinx cannot be loaded.",
                advice="Install it again: pip install --force-reinstall pocketsphinx.",
            ) from error
        self.version = f"pocketsphinx {importlib.metadata.version('pocketsphinx')}"

    def knows(self, language: str) -> bool:
        return language.split("-", maxsplit=1)[0].lower() == "en"

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def hear(self, samples: Samples, languages: Sequence[str], prompt: str = "") -> Iterator[Segment]:
        import numpy as np

        if not any(self.knows(language) for language in languages):
            raise TranscriptionError(
                "pocketsphinx recognises English alone.", advice="Use --engine whisper, or captions."
            )
        language = next(language for language in languages if self.knows(language))
        sound = (np.clip(samples, -1, 1) * 32767).astype("<i2")
        for first, last in self._utterances(sound):
            for start, end in _breaths(sound, first, last):
                words = self._words(sound[start:end].tobytes(), start)
                if words:
                    yield Segment(words[0].start, words[-1].end, words, language)

    def _utterances(self, sound: NDArray[np.int16]) -> Iterator[tuple[int, int]]:
        """Stretches of speech, ended by pauses, as first and last sample."""
        endpointer = self._library.Endpointer(window=_PAUSE, ratio=0.9, sample_rate=_RATE)
        size = endpointer.frame_bytes // 2
        start: int | None = None
        for at in range(0, len(sound), size):
            frame = sound[at : at + size]
            if len(frame) == size:
                endpointer.process(frame.tobytes())
            else:
                endpointer.end_stream(frame.tobytes())
            if endpointer.in_speech and start is None:
                start = max(0, round(endpointer.speech_start * _RATE))
            elif not endpointer.in_speech and start is not None:
                yield start, min(len(sound), round(endpointer.speech_end * _RATE))
                start = None
        if start is not None:
            yield start, len(sound)

    def _words(self, pcm: bytes, start: int) -> tuple[HeardWord, ...]:
        """The words of one utterance."""
        decoder: Any = self._decoder
        try:
            # Each utterance by itself: what came before must not change it, or a resumed piece would differ.
            decoder.reinit_feat()
            decoder.start_utt()
            decoder.process_raw(pcm, no_search=False, full_utt=True)
            decoder.end_utt()
            found = list(decoder.seg() or ())
        except (RuntimeError, ValueError) as error:
            raise ChunkError(f"pocketsphinx could not recognise this piece: {error}.") from error
        offset = start * 1000 // _RATE
        per_frame = 1000 // _FRAMES_PER_SECOND
        return tuple(
            HeardWord(
                segment.word.partition("(")[0],
                offset + segment.start_frame * per_frame,
                offset + (segment.end_frame + 1) * per_frame,
                round(min(1.0, max(0.0, float(segment.prob))), 3),
            )
            for segment in found
            if not segment.word.startswith(("<", "[", "+"))
        )


def _breaths(sound: NDArray[np.int16], first: int, last: int) -> Iterator[tuple[int, int]]:
    """A stretch in parts short enough for the decoder, parted where it is quietest."""
    import numpy as np

    while last - first > _LONGEST:
        zone = sound[first + _LONGEST // 2 : first + _LONGEST].astype(np.float64) ** 2
        power = np.cumsum(zone)
        at = first + _LONGEST // 2 + int(np.argmin(power[_QUIET:] - power[:-_QUIET])) + _QUIET // 2
        yield first, at
        first = at
    yield first, last
