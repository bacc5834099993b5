"""How long a fetch waits, and how often it tries."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from onrecord.errors import FetchError

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long a fetch waits; seconds, and bytes per second."""

    connect: float = 20
    silence: float = 40  # without a byte
    slowest: float = 1000  # bytes per second, over `window` seconds of waiting
    window: float = 60
    pause: float = 2  # before the second try; doubled each time
    longest_pause: float = 120
    longest_wait: float = 300  # a server that asks for more than this is come back to later

    def before(self, attempt: int) -> float:
        """The seconds to wait before try number `attempt` (the first is 1).

        Exponential, with jitter, so that many do not come at once.
        """
        if attempt < 2:
            return 0.0
        return float(min(self.longest_pause, self.pause * 2.0 ** (attempt - 2)) * random.uniform(0.5, 1.5))  # noqa: S311


def persist(
    attempt: Callable[[], T],
    *,
    tries: int,
    patience: Patience,
    reached: Callable[[], int],
    tell: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[T, int]:
    """Runs `attempt` until it succeeds; the result, and how often it was tried.

    Only a `FetchError` that is not permanent is tried again, `tries` times in a row. A try that got farther than any before
    (`reached`, in bytes) begins the count anew, so that a large file over a bad line arrives in the end. A server that
    asks for more patience than `longest_wait` is not waited for: its error, with `wait`, is raised at once.
    """
    failed = total = farthest = 0
    while True:
        total += 1
        try:
            return attempt(), total
        except FetchError as error:
            failed += 1
            here = reached()
            if here > farthest:
                farthest, failed = here, 1
            if error.permanent or failed >= tries or (error.wait or 0) > patience.longest_wait:
                error.tries = total
                raise
            pause = max(patience.before(failed + 1), error.wait or 0)
            tell(f"{error.message} Trying again in {pause:.0f} s ({failed + 1} of {tries})")
            sleep(pause)
