"""What the tests of accounts share: the tables in a real file, and a clock that they turn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from onrecord import accounts, audit
from onrecord.archive import Archive
from onrecord.database import Database


@pytest.fixture
def database(archive: Archive) -> Iterator[Database]:
    """The state of a fresh archive, with the tables of accounts and of the log."""
    made = Database(archive, accounts.PART, audit.PART)
    yield made
    made.close()


@pytest.fixture
def now() -> datetime:
    """An instant."""
    return datetime(2026, 11, 23, 12, tzinfo=UTC)
