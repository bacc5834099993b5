"""The index is derived: it holds what it was given, takes in one event alone, and is begun anew when it
cannot be used.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.errors import SearchIndexError
from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.index import SCHEMA, Index, IndexedEvent, IndexedTranscript, open_reader
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search


def cue(number: int, text: str, *, length: int = 3000, speaker: str = "") -> Cue:
    """The n-th cue of a transcript in which every cue is as long."""
    return Cue(f"c{number}", number * length, (number + 1) * length, tuple(map(Word, text.split())), speaker)


def event(stem: str, day: int = 1, **values: str) -> IndexedEvent:
    """An event in January 2022."""
    return IndexedEvent(
        stem, stem, values.pop("title", stem), datetime(2022, 1, day, 18, tzinfo=UTC), **values
    )  # type: ignore[arg-type]


def spoken(*texts: str) -> list[IndexedTranscript]:
    """One transcript with these cues."""
    return [IndexedTranscript("part-1", "en", [cue(n, text) for n, text in enumerate(texts)])]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an index may stand."""
    return tmp_path / "index.sqlite3"


def stems(path: Path, question: str) -> list[str]:
    """The events that answer, in their order."""
    return [hit.stem for hit in search(path, ask(question)).events]


def test_put_takes_the_place_of_what_was_known(path: Path) -> None:
    """What an event said before is found no more, what it says now is; others are not touched."""
    with Index(path) as index:
        index.put(event("one", title="Old name"), spoken("first words"), "a")
        index.put(event("two"), spoken("other words"), "b")
        index.put(event("one", day=20, title="New name"), spoken("second words"), "c")
        assert index.fingerprints() == {"one": "c", "two": "b"}
        index.count()
        index.put(event("two"), spoken("other words"), "b")  # counted out, and not yet in again
        index.count()
    assert stems(path, "first") == stems(path, "old") == []
    assert stems(path, "second") == stems(path, "new") == ["one"]
    assert set(stems(path, "words")) == {"one", "two"}
    with closing(sqlite3.connect(path)) as connection:
        vocabulary = set(connection.execute("SELECT word, language, events FROM vocabulary"))
    assert vocabulary == {
        ("second", "en", 1), ("words", "en", 2), ("other", "en", 1), ("new", "", 1), ("name", "", 1), ("two", "", 1),
    }  # fmt: skip


def test_remove_forgets_all_of_an_event(path: Path) -> None:
    """No row of a removed event is left."""
    with Index(path) as index:
        index.put(event("one", title="A name"), spoken("some words"), "a")
        index.remove("one")
        index.remove("never-there")
    assert stems(path, "words") == stems(path, "name") == []
    with closing(sqlite3.connect(path)) as connection:
        for table in ("event", "transcript", "piece", "record", "vocabulary", "posting", "segment"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_fill_puts_everything_in_one_transaction(path: Path) -> None:
    """A reader sees the old state until the whole new one is there; a failure leaves the old one."""
    with Index(path) as index:
        index.put(event("old"), spoken("words"), "a")

        def breaking() -> object:
            yield event("new"), spoken("words"), "b"
            assert stems(path, "words") == ["old"]
            raise RuntimeError("the power is gone")

        with pytest.raises(RuntimeError):
            index.fill(breaking())  # type: ignore[arg-type]
        assert stems(path, "words") == ["old"]
        assert index.fill([(event("new"), spoken("words"), "b")]) == 1
        index.settle()
        assert path.with_name("index.sqlite3-wal").stat().st_size == 0
    assert stems(path, "words") == ["new"]


def test_readers_search_while_an_event_is_taken_in(path: Path) -> None:
    """Readers never see half of an event, and never wait for a writer."""
    texts = [f"word{n} always here" for n in range(400)]
    with Index(path) as index:
        index.put(event("one"), spoken(*texts), "0")
        seen: set[int] = set()
        problems: list[Exception] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                try:
                    hits = search(path, ask("always", event="one", limit=1000)).events
                    seen.add(hits[0].moment_count)
                except Exception as error:  # the thread must tell the test what it met
                    problems.append(error)
                    return

        thread = threading.Thread(target=read)
        thread.start()
        for number in range(1, 12):
            index.put(event("one"), spoken(*(texts if number % 2 else texts[:200])), str(number))
        done.set()
        thread.join()
    assert not problems
    whole, half = (len(search_moments(count)) for count in (400, 200))
    assert seen <= {whole, half}


_READER = """
import sys
from pathlib import Path
from onrecord.transcripts.search.query import ask
from onrecord.transcripts.search.search import search
seen = [search(Path(sys.argv[1]), ask("always")).events[0].title]
print("ready", flush=True)
while "last" not in seen[-1:]:
    events = search(Path(sys.argv[1]), ask("always")).events
    seen.append(events[0].title)
    assert events[0].moments[0].pieces[0][0].strip() == events[0].title, events
print(len(set(seen)))
"""


def test_other_processes_search_while_an_event_is_taken_in(path: Path) -> None:
    """A reader in another process sees each state whole: the title and the words belong to one taking in."""
    with Index(path) as index:
        index.put(event("one", title="first"), spoken("first always"))
        command = [sys.executable, "-c", _READER, str(path)]
        readers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for reader in readers:
            assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
        for title in [f"state{n}" for n in range(40)] + ["last"]:
            index.put(event("one", title=title), spoken(f"{title} always", *["filler words"] * 300))
        for reader in readers:
            out, problems = reader.communicate(timeout=300)
            assert (reader.returncode, problems) == (0, "")
            assert int(out) >= 2


def search_moments(cues: int) -> range:
    """The moments of a word that is in every cue of 3 s: each takes in what begins within 30 s of its
    beginning.
    """
    return range(0, cues, 11)


def test_small_segments_become_large_ones(path: Path) -> None:
    """However many events are taken in, one by one and again, few segments stand, and they hold what is alive."""
    with Index(path) as index:
        for n in range(60):
            index.put(event(f"e{n % 40}", title=f"title{n}"), spoken(*[f"word{n} always"] * (n + 1)), str(n))
        index.remove("e39")
    with closing(open_reader(path)) as connection:
        assert connection.execute("SELECT count(*) FROM segment").fetchone()[0] <= 16
        (size,) = connection.execute(
            "SELECT sum(length(positions)) / 4 FROM posting WHERE word = 'always'"
        ).fetchone()
        alive = sum(n + 1 for n in range(20, 59) if n != 39)
        assert alive <= size <= 2 * alive
    for n in range(60):
        assert (
            stems(path, f"word{n}")
            == stems(path, f"title{n}")
            == ([f"e{n % 40}"] if n >= 20 and n != 39 else [])
        )
    assert search(path, ask("always")).total == 39


def test_a_piece_of_text_is_small_however_long_a_cue_is(path: Path) -> None:
    """Other people's cues may be pages: they are shown in parts, each with its share of the time."""
    long = " ".join(f"w{n}" for n in range(20_000))
    with Index(path) as index:
        index.put(event("one"), [IndexedTranscript("p", "en", [cue(0, long, length=100_000)])], "a")
    (moment,) = search(path, ask("w10000")).events[0].moments
    assert (moment.cue_id, moment.start, moment.end) == ("c0", 50_000, 51_000)
    assert len("".join(text for text, _ in moment.pieces)) < 300


def test_an_index_of_another_schema_is_begun_anew(path: Path) -> None:
    """An older index is refused by readers and emptied by the writer."""
    with Index(path) as index:
        index.put(event("one"), spoken("words"), "a")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA + 1}")
    with pytest.raises(SearchIndexError, match=r"of another version of onrecord. Run 'onrecord reindex'"):
        search(path, ask("words"))
    with Index(path) as index:
        assert index.fingerprints() == {}
    assert stems(path, "words") == []


@pytest.mark.parametrize("damage", ["no database at all", "a page"])
def test_a_damaged_index_is_said_and_remade(path: Path, damage: str) -> None:
    """Damage is a known error that says what to do, and doing it mends it."""
    with Index(path) as index:
        index.put(event("one"), spoken(*[f"some words {n}" for n in range(500)]), "a")
        index.settle()
    data = bytearray(path.read_bytes())
    if damage == "a page":
        data[4096:] = b"\x5a" * (len(data) - 4096)
    else:
        data[:] = b"this is a text file, not an index" * 200
    path.write_bytes(data)
    with pytest.raises(SearchIndexError, match=r"the search index is damaged .* Run 'onrecord reindex'"):
        search(path, ask("words"))
    with Index.remake(path) as index:
        index.fill([(event("one"), spoken("some words"), "a")])
    assert stems(path, "words") == ["one"]


def test_there_is_no_index_yet(path: Path) -> None:
    """Searching before anything was indexed says so and makes no file."""
    with pytest.raises(SearchIndexError, match=r"there is no search index yet. Run 'onrecord reindex'"):
        search(path, ask("words"))
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_an_index_is_searched_where_nothing_may_be_written(path: Path) -> None:
    """An archive on a read-only disk can still be asked."""
    with Index(path) as index:
        index.put(event("one"), spoken("some words"), "a")
    path.parent.chmod(0o500)
    try:
        assert stems(path, "words") == ["one"]
    finally:
        path.parent.chmod(0o700)
