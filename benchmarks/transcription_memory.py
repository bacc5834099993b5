"""Memory against length: transcribing three hours must not take 150 MB more than transcribing ten minutes.

The sound is mostly silence with a sentence of synthetic speech now and then, as FLAC, so that the run is
about streaming, cutting, the voice detector, pocketsphinx (in the pieces in which somebody speaks), journal
and captions, and not about hours of recognition. Each length runs in a process of its own, which tells its
own peak.

    python benchmarks/transcription_memory.py [--hours 3]
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from datetime import datetime
from pathlib import Path

LIMIT_MB = 150
SENTENCE = "Everyone has the right to rest and leisure."


def record(folder: Path, minutes: int) -> Path:
    """Sound of `minutes`: silence, and the sentence once in twenty minutes."""
    import av
    import numpy as np

    said = folder / "said.wav"
    flite = shutil.which("flite")
    if flite is None:
        sys.exit("flite is not installed (Debian's package flite)")
    subprocess.run([flite, "-voice", "rms", "-t", SENTENCE, "-o", str(said)], check=True, capture_output=True)
    with wave.open(str(said)) as file:
        speech = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    path = folder / f"{minutes}.flac"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=16_000, layout="mono")
        for minute in range(minutes):
            samples = np.zeros(16_000 * 60, np.int16)
            if minute % 20 == 0:
                samples[16_000 : 16_000 + len(speech)] = speech
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.sample_rate = 16_000
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def transcribe_one(folder: Path, path: Path) -> None:
    """Transcribes a file in a fresh archive, and prints seconds, peak memory in MB, and what was found."""
    from onrecord.archive import create_archive, open_archive
    from onrecord.events.model import Event, Recording
    from onrecord.media.originals import accept
    from onrecord.transcripts.transcribe import transcribe

    archive = create_archive(folder / "archive", "Benchmark")
    archive.settings_file.write_text(
        'format = 1\ntitle = "Benchmark"\n[transcription]\nengine = "pocketsphinx"\n', encoding="utf-8"
    )
    archive = open_archive(archive.root)
    starts = datetime(2024, 5, 1, 18)  # noqa: DTZ001 - an event's local time
    recording = Recording(id="part-1", languages=("en",))
    event = Event(
        stem="b", id="b", slug="b", title="B", starts=starts, timezone="UTC", recordings=(recording,)
    )
    accept(archive, "b", "part-1", path, source=path.name, tool="benchmark")
    began = time.perf_counter()
    written = transcribe(archive, event, recording)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {"seconds": seconds, "peak": peak, "cues": written.read_text(encoding="utf-8").count("-->")}
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.one:
            transcribe_one(folder, given.one)
            return
        peaks = []
        for minutes in (10, round(given.hours * 60)):
            path = record(folder, minutes)
            command = [sys.executable, __file__, "--one", str(path)]
            told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            peaks.append(told["peak"])
            print(f"{minutes} min: {told['seconds']:.1f} s, peak {told['peak']:.0f} MB, {told['cues']} cues")
    more = peaks[1] - peaks[0]
    print(
        f"three hours over ten minutes: {more:+.0f} MB, ratio {peaks[1] / peaks[0]:.2f} (limit {LIMIT_MB} MB)"
    )
    sys.exit(more > LIMIT_MB)


if __name__ == "__main__":
    main()
