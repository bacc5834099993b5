"""The archive's state: durable, checked, copied daily, safe for many threads and processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onrecord.archive import Archive
from onrecord.backup import make_backup
from onrecord.database import Database, Part
from onrecord.errors import ArchiveError, LockedError, StorageError

WORDS = Part("words", ("CREATE TABLE words (word TEXT PRIMARY KEY);",))


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    with closing(Database(archive, WORDS)) as opened:
        yield opened


def words(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row["word"] for row in connection.execute("SELECT word FROM words ORDER BY word")]


def test_the_file_is_for_its_owner_alone_and_loses_no_commit(archive: Archive, database: Database) -> None:
    """Mode 0600, WAL, FULL, and foreign keys are held."""
    assert archive.state_file.stat().st_mode & 0o777 == 0o600
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('right')")
        modes = [connection.execute(f"PRAGMA {name}").fetchone()[0]
                 for name in ("journal_mode", "synchronous", "foreign_keys")]  # fmt: skip
    assert modes == ["wal", 2, 1]
    for name in ("state.sqlite3-wal", "state.sqlite3-shm"):
        assert (archive.hidden / name).stat().st_mode & 0o777 == 0o600


def test_a_step_is_run_once_and_a_later_one_is_added(archive: Archive, database: Database) -> None:
    """What is there stays, and the new step is carried out."""
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('right')")
    grown = Part("words", (*WORDS.steps, "ALTER TABLE words ADD COLUMN language TEXT DEFAULT 'en';"))
    with closing(Database(archive, grown)) as later, later.reading() as connection:
        assert [tuple(row) for row in connection.execute("SELECT * FROM words")] == [("right", "en")]
    with pytest.raises(ArchiveError, match="a later onrecord"):
        Database(archive, WORDS)


def test_a_step_that_fails_leaves_nothing(archive: Archive, database: Database) -> None:
    """A step is carried out whole or not at all, with its own statements only."""
    bad = Part("more", ("CREATE TABLE one (a); CREATE TABLE words (b);",))
    bad = Part("more", ("CREATE TABLE one (a); CREATE TABLE words (b)",))
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Database(archive, bad)
    good = Part(
        "more",
        ("CREATE TABLE one (a);\nCREATE TRIGGER t AFTER INSERT ON one BEGIN\n  DELETE FROM one;\nEND;",),
    )
    with closing(Database(archive, good)) as opened, opened.writing() as connection:
        connection.execute("INSERT INTO one VALUES (1)")
        assert connection.execute("SELECT count(*) FROM one").fetchone()[0] == 0


def test_an_error_takes_everything_back(database: Database) -> None:
    """Of a block that raises nothing lasts; of an inner one that raises, only its own part is lost."""
    with pytest.raises(ValueError, match="slip"), database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('lost')")
        raise ValueError("slip")
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('outer')")
        with pytest.raises(sqlite3.IntegrityError), database.writing() as inner:
            inner.execute("INSERT INTO words VALUES ('inner')")
            inner.execute("INSERT INTO words VALUES ('outer')")
        with database.writing() as inner:
            inner.execute("INSERT INTO words VALUES ('kept')")
        assert words(database) == ["kept", "outer"]
    assert words(database) == ["kept", "outer"]


def test_reading_sees_one_state_and_cannot_write(database: Database) -> None:
    """What another thread writes meanwhile is seen by the next block only."""

    def write() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO words VALUES ('new')")

    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM words").fetchone()[0] == 0
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert connection.execute("SELECT count(*) FROM words").fetchone()[0] == 0
        with pytest.raises(StorageError, match="cannot be written"), database.reading() as same:
            same.execute("INSERT INTO words VALUES ('no')")
    assert words(database) == ["new"]


def test_many_threads_write_and_no_connection_is_left(database: Database) -> None:
    """Twenty threads at once write a hundred rows; connections of threads that ended are closed by the next one."""

    def write(number: int) -> None:
        for one in range(5):
            with database.writing() as connection:
                connection.execute("INSERT INTO words VALUES (?)", (f"{number}-{one}",))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(words(database)) == 100
    last = threading.Thread(target=write, args=(99,))
    last.start()
    last.join()
    assert len(database._connections) <= 2


_WRITER = """
import sys
from pathlib import Path
from onrecord.archive import Archive
from onrecord.database import Database, Part
database = Database(Archive(Path(sys.argv[1])), Part("words", ("CREATE TABLE words (word TEXT PRIMARY KEY);",)))
for number in range(100000):
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES (?)", (f"{number:06}",))
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(archive: Archive) -> None:
    """Every commit that the killed process told of is there, and the file is whole."""
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(archive.root)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(50)]
    os.kill(writer.pid, signal.SIGKILL)
    told += [int(line) for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()
    with closing(Database(archive, WORDS)) as opened:
        found = words(opened)
    assert found[: len(told)] == [f"{number:06}" for number in told]


def test_processes_that_open_it_at_once_make_it_once(archive: Archive) -> None:
    """Eight processes open a state that is not there yet."""
    code = _WRITER.replace("range(100000)", "range(0)") + "print('open')"
    opened = [
        subprocess.Popen([sys.executable, "-c", code, str(archive.root)], stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    assert [process.communicate()[0] for process in opened] == ["open\n"] * 8


def test_a_copy_is_kept_for_each_of_seven_days(archive: Archive, database: Database) -> None:
    """One a day, the eighth day's removes the first; a clock that ran ahead once does no harm."""
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('right')")
    folder = archive.hidden / "state-backups"
    day = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for number in range(9):
        database.keep_copy(day + timedelta(days=number))
        database.keep_copy(day + timedelta(days=number, hours=1))
    assert [path.name for path in sorted(folder.iterdir())] == [
        f"state-2026-01-{n:02}.sqlite3" for n in range(3, 10)
    ]
    database.keep_copy(day.replace(year=2036))
    database.keep_copy(day + timedelta(days=9))
    names = [path.name for path in sorted(folder.iterdir())]
    assert names[-2:] == ["state-2026-01-10.sqlite3", "state-2036-01-01.sqlite3"]
    assert len(names) == 7
    copy = folder / "state-2026-01-10.sqlite3"
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT word FROM words").fetchall() == [("right",)]


def test_a_state_that_stood_before_is_copied_when_it_is_opened(archive: Archive, database: Database) -> None:
    """So a step of a later version can be taken back."""
    days = [f"state-{datetime.now(UTC):%Y-%m-%d}.sqlite3"]
    with closing(Database(archive, WORDS)):
        pass
    days.append(f"state-{datetime.now(UTC):%Y-%m-%d}.sqlite3")  # midnight may have passed
    (copy,) = (archive.hidden / "state-backups").iterdir()
    assert copy.name in days


def test_a_damaged_state_says_which_copy_to_take(archive: Archive, database: Database) -> None:
    """Nothing is made anew over it."""
    database.keep_copy(datetime(2026, 1, 1, tzinfo=UTC))
    database.close()
    archive.state_file.write_bytes(b"This is no database. " * 500)
    with pytest.raises(StorageError, match=r"damaged.*state-2026-01-01\.sqlite3"):
        Database(archive, WORDS)
    assert archive.state_file.read_bytes() == b"This is no database. " * 500


def test_a_writer_that_never_ends_is_told_as_a_lock(
    archive: Archive, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer is waited for, and then named as what it is."""
    monkeypatch.setattr("onrecord.database._BUSY", 0.1)
    with closing(Database(archive, WORDS)) as other, database.writing():
        found: list[BaseException] = []

        def write() -> None:
            try:
                with other.writing():
                    pass
            except LockedError as error:
                found.append(error)

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert [str(error).partition(": ")[2] for error in found] == [
        "the archive's state is in use by another onrecord. Wait a moment, then try again."
    ]


def test_a_backup_holds_the_state_but_not_its_copies(
    archive: Archive, database: Database, tmp_path: Path
) -> None:
    """What was committed a moment ago is in it."""
    database.keep_copy(datetime(2026, 1, 1, tzinfo=UTC))
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('right')")
    make_backup(archive, tmp_path / "backup")
    with closing(sqlite3.connect(tmp_path / "backup/.onrecord/state.sqlite3")) as connection:
        assert connection.execute("SELECT word FROM words").fetchall() == [("right",)]
    assert not (tmp_path / "backup/.onrecord/state-backups").exists()
