"""How much room an archive takes."""

from __future__ import annotations

from onrecord.archive import Archive
from onrecord.holdings import KINDS, Counting, count_holdings


def put(archive: Archive, path: str, size: int) -> None:
    file = archive.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x" * size)


def test_every_byte_is_counted_once_under_its_kind(archive: Archive) -> None:
    """By kind and by event, with nothing left out and nothing twice."""
    archive.settings_file.write_bytes(b"x" * 7)
    for path, size in (
        ("events/a.toml", 10), ("media/a/part-1.mp4", 1000), ("media/a/part-1.json", 1), ("media/b/part-1.mp4", 500),
        ("transcripts/a/part-1.en.vtt", 20), ("transcripts/a/history/part-1.en.0001.vtt", 30),
        ("site/index.html", 40), (".onrecord/renditions/a/part-1.mp4", 300), (".onrecord/work/a/part-1.part", 60),
        (".onrecord/index.sqlite3", 70), (".onrecord/state.sqlite3", 80), (".onrecord/state-backups/1.sqlite3", 5),
        ("notes.txt", 3), ("strange/thing", 2), (".site.reserve/index.html", 4),
    ):  # fmt: skip
        put(archive, path, size)
    (archive.root / "media" / "link").symlink_to("/etc")
    found = count_holdings(archive)
    assert {kind: size for kind, size in found.size.items() if size} == {
        "events": 20, "originals": 1501, "transcripts": 20, "earlier transcripts": 30, "static site": 44,
        "renditions": 300, "work": 60, "index": 70, "state": 85, "other": 2,
    }  # fmt: skip
    assert (found.files["originals"], found.total, set(found.size)) == (3, 2132, set(KINDS))
    assert found.events == {"a": 1001 + 50 + 300 + 60, "b": 500}
    assert found.free > 0


def test_counting_goes_on_in_the_background_and_is_kept(archive: Archive) -> None:
    """Nobody who asks waits; what was counted is told until it is old, or asked for anew."""
    counting = Counting(archive)
    assert counting.last() is None
    counting.wait()
    first = counting.last()
    assert first is not None and first.size["originals"] == 0
    put(archive, "media/a/part-1.mp4", 9)
    assert counting.last() is first
    assert counting.last(anew=True) is first
    counting.wait()
    again = counting.last()
    assert again is not None and again.size["originals"] == 9
