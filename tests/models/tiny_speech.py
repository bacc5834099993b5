"""The sentences of the tiny Whisper: spoken word by word by free voices, so that it is known when each is said."""

from __future__ import annotations

import json
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
RATE = 16_000
SENTENCES = (
    ("en", "rms", "All human beings are born free and equal in dignity and rights."),
    ("en", "slt", "They are endowed with reason and conscience."),
    ("en", "rms", "Everyone has the right to life, liberty and security of person."),
    ("en", "slt", "No one shall be held in slavery or servitude."),
    ("en", "rms", "All are equal before the law."),
    ("en", "slt", "Everyone has the right to freedom of thought."),
    ("en", "rms", "Everyone has the right to rest and leisure."),
    ("en", "slt", "Everyone has duties to the community."),
    ("uk", "uk", "Всі люди народжуються вільними і рівними у своїй гідності та правах."),
    ("uk", "uk", "Вони наділені розумом і совістю."),
    ("uk", "uk", "Кожна людина має право на життя, на свободу і на особисту недоторканність."),
    ("uk", "uk", "Ніхто не повинен бути в рабстві."),
    ("uk", "uk", "Кожна людина має обов'язки перед суспільством."),
)  # fmt: skip
WORDS_APART = 0.04  # seconds of silence between words


@dataclass(frozen=True, eq=False)
class Spoken:
    """One sentence: its samples, and the start and end of each word in seconds from its own beginning."""

    language: str
    text: str
    samples: np.ndarray[Any, Any]
    words: tuple[tuple[str, float, float], ...]

    @property
    def length(self) -> float:
        return len(self.samples) / RATE


def _say(word: str, language: str, voice: str) -> np.ndarray[Any, Any]:
    """One word as float32 at 16 kHz, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        if language == "en":
            subprocess.run(
                ["flite", "-voice", voice, "-t", word, "-o", str(path)], check=True, capture_output=True
            )
        else:
            subprocess.run(
                ["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), word],
                check=True,
                capture_output=True,
            )
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    if rate != RATE:
        at = np.arange(0, len(samples) - 1, rate / RATE)
        samples = np.interp(at, np.arange(len(samples)), samples).astype(np.float32)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[max(0, loud[0] - 160) : loud[-1] + 160]


def speak() -> None:
    """Writes the sentences one after another, with a second between them, and when each word is said."""
    import av

    gap = np.zeros(round(WORDS_APART * RATE), np.float32)
    whole: list[np.ndarray[Any, Any]] = []
    rows = []
    at = 0
    for language, voice, text in SENTENCES:
        words = []
        start = at
        for word in text.split():
            said = _say(word.strip(".,"), language, voice)
            said = said * (0.35 / max(0.01, float(np.abs(said).max())))
            words.append([word, round((at - start) / RATE, 4), round((at - start + len(said)) / RATE, 4)])
            whole += [said, gap]
            at += len(said) + len(gap)
        rows.append(
            {
                "language": language,
                "text": text,
                "start": start,
                "samples": at - start - len(gap),
                "words": words,
            }
        )
        whole.append(np.zeros(RATE, np.float32))
        at += RATE
    samples = (np.concatenate(whole) * 32767).astype(np.int16)
    with av.open(str(HERE / "sentences.flac"), "w") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    (HERE / "sentences.json").write_text(
        json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(f"{len(rows)} sentences, {at / RATE:.1f} s, {(HERE / 'sentences.flac').stat().st_size} bytes")


def spoken() -> tuple[Spoken, ...]:
    """The sentences as `speak` wrote them."""
    import av

    with av.open(str(HERE / "sentences.flac")) as container:
        blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    whole = np.concatenate(blocks).astype(np.float32) / 32768
    return tuple(
        Spoken(
            row["language"],
            row["text"],
            whole[row["start"] : row["start"] + row["samples"]],
            tuple((word, start, end) for word, start, end in row["words"]),
        )
        for row in json.loads((HERE / "sentences.json").read_text(encoding="utf-8"))
    )
