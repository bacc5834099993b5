"""Recordings on platforms: found by yt-dlp, fetched in our own files, with the platform's captions, picture and metadata.

Every file has a name of ours. What is in the folder belongs to one recording in one choice of formats (`plan.json`);
when the platform offers another, it is fetched anew.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onrecord.errors import FetchError, NotMediaError, OnrecordError, UsageError
from onrecord.files import make_folder, settle, write_text
from onrecord.languages import language_tag
from onrecord.media.address import shown_address
from onrecord.media.arrival import Arrival
from onrecord.media.http import PageFoundError, download
from onrecord.media.partial import Bounds, Partial
from onrecord.media.web import Web, no_recording
from onrecord.media.ytdlp import TOOL, YtDlp, still_live

_LIVE = {"is_live", "is_upcoming", "post_live"}
_PICTURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"RIFF": "webp", b"GIF8": "gif"}
_PICTURE_BYTES = 8 << 20
_CAPTION_BYTES = 32 << 20
_CAPTION_FORMATS = ("vtt", "srt", "json3", "ttml")
_ENDINGS = {
    "mp4",
    "m4a",
    "webm",
    "mkv",
    "mov",
    "mp3",
    "ogg",
    "opus",
    "ts",
    "aac",
    "wav",
    "flac",
    "avi",
    "wmv",
    "3gp",
}
_CHAT = {"live_chat", "rechat", "comments", "danmaku"}
# What is known of a recording, as far as it may lie in an archive for good: no addresses of streams, which hold ours.
_KEPT = (
    "id", "title", "alt_title", "description", "uploader", "uploader_id", "uploader_url", "channel", "channel_id",
    "channel_url", "upload_date", "release_date", "timestamp", "duration", "language", "license", "categories", "tags",
    "webpage_url", "extractor", "format_id", "ext", "width", "height", "fps", "vcodec", "acodec", "live_status",
    "was_live", "availability", "location", "series", "episode",
)  # fmt: skip


def fetch_from_platform(
    web: Web,
    url: str,
    folder: Path,
    bounds: Bounds,
    *,
    sound_only: bool = False,
    max_height: int = 1080,
    languages: tuple[str, ...] = (),
    passcode: str = "",
    tell: Callable[[float, float | None, str], None] = lambda done, total, note: None,
) -> Arrival:
    """The recording behind `url`, in files in `folder`, which is this recording's own and holds what came before.

    Takes the best up to `max_height`, of equals what plays everywhere. `tell` hears bytes. Raises `FetchError` (a live stream
    that has not ended is one), `NotMediaError` for a page without a recording, `StorageError` when the disk is full.
    """
    options = {
        "format": "ba/b" if sound_only else "bv*+ba/b",
        # Renditions are H.264 and AAC: what is that already is copied, not encoded.
        "format_sort": [f"res:{max_height}", "vcodec:h264", "acodec:aac"],
    }
    with YtDlp(web, passcode=passcode, **options) as finder:
        tell(0, None, "looking for the recording")
        found = the_one(finder, url)
        parts = found.get("requested_formats") or [found]
        refuse_live(found)
        _prepare(folder, url, found, parts)
        sizes = [part.get("filesize") for part in parts]
        total = sum(sizes) if all(sizes) else None
        if total is not None:
            bounds.check(
                folder, total, sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
            )
        done = 0
        files: list[Path] = []
        for number, part in enumerate(parts):

            def told(here: float, whole: float | None, before: int = done) -> None:
                rest = total if total is not None else (before + whole if whole and len(parts) == 1 else None)
                tell(before + here, rest, "")

            files.append(_fetch_part(finder, part, folder / f"part-{number}", url, bounds, told))
            done += files[-1].stat().st_size
        beside, captions = _beside(finder, found, make_folder(folder / "beside"), languages)
        if len(files) > 1:
            bounds.check(folder, done)
        whole = files[0] if len(files) == 1 else _merge(files, folder, parts)
        size = files[0].stat().st_size if len(files) == 1 else None
        length = found.get("duration")
        return Arrival(
            whole,
            shown_address(url),
            TOOL,
            size,
            round(length * 1000) if isinstance(length, int | float) and length > 0 else None,
            _metadata(found, captions),
            beside,
        )


def the_one(finder: YtDlp, url: str, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """The one recording behind an address; a page or a list with one entry leads to it. `found`: what stands there."""
    found = found or finder.find(url)
    for _ in range(3):
        if found.get("_type", "video") not in ("playlist", "multi_video"):
            break
        entries = [entry for entry in (found.get("entries") or []) if entry]
        if not entries:
            raise no_recording(url)
        if len(entries) > 1:
            titles = ", ".join(
                f"'{str(entry.get('title') or entry.get('id'))[:60]}'" for entry in entries[:2]
            )
            raise NotMediaError(
                f"this address leads to several recordings ({titles} are the first).", url=shown_address(url),
                advice="Register each of them with its own address.",
            )  # fmt: skip
        entry = entries[0]
        if entry.get("formats") or entry.get("requested_formats"):
            found = entry
        elif entry.get("url"):
            found = finder.find(entry["url"])
        else:
            raise no_recording(url)
    if not (found.get("requested_formats") or found.get("url")):
        raise no_recording(url)
    return found


def refuse_live(found: Mapping[str, Any]) -> None:
    """Raises `FetchError` for a stream that has not ended."""
    if found.get("is_live") or found.get("live_status") in _LIVE:
        begins = found.get("release_timestamp")
        raise still_live(datetime.fromtimestamp(begins, UTC) if isinstance(begins, int | float) else None)


def _prepare(folder: Path, url: str, found: Mapping[str, Any], parts: list[dict[str, Any]]) -> None:
    """Empties the folder unless what is there belongs to this recording in these formats."""
    plan = {
        "source": shown_address(url),
        "platform": str(found.get("extractor_key") or found.get("extractor")),
        "id": str(found.get("id")),
        "formats": [
            [str(part.get("format_id")), str(part.get("protocol")), part.get("filesize")] for part in parts
        ],
    }
    note = folder / "plan.json"
    try:
        same = json.loads(note.read_text(encoding="utf-8")) == plan
    except (OSError, ValueError):
        same = False
    if not same:
        if folder.exists():
            shutil.rmtree(folder)
        make_folder(folder)
        write_text(note, json.dumps(plan))


def _fetch_part(
    finder: YtDlp,
    part: Mapping[str, Any],
    place: Path,
    url: str,
    bounds: Bounds,
    tell: Callable[[float, float | None], None],
) -> Path:
    """One stream as a file; one that is there is whole, because it gets this name last."""
    ending = str(part.get("ext") or "").lower()
    if ending not in _ENDINGS:
        ending = "bin"  # a name from outside is never part of a name of ours
    whole = place.with_name(f"{place.name}.{ending}")
    if whole.exists():
        tell(whole.stat().st_size, whole.stat().st_size)
        return whole
    if str(part.get("protocol")) in ("http", "https"):
        chunk = (part.get("downloader_options") or {}).get("http_chunk_size")
        came = place.with_name(f"{place.name}.part")
        try:
            download(
                finder.client, str(part["url"]), came, bounds, of=f"{shown_address(url)} {part.get('format_id')}",
                headers=part.get("http_headers"), chunk=chunk if isinstance(chunk, int) else None, tell=tell,
            )  # fmt: skip
        except PageFoundError:
            raise no_recording(url) from None
    else:
        came = place.with_name(f"{place.name}.pieces")
        looked = 0

        def hook(state: Mapping[str, Any]) -> None:
            nonlocal looked
            here = int(state.get("downloaded_bytes") or 0)
            if here > bounds.largest or here - looked > 32 << 20:
                bounds.check(came.parent, here, here)
                looked = here
            guess = state.get("total_bytes") or state.get("total_bytes_estimate")
            tell(here, float(guess) if guess else None)

        bounds.check(came.parent, 0)
        finder.download_pieces(part, came, hook, url)
    settle(came, whole)
    Partial(came, bounds).discard()
    return whole


def _merge(files: list[Path], folder: Path, parts: list[dict[str, Any]]) -> Path:
    """Picture and sound in one file, without encoding."""
    from onrecord.media import ffmpeg

    endings = {file.suffix for file in files}
    ending = "mp4" if endings <= {".mp4", ".m4a"} else "webm" if endings == {".webm"} else "mkv"
    whole = folder / f"whole.{ending}"
    maps: list[str] = []
    for number, part in enumerate(parts):
        for kind, codec in (("v", "vcodec"), ("a", "acodec")):
            if part.get(codec) != "none":
                maps += ["-map", f"{number}:{kind}:0?"]
    sources = [argument for file in files for argument in ffmpeg.source(file)]
    ffmpeg.run(
        [*sources, *maps, "-c", "copy", "-y", str(whole)], stage="fetch", subject="joining picture and sound"
    )
    return whole


def _beside(
    finder: YtDlp, found: Mapping[str, Any], folder: Path, languages: tuple[str, ...]
) -> tuple[dict[str, Path], list[dict[str, str]]]:
    """The captions and the picture; the recording matters more, so what fails here is left out and said in the metadata."""
    files: dict[str, Path] = {}
    notes: list[dict[str, str]] = []
    chosen = offered_captions(found, languages)
    written = {language for kind, language, _ in chosen if kind == "manual"}
    for kind, language, choice in chosen:
        ending = str(choice.get("ext"))
        # Captions that a machine made stand in for those that people made only where there are none.
        aside = kind == "automatic" and language in written
        suffix = f"{'automatic' if aside else 'captions'}.{language}.{ending}"
        note = {"kind": kind, "language": language, "file": suffix}
        try:
            if choice.get("data") is not None:
                data = str(choice["data"]).encode("utf-8")
            elif str(choice.get("protocol") or "").startswith("m3u8"):
                pieces = folder / "captions.pieces"
                finder.download_pieces(
                    {**choice, "ext": ending}, pieces, lambda state: None, str(choice["url"])
                )
                data = pieces.read_bytes()
                pieces.unlink()
            else:
                data = finder.read(str(choice["url"]), choice.get("http_headers"))
            if not data.strip() or len(data) > _CAPTION_BYTES:
                raise FetchError("they are empty or too large.")
            (folder / suffix).write_bytes(data)
            files[suffix] = folder / suffix
        except (FetchError, NotMediaError) as error:
            note = {**note, "file": "", "error": error.message}
        notes.append(note)
    for picture in sorted(found.get("thumbnails") or [], key=_preference, reverse=True)[:3]:
        try:
            data = finder.read(str(picture["url"]), picture.get("http_headers"))
        except (OnrecordError, KeyError):
            continue
        ending = next((name for head, name in _PICTURES.items() if data.startswith(head)), "")
        if ending and len(data) <= _PICTURE_BYTES:
            (folder / f"picture.{ending}").write_bytes(data)
            files[f"picture.{ending}"] = folder / f"picture.{ending}"
            break
    return files, notes


def _preference(picture: Mapping[str, Any]) -> tuple[int, int]:
    return int(picture.get("preference") or 0), int(picture.get("width") or 0)


def offered_captions(
    found: Mapping[str, Any], languages: tuple[str, ...]
) -> list[tuple[str, str, dict[str, Any]]]:
    """Which captions are kept: all that people made, and the automatic ones of the language that was spoken.

    A platform offers its automatic captions in a hundred machine translations; those are left where they are.
    """
    chosen: list[tuple[str, str, dict[str, Any]]] = []
    for key, offers in (found.get("subtitles") or {}).items():
        if key not in _CHAT and (tag := _tag(key)) and (offer := _best(offers, _CAPTION_FORMATS)):
            chosen.append(("manual", tag, offer))
    automatic = found.get("automatic_captions") or {}
    spoken = [found.get("language"), *languages] if found.get("language") else list(languages)
    keys = [key for key in automatic if key.endswith("-orig")] or [
        key
        for word in spoken
        for key in automatic
        if word and key.split("-")[0].lower() == word.split("-")[0].lower()
    ][:1]
    if not keys and len(automatic) == 1:
        keys = list(automatic)
    for key in keys:
        # json3 holds the time of every word
        if (tag := _tag(key.removesuffix("-orig"))) and (
            offer := _best(automatic[key], ("json3", *_CAPTION_FORMATS))
        ):
            chosen.append(("automatic", tag, offer))
    return list({(kind, tag): (kind, tag, offer) for kind, tag, offer in reversed(chosen)}.values())[::-1]


def _best(offers: list[dict[str, Any]], endings: tuple[str, ...]) -> dict[str, Any] | None:
    return next((offer for ending in endings for offer in offers if offer.get("ext") == ending), None)


def _tag(key: str) -> str | None:
    try:
        return language_tag(key.replace("_", "-"))
    except UsageError:
        short = key.replace("_", "-").split("-")[0]
        return language_tag(short) if re.fullmatch(r"[A-Za-z]{2,3}", short) else "und"


def _metadata(found: Mapping[str, Any], captions: list[dict[str, str]]) -> dict[str, Any]:
    """What the platform says of the recording, as it may be kept."""
    kept = {key: found[key] for key in _KEPT if found.get(key) not in (None, "", [])}
    if str(kept.get("extractor")).lower() in ("generic", "html5"):
        kept["title"] = str(kept.get("title") or "").removesuffix(" (1)")  # yt-dlp counts the films of a page
    for key in ("webpage_url", "uploader_url", "channel_url"):
        if key in kept:
            kept[key] = shown_address(str(kept[key]))
    chapters = [
        {
            "title": str(chapter.get("title") or ""),
            "start_ms": round(float(chapter.get("start_time") or 0) * 1000),
        }
        for chapter in found.get("chapters") or []
    ]
    return {**kept, **({"chapters": chapters} if chapters else {}), "captions": captions}
