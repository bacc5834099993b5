"""Running FFmpeg: the program that comes with the wheel `imageio-ffmpeg`, so that nothing has to be installed
by hand.

It starts through `limits.py`: bound in memory, and killed by the kernel when we are killed
(PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO

from onrecord.errors import RenderError, StorageError
from onrecord.media import limits
from onrecord.media.container import FORMATS, PIXELS, PROTOCOLS, address
from onrecord.progress import Progress, Report, silent

MEMORY = 8 << 30
# No metadata, no chapters, no names of programs or handlers, no dates.
CLEAN = (
    "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1",
    "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
)  # fmt: skip


@cache
def program() -> Path:
    """Where FFmpeg is; raises `RenderError` when the wheel holds none for this machine."""
    import imageio_ffmpeg

    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise RenderError(
            "there is no FFmpeg for this machine.",
            advice="Install one, and name it in the environment as IMAGEIO_FFMPEG_EXE.",
        ) from error


def source(path: Path, *, formats: str = FORMATS, pixels: int = PIXELS) -> list[str]:
    """The arguments that open `path` as input, and nothing it may point to, nor a picture of more than `pixels`."""
    return [
        "-protocol_whitelist", PROTOCOLS, "-format_whitelist", formats, "-max_pixels", str(pixels), "-i", address(path),
    ]  # fmt: skip


def run(
    arguments: Sequence[str],
    *,
    stage: str = "render",
    subject: str = "",
    total_ms: int | None = None,
    listen: Progress = silent,
) -> None:
    """Runs FFmpeg to its end and reports its position in the output in milliseconds.

    Raises `StorageError` when the disk is full, `RenderError` with FFmpeg's own last words otherwise. When
    the block is left by an exception, FFmpeg is killed first.
    """
    command = [
        sys.executable, "-I", "-S", limits.__file__, str(os.getpid()), str(MEMORY),
        str(program()), "-hide_banner", "-nostdin", "-loglevel", "level+warning", "-nostats", "-progress",
        "pipe:1", *arguments,
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        try:
            _follow(process.stdout, stage, subject, total_ms, listen)
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            process.stdout.close()
        if code:
            said.seek(max(0, os.fstat(said.fileno()).st_size - 20_000))
            raise _error(code, said.read().decode("utf-8", "replace"))
    listen(Report(stage, subject, total_ms or 0, total_ms or 0, "ms"))


def _follow(pipe: IO[bytes], stage: str, subject: str, total_ms: int | None, listen: Progress) -> None:
    """Passes on the position that FFmpeg reports."""
    for line in pipe:
        name, _, value = line.decode("ascii", "replace").strip().partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():
            done = max(0, int(value) // 1000)
            if total_ms is None or done < total_ms:  # the end is reported once, when it has been written out
                listen(Report(stage, subject, done, total_ms, "ms"))


def _error(code: int, words: str) -> RenderError | StorageError:
    """FFmpeg's failure as a person should read it."""
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return StorageError(
            "the disk is full.", advice="Free some space, then run the same command again; nothing was lost."
        )
    if code < 0:
        return RenderError(
            f"FFmpeg was stopped by signal {-code}.",
            advice="Run it again; if it stops again, the file breaks it.",
        )
    lines = [
        re.sub(r"\[[^\]]*\] ?", "", line).strip()
        for line in words.splitlines()
        if re.search(r"\[(error|fatal)\]", line)
    ]
    telling = list(dict.fromkeys(line.rstrip(".") for line in lines if line))
    return RenderError(
        f"FFmpeg could not do it: {'; '.join(telling[-4:]) or f'exit code {code}'}.",
        advice="Open the original in a player; if it plays, save it in another format and take that.",
    )
