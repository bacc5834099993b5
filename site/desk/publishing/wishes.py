"""A wish as a form sends it, and as a part of an address: the preview of a choice has an address of its own."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException

from onrecord.errors import UsageError
from onrecord.events.model import Event
from onrecord.languages import N_
from onrecord.site.release import Wish

_SOUNDS = ("recording", "transcript", "nothing")
_POLICIES = ("reviewed", "draft", "no")


def read_wish(text: Callable[[str], str], texts: Callable[[str], Sequence[str]], event: Event) -> Wish:
    """What a form says. What nobody could have chosen counts as not chosen; raises `UsageError` for what does not fit."""
    visibility, sound, policy = text("visibility"), text("sound"), text("transcript")
    at = text("at") if visibility == "later" else ""
    if visibility == "later" and not at:
        raise UsageError(N_("Say from which time on."))  # never at once because a field was left empty
    known = [recording.id for recording in event.recordings]
    chosen = tuple(one for one in texts("recording") if one in known)
    if text("which") and not chosen:
        sound = "nothing"  # every one of them was unticked
    speakers = [speaker.name for speaker in event.speakers]
    return Wish(
        visibility="unlisted" if visibility == "unlisted" else "public",
        at=at.replace("T", " ") or None,
        chosen=chosen,
        sound=sound if sound in _SOUNDS else "recording",  # type: ignore[arg-type]
        transcript=policy if policy in _POLICIES else None,  # type: ignore[arg-type]
        voices=tuple(one for one in texts("voice") if one in speakers),
    )


def wish_code(wish: Wish) -> str:
    """The wish as a part of an address."""
    values = {name: value for name, value in asdict(wish).items() if value != getattr(Wish(), name)}
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") or "e30"


def wish_of(code: str) -> Wish:
    """The wish of an address; an address that nobody has made is no page (404)."""
    try:
        if not re.fullmatch(r"[A-Za-z0-9_-]{2,4000}", code):
            raise ValueError(code)
        found = json.loads(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in found.items()
        }
        made = Wish(**values)
        for value in (made.visibility, made.sound, *made.chosen, *made.voices):
            if not isinstance(value, str):
                raise TypeError(value)
        if made.visibility not in ("public", "unlisted") or made.sound not in _SOUNDS:
            raise ValueError(code)
        if made.transcript not in (None, *_POLICIES) or not isinstance(made.at, (str, type(None))):
            raise ValueError(code)
    except (ValueError, TypeError, AttributeError) as error:
        raise HTTPException(404) from error
    return made
