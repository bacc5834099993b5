"""The audit log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onrecord import audit
from onrecord.archive import Archive
from onrecord.database import Database


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    """A log with a few entries."""
    made = Database(archive, audit.PART)
    with made.writing() as connection:
        audit.note(connection, who="Anna", what="event.made", subject="2026-11-23-a-talk")
        audit.note(
            connection, who="Borys", what="event.published", subject="2026-11-23-a-talk", detail="x" * 600
        )
        audit.note(connection, who="Anna", what="eventful", subject="another")
        audit.note(connection, who="Olha", what="person.invited", subject="Anna")
    yield made
    made.close()


def test_log_is_read_newest_first_and_narrowed(database: Database) -> None:
    """By who, by subject, by a whole word or its beginning, before a number."""
    with database.reading() as connection:
        everything = audit.entries(connection, before=None)
        assert [entry.what for entry in everything] == [
            "person.invited",
            "eventful",
            "event.published",
            "event.made",
        ]
        assert len(everything[2].detail) == 500
        assert [entry.number for entry in audit.entries(connection, before=3, limit=1)] == [2]
        assert [entry.what for entry in audit.entries(connection, before=None, what="event")] == [
            "event.published", "event.made",
        ]  # fmt: skip
        assert [entry.what for entry in audit.entries(connection, before=None, who="Anna")] == [
            "eventful",
            "event.made",
        ]
        assert [entry.who for entry in audit.entries(connection, before=None, subject="another")] == ["Anna"]
        assert audit.names(connection) == ["Anna", "Borys", "Olha"]


def test_note_lasts_only_with_what_it_tells_of(database: Database) -> None:
    """What was rolled back was not done."""
    with pytest.raises(RuntimeError), database.writing() as connection:
        audit.note(connection, who="Anna", what="event.made")
        raise RuntimeError
    with database.reading() as connection:
        assert len(audit.entries(connection, before=None)) == 4


def test_name_can_be_forgotten(database: Database) -> None:
    """Where it did something, and where something was done to it; what was done stays."""
    with database.writing() as connection:
        audit.rename(connection, "Anna", "? 1a2b")
        assert [(entry.who, entry.subject) for entry in audit.entries(connection, before=None)] == [
            ("Olha", "? 1a2b"), ("? 1a2b", "another"), ("Borys", "2026-11-23-a-talk"), ("? 1a2b", "2026-11-23-a-talk"),
        ]  # fmt: skip
