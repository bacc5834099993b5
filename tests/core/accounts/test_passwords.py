"""Passwords: which are good enough, and two hashes at once."""

from __future__ import annotations

import threading
import time

import argon2
import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from onrecord.accounts import passwords
from onrecord.errors import AccountError, BusyError

GOOD = "seven quiet herons at noon"


def test_password_is_kept_by_argon2id_with_care() -> None:
    """Argon2id, 32 MiB, four passes, a salt of its own each time: more than OWASP asks for."""
    kept = passwords.hashed(GOOD)
    found = extract_parameters(kept)
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 32 * 1024, 4, 1)
    assert (found.salt_len, found.hash_len) == (16, 32)
    assert GOOD not in kept
    assert passwords.hashed(GOOD) != kept
    assert not passwords.outdated(kept)


def test_only_the_right_password_fits() -> None:
    """One letter or a capital is another password; the same letters from another keyboard are the same."""
    kept = passwords.hashed("сім тихих чапель о полудні é")
    assert passwords.fits(kept, "сім тихих чапель о полудні e\u0301")
    assert not passwords.fits(kept, "Сім тихих чапель о полудні é")
    assert not passwords.fits(kept, "")
    assert not passwords.fits(None, "сім тихих чапель о полудні é")


def test_hash_made_with_less_care_is_found_out() -> None:
    """It is made again at the next sign-in."""
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert passwords.fits(old, GOOD)
    assert passwords.outdated(old)


def test_two_hashes_are_made_at_once_and_many_who_wait_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twenty who come at the same time two are served at once, ten in all; the others hear it at once."""
    guard, running, peaks, refused, done = threading.Lock(), [0], [], [], []
    real, all_came = argon2.PasswordHasher.hash, threading.Event()

    def counted(hasher: argon2.PasswordHasher, password: str | bytes) -> str:
        with guard:
            running[0] += 1
            peaks.append(running[0])
        all_came.wait(60)
        try:
            return real(hasher, password)
        finally:
            with guard:
                running[0] -= 1

    def one() -> None:
        began = time.monotonic()
        try:
            done.append(passwords.hashed(GOOD))
        except BusyError:
            refused.append(time.monotonic() - began)
            if len(refused) == 20 - passwords.AT_ONCE - passwords.WAITING:
                all_came.set()  # nobody is served before, however slowly the others come

    monkeypatch.setattr(argon2.PasswordHasher, "hash", counted)
    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(peaks) == passwords.AT_ONCE == 2
    assert len(done) == passwords.AT_ONCE + passwords.WAITING
    assert len(refused) == 20 - len(done)
    assert passwords.hashed(GOOD), "those who were sent away hold no place"


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "elevenchars", "password1234", "Password!2026", "P4ssw0rd!!!!", "passwordpassword",
        "qwertyuiop12", "1234567890123", "aaaaaaaaaaaaaaa", "abcabcabcabcabc", "letmeinadmin1", "welcome12345",
        "йцукенгшщзхї", "parolparol12", "zxcvbnmasdfgh", "1q2w3e4r5t6y", "olha owner 1", "Olha-Owner-99",
        "testarchive12", "x" * 201, "correct horse battery staple",
    ],
)  # fmt: skip
def test_password_that_is_guessed_first_is_refused(password: str) -> None:
    """Too short, a row of keys, common words with a number behind, the own name or the archive's."""
    with pytest.raises(AccountError):
        passwords.check(password, "Olha Owner", "Test archive")


@pytest.mark.parametrize(
    "password",
    [GOOD, "чотири сині вікна", "T7#mq!zR2&wk", "my password is a heron", "qwerty lives in a boat",
     "owner of eleven boats"],
)  # fmt: skip
def test_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    """Words that do not belong together, in any language, or letters at random."""
    passwords.check(password, "Olha Owner", "Test archive")
