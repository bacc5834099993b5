"""The mark that makes a place ours: what has it may be replaced whole, and nothing else is ever deleted.

A slip in an address, such as one's home folder, would otherwise be a catastrophe with `--delete`.
"""

from __future__ import annotations

from onrecord.errors import TargetError
from onrecord.targets import Target

MARK = ".onrecord-target"
TEXT = (
    "onrecord publishes into this place: everything in it is replaced by each 'onrecord publish'.\n"
    "Keep nothing of your own here.\n"
)


def not_ours(target: Target) -> TargetError:
    """Something stands in a place that onrecord has not put there."""
    kind = "branch" if target.kind == "git" else "folder"
    return TargetError(
        f"this {kind} holds what onrecord has not put there, and nothing was changed in it.",
        advice=f"Name an empty or new {kind}. If everything in this one may be replaced, put a file named "
        f"{MARK} into it, and publish again.",
    )
