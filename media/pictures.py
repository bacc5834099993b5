"""The two pictures of a rendition: a poster, and the waveform of its sound.

Both are made from the rendition or from a picture of the event, never from the original, so nothing that was
trimmed away can be seen in them.
"""

from __future__ import annotations

from pathlib import Path

from onrecord.errors import NotMediaError, RenderError
from onrecord.media.audio import samples
from onrecord.media.container import open_media
from onrecord.media.ffmpeg import CLEAN, run, source
from onrecord.progress import Progress, Report, silent

PEAKS = 600
POSTER_WIDTH = 1280
_LOOK_AT = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.02)  # shares of the length
_LIVELY = 18.0  # standard deviation of the brightness (0-255) above which a frame is surely no blank one
_RATE = 8_000
_PIXELS = 64_000_000  # of a picture: what the best cameras make
_HALF = 50  # of the waveform's height


def make_poster(rendition: Path, target: Path, duration: int) -> bool:
    """Writes a JPEG of the liveliest of several frames that are looked at; False when there is none."""
    best, found = -1.0, None
    for share in _LOOK_AT:
        at = int(duration * share)
        spread = _spread(rendition, at)
        if spread is not None and spread > best:
            best, found = spread, at
        if best >= _LIVELY:
            break
    if found is None:
        return False
    run(
        ["-y", "-noaccurate_seek", "-ss", f"{found / 1000:.3f}", *source(rendition), "-map", "0:v:0",
        "-frames:v", "1",
        *_jpeg(target)],
        stage="poster", subject=target.name,
    )  # fmt: skip
    return target.exists()


def poster_of_picture(picture: Path, target: Path) -> None:
    """Writes a JPEG, PNG or WebP picture anew as JPEG: of the web's size, without the place and device it may
    carry.

    Raises `NotMediaError` when it is none of these.
    """
    with picture.open("rb") as file:
        head = file.read(12)
    kinds = {
        "jpeg_pipe": head[:3] == b"\xff\xd8\xff",
        "png_pipe": head[:4] == b"\x89PNG",
        "webp_pipe": head[8:12] == b"WEBP",
    }
    kind = next((name for name, is_so in kinds.items() if is_so), None)
    if kind is None:
        raise NotMediaError("this is no picture.", path=picture, advice="Give a JPEG, PNG or WebP file.")
    try:
        run(
            ["-y", "-f", kind, *source(picture, formats=kind, pixels=_PIXELS), "-map", "0:v:0", "-frames:v", "1",
             *_jpeg(target)],
            stage="poster", subject=target.name,
        )  # fmt: skip
    except RenderError as error:
        raise NotMediaError(
            f"this picture is damaged, or larger than {_PIXELS // 1_000_000} megapixels.",
            path=picture, advice="Save it anew, and smaller, in a picture editor.",
        ) from error  # fmt: skip


def make_waveform(rendition: Path, target: Path, duration: int, *, listen: Progress = silent) -> None:
    """Writes the loudness over time as an SVG for `<img>` or a CSS mask: one grey path, stretched to the box
    it is given.

    `viewBox` is `0 0 600 100`: peak `i` stands at x from `i` to `i + 1` and is the loudest sample between `i
    * duration / 600` and `(i + 1) * duration / 600`. Of the sound nothing but 600 numbers is kept in memory.
    """
    import numpy as np

    peaks = np.zeros(PEAKS)
    width = max(1.0, duration * _RATE / 1000 / PEAKS)  # samples in a peak
    done = 0
    for block in samples(rendition, rate=_RATE):
        places = np.minimum(((done + np.arange(len(block))) / width).astype(int), PEAKS - 1)
        np.maximum.at(peaks, places, np.abs(block))
        done += len(block)
        listen(Report("waveform", rendition.name, min(duration, done * 1000 // _RATE), duration, "ms"))
    loudest = max(0.02, float(peaks.max()))  # near silence stays near silence
    heights = np.maximum(1, np.minimum(_HALF, peaks / loudest * _HALF)).round().astype(int)
    bars = "".join(f"M{x} {_HALF - height}h1v{2 * height}h-1z" for x, height in enumerate(heights))
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PEAKS} {2 * _HALF}" '
        f'preserveAspectRatio="none">'
        f'<path fill="#808080" d="{bars}"/></svg>\n',
        encoding="utf-8",
    )


def _jpeg(target: Path) -> list[str]:
    size = rf"scale=w=min({POSTER_WIDTH}\,iw):h=-2,format=yuvj420p"
    return ["-vf", size, "-q:v", "4", *CLEAN, "-f", "image2", "-update", "1", str(target)]


def _spread(path: Path, at: int) -> float | None:
    """How much the brightness of the key frame before `at` (milliseconds) varies; None when there is none."""
    with open_media(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        container.seek(at * 1000 + (container.start_time or 0))
        for frame in container.decode(stream):
            return float(frame.reformat(width=64, height=36, format="gray").to_ndarray().std())
    return None
