"""Taking an event back from the public, everywhere that this machine reaches, and undoing it.

The record is changed first: from then on no page, feed, search, clip or file of the live site gives anything of it. Then what
was kept of it is taken away or sealed. The static site and its targets are written anew by whoever calls this, and the jobs
that are at it are called off with `call_off`.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.errors import OnrecordError, UsageError
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.site.exchange.dump import folder_of
from onrecord.site.sealing import Sealed, seal, sealed, unseal
from onrecord.site.unreachable import Copy, copies

REASON = "This discussion was withdrawn."


@dataclass(frozen=True)
class Withdrawal:
    """What was done: the event as it is now, what is sealed, and the copies that cannot be reached from here."""

    event: Event
    sealed: Sealed
    copies: tuple[Copy, ...]
    troubles: tuple[
        OnrecordError, ...
    ]  # what could not be taken away yet; the event is withdrawn all the same


def withdraw(archive: Archive, name: str, sentence: str, *, now: datetime) -> Withdrawal:
    """Withdraws an event; its page says `sentence` from then on. Doing it again changes the sentence.

    Raises `NotFoundError`, and `UsageError` for an empty sentence.
    """
    registry = Registry(archive)
    before = registry.get(name)
    event = registry.withdraw(before.stem, sentence)
    troubles: list[OnrecordError] = []
    for step in (_out_of_the_index, _out_of_what_is_kept):
        try:
            step(archive, event)
        except OnrecordError as error:
            troubles.append(error)
    try:
        closed = seal(archive, event.stem)
    except OnrecordError as error:
        troubles.append(error)
        closed = sealed(archive, event.stem)
    return Withdrawal(event, closed, copies(archive, before, now), tuple(troubles))


def call_off(database: Database, stem: str, *, by: str = "") -> tuple[jobs.Job, ...]:
    """Calls off what would make something of a withdrawn event again; gives those jobs.

    These are the recordings' jobs: they render and transcribe. One that is claimed later finds the event withdrawn and ends
    by itself. What is left alone: a copy to trim by, looks at addresses and checks, of which nothing is ever public.
    """
    with database.writing():
        found = jobs.unfinished(database, kind="recording", subject=stem)
        return tuple(jobs.wish(database, job.id, "cancel", by=by) for job in found)


def bring_back(archive: Archive, name: str) -> Event:
    """Undoes a withdrawal: the event is a draft then, and everything that was sealed is in its place again.

    A person publishes it again, after looking: nothing becomes public by itself. Raises `UsageError` for an event that is
    not withdrawn.
    """
    registry = Registry(archive)
    event = registry.get(name)
    there = sealed(archive, event.stem)
    if not event.withdrawn and not there.revisions and not there.renditions:
        raise UsageError(f"'{event.stem}' is not withdrawn.", advice="There is nothing to undo.")

    def change(document: Any) -> None:
        if document.pop("withdrawn", None) is not None:
            document["visibility"] = "draft"
            document.pop("publish_at", None)

    event = registry.edit(event.stem, change)
    unseal(archive, event.stem)
    return event


def _out_of_the_index(archive: Archive, event: Event) -> None:
    """Takes the event out of the readers' index; a running server does so too, and whoever comes second finds nothing."""
    from onrecord.transcripts.search.index import Index  # SQLite with the words of all languages

    if archive.public_index_file.is_file():
        with Index(archive.public_index_file) as index:
            index.remove(event.slug)
            index.settle()


def _out_of_what_is_kept(archive: Archive, event: Event) -> None:
    """Takes away the clips, and the file of everything, which is made again when somebody asks for it."""
    shutil.rmtree(archive.hidden / "clips" / event.stem, ignore_errors=True)
    folder = folder_of(archive)
    if folder.is_dir():
        with (
            lock(archive, "dump", wait=2, doing="taking away what was withdrawn"),
            suppress(FileNotFoundError),
        ):
            shutil.rmtree(folder)
