"""What is kept back from the public although it was meant for it, and why: told to whoever publishes."""

from __future__ import annotations

from pathlib import Path

from onrecord.errors import FormatError, PublishError
from onrecord.events.model import Event, Speaker
from onrecord.events.publication import consents


def is_itself(top: Path, path: Path) -> bool:
    """Whether a file is where its name says, with no link below `top`, which may be on another disk: not
    outside the archive, and not a file of another event.
    """
    return path.resolve() == top.resolve() / path.relative_to(top)


def leads_elsewhere(path: Path) -> FormatError:
    return FormatError(
        "this leads to another file than its name says, so it is not published.",
        path=path,
        advice="Put the file itself there instead of a link.",
    )


def has_other_names(speaker: Speaker) -> bool:
    """Whether `speakers.toml` may know more names of someone whose name must not be said."""
    return bool(speaker.id) and (bool(speaker.shown_as) or not consents(speaker))


def names_unknown(event: Event) -> PublishError:
    return PublishError(
        f"'{event.stem}' is kept back: the names that must not be public stand in a file that cannot be read.",
        slug=event.stem,
        advice="Mend speakers.toml.",
    )


def named_in_address(event: Event) -> PublishError:
    return PublishError(
        f"'{event.stem}' is kept back: its address '{event.slug}' holds a name that must not be public.",
        slug=event.stem,
        advice=f"Give it another one with 'onrecord event rename {event.stem} NEW-ADDRESS'.",
    )
