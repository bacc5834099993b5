"""Events from recordings as pyvideo's data has them: one JSON object for each, in the folder of a conference.

The folder holds `category.json` with the conference's title and `videos/*.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from onrecord.errors import FormatError
from onrecord.events.lists import (
    Listing,
    Proposal,
    clean,
    file_bytes,
    language_of,
    made_id,
    moment,
    parse_json,
    without_blanks,
)
from onrecord.events.phrases import in_zone
from onrecord.events.writing import length_text


def read_pyvideo_folder(folder: Path, timezone: str) -> Listing:
    """Reads the folder of a conference; raises `FormatError` when it holds no recordings."""
    about = folder / "category.json"
    category = parse_json(file_bytes(about), about) if about.is_file() else {}
    series = clean(category.get("title")) if isinstance(category, Mapping) else ""
    inner = folder / "videos" if (folder / "videos").is_dir() else folder
    files = [file for file in sorted(inner.glob("*.json")) if file != about]
    if not files:
        raise FormatError(
            "there is no list of events in this folder.", path=folder, advice="Give the file itself."
        )
    rows: list[Proposal | FormatError] = []
    for file in files:
        try:
            rows.append(_proposal(parse_json(file_bytes(file), file), file.name, file, timezone, series))
        except FormatError as error:
            rows.append(error)
    return Listing("pyvideo", tuple(rows))


def read_pyvideo(content: Any, path: Path, timezone: str) -> Listing:
    """Reads one recording, or a list of them; raises `FormatError` when it is neither."""
    if isinstance(content, Mapping) and isinstance(content.get("videos"), list) and "title" not in content:
        content = content["videos"]
    entries = content if isinstance(content, list) else [content]
    if not entries or not all(isinstance(entry, Mapping) and "title" in entry for entry in entries):
        raise FormatError(
            "this JSON is no list of events that onrecord knows.", path=path,
            advice="It reads schedule JSON of pretalx and frab, and recordings as pyvideo has them.",
        )  # fmt: skip
    rows: list[Proposal | FormatError] = []
    for number, entry in enumerate(entries, 1):
        place = f"recording {number} ('{clean(entry.get('title'))}')"
        try:
            rows.append(_proposal(entry, place, path, timezone, ""))
        except FormatError as error:
            rows.append(error)
    return Listing("pyvideo", tuple(rows))


def _proposal(entry: Any, place: str, path: Path, timezone: str, series: str) -> Proposal:
    if not isinstance(entry, Mapping) or not clean(entry.get("title")):
        raise FormatError(f"{place} has no title.", path=path)
    recorded = moment(entry.get("recorded"))
    if recorded is None:
        raise FormatError(f"{place} has no day on which it was recorded.", path=path)
    remarks: list[str] = []
    if len(clean(entry.get("recorded"))) <= 10:
        remarks.append("only its day is known: its start is set to 00:00")
    language = language_of(entry.get("language"))
    if clean(entry.get("language")) and language is None:
        remarks.append(f"its language '{entry['language']}' is not known and was left out")
    starts = in_zone(recorded.replace(tzinfo=recorded.tzinfo or ZoneInfo(timezone)), timezone)
    sources = _sources(entry)
    seconds = entry.get("duration")
    values: dict[str, Any] = {
        "id": made_id(
            entry.get("id") or (sources[0] if sources else clean(entry["title"]).casefold()), starts
        ),
        "title": clean(entry["title"]),
        "summary": clean(entry.get("summary")),
        "description": clean(entry.get("description")),
        "starts": starts,
        "timezone": timezone,
        "duration": length_text(timedelta(seconds=int(seconds)))
        if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 1 <= seconds < 2_000_000
        else "",
        "languages": [language] if language else [],
        "series": series,
        "tags": [clean(tag) for tag in entry.get("tags") or () if clean(tag)],
        "licence": clean(entry.get("copyright_text")),
        "speakers": [{"name": clean(name)} for name in entry.get("speakers") or () if clean(name)],
        "links": [link for related in entry.get("related_urls") or () if (link := _link(related))],
        "recordings": [
            {"id": f"part-{number}", "source": source} for number, source in enumerate(sources, 1)
        ],
    }
    return Proposal(place, without_blanks(values), tuple(remarks))


def _sources(entry: Mapping[str, Any]) -> list[str]:
    """The first address of the recording: pyvideo lists several copies of one recording, not several parts of
    it.
    """
    videos = [video for video in entry.get("videos") or () if isinstance(video, Mapping)]
    addresses = [address for video in videos if (address := clean(video.get("url")))]
    return [address for address in addresses if address.startswith(("https://", "http://"))][:1]


def _link(related: Any) -> dict[str, str] | None:
    url = clean(related.get("url")) if isinstance(related, Mapping) else clean(related)
    label = clean(related.get("label")) if isinstance(related, Mapping) else ""
    return {"label": label or url, "url": url} if url.startswith(("https://", "http://")) else None
