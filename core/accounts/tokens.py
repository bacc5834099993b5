"""Random tokens, of which only a hash is kept; instants as the accounts' tables hold them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

_BYTES = 32


def new_token() -> str:
    """A secret of 256 bits, as text that may stand in an address."""
    return secrets.token_urlsafe(_BYTES)


def new_handle() -> str:
    """A short name for a row that may be shown: it opens nothing."""
    return secrets.token_hex(6)


def key_of(token: str) -> str:
    """What is kept of a token. It is random, so that a fast hash cannot be guessed backwards."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def written(instant: datetime) -> str:
    """An instant as text whose order is that of time: `2026-11-23T18:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """The instant that `written` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
