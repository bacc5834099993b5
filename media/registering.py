"""Recordings in an event's own file: written in by whoever found one, taken out again with the original kept.

An id is never used twice: what was fetched for a recording that was taken out stays under its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.archive import Archive
from onrecord.errors import NotFoundError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


@dataclass
class Register:
    """Writes a source into an event's document: into a recording that waits for one, else as a new recording.

    A source that stands there already is left as it is, so that the same step can be run again. `values` are further
    keys of a new recording, such as `title` and `languages`. `recording_id` says afterwards which one it is.
    """

    archive: Archive
    stem: str
    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    recording_id: str = ""

    def __call__(self, document: TOMLDocument) -> None:
        import tomlkit

        rows: Any = document.setdefault("recordings", tomlkit.aot())
        for row in rows:
            if row.get("source") == self.source:
                self.recording_id = str(row["id"])
                return
        for row in rows:
            if not row.get("source") and not self._used(str(row["id"])):
                row["source"] = self.source
                for key, value in self.values.items():
                    if value and not row.get(key):
                        row[key] = _plain(value)
                self.recording_id = str(row["id"])
                return
        taken = {str(row.get("id")) for row in rows}
        number = len(rows) + 1
        while f"part-{number}" in taken or self._used(f"part-{number}"):
            number += 1
        from onrecord.events.writing import append_rows

        self.recording_id = f"part-{number}"
        more = {key: _plain(value) for key, value in self.values.items() if value}
        row = {"id": self.recording_id, "source": self.source, **more}
        if rows:
            append_rows(document, "recordings", [row])
        else:
            document.pop("recordings", None)
            append_rows(document, "recordings", [row])

    def _used(self, recording_id: str) -> bool:
        """Whether an original was made under this name, by a recording that is in the file or was."""
        return _has_files(self.archive.media(self.stem), recording_id)


def _has_files(folder: Path, recording_id: str) -> bool:
    if not folder.is_dir():
        return False
    return any(path.name.startswith(f"{recording_id}.") for path in folder.iterdir())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Remove:
    """Takes a recording out of an event's document. What was fetched and transcribed stays where it is."""

    recording_id: str

    def __call__(self, document: TOMLDocument) -> None:
        rows: Any = document.get("recordings") or []
        for number, row in enumerate(rows):
            if row.get("id") == self.recording_id:
                del rows[number]
                if not len(rows):
                    document.pop("recordings", None)
                self._forget_chapters(document)
                return
        raise NotFoundError(f"there is no recording '{self.recording_id}' in this discussion.")

    def _forget_chapters(self, document: TOMLDocument) -> None:
        """Chapters of the recording would make the file one that cannot be read."""
        agenda: Any = document.get("agenda")
        for number in range(len(agenda or ()) - 1, -1, -1):
            if agenda[number].get("recording") == self.recording_id:
                del agenda[number]


def row_of(document: TOMLDocument, recording_id: str) -> Any:
    """The table of a recording in an event's document. Raises `NotFoundError`."""
    rows: Any = document.get("recordings") or []
    for row in rows:
        if row.get("id") == recording_id:
            return row
    raise NotFoundError(f"there is no recording '{recording_id}' in this discussion.")
