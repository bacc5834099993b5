"""The originals: each recording as it came, checked, never modified, with a record beside it of where it came
from.

`<recording>.json` is that record; it also keeps the last attempt to fetch, if it failed. The original itself
is put in its place last, so that whoever sees it there sees it whole, checked and in the manifest; after a
crash the same step is run again.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from onrecord.archive import Archive
from onrecord.errors import FormatError, IncompleteMediaError, NotMediaError
from onrecord.files import copy_file, make_folder, settle, sha256, sync_folder, write_text
from onrecord.media.manifest import Problem, change_manifest, verify
from onrecord.media.probe import Probe, Reading, Stream, Streams, probe, read_to_end
from onrecord.progress import Progress, silent
from onrecord.timecode import clock

__all__ = [
    "KEEP_AS_IT_IS", "Attempt", "Original", "Problem", "accept", "find_original", "keep_side_file", "last_attempt",
    "record_failure", "verify",
]  # fmt: skip

# The endings that a format may have on disk, the usual one first.
_ENDINGS = {
    "mov": ("mp4", "m4a", "mov", "m4v", "3gp"), "matroska": ("mkv", "webm", "mka"), "ogg": ("ogg", "opus",
    "oga", "ogv"),
    "asf": ("wmv", "wma", "asf"), "mpegts": ("ts", "mts", "m2ts"), "mp3": ("mp3",), "wav": ("wav",),
    "flac": ("flac",),
    "aac": ("aac",), "amr": ("amr",), "avi": ("avi",), "aiff": ("aiff", "aif"), "caf": ("caf",),
}  # fmt: skip
_ALL_ENDINGS = {ending for family in _ENDINGS.values() for ending in family}
_WEB_CODECS = {"vp8", "vp9", "av1", "opus", "vorbis"}
KEEP_AS_IT_IS = "--keep-as-it-is"  # the flag that takes a recording though it is shorter than it says
_SUFFIX = re.compile(r"[a-z]+(\.[A-Za-z0-9-]+)*\.[a-z0-9]{1,5}")


@dataclass(frozen=True)
class Original(Streams):
    """An original that stands in its place. `duration` is in milliseconds, as found by reading it to its end.

    `kept` says what did not fit when a person decided to keep it as it is; else it is empty.
    """

    stem: str
    recording_id: str
    path: Path
    sha256: str
    size: int
    duration: int
    streams: tuple[Stream, ...]
    source: str
    fetched: datetime
    tool: str
    warnings: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True)
class Attempt:
    """A fetch that failed: why, whether trying again can help, how often it was tried, when it may be tried
    again.
    """

    error: str
    permanent: bool
    tries: int
    not_before: datetime | None = None


def find_original(archive: Archive, stem: str, recording_id: str) -> Original | None:
    """The original of a recording, or None when there is none. Raises `FormatError` for a broken record."""
    path = _record_file(archive, stem, recording_id)
    record = _read_record(path)
    if "file" not in record:
        return None
    try:
        file = archive.media(stem) / record["file"]
        if not file.is_file():
            return None
        return Original(
            stem, recording_id, file, record["sha256"], record["size"], record["duration_ms"],
            tuple(Stream(**stream) for stream in record["streams"]), record["source"],
            datetime.fromisoformat(record["fetched"]), record["tool"], tuple(record["warnings"]),
            record["kept_as_it_is"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(path) from error


def accept(
    archive: Archive,
    stem: str,
    recording_id: str,
    file: Path,
    *,
    source: str,
    tool: str,
    metadata: Mapping[str, Any] | None = None,
    expected_size: int | None = None,
    expected_ms: int | None = None,
    keep_as_it_is: bool = False,
    listen: Progress = silent,
) -> Original:
    """Checks a fetched file in every way, then makes it the original of a recording.

    A file in the archive's work folder is moved, any other is copied. `expected_size` is what the server
    announced in bytes, `expected_ms` the length that the source gave. `metadata` is kept as
    `<recording>.metadata.json`. What stood there before and differs is kept as
    `<recording>.replaced-<n>.<ending>`.

    Raises `NotMediaError`; `IncompleteMediaError` when lengths do not fit and `keep_as_it_is` is not set.
    Then nothing has changed and the file is where it was. A file without the announced number of bytes is
    never kept.
    """
    if not file.is_file() or file.stat().st_size == 0:
        raise NotMediaError("the file is empty or not there.", path=file, advice="Fetch it again.")
    size = file.stat().st_size
    if expected_size is not None and size != expected_size:
        raise IncompleteMediaError(
            f"{size} bytes came of the {expected_size} that were announced.",
            path=file,
            advice="Fetch it again.",
        )
    probed = probe(file)
    reading = read_to_end(file, listen=listen)
    misfits = _misfits(probed, reading, expected_ms)
    if misfits and not keep_as_it_is:
        raise IncompleteMediaError(
            " ".join(misfits),
            path=file,
            advice=f"Get it from its source once more; if this is all there is, take it with {KEEP_AS_IT_IS}.",
        )
    digest = sha256(file)
    standing = find_original(archive, stem, recording_id)
    if standing is not None and standing.sha256 == digest:
        if file.is_relative_to(archive.hidden):
            file.unlink()
        _forget_attempt(_record_file(archive, stem, recording_id))
        return standing
    folder = make_folder(archive.media(stem))
    target = folder / f"{recording_id}.{_ending(probed, file, source)}"
    record = {
        "format": 1,
        "recording": recording_id,
        "file": target.name,
        "size": size,
        "sha256": digest,
        "duration_ms": reading.duration_ms,
        "declared_duration_ms": probed.duration_ms,
        "duration_is_estimate": probed.duration_is_estimate,
        "container": probed.format,
        "streams": [asdict(stream) for stream in probed.streams],
        "source": source,
        "fetched": datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "tool": tool,
        "decode_errors": reading.errors,
        "warnings": _warnings(probed, reading),
        "kept_as_it_is": " ".join(misfits),
    }
    if not file.is_relative_to(archive.hidden):
        copy = make_folder(archive.work(stem)) / f"{recording_id}.accepted"
        copy_file(file, copy)
        if sha256(copy) != digest:
            raise IncompleteMediaError(
                "the file changed while it was read.", path=file, advice="Try again when it stands still."
            )
        file = copy
    _set_aside(archive, stem, recording_id, keep=target if _same(target, digest) else None)
    rows = {target.name: digest}
    if metadata:
        text = json.dumps(metadata, ensure_ascii=False, indent=2, default=str) + "\n"
        beside = folder / f"{recording_id}.metadata.json"
        write_text(beside, text)
        rows[beside.name] = sha256(beside)
    change_manifest(archive, stem, lambda manifest: _enter(manifest, recording_id, rows))
    _write_record(_record_file(archive, stem, recording_id), record)
    file.chmod(0o444)  # a reminder: an original is never modified
    settle(file, target)
    found = find_original(archive, stem, recording_id)
    assert found is not None
    return found


def keep_side_file(archive: Archive, stem: str, recording_id: str, suffix: str, file: Path) -> Path:
    """Moves what came with a recording beside it, as `<recording>.<suffix>`: `captions.en.vtt`,
    `picture.jpg`.

    The file must be in the archive's work folder. It stands in the manifest before it stands in its place.
    """
    assert _SUFFIX.fullmatch(suffix), suffix
    target = make_folder(archive.media(stem)) / f"{recording_id}.{suffix}"
    digest = sha256(file)
    change_manifest(archive, stem, lambda manifest: manifest.update({target.name: digest}))
    settle(file, target)
    return target


def last_attempt(archive: Archive, stem: str, recording_id: str) -> Attempt | None:
    """The last attempt to fetch, when it failed; None after a success, and when there was none."""
    found = _read_record(_record_file(archive, stem, recording_id)).get("attempt")
    if not isinstance(found, dict):
        return None
    later = found.get("not_before")
    return Attempt(
        str(found.get("error", "")), found.get("permanent") is True, int(found.get("tries", 1)),
        datetime.fromisoformat(later) if later else None,
    )  # fmt: skip


def record_failure(archive: Archive, stem: str, recording_id: str, attempt: Attempt) -> None:
    """Writes down a failed attempt; an original that stands keeps its record."""
    path = _record_file(archive, stem, recording_id)
    record = _read_record(path) or {"format": 1, "recording": recording_id}
    later = (
        attempt.not_before.astimezone(UTC).isoformat().replace("+00:00", "Z") if attempt.not_before else None
    )
    record["attempt"] = {**asdict(attempt), "not_before": later}
    _write_record(path, record)


def _forget_attempt(path: Path) -> None:
    """Takes a failed attempt off the record of an original that stands."""
    record = _read_record(path)
    if record.pop("attempt", None) is not None:
        _write_record(path, record)


def _misfits(probed: Probe, reading: Reading, expected_ms: int | None) -> list[str]:
    """The sentences about a length that does not fit; none when all does."""
    found = []
    real = reading.duration_ms
    if probed.missing_bytes:
        found.append(f"The file breaks off: by its own header it lacks {probed.missing_bytes} bytes.")
    if not probed.duration_is_estimate:
        declared = {stream.index: stream.duration_ms for stream in probed.streams}
        for track in reading.tracks:
            says = declared[track.index]
            if says is None and track.end_ms == real:
                says = probed.duration_ms
            if says is not None and says - track.end_ms > _slack(says, 0.01):
                found.append(
                    f"Its {track.kind} ends at {clock(track.end_ms)}, though the file says {clock(says)}."
                )
    if expected_ms is not None and abs(expected_ms - real) > _slack(expected_ms, 0.02):
        found.append(f"It is {clock(real)} long, though its source says {clock(expected_ms)}.")
    return found


def _slack(length: int, share: float) -> float:
    """How far two lengths in milliseconds may be apart: a second, or the share of a long one."""
    return max(1000.0, length * share)


def _warnings(probed: Probe, reading: Reading) -> list[str]:
    found = []
    if reading.errors:
        pieces = "One piece" if reading.errors == 1 else f"{reading.errors} pieces"
        found.append(f"{pieces} of it could not be decoded.")
    missing = max((track.missing_ms for track in reading.tracks), default=0)
    if missing >= 1000:
        found.append(
            f"{clock(missing)} of its sound are missing between beginning and end; it is silent there."
        )
    if not probed.audio:
        found.append("It has no sound, so it cannot be transcribed.")
    if len(probed.audio) > 1:
        found.append(f"It has {len(probed.audio)} audio tracks; the public hears the main one.")
    return found


def _ending(probed: Probe, file: Path, source: str) -> str:
    """The ending of the original's name: what the file or its source is called where that fits the format."""
    family = probed.format.split(",", maxsplit=1)[0]
    fitting = _ENDINGS[family]
    for name in (file.name, urllib.parse.urlsplit(source).path):
        ending = PurePosixPath(name).suffix.lower().removeprefix(".")
        if ending in fitting:
            return ending
    if family == "matroska" and all(stream.codec in _WEB_CODECS for stream in probed.streams):
        return "webm"
    if family == "mov" and not probed.video:
        return "m4a"
    return fitting[0]


def _same(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _enter(manifest: dict[str, str], recording_id: str, rows: Mapping[str, str]) -> None:
    """Puts the rows of a new original in place of those of an earlier one, which has been set aside."""
    for name in list(manifest):
        if name.removeprefix(f"{recording_id}.") in _ALL_ENDINGS:
            del manifest[name]
    manifest.update(rows)


def _set_aside(archive: Archive, stem: str, recording_id: str, *, keep: Path | None) -> None:
    """Renames an earlier original, so that nothing that was fetched is ever lost; `keep` is the same file
    already.
    """
    folder = archive.media(stem)
    for old in sorted(folder.glob(f"{recording_id}.*")):
        if old == keep or old.name.removeprefix(f"{recording_id}.") not in _ALL_ENDINGS:
            continue
        _move_aside(archive, stem, recording_id, old)


def _move_aside(archive: Archive, stem: str, recording_id: str, old: Path) -> None:
    """Gives an earlier original a name of its own, in the manifest before it has it on disk."""
    number = 1 + len(list(old.parent.glob(f"{recording_id}.replaced-*.*")))
    aside = old.with_name(f"{recording_id}.replaced-{number}{old.suffix}")
    digest = sha256(old)
    change_manifest(archive, stem, lambda rows: rows.update({aside.name: digest}))
    old.replace(aside)
    sync_folder(old.parent)


def _record_file(archive: Archive, stem: str, recording_id: str) -> Path:
    return archive.media(stem) / f"{recording_id}.json"


def _read_record(path: Path) -> dict[str, Any]:
    """The record beside an original; empty when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise _broken(path) from error
    if not isinstance(data, dict):
        raise _broken(path)
    return data


def _broken(path: Path) -> FormatError:
    return FormatError(
        "this is no record of a recording.",
        path=path,
        advice="Take it from a backup, or delete it and fetch the recording again.",
    )


def _write_record(path: Path, record: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
