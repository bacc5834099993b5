"""Changing an event's file in a person's editor: on a copy, which replaces it only when it can be read."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from onrecord.archive import Archive
from onrecord.errors import ConflictError, EventFormatError, OnrecordError, UsageError
from onrecord.events.model import Event
from onrecord.events.record import read_record_text
from onrecord.events.registry import Registry
from onrecord.files import make_folder, write_bytes


def editor_command() -> list[str]:
    """What `$VISUAL` or `$EDITOR` names, else an editor that is installed; raises `UsageError` when there is
    none.
    """
    for variable in ("VISUAL", "EDITOR"):
        if os.environ.get(variable, "").strip():
            return shlex.split(os.environ[variable])
    for name in ("nano", "vim", "vi", "notepad"):
        if shutil.which(name):
            return [name]
    raise UsageError(
        "there is no editor.",
        advice='Name one, as in EDITOR=nano, or use --set: onrecord event edit SLUG --set title="...".',
    )


@dataclass(frozen=True)
class Draft:
    """An edited copy, which stays until it has replaced the event's file.

    `base` is the file as it was copied.
    """

    path: Path
    base: Path
    went_on: bool  # whether it is a copy from an earlier time that did not replace the file

    @property
    def changed(self) -> bool:
        """Whether the copy says anything else than the file did."""
        return self.path.read_bytes() != self.base.read_bytes()

    def remove(self) -> None:
        """Forgets the copy."""
        self.path.unlink(missing_ok=True)
        self.base.unlink(missing_ok=True)


def open_draft(archive: Archive, file: Path) -> Draft:
    """The copy of an event's file for the editor: the one that an earlier time left, or a new one."""
    folder = make_folder(archive.hidden / "edits", private=True)
    draft = Draft(folder / file.name, folder / f"{file.stem}.before", went_on=True)
    if draft.path.exists() and draft.base.exists():
        if draft.changed:
            return draft
        draft.remove()
    text = file.read_bytes()
    write_bytes(draft.base, text)
    write_bytes(draft.path, text)
    return Draft(draft.path, draft.base, went_on=False)


def run_editor(draft: Draft) -> None:
    """Runs the editor on the copy and waits for it; raises `UsageError` when it cannot run or fails."""
    command = [*editor_command(), str(draft.path)]
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise UsageError(
            f"the editor '{command[0]}' cannot be started: {error.strerror}.",
            advice="Name another in $EDITOR.",
        ) from error
    if code:
        raise UsageError(
            f"the editor ended with an error ({code}); the event was not changed.", advice=_kept(draft)
        )


def take(registry: Registry, draft: Draft, stem: str) -> Event:
    """Puts the copy in the place of the event's file.

    Raises what is wrong with it; the copy then stays where it is.
    """
    base = read_record_text(draft.base) if _readable(draft.base) else None

    def replaced(before: str) -> str:
        if base is not None and before != base:
            raise ConflictError(
                "the event was changed by someone else while you edited it.", slug=stem,
                advice=f"{_kept(draft)} Compare it with the event's file, or delete it to begin anew.",
            )  # fmt: skip
        return read_record_text(draft.path)

    try:
        event = registry.replace_text(stem, replaced)
    except EventFormatError as error:
        raise EventFormatError(
            error.message, advice=f"{error.advice} {_kept(draft)}".strip(), path=draft.path, line=error.line,
                key=error.key,
            expected=error.expected, nearest=error.nearest, others=error.others,
        ) from error  # fmt: skip
    except (ConflictError, UsageError) as error:
        if str(draft.path) not in error.advice:
            raise type(error)(
                error.message, advice=f"{error.advice} {_kept(draft)}".strip(), slug=stem
            ) from error
        raise
    draft.remove()
    return event


def _readable(path: Path) -> bool:
    try:
        read_record_text(path)
    except OnrecordError:
        return False
    return True


def _kept(draft: Draft) -> str:
    return f"Your edited copy is kept in {draft.path}; run the same command again to go on with it."
