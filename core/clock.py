"""Two clocks: the wall's, which people read and which may jump, and a steady one, by which leases are kept.

The steady one counts since the machine was started, sleep included (`CLOCK_BOOTTIME` of Linux, else `CLOCK_MONOTONIC`), so all
processes of one machine agree about it; `boot` names that start. A reading is worth nothing under another `boot`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Clock:
    """What time it is: `wall()` as an aware instant in UTC, `steady()` in seconds since `boot`."""

    boot: str
    steady: Callable[[], float]
    wall: Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def _steady() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@lru_cache(maxsize=1)
def machine() -> Clock:
    """The clocks of this machine."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        # Elsewhere: the second in which the machine was started would jump with the wall's clock, so only the
        # hardware is named; a lease from an earlier start then reads as one that lies too far ahead.
        boot = f"node-{uuid.getnode():x}"
    return Clock(boot, _steady, _now)
