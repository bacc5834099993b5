"""What taking a list would do, and doing it: what is new, what is here already, what has changed.

An import never undoes what a person has corrected here: changes are told, and made only when they are asked
for. Nothing is ever removed from an event. Running an import twice adds nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import tomlkit

from onrecord.errors import (
    ConflictError,
    EventFormatError,
    FormatError,
    LockedError,
    OnrecordError,
    UsageError,
)
from onrecord.events import phrases
from onrecord.events.claims import Owners, check_free
from onrecord.events.lists import Listing, Proposal
from onrecord.events.model import Event
from onrecord.events.registry import Registry
from onrecord.events.writing import append_rows, event_values, item

_PARTS = {"speakers": "name", "links": "url", "recordings": "source"}  # what tells one from another


@dataclass(frozen=True)
class Difference:
    """A key whose value in the list is another than in the record; of a table, the rows that the record
    lacks.
    """

    key: str
    here: Any
    listed: Any


@dataclass(frozen=True)
class Step:
    """What becomes of one row of a list. `event` is the one that is here, or would be."""

    action: Literal["new", "here", "changed", "wrong"]
    place: str
    title: str
    event: Event | None = None
    proposal: Proposal | None = None
    differences: tuple[Difference, ...] = ()
    problem: OnrecordError | None = None
    done: bool = False


def make_plan(registry: Registry, listing: Listing) -> tuple[Step, ...]:
    """Holds a list against the registry; nothing is written.

    An event is the same by its id, its address, or by title and start.
    """
    scan = registry.scan()
    known = {key: event for event in scan.events for key in _keys(event)}
    steps: list[Step] = []
    for row in listing.rows:
        if isinstance(row, FormatError):
            steps.append(Step("wrong", f"line {row.line}" if row.line else row.message, "", problem=row))
            continue
        step = _step(registry, _as_seen_from(registry.archive.root, row), known, scan.owners)
        if (
            step.action == "new" and step.event is not None
        ):  # a later row of the same list may be the same event
            known = {**dict.fromkeys(_keys(step.event), step.event), **known}
        steps.append(step)
    return tuple(steps)


def _as_seen_from(root: Path, proposal: Proposal) -> Proposal:
    """Recordings in the archive's folder are named as seen from it, so that the archive can be moved."""
    rows = proposal.values.get("recordings", [])
    inside = [
        {**row, "source": str(Path(row["source"]).relative_to(root))}
        if Path(row["source"]).is_relative_to(root)
        else row
        for row in rows
    ]
    return replace(proposal, values={**proposal.values, "recordings": inside}) if rows else proposal


def _step(
    registry: Registry, proposal: Proposal, known: Mapping[tuple[str, ...], Event], owners: Owners
) -> Step:
    title = str(proposal.values.get("title", ""))
    try:
        _, _, wanted = registry.draft(proposal.values, owners)
    except EventFormatError as error:
        # The line of a file that was never written says nothing; the row of the list does.
        problem = EventFormatError(f"{proposal.place}: {error.message}", advice=error.advice, key=error.key)
        return Step("wrong", proposal.place, title, proposal=proposal, problem=problem)
    except OnrecordError as error:
        return Step("wrong", proposal.place, title, proposal=proposal, problem=error)
    found = next((known[key] for key in _keys(wanted) if key in known and _may_match(key, proposal)), None)
    if found is None:
        try:
            check_free(wanted, owners)
        except ConflictError as error:
            return Step("wrong", proposal.place, title, proposal=proposal, problem=error)
        return Step("new", proposal.place, title, wanted, proposal)
    differences = tuple(_differences(found, wanted, proposal.values))
    return Step("changed" if differences else "here", proposal.place, title, found, proposal, differences)


def _keys(event: Event) -> list[tuple[str, ...]]:
    """How an event is known again, the surest first."""
    title = re.sub(r"\W+", " ", event.title.casefold()).strip()
    addresses = [("address", slug) for slug in (event.slug, *event.aliases)]
    return [("id", event.id), *addresses, ("title and start", title, event.starts_at.isoformat())]


def _may_match(key: tuple[str, ...], proposal: Proposal) -> bool:
    """An address counts only where the list names one: one that we make of date and title would match
    another's.
    """
    return key[0] != "address" or "slug" in proposal.values


def _differences(here: Event, wanted: Event, values: Mapping[str, Any]) -> Iterator[Difference]:
    present, listed = event_values(here), event_values(wanted)
    for key in values:
        if key in ("id", "slug", "visibility", "private") or key not in listed:
            continue
        if key in ("starts", "timezone") and here.starts_at == wanted.starts_at:
            continue
        if key in _PARTS:
            mark = _PARTS[key]
            had = {str(row.get(mark, "")).casefold() for row in present.get(key, [])}
            lacking = [row for row in listed[key] if str(row.get(mark, "")).casefold() not in had]
            if lacking:
                yield Difference(key, None, lacking)
        elif _bare(present.get(key)) != _bare(listed[key]):
            yield Difference(key, present.get(key), listed[key])


def _bare(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def carry_out(registry: Registry, steps: tuple[Step, ...], *, update: bool = False) -> Iterator[Step]:
    """Registers what is new, and with `update` changes what has changed; yields each step as it was done.

    A row that cannot be taken does not stop the others.
    """
    made = registry.add_all(step.proposal.values for step in steps if step.action == "new" and step.proposal)
    locked: LockedError | None = None  # somebody else is registering events: then none of these can be
    for step in steps:
        try:
            if step.action == "new":
                if locked is not None:
                    raise locked
                try:
                    event = next(made)
                except LockedError as error:
                    locked = error
                    raise
                if isinstance(event, OnrecordError):
                    raise event
                yield replace(step, event=event, done=True)
            elif step.action == "changed" and update and step.event is not None:
                yield replace(step, event=_update(registry, step.event.id, step.differences), done=True)
            else:
                yield step
        except (FormatError, ConflictError, UsageError) as error:
            yield replace(step, action="wrong", problem=error)


def _update(registry: Registry, event_id: str, differences: tuple[Difference, ...]) -> Event:
    event = registry.get(event_id)

    def change(document: tomlkit.TOMLDocument) -> None:
        for difference in differences:
            if difference.key in _PARTS:
                append_rows(document, difference.key, _with_free_ids(event, difference))
            else:
                document[difference.key] = item(difference.listed)

    return registry.edit(event.stem, change)


def _with_free_ids(event: Event, difference: Difference) -> list[dict[str, Any]]:
    """New recordings get ids that the event does not use yet."""
    if difference.key != "recordings":
        return list(difference.listed)
    numbered = phrases.recordings(
        [row["source"] for row in difference.listed], {recording.id for recording in event.recordings}
    )
    return [{**row, "id": new["id"]} for row, new in zip(difference.listed, numbered, strict=True)]
