"""What a person types on one line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.errors import UsageError
from onrecord.events import phrases


def test_speaker_is_a_name_and_a_role() -> None:
    """What follows the first comma is the role, further commas included."""
    assert phrases.speaker("Anna Koval, teacher, School 5") == {
        "name": "Anna Koval",
        "role": "teacher, School 5",
    }
    assert phrases.speaker(" Anna Koval ") == {"name": "Anna Koval"}
    with pytest.raises(UsageError, match="names no speaker"):
        phrases.speaker(", teacher")


@pytest.mark.parametrize(
    ("text", "label", "url"),
    [
        ("The letter=https://example.org/a?b=c", "The letter", "https://example.org/a?b=c"),
        ("a = b = https://example.org", "a = b", "https://example.org"),
        ("https://example.org/letter", "example.org", "https://example.org/letter"),
        ("Desk=mailto:desk@example.org", "Desk", "mailto:desk@example.org"),
    ],
)  # fmt: skip
def test_link_is_a_label_and_an_address(text: str, label: str, url: str) -> None:
    """The label may hold an equals sign, as the address may."""
    assert phrases.link(text) == {"label": label, "url": url}


@pytest.mark.parametrize("text", ["The letter", "letter=example.org", "javascript:https://example.org", ""])
def test_link_without_address_is_refused(text: str) -> None:
    """With the form that is expected."""
    with pytest.raises(UsageError, match="Label=https"):
        phrases.link(text)


def test_recording_is_an_address_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files inside the archive are named as seen from it, others in full; what is neither is refused."""
    root = tmp_path / "archive"
    (root / "inbox").mkdir(parents=True)
    (root / "inbox" / "a b.mp4").write_bytes(b"x")
    (tmp_path / "outside.mp4").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert phrases.recording_source("https://example.org/a.mp4", root) == "https://example.org/a.mp4"
    assert phrases.recording_source("inbox/a b.mp4", root) == "inbox/a b.mp4"
    assert phrases.recording_source("archive/inbox/a b.mp4", root) == "inbox/a b.mp4"
    assert phrases.recording_source((root / "inbox" / "a b.mp4").as_uri(), root) == "inbox/a b.mp4"
    assert phrases.recording_source("outside.mp4", root) == str(tmp_path / "outside.mp4")
    for wrong in ("missing.mp4", "inbox", "ftp://example.org/a.mp4", ""):
        with pytest.raises(UsageError):
            phrases.recording_source(wrong, root)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2022-07-12 18:00", "2022-07-12 18:00"),
        ("12.7.2022 18:00", "2022-07-12 18:00"),
        ("12.07.2022, 18:00", "2022-07-12 18:00"),
        ("2022-07-12T15:00Z", "2022-07-12 18:00"),
        ("2022-07-12T18:00:30+03:00", "2022-07-12 18:00:30"),
        ("07/12/2022 6pm", "07/12/2022 6pm"),
        ("12.07.2022", "2022-07-12"),
    ],
)  # fmt: skip
def test_time_is_local_afterwards(text: str, local: str) -> None:
    """A time with an offset becomes one in the zone; what has two meanings is left as it is."""
    assert phrases.local_time(text, "Europe/Kyiv") == local


def test_time_of_an_unknown_zone_is_left_for_the_check() -> None:
    """The check of the whole event tells what is wrong with the zone."""
    for zone in ("Europe/Londn", "Europe", "../x", ""):
        assert phrases.local_time("2022-07-12T18:00Z", zone) == "2022-07-12T18:00Z"


def test_instant_is_what_clocks_show() -> None:
    """Summer time counts."""
    assert phrases.in_zone(datetime(2022, 1, 12, 18, tzinfo=UTC), "Europe/Kyiv") == "2022-01-12 20:00"
    assert phrases.in_zone(datetime(2022, 7, 12, 18, tzinfo=UTC), "Europe/Kyiv") == "2022-07-12 21:00"


def test_words_are_a_list() -> None:
    """Without empty and repeated entries."""
    assert phrases.words(" a, b;c ,, a\nd") == ["a", "b", "c", "d"]
