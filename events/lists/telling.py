"""What was done with a list, as the command line tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from onrecord.events.lists.plan import Step
from onrecord.events.showing import plain_data


def told(step: Step) -> Iterator[str]:
    """What becomes of one row, for a person."""
    if step.action == "wrong" or step.event is None:
        yield f"wrong    {step.place}  {step.title}".rstrip()
        return
    yield f"{step.action:7}  {step.event.starts:%Y-%m-%d %H:%M}  {step.event.slug}  {step.event.title}"
    for difference in step.differences:
        yield f"         {difference.key}: {_short(difference.here)} -> {_short(difference.listed)}"
    for remark in step.proposal.remarks if step.proposal else ():
        yield f"         ({remark})"


def _short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "also " + ", ".join(
            str(row.get("name") or row.get("url") or row.get("source")) for row in value
        )
    text = (
        ", ".join(map(str, value)) if isinstance(value, list) else "nothing" if value is None else str(value)
    )
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def as_data(step: Step) -> dict[str, Any]:
    """The same for programs."""
    return {
        "action": step.action,
        "done": step.done,
        "place": step.place,
        "title": step.title,
        "slug": step.event.slug if step.event else None,
        "differences": [
            {"key": one.key, "here": plain_data(one.here), "listed": plain_data(one.listed)}
            for one in step.differences
        ],
        "remarks": list(step.proposal.remarks) if step.proposal else [],
        "problem": str(step.problem) if step.problem else None,
    }


def sum_up(steps: Sequence[Step], *, dry_run: bool, update: bool) -> str:
    """One line about the whole list."""
    counts = {
        action: sum(step.action == action for step in steps) for action in ("new", "changed", "here", "wrong")
    }
    added = "would be registered" if dry_run else "registered"
    altered = ("would be changed" if dry_run else "changed") if update else "differ from the list"
    return (
        f"{counts['new']} {added}, {counts['changed']} {altered}, {counts['here']} here already, "
        f"{counts['wrong']} wrong."
    )
