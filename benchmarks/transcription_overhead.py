"""What our pieces, voice detection, journal and captions cost over the bare engine on the same recording:
under 5 %.

Real weights are not needed to measure time: this makes a Whisper of the real size (`small`, the default) in
CTranslate2's format whose encoder is random and whose decoder recites a fixed text of about a hundred tokens
for each window, with times and an end, as a trained one would. Every matrix is multiplied as in the real one.
The engine is faster-whisper with the same settings both times; bare, it is given the whole file. Both runs
are in one process, in turns, and the result is their ratio, in seconds of the processor (of all threads, so
that other work on the machine counts little): for one language, and for two allowed ones of which the spoken
one is decided window by window. The number of windows that the encoder was given is printed beside it: it does
not depend on the machine, and every piece may cost half a window more, its last one.

The smaller the model, the more all else weighs: `tiny` is the hardest case.

    python benchmarks/transcription_overhead.py [--minutes 60] [--size tiny]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import wave
import zipfile
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

LIMIT = 1.05
SIZES = {"tiny": (384, 4, 6), "base": (512, 6, 8), "small": (768, 12, 12)}
TOKENIZER = Path(__file__).parent.parent / "tests" / "models" / "tiny-whisper-ct2.zip"
SPOKEN = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and "
    "should act towards one another in a spirit of brotherhood. Everyone has the right to life, liberty and security of "
    "person. No one shall be held in slavery or servitude; slavery and the slave trade shall be prohibited in all forms."
)


def reciting_whisper(folder: Path, size: str) -> Path:
    """A model of the real size that says the same for every window; see above."""
    import numpy as np
    from ctranslate2.specs.whisper_spec import WhisperSpec
    from tokenizers import Tokenizer

    width, layers, heads = SIZES[size]
    chance = np.random.default_rng(1948)
    target = folder / f"reciting-{size}"
    target.mkdir()
    with zipfile.ZipFile(TOKENIZER) as packed:
        (target / "tokenizer.json").write_bytes(packed.read("tokenizer.json"))
    tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
    count = tokenizer.get_vocab_size()

    def number(token: str) -> int:
        found = tokenizer.token_to_id(token)
        assert found is not None, token
        return int(found)

    said = list(dict.fromkeys(tokenizer.encode(" " + SPOKEN, add_special_tokens=False).ids))
    said = [token for token in said if tokenizer.id_to_token(token).startswith("Ġ")]
    half = len(said) // 2
    text = [
        number("<|0.00|>"), *said[:half], number("<|14.00|>"), number("<|14.02|>"), *said[half:], number("<|29.96|>"),
        number("<|endoftext|>"),
    ]  # fmt: skip
    follows = {
        number("<|startoftranscript|>"): number("<|en|>"),
        number("<|transcribe|>"): text[0],
        number("<|notimestamps|>"): said[0],
        **dict(pairwise(text)),
    }

    def noise(*shape: int, scale: float = 0.02) -> Any:
        return (chance.standard_normal(shape) * scale).astype(np.float32)

    def linear(to: Any, rows: int, columns: int, scale: float = 0.02) -> None:
        to.weight, to.bias = noise(rows, columns, scale=scale), np.zeros(rows, np.float32)

    def norm(to: Any) -> None:
        to.gamma, to.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    embeddings = noise(count, width, scale=width**-0.5)
    spec = WhisperSpec(layers, heads, layers, heads)
    spec.encoder.conv1.weight, spec.encoder.conv1.bias = noise(width, 80, 3), np.zeros(width, np.float32)
    spec.encoder.conv2.weight, spec.encoder.conv2.bias = noise(width, width, 3), np.zeros(width, np.float32)
    spec.encoder.position_encodings.encodings = noise(1500, width)
    norm(spec.encoder.layer_norm)
    norm(spec.decoder.layer_norm)
    spec.decoder.embeddings.weight = embeddings
    spec.decoder.projection.weight = embeddings
    spec.decoder.position_encodings.encodings = np.zeros((448, width), np.float32)
    for index, layer in enumerate([*spec.encoder.layer, *spec.decoder.layer]):
        decoder = index >= layers
        quiet = 0.0 if decoder else 0.02  # nothing but the recited text reaches the decoder's stream
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * width, width)
        linear(layer.self_attention.linear[1], width, width, quiet)
        if decoder:
            norm(layer.attention.layer_norm)
            linear(layer.attention.linear[0], width, width)
            linear(layer.attention.linear[1], 2 * width, width)
            linear(layer.attention.linear[2], width, width, quiet)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 4 * width, width)
        linear(layer.ffn.linear_1, width, 4 * width, quiet)
    # The last layer knows what follows what: a unit for each token, which writes the next one's embedding.
    last = spec.decoder.layer[-1].ffn
    last.linear_0.bias -= width**0.5 / 2
    for unit, (token, following) in enumerate(follows.items()):
        last.linear_0.weight[unit] = embeddings[token] / np.linalg.norm(embeddings[token])
        last.linear_1.weight[:, unit] = embeddings[following]
    spec.config.lang_ids = [number(f"<|{code}|>") for code in ("en", "uk")]
    spec.config.alignment_heads = [
        (layer, head) for layer in range(layers // 2, layers) for head in range(heads)
    ]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.register_vocabulary([tokenizer.id_to_token(token) for token in range(count)])
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(target))
    return target


def record(folder: Path, minutes: float) -> Path:
    """The text read again and again by a free voice, as 16 kHz WAV."""
    flite = shutil.which("flite")
    if flite is None:
        sys.exit("flite is not installed (Debian's package flite)")
    once = folder / "once.wav"
    subprocess.run([flite, "-voice", "slt", "-t", SPOKEN, "-o", str(once)], check=True, capture_output=True)
    path = folder / "recording.wav"
    with wave.open(str(once)) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        data = source.readframes(source.getnframes()) + bytes(2 * source.getframerate())
        while target.getnframes() < minutes * 60 * source.getframerate():
            target.writeframes(data)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--size", choices=SIZES, default="tiny")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), given.minutes, given.size, given.rounds)


def run(folder: Path, minutes: float, size: str, rounds: int) -> None:
    """Measures, prints, and exits with 1 when the limit is passed."""
    from faster_whisper import WhisperModel

    from onrecord.archive import create_archive, open_archive
    from onrecord.events.model import Event, Recording
    from onrecord.media.originals import accept
    from onrecord.transcripts.engines import cores
    from onrecord.transcripts.transcribe import transcribe

    model = reciting_whisper(folder, size)
    path = record(folder, minutes)
    archive = create_archive(folder / "archive", "Benchmark")
    archive = open_archive(archive.root)
    recording = Recording(id="part-1", languages=("en",))
    starts = datetime(2024, 5, 1, 18)  # noqa: DTZ001 - an event's local time
    event = Event(
        stem="b", id="b", slug="b", title="B", starts=starts, timezone="UTC", recordings=(recording,)
    )
    accept(archive, "b", "part-1", path, source=path.name, tool="benchmark")

    windows = 0
    encode = WhisperModel.encode

    def counted(whisper: Any, features: Any) -> Any:
        nonlocal windows
        windows += 1
        return encode(whisper, features)

    WhisperModel.encode = counted  # type: ignore[method-assign]

    def engine_alone(languages: str) -> tuple[float, int]:
        nonlocal windows
        windows = 0
        began = time.process_time()
        bare = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=cores())
        segments, _ = bare.transcribe(
            str(path),
            language="en",
            multilingual="," in languages,
            hotwords="B.",
            word_timestamps=True,
            beam_size=5,
        )
        if not sum(len(segment.words or ()) for segment in segments):
            sys.exit("the engine said nothing")
        return time.process_time() - began, windows

    def ours(languages: str) -> tuple[float, int]:
        nonlocal windows
        windows = 0
        began = time.process_time()
        transcribe(
            archive, event, recording, engine="whisper", model=str(model), language=languages, again=True
        )
        return time.process_time() - began, windows

    print(f"model of the size '{size}', {minutes:g} minutes of speech, cores: {cores()}, int8", flush=True)
    worst = 0.0
    for label, languages in (("one language", "en"), ("two languages", "en,uk")):
        alone: list[tuple[float, int]] = []
        whole: list[tuple[float, int]] = []
        for number in range(rounds):
            for kind, kept in ((engine_alone, alone), (ours, whole))[:: -1 if number % 2 else 1]:
                kept.append(kind(languages))
        (bare_time, bare_windows), (own_time, own_windows) = (
            tuple(statistics.median(column) for column in zip(*rows, strict=True)) for rows in (alone, whole)
        )
        ratio = own_time / bare_time
        worst = max(worst, ratio)
        print(
            f"{label}: engine alone {bare_time:.1f} s and {bare_windows:.0f} windows,"
            f" ours {own_time:.1f} s and {own_windows:.0f} windows, {ratio:.3f}",
            flush=True,
        )
    print(f"overhead at most {100 * (worst - 1):.1f} % (limit {100 * (LIMIT - 1):.0f} %)")
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
