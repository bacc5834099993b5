"""How a rendition is encoded: which streams are copied, which made anew, and FFmpeg's arguments for both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from onrecord.errors import RenderError
from onrecord.media.ffmpeg import CLEAN, run, source
from onrecord.media.originals import Original
from onrecord.media.probe import Stream, read_to_end
from onrecord.progress import Progress, silent

_PROFILES = {"Baseline", "Constrained Baseline", "Main", "High"}
_LEVEL = 52  # 5.2: what browsers play
_PRIMING_MS = (
    150  # AAC's own run-up is hidden by an edit list in every file; more is content that somebody cut away
)
_EXACT = {
    ".mp4",
    ".m4a",
    ".mov",
    ".m4v",
    ".3gp",
    ".mkv",
    ".webm",
    ".mka",
}  # formats that say where a seek has led
_RUN_UP_MS = 10_000
# Phones film in high dynamic range (ITU-R BT.2100). Shown as it is by a player that does not know it, such a picture
# is grey and pale; so its light is brought into the range that every screen has.
_TONES = {
    kind: (
        f"zscale=tin={transfer}:pin=2020:min=2020_ncl:rin=limited:t=linear:npl=203",
        "format=gbrpf32le",
        "zscale=p=709",
        "tonemap=tonemap=mobius:desat=0",
        "zscale=t=709:m=709:r=limited",
    )
    for kind, transfer in (("pq", "smpte2084"), ("hlg", "arib-std-b67"))
}
_SDR = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")


@dataclass(frozen=True)
class Plan:
    """What is taken from the original: streams by index, copied or encoded; sizes in pixels as shown."""

    video: Stream | None
    audio: Stream | None
    copy_video: bool
    copy_audio: bool


def encode(
    original: Original,
    target: Path,
    *,
    kind: Literal["video", "audio"],
    trim: tuple[int, int] | None,
    max_height: int,
    copy: bool = True,
    subject: str = "",
    listen: Progress = silent,
) -> bool:
    """Writes the playable file; says whether any stream was copied.

    `trim` is (start, end) in milliseconds of the original. Raises `RenderError`, or `StorageError` for a full
    disk.
    """
    plan = _plan(original, kind, max_height, copy=copy and trim is None)
    total = trim[1] - trim[0] if trim else original.duration
    run(_arguments(original, target, plan, trim, max_height), subject=subject, total_ms=total, listen=listen)
    return plan.copy_video or plan.copy_audio


def _plan(original: Original, kind: Literal["video", "audio"], max_height: int, *, copy: bool) -> Plan:
    video = original.video[0] if kind == "video" and original.video else None
    audio = next(
        (track for track in original.audio if track.main), original.audio[0] if original.audio else None
    )
    if video is None and audio is None:
        raise RenderError(
            "it has no sound, and its pictures are not wanted.",
            path=original.path,
            advice="Leave out its kind.",
        )
    copy_video = copy and video is not None and _video_fits(video, max_height)
    copy_audio = copy and audio is not None and _audio_fits(audio)
    if copy_video or copy_audio:
        # What an edit list of the original hides would be in a copy of its streams.
        hidden = {track.index: track.hidden_ms for track in read_to_end(original.path, decode=False).tracks}
        copy_video = copy_video and video is not None and hidden.get(video.index, 0) == 0
        copy_audio = copy_audio and audio is not None and hidden.get(audio.index, 0) <= _PRIMING_MS
    return Plan(video, audio, copy_video, copy_audio)


def _video_fits(stream: Stream, max_height: int) -> bool:
    return (
        stream.codec == "h264"
        and stream.pixels in {"yuv420p", "yuvj420p"}
        and stream.profile in _PROFILES
        and 0 < stream.level <= _LEVEL
        and not stream.interlaced
        and not stream.high_range
        and _shown(stream)[1] <= max_height
    )


def _audio_fits(stream: Stream) -> bool:
    return (
        stream.codec == "aac"
        and stream.profile == "LC"
        and stream.channels <= 2
        and 22_050 <= stream.rate <= 48_000
    )


def _shown(stream: Stream) -> tuple[float, float]:
    """Width and height as a player shows them."""
    width, height = stream.width * stream.aspect, float(stream.height)
    return (height, width) if stream.rotation in {90, 270} else (width, height)


def _size(stream: Stream, max_height: int) -> tuple[int, int]:
    """The size of the encoded picture: even numbers, as yuv420p needs them."""
    width, height = _shown(stream)
    share = min(1.0, max_height / height)
    return max(2, round(width * share / 2) * 2), max(2, int(height * share / 2) * 2)


def _arguments(
    original: Original, target: Path, plan: Plan, trim: tuple[int, int] | None, max_height: int
) -> list[str]:
    begin = end = 0.0
    arguments = ["-y"]
    if trim is not None:
        # The run-up before the start is decoded and cut off by the filters, to the sample and to the frame.
        exact = original.path.suffix in _EXACT
        skipped = max(0, trim[0] - _RUN_UP_MS) if exact else 0
        begin, end = (trim[0] - skipped) / 1000, (trim[1] - skipped) / 1000
        arguments += ["-ss", f"{skipped / 1000:.3f}", "-t", f"{end + 1:.3f}"]
    arguments += source(original.path)
    if plan.video is not None:
        arguments += [
            "-map",
            f"0:{plan.video.index}",
            *_video(plan, trim is not None, begin, end, max_height),
        ]
    if plan.audio is not None:
        arguments += ["-map", f"0:{plan.audio.index}", *_audio(plan, trim is not None, begin, end)]
    return [
        *arguments, "-sn", "-dn", *CLEAN, "-empty_hdlr_name", "1", "-write_tmcd", "0", "-movflags",
        "+faststart",
        "-f", "mp4" if plan.video is not None else "ipod", str(target),
    ]  # fmt: skip


def _video(plan: Plan, cut: bool, begin: float, end: float, max_height: int) -> list[str]:
    # NAL units of type 6 (SEI) hold what cameras and encoders say of themselves, and closed captions.
    unsaid = ["-bsf:v", "filter_units=remove_types=6"]
    if plan.copy_video:
        return ["-c:v", "copy", *unsaid]
    assert plan.video is not None
    width, height = _size(plan.video, max_height)
    filters = [f"trim=start={begin:.3f}:end={end:.3f},setpts=PTS-{begin:.3f}/TB"] if cut else []
    if plan.video.interlaced:
        filters.append("bwdif=mode=send_frame:deint=interlaced")
    filters += [
        f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2",
        f"pad={width}:{height}:-1:-1",  # meetings change their size in the middle; the rendition does not
        *_TONES.get(plan.video.high_range, ()),
        "setsar=1",
        "setpts=if(eq(N\\,0)\\,0\\,PTS)",  # the first frame is shown from the beginning
        "format=yuv420p",
    ]
    return [
        "-vf", ",".join(filters), "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v",
        "high",
        *(_SDR if plan.video.high_range else ()),
        "-fps_mode", "vfr", "-force_key_frames", "expr:gte(t,n_forced*4)", *unsaid,
        "-metadata:s:v:0", "encoder=H.264",  # or the program would name itself there
    ]  # fmt: skip


def _audio(plan: Plan, cut: bool, begin: float, end: float) -> list[str]:
    if plan.copy_audio:
        return ["-c:a", "copy"]
    assert plan.audio is not None
    filters = [f"atrim=start={begin:.3f}:end={end:.3f},asetpts=PTS-{begin:.3f}/TB"] if cut else []
    filters.append(
        "aresample=async=1:first_pts=0"
    )  # gaps become silence, so that sound and picture stay together
    mono = plan.audio.channels == 1
    rate = "44100" if plan.audio.rate == 44_100 else "48000"
    return [
        "-af",
        ",".join(filters),
        "-c:a",
        "aac",
        "-b:a",
        "96k" if mono else "128k",
        "-ar",
        rate,
        "-ac",
        "1" if mono else "2",
    ]
