"""Events as they were read last, kept beside the other derived files: an archive of 10,000 is then read in half a
second instead of four.

`.onrecord/events.jsonl` holds a line for each event: a checksum, then the file's name, time, size and inode, the
digest of its text, and what the text holds. A line counts only for a file that is still the same, read by the same
onrecord with the same settings and the same `speakers.toml`; whatever else stands there is read again from the record.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from onrecord.archive import Archive
from onrecord.errors import StorageError
from onrecord.events.model import AgendaItem, Event, Link, Part, Recording, Speaker
from onrecord.files import make_folder

Signature = tuple[int, int, int]  # mtime in ns, size, inode
_DIGEST = 12  # bytes of a line's checksum
_BODY = 2 * _DIGEST + 1  # where what a line says begins


@dataclass(frozen=True)
class KeptEvent:
    """One event as it was read from a file with this signature."""

    signature: Signature
    event: Event
    line: str

    @property
    def digest(self) -> str:
        """The digest of all that the event holds, and of when its file was written."""
        return self.line.partition(" ")[0]


def kept_events(archive: Archive, key: str) -> dict[str, KeptEvent]:
    """What was kept under this key, by the name of the file; nothing when it cannot be read."""
    found: dict[str, KeptEvent] = {}
    try:
        text = _file(archive).read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return found
    head, _, rest = text.partition("\n")
    if head != key:
        return found
    # A line that is damaged is not believed.
    lines = [line for line in rest.splitlines() if _checksum(line[_BODY:]) == line[: _BODY - 1]]
    try:
        rows = json.loads(f"[{','.join(line[_BODY:] for line in lines)}]")  # at once: half the time
    except ValueError:
        return found
    if len(rows) != len(lines):
        return found
    for line, row in zip(lines, rows, strict=True):
        with suppress(ValueError, TypeError, KeyError, AttributeError):
            name, mtime, size, inode, data = row
            found[name] = KeptEvent((mtime, size, inode), _event(data), line)
    return found


def keep_events(archive: Archive, key: str, kept: Mapping[str, KeptEvent]) -> None:
    """Puts these in the place of what was kept. Nothing is lost where that cannot be done."""
    path = _file(archive)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    text = "\n".join([key, *(one.line for one in kept.values()), ""])
    try:
        make_folder(path.parent, private=True)
        # No fsync: after a power cut a line that is not whole has another checksum.
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except (OSError, StorageError):
        temporary.unlink(missing_ok=True)


def kept_event(name: str, signature: Signature, event: Event) -> KeptEvent | None:
    """An event as it can be kept; None when it holds what would not come back as it is."""
    try:
        data = _plain(event)
        body = json.dumps([name, *signature, data], ensure_ascii=False, separators=(",", ":"))
        if _event(json.loads(body)[4]) != event:
            return None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return KeptEvent(signature, event, f"{_checksum(body)} {body}") if body.splitlines() == [body] else None


def _file(archive: Archive) -> Path:
    return archive.hidden / "events.jsonl"


def _checksum(body: str) -> str:
    return hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()


# pydantic's own way back costs ten times as much, because it checks again what was checked.
_PARTS: tuple[type[Part], ...] = (Link, Speaker, AgendaItem, Recording, Event)
_DEFAULTS: dict[type[Part], dict[str, Any]] = {
    kind: {
        name: field.get_default(call_default_factory=True)
        for name, field in kind.model_fields.items()
        if not field.is_required()
    }
    for kind in _PARTS
}
_EMPTY = {kind: {**dict.fromkeys(kind.model_fields), **_DEFAULTS[kind]} for kind in _PARTS}  # in their order
_DICTS = {kind: tuple(name for name, value in _DEFAULTS[kind].items() if value == {}) for kind in _PARTS}
_MISSING = object()
P = TypeVar("P", bound=Part)


def _plain(part: Part) -> dict[str, Any]:
    usual = _DEFAULTS[type(part)]
    return {
        name: _value(value) for name, value in part.__dict__.items() if value != usual.get(name, _MISSING)
    }


def _value(value: Any) -> Any:
    if isinstance(value, Part):
        return _plain(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, datetime):
        return value.isoformat() + "~" * value.fold
    return value


def _made(kind: type[P], data: dict[str, Any]) -> P:
    """A part of which every field is as it was; those that were left out have their defaults."""
    part = kind.__new__(kind)
    values = {**_EMPTY[kind], **data}
    for name in _DICTS[kind]:
        values[name] = dict(values[name])  # nobody shares a default that can be changed
    object.__setattr__(part, "__dict__", values)
    object.__setattr__(part, "__pydantic_fields_set__", set(data))
    object.__setattr__(part, "__pydantic_extra__", None)
    object.__setattr__(part, "__pydantic_private__", None)
    return part


def _event(data: dict[str, Any]) -> Event:
    for name, make in _MAKE:
        if name in data:
            data[name] = make(data[name])
    return _made(Event, data)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("~")).replace(fold=int(text.endswith("~")))


def _links(rows: list[dict[str, Any]]) -> tuple[Link, ...]:
    return tuple(_made(Link, row) for row in rows)


def _speakers(rows: list[dict[str, Any]]) -> tuple[Speaker, ...]:
    for row in rows:
        if "links" in row:
            row["links"] = _links(row["links"])
    return tuple(_made(Speaker, row) for row in rows)


def _recordings(rows: list[dict[str, Any]]) -> tuple[Recording, ...]:
    for row in rows:
        for name in ("languages", "trim", "voices"):
            if name in row:
                row[name] = tuple(row[name])
    return tuple(_made(Recording, row) for row in rows)


_MAKE: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("starts", _local), ("publish_at", _local),
    ("duration", lambda value: timedelta(microseconds=value)),
    ("aliases", tuple), ("languages", tuple), ("tags", tuple),
    ("agenda", lambda rows: tuple(_made(AgendaItem, row) for row in rows)),
    ("speakers", _speakers), ("links", _links), ("recordings", _recordings),
)  # fmt: skip
