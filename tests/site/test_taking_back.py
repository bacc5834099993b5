"""What was public and is taken back is in nothing that the public can get, wherever it had been kept."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.site.exchange import dump
from onrecord.site.export.run import publish
from onrecord.site.publicindex import refresh
from onrecord.transcripts.words.suggestions import complete

WORD = "zquorwex"
WITHDRAWN = 'withdrawn = "Taken back."\n'


def build(bench: Any, tone: Path, *, more: str = "", visibility: str = "public") -> None:
    """A discussion with a telling word in every place, among others that stay."""
    bench.event(
        "2026-10-01-a",
        f"""
        {more}
        slug = "talk-{WORD}"
        aliases = ["was-{WORD}"]
        summary = "About {WORD}"
        series = "Series {WORD}"
        tags = ["tag {WORD}"]
        agenda = [{{ at = "00:00:01", title = "Chapter {WORD}" }}]
        [[speakers]]
        name = "Dora {WORD.title()}"
        consent = "yes"
        [[recordings]]
        id = "part-1"
        title = "Part {WORD}"
        publish = "yes"
        """,
        title=f"Talk {WORD}",
        visibility=visibility,
    )
    bench.event("2026-10-02-b", 'slug = "other-talk"', title="Another talk")
    bench.transcript("2026-10-01-a", "part-1.en", f"c1 0.0 3.0 Dora {WORD.title()}: Words {WORD} here.")


def trees(bench: Any) -> Iterator[tuple[str, bytes]]:
    """Every file of both trees of the export, with its name, unpacked."""
    for tree in (bench.archive.site, bench.root / ".site.reserve", bench.root / ".site.new"):
        for path in tree.rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            yield f"{tree.name}/{path.relative_to(tree)}", data


@pytest.mark.parametrize(
    ("more", "visibility"),
    [(WITHDRAWN, "public"), ("", "draft"), ('publish_at = "2027-01-01 12:00"\n', "draft")],
)
def test_what_is_taken_back_is_in_neither_tree_of_the_export(
    bench: Any, tone: Path, more: str, visibility: str
) -> None:
    """An export after the withdrawal holds no name and no byte of it, in the site or in the reserve."""
    bench.settings('base-url = "https://archive.example.org"')
    build(bench, tone)
    bench.recording("2026-10-01-a", "part-1", tone)
    publish(bench.archive, now=bench.now)
    assert any(WORD.encode() in data for name, data in trees(bench) if "feed" in name)
    build(bench, tone, more=more, visibility=visibility)
    publish(bench.archive, now=bench.now)
    kept = f"talk-{WORD}", f"was-{WORD}"  # the addresses at which a page says that it was taken back
    found = [
        name
        for name, data in trees(bench)
        if WORD in name.lower().replace(kept[0], "").replace(kept[1], "") or WORD.encode() in data.lower()
    ]
    assert found == []
    named = {name for name, _ in trees(bench) if WORD in name}
    if not more.startswith("withdrawn"):
        assert named == set()


def test_what_is_taken_back_is_offered_by_nothing_that_completes(bench: Any, tone: Path) -> None:
    """No word of it is completed, meant or searched as soon as the index answers again."""
    build(bench, tone)
    refresh(bench.view(), bench.archive.public_index_file)
    connection = sqlite3.connect(bench.archive.public_index_file)
    assert complete(connection, WORD[:4])
    connection.close()
    build(bench, tone, more=WITHDRAWN)
    seen: list[object] = []

    def ready() -> None:
        connection = sqlite3.connect(bench.archive.public_index_file)
        seen.append(complete(connection, WORD[:4]))
        seen.append(complete(connection, f"tag:{WORD[:4]}"))
        connection.close()

    refresh(bench.view(), bench.archive.public_index_file, ready=ready)
    assert seen == [(), ()]


def test_index_is_made_again_by_another_onrecord(
    bench: Any, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that this one knows to hide does not stay in what an earlier one has taken in."""
    build(bench, tone)
    path = bench.archive.public_index_file
    assert refresh(bench.view(), path) == 2
    assert refresh(bench.view(), path) == 0
    monkeypatch.setattr("onrecord.site.view.program", lambda: "another")
    assert refresh(bench.view(), path) == 2


def test_dump_of_an_earlier_state_never_stands_in_the_place_of_a_later_one(bench: Any, tone: Path) -> None:
    """A request that began before a withdrawal and ends after it leaves nothing behind for later readers."""
    build(bench, tone)
    with bench.client() as client:
        live = client.app.state.live
        earlier = live.state
        build(bench, tone, more=WITHDRAWN)
        live.check()  # the watch may have seen it already
        assert live.state is not earlier
        assert WORD.encode() not in gzip.decompress(client.get(f"/{dump.NAME}").content)
        assert earlier.find(dump.NAME) is not None  # the slow one
        assert WORD.encode() not in gzip.decompress(client.get(f"/{dump.NAME}").content)
