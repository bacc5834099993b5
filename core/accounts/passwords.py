"""Passwords: which are good enough, and what is kept of them.

Argon2id (RFC 9106) with 32 MiB and four passes: beyond what OWASP's cheat sheet asks for (19 MiB, two passes), and
two at once still fit a small machine. A third waits; when many wait, the next is sent away at once, so that a flood
of sign-ins cannot take the site's memory or its threads.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from onrecord.errors import AccountError, BusyError
from onrecord.languages import N_

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200  # characters
AT_ONCE, WAITING = 2, 8
_MEMORY, _PASSES, _LANES = 32 * 1024, 4, 1  # KiB; RFC 9106, 3.1
# Words that people build passwords around; a password that is nothing else beside digits and marks is one of the
# first to be tried.
_COMMON = frozenset(
    """
    password passwort motdepasse haslo parol пароль kennwort passphrase letmein welcome willkommen
    bienvenue witaj admin administrator owner organiser organizer editor root login signin secret master
    onrecord archive archiv discussion qwerty qwertyuiop asdfghjkl zxcvbnm qwertz azerty йцукен iloveyou
    monkey dragon sunshine princess football baseball superman batman trustno changeme default guest
    user test testing hello freedom ukraine україна украина kyiv київ slavaukraini
    correcthorsebatterystaple whatever computer internet samsung google
    """.split()  # noqa: SIM905 - words are easier to read so
)
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзхїфівапролджєячсмитьбю",
         "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p")  # fmt: skip
_LOOKS_LIKE = str.maketrans("013457@$!", "oleastasi")

_free = threading.BoundedSemaphore(AT_ONCE)
_line = threading.BoundedSemaphore(AT_ONCE + WAITING)


def normal(password: str) -> str:
    """The password as it is hashed: the same whichever keyboard wrote it (NFKC, as NIST SP 800-63B has it)."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *names: str) -> None:
    """Raises `AccountError` that says why a password will not do: too short, too common, or made of a name."""
    text = normal(password)
    if len(text) < SHORTEST:
        raise AccountError(
            N_("The password is too short: it needs %(num)s characters or more."), num=SHORTEST,
            advice=N_("Several words that do not belong together are easy to remember and hard to guess."),
        )  # fmt: skip
    if len(text) > LONGEST:
        raise AccountError(N_("The password is too long: %(num)s characters are the most."), num=LONGEST)
    advice = N_("Several words that do not belong together are easy to remember and hard to guess.")
    for name in names:
        plain = _letters(name)
        if len(plain) >= 3 and plain in _letters(text) and len(_letters(text)) - len(plain) < 8:
            raise AccountError(N_("The password is made of a name that others know."), advice=advice)
    if _easy(text):
        raise AccountError(N_("The password is one of those that are tried first."), advice=advice)


def _easy(text: str) -> bool:
    lower = text.lower()
    if len(set(lower)) < 5:
        return True
    for size in range(1, len(lower) // 2 + 1):  # one piece again and again
        if size < SHORTEST - 3 and (lower[:size] * (len(lower) // size + 1))[: len(lower)] == lower:
            return True
    if any(_runs(lower, row) for row in _ROWS):
        return True
    bare = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", lower)
    words = {_letters(form) for text in (lower, bare) for form in (text, text.translate(_LOOKS_LIKE))}
    return any(word and _only_common(word) for word in words)


def _runs(text: str, row: str) -> bool:
    """Whether a text is little more than pieces of a row of the keyboard, forwards or backwards."""
    rest = text
    for line in (row, row[::-1]):
        start = 0
        while start < len(rest) - 3:
            size = 4
            if rest[start : start + size] not in line:
                start += 1
                continue
            while start + size < len(rest) and rest[start : start + size + 1] in line:
                size += 1
            rest = rest[:start] + rest[start + size :]
    return len(rest) <= 3


def _only_common(word: str) -> bool:
    """Whether letters are common words one after another."""
    reach = {0}
    for end in range(1, len(word) + 1):
        if any(start in reach and word[start:end] in _COMMON for start in range(max(0, end - 30), end)):
            reach.add(end)
    return len(word) in reach


def _letters(text: str) -> str:
    return "".join(letter for letter in normal(text).lower() if letter.isalpha())


def hashed(password: str) -> str:
    """What is kept of a password; raises `BusyError` when too many wait for theirs."""
    with _turn():
        return _hasher().hash(normal(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one of which `kept` was kept. With None (there is no such person) it is compared
    all the same, with the hash of something that nobody knows, so that the answer takes as long.
    """
    from argon2.exceptions import VerificationError

    with _turn():
        nobody = _nobody()  # made once, for whoever comes first, so that it tells nothing of them
        try:
            _hasher().verify(kept if kept is not None else nobody, normal(password))
        except VerificationError:
            return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether a hash was made with less care than we take now."""
    return _hasher().check_needs_rehash(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _line.acquire(blocking=False):
        raise BusyError(N_("Too many people are signing in just now."), advice=N_("Try again in a moment."))
    try:
        with _free:
            yield
    finally:
        _line.release()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # a compiled library that only the desk needs

    return PasswordHasher(
        time_cost=_PASSES, memory_cost=_MEMORY, parallelism=_LANES, hash_len=32, salt_len=16
    )


@lru_cache(maxsize=1)
def _nobody() -> str:
    import secrets

    return _hasher().hash(secrets.token_urlsafe(32))
