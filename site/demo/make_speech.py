"""Makes the demo's recordings: free voices read `readings.toml` in turns. Run it with `make speech`.

flite (voices slt, rms, awb) speaks English, espeak-ng Ukrainian and French. espeak-ng's library tells when each word begins,
so the transcript of the reading in two languages is exact. Both are Debian packages; the recordings are committed, so nobody
needs them to see the demo.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
import tempfile
import tomllib
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from onrecord.console import say
from onrecord.files import write_text
from onrecord.media import clips
from onrecord.site.demo import DATA
from onrecord.transcripts.captioning import captions
from onrecord.transcripts.engines import HeardWord, Segment
from onrecord.transcripts.model import Cue, Provenance, Transcript
from onrecord.transcripts.vtt import write_vtt

_BETWEEN_SENTENCES = 450  # ms
_BETWEEN_TURNS = 1100
_BITRATE = 24_000  # bits per second


@dataclass(frozen=True)
class Spoken:
    """One sentence as sound, with the starts of its words in milliseconds where the voice tells them."""

    path: Path
    starts: tuple[int, ...]


class _Event(ctypes.Structure):
    """`espeak_EVENT` of espeak-ng's speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8),
    )  # fmt: skip


_SYNCHRONOUS, _UTF8, _RATE, _WORD = 2, 1, 1, 1  # of speak_lib.h


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Espeak:
    """espeak-ng's library, which is opened once in a process."""

    def __init__(self) -> None:
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate = self.library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
        self.sound = bytearray()
        self.begun: list[tuple[int, int]] = []
        self.callback = _Callback(self._listen)  # kept here, for the library keeps only its address
        self.library.espeak_SetSynthCallback(self.callback)

    def _listen(self, samples: Any, count: int, events: Any) -> int:
        if samples and count:
            self.sound.extend(ctypes.string_at(samples, count * 2))
        number = 0
        while events[number].type:
            if events[number].type == _WORD:
                self.begun.append((events[number].text_position - 1, events[number].audio_position))
            number += 1
        return 0

    def speak(self, text: str, voice: str, path: Path) -> Spoken:
        """Speaks into a WAV file, with the start of every word."""
        self.sound.clear()
        self.begun.clear()
        self.library.espeak_SetVoiceByName(voice.encode())
        self.library.espeak_SetParameter(_RATE, 145, 0)
        data = text.encode()
        self.library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8, None, None)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(bytes(self.sound))
        return Spoken(path, _word_starts(text, self.begun, int(len(self.sound) / 2 * 1000 / self.rate)))


@cache
def espeak() -> Espeak:
    """The one library."""
    return Espeak()


def _word_starts(text: str, begun: list[tuple[int, int]], length: int) -> tuple[int, ...]:
    """The start of every written word; one that the voice joins to its neighbour begins between the two."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    known: list[int | None] = []
    for first, last in spans:
        known.append(next((at for position, at in begun if first <= position < last), None))
    starts: list[int] = []
    for number, at in enumerate(known):
        before = starts[-1] if starts else 0
        after = next((later for later in known[number + 1 :] if later is not None), length)
        starts.append((before + after) // 2 if at is None else at)
    return tuple(starts)


def with_flite(text: str, voice: str, path: Path) -> Spoken:
    """Speaks into a WAV file; flite's word times are not needed, for its recording is transcribed in the demo."""
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
    return Spoken(path, ())


def make(reading: dict[str, Any], folder: Path, target: Path) -> None:
    """Speaks one reading into `NAME.opus`; where the voices tell the words' times, also into `NAME.vtt`."""
    pieces = [clips.silence(_BETWEEN_SENTENCES)]
    pauses = [0]
    cues: list[Cue] = []
    position = _BETWEEN_SENTENCES
    count = 0
    for turn in reading["turns"]:
        program, _, voice = turn["voice"].partition(":")
        for number, sentence in enumerate(turn["sentences"]):
            path = folder / f"{count:03}.wav"
            spoken = (
                espeak().speak(sentence, voice, path)
                if program == "espeak"
                else with_flite(sentence, voice, path)
            )
            pieces.append(clips.normalised(clips.cut(path)))
            length = len(pieces[-1])
            if spoken.starts:
                ends = (*spoken.starts[1:], length)
                heard = tuple(
                    HeardWord(text, position + start, position + end)
                    for text, start, end in zip(sentence.split(), spoken.starts, ends, strict=True)
                )
                segment = Segment(
                    position, position + length, heard, turn.get("language", reading["language"])
                )
                cues += captions([segment], language=reading["language"], speaker=turn["speaker"])
            last = number == len(turn["sentences"]) - 1
            pause = _BETWEEN_TURNS if last else _BETWEEN_SENTENCES
            pauses.append(pause)
            position += length + pause
            count += 1
    clips.export_opus(clips.join(pieces, pauses[:-1]), target / f"{reading['name']}.opus", bitrate=_BITRATE)
    say(f"{reading['name']}.opus: {position / 1000:.0f} s")
    if cues:
        provenance = Provenance(language=reading["language"], engine="espeak-ng", source="readings.toml")
        transcript = Transcript(provenance).with_cues(tuple(cues))
        write_text(target / f"{reading['name']}.vtt", write_vtt(transcript))
        say(f"{reading['name']}.vtt: {len(cues)} cues")


def main() -> None:
    """Makes every recording of the demo again, in the folder that the first argument names."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    readings = tomllib.loads((DATA / "readings.toml").read_text(encoding="utf-8"))["readings"]
    for reading in readings:
        with tempfile.TemporaryDirectory() as folder:
            make(reading, Path(folder), target)


if __name__ == "__main__":
    main()
