"""Slows down whoever guesses passwords: the account that is guessed at, and the address that guesses.

After five wrong passwords each further try has to wait: half a minute, then twice as long each time, up to a quarter of
an hour. Nobody is locked out for good, for then anybody could lock an organiser out; and a browser in which somebody
has signed in before is counted by itself, so that guessing elsewhere does not slow its owner down (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies").

What is counted is kept in memory under a keyed hash, with a key that dies with the process, and for a day at most: no
address and no name that was tried is written anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

FREE = 5  # wrong passwords before anybody has to wait
FIRST, MOST = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)
_KNOWN = 20_000  # addresses and unknown names that are remembered


class Throttle:
    """Counts wrong passwords by what is common to them: `("account", name)`, `("address", network)`."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._wrong: OrderedDict[bytes, tuple[int, datetime]] = OrderedDict()
        self._guard = threading.Lock()

    def wait(self, now: datetime, *what: tuple[str, str]) -> timedelta:
        """How long a try has to wait still; zero: it may be made."""
        with self._guard:
            return max((self._wait(now, self._hash(*each)) for each in what), default=timedelta())

    def attempt(self, now: datetime, *what: tuple[str, str]) -> timedelta:
        """The same, and counts the try as a wrong one if it may be made, before it is made: tries that are made at
        the same time count too. A right one is taken back with `forget`.
        """
        with self._guard:
            keys = [self._hash(*each) for each in what]
            left = max((self._wait(now, key) for key in keys), default=timedelta())
            if left > timedelta():
                return left
            for key in keys:
                count, at = self._wrong.get(key, (0, now))
                self._wrong[key] = (count + 1 if now - at < FORGOTTEN else 1, now)
                self._wrong.move_to_end(key)
            while len(self._wrong) > _KNOWN:
                self._wrong.popitem(last=False)
            return left

    def forget(self, *what: tuple[str, str]) -> None:
        """The password was right: what was counted is taken off."""
        with self._guard:
            for each in what:
                self._wrong.pop(self._hash(*each), None)

    def take_back(self, *what: tuple[str, str]) -> None:
        """One try was no wrong one after all; what was wrong before still counts."""
        with self._guard:
            for each in what:
                key = self._hash(*each)
                found = self._wrong.get(key)
                if found is not None and found[0] > 1:
                    self._wrong[key] = (found[0] - 1, found[1])
                else:
                    self._wrong.pop(key, None)

    def _wait(self, now: datetime, key: bytes) -> timedelta:
        count, at = self._wrong.get(key, (0, now))
        if count < FREE or abs(now - at) >= FORGOTTEN:
            return timedelta()
        pause = min(MOST, FIRST * (1 << min(count - FREE, 10)))
        return max(timedelta(), at + pause - now) if now >= at else pause

    def _hash(self, kind: str, value: str) -> bytes:
        text = f"{kind}\0{value}".encode("utf-8", "surrogateescape")
        return hmac.digest(self._key, hashlib.sha256(text).digest(), "sha256")[:16]
