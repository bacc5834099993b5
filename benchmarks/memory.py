"""Memory against length: what reading the sound of ten minutes and of three hours takes, each in a process of
its own.

    python benchmarks/memory.py [MINUTES MINUTES]

Prints one line for each format: the two peaks of resident memory, their difference and their ratio, and how
many times faster than real time the longer one was read.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from onrecord.media.ffmpeg import program

_FORMATS = {
    "opus": ["-c:a", "libopus", "-b:a", "16k", "-compression_level", "0"],
    "flac": ["-compression_level", "0"],
}
_READ = """
import resource, sys, time
from pathlib import Path
from onrecord.media.audio import samples
began = time.monotonic()
count = sum(len(block) for block in samples(Path(sys.argv[1])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic() - began)
"""


def measure(path: Path, minutes: int) -> tuple[float, float]:
    """Peak memory in MiB and speed against real time of reading a file; checks that all of it was read."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _READ, path], capture_output=True, text=True, check=True
    )
    count, peak, seconds = done.stdout.split()
    assert abs(int(count) - minutes * 60 * 16_000) < 1600, f"{count} samples of {minutes} minutes"
    return int(peak) / 1024, minutes * 60 / float(seconds)


def main(arguments: list[str]) -> None:
    short, long = (int(text) for text in arguments) if arguments else (10, 180)
    with tempfile.TemporaryDirectory() as folder:
        for ending, codec in _FORMATS.items():
            figures = []
            for minutes in (short, long):
                path = Path(folder) / f"{minutes}.{ending}"
                noise = f"anoisesrc=d={60 * minutes}:c=brown:r=16000:a=0.3"
                command = [
                    program(),
                    "-v",
                    "error",
                    "-nostdin",
                    "-y",
                    "-f",
                    "lavfi",
                    "-i",
                    noise,
                    *codec,
                    path,
                ]
                subprocess.run(command, check=True)
                figures.append(measure(path, minutes))
                path.unlink()
            (small, _), (large, speed) = figures
            sys.stdout.write(
                f"audio memory, {ending}: {small:.0f} MiB for {short} min, {large:.0f} MiB for {long} min: "
                f"{large - small:+.0f} MiB, ratio {large / small:.2f}; {speed:.0f} times real time\n"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
