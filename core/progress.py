"""How long work tells how far it is, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Report:
    """One sign of life of a piece of work.

    `done` and `total` count bytes, milliseconds of audio, or things, as `unit` says; `total` is None while unknown.
    """

    stage: str
    subject: str
    done: float
    total: float | None
    unit: Literal["bytes", "ms", "items"]
    note: str = ""


Progress = Callable[[Report], None]


class StoppedError(BaseException):
    """The run is to end now, as `wanted` says ("pause", "cancel", ...); no `except Exception` on its way may keep it."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def silent(report: Report) -> None:
    """A listener that does not care."""
