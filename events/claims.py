"""What only one event of an archive may have: its id, its addresses, the token of its unlisted address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from onrecord.errors import ConflictError, EventFormatError
from onrecord.events.model import UNLISTED_TOKEN, Event
from onrecord.events.record import read_record_text
from onrecord.toml import line_of

Claim = tuple[str, str, str]  # the key, the kind of thing, the value
Owners = Mapping[tuple[str, str], str]  # the stem of the event that has this kind of thing with this value


def claims(event: Event) -> Iterator[Claim]:
    """Everything that the event claims for itself."""
    yield "id", "id", event.id
    yield "slug", "address", event.slug
    for alias in event.aliases:
        yield "aliases", "address", alias
    if event.unlisted_token:
        yield UNLISTED_TOKEN, "token", event.unlisted_token


def check_free(event: Event, owners: Owners) -> None:
    """Raises `ConflictError` when another event has this one's id or one of its addresses."""
    for _, kind, value in claims(event):
        owner = owners.get((kind, value), event.stem)
        if owner != event.stem:
            raise ConflictError(
                f"the {kind} '{value}' is that of '{owner}' already.",
                slug=owner,
                advice=f"Choose another {kind}.",
            )


def clash(claim: Claim, path: Path, owner: str) -> EventFormatError:
    """What is wrong with a file that claims what is another event's."""
    key, kind, value = claim
    keys: tuple[str | int, ...] = ("private", UNLISTED_TOKEN) if key == UNLISTED_TOKEN else (key,)
    shown = "" if kind == "token" else f" '{value}'"
    return EventFormatError(
        f"the {kind}{shown} under '{key}' is that of '{owner}' too.",
        advice="Give one of the two another address."
        if kind == "address"
        else "If the file is a copy, remove this line, and a new one is made.",
        path=path,
        line=line_of(read_record_text(path), keys) if path.exists() else None,
        key=".".join(map(str, keys)),
    )
