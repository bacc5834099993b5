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
from pathlib import Path
from typing import Any

from onrecord.console import say
from onrecord.files import write_text
from onrecord.media import clips
from onrecord.site.demo import DATA
from onrecord.transcripts.captioning import caption
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.vtt import write_vtt

_BETWEEN_SENTENCES = 450  # ms
_BETWEEN_TURNS = 1100
_BITRATE = "24k"


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


_RETRIEVAL, _UTF8, _RATE, _WORD = 1, 1, 1, 1


def with_espeak(text: str, voice: str, path: Path) -> Spoken:
    """Speaks into a WAV file, with the start of every word."""
    library = ctypes.CDLL("libespeak-ng.so.1")
    rate = library.espeak_Initialize(_RETRIEVAL, 0, None, 0)
    sound = bytearray()
    begun: list[tuple[int, int]] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
    def listen(samples: Any, count: int, events: Any) -> int:
        if samples and count:
            sound.extend(ctypes.string_at(samples, count * 2))
        number = 0
        while events[number].type:
            if events[number].type == _WORD:
                begun.append((events[number].text_position - 1, events[number].audio_position))
            number += 1
        return 0

    library.espeak_SetSynthCallback(listen)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(_RATE, 145, 0)
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(sound))
    return Spoken(path, _word_starts(text, begun, int(len(sound) / 2 * 1000 / rate)))


def _word_starts(text: str, begun: list[tuple[int, int]], length: int) -> tuple[int, ...]:
    """The start of every written word; one that the voice joins to its neighbour begins between the two."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    known: list[int | None] = []
    for first, last in spans:
        known.append(next((at for position, at in begun if first <= position < last), None))
    starts: list[int] = []
    for number, at in enumerate(known):
        if at is None:
            before = starts[-1] if starts else 0
            after = next((later for later in known[number + 1 :] if later is not None), length)
            at = (before + after) // 2
        starts.append(at)
    return tuple(starts)


def with_flite(text: str, voice: str, path: Path) -> Spoken:
    """Speaks into a WAV file; flite's word times are not needed, for its recording is transcribed in the demo."""
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
    return Spoken(path, ())


def make(reading: dict[str, Any], folder: Path, target: Path) -> None:
    """Speaks one reading into `NAME.opus`; where the voices tell the words' times, also into `NAME.vtt`."""
    pieces: list[tuple[Path, int]] = []
    cues: list[Cue] = []
    position = _BETWEEN_SENTENCES
    count = 0
    for turn in reading["turns"]:
        program, _, voice = turn["voice"].partition(":")
        language = turn.get("language")
        for number, sentence in enumerate(turn["sentences"]):
            path = folder / f"{count:03}.wav"
            spoken = (with_espeak if program == "espeak" else with_flite)(sentence, voice, path)
            length = clips.length(path)
            if spoken.starts:
                words = tuple(
                    Word(text, position + start, language=language)
                    for text, start in zip(sentence.split(), spoken.starts, strict=True)
                )
                cues += caption(words, end=position + length, speaker=turn["speaker"])
            last = number == len(turn["sentences"]) - 1
            pause = _BETWEEN_TURNS if last else _BETWEEN_SENTENCES
            pieces.append((path, pause))
            position += length + pause
            count += 1
    clips.export_opus(clips.join(pieces, before=_BETWEEN_SENTENCES), target / f"{reading['name']}.opus", bitrate=_BITRATE)
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
