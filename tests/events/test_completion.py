"""The id and the token that an event's file must have."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from onrecord.errors import UsageError
from onrecord.events.completion import check_id_stays, completed, lacks

HEAD = 'title = "Voices"\nstarts = "2022-07-12 18:00"\n'


def test_complete_file_lacks_nothing() -> None:
    """A draft needs no token; a public event keeps one that it has."""
    assert not lacks({"id": "1"})
    assert not lacks({"id": "1", "visibility": "unlisted", "private": {"unlisted-token": "x"}})
    assert lacks({"visibility": "public"})
    assert lacks({"id": "1", "visibility": "unlisted", "private": {"note": "x"}})


def test_completion_adds_only_what_was_missing() -> None:
    """One line for the id, before the first key; a table for the token, at the end."""
    text = f"# Remark.\n\n{HEAD}visibility = 'unlisted'\n"
    after = completed(text, tomllib.loads(text), "voices")
    found = tomllib.loads(after)
    token = found["private"]["unlisted-token"]
    assert len(token) == 40
    assert after == (
        f"# Remark.\n\nid = \"{found['id']}\"\n{HEAD}visibility = 'unlisted'\n\n[private]\nunlisted-token = "
        f'"{token}"\n'
    )
    assert not lacks(found)


def test_file_of_one_table_gets_its_id_before_it() -> None:
    """A key must stand before the first table."""
    text = '# Remark.\n[private]\nnote = "x"\n'
    assert tomllib.loads(completed(text, {}, "voices")).keys() == {"id", "private"}


def test_id_stays_or_is_taken_out() -> None:
    """Another id is refused; a line that is taken out, or a file that could not be read, is no other id."""
    path = Path("voices.toml")
    check_id_stays('id = "1"\n', 'id = "1"\n', path)
    check_id_stays('id = "1"\n', HEAD, path)
    check_id_stays("broken", 'id = "2"\n', path)
    with pytest.raises(UsageError, match="remove the line"):
        check_id_stays('id = "1"\n', 'id = "2"\n', path)
