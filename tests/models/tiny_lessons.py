"""Windows of speech and what should be written for each: the lessons of the tiny Whisper.

Sentences are put one after another with pauses between them, as spectrograms that were reckoned once. A window
is what an engine cuts out of such a recording: it begins in the silence behind a sentence, or a little before its
end or a little behind the start of the next, and is cut after 30 s, or filled up with noughts where the recording
ends. What is written is as in Whisper's own training (Radford et al. 2022, section 2.3): a sentence that the window
cuts short, or that is in another language, gets its start time and no more, so that the next window begins there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np
from tiny_speech import RATE, Spoken

Array = np.ndarray[Any, Any]
STEPS = 400  # places in a second where a sentence can begin: four for each frame of the spectrogram
STAMP = 0.02  # seconds between two timestamp tokens
FIRST_STAMP = 1.0  # seconds: no engine takes a first timestamp that is later
PROMPT = 223  # tokens that may go before a window


@dataclass(frozen=True)
class Placed:
    """A sentence in a window, and where it starts, in seconds; before 0 where its beginning is cut off."""

    sentence: Spoken
    start: float

    @property
    def end(self) -> float:
        return self.start + self.sentence.length


@dataclass(frozen=True)
class Window:
    """What is said in a window, how long it and the sound in it are, in seconds, and what is left of the sentence before."""

    placed: tuple[Placed, ...]
    seconds: int
    content: float
    left: tuple[Spoken, float] | None = None

    @property
    def language(self) -> str:
        return self.placed[0].sentence.language

    @property
    def finished(self) -> tuple[Placed, ...]:
        """The sentences that are written: those in the first one's language that end within the window."""
        return tuple(
            takewhile(
                lambda one: one.sentence.language == self.language and one.end <= self.seconds, self.placed
            )
        )


def in_turn(rng: np.random.Generator, sentences: list[Spoken]) -> Iterator[Spoken]:
    """Sentences without end, in any order; none comes again before three others were said."""
    last: list[Spoken] = []
    while True:
        for index in rng.permutation(len(sentences)):
            if sentences[index] not in last:
                last = [*last, sentences[index]][-3:]
                yield sentences[index]


def window(
    rng: np.random.Generator, sentences: tuple[Spoken, ...], seconds: int = 30, changes: float = 0.25
) -> Window:
    """A window of a recording. `changes` is the share of those with a second language behind the first."""
    language = "uk" if rng.random() < 0.4 else "en"
    own = in_turn(rng, [s for s in sentences if s.language == language])
    others = in_turn(rng, [s for s in sentences if s.language != language])
    change = int(rng.integers(1, 5)) if rng.random() < changes else 99
    count = 99 if rng.random() < 0.5 else int(rng.integers(1, 7))
    left = None
    kind = rng.random()
    if kind < 0.35:
        at = float(rng.uniform(0.3, 1.3))
        left = (sentences[int(rng.integers(len(sentences)))], float(rng.uniform(0.01, 0.25)))
    elif kind < 0.45:
        at = -float(rng.uniform(0, 0.06))
    else:
        at = float(rng.uniform(0, 1.1))
    placed: list[Placed] = []
    while len(placed) < count:
        at = round(at * STEPS) / STEPS
        if at >= seconds - 0.08:
            break
        placed.append(Placed(next(own if len(placed) < change else others), at))
        at = placed[-1].end + float(rng.uniform(0.3, 1.4))
    content = placed[-1].end + float(rng.uniform(0.02, 1.5))
    if content >= seconds or rng.random() < 0.3:
        content = float(seconds)
    return Window(tuple(placed), seconds, content, left)


# --- the sound -----------------------------------------------------------------------------------------------------


class Sounds:
    """The power spectrograms of all sentences, each at four places within a frame, and of noise."""

    def __init__(self, sentences: tuple[Spoken, ...]) -> None:
        self._of = {
            (one.text, phase): _power(np.pad(one.samples, (320 + phase * RATE // STEPS, 400)))
            for one in sentences
            for phase in range(4)
        }
        noise = np.random.default_rng(1).standard_normal(60 * RATE).astype(np.float32)
        self._noise = _power(noise)

    def spectrogram(self, rng: np.random.Generator, said: Window) -> Array:
        """The log-mel spectrogram of a window as Whisper reckons it, louder or softer, with noise or without.

        The floor is eight decades under the loudest of a whole recording, which this window may be only a part of.
        """
        frames = said.seconds * 100
        power = np.zeros((80, frames), np.float32)
        for one in said.placed:
            place = round(one.start * STEPS)
            self._add(
                power, self._of[one.sentence.text, place % 4], place // 4 - 2, float(rng.uniform(0.75, 1.1))
            )
        if said.left:
            tail = self._of[said.left[0].text, 0]
            self._add(power, tail, round(said.left[1] * 100) + 2 - tail.shape[1], 1.0)
        power *= float(10 ** rng.uniform(-0.7, 0.3))
        if rng.random() < 0.6:
            at = int(rng.integers(0, self._noise.shape[1] - frames))
            power += self._noise[:, at : at + frames] * float(10 ** rng.uniform(-10, -5.4))
        return _logarithm(rng, power, said.content)

    def silence(self, rng: np.random.Generator, seconds: int) -> Array:
        """A window in which nobody speaks, or only the last of a sentence is left."""
        frames = seconds * 100
        power = np.zeros((80, frames), np.float32)
        if rng.random() < 0.7:
            at = int(rng.integers(0, self._noise.shape[1] - frames))
            power += self._noise[:, at : at + frames] * float(10 ** rng.uniform(-14, -5.4))
        if rng.random() < 0.4:
            tail = list(self._of.values())[int(rng.integers(len(self._of)))]
            self._add(power, tail, round(float(rng.uniform(0.01, 0.25)) * 100) + 2 - tail.shape[1], 1.0)
        return _logarithm(rng, power, float(rng.uniform(0, seconds * 1.3)))

    @staticmethod
    def _add(power: Array, piece: Array, at: int, gain: float) -> None:
        start, end = max(0, at), min(power.shape[1], at + piece.shape[1])
        if start < end:
            power[:, start:end] += piece[:, start - at : end - at] * (gain * gain)


def _power(samples: Array) -> Array:
    """The power of each mel band in each frame, as whisper.audio.log_mel_spectrogram has it before its logarithm."""
    import torch
    from whisper.audio import HOP_LENGTH, N_FFT, mel_filters

    sound = torch.from_numpy(np.ascontiguousarray(samples))
    turned = torch.stft(sound, N_FFT, HOP_LENGTH, window=torch.hann_window(N_FFT), return_complex=True)
    power: Array = (mel_filters(torch.device("cpu"), 80) @ turned[..., :-1].abs() ** 2).numpy()
    return power


def _logarithm(rng: np.random.Generator, power: Array, content: float) -> Array:
    log = np.log10(np.maximum(power, 1e-10))
    floor = log.max() + (float(rng.uniform(0, 0.4)) if rng.random() < 0.7 else float(rng.uniform(0, 2))) - 8
    log = (np.maximum(log, floor) + 4) / 4
    log[:, round(content * 100) :] = 0  # both engines fill a short window up with noughts, not with silence
    return log.astype(np.float32)


# --- the text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """A token to be written: for a time the number before it, and how far it is towards the next one.

    `heard` is the stretch of the window where it is heard, in seconds.
    """

    number: int
    towards: float = 0.0
    heard: tuple[float, float] | None = None


def lesson(said: Window, tokenizer: Any, *, timestamps: bool, shift: float = 0.0) -> list[Token]:
    """The tokens that a window should give after the start sequence.

    `shift` is the place of a short window within the 30 s, in seconds.
    """
    finished = said.finished
    # A word is looked for up to the next one's start: the alignment parts all of the time among the words.
    edges = [one.start + start for one in finished for _, start, _ in one.sentence.words]
    edges.append(finished[-1].end if finished else 0.0)
    tokens: list[Token] = []

    def stamp(at: float, before: float, behind: float) -> None:
        whole = min(1500.0, max(0.0, (at + shift) / STAMP))
        if not tokens and not shift:
            whole = min(whole, FIRST_STAMP / STAMP)
        number = min(1499, int(whole))
        tokens.append(Token(tokenizer.timestamp_begin + number, whole - number, (at - before, at + behind)))

    at = 0
    for one in finished:
        if timestamps:
            stamp(one.start, 0.06, 0.12)
        for word, _, _ in one.sentence.words:
            parts = tokenizer.encode(" " + word)
            start, end = edges[at : at + 2]
            step = (end - start) / len(parts)
            tokens += [
                Token(part, 0.0, (start + step * n, start + step * (n + 1))) for n, part in enumerate(parts)
            ]
            at += 1
        if timestamps:
            stamp(one.end, 0.12, 0.06)
    if timestamps and len(finished) < len(said.placed):
        stamp(said.placed[len(finished)].start, 0.06, 0.12)
    return tokens


def prompt(
    rng: np.random.Generator,
    sentences: tuple[Spoken, ...],
    tokenizer: Any,
    words: list[int],
    full: float = 0.2,
) -> list[int]:
    """What goes before a window: hints, and what was said in the windows before, with its times. Neither must lead astray.

    `full` is the share of hints that may take all of the room. Where it is large, some of these are the same again and again.
    """
    hints: list[int] = []
    if rng.random() < 0.5:
        count = int(rng.integers(1, 25 if rng.random() < 1 - full else PROMPT + 1))
        strange = float(rng.uniform(0, 1))
        hints = [
            int(rng.integers(0, 50_000)) if rng.random() < strange else words[int(rng.integers(len(words)))]
            for _ in range(count)
        ]
        if full > 0.5 and rng.random() < 0.4:
            hints = (hints[:12] * PROMPT)[:PROMPT]
    earlier: list[int] = []
    if rng.random() < 0.8 or not hints:
        for _ in range(int(rng.integers(1, 4))):
            tokens = lesson(window(rng, sentences), tokenizer, timestamps=True)
            if len(tokens) > 1 and all(one.number >= tokenizer.timestamp_begin for one in tokens[-2:]):
                tokens.pop()  # of a sentence that is cut short nothing is kept
            earlier += [one.number + round(one.towards) for one in tokens]
    room = PROMPT - len(hints)
    return [tokenizer.sot_prev, *hints, *(earlier[-room:] if room else [])]
