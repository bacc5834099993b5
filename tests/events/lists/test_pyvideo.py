"""Collections of recordings, as pyvideo's data has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import FormatError
from onrecord.events.lists import Listing, Proposal, read_list

VIDEO: dict[str, Any] = {
    "copyright_text": "CC BY",
    "description": "What happened.",
    "duration": 2730,
    "language": "eng",
    "recorded": "2017-06-10T13:00:00+02:00",
    "related_urls": [{"label": "Slides", "url": "https://example.org/slides"}, "https://example.org/page"],
    "speakers": ["Anna Koval", ""],
    "tags": ["school", "war"],
    "thumbnail_url": "https://example.org/t.jpg",
    "title": "Voices",
    "videos": [
        {"type": "youtube", "url": "https://video.example.org/watch?v=1"},
        {"type": "mp4", "url": "https://example.org/1.mp4"},
    ],
}
VALUES = {
    "title": "Voices", "description": "What happened.", "starts": "2017-06-10 14:00",
    "timezone": "Europe/Kyiv",
    "duration": "00:45:30.000", "languages": ["en"], "tags": ["school", "war"], "licence": "CC BY",
    "speakers": [{"name": "Anna Koval"}],
    "links": [
        {"label": "Slides", "url": "https://example.org/slides"},
        {"label": "https://example.org/page", "url": "https://example.org/page"},
    ],
    "recordings": [{"id": "part-1", "source": "https://video.example.org/watch?v=1"}],
}  # fmt: skip


def read(path: Path, content: Any) -> Listing:
    """Writes it and reads it."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_list(path, timezone="Europe/Kyiv")


def test_recording_arrives(tmp_path: Path) -> None:
    """One of several copies is the source; the start is told in the archive's zone."""
    [row] = read(tmp_path / "voices.json", VIDEO).rows
    assert isinstance(row, Proposal)
    assert {key: value for key, value in row.values.items() if key != "id"} == VALUES
    assert (row.place, row.remarks) == ("recording 1 ('Voices')", ())
    assert read(tmp_path / "list.json", [VIDEO]).rows == (row,)


def test_folder_of_a_conference_is_read(tmp_path: Path) -> None:
    """Its title is the series; a file that cannot be read is told, and the others are taken."""
    (tmp_path / "videos").mkdir()
    (tmp_path / "category.json").write_text('{"title": "Conference 2017"}')
    (tmp_path / "videos" / "a.json").write_text(
        json.dumps({**VIDEO, "recorded": "2017-06-10", "language": "xx?"})
    )
    (tmp_path / "videos" / "b.json").write_text("{")
    (tmp_path / "videos" / "c.json").write_text(json.dumps({**VIDEO, "recorded": None}))
    first, second, third = read_list(tmp_path, timezone="UTC").rows
    assert isinstance(first, Proposal)
    assert (first.values["series"], first.values["starts"]) == ("Conference 2017", "2017-06-10 00:00")
    assert first.remarks == (
        "only its day is known: its start is set to 00:00",
        "its language 'xx?' is not known and was left out",
    )
    assert isinstance(second, FormatError)
    assert (second.path, second.line) == (tmp_path / "videos" / "b.json", 1)
    assert str(third) == f"{tmp_path}/videos/c.json: c.json has no day on which it was recorded."


def test_other_folder_is_refused(tmp_path: Path) -> None:
    """As is JSON of another kind."""
    with pytest.raises(FormatError, match="no list of events in this folder"):
        read_list(tmp_path)
    with pytest.raises(FormatError, match="no list of events that onrecord knows"):
        read(tmp_path / "a.json", [{"name": "x"}])
